"""Browsers that load an article ahead of the reader: if it is shown it counts once, if not, never."""

import os
import signal
import subprocess
import threading

import pytest
from csp.decorators import csp_exempt
from django.core.signals import request_started
from django.http import HttpResponse
from django.urls import path
from playwright.sync_api import expect

from news.pageviews import drain
from portal import urls
from tests.conftest import FLAGS, wait_until
from tests.journals import PHONE
from tests.make import make_article

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

# What a page does that wants another one loaded ahead
HINT = """([kind, url]) => {
    const hint = document.createElement(kind === "link" ? "link" : "script");
    if (kind === "link") {
        hint.rel = "prefetch";
        hint.href = url;
    } else {
        hint.type = "speculationrules";
        hint.textContent = JSON.stringify({ [kind]: [{ source: "list", urls: [url], eagerness: "immediate" }] });
    }
    document.head.append(hint);
    const link = document.createElement("a");
    link.href = url;
    link.textContent = "Berita yang dimuat lebih dulu";
    document.body.prepend(link);
}"""
# Has another page prerendered, and opens it a little later
START = """<!doctype html><title>Mulai</title><a href="%(url)s">Berita</a>
<script type="speculationrules">
{ "prerender": [{ "source": "list", "urls": ["%(url)s"], "eagerness": "immediate" }] }
</script>
<script>setTimeout(() => document.querySelector("a").click(), 1500)</script>"""
PURPOSES = {"prefetch": "prefetch", "prerender": "prefetch;prerender", "link": "prefetch"}


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.PAGEVIEWS_DIR = tmp_path / "pageviews"


@pytest.fixture
def browser_context_args(browser_context_args):
    # Headless Chromium calls itself a robot; our own pages give no such hints, and their policy allows none inline.
    return {**browser_context_args, "user_agent": PHONE, "bypass_csp": True}


@pytest.fixture
def asked():
    """The Sec-Purpose of each request for an article's page, in order; "" for ordinary ones."""
    purposes = []

    def note(environ, **signal):
        if environ["PATH_INFO"].startswith("/berita/detail/"):
            purposes.append(environ.get("HTTP_SEC_PURPOSE", ""))

    request_started.connect(note)
    yield purposes
    request_started.disconnect(note)


@pytest.mark.parametrize("kind", PURPOSES)
def test_a_page_that_was_loaded_ahead_counts_once_when_it_is_shown(page, asked, kind):
    article = make_article()
    page.goto("/berita")
    page.evaluate(HINT, [kind, article.get_absolute_url()])
    wait_until(lambda: asked == [PURPOSES[kind]])
    assert drain() == 0
    page.get_by_role("link", name="Berita yang dimuat lebih dulu").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(article.title)
    assert asked == [PURPOSES[kind], ""]
    assert drain() == 1


@pytest.mark.parametrize("kind", PURPOSES)
def test_a_page_that_was_loaded_ahead_and_not_shown_never_counts(page, asked, kind):
    page.goto("/berita")
    page.evaluate(HINT, [kind, make_article().get_absolute_url()])
    wait_until(lambda: asked == [PURPOSES[kind]])
    page.goto("/populer")
    assert asked == [PURPOSES[kind]]
    assert drain() == 0


def test_reading_on_and_coming_back_are_two_reads_at_most(page, asked):
    """One if the browser has kept the page (bfcache), for then it does not ask again."""
    article = make_article()
    page.goto(article.get_absolute_url())
    page.goto("/berita")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text(article.title)
    assert set(asked) == {""}
    assert drain() == len(asked)


def test_a_prerendered_page_that_is_activated_counts_once(
    settings, portal_url, browser_type_launch_args, asked, tmp_path
):
    """In a browser that nobody controls: with DevTools attached, Chromium prefetches instead. Not refused, the page is
    shown without another request and never counts (seen)."""
    article, threads = make_article(), threading.active_count()
    start = HttpResponse(START % {"url": article.get_absolute_url()})
    settings.ROOT_URLCONF = (path("mulai", csp_exempt()(lambda request: start)), *urls.urlpatterns)
    options = ["--headless", *FLAGS, f"--user-agent={PHONE}", f"--user-data-dir={tmp_path}/browser"]
    browser = subprocess.Popen(
        [browser_type_launch_args["executable_path"], *options, f"{portal_url}/mulai"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_until(lambda: asked == ["prefetch;prerender", ""], seconds=30)
        wait_until(lambda: drain() == 1)
    finally:
        os.killpg(browser.pid, signal.SIGKILL)
        browser.wait()
    wait_until(lambda: threading.active_count() <= threads)  # its connections are closed
    assert asked == ["prefetch;prerender", ""]
    assert drain() == 0
