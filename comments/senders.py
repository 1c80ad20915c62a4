"""Who sends a request, as far as limits need to know it: what is kept of an address is a keyed hash."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.db import connection
from django.utils.crypto import salted_hmac

from news import proxies


def address(request) -> str:
    """The right-most address of X-Forwarded-For that is no trusted proxy, else the peer's own; "" where unknown.

    Only a trusted peer's header is believed, since anyone can send one.
    """
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    hops = [*(forwarded.split(",") if forwarded else []), proxies.peer(request)]
    sender = ""
    for hop in reversed(hops):
        try:
            parsed = proxies.parse(hop)
        except ValueError:
            break  # a name or rubbish: what stands left of it is not to be believed either
        sender = str(parsed)
        if not proxies.is_trusted(parsed):
            break
    return sender


def key(request) -> str:
    """A keyed hash of the sender's address, IPv6 by its /64, which is what one household gets; 64 hex digits."""
    sender = address(request)
    if sender and isinstance(ip_address(sender), IPv6Address):
        sender = str(ip_network(f"{sender}/64", strict=False))
    return salted_hmac("comments.senders", sender, algorithm="sha256").hexdigest()


def take_turn(sender_key: str) -> None:
    """Waits until no other transaction is at work for this sender; until the end of the present one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [sender_key])
