"""Sitemaps in parts by range of id: a part by OFFSET costs the more the later it stands (13 times at the end)."""

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.html import escape
from django.views.decorators.http import require_safe

from news import dates
from news.caching import public
from news.models import Article, Category

PART = 45_000  # ids a part; a sitemap may hold 50,000 addresses
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SITEMAP = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_NEWS = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
_NEWS_AGE = timedelta(hours=48)  # what Google News reads


@require_safe
@public
def index(request):
    paths = ["/sitemap-halaman.xml", "/sitemap-news.xml", *(f"/sitemap-{number}.xml" for number in _parts())]
    places = "".join(f"<sitemap><loc>{settings.SITE_URL}{path}</loc></sitemap>\n" for path in paths)
    return HttpResponse(f"{_XML}<sitemapindex {_SITEMAP}>\n{places}</sitemapindex>", content_type="application/xml")


def _parts():
    """The numbers of the parts that hold a published article; a look into the index for each."""
    first = 0
    ids = Article.objects.published().order_by("id").values_list("id", flat=True)
    while (found := ids.filter(id__gte=first).first()) is not None:
        yield found // PART
        first = (found // PART + 1) * PART


@require_safe
@public
def pages(request):
    paths = [
        "/",
        "/berita",
        "/populer",
        "/arsip",
        "/kategori",
        *(each.get_absolute_url() for each in Category.objects.all()),
    ]
    return _urlset(f"<url><loc>{settings.SITE_URL}{path}</loc></url>\n" for path in paths)


@require_safe
@public
def part(request, number):
    first = int(number) * PART
    articles = Article.objects.published().filter(id__gte=first, id__lt=first + PART)
    if not articles.exists():
        raise Http404
    return _urlset(
        f"<url><loc>{settings.SITE_URL}{article.get_absolute_url()}</loc>"
        f"<lastmod>{dates.iso(max(article.updated_at, article.published_at))}</lastmod></url>\n"
        for article in articles.only("slug", "updated_at", "published_at").order_by("id").iterator()
    )


@require_safe
@public
def news(request):
    articles = Article.objects.published().filter(published_at__gt=timezone.now() - _NEWS_AGE)
    return _urlset(
        (
            f"<url><loc>{settings.SITE_URL}{article.get_absolute_url()}</loc><news:news><news:publication>"
            f"<news:name>{escape(settings.SITE_NAME)}</news:name><news:language>id</news:language></news:publication>"
            f"<news:publication_date>{dates.iso(article.published_at)}</news:publication_date>"
            f"<news:title>{escape(article.title)}</news:title></news:news></url>\n"
            for article in articles.only("slug", "title", "published_at").newest_first()[:1000]
        ),
        spaces=f"{_SITEMAP} {_NEWS}",
    )


def _urlset(urls, spaces: str = _SITEMAP):
    """Streamed, so that a part of 45,000 addresses needs no more memory than one of ten."""

    def chunks():
        yield f"{_XML}<urlset {spaces}>\n"
        yield from urls
        yield "</urlset>"

    return StreamingHttpResponse(chunks(), content_type="application/xml")
