"""Read-only pages about comments in the admin: outgoing mail, versions of the rules, accuracy of the signals; and the
index page that links to them."""

import re
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from comments.models import Comment, Email, Office, Reason, Rules
from comments.models.rules import PAGE
from news.models import Page
from tests.make import make_article, make_comment, make_person

pytestmark = pytest.mark.django_db
EMAILS, RULES = "/admin/comments/email/", "/admin/comments/rules/"
SIGNALS = "/admin/comments/comment/tanda/"


def make_email(**fields):
    return Email.objects.create(to="siti@contoh.id", subject="Konfirmasi", body="tautan rahasia", **fields)


def test_outgoing_mail_shows_its_state_but_not_its_text(client):
    client.force_login(make_person("Administrator"))
    waiting = make_email(attempts=3, error="Server email tidak menjawab.")
    make_email(sent_at=timezone.now())
    make_email(refused_at=timezone.now())
    for where in (EMAILS, f"{EMAILS}{waiting.pk}/change/"):
        seen = client.get(where).content.decode()
        assert "Belum terkirim, 3 kali dicoba" in seen
        assert "Server email tidak menjawab." in seen
        assert "tautan rahasia" not in seen
    seen = client.get(EMAILS).content.decode()
    assert "Terkirim" in seen
    assert "Alamatnya ditolak" in seen
    assert client.post(f"{EMAILS}{waiting.pk}/change/", {"to": "lain@contoh.id"}).status_code == 403
    assert client.get(f"{EMAILS}add/").status_code == 403


def test_emails_that_wait_are_sent_again_at_once_on_request(client):
    client.force_login(make_person("Administrator"))
    later = timezone.now() + timedelta(hours=5)
    waiting, refused = make_email(next_try_at=later), make_email(next_try_at=None, refused_at=timezone.now())
    sent = make_email(next_try_at=later, sent_at=timezone.now())
    chosen = {"action": "send_now", "_selected_action": [waiting.pk, refused.pk, sent.pk]}
    assert "2 surat dikirim" in client.post(EMAILS, chosen, follow=True).content.decode()
    assert set(Email.objects.due()) == {waiting, refused}
    chosen["_selected_action"] = [sent.pk]
    assert "sudah terkirim" in client.post(EMAILS, chosen, follow=True).content.decode()


def test_versions_of_the_rules_are_read_as_they_were(client):
    page = Page.objects.create(slug=PAGE, title="Pedoman", body="<p>Aturan <b>lama</b>.</p>")
    Rules.objects.current()
    page.body = "<p>Aturan baru.</p>"
    page.save()
    newest = Rules.objects.current()
    client.force_login(make_person("Administrator"))
    seen = client.get(RULES).content.decode()
    assert seen.index("Aturan baru.") < seen.index("Aturan lama.")
    assert "Aturan baru." in client.get(f"{RULES}{newest.pk}/change/").content.decode()
    assert client.post(f"{RULES}{newest.pk}/change/", {"text": "lain"}).status_code == 403
    assert client.post(f"{RULES}{newest.pk}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("role", ["Penulis", "Redaktur", "Moderator", "OPD"])
def test_only_administrators_see_mail_and_rules(client, role):
    client.force_login(make_person(role))
    assert client.get(EMAILS).status_code == 403
    assert client.get(RULES).status_code == 403


# ---- How right the signals were


def test_the_page_of_signals_shows_how_often_each_was_right(client):
    moderator = make_person("Moderator")
    article = make_article()
    for reason in (Reason.SPAM, Reason.ADVERT, Reason.RUDE):
        make_comment(article, status="waiting", signals=["tautan"]).reject(moderator, reason)
    make_comment(article, status="waiting", signals=["tautan", "nik"]).approve(moderator)
    client.force_login(moderator)
    seen = client.get(SIGNALS).content.decode()
    rows = dict(re.findall(r'<th scope="row">(.+?)</th>(.+?)</tr>', seen, re.DOTALL))
    assert re.findall(r"<td[^>]*>(.+?)</td>", rows["Tautan"]) == ["4", "2", "50 %"]
    assert re.findall(r"<td[^>]*>(.+?)</td>", rows["NIK"]) == ["1", "0", "0 %"]
    assert re.findall(r"<td[^>]*>(.+?)</td>", rows["Alamat email"]) == ["0", "0", "–"]
    assert f'href="{SIGNALS}"' in client.get("/admin/comments/comment/").content.decode()
    client.force_login(make_person("Redaktur"))
    assert client.get(SIGNALS).status_code == 403


# ---- The index page


def test_the_index_page_shows_a_moderator_what_waits_and_what_is_late(client):
    client.force_login(make_person("Moderator"))
    article = make_article()
    make_comment(article, status="waiting")
    queue = "/admin/comments/comment/antrean/"
    seen = client.get("/admin/").content.decode()
    assert f'<a href="{queue}">Komentar menunggu keputusan <b>1</b></a>' in seen
    assert "Lewat batas waktu" not in seen
    make_comment(article, status="waiting", created_at=timezone.now() - timedelta(days=3))
    seen = client.get("/admin/").content.decode()
    assert f'<a href="{queue}?bagian=lewat">Lewat batas waktu <b>1</b></a>' in seen


# ---- The admin's own log


def test_the_migration_removes_citizens_texts_from_the_admins_log():
    person = make_person("Moderator")
    for model in (Comment, Office):
        kind = ContentType.objects.get_for_model(model)
        LogEntry.objects.create(user=person, content_type=kind, object_repr="Siti: isi", action_flag=2)
    import_module("comments.migrations.0002_moderation").forget_citizens_words(apps, None)
    assert LogEntry.objects.get().content_type.model == "office"
