"""The Postgres backend of web processes: Django's, with an end to every wait.

`base` is the backend (Django finds it by that name); portal/wsgi.py chooses it. Commands and the worker, whose
statements may take long, keep Django's.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import inf

STATEMENT_TIMEOUT = 15  # seconds, kept by the server
PATIENCE = 20.0  # seconds for one answer of the server, which may be frozen and then keeps no time limit

_patience: ContextVar[float] = ContextVar("patience", default=PATIENCE)
_deadline: ContextVar[float] = ContextVar("deadline", default=inf)  # on the monotonic clock


def seconds_left() -> float:
    """For the next answer of the database."""
    return max(min(_patience.get(), _deadline.get() - time.monotonic()), 0.0)


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """In this block each answer of the database is awaited for so long at most; then the connection is closed and
    OperationalError raised. Without effect outside web processes."""
    token = _patience.set(seconds)
    try:
        yield
    finally:
        _patience.reset(token)


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """The same for all answers in this block together; one around it stays."""
    token = _deadline.set(min(time.monotonic() + seconds, _deadline.get()))
    try:
        yield
    finally:
        _deadline.reset(token)
