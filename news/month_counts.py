"""The number of articles per month, stored because counting a million rows takes 300 ms."""

from datetime import datetime, timedelta
from itertools import groupby

from django.db import transaction
from django.db.models import Count
from django.db.models.functions import TruncMonth

from news.models import Article, MonthCount
from news.web import dates, reads


def refresh() -> None:
    """Counts the published articles of each month in the city's time zone and stores changes. Called by the worker."""
    counted = dict(
        Article.objects.published()
        .annotate(month=TruncMonth("published_at", tzinfo=dates.ZONE))
        .values_list("month")
        .annotate(articles=Count("pk"))
        .order_by()
    )
    counted = {month.date(): articles for month, articles in counted.items()}
    with transaction.atomic():
        stored = dict(MonthCount.objects.select_for_update().values_list("month", "articles"))
        MonthCount.objects.filter(month__in=stored.keys() - counted.keys()).delete()
        MonthCount.objects.bulk_create(
            [MonthCount(month, articles) for month, articles in counted.items() if stored.get(month) != articles],
            update_conflicts=True,
            update_fields=["articles"],
            unique_fields=["month"],
        )


def years() -> list[tuple[int, int, list[tuple[int, int]]]]:
    """(year, articles, [(month, articles) for all 12 months]), newest year first, as last counted by the worker."""
    counts = MonthCount.objects.order_by("-month").values_list("month", "articles")
    found = []
    for year, months in groupby(counts, key=lambda row: row[0].year):
        by_month = {month.month: articles for month, articles in months}
        found.append((year, sum(by_month.values()), [(number, by_month.get(number, 0)) for number in range(1, 13)]))
    return found


# Counting from each midnight to the next takes a third of finding out the day of each article.
_OF_EACH_DAY = """
    SELECT extract(day FROM day)::int, articles
    FROM generate_series(%s::date::timestamp, %s::date::timestamp, '1 day') AS day
    CROSS JOIN LATERAL (
        SELECT count(*) AS articles FROM ({published}) AS published
        WHERE published_at >= day AT TIME ZONE %s AND published_at < (day + interval '1 day') AT TIME ZONE %s
    ) AS counted
    WHERE articles > 0
"""


def days(first: datetime, after: datetime) -> dict[int, int]:
    """The number of articles on each day of the month that begins and ends at these moments; none without any."""
    published, values = Article.objects.published().values("published_at").query.sql_with_params()
    last = dates.day_of(after) - timedelta(days=1)
    with reads.connection().cursor() as cursor:
        keys = [dates.day_of(first), last, *values, dates.ZONE.key, dates.ZONE.key]
        cursor.execute(_OF_EACH_DAY.format(published=published), keys)
        return dict(cursor.fetchall())
