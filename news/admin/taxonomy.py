"""Categories, tags and districts."""

from django.contrib import admin

from news.admin.base import DeletedOnlyWhenUnused, RedirectsOldAddress
from news.admin.history import HistoryAdmin
from news.models import Category, District, Tag
from news.web.admin import BoundedPaginator


@admin.register(Category)
class CategoryAdmin(HistoryAdmin, RedirectsOldAddress, DeletedOnlyWhenUnused):
    routes = ("category", "category-feed", "category-feed-atom")
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
class TagAdmin(HistoryAdmin, RedirectsOldAddress, DeletedOnlyWhenUnused):
    routes = ("tag", "tag-feed", "tag-feed-atom")
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
