"""What stands beside the news: pages of the office, notices, addresses and searches that lead nowhere."""

import re
from urllib.parse import quote

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.urls import URLResolver, get_resolver
from django.utils.html import format_html

from news import missing
from news.admin.lists import BoundedPaginator, RedirectsOldAddress
from news.admin.prose import body_field, photo_field
from news.models import FailedSearch, MissingPath, Notice, Page
from news.models.site import PAGE_MAX_CHARS

SOON = "Di situs perubahan ini tampak dalam setengah menit."  # what every page carries is kept for 15 seconds

# ---- Pages of the office

_FIRST_WORD = re.compile(r"\^?([a-z0-9-]+)(?=[/$]|\Z)")


def _taken_words(patterns=None) -> set[str]:
    """With what the portal's own addresses begin: /berita, /b/1, /media/…; no page can have one of them."""
    words = {settings.STATIC_URL.strip("/")}
    for each in get_resolver().url_patterns if patterns is None else patterns:
        if match := _FIRST_WORD.match(str(each.pattern)):
            words.add(match[1])
        elif isinstance(each, URLResolver):
            words |= _taken_words(each.url_patterns)
    return words


class PageForm(forms.ModelForm):
    body = body_field(PAGE_MAX_CHARS)
    insert_photo = photo_field()

    def clean_slug(self):
        slug = self.cleaned_data["slug"].lower()
        if slug in _taken_words():
            raise ValidationError(f"Alamat /{slug} dipakai portal ini untuk hal lain. Pilih alamat lain.")
        return slug


@admin.register(Page)
class PageAdmin(RedirectsOldAddress):
    form = PageForm
    list_display = ["title", "address", "in_footer", "position", "updated_at"]
    fieldsets = [
        (None, {"fields": ["title", "body", "insert_photo"]}),
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

    def get_actions(self, request):
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}

    def save_model(self, request, page, form, change):
        page.changed_by = request.user
        super().save_model(request, page, form, change)


# ---- Notices


@admin.register(Notice)
class NoticeAdmin(admin.ModelAdmin):
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
        return format_html('<span class="status status-{}">{}</span>', notice.state, Notice.State(notice.state).label)

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


# ---- Addresses and searches that lead nowhere


class RedirectedFilter(admin.SimpleListFilter):
    title = "pengalihan"
    parameter_name = "dialihkan"

    def lookups(self, request, model_admin):
        return [("belum", "Belum dialihkan"), ("sudah", "Sudah dialihkan")]

    def queryset(self, request, queryset):
        if self.value() == "belum":
            return queryset.filter(target="")
        return queryset.exclude(target="") if self.value() == "sudah" else queryset


@admin.register(MissingPath)
class MissingPathAdmin(admin.ModelAdmin):
    list_display = ["path", "leads_to", "times", "came_from", "last_seen"]
    list_filter = [RedirectedFilter]
    list_per_page = 20  # each row's suggestion is a search
    search_fields = ["path", "target"]
    show_full_result_count = False
    paginator = BoundedPaginator
    actions = ["redirect_to_suggestion"]

    def get_fieldsets(self, request, missing_path=None):
        help_ = (
            "Pembaca yang membuka alamat lama diantar ke alamat baru, selamanya. Ini hanya berlaku bila di alamat "
            "lama memang tidak ada halaman. Yang sesudah tanda tanya (?) di alamat lama diabaikan."
        )
        seen = ["times", "last_seen", "came_from", "suggestion"] if missing_path else []
        return [(None, {"fields": ["path", *seen, "target"], "description": help_})]

    def get_readonly_fields(self, request, missing_path=None):
        return ["path", "times", "last_seen", "came_from", "suggestion"] if missing_path else []

    @admin.display(description="tertaut dari")
    def came_from(self, missing_path):
        address = missing_path.referrer
        return format_html('<a href="{0}" rel="noreferrer">{0}</a>', address) if address else "–"

    @admin.display(description="dialihkan ke")
    def leads_to(self, missing_path):
        if missing_path.target:
            return missing_path.target
        suggested = self._suggested(missing_path)
        return format_html('Usulan: <a href="{1}">{0}</a>', *suggested) if suggested else "–"

    @admin.display(description="usulan")
    def suggestion(self, missing_path):
        suggested = self._suggested(missing_path)
        return format_html('<a href="{1}">{0}</a> ({1})', *suggested) if suggested else "Tidak ada yang mirip."

    def _suggested(self, missing_path) -> tuple[str, str] | None:
        return next(iter(missing.suggestions(missing_path.path)), None)

    @admin.action(description="Alihkan ke usulan", permissions=["change"])
    def redirect_to_suggestion(self, request, queryset):
        redirected, left = missing.redirect_to_suggestions(queryset)
        if redirected:
            self.message_user(request, f"{redirected} alamat kini dialihkan.", messages.SUCCESS)
        if left:
            self.message_user(
                request, f"Untuk {left} alamat tidak ada usulan. Isi tujuannya sendiri.", messages.WARNING
            )


@admin.register(FailedSearch)
class FailedSearchAdmin(admin.ModelAdmin):
    list_display = ["words", "times", "last_seen", "again"]
    list_display_links = None
    search_fields = ["words"]
    show_full_result_count = False
    paginator = BoundedPaginator

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description="cari lagi")
    def again(self, failed):
        return format_html('<a href="/cari?q={}">Cari “{}”</a>', quote(failed.words), failed.words)
