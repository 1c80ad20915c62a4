"""Reading and commenting in a real browser, with and without JavaScript."""

import pytest
from captcha.models import CaptchaStore
from django.conf import settings
from django.core.cache import cache

from comments.captcha import picture
from comments.models import Comment
from tests.browsing import (
    aged_captcha,
    answer_captcha,
    does_not_scroll_sideways,
    focused,
    key_of_captcha,
    write_comment,
)
from tests.conftest import DESKTOP, PHONE
from tests.make import make_article, make_comment

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_reader_goes_from_home_to_an_article_its_tag_and_a_search(quiet_page):
    page = quiet_page
    article = make_article(title="Pompa air di Periuk diganti", tags=["banjir"])
    make_article(title="Jalan diperbaiki", tags=["banjir"])
    page.goto("/")
    assert does_not_scroll_sideways(page)
    page.get_by_role("link", name=article.title).first.click()
    assert page.get_by_role("heading", level=1).inner_text() == article.title
    assert f"{settings.ZONE_LABEL} | Dibaca : 0" in page.locator(".dateline").inner_text()
    assert does_not_scroll_sideways(page)
    page.get_by_role("link", name="banjir", exact=True).click()
    page.get_by_role("link", name="Jalan diperbaiki").wait_for()
    page.get_by_role("searchbox", name="Cari berita").fill("perbaikan jalan")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Jalan diperbaiki").wait_for()
    assert "/cari?q=perbaikan" in page.url
    page.go_back()
    page.wait_for_url("**/tag/banjir")


def test_reader_needs_no_javascript(page_without_javascript):
    page = page_without_javascript
    article = make_article(title="Jadwal samsat keliling", tags=["layanan"])
    make_comment(article, text="Terima kasih.")
    page.goto("/")
    page.get_by_role("link", name=article.title).first.click()
    page.get_by_text("Warga dapat berobat").wait_for()
    page.get_by_text("Terima kasih.").wait_for()


def test_the_first_tab_stop_is_the_skip_link(quiet_page):
    quiet_page.goto("/")
    quiet_page.keyboard.press("Tab")
    assert quiet_page.evaluate("document.activeElement.getAttribute('href')") == "#isi"


def test_comment_waits_for_a_moderator_and_is_then_shown(quiet_page, django_user_model):
    page = quiet_page
    article = make_article()
    page.goto(article.get_absolute_url())
    assert page.locator("input[name=captcha_0]").count() == 0
    write_comment(page)
    answer_captcha(page)
    page.get_by_role("button", name="Kirim komentar").click()
    page.wait_for_url("**/komentar/saya/*#terkirim")
    comment = Comment.objects.get()
    assert (comment.name, comment.status) == ("Warga Cipondoh", Comment.Status.WAITING)
    cache.clear()
    page.goto(article.get_absolute_url())
    assert not page.get_by_text(comment.text).is_visible()
    comment.approve(by=django_user_model.objects.create(username="moderator"))
    cache.clear()
    page.reload()
    page.get_by_text(comment.text).wait_for()


def test_a_wrong_captcha_keeps_the_typed_text(quiet_page):
    page = quiet_page
    page.goto(make_article().get_absolute_url())
    write_comment(page, "Kata-kata yang tidak boleh hilang")
    answer_captcha(page, "XXXXX")
    page.get_by_role("button", name="Kirim komentar").click()
    page.get_by_role("alert").first.wait_for()
    assert page.locator("textarea").input_value() == "Kata-kata yang tidak boleh hilang"
    assert page.get_by_label("Nama", exact=True).input_value() == "Warga Cipondoh"
    answer_captcha(page)
    page.get_by_role("button", name="Kirim komentar").click()
    page.wait_for_url("**/komentar/saya/*#terkirim")
    assert Comment.objects.count() == 1


def test_another_picture_brings_another_sound_and_keeps_the_typed_text(quiet_page):
    page = quiet_page
    page.goto(make_article().get_absolute_url())
    write_comment(page, "Tetap di sini")
    answer_captcha(page, "belum")
    before = key_of_captcha(page)
    page.get_by_role("button", name="Gambar lain").click()
    page.wait_for_function("old => document.querySelector('input[name=captcha_0]').value !== old", arg=before)
    assert key_of_captcha(page) in page.locator("img[src*=captcha]").get_attribute("src")
    assert key_of_captcha(page) in page.locator("audio").get_attribute("src")
    task = CaptchaStore.objects.get(hashkey=key_of_captcha(page)).challenge.split()[0]
    assert f"Ketik hanya {picture.TASKS[task]}" in page.locator("label[for=tulis-captcha]").inner_text()
    assert page.locator("textarea").input_value() == "Tetap di sini"
    page.wait_for_function("() => document.activeElement.id === 'tulis-captcha'")
    assert page.get_by_role("status").inner_text() == "Gambar dan suara baru siap."


def test_without_a_network_an_error_is_shown_and_the_old_picture_stays(page):
    page.goto(make_article().get_absolute_url())
    write_comment(page)
    answer_captcha(page, "belum")
    before = key_of_captcha(page)
    page.context.set_offline(True)
    page.get_by_role("button", name="Gambar lain").click()
    page.get_by_text("Gambar lain belum dapat diambil").wait_for()
    assert key_of_captcha(page) == before
    assert page.locator("#tulis-captcha").input_value() == "belum"


def test_a_comment_can_be_written_by_keyboard_and_sound_alone(quiet_page):
    page = quiet_page
    page.goto(make_article().get_absolute_url())
    status = page.get_by_role("status")
    assert status.inner_text() == ""
    page.locator("#tulis-nama").focus()
    page.keyboard.type("Warga Benda")
    page.locator("[name=captcha_0]").wait_for(state="attached")
    assert "lihat gambarnya atau dengarkan" in status.inner_text()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("Didengar, bukan dilihat")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    for stop in ("pedoman komentar", "Gambar lain", "Dengarkan kodenya"):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == stop
    with page.expect_response("**/suara.wav") as sound:
        page.keyboard.press("Enter")
    assert sound.value.status in (200, 206)
    page.wait_for_function("() => document.querySelector('audio').currentTime > 0")
    page.get_by_role("button", name="Hentikan suara").wait_for()
    page.keyboard.press("Enter")
    assert page.evaluate("document.querySelector('audio').paused")
    page.keyboard.press("Tab")
    assert focused(page) == "tulis-captcha"
    page.keyboard.type(aged_captcha(page).response)
    page.keyboard.press("Enter")
    page.wait_for_url("**/komentar/saya/*#terkirim")
    assert focused(page) == "terkirim"
    assert Comment.objects.get().text == "Didengar, bukan dilihat"


def test_the_sound_of_an_expired_captcha_says_so(page):
    page.goto(make_article().get_absolute_url())
    write_comment(page)
    answer_captcha(page, "belum")
    CaptchaStore.objects.all().delete()
    page.get_by_role("button", name="Dengarkan kodenya").click()
    page.get_by_text("Suara belum dapat diputar").wait_for()


def test_buttons_of_the_captcha_are_large_enough_for_a_thumb(quiet_page):
    page = quiet_page
    page.goto(make_article().get_absolute_url())
    write_comment(page)
    answer_captcha(page, "belum")
    for name in ("Gambar lain", "Dengarkan kodenya", "Kirim komentar"):
        box = page.get_by_role("button", name=name).bounding_box()
        assert min(box["width"], box["height"]) >= 44, name
    assert does_not_scroll_sideways(page)


def test_without_javascript_mistakes_get_the_focus_and_the_sound_a_player(page_without_javascript):
    page = page_without_javascript
    page.goto(make_article().get_absolute_url())
    write_comment(page)
    page.get_by_role("button", name="Kirim komentar").click()
    page.locator("#pemberitahuan:focus").wait_for()
    page.locator("audio[controls]").wait_for()
    assert not page.get_by_role("button", name="Dengarkan kodenya").is_visible()
    assert does_not_scroll_sideways(page)


def test_comment_can_be_sent_without_javascript(page_without_javascript):
    page = page_without_javascript
    article = make_article()
    page.goto(article.get_absolute_url())
    write_comment(page, "Tanpa skrip")
    page.get_by_role("button", name="Kirim komentar").click()
    assert page.locator("textarea").input_value() == "Tanpa skrip"
    answer_captcha(page)
    page.get_by_role("button", name="Kirim komentar").click()
    page.wait_for_url("**/komentar/saya/*#terkirim")
    assert Comment.objects.get().text == "Tanpa skrip"
