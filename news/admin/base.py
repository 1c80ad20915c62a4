"""Base classes of several news admins."""

from django.contrib import admin
from django.urls import reverse

from news.models import MissingPath
from news.web.admin import WithoutBulkDelete


class DeletedOnlyWhenUnused(WithoutBulkDelete):
    """Objects that articles refer to cannot be deleted. Django's own confirmation page would load and list all those
    articles; for the same reason there is no bulk deletion."""

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and (obj is None or not obj.articles.exists())


class RedirectsOldAddress(admin.ModelAdmin):
    """When the slug changes, the old addresses, including feeds, permanently redirect to the new ones."""

    routes: tuple[str, ...]  # names of the routes that contain the slug

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if "slug" in form.changed_data and form.initial.get("slug"):
            for route in self.routes:
                old, new = (reverse(route, args=[slug]) for slug in (form.initial["slug"], obj.slug))
                MissingPath.objects.move(old, new)
