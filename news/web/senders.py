"""Who sends a request. Only our own proxies (TRUSTED_PROXIES) are trusted to name a sender other than themselves.
Addresses are stored only as a keyed hash."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

THIS_HOST = "127.0.0.1"


def peer(request: HttpRequest) -> str:
    """The address at the other end of the connection; for a Unix socket, which has none, that of this host."""
    return request.META.get("REMOTE_ADDR") or THIS_HOST


def parse(text: str) -> IPv4Address | IPv6Address:
    """An address; IPv4 also if written as IPv6 (::ffff:192.0.2.1). Raises ValueError."""
    parsed = ip_address(text.strip())
    return getattr(parsed, "ipv4_mapped", None) or parsed


def is_trusted(address: IPv4Address | IPv6Address) -> bool:
    return any(address in network for network in settings.TRUSTED_PROXIES)


def address(request: HttpRequest) -> str:
    """The right-most address of X-Forwarded-For that is not a trusted proxy, otherwise the peer's; "" if unknown.

    The header is used only if the peer is trusted, since anyone can send one.
    """
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    hops = [*(forwarded.split(",") if forwarded else []), peer(request)]
    sender = ""
    for hop in reversed(hops):
        try:
            parsed = parse(hop)
        except ValueError:
            break  # a name or garbage: addresses to the left of it are not trustworthy either
        sender = str(parsed)
        if not is_trusted(parsed):
            break
    return sender


def is_from_this_host(request: HttpRequest) -> bool:
    """Whether the request was made on this machine, and through no proxy that names its visitor in a header."""
    forwarded = ("HTTP_FORWARDED", "HTTP_X_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA")
    try:
        is_loopback = parse(peer(request)).is_loopback
    except ValueError:
        return False
    return is_loopback and not any(name.startswith(forwarded) for name in request.META)


def key(request: HttpRequest) -> str:
    """A keyed hash of the sender's address, 64 hex digits; of IPv6 only the /64, which is what one household gets."""
    sender = address(request)
    if sender and isinstance(ip_address(sender), IPv6Address):
        sender = str(ip_network(f"{sender}/64", strict=False))
    # The salt must stay: stored keys were made with it.
    return salted_hmac("comments.senders", sender, algorithm="sha256").hexdigest()
