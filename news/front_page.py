"""What the front page shows, and where on it one article stands."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any, NamedTuple

from django.db.models import Expression, IntegerField, QuerySet, Subquery, Value, Window
from django.db.models.functions import RowNumber

from news.listed import COLUMNS, Listed, listed
from news.models import Article, Category, MostRead
from news.models.taxonomy import NAVIGATION_CATEGORIES
from news.web.prepared import Statement

NEWEST = 7  # with the headline
PER_CATEGORY = 4
MOST_READ = 5
_HEADLINE, _PINNED, _NEWEST, _SECTIONS = range(4)  # parts of the statement; sections are numbered from the last on
_PUBLISHED_AT = COLUMNS.index("published_at")


class FrontPage(NamedTuple):
    headline: Listed | None
    newest: list[Listed]
    sections: list[list[Listed]]  # of one category each, none of them empty


def chosen() -> FrontPage:
    """The articles of the front page: pinned ones above the newest, and none of them again in the sections below."""
    # UNION promises no order: first the newest first, then what has a place of its own
    rows = sorted(_rows(), key=lambda row: (row[2 + _PUBLISHED_AT], row[2]), reverse=True)
    rows.sort(key=lambda row: (row[0], row[1]))
    parts = {part: [listed(row[2:]) for row in of_part] for part, of_part in groupby(rows, key=lambda row: row[0])}
    newest = parts.pop(_NEWEST, [])
    headline = next(iter(parts.pop(_HEADLINE, []) + newest), None)
    pinned = parts.pop(_PINNED, [])
    newest = [each for each in dict.fromkeys([*pinned, *newest]) if each != headline][: NEWEST - 1]
    above = {headline, *newest}
    sections = ([each for each in articles if each not in above][:PER_CATEGORY] for articles in parts.values())
    return FrontPage(headline, newest, [articles for articles in sections if articles])


def places_of(article: Article) -> list[str]:
    """Where the front page links to this article now, in words."""
    return list(_places(article, chosen()))


def _places(article: Article, front: FrontPage) -> Iterator[str]:
    if front.headline and article.pk == front.headline.pk:
        yield "Berita utama"
    for name, articles in (("Terbaru", front.newest), *((each[0].category, each) for each in front.sections)):
        ids = [each.pk for each in articles]
        if article.pk in ids:
            yield f"{name}, urutan {ids.index(article.pk) + 1}"
    ranks = MostRead.objects.filter(article=article, rank__lte=MOST_READ).order_by("period")
    yield from (f"Terpopuler ({each.get_period_display().lower()}), urutan {each.rank}" for each in ranks)


def _all_rows() -> QuerySet:
    """Rows (part, place in it or 0, columns of Listed). A section has so many that enough remain without those above
    it."""
    published = Article.objects.published()
    newest = published.newest_first()
    sections = (
        _part(_SECTIONS + number, newest.filter(category=_category(number)), PER_CATEGORY + NEWEST)
        for number in range(NAVIGATION_CATEGORIES)
    )
    pinned = published.pinned()
    order: Any = pinned.query.order_by
    return _part(_HEADLINE, published.headlines(), 1).union(
        _part(_PINNED, pinned, NEWEST - 1, place=Window(RowNumber(), order_by=order)),
        _part(_NEWEST, newest, NEWEST),
        *sections,
        all=True,
    )


def _part(number: int, articles: QuerySet, limit: int, *, place: Expression | None = None) -> QuerySet:
    zero = Value(0, output_field=IntegerField())
    return articles.values_list(Value(number, output_field=IntegerField()), place or zero, *COLUMNS)[:limit]


def _category(number: int) -> Subquery:
    return Subquery(Category.objects.in_navigation().values("pk")[number : number + 1])


_rows = Statement(_all_rows)
