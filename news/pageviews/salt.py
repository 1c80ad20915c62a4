"""The salt of the readers' buckets: random, renewed daily, in a file of PAGEVIEWS_DIR that nginx includes.

With the salt one can try which addresses fit a bucket; once it is replaced, nobody can. A process uses the salt that
it found at the beginning of an hour until the next, since readers count once an hour; nginx reads it when it is
reloaded.
"""

import os
import re
import secrets
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from django.utils import timezone

FILE = "salt.conf"
_MODE = 0o640  # as journals: nginx's main process reads it as root, another through the folder's group
_TEXT = """\
# Garam hari ini untuk penghitung pembaca. Dibuat oleh portal; nginx membacanya saat dimuat ulang. Rahasia.
geo $portal_salt { default %s; }
"""
_SALT = re.compile(r"^geo \$portal_salt { default ([0-9a-f]{32}); }$", re.MULTILINE)


def current(folder: Path) -> str:
    """The salt of this folder, created if there is none, once, however many processes do so. Raises OSError."""
    salt = _read(folder / FILE)
    if salt is None:
        create_once(folder / FILE, _new(), mode=_MODE)
        salt = _read(folder / FILE)
    if salt is None:
        _replace(folder)  # not ours, or damaged
        salt = _read(folder / FILE)
    return salt or ""


def renew(folder: Path) -> bool:
    """Makes today's salt unless the folder has it; returns whether it did. Days begin in the city's time zone."""
    try:
        made = datetime.fromtimestamp((folder / FILE).stat().st_mtime, UTC)
    except FileNotFoundError:
        current(folder)
        return True
    if timezone.localdate(made) == timezone.localdate():
        return False
    _replace(folder)
    return True


def create_once(path: Path, text: str, *, mode: int = 0o600) -> None:
    """Creates a whole file, and its folder, unless it exists; of several processes that do so the first wins."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = _draft(path, text, mode)
    try:
        with suppress(FileExistsError):
            os.link(draft, path)  # atomic, and fails if another process was first
    finally:
        draft.unlink()


def _read(path: Path) -> str | None:
    with suppress(FileNotFoundError):
        if match := _SALT.search(path.read_text(errors="replace")):
            return match[1]
    return None


def _replace(folder: Path) -> None:
    _draft(folder / FILE, _new(), _MODE).replace(folder / FILE)


def _new() -> str:
    return _TEXT % secrets.token_hex(16)


def _draft(path: Path, text: str, mode: int) -> Path:
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())  # after a power cut the file could be empty
    return draft
