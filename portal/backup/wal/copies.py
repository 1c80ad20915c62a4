"""Photos and documents in BACKUP_DIR/berkas: each soon after it was stored, and for some weeks after it was deleted,
so that a moment that is restored finds its files."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

from portal.hosts import marks

FRESH = 10.0  # seconds in which a file may still be being written
_DELETED = "dihapus"  # with a folder for each day


class Copies:
    """Looks only into folders that have changed: there may be hundred thousands of files."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.seen: dict[Path, tuple[int, list[str]]] = {}  # when it was changed, and the folders in it

    def update(self, name: str, source: Path, may_copy: Callable[[int], bool]) -> int:
        """Copies what is new in `source`, and sets aside what is gone; returns how many files were left out because
        `may_copy`, which is told their size, says no. A source that is away is not an empty one."""
        if not source.is_dir():
            return 0
        target = self.folder / name
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not (target / marks.NAME).exists():
            _copy(source / marks.NAME, target / marks.NAME)
        return self._update(source, target, Path(name), may_copy, is_known=self.knows(name, source))

    def knows(self, name: str, source: Path) -> bool:
        """Whether this is the folder that was copied before, and not the empty one at which its disk is mounted."""
        try:
            return (source / marks.NAME).read_bytes() == (self.folder / name / marks.NAME).read_bytes()
        except FileNotFoundError:
            return False

    def _update(
        self, source: Path, target: Path, name: Path, may_copy: Callable[[int], bool], *, is_known: bool
    ) -> int:
        changed, now, left_out = source.stat().st_mtime_ns, time.time(), 0
        known = self.seen.get(source)
        if known is None or known[0] != changed:
            target.mkdir(mode=0o700, parents=True, exist_ok=True)
            folders, files = _entries(source)
            if is_known:
                self._set_aside(target, name, files.keys() | set(folders))
            for each in sorted(files.keys() - {marks.NAME}):
                if not _is_same(files[each], target / each):
                    if may_copy(files[each].st_size):
                        _copy(source / each, target / each)
                    else:
                        left_out += 1
            newest = max([changed / 1e9, *(status.st_mtime for status in files.values())])
            if is_known and not left_out and abs(now - newest) > FRESH:
                self.seen[source] = changed, folders
        else:
            folders = known[1]
        for each in folders:
            with suppress(FileNotFoundError):  # it has just been removed
                left_out += self._update(source / each, target / each, name / each, may_copy, is_known=is_known)
        return left_out

    def _set_aside(self, target: Path, name: Path, present: set[str]) -> None:
        place = self.folder / _DELETED / datetime.now(UTC).date().isoformat() / name
        for each in set(os.listdir(target)) - present:
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            if (place / each).is_dir():
                shutil.rmtree(place / each)
            (target / each).replace(place / each)

    def prune(self, before: date) -> None:
        """Deletes for good what was deleted before that day."""
        for folder in self._days():
            if folder.name < before.isoformat():
                shutil.rmtree(folder)

    def _days(self) -> list[Path]:
        deleted = self.folder / _DELETED
        return sorted(deleted.iterdir(), reverse=True) if deleted.is_dir() else []

    def complete(self, name: str, target: Path) -> None:
        """Puts into `target` what it lacks, the newest first."""
        for source in (self.folder / name, *(day / name for day in self._days())):
            for path in _files(source):
                place = target / path.relative_to(source)
                if not place.exists():
                    place.parent.mkdir(parents=True, exist_ok=True)
                    _copy(path, place)


def _entries(folder: Path) -> tuple[list[str], dict[str, os.stat_result]]:
    folders, files = [], {}
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                folders.append(entry.name)
            elif entry.is_file(follow_symlinks=False):
                with suppress(FileNotFoundError):
                    files[entry.name] = entry.stat()
    return folders, files


def _files(folder: Path) -> Iterator[Path]:
    for place, _, names in os.walk(folder):
        for name in names:
            if not name.endswith(".part"):
                yield Path(place, name)


def _is_same(status: os.stat_result, copy: Path) -> bool:
    try:
        there = copy.stat()
    except FileNotFoundError:
        return False
    return there.st_size == status.st_size and int(there.st_mtime) == int(status.st_mtime)


def _copy(source: Path, target: Path) -> None:
    draft = target.with_name(f"{target.name}.part")
    try:
        shutil.copy2(source, draft)
    except FileNotFoundError:  # deleted meanwhile
        return
    draft.replace(target)
