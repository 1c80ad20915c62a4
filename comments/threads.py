"""Comments as pages list them: threads, newest first, each with its first replies."""

import json
from datetime import datetime

from django.db.models import IntegerField, Subquery

from comments.models import REPLIES_SHOWN, Comment, CommentQuerySet
from news.web import paging
from news.web.prepared import Statement

COUNTED_AT_MOST = 1_000
SHOWN = 20


class _Count(Subquery):
    """The number of a subquery's rows."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def page(article, cursor: str) -> paging.Page:
    """A page of an article's threads; raises BadRequest as news.web.paging.page does."""
    rows = _older(article.pk, *paging.parse(cursor)) if cursor else _first(article.pk)
    found = [_unpacked(dict(zip(CommentQuerySet.OF_THREAD, row, strict=True))) for row in rows]
    return paging.cut(found, field="created_at", size=SHOWN, is_first=not cursor)


def newest(article) -> tuple[paging.Page, int]:
    """The first page, and the number of comments and replies, counted up to COUNTED_AT_MOST + 1, in one query."""
    rows = [_unpacked(dict(zip(_COLUMNS, row, strict=True))) for row in _newest(article.pk)]
    return paging.cut(rows, field="created_at", size=SHOWN), rows[0]["total"] if rows else 0


def thread(pk: int) -> dict | None:
    """The row of one thread, with its "article_id"; None if readers do not see it."""
    row = Comment.objects.threads().filter(pk=pk).for_list().values(*CommentQuerySet.OF_THREAD, "article_id").first()
    return _unpacked(row) if row else None


def replies(pk: int, cursor: str) -> paging.Page:
    """A page of the readers' replies to a comment, newest first."""
    rows = Comment.objects.visible().filter(parent=pk, office=None).values(*CommentQuerySet.LISTED)
    return paging.page(rows, cursor, field="created_at", size=SHOWN)


def answers(pk: int) -> list[dict]:
    """The offices' answers to a comment."""
    rows = Comment.objects.visible().filter(parent=pk, office__isnull=False).in_reading_order()
    return list(rows.values(*CommentQuerySet.OF_REPLY))


def _threads(article_pk):
    return Comment.objects.threads().filter(article=article_pk).for_list()


def _newest_with_total(article_pk):
    visible = Comment.objects.visible().filter(article=article_pk)
    total = _Count(visible.values("pk")[: COUNTED_AT_MOST + 1])
    listed = _threads(article_pk).order_by(*paging.order("created_at")).annotate(total=total)
    return listed.values_list(*_COLUMNS)[: SHOWN + 1]


_COLUMNS = (*CommentQuerySet.OF_THREAD, "total")
_newest = Statement(_newest_with_total, int)


def _page(article_pk, *cursor):
    rows = _threads(article_pk).values_list(*CommentQuerySet.OF_THREAD)
    return paging.part(rows, *cursor, field="created_at", size=SHOWN)


_first, _older = Statement(_page, int), Statement(_page, int, datetime, int)


def _unpacked(row: dict) -> dict:
    """The row with "replies" (a list of rows) and "has_more_replies" in place of "first_replies"."""
    found = [reply if isinstance(reply, dict) else json.loads(reply) for reply in row.pop("first_replies")]
    for reply in found:
        for name in ("created_at", "edited_at"):
            reply[name] = reply[name] and datetime.fromisoformat(reply[name])
    return row | {"replies": found[:REPLIES_SHOWN], "has_more_replies": len(found) > REPLIES_SHOWN}
