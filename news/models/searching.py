"""What the search learns from: the words that articles are written in, and searches that found nothing."""

from datetime import timedelta

from django.contrib.postgres.indexes import GinIndex
from django.db import connection, models
from django.utils import timezone


class Word(models.Model):
    """How many of the articles that news.words looked at hold a word, as it is written or as a stem.

    The row of the empty word tells how many were looked at.
    """

    word = models.CharField(max_length=60, primary_key=True)
    articles = models.IntegerField()  # with the word as it is written
    stems = models.IntegerField(default=0, db_default=0)  # with a word of this stem

    class Meta:
        indexes = [GinIndex(fields=["word"], opclasses=["gin_trgm_ops"], name="word_trigrams")]

    def __str__(self):
        return self.word


class FailedSearchQuerySet(models.QuerySet):
    KEPT = 10_000
    KEPT_FOR = timedelta(days=180)

    def note(self, words: str) -> None:
        """Somebody searched for these words in vain; one statement, so that of many at a time none is lost."""
        with connection.cursor() as cursor:
            cursor.execute(
                """
                INSERT INTO news_failedsearch AS stored (words, times, last_seen) VALUES (%s, 1, now())
                ON CONFLICT (words) DO UPDATE SET times = stored.times + 1, last_seen = excluded.last_seen
                """,
                [words],
            )

    def prune(self) -> int:
        """Forgets what nobody has searched for in half a year, and of the rest all but the most wanted `KEPT`. Gives
        how many were forgotten."""
        forgotten, _ = self.filter(last_seen__lt=timezone.now() - self.KEPT_FOR).delete()
        rest = self.order_by("-times", "-last_seen").values("pk")[self.KEPT :]
        return forgotten + self.filter(pk__in=rest).delete()[0]


class FailedSearch(models.Model):
    """A search that found nothing: what readers look for and the portal does not tell them."""

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
