"""The models of comments, one module per subject. Import them from here: `from comments.models import Comment`."""

from comments.models.choices import SPAM_REASONS, TIME_TO_DECIDE, Reason
from comments.models.comments import REPLIES_SHOWN, TEXT_MAX_CHARS, WORDS, Comment, CommentQuerySet
from comments.models.decisions import NOTE_MAX_CHARS, Decision, Report
from comments.models.learning import Lesson
from comments.models.mail import Email
from comments.models.offices import Office
from comments.models.rules import Rules
from comments.models.transparency import MonthFigures

__all__ = [
    "NOTE_MAX_CHARS",
    "REPLIES_SHOWN",
    "SPAM_REASONS",
    "TEXT_MAX_CHARS",
    "TIME_TO_DECIDE",
    "WORDS",
    "Comment",
    "CommentQuerySet",
    "Decision",
    "Email",
    "Lesson",
    "MonthFigures",
    "Office",
    "Reason",
    "Report",
    "Rules",
]
