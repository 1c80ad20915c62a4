"""Artikel Terkait: computed when an article is published or changed, stored ranked, read by one query."""

from datetime import timedelta
from math import log

from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from news.models import Article, RelatedArticle

SHOWN = 5
NEIGHBOURS = 20  # whose own lists a changed article may enter
RENEWAL = timedelta(days=30)
COUNTED = 10_000  # articles and tags are counted up to here: a tag on more of them tells nothing
PER_SOURCE = 100  # newest candidates of each tag and of the category
_TITLE_SHARE = 0.5  # what a shared word of the titles weighs against a tag as rare
_LOCK = 0x7E1A7ED  # advisory lock: one worker per database computes


def stored(article: Article):
    """The stored list of an article, best first, without what has been withdrawn since."""
    return (
        Article.objects.published().for_list().filter(related_to__article=article).order_by("related_to__rank")[:SHOWN]
    )


def compute(article: Article, limit: int = SHOWN) -> list[Article]:
    """The published articles nearest to `article`, best first: shared rare tags decide, then shared title words.

    A tag weighs log(articles / articles with the tag), so that one on everything weighs nothing; newer first among
    equals. Never the article itself or another of the same title.
    """
    tag_weights = _tag_weights(article)
    candidates = _candidates(article, tag_weights)
    own_stems = set(article.title_stems.split())
    stem_weights = _stem_weights(own_stems, candidates)

    def score(candidate) -> float:
        tags = sum(tag_weights.get(tag.pk, 0) for tag in candidate.tags.all())
        words = sum(stem_weights[stem] for stem in own_stems.intersection(candidate.title_stems.split()))
        return tags + _TITLE_SHARE * words

    candidates.sort(key=lambda each: (score(each), each.published_at, each.pk), reverse=True)
    return candidates[:limit]


def refresh(articles) -> None:
    """Computes and stores the lists of these articles."""
    for article in articles:
        _store(article, compute(article))


def refresh_due(limit: int = 50) -> int:
    """Brings up to `limit` lists up to date that are due, and those that a change may have entered; returns how many
    were due. The worker calls it; at the same time in two workers, one of them does nothing."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
            if not cursor.fetchone()[0]:
                return 0
        due = list(
            Article.objects.published().filter(related_due_at__lte=Now()).defer("body", "body_stems", "search")
            .order_by("related_due_at", "id")[:limit]
        )  # fmt: skip
        neighbours = {}
        for article in due:
            nearest = compute(article, limit=NEIGHBOURS)
            _store(article, nearest[:SHOWN])
            if _was_changed(article):
                neighbours |= {each.pk: each for each in nearest}
        for article in due:
            neighbours.pop(article.pk, None)
            # Only where nobody has saved it meanwhile: that change is still to be looked at.
            Article.objects.filter(pk=article.pk, related_due_at=article.related_due_at).update(
                related_due_at=timezone.now() + RENEWAL
            )
        refresh(each for each in neighbours.values() if each.related_due_at > timezone.now())
    return len(due)


def _was_changed(article) -> bool:
    """Whether the list is due for a change of the article, not for its age."""
    return article.related_due_at < max(article.updated_at, article.published_at) + RENEWAL


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


def _candidates(article, tag_weights) -> list[Article]:
    published = Article.objects.published().exclude(pk=article.pk).exclude(title__iexact=article.title).newest_first()
    pks = set(published.filter(category=article.category_id).values_list("pk", flat=True)[:PER_SOURCE])
    for tag in tag_weights:
        pks.update(published.filter(tags=tag).values_list("pk", flat=True)[:PER_SOURCE])
    return list(
        Article.objects.published().filter(pk__in=pks).defer("body", "body_stems", "search").prefetch_related("tags")
    )


def _stem_weights(own_stems, candidates) -> dict[str, float]:
    """Per stem of the title: log(candidates / candidates with it in their title)."""
    titles = [set(each.title_stems.split()) for each in candidates]
    counts = {stem: sum(stem in title for title in titles) for stem in own_stems}
    return {stem: log(len(titles) / count) if count else 0.0 for stem, count in counts.items()}
