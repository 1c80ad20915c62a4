"""Tags that editors merged into others, kept so that old addresses and names lead to the other, and for undoing it."""

from collections.abc import Iterable

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from news.models.articles import Article
from news.models.missing_paths import MissingPath
from news.models.taxonomy import Tag

ROUTES = ("tag", "tag-feed", "tag-feed-atom")  # names of the routes that contain a tag's slug
AT_ONCE = 5_000  # articles in one statement; a statement takes 65,535 parameters


class MergedTagQuerySet(models.QuerySet["MergedTag"]):
    @transaction.atomic
    def merge(self, tags: Iterable[Tag], target: Tag, by=None) -> list["MergedTag"]:
        """Gives the articles of these tags the target instead, deletes the tags, and redirects their pages and feeds
        permanently. What had been merged into them is merged into the target from then on, so that there are neither
        chains nor loops. Raises ValidationError if no other tag is left to be merged."""
        ids = {tag.pk for tag in tags} - {target.pk}
        _lock_articles(ids)
        locked = Tag.objects.select_for_update().in_bulk(sorted({*ids, target.pk}))  # in one order: no deadlocks
        if target.pk not in locked or not ids & locked.keys():
            raise ValidationError("Pilih tag tujuan yang lain daripada tag yang digabungkan.")
        return [self._merge(tag, locked[target.pk], by) for pk, tag in locked.items() if pk != target.pk]

    def _merge(self, tag: Tag, target: Tag, by) -> "MergedTag":
        through = Article.tags.through.objects
        with_target = through.filter(tag=target).values("article_id")
        tagged = set(through.filter(tag=tag).values_list("article_id", flat=True))
        already = set(through.filter(tag=tag, article__in=with_target).values_list("article_id", flat=True))
        own = set(tagged)
        for earlier in self.filter(target=tag):
            own.difference_update(earlier.gained)  # they had the tag only because of that merger
            earlier.target, earlier.gained = target, sorted({*earlier.gained} - already)
            earlier.save()
        through.filter(tag=tag).exclude(article__in=with_target).update(tag=target)
        through.filter(tag=tag).delete()
        merged = self.create(
            name=tag.name, slug=tag.slug, target=target, articles=sorted(own), gained=sorted(own - already), by=by
        )
        tag.delete()
        _redirect(merged.slug, target.slug)
        return merged

    def with_names(self, names: Iterable[str]):
        """Those that had one of these names, in lower case."""
        return self.select_related("target").alias(low=Lower("name")).filter(low__in=list(names))


def _lock_articles(tags: set[int]) -> None:
    """Those with these tags, as whoever saves one does: first the article, then its tags."""
    through = Article.tags.through.objects.filter(tag__in=tags)
    locked = Article.objects.filter(pk__in=through.values("article_id")).order_by("pk").select_for_update(no_key=True)
    list(locked.values_list("pk", flat=True))


class MergedTag(models.Model):
    name = models.CharField("nama", max_length=80)
    slug = models.SlugField("alamat", max_length=80)
    target = models.ForeignKey(Tag, verbose_name="digabungkan ke", on_delete=models.PROTECT, related_name="merged")
    articles = ArrayField(models.BigIntegerField(), editable=False)  # ids of those that had the tag itself
    gained = ArrayField(models.BigIntegerField(), editable=False)  # of these, those that had not the target as well
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="oleh",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    at = models.DateTimeField("waktu", default=timezone.now, editable=False)

    objects = MergedTagQuerySet.as_manager()

    class Meta:
        verbose_name = "tag yang digabungkan"
        verbose_name_plural = "tag yang digabungkan"
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="merged_tag_name_is_unique_whatever_its_case",
                violation_error_message="Tag dengan nama itu sudah digabungkan.",
            ),
        ]

    def __str__(self):
        return self.name

    @transaction.atomic
    def split(self) -> Tag:
        """Makes the tag again, with its page, on those of its articles that still have the target; those that had the
        target only because of this merger lose it. Raises ValidationError if its name or address has been taken."""
        if Tag.objects.filter(models.Q(name__iexact=self.name) | models.Q(slug=self.slug)).exists():
            raise ValidationError(f"“{self.name}” tidak dapat dipisahkan: nama atau alamatnya kini dipakai tag lain.")
        target = Tag.objects.select_for_update().get(pk=self.target_id)
        merged = MergedTag.objects.select_for_update().get(pk=self.pk)
        tagged = Article.tags.through.objects.filter(tag=target)
        still = set(tagged.values_list("article_id", flat=True)).intersection(merged.articles)
        lost = still & {*merged.gained}
        merged.delete()
        for other in MergedTag.objects.select_for_update().filter(target=target):
            shared = lost.intersection(other.articles)  # they now have the target only because of that merger
            if shared:
                other.gained = sorted(shared.union(other.gained))
                other.save()
                lost -= shared
        tag = Tag.objects.create(name=merged.name, slug=merged.slug)
        both = [Article.tags.through(article_id=pk, tag=tag) for pk in sorted(still - lost)]
        Article.tags.through.objects.bulk_create(both, batch_size=AT_ONCE)
        for start in range(0, len(lost), AT_ONCE):
            tagged.filter(article__in=sorted(lost)[start : start + AT_ONCE]).update(tag=tag)
        for route in ROUTES:
            MissingPath.objects.filter(path=reverse(route, args=[tag.slug])).delete()
        return tag


def _redirect(old: str, new: str) -> None:
    """Redirects the page and the feeds of a slug, and what was redirected to them, to those of another."""
    for route in ROUTES:
        before, after = (reverse(route, args=[slug]) for slug in (old, new))
        MissingPath.objects.filter(target=before).update(target=after)
        MissingPath.objects.move(before, after)
