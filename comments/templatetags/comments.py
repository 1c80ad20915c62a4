"""`{% comments_for article %}`: the comments under an article, and the form."""

from django import template
from django.db.models import IntegerField, Subquery

from comments.models import Comment, CommentQuerySet
from news import paging
from news.statements import Statement

COUNTED_AT_MOST = 1_000
SHOWN = 20
COLUMNS = (*CommentQuerySet.LISTED, "total")

register = template.Library()


class _Count(Subquery):
    """The number of a subquery's rows, in the same round trip."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def _of_article(article_pk):
    visible = Comment.objects.visible().filter(article=article_pk)
    total = _Count(visible.values("pk")[: COUNTED_AT_MOST + 1])
    listed = visible.order_by(*paging.order("created_at")).annotate(total=total)
    return listed.values_list(*COLUMNS)[: SHOWN + 1]


_newest = Statement(_of_article)


@register.inclusion_tag("comments/_comments.html")
def comments_for(article):
    """The newest comments and their number in one query, however many there are; past COUNTED_AT_MOST it says so."""
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in _newest(article.pk)]
    total = rows[0]["total"] if rows else 0
    return {
        "article": article,
        "page": paging.cut(rows, field="created_at", size=SHOWN),
        "count": min(total, COUNTED_AT_MOST),
        "uncounted": total > COUNTED_AT_MOST,
    }
