"""Static pages of the office, and notices."""

import re

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.urls import URLResolver, get_resolver

from news import markup
from news.admin import pieces
from news.admin.base import RedirectsOldAddress
from news.admin.body_editor import BodyForm, body_field, warn_about_left_out
from news.admin.history import HistoryAdmin
from news.admin.merging import MergedForm
from news.models import Notice, Page
from news.models.pages import PAGE_MAX_CHARS
from news.web.admin import WithoutBulkDelete

SOON = "Di situs perubahan ini tampak dalam setengah menit."  # nginx may show a quiet page of 12 seconds ago

# ---- Pages of the office

_FIRST_SEGMENT = re.compile(r"\^?([a-z0-9-]+)(?=[/$]|\Z)")


def _reserved_slugs(patterns=None) -> set[str]:
    """First path segments of the portal's own addresses (/berita, /b/1, /media/…), which no page can use."""
    slugs = {settings.STATIC_URL.strip("/")}
    for each in get_resolver().url_patterns if patterns is None else patterns:
        if match := _FIRST_SEGMENT.match(str(each.pattern)):
            slugs.add(match[1])
        elif isinstance(each, URLResolver):
            slugs |= _reserved_slugs(each.url_patterns)
    return slugs


class PageForm(BodyForm, MergedForm):
    body = body_field(PAGE_MAX_CHARS)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["body"] = self.instance.text  # what readers see today

    def clean_body(self):
        """The stored text if the editor left the portal's own as it was: the page then goes on following it."""
        body = super().clean_body()
        page = self.instance
        return page.body if page.pk and page.follows_portal and markup.read_alike(body, page.text) else body

    def clean_slug(self):
        slug = self.cleaned_data["slug"].lower()
        if slug in _reserved_slugs():
            raise ValidationError(f"Alamat /{slug} dipakai portal ini untuk hal lain. Pilih alamat lain.")
        return slug

    def clean(self):
        cleaned = super().clean()
        if self.instance.pk:
            self.merge_with_others(cleaned)
        return cleaned


@admin.register(Page)
class PageAdmin(HistoryAdmin, WithoutBulkDelete, RedirectsOldAddress):
    form = PageForm
    routes = ("page",)
    list_display = ["title", "address", "in_footer", "position", "updated_at"]
    search_fields = ["title", "slug", "body"]
    search_help_text = "Cari kata di judul, alamat dan isi"
    fieldsets = [
        (None, {"fields": ["title", "body"]}),
        ("Alamat dan tempat", {"fields": ["slug", "in_footer", "position"], "description": SOON}),
    ]

    class Media:
        js = ["portal/admin.js"]

    @admin.display(description="alamat", ordering="slug")
    def address(self, page):
        return page.get_absolute_url()

    def get_readonly_fields(self, request, page=None):
        return ["slug"] if page and page.is_linked else []

    def get_prepopulated_fields(self, request, page=None):
        return {} if page else {"slug": ["title"]}

    def has_delete_permission(self, request, page=None):
        return super().has_delete_permission(request, page) and not (page and page.is_linked)

    def save_model(self, request, page, form, change):
        page.changed_by = request.user
        super().save_model(request, page, form, change)
        warn_about_left_out(request, form)
        if form.told:
            self.message_user(request, form.told, messages.WARNING)


# ---- Notices


@admin.register(Notice)
class NoticeAdmin(HistoryAdmin):
    list_display = ["title", "state", "kind", "starts_at", "ends_at"]
    actions = ["end"]
    fieldsets = [
        (None, {"fields": ["kind", "title", "text", "link"]}),
        ("Waktu tampil", {"fields": ["starts_at", "ends_at"], "description": SOON}),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).with_state()

    @admin.display(description="keadaan")
    def state(self, notice):
        return pieces.status(notice.state, Notice.State(notice.state).label)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "text":
            kwargs["widget"] = forms.Textarea(attrs={"rows": 3})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @admin.action(description="Akhiri sekarang", permissions=["change"])
    def end(self, request, queryset):
        ended = queryset.end()
        if ended:
            self.message_user(request, f"{ended} pengumuman diakhiri. {SOON}", messages.SUCCESS)
        else:
            self.message_user(request, "Tidak satu pun dari yang terpilih sedang tampil.", messages.WARNING)
