"""Addresses that were not found, and their redirects."""

from urllib.parse import urlsplit

from django.contrib import admin, messages

from news import missing_paths, old_addresses
from news.admin import pieces
from news.models import MissingPath
from news.web import dates, old_shapes
from news.web.admin import BoundedCountAdmin


class RedirectedFilter(admin.SimpleListFilter):
    title = "pengalihan"
    parameter_name = "dialihkan"

    def lookups(self, request, model_admin):
        return [("belum", "Belum dialihkan"), ("sudah", "Sudah dialihkan"), ("impor", "Dialihkan oleh impor")]

    def queryset(self, request, queryset):
        if self.value() == "belum":
            return queryset.filter(target="")
        if self.value() == "impor":
            return queryset.filter(imported=True).exclude(target="")
        return queryset.exclude(target="") if self.value() == "sudah" else queryset


@admin.register(MissingPath)
class MissingPathAdmin(BoundedCountAdmin):
    list_display = ["path", "leads_to", "requested", "site", "seen"]
    list_filter = [RedirectedFilter]
    list_per_page = 20  # each row needs a search for its suggestion
    search_fields = ["path", "target"]
    actions = ["redirect_to_suggestion"]

    def get_fieldsets(self, request, missing_path=None):
        help_ = (
            "Pembaca yang membuka alamat lama diantar ke alamat baru, selamanya. Ini hanya berlaku bila di alamat "
            "lama memang tidak ada halaman. Yang sesudah tanda tanya (?) di alamat lama diabaikan, kecuali yang "
            "menentukan halamannya, seperti /?p=123. Alamat lama berita yang diimpor sudah terisi sendiri. Yang "
            "dihitung hanya kunjungan sebelum alamat itu dialihkan."
        )
        seen = ["requested", "seen", "came_from", "suggestion"] if missing_path else []
        return [(None, {"fields": ["path", *seen, "target"], "description": help_})]

    def get_search_results(self, request, queryset, search_term):
        """Whole addresses are found as well as parts of them."""
        if "://" in search_term:
            search_term = old_shapes.stored(search_term) or search_term
        return super().get_search_results(request, queryset, search_term)

    def save_model(self, request, obj, form, change):
        obj.imported = obj.imported and "target" not in form.changed_data  # no import changes what an editor wrote
        super().save_model(request, obj, form, change)

    def get_readonly_fields(self, request, missing_path=None):
        return ["path", "requested", "seen", "came_from", "suggestion"] if missing_path else []

    @admin.display(description="tertaut dari")
    def came_from(self, missing_path):
        """No link: anyone can send a request that names any page, so that an editor opens it."""
        return missing_path.referrer or "–"

    @admin.display(description="dari situs", ordering="referrer")
    def site(self, missing_path):
        """Short: whole addresses leave no room for the others."""
        host = urlsplit(missing_path.referrer).hostname
        return pieces.shortened(host.removeprefix("www."), missing_path.referrer) if host else pieces.nothing()

    @admin.display(description="kali", ordering="times")
    def requested(self, missing_path):
        """Only requests that found nothing are counted: "0" would say that nobody follows a redirect."""
        return missing_path.times or pieces.nothing()

    @admin.display(description="terakhir", ordering="last_seen")
    def seen(self, missing_path):
        return dates.short_date(missing_path.last_seen) if missing_path.times else pieces.nothing()

    @admin.display(description="dialihkan ke")
    def leads_to(self, missing_path):
        if missing_path.target:
            return old_addresses.described(missing_path.target)
        suggested = self._suggested(missing_path)
        return pieces.suggested(*suggested) if suggested else pieces.nothing()

    @admin.display(description="usulan")
    def suggestion(self, missing_path):
        suggested = self._suggested(missing_path)
        return pieces.suggested_with_address(*suggested) if suggested else "Tidak ada yang mirip."

    def _suggested(self, missing_path) -> tuple[str, str] | None:
        return next(iter(missing_paths.suggestions(missing_path.path)), None)

    @admin.action(description="Alihkan ke usulan", permissions=["change"])
    def redirect_to_suggestion(self, request, queryset):
        redirected, left = missing_paths.redirect_to_suggestions(queryset)
        if redirected:
            self.message_user(request, f"{redirected} alamat kini dialihkan.", messages.SUCCESS)
        if left:
            self.message_user(
                request, f"Untuk {left} alamat tidak ada usulan. Isi tujuannya sendiri.", messages.WARNING
            )
