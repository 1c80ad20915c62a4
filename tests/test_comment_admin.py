"""The list of all comments in the admin; the queue has its own page and tests."""

import json
import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments.models import Comment, Decision, Office, Reason
from tests.make import in_the_city, make_article, make_comment, make_person

LIST = "/admin/comments/comment/"
WAITING, APPROVED, REJECTED = Comment.Status.WAITING, Comment.Status.APPROVED, Comment.Status.REJECTED

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def make_staff(*permissions, **fields):
    number = User.objects.count()
    user = User.objects.create_user(f"petugas{number}", is_staff=True, **fields)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="comments", codename__in=permissions))
    return user


@pytest.fixture
def administrator(client):
    user = make_person("Administrator")
    client.force_login(user)
    return user


def page(client, address=LIST, **query):
    response = client.get(address, query)
    assert response.status_code == 200
    return response.content.decode()


def address(comment):
    return f"{LIST}{comment.pk}/change/"


def act(client, action, *comments, **fields):
    chosen = {"action": action, "_selected_action": [comment.pk for comment in comments]}
    return client.post(LIST, chosen | fields, follow=True)


# ---- The list


def test_the_list_shows_all_comments_newest_first_and_links_to_the_queue(client, moderator):
    article = make_article()
    make_comment(article, text="kemarin pagi", status=WAITING)
    make_comment(article, text="kemarin sore", status=REJECTED, reason=Reason.RUDE)
    seen = page(client)
    assert seen.index("kemarin sore") < seen.index("kemarin pagi")
    assert "Kasar atau menghina" in seen
    assert article.get_absolute_url() in seen
    assert f'<a href="{LIST}antrean/">Buka antrean</a>' in seen


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({}, {"tampil", "tolakan", "antrean", "terlapor", "resmi", "hapusan"}),
        ({"status__exact": "approved"}, {"tampil", "terlapor", "resmi"}),
        ({"status__exact": "rejected"}, {"tolakan"}),
        ({"status__exact": "unconfirmed"}, set()),
        ({"status__exact": "rusak"}, set()),
        ({"reason__exact": "spam"}, {"tolakan"}),
        ({"reason__exact": "spam", "status__exact": "rejected"}, {"tolakan"}),
        ({"laporan": "terbuka"}, {"terlapor"}),
        ({"laporan": "pernah"}, {"terlapor"}),
        ({"penulis": "dinas"}, {"resmi"}),
        ({"penulis": "warga", "status__exact": "approved"}, {"tampil", "terlapor"}),
        ({"q": "antrean"}, {"antrean"}),
        ({"q": "antrean", "status__exact": "approved"}, set()),
    ],
)
def test_the_list_can_be_filtered_and_searched(client, moderator, query, shown):
    article = make_article()
    comments = {
        text: make_comment(article, name="Warga", text=f"isi {text}.", status=status, **fields)
        for text, status, fields in (
            ("tampil", APPROVED, {}),
            ("tolakan", REJECTED, {"reason": Reason.SPAM}),
            ("antrean", WAITING, {}),
            ("terlapor", APPROVED, {}),
            ("hapusan", APPROVED, {}),
        )
    }
    comments["terlapor"].report(Reason.RUDE)
    office = Office.objects.create(name="Dinas Perhubungan")
    comments["resmi"] = make_comment(article, text="isi resmi.", parent=comments["tampil"], office=office)
    Comment.objects.filter(pk=comments["hapusan"].pk).erase()
    seen = page(client, **query)
    found = {text for text, comment in comments.items() if f'value="{comment.pk}"' in seen}
    assert found == shown


def test_the_list_shows_long_texts_with_their_senders(client, moderator):
    text = "kata " * 58 + "akhir"
    sent = in_the_city(2026, 8, 24, 12, 21)
    make_comment(make_article(), name="Ibu Siti", text=text, status=WAITING, created_at=sent)
    seen = page(client)
    assert text in seen
    assert "Ibu Siti · 24 Agu 2026 12:21" in seen


def test_the_list_costs_as_many_queries_with_thirty_comments_as_with_one(client, moderator):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            page(client)
        assert not any('"body"' in query["sql"] for query in captured), "articles' bodies are long"
        return len(captured)

    make_comment(make_article(), status=WAITING)
    one = queries()
    for _ in range(29):
        make_comment(make_article(), status=WAITING)
    assert queries() == one


def test_an_address_finds_its_comments_for_administrators_only(client, moderator):
    own = make_comment(make_article(), text="punya Siti", email="siti@contoh.id")
    make_comment(make_article(), text="tulislah ke siti@contoh.id ya", email="budi@contoh.id")
    assert "punya Siti" not in page(client, q="siti@contoh.id")
    client.force_login(make_person("Administrator"))
    seen = page(client, q="  Siti@Contoh.id ")
    assert f'value="{own.pk}"' in seen
    assert "tulislah ke" not in seen
    assert "punya Siti" not in page(client, q="siti@contoh")


# ---- Decisions


def test_approving_makes_comments_public_and_is_logged(client, moderator):
    article = make_article()
    waiting = [make_comment(article, status=WAITING) for _ in range(3)]
    already = make_comment(article)
    response = act(client, "approve", *waiting, already)
    assert "3 komentar disetujui dan kini tampil; yang lain sudah diputuskan" in response.content.decode()
    assert Comment.objects.visible().count() == 4
    assert set(Comment.objects.filter(decided_by=moderator)) == set(waiting)
    assert Decision.objects.filter(verb="approve", by=moderator, comment__in=waiting).count() == 3


@pytest.mark.parametrize("reason", Reason)
def test_rejecting_names_one_of_the_reasons(client, moderator, reason):
    comment = make_comment(make_article())
    assert f"Tolak: {reason.label}" in page(client)
    response = act(client, f"reject_{reason}", comment)
    assert "1 komentar ditolak dan tidak tampil." in response.content.decode()
    assert not Comment.objects.visible().exists()
    assert Decision.objects.get().reason == reason


@pytest.mark.parametrize(("status", "action"), [(APPROVED, "approve"), (REJECTED, "reject_spam")])
def test_deciding_what_another_moderator_has_decided_changes_nothing_and_says_so(client, moderator, status, action):
    reason = Reason.SPAM if status == REJECTED else ""
    comment = make_comment(make_article(), status=status, reason=reason, decided_by=make_staff())
    response = act(client, action, comment)
    assert "komentar terpilih sudah diputuskan sebelumnya" in response.content.decode()
    kept = comment.decided_by
    comment.refresh_from_db()
    assert (comment.status, comment.decided_by) == (status, kept)
    assert not Decision.objects.exists()


def test_undo_reverts_only_the_last_decision_about_the_selected_comments(client, moderator):
    article = make_article()
    one, other = make_comment(article, status=WAITING), make_comment(article, status=WAITING)
    act(client, "reject_spam", one, other)
    response = act(client, "undo", one)
    assert "1 komentar kembali seperti sebelum keputusan terakhir." in response.content.decode()
    one.refresh_from_db(), other.refresh_from_db()
    assert (one.status, other.status) == (WAITING, REJECTED)
    assert "Tidak ada yang berubah" in act(client, "undo", one).content.decode()


@pytest.mark.parametrize(
    ("button", "status", "reason"),
    [
        ({"approve": ""}, APPROVED, ""),
        ({"reject": "", "alasan": "sara"}, REJECTED, "sara"),
        ({"spam": ""}, REJECTED, "spam"),
    ],
)
def test_one_comment_is_decided_on_its_own_page(client, moderator, button, status, reason):
    comment = make_comment(make_article(), status=WAITING)
    assert f'name="{next(iter(button))}"' in page(client, address(comment))
    response = client.post(address(comment), button | {"catatan": "Mohon tertib."}, follow=True)
    comment.refresh_from_db()
    assert (comment.status, comment.reason, comment.decided_by) == (status, reason, moderator)
    assert response.content.decode().count("Mohon tertib.") == 1  # in the log, with who decided
    assert moderator.get_full_name() in response.content.decode()
    client.post(address(comment), {"undo": ""})
    comment.refresh_from_db()
    assert comment.status == WAITING


def test_a_rejection_without_a_reason_asks_for_one_and_keeps_the_note(client, moderator):
    comment = make_comment(make_article(), status=WAITING)
    seen = client.post(address(comment), {"reject": "", "alasan": "", "catatan": "catatan saya"}).content.decode()
    assert "Pilih alasan penolakannya" in seen
    assert "catatan saya</textarea>" in seen
    seen = client.post(address(comment), {"approve": "", "catatan": "x" * 301}).content.decode()
    assert "catatan Anda 301 karakter" in seen
    client.post(address(comment), {"reject": "", "alasan": "lama", "catatan": "\x00"})
    comment.refresh_from_db()
    assert comment.status == WAITING


def test_the_page_of_a_comment_shows_its_reports_replies_and_decisions(client, moderator):
    comment = make_comment(make_article(), text="baris satu\nbaris dua")
    comment.report(Reason.SLANDER, note="ini tidak benar")
    make_comment(comment.article, parent=comment, text="balasan warga lain")
    comment.reject(moderator, Reason.SLANDER)
    seen = page(client, address(comment))
    for words in ("baris satu\nbaris dua", "ini tidak benar", "balasan warga lain", "Ditolak</b>: Fitnah"):
        assert words in seen


def test_erased_and_unconfirmed_comments_cannot_be_decided(client, moderator):
    erased, unconfirmed = make_comment(make_article()), make_comment(make_article(), status="unconfirmed")
    Comment.objects.filter(pk=erased.pk).erase()
    for comment in (erased, unconfirmed):
        assert 'name="approve"' not in page(client, address(comment))
        client.post(address(comment), {"approve": ""})
    assert not Comment.objects.visible().exists()


def test_the_list_opens_where_django_offers_no_actions(client, moderator):
    make_comment(make_article(), text="isi warga")
    assert "isi warga" in page(client, _popup=1)


@pytest.mark.parametrize("pk", ["0", "9" * 30, "abc", "1%27", "%F0%9F%98%80"])
def test_an_unknown_comment_is_not_found(client, moderator, pk):
    assert client.get(f"{LIST}{pk}/change/").status_code == 404


# ---- Permissions


def test_a_moderator_cannot_rewrite_a_citizens_words(client, moderator):
    comment = make_comment(make_article(), status=WAITING)
    kept = {"name": comment.name, "text": comment.text, "email": comment.email}
    forged = {"name": "Lain", "text": "lain", "email": "lain@contoh.id", "status": "approved", "_save": "ya"}
    client.post(address(comment), forged)
    comment.refresh_from_db()
    assert {field: getattr(comment, field) for field in kept} == kept
    assert comment.status == WAITING
    assert not Decision.objects.exists(), "nothing was decided"


def test_a_comment_is_text_in_the_admin_too(client, administrator):
    comment = make_comment(make_article(), name="<b>B</b>", text="<script>alert(1)</script>", status=WAITING)
    comment.report(Reason.RUDE, note="<script>alert(2)</script>")
    make_comment(comment.article, parent=comment, text="<script>alert(3)</script>")
    comment.reject(administrator, Reason.RUDE, "<script>alert(4)</script>")
    pages = [page(client, where) for where in (LIST, address(comment), "/admin/comments/decision/")]
    pages.append(act(client, "erase", comment).content.decode())
    for seen in pages:
        assert "<script>alert" not in seen
        assert "<b>B" not in seen
        assert "alert(" in seen


def test_moderators_see_the_email_address_and_nobody_the_senders_key(client, moderator):
    comment = make_comment(make_article(), email="siti@contoh.id", sender_key="f" * 64, status=WAITING)
    assert "siti@contoh.id" in page(client, address(comment))
    assert "f" * 64 not in page(client, address(comment))
    client.force_login(make_staff("view_comment"))
    assert comment.text in page(client, address(comment))
    assert "siti@contoh.id" not in page(client, address(comment))


def test_staff_with_view_permission_only_cannot_decide(client):
    comment = make_comment(make_article(), status=WAITING)
    client.force_login(make_staff("view_comment", "change_comment"))
    act(client, "approve", comment)
    assert client.post(address(comment), {"approve": "ya"}).status_code == 403
    comment.refresh_from_db()
    assert comment.status == WAITING
    assert 'name="approve"' not in page(client, address(comment))
    assert "Buka antrean" not in page(client)


@pytest.mark.parametrize("permissions", [(), ("answer_comment",), ("view_office",)])
def test_staff_without_permissions_for_comments_see_none(client, permissions):
    comment = make_comment(make_article())
    client.force_login(make_staff(*permissions))
    assert client.get(LIST).status_code == 403
    assert client.get(address(comment)).status_code == 403


def test_nobody_writes_or_deletes_comments_in_the_admin(client):
    comment = make_comment(make_article(), status=WAITING)
    client.force_login(User.objects.create_superuser("admin"))
    assert client.get(f"{LIST}add/").status_code == 403
    assert client.post(f"{LIST}{comment.pk}/delete/", {"post": "yes"}).status_code == 403
    act(client, "delete_selected", comment, post="yes")
    assert Comment.objects.exists()


# ---- Erasing and exporting a person's data


def test_an_administrator_erases_a_persons_comments_after_confirming(client, administrator):
    article = make_article()
    own = [make_comment(article, name="Siti", text="isi Siti", email="siti@contoh.id") for _ in range(2)]
    make_comment(article, parent=own[0], text="balasan orang lain")
    asked = act(client, "erase", *own).content.decode()
    assert "dari 2 komentar ini dihapus untuk selamanya" in asked
    assert all(f'name="_selected_action" value="{comment.pk}"' in asked for comment in own)
    assert Comment.objects.filter(erased_at=None).count() == 3
    shown = act(client, "erase", *own, sure="ya").content.decode()
    assert "2 komentar dihapus isi dan data pribadinya." in shown
    assert not Comment.objects.filter(email="siti@contoh.id").exists()
    assert set(Decision.objects.values_list("verb", "by")) == {("erase", administrator.pk)}
    assert "isi Siti" not in page(client) + page(client, address(own[0])) + page(client, "/admin/")
    assert "sudah dihapus sebelumnya" in act(client, "erase", *own).content.decode()


def test_an_administrator_downloads_what_is_stored_about_a_person(client, administrator):
    comment = make_comment(make_article(), name="Siti", text="isi Siti", email="siti@contoh.id")
    response = act(client, "export", comment)
    assert response["Content-Disposition"].startswith("attachment")
    assert "no-store" in response["Cache-Control"]
    data = json.loads(response.content)
    assert [(each["nama"], each["email"], each["isi"]) for each in data["komentar"]] == [
        ("Siti", "siti@contoh.id", "isi Siti")
    ]


def test_a_moderator_neither_erases_nor_downloads(client, moderator):
    comment = make_comment(make_article(), text="isi Siti")
    assert "Hapus isi" not in page(client) + page(client, address(comment))
    act(client, "erase", comment, sure="ya")
    assert "attachment" not in act(client, "export", comment).get("Content-Disposition", "")
    comment.refresh_from_db()
    assert comment.text == "isi Siti"


def test_the_admins_own_log_contains_no_data_of_citizens(client, administrator):
    comment = make_comment(make_article(), name="Siti", text="isi Siti", status=WAITING)
    act(client, "approve", comment)
    act(client, "undo", comment)
    client.post(address(comment), {"reject": "", "alasan": "spam"})
    act(client, "erase", comment, sure="ya")
    assert Decision.objects.count() == 4
    assert not LogEntry.objects.exists()


# ---- The log of decisions


def test_the_log_of_decisions_is_read_only_and_narrows_by_who_what_and_when(client, moderator):
    client.force_login(make_person("Moderator"))
    article = make_article()
    good, bad = make_comment(article, text="yang baik", status=WAITING), make_comment(article, text="yang buruk")
    good.approve(moderator)
    bad.reject(make_staff(first_name="Rina"), Reason.ADVERT, "bukan tempatnya")
    Decision.objects.filter(comment=good).update(at=timezone.now() - timedelta(days=70))
    log = "/admin/comments/decision/"
    everything = page(client, log)
    assert "yang baik" in everything
    assert "Ditolak (Iklan)" in everything
    assert "Rina" in everything
    assert "bukan tempatnya" in everything
    month = f"{timezone.localtime():%Y-%m}"
    for query in ({"verb__exact": "reject"}, {"reason__exact": "iklan"}, {"bulan": month}):
        seen = page(client, log, **query)
        assert "yang buruk" in seen
        assert "yang baik" not in seen
    assert "yang buruk" not in page(client, log, oleh=moderator.pk)
    for nonsense in ({"bulan": "2026-13"}, {"bulan": "x"}, {"oleh": "x"}):
        assert "yang baik" in page(client, log, **nonsense)
    decision = Decision.objects.first()
    assert "yang buruk" in page(client, f"{log}{bad.decisions.get().pk}/change/")
    assert client.get(f"{log}add/").status_code == 403
    assert client.post(f"{log}{decision.pk}/change/", {"note": "lain"}).status_code == 403
    assert client.post(f"{log}{decision.pk}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.slow
def test_the_log_of_decisions_costs_as_many_queries_with_thirty_as_with_one(client, moderator):
    client.force_login(make_person("Moderator"))

    def queries():
        with CaptureQueriesContext(connection) as captured:
            page(client, "/admin/comments/decision/")
        return len(captured)

    make_comment(make_article(), status=WAITING).approve(moderator)
    one = queries()
    for _ in range(29):
        make_comment(make_article(), status=WAITING).approve(moderator)
    assert queries() == one


# ---- How right the signals were


def test_a_rejection_for_another_reason_does_not_count_as_a_mistake_of_a_signal(client, moderator):
    client.force_login(make_person("Moderator"))
    article = make_article()
    for reason in (Reason.PRIVACY, Reason.SPAM, Reason.RUDE):
        make_comment(article, status=WAITING, signals=["telepon", "kasar"]).reject(moderator, reason)
    make_comment(article, status=WAITING, signals=["telepon"]).approve(moderator)
    seen = page(client, f"{LIST}tanda/")
    rows = dict(re.findall(r'<th scope="row">(.+?)</th>(.+?)</tr>', seen, re.DOTALL))
    assert re.findall(r"<td[^>]*>(.+?)</td>", rows["Nomor telepon"]) == ["2", "1", "50 %"]
    assert re.findall(r"<td[^>]*>(.+?)</td>", rows["Kata kasar"]) == ["3", "1", "33 %"]
    assert "penolakan karena alasan lain tidak dihitung keliru" in seen
