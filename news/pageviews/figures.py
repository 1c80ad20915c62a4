"""Reads and readers by day and hour, for the newsroom. Days are those of the city's time zone."""

from datetime import date, timedelta
from typing import NamedTuple

from django.core.cache import cache
from django.db.models import Count, F, Func, IntegerField, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from news.models import Article, DailyViews, HourlyReaders
from news.pageviews.readers import estimate
from news.web import dates

HOURS = 24
KEPT = 30  # seconds, per process


class Day(NamedTuple):
    day: date
    reads: int
    readers: int  # of each article, added up: who reads three articles counts three times


def days(number: int, articles: QuerySet[Article] | None = None) -> list[Day]:
    """The last `number` days with today, oldest first; of these articles only, if a queryset of them is given. Of all
    articles they are kept for KEPT seconds: a row for each article that was read on a day is a lot to add up."""
    if articles is not None:
        return _days(number, articles)
    key = f"figures.days.{number}.{timezone.localdate()}"
    kept = cache.get(key)
    if kept is None:
        kept = _days(number, None)
        cache.set(key, kept, KEPT)
    return kept


def _days(number: int, articles: QuerySet[Article] | None) -> list[Day]:
    today = timezone.localdate()
    first = today - timedelta(days=number - 1)
    rows = DailyViews.objects.filter(day__gte=first, day__lte=today)
    if articles is not None:
        rows = rows.filter(article__in=articles.order_by().values("pk"))
    sums = rows.order_by().values_list("day").annotate(reads=Sum("views"), seen_by=Sum(Coalesce("readers", "views")))
    found = {day: Day(day, reads, readers) for day, reads, readers in sums}
    return [found.get(day, Day(day, 0, 0)) for day in (first + timedelta(days=each) for each in range(number))]


def readers_by_hour() -> list[int]:
    """About how many readers today's hours had, those of each article added up."""
    start = dates.midnight(timezone.localdate())
    rows = HourlyReaders.objects.filter(hour__gte=start, hour__lt=start + timedelta(days=1)).order_by()
    hit = Func(F("buckets"), function="bit_count", output_field=IntegerField())
    found = [0] * HOURS
    for hour, buckets, articles in rows.annotate(hit=hit).values_list("hour", "hit").annotate(Count("article_id")):
        found[timezone.localtime(hour).hour] += estimate(buckets) * articles
    return found


def most_read(articles: QuerySet[Article], number: int, limit: int) -> list[tuple[int, int]]:
    """(id, reads) of those of these articles that were read most in the last `number` days."""
    first = timezone.localdate() - timedelta(days=number - 1)
    rows = DailyViews.objects.filter(day__gte=first, article__in=articles.order_by().values("pk")).order_by()
    sums = rows.values_list("article_id").annotate(reads=Sum("views")).order_by("-reads", "-article_id")
    return list(sums[:limit])
