"""The backup of every night in BACKUP_DIR, how long backups are kept there, and the drill of every month."""

import logging
import re
import subprocess
import sys
import time
from collections.abc import Hashable, Iterable
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import NamedTuple

from django.conf import settings
from django.db import connection
from django.utils import timezone

from portal import notes
from portal.backup import encryption, keys
from portal.run import os_errors

logger = logging.getLogger("portal")

HOUR = 1  # of the city's clock, from which the day's backup is made
DRILL_HOUR = 3  # from which a drill may begin
DRILL_EVERY = timedelta(days=30)
DRILL_AGAIN = timedelta(days=1)  # after one that failed
OVERDUE = timedelta(hours=26)
DRILL_OVERDUE = timedelta(days=45)
PAUSE_AFTER_FAILURE = 3600  # seconds
_FAILURE = "cadangan-gagal.json"  # in DATA_DIR: BACKUP_DIR may be what fails
_DRILL = "latihan.json"  # in BACKUP_DIR, so that it is known wherever the backups are
_NAME = re.compile(r"portal-(\d{4}-\d\d-\d\d)\.tar(?:\.age)?")


def _day(day: date) -> Hashable:
    return day


def _week(day: date) -> Hashable:
    return day.isocalendar()[:2]


def _month(day: date) -> Hashable:
    return day.year, day.month


KEPT = ((7, _day), (5, _week), (12, _month))  # the privacy page tells it


def kept(days: Iterable[date]) -> set[date]:
    """Of backups of these days those to keep: the newest of each of the last seven days, five weeks and twelve months
    that have one."""
    newest_first = sorted(days, reverse=True)
    found: set[date] = set()
    for number, period in KEPT:
        newest_of = {period(day): day for day in reversed(newest_first)}
        found.update(sorted(newest_of.values(), reverse=True)[:number])
    return found


def backups(folder: Path) -> dict[Path, date]:
    """The whole backups in this folder that were made by schedule, encrypted or not, with their days."""
    found = {}
    for path in folder.iterdir() if folder.is_dir() else ():
        with suppress(ValueError):  # 2026-02-31
            if match := _NAME.fullmatch(path.name):
                found[path] = date.fromisoformat(match[1])
    return found


def newest() -> Path | None:
    """The last backup that was made by schedule; None without one, and without BACKUP_DIR."""
    found = backups(settings.BACKUP_DIR) if settings.BACKUP_DIR else {}
    return max(found, key=lambda path: (found[path], path.stat().st_mtime), default=None)


def key_is_elsewhere() -> bool:
    """Whether the newest backup is encrypted and this machine has no key to open it. /sehat tells of a broken one."""
    if (last := newest()) is None or last.suffix != encryption.ENDING:
        return False
    try:
        return not keys.stored().identities
    except keys.KeyFault:
        return True


def oldest() -> date | None:
    """The day of the first backup that is there."""
    return min(backups(settings.BACKUP_DIR).values(), default=None) if settings.BACKUP_DIR else None


def plain_backups() -> list[Path]:
    """Those of the schedule that are not encrypted."""
    found = backups(settings.BACKUP_DIR) if settings.BACKUP_DIR else {}
    return [path for path in found if path.suffix == ".tar"]


def is_on_the_same_disk(folder: Path) -> bool:
    return folder.exists() and folder.stat().st_dev == settings.DATA_DIR.stat().st_dev


def prune(folder: Path) -> None:
    """Deletes the backups that are kept no longer, and what killed ones left behind on earlier days."""
    found = backups(folder)
    days = kept(found.values())
    for path in (path for path, day in found.items() if day not in days):
        path.unlink(missing_ok=True)
    today = timezone.localdate()
    # The privacy page promises a year; an update has made the last ones (portal.upgrade).
    for pattern, age in (("portal-*.part", timedelta(days=1)), ("portal-*-sebelum-*", timedelta(days=365))):
        for path in folder.glob(pattern):
            if path.name < f"portal-{today - age}":
                path.unlink(missing_ok=True)


class Failed(NamedTuple):
    """The last attempt to make the day's backup, if it failed."""

    at: datetime
    cause: str


def last_failure() -> Failed | None:
    found = notes.read(settings.DATA_DIR / _FAILURE) or {}
    try:
        return Failed(datetime.fromisoformat(found["pada"]).astimezone(), str(found["sebab"]))
    except (KeyError, TypeError, ValueError):
        return None


def note_failure(cause: str | None) -> None:
    """None: the backup was made."""
    path = settings.DATA_DIR / _FAILURE
    with suppress(OSError):  # others report a full disk
        if cause is None:
            path.unlink(missing_ok=True)
        else:
            notes.write(path, {"pada": timezone.now().isoformat(timespec="seconds"), "sebab": cause})


class Drill(NamedTuple):
    """What the last one found."""

    at: datetime
    backup: str  # its name
    cause: str | None  # why it failed


def last_drill(folder: Path) -> Drill | None:
    found = notes.read(folder / _DRILL) or {}
    try:
        return Drill(datetime.fromisoformat(found["pada"]).astimezone(), str(found["cadangan"]), found["sebab"])
    except (KeyError, TypeError, ValueError):
        return None


def note_drill(folder: Path, backup: str, cause: str | None) -> None:
    now = timezone.now().isoformat(timespec="seconds")
    notes.write(folder / _DRILL, {"pada": now, "cadangan": backup, "sebab": cause})


class Nightly:
    """Makes the backup and the drill in processes of their own, since each may take an hour."""

    def __init__(self) -> None:
        self.thread: Thread | None = None
        self.process: subprocess.Popen | None = None
        self.is_drill = False  # what the process does
        self.last_drill: Drill | None = None  # before the present one
        self.last_failure: Failed | None = None  # before the present backup
        self.not_before = 0.0  # on the monotonic clock, like the next
        self.no_drill_before = 0.0  # also where its note cannot be written

    def look(self) -> None:
        """The worker's job: `step` in a thread, since BACKUP_DIR may be a network disk that does not answer."""
        if self.thread is None or not self.thread.is_alive():
            self.thread = Thread(target=self._step_in_thread, daemon=True)
            self.thread.start()

    def _step_in_thread(self) -> None:
        try:
            self.step()
        except Exception:
            logger.exception("Gagal membuat cadangan; akan dicoba lagi.")
        finally:
            connection.close()  # the connection of this thread

    def step(self) -> None:
        if (folder := settings.BACKUP_DIR) is None:
            return
        try:
            if self.process is not None:
                self._look_after(self.process, folder)
            elif self.is_due(folder):
                self.is_drill, self.last_failure = False, last_failure()
                self._start("backup", "--verbosity=0")
            elif self.drill_is_due(folder):
                self.is_drill, self.last_drill = True, last_drill(folder)
                self._start("restore", "--latihan", "--verbosity=0")
        except OSError as error:
            self.not_before = time.monotonic() + PAUSE_AFTER_FAILURE
            reason = os_errors.reason(error)
            note_failure(f"{folder} tidak dapat dipakai: {reason}.")
            logger.error("BACKUP_DIR tidak dapat dipakai: %s; dicoba lagi dalam satu jam.", reason)

    def _look_after(self, process: subprocess.Popen, folder: Path) -> None:
        if process.poll() is None:
            return
        self.process = None
        if self.is_drill:
            self._look_at_drill(process.returncode, folder)
        elif process.returncode == 0:
            prune(folder)
        else:  # the command has said why on standard error, which is the log
            self.not_before = time.monotonic() + PAUSE_AFTER_FAILURE
            if last_failure() == self.last_failure:  # it was killed, or is a mistake of ours
                note_failure("sebabnya ada di log portal.")
            logger.error("Cadangan malam ini gagal; dicoba lagi dalam satu jam.")

    def is_due(self, folder: Path) -> bool:
        now = timezone.localtime()
        is_time = now.hour >= HOUR and time.monotonic() >= self.not_before
        return is_time and now.date() not in backups(folder).values()

    def drill_is_due(self, folder: Path) -> bool:
        """Not while a backup is due, which then comes first, nor where only people have the key that opens it."""
        now = timezone.localtime()
        if now.hour < DRILL_HOUR or time.monotonic() < max(self.not_before, self.no_drill_before):
            return False
        if not backups(folder) or key_is_elsewhere():
            return False
        last = last_drill(folder)
        return last is None or abs(now - last.at) >= (DRILL_AGAIN if last.cause else DRILL_EVERY)

    def _look_at_drill(self, code: int, folder: Path) -> None:
        """The command notes what it finds, but a process that was killed notes nothing."""
        self.no_drill_before = time.monotonic() + DRILL_AGAIN.total_seconds()
        if code and last_drill(folder) == self.last_drill:
            name = getattr(newest(), "name", "")
            note_drill(folder, name, "prosesnya mati, mungkin karena memori mesin ini tidak cukup.")
        if code:
            logger.error("Latihan pemulihan bulan ini gagal; dicoba lagi besok.")

    def _start(self, *command: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", *command],
            cwd=settings.BASE_DIR,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
