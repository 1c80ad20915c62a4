"""Search over titles and bodies: the words as written and their Indonesian stems, in one generated tsvector.

A search has two steps. Postgres finds at most CANDIDATES articles, at a cost that does not grow with the archive: all
hits of a rare word, the newest hits of a common one. Their stems are then ranked here by BM25 (Robertson and Zaragoza,
The Probabilistic Relevance Framework, 2009), for ts_rank knows no rarity: in "Siapa wali kota Tangerang 1998?" it
takes "kota" for as telling as "1998".
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from math import log
from typing import NamedTuple

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, F, FloatField, Q, Value
from django.db.models.functions import Coalesce, Left

from news import stemming, words
from news.models import Article

MAX_WORDS = 16
CANDIDATES = 120  # ranked at most
FEW = 1_200  # hits by the planner's estimate: up to here the word index is read whole, above the newest suffice
_WRONG = 2  # times the estimate: so many hits show that it was wrong
_COMMON = 0.12  # of the articles: of a word in so many the newest are met soon on a walk through all
_WINDOW_SPARE = 1.5  # the newest articles that are looked through hold so many times the hits that are wanted
_SOUGHT = 4  # rarest words that the word index is asked for; the others are looked for in what it finds
_WORDS_OF_A_NAME = 2  # at most
_WIDEST = 60_000  # articles of a window: beyond, finding its edge takes longer than reading all hits
_SCANNED = 150  # newest of these that are looked at for the rest: further words, phrases
_PARTS = 6  # searches, each of a rare word or of some commoner ones together, that find articles with most words
_PART_HITS = 600
_READ = 12_000  # letters of a body's stems that are ranked
_K1, _B = 1.2, 0.75  # BM25's usual values
_TITLE = 2.0  # times a word of the title counts
_IN_A_ROW = 2.0  # times the weight of a title that holds all the words one after the other
_AS_WRITTEN = 0.3  # of a word's weight is added where it stands exactly as written

_PIECE = re.compile(r'(?P<minus>(?<!\S)-)?(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))')


# ---- What is asked


class Term(NamedTuple):
    word: str
    stem: str


@dataclass(frozen=True)
class Question:
    """A search text, understood: words, "phrases in quotes" and -excluded ones."""

    text: str
    terms: tuple[Term, ...] = ()  # what tells something, without repetitions
    phrases: tuple[tuple[str, ...], ...] = ()
    excluded: tuple[tuple[Term, ...], ...] = ()  # the words of each are excluded together

    def __bool__(self):
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

    def rarest_first(self, shares: dict[str, float]) -> "Question":
        return replace(self, terms=tuple(sorted(self.terms, key=lambda term: shares.get(term.stem, 0))))

    def query(self, *, as_written: bool = False) -> "LiteralQuery":
        """What the word index is asked for: the first terms and the longest words of the phrases, nothing excluded.

        Without places and weights, which the index lacks; by stems alone, since an article has one for each word."""
        sought = [term.word if as_written else term.stem for term in self.terms[:_SOUGHT]]
        sought += sorted({word for phrase in self.phrases for word in phrase}, key=len, reverse=True)[: _SOUGHT - 2]
        return LiteralQuery(" & ".join([*map(_quoted, sought), *self.exclusions]))

    @cached_property
    def rest(self) -> "LiteralQuery | None":
        """What else an article must hold: further terms, and each phrase, word after word as written."""
        parts = [_quoted(term.stem) for term in self.terms[_SOUGHT:]]
        parts += [f"({' <-> '.join(_quoted(word, 'AC') for word in phrase)})" for phrase in self.phrases]
        return LiteralQuery(" & ".join(parts)) if parts else None

    @cached_property
    def exclusions(self) -> list[str]:
        return [f"!({' & '.join(_quoted(term.stem) for term in terms)})" for terms in self.excluded]


def _quoted(word: str, weights: str = "") -> str:
    """A word in the language of tsquery; A and C are title and body as written, B and D their stems."""
    return f"'{word}':{weights}"


def parse(text: str) -> Question:
    """Every text has a meaning; what no rule knows is searched for as words."""
    plain, phrases, excluded = [], [], []
    for piece in _PIECE.finditer(text):
        found = stemming.words(piece["phrase"] or piece["word"] or "")[:MAX_WORDS]
        if found and piece["minus"]:
            excluded.append(_terms(found))
        elif found and piece["phrase"]:
            phrases.append(tuple(found))
        else:
            plain += found
    telling = [word for word in plain if word not in stemming.stop_words()]
    if not telling and not phrases:
        telling = plain
    return Question(text, _terms(telling)[:MAX_WORDS], tuple(phrases[:MAX_WORDS]), tuple(excluded[:MAX_WORDS]))


def _terms(some: Iterable[str]) -> tuple[Term, ...]:
    return tuple(Term(word, stemming.stem(word)) for word in dict.fromkeys(some))


class LiteralQuery(SearchQuery):
    """A query that stands in the SQL itself, so that Postgres plans each by the rarity of its own words: of a
    parameter it knows nothing, and after five runs it would settle for one plan for all of them."""

    def __init__(self, text: str):
        super().__init__(text, search_type="raw", config="simple")
        self.text = text

    def as_sql(self, compiler, connection, function=None, template=None):
        quoted = self.text.replace("'", "''").replace("%", "%%")
        return f"to_tsquery('simple', '{quoted}')", []


def tsquery(text: str) -> LiteralQuery | None:
    """All that the text asks for in one query, for sets that are small; None where no word is left."""
    question = parse(text)
    if not question:
        return None
    return LiteralQuery(" & ".join(each.text for each in (question.query(), question.rest) if each))


# ---- What is found


class Found(NamedTuple):
    pks: list[int]  # best first
    complete: bool  # whether they hold every word; else they hold most, or a rare one


def search(articles, text: str, *, limit: int, offset: int = 0) -> list:
    """The articles of the queryset that fit the text, best fit first, newest first among equals: those with every
    word of it, or where there is none, those with most."""
    return fetch(articles, find(articles, parse(text)).pks[offset : offset + limit])


def fetch(articles, pks: list[int]) -> list:
    """These articles as a list shows them, in this order."""
    found = articles.for_list().in_bulk(pks)
    return [found[pk] for pk in pks if pk in found]


def find(articles, question: Question, *, newest: bool = False) -> Found:
    """The ids of up to CANDIDATES articles of the queryset, best or newest first."""
    if not question or question.excludes_itself:
        return Found([], complete=True)
    shares = words.shares([term.stem for term in question.all_terms])
    pks = _with_every_word(articles, question.rarest_first(shares))
    complete = bool(pks)
    if not complete and len(question.terms) > 1:
        pks = _with_most_words(articles, question, shares)
    return Found(_ranked(articles, pks, question, shares, newest=newest), complete)


def _with_every_word(articles, question: Question) -> list[int]:
    name_like = question.is_inflected and len(question.terms) <= _WORDS_OF_A_NAME
    if not name_like or _estimate(articles.filter(search=question.query())) <= FEW:
        return _holding(articles, question, question.query())
    # Names are no stems: older articles that hold the word as written fit better than newer ones of its stem.
    found = _holding(articles, question, question.query(as_written=True))
    if len(found) < CANDIDATES:
        found = list(dict.fromkeys([*found, *_holding(articles, question, question.query())]))
    return found[:CANDIDATES]


def _holding(articles, question: Question, query: LiteralQuery) -> list[int]:
    """Of the newest articles that the word index finds, those that hold the rest of what is asked as well: only for
    these few are the places of words compared."""
    rest = question.rest
    if rest is None:
        return candidates(articles, query)
    some = candidates(articles, query, _SCANNED)
    # As a column, not as a filter: Postgres would rather look for the rest in the whole archive.
    holds = ExpressionWrapper(Q(search=rest), output_field=BooleanField())
    having = dict(articles.filter(pk__in=some).annotate(holds=holds).values_list("pk", "holds"))
    return [pk for pk in some if having.get(pk)][:CANDIDATES]


def candidates(articles, query: SearchQuery, number: int = CANDIDATES, *, by: str = "published_at") -> list[int]:
    """The ids of the newest hits among `articles`, at most `number`, at a cost that does not grow with the archive.

    Up to FEW hits are all read from the word index. Of more, Postgres reads those in a window of the newest articles,
    wide enough by its own estimate: there it joins the word index with that of `by`, and looks at few articles.
    """
    hits = articles.filter(search=query)
    expected = _estimate(hits)
    if expected <= FEW:
        # For words that belong together the estimate is far too low. Too many hits are told by the limit.
        limit = max(FEW, expected * _WRONG)
        found, total = _newest(hits, number, of=limit)
        if total < limit:
            return found
        expected = total * _WRONG
    everything = _estimate(articles)
    order = (f"-{by}", "-id")
    if expected > everything * _COMMON:
        return list(hits.order_by(*order).values_list("pk", flat=True)[:number])
    width = min(_WIDEST, int(number * _WINDOW_SPARE * everything / expected))
    if width <= everything / 4:
        edge = articles.order_by(*order).values_list(by, flat=True)[width : width + 1].first()
        if edge is not None:
            inside = hits.filter(**{f"{by}__gte": Hidden(edge, output_field=Article._meta.get_field(by))})
            found = list(inside.order_by(*order).values_list("pk", flat=True)[:number])
            if len(found) >= number / 2:
                return found
    return _newest(hits, number)[0]


class Hidden(Value):
    """A value that the planner cannot see: it then takes a window for narrow, and joins its index with the word index
    even where it believes the hits to be few."""

    def as_sql(self, compiler, connection):
        sql, parameters = super().as_sql(compiler, connection)
        return f"(SELECT {sql}::{self.output_field.db_type(connection)})", parameters


def _newest(hits, number: int, *, of: int | None = None) -> tuple[list[int], int]:
    """The newest of the first `of` hits that Postgres meets, and how many these are.

    In an order that no index has: else Postgres walks through the articles by time, which takes 700 ms for a word
    that is rare or absent."""
    sql, values = (
        hits.order_by().values_list("pk", Coalesce("published_at", "created_at"))[:of].query.sql_with_params()
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, count(*) OVER () FROM ({sql}) AS met (id, at) ORDER BY at DESC, id DESC LIMIT %s",  # noqa: S608
            [*values, number],
        )
        rows = cursor.fetchall()
    return [pk for pk, _ in rows], rows[0][1] if rows else 0


def _estimate(rows) -> int:
    """How many rows the planner expects: no more than planning, where counting a common word takes 100 to 600 ms."""
    plan = json.loads(rows.order_by().values("pk").explain(format="json"))
    return plan[0]["Plan"]["Plan Rows"]


def _with_most_words(articles, question: Question, shares: dict[str, float]) -> list[int]:
    """Articles that hold the rarest words of the question or several of its commoner ones, most telling first."""
    everything = _estimate(articles)
    terms = sorted(question.terms, key=lambda term: shares.get(term.stem, 0))
    parts: list[tuple[float, tuple[Term, ...]]] = []
    for size in (1, 2, 3):
        for some in combinations(terms, size):
            expected, weight = float(everything), 0.0
            for term in some:
                expected *= shares.get(term.stem, 0)
                weight += _rarity(shares.get(term.stem, 0))
            if expected <= _PART_HITS and not any(set(part) <= set(some) for _, part in parts):
                parts.append((weight, some))
        if len(parts) >= _PARTS:
            break
    arms, parameters = [], []
    for weight, some in parts[:_PARTS]:
        query = LiteralQuery(" & ".join([*(_quoted(term.stem) for term in some), *question.exclusions]))
        hits = articles.filter(search=query).annotate(weight=Value(weight, output_field=FloatField()))
        sql, values = hits.order_by().values_list("pk", "weight")[: 2 * _PART_HITS].query.sql_with_params()
        arms.append(f"({sql})")
        parameters += values
    if not arms:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, sum(weight) FROM ({' UNION ALL '.join(arms)}) AS parts (id, weight) "  # noqa: S608 (no text)
            f"GROUP BY id ORDER BY 2 DESC, 1 DESC LIMIT {CANDIDATES}",
            parameters,
        )
        return [pk for pk, _ in cursor.fetchall()]


# ---- What fits best


def _rarity(share: float) -> float:
    """BM25's weight of a word that this share of the articles holds."""
    return log(1 + (1.001 - share) / share) if share else 1.0


def _ranked(articles, pks: list[int], question: Question, shares: dict[str, float], *, newest: bool) -> list[int]:
    rows = articles.filter(pk__in=pks).order_by("-published_at", "-id")
    if newest or not pks:
        return list(rows.values_list("pk", flat=True))
    exactness = Value(0.0)
    if question.is_inflected:
        as_written = LiteralQuery(" | ".join(_quoted(term.word, "AC") for term in question.all_terms))
        exactness = SearchRank(F("search"), as_written, weights=[0.0, 0.2, 0.0, 1.0])
    rows = rows.annotate(exact=exactness).values_list("pk", "title_stems", Left("body_stems", _READ), "exact")
    run = stemming.stems(question.text) if len(question.all_terms) > 1 else ""
    return rank(list(rows), {term.stem: shares.get(term.stem, 0) for term in question.all_terms}, run)


def rank(rows: list[tuple[int, str, str, float]], shares: dict[str, float], run: str = "") -> list[int]:
    """The ids of rows (id, stems of title and body, how exactly the words stand there) by BM25, best first; among
    equals in the order given. A title that holds `run`, the stems of the whole text, in a row is what was meant."""
    texts = [(pk, f" {title} ", f" {body} ", exact) for pk, title, body, exact in rows]
    usual = sum(len(body) for _, _, body, _ in texts) / max(1, len(texts))
    weights = {f" {stem} ": _rarity(share) for stem, share in shares.items()}

    def fit(text) -> float:
        _, title, body, exact = text
        length = _K1 * (1 - _B + _B * len(body) / usual)
        total = 0.0
        for stem, weight in weights.items():
            times = body.count(stem) + _TITLE * title.count(stem)
            total += weight * times * (_K1 + 1) / (times + length)
        return total * (1 + _AS_WRITTEN * exact) * (_IN_A_ROW if run and f" {run} " in title else 1)

    return [text[0] for text in sorted(texts, key=fit, reverse=True)]


# ---- Spelling


def suggest(text: str) -> str | None:
    """The text with its misspelt words replaced by those that articles use, in lower case; None where every word is
    known or none comes near."""
    wanted = [word for piece in _PIECE.finditer(text) if not piece["minus"] for word in stemming.words(piece[0])]
    better = words.corrected(wanted[:MAX_WORDS])
    if not better:
        return None
    return stemming.WORD.sub(lambda found: better.get(found[0], found[0]), " ".join(text.lower().split()))
