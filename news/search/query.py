"""What a search text asks for, and its words in the language of Postgres's tsquery."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

from django.contrib.postgres.search import SearchQuery

from news.search import stemming

MAX_WORDS = 16
_SOUGHT = 4  # rarest words that the word index is asked for; the others are looked for in what it finds

# -word, "a phrase", -"a phrase", word
PIECE = re.compile(r'(?P<minus>(?<!\S)-)?(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))')


class Term(NamedTuple):
    word: str
    stem: str


@dataclass(frozen=True)
class Query:
    """A search text, understood: words, "phrases in quotes" and -excluded ones."""

    text: str
    terms: tuple[Term, ...] = ()  # without stop words and repetitions
    phrases: tuple[tuple[str, ...], ...] = ()
    excluded: tuple[tuple[Term, ...], ...] = ()  # the words of each are excluded together

    def __bool__(self) -> bool:
        return bool(self.terms or self.phrases)

    @cached_property
    def all_terms(self) -> tuple[Term, ...]:
        """With the words of the phrases."""
        return tuple(dict.fromkeys([*self.terms, *(term for phrase in self.phrases for term in _terms(phrase))]))

    @cached_property
    def is_inflected(self) -> bool:
        return any(term.word != term.stem for term in self.terms)

    @cached_property
    def excludes_itself(self) -> bool:
        """Whether it excludes, by its stems, what it asks for: "layanan -pelayanan". Postgres cannot see that, and
        would look through the whole archive."""
        wanted = {term.stem for term in self.all_terms}
        return any({term.stem for term in terms} <= wanted for terms in self.excluded)

    def rarest_first(self, shares: dict[str, float]) -> "Query":
        """`shares`: per stem the share of the articles that hold it."""
        return replace(self, terms=tuple(sorted(self.terms, key=lambda term: shares.get(term.stem, 0))))

    def indexed(self, *, as_written: bool = False) -> "TsQuery":
        """What the word index is asked for: the first terms, the longest words of the phrases, and what is excluded.

        Without places and weights, which the index lacks; by stems alone, since an article has one for each word."""
        sought = [term.word if as_written else term.stem for term in self.terms[:_SOUGHT]]
        sought += sorted({word for phrase in self.phrases for word in phrase}, key=len, reverse=True)[: _SOUGHT - 2]
        return TsQuery(" & ".join([*map(lexeme, sought), *self.exclusions]))

    @cached_property
    def rest(self) -> "TsQuery | None":
        """What else an article must hold: further terms, and each phrase, word after word as written."""
        parts = [lexeme(term.stem) for term in self.terms[_SOUGHT:]]
        parts += [f"({' <-> '.join(lexeme(word, 'AC') for word in phrase)})" for phrase in self.phrases]
        return TsQuery(" & ".join(parts)) if parts else None

    @cached_property
    def exclusions(self) -> list[str]:
        return [f"!({' & '.join(lexeme(term.stem) for term in terms)})" for terms in self.excluded]


class TsQuery(SearchQuery):
    """A query that stands in the SQL itself, so that Postgres plans each by the rarity of its own words: of a
    parameter it knows nothing, and after five runs it would settle for one plan for all of them."""

    def __init__(self, text: str):
        super().__init__(text, search_type="raw", config="simple")
        self.text = text

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **kwargs: Any) -> Any:
        quoted = self.text.replace("'", "''").replace("%", "%%")
        return f"to_tsquery('simple', '{quoted}')", []


def lexeme(word: str, weights: str = "") -> str:
    """A word in the language of tsquery; weights A and C are title and body as written, B and D their stems."""
    return f"'{word}':{weights}"


def parse(text: str) -> Query:
    """Every text has a meaning; what no rule knows is searched for as words."""
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
    """All that the text asks for in one query, for sets that are small; None where no word is left."""
    query = parse(text)
    if not query:
        return None
    return TsQuery(" & ".join(each.text for each in (query.indexed(), query.rest) if each))
