"""Names that spam advertises: words that ordinary comments do not contain, such as the brand of a betting site.

One decision about spam teaches its names. They are kept as 32-bit hashes of the folded word without the digits at its
end, since one seller numbers its sites: "MEGAZORA77", "m3gazora 99" and "𝐌𝐄𝐆𝐀𝐙𝐎𝐑𝐀" have the same name.
"""

import re
from collections.abc import Collection, Iterator
from zlib import crc32

from comments.spam.features import BUCKETS
from comments.spam.folding import Folded
from comments.spam.logistic import shipped

LEAST_LETTERS = 5
_RARE = 1 / 4096  # share of ordinary comments
_WORD = re.compile(r"[^\W\d_][^\W_]*[^\W\d_](?=\d*(?![^\W_]))")


def names(folded: Folded, known: Collection[str] = ()) -> Iterator[tuple[int, int, int]]:
    """(hash, start, end) of each word of the folded text that may be a name; not of the words in `known`."""
    for word in _WORD.finditer(folded.text):
        if len(word[0]) >= LEAST_LETTERS and word[0] not in known and _is_new(word[0]):
            yield crc32(word[0].encode("utf-8", "replace")), *word.span()


def words(text: str) -> set[str]:
    """The words of an ordinary text of any length, without digits at their ends."""
    return {match[0] for match in _WORD.finditer(text.lower())}


def _is_new(word: str) -> bool:
    """Whether some run of four or five of its letters is in hardly any ordinary comment of the training data."""
    data = f" {word} ".encode("utf-8", "replace")
    runs = (data[at : at + n] for n in (4, 5) for at in range(len(data) - n + 1))
    return any(shipped.frequency(crc32(run) & (BUCKETS - 1)) <= _RARE for run in runs)
