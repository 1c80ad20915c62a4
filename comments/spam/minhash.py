"""MinHash: texts that share many shingles (runs of letters) are likely to have a band in common.

Broder, "On the resemblance and containment of documents" (1997); bands: Leskovec, Rajaraman and Ullman, "Mining of
Massive Datasets", chapter 3.
"""

import re
from random import Random
from zlib import crc32

from comments.spam.folding import fold

_NO_LETTERS = re.compile(r"[\W\d_]+")


def letters(text: str) -> str:
    """The words of a text as a person reads them, in letters alone and parted by single spaces; "" where there are
    none."""
    return _NO_LETTERS.sub(" ", fold(text).text).strip()


def shingles(words: str, size: int) -> set[str]:
    """Every run of so many characters; a shorter text is one."""
    return {words[start : start + size] for start in range(max(1, len(words) - size + 1))} if words else set()


class MinHash:
    """`bands` groups of `rows` hash functions each, drawn from `seed`: the same in every process, for bands are
    stored."""

    def __init__(self, *, bands: int, rows: int, seed: int):
        numbers = Random(seed)
        self.rows = rows
        self.hashes = [(numbers.getrandbits(32) | 1, numbers.getrandbits(32)) for _ in range(bands * rows)]

    def bands(self, some: set[str]) -> list[list[int]]:
        """Per band the least values of its hash functions over these shingles; none where there are no shingles."""
        hashed = [crc32(shingle.encode("utf-8", "replace")) for shingle in some]
        if not hashed:
            return []
        least = [min([(factor * each + term) & 0xFFFFFFFF for each in hashed]) for factor, term in self.hashes]
        return [least[start : start + self.rows] for start in range(0, len(least), self.rows)]
