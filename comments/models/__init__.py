"""Every table of the comments, by subject; imported from here: `from comments.models import Comment`."""

from comments.models.comments import REPLIES_SHOWN, TEXT_MAX_CHARS, TIME_TO_DECIDE, Comment, CommentQuerySet, Reason
from comments.models.decisions import Decision, Report
from comments.models.figures import MonthFigures
from comments.models.letters import Letter
from comments.models.offices import Office
from comments.models.rules import Rules

__all__ = [
    "REPLIES_SHOWN",
    "TEXT_MAX_CHARS",
    "TIME_TO_DECIDE",
    "Comment",
    "CommentQuerySet",
    "Decision",
    "Letter",
    "MonthFigures",
    "Office",
    "Reason",
    "Report",
    "Rules",
]
