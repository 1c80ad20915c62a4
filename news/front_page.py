"""What the front page shows, and where on it one article stands."""

from collections.abc import Iterator
from typing import NamedTuple

from news.models import Article, Category, MostRead

NEWEST = 7  # with the headline
PER_CATEGORY = 4
MOST_READ = 5


class FrontPage(NamedTuple):
    headline: Article | None
    newest: list[Article]
    sections: list[tuple[Category, list[Article]]]


def chosen() -> FrontPage:
    """The articles of the front page: pinned ones above the newest, and none of them again in the sections below."""
    published = Article.objects.published().for_list()
    newest = list(published.newest_first()[:NEWEST])
    headline = published.headline() or (newest[0] if newest else None)
    pinned = list(published.pinned()[: NEWEST - 1])
    newest = [each for each in dict.fromkeys([*pinned, *newest]) if each != headline][: NEWEST - 1]
    shown = [each.pk for each in newest] + [headline.pk] if headline else []
    sections = [
        (category, list(published.filter(category=category).exclude(pk__in=shown).newest_first()[:PER_CATEGORY]))
        for category in Category.objects.in_navigation()
    ]
    return FrontPage(headline, newest, sections)


def places_of(article: Article) -> list[str]:
    """Where the front page links to this article now, in words."""
    return list(_places(article, chosen()))


def _places(article: Article, front: FrontPage) -> Iterator[str]:
    if article == front.headline:
        yield "Berita utama"
    if article in front.newest:
        yield f"Terbaru, urutan {front.newest.index(article) + 1}"
    for category, articles in front.sections:
        if article in articles:
            yield f"{category.name}, urutan {articles.index(article) + 1}"
    ranks = MostRead.objects.filter(article=article, rank__lte=MOST_READ).order_by("period")
    yield from (f"Terpopuler ({each.get_period_display().lower()}), urutan {each.rank}" for each in ranks)
