"""Findings of the site sentinel, with an action to mark them as harmless."""

from django.contrib import admin, messages
from django.shortcuts import redirect

from news.admin import pieces
from news.models import Finding, Scan
from news.web import dates


class OpenFilter(admin.SimpleListFilter):
    title = "status"
    parameter_name = "status"

    def lookups(self, request, model_admin):
        return [("aman", "Dinyatakan aman"), ("semua", "Semua")]

    def choices(self, changelist):
        first, *others = super().choices(changelist)
        yield first | {"display": "Perlu dilihat"}
        yield from others

    def queryset(self, request, queryset):
        match self.value():
            case "semua":
                return queryset
            case "aman":
                return queryset.filter(dismissed_at__isnull=False)
            case _:
                return queryset.open()


@admin.register(Finding)
class FindingAdmin(admin.ModelAdmin):
    list_display = ["where", "kind", "excerpt", "found", "advice"]
    list_display_links = None
    list_filter = [OpenFilter, "kind"]
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER
    ordering = ["-found_at", "-id"]
    actions = ["dismiss"]
    change_list_template = "news/admin_findings.html"

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def changelist_view(self, request, extra_context=None):
        """Adds the time of the last scan and a button that requests another one."""
        if request.method == "POST" and "_look" in request.POST and self.has_change_permission(request):
            Scan.objects.ask()
            soon = "Pemeriksaan segera dimulai. Di portal besar ia perlu beberapa jam; muat ulang halaman ini nanti."
            self.message_user(request, soon)
            return redirect(request.get_full_path())
        last = Scan.objects.finished().first()
        message = "Situs belum pernah selesai diperiksa."
        if last:
            pages = f"{last.pages} halaman" if last.pages else "tidak satu halaman pun (SITE_URL tidak terjangkau)"
            looked_at = f"{last.looked_at} isi, {pages}, {last.files} berkas"
            message = f"Terakhir diperiksa {dates.date_and_time(last.finished_at)}: {looked_at}."
        if Scan.objects.under_way().exists():
            message += " Pemeriksaan baru sedang berjalan."
        context = {"last_look": message, "title": "Temuan penjaga situs"}
        return super().changelist_view(request, context | (extra_context or {}))

    @admin.display(description="tempat")
    def where(self, finding):
        return pieces.link(finding.address, finding.place) if finding.address else finding.place

    @admin.display(description="ditemukan", ordering="found_at")
    def found(self, finding):
        return dates.date_and_time(finding.found_at)

    @admin.display(description="yang dilakukan")
    def advice(self, finding):
        return finding.advice

    @admin.action(description="Nyatakan aman", permissions=["change"])
    def dismiss(self, request, queryset):
        number = queryset.dismiss(request.user)
        self.message_user(request, f"{number} temuan dinyatakan aman.", messages.SUCCESS)
