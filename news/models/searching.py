"""What the search learns from: the words that articles are written in, and searches that found nothing."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone


class Word(models.Model):
    """A word of the published articles, for spelling suggestions (news.words)."""

    word = models.CharField(max_length=60, primary_key=True)
    articles = models.IntegerField()  # how many of those looked at hold it

    class Meta:
        indexes = [GinIndex(fields=["word"], opclasses=["gin_trgm_ops"], name="word_trigrams")]

    def __str__(self):
        return self.word


class FailedSearch(models.Model):
    """A search that found nothing: what readers look for and the portal does not tell them."""

    words = models.CharField("kata", max_length=100, unique=True)
    times = models.PositiveIntegerField("kali", default=1)
    last_seen = models.DateTimeField("terakhir", default=timezone.now)

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
