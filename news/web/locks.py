"""Advisory locks of Postgres, by name. Each is held until the end of the present transaction: across PgBouncer, which
hands a connection to another client after each transaction, no other kind would be safe."""

from django.db import connection


def take(name: str) -> None:
    """Waits until no other transaction holds the lock of this name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def try_take(name: str) -> bool:
    """Takes the lock if no other transaction holds it; False, at once, where one does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        return cursor.fetchone()[0]
