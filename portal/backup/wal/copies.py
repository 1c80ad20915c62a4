"""Photos and documents in BACKUP_DIR/berkas: each soon after it was stored, and for some weeks after it was deleted,
so that a moment that is restored finds its files. Where backups are encrypted these are, too: their names go on with
`.age`, their times are those of the files, so that what has not changed is not encrypted again."""

import os
import shutil
import time
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING

from django.utils import timezone
from pyrage import x25519

from portal.backup.archive import Unfit
from portal.backup.encryption import ENDING, NoKey, encrypting, opened
from portal.bucket.place import is_file_name
from portal.hosts import marks

if TYPE_CHECKING:
    from portal.bucket.storage import Bucket, Entry

WHOLE_LIST = 3600.0  # seconds between two looks at all objects of a bucket
FRESH = 10.0  # seconds in which a file may still be being written
_DRAFT = ".part"
_HEADER = 4096  # bytes at most, of an encrypted file
_DELETED = "dihapus"  # with a folder for each day


class Copies:
    """Looks only into folders that have changed: there may be hundred thousands of files."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.seen: dict[Path, tuple[int, list[str]]] = {}  # when it was changed, and the folders in it
        self.recipient: x25519.Recipient | None = None  # for whom copies are encrypted
        self.is_sealed = False  # all that was deleted is as encrypted as the rest
        self.listed_until = 0.0  # on the monotonic clock: a bucket

    def encrypt_for(self, recipient: x25519.Recipient | None) -> None:
        """From now on. What was copied before is encrypted at the next `update`; with a later key only what is new."""
        if (recipient is None) != (self.recipient is None):
            self.seen.clear()
            self.listed_until = 0.0
            self.is_sealed = False
        self.recipient = recipient

    @property
    def _ending(self) -> str:
        return ENDING if self.recipient else ""

    def update(self, name: str, source: Path, may_copy: Callable[[int], bool]) -> int:
        """Copies what is new in `source`, and sets aside what is gone; returns how many files were left out because
        `may_copy`, which is told their size, says no. A source that is away is not an empty one."""
        if not source.is_dir():
            return 0
        target = self.folder / name
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not (target / marks.NAME).exists():
            _copy(source / marks.NAME, target / marks.NAME, None)
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
                left_out += not self._is_copied(source / each, files[each], target, may_copy)
            newest = max([changed / 1e9, *(status.st_mtime for status in files.values())])
            if is_known and not left_out and abs(now - newest) > FRESH:
                self.seen[source] = changed, folders
        else:
            folders = known[1]
        for each in folders:
            with suppress(FileNotFoundError):  # it has just been removed
                left_out += self._update(source / each, target / each, name / each, may_copy, is_known=is_known)
        return left_out

    def _is_copied(self, path: Path, status: os.stat_result, target: Path, may_copy: Callable[[int], bool]) -> bool:
        copy = target / f"{path.name}{self._ending}"
        if not _is_same(status.st_size, status.st_mtime, copy, is_encrypted=self.recipient is not None):
            if not may_copy(status.st_size):
                return False
            _copy(path, copy, self.recipient)
        if copy.exists():  # and now the one of the other kind, however it came about
            (target / f"{path.name}{'' if self.recipient else ENDING}").unlink(missing_ok=True)
        return True

    def update_objects(self, name: str, store: "Bucket", may_copy: Callable[[int], bool]) -> int:
        """As `update`, from a bucket. Every hour all its objects are listed, a thousand by each request, and in
        between those of this month's photos. Raises OSError."""
        target, owner = self.folder / name, marks.owner_of(store)
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        if owner and not (target / marks.NAME).exists():
            (target / marks.NAME).write_text(owner.id)
        is_whole = time.monotonic() >= self.listed_until
        prefix, left_out = "" if is_whole else f"{timezone.localdate():foto/%Y/%m}/", 0
        present: dict[Path, set[str]] = {}
        for entry in filter(lambda entry: is_file_name(entry.name), store.entries(prefix)):
            path = target / entry.name
            present.setdefault(path.parent, set()).add(path.name)
            left_out += not self._object_is_copied(store, entry, path, may_copy)
        if self.is_of(name, store):
            for place, folders, _ in os.walk(target / prefix):
                folder = Path(place)
                of_folder = {*present.get(folder, ()), *folders, marks.NAME}
                self._set_aside(folder, name / folder.relative_to(target), of_folder)
        if is_whole and not left_out:
            self.listed_until = time.monotonic() + WHOLE_LIST
        return left_out

    def is_of(self, name: str, store: "Bucket") -> bool:
        """As `knows`. Raises OSError."""
        owner, known = marks.owner_of(store), self.folder / name / marks.NAME
        return owner is not None and known.exists() and known.read_text()[: marks.LENGTH] == owner.id

    def _object_is_copied(self, store: "Bucket", entry: "Entry", path: Path, may_copy: Callable[[int], bool]) -> bool:
        copy = path.with_name(f"{path.name}{self._ending}")
        if not _is_same(entry.size, entry.modified, copy, is_encrypted=self.recipient is not None):
            if not may_copy(entry.size):
                return False
            copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with suppress(FileNotFoundError), store.opened(entry.name) as body:  # deleted meanwhile
                draft = _written(body.file, copy, self.recipient)
                os.utime(draft, (entry.modified, entry.modified))
                draft.replace(copy)
        if copy.exists():
            path.with_name(f"{path.name}{'' if self.recipient else ENDING}").unlink(missing_ok=True)
        return True

    def seal_deleted(self) -> None:
        """Encrypts what was set aside as it was."""
        if self.recipient is None or self.is_sealed:
            return
        deleted = self.folder / _DELETED
        for draft in deleted.rglob(f"*{_DRAFT}"):  # of a killed process
            draft.unlink()
        for path in _files(deleted):
            if path.suffix != ENDING and path.name != marks.NAME:
                _copy(path, path.with_name(f"{path.name}{ENDING}"), self.recipient)
                path.unlink()
        self.is_sealed = True

    def _set_aside(self, target: Path, name: Path, present: set[str]) -> None:
        place = self.folder / _DELETED / datetime.now(UTC).date().isoformat() / name
        for each in os.listdir(target):
            if each in present or each.removesuffix(ENDING) in present:
                continue
            if each.endswith(_DRAFT):  # of a killed process
                (target / each).unlink()
                continue
            self.is_sealed = False
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

    def complete(
        self, name: str, target: Path, identities: Sequence[x25519.Identity], present: Container[str] = ()
    ) -> None:
        """Puts into `target` what it lacks and `present` does not name, the newest first. What is damaged stays away.
        Raises NoKey."""
        for source in (self.folder / name, *(day / name for day in self._days())):
            for path in _files(source):
                is_encrypted = path.suffix == ENDING
                place = target / (
                    path.relative_to(source).with_suffix("") if is_encrypted else path.relative_to(source)
                )
                if not place.exists() and place.relative_to(target).as_posix() not in present:
                    place.parent.mkdir(parents=True, exist_ok=True)
                    if is_encrypted:
                        _decrypt(path, place, identities)
                    else:
                        _copy(path, place, None)


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
            if not name.endswith(_DRAFT):
                yield Path(place, name)


def _is_same(size: int, modified: float, copy: Path, *, is_encrypted: bool) -> bool:
    try:
        there = copy.stat()
    except FileNotFoundError:
        return False
    more = there.st_size - size
    # age adds a header, and 16 bytes to each 64 KB
    is_of_its_size = 0 < more <= _HEADER + size // 4096 if is_encrypted else more == 0
    return is_of_its_size and int(there.st_mtime) == int(modified)


def _copy(source: Path, target: Path, recipient: x25519.Recipient | None) -> None:
    try:
        if recipient is None:
            draft = target.with_name(f"{target.name}{_DRAFT}")
            shutil.copy2(source, draft)
        else:
            with source.open("rb") as file:
                draft = _written(file, target, recipient)
            shutil.copystat(source, draft)
    except FileNotFoundError:  # deleted meanwhile
        return
    draft.replace(target)


def _written(file: IO[bytes], target: Path, recipient: x25519.Recipient | None) -> Path:
    """A draft beside the target, with the content of the file."""
    draft = target.with_name(f"{target.name}{_DRAFT}")
    with draft.open("wb") as copy:
        if recipient is None:
            shutil.copyfileobj(file, copy)
        else:
            with encrypting(copy, recipient) as plain:
                shutil.copyfileobj(file, plain)
    return draft


def _decrypt(source: Path, target: Path, identities: Sequence[x25519.Identity]) -> None:
    draft = target.with_name(f"{target.name}{_DRAFT}")
    try:
        with source.open("rb") as file, opened(file, source.name, identities) as plain, draft.open("wb") as copy:
            plain.seek(0)
            shutil.copyfileobj(plain, copy)
    except NoKey:
        raise
    except Unfit:  # whoever restores is told which files are missing
        draft.unlink(missing_ok=True)
        return
    shutil.copystat(source, draft)
    draft.replace(target)
