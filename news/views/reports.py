"""Laporan: a page for looking at and printing, and a file for spreadsheets."""

from datetime import timedelta
from typing import Any, NamedTuple

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from news import reports
from news.reports import Line, Report
from news.web import dates, plots, spreadsheets, typed_dates

SHOWN = 50  # writers on the page; the file has all of them
_EXAMPLES = "13 november 2024, november 2024, 2024, kemarin, bulan lalu atau 30 hari terakhir"
_USUAL = "12 bulan terakhir"


class PeriodForm(forms.Form):
    """What somebody typed: one date for its day, month or year, or two for all between them."""

    dari = forms.CharField(label="Kurun, atau dari", max_length=80, required=False)
    sampai = forms.CharField(label="Sampai (boleh kosong)", max_length=80, required=False)

    def clean_dari(self):
        return self._span("dari")

    def clean_sampai(self):
        return self._span("sampai")

    def _span(self, name: str) -> typed_dates.Span | None:
        typed = self.cleaned_data[name]
        # In a search for articles a bare number is a word; here it is a year.
        span = typed_dates.day(f"tahun {typed}" if typed.isdecimal() else typed) if typed else None
        if typed and span is None:
            raise forms.ValidationError(f"Tanggal ini tidak dikenali. Contoh: {_EXAMPLES}.")
        return span

    def clean(self):
        first, last = self.cleaned_data.get("dari"), self.cleaned_data.get("sampai")
        if last and not first and "dari" not in self.errors:
            self.add_error("dari", "Isi juga tanggal awalnya.")
        if first and last and first.first >= last.after:
            self.add_error("sampai", "Tanggal ini lebih awal daripada tanggal awal. Tukarlah keduanya.")

    @property
    def period(self) -> typed_dates.Span | None:
        """The last twelve months if nothing is typed; None if it cannot be understood."""
        if not self.is_valid():
            return None
        first, last = self.cleaned_data["dari"], self.cleaned_data["sampai"]
        if not first:
            return typed_dates.day(_USUAL)
        return typed_dates.Span(first.first, (last or first).after)


class Row(NamedTuple):
    line: Line
    share: float  # of the largest number of reads, in percent


class Table(NamedTuple):
    title: str
    head: str  # of its first column
    rows: list[Row]
    others: Line | None  # those that are not shown, added up


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    form = _form(request)
    period = form.period
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": "Laporan",
        "form": form,
        "offered": _offered(),
        "examples": _EXAMPLES,
    }
    if period:
        report = reports.make(*period, writers=SHOWN)
        context |= {"report": report, "period": _in_words(period), "tables": _tables(report), "made": timezone.now()}
        context |= {"plots": _plots(report), "is_empty": not (report.total.reads or report.total.articles)}
    return render(request, "admin/reports/page.html", context, status=200 if period else 400)


@require_safe
def download(request: HttpRequest) -> HttpResponse:
    """All lines, also those of writers that the page adds up."""
    form = _form(request)
    if form.period is None:
        return page(request)
    report = reports.make(*form.period)
    rows: list[list[str | int]] = [["kelompok", "nama", "berita terbit", "dibaca", "pembaca"]]
    for name, lines in _groups(report):
        rows += [[name, *line] for line in lines]
    rows.append(["Jumlah", _in_words(form.period), *report.total[1:]])
    text = spreadsheets.BYTE_ORDER_MARK + spreadsheets.lines(rows, ";")
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    first, last = form.period.first.date(), (form.period.after - timedelta(seconds=1)).date()
    response["Content-Disposition"] = f'attachment; filename="laporan-{first}-{last}.csv"'
    return response


def _form(request: HttpRequest) -> PeriodForm:
    if not request.user.has_perm("news.publish_article"):
        raise PermissionDenied
    return PeriodForm(request.GET)


def _groups(report: Report) -> list[tuple[str, list[Line]]]:
    return [
        ("Bulan", report.months),
        ("Kategori", report.categories),
        ("Penulis", report.writers),
        ("Kecamatan", report.districts),
    ]


def _tables(report: Report) -> list[Table]:
    found = []
    for head, lines in _groups(report):
        highest = max((line.reads for line in lines), default=0)
        rows = [Row(line, plots.share(line.reads, highest)) for line in lines]
        rest = report.other_writers if head == "Penulis" else None
        found.append(Table(f"Menurut {head.lower()}", head, rows, rest))
    return found


def _plots(report: Report) -> list[tuple[str, plots.Plot]]:
    """By month: what was published, and what was read. One month alone is no plot."""
    if len(report.months) < 2:
        return []
    months = [(line, f"{line.name[:3]} {line.name[-2:]}") for line in report.months]
    return [
        ("Berita terbit tiap bulan", plots.columns([(line.name, mark, line.articles) for line, mark in months])),
        ("Dibaca tiap bulan", plots.columns([(line.name, mark, line.reads) for line, mark in months])),
    ]


def _in_words(period: typed_dates.Span) -> str:
    first, last = dates.date(period.first), dates.date(period.after - timedelta(seconds=1))
    return first if first == last else f"{first} sampai {last}"


def _offered() -> list[tuple[str, str]]:
    """Label and address of the periods that are asked for most."""
    typed = ("bulan ini", "bulan lalu", "tahun ini", "tahun lalu")
    links = [(each.capitalize(), reverse("admin:reports", query={"dari": each})) for each in typed]
    return [(_USUAL, reverse("admin:reports")), *links]
