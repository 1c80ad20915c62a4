"""The city's logo as static files, which `collectstatic` gives hashed names like all others."""

from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

from portal.city import logo


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
