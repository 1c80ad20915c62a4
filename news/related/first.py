"""First lists for many articles at once, made of tags and times in SQL without reading texts: one takes about a
hundredth of what compute() takes. They stay until the worker has compared the texts."""

from bisect import bisect
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain, zip_longest
from typing import NamedTuple

from django.db import connection
from django.db.models.functions import Left

from news import related
from news.models import Article

SPARE = 2 * related.STORED  # candidates per article: some are duplicates or excluded
PER_SIDE = 10  # articles of a tag before and after the article in time
MOST = 1_000  # articles that are read for those next to them in time
BEGINNING = 300  # characters of stems by which equal texts are known; shorter texts can be equal and yet differ

# The nearest in time of each of the rarest tags; more shared weight first, then nearer in time.
_BY_TAGS = """
    WITH own AS MATERIALIZED (
        SELECT article_id, tag_id, published_at FROM news_taggedarticle WHERE article_id = ANY(%(pks)s::bigint[])
    ), used AS MATERIALIZED (
        SELECT tag_id, (
            SELECT count(*)
            FROM (SELECT FROM news_taggedarticle AS other WHERE other.tag_id = tag.tag_id LIMIT %(most)s) AS counted
        ) AS articles
        FROM (SELECT DISTINCT tag_id FROM own) AS tag
    ), rarest AS MATERIALIZED (
        SELECT own.*, ln(%(all)s::float / articles) AS weight,
            row_number() OVER (PARTITION BY article_id ORDER BY articles, tag_id) AS place
        FROM own JOIN used USING (tag_id) WHERE articles < %(most)s
    ), shared AS (
        SELECT rarest.article_id, near.article_id AS target_id, sum(weight) AS weight,
            min(abs(extract(epoch FROM near.published_at - rarest.published_at))) AS distance
        FROM rarest, LATERAL (
            (SELECT article_id, published_at FROM news_taggedarticle AS before
            WHERE before.tag_id = rarest.tag_id
                AND (before.published_at, before.article_id) < (rarest.published_at, rarest.article_id)
            ORDER BY published_at DESC, article_id DESC LIMIT %(side)s)
            UNION ALL
            (SELECT article_id, published_at FROM news_taggedarticle AS after
            WHERE after.tag_id = rarest.tag_id
                AND (after.published_at, after.article_id) > (rarest.published_at, rarest.article_id)
            ORDER BY published_at, article_id LIMIT %(side)s)
        ) AS near
        WHERE place <= %(tags)s GROUP BY 1, 2
    )
    SELECT article_id, array_agg(target_id ORDER BY weight DESC, distance, target_id DESC)
    FROM (
        SELECT *, row_number() OVER (PARTITION BY article_id ORDER BY weight DESC, distance, target_id DESC) AS rank
        FROM shared
    ) AS ranked
    WHERE rank <= %(spare)s GROUP BY 1
"""


class Shown(NamedTuple):
    """By what a reader knows an article again."""

    title: str
    beginning: str  # of the text's stems; "" if the text is short


class Own(NamedTuple):
    published_at: datetime
    category: int


def lists(pks: Iterable[int]) -> dict[int, list[int]]:
    """The ids of STORED related articles for each of these published articles, best first: those pinned by an editor,
    those that share rare tags, then those of the category and others next to it in time. Leaves out the article
    itself, namesakes, texts with the same beginning, and articles excluded by an editor."""
    rows = Article.objects.published().filter(pk__in=list(pks)).values_list("pk", "published_at", "category")
    own = {pk: Own(published_at, category) for pk, published_at, category in rows}
    if not own:
        return {}
    by_tags, near = _by_tags(own), _Neighbours(own)
    chosen = Choices(own)
    candidates = {pk: [*by_tags.get(pk, []), *near.to(pk)] for pk in own}
    shown = _shown({*own, *chosen.all_pinned(), *chain.from_iterable(candidates.values())})

    def distinct(pk: int) -> list[int]:
        pinned = [each for each in chosen.pinned(pk) if each in shown]
        free = [each for each in candidates[pk] if each in shown and each not in chosen.excluded(pk)]
        return _distinct(pinned, free, [shown[each] for each in (pk, *pinned)], shown)

    return {pk: distinct(pk) for pk in own if pk in shown}


class Choices:
    """What editors pinned to these articles, and excluded from them."""

    def __init__(self, pks: Iterable[int]):
        self._pinned = _pairs(Article.related_pinned.through, pks)
        self._excluded = _pairs(Article.related_excluded.through, pks)

    def pinned(self, pk: int) -> list[int]:
        return sorted(self._pinned.get(pk, set()) - self.excluded(pk))

    def all_pinned(self) -> set[int]:
        return set().union(*self._pinned.values())

    def excluded(self, pk: int) -> set[int]:
        return {pk, *self._excluded.get(pk, set())}


def _pairs(through, pks: Iterable[int]) -> dict[int, set[int]]:
    pairs: dict[int, set[int]] = {}
    for own, other in through.objects.filter(from_article__in=list(pks)).values_list("from_article", "to_article"):
        pairs.setdefault(own, set()).add(other)
    return pairs


def _by_tags(pks: Iterable[int]) -> dict[int, list[int]]:
    articles = related.corpus().articles
    values: dict[str, int | list[int]] = {
        "pks": list(pks),
        "all": articles,
        "most": min(related.COUNTED, articles),
        "side": PER_SIDE,
        "tags": related.SEARCHED_TAGS,
        "spare": SPARE,
    }
    with connection.cursor() as cursor:
        cursor.execute(_BY_TAGS, values)
        return dict(cursor.fetchall())


class _Neighbours:
    """Published articles next to these in time: those of each category, and all."""

    def __init__(self, own: dict[int, Own]):
        published = Article.objects.published()
        times = [each.published_at for each in own.values()]
        span = min(times), max(times)
        self._own = own
        self._all = _around(published, span)
        self._of = {
            category: _around(published.filter(category=category), span)
            for category in {each.category for each in own.values()}
        }

    def to(self, pk: int) -> Iterator[int]:
        """The ids of the nearest, first of its category, then of all."""
        own = self._own[pk]
        for some in (self._of[own.category], self._all):
            place = bisect(some, (own.published_at, pk))
            before, after = some[max(0, place - SPARE // 2) : place][::-1], some[place : place + SPARE // 2]
            pairs = chain.from_iterable(zip_longest(before, after))
            yield from (pair[1] for pair in pairs if pair)


def _around(published, span: tuple[datetime, datetime]) -> list[tuple[datetime, int]]:
    """Times and ids of the articles in this span of time, at most MOST of them, and of some before and after it,
    oldest first."""
    oldest, newest = span
    within = published.filter(published_at__gte=oldest, published_at__lt=newest).newest_first()[:MOST]
    before = published.filter(published_at__lt=oldest).newest_first()[:SPARE]
    after = published.filter(published_at__gte=newest).newest_first().reverse()[: SPARE + 1]
    return sorted(time for some in (within, before, after) for time in some.values_list("published_at", "pk"))


def _shown(pks: Iterable[int]) -> dict[int, Shown]:
    """What is compared of those that are published."""
    columns = "pk", "title", Left("body_stems", BEGINNING)
    return {
        pk: Shown(related.folded(title), beginning if len(beginning) == BEGINNING else "")
        for pk, title, beginning in Article.objects.published().filter(pk__in=list(pks)).values_list(*columns)
    }


def _distinct(pinned: list[int], candidates: list[int], seen: list[Shown], shown: dict[int, Shown]) -> list[int]:
    """The pinned and the first candidates that seem to a reader neither one of `seen` nor one another."""
    best = pinned[: related.STORED]
    titles, beginnings = {each.title for each in seen}, {each.beginning for each in seen if each.beginning}
    for pk in candidates:
        if len(best) == related.STORED:
            break
        if shown[pk].title not in titles and shown[pk].beginning not in beginnings:
            best.append(pk)
            titles.add(shown[pk].title)
            beginnings.update(filter(None, [shown[pk].beginning]))
    return best
