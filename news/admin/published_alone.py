"""Texts that their own writers published: a list for administrators, without any way to change it."""

from django.contrib import admin
from django.urls import reverse

from news.admin import pieces
from news.models import PublishedAlone
from news.web import dates
from news.web.admin import BoundedListAdmin, ReadOnlyAdmin


@admin.register(PublishedAlone)
class PublishedAloneAdmin(BoundedListAdmin, ReadOnlyAdmin):
    list_display = ["when", "text", "by_name", "reason"]
    list_display_links = None
    list_select_related = ["article"]
    ordering = ["-at", "-id"]

    @admin.display(description="waktu")
    def when(self, row):
        return dates.short_date_and_time(row.at)

    @admin.display(description="berita")
    def text(self, row):
        return pieces.link(reverse("admin:news_article_change", args=[row.article_id]), row.article.title)
