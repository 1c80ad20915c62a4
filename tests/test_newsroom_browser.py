"""An editor's work on lists, tags, history and the home page, in a real browser."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from news.models import Article, MergedTag, Pin
from tests.browsing import does_not_scroll_sideways, log_in
from tests.conftest import DESKTOP
from tests.make import in_the_city, make_article, make_person, make_tag

pytestmark = pytest.mark.django_db(transaction=True)
LIST = "/admin/news/article/"


@pytest.fixture
def viewport():
    return DESKTOP


@pytest.fixture
def newsroom(page, client, portal_url):
    person = make_person("Redaktur", first_name="Rina", last_name="Wati")
    person.username = "redaksi.kominfo.kota.makassar@makassar.example"  # must wrap where it is shown
    person.save()
    log_in(page, client, portal_url, person)
    return page


def test_articles_are_found_by_a_written_date_by_status_and_by_tag(newsroom):
    make_article(title="Jembatan lama", published_at=in_the_city(2024, 11, 13, 8), tags=["jembatan"])
    make_article(title="Taman kota", status=Article.Status.DRAFT, published_at=None)
    newsroom.goto(LIST)
    titles = newsroom.locator("#result_list th a")
    expect(titles).to_have_text(["Taman kota", "Jembatan lama"])  # what has no time yet stands on top
    newsroom.locator("#searchbar").fill("13 november 2024")
    newsroom.keyboard.press("Enter")
    expect(titles).to_have_text(["Jembatan lama"])
    newsroom.goto(LIST)
    newsroom.get_by_role("link", name="Draf", exact=True).click()
    expect(titles).to_have_text(["Taman kota"])
    newsroom.goto(LIST)
    newsroom.get_by_label("Tag", exact=True).fill("jembatan")
    newsroom.keyboard.press("Enter")
    expect(titles).to_have_text(["Jembatan lama"])


def test_tags_are_merged_and_split_again(newsroom, client):
    kept, dropped = make_tag("vaksin covid-19"), make_tag("vaksin covid")
    article = make_article(tags=["vaksin covid"])
    newsroom.goto("/admin/news/tag/")
    for tag in (kept, dropped):
        newsroom.locator(f"[name=_selected_action][value='{tag.pk}']").check()
    newsroom.locator("[name=action]").select_option("merge")
    newsroom.get_by_role("button", name="Go").or_(newsroom.locator(".actions button[type=submit]")).first.click()
    newsroom.get_by_label("vaksin covid-19").check()
    newsroom.get_by_role("button", name="Gabungkan").click()
    expect(newsroom.locator(".messagelist .success")).to_contain_text("digabungkan ke “vaksin covid-19”")
    assert [*article.tags.all()] == [kept]
    assert client.get("/tag/vaksin-covid")["Location"] == "/tag/vaksin-covid-19"
    newsroom.goto("/admin/news/mergedtag/")
    newsroom.locator("[name=_selected_action]").check()
    newsroom.locator("[name=action]").select_option("split")
    newsroom.locator(".actions button[type=submit]").click()
    expect(newsroom.locator(".messagelist .success")).to_contain_text("dipisahkan lagi")
    assert [tag.name for tag in article.tags.all()] == ["vaksin covid"]
    assert not MergedTag.objects.exists()


def test_a_former_text_is_seen_and_put_back(newsroom):
    draft = make_article(title="Judul semula", status=Article.Status.DRAFT, published_at=None)
    newsroom.goto(f"{LIST}{draft.pk}/change/")
    newsroom.locator("[name=title]").fill("Judul yang keliru")
    newsroom.get_by_role("button", name="Simpan dan lanjutkan").click()
    expect(newsroom.locator(".messagelist .success")).to_be_visible()
    newsroom.get_by_role("link", name="Riwayat").click()
    newest = newsroom.locator(".history > li").first
    expect(newest).to_contain_text("Rina Wati")
    expect(newest.locator("del")).to_contain_text("semula")
    expect(newest.locator("ins")).to_contain_text("keliru")
    assert does_not_scroll_sideways(newsroom)
    newest.get_by_role("button").click()
    expect(newsroom.locator(".messagelist .success")).to_contain_text("Dikembalikan: judul")
    draft.refresh_from_db()
    assert draft.title == "Judul semula"


def test_an_article_is_pinned_on_the_home_page(newsroom):
    old = make_article(title="Berita yang disematkan", published_at=timezone.now() - timedelta(days=20))
    for number in range(9):
        make_article(title=f"Baru {number}")
    newsroom.goto("/admin/news/pin/")
    sentence = newsroom.get_by_text("Belum ada. Berita yang disematkan")
    expect(sentence).to_be_visible()
    below = sentence.bounding_box()["y"] + sentence.bounding_box()["height"]
    assert newsroom.locator(".object-tools a").bounding_box()["y"] >= below
    newsroom.locator(".object-tools a").click()
    choice = newsroom.locator("span[role=combobox]")  # not the list that it replaces
    expect(choice).to_have_accessible_name(re.compile("^Berita"))
    choice.click()
    newsroom.get_by_role("searchbox", name="Cari berita").press_sequentially("disematkan")
    newsroom.get_by_role("option", name="Berita yang disematkan").click()
    newsroom.get_by_role("button", name="Simpan", exact=True).click()
    expect(newsroom.locator("#result_list .status-current")).to_have_text("Tampil")
    assert Pin.objects.get().article == old
    assert does_not_scroll_sideways(newsroom)
    newsroom.goto("/")
    expect(newsroom.locator(".newest li").first).to_contain_text("Berita yang disematkan")
