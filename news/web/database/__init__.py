"""The Postgres backend of web processes: Django's, with an end to every wait.

`base` is the backend (Django finds it by that name); portal/wsgi.py chooses it. Commands and the worker, whose
statements may take long, keep Django's.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

STATEMENT_TIMEOUT = 15  # seconds, kept by the server
PATIENCE = 20.0  # seconds for one answer of the server, which may be frozen and then keeps no time limit

patience_left: ContextVar[float] = ContextVar("patience", default=PATIENCE)


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """In this block each answer of the database is awaited for so long at most; then the connection is closed and
    OperationalError raised. Without effect outside web processes."""
    token = patience_left.set(seconds)
    try:
        yield
    finally:
        patience_left.reset(token)
