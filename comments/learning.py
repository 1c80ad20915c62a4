"""What moderators' decisions teach the spam score, at once and in every process of this portal.

For each feature of a text it compares in how many spam and in how many ordinary texts moderators have met it: the
logarithm of the odds, smoothed. It can be counted in any order and taken back exactly. Three things keep it modest:
spam that the shipped weights know is not counted (else the words of betting would soon condemn those who talk about
it); ordinary texts of the training stand in for a hundred approvals; and the sum is limited, more so downwards, since
what is approved shares its ordinary words with spam.

A change of folding or features gives the buckets another meaning: then a migration has to empty the table of
lessons."""

from array import array
from collections.abc import Collection, Iterable
from contextlib import nullcontext
from dataclasses import dataclass, field
from math import log, sqrt
from time import monotonic

from django.core.exceptions import ImproperlyConfigured
from django.db import Error, OperationalError, connection, transaction

from comments.features import BUCKETS, features
from comments.folding import fold
from comments.logistic import shipped
from comments.models.learning import Lesson
from news.statements import Statement

KNOWN = 1.0  # the logit from which on spam teaches nothing
APPROVALS_BEFORE = 100  # whose place the ordinary texts of the training take
SPAM_BEFORE = 25  # so that the first decisions do not weigh too much
LEAST, MOST = -1.0, 8.0  # of the logit
_PAUSE = 5.0  # seconds without a question after the database did not answer


def learn(texts: Iterable[str], *, is_spam: bool, times: int = 1) -> None:
    """Takes texts that moderators decided about into account; `times=-1` takes an earlier call back.

    Called in the transaction of the decision. Texts that were erased meanwhile teach nothing."""
    known = [features(fold(text)) for text in texts if text]
    if is_spam:
        known = [buckets for buckets in known if shipped.logit(buckets) < KNOWN]
    if known:
        Lesson.objects.add(known if is_spam else [], [] if is_spam else known, times)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The sum of the lessons with these ids; the counts are indexed by bucket."""

    ids: frozenset[int] = frozenset()
    texts: tuple[int, int] = (0, 0)
    spam: array = field(default_factory=lambda: array("i", bytes(4 * BUCKETS)), repr=False)
    ordinary: array = field(default_factory=lambda: array("i", bytes(4 * BUCKETS)), repr=False)
    _weights: dict[int, float] = field(default_factory=dict, repr=False)

    def logit(self, buckets: Collection[int]) -> float:
        """What is to be added to the shipped logit of a text with these features."""
        if not self.ids:
            return 0.0
        total = sum(map(self.weight, buckets)) / sqrt(len(buckets) or 1)
        return max(LEAST, min(MOST, total))

    def weight(self, bucket: int) -> float:
        """What a feature adds, times the root of how many the text has; worked out when it is first asked for."""
        if not self.ids:
            return 0.0
        if bucket not in self._weights:
            self._weights[bucket] = self._log_odds(bucket)
        return self._weights[bucket]

    def _log_odds(self, bucket: int) -> float:
        # Fewer than none: lessons that were halved since, and then taken back
        spam, ordinary = max(0, self.spam[bucket]), max(0, self.ordinary[bucket])
        if not spam and not ordinary:
            return 0.0
        spam_texts, ordinary_texts = self.texts[0] + SPAM_BEFORE, self.texts[1] + APPROVALS_BEFORE
        texts = spam_texts + ordinary_texts
        ordinary += APPROVALS_BEFORE * shipped.frequency(bucket)
        return log((spam * texts / spam_texts + 1) / (ordinary * texts / ordinary_texts + 1))

    def with_lessons(self, lessons: Iterable[Lesson]) -> "Knowledge":
        lessons = list(lessons)
        spam, ordinary = self.spam[:], self.ordinary[:]
        for lesson in lessons:
            lesson.add_to(spam, ordinary)
        texts = (
            self.texts[0] + sum(lesson.spam for lesson in lessons),
            self.texts[1] + sum(lesson.ordinary for lesson in lessons),
        )
        return Knowledge(self.ids.union(lesson.pk for lesson in lessons), texts, spam, ordinary)


_ids = Statement(lambda after: Lesson.objects.filter(pk__gt=after).values_list("pk"))
_known = Knowledge()
_silent_until = 0.0


def knowledge() -> Knowledge:
    """All that was learnt up to this moment: asks the database each time, and reads what is new. While the database
    does not answer: what was known before, or nothing; a transaction of the caller's goes on."""
    global _known, _silent_until
    if monotonic() < _silent_until:
        return _known
    try:
        with transaction.atomic() if connection.in_atomic_block else nullcontext():  # a savepoint
            ids = frozenset(pk for (pk,) in _ids(0))
            if ids != _known.ids:
                _known = _read(_known, ids)
    except OperationalError:
        _silent_until = monotonic() + _PAUSE
    except (Error, ImproperlyConfigured):
        pass  # no database at all, or a transaction that has failed already
    return _known


def _read(known: Knowledge, ids: frozenset[int]) -> Knowledge:
    if known.ids < ids:
        lessons = list(Lesson.objects.filter(pk__in=ids - known.ids))
        if len(lessons) == len(ids - known.ids):
            return known.with_lessons(lessons)
    return Knowledge().with_lessons(Lesson.objects.all())  # some were merged, or a transaction was rolled back
