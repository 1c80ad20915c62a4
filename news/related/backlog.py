"""Lists for the many articles that an import brings. Computing each takes the worker days, so that it makes

1. first lists by tags and time for all that have none (first.py),
2. lists by texts, a block at a time (block.py), once the import is over,
3. those of the NEWEST articles as for any other.

Each goes from the newest article to the oldest. What is done stands in the database: whether an article has a list,
and when its next one is due. A worker that begins again skips it, and two workers may do this at once.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from news import related
from news.models import Article, Category, RelatedArticle
from news.models.articles import EARLIEST, ROW_CHANGED, ArticleQuerySet
from news.related import first
from news.related.block import MEMBERS, Block
from news.web import locks, paging

LARGE = 100  # articles that wait; compute() takes a minute for so many, with half a core
NEWEST = 10_000  # articles whose lists are computed in the end
LATELY = timedelta(minutes=1)  # LARGE new articles within it are an import that goes on
WALKED = 500  # articles looked at in one step
LISTED = 50  # members of a block that get their lists in one step
FOR_THE_LATEST = 0.1  # share of the time for the article that became due last, probably one just published


class Backlog:
    """The worker's job: as related.refresh_due, while few articles wait."""

    def __init__(self) -> None:
        self._work: Iterator[bool] | None = None  # in hand

    def step(self, seconds: float = 1.0) -> None:
        """Works for about `seconds`."""
        end = time.monotonic() + seconds
        if self._work is None and not is_large():
            related.refresh_due(seconds)
            return
        self._work = self._work or _work()
        related.refresh_due(seconds * FOR_THE_LATEST)
        done: bool | None = True
        while done and time.monotonic() < end:
            done = next(self._work, None)
        if done is None:
            self._work = None


def is_large() -> bool:
    """Whether the LARGE articles that became due last all wait since they changed, and not for their renewal."""
    latest = related.due().order_by("-related_due_at").values_list("pk", flat=True)[:LARGE]
    return _waiting().filter(pk__in=list(latest)).count() == LARGE


def _waiting() -> ArticleQuerySet:
    """Those that were added or changed since their lists were made."""
    return related.due().filter(
        related_due_at__gt=related.DUE_AS_NEIGHBOUR, related_due_at__lt=ROW_CHANGED + related.RENEWAL
    )


def _work() -> Iterator[bool]:
    """Works on until nothing is left. Yields after each step: False if another worker is at it."""
    for waiting in _walk(Article.objects.published()):
        yield from _alone(partial(_store_first, waiting))
    if _import_is_running():
        return  # articles that it will bring belong into the same blocks
    newest_since = _beginning_of_newest()
    walks = deque(_walk(Article.objects.published().filter(category=each)) for each in Category.objects.all())
    while walks:
        members: dict[int, datetime] = {}
        for waiting in (walk := walks.popleft()):
            members |= waiting
            if len(members) > MEMBERS - WALKED:
                walks.append(walk)
                break
            yield True
        if members:
            yield from _work_on(members, newest_since)


def _walk(articles: ArticleQuerySet) -> Iterator[dict[int, datetime]]:
    """From the newest to the oldest, WALKED of these articles at a time: the ids of those that wait, with the times
    since when."""
    cursor = ""
    while True:
        page = paging.page(articles.values("id", "published_at"), cursor, size=WALKED)
        pks = [row["id"] for row in page.items]
        due_at = dict(_waiting().filter(pk__in=pks).values_list("pk", "related_due_at"))
        yield {pk: due_at[pk] for pk in pks if pk in due_at}
        cursor = page.next_cursor
        if not cursor:
            return


def _alone(unit: Callable[[], object]) -> Iterator[bool]:
    """Does this in one transaction, when no other worker makes lists."""
    while True:
        with transaction.atomic():
            has_lock = locks.try_take(locks.Lock.RELATED)
            if has_lock:
                unit()
        yield has_lock
        if has_lock:
            return


def _store_first(pks: Iterable[int]) -> None:
    have_one = set(RelatedArticle.objects.filter(article__in=pks).values_list("article", flat=True))
    related.store(first.lists(pk for pk in pks if pk not in have_one))


def _import_is_running() -> bool:
    """Whether articles come in faster than people write them: an import takes its lock for each of them only."""
    latest = list(_waiting().order_by("-related_due_at").values_list("related_due_at", flat=True)[:LARGE])
    return len(latest) == LARGE and latest[-1] > timezone.now() - LATELY


def _beginning_of_newest() -> datetime:
    times = Article.objects.published().newest_first().values_list("published_at", flat=True)
    return next(iter(times[NEWEST : NEWEST + 1]), EARLIEST)


def _work_on(members: dict[int, datetime], newest_since: datetime) -> Iterator[bool]:
    block = Block(members)
    for _ in block.read():
        yield True
    waiting = list(members.items())
    for start in range(0, len(waiting), LISTED):
        some = dict(waiting[start : start + LISTED])
        yield from _alone(partial(_store_lists, block, some, newest_since))


def _store_lists(block: Block, due_at: dict[int, datetime], newest_since: datetime) -> None:
    """Leaves out articles that somebody is saving or has saved since they were read: these wait again."""
    free = _waiting().filter(pk__in=due_at).select_for_update(skip_locked=True, no_key=True)
    lists = block.lists(pk for pk, due in free.values_list("pk", "related_due_at") if due == due_at[pk])
    targets = {target for found in lists.values() for target in found}
    public = set(Article.objects.published().filter(pk__in=targets).values_list("pk", flat=True))
    related.store({pk: [target for target in found if target in public] for pk, found in lists.items()})
    published = Article.objects.published().filter(pk__in=lists)
    # The newest are due again, after those that wait; their neighbours were compared with them and are not.
    published.filter(published_at__gt=newest_since).update(
        related_due_at=related.DUE_AS_NEIGHBOUR - (Now() - F("published_at"))
    )
    published.filter(published_at__lte=newest_since).update(related_due_at=timezone.now() + related.RENEWAL)
