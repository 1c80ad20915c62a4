"""The newsroom's editor and the office pages: saving a page unchanged is no edit."""

import pytest

from news.models import Page
from portal import office_pages
from tests.browsing import log_in
from tests.conftest import DESKTOP
from tests.make import make_person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def viewport():
    return DESKTOP


def test_a_page_saved_unchanged_in_the_editor_goes_on_following_the_settings(page, client, portal_url):
    office_pages.prepare()
    log_in(page, client, portal_url, make_person("Redaktur"))
    for stored in Page.objects.all():
        page.goto(f"/admin/news/page/{stored.pk}/change/")
        page.locator(".tiptap").wait_for()
        page.locator("input[name=position]").fill("77")
        page.locator("input[name=_save]").click()
        page.wait_for_url("**/admin/news/page/")
        stored.refresh_from_db()
        assert stored.position == 77
        assert stored.follows_portal, stored.slug
    page.goto(f"/admin/news/page/{stored.pk}/change/")
    page.locator(".tiptap").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Ditambah redaksi.")
    page.locator("input[name=_save]").click()
    page.wait_for_url("**/admin/news/page/")
    stored.refresh_from_db()
    assert "Ditambah redaksi." in stored.text
    assert not stored.follows_portal
