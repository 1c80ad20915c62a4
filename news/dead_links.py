"""Which addresses on this site lead readers nowhere. Other sites are not asked: that takes seconds, and tells them
what is being written."""

from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

from django.conf import settings

from news import existing, old_addresses
from news.models.missing_paths import is_ours
from news.web import old_shapes

AT_ONCE = 100  # addresses that are looked at; each takes a query


def dead(addresses: Iterable[str]) -> tuple[str, ...]:
    """Those that lead nowhere, in their order."""
    return tuple(address for address in [*addresses][:AT_ONCE] if is_dead(address))


def is_dead(address: str) -> bool:
    """Whether readers would find nothing: no such page here, a draft, a withdrawn article, the newsroom, or a host
    without a domain."""
    try:
        parts = urlsplit(address)
    except ValueError:  # brackets that enclose no IPv6 address
        return True
    if parts.scheme in ("mailto", "tel"):
        return False
    if parts.netloc and parts.netloc != urlsplit(settings.SITE_URL).netloc:
        return "." not in (parts.hostname or "").strip(".") and ":" not in (parts.hostname or "")
    if not parts.path:  # a place on the same page
        return False
    path = unquote(parts.path)
    if "\0" in path:  # Postgres stores none
        return True
    if existing.is_there(path.rstrip("/") or "/"):
        return False
    address = old_addresses.leads_to(path, parts.query)
    return not address or (is_ours(address) and not existing.is_there(old_shapes.path_and_query(address)[0]))
