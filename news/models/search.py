"""Data about searching: word frequencies in articles, and searches without results."""

import logging
from datetime import timedelta

from django.contrib.postgres.indexes import GinIndex
from django.db import Error, models, transaction
from django.utils import timezone

from news.models.counted import CountedQuerySet
from news.search import failed
from news.web import replica
from news.web.throttle import AtMost

logger = logging.getLogger(__name__)

recordings = AtMost(30, seconds=60)  # per process, so that nobody can flood the table


class Word(models.Model):
    """How many of the counted articles contain a word, as written or as a stem (news.search.vocabulary).

    The row with the empty word stores how many articles were counted.
    """

    word = models.CharField(max_length=60, primary_key=True)
    articles = models.IntegerField()  # that contain the word as written
    stems = models.IntegerField(default=0, db_default=0)  # that contain a word with this stem

    class Meta:
        indexes = [GinIndex(fields=["word"], opclasses=["gin_trgm_ops"], name="word_trigrams")]

    def __str__(self):
        return self.word


class FailedSearchQuerySet(CountedQuerySet):
    KEY = "words"
    MAX_ROWS = 10_000
    MAX_AGE = timedelta(days=180)

    def of_the_last(self, age: timedelta):
        """Searches that somebody made in this time, the most frequent first."""
        return self.filter(last_seen__gte=timezone.now() - age).order_by("-times", "-last_seen", "pk")

    def note(self, text: str) -> None:
        """Counts a search without results, unless its text must not be stored (news.search.failed). Only logs database
        errors: a reader is waiting for the page."""
        words = failed.kept_words(text)
        if not words or replica.primary_is_away or not recordings.take():
            return
        try:
            with transaction.atomic():
                self.count_one(words)
        except Error:
            logger.warning("Pencarian tanpa hasil tidak dapat dicatat.", exc_info=True)


class FailedSearch(models.Model):
    """A search without results: what readers look for and the portal does not offer."""

    words = models.CharField("kata", max_length=100, unique=True)
    times = models.PositiveIntegerField("kali", default=1)
    last_seen = models.DateTimeField("terakhir", default=timezone.now)

    objects = FailedSearchQuerySet.as_manager()

    class Meta:
        verbose_name = "pencarian tanpa hasil"
        verbose_name_plural = "pencarian tanpa hasil"
        ordering = ["-times", "-last_seen"]
        indexes = [
            models.Index(fields=["-times", "-last_seen"], name="failed_search_most_wanted"),
            models.Index(fields=["last_seen"], name="failed_search_oldest"),
        ]

    def __str__(self):
        return self.words


class Reindexing(models.Model):
    """How far the worker has renewed stems and search index after the rules for words changed (news.reindexing)."""

    rules = models.PositiveIntegerField(primary_key=True)  # their number: news.words.RULES
    last_article = models.BigIntegerField(default=0)  # articles up to this id are done
    finished_at = models.DateTimeField(null=True)

    def __str__(self):
        return f"aturan {self.rules}"
