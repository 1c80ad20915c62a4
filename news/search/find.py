"""Search over titles and bodies: the words as written and their Indonesian stems, in one generated tsvector.

A search has two steps. Postgres finds at most CANDIDATES articles, at a cost that does not grow with the archive: all
hits of a rare word, the newest hits of a common one. Their stems are then ranked here by BM25, for ts_rank knows no
rarity: in "Siapa wali kota Tangerang 1998?" it takes "kota" for as telling as "1998".
"""

import json
from itertools import combinations
from typing import Any, NamedTuple

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, F, FloatField, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Left

from news.search import bm25, stemming, vocabulary
from news.search.query import Query, Term, TsQuery, lexeme

Articles = Any  # a queryset of articles: its class stands in news.models, above this package

CANDIDATES = 120  # ranked at most
FEW = 1_200  # hits by the planner's estimate: up to here the word index is read whole, above the newest suffice
_WRONG = 2  # times the estimate: so many hits show that it was wrong
_COMMON = 0.12  # of the articles: of a word in so many the newest are met soon on a walk through all
_WINDOW_SPARE = 1.5  # the newest articles that are looked through hold so many times the hits that are wanted
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


class Found(NamedTuple):
    pks: list[int]  # best first
    complete: bool  # whether they hold every word; else they hold most, or a rare one


def best(articles: Articles, query: Query, limit: int) -> list:
    """The articles of the queryset that fit the query, best fit first, newest first among equals: those with every
    word of it, or where there is none, those with most; at most `limit`."""
    return fetch(articles, find(articles, query).pks[:limit])


def fetch(articles: Articles, pks: list[int]) -> list:
    """These articles as a list shows them, in this order."""
    found = articles.for_list().in_bulk(pks)
    return [found[pk] for pk in pks if pk in found]


def find(articles: Articles, query: Query, *, newest: bool = False) -> Found:
    """The ids of up to CANDIDATES articles of the queryset, best or newest first."""
    if not query or query.excludes_itself:
        return Found([], complete=True)
    shares = vocabulary.shares([term.stem for term in query.all_terms])
    pks = _with_every_word(articles, query.rarest_first(shares))
    complete = bool(pks)
    if not complete and len(query.terms) > 1:
        pks = _with_most_words(articles, query, shares)
    return Found(_ranked(articles, pks, query, shares, newest=newest), complete)


def _with_every_word(articles: Articles, query: Query) -> list[int]:
    name_like = query.is_inflected and len(query.terms) <= _WORDS_OF_A_NAME
    if not name_like or _estimate(articles.filter(search=query.indexed())) <= FEW:
        return _holding(articles, query, query.indexed())
    # Names are no stems: older articles that hold the word as written fit better than newer ones of its stem.
    found = _holding(articles, query, query.indexed(as_written=True))
    if len(found) < CANDIDATES:
        found = list(dict.fromkeys([*found, *_holding(articles, query, query.indexed())]))
    return found[:CANDIDATES]


def _holding(articles: Articles, query: Query, indexed: TsQuery) -> list[int]:
    """Of the newest articles that the word index finds, those that hold the rest of what is asked as well: only for
    these few are the places of words compared."""
    rest = query.rest
    if rest is None:
        return candidates(articles, indexed)
    some = candidates(articles, indexed, _SCANNED)
    # As a column, not as a filter: Postgres would rather look for the rest in the whole archive.
    holds = ExpressionWrapper(Q(search=rest), output_field=BooleanField())
    having = dict(articles.filter(pk__in=some).annotate(holds=holds).values_list("pk", "holds"))
    return [pk for pk in some if having.get(pk)][:CANDIDATES]


def candidates(
    articles: Articles, query: SearchQuery, number: int = CANDIDATES, *, by: str = "published_at"
) -> list[int]:
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
            inside = hits.filter(**{f"{by}__gte": Hidden(edge, output_field=articles.model._meta.get_field(by))})
            found = list(inside.order_by(*order).values_list("pk", flat=True)[:number])
            if len(found) >= number / 2:
                return found
    return _newest(hits, number)[0]


class Hidden(Value):
    """A value that the planner cannot see: it then takes a window for narrow, and joins its index with the word index
    even where it believes the hits to be few."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        sql, parameters = super().as_sql(compiler, connection)
        return f"(SELECT {sql}::{self.output_field.db_type(connection)})", parameters


def _newest(hits: QuerySet, number: int, *, of: int | None = None) -> tuple[list[int], int]:
    """The newest of the first `of` hits that Postgres meets, and how many these are.

    In an order that no index has: else Postgres walks through the articles by time, which takes 700 ms for a word
    that is rare or absent."""
    sql, values = (
        hits.order_by().values_list("pk", Coalesce("published_at", "created_at"))[:of].query.sql_with_params()
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, count(*) OVER () FROM ({sql}) AS met (id, at) ORDER BY at DESC, id DESC LIMIT %s",
            [*values, number],
        )
        rows = cursor.fetchall()
    return [pk for pk, _ in rows], rows[0][1] if rows else 0


def _estimate(rows: QuerySet) -> int:
    """How many rows the planner expects: no more than planning, where counting a common word takes 100 to 600 ms."""
    plan = json.loads(rows.order_by().values("pk").explain(format="json"))
    return plan[0]["Plan"]["Plan Rows"]


def _with_most_words(articles: Articles, query: Query, shares: dict[str, float]) -> list[int]:
    """Articles that hold the rarest words of the query or several of its commoner ones, most telling first."""
    everything = _estimate(articles)
    terms = sorted(query.terms, key=lambda term: shares.get(term.stem, 0))
    parts: list[tuple[float, tuple[Term, ...]]] = []
    for size in (1, 2, 3):
        for some in combinations(terms, size):
            expected, weight = float(everything), 0.0
            for term in some:
                expected *= shares.get(term.stem, 0)
                weight += bm25.rarity(shares.get(term.stem, 0))
            if expected <= _PART_HITS and not any(set(part) <= set(some) for _, part in parts):
                parts.append((weight, some))
        if len(parts) >= _PARTS:
            break
    arms, parameters = [], []
    for weight, some in parts[:_PARTS]:
        part = TsQuery(" & ".join([*(lexeme(term.stem) for term in some), *query.exclusions]))
        hits = articles.filter(search=part).annotate(weight=Value(weight, output_field=FloatField()))
        sql, values = hits.order_by().values_list("pk", "weight")[: 2 * _PART_HITS].query.sql_with_params()
        arms.append(f"({sql})")
        parameters += values
    if not arms:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, sum(weight) FROM ({' UNION ALL '.join(arms)}) AS parts (id, weight) "
            f"GROUP BY id ORDER BY 2 DESC, 1 DESC LIMIT {CANDIDATES}",
            parameters,
        )
        return [pk for pk, _ in cursor.fetchall()]


# ---- What fits best


def _ranked(articles: Articles, pks: list[int], query: Query, shares: dict[str, float], *, newest: bool) -> list[int]:
    rows = articles.filter(pk__in=pks).order_by("-published_at", "-id")
    if newest or not pks:
        return list(rows.values_list("pk", flat=True))
    exactness: Value | SearchRank = Value(0.0)
    if query.is_inflected:
        as_written = TsQuery(" | ".join(lexeme(term.word, "AC") for term in query.all_terms))
        exactness = SearchRank(F("search"), as_written, weights=[0.0, 0.2, 0.0, 1.0])
    rows = rows.annotate(exact=exactness).values_list("pk", "title_stems", Left("body_stems", _READ), "exact")
    run = stemming.stems(query.text) if len(query.all_terms) > 1 else ""
    return rank(list(rows), {term.stem: shares.get(term.stem, 0) for term in query.all_terms}, run)


def rank(rows: list[tuple[int, str, str, float]], shares: dict[str, float], run: str = "") -> list[int]:
    """The ids of rows (id, stems of title and body, how exactly the words stand there) by BM25, best first; among
    equals in the order given. A title that holds `run`, the stems of the whole text, in a row is what was meant."""
    texts = [(pk, f" {title} ", f" {body} ", exact) for pk, title, body, exact in rows]
    usual = sum(len(body) for _, _, body, _ in texts) / max(1, len(texts))
    weights = {f" {stem} ": bm25.rarity(share) for stem, share in shares.items()}

    def fit(text: tuple[int, str, str, float]) -> float:
        _, title, body, exact = text
        counts = {stem: body.count(stem) + _TITLE * title.count(stem) for stem in weights}
        found = bm25.fit(weights, counts, bm25.damping(len(body), usual, k1=_K1, b=_B))
        return found * (1 + _AS_WRITTEN * exact) * (_IN_A_ROW if run and f" {run} " in title else 1)

    return [text[0] for text in sorted(texts, key=fit, reverse=True)]
