"""What goes from the archive, and what can be reached with what is left."""

import shutil
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from portal.backup.wal import store

LONGEST_AGE = timedelta(days=7)  # of the newest base backup, if anything has changed since
KEPT = timedelta(days=35)  # the five weeks of the nightly backups, which the privacy page tells
LONGEST_GAP = 2 * LONGEST_AGE + timedelta(days=1)  # after the newest base backup but one; the clock may be ahead
IDLE = timedelta(days=1)  # since anything was written into a run that is not the present one


def used(folder: Path) -> int:
    """Bytes of all runs."""
    return sum(run.size() for run in store.runs(folder))


def prune(folder: Path, current: store.Run, *, room: int) -> datetime | None:
    """Deletes the oldest while it is older than needed or all is larger than `room` (bytes); never before a newer one
    stands. The present run is the newest whatever its name: clocks go back, and restorations are undone. Returns the
    first moment that can be reached; None while there is none."""
    if not (bases := current.usable()):
        return None
    others = [run for run in store.runs(folder) if run.name != current.name]
    served = _served(current, bases)[:-1]
    for run in others:
        if usable := run.usable():
            served += _served(run, usable)
        elif run.name < current.name or _is_idle(run):
            shutil.rmtree(run.folder)  # nothing in it can be restored
    served.sort(key=lambda each: each.since)
    now = datetime.now(UTC)
    if served:
        now = min(now, served[-1].since + LONGEST_GAP)
    for each in served:
        if now - each.until > KEPT or used(folder) > room:
            _delete(each)
    first = [(run, run.usable()[0]) for run in store.runs(folder) if run.usable()]
    for run, oldest in first:
        run.prune(oldest)
    return min(oldest.ended for _, oldest in first)


class _Served(NamedTuple):
    """For which moments a base backup is needed."""

    run: store.Run
    since: datetime
    until: datetime
    following: store.Base | None  # in the same run


def _served(run: store.Run, bases: list[store.Base]) -> list[_Served]:
    """A base backup that the clock has dated later than what followed is as old as that."""
    found: list[_Served] = []
    following: store.Base | None = None
    noted = run.until()
    end = noted.moment if noted else bases[-1].ended
    for each in reversed(bases):
        since = min(each.ended, end)
        found.append(_Served(run, since, end, following))
        end, following = since, each
    return found[::-1]


def _delete(served: _Served) -> None:
    if served.following:
        served.run.prune(served.following)
    else:
        shutil.rmtree(served.run.folder)


def _is_idle(run: store.Run) -> bool:
    return time.time() - run.folder.stat().st_mtime > IDLE.total_seconds()


def last_gap(folder: Path) -> tuple[float, float] | None:
    """Of the runs there, from when to when nothing can be restored."""
    spans = [(run.usable(), run.until()) for run in store.runs(folder)]
    whole = [(bases[0].ended.timestamp(), until.moment.timestamp()) for bases, until in spans if bases and until]
    return (whole[-2][1], whole[-1][0]) if len(whole) > 1 else None
