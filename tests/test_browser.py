"""The reader's and the commenter's way in a real browser, with and without JavaScript."""

import os

import pytest
from captcha.models import CaptchaStore
from django.core.cache import cache
from django.test.testcases import LiveServerThread

from comments.models import Comment
from tests.conftest import require_program
from tests.make import make_article, make_comment

pytestmark = pytest.mark.django_db(transaction=True)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]
SIZES = [{"width": 360, "height": 740}, {"width": 1280, "height": 800}]


@pytest.fixture(scope="session", autouse=True)
def database_beside_the_browser():
    """Playwright keeps an event loop in this thread; Django would take each query for one from inside it."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    yield
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    chromium = require_program("chromium", "apt-get install chromium")
    return {**browser_type_launch_args, "executable_path": chromium, "args": FLAGS}


@pytest.fixture(scope="module")
def portal_url(static_files):
    """The portal with its whole middleware; pytest-django's live_server would serve static files past WhiteNoise, by
    names without hashes."""
    server = LiveServerThread("127.0.0.1", static_handler=lambda application: application)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    yield f"http://127.0.0.1:{server.port}"
    server.terminate()


@pytest.fixture(params=SIZES, ids=["mobile", "desktop"])
def browser_context_args(browser_context_args, request, portal_url):
    return {**browser_context_args, "viewport": request.param, "base_url": portal_url, "locale": "id-ID"}


@pytest.fixture
def page_without_javascript(browser, browser_context_args):
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.fixture
def quiet_page(page):
    """A page that may neither break the content policy, nor fail in a script, nor ask another host."""
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda r: complaints.append(r.url) if "//127.0.0.1" not in r.url else None)
    yield page
    assert complaints == []


def does_not_scroll_sideways(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def write_comment(page, text="Kapan layanan ini dibuka?"):
    page.get_by_label("Nama", exact=True).fill("Warga Cipondoh")
    page.locator("textarea").fill(text)
    page.get_by_label("Saya setuju").check()


def answer_captcha(page, answer=None):
    field = page.get_by_label("Ketik huruf dan angka")
    field.wait_for()
    key = page.locator("input[name=captcha_0]").input_value()
    field.fill(answer or CaptchaStore.objects.get(hashkey=key).challenge)


def test_reader_goes_from_home_to_an_article_its_tag_and_a_search(quiet_page):
    page = quiet_page
    article = make_article(title="Pompa air di Periuk diganti", tags=["banjir"])
    make_article(title="Jalan diperbaiki", tags=["banjir"])
    page.goto("/")
    assert does_not_scroll_sideways(page)
    page.get_by_role("link", name=article.title).first.click()
    assert page.get_by_role("heading", level=1).inner_text() == article.title
    assert "WIB | Dibaca : 0" in page.locator(".dateline").inner_text()
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
    assert page.get_by_text("Warga dapat berobat").is_visible()
    assert page.get_by_text("Terima kasih.").is_visible()


def test_first_tab_is_the_way_to_the_content(quiet_page):
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
    page.wait_for_url("**/terima-kasih")
    comment = Comment.objects.get()
    assert (comment.name, comment.status) == ("Warga Cipondoh", Comment.Status.WAITING)
    cache.clear()
    page.goto(article.get_absolute_url())
    assert not page.get_by_text(comment.text).is_visible()
    comment.approve(by=django_user_model.objects.create(username="moderator"))
    cache.clear()
    page.reload()
    assert page.get_by_text(comment.text).is_visible()


def test_wrong_captcha_keeps_every_word(quiet_page):
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
    page.wait_for_url("**/terima-kasih")
    assert Comment.objects.count() == 1


def test_new_picture_keeps_every_word(quiet_page):
    page = quiet_page
    page.goto(make_article().get_absolute_url())
    write_comment(page, "Tetap di sini")
    answer_captcha(page, "belum")
    before = page.locator("input[name=captcha_0]").input_value()
    page.get_by_role("button", name="Gambar baru").click()
    page.wait_for_function("old => document.querySelector('input[name=captcha_0]').value !== old", arg=before)
    assert page.locator("textarea").input_value() == "Tetap di sini"


def test_comment_can_be_sent_without_javascript(page_without_javascript):
    page = page_without_javascript
    article = make_article()
    page.goto(article.get_absolute_url())
    write_comment(page, "Tanpa skrip")
    page.get_by_role("button", name="Kirim komentar").click()
    assert page.locator("textarea").input_value() == "Tanpa skrip"
    answer_captcha(page)
    page.get_by_role("button", name="Kirim komentar").click()
    page.wait_for_url("**/terima-kasih")
    assert Comment.objects.get().text == "Tanpa skrip"
