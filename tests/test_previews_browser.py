"""The preview beside an article's form, in a real browser."""

import pytest
from playwright.sync_api import expect

from news.models import Article
from tests.browsing import go_to_end_of, log_in
from tests.conftest import DESKTOP
from tests.make import make_article, make_person

pytestmark = pytest.mark.django_db(transaction=True)
EDITOR = ".field-body .ProseMirror[contenteditable]"


@pytest.fixture
def viewport():
    return DESKTOP


@pytest.fixture
def draft():
    return make_article(title="Judul lama", status=Article.Status.DRAFT, published_at=None, body="<p>Awal.</p>")


def test_what_is_typed_appears_beside_the_form(page, client, portal_url, draft):
    log_in(page, client, portal_url, make_person("Penulis"))
    foreign = []
    page.on("request", lambda request: foreign.append(request.url) if portal_url not in request.url else None)
    page.goto(f"/admin/news/article/{draft.pk}/change/")
    expect(page.locator(EDITOR)).to_be_visible()
    button = page.get_by_role("button", name="Pratinjau")
    button.press("Enter")
    preview = page.frame_locator(".live-preview iframe")
    expect(preview.get_by_role("heading", name="Judul lama")).to_be_visible()
    expect(page.get_by_role("button", name="HP")).to_be_focused()
    go_to_end_of(page, page.locator(EDITOR).get_by_text("Awal."))
    page.keyboard.type(" Lalu hujan turun.")
    page.locator("[name=title]").fill("Judul baru")
    expect(preview.get_by_text("Awal. Lalu hujan turun.")).to_be_visible()
    expect(preview.get_by_role("heading", name="Judul baru")).to_be_visible()
    for name, width in (("Desktop", 1280), ("HP", 360)):
        page.get_by_role("button", name=name).click()
        assert page.locator(".live-preview iframe").evaluate("frame => frame.contentWindow.innerWidth") == width
    page.keyboard.press("Escape")
    expect(page.locator(".live-preview")).to_be_hidden()
    expect(button).to_be_focused()
    draft.refresh_from_db()
    assert draft.title == "Judul lama"
    assert page.evaluate("history.length") <= 2
    assert [each for each in foreign if not each.startswith(("data:", "about:"))] == []


def test_without_javascript_the_button_opens_it_in_another_tab(page_without_javascript, client, portal_url, draft):
    page = page_without_javascript
    log_in(page, client, portal_url, make_person("Penulis"))
    page.goto(f"/admin/news/article/{draft.pk}/change/")
    page.locator("[name=title]").fill("Judul tanpa skrip")
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Pratinjau").click()
    expect(opened.value.get_by_role("heading", name="Judul tanpa skrip")).to_be_visible()
    expect(page.locator("[name=title]")).to_have_value("Judul tanpa skrip")
