"""The backup of every night in BACKUP_DIR, and how long backups are kept there."""

import logging
import re
import subprocess
import sys
import time
from collections.abc import Hashable, Iterable
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

logger = logging.getLogger("portal")

HOUR = 1  # of the city's clock, from which the day's backup is made
OVERDUE = timedelta(hours=26)
PAUSE_AFTER_FAILURE = 3600  # seconds
_NAME = re.compile(r"portal-(\d{4}-\d\d-\d\d)\.tar")


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


def backups(folder: Path) -> dict[date, Path]:
    """The whole backups in this folder that were made by schedule, by day."""
    found = {}
    for path in folder.iterdir() if folder.is_dir() else ():
        with suppress(ValueError):  # 2026-02-31
            if match := _NAME.fullmatch(path.name):
                found[date.fromisoformat(match[1])] = path
    return found


def newest() -> Path | None:
    """The last backup that was made by schedule; None without one, and without BACKUP_DIR."""
    found = backups(settings.BACKUP_DIR) if settings.BACKUP_DIR else {}
    return found[max(found)] if found else None


def is_on_the_same_disk(folder: Path) -> bool:
    return folder.exists() and folder.stat().st_dev == settings.DATA_DIR.stat().st_dev


def prune(folder: Path) -> None:
    """Deletes the backups that are kept no longer, and what killed ones left behind on earlier days."""
    found = backups(folder)
    for day in found.keys() - kept(found):
        found[day].unlink(missing_ok=True)
    yesterday = timezone.localdate() - timedelta(days=1)
    for path in folder.glob("portal-*.tar.part"):
        if path.name < f"portal-{yesterday}":
            path.unlink(missing_ok=True)


class Nightly:
    """The worker's job: makes the backup in a process of its own, since it may take an hour."""

    def __init__(self) -> None:
        self.process: subprocess.Popen | None = None
        self.not_before = 0.0  # on the monotonic clock

    def step(self) -> None:
        if (folder := settings.BACKUP_DIR) is None:
            return
        if self.process is not None:
            self._look_after(self.process, folder)
        elif self.is_due(folder):
            self._start(folder)

    def _look_after(self, process: subprocess.Popen, folder: Path) -> None:
        if process.poll() is None:
            return
        self.process = None
        if process.returncode == 0:
            prune(folder)
        else:  # it has said why on standard error, which is the log
            self.not_before = time.monotonic() + PAUSE_AFTER_FAILURE
            logger.error("Cadangan malam ini gagal; dicoba lagi dalam satu jam.")

    def is_due(self, folder: Path) -> bool:
        now = timezone.localtime()
        is_time = now.hour >= HOUR and time.monotonic() >= self.not_before
        return is_time and now.date() not in backups(folder)

    def _start(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / f"portal-{timezone.localdate()}.tar"
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "backup", "--verbosity=0", str(path)],
            cwd=settings.BASE_DIR,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
