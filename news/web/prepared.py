"""Queries whose SQL is made once in a process: an article page costs Django more in making SQL than Postgres in
running it."""

from collections.abc import Callable
from functools import cached_property

from django.db import connections
from django.db.models import QuerySet
from psycopg.sql import Literal

_KEY = -7_361_528_047  # stands for the key while the SQL is made; no key of ours is negative


class Statement:
    """`Statement(make)(key)` returns the rows of `make(key)`, a queryset after .values_list(), as tuples.

    `make` is called once in a process, so nothing but `key` may vary. Columns come as psycopg returns them, which for
    numbers, text and times is what Django does.
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
        """The SQL, how often it asks for the key, and the database's alias.

        All other values become part of the SQL: a plan that Postgres keeps can use an index of published rows only
        where "published" is no parameter.
        """
        queryset = self.make(_KEY)
        sql, parameters = queryset.query.sql_with_params()
        parts = sql.split("%s")  # Django doubles every other percent sign
        values = ["%s" if each == _KEY else Literal(each).as_string().replace("%", "%%") for each in parameters]
        filled = "".join(part + value for part, value in zip(parts, [*values, ""], strict=True))
        return filled, values.count("%s"), queryset.db
