"""How much was published and read in a period: by month, category, writer and kecamatan."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from news.models import Article, Category, District
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
    districts: list[Line]


_GROUPS = ("month", "category", "district", "writer", "total")  # in the order of the statement's columns
# Both tables are read once, whatever the number of groups. The days are added up by article and month first: a tenth
# of the rows meets the articles.
_SQL = """
    WITH days AS MATERIALIZED (
        SELECT article_id, date_trunc('month', day)::date AS month,
            sum(views) AS reads, sum(coalesce(readers, views)) AS readers
        FROM news_dailyviews WHERE day >= %s AND day < %s GROUP BY 1, 2
    ), both_kinds AS (
        SELECT month, category_id, district_id, author, 0 AS articles, reads, readers
        FROM days JOIN news_article ON news_article.id = article_id
        UNION ALL
        SELECT date_trunc('month', published_at AT TIME ZONE %s)::date, category_id, district_id, author, 1, 0, 0
        FROM ({published}) AS published
    )
    SELECT CASE 0 WHEN grouping(month) THEN 'month' WHEN grouping(category_id) THEN 'category'
            WHEN grouping(district_id) THEN 'district' WHEN grouping(author) THEN 'writer' ELSE 'total' END,
        month, category_id, district_id, author, sum(articles), sum(reads), sum(readers)
    FROM both_kinds GROUP BY GROUPING SETS ((month), (category_id), (district_id), (author), ())
"""


def make(first: datetime, after: datetime) -> Report:
    """The report of the days from `first` until before `after`, both midnights in the city's time zone."""
    published = Article.objects.published().filter(published_at__gte=first, published_at__lt=after)
    columns = published.order_by().values("published_at", "category_id", "district_id", "author")
    statement, parameters = columns.query.sql_with_params()
    limits: list[Any] = [dates.day_of(first), dates.day_of(after), str(dates.ZONE)]
    found: dict[str, dict[Any, tuple[int, int, int]]] = {name: {} for name in _GROUPS}
    with connection.cursor() as cursor:
        cursor.execute(_SQL.format(published=statement), [*limits, *parameters])
        for name, *keys, articles, reads, readers in cursor.fetchall():
            key = keys[_GROUPS.index(name)] if name in _GROUPS[:-1] else None
            found[name][key] = (int(articles or 0), int(reads or 0), int(readers or 0))
    categories = dict(Category.objects.values_list("pk", "name"))
    districts: dict[int | None, str] = {None: NO_DISTRICT, **dict(District.objects.values_list("pk", "name"))}
    return Report(
        total=Line("Jumlah", *found["total"][None]),
        months=[Line(dates.month(key.year, key.month), *found["month"][key]) for key in sorted(found["month"])],
        categories=_most_read_first(Line(categories[key], *sums) for key, sums in found["category"].items()),
        districts=_most_read_first(Line(districts[key], *sums) for key, sums in found["district"].items()),
        writers=_most_read_first(Line(key or NO_WRITER, *sums) for key, sums in found["writer"].items()),
    )


def _most_read_first(lines: Iterable[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: (-line.reads, -line.articles, line.name))
