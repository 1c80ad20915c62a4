"""What the admins of the news have in common."""

from django.contrib import admin
from django.urls import reverse

from news.models import MissingPath
from news.web.admin import WithoutBulkDelete


class DeletedOnlyWhenUnused(WithoutBulkDelete):
    """What articles refer to has no delete button while they do. Django's own way, a page that lists every article
    in the way, would load them all; for the same reason nothing here is deleted by the dozen."""

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and (obj is None or not obj.articles.exists())


class RedirectsOldAddress(admin.ModelAdmin):
    """What a saved form has moved to another address is found at its old one for ever, with its feeds."""

    routes: tuple[str, ...]  # of the addresses that the slug stands in

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if "slug" in form.changed_data and form.initial.get("slug"):
            for route in self.routes:
                old, new = (reverse(route, args=[slug]) for slug in (form.initial["slug"], obj.slug))
                MissingPath.objects.move(old, new)
