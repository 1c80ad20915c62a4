"""What tells whether two processes work with the same secret key and the same folders, and nothing else about them.
Of a bucket in the place of a folder: also whose it is."""

import logging
import secrets
import socket
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.core.files import File
from django.utils.crypto import salted_hmac

from news.pageviews.salt import create_once
from portal.bucket.place import bucket

if TYPE_CHECKING:
    from portal.bucket.storage import Bucket

logger = logging.getLogger("portal")

NAME = ".id"  # in the folders that hosts share, and in a bucket
LENGTH = 32


class Marks(NamedTuple):
    key: str
    media: str  # "": unknown
    documents: str


class Owner(NamedTuple):
    """What stands in a bucket."""

    id: str
    site: str  # "": it was copied there with the rest of a folder, and nobody has written more
    key: str


class Foreign(Exception):
    """A bucket is another portal's; the message is one Indonesian sentence."""


def key_mark() -> str:
    """Tells whether two portals have the same secret key, and nothing else about it."""
    return salted_hmac("portal.backup", "kunci", algorithm="sha256").hexdigest()


def own_marks() -> Marks:
    return Marks(key_mark(), _media(), _read(settings.DOCUMENTS_ROOT / NAME))


def own_place() -> tuple[str, str]:
    """Which host this is: its journals, which no other host has, and its name, which a copied disk may have, too."""
    return _read(settings.PAGEVIEWS_DIR / "id"), socket.gethostname()[:253]


def _read(path: Path) -> str:
    with suppress(OSError, UnicodeDecodeError):
        return path.read_text()[:LENGTH]
    return ""


def _media() -> str:
    if (store := bucket()) is None:
        return _read(settings.MEDIA_ROOT / NAME)
    with suppress(OSError):
        owner = owner_of(store)
        return owner.id if owner else ""
    return ""


def mark_folders() -> None:
    """Gives each folder a file with an id: its path says nothing, for another disk may be mounted there."""
    with suppress(OSError):
        _mark(settings.PAGEVIEWS_DIR / "id")
    if (store := bucket()) is not None:
        with suppress(OSError, Foreign):  # so does /sehat
            mark_bucket(store)
    for folder in (settings.DOCUMENTS_ROOT,) if store else (settings.MEDIA_ROOT, settings.DOCUMENTS_ROOT):
        with suppress(OSError):  # /sehat tells that it cannot be written
            folder.mkdir(exist_ok=True)  # with the rights that the first photo would give it
            _mark(folder / NAME, mode=0o644)


def _mark(path: Path, *, mode: int = 0o600) -> None:
    if not path.exists():
        create_once(path, secrets.token_hex(LENGTH // 2), mode=mode)


# ---- A bucket


def owner_of(store: "Bucket") -> Owner | None:
    """None: nobody has marked it yet. Raises OSError."""
    try:
        with store.open(NAME) as file:
            identity, site, key = f"{file.read(1000).decode(errors='replace')}\n\n".split("\n")[:3]
    except FileNotFoundError:
        return None
    return Owner(identity[:LENGTH], site, key)


def refuse_foreign(store: "Bucket") -> Owner | None:
    """As `owner_of`. Raises Foreign if another portal has marked it: one that has neither our key nor our site."""
    owner = owner_of(store)
    if owner and owner.site and owner.site != settings.SITE_URL and owner.key != key_mark():
        raise Foreign(
            f"Wadah {store.bucket_name} berisi foto portal lain ({owner.site}): beri setiap portal wadahnya sendiri "
            f"di MEDIA_S3_URL. Bila portal ini penggantinya, hapuslah objek {NAME} di wadah itu."
        )
    return owner


def mark_bucket(store: "Bucket") -> None:
    """Makes it this portal's, with the id that it has, and tells if it was another's. Raises Foreign, OSError."""
    owner = refuse_foreign(store)
    ours = Owner(owner.id if owner else secrets.token_hex(LENGTH // 2), settings.SITE_URL, key_mark())
    if owner and owner.site and owner.key != ours.key:
        logger.warning(
            "Wadah %s tadinya milik portal dengan kunci rahasia lain, dan kini milik portal ini. Bila ini mesin "
            "percobaan, kosongkan MEDIA_S3_URL atau beri ia wadah sendiri.",
            store.bucket_name,
        )
    if owner != ours:
        write(store, ours)


def write(store: "Bucket", owner: Owner) -> None:
    """Raises OSError."""
    store.save(NAME, File(BytesIO("\n".join(owner).encode())))
