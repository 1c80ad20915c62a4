"""The page for writing in a real browser: what is in sight, how many clicks an article takes, all of it by keys."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from news.models import Article, Photo, Tag
from news.web import dates
from tests.browsing import does_not_scroll_sideways, focused, go_to_end_of, log_in
from tests.conftest import DESKTOP, PHONE
from tests.make import make_article, make_category, make_person, make_tag

pytestmark = pytest.mark.django_db(transaction=True)
EDITOR = ".field-body .ProseMirror[contenteditable]"
SAVED = ".messagelist .success"
SIZES = pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])


@pytest.fixture
def viewport():
    return DESKTOP


@pytest.fixture
def newsroom(quiet_page, client, portal_url):
    """A page on which a writer is logged in."""
    log_in(quiet_page, client, portal_url, make_person("Penulis"))
    quiet_page.route("**/media/**", lambda route: route.fulfill(content_type="image/svg+xml", body="<svg/>"))
    return quiet_page


def open_form(page, article=None):
    page.goto(f"/admin/news/article/{f'{article.pk}/change' if article else 'add'}/")
    expect(page.locator(EDITOR)).to_be_visible()
    return page


def make_photo():
    return Photo.objects.create(
        name="foto/2026/11/0123456789abcdef", width=800, height=600, alt_text="Pintu air", caption="Pintu air"
    )


def top(page, selector) -> float:
    return page.locator(selector).bounding_box()["y"]


def faults(page):
    return page.locator("#sebelum-terbit .faults li")


# ---- What is in sight


def test_title_summary_and_body_are_seen_without_scrolling(newsroom):
    title = "Pintu Air dan Pompa Diperiksa agar Siap Menghadapi Hujan Lebat di Kota"
    article = make_article(status="draft", title=title, summary="Petugas menguji pintu air. " * 5)
    page = open_form(newsroom, article)
    assert top(page, EDITOR) < 450  # of 800
    assert page.locator(EDITOR).bounding_box()["width"] <= 680
    for name in ("title", "summary"):
        field = page.locator(f"#id_{name}")
        assert field.evaluate("each => each.scrollHeight <= each.clientHeight")
    assert page.locator("#id_title").evaluate("each => getComputedStyle(each).fontSize") == "33.6px"
    assert "serif" in page.locator("#id_title").evaluate("each => getComputedStyle(each).fontFamily")


@SIZES
def test_the_bar_stays_in_sight_and_names_one_next_step(newsroom):
    page = open_form(newsroom, make_article(status="draft", body="<p>Panjang.</p>" * 60))
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    button = page.get_by_role("button", name="Kirim untuk diperiksa")
    expect(button).to_be_in_viewport()
    expect(page.locator(".writing-bar .state")).to_be_in_viewport()
    expect(page.locator(".writing-bar .primary")).to_have_count(1)
    assert does_not_scroll_sideways(page)


def test_the_bar_tells_when_the_server_has_what_is_typed(newsroom):
    page = open_form(newsroom)
    status = page.locator(".writing-bar [role=status]")
    expect(status).to_have_text("Belum tersimpan")
    page.keyboard.type("Pasar pindah")
    expect(status).to_have_text(re.compile(r"^Tersimpan \d\d\.\d\d W\w+$"), timeout=15_000)
    assert not Article.objects.exists()


def test_the_copy_of_a_published_article_is_not_taken_for_a_change_of_the_site(quiet_page, client, portal_url):
    log_in(quiet_page, client, portal_url, make_person("Redaktur"))
    page = open_form(quiet_page, make_article())
    page.locator("#id_summary").fill("Ringkas.")
    status = page.locator(".writing-bar [role=status]")
    expect(status).to_have_text(re.compile(r"^Tersimpan .+, belum tampil di situs$"), timeout=15_000)


def test_title_and_summary_are_counted_and_enter_goes_on(newsroom):
    page = open_form(newsroom)
    assert focused(page) == "id_title"
    page.keyboard.type("Pasar pindah")
    page.keyboard.press("Enter")
    page.keyboard.type("a" * 161)
    expect(page.locator(".count")).to_have_text("judul 12 dari 90 · ringkasan 161 dari 160")
    expect(page.locator(".count .over")).to_have_text("161")
    page.keyboard.press("Enter")
    expect(page.locator(EDITOR)).to_be_focused()
    page.keyboard.type("Isi.")
    expect(page.locator(EDITOR)).to_have_text("Isi.")


# ---- Focus


def test_the_focus_goes_to_what_is_to_be_mended_whatever_its_widget(newsroom):
    make_category("Kesehatan")
    page = open_form(newsroom)
    page.keyboard.type("Posyandu dibuka")
    page.locator(EDITOR).fill("Mulai Senin.")
    faults(page).get_by_role("link", name="Belum ada foto utama").click()
    expect(page.get_by_role("button", name="Pilih foto")).to_be_focused()
    page.get_by_role("button", name="Kirim untuk diperiksa").click()
    expect(page.locator(".field-category .errorlist")).to_have_text("Pilih kategorinya.")
    expect(page.get_by_label("Kesehatan")).to_be_focused()


# ---- Clicks


def test_an_article_with_photo_category_and_tag_takes_seven_clicks(newsroom):
    make_photo()
    make_category("Kesehatan")
    make_tag("posyandu")
    pressed = []
    newsroom.expose_function("pressed", lambda: pressed.append(1))
    newsroom.add_init_script("addEventListener('pointerdown', (event) => { if (event.isTrusted) pressed(); }, true)")
    page = open_form(newsroom)
    page.keyboard.type("Posyandu dibuka kembali")
    page.keyboard.press("Enter")
    page.keyboard.type("Mulai Senin.")
    page.keyboard.press("Enter")
    page.keyboard.type("Ibu dan anak dapat datang mulai pukul delapan.")
    page.get_by_role("button", name="Pilih foto").click()
    page.locator(".library-shelf button", has_text="Pintu air").click()
    page.get_by_text("Kesehatan", exact=True).click()
    page.locator(".field-tags .select2-selection").click()
    page.keyboard.type("posy")
    expect(page.locator(".select2-results__option")).to_have_text(["posyandu", "buat “posy”"])
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Kirim untuk diperiksa").click()
    expect(page.locator(SAVED)).to_be_visible()
    article = Article.objects.get()
    assert (article.status, article.category.name, article.photo) == ("review", "Kesehatan", Photo.objects.get())
    assert [tag.name for tag in article.tags.all()] == ["posyandu"]
    assert len(pressed) == 5  # seven with a click into summary and body


# ---- Before publication


def test_faults_are_told_beside_typing_lead_to_their_field_and_stay_after_saving(newsroom):
    article = make_article(status="draft", summary="", body="<p>Awal.</p>")
    page = open_form(newsroom, article)
    expect(faults(page)).to_have_count(2)
    page.locator("#id_summary").fill("Ringkas.")
    expect(faults(page)).to_have_text(["Belum ada foto utama: yang dibagikan memakai kartu bergambar judul."])
    go_to_end_of(page, page.locator(EDITOR).get_by_text("Awal."))
    page.keyboard.type(" Siswa itu tinggal di Jl. Mawar.")
    expect(faults(page).first).to_contain_text("Anak di bawah umur disebut bersama alamat")
    expect(page.locator(".to-notes b")).to_have_text("2")
    page.locator("#id_summary").focus()
    faults(page).first.get_by_role("link").press("Enter")
    expect(page.locator(EDITOR)).to_be_focused()
    page.get_by_role("button", name="Simpan dan lanjutkan").click()
    expect(page.locator(SAVED)).to_be_visible()
    expect(faults(page).first).to_contain_text("Anak di bawah umur disebut bersama alamat")


def test_cards_show_what_is_typed(newsroom):
    page = open_form(newsroom)
    page.keyboard.type("Pasar pindah " * 8)
    card = page.locator(".card-search")
    expect(card.locator("b")).to_have_text("Pasar pindah Pasar pindah Pasar pindah Pasar pindah Pasar pindah…")
    expect(page.locator(".cards .help").last).to_have_text("Belum ada keterangan: isi ringkasan atau isi berita.")
    card.scroll_into_view_if_needed()
    expect(card.locator("img")).to_have_js_property("naturalWidth", 1200)


def test_the_time_is_told_in_words_and_the_button_follows(quiet_page, client, portal_url):
    log_in(quiet_page, client, portal_url, make_person("Redaktur"))
    page = open_form(quiet_page, make_article(status="review", published_at=None))
    later = (timezone.now() + timedelta(days=1)).astimezone(dates.ZONE)
    expect(page.get_by_role("button", name="Terbitkan")).to_be_visible()
    page.locator("#id_published_at_0").fill(later.strftime("%d-%m-%Y"))
    page.locator("#id_published_at_1").fill("07.00.00")
    words = page.locator(".field-in_words .readonly")
    expect(words).to_have_text(re.compile(r"^Terbit besok 07\.00 WITA, dalam \d+ (jam|hari)"))
    page.get_by_role("button", name="Jadwalkan").click()
    expect(page.locator(SAVED)).to_contain_text("terbit sendiri pada")
    assert Article.objects.get().is_scheduled


# ---- Errors


@SIZES
def test_an_error_is_shown_at_its_field_and_the_cursor_goes_there(newsroom):
    page = open_form(newsroom)
    page.locator("#id_summary").fill("Ringkas.")
    page.locator(EDITOR).click()
    page.keyboard.type("Isi.")
    page.get_by_role("button", name="Kirim untuk diperiksa").click()
    expect(page.locator(".field-title .errorlist")).to_be_in_viewport()
    expect(page.locator("#id_title")).to_be_focused()
    expect(page.locator(".field-category .errorlist")).to_be_visible()
    expect(page.locator(EDITOR)).to_have_text("Isi.")
    assert does_not_scroll_sideways(page)


# ---- Tags


def type_tag(page, name):
    page.get_by_role("searchbox", name="Cari tag").press_sequentially(name)
    expect(page.locator(".select2-results__option").last).to_have_text(f"buat “{name}”")
    while page.locator(".select2-results__option--highlighted").inner_text() != f"buat “{name}”":
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")


@SIZES
def test_a_tag_is_made_in_place_by_keys(newsroom):
    article = make_article(status="draft")
    page = open_form(newsroom, article)
    type_tag(page, "pompa banjir")
    expect(page.locator(".field-tags .select2-selection__choice")).to_contain_text(["pompa banjir"])
    expect(page.locator(".new-tag")).to_have_text("Tag “pompa banjir” dibuat.")
    page.get_by_role("button", name="Simpan dan lanjutkan").click()
    expect(page.locator(SAVED)).to_be_visible()
    assert [tag.name for tag in article.tags.all()] == ["pompa banjir"]


@pytest.mark.parametrize(("viewport", "sure"), [(PHONE, True), (DESKTOP, False)], ids=["phone", "desktop"])
def test_a_near_duplicate_is_asked_about_by_keys(newsroom, sure):
    article = make_article(status="draft", tags=["kesehatan"])
    make_article(tags=["vaksin covid"])
    page = open_form(newsroom, article)
    type_tag(page, "vaksin covid-19")
    use = page.get_by_role("button", name="Pakai “vaksin covid” (1 berita)")
    expect(use).to_be_focused()
    assert does_not_scroll_sideways(page)
    if sure:
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name="Tetap buat “vaksin covid-19”")).to_be_focused()
    page.keyboard.press("Enter")
    name = "vaksin covid-19" if sure else "vaksin covid"
    expect(page.locator(".field-tags .select2-selection__choice")).to_contain_text(["kesehatan", name])
    page.get_by_role("button", name="Simpan dan lanjutkan").click()
    expect(page.locator(SAVED)).to_be_visible()
    assert {tag.name for tag in article.tags.all()} == {"kesehatan", name}
    assert Tag.objects.count() == (3 if sure else 2)


def test_a_tag_that_could_not_be_made_is_told_and_tried_again(newsroom):
    page = open_form(newsroom, make_article(status="draft"))
    page.route("**/tag-baru/", lambda route: route.fulfill(status=200, body="<html>"))
    type_tag(page, "pompa banjir")
    expect(page.locator(".new-tag")).to_contain_text("Tag “pompa banjir” belum dibuat.")
    page.unroute("**/tag-baru/")
    page.get_by_role("button", name="Coba lagi").press("Enter")
    expect(page.locator(".field-tags .select2-selection__choice")).to_contain_text(["pompa banjir"])


# ---- Without JavaScript


@pytest.fixture
def plain(page_without_javascript, client, portal_url):
    log_in(page_without_javascript, client, portal_url, make_person("Penulis"))
    return page_without_javascript


@SIZES
def test_without_javascript_an_article_is_written_saved_and_submitted(plain):
    make_category("Kesehatan")
    page = plain
    page.goto("/admin/news/article/add/")
    page.locator("#id_title").fill("Posyandu dibuka")
    page.locator("#id_body").fill("<p>Mulai Senin, NIK 3671012503990002.</p>")
    page.get_by_role("button", name="Simpan dan lanjutkan").click()
    expect(page.locator(".field-category .errorlist")).to_be_visible()
    expect(faults(page).first).to_contain_text("Ada NIK")
    page.locator("#id_body").fill("<p>Mulai Senin.</p>")
    expect(page.locator("#id_title")).to_have_value("Posyandu dibuka")
    page.get_by_text("Kesehatan", exact=True).click()
    page.get_by_role("button", name="Simpan dan lanjutkan").click()
    expect(page.locator(SAVED)).to_be_visible()
    expect(faults(page)).to_have_count(2)
    assert does_not_scroll_sideways(page)
    page.locator("#id_summary").fill("Mulai Senin pukul delapan.")
    page.get_by_role("button", name="Kirim untuk diperiksa").click()
    expect(page.locator(SAVED)).to_contain_text("kini: menunggu tinjauan")
    article = Article.objects.get()
    assert (article.title, article.body, article.summary, article.status) == (
        "Posyandu dibuka",
        "<p>Mulai Senin.</p>",
        "Mulai Senin pukul delapan.",
        "review",
    )


def test_without_javascript_a_plain_text_keeps_its_paragraphs_and_lists(plain):
    article = make_article(status="draft", summary="Mulai Senin.")
    page = plain
    page.goto(f"/admin/news/article/{article.pk}/change/")
    page.locator("#id_body").fill("*Syarat* 😊\n\nبسم الله <Enter>\n\n- KTP\n- KK")
    page.get_by_role("button", name="Simpan dan lanjutkan").click()
    expect(page.locator(SAVED)).to_be_visible()
    article.refresh_from_db()
    list_ = "<ul><li>KTP</li><li>KK</li></ul>"
    assert article.body == f"<p><strong>Syarat</strong> 😊</p><p>بسم الله &lt;Enter&gt;</p>{list_}"


def test_without_javascript_tags_are_chosen_and_made_by_name(plain):
    make_tag("banjir")
    make_article(tags=["vaksin covid"])
    article = make_article(status="draft", tags=["kesehatan"])
    page = plain
    page.goto(f"/admin/news/article/{article.pk}/change/")
    page.locator("#id_tag_names").fill("Banjir, banjir, vaksin covid-19, vaksin-covid-19 ,")
    page.get_by_role("button", name="Simpan dan lanjutkan").click()
    expect(page.locator(".field-tag_names .errorlist")).to_contain_text("Sudah ada “vaksin covid” (1 berita).")
    expect(page.locator("#id_tag_names")).to_have_value("Banjir, banjir, vaksin covid-19, vaksin-covid-19 ,")
    page.get_by_role("button", name="Simpan dan lanjutkan").click()
    expect(page.locator(SAVED)).to_be_visible()
    assert {tag.name for tag in article.tags.all()} == {"kesehatan", "banjir", "vaksin-covid-19"}
    expect(page.locator("#id_tag_names")).to_have_value("")


def test_enter_in_a_field_saves_and_submits_nothing(newsroom):
    article = make_article(status="draft")
    page = open_form(newsroom, article)
    page.locator("#id_author").fill("Siti")
    page.locator("#id_author").press("Enter")
    expect(page.locator(SAVED)).to_be_visible()
    article.refresh_from_db()
    assert (article.author, article.status) == ("Siti", "draft")
