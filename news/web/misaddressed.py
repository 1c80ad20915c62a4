"""Requests that suggest a wrong ALLOWED_HOSTS or SITE_URL: one line in the log per name and hour.

Scanners send other host names all day, so the number of names is limited, too."""

import logging
from urllib.parse import urlsplit

from django.conf import settings

from news.web.throttle import AtMost

logger = logging.getLogger("portal")

HOUR = 3600  # seconds
_LONGEST = 100  # characters of a name in the log
_each_name = AtMost(1, seconds=HOUR)
_all_names = AtMost(20, seconds=HOUR)


def is_site_by_www(host: str) -> bool:
    """Whether the host, perhaps with a port, is the site's own name with "www." before it, or without it."""
    name, own = host.partition(":")[0].lower().rstrip("."), urlsplit(settings.SITE_URL).hostname or ""
    return name != own and name.removeprefix("www.") == own.removeprefix("www.")


def report_host(request) -> None:
    """The Host header is not in ALLOWED_HOSTS."""
    name = request.META.get("HTTP_HOST", "")
    _report(
        f"host {name}",
        "Permintaan untuk nama %s ditolak. Bila portal memang dibuka dengan nama itu, tambahkan ke ALLOWED_HOSTS "
        "(sekarang: %s).",
        _shown(name),
        ", ".join(settings.ALLOWED_HOSTS),
    )


def report_origin(request) -> None:
    """A form of the newsroom came from an address other than SITE_URL."""
    origin = request.META.get("HTTP_ORIGIN") or request.META.get("HTTP_REFERER", "")
    _report(
        f"origin {origin}",
        "Formulir dari %s ditolak, karena SITE_URL adalah %s. Bila portal memang dibuka di alamat yang pertama, "
        "ubah SITE_URL.",
        _shown(origin),
        settings.SITE_URL,
    )


def report_redirect(request) -> None:
    """SITE_URL begins with https, and no header says that the visitor used it: every page redirects to itself.

    The proxy that ends TLS must send X-Forwarded-Proto. The supervisor's own request, which has no User-Agent, is not
    reported."""
    if "HTTP_X_FORWARDED_PROTO" in request.META or "HTTP_USER_AGENT" not in request.META:
        return
    name = request.META.get("HTTP_HOST", "")
    _report(
        f"redirect {name}",
        "Permintaan untuk %s dialihkan ke https, karena SITE_URL adalah %s dan tidak ada X-Forwarded-Proto. "
        "Atur proksi agar mengirimnya, atau ubah SITE_URL bila portal memang dibuka tanpa https.",
        _shown(name),
        settings.SITE_URL,
    )


def _report(key: str, message: str, *values: str) -> None:
    if _each_name.take(key) and _all_names.take():
        logger.warning(message, *values)


def _shown(name: str) -> str:
    return ascii(name[:_LONGEST])
