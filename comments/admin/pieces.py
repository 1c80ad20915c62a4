"""The HTML of cells that only lists of comments and decisions have; see news/admin/pieces.py."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from comments.models import Comment, Decision
from news.admin import pieces
from news.web import dates
from news.web.admin import person_name


def comment(comment: Comment) -> SafeString:
    """The beginning of the text, then who sent it and when."""
    return format_html(
        '<span class="words">{}</span> <span class="sender">{}{} · {}</span>',
        Truncator(comment.text).chars(300) if comment.text else "(isi sudah dihapus)",
        comment.name or "–",
        " · jawaban resmi" if comment.office_id else " · balasan" if comment.parent_id else "",
        dates.short_date_and_time(comment.created_at),
    )


def comment_status(comment: Comment) -> SafeString:
    """The status, and its reason or that the comment was reported."""
    reported = comment.due_at and comment.status == Comment.Status.APPROVED
    more = "Dilaporkan" if reported else comment.get_reason_display()
    return format_html("{} <small>{}</small>", pieces.status(comment.status, comment.get_status_display()), more)


def decision(decision: Decision) -> SafeString:
    """What was decided, when, by whom, and when it was undone."""
    by = f" · {person_name(decision.by)}" if decision.by else ""
    undone = f" · dibatalkan {dates.short_date_and_time(decision.undone_at)}" if decision.undone_at else ""
    return format_html("<b>{}</b><br>{}{}{}", decision, dates.short_date_and_time(decision.at), by, undone)
