"""Addresses of the news. Those of the present portal stay (docs/decisions.md); none ends in a slash."""

from django.urls import path, re_path

from news import feeds, open_data, sitemaps
from news.views import articles, lists, pages
from news.views.search import search

urlpatterns = [
    path("", articles.home),
    re_path(r"^berita/detail/(?P<pk>[0-9]{1,18})(?:/(?P<slug>[^/]*))?/?$", articles.article),
    re_path(r"^b/(?P<pk>[0-9]{1,18})$", articles.short),
    re_path(r"^b/(?P<pk>[0-9]{1,18})/qr\.svg$", articles.qr_code),
    path("berita", lists.index),
    path("kategori", lists.categories),
    path("kategori/<slug:slug>", lists.category),
    path("kategori/<slug:slug>/feed", feeds.category_rss),
    path("kategori/<slug:slug>/feed/atom", feeds.category_atom),
    path("tag/<slug:slug>", lists.tag),
    path("tag/<slug:slug>/feed", feeds.tag_rss),
    path("tag/<slug:slug>/feed/atom", feeds.tag_atom),
    path("arsip", lists.archive),
    re_path(r"^arsip/(?P<year>[0-9]{4})/(?P<month>[1-9]|1[0-2])$", lists.month_page),
    re_path(r"^arsip/(?P<year>[0-9]{4})/(?P<month>[1-9]|1[0-2])/(?P<day>[1-9]|[12][0-9]|3[01])$", lists.day_page),
    path("cari", search),
    path("populer", lists.popular),
    path("feed", feeds.rss),
    path("feed/atom", feeds.atom),
    path("sitemap.xml", sitemaps.index),
    path("sitemap-halaman.xml", sitemaps.pages),
    re_path(r"^sitemap-(?P<number>[0-9]{1,12})\.xml$", sitemaps.part),
    path("sitemap-news.xml", sitemaps.news),
    path("data", open_data.page),
    path("data/berita.csv", open_data.as_csv),
    path("data/berita.json", open_data.as_json),
    path("favicon.ico", pages.icon),
    path("robots.txt", pages.robots),
    path(".well-known/security.txt", pages.security),
    path("ralat", pages.corrections),
    path("<slug:slug>", pages.page),  # last of the whole portal: portal/urls.py includes these addresses last
]
