"""Keeps the links to an earlier portal alive: its addresses lead to what was imported from them, for ever."""

from collections.abc import Iterable
from typing import Any, Literal, NamedTuple

from django.db.models.functions import Lower
from django.urls import Resolver404, resolve

from news.models import Article, Category, Document, MergedTag, MissingPath, Page, Photo, Tag
from news.web import old_shapes


class Term(NamedTuple):
    """A category or tag of an earlier portal."""

    kind: Literal["category", "tag"]
    name: str
    paths: tuple[str, ...]


def remember_term(term: Term) -> None:
    """Redirects its addresses to the category or tag with its name, if there is one; those of a merged tag to what it
    was merged into."""
    rows: Any = (Category if term.kind == "category" else Tag).objects
    low = term.name.lower()
    found = rows.alias(low=Lower("name")).filter(low=low).first()  # as the index has it
    if found is None and term.kind == "tag" and (merged := MergedTag.objects.with_names([low]).first()):
        found = merged.target
    if found:
        MissingPath.objects.remember(found.get_absolute_url(), term.paths)


def remember(imported: Article | Document | Page | Photo, addresses: Iterable[str]) -> list[str]:
    """Redirects addresses of the earlier portal (the host is dropped) to what was imported; an address of an article
    follows its title. Call it in the transaction that saves the import; once more changes nothing.

    An address that has a page of its own here keeps it: the table is asked only when there is none. The last import
    wins, and the newsroom over all imports. Returns the addresses that are too long to be kept, for the report."""
    if isinstance(imported, Article):
        others = [address for address in addresses if _number(address) != imported.pk]
        return MissingPath.objects.remember(imported.short_url, others)
    target = imported.largest_url if isinstance(imported, Photo) else imported.get_absolute_url()
    return MissingPath.objects.remember(target, addresses)


def _number(address: str) -> int | None:
    """Of the article that has this address here."""
    try:
        match = resolve(old_shapes.tidy(old_shapes.path_and_query(address)[0]))
    except Resolver404:
        return None
    return int(match.kwargs["pk"]) if match.url_name in ("article", "article-short") else None
