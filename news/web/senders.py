"""Who sends a request. Of peers only our own proxies (TRUSTED_PROXIES) are believed what they say about that. What is
kept of an address is a keyed hash."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

THIS_HOST = "127.0.0.1"


def peer(request: HttpRequest) -> str:
    """The address at the other end of the connection; a Unix socket has none, and its other end is this host."""
    return request.META.get("REMOTE_ADDR") or THIS_HOST


def parse(text: str) -> IPv4Address | IPv6Address:
    """An address, IPv4 also where it comes written as IPv6. Raises ValueError."""
    parsed = ip_address(text.strip())
    return getattr(parsed, "ipv4_mapped", None) or parsed


def is_trusted(address: IPv4Address | IPv6Address) -> bool:
    return any(address in network for network in settings.TRUSTED_PROXIES)


def address(request: HttpRequest) -> str:
    """The right-most address of X-Forwarded-For that is no trusted proxy, else the peer's own; "" where unknown.

    Only a trusted peer's header is believed, since anyone can send one.
    """
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    hops = [*(forwarded.split(",") if forwarded else []), peer(request)]
    sender = ""
    for hop in reversed(hops):
        try:
            parsed = parse(hop)
        except ValueError:
            break  # a name or rubbish: what stands left of it is not to be believed either
        sender = str(parsed)
        if not is_trusted(parsed):
            break
    return sender


def key(request: HttpRequest) -> str:
    """A keyed hash of the sender's address, IPv6 by its /64, which is what one household gets; 64 hex digits."""
    sender = address(request)
    if sender and isinstance(ip_address(sender), IPv6Address):
        sender = str(ip_network(f"{sender}/64", strict=False))
    # The salt is as old as the keys that are stored.
    return salted_hmac("comments.senders", sender, algorithm="sha256").hexdigest()
