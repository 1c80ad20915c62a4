"""Open data: CSV and JSON files with all metadata of the published articles, described at /data.

A million articles take minutes, so both files are streamed in batches with bounded memory, only a few at a time.
"""

import json
import re
import threading
from collections import defaultdict
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.db.models import Sum
from django.db.models.functions import TruncMonth
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from news import paths, photos, sitemaps
from news.forms import separator_of
from news.models import Article, DailyViews
from news.web import dates, spreadsheets, streaming
from news.web.alphabet import by_letter
from news.web.caching import public

FIELDS = {
    "id": "Nomor berita, tetap untuk selamanya.",
    "judul": "Judul berita.",
    "ringkasan": "Ringkasan dari redaksi; kosong bila tidak ada.",
    "alamat": "Alamat berita di portal ini.",
    "terbit": "Waktu terbit (ISO 8601 dengan zona waktu); hanya tanggal bila jamnya tidak diketahui.",
    "diubah": "Kapan judul, ringkasan, isi, foto utama atau ralat terakhir berubah; bila belum pernah, waktu terbit.",
    "kategori": "Nama kategori.",
    "tag": "Nama tag. Dalam CSV dipisahkan dengan titik koma.",
    "kecamatan": "Nama kecamatan, bila berita tentang satu kecamatan.",
    "penulis": "Nama penulis.",
    "peliput": "Nama peliput.",
    "editor": "Nama editor.",
    "sumber": "Asal berita bila bukan tulisan sendiri.",
    "alamat_asal": "Alamat berita di tempat asalnya.",
    "foto": "Alamat foto utama.",
    "dibaca": "Berapa kali berita dibaca, termasuk jumlah dari portal lama.",
    "dibaca_per_bulan": "Jumlah baca setiap bulan di portal ini, sampai kemarin. Dalam CSV: 2024-11:56 2024-12:3.",
    "lisensi": "Lisensi data. Dalam JSON hanya sekali, di awal berkas.",
}
AT_ONCE = 1  # downloads per process, of two threads: clients with slow connections must not occupy both
_CACHE_CONTROL = "public, max-age=300"  # caches on the way may serve it for five minutes, as /data says
_NAME, _ADDRESS = settings.DATA_LICENCE
_download_slots = threading.BoundedSemaphore(AT_ONCE)


@require_safe
@public
def page(request):
    files = [("text/csv", reverse("open-data-csv")), ("application/json", reverse("open-data-json"))]
    context = {"files": files, "fields": FIELDS, "licence": _NAME, "licence_address": _ADDRESS}
    # Not CC BY-SA, -NC or -ND, which ask for more
    context["asks_for_source"] = re.fullmatch(r"CC BY(?: [0-9.]+)?", _NAME, re.IGNORECASE) is not None
    return render(request, "news/data.html", context)


@require_safe
def as_csv(request):
    separator = separator_of(request)
    return _file_response(request, lambda: _csv_chunks(separator), "text/csv; charset=utf-8", "berita.csv")


@require_safe
def as_json(request):
    return _file_response(request, _json_chunks, "application/json", "berita.json")


def _file_response(request, make_chunks, content_type: str, name: str):
    """304 if the client already has this version, else the file, or 503 while too many others download it."""
    changed = _last_change().timestamp()
    etag = f'W/"{changed:.6f}"'  # weak: today's reads change the totals before the file counts as changed
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag, last_modified=int(changed))
    if response is None:
        response = _stream(request, make_chunks)
        if response is None:
            return _try_later()
        response["Content-Type"] = content_type
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        response["Link"] = f'<{_ADDRESS}>; rel="license"'
        response["Access-Control-Allow-Origin"] = "*"
    response["ETag"], response["Last-Modified"], response["Cache-Control"] = etag, http_date(changed), _CACHE_CONTROL
    return response


def _last_change() -> datetime:
    """When the files last changed, at least the start of this hour: renaming a category, tag or kecamatan leaves no
    time stamp. Monthly reads end with yesterday, so reads do not change the files all the time."""
    hour = timezone.localtime().replace(minute=0, second=0, microsecond=0)
    return max(filter(None, [hour, sitemaps.last_change()]))


def _stream(request, make_chunks) -> StreamingHttpResponse | None:
    """The streamed file, or None while AT_ONCE downloads are running."""
    if request.method == "HEAD":
        return StreamingHttpResponse()
    if not _download_slots.acquire(blocking=False):
        return None
    chunks = _releasing_slot(make_chunks())
    next(chunks)
    return StreamingHttpResponse(chunks)


def _try_later() -> HttpResponse:
    return HttpResponse(
        "Data sedang diunduh beberapa orang lain. Silakan coba lagi satu menit lagi.\n",
        status=503,
        content_type="text/plain; charset=utf-8",
        headers={"Cache-Control": "no-store", "Retry-After": "60"},
    )


def _releasing_slot(chunks):
    """Yields the chunks and releases the download slot at the end, or earlier when the client disconnects."""
    try:
        yield ""  # consumed by the caller: closing a generator that has not started would skip `finally`
        yield from chunks
    finally:
        _download_slots.release()


def _csv_chunks(separator: str):
    yield spreadsheets.BYTE_ORDER_MARK + spreadsheets.lines([FIELDS], separator)
    for batch in _batches():
        rows = ([_cell(value) for value in (*row.values(), _NAME)] for row in batch)
        yield spreadsheets.lines(rows, separator)


def _json_chunks():
    """One object with one article per line, for programs that read line by line."""
    about = {
        "judul": f"Data berita {settings.SITE_NAME}",
        "penerbit": settings.PUBLISHER,
        "lisensi": {"nama": _NAME, "alamat": _ADDRESS},
        "keterangan": settings.SITE_URL + reverse("open-data"),
    }
    yield json.dumps(about, ensure_ascii=False)[:-1] + ', "berita": ['
    separator = "\n"
    for batch in _batches():
        yield separator + ",\n".join(json.dumps(row, ensure_ascii=False) for row in batch)
        separator = ",\n"
    yield "\n]}\n"


def _cell(value) -> str:
    """Lists and months as one text."""
    if isinstance(value, list):
        return "; ".join(value)
    if isinstance(value, dict):
        return " ".join(f"{month}:{views}" for month, views in value.items())
    return str(value)


class _Row(NamedTuple):
    id: int
    title: str
    slug: str
    summary: str
    published_at: datetime
    time_known: bool
    changed: datetime
    category__name: str
    district__name: str | None
    author: str
    reporter: str
    editor: str
    source: str
    source_url: str
    photo__name: str | None
    photo__width: int | None
    views__counted: int | None
    views__imported: int | None


def _batches():
    """Yields lists of dicts with all FIELDS except the licence; three queries per batch."""
    for rows in streaming.by_id(Article.objects.published().with_changed(), _Row):
        pks = [row.id for row in rows]
        tags, reads = _tags(pks), _monthly_reads(pks)
        yield [_described(row, tags[row.id], reads[row.id]) for row in rows]


def _tags(pks: list[int]) -> dict[int, list[str]]:
    tags = defaultdict(list)
    pairs = Article.tags.through.objects.filter(article_id__in=pks).order_by(by_letter("tag__name"))
    for pk, name in pairs.values_list("article_id", "tag__name"):
        tags[pk].append(name)
    return tags


def _monthly_reads(pks: list[int]) -> dict[int, dict[str, int]]:
    reads: defaultdict[int, dict[str, int]] = defaultdict(dict)
    days = DailyViews.objects.filter(article_id__in=pks, day__lt=timezone.localdate())
    months = days.annotate(month=TruncMonth("day")).values_list("article_id", "month").annotate(Sum("views"))
    for pk, month, views in months.order_by("month"):
        reads[pk][f"{month:%Y-%m}"] = views
    return reads


def _described(row: _Row, tags: list[str], reads: dict[str, int]) -> dict:
    published = dates.iso(row.published_at)
    photo = photos.largest_url(row.photo__name, row.photo__width) if row.photo__name and row.photo__width else ""
    return {
        "id": row.id,
        "judul": row.title,
        "ringkasan": row.summary,
        "alamat": settings.SITE_URL + paths.article_path(row.id, row.slug),
        "terbit": published if row.time_known else published[:10],
        "diubah": dates.iso(row.changed),
        "kategori": row.category__name,
        "tag": tags,
        "kecamatan": row.district__name or "",
        "penulis": row.author,
        "peliput": row.reporter,
        "editor": row.editor,
        "sumber": row.source,
        "alamat_asal": row.source_url,
        "foto": settings.SITE_URL + photo if photo else "",
        "dibaca": (row.views__counted or 0) + (row.views__imported or 0),
        "dibaca_per_bulan": reads,
    }
