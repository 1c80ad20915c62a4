"""Keyset pages of a list in order of time: page 5,000 costs the same as page 1, and new items do not shift pages."""

import re
from datetime import UTC, datetime
from typing import NamedTuple

from django.core.exceptions import BadRequest
from django.db.models import Q

_CURSOR = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z)~(\d{1,18})", re.ASCII)
SIZE = 20


class Page(NamedTuple):
    items: list
    next_cursor: str  # "" on the last page
    is_first: bool


def page(queryset, cursor: str, *, field: str = "published_at", size: int = SIZE) -> Page:
    """Up to `size` rows older than `cursor` (`<ISO time>~<id>`, "" for the first page), newest first by (`field`, id).

    `queryset` yields model instances or, after .values(), dicts with "id" and the field. An ordered queryset keeps its
    order, which must be this one (`order`), by whatever names it calls time and id. Raises BadRequest for a malformed
    cursor.
    """
    rows = part(queryset, *(parse(cursor) if cursor else ()), field=field, size=size)
    return cut(list(rows), field=field, size=size, is_first=not cursor)


def part(queryset, moment: datetime | None = None, pk: int = 0, *, field: str = "published_at", size: int = SIZE):
    """The queryset of a page for `cut`: what is older than a cursor's moment and id, or the newest without them."""
    if not queryset.query.order_by:
        queryset = queryset.order_by(*order(field))
    if moment is not None:
        time, number = (name.removeprefix("-") for name in queryset.query.order_by)
        before = Q(**{f"{time}__lt": moment}) | Q(**{time: moment, f"{number}__lt": pk})
        # Implied by `before`, but only this plain bound lets Postgres start in the middle of the index.
        queryset = queryset.filter(before, **{f"{time}__lte": moment})
    return queryset[: size + 1]


def order(field: str) -> tuple[str, str]:
    """The order that cursors follow."""
    return f"-{field}", "-id"


def cut(items: list, *, field: str = "published_at", size: int = SIZE, is_first: bool = True) -> Page:
    """The page made of up to `size` + 1 rows, of which the last one only shows that there are more."""
    next_cursor = _cursor_after(items[size - 1], field) if len(items) > size else ""
    return Page(items[:size], next_cursor, is_first)


def cursor(moment: datetime, pk: int) -> str:
    """`2024-11-13T09:21:00.000000Z~7`, the position of a row in a list ordered by (time, id)."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z~{pk}"


def parse(text: str) -> tuple[datetime, int]:
    """The time and the id in a cursor. Raises BadRequest for a malformed one."""
    match = _CURSOR.fullmatch(text)
    if not match:
        raise BadRequest("A keyset cursor is <ISO time>~<id>.")
    try:
        return datetime.fromisoformat(match[1]), int(match[2])
    except ValueError as error:
        raise BadRequest("A keyset cursor holds a real date.") from error


def _cursor_after(item, field: str) -> str:
    return cursor(item[field], item["id"]) if isinstance(item, dict) else cursor(getattr(item, field), item.pk)
