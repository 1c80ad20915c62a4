"""Archives the embedded server's WAL in BACKUP_DIR/wal, a few seconds after it was written (portal.backup.wal.store).

A replication slot in the server keeps the WAL that is not archived yet, and its name tells the run that it belongs to:
as long as the slot is whole, nothing is missing in that run. A slot that the server has given up (OPTIONS in
portal.run.postgres: so much may wait, and no more), a restored database or a pause begin a new run, with a base backup
of its own. What is read of the server's files is on its disk already and never changes: what a standby would be sent.
"""

import errno
import fcntl
import json
import logging
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any

import psycopg
from pyrage import x25519

from portal.backup import folder, keys
from portal.backup.encryption import ENDING, encrypted
from portal.backup.wal import base, pruning, slots, store
from portal.backup.wal.copies import Copies
from portal.backup.wal.pausing import is_paused
from portal.hosts import marks
from portal.run import os_errors

if TYPE_CHECKING:
    from portal.bucket.storage import Bucket

logger = logging.getLogger("portal")

BLOCK = 64 * 1024  # bytes read at a time
EVERY = 15  # seconds between two looks for new WAL
EVERY_BASE = 60  # seconds between two looks whether a base backup is due, and for new photos
REPLAYED = 1024**3  # bytes of WAL after the newest base backup, at least, before a new one is due
ROOM = 500 * 1024**2  # bytes that stay free on either disk
PAUSE_AFTER_FAILURE = 600  # seconds before another base backup is tried
FOLDER, COPIES = "wal", "berkas"  # in BACKUP_DIR
_STATE = "wal.json"  # in DATA_DIR: for /sehat, which must not wait for another machine's disk


class CannotArchive(Exception):
    """WAL is not archived at present; the message is one Indonesian sentence."""


class State:
    """What /sehat reads, in a file of DATA_DIR."""

    def __init__(self, data_dir: Path):
        self.path = data_dir / _STATE
        self.lock = Lock()

    def read(self) -> dict[str, Any]:
        try:
            found = json.loads(self.path.read_text())
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def update(self, **news: Any) -> None:
        with self.lock:
            draft = self.path.with_name(f"{_STATE}.new")
            draft.write_text(json.dumps(self.read() | news))
            draft.replace(self.path)

    def clear(self) -> None:
        self.path.unlink(missing_ok=True)


class Archiving:
    """The worker's job. Works in threads: another machine's disk may keep them waiting for long."""

    def __init__(
        self,
        data_dir: Path,
        backup_dir: Path,
        *,
        budget: int,
        files: dict[str, Path],
        photos: "Bucket | None" = None,
        claim: Callable[[Path], None],
        recipient: Callable[[], x25519.Recipient | None],
    ):
        self.data_dir, self.backup_dir = data_dir, backup_dir
        self.folder = backup_dir / FOLDER
        self.copies = Copies(backup_dir / COPIES)
        self.budget, self.files = budget, files  # bytes of all WAL and base backups; folders of photos and the like
        self.photos = photos  # if they are in no folder
        self.claim, self.recipient = claim, recipient  # whose BACKUP_DIR is, and for whom things there are encrypted
        self.state = State(data_dir)
        self.threads: dict[str, Thread] = {}
        self.position: tuple[str, int] | None = None  # up to where which run is archived
        self.parts = 0  # pieces of the present segment
        self.due = 0.0  # of the next look for base backups, on the monotonic clock
        self.not_before = 0.0
        self.is_ours = False  # BACKUP_DIR was there when last looked for
        self.is_full = False  # more than the budget, and no base backup under way that would change it
        self.is_swept = False

    def step(self) -> None:
        self._start("problem", self.ship)
        if time.monotonic() >= self.due:
            self.due = time.monotonic() + EVERY_BASE
            self._start("base_problem", self.look_after_bases)

    def _start(self, name: str, work: Callable[[], None]) -> None:
        if name not in self.threads or not self.threads[name].is_alive():
            self.threads[name] = Thread(target=self.attempt, args=(name, work), daemon=True)
            self.threads[name].start()

    def attempt(self, name: str, work: Callable[[], None]) -> None:
        """Notes why it failed; logs it once, however often it fails."""
        try:
            work()
            problem = ""
        except (CannotArchive, base.NoBase, store.Damaged, folder.Unusable, keys.KeyFault) as error:
            problem = str(error)
        except OSError as error:
            problem = (
                f"{self.backup_dir} tidak dapat dipakai: {os_errors.reason(error)} ({error.filename or self.folder})."
            )
        except psycopg.Error as error:
            problem = f"Basis data menolak: {str(error).strip().partition(chr(10))[0]}"
        except Exception:
            logger.exception("Gagal mengarsipkan WAL; akan dicoba lagi.")
            return
        with suppress(OSError):  # others report a full disk
            if problem and not self.state.read().get(name):
                logger.error("Arsip WAL: %s", problem)
            self.state.update(**{name: problem})

    # ---- WAL

    def ship(self) -> None:
        """Archives what was written since the last time. Raises CannotArchive, OSError, psycopg.Error."""
        with _alone(self.data_dir / "wal.lock") as is_alone, slots.connected(self.data_dir) as server:
            if not is_alone:
                return
            if is_paused(self.data_dir):
                self._end_run(server)
                self.state.update(paused=True)
                return
            try:
                self._ship(server)
            except store.Damaged:
                self._end_run(server)  # what comes could not be reached over the gap
                raise
            except (CannotArchive, OSError, folder.Unusable, keys.KeyFault):
                if shutil.disk_usage(self.data_dir).free < 2 * ROOM:
                    self._end_run(server)  # what waits to be archived must not fill the data's disk
                raise

    def _end_run(self, server: psycopg.Connection) -> None:
        slots.drop(server)
        self.position = None

    def _ship(self, server: psycopg.Connection) -> None:
        self._claim()
        run = self._run_of(server)
        self._refuse_full_disk()
        run = run or self._new_run(server)
        is_confirmed = self.position is not None and self.position[0] == run.name
        now = datetime.now(UTC)
        timeline, flushed = slots.place(server)
        position = self._add(run, timeline, self._position(run, server), flushed)
        run.note_until(store.Until(now, flushed))
        slots.let_go(server, run, position - position % store.SEGMENT)
        self.state.update(at=time.time(), run=run.name, budget=self.budget, paused=False)
        if not is_confirmed:
            self.due = 0.0  # of its base backup

    def _claim(self) -> None:
        try:
            self.claim(self.backup_dir)
        except BaseException:
            self.is_ours = False
            raise
        self.is_ours = True

    def _position(self, run: store.Run, server: psycopg.Connection) -> int:
        """Up to where the run is whole. Its files are listed once only: there may be many."""
        if self.position is None or self.position[0] != run.name:
            self._sweep(bases=False)
            pieces = run.pieces()
            if pieces and store.reach(pieces, pieces[0].start) != max(piece.end for piece in pieces):
                raise store.Damaged(slots.MISSING.format(run.name))
            self.position = run.name, max(piece.end for piece in pieces) if pieces else slots.begin(server, run)
            self.parts = store.MANY_PIECES
        return self.position[1]

    def _add(self, run: store.Run, timeline: int, position: int, flushed: int) -> int:
        if position > flushed:
            raise store.Damaged(f"Basis data lebih lama daripada arsip WAL {run.name}; dimulai yang baru.")
        recipient = self.recipient()
        seal = store.Seal(ENDING, partial(encrypted, recipient=recipient)) if recipient else store.PLAIN
        while position < flushed:
            first = position - position % store.SEGMENT
            end = min(flushed, first + store.SEGMENT)
            is_whole = end == first + store.SEGMENT
            start = first if is_whole or self.parts >= store.MANY_PIECES else position
            run.add(timeline, start, end, self._read(timeline, start, end), seal)
            self.parts = 0 if is_whole else 1 if start == first else self.parts + 1
            position = end
            self.position = run.name, position
        return position

    def _read(self, timeline: int, start: int, end: int) -> Iterator[bytes]:
        """In small blocks: what a process has once taken for a large one it keeps."""
        path = self.data_dir / "postgres" / "pg_wal" / store.segment_name(timeline, start)
        with path.open("rb") as file:
            file.seek(start % store.SEGMENT)
            while start < end:
                if not (block := file.read(min(BLOCK, end - start))):
                    raise CannotArchive(f"Berkas {path} lebih pendek daripada yang ditulis basis data.")
                start += len(block)
                yield block

    def _run_of(self, server: psycopg.Connection) -> store.Run | None:
        """The run that the server's slot belongs to; None if there is none, or what it lacks is gone."""
        found = slots.statuses(server)
        run = next((run for run in store.runs(self.folder) if slots.name(run) in found), None)
        if run is not None and found[slots.name(run)] != "lost":
            return run
        if run is not None:
            logger.error("Arsip WAL %s terputus: terlalu lama tidak dapat ditulis; dimulai yang baru.", run.name)
        self._end_run(server)
        self.is_full = False  # the base backup of the new one makes room
        return None

    def _new_run(self, server: psycopg.Connection) -> store.Run:
        run = store.new_run(self.folder, datetime.now(UTC))
        slots.create(server, run)
        return run

    def _refuse_full_disk(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.is_full:
            raise CannotArchive(
                "Arsip WAL lebih besar daripada BACKUP_WAL_GB, yang harus sedikitnya tiga kali satu cadangan dasar."
            )
        if (free := shutil.disk_usage(self.folder).free) < ROOM:
            raise CannotArchive(f"Cakram arsip WAL hampir penuh: tersisa {free // 1024**2} MB.")

    # ---- Base backups, photos and documents

    def look_after_bases(self) -> None:
        """Raises NoBase, CannotArchive, OSError, psycopg.Error, store.Damaged."""
        with _alone(self.data_dir / "wal.dasar.lock") as is_alone:
            if is_alone:
                self._look_after_bases()

    def _look_after_bases(self) -> None:
        if (run := self._current_run()) is not None:
            self._look_after_bases_of(run)
        if self.is_ours:
            self._copy_files()

    def _look_after_bases_of(self, run: store.Run) -> None:
        if not self.is_swept:
            self._sweep(bases=True)
            self.is_swept = True
        self._prune(run)
        if time.monotonic() >= self.not_before and self._is_due(run):
            self._take(run)
        bases, usable, used = run.bases(), run.usable(), pruning.used(self.folder)
        self.is_full = used > self.budget and bases == usable  # else the WAL that comes makes the newest usable
        self.state.update(
            base=usable[-1].ended.timestamp() if usable else None,
            base_size=store.size_of(usable[-1].path) if usable else None,
            used=used,
            gap=pruning.last_gap(self.folder),
        )

    def _prune(self, run: store.Run) -> None:
        if first := pruning.prune(self.folder, run, room=self.budget * 3 // 4):
            self.copies.prune(first.date())

    def _copy_files(self) -> None:
        self.copies.encrypt_for(self.recipient())
        left_out = sum(self.copies.update(name, source, self._has_room) for name, source in self.files.items())
        if self.photos is not None:
            left_out += self._copy_objects(self.photos)
        self.copies.seal_deleted()
        if left_out:
            raise CannotArchive(f"{left_out} foto atau dokumen belum disalin: cakram arsip hampir penuh.")
        for name, source in self.files.items():
            if source.is_dir() and not self.copies.knows(name, source):
                raise CannotArchive(
                    f"{source} bukan folder yang disalin sebelumnya: mungkin cakramnya belum terpasang. Bila memang "
                    f"diganti, hapuslah {self.copies.folder / name / marks.NAME}."
                )

    def _copy_objects(self, photos: "Bucket") -> int:
        try:
            left_out = self.copies.update_objects("media", photos, self._has_room)
            is_known = self.copies.is_of("media", photos)
        except OSError as error:
            if error.errno != errno.EREMOTEIO:  # it is about BACKUP_DIR
                raise
            raise CannotArchive(f"Foto belum disalin: {os_errors.reason(error)}.") from error
        if not is_known:
            raise CannotArchive(
                f"Wadah {photos.bucket_name} bukan yang disalin sebelumnya. Bila memang diganti, hapuslah "
                f"{self.copies.folder / 'media' / marks.NAME}."
            )
        return left_out

    def _sweep(self, *, bases: bool) -> None:
        """Whoever calls this holds the lock of those who write such files."""
        for run in store.runs(self.folder):
            with suppress(FileNotFoundError):  # it has just been pruned
                run.sweep(bases=bases)

    def _current_run(self) -> store.Run | None:
        """The one whose slot `ship` has seen: after a restoration the state file still names another one."""
        position = self.position
        return next((run for run in store.runs(self.folder) if position and run.name == position[0]), None)

    def _is_due(self, run: store.Run) -> bool:
        until, bases = run.until(), run.bases()
        if until is None or is_paused(self.data_dir):
            return False
        if not bases:
            return True
        last = bases[-1]
        pieces = [piece for piece in run.pieces() if piece.end > last.start]
        if pieces and store.reach(pieces, last.start) != max(piece.end for piece in pieces):
            self.position = None  # the next look sees it, too, and begins a new run
            raise store.Damaged(slots.MISSING.format(run.name))
        written = until.lsn - last.end
        stored = sum(store.size_of(piece.path) for piece in pieces)
        is_old = datetime.now(UTC) - last.ended > pruning.LONGEST_AGE and written > store.SEGMENT
        is_long = written > max(REPLAYED, last.size)
        size = store.size_of(last.path)
        is_large = stored > max(self.budget // 4, size)
        return is_old or is_long or is_large or (stored > self.budget // 8 and self._is_nearly_full(size))

    def _is_nearly_full(self, size: int) -> bool:
        """Although all that can be pruned is; and another base backup of this size would make room."""
        return size < self.budget * 7 // 8 and pruning.used(self.folder) > self.budget * 3 // 4

    def _take(self, run: store.Run) -> None:
        began = time.monotonic()
        try:
            base.take(self.data_dir, run, self.recipient(), lambda: self._has_room(0))
        except BaseException:
            self.not_before = time.monotonic() + PAUSE_AFTER_FAILURE
            raise
        logger.info("Cadangan dasar arsip WAL selesai dalam %d detik.", time.monotonic() - began)

    def _has_room(self, size: int) -> bool:
        return shutil.disk_usage(self.backup_dir).free > size + ROOM


def forget(data_dir: Path) -> None:
    """Without BACKUP_DIR the server need not keep WAL for an archive. Raises psycopg.Error."""
    with slots.connected(data_dir) as server:
        slots.drop(server)
    State(data_dir).clear()


@contextmanager
def _alone(path: Path) -> Iterator[bool]:
    """Whether no other worker does this now."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        yield _locked(descriptor)
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
