"""The comment form in a real browser: replies, mistakes, the complaint channel, limits; also without JavaScript."""

import re

import pytest
from django.conf import settings
from django.core.cache import cache
from playwright.sync_api import expect

from comments.models import Comment
from tests.browsing import answer_captcha, does_not_scroll_sideways, write_comment
from tests.make import make_article, make_comment
from tests.test_submission import COMPLAINT

pytestmark = pytest.mark.django_db(transaction=True)

OWN_PAGE = re.compile(r"/komentar/saya/[0-9]+-[0-9a-f]{32}#terkirim$")


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def any_page(browser, browser_context_args, request):
    context = browser.new_context(**browser_context_args, java_script_enabled=request.param)
    yield context.new_page()
    context.close()


def fill_in(page, article, text):
    """Fills in everything on the form's own page; does not submit."""
    page.goto(f"/berita/{article.pk}/komentar#tulis")
    write_comment(page, text)
    answer_captcha(page)


def submit(page, name="Kirim komentar"):
    page.get_by_role("button", name=name).first.click()


def test_a_comment_is_sent_and_its_author_learns_what_happens_next(any_page):
    page, article = any_page, make_article()
    fill_in(page, article, "Kapan layanan ini dibuka?")
    submit(page)
    page.wait_for_url(OWN_PAGE)
    assert Comment.objects.get().text == "Kapan layanan ini dibuka?"
    page.locator("#terkirim").wait_for()
    page.reload()
    page.go_back()
    assert Comment.objects.count() == 1


def test_a_reply_begins_at_the_comment_that_it_answers(any_page):
    page, article = any_page, make_article()
    comment = make_comment(article, name="Budi", text="Semoga antreannya lebih pendek.")
    page.goto(article.get_absolute_url())
    page.get_by_role("link", name="Balas Budi").click()
    page.get_by_role("heading", name="Balas komentar Budi").wait_for()
    assert page.locator("#tulis blockquote").inner_text() == comment.text
    assert does_not_scroll_sideways(page)
    write_comment(page, "Betul sekali.")
    answer_captcha(page)
    submit(page, "Kirim balasan")
    page.wait_for_url(OWN_PAGE)
    assert Comment.objects.get(parent=comment).text == "Betul sekali."


def test_mistakes_keep_the_typed_text_and_link_to_their_field(any_page):
    page, article = any_page, make_article()
    comment = make_comment(article, name="Budi")
    page.goto(f"/berita/{article.pk}/komentar?balas={comment.pk}")
    write_comment(page, "a" * 2_001)
    page.locator("#tulis-nama").fill("!!!")
    answer_captcha(page)
    submit(page, "Kirim balasan")
    page.locator("#pemberitahuan:focus").wait_for()
    assert page.locator("#tulis-nama").input_value() == "!!!"
    assert page.locator("textarea").input_value() == "a" * 2_001
    assert page.locator("#tulis-setuju").is_checked()
    assert page.locator("input[name=balas]").input_value() == str(comment.pk)
    page.get_by_role("link", name="Nama perlu berisi huruf.").click()
    page.locator("#tulis-nama:target").wait_for()
    assert does_not_scroll_sideways(page)
    page.locator("#tulis-nama").fill("Warga Benda")
    page.locator("textarea").fill("Setuju.")
    submit(page, "Kirim balasan")
    page.wait_for_url(OWN_PAGE)


def test_a_complaint_is_offered_the_channel_once_and_sent_by_one_more_click(any_page):
    page, article = any_page, make_article()
    fill_in(page, article, COMPLAINT)
    submit(page)
    page.locator("#pemberitahuan:focus").wait_for()
    channel = page.get_by_role("link", name=f"Buka {settings.COMPLAINT_CHANNEL[0]}")
    assert (channel.get_attribute("target"), channel.get_attribute("rel")) == ("_blank", "noopener")
    assert page.locator("textarea").input_value() == COMPLAINT
    assert not Comment.objects.exists()
    assert does_not_scroll_sideways(page)
    submit(page, "Tetap kirim sebagai komentar")
    page.wait_for_url(OWN_PAGE)
    assert Comment.objects.get().text == COMPLAINT


def test_past_a_limit_the_text_stays_and_can_be_sent_later(any_page, settings):
    settings.COMMENTS_PER_HOUR = 1
    page, article = any_page, make_article()
    fill_in(page, article, "Yang pertama")
    submit(page)
    page.wait_for_url(OWN_PAGE)
    fill_in(page, article, "Yang kedua")
    submit(page)
    page.locator("#pemberitahuan:focus").wait_for()
    page.get_by_role("alert").get_by_text("Komentar belum dapat dikirim sekarang").wait_for()
    assert page.locator("textarea").input_value() == "Yang kedua"
    settings.COMMENTS_PER_HOUR = 20
    submit(page)
    page.wait_for_url(OWN_PAGE)
    assert Comment.objects.count() == 2


def test_a_double_click_sends_one_comment(any_page):
    page, article = any_page, make_article()
    fill_in(page, article, "Ditekan dua kali")
    page.get_by_role("button", name="Kirim komentar").dblclick()
    expect(page).to_have_url(OWN_PAGE)  # wait_for_url() fails if the second click ends the first one's navigation
    assert Comment.objects.count() == 1


def test_going_back_and_sending_again_leads_to_the_same_page(any_page):
    page, article = any_page, make_article()
    fill_in(page, article, "Dikirim dari halaman sebelumnya")
    form = page.evaluate("Object.fromEntries(new FormData(document.querySelector('#tulis')))")
    submit(page)
    page.wait_for_url(OWN_PAGE)
    first = page.url
    page.go_back()
    for name in ("nama", "komentar"):  # browsers may restore these fields or not
        page.locator(f"[name={name}]").fill(form[name])
    page.locator("#tulis-setuju").check()
    answer_captcha(page)
    submit(page)
    page.wait_for_url(OWN_PAGE)
    assert page.url == first
    assert Comment.objects.count() == 1


def test_the_enter_key_sends_the_comment_and_does_not_ask_for_another_picture(any_page):
    page, article = any_page, make_article()
    fill_in(page, article, "Dikirim dengan tombol Enter")
    page.locator("#tulis-captcha").press("Enter")
    page.wait_for_url(OWN_PAGE)


def test_the_rules_open_beside_the_form_and_the_text_stays(page):
    article = make_article()
    fill_in(page, article, "Tetap di sini")
    with page.expect_popup() as opened:
        page.get_by_role("link", name="pedoman komentar").first.click()
    assert opened.value.url.endswith("/pedoman-komentar")
    assert page.locator("textarea").input_value() == "Tetap di sini"


def test_a_reply_is_shown_under_its_comment_once_approved(page):
    article = make_article()
    comment = make_comment(article, name="Budi")
    page.goto(f"/berita/{article.pk}/komentar?balas={comment.pk}#tulis")
    write_comment(page, "Balasan yang tampil")
    answer_captcha(page)
    page.locator("#tulis-captcha").press("Enter")
    page.wait_for_url(OWN_PAGE)
    Comment.objects.get(parent=comment).approve(by=None)
    cache.clear()
    page.goto(article.get_absolute_url())
    page.locator(f"#komentar-{comment.pk} .reply").get_by_text("Balasan yang tampil").wait_for()
