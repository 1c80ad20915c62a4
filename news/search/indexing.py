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


class Parts(NamedTuple):
    """The words of an article by their weight: A to D."""

    title_words: list[str]
    title_stems: list[str]  # with those of other spellings at the end
    words: list[str]
    stems: list[str]


def entry(title: str, title_stems: str, text: str, body_stems: str) -> str:
    """The index entry of an article whose stems are known."""
    title_tokens, text_tokens = tokens(title), tokens(text[:MAX_CHARS])
    return entry_of(
        Parts(
            words_of(title_tokens),
            [*title_stems.split(), *further_stems(title_tokens)],
            words_of(text_tokens),
            [*body_stems.split(), *further_stems(text_tokens)],
        )
    )


def entry_of(parts: Parts) -> str:
    """The index entry of an article of which these are the words."""
    found: dict[str, str] = {}
    end = 0
    for weight, part in zip("ABCD", parts, strict=True):
        for position, word in enumerate(part, start=end + 1):
            found[word] = f"{found[word]},{position}{weight}" if word in found else f"{position}{weight}"
        end += len(part)
    for word in [word for word in found if not word.isascii() and bare(word) != word]:
        found[bare(word)] = f"{found[bare(word)]},{found[word]}" if bare(word) in found else found[word]
    may_be_too_long = 4 * sum(map(len, found)) + 3 * len(found) + 4 * end > MAX_BYTES
    kept = _fitting(found) if may_be_too_long else found.items()
    return " ".join([f"'{word}':{places}" for word, places in kept])


def _fitting(found: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The words, with their places, up to MAX_BYTES: the title's first, then the text's, then the stems of its words.
    Beside its bytes each takes two for a count, one to align that, and two for each place."""
    free = MAX_BYTES
    for word, places in found.items():
        free -= len(word.encode()) + 3 + 2 * min(places.count(",") + 1, _MAX_PLACES)
        if free < 0:
            return
        yield word, places


def further_stems(tokens: list[str]) -> list[str]:
    return [stem for token in tokens if not token.isalpha() for stem in stemming.further_stems(token)]
