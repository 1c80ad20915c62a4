"""Addresses of the news. Those of the present portal stay (docs/decisions.md); none ends in a slash."""

from django.urls import path, re_path

from news import feeds, sitemaps, views

urlpatterns = [
    path("", views.home),
    re_path(r"^berita/detail/(?P<pk>\d{1,18})(?:/(?P<slug>[^/]*))?/?$", views.article),
    re_path(r"^b/(?P<pk>\d{1,18})$", views.short),
    path("berita", views.index),
    path("kategori", views.categories),
    path("kategori/<slug:slug>", views.category),
    path("kategori/<slug:slug>/feed", feeds.category_rss),
    path("kategori/<slug:slug>/feed/atom", feeds.category_atom),
    path("tag/<slug:slug>", views.tag),
    path("tag/<slug:slug>/feed", feeds.tag_rss),
    path("tag/<slug:slug>/feed/atom", feeds.tag_atom),
    path("arsip", views.archive),
    re_path(r"^arsip/(?P<year>\d{4})/(?P<month>\d{1,2})$", views.month_page),
    path("cari", views.search),
    path("populer", views.popular),
    path("feed", feeds.rss),
    path("feed/atom", feeds.atom),
    path("sitemap.xml", sitemaps.index),
    path("sitemap-halaman.xml", sitemaps.pages),
    re_path(r"^sitemap-(?P<number>\d{1,12})\.xml$", sitemaps.part),
    path("sitemap-news.xml", sitemaps.news),
    path("robots.txt", views.robots),
    path(".well-known/security.txt", views.security),
]
