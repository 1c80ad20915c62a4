"""Excerpts of articles in search results: the search words, marked, and the text around them."""

from functools import lru_cache

from news.search import stemming
from news.words import Located, located, located_tokens

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
    """The part of the plain text that contains the most of these stems, marked; empty if it contains none. Words with
    hyphens count as one."""
    places: list[tuple[int, int]] = []
    near: list[tuple[int, str]] = []  # the last matches that fit into one excerpt
    best, most, enough, is_cut = 0, 0, _READ, False
    for position, (token, start, end) in enumerate(located_tokens(text)):
        if is_cut := position == enough:
            break
        places.append((start, end))
        if found := _stems_of(token, stems):
            near = [match for match in near if match[0] > position - _SHOWN + _BEFORE]
            near += [(position, stem) for stem in found]
            if (number := len({stem for _, stem in near})) > most:
                best, most = near[0][0], number
                if most == len(stems):
                    enough = best + _SHOWN
    if not most:
        return []
    first = max(0, best - _BEFORE)
    last = min(len(places), first + _SHOWN) - 1
    is_end = last + 1 == len(places) and not is_cut
    begin, end = places[first][0] if first else 0, len(text) if is_end else places[last][1]
    shown = marked(" ".join(text[begin:end].split()), stems)
    return [("… " if first else "", False), *shown, ("" if is_end else " …", False)]


@lru_cache(maxsize=20_000)
def _stems_of(token: str, stems: frozenset[str]) -> tuple[str, ...]:
    """Those of the stems that a token has."""
    return tuple(stem for word in located(token) for stem in _found(word, stems))


def _found(word: Located, stems: frozenset[str]) -> list[str]:
    """Those of the stems that the word has, alone or as a part of its token (e-ktp)."""
    stem = stemming.stem(word.word)
    if word.token == word.word:
        return [stem] if stem in stems else []
    return [each for each in (stem, *stemming.further_stems(word.token)) if each in stems]
