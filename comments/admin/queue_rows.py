"""The queue as a moderator reads it: rows of one comment or of many similar ones, with what helps to decide.

A page costs the same however long the queue is: it scans up to SCANNED comments, shows up to SHOWN rows and runs a
fixed number of queries.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from django.core.exceptions import BadRequest
from django.db.models import Count, F, Q, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from comments import spam
from comments.models import Comment, Reason, Report
from comments.spam.learned import Learned
from comments.triage import spam_score
from comments.triage.assessment import Signal
from comments.triage.highlights import highlights
from news.web import dates, paging

SHOWN = 50
SCANNED = 1_000
SAMPLES = 4  # similar comments loaded for a row, including the first
NOTES = 5  # notes of readers' reports shown for one comment
COLLAPSED_CHARS, COLLAPSED_LINES = 600, 12  # characters and lines of a text that are shown before it is expanded
_SUSPICIOUS = 0.2  # probability of spam below which no word is marked
_LEVELS = ((0.9, "sangat tinggi"), (0.5, "tinggi"), (_SUSPICIOUS, "sedang"), (0, "rendah"))
_SHOWN_ELSEWHERE = {Signal.SPAM, Signal.SIMILAR, Signal.SENDER}
_COLUMNS = (
    "name",
    "text",
    "status",
    "created_at",
    "due_at",
    "sender_key",
    "spam_probability",
    "ranked_last",
    "signals",
    "similar_group",
    "article__title",
    "article__slug",
    "parent__name",
    "parent__text",
    "office__name",
)
_OUTCOMES = {  # in the order in which they are shown
    Comment.Status.APPROVED: "disetujui",
    Reason.SPAM: "ditolak sebagai spam",
    Comment.Status.REJECTED: "ditolak karena hal lain",
    Comment.Status.DELETED: "dihapus sendiri",
    Comment.Status.WAITING: "masih menunggu",
    Comment.Status.UNCONFIRMED: "belum dikonfirmasi",
}


@dataclass(slots=True)
class Row:
    """`alike`: how many comments of the queue say almost the same, including this one. `head` and `rest` are the text
    as (part, why it is marked or ""); `rest` is shown when the text is expanded. `record`: what became of the sender's
    other comments. `reports`, `reasons` and `notes` are about readers' open reports."""

    comment: Comment
    alike: int = 1
    samples: list[Comment] = field(default_factory=list)
    head: list[tuple[str, str]] = field(default_factory=list)
    rest: list[tuple[str, str]] = field(default_factory=list)
    signals: list[str] = field(default_factory=list)
    record: str = ""
    reports: int = 0
    reasons: str = ""
    notes: list[Report] = field(default_factory=list)

    @property
    def key(self) -> str:
        """The form value of this row: the comment's id, followed by "~" if all similar comments are included."""
        return f"{self.comment.pk}~" if self.alike > 1 else str(self.comment.pk)

    @property
    def due_at(self) -> datetime:
        return self.comment.due_at or timezone.now()  # never None in the queue

    @property
    def is_overdue(self) -> bool:
        return self.due_at < timezone.now()

    @property
    def sent(self) -> str:
        return dates.short_date_and_time(self.comment.created_at)

    @property
    def time_left(self) -> str:
        return time_left(self.due_at - timezone.now())

    @property
    def is_public(self) -> bool:
        """Whether readers see it already: then it is in the queue because it was reported."""
        return self.comment.status == Comment.Status.APPROVED

    @property
    def likelihood(self) -> str:
        probability = self.comment.spam_probability
        return f"{next(level for least, level in _LEVELS if probability >= least)} ({probability * 100:.0f} %)"


def page(queue, position: str = "", *, grouped: bool = True) -> tuple[list[Row], str]:
    """The rows of the queue, or of a part of it, that follow a position ("" for the first page), and the position of
    the next page, "" on the last one. Raises BadRequest for a position that is malformed."""
    scanned = _following(queue, position)
    alike: dict[int, list[int]] = {}  # the ids of a row's comments, by the id of the first
    first_of_group: dict[int, int] = {}
    position = ""
    for entry in scanned:
        pk, group, *_ = entry
        first = first_of_group.setdefault(group, pk) if group and grouped else pk
        if first == pk and len(alike) == SHOWN:
            return _rows(alike, grouped), position
        alike.setdefault(first, []).append(pk)
        position = _position(*entry)
    return _rows(alike, grouped), position if len(scanned) == SCANNED else ""


def rows(queue, *, grouped: bool = False) -> list[Row]:
    """A row for each of these comments, which should be few; with `grouped`, each stands for all similar ones."""
    return _rows({pk: [pk] for pk in queue.values_list("pk", flat=True)}, grouped)


def time_left(left: timedelta) -> str:
    """`sisa 5 jam`, `lewat 3 hari`."""
    minutes = int(abs(left).total_seconds() // 60)
    if minutes >= 48 * 60:
        amount = f"{minutes // 1440} hari"
    else:
        amount = f"{minutes // 60} jam" if minutes >= 60 else f"{max(minutes, 1)} menit"
    return f"{'lewat' if left < timedelta() else 'sisa'} {amount}"


def marked_parts(text: str, spam_probability: float, learned: Learned) -> list[tuple[str, str]]:
    """The text split into (part, why it is marked or "")."""
    marked = [(start, end, kind.label) for kind, start, end in highlights(text)]
    if spam_probability >= _SUSPICIOUS:
        marked += [(start, end, Signal.SPAM.label) for start, end in spam.score(text, learned).spans]
    cuts = sorted({0, len(text), *(edge for start, end, _ in marked for edge in (start, end))})
    found: list[tuple[str, str]] = []
    for start, end in pairwise(cuts):
        why = ", ".join(dict.fromkeys(label for first, last, label in marked if first <= start and end <= last))
        if found and found[-1][1] == why:
            found[-1] = (found[-1][0] + text[start:end], why)
        else:
            found.append((text[start:end], why))
    return found


# ---- Which comments


def _following(queue, position: str) -> list[tuple[int, int | None, bool, datetime]]:
    """Up to SCANNED comments as (id, group, whether ranked last, deadline). Those ranked last have a query of their
    own: with a fixed value and a plain bound, Postgres begins in the middle of the index."""
    columns = queue.values_list("pk", "similar_group", "ranked_last", "due_at")
    if not position:
        return list(columns[:SCANNED])
    is_last, moment, pk = _parse(position)
    later = Q(due_at__gt=moment) | Q(id__gt=pk)
    found = list(columns.filter(later, ranked_last=is_last, due_at__gte=moment)[:SCANNED])
    return found if is_last else found + list(columns.filter(ranked_last=True)[: SCANNED - len(found)])


def _position(pk, group, ranked_last, moment) -> str:
    return f"{ranked_last:d}~{paging.cursor(moment, pk)}"


def _parse(position: str) -> tuple[bool, datetime, int]:
    ranked_last, _, cursor = position.partition("~")
    if ranked_last not in ("0", "1"):
        raise BadRequest("A position in the queue is <0 or 1>~<cursor>.")
    return ranked_last == "1", *paging.parse(cursor)


# ---- What is shown of them


def _rows(alike: dict[int, list[int]], grouped: bool) -> list[Row]:
    shown = [pk for pks in alike.values() for pk in pks[:SAMPLES]]
    comments = Comment.objects.select_related("article", "parent", "office").only(*_COLUMNS).in_bulk(shown)
    rows = [
        Row(comments[first], samples=[comments[pk] for pk in others[: SAMPLES - 1] if pk in comments])
        for first, *others in alike.values()
        if first in comments
    ]
    if grouped:
        _count_alike(rows)
    _add_records(rows)
    _add_reports(rows)
    learned = spam_score.learned()
    for each in rows:
        _mark(each, learned)
    return rows


def _count_alike(rows: list[Row]) -> None:
    groups = [row.comment.similar_group for row in rows if row.comment.similar_group]
    waiting = Comment.objects.in_queue().order_by().filter(similar_group__in=groups)
    counts = dict(waiting.values_list("similar_group").annotate(Count("pk")))
    for row in rows:
        row.alike = counts.get(row.comment.similar_group, 1)


def _add_records(rows: list[Row]) -> None:
    """Adds what became of the senders' other comments, as long as sender keys are kept (comments/privacy.py)."""
    keys = {row.comment.sender_key for row in rows} - {""}
    found = Comment.objects.filter(sender_key__in=keys).values_list("sender_key", "status", "reason")
    records: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for key, status, reason, count in found.annotate(Count("pk")).order_by():
        records[key][Reason.SPAM if reason == Reason.SPAM else status] += count
    for row in rows:
        record = records[row.comment.sender_key] - Counter([row.comment.status])  # without this one
        row.record = ", ".join(f"{record[each]} {outcome}" for each, outcome in _OUTCOMES.items() if record[each])


def _add_reports(rows: list[Row]) -> None:
    by_comment = {row.comment.pk: row for row in rows}
    open_reports = Report.objects.filter(comment__in=by_comment, decision=None)
    for pk, reason, count in open_reports.values_list("comment", "reason").annotate(Count("pk")).order_by("reason"):
        row = by_comment[pk]
        label = Reason(reason).label
        row.reports += count
        row.reasons += f"{', ' if row.reasons else ''}{label}{f' ({count})' if count > 1 else ''}"
    number = Window(RowNumber(), partition_by=F("comment"), order_by=F("id").asc())
    for report in open_reports.exclude(note="").annotate(number=number).filter(number__lte=NOTES).order_by("id"):
        by_comment[report.comment_id].notes.append(report)


def _mark(row: Row, learned: Learned) -> None:
    text = row.comment.text
    signals = set(row.comment.signals) - _SHOWN_ELSEWHERE
    row.signals = [signal.label for signal in Signal if signal in signals]
    left = len("\n".join(text.split("\n", COLLAPSED_LINES)[:COLLAPSED_LINES]))
    if left > COLLAPSED_CHARS * 1.25:
        left = text.rfind(" ", COLLAPSED_CHARS - 80, COLLAPSED_CHARS) + 1 or COLLAPSED_CHARS
    for part, why in marked_parts(text, row.comment.spam_probability, learned):
        if left > 0:
            row.head.append((part[:left], why))
        if len(part) > left:
            row.rest.append((part[max(left, 0) :], why))
        left -= len(part)
