"""Documents (PDF) of articles: which are accepted, who may have them, what is read from them, and where they are
found."""

import json
import os
import re
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from news import documents, reindexing
from news.models import Article, Change, Document, FailedSearch
from news.models.documents import delete_orphans, read_next
from portal.run.worker import Worker
from tests import pdfs
from tests.make import make_article, make_person
from tests.test_admin import ADD, address, errors_in, form_of

pytestmark = pytest.mark.django_db

TITLE = "Surat Edaran Nomor 12 Tahun 2026"
LIST = "/admin/news/document/"
FILES = re.compile(r"/dokumen/([0-9a-f]{32})/[^.]*\.pdf")


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.DOCUMENTS_ROOT = tmp_path / "documents"


def make_document(article=None, data=None, **fields):
    """A stored document that nobody has read yet, of an article that is public unless another one is passed."""
    document = Document(article=article or make_article(), **{"title": TITLE, **fields})
    document.put(documents.store(pdfs.upload(data or pdfs.pdf("Jam kerja selama Ramadan"))))
    document.save()
    return document


def read(document) -> Document:
    """The document after the worker has read it."""
    assert read_next()
    return Document.objects.get(pk=document.pk)


def files() -> list[str]:
    folder = documents.path("x").parent
    return sorted(each.name for each in folder.iterdir()) if folder.exists() else []


def content_of(response) -> bytes:
    content = b"".join(response.streaming_content)
    close(response)
    return content


def close(response) -> None:
    """Closes the file only: the response would close the connection to the database as well."""
    for close_one in response._resource_closers:
        close_one()


def status_of(client, path, **more) -> int:
    response = client.get(path, **more)
    close(response)
    return response.status_code


def main_of(client, path) -> str:
    cache.clear()
    return client.get(path).content.decode().partition("<main")[2]


# ---- What is accepted


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<html><script>alert(1)</script>", "bukan PDF"),
        (b"PK\x03\x04" + bytes(100), "bukan PDF, tetapi Word"),
        (b"\xd0\xcf\x11\xe0" + bytes(100), "bukan PDF, tetapi Word"),
        (b"\xff\xd8\xff" + bytes(100), "Berkas ini foto"),
        (pdfs.pdf("Jam kerja")[:-60], "terpotong"),
        (pdfs.encrypted(), "dikunci"),
    ],
)
def test_what_is_no_whole_and_open_pdf_is_refused_with_a_reason(data, said):
    with pytest.raises(ValidationError, match=said):
        documents.check(pdfs.upload(data))


def test_the_limit_of_size_is_fifty_megabytes(monkeypatch):
    assert documents.MAX_BYTES == 50 * 1024 * 1024
    monkeypatch.setattr(documents, "MAX_BYTES", 900)
    documents.check(pdfs.upload(pdfs.pdf("a")))
    with pytest.raises(ValidationError, match="paling besar"):
        documents.check(pdfs.upload(pdfs.pdf("a" * 900)))


def test_a_lock_is_found_wherever_it_stands_in_the_file(monkeypatch):
    monkeypatch.setattr(documents, "_PIECE", 50)
    for before in range(50):
        with pytest.raises(ValidationError, match="dikunci"):
            documents.check(pdfs.upload(b"%PDF-1.7\n" + b" " * before + b"/Encrypt 9 0 R\nstartxref\n0\n%%EOF"))


@pytest.mark.parametrize(
    ("size", "words"), [(1, "1 kB"), (420_300, "420 kB"), (1_440_000, "1,4 MB"), (52_000_000, "52 MB")]
)
def test_sizes_are_in_words(size, words):
    assert documents.size_in_words(size) == words


# ---- What is read


def test_the_worker_reads_pages_text_names_and_the_first_page():
    about = {"Title": "SE 12", "Author": "budi.santoso", "Creator": "Word", "Producer": "Acme"}
    document = make_document(data=pdfs.pdf("Jam kerja selama Ramadan", "Apel pagi", **about))
    assert (document.state, document.kind) == ("waiting", "PDF, 1 kB")
    document = read(document)
    assert (document.state, document.pages, document.kind) == ("read", 2, "PDF, 2 halaman, 1 kB")
    assert document.text.split("\n") == ["Jam kerja selama Ramadan", "Apel pagi"]
    assert (document.own_title, document.own_author, document.software) == ("SE 12", "budi.santoso", "Word / Acme")
    assert (document.cover_width, document.cover_height) == (480, 680)
    assert files() == [f"{document.file}.jpg", f"{document.file}.pdf"]
    assert not read_next()


def test_a_scanned_page_has_a_picture_and_no_text():
    document = read(make_document(data=pdfs.scanned()))
    assert (document.state, document.pages, document.text) == ("textless", 1, "")
    assert document.cover_width


def test_a_broken_file_is_read_once_and_stays_available(client):
    document = read(make_document(data=b"%PDF-1.7 ... startxref 0 %%EOF"))
    assert (document.state, document.pages, document.cover_width) == ("failed", None, 0)
    assert not read_next()
    assert status_of(client, document.path) == 200
    assert status_of(client, document.cover_path) == 404


@pytest.mark.slow
def test_a_file_that_takes_all_memory_ends_only_its_reader():
    document = read(make_document(data=pdfs.bomb()))
    assert (document.state, document.pages, document.own_author) == ("failed", 1, "Pengirim")


def test_the_reader_of_a_file_knows_nothing_of_the_portal(tmp_path, monkeypatch):
    """It is started without the environment, as which a hostile file would find the passwords."""
    program = tmp_path / "spy.py"
    program.write_text("import json, os; print(json.dumps({'pages': 1, 'text': ' '.join(os.environ)}))")
    monkeypatch.setenv("SECRET_KEY", "x")
    monkeypatch.setattr(documents, "PROGRAM", program)
    assert set(documents.read(tmp_path / "a.pdf").text.split()) <= {"LC_CTYPE"}


def test_what_was_read_before_the_reader_ended_is_kept(tmp_path, monkeypatch):
    program = tmp_path / "dying.py"
    program.write_text("import os; print('{\"pages\": 3}', flush=True); print('{\"text', flush=True); os.abort()")
    monkeypatch.setattr(documents, "PROGRAM", program)
    reading = documents.read(tmp_path / "a.pdf")
    assert (reading.pages, reading.text, reading.cover) == (3, None, b"")


def test_controls_and_broken_words_do_not_reach_the_database(tmp_path, monkeypatch):
    program = tmp_path / "odd.py"
    said = {"pages": 1, "author": "Budi\0", "text": "pemerin\ufffe\r\ntah\0 \ud800kota"}
    program.write_text(f"print({json.dumps(said)!r})")
    monkeypatch.setattr(documents, "PROGRAM", program)
    reading = documents.read(tmp_path / "a.pdf")
    assert (reading.author, reading.text) == ("Budi", "pemerintah kota")


def test_a_document_that_ends_the_worker_is_given_up():
    document = make_document()
    for _ in range(3):
        assert Document.objects.claim() == document
        assert Document.objects.claim() is None  # another worker has it
        Document.objects.update(claimed_at=timezone.now() - timedelta(minutes=4))
    assert Document.objects.claim() is None
    assert Document.objects.get().state == "failed"


def test_what_is_read_of_a_file_that_was_replaced_meanwhile_is_dropped():
    document = make_document()
    claimed = Document.objects.claim()
    document.put(documents.store(pdfs.upload(pdfs.scanned())))
    document.save()
    claimed.take(documents.Reading(pages=7, text="lama"))
    document.refresh_from_db()
    assert (document.state, document.pages, document.text) == ("waiting", None, "")


@pytest.mark.django_db(transaction=True)
def test_the_worker_reads_what_waits():
    document = make_document()
    worker = Worker()
    worker.jobs = [job for job in worker.jobs if "dokumen" in job.name]
    assert len(worker.jobs) == 2
    assert worker.run_once() == []
    document.refresh_from_db()
    assert document.state == "read"


# ---- Who may have it


def test_a_visible_document_is_saved_under_its_name_and_asked_for_each_time(client):
    data = pdfs.pdf("Jam kerja")
    document = make_document(data=data)
    assert re.fullmatch(r"/dokumen/[0-9a-f]{32}/surat-edaran-nomor-12-tahun-2026\.pdf", document.path)
    response = client.get(document.path)
    assert content_of(response) == data
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="surat-edaran-nomor-12-tahun-2026.pdf"'
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "public, no-cache"
    assert int(response["Content-Length"]) == len(data)
    assert client.get(document.path, headers={"If-None-Match": response["ETag"]}).status_code == 304


def test_a_pdf_is_not_compressed_again(client):
    response = client.get(make_document().path, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in response
    close(response)


def test_a_document_is_sent_in_pieces(client, settings):
    document = make_document(data=pdfs.pdf("a" * 500_000))
    response = client.get(document.path)
    assert response.streaming
    assert max(len(piece) for piece in response.streaming_content) <= 64 * 1024
    close(response)


def test_an_old_title_in_the_address_leads_to_the_new_one(client):
    document = make_document()
    former = document.path
    document.title = "Pengumuman"
    document.save()
    response = client.get(former)
    assert (response.status_code, response["Location"]) == (301, document.path)
    assert document.path.rpartition("/")[0] == former.rpartition("/")[0]


def states() -> dict:
    """Articles that readers cannot see, with the status of what they carry."""
    later = timezone.now() + timedelta(hours=1)
    withdrawn = make_article(title="Sudah tampil")
    withdrawn.withdraw("Data pribadi")
    unseen = make_article(title="Belum tampil", published_at=later)
    unseen.withdraw("Salah")
    return {
        make_article(status=Article.Status.DRAFT, published_at=None): 404,
        make_article(status=Article.Status.REVIEW, published_at=None): 404,
        make_article(published_at=later): 404,
        unseen: 404,
        withdrawn: 410,
    }


def test_a_document_is_available_only_while_its_article_is(client):
    for article, status in states().items():
        document = read(make_document(article))
        for path in (document.path, document.cover_path):
            assert status_of(client, path) == status, article.status
    page = client.get(document.path).content.decode()
    assert "Data pribadi" in page
    assert client.get(f"/dokumen/{'0' * 32}/a.pdf").status_code == 404


def test_a_document_is_listed_and_found_only_while_its_article_is(client):
    hidden = [read(make_document(article)) for article in states()]
    shown = read(make_document(make_article()))
    for path in ("/dokumen", "/dokumen?q=ramadan", "/cari?q=ramadan", "/sitemap-dokumen.xml"):
        cache.clear()
        page = client.get(path).content.decode()
        assert FILES.findall(page) == [shown.name], path
    for document in hidden:
        document.article.publish()
        Article.objects.filter(pk=document.article_id).update(published_at=timezone.now() - timedelta(minutes=1))
    for path in ("/dokumen", "/dokumen?q=ramadan", "/sitemap-dokumen.xml"):
        cache.clear()
        assert len(set(FILES.findall(client.get(path).content.decode()))) == 6, path


def test_only_a_trusted_nginx_gets_the_place_instead_of_the_file(client):
    document = make_document()
    response = client.get(document.path, headers={"X-Documents": "nginx"})
    assert response["X-Accel-Redirect"] == f"/_dokumen/{document.file}.pdf"
    assert response["Content-Disposition"].startswith("attachment")
    assert response.content == b""
    response = client.get(document.path, headers={"X-Documents": "nginx"}, REMOTE_ADDR="203.0.113.9")
    assert "X-Accel-Redirect" not in response
    assert content_of(response).startswith(b"%PDF")


def test_a_missing_file_is_a_404(client):
    document = make_document()
    documents.delete(document.file)
    assert client.get(document.path).status_code == 404


# ---- Where it is shown


def test_the_article_lists_its_documents_with_kind_and_size_in_the_link(client):
    article = make_article()
    read(make_document(article, title="Pengumuman <b>"))
    read(make_document(article))
    page = main_of(client, article.get_absolute_url())
    assert "Lampiran" in page
    found = re.findall(r"<h3>\s*<a[^>]*pdf.*?</a>", page, re.DOTALL)
    links = [" ".join(re.sub("<[^>]*>", " ", each).split()) for each in found]
    assert links == ["Pengumuman &lt;b&gt; (PDF, 1 halaman, 1 kB)", f"{TITLE} (PDF, 1 halaman, 1 kB)"]
    assert page.count("sampul.jpg") == 2
    assert "Lampiran" not in main_of(client, make_article().get_absolute_url())


def test_the_list_is_in_the_order_of_publication_and_in_pages(client):
    now = timezone.now()
    for number in range(25):
        make_document(make_article(published_at=now - timedelta(hours=number + 1)), title=f"Pengumuman ke-{number}")
    page = main_of(client, "/dokumen")
    assert re.findall(r"Pengumuman ke-(\d+)</span>", page) == list(map(str, range(20)))
    following = re.search(r'href="(\?sebelum=[^"]*)"', page)[1]
    page = main_of(client, f"/dokumen{following}")
    assert re.findall(r"Pengumuman ke-(\d+)</span>", page) == list(map(str, range(20, 25)))
    assert "Ke yang terbaru" in page
    assert client.get("/dokumen?sebelum=x").status_code == 400


def test_two_documents_of_one_article_are_not_lost_between_two_pages(client):
    article = make_article()
    for number in range(23):
        make_document(article, title=f"Lampiran ke-{number}")
    page = main_of(client, "/dokumen")
    page += main_of(client, "/dokumen" + re.search(r'href="(\?sebelum=[^"]*)"', page)[1])
    assert sorted(map(int, re.findall(r"Lampiran ke-(\d+)</span>", page))) == list(range(23))


def test_the_list_costs_the_same_number_of_queries_with_many_documents(client):
    def queries() -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as made:
            client.get("/dokumen?q=ramadan")
        return len(made)

    read(make_document())
    queries()
    few = queries()
    for _ in range(5):
        read(make_document())
    assert queries() == few


def test_the_text_of_a_document_is_found_by_stems_phrases_and_exclusions(client):
    read(make_document(data=pdfs.pdf("Penertiban pedagang kaki lima di Jalan Merdeka"), title="Perintah"))
    for sought, is_found in {
        "menertibkan": True, "perintah pedagang": True, '"kaki lima"': True, '"lima kaki"': False,
        "pedagang -merdeka": False, "banjir": False,
    }.items():  # fmt: skip
        page = main_of(client, f"/dokumen?q={sought}")
        assert ("perintah.pdf" in page) == is_found, sought
    page = main_of(client, "/dokumen?q=pedagang")
    assert "<mark>pedagang</mark> kaki lima" in page


def test_the_search_page_shows_documents_and_counts_no_failed_search(client):
    article = make_article(title="Aturan baru")
    read(make_document(article, data=pdfs.pdf("Retribusi parkir")))
    page = main_of(client, "/cari?q=retribusi")
    assert "Dokumen yang cocok" in page
    assert f'href="{article.get_absolute_url()}"' in page
    assert not FailedSearch.objects.exists()
    other = make_article().category
    assert "Dokumen yang cocok" in main_of(client, f"/cari?q=retribusi&kategori={other.slug}")
    assert "Dokumen yang cocok" not in main_of(client, "/cari?q=retribusi&tahun=1999")


@pytest.mark.parametrize("query", ["q=%00", "q=" + "a" * 201, "sebelum=%00"])
def test_a_query_that_cannot_be_is_refused(client, query):
    assert client.get(f"/dokumen?{query}").status_code == 400


def test_documents_are_indexed_again_when_the_rules_change():
    document = read(make_document())
    Document.objects.update(rules=0, search="", body_stems="")
    reindexing.step()
    document.refresh_from_db()
    assert document.rules
    assert "ramadan" in document.search


# ---- The newsroom


def rows_of(*rows, stored=()) -> dict:
    """The form data of the inline form for documents."""
    data = {"documents-TOTAL_FORMS": len(rows) + len(stored), "documents-INITIAL_FORMS": len(stored)}
    for number, document in enumerate(stored):
        data |= {f"documents-{number}-id": document.pk, f"documents-{number}-title": document.title}
    for number, row in enumerate(rows, start=len(stored)):
        data |= {f"documents-{number}-{name}": value for name, value in row.items()}
    return data


@pytest.fixture
def writer(client):
    person = make_person("Penulis")
    client.force_login(person)
    return person


def test_a_writer_attaches_a_document_while_writing(client, writer):
    row = {"title": TITLE, "upload": pdfs.upload(pdfs.pdf("a"))}
    assert client.post(ADD, form_of(**rows_of(row))).status_code == 302
    document = Document.objects.get()
    assert (document.title, document.article.title) == (TITLE, "Taman kota dibuka")
    assert files() == [f"{document.file}.pdf"]
    page = client.get(address(document.article)).content.decode()
    assert "Sedang dibaca" in page
    assert status_of(client, f"{LIST}{document.pk}/berkas/") == 200


def test_names_inside_of_the_file_are_shown_to_the_editor(client, writer):
    article = make_article(status="draft", published_at=None)
    read(make_document(article, data=pdfs.pdf("a", Author="budi.santoso", Title="SE <12>", Creator="Word")))
    page = client.get(address(article)).content.decode()
    assert "Judul (usul): SE &lt;12&gt;; Penulis: budi.santoso; Dibuat dengan: Word." in page


def test_a_wrong_file_is_told_at_its_field_and_nothing_is_stored(client, writer):
    row = {"title": TITLE, "upload": pdfs.upload(b"PK\x03\x04 word", "surat.pdf")}
    response = client.post(ADD, form_of(**rows_of(row)))
    assert "bukan PDF, tetapi Word" in " ".join(errors_in(response))
    page = response.content.decode()
    assert TITLE in page
    assert "Taman di tepi Cisadane" in page
    assert not Document.objects.exists()
    assert files() == []


def test_a_title_without_a_file_and_a_file_without_a_title_are_told(client, writer):
    response = client.post(ADD, form_of(**rows_of({"title": TITLE})))
    assert "Pilih berkas PDF." in errors_in(response)
    response = client.post(ADD, form_of(**rows_of({"title": "", "upload": pdfs.upload(pdfs.pdf("a"))})))
    assert "tidak perlu dipilih lagi" in response.content.decode()


def test_a_good_file_need_not_be_sent_again_when_something_else_is_wrong(client, writer):
    data = pdfs.pdf("a")
    row = {"title": TITLE, "upload": pdfs.upload(data, "SE-12.pdf")}
    response = client.post(ADD, form_of(title="", **rows_of(row)))
    page = response.content.decode()
    assert "“SE-12.pdf” (1 kB) sudah diterima" in page
    token = re.search(r'name="documents-0-kept" value="([^"]+)"', page)[1]
    assert client.post(ADD, form_of(**rows_of({"title": TITLE, "kept": token}))).status_code == 302
    document = Document.objects.get()
    assert documents.path(document.file).read_bytes() == data
    response = client.post(ADD, form_of(**rows_of({"title": TITLE, "kept": token})))
    assert "Pilih berkas PDF sekali lagi." in errors_in(response)
    response = client.post(ADD, form_of(**rows_of({"title": TITLE, "kept": "../../etc/passwd"})))
    assert "Pilih berkas PDF sekali lagi." in errors_in(response)


@pytest.mark.django_db(transaction=True)
def test_replacing_a_file_keeps_the_address_and_removes_the_old_file(client, editor):
    document = read(make_document())
    former = document.file
    row = {"documents-0-upload": pdfs.upload(pdfs.pdf("Baru"))}
    response = client.post(address(document.article), form_of(document.article, **rows_of(stored=[document]) | row))
    assert response.status_code == 302
    document.refresh_from_db()
    assert (document.state, document.pages, document.text) == ("waiting", None, "")
    assert document.file != former
    assert files() == [f"{document.file}.pdf"]
    change = Change.objects.of(document).latest("id")
    assert change.former == {"file": former}


@pytest.mark.django_db(transaction=True)
def test_deleting_a_document_removes_its_files_and_is_noted(client, editor):
    document = read(make_document())
    former = document.article.text_changed_at
    data = rows_of(stored=[document]) | {"documents-0-DELETE": "on"}
    assert client.post(address(document.article), form_of(document.article, **data)).status_code == 302
    assert files() == []
    assert client.get(document.path).status_code == 404
    assert Change.objects.get(table="news_document", kind="D").former["title"] == TITLE
    assert former is None
    assert Article.objects.get().text_changed_at is not None


def test_a_new_attachment_is_a_change_to_readers_only_of_what_they_can_read(client, editor):
    for article, is_told in ((make_article(), True), (make_article(status="draft", published_at=None), False)):
        row = {"title": TITLE, "upload": pdfs.upload(pdfs.pdf("a"))}
        assert client.post(address(article), form_of(article, **rows_of(row))).status_code == 302
        article.refresh_from_db()
        assert (article.text_changed_at is not None) == is_told


def test_moving_a_document_changes_both_articles_to_their_readers(client, editor):
    former, other = make_article(), make_article()
    document = make_document(former)
    data = {"article": other.pk, "title": TITLE, "upload": "", "kept": ""}
    assert client.post(f"{LIST}{document.pk}/change/", data).status_code == 302
    for article in (former, other):
        article.refresh_from_db()
        assert article.text_changed_at is not None


def test_a_writer_cannot_touch_what_a_published_article_carries(client, writer):
    document = make_document()
    assert "documents-0-upload" not in client.get(address(document.article)).content.decode()
    data = form_of(document.article, **rows_of({"title": "Lain", "upload": pdfs.upload(pdfs.pdf("a"))}))
    assert client.post(address(document.article), data).status_code == 403
    change = f"{LIST}{document.pk}/change/"
    assert 'name="upload"' not in client.get(change).content.decode()
    assert client.post(change, {"article": document.article_id, "title": "Lain"}).status_code == 403
    assert client.post(f"{LIST}{document.pk}/delete/", {"post": "yes"}).status_code == 403
    added = {"article": document.article_id, "title": "Lain", "upload": pdfs.upload(pdfs.pdf("a"))}
    assert client.post(f"{LIST}add/", added).status_code == 200
    assert Document.objects.get().title == TITLE


def test_a_writer_changes_documents_of_drafts_in_the_list(client, writer):
    document = make_document(make_article(status="draft", published_at=None))
    assert TITLE in client.get(LIST).content.decode()
    data = {"article": document.article_id, "title": "Pengumuman", "upload": "", "kept": ""}
    assert client.post(f"{LIST}{document.pk}/change/", data).status_code == 302
    document.refresh_from_db()
    assert document.title == "Pengumuman"
    added = {"article": document.article_id, "title": "Baru", "upload": pdfs.upload(pdfs.pdf("a"))}
    assert client.post(f"{LIST}add/", added).status_code == 302
    assert Document.objects.count() == 2
    assert client.get(f"{LIST}?q=pengumuman").content.decode().count(">Pengumuman</a></th>") == 1
    assert client.get(f"{LIST}{document.pk}/history/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_writer_takes_a_wrong_document_from_a_draft(client, writer):
    document = make_document(make_article(status="draft", published_at=None))
    data = rows_of(stored=[document]) | {"documents-0-DELETE": "on"}
    assert client.post(address(document.article), form_of(document.article, **data)).status_code == 302
    assert not Document.objects.exists()
    assert files() == []


def test_files_for_the_newsroom_are_not_for_everybody(client):
    document = make_document(make_article(status="draft", published_at=None))
    path = f"{LIST}{document.pk}/berkas/"
    assert client.get(path).status_code == 302
    client.force_login(make_person("Moderator"))
    assert client.get(path).status_code == 403


# ---- Files that nobody uses


def test_files_of_no_document_are_deleted_after_a_day():
    document = read(make_document())
    orphans = [documents.store(pdfs.upload(pdfs.pdf("a"))).file for _ in range(2)]
    old = time.time() - documents.ORPHANS_KEPT - 60
    for file in (document.file, orphans[0]):
        os.utime(documents.path(file), (old, old))
    assert delete_orphans() == 1
    assert files() == sorted([f"{document.file}.jpg", f"{document.file}.pdf", f"{orphans[1]}.pdf"])


def test_nothing_is_deleted_from_the_folder_of_another_database():
    stored = documents.store(pdfs.upload(pdfs.pdf("a")))
    os.utime(documents.path(stored.file), (1, 1))
    assert delete_orphans() == 0
    assert files() == [f"{stored.file}.pdf"]


def test_the_documents_of_a_deleted_draft_go_with_it():
    document = make_document(make_article(status="draft", published_at=None))
    document.article.delete()
    assert not Document.objects.exists()


def test_pdfs_are_not_in_the_folder_that_web_servers_show(settings):
    assert not Path(settings.DATA_DIR / "documents").is_relative_to(settings.MEDIA_ROOT)


def test_rebuilding_the_search_rebuilds_documents():
    read(make_document())
    Document.objects.update(search="")
    call_command("susun_ulang_pencarian")
    reindexing.step()
    assert "ramadan" in Document.objects.get().search


def test_a_preview_names_the_documents_and_leads_to_none(client, editor):
    document = read(make_document(make_article(status="draft", published_at=None)))
    response = client.post(f"/admin/news/article/pratinjau/?pk={document.article_id}", form_of(document.article))
    page = response.content.decode()
    assert TITLE in page
    assert "(PDF, 1 halaman, 1 kB)" in page
    assert document.name not in page
