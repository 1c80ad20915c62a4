"""`{% comments_for article %}`: the comments under an article, and the form; `{{ row|links:article }}` under each."""

from django import template
from django.conf import settings
from django.utils.html import format_html

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


_ANSWER = '<a href="/berita/{article}/komentar?balas={pk}#tulis" rel="nofollow" aria-label="Balas {name}">Balas</a> '
_REPORT = '<a href="/komentar/{pk}/laporkan" rel="nofollow" aria-label="Laporkan komentar {name}">Laporkan</a>'


@register.filter
def links(row: dict, article) -> str:
    """What a reader can do about a comment; replies have no "Balas". In Python, for it is a fifth of a row's cost."""
    what = _ANSWER + _REPORT if "replies" in row else _REPORT
    return format_html(f"<footer>{what}</footer>", article=article.pk, pk=row["id"], name=row["name"])
