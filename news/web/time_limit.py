"""A time limit for queries built from what readers type."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, transaction
from psycopg.errors import QueryCanceled

from news.web import reads
from news.web.database import patience

GRACE = 1.0  # seconds in which the server may say that it stopped a statement, before we stop waiting for it


class TooSlow(Exception):
    """A statement took longer than `time_limit` allowed."""


@contextmanager
def time_limit(milliseconds: int) -> Iterator[None]:
    """Opens a transaction in which no statement may take longer; raises TooSlow if one does."""
    try:
        with (
            patience(milliseconds / 1000 + GRACE),
            transaction.atomic(using=reads.alias()),
            reads.connection().cursor() as cursor,
        ):
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(milliseconds)])
            yield
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TooSlow from error
        raise
