"""Counters and precomputed lists about articles, each in a narrow table of its own."""

from datetime import timedelta

from django.db import models
from django.utils import timezone

from news.models.articles import Article


class ArticleViews(models.Model):
    """How often an article was read. A separate table, because an editor's save() would overwrite a column of Article
    with an old value, and each count would rewrite a wide row."""

    article = models.OneToOneField(Article, primary_key=True, on_delete=models.CASCADE, related_name="views")
    counted = models.BigIntegerField("dihitung portal ini", default=0)
    imported = models.BigIntegerField("dibawa dari portal lama", default=0)

    class Meta:
        verbose_name = "jumlah baca"
        verbose_name_plural = "jumlah baca"

    def __str__(self):
        return f"{self.article_id}: {self.total}"

    @property
    def total(self) -> int:
        return self.counted + self.imported


class DailyViews(models.Model):
    """Reads of an article on one day in the city's time zone, and about how many readers they were."""

    pk = models.CompositePrimaryKey("day", "article_id")
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="daily_views")
    day = models.DateField()
    views = models.BigIntegerField()
    # None: reads of the release before readers were counted, of which each counts as a reader
    readers = models.BigIntegerField(null=True)

    def __str__(self):
        return f"{self.article_id} {self.day}: {self.views}"


class HourlyReadersQuerySet(models.QuerySet):
    KEPT = timedelta(days=2)  # a host's journals may be late

    def prune(self) -> int:
        """Deletes the buckets of hours that are over for KEPT; returns how many rows."""
        return self.filter(hour__lt=timezone.now() - self.KEPT).delete()[0]


class HourlyReaders(models.Model):
    """Which of the 1,000 buckets of readers (news.pageviews.readers) an article's reads of one hour have hit."""

    pk = models.CompositePrimaryKey("hour", "article_id")
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="+")
    hour = models.DateTimeField()  # its beginning
    buckets = models.BinaryField()  # bit n of this big-endian number: bucket n

    objects = HourlyReadersQuerySet.as_manager()

    def __str__(self):
        return f"{self.article_id} {self.hour:%Y-%m-%d %H}"


class MostRead(models.Model):
    """One entry of the list "Terpopuler" of a period, computed from DailyViews by news.pageviews."""

    class Period(models.IntegerChoices):
        TODAY = 1, "Hari ini"
        WEEK = 7, "7 hari"
        MONTH = 30, "30 hari"

    period = models.PositiveSmallIntegerField(choices=Period)
    rank = models.PositiveSmallIntegerField()
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="+")
    readers = models.BigIntegerField(db_column="views")  # the release before ranks by views, and writes them here

    class Meta:
        constraints = [models.UniqueConstraint("period", "rank", name="most_read_rank_is_unique")]

    def __str__(self):
        return f"{self.period}/{self.rank}: {self.article_id}"


class JournalOffset(models.Model):
    """How many bytes of a pageview journal have been counted (news.pageviews)."""

    folder = models.CharField(max_length=40)
    file = models.CharField(max_length=120)
    offset = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint("folder", "file", name="journal_offset_is_unique")]

    def __str__(self):
        return f"{self.folder}/{self.file}: {self.offset}"


class MonthCount(models.Model):
    """The number of articles published in a month in the city's time zone, for the archive (news.month_counts)."""

    month = models.DateField(primary_key=True)  # its first day
    articles = models.IntegerField()

    def __str__(self):
        return f"{self.month:%Y-%m}: {self.articles}"


class SummedDay(models.Model):
    """A day with SummedReads, as of `added_at`."""

    day = models.DateField(primary_key=True)
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()

    def __str__(self):
        return f"{self.day}"


class SummedReads(models.Model):
    """What was published and read on one day in the city's time zone, added up for news.reports by the worker."""

    class Group(models.TextChoices):
        CATEGORY = "category"
        DISTRICT = "district"
        WRITER = "writer"

    pk = models.CompositePrimaryKey("day", "grouped_by", "key")
    day = models.DateField()
    grouped_by = models.CharField(max_length=8, choices=Group)
    key = models.CharField(max_length=200)  # the id of the category or district, or the writer; "": without
    articles = models.IntegerField()  # published that day, and still public
    reads = models.BigIntegerField()
    readers = models.BigIntegerField()

    class Meta:
        default_permissions = ()

    def __str__(self):
        return f"{self.day} {self.grouped_by} {self.key}: {self.reads}"
