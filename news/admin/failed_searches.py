"""Searches without results."""

from django.contrib import admin
from django.urls import reverse

from news.admin import pieces
from news.models import FailedSearch
from news.web.admin import BoundedCountAdmin, ReadOnlyAdmin


@admin.register(FailedSearch)
class FailedSearchAdmin(ReadOnlyAdmin, BoundedCountAdmin):
    list_display = ["words", "times", "last_seen", "again"]
    list_display_links = None
    search_fields = ["words"]

    @admin.display(description="cari lagi")
    def again(self, failed):
        address = reverse("search", query={"q": failed.words})
        return pieces.link(address, f"Cari “{failed.words}”")
