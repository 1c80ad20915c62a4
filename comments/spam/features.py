"""The features of a text that the spam score uses, hashed into BUCKETS buckets: runs of two to five characters of the
folded text, the shapes of its words ("Aa9" for "Junior88"), and how much of it was disguised."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations
from zlib import crc32

from comments.spam.folding import MAX_CHARS, Folded
from comments.spam.topics import BRAND, topics

BUCKETS = 1 << 16
_MASK = BUCKETS - 1
_TOPIC_COPIES = 4  # buckets of each topic, so that it weighs about as much as a word, which has a dozen
_LENGTHS = (2, 3, 4, 5)
_WORD = re.compile(r"[^\W_]+")
# "⭐✌↖♑❌♋17": symbols in place of a name's letters
_SIGNS = re.compile(r"(?<![^\w\s\x00-\x7f])[^\w\s\x00-\x7f]{3,}[0-9]+")
_STEPS = (1, 2, 3, 5, 8, 12)  # each is a feature "at least this many disguised characters"
_ORDINARY_DISGUISES = ("accent", "stretched")  # common in harmless texts


class Features:
    """The features of a text by their places. Everything is hashed once; those of a part are then a slice."""

    def __init__(self, folded: Folded):
        data = _bytes(folded.text)
        self._folded = folded
        self._runs = [(n, [crc32(data[at : at + n]) & _MASK for at in range(len(data) - n + 1)]) for n in _LENGTHS]
        self._shapes = list(_shapes(folded))
        self._topics = list(topics(folded.text))

    def of_all(self) -> set[int]:
        """The buckets of all features of the text."""
        return self.of_part(0, len(self._folded.text))

    def of_part(self, start: int, end: int) -> set[int]:
        """The buckets of the features of `text[start:end]` of the folded text, with the character on either side."""
        found: set[int] = set()
        for n, buckets in self._runs:
            found.update(buckets[start : max(start, end + 3 - n)])  # hashed with a space at each end
        found.update([bucket for bucket, first, last in self._shapes if start <= first and last <= end])
        found.update(disguise_features(self._folded, start, end))
        found.update(
            _together(frozenset([name for name, first, last in self._topics if start <= first and last <= end]))
        )
        return found

    def placed(self) -> Iterator[tuple[int, int, int]]:
        """(bucket, start, end) of each feature that has a place in the folded text; a bucket may occur several
        times."""
        for n, buckets in self._runs:
            for at, bucket in enumerate(buckets):
                # The data starts with a space that is not in the text
                yield bucket, max(0, at - 1), at - 1 + n
        yield from self._shapes


def features(folded: Folded) -> set[int]:
    """The buckets of all features of the text."""
    return Features(folded).of_all()


def disguise_features(folded: Folded, start: int, end: int) -> list[int]:
    """The buckets that describe how much of `text[start:end]` of the folded text was disguised; they have no place in
    it."""
    counts = {kind: len(places) for kind, places in _disguises(folded, start, end).items()}
    names = [f"{kind} {step}" for kind, count in counts.items() for step in _STEPS if count >= step]
    hidden = sum(count for kind, count in counts.items() if kind not in _ORDINARY_DISGUISES)
    names += [f"disguised {step}" for step in _STEPS if hidden >= step] or ["plain"]
    if hidden:
        names.append(f"share {5 * hidden // (end - start + 1)}")
    return [_bucket(name) for name in names]


def _disguises(folded: Folded, start: int, end: int) -> dict[str, list[int]]:
    if start == 0 and end == len(folded.text):
        return folded.disguises
    first = folded.positions[start]
    last = folded.positions[end] if end < len(folded.positions) else MAX_CHARS
    return {kind: [at for at in places if first <= at < last] for kind, places in folded.disguises.items()}


@lru_cache(maxsize=1024)
def _together(found: frozenset[str]) -> tuple[int, ...]:
    """The buckets of these topics and of each pair of them."""
    names = sorted(found)
    groups = [(name,) for name in names] + list(combinations(names, 2))
    return tuple([_bucket(f"topic {copy} {' '.join(group)}") for group in groups for copy in range(_copies(group))])


def _copies(group: tuple[str, ...]) -> int:
    return 1 if BRAND in group else _TOPIC_COPIES  # what looks like the name of a site may be that of a person


def _shapes(folded: Folded) -> Iterator[tuple[int, int, int]]:
    for word in _WORD.finditer(folded.cased):
        shape = _shape(word[0])
        if len(shape) > 1 or (shape == "A" and len(word[0]) > 3):
            yield _bucket("shape " + shape), *word.span()
        if len(shape) > 1 and shape[-1] == "9":
            yield _bucket("ending " + _classes(word[0][-4:])), *word.span()
    for signs in _SIGNS.finditer(folded.text):
        yield _bucket("signs"), *signs.span()


def _shape(word: str) -> str:
    classes = _classes(word)
    return "".join([c for i, c in enumerate(classes) if i == 0 or classes[i - 1] != c])


def _classes(word: str) -> str:
    return "".join(["9" if c.isdigit() else "A" if c.isupper() else "a" for c in word])


@lru_cache(maxsize=4096)
def _bucket(name: str) -> int:
    return crc32(b"\0" + name.encode()) & _MASK


def _bytes(text: str) -> bytes:
    """One byte per character, with a space at each end: ASCII unchanged, others as 128 to 255, where some collide."""
    text = f" {text} "
    return text.encode() if text.isascii() else bytes([c if c < 128 else 128 | c & 127 for c in map(ord, text)])
