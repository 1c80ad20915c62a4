"""`{% comments_for article %}`: the comments under an article, and the form."""

from django import template
from django.conf import settings

from comments import threads

register = template.Library()


@register.inclusion_tag("comments/_comments.html")
def comments_for(article):
    page, total = threads.newest(article)
    return {
        "article": article,
        "page": page,
        "count": min(total, threads.COUNTED_AT_MOST),
        "uncounted": total > threads.COUNTED_AT_MOST,
        "email_required": settings.COMMENTS_CONFIRM_EMAIL,
    }
