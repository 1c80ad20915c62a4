"""How likely a comment is spam, and which of its words make it so. It orders and explains the moderators' queue; it
publishes nothing and deletes nothing."""

import re
import unicodedata
from bisect import bisect
from dataclasses import dataclass, field
from math import sqrt

from comments.spam.features import disguise_features, features, placed_features
from comments.spam.folding import Folded, fold
from comments.spam.learned import Learned
from comments.spam.logistic import probability, shipped

REASONS_MAX = 5
_REASON_MIN = 0.1  # of the logit; less explains nothing
_WORD = re.compile(r"[^\W_](?:\S*[^\W_])?|[^\s\x00-\x7f]+")  # without the signs around it; or signs alone

NOTHING_LEARNED = Learned()


@dataclass(frozen=True, slots=True)
class Score:
    """`probability` is 0 to 1; from one half on the comment counts as spam.

    `reasons` are the words of the original text that made it, as they stand there, the most telling first; `spans` are
    their places in it, in the same order: `text[start:end]`. REASONS_MAX at most; an ordinary comment may have some,
    too. Both are worked out when they are asked for."""

    probability: float
    text: str
    folded: Folded = field(repr=False)
    learned: Learned = field(repr=False)

    @property
    def reasons(self) -> list[str]:
        return [self.text[start:end] for start, end in self.spans]

    @property
    def spans(self) -> list[tuple[int, int]]:
        return _telling_words(self.text, self.folded, self.learned)


def score(text: str, learned: Learned = NOTHING_LEARNED) -> Score:
    """By the shipped weights, and what moderators' decisions add to them.

    Never raises, whatever the text; of more than folding.MAX_CHARS characters only the beginning is read."""
    folded = fold(text)
    buckets = features(folded)
    return Score(probability(shipped.logit(buckets) + learned.logit(buckets)), text, folded, learned)


def _telling_words(text: str, folded: Folded, learned: Learned) -> list[tuple[int, int]]:
    """The places of the words that raise the logit most. What a feature adds is shared by the characters that it lies
    on, what the disguises add by the characters that they hide."""
    placed = list(placed_features(folded))
    disguises = disguise_features(folded)
    root = sqrt(len({bucket for bucket, _, _ in placed}.union(disguises)))

    def added(bucket: int) -> float:
        return (shipped.weight(bucket) + learned.weight(bucket)) / root

    shares = [0.0] * (len(folded.text) + 1)  # and the blank behind the last word
    for bucket, start, end in placed:
        share = added(bucket) / (end - start)
        for index in range(start, end):
            shares[index] += share
    hidden = sorted({place for places in folded.disguises.values() for place in places})
    hiding = sum(map(added, disguises)) / (len(hidden) or 1)
    words = []
    for word in _WORD.finditer(folded.text):
        start, end = _place(text, folded, *word.span())
        weight = sum(shares[slice(*word.span())]) + hiding * (bisect(hidden, end - 1) - bisect(hidden, start - 1))
        if weight >= _REASON_MIN:
            words.append((weight, start, end))
    words.sort(key=lambda word: -word[0])
    return [(start, end) for _, start, end in words[:REASONS_MAX]]


def _place(text: str, folded: Folded, start: int, end: int) -> tuple[int, int]:
    """Where these characters of the folded text stand in the original, with the marks upon the last."""
    first, last = folded.positions[start], folded.positions[end - 1] + 1
    while last < len(text) and unicodedata.category(text[last]) in ("Mn", "Me", "Cf"):
        last += 1
    return first, last
