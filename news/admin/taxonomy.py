"""What articles are filed under: categories, tags, districts."""

from django.contrib import admin

from news.admin.base import DeletedOnlyWhenUnused, RedirectsOldAddress
from news.models import Category, District, Tag
from news.web.admin import BoundedPaginator

WITH_FEEDS = ("", "/feed", "/feed/atom")


@admin.register(Category)
class CategoryAdmin(RedirectsOldAddress, DeletedOnlyWhenUnused):
    below = WITH_FEEDS
    list_display = ["name", "slug", "position"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}
    fieldsets = [
        (
            None,
            {
                "fields": ["name", "slug", "description", "position"],
                "description": "Kategori yang dipakai tidak dapat dihapus. Alamat yang diubah dialihkan ke yang baru.",
            },
        )
    ]


@admin.register(Tag)
class TagAdmin(RedirectsOldAddress, DeletedOnlyWhenUnused):
    below = WITH_FEEDS
    list_display = ["name", "slug"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}
    show_full_result_count = False
    paginator = BoundedPaginator
    fieldsets = [
        (
            None,
            {
                "fields": ["name", "slug"],
                "description": "Tag yang dipakai tidak dapat dihapus. Alamat yang diubah dialihkan ke yang baru.",
            },
        )
    ]


@admin.register(District)
class DistrictAdmin(DeletedOnlyWhenUnused):
    list_display = ["name", "slug"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}
