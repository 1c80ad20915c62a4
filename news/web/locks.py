"""Advisory locks of Postgres, by name. Each is held until the end of the current transaction: other kinds are not safe
with PgBouncer, which hands a connection to another client after each transaction."""

from django.db import connection


def take(name: str) -> None:
    """Takes the lock, after waiting until no other transaction holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def try_take(name: str) -> bool:
    """Takes the lock and returns True, or returns False at once if another transaction holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        return cursor.fetchone()[0]
