"""What is stored of an article so that it can be found: its stems, and the search index entry.

The entry (a tsvector) is made here and not by Postgres, so that words are what news.words says, whatever the locale of
the server. Weights A and C are the words of title and body as written, with and without accents; B and D their stems.
"""

from collections.abc import Iterator
from typing import NamedTuple

from news.search import stemming
from news.words import bare, tokens, words_of

MAX_CHARS = 100_000  # of a body
# What a tsvector can hold: with a larger one Postgres refuses the article (MAXSTRPOS in its tsearch/ts_type.h). Only a
# text in which hardly any word occurs twice reaches it.
MAX_BYTES = 2**20 - 1
_MAX_PLACES = 256  # of a word; Postgres forgets the others


class Indexed(NamedTuple):
    """The columns of news.models.Article with these names."""

    title_stems: str
    body_stems: str
    search: str  # in Postgres's syntax: 'banjir':1A,9C 'surut':2A


def indexed(title: str, text: str) -> Indexed:
    """What is stored of an article with this title and body, both plain texts."""
    title_stems, body_stems = stemming.stems(title), stemming.stems(text[:MAX_CHARS])
    return Indexed(title_stems, body_stems, entry(title, title_stems, text, body_stems))


def entry(title: str, title_stems: str, text: str, body_stems: str) -> str:
    """The index entry of an article whose stems are known."""
    title_tokens, text_tokens = tokens(title), tokens(text[:MAX_CHARS])
    parts = (
        ("A", words_of(title_tokens)),
        ("B", [*title_stems.split(), *_further_stems(title_tokens)]),
        ("C", words_of(text_tokens)),
        ("D", [*body_stems.split(), *_further_stems(text_tokens)]),
    )
    found: dict[str, list[str]] = {}
    end = 0
    for weight, part in parts:
        for position, word in enumerate(part, start=end + 1):
            place = f"{position}{weight}"
            found.setdefault(word, []).append(place)
            if not word.isascii() and bare(word) != word:
                found.setdefault(bare(word), []).append(place)
        end += len(part)
    return " ".join([f"'{word}':{','.join(places)}" for word, places in _fitting(found)])


def _fitting(found: dict[str, list[str]]) -> Iterator[tuple[str, list[str]]]:
    """The words, with their places, up to MAX_BYTES: the title's first, then the text's, then the stems of its words.
    Beside its bytes each takes two for a count, one to align that, and two for each place."""
    free = MAX_BYTES
    for word, places in found.items():
        free -= len(word.encode()) + 3 + 2 * min(len(places), _MAX_PLACES)
        if free < 0:
            return
        yield word, places


def _further_stems(tokens: list[str]) -> list[str]:
    return [stem for token in tokens if not token.isalpha() for stem in stemming.further_stems(token)]
