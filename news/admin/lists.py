"""What the newsroom's lists have in common."""

from django.contrib import admin
from django.core.paginator import Paginator
from django.utils import timezone
from django.utils.functional import cached_property

from news import dates
from news.models import MissingPath


class BoundedPaginator(Paginator):
    """Counts no further than some thousand rows, so that the list of a million opens as fast as that of a hundred."""

    counted_at_most = 5_000

    @cached_property
    def count(self):
        self.is_bounded = False
        number = self.object_list[: self.counted_at_most + 1].count()
        if number > self.counted_at_most:
            self.is_bounded, number = True, self.counted_at_most
        return number


def short_date(moment) -> str:
    """`13 Nov 2024`, for columns."""
    day = timezone.localtime(moment)
    return f"{day.day} {dates.MONTHS[day.month - 1][:3]} {day.year}"


class DeletedOnlyWhenUnused(admin.ModelAdmin):
    """What articles refer to has no delete button while they do. Django's own way, a page that lists every article
    in the way, would load them all; for the same reason nothing here is deleted by the dozen."""

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and (obj is None or not obj.articles.exists())

    def get_actions(self, request):
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}


class RedirectsOldAddress(admin.ModelAdmin):
    """What a saved form has moved to another address is found at its old one for ever, with its feeds."""

    below = ("",)  # what stands behind the address

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if "slug" in form.changed_data and form.initial.get("slug"):
            new = obj.get_absolute_url()
            old = new.removesuffix(obj.slug) + form.initial["slug"]
            for path in self.below:
                MissingPath.objects.move(old + path, new + path)
