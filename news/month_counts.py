"""The number of articles per month, stored because counting a million rows takes 300 ms."""

from datetime import datetime
from itertools import groupby

from django.db import transaction
from django.db.models import Count, IntegerField, QuerySet
from django.db.models.functions import Cast, ExtractDay, TruncMonth

from news.models import Article, MonthCount
from news.web.dates import ZONE
from news.web.prepared import Statement


def refresh() -> None:
    """Counts the published articles of each month in the city's time zone and stores changes. Called by the worker."""
    counted = dict(
        Article.objects.published()
        .annotate(month=TruncMonth("published_at", tzinfo=ZONE))
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


def days(first: datetime, after: datetime) -> dict[int, int]:
    """The number of articles on each day of the month that begins and ends at these moments."""
    return dict(_days(first, after))


def _of_each_day(first: datetime, after: datetime) -> QuerySet:
    articles = Article.objects.published().filter(published_at__gte=first, published_at__lt=after)
    day = Cast(ExtractDay("published_at", tzinfo=ZONE), IntegerField())  # else Postgres counts days in decimals
    return articles.annotate(day=day).values_list("day").annotate(Count("pk")).order_by()


_days = Statement(_of_each_day, datetime, datetime)
