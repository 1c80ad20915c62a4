"""What counts as an address: a whole one (http or https), or a path."""

import re
import secrets
from datetime import UTC, datetime
from urllib.parse import urlsplit

# Browsers take an address that starts with // or /\ for one on another site.
PATTERN = r"https?://[^\s/]\S*|/(?![/\\])\S*"
_DNS_NAME = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")


def tag_uri(address: str) -> str:
    """A new beginning of tag URIs (RFC 4151), to be followed by a path, made from the host of the address and today's
    date. Its random part keeps sites apart that were set up under one name, such as 127.0.0.1, on the same day."""
    name = (urlsplit(address).hostname or "").encode("idna").decode().lower()
    authority = name if _DNS_NAME.fullmatch(name) else "localhost"  # such as an IPv6 address
    return f"tag:{authority},{datetime.now(UTC):%Y-%m-%d}:{secrets.token_hex(4)}"
