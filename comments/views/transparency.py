"""/transparansi: monthly figures about the moderation of comments."""

from datetime import date
from itertools import groupby

from django.conf import settings
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from comments.models import MonthFigures, Reason
from news.web import dates
from news.web.caching import public

RECENT = 12  # months with figures on the first page; older ones are links


@require_safe
@public
def transparency(request):
    recent = list(MonthFigures.objects.all()[:RECENT])
    older = MonthFigures.objects.values_list("month", flat=True)[RECENT:]
    most = max((month.figures["received"] for month in recent), default=0)
    context = {
        "months": [
            each.figures
            | {
                "name": dates.month(each.month.year, each.month.month),
                "address": _address(each.month),
                "rejected": sum(each.figures["rejected"].values()),
                "bar": _percent(each.figures["received"], most),
            }
            for each in recent
        ],
        "years": [
            (year, [(dates.MONTHS[month.month - 1], _address(month)) for month in months])
            for year, months in groupby(older, key=lambda month: month.year)
        ],
        "queue": recent[0].figures.get("queue") if recent else None,
        "computed_at": recent[0].computed_at if recent else None,
    }
    return render(request, "comments/transparency.html", context)


@require_safe
@public
def month_page(request, year, month):
    try:
        first = date(int(year), int(month), 1)
    except ValueError as error:  # the year 0
        raise Http404 from error
    found = get_object_or_404(MonthFigures, month=first)
    months = MonthFigures.objects.order_by("month").values_list("month", flat=True)
    before, after = months.filter(month__lt=first).last(), months.filter(month__gt=first).first()
    figures = found.figures
    name = dates.month(first.year, first.month)
    context = {
        "name": name,
        "description": f"Komentar warga di {settings.SITE_NAME} pada {name}: diterima, ditampilkan, ditolak menurut "
        "alasan, dan waktu sampai diputuskan.",
        "address": _address(first),
        "computed_at": found.computed_at,
        "is_running": after is None,
        "figures": figures,
        "tables": [_table(*parts) for parts in _tables(figures)],
        "median": in_words(figures["median_minutes"]) if figures["decided"] else "",
        "before": before and _address(before),
        "after": after and _address(after),
    }
    return render(request, "comments/transparency_month.html", context)


def _tables(figures: dict):
    """Yields (caption, [(label, number)]) in page order; the template omits tables without rows."""
    yield (
        "Komentar",
        [
            ("Diterima", figures["received"]),
            ("Ditampilkan", figures["approved"]),
            ("Ditolak", sum(figures["rejected"].values())),
            ("Disembunyikan setelah sempat tampil", sum(figures["hidden"].values())),
            ("Ditampilkan setelah semula ditolak", figures["restored"]),
            ("Dihapus penulisnya", figures["deleted"]),
        ],
    )
    yield "Alasan penolakan", _by_reason(figures["rejected"])
    yield "Alasan penyembunyian", _by_reason(figures["hidden"])
    yield (
        "Laporan pembaca",
        [
            ("Laporan diterima", figures["reports"]),
            ("Komentarnya disembunyikan", figures["reports_followed"]),
            ("Komentarnya tetap tampil", figures["reports_dismissed"]),
        ],
    )
    yield (
        "Tindak lanjut",
        [
            ("Jawaban resmi dinas", figures["answers"]),
            ("Keluhan yang diteruskan", figures["forwarded"]),
            ("Ralat berita", figures["corrections"]),
        ],
    )


def _by_reason(numbers: dict) -> list[tuple[str, int]]:
    rows = [(Reason(reason).label, number) for reason, number in numbers.items()]
    return sorted(rows, key=lambda row: -row[1])


def _table(caption: str, rows: list[tuple[str, int]]) -> dict:
    most = max((number for _, number in rows), default=0)
    return {"caption": caption, "rows": [(label, number, _percent(number, most)) for label, number in rows]}


def _percent(number: int, most: int) -> int:
    """The length of a bar, at least 1 for a number above 0."""
    return max(round(100 * number / most), 1) if number else 0


def _address(month: date) -> str:
    return reverse("transparency-month", args=[month.year, month.month])


def in_words(minutes: int) -> str:
    """`5 jam 20 menit`, `3 hari 4 jam`."""
    hours, minutes = divmod(minutes, 60)
    if hours >= 48:
        days, hours = divmod(hours, 24)
        return f"{days} hari {hours} jam" if hours else f"{days} hari"
    if not hours:
        return f"{minutes} menit" if minutes else "kurang dari satu menit"
    return f"{hours} jam {minutes} menit" if minutes else f"{hours} jam"
