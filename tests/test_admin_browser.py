"""The newsroom's article form in a real browser: what its scripts do."""

import pytest
from playwright.sync_api import expect

from news.models import Article, Photo
from tests.browsing import does_not_scroll_sideways, log_in
from tests.conftest import DESKTOP
from tests.make import make_article, make_person

pytestmark = pytest.mark.django_db(transaction=True)
EDITOR = ".field-body .ProseMirror[contenteditable]"


@pytest.fixture
def viewport():
    return DESKTOP


@pytest.fixture
def newsroom(quiet_page, client, portal_url):
    """A page on which a writer is logged in."""
    log_in(quiet_page, client, portal_url, make_person("Penulis"))
    return quiet_page


def make_photo(**fields):
    return Photo.objects.create(name="foto/2026/11/0123456789abcdef", width=800, height=600, **fields)


def choose_photo(page, words):
    page.locator(".field-insert_photo .select2-selection").click()
    page.locator(".select2-search__field").last.fill(words)
    page.locator(".select2-results__option", has_text=words).click()


def insert(page):
    button = page.get_by_role("button", name="Sisipkan", exact=True)
    button.click()
    return page.locator(".field-insert_photo [role=status]")


def test_a_photo_is_inserted_after_the_paragraph_with_the_cursor(newsroom):
    page = newsroom
    page.route("**/media/**", lambda route: route.fulfill(content_type="image/svg+xml", body="<svg/>"))
    make_photo(alt_text="Taman kota", caption="Taman di tepi Cisadane")
    article = make_article(status=Article.Status.DRAFT, body="<p>Paragraf satu.</p><p>Paragraf dua.</p>")
    page.goto(f"/admin/news/article/{article.pk}/change/")
    page.locator(EDITOR).get_by_text("Paragraf satu.").click()
    choose_photo(page, "Taman di tepi")
    expect(insert(page)).to_have_text("Foto disisipkan.")
    assert page.locator(f"{EDITOR} figure img").get_attribute("alt") == "Taman kota"
    assert does_not_scroll_sideways(page)
    page.get_by_role("button", name="Simpan dan lanjutkan").click()
    page.wait_for_load_state()
    expect(page.locator(".messagelist .success")).to_be_visible()
    article.refresh_from_db()
    assert article.body == f"<p>Paragraf satu.</p>{Photo.objects.get().figure_html()}<p>Paragraf dua.</p>"
    # Opened and saved again it stays as it is.
    expect(page.locator(f"{EDITOR} figure figcaption")).to_have_text("Taman di tepi Cisadane")
    page.get_by_role("button", name="Simpan dan lanjutkan").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    before = article.body
    article.refresh_from_db()
    assert article.body == before


def paste(page, html):
    page.locator(EDITOR).evaluate(
        """(editor, html) => {
            const data = new DataTransfer();
            data.setData("text/html", html);
            const target = editor.querySelector("p") ?? editor;
            const options = { clipboardData: data, bubbles: true, cancelable: true };
            target.dispatchEvent(new ClipboardEvent("paste", options));
        }""",
        html,
    )


def test_what_is_pasted_is_cleaned_first_and_the_editor_is_told_what_was_left_out(newsroom):
    page = newsroom
    article = make_article(status=Article.Status.DRAFT, body="<p>Awal.</p>")
    page.goto(f"/admin/news/article/{article.pk}/change/")
    page.locator(EDITOR).get_by_text("Awal.").click()
    page.keyboard.press("End")
    paste(
        page,
        '<b style="font-weight:normal"><p>Biasa <span style="font-weight:700">tebal</span></p>'
        '<center>Tengah<span style="display:none">slot gacor</span></center></b>',
    )
    expect(page.locator(EDITOR)).to_contain_text("Tengah")
    expect(page.locator(EDITOR)).not_to_contain_text("slot gacor")
    expect(page.locator(EDITOR).locator("strong")).to_have_text("tebal")
    expect(page.locator(".field-body [role=status]").last).to_contain_text("teks itu dibuang: “slot gacor”")
    page.get_by_role("button", name="Simpan dan lanjutkan").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    article.refresh_from_db()
    assert article.body == "<p>Awal.Biasa <strong>tebal</strong></p><p>Tengah</p>"


def test_what_is_pasted_after_the_session_has_ended_is_not_lost(newsroom):
    page = newsroom
    article = make_article(status=Article.Status.DRAFT, body="<p>Awal.</p>")
    page.goto(f"/admin/news/article/{article.pk}/change/")
    page.locator(EDITOR).get_by_text("Awal.").click()
    page.context.clear_cookies(name="sessionid")
    paste(page, "<p>Tempelan <b>tebal</b></p>")
    expect(page.locator(EDITOR)).to_contain_text("Tempelan tebal")


def test_without_a_cursor_a_photo_goes_to_the_end_and_leaving_asks_for_confirmation(newsroom):
    page = newsroom
    page.route("**/media/**", lambda route: route.fulfill(content_type="image/svg+xml", body="<svg/>"))
    make_photo(decorative=True, caption="Garis hias")
    article = make_article(status=Article.Status.DRAFT, body="<p>Satu-satunya.</p>")
    page.goto(f"/admin/news/article/{article.pk}/change/")
    expect(insert(page)).to_have_text("Pilih dahulu fotonya.")
    choose_photo(page, "Garis hias")
    expect(insert(page)).to_have_text("Foto disisipkan.")
    assert page.locator(f"{EDITOR} > *").first.inner_text() == "Satu-satunya."
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/admin/")
    assert asked == ["beforeunload"]


# ---- The lists


def test_the_list_of_articles_is_searched_and_filtered_on_a_phone_by_keyboard(newsroom):
    page = newsroom
    make_article(title="Kerja bakti di Sungai Cisadane", author="Siti Aminah", tags=["sungai"])
    make_article(title="Lain", author="Eko")
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/admin/news/article/")
    assert does_not_scroll_sideways(page)
    page.locator("#searchbar").fill("kerja sungai cisad")
    page.keyboard.press("Enter")
    expect(page.locator(".field-title")).to_have_text(["Kerja bakti di Sungai Cisadane"])
    page.goto("/admin/news/article/")
    page.get_by_label("Nama", exact=True).fill("siti")
    page.keyboard.press("Enter")
    expect(page.locator(".field-writer")).to_have_text(["Siti Aminah"])
    page.get_by_label("Tag", exact=True).fill("banjir")
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist")).to_contain_text("Tidak ada tag “banjir”.")
    expect(page.get_by_label("Nama", exact=True)).to_have_value("siti")
    assert does_not_scroll_sideways(page)
