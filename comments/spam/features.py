"""The features of a text that the spam score uses, hashed into BUCKETS buckets: runs of two to five characters of the
folded text, the shapes of its words ("Aa9" for "Junior88"), and how much of it was disguised."""

import re
from collections.abc import Iterator
from zlib import crc32

from comments.spam.folding import Folded

BUCKETS = 1 << 16
_LENGTHS = (2, 3, 4, 5)
_WORD = re.compile(r"[^\W_]+")
_SIGNS = re.compile(r"[^\w\s\x00-\x7f]{3,}[0-9]+")  # "⭐✌↖♑❌♋17": symbols in place of a name's letters
_STEPS = (1, 2, 3, 5, 8, 12)  # each is a feature "at least this many disguised characters"
_ORDINARY_DISGUISES = ("accent", "stretched")  # common in harmless texts


def features(folded: Folded) -> set[int]:
    """The buckets of all features of the text."""
    data = _bytes(folded.text)
    mask = BUCKETS - 1
    found = {crc32(data[start : start + n]) & mask for n in _LENGTHS for start in range(len(data) - n + 1)}
    found.update([bucket for bucket, _, _ in _shapes(folded)])
    found.update(disguise_features(folded))
    return found


def placed_features(folded: Folded) -> Iterator[tuple[int, int, int]]:
    """(bucket, start, end) of each feature that has a place in the folded text; a bucket may occur several times."""
    data = _bytes(folded.text)
    for n in _LENGTHS:
        for start in range(len(data) - n + 1):
            # The data starts with a space that is not in the text
            yield crc32(data[start : start + n]) & (BUCKETS - 1), max(0, start - 1), start - 1 + n
    yield from _shapes(folded)


def disguise_features(folded: Folded) -> list[int]:
    """The buckets that describe how much of the text was disguised; they have no place in it."""
    names = [f"{kind} {step}" for kind, places in folded.disguises.items() for step in _STEPS if len(places) >= step]
    hidden = sum(len(places) for kind, places in folded.disguises.items() if kind not in _ORDINARY_DISGUISES)
    names += [f"disguised {step}" for step in _STEPS if hidden >= step] or ["plain"]
    if hidden:
        names.append(f"share {5 * hidden // (len(folded.text) + 1)}")
    return [_bucket(name) for name in names]


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


def _bucket(name: str) -> int:
    return crc32(b"\0" + name.encode()) & (BUCKETS - 1)


def _bytes(text: str) -> bytes:
    """One byte per character, with a space at each end: ASCII unchanged, others as 128 to 255, where some collide."""
    text = f" {text} "
    return text.encode() if text.isascii() else bytes([c if c < 128 else 128 | c & 127 for c in map(ord, text)])
