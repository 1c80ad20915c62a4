"""The newsroom's admin: writing, publishing and withdrawing articles, by role."""

import re
from datetime import timedelta
from importlib import import_module

import pytest
from django.contrib.admin.models import LogEntry
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments.models import Email
from news.admin.merging import Loaded
from news.models import Article, District, FailedSearch, Photo, PublishedAlone
from portal import notes_to_writers
from tests.make import in_the_city, make_article, make_category, make_person, make_tag, quietly

pytestmark = pytest.mark.django_db

LIST = "/admin/news/article/"
ADD = "/admin/news/article/add/"
DRAFT, REVIEW, PUBLISHED, WITHDRAWN = Article.Status


def address(article, page="change"):
    return f"{LIST}{article.pk}/{page}/"


@pytest.fixture
def writer(client):
    person = make_person("Penulis", first_name="Siti", last_name="Aminah")
    client.force_login(person)
    return person


@pytest.fixture
def editor(editor):
    editor.first_name, editor.last_name = "Budi", "Santoso"
    editor.save()
    return editor


def form_of(article=None, **changes):
    """The data that a browser posts from this article's form, or an empty one, with these changes."""
    when = article and article.published_at and timezone.localtime(article.published_at)
    return {
        "title": article.title if article else "Taman kota dibuka",
        "summary": article.summary if article else "",
        "body": article.body if article else "<p>Taman di tepi Cisadane dibuka untuk umum.</p>",
        "category": (article.category if article else make_category()).pk,
        "tags": [tag.pk for tag in article.tags.all()] if article else [],
        "photo": "",
        "published_at_0": f"{when:%d-%m-%Y}" if when else "",
        "published_at_1": f"{when:%H:%M:%S}" if when else "",
        "time_known": "on",
        "author": "",
        "reporter": article.reporter if article else "",
        "editor": article.editor if article else "",
        "district": article.district_id or "" if article else "",
        "headline_until_0": "",
        "headline_until_1": "",
        "related_pinned": [each.pk for each in article.related_pinned.all()] if article else [],
        "related_excluded": [each.pk for each in article.related_excluded.all()] if article else [],
        "documents-TOTAL_FORMS": 0,
        "documents-INITIAL_FORMS": 0,
        "slug": article.slug if article else "",
        "source": "",
        "source_url": "",
        "withdrawn_reason": article.withdrawn_reason if article else "",
        "version": str(Loaded.of(article)) if article else "",
    } | changes


def errors_in(response) -> list[str]:
    page = response.content.decode()
    lists = re.findall(r'<ul class="errorlist[^>]*>(.*?)</ul>', page, re.DOTALL)
    return [re.sub(r"<[^>]*>", "", each) for each in lists]


# ---- Writing


def test_a_new_article_gets_its_slug_from_the_title_and_its_author_from_the_account(client, writer):
    assert 'value="Siti Aminah"' in client.get(ADD).content.decode()
    response = client.post(ADD, form_of(tags=[make_tag().pk]))
    assert response.status_code == 302
    article = Article.objects.get()
    assert (article.slug, article.status, article.changed_by) == ("taman-kota-dibuka", DRAFT, writer)
    assert [tag.name for tag in article.tags.all()] == ["kota tangerang"]


def test_the_form_sanitises_what_is_posted(client, writer):
    client.post(ADD, form_of(body="<p onclick=x>Isi<script>alert(1)</script><img src=https://a.example/b.gif></p>"))
    assert Article.objects.get().body == "<p>Isi</p>"


def test_the_editor_is_told_what_of_the_text_was_left_out(client, writer):
    body = "<p>Isi <span style='display:none'>slot gacor</span><img src=https://a.example/b.gif> di sini.</p><iframe>"
    page = client.post(ADD, form_of(body=body), follow=True).content.decode()
    assert Article.objects.get().body == "<p>Isi di sini.</p>"
    assert "teks itu dibuang: “slot gacor”" in page
    assert page.count("1 gambar dari luar portal tidak ikut disimpan") == 1
    assert "1 video, peta atau halaman lain di dalam isi tidak ikut disimpan" in page
    article = Article.objects.get()
    address = f"/admin/news/article/{article.pk}/change/"
    page = client.post(address, form_of(article), follow=True).content.decode()
    assert "dibuang" not in page


def test_a_text_is_measured_after_its_pictures_are_gone(client, writer):
    picture = f"<img src='data:image/png;base64,{'A' * 700_000}'>"
    client.post(ADD, form_of(body=f"<p>Isi berita.{picture}</p>"))
    assert Article.objects.get().body == "<p>Isi berita.</p>"
    response = client.post(ADD, form_of(body=f"<p>{'kata ' * 70_000}</p>"))
    assert any("300000" in error for error in errors_in(response))


def test_a_body_that_nobody_changed_stays_as_it_is_stored(client, writer):
    client.post(ADD, form_of())
    stored = '<p>Satu.<a href="/b/1" rel="noopener"></a></p>\n<p>Dua.</p>'
    Article.objects.update(body=stored)
    article = Article.objects.get()
    changes = {"title": "Judul lain", "body": stored.replace("\n", "\r\n")}
    client.post(f"/admin/news/article/{article.pk}/change/", form_of(article, **changes))
    article = Article.objects.get()
    assert (article.title, article.body) == ("Judul lain", stored)


def test_a_body_without_words_is_refused(client, writer):
    response = client.post(ADD, form_of(body="<p></p><script>x</script>", title="Judul yang tetap ada"))
    assert errors_in(response) == ["Isi berita masih kosong."]
    assert "Judul yang tetap ada" in response.content.decode()


def test_the_editor_comes_with_its_import_map_under_the_strict_policy(client, writer):
    response = client.get(ADD)
    nonce = re.search(r"'nonce-([^']+)'", response["Content-Security-Policy"])[1]
    page = response.content.decode()
    assert f'nonce="{nonce}"' in re.search(r'<script[^>]*type="importmap"[^>]*>', page)[0]
    assert "unsafe" not in response["Content-Security-Policy"]  # the one <style> of the editor is named by its hash
    assert "data-django-prose-editor-configurable" in page


# ---- Who may publish


def test_a_writer_sends_a_draft_for_review_but_cannot_publish_it(client, writer):
    article = make_article(status=DRAFT, published_at=None)
    page = client.get(address(article)).content.decode()
    assert 'value="submit"' in page
    assert 'value="publish"' not in page
    assert client.post(address(article), form_of(article, _move="publish")).status_code == 403
    assert client.post(address(article), form_of(article, status=PUBLISHED, _save="")).status_code == 302
    article.refresh_from_db()
    assert article.status == DRAFT
    client.post(address(article), form_of(article, _move="submit"))
    article.refresh_from_db()
    assert (article.status, article.changed_by) == (REVIEW, writer)


@pytest.mark.parametrize("move", ["publish", "withdraw", "return_to_draft", "delete", "__class__"])
def test_a_writer_cannot_create_an_article_by_an_editors_action(client, writer, move):
    assert client.post(ADD, form_of(_move=move)).status_code == 403
    assert not Article.objects.exists()


@pytest.mark.parametrize("status", [PUBLISHED, WITHDRAWN])
def test_a_writer_reads_but_cannot_change_what_was_published(client, writer, status):
    article = make_article(status=status, withdrawn_reason="Keliru.")
    page = client.get(address(article)).content.decode()
    assert "Warga dapat berobat" in page
    assert 'name="_save"' not in page
    assert client.post(address(article), form_of(article, title="Lain")).status_code == 403
    assert client.post(address(article, "delete"), {"post": "yes"}).status_code == 403


def test_an_editor_publishes_and_the_article_is_public_at_once(client, editor):
    article = make_article(status=REVIEW, published_at=None)
    response = client.post(address(article), form_of(article, title="Judul akhir", _move="publish"), follow=True)
    assert "“Judul akhir” kini: terbit." in response.content.decode()
    published = Article.objects.published().get()
    assert (published.title, published.changed_by) == ("Judul akhir", editor)
    history = client.get(address(article, "history")).content.decode()
    assert "Terbitkan." in history


def test_an_editor_schedules_by_setting_a_later_time(client, editor):
    article = make_article(status=DRAFT, published_at=None)
    later = timezone.localtime(timezone.now() + timedelta(days=2))
    when = {"published_at_0": f"{later:%d-%m-%Y}", "published_at_1": f"{later:%H.%M}"}
    response = client.post(address(article), form_of(article, _move="publish", **when), follow=True)
    assert "terbit sendiri pada" in response.content.decode()
    assert not Article.objects.published().exists()
    assert "Terjadwal" in client.get(LIST).content.decode()


def test_a_scheduled_article_is_listed_apart_and_not_called_published(client, editor):
    scheduled, shown = make_article(published_at=timezone.now() + timedelta(days=2)), make_article()
    page = client.get(LIST, {"status__exact": "scheduled"}).content.decode()
    assert scheduled.title in page
    assert shown.title not in page
    assert "Terjadwal" in page
    assert scheduled.title not in client.get(LIST, {"status__exact": "published"}).content.decode()
    form = client.get(address(scheduled)).content.decode()
    assert "sudah terbit" not in form
    assert "Batalkan jadwal" in form
    assert "Cabut berita" not in form
    assert "Batalkan jadwal" not in client.get(address(shown)).content.decode()


@pytest.mark.parametrize("changes", [{"_move": "unschedule"}, {"published_at_0": "", "published_at_1": ""}])
def test_a_schedule_is_cancelled_by_its_button_or_by_clearing_the_time(client, editor, changes):
    article = make_article(published_at=timezone.now() + timedelta(days=2))
    response = client.post(address(article), form_of(article) | changes)
    assert response.status_code == 302
    article.refresh_from_db()
    assert (article.status, article.published_at) == (DRAFT, None)


@pytest.mark.parametrize("changes", [{}, {"published_at_0": "", "published_at_1": ""}])
def test_what_has_become_public_meanwhile_stays_public_and_what_was_typed_is_kept(client, editor, changes):
    shown = make_article()
    response = client.post(address(shown), form_of(shown, _move="unschedule", title="Yang diketik") | changes)
    assert "Yang diketik" in response.content.decode()
    assert any("sudah tampil di situs" in error for error in errors_in(response))
    assert Article.objects.published().get().title == shown.title
    shown.withdraw("Keliru.")
    later = timezone.localtime(shown.withdrawn_at + timedelta(seconds=1))
    times = {"published_at_0": f"{later:%d-%m-%Y}", "published_at_1": f"{later:%H:%M:%S}"}
    client.post(address(shown), form_of(shown, _move="unschedule", withdrawn_reason="Keliru.") | times)
    assert Article.objects.withdrawn().exists()


def test_an_editor_returns_an_article_to_its_writer_with_a_note(client, editor):
    siti = make_person("Penulis")
    article = make_article(status=REVIEW, published_at=None, created_by=siti)
    posted = form_of(article, title="Yang diketik", _move="return_to_draft")
    answer = client.post(address(article), posted | {"review_note": " "})
    assert errors_in(answer) == ["Tuliskan apa yang perlu diubah: penulis membaca catatan ini."]
    assert "Yang diketik" in answer.content.decode()
    client.post(address(article), posted | {"review_note": "Tambahkan <b>jam</b> buka."})
    article.refresh_from_db()
    assert (article.status, article.review_note, article.returned_by) == (DRAFT, "Tambahkan <b>jam</b> buka.", editor)
    assert "Tambahkan &lt;b&gt;jam" in client.get(address(article, "history")).content.decode()
    client.force_login(siti)
    for page in (client.get("/admin/"), client.get(address(article))):
        shown = page.content.decode()
        assert "Tambahkan &lt;b&gt;jam&lt;/b&gt; buka." in shown
        assert "Budi Santoso" in shown
    client.post(address(article), form_of(article, _move="submit"))
    article.refresh_from_db()
    assert (article.status, article.review_note, article.returned_by) == (REVIEW, "", None)


@pytest.fixture
def mail_is_on(settings):
    settings.MAIL_IS_ON = True


def test_a_writer_with_an_address_gets_the_note_by_email_once(mail_is_on):
    siti, budi = make_person("Penulis", email="siti@kota.example"), make_person("Redaktur", first_name="Budi")
    article = make_article(status=REVIEW, published_at=None, created_by=siti, title="Taman kota")
    for person in (None, make_person("Penulis"), make_person("Penulis", email="bukan alamat"), budi):
        make_article(status=REVIEW, created_by=person).return_to_draft("Kurang.", by=budi)
    make_article(status=DRAFT, created_by=siti)
    notes_to_writers.write_due()
    assert not Email.objects.exists()
    article.return_to_draft("Tambahkan jam buka.", by=budi)
    for _ in range(2):
        notes_to_writers.write_due()
    email = Email.objects.get()
    assert email.to == "siti@kota.example"
    assert "Taman kota" in email.subject
    for words in ("oleh Budi", "Tambahkan jam buka.", f"{address(article)}\n"):
        assert words in email.body
    article.submit(by=siti)
    article.return_to_draft("Masih kurang.", by=budi)
    notes_to_writers.write_due()
    assert Email.objects.count() == 2


def test_without_email_a_note_is_only_shown():
    siti = make_person("Penulis", email="siti@kota.example")
    make_article(status=REVIEW, created_by=siti).return_to_draft("Kurang.", by=make_person("Redaktur"))
    notes_to_writers.write_due()
    assert not Email.objects.exists()


def test_a_note_that_is_saved_without_returning_is_not_lost_and_not_shown_to_the_writer(client, editor):
    siti = make_person("Penulis")
    article = make_article(status=REVIEW, published_at=None, created_by=siti)
    client.post(address(article), form_of(article, review_note="Baru setengah."))
    assert "Baru setengah." in client.get(address(article)).content.decode()
    client.force_login(siti)
    assert "Baru setengah." not in client.get(address(article)).content.decode()
    assert "Baru setengah." not in client.get("/admin/").content.decode()


# ---- Whose it is


def test_whoever_makes_an_article_owns_it_and_whoever_changes_its_text_has_written_it(client, writer):
    client.post(ADD, form_of())
    article = Article.objects.get()
    assert (article.created_by, article.text_by) == (writer, writer)
    rina = make_person("Redaktur")
    client.force_login(rina)
    client.post(address(article), form_of(article, reporter="Orang lain"))
    assert Article.objects.get().text_by == writer
    client.post(address(article), form_of(Article.objects.get(), title="Judul lain"))
    article = Article.objects.get()
    assert (article.created_by, article.text_by) == (writer, rina)
    article.publish(by=make_person("Redaktur"))
    assert Article.objects.get().text_by == rina


def test_earlier_articles_get_their_writers_from_the_admins_log(client, writer):
    client.post(ADD, form_of(title="Dibuat Siti"))
    rina = make_person("Redaktur")
    client.force_login(rina)
    client.post(address(Article.objects.get()), form_of(Article.objects.get(), title="Diubah Rina"))
    imported = make_article()
    Article.objects.update(created_by=None, text_by=None)
    migration = import_module("news.migrations.0014_writers_of_earlier_articles")
    with connection.cursor() as cursor:
        cursor.execute(migration.WRITERS)
    article = Article.objects.get(title="Diubah Rina")
    assert (article.created_by, article.text_by) == (writer, rina)
    imported.refresh_from_db()
    assert (imported.created_by, imported.text_by) == (None, None)


def test_the_desk_of_a_writer_shows_the_own_articles_only(client, writer):
    other = make_person("Penulis")
    for title, fields in {
        "Draf saya": {"status": DRAFT},
        "Kiriman saya": {"status": REVIEW},
        "Kembalian saya": {"status": DRAFT, "review_note": "Kurang sumber.", "returned_at": timezone.now()},
        "Terbitan saya": {},
    }.items():
        make_article(title=title, created_by=writer, **fields)
        make_article(title=title.replace("saya", "orang"), created_by=other, **fields)
    page = client.get("/admin/").content.decode()
    shown = re.findall(r"<section>.*?</section>", page, re.DOTALL)
    assert [re.search(r">([^<]*) <b>1</b>", part)[1] for part in shown] == [
        "Punya saya: dikembalikan, perlu diubah",
        "Punya saya: draf",
        "Punya saya: menunggu tinjauan",
    ]
    assert [re.findall(r">(\w+ saya)<", part) for part in shown] == [
        ["Kembalian saya"],
        ["Draf saya"],
        ["Kiriman saya"],
    ]
    assert "Kurang sumber." in shown[0]
    assert "orang<" not in page
    of_list = client.get(LIST, {"punya": "saya", "status__exact": "draft"}).content.decode()
    assert "Draf saya" in of_list
    assert "Draf orang" not in of_list


def test_the_desk_of_an_editor_shows_what_waits_for_review_and_what_is_scheduled(client, editor):
    siti = make_person("Penulis", first_name="Siti", last_name="Aminah")
    make_article(title="Kiriman Siti", status=REVIEW, created_by=siti)
    make_article(title="Draf Siti", status=DRAFT, created_by=siti)
    make_article(title="Terbit nanti", published_at=timezone.now() + timedelta(days=1))
    page = client.get("/admin/").content.decode()
    assert "Kiriman Siti" in page
    assert "oleh Siti Aminah" in page
    assert "Terbit nanti" in page
    assert "Draf Siti" not in page
    assert '<a href="/admin/news/article/?status__exact=scheduled">Terjadwal <b>1</b></a>' in page


@pytest.mark.parametrize("role", ["Penulis", "Redaktur"])
def test_the_desk_costs_the_same_for_one_article_and_for_thirty(client, role):
    person = make_person(role)
    client.force_login(person)

    def queries():
        cache.clear()  # of the figures, which are kept for a while
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get("/admin/").status_code == 200
        return len(captured)

    def make_some(number):
        for _ in range(number):
            make_article(status=REVIEW, created_by=person)
            make_article(status=DRAFT, created_by=person, review_note="Kurang.", returned_at=timezone.now())

    make_some(1)
    before = queries()
    make_some(29)
    assert queries() == before


def test_a_writer_takes_back_the_own_submission_until_an_editor_has_decided(client, writer):
    article = make_article(status=REVIEW, published_at=None, created_by=writer)
    assert "Ambil kembali" in client.get(address(article)).content.decode()
    client.post(address(article), form_of(article, _move="take_back", title="Diperbaiki"))
    article.refresh_from_db()
    assert (article.status, article.title) == (DRAFT, "Diperbaiki")
    foreign = make_article(status=REVIEW, published_at=None, created_by=make_person("Penulis"))
    assert "Ambil kembali" not in client.get(address(foreign)).content.decode()
    released = make_article(created_by=writer)
    for refused in (foreign, released, article):
        assert client.post(address(refused), form_of(refused, _move="take_back")).status_code == 403


# ---- A second pair of eyes


ALONE = "alone_because"


@pytest.fixture
def two_people(settings):
    settings.REVIEW_BY_SECOND_PERSON = True


def test_without_the_setting_an_editor_publishes_the_own_text(client, editor):
    article = make_article(status=DRAFT, published_at=None, created_by=editor, text_by=editor)
    assert ALONE not in client.get(address(article)).content.decode()
    client.post(address(article), form_of(article, _move="publish", alone_because="Diabaikan."))
    assert Article.objects.published().exists()
    assert not PublishedAlone.objects.exists()


def test_line_breaks_as_browsers_send_them_are_no_change_of_the_text(client, editor, two_people):
    body = "<p>Satu.</p>\n<p>Dua.</p>"
    article = make_article(status=REVIEW, published_at=None, body=body, created_by=make_person("Penulis"))
    posted = form_of(article, body=body.replace("\n", "\r\n"), source="Antara", _move="publish")
    assert errors_in(client.post(address(article), posted)) == []
    assert Article.objects.published().get().body == body
    assert not PublishedAlone.objects.exists()


def test_the_log_names_the_fields_that_changed_and_no_others(client, editor):
    body = "<p>Satu.</p>\n<p>Dua.</p>"
    article = make_article(status=DRAFT, published_at=None, body=body, title="Lama")
    client.post(address(article), form_of(article, body=body.replace("\n", "\r\n"), title="Baru"))
    assert LogEntry.objects.get().get_change_message() == "Judul berubah."


@pytest.mark.parametrize("wrote", [{"created_by"}, {"text_by"}, {"created_by", "text_by"}])
def test_with_the_setting_the_writer_needs_a_reason_to_be_the_publisher(client, editor, two_people, wrote):
    siti = make_person("Penulis")
    people = {name: editor if name in wrote else siti for name in ("created_by", "text_by")}
    article = make_article(status=REVIEW, published_at=None, **people)
    posted = form_of(article, _move="publish", reporter="Yang diketik")
    answer = client.post(address(article), posted)
    assert errors_in(answer) == [Article.ALONE]
    assert "Yang diketik" in answer.content.decode()
    assert not Article.objects.published().exists()
    client.post(address(article), posted | {ALONE: "Gempa malam ini, redaktur lain tidak terjangkau."})
    assert Article.objects.published().exists()
    row = PublishedAlone.objects.get()
    assert (row.article, row.by, row.by_name) == (article, editor, "Budi Santoso")
    assert row.reason == "Gempa malam ini, redaktur lain tidak terjangkau."
    client.force_login(make_person("Administrator"))
    assert "Terbit tanpa pemeriksa kedua, 30 hari <b>1</b>" in client.get("/admin/").content.decode()
    page = client.get("/admin/news/publishedalone/").content.decode()
    assert "Budi Santoso" in page
    assert "Gempa malam ini" in page
    for verb in ("change", "delete"):
        assert client.post(f"/admin/news/publishedalone/{row.pk}/{verb}/", {"post": "yes"}).status_code == 403


def test_with_the_setting_somebody_else_publishes_without_a_reason(client, editor, two_people):
    siti = make_person("Penulis")
    article = make_article(status=REVIEW, published_at=None, created_by=siti, text_by=siti)
    client.post(address(article), form_of(article, _move="publish", reporter="Bukan naskah"))
    assert Article.objects.published().exists()
    assert not PublishedAlone.objects.exists()


def test_with_the_setting_a_text_changed_while_publishing_was_seen_by_nobody_else(client, editor, two_people):
    siti = make_person("Penulis")
    article = make_article(status=REVIEW, published_at=None, created_by=siti, text_by=siti)
    assert errors_in(client.post(address(article), form_of(article, _move="publish", title="Judul lain"))) == [
        Article.ALONE
    ]
    assert errors_in(client.post(ADD, form_of(_move="publish"))) == [Article.ALONE]
    later = make_article(published_at=timezone.now() + timedelta(days=1), created_by=siti, text_by=siti)
    assert errors_in(client.post(address(later), form_of(later, title="Judul lain"))) == [Article.ALONE]
    client.post(address(later), form_of(later, reporter="Bukan naskah"))
    assert not PublishedAlone.objects.exists()
    now = timezone.localtime(timezone.now() - timedelta(minutes=1))
    times = {"published_at_0": f"{now:%d-%m-%Y}", "published_at_1": f"{now:%H:%M:%S}"}
    later.refresh_from_db()
    client.post(address(later), form_of(later, title="Judul lain", alone_because="Mendesak.") | times)
    assert PublishedAlone.objects.get().reason == "Mendesak."


def test_no_path_of_the_model_lets_a_writer_publish_alone(editor, two_people):
    article = make_article(status=DRAFT, published_at=None, changed_by=editor)
    with pytest.raises(ValidationError):
        article.publish(by=editor)
    article.publish(by=editor, alone_because="Mendesak.")
    assert PublishedAlone.objects.count() == 1
    make_article(status=DRAFT, published_at=None, changed_by=editor).publish()  # a program: an import, the demo
    assert PublishedAlone.objects.count() == 1


# ---- Published articles cannot be undone or deleted


def test_a_published_article_cannot_be_put_back_to_draft(client, editor):
    article = make_article()
    page = client.get(address(article)).content.decode()
    assert 'value="return_to_draft"' not in page
    for move in ("return_to_draft", "submit", "publish"):
        assert client.post(address(article), form_of(article, _move=move)).status_code == 403
    assert client.post(address(article), form_of(article, status=DRAFT, _save="")).status_code == 302
    article.refresh_from_db()
    assert article.status == PUBLISHED


def test_a_published_article_cannot_be_deleted(client, editor):
    article = make_article()
    assert "deletelink" not in client.get(address(article)).content.decode()
    assert client.post(address(article, "delete"), {"post": "yes"}).status_code == 403
    draft = make_article(status=DRAFT)
    chosen = {"action": "delete_selected", "_selected_action": [article.pk, draft.pk], "post": "yes"}
    response = client.post(LIST, chosen, follow=True)
    assert "Tidak ada yang dihapus: 1 dari berita terpilih pernah terbit." in response.content.decode()
    assert Article.objects.count() == 2


def test_drafts_can_be_deleted_one_by_one_and_together(client, editor):
    first, second, third = (make_article(status=DRAFT) for _ in range(3))
    assert client.post(address(first, "delete"), {"post": "yes"}).status_code == 302
    chosen = {"action": "delete_selected", "_selected_action": [second.pk, third.pk]}
    assert 'name="post" value="yes"' in client.post(LIST, chosen).content.decode()  # asks for confirmation
    assert client.post(LIST, chosen | {"post": "yes"}).status_code == 302
    assert not Article.objects.exists()


def test_withdrawing_asks_for_a_reason_and_keeps_what_was_typed(client, editor):
    article = make_article()
    changed = form_of(article, title="Judul diketik", told_kind="ejaan", _move="withdraw")
    response = client.post(address(article), changed)
    assert errors_in(response) == ["Tuliskan alasan pencabutan: alasan itu ditampilkan kepada pembaca."]
    assert "Judul diketik" in response.content.decode()
    client.post(address(article), form_of(article, withdrawn_reason="Tanggalnya keliru.", _move="withdraw"))
    article.refresh_from_db()
    assert (article.status, article.withdrawn_reason) == (WITHDRAWN, "Tanggalnya keliru.")
    assert article.withdrawn_at


def test_a_withdrawn_article_returns_when_published_again(client, editor):
    article = make_article()
    article.withdraw("Keliru.")
    assert "Terbitkan kembali" in client.get(address(article)).content.decode()
    client.post(address(article), form_of(article, _move="publish"))
    article.refresh_from_db()
    assert (article.status, article.withdrawn_reason) == (PUBLISHED, "")


def test_a_published_article_keeps_a_date(client, editor):
    article = make_article()
    response = client.post(address(article), form_of(article, published_at_0="", published_at_1=""))
    assert errors_in(response) == ["Berita yang terbit harus mempunyai waktu terbit."]


def test_only_articles_that_readers_see_link_to_the_site(client, editor):
    published, draft = make_article(), make_article(status=DRAFT)
    later = make_article(published_at=timezone.now() + timedelta(days=1))
    assert f'href="{published.get_absolute_url()}"' in client.get(address(published)).content.decode()
    for hidden in (draft, later):
        assert "viewsitelink" not in client.get(address(hidden)).content.decode()


# ---- Reads


def test_reads_are_shown_and_cannot_be_changed(client, editor):
    article = make_article(reads=56)
    assert '<td class="field-reads">56</td>' in client.get(LIST).content.decode()
    client.post(address(article), form_of(article, reads="9999", views="9999", imported="9999", counted="9999"))
    article.views.refresh_from_db()
    assert article.views.total == 56


# ---- The list


def test_the_list_is_searched_by_stems_and_by_number(client, editor):
    wanted = make_article(title="Pelayanan kesehatan gratis")
    other = make_article(title="Jalan ditutup", body="<p>Perbaikan saluran.</p>")
    page = client.get(LIST, {"q": "layanan"}).content.decode()
    assert wanted.title in page
    assert other.title not in page
    assert other.title in client.get(LIST, {"q": str(other.pk)}).content.decode()
    for nothing in ("9" * 30, "'", ":*&|!", "((", "\\", "\x00", "yang"):
        assert client.get(LIST, {"q": nothing}).status_code == 200


def listed(client, **query) -> list[str]:
    """The titles in the list, in order."""
    page = client.get(LIST, query).content.decode()
    return re.findall(r'class="field-title"><a [^>]*>([^<]*)</a>', page)


def test_the_list_is_in_order_of_publication_after_what_has_no_time_yet(client, editor):
    now = timezone.now()
    make_article(title="Impor lama", published_at=now - timedelta(days=900))
    make_article(title="Draf pertama", status=DRAFT, published_at=None)
    make_article(title="Kemarin", published_at=now - timedelta(days=1))
    make_article(title="Draf kedua", status=REVIEW, published_at=None)
    make_article(title="Ditarik", status=WITHDRAWN, withdrawn_reason="Keliru.", published_at=now - timedelta(days=3))
    make_article(title="Terjadwal", published_at=now + timedelta(days=1))
    assert listed(client) == ["Draf kedua", "Draf pertama", "Terjadwal", "Kemarin", "Ditarik", "Impor lama"]


def test_a_date_in_the_search_box_finds_the_articles_of_that_day_or_month(client, editor):
    make_article(title="Tanggal tigabelas", published_at=in_the_city(2024, 11, 13, 0, 5))
    make_article(title="Taman bunga", published_at=in_the_city(2024, 11, 30, 23, 55))
    make_article(title="Bulan lain", published_at=in_the_city(2024, 12, 1, 0, 5), body="<p>13 November 2024</p>")
    for text in ("13 november 2024", "13/11/2024", "Rabu, 13 Nov 2024"):
        assert listed(client, q=text) == ["Tanggal tigabelas"]
    assert listed(client, q="nov 2024") == ["Taman bunga", "Tanggal tigabelas"]
    assert listed(client, q="taman nov 2024") == ["Taman bunga"]
    assert listed(client, q="kemarin") == []
    assert listed(client, q="13 november") == []


def test_half_remembered_titles_are_found_by_the_beginnings_of_their_words(client, editor):
    make_article(title="Kerja bakti di Sungai Cisadane diikuti ratusan warga")
    make_article(title="Kerja sama dua kota")
    assert len(listed(client, q="kerja bakti sungai cisad")) == 1
    assert len(listed(client, q="sunga rat")) == 1
    assert len(listed(client, q="ker")) == 2
    assert listed(client, q="isadane") == []


def test_the_list_is_filtered_by_writer(client, editor):
    make_article(title="Ditulis", author="Siti Aminah")
    make_article(title="Diliput", reporter="siti rahma, Eko")
    make_article(title="Diubah", changed_by=editor)
    make_article(title="Lain", author="Eko Siregar")
    assert sorted(listed(client, penulis="siti")) == ["Diliput", "Ditulis"]
    assert listed(client, penulis="aminah SITI") == ["Ditulis"]
    assert listed(client, penulis="budi santoso") == ["Diubah"]
    assert sorted(listed(client, penulis="eko")) == ["Diliput", "Lain"]
    assert listed(client, penulis="100%_") == []
    assert 'name="penulis" value="eko"' in client.get(LIST, {"penulis": "eko", "q": "x"}).content.decode()


def test_the_list_is_filtered_by_a_tag_and_offers_similar_ones_for_a_name_that_is_none(client, editor):
    make_article(title="Vaksin", tags=["vaksin covid-19"])
    make_article(title="Lain", tags=["banjir"])
    assert listed(client, tag="Vaksin COVID-19") == listed(client, tag="vaksin-covid-19") == ["Vaksin"]
    page = client.get(LIST, {"tag": "vaksin"}).content.decode()
    assert "Tidak ada tag “vaksin”. Yang mirip: “vaksin covid-19”." in page
    assert 'href="?tag=vaksin-covid-19"' in page
    assert listed(client, tag="vaksin") == []


def test_the_list_is_filtered_by_the_time_of_publication(client, editor):
    now = timezone.now()
    make_article(title="Baru", published_at=now)
    make_article(title="Lima hari", published_at=now - timedelta(days=5))
    make_article(title="Lama", published_at=in_the_city(2024, 11, 13, 12))
    make_article(title="Draf", status=DRAFT, published_at=None)
    assert listed(client, kurun="hari-ini") == ["Baru"]
    assert listed(client, kurun="7-hari") == listed(client, kurun="30-hari") == ["Baru", "Lima hari"]
    assert "Baru" in listed(client, kurun="bulan-ini")
    assert "Lama" not in listed(client, kurun="tahun-ini")
    assert listed(client, dari="nov 2024", sampai="13/11/2024") == ["Lama"]
    assert listed(client, sampai="12 november 2024") == []
    assert listed(client, dari="kemarin") == ["Baru"]
    page = client.get(LIST, {"dari": "entah"}).content.decode()
    assert "“entah” bukan tanggal yang dikenali. Contoh: 13/11/2024" in page
    assert 'name="dari" value="entah"' in page
    assert "Tukarlah keduanya" in client.get(LIST, {"dari": "2025-02-01", "sampai": "2024-01-01"}).content.decode()


def test_the_list_names_the_writer_and_when_a_draft_was_changed(client, editor):
    make_article(author="Siti Aminah", status=DRAFT, published_at=None)
    make_article(changed_by=editor)
    page = client.get(LIST).content.decode()
    assert 'class="field-writer">Siti Aminah<' in page
    assert 'class="field-writer">Budi Santoso<' in page
    assert 'class="field-published nowrap">diubah ' in page or 'class="field-published">diubah ' in page


def test_the_list_is_filtered_by_status_and_category(client, editor):
    draft = make_article(status=DRAFT, title="Masih draf")
    health = make_article(category=make_category("Kesehatan"), title="Posyandu")
    page = client.get(LIST, {"status__exact": DRAFT}).content.decode()
    assert draft.title in page
    assert health.title not in page
    page = client.get(LIST, {"category__id__exact": health.category_id}).content.decode()
    assert health.title in page
    assert draft.title not in page


def queries_of(client, address) -> list[str]:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in queries]


@pytest.mark.slow
@pytest.mark.parametrize("address", [LIST, "/admin/news/photo/", "/admin/news/tag/", "/admin/news/category/"])
def test_a_list_takes_as_many_queries_for_30_rows_as_for_one(client, editor, address):
    make_article(tags=["a"], reads=3, changed_by=editor)
    few = len(queries_of(client, address))
    for number in range(30):
        make_article(tags=[f"tag {number}"], reads=3, category=make_category(f"Kategori {number}"))
    assert len(queries_of(client, address)) == few


def test_the_list_reads_no_bodies_and_stops_counting_after_some_thousands(client, editor):
    make_article()
    queries = [sql for sql in queries_of(client, LIST) if "news_article" in sql]
    assert queries
    assert not any('"news_article"."body"' in sql or '"news_article"."search"' in sql for sql in queries)
    assert all("LIMIT 5001" in sql for sql in queries if "COUNT(" in sql)


# ---- Categories and tags


@pytest.mark.parametrize("kind", ["category", "tag"])
def test_a_category_or_tag_in_use_cannot_be_deleted(client, editor, kind):
    article = make_article(tags=["dipakai"])
    used = article.category if kind == "category" else article.tags.get()
    unused = make_category("Kosong") if kind == "category" else make_tag("kosong")
    assert client.post(f"/admin/news/{kind}/{used.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.post(f"/admin/news/{kind}/{unused.pk}/delete/", {"post": "yes"}).status_code == 302
    chosen = {"action": "delete_selected", "_selected_action": [used.pk], "post": "yes"}
    client.post(f"/admin/news/{kind}/", chosen)
    used.refresh_from_db()


@pytest.mark.slow
@pytest.mark.parametrize("model", ["article", "photo", "tag", "category", "district", "page", "notice", "missingpath"])
def test_every_page_of_the_newsroom_opens(client, editor, model):
    assert client.get(f"/admin/news/{model}/").status_code == 200
    assert client.get(f"/admin/news/{model}/add/").status_code == 200


def test_the_index_page_links_to_pending_work(client, editor):
    make_article(status=REVIEW)
    page = client.get("/admin/").content.decode()
    assert "Ruang redaksi" in page
    assert '<a href="/admin/news/article/?status__exact=review">Menunggu tinjauan <b>1</b></a>' in page
    assert "Komentar menunggu" not in page


def test_a_public_article_cannot_be_moved_into_the_future(client, editor):
    article = make_article()
    later = timezone.localtime() + timedelta(days=3)
    page = client.post(address(article), form_of(article, published_at_0=f"{later:%d-%m-%Y}")).content.decode()
    assert "tidak dapat dipindah ke waktu nanti" in page


@pytest.mark.parametrize("year", ["0001", "0204", "9999"])
def test_a_mistyped_year_is_an_error_of_the_form(client, editor, year):
    make_category()
    answer = client.post(ADD, form_of(published_at_0=f"01-01-{year}", published_at_1="00:00:00", _move="publish"))
    assert answer.status_code == 200
    assert not Article.objects.exists()


def test_a_writer_cannot_change_the_photo_of_a_published_article(client, writer):
    photo = Photo.objects.create(name="foto/x", width=400, height=300, alt_text="Taman")
    make_article(photo=photo)
    assert client.post(f"/admin/news/photo/{photo.pk}/change/", {"alt_text": "Lain"}).status_code == 403
    assert Photo.objects.get().alt_text == "Taman"


@pytest.mark.parametrize("name", ["kota  tangerang", "kota tangerang\x03", "KOTA tangerang", "\x01"])
def test_a_tag_with_the_name_of_another_is_an_error_of_the_form(client, editor, name):
    make_tag("kota tangerang")
    assert client.post("/admin/news/tag/add/", {"name": name, "slug": "lain"}).status_code == 200


def test_a_title_of_control_characters_is_an_error_of_the_form(client, editor):
    assert client.post(ADD, form_of(title="\x01\x02\x7f")).status_code == 200
    assert not Article.objects.exists()


def test_saving_some_fields_updates_the_derived_fields():
    article = make_article(title="Pompa air")
    article.title = "Penulisan buku"
    with quietly():
        article.save(update_fields=["title"])
    article.refresh_from_db()
    assert article.title_stems == "tulis buku"


# ---- Credits, district, the home page's headline, chosen related articles


def test_credits_and_district_are_kept(client, editor):
    district = District.objects.create(name="Cipondoh", slug="cipondoh")
    client.post(ADD, form_of(author="Siti", reporter="Budi  Santoso", editor="Rina", district=district.pk))
    article = Article.objects.get()
    assert (article.author, article.reporter, article.editor) == ("Siti", "Budi Santoso", "Rina")
    assert article.district == district


def test_an_editor_chooses_the_headline_and_a_writer_does_not(client, editor):
    later = timezone.localtime() + timedelta(days=1)
    until = {"headline_until_0": f"{later:%d-%m-%Y}", "headline_until_1": f"{later:%H.%M}"}
    article = make_article(status=DRAFT)
    client.post(address(article), form_of(article, **until))
    article.refresh_from_db()
    assert article.headline_until
    client.force_login(make_person("Penulis"))
    assert "headline_until" not in client.get(address(article)).content.decode()
    client.post(address(article), form_of(article))
    article.refresh_from_db()
    assert article.headline_until  # fields that a writer does not see are not emptied


def test_an_editor_pins_and_excludes_related_articles(client, editor):
    article, near, far = (make_article() for _ in range(3))
    client.post(address(article), form_of(article, related_pinned=[near.pk], related_excluded=[far.pk]))
    assert (article.related_pinned.get(), article.related_excluded.get()) == (near, far)


def test_an_article_is_neither_related_to_itself_nor_both_pinned_and_excluded(client, editor):
    article, other = make_article(), make_article()
    page = client.post(address(article), form_of(article, related_pinned=[article.pk]))
    assert "Berita ini sendiri tidak dapat menjadi artikel terkaitnya." in errors_in(page)
    page = client.post(address(article), form_of(article, related_pinned=[other.pk], related_excluded=[other.pk]))
    assert "Ada berita yang sekaligus dipilih dan dikecualikan. Pilih salah satu." in errors_in(page)
    assert not article.related_pinned.exists()


def test_related_articles_are_found_by_words_of_the_title_without_reading_bodies(client, editor):
    make_article(title="Banjir di Cipondoh surut")
    where = {"app_label": "news", "model_name": "article", "field_name": "related_pinned", "term": "banjir"}
    with CaptureQueriesContext(connection) as queries:
        found = client.get("/admin/autocomplete/", where).json()["results"]
    assert [each["text"] for each in found] == ["Banjir di Cipondoh surut"]
    assert not any('"news_article"."body"' in query["sql"] for query in queries)


# ---- Searches that found nothing


def test_failed_searches_can_be_read_and_repeated_but_not_changed(client, editor):
    failed = FailedSearch.objects.create(words="kartu hilang & rusak", times=7)
    page = client.get("/admin/news/failedsearch/").content.decode()
    assert "/cari?q=kartu+hilang+%26+rusak" in page
    assert client.get("/admin/news/failedsearch/add/").status_code == 403
    assert client.post(f"/admin/news/failedsearch/{failed.pk}/change/", {"words": "x"}).status_code == 403
    assert client.post(f"/admin/news/failedsearch/{failed.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_district_in_use_cannot_be_deleted(client, editor):
    district = District.objects.create(name="Cipondoh", slug="cipondoh")
    article = make_article(district=district)
    assert client.post(f"/admin/news/district/{district.pk}/delete/", {"post": "yes"}).status_code == 403
    Article.objects.filter(pk=article.pk).update(district=None)
    assert client.post(f"/admin/news/district/{district.pk}/delete/", {"post": "yes"}).status_code == 302
