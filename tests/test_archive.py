"""The archive pages: months with counts by the worker, days, and dates without articles."""

from datetime import datetime

import pytest
from django.utils import timezone

from news import month_counts
from news.models import MonthCount
from tests.make import make_article

pytestmark = pytest.mark.django_db


def at(year, month, day, hour=9):
    return datetime(year, month, day, hour, tzinfo=timezone.get_current_timezone())


def test_months_are_counted_in_the_citys_time_zone(client):
    make_article(published_at=at(2024, 11, 1, hour=1))  # still October in UTC
    make_article(published_at=at(2024, 11, 30, hour=23))
    make_article(published_at=at(2023, 2, 5))
    make_article(status="draft", published_at=None)
    month_counts.refresh()
    (this, number, months), (before, *_) = month_counts.years()
    assert (this, number, before) == (2024, 2, 2023)
    assert [count for _, count in months] == [0] * 10 + [2, 0]
    page = client.get("/arsip").content.decode()
    assert 'href="/arsip/2024/11"' in page
    assert 'href="/arsip/2024/10"' not in page


def test_a_recount_updates_months_and_removes_empty_ones(client):
    article = make_article(published_at=at(2024, 11, 1))
    make_article(published_at=at(2024, 12, 1))
    month_counts.refresh()
    make_article(published_at=at(2024, 12, 2))
    article.withdraw("Keliru.")
    month_counts.refresh()
    assert [(count.month.month, count.articles) for count in MonthCount.objects.all()] == [(12, 2)]


def test_an_empty_archive_says_so(client):
    month_counts.refresh()
    assert "Belum ada berita" in client.get("/arsip").content.decode()


def test_a_month_shows_its_days_with_counts(client):
    for day in (3, 3, 17):
        make_article(published_at=at(2024, 11, day))
    page = client.get("/arsip/2024/11").content.decode()
    assert '<a href="/arsip/2024/11/3">3 <small>2<' in page
    assert '<a href="/arsip/2024/11/17">17 <small>1<' in page
    assert 'href="/arsip/2024/11/4"' not in page
    assert page.count('class="day"') == 2


def test_a_day_shows_the_articles_of_that_day_only(client):
    make_article(title="Pada hari itu", published_at=at(2024, 11, 3, hour=0))
    make_article(title="Sehari sesudahnya", published_at=at(2024, 11, 4, hour=0))
    page = client.get("/arsip/2024/11/3").content.decode()
    assert "Minggu, 3 November 2024" in page
    assert '<h2><a href="/berita/detail/' in page
    assert "Pada hari itu" in page
    assert "Sehari sesudahnya" not in page.partition("<aside")[0]


@pytest.mark.parametrize(
    "path",
    ["/arsip/2024/11/5", "/arsip/2024/2/30", "/arsip/2024/13", "/arsip/0000/1/1", "/arsip/9999/12/31", "/arsip/1/1"],
)
def test_dates_that_do_not_exist_or_have_no_articles_are_not_found(client, path):
    make_article(published_at=at(2024, 11, 3))
    assert client.get(path).status_code == 404
