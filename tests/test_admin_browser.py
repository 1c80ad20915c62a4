"""The newsroom's article form in a real browser: what its scripts do."""

import re
from html import escape

import pytest
from playwright.sync_api import expect

from news import markup
from news.markup.allowed import ATTRIBUTES
from news.models import Article, MissingPath, Photo
from portal.importers.old_addresses import remember
from tests.browsing import does_not_scroll_sideways, focused, go_to_end_of, log_in
from tests.conftest import DESKTOP, PHONE
from tests.make import make_article, make_category, make_person

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


def paste(page, content, kind="text/html"):
    page.locator(EDITOR).evaluate(
        """(editor, [kind, content]) => {
            const data = new DataTransfer();
            data.setData(kind, content);
            const target = editor.querySelector("p") ?? editor;
            const options = { clipboardData: data, bubbles: true, cancelable: true };
            target.dispatchEvent(new ClipboardEvent("paste", options));
        }""",
        [kind, content],
    )


def test_what_is_pasted_is_cleaned_first_and_the_editor_is_told_what_was_left_out(newsroom):
    page = newsroom
    article = make_article(status=Article.Status.DRAFT, body="<p>Awal.</p>")
    page.goto(f"/admin/news/article/{article.pk}/change/")
    go_to_end_of(page, page.locator(EDITOR).get_by_text("Awal."))
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
    page.get_by_role("button", name="Foto", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Garis hias").click()
    expect(page.locator(f"{EDITOR} figure figcaption")).to_have_text("Garis hias")
    assert page.locator(f"{EDITOR} > *").first.inner_text() == "Satu-satunya."
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/admin/")
    assert asked == ["beforeunload"]


# What a stored body may contain: each goes through the editor.
KEPT = {
    "marks": "<p><strong>a</strong> <em>b</em> <u>c</u> <s>d</s> <sub>e</sub> <sup>f</sup><br>g</p>",
    "headings": "<h2>a</h2><h3>b</h3><hr><p>c</p>",
    "link": '<p><a href="https://a.id/" rel="noopener">a</a> <a href="/berita/1" rel="noopener">b</a></p>',
    "items": "<ul><li>a<ul><li>b</li></ul></li><li><p>c</p></li></ul>",
    "numbers": '<ol start="3"><li>a</li><li><p>b</p><p>c</p></li></ol>',
    "quotation": "<blockquote>a<br>b</blockquote><blockquote><p>c</p><p>d</p></blockquote>",
    "caption": "<table><caption>Ju<em>dul</em></caption><tbody><tr><td>1</td><td><p>2</p></td></tr></tbody></table>",
    "parts": '<table><thead><tr><th scope="col">a</th></tr></thead><tbody><tr><th scope="row">b</th></tr></tbody>'
    "<tbody><tr><td>c</td></tr></tbody></table>",
    "spans": '<table><tbody><tr><td colspan="2">a</td><td rowspan="2">b</td></tr><tr><td></td><td>c</td></tr><tr>'
    '<th colspan="2">a</th><th rowspan="2">b</th></tr><tr><td>d</td><td>e</td></tr></tbody></table>',
    "picture": '<figure><img src="/media/a.jpg" alt="A" width="8" height="6"><figcaption>b</figcaption></figure>',
    "linked picture": '<figure><a href="https://a.id/" rel="noopener"><img src="/media/a.jpg" alt="A"></a></figure>',
    "picture in a text": '<p>a <img src="/media/a.jpg" alt="A"> b</p>',
    "table in a figure": "<figure><table><tbody><tr><td>1</td></tr></tbody></table><figcaption>b</figcaption>"
    "</figure>",
    "quotation in a figure": "<figure><blockquote><p>a</p></blockquote><figcaption>b</figcaption></figure>",
    "paragraphs in a caption": '<figure><img src="/media/a.jpg" alt=""><figcaption><p>b</p><p>c</p></figcaption>'
    "</figure>",
}


def used_in(body):
    """Elements with and without their attributes."""
    tags = re.findall("<([a-z0-9]+)([^>]*)>", body)
    return {tag for tag, _ in tags}, {(tag, name) for tag, rest in tags for name in re.findall(' ([a-z]+)="', rest)}


def test_everything_that_is_stored_goes_through_the_editor_unchanged(newsroom):
    page = newsroom
    page.route("**/media/**", lambda route: route.fulfill(content_type="image/svg+xml", body="<svg/>"))
    body = "".join(KEPT.values())
    assert markup.sanitise(body) == body
    tags, attributes = used_in(body)
    assert tags == markup.TAGS
    assert attributes == {(tag, name) for tag, names in ATTRIBUTES.items() for name in names} | {("a", "rel")}
    article = make_article(status=Article.Status.DRAFT, body=body + "<p>Akhir</p>")
    page.goto(f"/admin/news/article/{article.pk}/change/")
    # What the editor cannot hold stands there as a block of its own.
    expect(page.locator(f"{EDITOR} .kept-block")).to_have_count(5)
    go_to_end_of(page, page.locator(EDITOR).get_by_text("Akhir"))
    page.keyboard.type("!")
    page.get_by_role("button", name="Simpan dan lanjutkan").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    article.refresh_from_db()
    assert article.body == body + "<p>Akhir!</p>"


def test_a_block_that_the_editor_cannot_hold_runs_nothing_and_shows_nothing_foreign(newsroom):
    page = newsroom
    asked = []
    page.route("**/jahat*", lambda route: (asked.append(route.request.url), route.abort()))
    article = make_article(status=Article.Status.DRAFT, body="<p>Awal.</p>")
    page.goto(f"/admin/news/article/{article.pk}/change/")
    page.locator(EDITOR).get_by_text("Awal.").click()
    inside = "<p>Isi<img src=//x.id/jahat><iframe src=/jahat></iframe><script>1</script>"
    paste(page, f'<div data-pm-slice="0 0 []" data-html="{escape(inside)}"></div>')
    expect(page.locator(f"{EDITOR} .kept-block")).to_have_text("Isi")
    assert page.locator(f"{EDITOR} .kept-block").evaluate("block => block.innerHTML") == "<p>Isi<img></p>"
    assert asked == []


def test_what_is_typed_like_markdown_stays_but_numbers_begin_a_list(newsroom):
    page = newsroom
    article = make_article(status=Article.Status.DRAFT, body="<p>Awal.</p>")
    page.goto(f"/admin/news/article/{article.pk}/change/")
    go_to_end_of(page, page.locator(EDITOR).get_by_text("Awal."))
    page.keyboard.type(" *a* _b_ ~~c~~ **d** 2*3*4 ")
    page.keyboard.press("Enter")
    page.keyboard.type("3. Satu")
    page.keyboard.press("Enter")
    page.keyboard.type("Dua")
    page.get_by_role("button", name="Simpan dan lanjutkan").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    article.refresh_from_db()
    assert markup.read_alike(
        article.body,
        '<p>Awal. *a* _b_ ~~c~~ **d** 2*3*4 </p><ol start="3"><li><p>Satu</p></li><li><p>Dua</p></li></ol>',
    )


def test_a_message_is_pasted_with_its_marks_and_without_its_sender(newsroom):
    page = newsroom
    article = make_article(status=Article.Status.DRAFT, body="<p>Awal.</p>")
    page.goto(f"/admin/news/article/{article.pk}/change/")
    go_to_end_of(page, page.locator(EDITOR).get_by_text("Awal."))
    paste(page, " kata ", kind="text/plain")
    paste(page, "[22.18, 28/11/2026] Bu Ani: \u200b*Yth* 2 *3 *4 warga\n- a_b\n- _c_ 🙏", kind="text/plain")
    expect(page.locator(f"{EDITOR} li").last).to_have_text("c 🙏")
    expect(page.locator(".field-body [role=status]").last).to_have_text("Jam dan nama pengirim 1 pesan tidak ikut.")
    page.get_by_role("button", name="Simpan dan lanjutkan").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    article.refresh_from_db()
    assert article.body == (
        "<p>Awal. kata \u200b<strong>Yth</strong> 2 *3 *4 warga</p><ul><li>a_b</li><li><em>c</em> 🙏</li></ul>"
    )


def test_a_cell_of_a_table_with_a_caption_is_edited(newsroom):
    page = newsroom
    table = KEPT["caption"] + KEPT["parts"]
    article = make_article(status=Article.Status.DRAFT, body=table)
    page.goto(f"/admin/news/article/{article.pk}/change/")
    go_to_end_of(page, page.locator(f"{EDITOR} td").first)
    page.keyboard.type("0")
    page.get_by_role("button", name="Simpan dan lanjutkan").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    article.refresh_from_db()
    assert article.body == table.replace("<td>1</td>", "<td>10</td>")


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


SIZES = pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])


@SIZES
def test_what_is_not_known_of_an_old_address_is_left_out_on_a_phone(quiet_page, client, portal_url, viewport):
    log_in(quiet_page, client, portal_url, make_person("Redaktur"))
    remember(make_article(title="Taman dibuka"), ["/lama/taman"])  # visits to it are not counted
    MissingPath.objects.create(path="/lama/tak-ada", times=3, referrer="https://kota.example/tautan")
    quiet_page.goto("/admin/news/missingpath/")
    rows = quiet_page.locator("#result_list tbody tr")
    shown = {row.locator(".field-path").inner_text(): row.locator("td:visible").count() for row in rows.all()}
    everything = 1 + 4  # where to tick it, and what is told
    assert shown == (
        {"/lama/taman": everything - 3, "/lama/tak-ada": everything - 1}
        if viewport == PHONE
        else {"/lama/taman": everything, "/lama/tak-ada": everything}
    )
    assert does_not_scroll_sideways(quiet_page)


def open_draft(page, client, portal_url, **fields):
    """The form of a draft, as an editor sees it."""
    log_in(page, client, portal_url, make_person("Redaktur"))
    article = make_article(status=Article.Status.DRAFT, body="<p>Awal.</p>", **fields)
    page.goto(f"/admin/news/article/{article.pk}/change/")
    expect(page.locator(EDITOR)).to_be_visible()
    return page


@SIZES
def test_every_field_of_the_article_form_has_a_name(quiet_page, client, portal_url, viewport):
    page = open_draft(quiet_page, client, portal_url, tags=["banjir"])
    for name in ("Judul", "Ringkasan", "Isi"):
        expect(page.get_by_role("textbox", name=f"{name}:", exact=True)).to_have_count(1)
    for name in ("Waktu terbit, tanggal", "Waktu terbit, jam", "Berita utama sampai, tanggal", "Penulis:"):
        expect(page.get_by_role("textbox", name=name, exact=True)).to_have_count(1)
    for name in ("Tag:", "Kecamatan:"):
        expect(page.get_by_role("combobox", name=name)).to_have_count(1)
    categories = page.get_by_role("radiogroup", name="Kategori", exact=True)
    expect(categories.get_by_role("radio", name="Layanan Publik")).to_be_checked()
    expect(page.get_by_role("group", name="Foto utama:").get_by_role("button", name="Pilih foto")).to_have_count(1)
    expect(page.get_by_role("searchbox", name="Cari tag")).to_have_count(1)
    assert does_not_scroll_sideways(page)


@SIZES
def test_a_chooser_is_opened_searched_and_answered_by_keys(quiet_page, client, portal_url, viewport):
    make_article(title="Jembatan baru")
    page = open_draft(quiet_page, client, portal_url)
    page.locator("summary", has_text="Artikel Terkait").press("Enter")
    page.get_by_role("searchbox", name="Cari artikel terkait pilihan").type("Jemb")
    offered = page.get_by_role("listbox", name="Artikel terkait pilihan").get_by_role("option")
    # All are offered until the answer to what was typed is there.
    expect(offered).to_have_text(["Jembatan baru"])
    page.keyboard.press("Enter")
    expect(page.locator(".field-related_pinned")).to_contain_text("Jembatan baru")


@SIZES
def test_the_category_is_chosen_by_arrow_keys(quiet_page, client, portal_url, viewport):
    make_category("Kesehatan")
    page = open_draft(quiet_page, client, portal_url)
    page.get_by_role("radio", name="Layanan Publik").press("ArrowUp")
    expect(page.get_by_role("radio", name="Kesehatan")).to_be_checked()


@SIZES
def test_the_toolbar_is_one_stop_and_arrows_go_through_it(quiet_page, client, portal_url, viewport):
    page = open_draft(quiet_page, client, portal_url)
    toolbar = page.get_by_role("toolbar", name="Bentuk teks")
    expect(toolbar).to_have_count(1)
    text = page.get_by_role("textbox", name="Isi:", exact=True)
    page.get_by_role("textbox", name="Ringkasan:", exact=True).press("Tab")
    assert focused(page, "aria-label") == "paragraf"
    page.keyboard.press("Tab")
    expect(text).to_be_focused()
    assert text.evaluate("each => getComputedStyle(each).outlineStyle") == "solid"
    page.keyboard.press("Shift+Tab")
    for key, name in {
        "ArrowRight": "daftar butir",
        "End": "ulangi",
        "Home": "paragraf",
        "ArrowLeft": "ulangi",
    }.items():
        page.keyboard.press(key)
        assert focused(page, "aria-label") == name
    text.press("Control+a")
    bold = toolbar.get_by_role("button", name="tebal")
    bold.press("Enter")
    expect(toolbar.get_by_role("button", name="tebal", pressed=True)).to_be_visible()
    expect(text.locator("strong")).to_have_text("Awal.")
    # It comes back to the button that was used last, and the list of paragraph kinds opens and closes by keys.
    text.focus()
    page.keyboard.press("Shift+Tab")
    assert focused(page, "aria-label") == "tebal"
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("button", name="Subjudul", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(text.locator("h2")).to_have_text("Awal.")


@SIZES
@pytest.mark.parametrize(
    ("form", "names"),
    [
        ("page", {"textbox": ["Judul:", "Isi:"], "button": ["Foto"]}),
        ("notice", {"textbox": ["Judul:", "Mulai tampil, tanggal", "Mulai tampil, jam"], "combobox": ["Jenis:"]}),
        ("photo", {"textbox": ["Teks alternatif:", "Keterangan foto:"], "checkbox": ["Hiasan"]}),
        ("tag", {"textbox": ["Nama:", "Alamat:"]}),
        ("category", {"textbox": ["Nama:", "Alamat:", "Keterangan:"]}),
    ],
)
def test_every_field_of_the_other_forms_has_a_name(quiet_page, client, portal_url, viewport, form, names):
    log_in(quiet_page, client, portal_url, make_person("Redaktur"))
    quiet_page.goto(f"/admin/news/{form}/add/")
    for role, wanted in names.items():
        for name in wanted:
            expect(quiet_page.get_by_role(role, name=name, exact=True)).to_have_count(1)
    assert does_not_scroll_sideways(quiet_page)


@SIZES
def test_lists_name_their_search_and_their_pictures(quiet_page, client, portal_url, viewport):
    page = quiet_page
    page.route("**/media/**", lambda route: route.fulfill(content_type="image/svg+xml", body="<svg/>"))
    make_photo(alt_text="Taman kota", caption="Taman di tepi Cisadane")
    log_in(page, client, portal_url, make_person("Redaktur"))
    for model in ("article", "photo", "tag"):
        page.goto(f"/admin/news/{model}/")
        expect(page.get_by_role("textbox", name="Cari", exact=True)).to_have_count(1)
    page.goto("/admin/news/photo/")
    for link in page.locator("#result_list").get_by_role("link").all():
        assert link.inner_text() or link.get_by_role("img").get_attribute("alt")


@SIZES
def test_the_desk_fits_and_leads_a_writer_to_what_came_back(quiet_page, client, portal_url, viewport):
    page, siti = quiet_page, make_person("Penulis")
    article = make_article(status=Article.Status.REVIEW, created_by=siti, title="Pasar pindah " + "jauh" * 30)
    article.return_to_draft("Tambahkan jam buka.\nDan alamatnya.", by=make_person("Redaktur"))
    log_in(page, client, portal_url, siti)
    page.goto("/admin/")
    assert does_not_scroll_sideways(page)
    expect(page.get_by_role("heading", name="Punya saya: dikembalikan, perlu diubah 1")).to_be_visible()
    page.get_by_role("link", name="Pasar pindah").click()
    expect(page.locator(".field-handed_back")).to_contain_text("Tambahkan jam buka.")
    assert does_not_scroll_sideways(page)
