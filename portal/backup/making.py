"""Making a backup: one file, whole or not there."""

import errno
import fcntl
import io
import os
import subprocess
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from shutil import which
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.utils import timezone
from pyrage import x25519

from portal.backup import archive, database, encryption, keys
from portal.bucket.place import bucket, is_file_name
from portal.hosts.marks import key_mark
from portal.run import os_errors, postgres

if TYPE_CHECKING:
    from portal.bucket.storage import Bucket, Entry

# Lines of the settings file that open other doors; a backup travels. They are in encrypted ones only.
SECRET_SETTINGS = ("SECRET_KEY", "DATABASE_URL", "EMAIL_URL", "MEDIA_S3_SECRET")
_PAUSES = (12, 30, 60)  # seconds between attempts to read a bucket, which nobody asks for ten after a silence
LEFT_OUT = "tidak ikut dicadangkan"


class CannotBackUp(Exception):
    """No backup was made; the message is one Indonesian sentence."""


class Made(NamedTuple):
    size: int | None  # None: it went into a pipe
    vanished: int  # files that were deleted meanwhile
    is_encrypted: bool


def folders() -> dict[str, Path]:
    """The folders whose files are in a backup, by their names there; photos in a bucket are in none."""
    photos = {} if bucket() else {"media": Path(settings.MEDIA_ROOT)}
    return photos | {"documents": Path(settings.DOCUMENTS_ROOT)}


def make(path: Path, show: Callable[[int, int], object]) -> Made:
    """Writes the backup. `show` is told how many bytes more have been read, and of how many.

    Raises CannotBackUp; then, and if the process is killed, there is no file of this name, but perhaps one that ends
    in `.part`."""
    with _sentences(path):
        recipient = keys.stored().recipient
        _refuse_bad_place(path)
        if path.name.endswith(encryption.ENDING) and recipient is None:
            raise CannotBackUp("Nama .age hanya untuk cadangan terenkripsi: buatlah dahulu kuncinya, kunci_cadangan.")
        with _draft(path) as file:
            vanished = _write(file, recipient, show)
            return Made(file.tell(), vanished, is_encrypted=recipient is not None)


def pour(descriptor: int, show: Callable[[int, int], object]) -> Made:
    """Writes the backup into a pipe. Raises CannotBackUp; then what has arrived is no whole backup."""
    with _sentences(Path("-")):
        recipient = keys.stored().recipient
        with open(descriptor, "wb", buffering=archive.BLOCK, closefd=False) as file:
            vanished = _write(file, recipient, show)
    return Made(None, vanished, is_encrypted=recipient is not None)


@contextmanager
def _sentences(path: Path) -> Iterator[None]:
    """Turns what can go wrong into CannotBackUp."""
    try:
        yield
    except BrokenPipeError as error:
        raise CannotBackUp("Cadangan tidak jadi dibuat: penerimanya berhenti membaca.") from error
    except OSError as error:
        about = os.fsdecode(error.filename) if error.filename else path
        raise CannotBackUp(f"Cadangan tidak jadi dibuat: {os_errors.reason(error)} ({about}).") from error
    except (database.DatabaseError, keys.KeyFault) as error:
        raise CannotBackUp(str(error)) from error


def _refuse_bad_place(path: Path) -> None:
    if path.exists():
        raise CannotBackUp(f"{path} sudah ada dan tidak ditimpa: pilihlah nama lain.")
    inside = (*folders().values(), settings.PAGEVIEWS_DIR, settings.DATA_DIR / "postgres")
    if any(path.resolve().is_relative_to(folder.resolve()) for folder in inside):
        raise CannotBackUp(f"{path} berada di dalam folder yang dicadangkan: pilihlah tempat di luarnya.")


@contextmanager
def _draft(path: Path) -> Iterator[IO[bytes]]:
    """A file that gets its name only when the block has ended and everything is on the disk."""
    part = path.with_name(f"{path.name}.part")
    # Buffered: a bare file may write less than it is given, on a disk that is just full, and tarfile would not notice.
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT, 0o600), "wb", buffering=archive.BLOCK) as file:
        if not _lock(file, part):
            raise CannotBackUp(f"Cadangan lain sedang menulis {part}: tunggulah sampai selesai.")
        try:
            file.truncate(0)
            yield file
            file.flush()
            os.fsync(file.fileno())
            part.rename(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _lock(file: IO[bytes], part: Path) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(file.fileno()), part.stat())
    except (BlockingIOError, FileNotFoundError):  # the other one has just given it its name
        return False


def _write(file: IO[bytes], recipient: x25519.Recipient | None, show: Callable[[int, int], object]) -> int:
    """Returns the number of files that were deleted meanwhile."""
    if recipient is None:
        return _write_tar(file, show, with_secrets=False)
    with encryption.encrypting(file, recipient) as encrypted:
        return _write_tar(encrypted, show, with_secrets=True)


def _write_tar(file: IO[bytes], show: Callable[[int, int], object], *, with_secrets: bool) -> int:
    now, vanished = time.time(), 0
    with _Journals(settings.PAGEVIEWS_DIR) as journals, database.snapshot() as snapshot:
        total = snapshot.bytes + bytes_of_files()
        with archive.Writer(file, lambda read: show(read, total)) as writer:
            facts = snapshot.facts()
            with database.dump(snapshot.id) as sql:
                writer.add_sql(sql, now)
            journals.add_to(writer, snapshot)
            # After the snapshot: what it names is there, and a photo of later is only one too many.
            for name, path in _files():
                vanished += not _add(writer, name, path)
            for entry in _objects(_PAUSES):
                vanished += not _add_object(writer, entry)
            _add_settings(writer, now, with_secrets=with_secrets)
            writer.finish(facts | _about_us(), now)
    return vanished


def bytes_of_files() -> int:
    """Raises OSError if it cannot ask a bucket."""
    return sum(_size(each) for _, each in _files()) + sum(each.size for each in _objects(pauses=()))


def _objects(pauses: tuple[int, ...]) -> "Iterator[Entry]":
    """A list that breaks off goes on behind its last name, after a pause. Raises OSError."""
    last, left = "", iter(pauses)
    while (store := bucket()) is not None:
        try:
            for entry in store.entries(after=last):
                last, left = entry.name, iter(pauses)
                if is_file_name(last):
                    yield entry
            return
        except OSError:
            if (pause := next(left, None)) is None:
                raise
            time.sleep(pause)


def _content(store: "Bucket", name: str) -> bytes:
    """Whole, before anything of it is in the backup, so that it can be read again. Raises OSError."""
    for pause in _PAUSES:
        try:
            return store.open(name).read()
        except FileNotFoundError:
            raise
        except OSError:
            time.sleep(pause)
    return store.open(name).read()


def _add_object(writer: archive.Writer, entry: "Entry") -> bool:
    """Returns False if it is no longer there."""
    store = bucket()
    assert store is not None
    name = f"media/{entry.name}"
    try:
        if entry.size <= store.largest:
            content = _content(store, entry.name)
            writer.add(name, io.BytesIO(content), size=len(content), modified=entry.modified, mode=0o644)
        else:
            with store.opened(entry.name) as body:
                writer.add(name, body.file, size=body.size, modified=entry.modified, mode=0o644)
    except FileNotFoundError:
        return False
    return True


def _files() -> Iterator[tuple[str, Path]]:
    for name, folder in folders().items():
        for place, _, files in os.walk(folder, onerror=_raise_unless_missing):
            for each in sorted(files):
                path = Path(place, each)
                yield f"{name}/{path.relative_to(folder)}", path


def _raise_unless_missing(error: OSError) -> None:
    if error.errno != errno.ENOENT:
        raise error


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _add(writer: archive.Writer, name: str, path: Path) -> bool:
    """Returns False if the file is no longer there."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return False
    with file:
        _add_open(writer, name, file)
    return True


def _add_open(writer: archive.Writer, name: str, file: IO[bytes]) -> None:
    status = os.fstat(file.fileno())
    writer.add(name, file, size=status.st_size, modified=status.st_mtime, mode=status.st_mode)


class _Journals:
    """The pageview journals, so that a restored portal counts each line exactly once.

    The snapshot says up to where each file is counted, so the lines may be copied at any time afterwards. But a file
    may be counted and removed in between: those are opened before the snapshot. The day's salt stays out: with it and
    the journals one could find out later who read what."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.open_files: dict[str, IO[bytes]] = {}
        self.stack = ExitStack()

    def __enter__(self) -> "_Journals":
        for path in self._paths():
            self._open(path)
        return self

    def __exit__(self, *error) -> None:
        self.stack.close()

    def _paths(self) -> list[Path]:
        return sorted(self.folder.glob("*.log"))

    def _open(self, path: Path) -> None:
        with suppress(FileNotFoundError):
            self.open_files[path.name] = self.stack.enter_context(path.open("rb"))

    def add_to(self, writer: archive.Writer, snapshot: database.Snapshot) -> None:
        identity = self.folder / "id"
        if not identity.exists():
            return
        folder_id = identity.read_text()
        writer.add_bytes("pageviews/id", folder_id.encode(), identity.stat().st_mtime)
        for path in self._paths():
            if path.name not in self.open_files:
                self._open(path)
        counted = snapshot.journals(folder_id)
        for name, file in self.open_files.items():
            # Removed and no longer known: it was counted before the snapshot.
            if name in counted or os.fstat(file.fileno()).st_nlink:
                _add_open(writer, f"pageviews/{name}", file)


# ---- Settings and the manifest


def _add_settings(writer: archive.Writer, now: float, *, with_secrets: bool) -> None:
    if settings.SETTINGS_FILE and settings.SETTINGS_FILE.is_file():
        text = settings.SETTINGS_FILE.read_text(encoding="utf-8-sig")
        kept = text if with_secrets else "".join(map(_without_secret, text.splitlines()))
        writer.add_bytes("settings/portal.env", kept.encode(), now)
    if with_secrets:
        writer.add_bytes("settings/secret_key", settings.SECRET_KEY.encode(), now)
    for path in city_files(Path(settings.CITY_FILE)):
        _add(writer, f"settings/{path.name}", path)


def city_files(city_file: Path) -> list[Path]:
    """kota.toml and the logos that it names, which stand beside it."""
    logo = tomllib.loads(city_file.read_text(encoding="utf-8")).get("logo", {})
    return [city_file, *(city_file.parent / name for name in logo.values() if isinstance(name, str) and name)]


def _without_secret(line: str) -> str:
    name = line.partition("=")[0].strip()
    return f"# {name} {LEFT_OUT}\n" if name in SECRET_SETTINGS else f"{line}\n"


def version() -> str:
    return tomllib.loads((postgres.BASE_DIR / "pyproject.toml").read_text())["project"]["version"]


def _about_us() -> dict[str, Any]:
    return {
        "made": timezone.now().isoformat(timespec="seconds"),
        "portal": version(),
        "commit": _commit(),
        "site": settings.SITE_URL,
        "key": key_mark(),
    }


def where_the_key_is() -> Path | str:
    stored = settings.DATA_DIR / "secret_key"
    return stored if stored.exists() else "SECRET_KEY dari pengaturan"


def _commit() -> str | None:
    if (git := which("git")) is None:
        return None
    command = [git, "-C", str(postgres.BASE_DIR), "rev-parse", "HEAD"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() or None
