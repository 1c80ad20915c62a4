"""Figures for Prometheus, at the address in METRICS: of requests from the web server's processes, of everything else
from the worker, which also shows them. They tell about work, never about people."""

from collections.abc import Iterable
from contextlib import suppress
from itertools import count
from pathlib import Path

from portal.run.data_folder import METRICS as FOLDER


def begin(data_dir: Path) -> None:
    """For a web server about to start: its counters begin at zero, as Prometheus expects it."""
    folder = data_dir / FOLDER
    with suppress(OSError):  # each of its processes says what is wrong
        folder.mkdir(mode=0o700, exist_ok=True)
        for path in folder.iterdir():
            path.unlink(missing_ok=True)


def free_number(taken: Iterable[int]) -> int:
    """For a new process of the web server. That of a dead one comes again, whose files are then gone on with: they
    become no more, and no counter goes back."""
    numbers = set(taken)
    return next(number for number in count() if number not in numbers)
