"""Chronological lists of published articles, newest first, 20 a page (news.web.paging), as records."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from news.listed import COLUMNS, listed
from news.models import Article
from news.web import paging
from news.web.prepared import Statement


class Listing:
    """The articles that `narrow` keeps, by keys of these types."""

    def __init__(self, narrow: Callable[..., QuerySet], *types: type):
        self._statements = {
            (of_district, is_older): _statement(narrow, types, of_district=of_district, is_older=is_older)
            for of_district in (False, True)
            for is_older in (False, True)
        }

    def page(self, *keys: Any, district: int | None = None, cursor: str = "") -> paging.Page:
        """The page of Listed that begins after the cursor; with `district`, only what is about it. Raises BadRequest
        for a malformed cursor."""
        chosen = () if district is None else (district,)
        older_than = paging.parse(cursor) if cursor else ()
        statement = self._statements[bool(chosen), bool(older_than)]
        rows = statement(*keys, *chosen, *older_than)
        return paging.cut([listed(row) for row in rows], is_first=not cursor)


def _statement(
    narrow: Callable[..., QuerySet], types: tuple[type, ...], *, of_district: bool, is_older: bool
) -> Statement:
    def rows(*keys: Any) -> QuerySet:
        own, further = keys[: len(types)], keys[len(types) :]
        articles = narrow(Article.objects.published(), *own)
        if of_district:
            articles, further = articles.filter(district=further[0]), further[1:]
        return paging.part(articles.values_list(*COLUMNS), *further)

    return Statement(rows, *types, *([int] if of_district else []), *([datetime, int] if is_older else []))


newest = Listing(lambda articles: articles)
of_category = Listing(lambda articles, category: articles.filter(category=category), int)
of_period = Listing(
    lambda articles, first, after: articles.filter(published_at__gte=first, published_at__lt=after), datetime, datetime
)
of_tag = Listing(lambda articles, tag: articles.tagged(tag), int)
