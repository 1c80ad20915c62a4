"""Error pages. They must work when nothing else does, so only the 404 page queries the database, and it is shown
without suggestions if the database does not answer."""

import logging
from math import ceil

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import InterfaceError, OperationalError, ProgrammingError
from django.http import HttpResponse, HttpResponsePermanentRedirect
from django.template.loader import render_to_string
from django.utils.http import escape_leading_slashes

from news import missing_paths
from news.web import caching, misaddressed, reads
from news.web.throttle import Silence
from news.web.time_limit import time_limit
from portal import resending
from portal.context import SITE
from portal.request_ids import current

logger = logging.getLogger("portal")

# Of a query that is right: the server is gone or overloaded, or has no tables yet
OUTAGES = (OperationalError, InterfaceError, ProgrammingError)
PATIENCE = 500  # milliseconds per database statement for an error page


def bad_request(request, exception=None):
    if isinstance(exception, DisallowedHost):
        if request.method in ("GET", "HEAD") and misaddressed.is_site_by_www(request.META.get("HTTP_HOST", "")):
            return _moved(settings.SITE_URL + request.get_full_path())
        misaddressed.report_host(request)
        return _page(
            400,
            "Portal ini tidak dibuka dengan nama itu",
            f"Nama situs yang Anda buka bukan nama portal ini. Alamatnya: {settings.SITE_URL}",
        )
    return _page(
        400,
        "Permintaan tidak dapat dibaca",
        "Alamat atau isian yang dikirim rusak. Periksa kembali alamatnya, lalu coba sekali lagi.",
    )


def _moved(address: str) -> HttpResponse:
    """A permanent redirect that is cached like a page, so that it can be corrected."""
    response = HttpResponsePermanentRedirect(address)
    response["Cache-Control"] = caching.PUBLIC
    return response


def forbidden(request, exception=None):
    return _page(403, "Tidak diizinkan", "Anda tidak mempunyai izin untuk membuka halaman ini.")


def outside_office(request):
    return _page(
        403,
        "Ruang redaksi tidak dapat dibuka dari sini",
        "Ruang redaksi hanya dapat dibuka dari jaringan kantor. Sambungkan perangkat ini ke jaringan itu atau ke VPN "
        "kantor, lalu coba sekali lagi; bila tetap tidak dapat, hubungi pengelola portal.",
    )


# Of the reasons in django.middleware.csrf, those about an address. Browsers may also send none.
_OTHER_ADDRESS = ("does not match any trusted origins", "Referer is insecure")


def csrf_failure(request, reason=""):
    if any(text in reason for text in _OTHER_ADDRESS):
        misaddressed.report_origin(request)
        return _page(
            403,
            "Formulir ini dikirim dari alamat lain",
            f"Portal ini hanya menerima formulir dari alamatnya sendiri, {settings.SITE_URL}. Bukalah alamat itu, "
            "lalu coba sekali lagi. Bila memang itu yang Anda buka, hubungi pengelola portal.",
        )
    response = _page(
        403,
        "Formulir sudah kedaluwarsa",
        "Kiriman itu tidak tersimpan. Tekan tombol Kembali di peramban: yang Anda tulis biasanya masih ada di sana. "
        "Salin dahulu, kemudian buka formulirnya di tab baru, tempelkan, dan kirim. Pastikan kuki peramban aktif.",
    )
    response.is_expired_form = True  # type: ignore[attr-defined]  # portal.unsaved brings it back where it can
    return response


def not_found(request, exception=None):
    """404, or 301 if an editor has set a target for the missing address (MissingPath), or its end does not belong to
    it (news.trailing)."""
    wants_news = request.method in ("GET", "HEAD") and not request.path.startswith(settings.ADMIN_PATH)
    target = _query_database("target", lambda: missing_paths.target(request)) if wants_news else None
    response: HttpResponse
    if target:
        response = _moved(target)
    else:
        way_out = _query_database("way out", lambda: missing_paths.way_out(request)) if wants_news else None
        response = _page(
            404,
            "Halaman tidak ditemukan",
            "Mungkin alamatnya salah ketik, atau halamannya sudah dipindahkan. Coba cari beritanya di bawah ini.",
            way_out=way_out,
        )
    # Cached like any page: otherwise nginx would serve a withdrawn article from its cache while the database is down.
    # AdminBoundaryMiddleware makes the admin's own 404s private.
    response["Cache-Control"] = caching.PUBLIC
    return response


# Separate, so that slow suggestions do not stop old addresses from redirecting.
pauses = {"target": Silence(seconds=5), "way out": Silence(seconds=5)}


def _query_database(kind: str, query):
    """The result of `query`, or None if the database is down, slow, or fails in any other way."""
    if pauses[kind]:
        return None
    try:
        with time_limit(PATIENCE):
            return query()
    except Exception as error:
        if reads.alias() != reads.PRIMARY:
            with reads.using(reads.PRIMARY):
                return _query_database(kind, query)
        pauses[kind].begin()
        logger.warning("Halaman galat tanpa basis data: %s", str(error).strip().partition("\n")[0])
        return None


def method_not_allowed(request, allowed: str):
    """405; `allowed` is the value for the Allow header."""
    response = _page(
        405,
        "Cara ini tidak dilayani",
        "Alamat ini tidak menerima kiriman semacam itu. Kembali ke halaman sebelumnya, lalu coba dengan cara biasa.",
    )
    response["Allow"] = allowed
    return response


def conflict(request, sentences: list[str]):
    """409 for what the newsroom may not do, or not any more, because of what is stored now. `sentences`: why."""
    return _page(
        409,
        "Belum tersimpan",
        " ".join(sentences)
        or "Yang hendak Anda ubah baru saja berubah, oleh orang lain atau karena waktunya tiba. Tekan tombol Kembali "
        "di peramban: yang Anda tulis biasanya masih ada di sana. Muat ulang halamannya, lalu coba sekali lagi.",
    )


def too_large(request):
    return _page(
        413, "Kiriman terlalu besar", "Isian yang dikirim terlalu besar. Kurangi isinya, lalu coba sekali lagi."
    )


def server_error(request):
    """Tells the end of the request's id, by which the operator finds the error in the log."""
    this = current.get()
    hint = f" Bila terulang, sebutkan kode {this.number} kepada pengelola portal." if this else ""
    return _page(
        500,
        "Terjadi kesalahan pada server",
        "Maaf, halaman ini belum dapat ditampilkan. Kesalahan sudah dicatat. Silakan coba beberapa saat lagi." + hint,
    )


def unavailable(request):
    """503, with what was sent, if anything: nothing that somebody wrote is lost."""
    if sent := resending.fields(request):
        response = _page(
            503,
            "Kiriman Anda belum tersimpan",
            "Maaf, portal sedang dalam perbaikan singkat. Yang Anda tulis masih ada di halaman ini: tunggu sebentar, "
            "lalu tekan Kirim lagi. Berkas yang dilampirkan perlu dipilih lagi.",
            sent=sent,
            sent_to=escape_leading_slashes(request.get_full_path()),
        )
    else:
        response = _page(
            503,
            "Portal sedang tidak dapat dijangkau",
            "Maaf, portal sedang dalam perbaikan singkat. Silakan muat ulang halaman ini sebentar lagi.",
        )
    response["Retry-After"] = "5"
    return response


def too_many_logins(request, seconds: int):
    """429 for a log-in that must wait this long."""
    if seconds < 10:
        text = "Sedang banyak yang masuk bersamaan. Tunggu beberapa detik, lalu coba lagi."
    else:
        pause = f"{seconds} detik" if seconds <= 90 else f"{ceil(seconds / 60)} menit"
        text = (
            f"Kata sandi atau kode salah dimasukkan berkali-kali. Tunggu {pause}, lalu coba lagi. "
            "Lupa kata sandi, atau ponsel hilang? Hubungi pengelola portal."
        )
    response = _page(429, "Terlalu banyak percobaan masuk", text)
    response["Retry-After"] = str(seconds)
    return response


def _page(status: int, title: str, text: str, **more) -> HttpResponse:
    context = {"status": status, "title": title, "text": text, **more, **SITE}
    content: str
    try:
        content = render_to_string("portal/error.html", context)
    except Exception:  # last resort: a broken error page must still produce a response
        logger.exception("The error page itself failed")
        content = f"<!doctype html><html lang=id><title>{title}</title><h1>{title}</h1><p>{text}</p></html>"
    response = HttpResponse(content, status=status)
    if status != 404:
        response["Cache-Control"] = "no-store"
    return response
