"""Queries whose SQL is built once per process: for an article page, building SQL takes Django longer than running it
takes Postgres."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property

from django.db import connection, connections
from django.db.models import QuerySet
from psycopg.sql import Literal

_KEY = -7_361_528_047  # a placeholder while the SQL is built; real keys are never negative


class Statement:
    """`Statement(make)(key)` returns the rows of `make(key)`, a queryset after .values_list(), as tuples.

    `make` is called once per process, so only `key` may vary. Column values are those of psycopg, which for numbers,
    text and times are the same as Django's.
    """

    def __init__(self, make: Callable[[int], QuerySet]):
        self.make = make

    def __call__(self, key: int) -> list[tuple]:
        sql, keys, alias = self._prepared
        with connections[alias].cursor() as cursor:
            cursor.execute(sql, [key] * keys)
            return cursor.fetchall()

    @cached_property
    def _prepared(self) -> tuple[str, int, str]:
        """The SQL, how often it contains the key, and the database's alias.

        All other values become part of the SQL: a plan that Postgres caches can use an index of published rows only
        if "published" is not a parameter.
        """
        queryset = self.make(_KEY)
        sql, parameters = queryset.query.sql_with_params()
        parts = sql.split("%s")  # Django doubles every other percent sign
        values = ["%s" if value == _KEY else Literal(value).as_string().replace("%", "%%") for value in parameters]
        filled = "".join(part + value for part, value in zip(parts, [*values, ""], strict=True))
        return filled, values.count("%s"), queryset.db


@contextmanager
def unprepared() -> Iterator[None]:
    """In this block each statement is planned for its own values. From the sixth time on Postgres would plan a
    prepared one for any values, and a list whose filters find much and little would be read in the wrong order: 40 ms
    instead of 2."""
    connection.ensure_connection()
    session = connection.connection
    threshold, session.prepare_threshold = session.prepare_threshold, None
    try:
        yield
    finally:
        session.prepare_threshold = threshold
