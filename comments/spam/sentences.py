"""The parts of a text that are scored one by one, so that an advert does not hide behind three sentences of praise."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import pairwise

from comments.spam.folding import MAX_CHARS, Folded

# The end of a sentence, a line, or emoji before the next word; each run of signs is tried once, from its beginning
_END = re.compile(r"""(?<![.!?…;])[.!?…;]+["')\]”’]{0,3}\s+|\n|(?<![^\w\s\x00-\x7f])[^\w\s\x00-\x7f]+\s+(?=\w\w)""")
_WORD = re.compile(r"\S+")
LEAST_WORDS = 4  # a shorter sentence is scored with the one that follows
MOST_WORDS = 20  # a longer sentence is scored in overlapping runs of words, since many people write without full stops
_RUN, _STEP = 14, 7  # words


def sentences(text: str, folded: Folded) -> list[tuple[int, int]]:
    """The places of the sentences in `folded.text`; empty if the text is a single one."""
    ends = [bisect_left(folded.positions, end.end()) for end in _END.finditer(text[:MAX_CHARS])]
    words = [word.span() for word in _WORD.finditer(folded.text)]
    parts = [part for first, last in _joined(words, ends) for part in _runs(first, last)]
    return [(words[first][0], words[last - 1][1]) for first, last in parts] if len(parts) > 1 else []


def _joined(words: list[tuple[int, int]], ends: list[int]) -> Iterator[tuple[int, int]]:
    """The sentences as ranges of words, short ones joined with the next, or at the end with the one before."""
    starts = [start for start, _ in words]
    cuts = [0]
    for end in ends:
        cut = bisect_left(starts, end)
        if cut - cuts[-1] >= LEAST_WORDS:
            cuts.append(cut)
    if len(words) - cuts[-1] < LEAST_WORDS and len(cuts) > 1:
        cuts.pop()
    yield from pairwise([*cuts, len(words)])


def _runs(first: int, last: int) -> Iterator[tuple[int, int]]:
    if last - first <= MOST_WORDS:
        yield first, last
        return
    for start in range(first, last - _RUN + _STEP, _STEP):
        yield start, min(start + _RUN, last)
