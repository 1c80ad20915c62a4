"""What tells whether two processes work with the same secret key and the same folders, and nothing else about them."""

import secrets
import socket
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.utils.crypto import salted_hmac

from news.pageviews.salt import create_once

NAME = ".id"  # in the folders that hosts share
LENGTH = 32


class Marks(NamedTuple):
    key: str
    media: str  # "": unknown
    documents: str


def key_mark() -> str:
    """Tells whether two portals have the same secret key, and nothing else about it."""
    return salted_hmac("portal.backup", "kunci", algorithm="sha256").hexdigest()


def own_marks() -> Marks:
    return Marks(key_mark(), _read(settings.MEDIA_ROOT / NAME), _read(settings.DOCUMENTS_ROOT / NAME))


def own_place() -> tuple[str, str]:
    """Which host this is: its journals, which no other host has, and its name, which a copied disk may have, too."""
    return _read(settings.PAGEVIEWS_DIR / "id"), socket.gethostname()[:253]


def _read(path: Path) -> str:
    with suppress(OSError, UnicodeDecodeError):
        return path.read_text()[:LENGTH]
    return ""


def mark_folders() -> None:
    """Gives each folder a file with an id: its path says nothing, for another disk may be mounted there."""
    with suppress(OSError):
        _mark(settings.PAGEVIEWS_DIR / "id")
    for folder in (settings.MEDIA_ROOT, settings.DOCUMENTS_ROOT):
        with suppress(OSError):  # /sehat tells that it cannot be written
            folder.mkdir(exist_ok=True)  # with the rights that the first photo would give it
            _mark(folder / NAME, mode=0o644)


def _mark(path: Path, *, mode: int = 0o600) -> None:
    if not path.exists():
        create_once(path, secrets.token_hex(LENGTH // 2), mode=mode)
