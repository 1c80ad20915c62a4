"""Queries whose SQL is made once: for an article page Django spends more on making SQL than on running it."""

from functools import cached_property

from django.db import connections

_OPEN = -7_361_528_047  # stands for the key while the SQL is made; no key of ours is negative


class Statement:
    """`Statement(make)(key)` gives the rows of `make(key)`, a queryset after .values_list(), as tuples.

    `make` is called once in a process, so nothing but `key` may vary. Columns come as psycopg gives them, which for
    numbers, text and times is what Django gives.
    """

    def __init__(self, make):
        self.make = make

    def __call__(self, key: int) -> list[tuple]:
        sql, parameters, alias = self._made
        with connections[alias].cursor() as cursor:
            cursor.execute(sql, [key if each == _OPEN else each for each in parameters])
            return cursor.fetchall()

    @cached_property
    def _made(self):
        queryset = self.make(_OPEN)
        return *queryset.query.sql_with_params(), queryset.db
