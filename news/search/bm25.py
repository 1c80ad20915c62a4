"""BM25, by which the search and Artikel Terkait rank: Robertson and Zaragoza, "The Probabilistic Relevance Framework:
BM25 and Beyond", 2009. The constants k1 and b are the caller's."""

from collections.abc import Mapping
from math import log

_MOST = 1.001  # a word of all texts still weighs a little, else it could not order them


def rarity(share: float) -> float:
    """The weight of a word that this share of all texts holds, 0 to 1; 1.0 where the share is not known (0)."""
    return log(_MOST / share) if share else 1.0


def damping(length: float, usual_length: float, *, k1: float, b: float) -> float:
    """How slowly repetition adds to the fit of a text of this length: so many occurrences give half of what infinitely
    many would."""
    return k1 * (1 - b + b * length / usual_length) if usual_length else k1


def fit(weights: Mapping[str, float], counts: Mapping[str, float], damping: float) -> float:
    """How well a text fits words of these weights, 0 to the sum of the weights; `counts`: how often each stands in
    the text, words that do not may be missing."""
    found = [(weights[word], counts[word]) for word in weights if word in counts]
    return sum(weight * count / (count + damping) for weight, count in found)
