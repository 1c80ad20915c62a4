"""What moderators' decisions add to the spam score.

A feature's weight is the smoothed log odds of its occurrence in the texts that moderators rejected as spam against
those that they approved. Counts can be added in any order and subtracted exactly. Three things limit the effect: spam
that the shipped weights recognise is not counted (else the vocabulary of betting would soon condemn people who talk
about it); the ordinary texts of the training data count as a hundred approvals; and the sum is limited, more strictly
downwards, because approved texts share their ordinary words with spam.

The names that spam advertises (comments.spam.names) are taught by all of it, also by what the weights recognise: one
rejected comment is enough for the next one with that name to count as spam, until twice as many are approved. To undo
a decision takes its names back, except those that an article has used in between.

A change of folding or features that gives buckets another meaning makes all lessons wrong; a migration must then empty
their table. Further features beside the old ones do not: nothing has been learned about them yet.
"""

from array import array
from collections import Counter
from collections.abc import Collection, Iterable, MutableMapping, MutableSequence
from dataclasses import dataclass, field
from math import log, sqrt
from typing import Protocol

from comments.spam.features import BUCKETS, features
from comments.spam.folding import Folded, fold
from comments.spam.logistic import shipped
from comments.spam.names import names

KNOWN = 1.0  # shipped logit from which on spam counts as recognised and teaches nothing
PRIOR_APPROVALS = 100  # approvals that the ordinary texts of the training data count as
PRIOR_SPAM = 25  # prior number of spam texts, so that the first decisions do not weigh too much
LEAST, MOST = -1.0, 8.0  # limits of what is added to the logit


def instructive(texts: Iterable[str], *, is_spam: bool) -> list[set[int]]:
    """The features of each text that teaches something: not of erased texts, nor of spam that the shipped weights
    recognise."""
    found = [features(fold(text)) for text in texts if text]
    return [each for each in found if shipped.logit(each) < KNOWN] if is_spam else found


def names_in(texts: Iterable[str], known: Collection[str] = ()) -> Counter[int]:
    """In how many of these texts each name occurs; not the words in `known`."""
    return Counter(name for text in texts for name in {name for name, _, _ in names(fold(text), known)})


class Lesson(Protocol):
    """What a decision taught, or the sum of several; `spam` and `ordinary` are numbers of texts."""

    pk: int
    spam: int
    ordinary: int

    def add_to(
        self,
        spam: MutableSequence[int] | MutableMapping[int, int],
        ordinary: MutableSequence[int] | MutableMapping[int, int],
    ) -> None: ...

    def add_names_to(self, spam: Counter[int], ordinary: Counter[int]) -> None: ...


@dataclass(frozen=True, slots=True)
class Learned:
    """The sum of the lessons with these ids (comments.models.Lesson); the counts are indexed by bucket."""

    ids: frozenset[int] = frozenset()
    texts: tuple[int, int] = (0, 0)
    spam: array = field(default_factory=lambda: array("i", bytes(4 * BUCKETS)), repr=False)
    ordinary: array = field(default_factory=lambda: array("i", bytes(4 * BUCKETS)), repr=False)
    names: tuple[Counter[int], Counter[int]] = field(default_factory=lambda: (Counter(), Counter()), repr=False)
    _weights: dict[int, float] = field(default_factory=dict, repr=False)

    def logit(self, buckets: Collection[int]) -> float:
        """What to add to the shipped logit of a text with these features."""
        if not self.ids:
            return 0.0
        total = sum(map(self.weight, buckets)) / sqrt(len(buckets) or 1)
        return max(LEAST, min(MOST, total))

    def advertised(self, folded: Folded) -> list[tuple[int, int]]:
        """The places of names in the folded text that moderators rejected as spam and seldom approved."""
        spam, ordinary = self.names
        found = names(folded) if spam else ()
        return [(start, end) for name, start, end in found if spam[name] > 0 and ordinary[name] < 2 * spam[name]]

    def weight(self, bucket: int) -> float:
        """The feature's weight in `logit`, before division by the square root of their number; cached."""
        if not self.ids:
            return 0.0
        if bucket not in self._weights:
            self._weights[bucket] = self._log_odds(bucket)
        return self._weights[bucket]

    def _log_odds(self, bucket: int) -> float:
        # Negative if a decision is undone after merge() has halved its lesson
        spam, ordinary = max(0, self.spam[bucket]), max(0, self.ordinary[bucket])
        if not spam and not ordinary:
            return 0.0
        spam_texts, ordinary_texts = self.texts[0] + PRIOR_SPAM, self.texts[1] + PRIOR_APPROVALS
        texts = spam_texts + ordinary_texts
        ordinary += PRIOR_APPROVALS * shipped.frequency(bucket)
        return log((spam * texts / spam_texts + 1) / (ordinary * texts / ordinary_texts + 1))

    def with_lessons(self, lessons: Iterable[Lesson]) -> "Learned":
        lessons = list(lessons)
        spam, ordinary = self.spam[:], self.ordinary[:]
        names = (self.names[0].copy(), self.names[1].copy())
        for lesson in lessons:
            lesson.add_to(spam, ordinary)
            lesson.add_names_to(*names)
        texts = (
            self.texts[0] + sum(lesson.spam for lesson in lessons),
            self.texts[1] + sum(lesson.ordinary for lesson in lessons),
        )
        return Learned(self.ids.union(lesson.pk for lesson in lessons), texts, spam, ordinary, names)
