"""Counts of the words in articles, from which search and Artikel Terkait compute the rarity of a word.

In SQL, because the model of the table (news.models.Word) is in a package that imports this one."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models.functions import Mod

from news.web import locks, reads

NEWEST = 10_000  # newest articles that are counted; if there are more, up to as many again from all years


class Count(NamedTuple):
    articles: int  # that contain the word as written
    stems: int  # that contain a word with this stem


_REFRESH = """
    WITH counted AS MATERIALIZED (
        SELECT word, coalesce(written.ndoc, 0) AS articles, coalesce(stemmed.ndoc, 0) AS stems
        FROM ts_stat(%s, 'ac') AS written FULL JOIN ts_stat(%s, 'bd') AS stemmed USING (word)
        WHERE length(word) <= 40 AND (word COLLATE "C" !~ '[0-9]' OR greatest(written.ndoc, stemmed.ndoc) > 1)
        UNION ALL SELECT '', %s, %s
    ), gone AS (
        DELETE FROM news_word WHERE word NOT IN (SELECT word FROM counted)
    )
    INSERT INTO news_word AS stored (word, articles, stems) SELECT word, articles, stems FROM counted
    ON CONFLICT (word) DO UPDATE SET articles = excluded.articles, stems = excluded.stems
    WHERE (stored.articles, stored.stems) <> (excluded.articles, excluded.stems)
"""


def refresh(articles: Any) -> None:
    """Counts the words of these articles (a queryset of all that are published) and stores the changes. Called by the
    worker, and by every command that adds many articles at once.

    Takes seconds at most, however many articles there are, as it reads up to 2 * NEWEST. Also cleans up the search
    index: what was written since the last vacuum is in a pending list that every search reads from end to end.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('article_search')")
    sample = _sample(articles)
    vectors = f"SELECT search FROM news_article WHERE id IN ({', '.join(map(str, sample)) or 'NULL'})"
    with transaction.atomic(), connection.cursor() as cursor:
        locks.take(locks.Lock.VOCABULARY)
        cursor.execute("SET LOCAL work_mem = '32MB'")
        cursor.execute(_REFRESH, [vectors, vectors, len(sample), len(sample)])


def _sample(articles: Any) -> list[int]:
    """Ids of articles to count: the newest, and if there are more, up to as many again from all years."""
    newest = list(articles.newest_first().values_list("pk", flat=True)[:NEWEST])
    if len(newest) < NEWEST:
        return newest
    step = max(1, articles.count() // NEWEST)
    spread = articles.alias(remainder=Mod("pk", step)).filter(remainder=0).order_by().values_list("pk", flat=True)
    return list({*newest, *spread[: 2 * NEWEST]})


def counts(words: Iterable[str]) -> dict[str, Count]:
    """In how many articles each word occurs; words that were not counted are left out."""
    with reads.connection().cursor() as cursor:
        cursor.execute("SELECT word, articles, stems FROM news_word WHERE word = ANY(%s::text[])", [list(words)])
        return {word: Count(articles, stems) for word, articles, stems in cursor.fetchall()}


def alike(word: str, most: int) -> dict[str, int]:
    """Counted words as written that share the most trigrams with this one, with the number of their articles."""
    with reads.connection().cursor() as cursor:
        cursor.execute(
            "SELECT word, articles FROM news_word WHERE word %% %s AND articles > 0"
            " ORDER BY similarity(word, %s) DESC LIMIT %s",
            [word, word, most],
        )
        return dict(cursor.fetchall())


def in_names(words: Iterable[str]) -> set[str]:
    """Those of the words that are part of the name of a district, a category or a tag."""
    with reads.connection().cursor() as cursor:
        cursor.execute(_NAMES, {"words": list(words)})
        return {word for (word,) in cursor.fetchall()}


def names_in_one(words: Iterable[str]) -> dict[str, str]:
    """Those of the words that are the whole name of a district, a category or a tag written in one, with the name:
    karangtengah, karang tengah."""
    with reads.connection().cursor() as cursor:
        cursor.execute(_NAMES_IN_ONE, {"words": list(words)})
        return dict(cursor.fetchall())


# By their slugs, which have no accents or capital letters. Of 20,000 tags only those are read that the index finds.
_OTHER_SLUGS = "SELECT slug FROM news_district UNION ALL SELECT slug FROM news_category"
_NAMES = f"""
    SELECT DISTINCT word FROM (
        SELECT slug FROM news_tag WHERE string_to_array(slug, '-') && %(words)s::text[] UNION ALL {_OTHER_SLUGS}
    ) AS names CROSS JOIN unnest(string_to_array(slug, '-')) AS word WHERE word = ANY(%(words)s::text[])
"""
_NAMES_IN_ONE = f"""
    SELECT replace(slug, '-', ''), replace(slug, '-', ' ') FROM (
        SELECT slug FROM news_tag WHERE replace(slug, '-', '') = ANY(%(words)s::text[]) UNION ALL {_OTHER_SLUGS}
    ) AS names WHERE position('-' IN slug) > 0 AND replace(slug, '-', '') = ANY(%(words)s::text[])
"""


def article_count() -> int:
    """How many articles there are, about: as Postgres last counted its rows."""
    with reads.connection().cursor() as cursor:
        cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = 'news_article'::regclass")
        return max(0, cursor.fetchone()[0])


def shares(stems: Iterable[str], *, at_least: int = 1) -> dict[str, float]:
    """Per stem, the share of the articles that contain it by the last count: above 0, at most 1. A stem that was not
    counted is taken to be in one article. Empty if fewer than `at_least` articles were counted."""
    wanted = list(stems)
    known = counts(["", *wanted])
    total = known.pop("", Count(0, 0)).stems
    if total < max(1, at_least):
        return {}
    article_counts = {stem: count.stems for stem, count in known.items()}
    return {stem: (article_counts.get(stem) or 1) / total for stem in wanted}
