"""What moderators' decisions add to the spam score.

For each feature of a text it compares in how many spam and in how many ordinary texts moderators have met it: the
logarithm of the odds, smoothed. It can be counted in any order and undone exactly. Three things keep it modest:
spam that the shipped weights know is not counted (else the words of betting would soon condemn those who talk about
it); ordinary texts of the training stand in for a hundred approvals; and the sum is limited, more so downwards, since
what is approved shares its ordinary words with spam.

A change of folding or features changes what the buckets mean: then a migration has to empty the table of
lessons.
"""

from array import array
from collections.abc import Collection, Iterable, MutableMapping, MutableSequence
from dataclasses import dataclass, field
from math import log, sqrt
from typing import Protocol

from comments.spam.features import BUCKETS, features
from comments.spam.folding import fold
from comments.spam.logistic import shipped

KNOWN = 1.0  # the logit from which on spam teaches nothing
APPROVALS_BEFORE = 100  # whose place the ordinary texts of the training take
SPAM_BEFORE = 25  # so that the first decisions do not weigh too much
LEAST, MOST = -1.0, 8.0  # of the logit


def instructive(texts: Iterable[str], *, is_spam: bool) -> list[set[int]]:
    """The features of those texts from which something can be learned: none from an erased one, nor from spam that
    the shipped weights know."""
    found = [features(fold(text)) for text in texts if text]
    return [each for each in found if shipped.logit(each) < KNOWN] if is_spam else found


class Lesson(Protocol):
    """What was learned once: `spam` and `ordinary` are numbers of texts."""

    pk: int
    spam: int
    ordinary: int

    def add_to(
        self,
        spam: MutableSequence[int] | MutableMapping[int, int],
        ordinary: MutableSequence[int] | MutableMapping[int, int],
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class Learned:
    """The sum of the lessons with these ids (comments.models.Lesson); the counts are indexed by bucket."""

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
        # Fewer than none: lessons that were halved since, and then undone
        spam, ordinary = max(0, self.spam[bucket]), max(0, self.ordinary[bucket])
        if not spam and not ordinary:
            return 0.0
        spam_texts, ordinary_texts = self.texts[0] + SPAM_BEFORE, self.texts[1] + APPROVALS_BEFORE
        texts = spam_texts + ordinary_texts
        ordinary += APPROVALS_BEFORE * shipped.frequency(bucket)
        return log((spam * texts / spam_texts + 1) / (ordinary * texts / ordinary_texts + 1))

    def with_lessons(self, lessons: Iterable[Lesson]) -> "Learned":
        lessons = list(lessons)
        spam, ordinary = self.spam[:], self.ordinary[:]
        for lesson in lessons:
            lesson.add_to(spam, ordinary)
        texts = (
            self.texts[0] + sum(lesson.spam for lesson in lessons),
            self.texts[1] + sum(lesson.ordinary for lesson in lessons),
        )
        return Learned(self.ids.union(lesson.pk for lesson in lessons), texts, spam, ordinary)
