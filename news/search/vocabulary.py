"""The words that articles are written in, counted: what search and Artikel Terkait know of a word's rarity.

In SQL, since the model of the table (news.models.Word) stands above this package."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models.functions import Mod

from news.web import locks

NEWEST = 10_000  # articles that are counted; of an archive with more, as many again from all its years


class Count(NamedTuple):
    articles: int  # with the word as it is written
    stems: int  # with a word of this stem


_REFRESH = """
    WITH counted AS MATERIALIZED (
        SELECT word, coalesce(written.ndoc, 0) AS articles, coalesce(stemmed.ndoc, 0) AS stems
        FROM ts_stat(%s, 'ac') AS written FULL JOIN ts_stat(%s, 'bd') AS stemmed USING (word)
        WHERE word ~ '^[[:alpha:]]{1,40}$'
            OR word ~ '^[[:alnum:]]{1,40}$' AND greatest(written.ndoc, stemmed.ndoc) > 1
        UNION ALL SELECT '', %s, %s
    ), gone AS (
        DELETE FROM news_word WHERE word NOT IN (SELECT word FROM counted)
    )
    INSERT INTO news_word AS stored (word, articles, stems) SELECT word, articles, stems FROM counted
    ON CONFLICT (word) DO UPDATE SET articles = excluded.articles, stems = excluded.stems
    WHERE (stored.articles, stored.stems) <> (excluded.articles, excluded.stems)
"""


def refresh(articles: Any) -> None:
    """Counts the words of these articles again (a queryset of all that are published) and stores what changed. The
    worker calls it, and every command that brings many articles at once.

    Seconds at most, however large the archive is: it looks at up to 2 * NEWEST articles. Also tidies the search
    index: what was written since the last vacuum lies in a list that every search reads from end to end.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('article_search')")
    sample = _sample(articles)
    vectors = f"SELECT search FROM news_article WHERE id IN ({', '.join(map(str, sample)) or 'NULL'})"
    with transaction.atomic(), connection.cursor() as cursor:
        locks.take("vocabulary")  # two that count at once would wait for each other's rows in turn
        cursor.execute("SET LOCAL work_mem = '32MB'")
        cursor.execute(_REFRESH, [vectors, vectors, len(sample), len(sample)])


def _sample(articles: Any) -> list[int]:
    """Ids of articles to count: the newest, and in a large archive as many again of all ages."""
    newest = list(articles.newest_first().values_list("pk", flat=True)[:NEWEST])
    if len(newest) < NEWEST:
        return newest
    step = max(1, articles.count() // NEWEST)
    spread = articles.alias(turn=Mod("pk", step)).filter(turn=0).order_by().values_list("pk", flat=True)
    return list({*newest, *spread[: 2 * NEWEST]})


def counts(words: Iterable[str]) -> dict[str, Count]:
    """Of those of the words that have been counted, in how many articles they stand."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT word, articles, stems FROM news_word WHERE word = ANY(%s::text[])", [list(words)])
        return {word: Count(articles, stems) for word, articles, stems in cursor.fetchall()}


def alike(word: str, most: int) -> dict[str, int]:
    """Counted words that share the most trigrams with this one, as written, with the number of their articles."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word, articles FROM news_word WHERE word %% %s AND articles > 0"
            " ORDER BY similarity(word, %s) DESC LIMIT %s",
            [word, word, most],
        )
        return dict(cursor.fetchall())


def shares(stems: Iterable[str]) -> dict[str, float]:
    """Per stem the share of the articles that hold it, more than 0 and at most 1, by what was counted last; a stem
    that was not met counts as one article's. Empty where nothing has been counted."""
    wanted = list(stems)
    known = counts(["", *wanted])
    total = known.pop("", Count(0, 0)).stems
    if not total:
        return {}
    met = {stem: count.stems for stem, count in known.items()}
    return {stem: (met.get(stem) or 1) / total for stem in wanted}
