"""MinHash: texts that share many shingles (runs of characters) probably have a band in common.

Broder, "On the resemblance and containment of documents" (1997); bands: Leskovec, Rajaraman and Ullman, "Mining of
Massive Datasets", chapter 3.
"""

import re
from random import Random
from zlib import crc32

from comments.spam.folding import fold

_NO_LETTERS = re.compile(r"[\W\d_]+")


def letters(text: str) -> str:
    """The folded words of a text, letters only, separated by single spaces; "" if there are no letters."""
    return _NO_LETTERS.sub(" ", fold(text).text).strip()


def shingles(words: str, size: int) -> set[str]:
    """All runs of `size` characters; a shorter text is itself the only shingle."""
    return {words[start : start + size] for start in range(max(1, len(words) - size + 1))} if words else set()


class MinHash:
    """`bands` groups of `rows` hash functions each, determined by `seed` so that stored bands stay comparable."""

    def __init__(self, *, bands: int, rows: int, seed: int):
        rng = Random(seed)
        self.rows = rows
        self.hashes = [(rng.getrandbits(32) | 1, rng.getrandbits(32)) for _ in range(bands * rows)]

    def bands(self, shingle_set: set[str]) -> list[list[int]]:
        """For each band the minima of its hash functions over the shingles; [] if there are none."""
        hashed = [crc32(shingle.encode("utf-8", "replace")) for shingle in shingle_set]
        if not hashed:
            return []
        minima = [min([(factor * each + term) & 0xFFFFFFFF for each in hashed]) for factor, term in self.hashes]
        return [minima[start : start + self.rows] for start in range(0, len(minima), self.rows)]
