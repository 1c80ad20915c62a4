"""Artikel Terkait: computed when an article is published or changed, stored ranked, read by one query.

There may be a million articles, so only a few hundred are compared: those found through the article's most
distinctive stems in the search index and through its rare tags, and the newest of its category. `python -m bench
related` measures quality and speed. What an import brings gets lists in larger steps first (backlog.py).
"""

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from math import log
from sys import intern
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models.functions import Left, Now
from django.utils import timezone

from news.listed import COLUMNS, Listed, listed
from news.models import Article, RelatedArticle
from news.models.articles import EARLIEST, ArticleQuerySet
from news.search import bm25, vocabulary
from news.search.query import TsQuery, lexeme
from news.web import locks
from news.web.prepared import Statement
from news.words import words

SHOWN = 5
STORED = 8  # some spare, in case articles are withdrawn later
NEIGHBOURS = 20  # articles whose lists are recomputed after a change, since the changed article may enter them
RENEWAL = timedelta(days=30)  # lists older than this are recomputed

BODY_CHARS = 8_000  # characters of the body's stems that are compared; few articles are longer
TITLE_WEIGHT = 5  # a stem in the title counts as much as this many in the body
TAGS_WEIGHT = 1.0  # score of sharing all tags; an identical text scores 1
CATEGORY_WEIGHT = 0.05  # score of being in the same category
DUPLICATE = 0.9  # share of common stems from which two articles count as duplicates
SHORT_TEXT = 30  # stems; shorter texts can be similar and still be about different things
# BM25. K1 is large because in texts this similar the frequency of a word matters.
K1, B = 20.0, 0.75
WEIGHTED_STEMS = 300  # stems of the article that are compared, those with the highest weights

COUNTED = 5_000  # articles are counted up to this number; a tag on more of them is ignored
UP_TO_DATE = 100  # articles: in a smaller portal words are counted again after each one
SEARCHED_STEMS = 12  # stems that are looked up in the index
STEM_MAX_CHARS = 60  # characters of such a stem; the index contains no words over 2 KB
MAX_POSTINGS = 30_000  # total index entries of these stems; a thousand more take 0.2 ms
MAX_ROWS_READ = 4_000  # rows read for them: 2 us each, much more if read from disk
RARE_STEM = 2_000  # articles with a stem; up to this number all of them are found
PER_STEM = 200  # for more frequent stems only about this many, the newest
MAX_CANDIDATES = 120  # articles with distinctive stems that are compared
SEARCHED_TAGS = 8  # rarest tags that are used to find articles
RARE_TAG = 500  # maximum number of articles with such a tag; reading each may need the disk
PER_TAG = 40  # articles per tag, those with the highest ids
PER_CATEGORY = 30  # newest articles of the category
# Marks a list as due because another article changed; its own neighbours do not become due in turn.
DUE_AS_NEIGHBOUR = datetime(2000, 1, 1, tzinfo=UTC)


_stored = Statement(
    lambda pk: (
        Article.objects.published()
        .filter(related_to__article=pk)
        .order_by("related_to__rank")
        .values_list(*COLUMNS)[:SHOWN]
    ),
    int,
)


def stored(pk: int) -> list[Listed]:
    """The stored list of the article with this id, best first, without articles withdrawn since."""
    return [listed(row) for row in _stored(pk)]


def compute(article: Article, limit: int = SHOWN) -> list[Article]:
    """The published articles most related to `article` as stored, best first: those pinned by an editor, then by stems
    of title and body (BM25), shared tags and, a little, the category; newer first among equals.

    A stem or tag weighs log(articles / articles with it), so one found in every article weighs nothing. Leaves out the
    article itself, duplicates, and articles excluded by an editor.
    """
    own = read([article.pk], Article.objects.all()).get(article.pk)
    if own is None:
        return []
    size = corpus()
    shares = shares_of(own.counts, size)
    weights = heaviest(own, shares)
    weights_of_tags = tag_weights(article.tags.values_list("pk", flat=True), size)
    excluded = {article.pk, *article.related_excluded.values_list("pk", flat=True)}
    pinned = set(article.related_pinned.values_list("pk", flat=True)) - excluded
    found = {
        *_with_distinctive_stems(weights, shares, size),
        *_with_tags(weights_of_tags, size),
        *_in_category(own.category),
    }
    texts = read((found | pinned) - excluded, Article.objects.published())
    best = ranked(own, texts, weights, _shared_tags(texts, weights_of_tags), pinned, limit)
    articles = Article.objects.published().for_list().in_bulk(best)
    return [articles[pk] for pk in best if pk in articles]


def refresh(articles) -> None:
    """Computes and stores the lists of these articles."""
    for article in articles:
        store({article.pk: [each.pk for each in compute(article, limit=STORED)]})


def refresh_due(seconds: float = 1.0) -> int:
    """Recomputes lists that are due, for about `seconds`; returns how many. Called by the worker."""
    end, done = time.monotonic() + seconds, 0
    while time.monotonic() < end and _refresh_one():
        done += 1
    return done


def due() -> ArticleQuerySet:
    """Those whose lists are to be computed."""
    return Article.objects.published().filter(related_due_at__lte=Now())


def _refresh_one() -> bool:
    """Computes the most recently due list, so that new articles come before neighbours and renewals.

    Returns False if none is due or another worker holds the lock. One transaction per list, so that an interruption
    loses at most one.
    """
    with transaction.atomic():
        if not locks.try_take(locks.Lock.RELATED):
            return False
        article = due().defer("body", "body_stems", "search").order_by("-related_due_at").first()
        if article is None:
            return False
        nearest = compute(article, limit=NEIGHBOURS)
        store({article.pk: [each.pk for each in nearest[:STORED]]})
        # Only if the article was not saved meanwhile; otherwise the list stays due.
        Article.objects.filter(pk=article.pk, related_due_at=article.related_due_at).update(
            related_due_at=timezone.now() + RENEWAL
        )
        if _was_changed(article):
            # Those that somebody is changing are skipped: whoever changes several would deadlock with this
            # transaction, and saving makes them due anyway.
            free = Article.objects.filter(pk__in=[each.pk for each in nearest], related_due_at__gt=Now())
            free_ids = free.select_for_update(skip_locked=True, no_key=True).values_list("pk", flat=True)
            Article.objects.filter(pk__in=list(free_ids)).update(related_due_at=DUE_AS_NEIGHBOUR)
    return True


def _was_changed(article) -> bool:
    """Whether the list is due because the article changed, not because of its age or a changed neighbour."""
    changed = max(article.updated_at, article.published_at)
    return DUE_AS_NEIGHBOUR < article.related_due_at < changed + RENEWAL


def store(lists: Mapping[int, Sequence[int]]) -> None:
    """Stores for each article with these ids the ids of those related to it, best first."""
    with transaction.atomic():
        RelatedArticle.objects.filter(article__in=lists).delete()
        RelatedArticle.objects.bulk_create(
            RelatedArticle(article_id=pk, target_id=target, rank=rank)
            for pk, targets in lists.items()
            for rank, target in enumerate(targets, start=1)
        )


# ---- Comparison


class Text(NamedTuple):
    title: str  # case-folded words
    published_at: datetime
    category: int
    title_stems: tuple[str, ...]
    counts: Counter  # frequency of each stem in the part of the body that is read, plus TITLE_WEIGHT in the title
    body_length: int  # stems in that part of the body

    def body(self) -> Counter:
        """The frequencies without the title. Not kept: many texts are in memory at once."""
        body = self.counts.copy()
        for stem in self.title_stems:
            body[stem] -= TITLE_WEIGHT
        return +body


def read(pks, articles) -> dict[int, Text]:
    """The texts of the articles with these ids, limited to the queryset `articles`."""
    columns = "pk", "title", "published_at", "category_id", "title_stems", Left("body_stems", BODY_CHARS)
    texts = {}
    for pk, title, published_at, category, title_stems, body_stems in articles.filter(pk__in=pks).values_list(
        *columns
    ):
        counts = Counter(map(intern, body_stems.split()))  # each stem is in memory once, however many texts are
        length = counts.total()
        in_title = tuple(map(intern, title_stems.split()))
        for stem in in_title:
            counts[stem] += TITLE_WEIGHT
        texts[pk] = Text(folded(title), published_at, category, in_title, counts, length)
    return texts


def folded(title: str) -> str:
    """By what namesakes are known. A title of emoji contains no words."""
    return " ".join(words(title)) or title.casefold()


def ranked(own: Text, texts: dict[int, Text], weights, shared_tags, pinned: set[int], limit: int) -> list[int]:
    """The ids of the texts most related to `own`, best first, as compute() promises."""
    scores = _scores(own, texts, weights, shared_tags)
    by_score = sorted(texts, key=lambda pk: (scores[pk], texts[pk].published_at, pk), reverse=True)
    return _without_duplicates(own, texts, sorted(pinned & texts.keys()), by_score, limit)


def _scores(own: Text, texts: dict[int, Text], weights, shared_tags) -> dict[int, float]:
    """The score of each text; before tags and category it is 0 for an unrelated text and 1 for one like `own`."""
    lengths = {pk: text.counts.total() for pk, text in texts.items()}
    average = sum(lengths.values()) / len(lengths) if lengths else 1

    def score(text: Text, length: int) -> float:
        return bm25.fit(weights, text.counts, bm25.damping(length, average, k1=K1, b=B))

    maximum = score(own, own.counts.total()) or 1
    # Rounded, so that nearly equal scores are ordered by time.
    return {
        pk: round(
            score(text, lengths[pk]) / maximum
            + TAGS_WEIGHT * shared_tags[pk]
            + CATEGORY_WEIGHT * (text.category == own.category),
            3,
        )
        for pk, text in texts.items()
    }


def _without_duplicates(own: Text, texts: dict[int, Text], pinned: list[int], by_score: list[int], limit: int):
    """The first `limit` ids of `pinned` and `by_score`, without those of the latter that duplicate an earlier one."""
    best, seen = pinned[:limit], [own, *(texts[pk] for pk in pinned)]
    for pk in by_score:
        if len(best) == limit:
            break
        if pk not in best and not any(_is_duplicate(texts[pk], other) for other in seen):
            best.append(pk)
            seen.append(texts[pk])
    return best


def _is_duplicate(one: Text, other: Text) -> bool:
    """Whether both would seem the same article to a reader: same title, or nearly the same text."""
    if one.title == other.title:
        return True
    longer = max(one.body_length, other.body_length)
    # At most so many are common: each stem that only one has occurs at least once. Far quicker than counting.
    possible = one.body_length - len(one.counts.keys() - other.counts.keys() - {*one.title_stems})
    if longer < SHORT_TEXT or possible < DUPLICATE * longer:
        return False
    return (one.body() & other.body()).total() >= DUPLICATE * longer


# ---- Weights of stems and tags


class Corpus(NamedTuple):
    articles: int  # an estimate if there are more than COUNTED
    since: datetime | None  # when the oldest of the newest COUNTED was published; None if there are fewer


def corpus() -> Corpus:
    published = Article.objects.published()
    counted = published[:COUNTED].count()
    if counted < COUNTED:
        return Corpus(counted, None)
    oldest = published.newest_first().values_list("published_at", flat=True)[COUNTED - 1 : COUNTED].first()
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [Article._meta.db_table])
        return Corpus(max(counted, int(cursor.fetchone()[0])), oldest)


def shares_of(stems: Iterable[str], corpus: Corpus) -> dict[str, float]:
    """The share of articles that contain each stem; 1 for all if no article is published. The worker updates the
    counts; here only if the portal has grown much since: by the counts of one article, every stem is in all."""
    wanted = min(corpus.articles, max(UP_TO_DATE, corpus.articles // 2), vocabulary.NEWEST)
    shares = vocabulary.shares(stems, at_least=wanted)
    if not shares:
        vocabulary.refresh(Article.objects.published())
        shares = vocabulary.shares(stems)
    return shares or dict.fromkeys(stems, 1.0)


def heaviest(own: Text, shares: dict[str, float]) -> dict[str, float]:
    """The frequency of each stem in the article times its rarity, for the stems with the highest weights."""
    weights = {stem: count * bm25.rarity(shares[stem]) for stem, count in own.counts.items() if shares[stem] < 1}
    first = sorted(weights, key=lambda stem: (-weights[stem], stem))[:WEIGHTED_STEMS]
    return {stem: weights[stem] for stem in first}


_TAG_COUNTS = """
    SELECT own.tag_id, (
        SELECT count(*) FROM (SELECT FROM news_article_tags other WHERE other.tag_id = own.tag_id LIMIT %s) counted
    )
    FROM unnest(%s::bigint[]) AS own (tag_id)
"""


def tag_weights(tags: Iterable[int], corpus: Corpus) -> dict[int, float]:
    """log(articles / articles with it) for each of these tags, rarest first, only where above 0."""
    with connection.cursor() as cursor:
        cursor.execute(_TAG_COUNTS, [min(COUNTED, corpus.articles), list(tags)])
        counts = cursor.fetchall()
    rare = [(count, tag) for tag, count in counts if count < min(COUNTED, corpus.articles)]
    return {tag: log(corpus.articles / count) for count, tag in sorted(rare)}


def _shared_tags(pks, tag_weights: dict[int, float]) -> dict[int, float]:
    """For each id the weight of its shared tags as a share of the weight of all tags."""
    shared: defaultdict[int, float] = defaultdict(float)
    all_tags = sum(tag_weights.values())
    pairs = Article.tags.through.objects.filter(article_id__in=list(pks), tag_id__in=list(tag_weights))
    for article, tag in pairs.order_by("tag_id").values_list("article_id", "tag_id"):
        shared[article] += tag_weights[tag] / all_tags
    return shared


# ---- Candidates


def _with_distinctive_stems(weights: dict[str, float], shares: dict[str, float], corpus: Corpus) -> list[int]:
    """The articles with the highest total weight of stems shared with the article. For a stem that is frequent among
    many articles, only the newest articles are searched."""
    found: defaultdict[int, float] = defaultdict(float)
    searched, postings, rows = 0, 0.0, 0.0
    for stem in weights:
        expected = shares[stem] * corpus.articles
        since = corpus.since if expected > RARE_STEM else None
        row_count = PER_STEM if since else expected
        if searched == SEARCHED_STEMS or postings + expected > MAX_POSTINGS or rows + row_count > MAX_ROWS_READ:
            continue
        if stem.isdigit() or len(stem) > STEM_MAX_CHARS:
            continue
        searched, postings, rows = searched + 1, postings + expected, rows + row_count
        hits = Article.objects.published().filter(search=TsQuery(lexeme(stem)))
        if since:
            hits = hits.filter(published_at__gte=_beginning(since, PER_STEM / shares[stem]))
        for pk in hits.values_list("pk", flat=True):
            found[pk] += weights[stem]
    return sorted(found, key=lambda pk: (found[pk], pk), reverse=True)[:MAX_CANDIDATES]


def _beginning(since: datetime, articles: float) -> datetime:
    """About when the newest `articles` articles begin, if the newest COUNTED begin at `since`."""
    now = timezone.now()
    return now - min((now - since) * (articles / COUNTED), now - EARLIEST)


# Uses the tag index and ids: ordered by time, Postgres would scan all articles to find those of a rare tag, which took
# half a second with a million.
_TAGGED = """
    SELECT newest.article_id FROM unnest(%s::bigint[]) AS rare (tag_id), LATERAL (
        SELECT article_id FROM news_article_tags WHERE tag_id = rare.tag_id ORDER BY article_id + 0 DESC LIMIT %s
    ) newest
"""


def _with_tags(tag_weights: dict[int, float], corpus: Corpus) -> list[int]:
    rare = [tag for tag, weight in tag_weights.items() if weight >= log(corpus.articles / RARE_TAG)]
    with connection.cursor() as cursor:
        cursor.execute(_TAGGED, [rare[:SEARCHED_TAGS], PER_TAG])
        return [pk for (pk,) in cursor.fetchall()]


def _in_category(category: int) -> list[int]:
    newest = Article.objects.published().filter(category=category).newest_first()
    return list(newest.values_list("pk", flat=True)[:PER_CATEGORY])
