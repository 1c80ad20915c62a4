"""The HTML of a comment, built in Python since an article page shows twenty of them: with a template the page costs
5 % more. All other HTML of the site is in templates or news/pieces.py."""

from datetime import datetime

from django.utils.html import format_html
from django.utils.safestring import SafeString

from comments.paths import comments_path, report_path
from news.pieces import date_and_time_element

_COMMENT = """<header><{level} dir="auto">{name}</{level}> {badge}{sent}{edited}</header>
<p dir="auto">{text}</p>
{forwarded}<footer>"""
_REPLY = '<a href="{reply}" rel="nofollow" aria-label="Balas {name}">Balas</a> '
_REPORT = '<a href="{report}" rel="nofollow" aria-label="Laporkan komentar {name}">Laporkan</a>'
_OF_THREAD, _OF_REPLY = (f"{_COMMENT}{links}</footer>" for links in (_REPLY + _REPORT, _REPORT))
_BADGE = format_html('<strong class="badge">{}</strong> ', "Jawaban resmi")
_NOTHING = format_html("{}", "")  # marked as safe, so that it is not escaped for each of twenty comments


def comment(row: dict, article_pk: int, level: str) -> SafeString:
    """The HTML of a row of comments.threads, with its links to reply and report; `level`: its heading, h2 to h4."""
    return format_html(
        _OF_THREAD if "replies" in row else _OF_REPLY,
        level=level,
        name=row["name"],
        badge=_BADGE if row.get("office") else _NOTHING,
        sent=date_and_time_element(row["created_at"]),
        edited=_edited(row["edited_at"]) if row.get("edited_at") else _NOTHING,
        text=row["text"],
        forwarded=_forwarded(row) if row.get("forwarded_at") else _NOTHING,
        reply=f"{comments_path(article_pk)}?balas={row['id']}#tulis",
        report=report_path(row["id"]),
    )


def _edited(moment: datetime) -> SafeString:
    return format_html(" <small>diperbaiki {}</small>", date_and_time_element(moment))


def _forwarded(row: dict) -> SafeString:
    office = row["forwarded_to__name"]
    to = f" kepada {office}" if office else ""
    return format_html('<p class="forwarded"><strong>Diteruskan{}.</strong> {}</p>\n', to, row["forwarded_note"])
