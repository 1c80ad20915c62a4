"""URLs of the news app. Those of the previous portal are kept (docs/decisions.md); none ends with a slash.

Use the route names: `reverse("article", args=[pk, slug])`, `{% url "archive" %}`; in loops and on every page use
news/paths.py.
"""

from django.urls import path, re_path

from news import feeds, open_data, sitemaps
from news.views import articles, documents, lists, pages, previews
from news.views.search import search

_PK = r"(?P<pk>[0-9]{1,18})"
_MONTH = r"^arsip/(?P<year>[0-9]{4})/(?P<month>[1-9]|1[0-2])"

urlpatterns = [
    path("", articles.home, name="home"),
    re_path(rf"^berita/detail/{_PK}(?:/(?P<slug>[^/]*))?/?$", articles.article, name="article"),
    re_path(rf"^b/{_PK}$", articles.short, name="article-short"),
    re_path(rf"^b/{_PK}/qr\.svg$", articles.qr_code, name="article-qr"),
    path("pratinjau/<str:token>", previews.preview, name="preview"),
    path("berita", lists.index, name="articles"),
    path("kategori", lists.categories, name="categories"),
    path("kategori/<slug:slug>", lists.category, name="category"),
    path("kategori/<slug:slug>/feed", feeds.category_rss, name="category-feed"),
    path("kategori/<slug:slug>/feed/atom", feeds.category_atom, name="category-feed-atom"),
    path("tag/<slug:slug>", lists.tag, name="tag"),
    path("tag/<slug:slug>/feed", feeds.tag_rss, name="tag-feed"),
    path("tag/<slug:slug>/feed/atom", feeds.tag_atom, name="tag-feed-atom"),
    path("arsip", lists.archive, name="archive"),
    re_path(rf"{_MONTH}$", lists.month_page, name="month"),
    re_path(rf"{_MONTH}/(?P<day>[1-9]|[12][0-9]|3[01])$", lists.day_page, name="day"),
    path("cari", search, name="search"),
    path("dokumen", documents.index, name="documents"),
    re_path(r"^dokumen/(?P<name>[0-9a-f]{32})/(?P<slug>[^/]*)\.pdf$", documents.file, name="document"),
    re_path(r"^dokumen/(?P<name>[0-9a-f]{32})/sampul\.jpg$", documents.cover, name="document-cover"),
    path("populer", lists.popular, name="popular"),
    path("feed", feeds.rss, name="feed"),
    path("feed/atom", feeds.atom, name="feed-atom"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemap-halaman.xml", sitemaps.pages, name="sitemap-pages"),
    re_path(r"^sitemap-(?P<number>[0-9]{1,12})\.xml$", sitemaps.part, name="sitemap-part"),
    path("sitemap-dokumen.xml", sitemaps.documents, name="sitemap-documents"),
    path("sitemap-news.xml", sitemaps.news, name="sitemap-news"),
    path("data", open_data.page, name="open-data"),
    path("data/berita.csv", open_data.as_csv, name="open-data-csv"),
    path("data/berita.json", open_data.as_json, name="open-data-json"),
    path("favicon.ico", pages.icon, name="favicon"),
    path("robots.txt", pages.robots, name="robots"),
    path(".well-known/security.txt", pages.security, name="security"),
    path("ralat", pages.corrections, name="corrections"),
    path("<slug:slug>", pages.page, name="page"),  # must stay last; portal/urls.py includes this file last
]
