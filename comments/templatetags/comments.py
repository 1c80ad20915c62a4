"""`{% comments_for article %}`: the comments under an article, and the form. `{% written row article "h3" %}`: one of
them."""

from django import template
from django.conf import settings
from django.utils.html import format_html

from comments import threads
from news.pieces import date_and_time_element

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


_WORDS = """<header><{level} dir="auto">{name}</{level}> {badge}{when}{edited}</header>
<p dir="auto">{text}</p>
{forwarded}<footer>"""
_ANSWER = '<a href="/berita/{article}/komentar?balas={pk}#tulis" rel="nofollow" aria-label="Balas {name}">Balas</a> '
_REPORT = '<a href="/komentar/{pk}/laporkan" rel="nofollow" aria-label="Laporkan komentar {name}">Laporkan</a>'
_OF_THREAD, _OF_REPLY = (f"{_WORDS}{links}</footer>" for links in (_ANSWER + _REPORT, _REPORT))
_BADGE = format_html('<strong class="badge">{}</strong> ', "Jawaban resmi")
_NOTHING = format_html("{}", "")  # known to be safe: not escaped again for each of twenty comments


@register.simple_tag
def written(row: dict, article, level: str) -> str:
    """A comment or reply, and what a reader can do about it; `level` is its heading's: h2 to h4.

    In Python, for an article has twenty: as a template they cost its page 5 % more."""
    return format_html(
        _OF_THREAD if "replies" in row else _OF_REPLY,
        level=level,
        name=row["name"],
        badge=_BADGE if row.get("office") else _NOTHING,
        when=date_and_time_element(row["created_at"]),
        edited=_edited(row["edited_at"]) if row.get("edited_at") else _NOTHING,
        text=row["text"],
        forwarded=_forwarded(row) if row.get("forwarded_at") else _NOTHING,
        article=article.pk,
        pk=row["id"],
    )


def _edited(moment) -> str:
    return format_html(" <small>diperbaiki {}</small>", date_and_time_element(moment))


def _forwarded(row: dict) -> str:
    office = row["forwarded_to__name"]
    to = f" kepada {office}" if office else ""
    return format_html('<p class="forwarded"><strong>Diteruskan{}.</strong> {}</p>\n', to, row["forwarded_note"])
