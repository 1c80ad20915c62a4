"""How often the pages that readers open most ask the database: few times, however much there is."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments.captcha import issuing
from news.models import Article, FeedIds, MostRead, Photo, Pin
from news.web.dates import day_of
from tests.make import make_article, make_category, make_comment

pytestmark = pytest.mark.django_db
# With navigation (1) and sidebar or most read (1), which the caches hold for seconds
AT_MOST = {
    "/": 4,
    "/berita": 4,
    "/populer": 2,
    "/feed": 3,
    "/feed/atom": 3,
    "/arsip": 2,
    "/kategori/layanan-publik": 5,
    "/tag/banjir": 6,
    "/arsip/{month}": 5,
    "/arsip/{month}/{day}": 3,
    "{article}": 6,
    "/berita/{pk}/komentar": 4,
}


def fill(number: int, since) -> None:
    for turn in range(number):
        photo = Photo.objects.create(name=f"foto/{number}/{turn}", width=9, height=6, decorative=True)
        categories = ("Layanan Publik", "Taman", "Kesehatan")
        article = make_article(
            tags=["banjir", f"tag {turn}"],
            photo=photo,
            category=make_category(categories[turn % 3]),
            published_at=since + timedelta(seconds=turn),
        )
        Pin.objects.create(article=article, until=timezone.now() + timedelta(hours=1))
        MostRead.objects.create(period=7, rank=MostRead.objects.count() + 1, article=article, readers=9)
        make_comment(article, status="approved")
        make_comment(Article.objects.earliest("pk"), status="approved")


def queries(client, address: str) -> int:
    cache.clear()
    with CaptureQueriesContext(connection) as made:
        assert client.get(address).status_code == 200
    return len(made)


def test_the_number_of_queries_of_a_page_is_small_and_does_not_grow(client, monkeypatch):
    monkeypatch.setattr(issuing, "OPEN_PER_SENDER", 1)  # a new captcha is two more
    FeedIds.objects.current()
    since = timezone.now() - timedelta(hours=1)
    fill(1, since)
    article = Article.objects.get()
    day = day_of(since)
    names = {
        "pk": article.pk,
        "article": article.get_absolute_url(),
        "month": f"{day.year}/{day.month}",
        "day": day.day,
    }
    addresses = {address.format(**names): most for address, most in AT_MOST.items()}
    client.get(f"/berita/{article.pk}/komentar")  # issues the captcha
    few = {address: queries(client, address) for address in addresses}
    fill(25, since)
    assert {address: queries(client, address) for address in addresses} == few
    assert {address: number for address, number in few.items() if number > addresses[address]} == {}
