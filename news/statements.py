"""Queries whose SQL is made once: for an article page Django spends more on making SQL than on running it."""

from functools import cached_property

from django.db import connections
from psycopg.sql import Literal

_OPEN = -7_361_528_047  # stands for the key while the SQL is made; no key of ours is negative


class Statement:
    """`Statement(make)(key)` gives the rows of `make(key)`, a queryset after .values_list(), as tuples.

    `make` is called once in a process, so nothing but `key` may vary. Columns come as psycopg gives them, which for
    numbers, text and times is what Django gives.
    """

    def __init__(self, make):
        self.make = make

    def __call__(self, key: int) -> list[tuple]:
        sql, keys, alias = self._made
        with connections[alias].cursor() as cursor:
            cursor.execute(sql, [key] * keys)
            return cursor.fetchall()

    @cached_property
    def _made(self) -> tuple[str, int, str]:
        """The SQL, how often it asks for the key, and the database's alias. All other values become part of the SQL:
        a plan that Postgres keeps can use an index of published rows only where "published" is no parameter."""
        queryset = self.make(_OPEN)
        sql, parameters = queryset.query.sql_with_params()
        pieces = sql.split("%s")  # Django doubles every other percent sign
        places = ["%s" if each == _OPEN else Literal(each).as_string().replace("%", "%%") for each in parameters]
        filled = "".join(piece + place for piece, place in zip(pieces, [*places, ""], strict=True))
        return filled, places.count("%s"), queryset.db
