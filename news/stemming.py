"""Indonesian stems, so that menulis, ditulis and tulisan find each other (PySastrawi; docs/decisions.md, 5)."""

import re
from functools import cache, lru_cache

_WORD = re.compile(r"[^\W_]+")


@cache
def _stemmer():
    # Loaded on first use: the dictionary costs 0.3 s and some megabytes that many processes never need.
    from Sastrawi.Dictionary.ArrayDictionary import ArrayDictionary
    from Sastrawi.Stemmer.Stemmer import Stemmer
    from Sastrawi.Stemmer.StemmerFactory import StemmerFactory

    # The factory's own cached stemmer keeps every word for ever; this one is bounded by lru_cache below.
    return Stemmer(ArrayDictionary(StemmerFactory().get_words()))


@cache
def stop_words() -> frozenset[str]:
    """Words too common to search for."""
    from Sastrawi.StopWordRemover.StopWordRemoverFactory import StopWordRemoverFactory

    return frozenset(StopWordRemoverFactory().get_stop_words())


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The root of one lower-case word; the word itself where there is none. About 0.8 ms for an unseen word."""
    if len(word) > 40 or not word.isascii() or not word.isalpha():
        return word
    return _stemmer().stem(word) or word


def words(text: str) -> list[str]:
    """The lower-case words of a plain text, in order."""
    return _WORD.findall(text.lower())


def stems(text: str) -> str:
    """The stems of a plain text, in order, separated by spaces: what the columns *_stems hold."""
    return " ".join(map(stem, words(text)))
