"""Collecting the static files when they have changed, and the city's logo as one of them."""

import hashlib
import json
import logging
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder, get_finders
from django.core.files.storage import FileSystemStorage
from django.core.management import call_command

from portal.city import logo

logger = logging.getLogger("portal")


def collect(say: Callable[[str], object]) -> bool:
    """Runs collectstatic only if a file or a package has changed since the last time, because it takes seconds.
    Returns whether it did."""
    stored = settings.DATA_DIR / "static.fingerprint"
    found = fingerprint()
    if _manifest_is_complete() and stored.exists() and stored.read_bytes() == found.encode():
        return False
    say("Mengumpulkan berkas statis …")
    call_command("collectstatic", interactive=False, verbosity=0)
    stored.write_text(found)
    return True


def _manifest_is_complete() -> bool:
    try:
        return bool(json.loads((settings.STATIC_ROOT / "staticfiles.json").read_bytes())["paths"])
    except (OSError, ValueError, KeyError):
        return False


def fingerprint() -> str:
    digest = hashlib.sha256()
    for name in sorted(_packages()):
        digest.update(name.encode())
    for finder in get_finders():
        for path, storage in sorted(finder.list([]), key=lambda found: found[0]):
            status = os.stat(storage.path(path))
            digest.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _packages() -> Iterator[str]:
    """Name and version of each package, as the folder that pip keeps about it is called: to read them from its files
    takes longer than all the rest of a start that finds nothing to do."""
    for folder in map(Path, sys.path):
        yield from (path.name for pattern in ("*.dist-info", "*.egg-info") for path in folder.glob(pattern))


def warn_if_not_collected() -> None:
    """For a web server that `serve` has not prepared: every page would be a 500."""
    if not (settings.STATIC_ROOT / "staticfiles.json").exists():
        logger.warning(
            "Berkas statis belum dikumpulkan di %s, dan tanpa itu halaman tidak dapat ditampilkan: jalankan "
            "`manage.py naikkan`, lalu nyalakan server web lagi.",
            settings.STATIC_ROOT,
        )


class LogoFinder(BaseFinder):
    """Keeps the files in DATA_DIR/logo, written only when they change: `serve` compares times of change."""

    def __init__(self, *args, **kwargs):
        self.storage = FileSystemStorage(settings.DATA_DIR / "logo")

    def list(self, ignore_patterns):
        for name in self._write():
            yield name, self.storage

    def find(self, path, find_all=False, **kwargs):
        found = [self.storage.path(path)] if path in self._write() else []
        return found if find_all else next(iter(found), [])

    def check(self, **kwargs):
        return []

    def _write(self) -> Iterable[str]:
        files = logo.files(settings.CITY.logo, settings.COLOURS["light"]["brand"])
        for name, content in files.items():
            path = Path(self.storage.path(name))
            if not path.exists() or path.read_bytes() != content:
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                path.write_bytes(content)
        return files
