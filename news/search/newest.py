"""The newest articles that contain words, at a cost that does not grow with the number of articles.

All hits of rare words are read. Of more frequent ones Postgres reads those of one stretch of time after the other, the
newest first, until there are enough: the word index knows the place of each article (news.search.places)."""

from collections.abc import Iterable
from typing import Any, Protocol

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from news.search.places import EVERYWHERE, PLACES, Narrowing
from news.search.query import TsQuery
from news.web import reads

RARE = 0.001  # share of the articles
FEW = 1_200  # hits that are all read, at most
# Not the column: its index would be read in order of time, which takes 700 ms for a rare or absent word.
_AT = Coalesce("published_at", "created_at")


class Articles(Protocol):
    """What is used of a queryset of articles. Its class is in news.models, which imports this package."""

    @property
    def model(self) -> Any: ...
    def filter(self, *conditions: Any, **lookups: Any) -> QuerySet: ...
    def order_by(self, *fields: Any) -> QuerySet: ...
    def for_list(self) -> QuerySet: ...


def newest(
    articles: Articles, sought: Iterable[TsQuery], number: int, *, share: float, within: Narrowing = EVERYWHERE
) -> list[int]:
    """The ids of the newest articles in which all is found that is sought, at most `number`, newest first. `share`: of
    all articles in which it is found, about."""
    hits = articles.filter(*[Q(search=each) for each in sought])
    if share <= RARE:
        found, total = _of_all(hits, number, within)
        if total < FEW:  # else the share was wrong
            return found
    return _stretch_by_stretch(hits, number, within)


def _of_all(hits: QuerySet, number: int, within: Narrowing) -> tuple[list[int], int]:
    """The newest hits, and how many articles everywhere were read to find them, FEW at most."""
    read = hits.order_by().values_list("pk", _AT, within.is_met)[:FEW]
    sql, values = read.query.sql_with_params()
    with reads.connection().cursor() as cursor:
        cursor.execute(_OF_ALL.format(read=sql), [*values, number])
        rows = cursor.fetchall()
    return [pk for _, pk in rows if pk], rows[0][0]


_OF_ALL = """
    WITH read (id, at, is_wanted) AS MATERIALIZED ({read})
    SELECT total, id FROM (SELECT count(*) AS total FROM read) AS counted LEFT JOIN LATERAL (
        SELECT id FROM read WHERE is_wanted ORDER BY at DESC, id DESC LIMIT %s
    ) AS hits ON true
"""


def _stretch_by_stretch(hits: QuerySet, number: int, within: Narrowing) -> list[int]:
    hits = hits.alias(places=PLACES, at=_AT).filter(places__contains=within.places)
    if within.first and within.after:
        hits = hits.filter(at__gte=within.first, at__lt=within.after)
    sql, values = hits.order_by("-at", "-pk").values_list("pk")[:number].query.sql_with_params()
    with reads.connection().cursor() as cursor:
        cursor.execute(_BY_STRETCH.format(hits=sql), [within.after, within.first, *values, number])
        return [pk for (pk,) in cursor.fetchall()]


_BY_STRETCH = """
    SELECT id FROM generate_series(
        news_stretch(least(%s::timestamptz, now())),
        news_stretch(coalesce(%s::timestamptz, (SELECT min(published_at) FROM news_article))),
        -1
    ) AS stretch CROSS JOIN LATERAL ({hits}) AS hits (id) LIMIT %s
"""
