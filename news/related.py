"""Artikel Terkait: computed when an article is published or changed, stored ranked, read by one query."""

import time
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from math import log
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from news.models import Article, Photo, RelatedArticle
from news.statements import Statement

SHOWN = 5
STORED = 8  # some to spare for those that are withdrawn later
NEIGHBOURS = 20  # whose own lists a changed article may enter
RENEWAL = timedelta(days=30)
COUNTED = 10_000  # articles and tags are counted up to here: a tag on more of them tells nothing
PER_SOURCE = 100  # newest candidates of each tag and of the category
_TITLE_SHARE = 0.5  # what a shared word of the titles weighs against a tag as rare
_LOCK = 0x7E1A7ED  # advisory lock: one worker per database computes
DUE_AS_NEIGHBOUR = datetime(2000, 1, 1, tzinfo=UTC)  # due since another article changed: its own neighbours are not


def _columns(model, *names: str) -> list[str]:
    """These columns in the order of the model's fields, which is how from_db() takes them."""
    return [field.attname for field in model._meta.concrete_fields if field.attname in names]


_CARD = _columns(Article, "id", "title", "slug", "published_at", "photo_id")
_CARD_PHOTO = _columns(Photo, "id", "name", "width", "height", "alt_text", "decorative")
_cards = Statement(
    lambda pk: (
        Article.objects.published()
        .filter(related_to__article=pk)
        .order_by("related_to__rank")
        .values_list(*_CARD, *(f"photo__{name}" for name in _CARD_PHOTO))[:SHOWN]
    )
)


def stored(article: Article) -> list[Article]:
    """The stored list of an article, best first, without what has been withdrawn since; of each what a card shows."""
    cards = []
    for row in _cards(article.pk):
        card = Article.from_db(None, _CARD, row[: len(_CARD)])
        if card.photo_id:
            card.photo = Photo.from_db(None, _CARD_PHOTO, row[len(_CARD) :])
        cards.append(card)
    return cards


def compute(article: Article, limit: int = SHOWN) -> list[Article]:
    """The published articles nearest to `article`, best first: shared rare tags decide, then shared title words.

    A tag weighs log(articles / articles with the tag), so that one on everything weighs nothing; newer first among
    equals. Never the article itself or another of the same title.
    """
    tag_weights = _tag_weights(article)
    candidates = _candidates(article, tag_weights)
    shared_tags = _shared_tags(candidates, tag_weights)
    own_stems = set(article.title_stems.split())
    shared_stems = {each.pk: own_stems.intersection(each.title_stems.split()) for each in candidates}
    stem_weights = _stem_weights(own_stems, shared_stems.values())

    def fit(candidate) -> tuple:
        tags = sum(tag_weights[tag] for tag in shared_tags[candidate.pk])
        words = sum(stem_weights[stem] for stem in shared_stems[candidate.pk])
        return tags + _TITLE_SHARE * words, candidate.published_at, candidate.pk

    best = [candidate.pk for candidate in sorted(candidates, key=fit, reverse=True)[:limit]]
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
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
            if not cursor.fetchone()[0]:
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


def _tag_weights(article) -> dict[int, float]:
    """Per tag id of the article: log(articles / articles with it), only where that is above 0."""
    articles = Article.objects.published()[:COUNTED].count()
    through = Article.tags.through.objects
    counts = {pk: through.filter(tag_id=pk)[:COUNTED].count() for pk in article.tags.values_list("pk", flat=True)}
    return {pk: log(articles / count) for pk, count in counts.items() if count < articles}


class _Candidate(NamedTuple):
    pk: int
    title_stems: str
    published_at: datetime


def _candidates(article, tag_weights) -> set[_Candidate]:
    published = Article.objects.published().exclude(pk=article.pk).exclude(title__iexact=article.title).newest_first()
    sources = [published.filter(category=article.category_id), *(published.filter(tags=tag) for tag in tag_weights)]
    return {_Candidate(*row) for source in sources for row in source.values_list(*_Candidate._fields)[:PER_SOURCE]}


def _shared_tags(candidates, tag_weights) -> dict[int, list[int]]:
    """Per candidate the ids of the weighty tags that it has too."""
    shared = defaultdict(list)
    pairs = Article.tags.through.objects.filter(
        article_id__in=[each.pk for each in candidates], tag_id__in=list(tag_weights)
    )
    for article, tag in pairs.values_list("article_id", "tag_id"):
        shared[article].append(tag)
    return shared


def _stem_weights(own_stems, titles) -> dict[str, float]:
    """Per stem of the title: log(candidates / candidates with it in their title)."""
    counts = Counter(stem for title in titles for stem in title)
    return {stem: log(len(titles) / counts[stem]) if counts[stem] else 0.0 for stem in own_stems}
