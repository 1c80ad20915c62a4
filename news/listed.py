"""The record of an article in lists. Pages list records, not model instances, which would cost more to create than the
whole list costs Postgres; news.listing reads them, news.pieces makes HTML of them."""

from datetime import datetime
from typing import Any, NamedTuple

from news.paths import article_path, category_path
from news.photos import ShownPhoto


class Listed(NamedTuple):
    """An article as lists show it, in the columns of its row."""

    pk: int
    slug: str
    title: str
    summary: str
    published_at: datetime
    time_known: bool
    category: str
    category_slug: str
    photo_row: tuple[Any, ...]  # of nothing but None if there is no photo

    @property
    def photo(self) -> ShownPhoto | None:
        return ShownPhoto(*self.photo_row) if self.photo_row[0] else None

    @property
    def path(self) -> str:
        return article_path(self.pk, self.slug)

    @property
    def category_path(self) -> str:
        return category_path(self.category_slug)


class Hit(NamedTuple):
    """What the list of results of a search shows of an article; title and excerpt in parts, each with whether it is
    marked."""

    pk: int
    slug: str
    category: str
    category_slug: str
    published_at: datetime
    time_known: bool
    title: list[tuple[str, bool]]
    excerpt: list[tuple[str, bool]]

    @property
    def path(self) -> str:
        return article_path(self.pk, self.slug)

    @property
    def category_path(self) -> str:
        return category_path(self.category_slug)


class Read(NamedTuple):
    """An article in a list of the most read."""

    pk: int
    slug: str
    title: str
    readers: int

    @property
    def path(self) -> str:
        return article_path(self.pk, self.slug)


_OWN = (*Listed._fields[:6], "category__name", "category__slug")
COLUMNS = (*_OWN, *(f"photo__{name}" for name in ShownPhoto.IN_LISTS))  # of Article, for listed()


def listed(row: tuple) -> Listed:
    return Listed._make((*row[: len(_OWN)], row[len(_OWN) :]))
