"""`{% comments_for article %}`: the comments under an article, and the form."""

from django import template
from django.db.models import IntegerField, Subquery

from comments.models import Comment
from news import paging

COUNTED_AT_MOST = 1_000

register = template.Library()


class _Count(Subquery):
    """The number of a subquery's rows, in the same round trip."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


@register.inclusion_tag("comments/_comments.html")
def comments_for(article):
    """The newest comments and their number in one query, however many there are; past COUNTED_AT_MOST it says so."""
    visible = Comment.objects.visible().filter(article=article.pk)
    listed = visible.for_list().annotate(total=_Count(visible.values("pk")[: COUNTED_AT_MOST + 1]))
    page = paging.page(listed, "", field="created_at", size=20)
    total = page.items[0]["total"] if page.items else 0
    return {
        "article": article,
        "page": page,
        "count": min(total, COUNTED_AT_MOST),
        "uncounted": total > COUNTED_AT_MOST,
    }
