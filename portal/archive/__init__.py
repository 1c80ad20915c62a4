"""A made-up archive for measuring: `make()` adds articles with tags, photos, comments and reads, as a city has them.

Rows are copied into the tables past Article.save(), which would need hours; a test holds that the stems and bodies
are those that save() would store. The same seed on the same day makes the same archive.
"""

import random
import re
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import datetime, timedelta
from itertools import accumulate
from typing import NamedTuple

from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.text import slugify

from comments.models import Comment
from news import pageviews, photos, related, stemming
from news.models import Article, ArticleViews, Category, DailyViews, Photo, RelatedArticle, Tag
from portal.archive import words
from portal.demo import pictures
from portal.importers import named

MOST = 5_000_000
COMPUTED_RELATED = 1_000  # newest articles whose lists are computed as the worker would; SQL makes the others
_CHUNK = 1_000  # articles in a transaction
_WRITERS = 2  # their time is Postgres's, which works for each in a process of its own
_DAYS = 3652
_EVERYWHERE = "kota tangerang"
_CREDIT = "Ilustrasi arsip buatan"
_PICTURES = dict(
    zip(
        words.CATEGORIES,
        ["loket", "puskesmas", "sekolah", "jalan-malam", "taman", "pasar", "musyawarah", "festival"],
        strict=True,
    )
)


class Phrase(NamedTuple):
    """A text with slots, and the stems of its words with the same slots: filling both keeps them equal."""

    text: str
    stems: str

    def fill(self, values: dict[str, str], stems: dict[str, str]) -> "Phrase":
        return Phrase(self.text.format_map(values), self.stems.format_map(stems))


class Plan(NamedTuple):
    """What every chunk must know; nothing in it changes while the archive is made."""

    seed: int
    first: int  # the id of the oldest article
    count: int
    now: datetime
    categories: dict[str, int]
    tags: dict[str, int]
    photos: dict[str, int]  # category -> photo


class Made(NamedTuple):
    articles: int
    comments: int


def make(count: int, seed: int, bar) -> Made:
    """Adds `count` articles; tells `bar`, a progress bar, how many are in. What a broken-off run wrote is whole:
    a thousand articles with all that belongs to them are one transaction."""
    plan = _plan(count, seed)
    comments = 0
    with ThreadPoolExecutor(_WRITERS) as pool:
        try:
            bar.set_description("Menulis berita")
            chunks = [pool.submit(_in_thread, _write_chunk, plan, start) for start in range(0, count, _CHUNK)]
            for chunk in as_completed(chunks):
                articles_written, comments_written = chunk.result()
                bar.update(articles_written)
                comments += comments_written
            bar.set_description("Menata basis data")
            # Also empties the search index's list of pending entries, and lets lists be read from indexes alone.
            _execute(
                "VACUUM (ANALYZE) news_article, news_article_tags, news_articleviews, news_dailyviews, comments_comment"
            )
            bar.set_description("Menghitung berita terkait")
            newest = range(max(plan.first, plan.first + count - COMPUTED_RELATED), plan.first + count)
            parts = [pool.submit(_in_thread, _compute_related, newest[start : start + 50]) for start in range(0, len(newest), 50)]
            _relate_by_tag(plan.first, newest.start)
            for part in as_completed(parts):
                part.result()
            _execute("ANALYZE news_relatedarticle")
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    pageviews.refresh_most_read()
    return Made(count, comments)


def _in_thread(work, *arguments):
    """Runs work in a thread of the pool, whose database connection nobody else would close."""
    try:
        return work(*arguments)
    finally:
        connection.close()


def _plan(count: int, seed: int) -> Plan:
    names = {_EVERYWHERE, *(tag for topic in words.TOPICS for tag in topic.tags), *words.TAIL_TAGS}
    names |= {place.lower() for district, villages in words.DISTRICTS.items() for place in [district, *villages]}
    return Plan(
        seed=seed,
        first=_reserve_ids(count),
        count=count,
        now=timezone.localtime(),
        categories={name: named(Category, name).pk for name in words.CATEGORIES},
        tags={name: named(Tag, name).pk for name in sorted(names)},
        photos={category: _photo(scene).pk for category, scene in _PICTURES.items()},
    )


def _reserve_ids(count: int) -> int:
    """The first of `count` ids that no other article has or will get."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE news_article IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute("SELECT last_value + 1 FROM news_article_id_seq")
        first = cursor.fetchone()[0]
        # An import may have set ids above the sequence by hand.
        while taken := Article.objects.filter(pk__range=(first, first + count - 1)).aggregate(pk=models.Max("pk"))["pk"]:
            first = taken + 1
        cursor.execute("SELECT setval('news_article_id_seq', %s)", [first + count - 1])
    return first


def _photo(scene: str) -> Photo:
    alt_text = f"Gambar {scene.replace('-', ' ')}"
    found = Photo.objects.filter(credit=_CREDIT, alt_text=alt_text).first()
    if found is None:
        stored = photos.store(pictures.png(scene))
        found = Photo.objects.create(**stored._asdict(), credit=_CREDIT, alt_text=alt_text)
    return found


# ---- Texts


def _phrase(template: str) -> Phrase:
    pieces = re.split(r"(\{\w+\})", template)
    return Phrase(template, " ".join(piece if piece.startswith("{") else stemming.stems(piece) for piece in pieces))


def _phrases(templates: Iterable[str]) -> list[Phrase]:
    return [_phrase(template) for template in templates]


class _Language:
    """The words with their stems, made on first use: two thousand roots take a second or two."""

    _made = None

    @classmethod
    def get(cls) -> "_Language":
        cls._made = cls._made or cls()
        return cls._made

    def __init__(self):
        self.titles = {category: _phrases(titles) for category, titles in words.TITLES.items()}
        self.sentences = {topic.things[0]: _phrases(topic.sentences) for topic in words.TOPICS}
        self.leads = _phrases(words.LEADS)
        self.general = _phrases(words.GENERAL)
        self.comments = words.COMMENTS
