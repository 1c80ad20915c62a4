"""Who sends a request. Only our own proxies (TRUSTED_PROXIES) are trusted to name a sender other than themselves.
Addresses are stored only as a keyed hash."""

import logging
import re
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from news.web.throttle import AtMost

THIS_HOST = "127.0.0.1"
_REMEMBERED = 100  # characters of X-Forwarded-For; longer ones are parsed each time, or they would fill the memory
# Where a proxy of one's own may stand: in the office's network, on a network of containers, at a provider
_PRIVATE = [
    ip_network(each)
    for each in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "169.254.0.0/16",
        "fc00::/7",
        "fe80::/10",
    )
]
# With a port, as some load balancers write it: 203.0.113.9:51234, [2001:db8::1]:443
_WITH_PORT = re.compile(r"(?:\[(?P<ipv6>[^\[\]]+)\]|(?P<ipv4>[0-9.]+))(?::[0-9]{1,5})?")

logger = logging.getLogger(__name__)
warnings = AtMost(1, seconds=3600)


def peer(request: HttpRequest) -> str:
    """The address at the other end of the connection; for a Unix socket, which has none, that of this host."""
    return request.META.get("REMOTE_ADDR") or THIS_HOST


def parse(text: str) -> IPv4Address | IPv6Address:
    """An address, also one with a port; IPv4 also if written as IPv6 (::ffff:192.0.2.1). Raises ValueError."""
    text = text.strip()
    if match := _WITH_PORT.fullmatch(text):
        text = match["ipv6"] or match["ipv4"]
    parsed = ip_address(text)
    return getattr(parsed, "ipv4_mapped", None) or parsed


def is_trusted(address: IPv4Address | IPv6Address) -> bool:
    return _is_in(address, settings.TRUSTED_PROXIES)


def is_behind_trusted(request: HttpRequest) -> bool:
    """Whether a trusted proxy sent the request, so that what its headers say of the proxy is true."""
    try:
        return is_trusted(parse(peer(request)))
    except ValueError:
        return False


def _is_in(address: IPv4Address | IPv6Address, networks: Iterable[IPv4Network | IPv6Network]) -> bool:
    return any(address in network for network in networks)


def address(request: HttpRequest) -> str:
    """The right-most address of X-Forwarded-For that is not a trusted proxy, otherwise the peer's; "" if unknown.

    The header is used only if the peer is trusted, since anyone can send one.
    """
    return _address(request.META.get("HTTP_X_FORWARDED_FOR", ""), peer(request), settings.TRUSTED_PROXIES)


def _address(forwarded: str, peer: str, trusted: Iterable[IPv4Network | IPv6Network]) -> str:
    hops = [*(forwarded.split(",") if forwarded else []), peer]
    sender = ""
    for hop in reversed(hops):
        try:
            parsed = parse(hop)
        except ValueError:
            break  # a name or garbage: addresses to the left of it are not trustworthy either
        sender = str(parsed)
        if not _is_in(parsed, trusted):
            break
    return sender


def is_in(request: HttpRequest, networks: Iterable[IPv4Network | IPv6Network]) -> bool:
    """Whether the sender's address is in one of these networks; not if nobody knows the address."""
    known = address(request)
    return bool(known) and _is_in(ip_address(known), networks)


def warn_of_unknown_proxy(request: HttpRequest) -> None:
    """Logs, once an hour, that a proxy seems to be missing in TRUSTED_PROXIES: all its readers count as one sender."""
    if "HTTP_X_FORWARDED_FOR" not in request.META:
        return
    try:
        address = parse(peer(request))
    except ValueError:
        return
    if not is_trusted(address) and _is_in(address, _PRIVATE) and warnings.take():
        logger.warning(
            "Permintaan diteruskan oleh %s, yang tidak ada di TRUSTED_PROXIES: semua warga tampak sebagai satu "
            "pengirim dan berbagi satu batas. Bila itu proxy Anda, tambahkan ke TRUSTED_PROXIES.",
            address,
        )


def is_from_this_host(request: HttpRequest) -> bool:
    """Whether the request was made on this machine, and through no proxy that names its visitor in a header."""
    forwarded = ("HTTP_FORWARDED", "HTTP_X_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA")
    try:
        is_loopback = parse(peer(request)).is_loopback
    except ValueError:
        return False
    return is_loopback and not any(name.startswith(forwarded) for name in request.META)


def network(request: HttpRequest) -> str:
    """The sender's address; of IPv6 only the /64, which is what one household gets. "" if unknown."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    find = _network if len(forwarded) <= _REMEMBERED else _network.__wrapped__
    return find(forwarded, peer(request), tuple(settings.TRUSTED_PROXIES))


@lru_cache(maxsize=10_000)
def _network(forwarded: str, peer: str, trusted: tuple) -> str:
    sender = _address(forwarded, peer, trusted)
    if sender and isinstance(ip_address(sender), IPv6Address):
        return str(ip_network(f"{sender}/64", strict=False))
    return sender


def key(request: HttpRequest) -> str:
    """A keyed hash of the sender's network, 64 hex digits."""
    # The salt must stay: stored keys were made with it.
    return salted_hmac("comments.senders", network(request), algorithm="sha256").hexdigest()
