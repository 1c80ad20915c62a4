"""Whoever writes a lot at once (a large import) holds a lock while at it: archiving rests, and begins anew with a base
backup afterwards, which is smaller than the WAL of so many changes."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_LOCK = "wal.jeda.lock"  # in DATA_DIR; a killed process lets go of it
LARGE = 50 * 1024 * 1024  # bytes of files to import, from which it is worth it


@contextmanager
def paused(data_dir: Path) -> Iterator[None]:
    descriptor = _open(data_dir)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


def is_paused(data_dir: Path) -> bool:
    descriptor = _open(data_dir)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _open(data_dir: Path) -> int:
    return os.open(data_dir / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
