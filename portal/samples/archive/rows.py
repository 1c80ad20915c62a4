"""The rows of some articles of a generated archive, with everything that belongs to them."""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import NamedTuple

from django.db import models

from comments.models import TIME_TO_DECIDE, Comment, Decision
from comments.models.choices import Reason, Status
from comments.triage.assessment import Signal
from news import related, words
from news.models import Article, ArticleViews, DailyViews, Photo, RelatedArticle
from portal.samples.archive import sentences
from portal.samples.archive.texts import Text, compose, name

DAYS = 3652
COMMON_TAG = "kota tangerang"
CREDIT = "Ilustrasi arsip buatan"
KEY_PREFIX = "arsip-buatan:"  # prefix of Article.source_key of generated articles, followed by the id
ID_DIGITS = 16  # digits of the largest id that an import may set
ARTICLES_PER_TAG = 50  # of those that are a thing and a place
OWN_PHOTO, SHARED_PHOTO = 0.4, 0.4  # shares of articles with a photo of their own, or with one of the few with files
_BUSY = 400  # comments of the newest article
_LOGGED = 0.67  # share of the decided comments whose decision is logged
_OLD_PORTAL = 3 * 365  # days; older articles were read on the previous portal
_WRITERS, _NEW_WRITERS = 40, 8  # at a time, and each year
_TAIL_WEIGHTS = list(accumulate(1 / (rank + 1) for rank in range(len(sentences.TAIL_TAGS))))
_HOUR_WEIGHTS = list(
    accumulate([1, 0, 0, 0, 1, 3, 8, 20, 35, 40, 40, 30, 25, 30, 35, 40, 35, 25, 18, 15, 12, 8, 4, 2])
)

Tagged = Article.tags.through


class Plan(NamedTuple):
    """What all chunks share; constant while the archive is generated."""

    seed: int
    first: int  # the id of the oldest article
    articles: int  # to be made
    now: datetime
    categories: dict[str, int]
    tags: dict[str, int]
    long_tail: list[int]  # ids of the tags that few articles have, the most used first
    photos: dict[str, int]  # category -> photo id


class Table(NamedTuple):
    """Rows of one table. Those of many columns are instances, which know the defaults of the others."""

    model: type[models.Model]
    columns: tuple[str, ...]
    rows: list[tuple]

    @classmethod
    def of(cls, instances: Sequence[models.Model]) -> "Table":
        meta = instances[0]._meta
        names = tuple([field.attname for field in meta.local_concrete_fields if not field.generated])
        if instances[0].pk is None:
            names = tuple([name for name in names if name != meta.pk.attname])
        return cls(type(instances[0]), names, [tuple([getattr(each, name) for name in names]) for each in instances])


class Rows(NamedTuple):
    photos: list[Photo]
    articles: list[Article]
    tags: list[tuple[int, int]]  # article, tag
    views: list[tuple[int, int, int]]  # article, counted, imported
    days: list[tuple[int, date, int]]  # article, day, views
    comments: list[Comment]
    decisions: list[Decision]

    def tables(self) -> list[Table]:
        """In the order in which they can be written."""
        return [
            *([Table.of(self.photos)] if self.photos else []),
            Table.of(self.articles),
            Table(Tagged, ("article_id", "tag_id"), self.tags),
            Table(ArticleViews, ("article_id", "counted", "imported"), self.views),
            Table(DailyViews, ("article_id", "day", "views"), self.days),
            Table(RelatedArticle, ("article_id", "target_id", "rank"), _related(self.tags)),
            *([Table.of(self.comments)] if self.comments else []),
            *([Table.of(self.decisions)] if self.decisions else []),
        ]


MODELS: list[type[models.Model]] = [
    *(Photo, Article, Tagged, ArticleViews, DailyViews, RelatedArticle, Comment, Decision)
]


def long_tail(count: int) -> list[str]:
    """Names of `count` tags at most: things, each with a place."""
    places = [place.lower() for district, villages in sentences.DISTRICTS.items() for place in [district, *villages]]
    things = [thing.lower() for topic in sentences.TOPICS for thing in topic.things]
    names = [f"{things[number % len(things)]} {place}" for place in places for number in range(len(things))]
    return list(dict.fromkeys(names))[:count]


def of_articles(plan: Plan, numbers: range, photo_ids: Iterator[int], comment_ids: Iterator[int]) -> Rows:
    """The rows of the articles with these numbers, oldest first."""
    rng = random.Random(f"{plan.seed} {numbers.start}")  # noqa: S311 (generated news, no secrets)
    rows = Rows([], [], [], [], [], [], [])
    for number in numbers:
        published_at = _published_at(rng, plan, number)
        text = compose(rng, plan.seed, published_at, plan.now)
        article = _article(rng, plan, number, published_at, text)
        if (which := rng.random()) < OWN_PHOTO:
            rows.photos.append(_photo(next(photo_ids), article))
            article.photo_id = rows.photos[-1].pk
        elif which < OWN_PHOTO + SHARED_PHOTO:
            article.photo_id = plan.photos[text.scene.topic.category]
        rows.articles.append(article)
        rows.tags.extend([(article.pk, tag) for tag in _tags(rng, plan, text)])
        _add_views(rng, plan, rows, article)
        for _ in range(_comments(rng, plan, number)):
            comment = _comment(rng, plan, next(comment_ids), article, text)
            rows.comments.append(comment)
            if comment.decided_at and rng.random() < _LOGGED:
                rows.decisions.append(_decision(comment))
    return rows


def source_key(pk: int) -> str:
    return f"{KEY_PREFIX}{pk:0{ID_DIGITS}}"


def _published_at(rng: random.Random, plan: Plan, number: int) -> datetime:
    """Later for each number, up to today, with more articles per day than ten years ago."""
    age = DAYS * (1 - (number + rng.random()) / plan.articles) ** 1.15
    day = (plan.now - timedelta(days=age)).replace(
        hour=rng.choices(range(24), cum_weights=_HOUR_WEIGHTS)[0], minute=rng.randrange(60), second=0, microsecond=0
    )
    return day if day < plan.now else plan.now - timedelta(minutes=age * 1440 % 720)


def _article(rng: random.Random, plan: Plan, number: int, published_at: datetime, text: Text) -> Article:
    time_known = published_at.year > plan.now.year - 8 or rng.random() < 0.9  # some of the oldest have only a date
    if not time_known:
        published_at = published_at.replace(hour=0, minute=0)
    return Article(
        id=plan.first + number,
        title=text.title,
        slug=words.slug(text.title)[:120].strip("-"),
        summary=text.lead,
        body=text.body,
        status=Article.Status.PUBLISHED,
        published_at=published_at,
        time_known=time_known,
        category_id=plan.categories[text.scene.topic.category],
        author=_writer(rng, published_at.year),
        source_key=source_key(plan.first + number),
        created_at=published_at,
        updated_at=published_at,
        **text.indexed._asdict(),
        related_due_at=plan.now + related.RENEWAL * (1 + rng.random()),  # not now, and not all at once
    )


def _writer(rng: random.Random, year: int) -> str:
    """One of those of the newsroom in that year; each stays for some years."""
    number = _NEW_WRITERS * year + rng.randrange(_WRITERS)
    given, surnames = sentences.GIVEN_NAMES, sentences.SURNAMES
    return f"{given[number % len(given)]} {surnames[number // len(given) % len(surnames)]}"


def _photo(pk: int, article: Article) -> Photo:
    """A row without files, as of a photo that was lost."""
    return Photo(
        pk=pk,
        name=f"foto/{article.created_at:%Y/%m}/{article.pk:016x}",
        width=1600,
        height=1067,
        alt_text=f"Suasana {article.title[:200]}",
        caption=article.title[:200],
        credit=CREDIT,
        edition=0,
        created_at=article.created_at,
    )


def _tags(rng: random.Random, plan: Plan, text: Text) -> list[int]:
    topic = text.scene.topic
    names = [topic.tags[0]]
    names += [tag for tag in topic.tags[1:] if rng.random() < 0.3]
    if rng.random() < 0.85:
        names.append(COMMON_TAG)
    place = text.scene.slots["tempat"].removeprefix("Kecamatan ").lower()
    if rng.random() < 0.4:
        names.append(place)
    if rng.random() < 0.4:
        names.append(rng.choices(sentences.TAIL_TAGS, cum_weights=_TAIL_WEIGHTS)[0])
    found = [plan.tags[name] for name in names]
    if plan.long_tail and rng.random() < 0.7:
        # The middle one is eight times rarer than the average, the first eight times more frequent.
        found.append(plan.long_tail[int(len(plan.long_tail) * rng.random() ** 4)])
    return list(dict.fromkeys(found))


def _add_views(rng: random.Random, plan: Plan, rows: Rows, article: Article) -> None:
    """Reads: in all, on the first days, which halve, and now and then later."""
    published = article.created_at
    age = (plan.now.date() - published.date()).days
    reads = min(int(30 * rng.paretovariate(1.1)), 400_000)
    read = {day: reads >> (day + 1) for day in range(min(age + 1, 20 if age < 30 else 3))}
    if age >= 30:
        read[rng.randrange(3, age)] = 1 + rng.randrange(1 + reads // 100)
        for _ in range(rng.choice([0, 0, 0, 1, 2])):
            read[age - rng.randrange(30)] = 1 + rng.randrange(1 + reads // 500)
    days = [(article.pk, published.date() + timedelta(days=after), views) for after, views in read.items() if views]
    rows.days.extend(days)
    imported = reads if age > _OLD_PORTAL else 0
    counted = max(reads - imported, sum(views for _, _, views in days))
    rows.views.append((article.pk, counted, imported))


def _comments(rng: random.Random, plan: Plan, number: int) -> int:
    """How many comments: none for most articles, few for some, many for very few; hundreds for the newest."""
    if number == plan.articles - 1:
        return min(plan.articles, _BUSY)
    return min(int(rng.paretovariate(1)), 150) if rng.random() < 0.055 else 0


def _comment(rng: random.Random, plan: Plan, pk: int, article: Article, text: Text) -> Comment:
    span = min(timedelta(days=20), plan.now - article.created_at)
    created_at = article.created_at + span * rng.random() ** 2
    fresh = plan.now - created_at < timedelta(days=2)
    decided = (Status.APPROVED, Status.REJECTED)
    status = rng.choices([Status.WAITING, *decided], [8 if fresh else 0, 86, 6])[0]
    waits, rejected = status == Status.WAITING, status == Status.REJECTED
    return Comment(
        pk=pk,
        article_id=article.pk,
        name=name(rng),
        text=rng.choice(sentences.COMMENTS).format_map(text.scene.slots),
        status=status,
        reason=rng.choice(list(Reason)) if rejected else "",
        created_at=created_at,
        consent_at=created_at,
        sender_key=f"{rng.getrandbits(256):064x}",
        due_at=created_at + TIME_TO_DECIDE if waits else None,
        decided_at=None if waits else min(created_at + timedelta(hours=3), plan.now),
        signals=[rng.choice(list(Signal))] if rejected or rng.random() < 0.1 else [],
    )


def _decision(comment: Comment) -> Decision:
    return Decision(
        comment=comment,
        verb=Decision.Verb.REJECT if comment.reason else Decision.Verb.APPROVE,
        reason=comment.reason,
        at=comment.decided_at or comment.created_at,
        due_at=comment.created_at + TIME_TO_DECIDE,
        signals=comment.signals,
        status_before=Status.WAITING,
    )


def _related(tagged: Sequence[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """Relates each article to its neighbours in time within one tag: the rarest of its tags here that fills a list, or
    else the most frequent."""
    by_tag: dict[int, list[int]] = defaultdict(list)
    tags: dict[int, list[int]] = defaultdict(list)
    for article, tag in tagged:
        by_tag[tag].append(article)
        tags[article].append(tag)
    places = {tag: {article: place for place, article in enumerate(found)} for tag, found in by_tag.items()}

    def usefulness(tag: int) -> tuple[bool, int]:
        size = len(by_tag[tag])
        return (True, -size) if size > related.STORED else (False, size)

    rows = []
    for article, own in tags.items():
        tag = max(own, key=usefulness)
        place = places[tag][article]
        near = by_tag[tag][max(0, place - related.STORED) : place + related.STORED + 1]
        near.remove(article)
        near.sort(key=lambda other: abs(other - article))
        rows += [(article, target, rank) for rank, target in enumerate(near[: related.STORED], start=1)]
    return rows
