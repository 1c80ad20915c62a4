"""The newest articles that contain words, at a cost that does not grow with the number of articles.

Postgres reads one stretch of time after the other, the newest first, until there are enough hits: the word index knows
the place of each article (news.search.places). A stretch without hits takes some 20 us, and up to 350 where the words
are frequent but hardly meet. So of few articles all hits are read at once, in the order of the index."""

from collections.abc import Iterable
from math import inf
from typing import Any, NamedTuple, Protocol

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from news.search.places import EVERYWHERE, PLACES, Narrowing
from news.search.query import TsQuery
from news.web import reads

# To sort by. Not the column: its index would be read in order of time, which takes 700 ms for a rare or absent word.
AT = Coalesce("published_at", "created_at")


class Articles(Protocol):
    """What is used of a queryset of articles. Its class is in news.models, which imports this package."""

    @property
    def model(self) -> Any: ...
    def filter(self, *conditions: Any, **lookups: Any) -> QuerySet: ...
    def order_by(self, *fields: Any) -> QuerySet: ...
    def for_list(self) -> QuerySet: ...


class Expected(NamedTuple):
    """How many articles have what is sought, about."""

    rarest: float = inf  # the rarest word: all words together are in no more
    together: float = inf  # all words, as if none of them were there because of another


UNKNOWN = Expected()
_FEW = 1_000  # articles with the rarest word: all hits are read
_RARELY = 3_000  # articles with all words: those of the last stretches are looked for first, then all
_NEVER_MORE = 30_000  # articles with the rarest word: if it always comes with the others, so many hits may be read
_LAST = 8  # stretches


def newest(
    articles: Articles,
    sought: Iterable[TsQuery],
    number: int,
    within: Narrowing = EVERYWHERE,
    expected: Expected = UNKNOWN,
) -> list[int]:
    """The ids of the newest articles in which all is found that is sought, at most `number`, newest first.
    `articles`: published ones; which these are is decided there alone. `expected` decides how they are looked for, not
    what is found."""
    hits = articles.filter(*[Q(search=each) for each in sought])
    if expected.rarest <= _FEW:
        return _of_all(hits, number, within)
    if expected.together > _RARELY or expected.rarest > _NEVER_MORE:
        return _by_stretch(hits, number, within)
    found = _by_stretch(hits, number, within, last=_LAST)
    if len(found) == number:
        return found
    # A quarter is there already: the words meet more often than expected, and a few stretches more are enough.
    read = _by_stretch if len(found) > number / 4 else _of_all
    return read(hits, number, within)


def _by_stretch(hits: QuerySet, number: int, within: Narrowing, last: int | None = None) -> list[int]:
    """Of all stretches, or the last ones."""
    hits = hits.alias(places=PLACES, at=AT).filter(places__contains=within.places)
    if within.first and within.after:
        hits = hits.filter(at__gte=within.first, at__lt=within.after)
    sql, values = hits.order_by("-at", "-pk").values_list("pk")[:number].query.sql_with_params()
    return _ids(_BY_STRETCH.format(hits=sql), [within.after, within.first, last, *values, number])


def _of_all(hits: QuerySet, number: int, within: Narrowing) -> list[int]:
    sql, values = hits.order_by().values_list("pk", AT, within.is_met).query.sql_with_params()
    return _ids(_OF_ALL.format(hits=sql), [*values, number])


def _ids(sql: str, values: list) -> list[int]:
    with reads.connection().cursor() as cursor:
        cursor.execute(sql, values)
        return [pk for (pk,) in cursor.fetchall()]


_BY_STRETCH = """
    SELECT id FROM (
        SELECT generate_series(news_stretch(least(%s::timestamptz, statement_timestamp())),
            news_stretch(coalesce(%s::timestamptz, (SELECT min(published_at) FROM news_article))), -1) LIMIT %s
    ) AS stretches (stretch) CROSS JOIN LATERAL ({hits}) AS hits (id) LIMIT %s
"""
# OFFSET 0 keeps the narrowing out of the search: Postgres might read the index of a category from end to end.
_OF_ALL = """
    SELECT id FROM ({hits} OFFSET 0) AS hits (id, at, is_wanted) WHERE is_wanted ORDER BY at DESC, id DESC LIMIT %s
"""
