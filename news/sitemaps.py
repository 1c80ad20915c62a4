"""Sitemaps, split by ranges of ids: with OFFSET, later parts would cost more (the last one 13 times as much)."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from news import paths, photos
from news.models import Article, Category, Document, Page
from news.models.articles import PART, SITEMAP_PART
from news.models.sitemap_parts import sitemap_parts
from news.web import dates, streaming
from news.web.caching import public

_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SITEMAP = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_IMAGE = 'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
_NEWS = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
_NEWS_AGE = timedelta(hours=48)  # older articles are ignored by Google News
_NEWS_MAX = 1_000
_DOCUMENTS_MAX = 10_000  # the newest
# Names of routes; one of them belongs to the comments app.
_CHANGED_BY_ARTICLES = ("home", "articles", "archive")  # they change with each new article
_OTHER_PAGES = ("documents", "popular", "categories", "corrections", "open-data", "transparency")


@require_safe
@public
def index(request):
    of_pages = [changed for _, changed in _pages() if changed]
    entries = [
        _entry("sitemap", reverse("sitemap-pages"), max(of_pages, default=None)),
        _entry("sitemap", reverse("sitemap-news"), _newest(Article.objects.published())),
        _entry("sitemap", reverse("sitemap-documents"), None),
        *(
            _entry("sitemap", paths.sitemap_part_path(each.number), each.changed)
            for each in sitemap_parts()
            if each.is_public
        ),
    ]
    return _xml("sitemapindex", entries)


@require_safe
@public
def pages(request):
    return _xml("urlset", [_entry("url", path, changed) for path, changed in _pages()])


@require_safe
@public
def news(request):
    articles = Article.objects.published().filter(published_at__gt=timezone.now() - _NEWS_AGE)
    entries = [
        f"<url><loc>{settings.SITE_URL}{article.get_absolute_url()}</loc><news:news><news:publication>"
        f"<news:name>{escape(settings.SITE_NAME)}</news:name><news:language>id</news:language></news:publication>"
        f"<news:publication_date>{dates.iso(article.published_at)}</news:publication_date>"
        f"<news:title>{escape(article.title)}</news:title></news:news></url>\n"
        for article in articles.only("slug", "title", "published_at").newest_first()[:_NEWS_MAX]
    ]
    return _xml("urlset", entries, namespace=_NEWS)


@require_safe
@public
def documents(request):
    newest = Document.objects.visible().only("name", "title", "uploaded_at").order_by("-id")[:_DOCUMENTS_MAX]
    return _xml("urlset", [_entry("url", each.path, each.uploaded_at) for each in newest])


@require_safe
@public
def part(request, number):
    """Streamed, so that 10,000 addresses need no more memory than ten. The headers allow conditional requests."""
    first = int(number) * SITEMAP_PART
    articles = Article.objects.published().filter(id__gte=first, id__lt=first + SITEMAP_PART)
    if not articles.exists():
        raise Http404
    changed = _changed(int(number))
    response = StreamingHttpResponse(_part_chunks(articles), content_type="application/xml")
    if changed:  # None if the clock of the host that saved the article is ahead of the database's
        response["ETag"] = f'"{changed.timestamp():.6f}"'
        response["Last-Modified"] = http_date(changed.timestamp())
    return response


class _Row(NamedTuple):
    id: int
    slug: str
    changed: datetime
    photo__name: str | None
    photo__width: int | None


def _part_chunks(articles):
    yield f"{_XML}<urlset {_SITEMAP} {_IMAGE}>\n"
    for batch in streaming.by_id(articles.with_changed(), _Row):
        yield "".join(_article(row) for row in batch)
    yield "</urlset>"


def _article(row: _Row) -> str:
    image = ""
    if row.photo__name and row.photo__width:
        address = photos.largest_url(row.photo__name, row.photo__width)
        image = f"<image:image><image:loc>{settings.SITE_URL}{address}</image:loc></image:image>"
    return _entry("url", paths.article_path(row.id, row.slug), row.changed, more=image)


def _changed(number: int) -> datetime | None:
    """When a part last changed as a file, which is what the index of sitemaps must tell: an import adds old articles
    to it today. One lookup in an index made for this."""
    return Article.objects.alias(part=PART).filter(part=number).last_change()


def last_change() -> datetime | None:
    """When any article was last published, changed or withdrawn."""
    return max((each.changed for each in sitemap_parts() if each.changed), default=None)


def _pages() -> list[tuple[str, datetime | None]]:
    """(path, time of the last change) of every page except articles."""
    published = Article.objects.published()
    newest = _newest(published)
    of_category = published.filter(category=OuterRef("pk")).newest_first().values("published_at")[:1]
    return [
        *((reverse(route), newest) for route in _CHANGED_BY_ARTICLES),
        *((reverse(route), None) for route in _OTHER_PAGES),
        *((c.get_absolute_url(), c.newest) for c in Category.objects.annotate(newest=Subquery(of_category))),
        *((page.get_absolute_url(), page.updated_at) for page in Page.objects.defer("body")),
    ]


def _newest(articles) -> datetime | None:
    return articles.newest_first().values_list("published_at", flat=True).first()


def _entry(element: str, path: str, changed: datetime | None, more: str = "") -> str:
    lastmod = f"<lastmod>{dates.iso(changed)}</lastmod>" if changed else ""
    return f"<{element}><loc>{settings.SITE_URL}{path}</loc>{lastmod}{more}</{element}>\n"


def _xml(root: str, entries: list[str], namespace: str = "") -> HttpResponse:
    content = f"{_XML}<{root} {_SITEMAP}{' ' + namespace if namespace else ''}>\n{''.join(entries)}</{root}>"
    return HttpResponse(content, content_type="application/xml")
