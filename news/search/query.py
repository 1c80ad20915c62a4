"""Parses search texts and translates them into Postgres's tsquery syntax."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

from django.contrib.postgres.search import SearchQuery

from news.search import stemming
from news.words import joined, split, tokens, words

MAX_WORDS = 16
_BEGINNING = 3  # letters of a word that may be the beginning of another
_INDEXED = 4  # rarest words, and exclusions, that are looked up in the word index; others are checked among its hits

QUOTES = '"“”„‟«»〝〞＂'  # phones type curly ones
# -word, "a phrase", -"a phrase", word
PIECE = re.compile(
    rf"(?P<minus>(?<!\S)[-‐‑−])?(?:[{QUOTES}](?P<phrase>[^{QUOTES}]*)[{QUOTES}]|(?P<word>[^\s{QUOTES}]+))"
)


class Term(NamedTuple):
    """A word that is searched for. One with a hyphen or with digits (e-ktp, rt05) is searched for in one word and in
    its `parts`."""

    word: str
    stem: str
    also: tuple[str, ...] = ()  # stems that mean the same: makruf for ma'ruf
    parts: tuple[str, ...] = ()  # words
    adjacent: bool = False  # whether the parts must follow one another
    beginning: bool = False  # whether longer words that begin with it are meant as well

    @property
    def stems(self) -> tuple[str, ...]:
        """Every stem that this term may be found by."""
        return (self.stem, *self.also, *map(stemming.stem, self.parts))

    def share(self, shares: Mapping[str, float]) -> float:
        """The share of the articles that contain this term, about and at most: as one word, or all of its parts.
        `shares`: the same of each stem, if known."""
        parts = min((shares.get(stemming.stem(part), 0) for part in self.parts), default=0)
        return max(parts, *(shares.get(stem, 0) for stem in (self.stem, *self.also)))

    @property
    def indexed(self) -> str:
        """The condition for the word index, in tsquery syntax."""
        parts = " & ".join([lexeme(stemming.stem(part)) for part in self.parts])
        longer = [lexeme(self.word, "*")] if self.beginning else []
        return _any([*map(lexeme, (self.stem, *self.also)), *([f"({parts})"] if parts else []), *longer])

    @property
    def located(self) -> str:
        """The condition for the positions of an article's words; "" if the word index is enough."""
        if not self.adjacent:
            return ""
        return _any(
            [lexeme(self.stem), f"({' <-> '.join([lexeme(stemming.stem(part), 'BD') for part in self.parts])})"]
        )


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
        of_phrases = [Term(word, stemming.stem(word)) for phrase in self.phrases for word in phrase]
        return tuple(dict.fromkeys([*self.terms, *of_phrases]))

    @cached_property
    def is_inflected(self) -> bool:
        return any(term.word != term.stem for term in self.terms)

    @cached_property
    def excludes_itself(self) -> bool:
        """Whether an exclusion has only stems that are also searched for, as in "layanan -pelayanan": nothing can
        match. Postgres does not see that, and would search all articles."""
        wanted = {term.stem for term in self.all_terms}
        return any({term.stem for term in terms} <= wanted for terms in self.excluded)

    @cached_property
    def stems(self) -> frozenset[str]:
        """Every stem by which an article may be found, those of phrases included."""
        return frozenset([stem for term in self.all_terms for stem in term.stems])

    def rarest_first(self, shares: Mapping[str, float]) -> "Query":
        """This query with its rarest terms first. `shares`: per stem, the share of the articles that contain it."""
        return replace(self, terms=tuple(sorted(self.terms, key=lambda term: term.share(shares))))

    def indexed(self, *, as_written: bool = False) -> list["TsQuery"]:
        """What is looked up in the word index: the first terms and exclusions, the longest words of phrases. Without
        positions and weights, which the index does not store. Stems are enough, since each word of an article has one;
        `as_written` looks up the terms as typed instead.

        Each on its own: of several in one Postgres would first look for an article that has all, and see only then
        whether it is in the wanted place."""
        parts = [lexeme(term.word) if as_written else term.indexed for term in self.terms[:_INDEXED]]
        return [TsQuery(part) for part in (*parts, *map(lexeme, self._longest), *self.exclusions[:_INDEXED])]

    def indexed_shares(self, shares: Mapping[str, float]) -> list[float]:
        """Of the articles, for each term that is looked up in the word index, and for the rarest of the words of
        phrases that are: these are in an article because of each other."""
        of_phrases = min((shares.get(stemming.stem(word), 0) for word in self._longest), default=None)
        of_terms = [term.share(shares) for term in self.terms[:_INDEXED]]
        return of_terms if of_phrases is None else [*of_terms, of_phrases]

    @cached_property
    def _longest(self) -> list[str]:
        """The longest words of the phrases."""
        return sorted({word for phrase in self.phrases for word in phrase}, key=len, reverse=True)[: _INDEXED - 2]

    @cached_property
    def rest(self) -> "TsQuery | None":
        """What else is asked of an article: the other terms and exclusions, and each phrase, word after word as
        typed."""
        parts = [*(term.indexed for term in self.terms[_INDEXED:]), *self.exclusions[_INDEXED:]]
        parts += [term.located for term in self.terms if term.adjacent]
        parts += [f"({' <-> '.join(lexeme(word, 'AC') for word in phrase)})" for phrase in self.phrases]
        return TsQuery(" & ".join(parts)) if parts else None

    @cached_property
    def exclusions(self) -> list[str]:
        return [f"!({' & '.join(term.indexed for term in terms)})" for terms in self.excluded]


class TsQuery(SearchQuery):
    """A query in Postgres's own syntax, written into the SQL itself, so that Postgres plans each one by the rarity of
    its words. Of a parameter it knows nothing, and after five runs it would use one plan for all of them. A cast,
    because to_tsquery() would cut the words again, by the locale of the server."""

    def __init__(self, text: str):
        super().__init__(text, search_type="raw", config="simple")
        self.text = text

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **kwargs: Any) -> Any:
        quoted = self.text.replace("'", "''").replace("%", "%%")
        return f"'{quoted}'::tsquery", []


def lexeme(word: str, weights: str = "") -> str:
    """A word in tsquery syntax. Weights A and C are title and body as written, B and D their stems."""
    return f"'{word}':{weights}"


def _any(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"({' | '.join(parts)})"


def parse(text: str) -> Query:
    """Accepts any text; what is not valid syntax is searched for as words."""
    plain: list[Term] = []
    phrases: list[tuple[str, ...]] = []
    excluded = []
    for piece in PIECE.finditer(text):
        content = piece["phrase"] or piece["word"] or ""
        if piece["minus"]:
            excluded.append(_terms(content))
        elif piece["phrase"]:
            phrases.append(tuple(words(content)[:MAX_WORDS]))
        else:
            plain += _terms(content)
    wanted = [term for term in plain if term.word not in stemming.stop_words()]
    if not wanted and not any(phrases):
        wanted = plain
    return Query(
        text,
        tuple(dict.fromkeys(wanted))[:MAX_WORDS],
        tuple(filter(None, phrases))[:MAX_WORDS],
        tuple(filter(None, excluded))[:MAX_WORDS],
    )


def _terms(text: str) -> tuple[Term, ...]:
    """The terms of a text, at most MAX_WORDS, without duplicates."""
    return tuple(dict.fromkeys([term for token in tokens(text)[:MAX_WORDS] for term in _of_token(token)]))[:MAX_WORDS]


def _of_token(token: str) -> list[Term]:
    if root := stemming.doubled(token):
        return [Term(joined(token), joined(token), (root,))]
    whole, also = joined(token), tuple(map(stemming.stem, stemming.with_glottal_stop(token)))
    if whole:
        return [Term(whole, stemming.stem(whole), also, split(token), adjacent="-" not in token)]
    if also:
        return [Term(word, stemming.stem(word), also) for word in split(token)]
    return [Term(word, stemming.stem(word)) for word in split(token)]


def tsquery(text: str, *, beginnings: bool = False) -> TsQuery | None:
    """The whole search in one query, for small sets of articles; None if no word is left. With `beginnings`, each
    word of three letters or more may also be the beginning of one: cisad finds Cisadane."""
    query = parse(text)
    if not query:
        return None
    if beginnings:
        terms = tuple([term._replace(beginning=len(term.word) >= _BEGINNING) for term in query.terms])
        query = replace(query, terms=terms)
    return TsQuery(" & ".join(part.text for part in (*query.indexed(), query.rest) if part))
