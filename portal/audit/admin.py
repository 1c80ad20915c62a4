"""The audit list in the newsroom: looked at, filtered, downloaded, and never changed."""

import json
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import Case, CharField, OuterRef, Subquery, Value, When
from django.http import StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from news.admin import pieces
from news.admin.filters import DateFilter, TypedFilter
from news.models import Article, Page
from news.web import dates, spreadsheets, streaming
from news.web.admin import BoundedListAdmin, ReadOnlyAdmin
from portal.audit import chain, described
from portal.audit.models import Entry

_LINKED = {
    "news_article": "admin:news_article_change",
    "news_page": "admin:news_page_change",
    "comments_comment": "admin:comments_comment_change",
    "auth_user": "admin:auth_user_change",
    "auth_group": "admin:auth_group_change",
}
COLUMNS = [
    "nomor",
    "waktu",
    "jenis",
    "peristiwa",
    "tentang",
    "rincian",
    "oleh",
    "nomor akun",
    "sidik (JSON)",
    "rantai",
]


class KindFilter(admin.SimpleListFilter):
    title = "jenis"
    parameter_name = "jenis"

    def lookups(self, request, model_admin):
        kinds = list(Entry.Kind) if request.user.has_perm("audit.view_whole_trail") else Entry.OF_NEWS
        return [(kind.value, kind.label) for kind in kinds]

    def queryset(self, request, queryset):
        return queryset.filter(kind=self.value()) if self.value() else queryset


class TimeFilter(DateFilter):
    title = "waktu"
    field = "at"


class PersonFilter(TypedFilter):
    title = "orang"
    parameters = {"oleh": "Nama"}
    hint = "Yang melakukan, atau akun dan peran yang diubah"

    def narrowed(self, queryset):
        typed = self.used_parameters["oleh"]
        return queryset.filter(person__icontains=typed) | queryset.filter(subject__icontains=typed)


class NumberFilter(TypedFilter):
    title = "nomor"
    parameters = {"no": "Nomor"}
    hint = "Nomor berita atau komentar"

    def narrowed(self, queryset):
        typed = self.used_parameters["no"].removeprefix("no.").strip()
        if not (typed.isascii() and typed.isdigit() and len(typed) < 19):
            return self.refuse(f"“{typed[:40]}” bukan nomor. Tulislah angkanya saja, misalnya 70123.")
        return queryset.filter(row=int(typed), subject="")


class _Row(NamedTuple):
    id: int
    kind: str
    verb: str
    table: str
    row: int
    subject: str
    at: datetime
    person_id: int | None
    person: str
    details: dict[str, Any]
    hash: bytes


@admin.register(Entry)
class EntryAdmin(BoundedListAdmin, ReadOnlyAdmin):
    list_display = ["when", "event", "about", "words", "who"]
    list_filter = [KindFilter, TimeFilter, PersonFilter, NumberFilter]
    ordering = ["-id"]
    fields = ("id", "when", "event", "about", "words", "who", "fingerprints", "chained", "own_hash")
    readonly_fields = fields
    change_list_template = "admin/audit/list.html"

    def get_queryset(self, request):
        titles = [
            When(
                table=model._meta.db_table,
                then=Subquery(model._default_manager.filter(pk=OuterRef("row")).values("title")[:1]),
            )
            for model in (Article, Page)
        ]
        title = Case(*titles, default=Value(""), output_field=CharField())
        return super().get_queryset(request).seen_by(request.user).annotate(title=title)

    def get_urls(self):
        download = self.admin_site.admin_view(require_safe(self.download))
        return [path("unduh/", download, name="audit_entry_download"), *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        first = Entry.objects.order_by("id").values_list("at", flat=True).first()
        context = {
            "title": self.opts.verbose_name_plural.capitalize(),
            "head": chain.newest(),
            "first": first and dates.date_and_time(first),
            "query": request.GET.urlencode(),
        }
        return super().changelist_view(request, context | (extra_context or {}))

    def download(self, request):
        """The list as it is filtered, oldest first, as a CSV file for spreadsheets."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            entries = self.get_changelist_instance(request).queryset
        except IncorrectLookupParameters:
            return redirect("admin:audit_entry_changelist")
        response = StreamingHttpResponse(_csv(entries), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="jejak-audit.csv"'
        return response

    @admin.display(description="waktu")
    def when(self, entry):
        return dates.short_date_and_time(entry.at)

    @admin.display(description="peristiwa")
    def event(self, entry):
        return pieces.status(f"audit-{entry.kind}", entry.get_verb_display())

    @admin.display(description="tentang")
    def about(self, entry):
        text = described.thing(entry, entry.title or "")
        is_gone = not entry.title and entry.table in ("news_article", "news_page")
        if entry.table not in _LINKED or is_gone:
            return f"{text} (tidak ada lagi)" if is_gone else text
        return pieces.link(reverse(_LINKED[entry.table], args=[entry.row]), text)

    @admin.display(description="rincian")
    def words(self, entry):
        return described.details(entry)

    @admin.display(description="oleh")
    def who(self, entry):
        return entry.person or "bukan dari ruang redaksi"

    @admin.display(description="sidik teks (SHA-256)")
    def fingerprints(self, entry):
        return json.dumps(entry.details, ensure_ascii=False, indent=1)

    @admin.display(description="sidik baris sebelumnya")
    def chained(self, entry):
        return bytes(entry.former).hex() or "baris pertama"

    @admin.display(description="sidik baris ini")
    def own_hash(self, entry):
        return bytes(entry.hash).hex()


def _csv(entries):
    yield spreadsheets.BYTE_ORDER_MARK + spreadsheets.lines([COLUMNS], ";")
    for batch in streaming.by_id(entries, _Row):
        yield spreadsheets.lines(map(_cells, batch), ";")


def _cells(row: _Row) -> list:
    entry = Entry(**row._asdict())
    texts = json.dumps(row.details, ensure_ascii=False)
    about = [entry.get_kind_display(), entry.get_verb_display(), described.thing(entry), described.details(entry)]
    return [row.id, dates.iso(row.at), *about, row.person, row.person_id or "", texts, bytes(row.hash).hex()]
