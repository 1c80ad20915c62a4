"""Triage of new comments. It orders and explains the moderators' queue but decides nothing.

Likely spam is ranked last in the queue; nothing is published or deleted here.
"""

import logging
from collections import Counter
from collections.abc import Collection
from datetime import timedelta
from functools import partial
from typing import NamedTuple

from django.db import OperationalError, models, transaction
from django.db.models import Q
from django.utils import timezone

from comments import spam
from comments.models import SPAM_REASONS, Comment, Decision, Reason
from comments.spam.learned import Learned
from comments.triage import near_copies, spam_score
from comments.triage.highlights import Kind, claims_authority, highlights

logger = logging.getLogger(__name__)

RANKED_LAST_FROM = 0.5  # probability of spam
POSSIBLE_FROM = 0.2  # probability from which a comment is marked as possible spam, without any other effect
COPY_OF_SPAM = 0.9  # least probability of a near copy of a comment that was rejected as spam
JUDGED = timedelta(days=90)  # age up to which decisions count in signal_precision()
JUDGED_AT_MOST = 1_000  # decisions that count in signal_precision()
_RESCORED = ("spam_probability", "ranked_last", "signals")
_BATCH = 200  # comments scored again in one step
_REMEMBERED = timedelta(days=30)  # how long a sender's rejected spam counts


class Signal(models.TextChoices):
    """The values of `Comment.signals`; those of `Kind` can also be highlighted in the text."""

    SPAM = "judol", "Mirip spam"
    POSSIBLE = "mungkin_judol", "Mungkin spam"
    SIMILAR = "serupa", "Serupa dengan komentar lain"
    SENDER = "pengirim", "Pengirim pernah ditolak karena spam"
    TRAP = "jebakan", "Kolom jebakan terisi"
    BUSY = "ramai", "Datang saat batas per jam tercapai"
    AUTHORITY = "instansi", "Nama seperti instansi atau pejabat"
    EMAIL = Kind.EMAIL.value, Kind.EMAIL.label
    NIK = Kind.NIK.value, Kind.NIK.label
    PHONE = Kind.PHONE.value, Kind.PHONE.label
    LINK = Kind.LINK.value, Kind.LINK.label
    INSULT = Kind.INSULT.value, Kind.INSULT.label


_ABOUT_SENDING = {Signal.TRAP, Signal.BUSY}  # from the moment of sending; everything else is read from the comment
_TEXT_SIGNALS = {Signal.SPAM, *map(Signal, Kind.values)}
# The reasons for a rejection that confirm a signal
_CONFIRMING_REASONS = {
    **dict.fromkeys(
        [Signal.SPAM, Signal.POSSIBLE, Signal.SIMILAR, Signal.SENDER, Signal.TRAP, Signal.BUSY, Signal.LINK],
        SPAM_REASONS,
    ),
    **dict.fromkeys([Signal.EMAIL, Signal.NIK, Signal.PHONE], (Reason.PRIVACY,)),
    Signal.INSULT: (Reason.RUDE, Reason.HATE, Reason.SLANDER),
    Signal.AUTHORITY: (Reason.SLANDER, Reason.OTHER),
}


def triage(comment: Comment) -> None:
    """Adds signals to those that a comment got when it was sent. It was just saved, in the same transaction. A failure
    is logged and leaves the comment unmarked; the comment itself is never lost."""
    try:
        try:
            with transaction.atomic():  # else a database error would roll back the comment
                _mark(comment, search_copies=True)
        except OperationalError:
            # Deadlock: this reply's transaction has locked the parent and waits for the lock of near_copies, whose
            # holder wants to mark that parent. Another search could only deadlock again.
            with transaction.atomic():
                _mark(comment, search_copies=False)
    except Exception:
        logger.exception("Komentar %s masuk antrean tanpa penanda; triase gagal.", comment.pk)


def _mark(comment: Comment, *, search_copies: bool) -> None:
    learned = spam_score.learned()
    probability = _probability(comment, learned)
    signals = _ABOUT_SENDING.intersection(comment.signals)
    signals |= {Signal(kind) for kind, _, _ in highlights(f"{comment.name}\n{comment.text}")}
    if comment.office_id is None and claims_authority(comment.name):
        signals.add(Signal.AUTHORITY)
    if _has_sent_spam(comment):
        signals.add(Signal.SENDER)
    _judge(comment, signals, probability)
    comment.similar_group, comment.bands = None, near_copies.bands(comment.text)
    first = search_copies and near_copies.find_original(comment, partial(_may_be_grouped, comment, learned))
    if first:
        Comment.objects.filter(pk=first.pk, similar_group=None).update(similar_group=first.pk)
        comment.similar_group, comment.bands = first.pk, []
        if first.pk in _rejected_as_spam([first.pk]):
            probability = max(probability, COPY_OF_SPAM)
        _judge(comment, signals | {Signal.SIMILAR}, probability)
    comment.save(update_fields=["spam_probability", "ranked_last", "signals", "bands", "similar_group"])


def _judge(comment: Comment, signals: set[Signal], probability: float) -> None:
    """Sets what follows from the probability of spam and the other signals."""
    signals = signals - {Signal.SPAM, Signal.POSSIBLE}
    if probability >= RANKED_LAST_FROM:
        signals.add(Signal.SPAM)
    elif probability >= POSSIBLE_FROM:
        signals.add(Signal.POSSIBLE)
    is_last = not signals.isdisjoint({Signal.SPAM, Signal.BUSY})
    comment.spam_probability, comment.signals = probability, _in_order(signals)
    comment.ranked_last = is_last and comment.status != Comment.Status.APPROVED


def _rejected_as_spam(pks: Collection[int]) -> set[int]:
    """Which of these comments were rejected as spam."""
    return set(Comment.objects.rejected().filter(pk__in=pks, reason__in=SPAM_REASONS).values_list("pk", flat=True))


def _probability(comment: Comment, learned: Learned) -> float:
    """The higher score of the text and of name and text, since some adverts are in the name."""
    return max(spam.score(text, learned).probability for text in (comment.text, f"{comment.name}\n{comment.text}"))


def _may_be_grouped(comment: Comment, learned: Learned, first: Comment) -> bool:
    """Whether two comments that say almost the same may be decided together: not if one of them adds, say, an advert
    or a phone number to the text of the other."""
    if _TEXT_SIGNALS.intersection(comment.signals) != _TEXT_SIGNALS.intersection(first.signals):
        return False
    known = set(first.text.lower().split())
    added = " ".join(word for word in comment.text.split() if word.lower() not in known)
    return Signal.SPAM in comment.signals or spam.score(added, learned).probability < RANKED_LAST_FROM


def _has_sent_spam(comment: Comment) -> bool:
    """Many people may share an address, as in mobile networks; so this is shown but does not affect the ranking."""
    since = timezone.now() - _REMEMBERED
    earlier = Comment.objects.rejected().filter(sender_key=comment.sender_key, created_at__gt=since)
    return comment.sender_key != "" and earlier.filter(reason__in=SPAM_REASONS).exists()


def _in_order(signals) -> list[str]:
    return [signal.value for signal in Signal if signal in signals]


# ---- After decisions have changed the score


class Rescoring:
    """Scores all waiting comments again, batch by batch, whenever decisions have changed the score."""

    def __init__(self):
        self._learned = None  # ids of the lessons known when the current or last round began
        self._last = None  # the last comment scored in the current round; None between rounds

    def step(self) -> None:
        learned = spam_score.learned()
        if self._last is None:
            if learned.ids == self._learned:
                return
            self._learned = learned.ids
        self._last = _rescore_after(self._last, learned)


def _rescore_after(last: Comment | None, learned: Learned) -> Comment | None:
    """Scores the next batch of waiting comments, oldest first. Returns its last comment, or None at the end. Writes
    only what changed, and only to comments that are still waiting."""
    waiting = Comment.objects.waiting()
    if last:
        later = Q(created_at__gt=last.created_at) | Q(pk__gt=last.pk)
        waiting = waiting.filter(later, created_at__gte=last.created_at)
    batch = list(waiting.only(*_RESCORED, "name", "text", "status", "created_at", "similar_group")[:_BATCH])
    spam_groups = _rejected_as_spam({comment.similar_group for comment in batch if comment.similar_group})
    for comment in batch:
        before = [getattr(comment, column) for column in _RESCORED]
        probability = _probability(comment, learned)
        if comment.similar_group in spam_groups:
            probability = max(probability, COPY_OF_SPAM)
        _judge(comment, {Signal(each) for each in comment.signals}, probability)
        now = {column: getattr(comment, column) for column in _RESCORED}
        if abs(probability - before[0]) >= 0.01 or [*now.values()][1:] != before[1:]:
            Comment.objects.waiting().filter(pk=comment.pk).update(**now)
    return batch[-1] if len(batch) == _BATCH else None


# ---- How often the signals are right


class SignalRecord(NamedTuple):
    signal: Signal
    shown: int  # decided comments that had the signal
    right: int  # of these, rejected for a reason that confirms the signal

    @property
    def ratio(self) -> float | None:
        return self.right / self.shown if self.shown else None


def signal_precision() -> list[SignalRecord]:
    """Each signal's record over the standing decisions of the last 90 days, at most the newest 1,000: enough
    for a percentage, and read in a few milliseconds.

    A comment with personal data that was rejected for another reason counts neither for nor against that signal: the
    data was there."""
    later = Decision.objects.standing().filter(comment=models.OuterRef("comment"), pk__gt=models.OuterRef("pk"))
    decided = Decision.objects.standing().filter(
        ~models.Exists(later.filter(verb__in=Decision.UNDOABLE)),
        at__gt=timezone.now() - JUDGED,
        verb__in=Decision.UNDOABLE,
        signals__len__gt=0,
    )
    newest = decided.order_by("-at", "-pk").values_list("signals", "reason")[:JUDGED_AT_MOST]
    shown: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for signals, reason in newest:
        for signal in signals:
            confirming = _CONFIRMING_REASONS.get(signal, ())
            if reason and reason not in confirming and Reason.PRIVACY in confirming:
                continue
            shown[signal] += 1
            right[signal] += reason in confirming
    return [SignalRecord(signal, shown[signal], right[signal]) for signal in Signal]
