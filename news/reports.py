"""How much was published and read in a period: by month, category, writer and kecamatan."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncMonth

from news.models import Article, Category, DailyViews, District
from news.web import dates

NO_WRITER, NO_DISTRICT = "Tanpa nama penulis", "Tanpa kecamatan"


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
_KEYS = {"category": 0, "district": 1, "writer": 2, "writers": 2}  # which of the statement's three columns is the key
# The days are added up by article first, so that few rows meet the articles. A day's reads of an article fit an int,
# whose sums are faster than those of a bigint. Of the writers only those asked for leave the database: an archive may
# have tens of thousands, and reading them costs more than all the sums. Names are compared as bytes, which is faster.
_SQL = """
    WITH days AS (
        SELECT article_id, sum(views::int) AS reads, sum(coalesce(readers, views)::int) AS readers
        FROM news_dailyviews WHERE day >= %s AND day < %s GROUP BY article_id
    ), counted AS (
        SELECT category_id, district_id, author COLLATE "C" AS author, (published.id IS NOT NULL)::int AS articles,
            coalesce(reads, 0) AS reads, coalesce(readers, 0) AS readers
        FROM news_article
        LEFT JOIN days ON days.article_id = news_article.id
        LEFT JOIN ({published}) AS published ON published.id = news_article.id
        WHERE days.article_id IS NOT NULL OR published.id IS NOT NULL
    ), sums AS MATERIALIZED (
        SELECT CASE 0 WHEN grouping(category_id) THEN 'category' WHEN grouping(district_id) THEN 'district'
                ELSE 'writer' END AS name,
            category_id, district_id, author, sum(articles) AS articles, sum(reads) AS reads, sum(readers) AS readers
        FROM counted GROUP BY GROUPING SETS ((category_id), (district_id), (author))
    )
    SELECT * FROM sums WHERE name <> 'writer'
    UNION ALL
    (SELECT * FROM sums WHERE name = 'writer' ORDER BY reads DESC, articles DESC, author LIMIT %s)
    UNION ALL
    SELECT 'writers', NULL, NULL, count(*)::text, sum(articles), sum(reads), sum(readers)
    FROM sums WHERE name = 'writer'
"""


def make(first: datetime, after: datetime, writers: int | None = None) -> Report:
    """The report of the days from `first` until before `after`, both midnights in the city's time zone; with so many
    writers, or all."""
    published = Article.objects.published().filter(published_at__gte=first, published_at__lt=after).order_by()
    days = dates.day_of(first), dates.day_of(after)
    months = [Line(dates.month(*month), *sums) for month, sums in sorted(_by_month(published, *days).items())]
    found = _by_group(published, *days, writers)
    categories = dict(Category.objects.values_list("pk", "name"))
    districts: dict[int | None, str] = {None: NO_DISTRICT, **dict(District.objects.values_list("pk", "name"))}
    shown = _most_read_first(Line(key or NO_WRITER, *sums) for key, sums in found["writer"].items())
    return Report(
        total=added_up("Jumlah", months),
        months=months,
        categories=_most_read_first(Line(categories[key], *sums) for key, sums in found["category"].items()),
        districts=_most_read_first(Line(districts[key], *sums) for key, sums in found["district"].items()),
        writers=shown,
        other_writers=_others(found["writers"], shown),
    )


def _others(all_writers: dict[str, Sums], shown: list[Line]) -> Line | None:
    [(number, sums)] = all_writers.items()
    rest = int(number) - len(shown)
    if not rest:
        return None
    return Line(f"{rest} penulis lain", *(a - b for a, b in zip(sums, added_up("", shown)[1:], strict=True)))


def added_up(name: str, lines: list[Line]) -> Line:
    sums = [sum(column) for column in zip(*((line.articles, line.reads, line.readers) for line in lines), strict=True)]
    return Line(name, *(sums or [0, 0, 0]))


def _by_month(published: QuerySet[Article], first: date, after: date) -> dict[tuple[int, int], Sums]:
    """By year and month, those in which nothing happened left out."""
    found: defaultdict[tuple[int, int], Sums] = defaultdict(lambda: (0, 0, 0))
    months = published.annotate(month=TruncMonth("published_at", tzinfo=dates.ZONE)).values_list("month")
    for month, articles in months.annotate(articles=Count("pk")):
        found[month.year, month.month] = (articles, 0, 0)
    days = DailyViews.objects.filter(day__gte=first, day__lt=after).order_by().values_list("day")
    for day, views, seen_by in days.annotate(reads=Sum("views"), seen_by=Sum(Coalesce("readers", "views"))):
        articles, reads, readers = found[day.year, day.month]
        found[day.year, day.month] = (articles, reads + int(views), readers + int(seen_by))
    return found


def _by_group(
    published: QuerySet[Article], first: date, after: date, writers: int | None
) -> dict[str, dict[Any, Sums]]:
    """By name of the group and key; "writers" has one key, the number of all of them."""
    statement, parameters = published.values("id").query.sql_with_params()
    found: dict[str, dict[Any, Sums]] = {name: {} for name in _KEYS}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")  # a row for each article stays in memory
        cursor.execute(_SQL.format(published=statement), [first, after, *parameters, writers])
        for name, *keys, articles, reads, readers in cursor.fetchall():
            found[name][keys[_KEYS[name]]] = (int(articles or 0), int(reads or 0), int(readers or 0))
    return found


def _most_read_first(lines: Iterable[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: (-line.reads, -line.articles, line.name))
