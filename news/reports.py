"""How much was published and read in a period: by month, category, writer and kecamatan."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import reduce
from itertools import groupby
from operator import or_
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncMonth
from django.utils import timezone

from news.models import Article, Category, DailyViews, District, SummedDay, SummedReads
from news.web import dates, locks

NO_WRITER, NO_DISTRICT = "Tanpa nama penulis", "Tanpa kecamatan"
DELETED = "Sudah dihapus"  # a category or kecamatan, since its days were added up


class Line(NamedTuple):
    name: str
    articles: int  # published in the period, and still public
    reads: int  # in the period, of articles of any age
    readers: int  # of each article and day, added up


class Report(NamedTuple):
    total: Line
    months: list[Line]  # oldest first
    categories: list[Line]  # most read first, as all below
    writers: list[Line]
    other_writers: Line | None  # those beyond the number asked for, added up
    districts: list[Line]


Sums = tuple[int, int, int]  # articles, reads, readers
Span = tuple[date, date]  # a first day and the day after a last one
_GROUPS = SummedReads.Group
_LIVE = timedelta(days=2)  # today and yesterday, whose journals may be late
_FRESH = timedelta(minutes=1)  # then a live day is added up again
_STALE = timedelta(minutes=5)  # then a report adds it up itself, as no worker does
_KEPT = timedelta(hours=20)  # then a day is added up again: an article may have been withdrawn or changed its category
_DAYS_AT_ONCE = 20
# The days are added up by article first, so that few rows meet the articles. A day's reads of an article fit an int,
# whose sums are faster than those of a bigint. Of the writers only those asked for leave the database: an archive may
# have tens of thousands, and reading them costs more than all the sums. Names are compared as bytes, which is faster.
_SQL = """
    WITH days AS (
        SELECT article_id, sum(views::int) AS reads, sum(coalesce(readers, views)::int) AS readers
        FROM ({days}) AS days GROUP BY article_id
    ), facts AS (
        SELECT article_id AS id, 0 AS articles, reads, readers FROM days
        UNION ALL SELECT id, 1, 0, 0 FROM ({published}) AS published
    ), sums AS MATERIALIZED (
        SELECT grouped_by, key COLLATE "C" AS key,
            sum(articles) AS articles, sum(reads) AS reads, sum(readers) AS readers
        FROM (
            SELECT CASE 0 WHEN grouping(category_id) THEN 'category' WHEN grouping(district_id) THEN 'district'
                    ELSE 'writer' END AS grouped_by,
                CASE 0 WHEN grouping(category_id) THEN category_id::text
                    WHEN grouping(district_id) THEN coalesce(district_id::text, '')
                    ELSE author COLLATE "C" END AS key,
                sum(articles) AS articles, sum(reads) AS reads, sum(readers) AS readers
            FROM facts JOIN news_article USING (id)
            GROUP BY GROUPING SETS ((category_id), (district_id), (author COLLATE "C"))
            UNION ALL
            SELECT grouped_by, key, articles, reads, readers FROM news_summedreads WHERE day = ANY(%s)
        ) AS parts
        GROUP BY grouped_by, key COLLATE "C"
    )
    SELECT * FROM sums WHERE grouped_by <> 'writer'
    UNION ALL
    (SELECT * FROM sums WHERE grouped_by = 'writer' ORDER BY reads DESC, articles DESC, key LIMIT %s)
    UNION ALL
    SELECT 'writers', count(*)::text, sum(articles), sum(reads), sum(readers) FROM sums WHERE grouped_by = 'writer'
"""


def make(first: datetime, after: datetime, writers: int | None = None) -> Report:
    """The report of the days from `first` until before `after`, both midnights in the city's time zone; with so many
    writers, or all."""
    summed, spans = _parts(dates.day_of(first), dates.day_of(after))
    months = [Line(dates.month(*month), *sums) for month, sums in sorted(_by_month(summed, spans).items())]
    found = _by_key(summed, spans, writers)
    categories = {str(pk): name for pk, name in Category.objects.values_list("pk", "name")}
    districts = {"": NO_DISTRICT, **{str(pk): name for pk, name in District.objects.values_list("pk", "name")}}
    shown = _most_read_first(Line(key or NO_WRITER, *sums) for key, sums in found[_GROUPS.WRITER].items())
    return Report(
        total=added_up("Jumlah", months),
        months=months,
        categories=_most_read_first(_lines(found[_GROUPS.CATEGORY], categories)),
        districts=_most_read_first(_lines(found[_GROUPS.DISTRICT], districts)),
        writers=shown,
        other_writers=_others(found["writers"], shown),
    )


def _lines(found: dict[str, Sums], names: dict[str, str]) -> Iterable[Line]:
    return (Line(names.get(key, DELETED), *sums) for key, sums in found.items())


def begin_anew() -> None:
    """All days are to be added up again, and are read until then: after an import, whose articles are of past days."""
    SummedDay.objects.all().delete()


def add_up_days() -> int:
    """Adds up what was read and published on some days, so that reports need not: first today and yesterday, as every
    minute, then days that never were, then those for which it was done longest ago, as every day is once a day.
    Called by the worker. Returns how many days: 0 if none is due, or another worker does it."""
    due = _due()
    for number, day in enumerate(due):
        with transaction.atomic():
            if not locks.try_take(locks.Lock.SUMMED_DAYS):
                return number
            _add_up(day)
    return len(due)


_DUE = """
    SELECT day::date FROM generate_series(%(first)s::timestamp, %(today)s::timestamp, '1 day') AS day
    LEFT JOIN news_summedday USING (day)
    WHERE added_at IS NULL OR added_at > %(ahead)s
        OR added_at < CASE WHEN day > %(past)s THEN %(fresh)s ELSE %(kept)s END
    ORDER BY day > %(past)s DESC, added_at NULLS FIRST, day DESC LIMIT %(days)s
"""


def _due() -> list[date]:
    """From the first day on that has anything to add up, or had when it was done: its articles may be deleted."""
    published = Article.objects.published().order_by("published_at").values_list("published_at", flat=True).first()
    read = DailyViews.objects.order_by("day").values_list("day", flat=True).first()
    summed = SummedDay.objects.order_by("day").values_list("day", flat=True).first()
    first = min(filter(None, [read, summed, published and dates.day_of(published)]), default=None)
    if first is None:
        return []
    today, now = timezone.localdate(), timezone.now()
    moments = {
        "today": today,
        "past": today - _LIVE,
        "fresh": now - _FRESH,
        "kept": now - _KEPT,
        "ahead": now + _FRESH,
    }
    with connection.cursor() as cursor:
        cursor.execute(_DUE, moments | {"first": first, "days": _DAYS_AT_ONCE})
        return [day for (day,) in cursor.fetchall()]


def _add_up(day: date) -> None:
    found = _by_key([], [(day, day + timedelta(days=1))], writers=None)
    rows = {(group, key, *sums) for group in _GROUPS.values for key, sums in found[group].items()}
    stored = SummedReads.objects.filter(day=day)
    if rows != {*stored.values_list("grouped_by", "key", "articles", "reads", "readers")}:
        stored.delete()
        SummedReads.objects.bulk_create(
            SummedReads(day=day, grouped_by=group, key=key, articles=articles, reads=reads, readers=readers)
            for group, key, articles, reads, readers in rows
        )
    SummedDay.objects.update_or_create(day=day, defaults={"added_at": timezone.now()})


def _parts(first: date, after: date) -> tuple[list[date], list[Span]]:
    """The days of a period that are added up, and the spans of the others, at least an empty one. A day that was added
    up before its end counts while that was just now; one of a clock that was ahead does not."""
    now = timezone.now()
    added = SummedDay.objects.filter(day__gte=first, day__lt=after, added_at__lte=now + _FRESH)
    summed = {
        day
        for day, at in added.values_list("day", "added_at")
        if at >= min(now - _STALE, dates.midnight(day + timedelta(days=1)))
    }
    days = [first + timedelta(days=number) for number in range((after - first).days)]
    spans = []
    for is_summed, of_same in groupby(days, summed.__contains__):
        if not is_summed:
            begin, *more = of_same
            spans.append((begin, begin + timedelta(days=1 + len(more))))
    return sorted(summed), spans or [(after, after)]


def _read(spans: list[Span]) -> QuerySet[DailyViews]:
    within = [Q(day__gte=first, day__lt=after) for first, after in spans]
    return DailyViews.objects.filter(reduce(or_, within)).order_by()


def _published(spans: list[Span]) -> QuerySet[Article]:
    within = [
        Q(published_at__gte=dates.midnight(first), published_at__lt=dates.midnight(after)) for first, after in spans
    ]
    return Article.objects.published().filter(reduce(or_, within)).order_by()


def _others(all_writers: dict[str, Sums], shown: list[Line]) -> Line | None:
    [(number, sums)] = all_writers.items()
    rest = int(number) - len(shown)
    if not rest:
        return None
    return Line(f"{rest} penulis lain", *(a - b for a, b in zip(sums, added_up("", shown)[1:], strict=True)))


def added_up(name: str, lines: list[Line]) -> Line:
    sums = [sum(column) for column in zip(*((line.articles, line.reads, line.readers) for line in lines), strict=True)]
    return Line(name, *(sums or [0, 0, 0]))


def _by_month(summed: list[date], spans: list[Span]) -> dict[tuple[int, int], Sums]:
    """By year and month, those in which nothing happened left out."""
    found: defaultdict[tuple[int, int], Sums] = defaultdict(lambda: (0, 0, 0))

    def add(day: date, articles: int, reads: int, readers: int) -> None:
        sums = found[day.year, day.month]
        found[day.year, day.month] = (sums[0] + int(articles), sums[1] + int(reads), sums[2] + int(readers))

    of_days = SummedReads.objects.filter(grouped_by=_GROUPS.CATEGORY, day__in=summed).order_by().values_list("day")
    for row in of_days.annotate(Sum("articles"), Sum("reads"), Sum("readers")):
        add(*row)
    months = _published(spans).annotate(month=TruncMonth("published_at", tzinfo=dates.ZONE)).values_list("month")
    for month, articles in months.annotate(articles=Count("pk")):
        add(month, articles, 0, 0)
    days = _read(spans).values_list("day")
    for day, reads, readers in days.annotate(reads=Sum("views"), seen_by=Sum(Coalesce("readers", "views"))):
        add(day, 0, reads, readers)
    return {month: sums for month, sums in found.items() if any(sums)}


def _by_key(summed: list[date], spans: list[Span], writers: int | None) -> dict[str, dict[str, Sums]]:
    """By group and key, as SummedReads; "writers" has one key, the number of all of them."""
    days, of_days = _read(spans).values("article_id", "views", "readers").query.sql_with_params()
    published, of_published = _published(spans).values("id").query.sql_with_params()
    found: dict[str, dict[str, Sums]] = {name: {} for name in (*_GROUPS.values, "writers")}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")  # a row for each article stays in memory
        statement = _SQL.format(days=days, published=published)
        cursor.execute(statement, [*of_days, *of_published, summed, writers])
        for group, key, *sums in cursor.fetchall():
            articles, reads, readers = (int(each or 0) for each in sums)
            found[group][key] = (articles, reads, readers)
    return found


def _most_read_first(lines: Iterable[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: (-line.reads, -line.articles, line.name))
