"""Who sends a request, as far as limits need to know it: an address never leaves this module but as a keyed hash."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.utils.crypto import salted_hmac


def address(request) -> str:
    """The right-most address of X-Forwarded-For that is no trusted proxy, else the peer's own; "" where unknown.

    Only a trusted peer's header is believed, since anyone can send one.
    """
    peer = request.META.get("REMOTE_ADDR") or "127.0.0.1"  # a Unix socket has no address: its other end is this host
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    hops = [*forwarded.split(","), peer] if forwarded else [peer]
    sender = ""
    for hop in reversed(hops):
        try:
            parsed = ip_address(hop.strip())
        except ValueError:
            break  # a name or rubbish: what stands left of it is not to be believed either
        mapped = getattr(parsed, "ipv4_mapped", None)
        sender = str(mapped or parsed)
        if not any((mapped or parsed) in network for network in settings.TRUSTED_PROXIES):
            break
    return sender


def key(request) -> str:
    """A keyed hash of the sender's address, IPv6 by its /64, which is what one household gets; 64 hex digits."""
    sender = address(request)
    if sender and isinstance(ip_address(sender), IPv6Address):
        sender = str(ip_network(f"{sender}/64", strict=False))
    return salted_hmac("comments.senders", sender, algorithm="sha256").hexdigest()
