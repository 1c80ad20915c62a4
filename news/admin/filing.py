"""What articles are filed under: categories, tags, districts."""

from django.contrib import admin

from news.admin.lists import BoundedPaginator, DeletedOnlyWhenUnused, redirect_old_address
from news.models import Category, District, Tag


@admin.register(Category)
class CategoryAdmin(DeletedOnlyWhenUnused):
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

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        redirect_old_address(form, obj)


@admin.register(Tag)
class TagAdmin(DeletedOnlyWhenUnused):
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

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        redirect_old_address(form, obj)


@admin.register(District)
class DistrictAdmin(DeletedOnlyWhenUnused):
    list_display = ["name", "slug"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}
