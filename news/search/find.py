"""Search over titles and bodies: one generated tsvector contains the words as written and their Indonesian stems.

A search has two steps. Postgres finds the newest CANDIDATES articles, at a cost that does not grow with the number of
articles (news.search.newest). These are then ranked here by BM25 over their stems, because ts_rank ignores rarity: in
"Siapa wali kota Tangerang 1998?" it weighs "kota" as much as "1998".
"""

from collections.abc import Mapping
from itertools import combinations, pairwise
from math import prod
from typing import NamedTuple

from django.contrib.postgres.search import SearchRank
from django.db.models import BooleanField, ExpressionWrapper, F, Q, Value
from django.db.models.functions import Left

from news.search import bm25, stemming, vocabulary
from news.search.newest import UNKNOWN, Articles, Expected, newest
from news.search.places import EVERYWHERE, Narrowing
from news.search.query import Query, Term, TsQuery, lexeme
from news.web import reads

CANDIDATES = 120  # articles that are ranked, at most
_SELECTIVE = 0.1  # share of the articles up to which Postgres surely finds a word by its index
_COMMON = 0.12  # share of the articles; more frequent words tell little
_WORDS_OF_A_NAME = 2  # at most
_WORDS_OF_A_QUESTION = 4  # at least
_ENOUGH = 10  # articles with every word of a question; if there are fewer, those with most words are added
_SCANNED = 150  # newest hits that are checked against the rest of the query: further words, phrases
_MOST_SCANNED = 350  # for phrases, if too few of them match
_PARTS = 8  # partial searches for articles with most words, each for one rare word or a few commoner ones
_PART_HITS = 300  # expected hits of a partial search, at most
_READ = 12_000  # characters of a body's stems that are ranked
_K1, _B = 1.2, 1.0  # of BM25; measured on questions with `python -m bench search`
_PAIR = 0.2  # share of the weight of two words that is added if they follow each other as in the search
_TITLE = 3.0  # an occurrence in the title counts as this many
_IN_A_ROW = 2.0  # factor for a title that contains all the words one after the other
_AS_WRITTEN = 0.3  # share of the score added if all words occur exactly as typed


class Found(NamedTuple):
    pks: list[int]  # best first
    whole: frozenset[int]  # those that contain every word; the others contain several, or a rare one
    checked: int = 0  # the newest with the words that were checked for phrases, if older ones may have them, too


def best(articles: Articles, query: Query, limit: int) -> list:
    """The articles of the queryset that contain every word of the query, or if there are none, those with most words;
    at most `limit`. If only few have every word of a question, those with most words are added. Best match first,
    newest first among equals."""
    return fetch(articles, find(articles, query).pks[:limit])


def fetch(articles: Articles, pks: list[int]) -> list:
    """These articles with the columns that lists show, in this order; missing ones are left out."""
    found = articles.for_list().in_bulk(pks)
    return [found[pk] for pk in pks if pk in found]


def find(articles: Articles, query: Query, within: Narrowing = EVERYWHERE, *, by_time: bool = False) -> Found:
    """The ids of up to CANDIDATES articles of the queryset, best first, or `by_time`, newest first."""
    if not query or query.excludes_itself:
        return Found([], frozenset())
    shares, article_count = vocabulary.shares(query.stems), vocabulary.article_count()
    query = query.rarest_first(shares)
    whole, checked = _with_every_word(articles, query, within, _expected(query.indexed_shares(shares), article_count))
    others: list[int] = []
    if (len(query.terms) > 1 and not whole) or (_is_question(query) and len(whole) < _ENOUGH and not by_time):
        others = [pk for pk in _with_most_words(articles, query, shares, within, article_count) if pk not in whole]
    ranked = _ranked(articles, [*whole, *others], query, shares, by_time=by_time)
    return Found(ranked, frozenset(whole), checked)


def _is_question(query: Query) -> bool:
    """Whether the search has so many words that the article that is meant may lack one of them."""
    return len(query.terms) >= _WORDS_OF_A_QUESTION and not query.phrases


def _expected(shares: list[float], article_count: int) -> Expected:
    """`shares`: of the articles, for each of several words. Of a word that is in many of them nothing is expected:
    Postgres might read all articles for it."""
    if not article_count or not 0 < min(shares) <= _SELECTIVE:
        return UNKNOWN
    return Expected(article_count * min(shares), article_count * prod(shares))


def _with_every_word(articles: Articles, query: Query, within: Narrowing, expected: Expected) -> tuple[list[int], int]:
    """The newest hits of the word index that also match the rest of the query. Word positions are compared for these
    few only. Also how many were compared for phrases, if that was not enough: else 0."""
    number = CANDIDATES if query.rest is None else _SCANNED
    hits = newest(articles, query.indexed(), number, within, expected)
    is_full = len(hits) == number
    if is_full and query.is_inflected and len(query.terms) <= _WORDS_OF_A_NAME:
        # Names have no stems: older articles with the word as typed match better than newer ones with only its stem.
        as_written = newest(articles, query.indexed(as_written=True), number, within, expected)
        hits = list(dict.fromkeys([*as_written, *hits]))
    if query.rest is None:
        return hits[:CANDIDATES], 0
    found = _matching(articles, hits, query.rest)
    if not is_full or len(found) >= CANDIDATES or not query.phrases:
        return found[:CANDIDATES], 0
    more, looked_at = newest(articles, query.indexed(), _MOST_SCANNED, within, expected), set(hits)
    found += _matching(articles, [pk for pk in more if pk not in looked_at], query.rest)
    is_enough = len(more) < _MOST_SCANNED or len(found) >= CANDIDATES
    return found[:CANDIDATES], 0 if is_enough else len(more)


def _matching(articles: Articles, pks: list[int], condition: TsQuery) -> list[int]:
    """As a column, because given a filter Postgres would search all articles for the condition."""
    matches = ExpressionWrapper(Q(search=condition), output_field=BooleanField())
    is_match = dict(articles.filter(pk__in=pks).annotate(matches=matches).values_list("pk", "matches"))
    return [pk for pk in pks if is_match.get(pk)]


def _with_most_words(
    articles: Articles, query: Query, shares: Mapping[str, float], within: Narrowing, article_count: int
) -> list[int]:
    """Articles that contain the first words of the query, which are the rarest, or several commoner ones, highest
    total weight first."""
    terms = query.terms
    telling = [term for term in terms if term.share(shares) <= _COMMON]
    terms = tuple(telling) if len(telling) > 1 else terms  # reading the many articles of a common word takes long
    parts: list[tuple[Expected, float, tuple[Term, ...]]] = []
    sizes = 3 if query.rest else min(3, len(query.terms) - 1)  # those with all words are known, but for the rest
    for size in range(1, sizes + 1):
        for some in combinations(terms, size):
            found = [term.share(shares) for term in some]
            is_rare = article_count * prod(found) <= _PART_HITS
            if is_rare and not any(set(part) <= set(some) for _, _, part in parts):
                parts.append((_expected(found, article_count), sum(map(bm25.rarity, found)), some))
        if len(parts) >= _PARTS:
            break
    exclusions = [TsQuery(each) for each in query.exclusions]
    weights: dict[int, float] = {}
    for expected, weight, some in parts[:_PARTS]:
        sought = [*(TsQuery(term.indexed) for term in some), *exclusions]
        hits = newest(articles, sought, 2 * _PART_HITS, within, expected)
        for pk in hits:
            weights[pk] = weights.get(pk, 0) + weight
        if len(hits) == 2 * _PART_HITS:
            break  # words that come together far more often than by chance: other parts find mostly the same articles
    with reads.connection().cursor() as cursor:
        cursor.execute(_HEAVIEST, [list(weights), list(weights.values())])
        return [pk for (pk,) in cursor.fetchall()]


# BM25 as if each word occurred once. The stored size of a text, compressed or not, is known without reading the text.
_HEAVIEST = f"""
    SELECT id FROM unnest(%s::bigint[], %s::float[]) AS found (id, weight)
    JOIN LATERAL (SELECT pg_column_size(body_stems) AS size FROM news_article WHERE id = found.id) AS article ON true
    ORDER BY weight / (1 + {_K1} * (1 - {_B} + {_B} * size / avg(size) OVER ())) DESC, id DESC LIMIT {CANDIDATES}
"""


# ---- Ranking


def _ranked(
    articles: Articles, pks: list[int], query: Query, shares: Mapping[str, float], *, by_time: bool
) -> list[int]:
    rows = articles.filter(pk__in=pks).order_by("-published_at", "-id")
    if by_time or not pks:
        return list(rows.values_list("pk", flat=True))
    exactness: Value | SearchRank = Value(0.0)
    if query.is_inflected:
        as_written = TsQuery(" | ".join(lexeme(term.word, "AC") for term in query.all_terms))
        exactness = SearchRank(F("search"), as_written, weights=[0.0, 0.2, 0.0, 1.0])
    rows = rows.annotate(exact=exactness).values_list("pk", "title_stems", Left("body_stems", _READ), "exact")
    text_stems = stemming.stems(query.text) if len(query.all_terms) > 1 else ""
    return rank_rows(list(rows), {stem: shares.get(stem, 0) for stem in query.stems}, text_stems)


def rank_rows(rows: list[tuple[int, str, str, float]], shares: Mapping[str, float], text_stems: str = "") -> list[int]:
    """Ranks rows of (id, title stems, body stems, how exactly the words match) by BM25; returns their ids, best first,
    equals in the given order. `text_stems`: the stems of the whole search. Articles in which two of them follow each
    other rank higher, and so does a title that contains all of them in this order."""
    texts = [(pk, f" {title} ", f" {body} ", exact) for pk, title, body, exact in rows]
    usual = sum(len(body) for _, _, body, _ in texts) / max(1, len(texts))
    weights = {f" {stem} ": bm25.rarity(share) for stem, share in shares.items()}
    pairs = _pairs(text_stems.split(), weights)

    def fit(text: tuple[int, str, str, float]) -> float:
        _, title, body, exact = text
        counts = {stem: body.count(stem) + _TITLE * title.count(stem) for stem in weights}
        found = bm25.fit(weights, counts, bm25.damping(len(body), usual, k1=_K1, b=_B))
        found += sum(weight for pair, weight in pairs.items() if pair in body)
        return found * (1 + _AS_WRITTEN * exact) * (_IN_A_ROW if text_stems and f" {text_stems} " in title else 1)

    return [text[0] for text in sorted(texts, key=fit, reverse=True)]


def _pairs(stems: list[str], weights: Mapping[str, float]) -> dict[str, float]:
    """Two stems in a row, as they are found in a text, with what is added for them."""
    return {
        f" {one} {other} ": _PAIR * (weights.get(f" {one} ", 0) + weights.get(f" {other} ", 0)) / 2
        for one, other in pairwise(stems)
    }
