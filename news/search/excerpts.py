"""Excerpts of articles in search results: the search words, marked, and the text around them."""

from itertools import islice

from news.search import stemming
from news.words import Located, located

_READ = 3_000  # words of a text that are searched
_SHOWN = 34  # words of an excerpt, at most
_BEFORE = 6  # words of an excerpt before the first match


Parts = list[tuple[str, bool]]  # the pieces of a text, each with whether it is marked


def marked(text: str, stems: frozenset[str]) -> Parts:
    """The plain text with every word that has one of these stems marked."""
    parts, end = [], 0
    for word in located(text):
        if word.start >= end and _found(word, stems):
            parts += [(text[end : word.start], False), (text[word.start : word.end], True)]
            end = word.end
    return [*parts, (text[end:], False)]


def excerpt(text: str, stems: frozenset[str]) -> Parts:
    """The part of the plain text that contains the most of these stems, marked; empty if it contains none."""
    words = list(islice(located(text), _READ))
    wanted = [(position, stem) for position, word in enumerate(words) for stem in _found(word, stems)]
    if not wanted:
        return []
    best, most = 0, 0
    for start, _ in wanted:
        near = {stem for position, stem in wanted if start <= position < start + _SHOWN - _BEFORE}
        if len(near) > most:
            best, most = start, len(near)
        if most == len(stems):
            break
    first = max(0, best - _BEFORE)
    last = min(len(words), first + _SHOWN) - 1
    begin, end = words[first].start if first else 0, words[last].end if last + 1 < len(words) else len(text)
    shown = marked(" ".join(text[begin:end].split()), stems)
    return [("… " if first else "", False), *shown, (" …" if last + 1 < len(words) else "", False)]


def _found(word: Located, stems: frozenset[str]) -> list[str]:
    """Those of the stems that the word has, alone or as a part of its token (e-ktp)."""
    stem = stemming.stem(word.word)
    if word.token == word.word:
        return [stem] if stem in stems else []
    return [each for each in (stem, *stemming.further_stems(word.token)) if each in stems]
