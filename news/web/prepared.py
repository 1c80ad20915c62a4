"""Queries whose SQL is made once, for an article page costs Django more in making SQL than Postgres in running it; and
queries that may take only so long."""

from functools import cached_property

from django.db import connections
from django.db.models.query import get_related_populators
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
        sql, keys, alias, _ = self._made
        with connections[alias].cursor() as cursor:
            cursor.execute(sql, [key] * keys)
            return cursor.fetchall()

    @cached_property
    def _made(self) -> tuple:
        """The SQL, how often it asks for the key, the database's alias, and the compiler that made it.

        All other values become part of the SQL: a plan that Postgres keeps can use an index of published rows only
        where "published" is no parameter.
        """
        queryset = self.make(_OPEN)
        compiler = queryset.query.get_compiler(queryset.db)
        sql, parameters = compiler.as_sql()
        pieces = sql.split("%s")  # Django doubles every other percent sign
        places = ["%s" if each == _OPEN else Literal(each).as_string().replace("%", "%%") for each in parameters]
        filled = "".join(piece + place for piece, place in zip(pieces, [*places, ""], strict=True))
        return filled, places.count("%s"), queryset.db, compiler


class Instances(Statement):
    """A Statement of a queryset without .values_list(), that gives its instances, with what select_related() names.

    The rows are made into instances as django.db.models.query.ModelIterable does it.
    """

    def __call__(self, key: int) -> list:
        return [self._instance(row) for row in super().__call__(key)]

    def _instance(self, row):
        alias, model, columns, names, populators = self._plan
        instance = model.from_db(alias, names, row[columns])
        for populator in populators:
            populator.populate(row, instance)
        return instance

    @cached_property
    def _plan(self) -> tuple:
        _, _, alias, compiler = self._made
        info, select = compiler.klass_info, compiler.select
        columns = slice(info["select_fields"][0], info["select_fields"][-1] + 1)
        names = [column.target.attname for column, *_ in select[columns]]
        return alias, info["model"], columns, names, get_related_populators(info, select, alias)
