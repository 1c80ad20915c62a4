"""Documents in a real browser: readers save them, editors attach them, with and without scripts."""

import pytest
from playwright.sync_api import expect

from news.models import Article, Document
from tests import pdfs
from tests.browsing import does_not_scroll_sideways, log_in
from tests.conftest import DESKTOP, PHONE
from tests.make import make_article, make_category, make_person
from tests.test_documents import TITLE, make_document, read

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.DOCUMENTS_ROOT = tmp_path / "documents"


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_reader_hears_kind_and_size_and_saves_the_document(quiet_page, viewport):
    data = pdfs.pdf("Jam kerja selama Ramadan")
    document = read(make_document(make_article(), data=data))
    quiet_page.goto(document.article.get_absolute_url())
    assert does_not_scroll_sideways(quiet_page)
    attachments = quiet_page.get_by_role("region", name="Lampiran")
    with quiet_page.expect_download() as download:
        attachments.get_by_role("link", name=f"{TITLE} (PDF, 1 halaman, 1 kB)").click()
    assert download.value.suggested_filename == "surat-edaran-nomor-12-tahun-2026.pdf"
    assert download.value.path().read_bytes() == data
    picture = attachments.locator("img")
    picture.scroll_into_view_if_needed()
    shown = "picture => picture.complete && picture.naturalWidth === 480"
    quiet_page.wait_for_function(shown, arg=picture.element_handle())


def test_a_reader_searches_the_list_by_keyboard(quiet_page):
    read(make_document(title="Pengumuman lelang", data=pdfs.pdf("Lelang kendaraan dinas")))
    read(make_document())
    quiet_page.goto("/dokumen")
    assert does_not_scroll_sideways(quiet_page)
    expect(quiet_page.get_by_role("listitem").filter(has_text="PDF,")).to_have_count(2)
    quiet_page.get_by_label("Cari dokumen").fill("kendaraan")
    quiet_page.keyboard.press("Enter")
    expect(quiet_page.get_by_role("listitem").filter(has_text="PDF,")).to_have_count(1)
    expect(quiet_page.locator("mark")).to_have_text("kendaraan")
    assert does_not_scroll_sideways(quiet_page)


def test_nothing_is_told_of_a_document_that_was_not_taken(quiet_page, client, portal_url, tmp_path):
    file = tmp_path / "SE 12.pdf"
    file.write_bytes(b"Surat edaran")
    article = make_article(status=Article.Status.DRAFT, published_at=None)
    make_document(article)
    log_in(quiet_page, client, portal_url, make_person("Penulis"))
    quiet_page.goto(f"/admin/news/article/{article.pk}/change/")
    quiet_page.locator("#id_documents-1-title").fill("Surat edaran")
    quiet_page.locator("#id_documents-1-upload").set_input_files(file)
    quiet_page.get_by_role("button", name="Simpan dan lanjutkan").first.click()
    expect(quiet_page.locator("#documents-1 .field-upload .errorlist")).to_be_visible()
    expect(quiet_page.locator("#id_documents-1-upload")).to_be_focused()
    expect(quiet_page.locator("#documents-0 .field-condition")).to_be_visible()
    expect(quiet_page.locator("#documents-1 .field-condition")).to_be_hidden()


def test_a_writer_attaches_a_document_without_scripts(page_without_javascript, client, portal_url, tmp_path):
    page = page_without_javascript
    file = tmp_path / "SE 12.pdf"
    file.write_bytes(pdfs.pdf("Jam kerja"))
    article = make_article(status=Article.Status.DRAFT, published_at=None, category=make_category())
    log_in(page, client, portal_url, make_person("Penulis"))
    page.goto(f"/admin/news/article/{article.pk}/change/")
    page.locator("#id_documents-0-upload").set_input_files(file)
    page.locator("[name=_save]").click()
    expect(page.locator("#documents-group .errorlist")).to_have_count(1)  # the title is missing
    expect(page.locator("#documents-group")).to_contain_text("“SE 12.pdf” (1 kB) sudah diterima")
    page.locator("#id_documents-0-title").fill(TITLE)
    page.locator("[name=_save]").click()
    expect(page.locator(".messagelist")).to_be_visible()
    assert Document.objects.get().article == article
