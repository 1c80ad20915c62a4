"""BM25, used to rank search results and Artikel Terkait: Robertson and Zaragoza, "The Probabilistic Relevance
Framework: BM25 and Beyond", 2009. Callers choose the constants k1 and b."""

from collections.abc import Mapping
from math import log

_MAX_SHARE = 1.001  # above 1: a word found in every text keeps a small weight, so that it can still rank them


def rarity(share: float) -> float:
    """The weight of a word found in this share (0 to 1) of all texts; 1.0 if the share is unknown (0)."""
    return log(_MAX_SHARE / share) if share else 1.0


def damping(length: float, usual_length: float, *, k1: float, b: float) -> float:
    """How many occurrences of a word earn half of its weight in a text of this length: more in longer texts."""
    return k1 * (1 - b + b * length / usual_length) if usual_length else k1


def fit(weights: Mapping[str, float], counts: Mapping[str, float], damping: float) -> float:
    """How well a text matches the weighted words, 0 to the sum of the weights. `counts`: how often each word occurs in
    the text; words that do not occur may be missing."""
    found = [(weights[word], counts[word]) for word in weights if word in counts]
    return sum(weight * count / (count + damping) for weight, count in found)
