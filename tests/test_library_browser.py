"""The photo library in a real browser: choosing, uploading, pasting and dropping photos while writing."""

import io
from base64 import b64encode

import pytest
from django.core.files.storage import default_storage
from PIL import Image
from playwright.sync_api import expect

from news import photos
from news.models import Article, Page, Photo
from tests.browsing import does_not_scroll_sideways, log_in
from tests.conftest import DESKTOP, PHONE
from tests.make import make_article, make_person

pytestmark = pytest.mark.django_db(transaction=True)
EDITOR = ".field-body .ProseMirror[contenteditable]"
SAVED = ".messagelist .success"


@pytest.fixture
def viewport():
    return DESKTOP


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def newsroom(quiet_page, client, portal_url):
    """A page on which a writer is logged in."""
    log_in(quiet_page, client, portal_url, make_person("Penulis"))
    return quiet_page


def picture(colour="red", size=(900, 600), kind="JPEG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind)
    return out.getvalue()


def a_file(name="IMG_2042.jpg", content=None, kind="image/jpeg"):
    return {"name": name, "mimeType": kind, "buffer": picture() if content is None else content}


def make_photo(**fields):
    stored = photos.store(io.BytesIO(picture(fields.pop("colour", "green"))))
    return Photo.objects.create(**stored._asdict(), **{"alt_text": "Taman kota"} | fields)


def open_draft(page, **fields):
    article = make_article(status=Article.Status.DRAFT, body="<p>Paragraf satu.</p><p>Paragraf dua.</p>", **fields)
    page.goto(f"/admin/news/article/{article.pk}/change/")
    expect(page.locator(EDITOR)).to_be_visible()
    return article


def save(page):
    with page.expect_navigation():  # a message may be there from before
        page.get_by_role("button", name="Simpan dan lanjutkan").click()
    expect(page.locator(SAVED)).to_be_visible()


def dialog_of(page):
    return page.get_by_role("dialog", name="Foto")


def count_clicks(page):
    page.evaluate("() => { window.clicks = 0; addEventListener('click', (e) => { clicks += e.detail > 0; }, true); }")


def choose_files(page, *files):
    with page.expect_file_chooser() as chooser:
        dialog_of(page).get_by_role("button", name="Pilih berkas foto").click()
    chooser.value.set_files(list(files))


def test_a_new_photo_comes_into_the_text_in_four_clicks(newsroom):
    page = newsroom
    article = open_draft(page)
    count_clicks(page)
    page.locator(EDITOR).get_by_text("Paragraf satu.").click()
    page.get_by_role("button", name="Foto", exact=True).click()
    choose_files(page, a_file())
    expect(dialog_of(page).get_by_label("Teks alternatif")).to_be_focused()
    page.keyboard.type("Warga menanam bakau di pantai")
    dialog_of(page).get_by_label("Keterangan foto").fill("Penanaman bakau")
    dialog_of(page).get_by_role("button", name="Unggah dan sisipkan").click()
    expect(page.locator(f"{EDITOR} figure figcaption")).to_have_text("Penanaman bakau")
    expect(dialog_of(page)).to_be_hidden()
    assert page.evaluate("clicks") <= 4
    assert page.evaluate("document.activeElement.matches('.ProseMirror')")
    save(page)
    photo, article = Photo.objects.get(), Article.objects.get(pk=article.pk)
    assert photo.alt_text == "Warga menanam bakau di pantai"
    assert article.body == f"<p>Paragraf satu.</p>{photo.figure_html()}<p>Paragraf dua.</p>"


def test_a_photo_of_the_library_comes_into_the_text_in_three_clicks(newsroom):
    page = newsroom
    photo = make_photo(caption="Taman di tepi Cisadane")
    article = open_draft(page)
    count_clicks(page)
    page.locator(EDITOR).get_by_text("Paragraf dua.").click()
    page.get_by_role("button", name="Foto", exact=True).click()
    dialog_of(page).get_by_role("button", name="Taman di tepi Cisadane").click()
    expect(page.locator(f"{EDITOR} figure")).to_be_visible()
    assert page.evaluate("clicks") == 3
    save(page)
    article.refresh_from_db()
    assert article.body == f"<p>Paragraf satu.</p><p>Paragraf dua.</p>{photo.figure_html()}"


@pytest.mark.parametrize(
    ("key", "body"), [("x", "{}<p>x</p><p>Akhir.</p>"), ("Delete", "<p>Akhir.</p>"), ("Backspace", "<p>Akhir.</p>")]
)
def test_a_letter_typed_on_a_photo_follows_it_and_deleting_leaves_no_empty_figure(newsroom, key, body):
    page = newsroom
    figure = make_photo().figure_html()  # with a caption a click leads into that
    article = open_draft(page)
    Article.objects.filter(pk=article.pk).update(body=f"{figure}<p>Akhir.</p>")
    page.reload()
    picture = page.locator(f"{EDITOR} figure img")
    picture.evaluate("img => img.complete || new Promise((done) => { img.onload = img.onerror = done; })")
    page.locator(EDITOR).get_by_text("Akhir.").click()  # a first click only brings the editor to life
    picture.click()
    expect(page.locator(f"{EDITOR} img.ProseMirror-selectednode")).to_be_visible()
    page.keyboard.press(key)
    expect(page.locator(f"{EDITOR} figure")).to_have_count(body.count("{}"))
    save(page)
    article.refresh_from_db()
    assert article.body == body.format(figure)


def test_the_lead_photo_is_a_picture_that_is_changed_and_taken_off_by_keys(newsroom):
    page = newsroom
    make_photo(alt_text="Pasar malam"), make_photo(alt_text="Taman kota")
    article = open_draft(page)
    field = page.get_by_role("group", name="Foto utama")
    field.get_by_role("button", name="Pilih foto").press("Enter")
    expect(dialog_of(page).get_by_role("button", name="Taman kota")).to_be_visible()
    dialog_of(page).get_by_role("button", name="Taman kota").press("Enter")
    expect(field.get_by_role("img", name="Taman kota")).to_be_visible()
    expect(field.get_by_role("button", name="Ganti")).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog_of(page)).to_be_visible()
    page.keyboard.press("Escape")
    expect(field.get_by_role("button", name="Ganti")).to_be_focused()
    save(page)
    article.refresh_from_db()
    assert article.photo.alt_text == "Taman kota"
    expect(field.get_by_role("img", name="Taman kota")).to_be_visible()
    field.get_by_role("button", name="Lepas").press("Enter")
    expect(field.get_by_role("img")).to_have_count(0)
    save(page)
    article.refresh_from_db()
    assert article.photo is None


def test_several_files_are_taken_one_by_one_and_a_refused_one_keeps_its_texts(page, client, portal_url):
    log_in(page, client, portal_url, make_person("Penulis"))
    article = open_draft(page)
    page.locator(EDITOR).get_by_text("Paragraf satu.").click()
    page.get_by_role("button", name="Foto", exact=True).click()
    choose_files(page, a_file("satu.jpg"), a_file("dua.jpg"), a_file("tiga.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF"))
    rows = dialog_of(page).locator(".library-file")
    expect(rows).to_have_count(3)
    page.keyboard.press("Enter")  # nothing is typed yet
    expect(rows.first.locator(".library-error:visible")).to_have_text("Isi teks alternatif, atau centang “hiasan”.")
    for row, text in zip(rows.all(), ["Jembatan kaca dari sisi selatan", "gambar", "Perahu di sungai"], strict=True):
        row.get_by_label("Teks alternatif").fill(text)
    rows.last.get_by_label("Kredit").fill("Foto: Sari")
    page.keyboard.press("Enter")
    expect(dialog_of(page).get_by_role("status").first).to_have_text("1 foto tersimpan; sisanya belum.")
    expect(rows).to_have_count(2)
    expect(rows.first.locator(".library-error:visible")).to_contain_text("“gambar” tidak mengatakan apa yang tampak")
    expect(rows.last.locator(".library-error:visible")).to_contain_text("rusak atau terpotong")
    expect(rows.last.get_by_label("Kredit")).to_have_value("Foto: Sari")
    expect(rows.first.get_by_label("Teks alternatif")).to_be_focused()
    rows.first.get_by_label("Teks alternatif").fill("Jembatan kaca dari sisi utara")
    rows.last.get_by_role("button", name="Buang tiga.jpg dari daftar").click()
    dialog_of(page).get_by_role("button", name="Unggah dan sisipkan").click()
    expect(dialog_of(page)).to_be_hidden()
    save(page)
    article.refresh_from_db()
    first, second = Photo.objects.order_by("pk")
    figures = f"{first.figure_html()}{second.figure_html()}"
    assert article.body == f"<p>Paragraf satu.</p>{figures}<p>Paragraf dua.</p>"


def test_what_the_portal_would_not_take_is_refused_before_it_is_sent(newsroom):
    page = newsroom
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    open_draft(page)
    page.get_by_role("button", name="Foto", exact=True).click()
    choose_files(page, a_file("surat.pdf", b"%PDF-1.7", "application/pdf"), a_file("kosong.jpg", b""))
    said = dialog_of(page).get_by_role("alert")
    expect(said).to_have_text([photos.UNKNOWN_KIND, "Berkas ini kosong. Ambil sekali lagi dari asalnya."])
    page.evaluate("document.querySelector('[data-library]').dataset.mostBytes = 1000")
    choose_files(page, a_file("besar.jpg"))
    expect(said.last).to_have_text(photos.TOO_MANY_BYTES)
    expect(dialog_of(page).get_by_role("button", name="Unggah")).to_have_count(0)
    assert not [url for url in sent if "unggah" in url]


def test_an_ended_session_keeps_files_and_texts(page, client, portal_url):
    person = make_person("Penulis")
    log_in(page, client, portal_url, person)
    open_draft(page)
    page.get_by_role("button", name="Foto", exact=True).click()
    choose_files(page, a_file())
    dialog_of(page).get_by_label("Teks alternatif").fill("Warga menanam bakau")
    page.context.clear_cookies(name="sessionid")
    send = dialog_of(page).get_by_role("button", name="Unggah dan sisipkan")
    send.click()
    expect(dialog_of(page).locator(".library-error:visible")).to_contain_text("Anda perlu masuk lagi.")
    log_in(page, client, portal_url, person)
    send.click()
    expect(page.locator(f"{EDITOR} figure")).to_be_visible()
    assert Photo.objects.get().alt_text == "Warga menanam bakau"


GIVE = """(target, [type, files, html, text]) => {
    const data = new DataTransfer();
    for (const [name, kind, base64] of files) {
        data.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name, { type: kind }));
    }
    if (html) data.setData("text/html", html);
    if (text) data.setData("text/plain", text);
    const { left, bottom } = target.getBoundingClientRect();
    const options = { bubbles: true, cancelable: true, clientX: left + 5, clientY: bottom - 3 };
    target.dispatchEvent(type === "paste" ? new ClipboardEvent("paste", { ...options, clipboardData: data })
        : new DragEvent(type, { ...options, dataTransfer: data }));
}"""


def give(page, where, event, *, file=True, html="", text=""):
    files = [["image.png", "image/png", b64encode(picture(kind="PNG")).decode()]] if file else []
    page.locator(where).first.evaluate(GIVE, [event, files, html, text])


def finish(page, text="Layar antrean di kantor kelurahan"):
    dialog_of(page).get_by_label("Teks alternatif").fill(text)
    page.keyboard.press("Enter")
    expect(dialog_of(page)).to_be_hidden()


@pytest.mark.parametrize("html", ["", '<img src="https://contoh.id/a.png">'])
def test_a_picture_on_the_clipboard_goes_to_the_library_after_its_text_is_asked_for(newsroom, html):
    page = newsroom
    article = open_draft(page)
    page.locator(EDITOR).get_by_text("Paragraf satu.").click()
    give(page, f"{EDITOR} p", "paste", html=html)
    finish(page)
    save(page)
    article.refresh_from_db()
    assert article.body == f"<p>Paragraf satu.</p>{Photo.objects.get().figure_html()}<p>Paragraf dua.</p>"


def test_a_text_that_comes_with_a_picture_of_itself_stays_a_text(newsroom):
    page = newsroom
    open_draft(page)
    page.locator(EDITOR).get_by_text("Paragraf satu.").click()
    give(page, f"{EDITOR} p", "paste", html="<p>Dari <b>Word</b></p>", text="Dari Word")
    expect(page.locator(EDITOR)).to_contain_text("Dari Word")
    expect(dialog_of(page)).to_have_count(0)


def test_a_picture_inside_of_a_pasted_text_is_offered_after_the_text(newsroom):
    page = newsroom
    open_draft(page)
    page.locator(EDITOR).get_by_text("Paragraf dua.").click()
    inside = f'<img src="data:image/png;base64,{b64encode(picture(kind="PNG")).decode()}">'
    give(page, f"{EDITOR} p", "paste", file=False, html=f"<p>Laporan</p>{inside}<p>Selesai</p>", text="Laporan")
    expect(page.locator(EDITOR)).to_contain_text("Selesai")
    finish(page)
    expect(page.locator(f"{EDITOR} figure")).to_have_count(1)
    expect(page.locator(".field-body [role=status]").first).not_to_contain_text("gambar dari luar")


def test_a_photo_is_dropped_where_it_belongs_and_nowhere_else_opens_in_place_of_the_page(newsroom):
    page = newsroom
    article = open_draft(page)
    give(page, f"{EDITOR} p", "drop")
    finish(page)
    give(page, ".photo-choice", "drop")
    finish(page, "Kantor kelurahan dari depan")
    give(page, "#header", "drop")
    expect(dialog_of(page)).to_be_hidden()
    save(page)
    article.refresh_from_db()
    screen, office = Photo.objects.order_by("pk")
    assert article.photo == office
    assert article.body == f"<p>Paragraf satu.</p>{screen.figure_html()}<p>Paragraf dua.</p>"


def test_the_library_is_searched_and_shows_older_photos_when_asked(newsroom):
    page = newsroom
    first = make_photo(alt_text="Pasar lama")
    Photo.objects.bulk_create(
        Photo(name=f"{first.name}{number}", width=900, height=600, alt_text=f"Acara nomor {number}")
        for number in range(30)
    )
    page.route("**/media/**", lambda route: route.fulfill(content_type="image/svg+xml", body="<svg/>"))
    open_draft(page)
    page.get_by_role("button", name="Foto", exact=True).click()
    shelf = dialog_of(page).locator(".library-shelf button")
    expect(shelf).to_have_count(24)
    expect(shelf.first).to_have_text("Acara nomor 29")
    dialog_of(page).get_by_role("button", name="Muat lebih banyak").press("Enter")
    expect(shelf).to_have_count(31)
    expect(shelf.nth(24)).to_be_focused()
    expect(dialog_of(page).get_by_role("button", name="Muat lebih banyak")).to_be_hidden()
    dialog_of(page).get_by_label("Cari di pustaka").fill("pasar")
    expect(shelf).to_have_text(["Pasar lama"])
    dialog_of(page).get_by_label("Cari di pustaka").fill("tidak ada")
    expect(dialog_of(page).get_by_text("Tidak ada foto dengan kata itu.")).to_be_visible()


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_dialog_fits_and_goes_to_pages_as_well(quiet_page, client, portal_url, viewport):
    page = quiet_page
    make_photo()
    log_in(page, client, portal_url, make_person("Redaktur"))
    page.goto("/admin/news/page/add/")
    page.get_by_role("button", name="Foto", exact=True).click()
    choose_files(page, a_file("a" * 80 + ".jpg"))
    assert does_not_scroll_sideways(page)
    fits = "each => each.scrollWidth <= each.clientWidth"
    assert dialog_of(page).evaluate(fits)
    dialog_of(page).get_by_role("button", name="Taman kota").click()
    page.get_by_role("textbox", name="Judul:").fill("Galeri")
    page.locator("#id_slug").fill("galeri")
    page.get_by_role("button", name="Simpan", exact=True).click()
    expect(page.locator(SAVED)).to_be_visible()
    assert Page.objects.get(title="Galeri").body == Photo.objects.get().figure_html()


def test_several_photos_are_uploaded_from_the_list_of_photos(newsroom):
    page = newsroom
    page.goto("/admin/news/photo/")
    page.get_by_role("button", name="Unggah beberapa foto").click()
    choose_files(page, a_file("satu.jpg"), a_file("dua.jpg"))
    for row, text in zip(dialog_of(page).locator(".library-file").all(), ["Pasar malam", "Taman kota"], strict=True):
        row.get_by_label("Teks alternatif").fill(text)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("#result_list .field-words")).to_have_count(2)
    page.get_by_role("button", name="Unggah beberapa foto").click()
    dialog_of(page).get_by_role("button", name="Pasar malam").click()
    expect(page.get_by_label("Teks alternatif")).to_have_value("Pasar malam")


def test_the_form_of_a_photo_refuses_what_the_portal_would_not_take(newsroom):
    page = newsroom
    page.goto("/admin/news/photo/add/")
    field = page.get_by_label("Berkas foto")
    field.set_input_files([a_file("surat.pdf", b"%PDF-1.7", "application/pdf")])
    assert field.evaluate("each => each.validationMessage") == photos.UNKNOWN_KIND
    field.set_input_files([a_file()])
    assert field.evaluate("each => each.validationMessage") == ""
    page.get_by_label("Teks alternatif").fill("Pasar malam di tepi sungai")
    page.locator(".preview").click()
    expect(page.get_by_label("Titik fokus dari kiri")).to_have_value("50")
    page.locator("[name=_save]").click()
    expect(page.locator(SAVED)).to_be_visible()
    photo = Photo.objects.get()
    assert photo.focus == (50, 50)
    assert default_storage.exists(f"{photo.name}-16x9-50-50.jpg")


def test_the_focal_point_is_set_by_a_click_or_by_keys_and_shown(quiet_page, client, portal_url):
    page, photo = quiet_page, make_photo()
    log_in(page, client, portal_url, make_person("Redaktur"))
    page.goto(f"/admin/news/photo/{photo.pk}/change/")
    image = page.locator(".preview")
    size = image.bounding_box()
    image.click(position={"x": size["width"] * 0.25, "y": size["height"] * 0.75})
    expect(page.get_by_label("Titik fokus dari kiri")).to_have_value("25")
    page.get_by_label("Titik fokus dari atas").press("ArrowUp")
    expect(page.locator(".focus-mark")).to_be_visible()
    page.locator("[name=_continue]").click()
    expect(page.locator(SAVED)).to_be_visible()
    photo.refresh_from_db()
    assert photo.focus == (25, 76)
    assert default_storage.exists(f"{photo.name}-1x1-25-76.jpg")
    assert not default_storage.exists(f"{photo.name}-1x1.jpg")


def test_a_chosen_photo_that_was_not_saved_comes_back_as_a_picture(newsroom):
    page = newsroom
    photo = make_photo()
    Photo.objects.bulk_create(
        Photo(name=f"{photo.name}{number}", width=900, height=600, decorative=True) for number in range(40)
    )
    page.route("**/media/**", lambda route: route.fulfill(content_type="image/svg+xml", body="<svg/>"))
    article = open_draft(page)
    field = page.get_by_role("group", name="Foto utama")
    field.get_by_role("button", name="Pilih foto").click()
    dialog_of(page).get_by_label("Cari di pustaka").fill("taman")
    dialog_of(page).get_by_role("button", name="Taman kota").click()
    expect(field.get_by_role("img", name="Taman kota")).to_be_visible()
    page.wait_for_timeout(2_000)  # the browser copies what is typed within a second
    page.once("dialog", lambda dialog: dialog.accept())
    page.goto(f"/admin/news/article/{article.pk}/change/")
    expect(field.get_by_role("img", name="Taman kota")).to_have_count(0)
    page.get_by_role("button", name="Pulihkan").click()
    expect(field.get_by_role("img", name="Taman kota")).to_be_visible()
    save(page)
    article.refresh_from_db()
    assert article.photo == photo


def test_without_javascript_the_newest_photos_are_a_list(page_without_javascript, client, portal_url):
    page = page_without_javascript
    photo = make_photo()
    log_in(page, client, portal_url, make_person("Penulis"))
    article = make_article(status=Article.Status.DRAFT, photo=photo)
    page.goto(f"/admin/news/article/{article.pk}/change/")
    expect(page.locator("#id_photo")).to_be_visible()
    expect(page.get_by_role("img", name="Taman kota")).to_be_visible()
    page.locator("#id_photo").select_option("")
    page.get_by_role("button", name="Simpan dan lanjutkan").click()
    article.refresh_from_db()
    assert article.photo is None
