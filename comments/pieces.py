"""The HTML of comments, built in Python since an article page shows twenty of them: with templates the page costs a
tenth more. Each value that is text is escaped here; tests/test_pieces.py gives each piece odd ones. All other HTML of
the site is in templates or news/pieces.py."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from html import escape

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from comments.models import Comment
from comments.paths import comments_path, report_path, thread_path
from news.pieces import date_and_time_element


def threads(rows: Iterable[dict], article_pk: int) -> SafeString:
    """Rows of comments.threads, each with its first replies below it."""
    return SafeString("\n".join(_thread(row, article_pk) for row in rows))


def _thread(row: dict, article_pk: int) -> str:
    is_erased = row["status"] == Comment.Status.DELETED
    own = _ERASED if is_erased else comment(row, article_pk, "h3")
    replies = "\n".join(_reply(each, article_pk) for each in row["replies"])
    more = _MORE.format(thread_path(row["id"])) if row["has_more_replies"] else ""
    return f'<article class="comment" id="komentar-{row["id"]}">\n{own}\n{replies}{more}</article>'


_ERASED = '<p class="hint">Komentar ini sudah dihapus penulisnya.</p>'
_MORE = '\n<p class="more"><a href="{}" rel="nofollow">Lihat semua balasan</a></p>'


def _reply(row: dict, article_pk: int) -> str:
    kind = "reply official" if row["office"] else "reply"
    return f'<article class="{kind}" id="komentar-{row["id"]}">\n{comment(row, article_pk, "h4")}</article>'


def comment(row: dict, article_pk: int, level: str) -> SafeString:
    """A row of comments.threads, with its links to reply and report; `level`: its heading, h2 to h4."""
    name = escape(row["name"])
    badge = _BADGE if row.get("office") else ""
    edited = _edited(row["edited_at"]) if row.get("edited_at") else ""
    forwarded = _forwarded(row) if row.get("forwarded_at") else ""
    reply = _reply_link(row["id"], name, article_pk) if "replies" in row else ""
    report = f'<a href="{report_path(row["id"])}" rel="nofollow" aria-label="Laporkan komentar {name}">Laporkan</a>'
    sent = date_and_time_element(row["created_at"])
    return SafeString(f"""<header><{level} dir="auto">{name}</{level}> {badge}{sent}{edited}</header>
<p dir="auto">{escape(row["text"])}</p>
{forwarded}<footer>{reply}{report}</footer>""")


_BADGE = '<strong class="badge">Jawaban resmi</strong> '


def _reply_link(pk: int, name: str, article_pk: int) -> str:
    address = f"{comments_path(article_pk)}?balas={pk}#tulis"
    return f'<a href="{address}" rel="nofollow" aria-label="Balas {name}">Balas</a> '


def _edited(moment: datetime) -> str:
    return f" <small>diperbaiki {date_and_time_element(moment)}</small>"


def _forwarded(row: dict) -> str:
    office = row["forwarded_to__name"]
    to = f" kepada {escape(office)}" if office else ""
    return f'<p class="forwarded"><strong>Diteruskan{to}.</strong> {escape(row["forwarded_note"])}</p>\n'


_NO_ARTICLE = 10**18  # addresses have at most 18 digits


def blank_form(article_pk: int) -> SafeString:
    """comments/_form.html with nothing filled in. Of the article it holds nothing but the number."""
    return SafeString(_rendered_form(settings.COMMENTS_CONFIRM_EMAIL).replace(str(_NO_ARTICLE), str(article_pk)))


@cache
def _rendered_form(email_required: bool) -> str:
    context = {"article": {"pk": _NO_ARTICLE}, "email_required": email_required}
    return render_to_string("comments/_form.html", context)
