"""The ids of feeds and their entries, by which feed readers know what they have shown already."""

from django.conf import settings
from django.db import models

from news.paths import short_path
from news.web import addresses


class FeedIdsQuerySet(models.QuerySet["FeedIds"]):
    def current(self) -> "FeedIds":
        """The one row. It is made with its table, and never changes."""
        return self.first() or self.get_or_create(defaults={"prefix": addresses.tag_uri(settings.SITE_URL)})[0]


class FeedIds(models.Model):
    """What ids begin with. Stored, because they must not follow a new SITE_URL: everything would be unread again."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    prefix = models.CharField(max_length=400)
    # Until 0.2 ids began with SITE_URL. Those of articles that existed then stay as they are.
    old_prefix = models.CharField(max_length=400, blank=True, default="")
    last_old = models.BigIntegerField(default=0)  # the highest article id at the upgrade

    objects = FeedIdsQuerySet.as_manager()

    def __str__(self):
        return self.prefix

    def of_article(self, pk: int) -> str:
        return (self.old_prefix if pk <= self.last_old else self.prefix) + short_path(pk)

    def of_feed(self, path: str) -> str:
        return (self.old_prefix or self.prefix) + path
