"""Advisory locks of Postgres. Each is held until the end of a transaction: other kinds are not safe with PgBouncer,
which hands a connection to another client after each transaction."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum, unique
from itertools import count

import psycopg
from django.db import connection

_ASK_AGAIN = 0.2  # seconds


@unique
class Lock(StrEnum):
    """All locks of the portal, listed here so that no two uses share one by accident. A running portal of another
    version must take the same ones: do not rename them."""

    IMPORT = "import"  # two imports could both create the same article
    MOST_READ = "most read"  # one worker computes the lists
    RELATED = "related"  # one worker computes the lists
    REINDEXING = "reindexing"  # one worker renews the articles
    SUMMED_DAYS = "summed days"  # one worker adds up days
    VOCABULARY = "vocabulary"  # two refreshes would wait for each other's rows
    DIGEST = "moderators' digest"  # it is sent once
    UPGRADE = "upgrade"  # one process changes the tables
    AUDIT = "audit"  # the chain has no fork; taken by the database (portal.audit, migration 0001)
    # One lock for each key:
    SENDER = "sender"  # the sender's limits are exact
    EMAILS_TO = "e-mails to"  # the limits for an address are exact
    ERRORS = "mailed errors"  # each kind is mailed once an hour
    NEAR_COPIES = "near copies"  # of two similar comments at once, each would miss the other


def take(lock: Lock, key: str | int = "") -> None:
    """Takes the lock, after waiting until no other transaction holds it. With a key, only its holders exclude each
    other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [_name(lock, key)])


def try_take(lock: Lock, key: str | int = "") -> bool:
    """Takes the lock and returns True, or returns False at once if another transaction holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [_name(lock, key)])
        return cursor.fetchone()[0]


@contextmanager
def held(lock: Lock, on_wait: Callable[[], object]) -> Iterator[None]:
    """Holds the lock for a block with many transactions, in one of its own on a connection of its own. `on_wait` is
    called if another process has it."""
    # In the simple protocol a statement is over when it was answered. Of others Postgres keeps the last one, with the
    # state of the data that it saw, and CREATE INDEX CONCURRENTLY inside the block would wait for its end, for ever.
    own = connection.get_connection_params() | {"cursor_factory": psycopg.ClientCursor}
    with connection.wrap_database_errors, psycopg.connect(**own) as server, server.cursor() as cursor:
        # A server that ends idle transactions would let two processes in.
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        # Asks again and again: for a statement that waits, too, that process would wait.
        for turn in count():
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [_name(lock, "")])
            if cursor.fetchone() == (True,):
                break
            if turn == 0:
                on_wait()
            time.sleep(_ASK_AGAIN)
        yield


def _name(lock: Lock, key: str | int) -> str:
    return f"{lock} {key}" if key != "" else lock.value
