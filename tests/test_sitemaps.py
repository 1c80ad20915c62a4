"""Sitemaps, and the small files that tell robots about them."""

from collections import namedtuple
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.http import http_date

from news import sitemaps
from news.models import Article, Page, Photo
from news.models.articles import SITEMAP_PART
from news.web import dates, streaming
from tests.make import make_article, make_category, rewrite

pytestmark = pytest.mark.django_db
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NOW = timezone.now().replace(microsecond=0)
IMAGE = "{http://www.google.com/schemas/sitemap-image/1.1}"


def places(client, path: str) -> dict[str, str | None]:
    """The addresses of a sitemap or index, as paths, with their lastmod."""
    response = client.get(path)
    assert response.status_code == 200
    return {
        place.findtext(f"{SITEMAP}loc").removeprefix(settings.SITE_URL): place.findtext(f"{SITEMAP}lastmod")
        for place in ElementTree.fromstring(response.getvalue())
    }


def age(article, **fields):
    """Sets fields that save() would set itself."""
    rewrite(article, **fields)


def days_ago(days: int):
    return NOW - timedelta(days=days)


def test_the_index_leads_to_every_published_article(client):
    articles = [make_article(pk=pk) for pk in (7, SITEMAP_PART * 3 + 1, 1_000_001)]
    make_article(pk=SITEMAP_PART * 5, status=Article.Status.DRAFT)
    index = places(client, "/sitemap.xml")
    assert f"/sitemap-{SITEMAP_PART * 5 // SITEMAP_PART}.xml" not in index
    found = {path for part in index for path in places(client, part)}
    assert {article.get_absolute_url() for article in articles} <= found


def test_part_without_a_published_article_is_not_found(client):
    make_article(pk=7, status=Article.Status.DRAFT)
    assert client.get("/sitemap-0.xml").status_code == 404
    assert client.get("/sitemap-999999999999.xml").status_code == 404


def test_lastmod_is_when_the_article_was_published_or_changed_for_readers(client):
    changed, scheduled = make_article(pk=1), make_article(pk=2)
    age(changed, published_at=days_ago(9), text_changed_at=days_ago(3))
    age(scheduled, published_at=days_ago(1), text_changed_at=days_ago(5))  # written before it was published
    part = places(client, "/sitemap-0.xml")
    assert part[changed.get_absolute_url()] == dates.iso(days_ago(3))
    assert part[scheduled.get_absolute_url()] == dates.iso(days_ago(1))


def test_lastmod_of_a_part_follows_its_newest_change_and_no_draft_or_later_article(client):
    age(make_article(pk=1), published_at=days_ago(9), updated_at=days_ago(3))
    age(make_article(pk=2, status=Article.Status.DRAFT), updated_at=days_ago(1))
    age(make_article(pk=3, published_at=timezone.now() + timedelta(days=1)), updated_at=days_ago(2))
    age(make_article(pk=SITEMAP_PART), published_at=days_ago(9), updated_at=days_ago(1))
    assert places(client, "/sitemap.xml")["/sitemap-0.xml"] == dates.iso(days_ago(3))


def test_lastmod_of_a_part_changes_when_an_article_is_withdrawn(client):
    stays, goes = make_article(pk=1), make_article(pk=2)
    age(stays, published_at=days_ago(9), updated_at=days_ago(8))
    goes.withdraw("Keliru.")
    age(goes, published_at=days_ago(9), updated_at=days_ago(2))
    assert places(client, "/sitemap.xml")["/sitemap-0.xml"] == dates.iso(days_ago(2))


def test_a_client_that_has_the_part_gets_304_until_something_changes(client):
    article = make_article(pk=1)
    age(article, published_at=days_ago(9), updated_at=days_ago(3))
    first = client.get("/sitemap-0.xml")
    assert first["Last-Modified"] == http_date(days_ago(3).timestamp())
    for condition in ({"if-none-match": first["ETag"]}, {"if-modified-since": first["Last-Modified"]}):
        assert client.get("/sitemap-0.xml", headers=condition).status_code == 304
    article.save()
    for condition in ({"if-none-match": first["ETag"]}, {"if-modified-since": first["Last-Modified"]}):
        assert client.get("/sitemap-0.xml", headers=condition).status_code == 200


def test_lastmod_of_a_part_is_read_from_an_index():
    make_article(pk=1)
    with connection.cursor() as cursor, CaptureQueriesContext(connection) as queries:
        sitemaps._changed(0)
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")  # whatever the statistics say
        cursor.execute(f"EXPLAIN {queries[0]['sql']}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "article_part_last_change" in plan
    assert "Sort" not in plan


def test_a_part_is_read_in_batches():
    for _ in range(7):
        make_article()
    row = namedtuple("Row", ["id", "slug"])
    with CaptureQueriesContext(connection) as queries:
        read = list(streaming.by_id(Article.objects.published(), row, size=3))
    assert [len(batch) for batch in read] == [3, 3, 1]
    assert [each.id for batch in read for each in batch] == sorted(Article.objects.values_list("id", flat=True))
    assert len(queries) == 4
    assert not any("OFFSET" in query["sql"] for query in queries)


def test_articles_with_a_photo_list_it(client):
    photo = Photo.objects.create(name="foto/2026/11/0123456789abcdef", width=900, height=600, decorative=True)
    make_article(pk=1, photo=photo)
    make_article(pk=2)
    images = list(ElementTree.fromstring(client.get("/sitemap-0.xml").getvalue()).iter(f"{IMAGE}loc"))
    assert [image.text for image in images] == [settings.SITE_URL + photo.largest_url]


def test_pages_are_listed_with_the_time_of_their_newest_article_or_of_their_own_change(client):
    article = make_article(published_at=days_ago(3), category=make_category("Taman"))
    page = Page.objects.create(title="Susunan redaksi", slug="susunan-redaksi", body="<p>Redaksi.</p>")
    Page.objects.filter(pk=page.pk).update(updated_at=days_ago(1))
    found = places(client, "/sitemap-halaman.xml")
    assert found["/"] == found["/berita"] == found["/kategori/taman"] == dates.iso(article.published_at)
    assert found["/susunan-redaksi"] == dates.iso(days_ago(1))
    assert {"/populer", "/arsip", "/kategori", "/data", "/ralat"} <= found.keys()
    for path in found:
        assert client.get(path).status_code == 200


def test_news_sitemap_covers_two_days(client):
    make_article(title="Segar & baru")
    make_article(title="Basi", published_at=timezone.now() - timedelta(hours=49))
    body = client.get("/sitemap-news.xml").getvalue().decode()
    assert "Segar &amp; baru" in body
    assert "Basi" not in body


@pytest.mark.slow
def test_news_sitemap_has_at_most_a_thousand_articles_as_google_requires(client, monkeypatch):
    monkeypatch.setattr(sitemaps, "_NEWS_MAX", 2)
    for number in range(3):
        make_article(title=f"Berita {number}", published_at=timezone.now() - timedelta(hours=number))
    assert [path.rpartition("/")[2] for path in places(client, "/sitemap-news.xml")] == ["berita-0", "berita-1"]


def test_robots_names_the_sitemaps(client):
    body = client.get("/robots.txt").content.decode()
    assert f"Sitemap: {settings.SITE_URL}/sitemap.xml" in body
    assert f"Sitemap: {settings.SITE_URL}/sitemap-news.xml" in body


def test_security_txt_has_a_contact_and_an_expiry_date(client):
    response = client.get("/.well-known/security.txt")
    assert "Contact: mailto:" in response.content.decode()
    assert "Expires: 20" in response.content.decode()
    again = client.get("/.well-known/security.txt", headers={"if-none-match": response["ETag"]})
    assert again.status_code == 304
