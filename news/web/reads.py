"""From which database a request reads: the primary, or a replica of it.

With REPLICA_URL portal.replica lets pages for readers choose the replica. Everything that is written goes to the
primary, whatever was chosen. SQL that pages for readers run without the ORM uses `connection()`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

PRIMARY, REPLICA = DEFAULT_DB_ALIAS, "replica"
_chosen: ContextVar[str] = ContextVar("chosen", default=PRIMARY)


def alias() -> str:
    return _chosen.get()


def connection() -> BaseDatabaseWrapper:
    return connections[_chosen.get()]


@contextmanager
def using(alias: str) -> Iterator[None]:
    """Reads in this block come from this database."""
    token = _chosen.set(alias)
    try:
        yield
    finally:
        _chosen.reset(token)


class Router:
    """For settings.DATABASE_ROUTERS. Rows that were read from the replica are written to the primary."""

    def db_for_read(self, model, **hints):
        return _chosen.get()

    def db_for_write(self, model, **hints):
        return PRIMARY

    def allow_relation(self, one, other, **hints):
        return True

    def allow_migrate(self, db, app_label, **hints):
        return db == PRIMARY
