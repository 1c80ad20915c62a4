"""The first look at a new comment: it orders and explains the moderators' queue, and decides nothing.

What looks like spam is ranked last in the queue; nothing is published or deleted here.
"""

import logging
from collections import Counter
from datetime import timedelta
from functools import partial
from typing import NamedTuple

from django.db import OperationalError, models, transaction
from django.db.models import Count, Q
from django.utils import timezone

from comments import spam
from comments.models import Comment, Decision, Reason
from comments.spam.learned import Learned
from comments.triage import near_copies, spam_score
from comments.triage.highlights import Kind, claims_authority, highlights

logger = logging.getLogger(__name__)

RANKED_LAST_FROM = 0.5  # probability of spam
JUDGED = timedelta(days=90)  # how far back the record of the signals goes
_JUDGED_AT_MOST = 50_000  # decisions
_BATCH = 200  # comments scored again in one step
_REMEMBERED = timedelta(days=30)  # what a sender did
_SPAM = (Reason.SPAM, Reason.ADVERT)


class Signal(models.TextChoices):
    """What a comment is marked with, in `Comment.signals`; those of `Kind` can be shown in the text as well."""

    SPAM = "judol", "Mirip spam"
    SIMILAR = "serupa", "Serupa dengan komentar lain"
    SENDER = "pengirim", "Pengirim pernah ditolak karena spam"
    AUTHORITY = "instansi", "Nama seperti instansi atau pejabat"
    EMAIL = Kind.EMAIL.value, Kind.EMAIL.label
    NIK = Kind.NIK.value, Kind.NIK.label
    PHONE = Kind.PHONE.value, Kind.PHONE.label
    LINK = Kind.LINK.value, Kind.LINK.label
    INSULT = Kind.INSULT.value, Kind.INSULT.label


_OF_THE_TEXT = {Signal.SPAM, *map(Signal, Kind.values)}
# The reasons of a rejection that show a signal to have been right
_RIGHT_FOR = {
    **dict.fromkeys([Signal.SPAM, Signal.SIMILAR, Signal.SENDER, Signal.LINK], _SPAM),
    **dict.fromkeys([Signal.EMAIL, Signal.NIK, Signal.PHONE], (Reason.PRIVACY,)),
    Signal.INSULT: (Reason.RUDE, Reason.HATE, Reason.SLANDER),
    Signal.AUTHORITY: (Reason.SLANDER, Reason.OTHER),
}


def triage(comment: Comment) -> None:
    """Marks a comment that was just saved, in the transaction that saved it. A failure is logged and leaves it
    unmarked: it never costs a comment."""
    try:
        try:
            with transaction.atomic():  # else an error of the database would take the comment with it
                _mark(comment, looks_for_alike=True)
        except OperationalError:
            # A deadlock: a reply holds its parent until the end of its transaction, and waits for one who holds the
            # lock of `similar` and wants to mark that parent. Looking for it again could only end in the same way.
            with transaction.atomic():
                _mark(comment, looks_for_alike=False)
    except Exception:
        logger.exception("Komentar %s masuk antrean tanpa penanda; triase gagal.", comment.pk)


def _mark(comment: Comment, *, looks_for_alike: bool) -> None:
    learned = spam_score.learned()
    probability = _probability(comment, learned)
    signals = {Signal(kind) for kind, _, _ in highlights(f"{comment.name}\n{comment.text}")}
    if probability >= RANKED_LAST_FROM:
        signals.add(Signal.SPAM)
    if comment.office_id is None and claims_authority(comment.name):
        signals.add(Signal.AUTHORITY)
    if _has_sent_spam(comment):
        signals.add(Signal.SENDER)
    comment.spam_probability = probability
    comment.ranked_last = probability >= RANKED_LAST_FROM and comment.status != Comment.Status.APPROVED
    comment.similar_group, comment.bands = None, near_copies.bands(comment.text)
    comment.signals = _in_order(signals)
    first = looks_for_alike and near_copies.first_of_its_like(comment, partial(_go_together, comment, learned))
    if first:
        Comment.objects.filter(pk=first.pk, similar_group=None).update(similar_group=first.pk)
        comment.similar_group, comment.bands = first.pk, []
        comment.signals = _in_order(signals | {Signal.SIMILAR})
    comment.save(update_fields=["spam_probability", "ranked_last", "signals", "bands", "similar_group"])


def _probability(comment: Comment, learned: Learned) -> float:
    """Some put the advert into the name."""
    return max(spam.score(text, learned).probability for text in (comment.text, f"{comment.name}\n{comment.text}"))


def _go_together(comment: Comment, learned: Learned, first: Comment) -> bool:
    """Whether two comments that say almost the same may be decided as one: not when one of them adds an advert, or a
    number, to the words of the other."""
    if _OF_THE_TEXT.intersection(comment.signals) != _OF_THE_TEXT.intersection(first.signals):
        return False
    known = set(first.text.lower().split())
    added = " ".join(word for word in comment.text.split() if word.lower() not in known)
    return Signal.SPAM in comment.signals or spam.score(added, learned).probability < RANKED_LAST_FROM


def _has_sent_spam(comment: Comment) -> bool:
    """Behind one address may be many people, as in mobile networks: so it is told, and counts for nothing else."""
    since = timezone.now() - _REMEMBERED
    earlier = Comment.objects.rejected().filter(sender_key=comment.sender_key, created_at__gt=since)
    return comment.sender_key != "" and earlier.filter(reason__in=_SPAM).exists()


def _in_order(signals) -> list[str]:
    return [signal.value for signal in Signal if signal in signals]


# ---- After moderators have taught the score


class Rescoring:
    """Scores all waiting comments again, batch by batch, each time that decisions have changed the score."""

    def __init__(self):
        self._learned = None  # the lessons that were known when the present or last round began
        self._last = None  # comment of the round that goes on

    def step(self) -> None:
        learned = spam_score.learned()
        if self._last is None:
            if learned.ids == self._learned:
                return
            self._learned = learned.ids
        self._last = _rescore_behind(self._last, learned)


def _rescore_behind(last: Comment | None, learned: Learned) -> Comment | None:
    """Scores the next waiting comments, from the oldest on; the last of them, None at the end. Only what changed is
    written, and only where it still waits."""
    waiting = Comment.objects.waiting()
    if last:
        later = Q(created_at__gt=last.created_at) | Q(pk__gt=last.pk)
        waiting = waiting.filter(later, created_at__gte=last.created_at)
    batch = list(waiting.only("name", "text", "created_at", "spam_probability", "ranked_last", "signals")[:_BATCH])
    for comment in batch:
        probability = _probability(comment, learned)
        ranked_last = probability >= RANKED_LAST_FROM
        if abs(probability - comment.spam_probability) >= 0.01 or comment.ranked_last != ranked_last:
            others = {Signal(each) for each in comment.signals} - {Signal.SPAM}
            signals = _in_order(others | {Signal.SPAM} if ranked_last else others)
            Comment.objects.waiting().filter(pk=comment.pk).update(
                spam_probability=probability, ranked_last=ranked_last, signals=signals
            )
    return batch[-1] if len(batch) == _BATCH else None


# ---- How right the signals are


class Record(NamedTuple):
    signal: Signal
    shown: int  # decided comments that had the signal
    right: int  # of these: rejected for a reason that the signal speaks of

    @property
    def ratio(self) -> float | None:
        return self.right / self.shown if self.shown else None


def signal_precision() -> list[Record]:
    """Each signal's record over the decisions in force of the last 90 days, the newest 50,000 at most. Of comments
    with a number or an address that were rejected for something else nothing is counted: it was there all the same."""
    later = Decision.objects.standing().filter(comment=models.OuterRef("comment"), pk__gt=models.OuterRef("pk"))
    decided = Decision.objects.standing().filter(
        ~models.Exists(later.filter(verb__in=Decision.UNDOABLE)),
        at__gt=timezone.now() - JUDGED,
        verb__in=Decision.UNDOABLE,
        signals__len__gt=0,
    )
    newest = decided.order_by("-at", "-pk").values("pk")[:_JUDGED_AT_MOST]
    shown: Counter[str] = Counter()
    right: Counter[str] = Counter()
    counts = Decision.objects.filter(pk__in=newest).values_list("signals", "reason").annotate(Count("pk")).order_by()
    for signals, reason, count in counts:
        for signal in signals:
            right_for = _RIGHT_FOR.get(signal, ())
            if reason and reason not in right_for and Reason.PRIVACY in right_for:
                continue
            shown[signal] += count
            right[signal] += count * (reason in right_for)
    return [Record(signal, shown[signal], right[signal]) for signal in Signal]
