"""Parses search texts and translates them into Postgres's tsquery syntax."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

from django.contrib.postgres.search import SearchQuery

from news.search import stemming

MAX_WORDS = 16
_INDEXED = 4  # rarest words that are looked up in the word index; the others are checked among its hits

# -word, "a phrase", -"a phrase", word
PIECE = re.compile(r'(?P<minus>(?<!\S)-)?(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))')


class Term(NamedTuple):
    word: str
    stem: str


@dataclass(frozen=True)
class Query:
    """A parsed search text: words, "phrases in quotes" and -excluded ones."""

    text: str
    terms: tuple[Term, ...] = ()  # without stop words and duplicates
    phrases: tuple[tuple[str, ...], ...] = ()
    excluded: tuple[tuple[Term, ...], ...] = ()  # an article is excluded if it contains all words of one of these

    def __bool__(self) -> bool:
        return bool(self.terms or self.phrases)

    @cached_property
    def all_terms(self) -> tuple[Term, ...]:
        """The terms and the words of the phrases, without duplicates."""
        return tuple(dict.fromkeys([*self.terms, *(term for phrase in self.phrases for term in _terms(phrase))]))

    @cached_property
    def is_inflected(self) -> bool:
        return any(term.word != term.stem for term in self.terms)

    @cached_property
    def excludes_itself(self) -> bool:
        """Whether an exclusion has only stems that are also searched for, as in "layanan -pelayanan": nothing can
        match. Postgres does not see that, and would search all articles."""
        wanted = {term.stem for term in self.all_terms}
        return any({term.stem for term in terms} <= wanted for terms in self.excluded)

    def rarest_first(self, shares: dict[str, float]) -> "Query":
        """This query with its rarest terms first. `shares`: per stem, the share of the articles that contain it."""
        return replace(self, terms=tuple(sorted(self.terms, key=lambda term: shares.get(term.stem, 0))))

    def indexed(self, *, as_written: bool = False) -> "TsQuery":
        """The part that is looked up in the word index: the first terms, the longest words of phrases, all exclusions.

        Without positions and weights, which the index does not store. Stems are enough, since each word of an article
        has one; `as_written` looks up the terms as typed instead."""
        words = [term.word if as_written else term.stem for term in self.terms[:_INDEXED]]
        words += sorted({word for phrase in self.phrases for word in phrase}, key=len, reverse=True)[: _INDEXED - 2]
        return TsQuery(" & ".join([*map(lexeme, words), *self.exclusions]))

    @cached_property
    def rest(self) -> "TsQuery | None":
        """What else an article must contain: the other terms, and each phrase, word after word as typed."""
        parts = [lexeme(term.stem) for term in self.terms[_INDEXED:]]
        parts += [f"({' <-> '.join(lexeme(word, 'AC') for word in phrase)})" for phrase in self.phrases]
        return TsQuery(" & ".join(parts)) if parts else None

    @cached_property
    def exclusions(self) -> list[str]:
        return [f"!({' & '.join(lexeme(term.stem) for term in terms)})" for terms in self.excluded]


class TsQuery(SearchQuery):
    """A query written into the SQL itself, so that Postgres plans each one by the rarity of its words. Of a parameter
    it knows nothing, and after five runs it would use one plan for all of them."""

    def __init__(self, text: str):
        super().__init__(text, search_type="raw", config="simple")
        self.text = text

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **kwargs: Any) -> Any:
        quoted = self.text.replace("'", "''").replace("%", "%%")
        return f"to_tsquery('simple', '{quoted}')", []


def lexeme(word: str, weights: str = "") -> str:
    """A word in tsquery syntax. Weights A and C are title and body as written, B and D their stems."""
    return f"'{word}':{weights}"


def parse(text: str) -> Query:
    """Accepts any text; what is not valid syntax is searched for as words."""
    plain: list[str] = []
    phrases: list[tuple[str, ...]] = []
    excluded = []
    for piece in PIECE.finditer(text):
        found = stemming.words(piece["phrase"] or piece["word"] or "")[:MAX_WORDS]
        if found and piece["minus"]:
            excluded.append(_terms(found))
        elif found and piece["phrase"]:
            phrases.append(tuple(found))
        else:
            plain += found
    wanted = [word for word in plain if word not in stemming.stop_words()]
    if not wanted and not phrases:
        wanted = plain
    return Query(text, _terms(wanted)[:MAX_WORDS], tuple(phrases[:MAX_WORDS]), tuple(excluded[:MAX_WORDS]))


def _terms(words: Iterable[str]) -> tuple[Term, ...]:
    return tuple(Term(word, stemming.stem(word)) for word in dict.fromkeys(words))


def tsquery(text: str) -> TsQuery | None:
    """The whole search in one query, for small sets of articles; None if no word is left."""
    query = parse(text)
    if not query:
        return None
    return TsQuery(" & ".join(part.text for part in (query.indexed(), query.rest) if part))
