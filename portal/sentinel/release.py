"""Whether the portal's own program is still what was installed: its code and templates, the collected static files,
and the packages that it uses.

`record()` writes the checksum of each file to DATA_DIR at the step of an update that people take on purpose: the
command `naikkan`, and `serve` when the version or the commit is another one. Packages come with checksums of their
own. This finds changes by intruders and colleagues; who may write all that the portal may can write the record, too.
"""

import base64
import hashlib
import json
import os
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from news.models import Finding
from portal import notes

RECORD = "rilis.json"
MOST = 50  # findings of one scan
_BATCH = 50  # files
_TEXTS = (".py", ".html", ".js", ".css", ".txt", ".pth")  # of packages; programs in machine code are large
_STATIC, _PACKAGES = "berkas statis: ", "paket: "
# In the folder of the code, but no part of the running program: data and settings, and what developers read and run
_NOT_CODE = {"var", "portal.env", "docs", "tests", "bench", "findings", "CHANGELOG.md", "README.md"}


class Change(NamedTuple):
    file: str
    what: str


def record() -> None:
    """What is installed now is what is meant to be."""
    _write(_release(), dict(filter(None, _sums())))


def record_if_new(*, static: bool) -> None:
    """For `serve`, which starts again after a crash, too: that must not hide what an intruder changed. `static`: it
    has just collected the static files."""
    known = _recorded()
    if known.get("rilis") != _release():
        record()
    elif static:
        of_code = {name: checksum for name, checksum in known["berkas"].items() if not name.startswith(_STATIC)}
        of_static = {name: checksum for name, checksum in filter(None, _sums()) if name.startswith(_STATIC)}
        _write(known["rilis"], of_code | of_static)


def _write(release: list[str], checksums: dict[str, str]) -> None:
    notes.write(settings.DATA_DIR / RECORD, {"rilis": release, "berkas": checksums})


def check() -> Iterator[int]:
    """Notes findings; yields how many files were read."""
    if not _recorded():
        record()  # the first scan
    found = 0
    for change in _changes():
        if change is None:
            yield _BATCH
            continue
        found += 1
        if found <= MOST:
            Finding.objects.note(Finding.Kind.RELEASE, change.file, "", change.what)
    if found > MOST:
        Finding.objects.note(Finding.Kind.RELEASE, "kode portal", "", f"dan lainnya: lebih dari {MOST} berkas")


def _changes() -> Iterator[Change | None]:
    """None after each batch of files."""
    expected = _recorded().get("berkas", {})
    missing = set(expected)
    for each in _sums():
        if each is None:
            yield None
            continue
        name, checksum = each
        missing.discard(name)
        if name not in expected:
            yield Change(name, "berkas baru")
        elif expected[name] != checksum:
            yield Change(name, "isinya berubah")
    for name in sorted(missing):
        yield Change(name, "berkasnya hilang")
    for package in distributions():
        yield from _changes_of(package)


def _recorded() -> dict:
    try:
        return json.loads((settings.DATA_DIR / RECORD).read_bytes())
    except (OSError, ValueError):
        return {}


# ---- Our own files


def _release() -> list[str]:
    """What an update changes: the version, and the commit where there is a repository."""
    head = _read(settings.BASE_DIR / ".git" / "HEAD")
    return [_sum(settings.BASE_DIR / "pyproject.toml"), head + _read(settings.BASE_DIR / ".git" / head[5:].strip())]


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def _sums() -> Iterator[tuple[str, str] | None]:
    """Name and checksum of each file; None after each batch."""
    for number, (name, path) in enumerate(_files()):
        try:
            yield _legible(name), _sum(path)
        except OSError:  # deleted meanwhile, or none of those that the portal may read
            continue
        if number % _BATCH == 0:
            yield None


def _files() -> Iterator[tuple[str, Path]]:
    for path in _below(settings.BASE_DIR, _NOT_CODE | {settings.DATA_DIR.resolve().name}):
        yield path.relative_to(settings.BASE_DIR).as_posix(), path
    static = Path(settings.STATIC_ROOT)
    for path in _below(static, set()):
        yield f"{_STATIC}{path.relative_to(static).as_posix()}", path
    for folder in {Path(str(package.locate_file(""))).resolve() for package in distributions()}:
        for path in [*folder.glob("*.pth"), *folder.glob("*customize.py")]:  # which Python runs when it starts
            yield f"{_PACKAGES}{path.name}", path


def _below(root: Path, left_out: set[str]) -> Iterator[Path]:
    """Every file but those of tools, environments and Python's caches."""
    for folder, names, files in os.walk(root):
        here = Path(folder)
        outside = left_out if here == root else set()
        names[:] = [
            name
            for name in names
            if name != "__pycache__"
            and not (here == root and left_out and name.startswith("."))
            and name not in outside
            and not (here / name / "pyvenv.cfg").exists()
        ]
        yield from (here / name for name in files if name not in outside and not name.endswith(".pyc"))


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _legible(name: str) -> str:
    """A file may have any bytes in its name."""
    return name.encode("utf-8", "backslashreplace").decode()


# ---- Packages


def _changes_of(package: Distribution) -> Iterator[Change | None]:
    """By the list of checksums that pip leaves beside a package."""
    for number, file in enumerate(package.files or []):
        if file.hash is not None and file.hash.mode == "sha256" and file.suffix in _TEXTS:
            expected = base64.urlsafe_b64decode(f"{file.hash.value}=").hex()
            try:
                what = "" if _sum(Path(str(file.locate()))) == expected else "isinya berubah"
            except FileNotFoundError:
                what = "berkasnya hilang"
            if what:
                yield Change(f"{_PACKAGES}{file}", what)
        if number % _BATCH == 0:
            yield None
