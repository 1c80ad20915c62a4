"""The city's logo as static files, which `collectstatic` gives hashed names like all others."""

import logging
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

from portal.city import logo

logger = logging.getLogger("portal")


def warn_if_not_collected() -> None:
    """For a web server that `serve` has not prepared: every page would be a 500."""
    if not (settings.STATIC_ROOT / "staticfiles.json").exists():
        logger.warning(
            "Berkas statis belum dikumpulkan di %s, dan tanpa itu halaman tidak dapat ditampilkan: jalankan "
            "`manage.py collectstatic --noinput`, lalu nyalakan server web lagi.",
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
