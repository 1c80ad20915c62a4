"""Artikel Terkait: computed when an article is published or changed, stored ranked, read by one query.

An archive may hold a million articles: so only a few hundred are compared, found by the article's most telling stems
in the index of the search, by its rare tags, and as the newest of its category. bench/related.py tells how good and
how fast that is.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from math import log
from typing import NamedTuple

from django.contrib.postgres.search import SearchQuery
from django.db import connection, transaction
from django.db.models.functions import Left, Now
from django.utils import timezone

from news.models import Article, RelatedArticle
from news.models.articles import EARLIEST
from news.paths import article_path
from news.photos import ShownPhoto
from news.search import bm25, stemming, vocabulary
from news.web import locks
from news.web.prepared import Statement

SHOWN = 5
STORED = 8  # some to spare for those that are withdrawn later
NEIGHBOURS = 20  # whose own lists a changed article may enter
RENEWAL = timedelta(days=30)

READ = 8_000  # characters of a body's stems that are compared: few articles are longer, none costs more
TITLE = 5  # what a stem of the title counts, in times that it stands in the body
TAGS = 1.0  # what all tags in common weigh, where a text like the article's own weighs 1
CATEGORY = 0.05  # what the same category weighs
SAME = 0.9  # of two texts' stems: one article told twice
SHORT = 30  # stems: texts under that may be alike and yet tell of different things
# BM25. Large K1: in texts this alike it matters how often a word stands.
K1, B = 20.0, 0.75
WEIGHED = 300  # heaviest stems of the article that are compared

COUNTED = 5_000  # articles are counted up to here, and a tag on more of them tells nothing
TELLING = 12  # stems by which the index is asked
LONGEST = 60  # characters of such a stem: the index has no words of more than 2 KB
POSTINGS = 30_000  # articles that hold them, together: a thousand more cost 0.2 ms
LOOKS = 4_000  # of these that are looked at: 2 us each, and much more where they are to be read from the disk
RARE = 2_000  # articles with a stem: up to here all of them
PER_STEM = 200  # newest articles of a stem on more
FOUND = 120  # articles with telling stems that are compared
TAGS_ASKED = 8  # rarest tags by which articles are found
RARE_TAG = 500  # articles with such a tag, at most; a look at each may cost a read from the disk
PER_TAG = 40  # articles of each tag, the highest ids
PER_CATEGORY = 30
DUE_AS_NEIGHBOUR = datetime(2000, 1, 1, tzinfo=UTC)  # due since another article changed: its own neighbours are not


class Card(NamedTuple):
    """What a list shows of an article."""

    pk: int
    slug: str
    title: str
    published_at: datetime
    photo: ShownPhoto | None

    def get_absolute_url(self) -> str:
        return article_path(self.pk, self.slug)


_PHOTO = tuple(f"photo__{name}" for name in ("name", "width", "height", "alt_text", "decorative", "edition"))
_cards = Statement(
    lambda pk: (
        Article.objects.published()
        .filter(related_to__article=pk)
        .order_by("related_to__rank")
        .values_list("pk", "slug", "title", "published_at", *_PHOTO)[:SHOWN]
    )
)


def stored(pk: int) -> list[Card]:
    """The stored list of the article of this number, best first, without what has been withdrawn since."""
    return [Card._make([*row[:4], ShownPhoto(*row[4:]) if row[4] else None]) for row in _cards(pk)]


def compute(article: Article, limit: int = SHOWN) -> list[Article]:
    """The published articles nearest to `article` as it is stored, best first: those that an editor has pinned, then
    by the stems of title and text (BM25), by common tags, and a little by the category; newer first among equals.

    A stem or tag weighs log(articles / articles with it): what is on everything weighs nothing. Never the article
    itself, one that says the same, or what an editor has excluded.
    """
    own = _read([article.pk], Article.objects.all()).get(article.pk)
    if own is None:
        return []
    archive = _archive()
    shares = _shares(own.counts)
    weights = _weights(own, shares)
    tag_weights = _tag_weights(article.pk, archive)
    excluded = {article.pk, *article.related_excluded.values_list("pk", flat=True)}
    pinned = set(article.related_pinned.values_list("pk", flat=True)) - excluded
    found = {
        *_with_telling_stems(weights, shares, archive),
        *_with_tags(tag_weights, archive),
        *_in_category(own.category),
    }
    texts = _read((found | pinned) - excluded, Article.objects.published())
    fits = _fits(own, texts, weights, _shared_tags(texts, tag_weights))
    ranked = sorted(texts, key=lambda pk: (fits[pk], texts[pk].published_at, pk), reverse=True)
    best = _without_repetition(own, texts, sorted(pinned & texts.keys()), ranked, limit)
    articles = Article.objects.published().for_list().in_bulk(best)
    return [articles[pk] for pk in best if pk in articles]


def refresh(articles) -> None:
    """Computes and stores the lists of these articles."""
    for article in articles:
        _store(article, compute(article, limit=STORED))


def refresh_due(seconds: float = 1.0) -> int:
    """Brings lists up to date that are due, for about so long; returns how many. The worker calls it."""
    end, done = time.monotonic() + seconds, 0
    while time.monotonic() < end and _refresh_one():
        done += 1
    return done


def _refresh_one() -> bool:
    """Computes the list that became due last, so that news come before neighbours and renewals; False when none is
    due, or another worker is at it. A transaction each: a stop loses one list at most."""
    with transaction.atomic():
        if not locks.try_take("related"):
            return False
        due = Article.objects.published().filter(related_due_at__lte=Now()).defer("body", "body_stems", "search")
        article = due.order_by("-related_due_at").first()
        if article is None:
            return False
        nearest = compute(article, limit=NEIGHBOURS)
        _store(article, nearest[:STORED])
        # Only where nobody has saved it meanwhile: that change is still to be looked at.
        Article.objects.filter(pk=article.pk, related_due_at=article.related_due_at).update(
            related_due_at=timezone.now() + RENEWAL
        )
        if _was_changed(article):
            neighbours = Article.objects.filter(pk__in=[each.pk for each in nearest], related_due_at__gt=Now())
            neighbours.update(related_due_at=DUE_AS_NEIGHBOUR)
    return True


def _was_changed(article) -> bool:
    """Whether the list is due for a change of the article, not for its age or as a neighbour's."""
    changed = max(article.updated_at, article.published_at)
    return DUE_AS_NEIGHBOUR < article.related_due_at < changed + RENEWAL


def _store(article, targets) -> None:
    with transaction.atomic():
        RelatedArticle.objects.filter(article=article).delete()
        RelatedArticle.objects.bulk_create(
            RelatedArticle(article=article, target=target, rank=rank) for rank, target in enumerate(targets, start=1)
        )


# ---- What is compared


class _Text(NamedTuple):
    title: str  # its words, folded
    published_at: datetime
    category: int
    body: Counter  # of each stem, how often it stands in what is read of the body
    counts: Counter  # the same with the stems of the title


def _read(pks, articles) -> dict[int, _Text]:
    """The texts of those of `articles` that have these ids."""
    columns = "pk", "title", "published_at", "category_id", "title_stems", Left("body_stems", READ)
    texts = {}
    for pk, title, published_at, category, title_stems, body_stems in articles.filter(pk__in=pks).values_list(
        *columns
    ):
        body = Counter(body_stems.split())
        counts = body.copy()
        for stem in title_stems.split():
            counts[stem] += TITLE
        # A title of emoji has no words.
        folded = " ".join(stemming.words(title.casefold())) or title.casefold()
        texts[pk] = _Text(folded, published_at, category, body, counts)
    return texts


def _fits(own: _Text, texts: dict[int, _Text], weights, shared_tags) -> dict[int, float]:
    """Per id how near its text is to the own one; 0 is not at all, a text like it 1 before tags and category."""
    lengths = {pk: text.counts.total() for pk, text in texts.items()}
    usual = sum(lengths.values()) / len(lengths) if lengths else 1

    def score(text: _Text, length: int) -> float:
        return bm25.fit(weights, text.counts, bm25.damping(length, usual, k1=K1, b=B))

    most = score(own, own.counts.total()) or 1
    # Rounded, so that what is nearly as near is ordered by its time.
    return {
        pk: round(
            score(text, lengths[pk]) / most + TAGS * shared_tags[pk] + CATEGORY * (text.category == own.category), 3
        )
        for pk, text in texts.items()
    }


def _without_repetition(own: _Text, texts: dict[int, _Text], pinned: list[int], ranked: list[int], limit: int):
    """The first ids of both lists, without those of `ranked` that repeat what the reader has seen by then."""
    best, seen = pinned[:limit], [own, *(texts[pk] for pk in pinned)]
    for pk in ranked:
        if len(best) == limit:
            break
        if pk not in best and not any(_says_the_same(texts[pk], other) for other in seen):
            best.append(pk)
            seen.append(texts[pk])
    return best


def _says_the_same(one: _Text, other: _Text) -> bool:
    """Whether a reader would take them for one article: the same title, or nearly the same text."""
    if one.title == other.title:
        return True
    longer = max(one.body.total(), other.body.total())
    return longer >= SHORT and (one.body & other.body).total() >= SAME * longer


# ---- How telling a stem or a tag is


class _Archive(NamedTuple):
    articles: int  # roughly, where there are more than COUNTED
    since: datetime | None  # when the newest COUNTED begin, where there are more


def _archive() -> _Archive:
    published = Article.objects.published()
    counted = published[:COUNTED].count()
    if counted < COUNTED:
        return _Archive(counted, None)
    oldest = published.newest_first().values_list("published_at", flat=True)[COUNTED - 1 : COUNTED].first()
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [Article._meta.db_table])
        return _Archive(max(counted, int(cursor.fetchone()[0])), oldest)


def _shares(stems: Iterable[str]) -> dict[str, float]:
    """Per stem the share of the articles that hold it; 1, which tells nothing, where no article is published. The
    worker counts them now and then; here only where nothing was counted yet, or every stem would weigh nothing."""
    shares = vocabulary.shares(stems)
    if not shares:
        vocabulary.refresh(Article.objects.published())
        shares = vocabulary.shares(stems)
    return shares or dict.fromkeys(stems, 1.0)


def _weights(own: _Text, shares: dict[str, float]) -> dict[str, float]:
    """Of the stems that tell most of the article: how often it stands there, times its rarity."""
    weights = {stem: count * bm25.rarity(shares[stem]) for stem, count in own.counts.items() if shares[stem] < 1}
    heaviest = sorted(weights, key=lambda stem: (-weights[stem], stem))[:WEIGHED]
    return {stem: weights[stem] for stem in heaviest}


_TAG_COUNTS = """
    SELECT own.tag_id, (
        SELECT count(*) FROM (SELECT FROM news_article_tags other WHERE other.tag_id = own.tag_id LIMIT %s) counted
    )
    FROM news_article_tags own WHERE own.article_id = %s
"""


def _tag_weights(pk: int, archive: _Archive) -> dict[int, float]:
    """Per tag of the article log(articles / articles with it), rarest first, only where that is above 0."""
    with connection.cursor() as cursor:
        cursor.execute(_TAG_COUNTS, [min(COUNTED, archive.articles), pk])
        counts = cursor.fetchall()
    rare = [(count, tag) for tag, count in counts if count < min(COUNTED, archive.articles)]
    return {tag: log(archive.articles / count) for count, tag in sorted(rare)}


def _shared_tags(pks, tag_weights: dict[int, float]) -> dict[int, float]:
    """Per id the share of the weight of all tags that is on its tags."""
    shared: defaultdict[int, float] = defaultdict(float)
    all_tags = sum(tag_weights.values())
    pairs = Article.tags.through.objects.filter(article_id__in=list(pks), tag_id__in=list(tag_weights))
    for article, tag in pairs.order_by("tag_id").values_list("article_id", "tag_id"):
        shared[article] += tag_weights[tag] / all_tags
    return shared


# ---- Which articles are compared


def _with_telling_stems(weights: dict[str, float], shares: dict[str, float], archive: _Archive) -> list[int]:
    """The articles that share the most of the heaviest stems, by weight. Of a stem that is not rare in a large archive
    only the newest are asked."""
    found: defaultdict[int, float] = defaultdict(float)
    asked, postings, looks = 0, 0.0, 0.0
    for stem in weights:
        expected = shares[stem] * archive.articles
        since = archive.since if expected > RARE else None
        look = PER_STEM if since else expected
        if asked == TELLING or postings + expected > POSTINGS or looks + look > LOOKS:
            continue
        if stem.isdigit() or len(stem) > LONGEST:
            continue
        asked, postings, looks = asked + 1, postings + expected, looks + look
        hits = Article.objects.published().filter(search=SearchQuery(f"'{stem}'", search_type="raw", config="simple"))
        if since:
            hits = hits.filter(published_at__gte=_beginning(since, PER_STEM / shares[stem]))
        for pk in hits.values_list("pk", flat=True):
            found[pk] += weights[stem]
    return sorted(found, key=lambda pk: (found[pk], pk), reverse=True)[:FOUND]


def _beginning(since: datetime, articles: float) -> datetime:
    """When about so many articles ago was, where COUNTED ago was `since`."""
    now = timezone.now()
    return now - min((now - since) * (articles / COUNTED), now - EARLIEST)


# Through the tags' own index and by ids: by their time Postgres would walk all articles to find those of a rare tag,
# which took half a second among a million.
_TAGGED = """
    SELECT newest.article_id FROM unnest(%s::bigint[]) AS rare (tag_id), LATERAL (
        SELECT article_id FROM news_article_tags WHERE tag_id = rare.tag_id ORDER BY article_id + 0 DESC LIMIT %s
    ) newest
"""


def _with_tags(tag_weights: dict[int, float], archive: _Archive) -> list[int]:
    rare = [tag for tag, weight in tag_weights.items() if weight >= log(archive.articles / RARE_TAG)]
    with connection.cursor() as cursor:
        cursor.execute(_TAGGED, [rare[:TAGS_ASKED], PER_TAG])
        return [pk for (pk,) in cursor.fetchall()]


def _in_category(category: int) -> list[int]:
    newest = Article.objects.published().filter(category=category).newest_first()
    return list(newest.values_list("pk", flat=True)[:PER_CATEGORY])
