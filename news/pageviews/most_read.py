"""Terpopuler: the most read articles of a period, computed by the worker and stored."""

from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from news.listed import Read
from news.models import Article, MostRead
from news.web import locks
from news.web.prepared import Statement

PLACES = 50
_places = Statement(
    lambda: MostRead.objects.filter(article__in=Article.objects.published()).values_list(
        "period", "rank", "article_id", "article__slug", "article__title", "readers"
    )
)
# Only what changed is written: the worker computes the lists every few seconds, and most often nothing did. The column
# of readers is called views.
_SQL = """
    WITH best AS MATERIALIZED (
        SELECT row_number() OVER (ORDER BY readers DESC, published_at DESC, id DESC) AS rank, id, readers
        FROM (
            SELECT article.id, published_at, readers
            FROM (
                SELECT article_id, sum(coalesce(readers, views)) AS readers
                FROM news_dailyviews
                WHERE day > %s AND day <= %s
                GROUP BY article_id
                HAVING sum(coalesce(readers, views)) > 0
            ) AS recent
            JOIN ({published}) AS article ON article.id = article_id
            ORDER BY readers DESC, published_at DESC, id DESC
            LIMIT %s
        ) AS found
    ), written AS (
        INSERT INTO news_mostread (period, rank, article_id, views)
        SELECT %s, rank, id, readers FROM best
        WHERE (rank, id, readers) NOT IN (SELECT rank, article_id, views FROM news_mostread WHERE period = %s)
        ON CONFLICT (period, rank) DO UPDATE SET article_id = excluded.article_id, views = excluded.views
    )
    DELETE FROM news_mostread WHERE period = %s AND rank > (SELECT count(*) FROM best)
"""


def refresh() -> bool:
    """Computes the MostRead lists and returns True, or False if another process is doing so already.

    Counts readers of the last 1, 7 and 30 days in the city's time zone, including today: ten thousand reads by one of
    them weigh as one. Equals: newer article first.
    """
    published, parameters = Article.objects.published().values("id", "published_at").query.sql_with_params()
    today = timezone.localdate()
    with transaction.atomic(), connection.cursor() as cursor:
        if not locks.try_take(locks.Lock.MOST_READ):
            return False
        cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0")  # leaves the other cores to readers
        for period in MostRead.Period.values:
            days = [today - timedelta(days=period), today]
            cursor.execute(_SQL.format(published=published), [*days, *parameters, PLACES, period, period, period])
    return True


def periods(limit: int) -> list[tuple[MostRead.Period, list[Read]]]:
    """The most read articles of each period that are still published, most read first, in one query."""
    found: dict[int, list[Read]] = {period: [] for period in MostRead.Period}
    for period, _, *row in sorted(_places()):
        if len(found[period]) < limit:
            found[period].append(Read._make(row))
    return [(MostRead.Period(period), articles) for period, articles in found.items()]


def of_period(period: MostRead.Period, limit: int) -> list[Read]:
    """Those of one period."""
    return dict(periods(limit))[period]
