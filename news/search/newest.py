"""The newest articles that contain words, at a cost that does not grow with the number of articles.

Postgres reads one stretch of time after the other, the newest first, until there are enough hits: the word index knows
the place of each article (news.search.places). A stretch without hits takes some 20 us."""

from collections.abc import Iterable
from typing import Any, Protocol

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


def newest(articles: Articles, sought: Iterable[TsQuery], number: int, within: Narrowing = EVERYWHERE) -> list[int]:
    """The ids of the newest articles in which all is found that is sought, at most `number`, newest first. Of those
    that have a time of publication which has come."""
    hits = articles.filter(*[Q(search=each) for each in sought])
    hits = hits.alias(places=PLACES, at=AT).filter(places__contains=within.places)
    if within.first and within.after:
        hits = hits.filter(at__gte=within.first, at__lt=within.after)
    sql, values = hits.order_by("-at", "-pk").values_list("pk")[:number].query.sql_with_params()
    with reads.connection().cursor() as cursor:
        cursor.execute(_BY_STRETCH.format(hits=sql), [within.after, within.first, *values, number])
        return [pk for (pk,) in cursor.fetchall()]


_BY_STRETCH = """
    SELECT id FROM generate_series(
        news_stretch(least(%s::timestamptz, statement_timestamp())),
        news_stretch(coalesce(%s::timestamptz, (SELECT min(published_at) FROM news_article))),
        -1
    ) AS stretch CROSS JOIN LATERAL ({hits}) AS hits (id) LIMIT %s
"""
