"""The pages with figures in a real browser: they fit, print and need no script."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from news.models import DailyViews
from tests.browsing import does_not_scroll_sideways, log_in
from tests.make import make_article, make_person, rewrite

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def article():
    article = make_article(title="Pemerintah Kota Membuka Pelayanan Kependudukan di Kecamatan", author="Siti " * 30)
    DailyViews.objects.create(article=article, day=timezone.localdate(), views=1234, readers=900)
    rewrite(article, summary="Diubah sesudah terbit")
    return article


@pytest.fixture
def newsroom(quiet_page, client, portal_url, article):
    log_in(quiet_page, client, portal_url, make_person("Administrator"))
    return quiet_page


def test_the_pages_fit_every_screen(newsroom, article):
    page = newsroom
    for address in ("", "laporan/", "audit/entry/", f"news/article/{article.pk}/statistik/"):
        page.goto(f"/admin/{address}")
        assert does_not_scroll_sideways(page), address


def test_a_plot_has_a_name_and_a_table_that_says_the_same(newsroom, article):
    page = newsroom
    page.goto(f"/admin/news/article/{article.pk}/statistik/")
    expect(page.get_by_role("img", name="Dibaca, 30 hari: paling banyak 1.234, jumlah 1.234")).to_be_visible()
    last = page.locator(".plot").first.locator("tr").last
    expect(last).to_be_hidden()
    page.get_by_text("Sebagai tabel").first.click()
    expect(last).to_contain_text("1.234")


def test_a_report_is_typed_and_prints_without_the_newsroom_around_it(newsroom):
    page = newsroom
    page.goto("/admin/laporan/")
    page.get_by_label("Kurun, atau dari").fill("bulan ini")
    page.get_by_role("button", name="Tampilkan").click()
    expect(page.get_by_role("table", name="Menurut penulis")).to_contain_text("1.234")
    expect(page.get_by_label("Kurun, atau dari")).to_have_value("bulan ini")
    page.emulate_media(media="print", color_scheme="dark")
    for hidden in ("#header", ".period", ".breadcrumbs", ".buttons"):
        expect(page.locator(hidden).first).to_be_hidden()
    expect(page.get_by_role("table", name="Menurut penulis")).to_be_visible()
    assert page.locator("main").evaluate("each => getComputedStyle(each).backgroundColor") == "rgb(255, 255, 255)"


def test_the_audit_list_is_filtered_and_downloaded_without_javascript(
    page_without_javascript, client, portal_url, article
):
    page = page_without_javascript
    log_in(page, client, portal_url, make_person("Administrator"))
    page.goto("/admin/audit/entry/")
    page.get_by_role("link", name="Diubah sesudah terbit", exact=True).click()
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    expect(page.locator("#result_list tbody")).to_contain_text("ringkasan")
    with page.expect_download() as download:
        page.get_by_role("link", name="Unduh CSV").click()
    assert len(download.value.path().read_text("utf-8-sig").splitlines()) == 2
