"""Comments that say almost the same, as copies of one advert do: found by MinHash, confirmed by comparing the texts.

A comment is compared only with the first of each kind, which alone keeps its `bands`: so after ten thousand copies
the next one costs no more than the second, and a group never drifts away from what it began with.
"""

import re
from datetime import timedelta
from hashlib import blake2b

from django.db.models import BigIntegerField, F, Value
from django.utils import timezone

from comments.models import Comment
from comments.spam.minhash import MinHash, letters, shingles
from news.web import locks

RECENT = timedelta(days=30)
_SHINGLE = 4  # letters
# Texts that share 60 % of their shingles meet in a band in 91 of 100 cases, those that share 30 % in 24.
_MINHASH = MinHash(bands=10, rows=3, seed=4)
_LIKE = 0.6  # share of common shingles (Jaccard) from which two texts are alike
_SHORT = 20  # shingles: texts with fewer are alike only when they are the same
_LOOKED_AT, _COMPARED = 500, 20  # comments with a band in common, the newest; of these, those with most
_DENIALS = re.compile(r" (?:bukan|tidak|tdk|tak|enggak|nggak|ngga|gak|ga|jangan|belum|ora|teu|henteu) ")


def bands(text: str) -> list[int]:
    """Signed 64-bit numbers, of which alike texts have one or more in common; none where there are no letters.

    Digits, emoji, punctuation and the styles of letters do not count. 0.2 ms for an ordinary comment, 5 for 2,000
    letters.
    """
    rows = _MINHASH.bands(_shingles(_words(text)))
    digests = [blake2b(f"{band} {row}".encode(), digest_size=8).digest() for band, row in enumerate(rows)]
    return [int.from_bytes(digest, signed=True) for digest in digests]


def are_alike(one: str, other: str) -> bool:
    """Whether two texts say almost the same. Short ones must be equal, "mantap" is not "mantap sekali, Pak"; and what
    one denies the other must deny, too."""
    one, other = _words(one), _words(other)
    ours, theirs = _shingles(one), _shingles(other)
    if min(len(ours), len(theirs)) < _SHORT:
        return ours == theirs != set()
    common = len(ours & theirs)
    alike = common >= _LIKE * (len(ours) + len(theirs) - common)
    return alike and bool(_DENIALS.search(one)) == bool(_DENIALS.search(other))


def first_of_its_like(comment: Comment, is_like=lambda other: True) -> Comment | None:
    """The recent comment that began the group which this one belongs to; None where there is none.

    `comment` has its bands. Waits, until the end of their transaction, for others that look for the same text: else
    copies sent at the same moment would each begin a group. Two that are only alike may still do so; those that
    follow all join the one that is nearer.
    """
    if not comment.bands:
        return None
    locks.take(f"near copies {comment.bands[0]}")
    wanted = [Value(band, BigIntegerField()) for band in comment.bands]  # Django would cut plain ones to 32 bits
    begun = Comment.objects.filter(bands__overlap=wanted, created_at__gt=timezone.now() - RECENT).exclude(
        pk=comment.pk
    )
    # By the plain key Postgres would look through the whole table from its end, and not use the index of the bands.
    newest = begun.order_by((F("pk") + 0).desc()).values_list("pk", "bands")[:_LOOKED_AT]
    shared = {pk: len({*bands}.intersection(comment.bands)) for pk, bands in newest}
    nearest = sorted(shared, key=lambda pk: (-shared[pk], pk))[:_COMPARED]
    others = begun.only("text", "signals", "similar_group").in_bulk(nearest)
    candidates = (others[pk] for pk in nearest if pk in others)
    return next((each for each in candidates if is_like(each) and are_alike(comment.text, each.text)), None)


def _words(text: str) -> str:
    """The words in letters alone, each between spaces; "" where there are none."""
    words = letters(text)
    return f" {words} " if words else ""


def _shingles(words: str) -> set[str]:
    return shingles(words, _SHINGLE)
