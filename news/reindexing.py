"""Renews stems, search index and lists of related articles after an upgrade whose rules for words (news.words.RULES)
differ from those that the stored articles were indexed by. Until its turn an article is found by its old words."""

import time

from django.db import transaction
from django.db.models import Max, Min
from django.utils import timezone

from news import markup, related
from news.models import Article, Document, Reindexing
from news.search import indexing, vocabulary
from news.web import locks
from news.words import RULES

BATCH = 50  # articles per transaction
CHANGED_MUCH = 0.1  # share of its stems; if more have changed, an article's related list is computed again
_READ = ("title", "body", "status", "title_stems", "body_stems", "updated_at")


def step(seconds: float = 1.0) -> bool:
    """Renews articles for about `seconds`. Returns False if there is more to do, True if all are done or another
    process is renewing them; `progress` says which. Called by the worker."""
    end = time.monotonic() + seconds
    _renew_documents()
    while not _renew_batch():
        if time.monotonic() > end:
            return False
    return True


def restart() -> None:
    """Makes the next step begin with the first article."""
    with transaction.atomic():
        locks.take(locks.Lock.REINDEXING)  # or a batch in hand would store its place again
        Reindexing.objects.all().delete()
        Document.objects.update(rules=0)


def progress() -> float | None:
    """About the share of the articles that is done, 0 to 1; None if all are. Judged by their ids: counting the rows of
    a large table would take longer than /sehat waits."""
    state = Reindexing.objects.filter(pk=RULES).first()
    if state and state.finished_at:
        return None
    ids = Article.objects.aggregate(first=Min("pk"), last=Max("pk"))
    if state is None or ids["last"] is None:
        return 0.0
    share = (state.last_article - ids["first"] + 1) / (ids["last"] - ids["first"] + 1)
    return min(max(share, 0.0), 1.0)


def _renew_batch() -> bool:
    """Returns whether nothing is left to do for this process."""
    with transaction.atomic():
        if Reindexing.objects.filter(pk=RULES, finished_at__isnull=False).exists():
            return True
        if not locks.try_take(locks.Lock.REINDEXING):
            return True
        state, _ = Reindexing.objects.get_or_create(pk=RULES)
        batch = list(Article.objects.filter(pk__gt=state.last_article).order_by("pk").only(*_READ)[:BATCH])
        for article in batch:
            _renew(article)
        if batch:
            state.last_article = batch[-1].pk
        else:
            state.finished_at = timezone.now()
            # If an earlier version is started again, it must not believe that its rules still apply.
            Reindexing.objects.exclude(pk=RULES).delete()
        state.save()
    if not batch:
        vocabulary.refresh(Article.objects.published())
    return not batch


def _renew_documents() -> None:
    """A batch of those that are indexed by other rules. Each knows by which: they are few, beside articles."""
    for document in Document.objects.exclude(rules=RULES)[:BATCH]:
        entry = indexing.indexed(document.title, document.text)._asdict()
        unchanged = Document.objects.filter(pk=document.pk, title=document.title, state=document.state)
        unchanged.update(rules=RULES, **entry)


def _renew(article: Article) -> None:
    """Skips an article that is saved meanwhile, which renews it."""
    new = indexing.indexed(article.title, markup.plain_text(article.body))
    changes = new._asdict()
    if article.status == Article.Status.PUBLISHED and _changed_much(article, new):
        changes["related_due_at"] = related.DUE_AS_NEIGHBOUR
    Article.objects.filter(pk=article.pk, updated_at=article.updated_at).update(**changes)


def _changed_much(article: Article, new: indexing.Indexed) -> bool:
    if article.title_stems != new.title_stems:
        return True
    before, after = set(article.body_stems.split()), set(new.body_stems.split())
    return len(before ^ after) > CHANGED_MUCH * len(after)
