"""The words that articles are written in, counted: what the search knows of their rarity and their spelling."""

from math import log
from string import ascii_lowercase

from django.contrib.postgres.lookups import TrigramSimilar
from django.contrib.postgres.search import TrigramSimilarity
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Mod

from news import stemming
from news.models import Article, Word

NEWEST = 10_000  # articles that are looked at; of an archive with more, as many again from all its years
_LOCK = 0x30BD5  # advisory lock: one at a time counts
_SHORTEST, _LONGEST = 3, 40  # letters of a word that is corrected
_RARE = 2  # articles: a known word of no more may be a misspelling itself
_MUCH_COMMONER = 100  # times, so that its neighbour is what was meant
_CERTAIN = 6  # letters: the neighbours of shorter words are too often names (Andra, anda)
_TWO_EDITS = 6  # letters: shorter words with two mistakes are not recognised
_NEAR = 20  # words with shared trigrams that are looked at


def refresh() -> None:
    """Counts the words anew and stores what changed. The worker calls it, and whatever brings many articles at once.

    Seconds at most, however large the archive is: it looks at up to 2 * NEWEST articles. Also brings the search index
    into order.
    """
    with connection.cursor() as cursor:
        # What was written since the last vacuum lies in a list that every search reads from end to end.
        cursor.execute("SELECT gin_clean_pending_list('article_search')")
    looked_at = _looked_at()
    vectors = f"SELECT search FROM news_article WHERE id IN ({', '.join(map(str, looked_at)) or 'NULL'})"  # noqa: S608
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return
        cursor.execute("SET LOCAL work_mem = '32MB'")
        cursor.execute(
            """
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
            """,
            [vectors, vectors, len(looked_at), len(looked_at)],
        )


def _looked_at() -> list[int]:
    published = Article.objects.published()
    newest = list(published.newest_first().values_list("pk", flat=True)[:NEWEST])
    if len(newest) < NEWEST:
        return newest
    step = max(1, published.count() // NEWEST)
    spread = published.alias(turn=Mod("pk", step)).filter(turn=0).order_by().values_list("pk", flat=True)
    return list({*newest, *spread[: 2 * NEWEST]})


def shares(stems) -> dict[str, float]:
    """Per stem the share of the articles that hold it, by what was counted last; a stem not met counts as one
    article's. Empty where nothing has been counted."""
    counts = dict(Word.objects.filter(word__in=["", *stems]).values_list("word", "stems"))
    total = counts.pop("", 0)
    return {stem: (counts.get(stem) or 1) / total for stem in stems} if total else {}


# ---- Spelling


def corrected(wanted: list[str]) -> dict[str, str]:
    """For each of these lower-case words that seems misspelt the word that was probably meant."""
    unsure = [word for word in dict.fromkeys(wanted) if word.isalpha() and _SHORTEST <= len(word) <= _LONGEST]
    roots = {word: stemming.stem(word) for word in unsure}
    known = _counts({*unsure, *roots.values()})
    found = {}
    for word in unsure:
        articles = known.get(word, (0, 0))[0]
        if articles > _RARE or (articles and len(word) < _CERTAIN):
            continue
        inflected = not articles and roots[word] != word and known.get(roots[word], (0, 0))[1] > 0
        best = _nearest(word, articles, trusted=inflected)
        if best:
            found[word] = best
    return found


def _counts(some) -> dict[str, tuple[int, int]]:
    rows = Word.objects.filter(word__in=list(some)).values_list("word", "articles", "stems")
    return {word: (articles, stems) for word, articles, stems in rows}


def _nearest(word: str, articles: int, *, trusted: bool) -> str | None:
    """The commonest word one mistake away from `word`, else the nearest two away. `trusted`: the word is the right
    form of a word that is known, and only a much commoner neighbour speaks against it."""
    least = _MUCH_COMMONER * articles if articles else (_RARE + 1 if trusted else 1)
    neighbours = {
        neighbour: count
        for neighbour, (count, _) in _counts(_one_edit(word)).items()
        if count >= least and len(neighbour) >= _SHORTEST and (not articles or neighbour[0] == word[0])
    }
    if neighbours:
        # People seldom mistype the first letter.
        return max(neighbours, key=lambda each: (log(neighbours[each]) - (each[0] != word[0]), each))
    if articles or trusted or len(word) < _TWO_EDITS:
        return None
    near = (
        Word.objects.filter(TrigramSimilar(F("word"), word), articles__gt=0)
        .order_by(TrigramSimilarity("word", word).desc())
        .values_list("word", "articles")[:_NEAR]
    )
    two_away = {each: count for each, count in near if edits(word, each, 2) <= 2}
    return max(two_away, key=lambda each: (log(two_away[each]) - 2 * (each[0] != word[0]), each), default=None)


def _one_edit(word: str) -> set[str]:
    """Every word that is one letter more, less or different, or two neighbours swapped."""
    cuts = [(word[:cut], word[cut:]) for cut in range(len(word) + 1)]
    found = {head + letter + tail for head, tail in cuts for letter in ascii_lowercase}
    found |= {head + letter + tail[1:] for head, tail in cuts if tail for letter in ascii_lowercase}
    found |= {head + tail[1:] for head, tail in cuts if tail}
    found |= {head + tail[1] + tail[0] + tail[2:] for head, tail in cuts if len(tail) > 1}
    return found - {word}


def edits(one: str, other: str, most: int) -> int:
    """How many letters to add, drop, change or swap with their neighbour make one word the other (Damerau and
    Levenshtein, each place touched once); `most` + 1 where there are more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before_last: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        this = [row]
        for column, wanted in enumerate(other, start=1):
            cost = min(last[column] + 1, this[-1] + 1, last[column - 1] + (letter != wanted))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == wanted:
                cost = min(cost, before_last[column - 2] + 1)
            this.append(cost)
        if min(this) > most:
            return most + 1
        before_last, last = last, this
    return min(last[-1], most + 1)
