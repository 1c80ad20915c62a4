"""How likely a comment is spam, and because of which words. The score orders and explains the moderators' queue; it
publishes and deletes nothing."""

import re
import unicodedata
from bisect import bisect
from dataclasses import dataclass, field
from math import sqrt

from comments.spam.features import Features, disguise_features
from comments.spam.folding import Folded, fold
from comments.spam.learned import Learned
from comments.spam.logistic import probability, shipped
from comments.spam.sentences import sentences

REASONS_MAX = 5
SENTENCE_CAUTION = 1.5  # subtracted from a sentence's logit: of many sentences one is more easily taken for spam
NAMED = 1.0  # least logit of a text with a name that moderators rejected as spam
_REASON_MIN = 0.1  # contribution to the logit below which a word is no reason
_WORD = re.compile(r"[^\W_](?:\S*[^\W_])?|[^\s\x00-\x7f]+")  # a word without the symbols around it, or symbols alone

NOTHING_LEARNED = Learned()


@dataclass(frozen=True, slots=True)
class Score:
    """`probability` is 0 to 1; from 0.5 on the comment counts as spam. It is that of the whole text or of the most
    suspicious sentence.

    `reasons` are the words of the original text that raise it most, strongest first, at most REASONS_MAX; `spans` are
    their places `text[start:end]` in the same order. An ordinary comment may have some, too. Both are computed on
    access."""

    probability: float
    text: str
    part: tuple[int, int] = field(repr=False)  # the sentence that decided, as its place in the folded text
    folded: Folded = field(repr=False)
    features: Features = field(repr=False)
    learned: Learned = field(repr=False)

    @property
    def reasons(self) -> list[str]:
        return [self.text[start:end] for start, end in self.spans]

    @property
    def spans(self) -> list[tuple[int, int]]:
        return _strongest_words(self)


def score(text: str, learned: Learned = NOTHING_LEARNED) -> Score:
    """Scores a text by the shipped weights and what moderators' decisions add to them.

    Never raises; reads only the first folding.MAX_CHARS characters."""
    folded = fold(text)
    found = Features(folded)
    part = (0, len(folded.text))
    highest = _logit(found.of_all(), learned)
    for sentence in sentences(text, folded):
        logit = _logit(found.of_part(*sentence), learned) - SENTENCE_CAUTION
        if logit > highest:
            highest, part = logit, sentence
    if highest < NAMED and learned.advertised(folded):
        highest, part = NAMED, (0, len(folded.text))
    return Score(probability(highest), text, part, folded, found, learned)


def _logit(buckets: set[int], learned: Learned) -> float:
    """Approvals do not make ordinary what the shipped weights take for spam: else one that was approved by mistake
    would let its copies through."""
    own = shipped.logit(buckets)
    both = own + learned.logit(buckets)
    return max(both, 0.0) if own >= 0 else both


def _strongest_words(score: Score) -> list[tuple[int, int]]:
    """The places of the words that raise the logit most. Each feature's contribution is divided evenly among the
    characters it covers, that of the disguise features among the disguised characters."""
    folded, (first, last) = score.folded, score.part
    placed = [each for each in score.features.placed() if first <= each[1] and each[2] <= last + 1]
    disguises = disguise_features(folded, first, last)
    norm = sqrt(len({bucket for bucket, _, _ in placed}.union(disguises)))

    def added(bucket: int) -> float:
        return (shipped.weight(bucket) + score.learned.weight(bucket)) / norm

    shares = [0.0] * (len(folded.text) + 1)  # and the space after the last word
    for bucket, start, end in placed:
        share = added(bucket) / (end - start)
        for index in range(start, end):
            shares[index] += share
    for start, end in score.learned.advertised(folded):
        for index in range(start, end):
            shares[index] += NAMED
    hidden = sorted({place for places in folded.disguises.values() for place in places})
    hiding = sum(map(added, disguises)) / (len(hidden) or 1)
    words = []
    for word in _WORD.finditer(folded.text, first, last):
        start, end = _place(score.text, folded, *word.span())
        weight = sum(shares[slice(*word.span())]) + hiding * (bisect(hidden, end - 1) - bisect(hidden, start - 1))
        if weight >= _REASON_MIN:
            words.append((weight, start, end))
    words.sort(key=lambda word: -word[0])
    return [(start, end) for _, start, end in words[:REASONS_MAX]]


def _place(text: str, folded: Folded, start: int, end: int) -> tuple[int, int]:
    """The place in the original text of a span of the folded text, with combining marks on its last character."""
    first, last = folded.positions[start], folded.positions[end - 1] + 1
    while last < len(text) and unicodedata.category(text[last]) in ("Mn", "Me", "Cf"):
        last += 1
    return first, last
