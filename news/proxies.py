"""Which peers are our own proxies (TRUSTED_PROXIES): only what those say about a request is believed."""

from ipaddress import IPv4Address, IPv6Address, ip_address

from django.conf import settings

THIS_HOST = "127.0.0.1"


def peer(request) -> str:
    """The address at the other end of the connection; a Unix socket has none, and its other end is this host."""
    return request.META.get("REMOTE_ADDR") or THIS_HOST


def parse(text: str) -> IPv4Address | IPv6Address:
    """An address, IPv4 also where it comes written as IPv6. Raises ValueError."""
    parsed = ip_address(text.strip())
    return getattr(parsed, "ipv4_mapped", None) or parsed


def is_trusted(address: IPv4Address | IPv6Address) -> bool:
    return any(address in network for network in settings.TRUSTED_PROXIES)
