"""Addresses that were not found, and their redirects: also those of portals whose articles were imported."""

from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models.functions import Lower
from django.utils import timezone

from news.models.counted import CountedQuerySet
from news.models.pages import ADDRESS
from news.web import misaddressed, old_shapes
from news.web.columns import max_length


class MissingPathQuerySet(CountedQuerySet):
    KEY = "path"
    MAX_ROWS = 5_000  # without a redirect target
    MAX_AGE = timedelta(days=365)

    def prunable(self):
        return self.filter(target="")

    def target_of(self, path: str, query: str = "") -> str:
        """Where the row leads that describes the address best (news.web.old_shapes.keys); "" if there is none. One
        query, whatever the case of the letters."""
        keys = old_shapes.keys(path, query)
        rows = self.exclude(target="").alias(low=Lower("path"))
        rows = rows.filter(low__in={key.lower() for key in keys}).order_by()
        targets = dict(rows.values_list("path", "target"))
        any_case = {stored.lower(): target for stored, target in targets.items()}
        found = (targets.get(key) or any_case.get(key.lower()) for key in keys)
        return next(filter(None, found), "")

    def remember(self, target: str, addresses: Iterable[str]) -> list[str]:
        """Redirects addresses of an imported portal to `target` for ever; returns those too long to be kept.

        The last import wins over earlier ones and over what was noted of readers, never over the newsroom. What leads
        to itself is left out. Idempotent; unchanged rows are not written."""
        limit = max_length(self.model, "path")
        stored = dict.fromkeys(filter(None, map(old_shapes.stored, addresses)))
        kept = [path for path in stored if len(path) <= limit and path not in ("/", target)]
        if not kept:
            return [path for path in stored if len(path) > limit]
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {self.model._meta.db_table} AS stored"
                " (path, referrer, times, last_seen, target, imported)"
                " SELECT unnest(%s::text[]), '', 0, statement_timestamp(), %s, true"
                " ON CONFLICT (path) DO UPDATE SET target = excluded.target, imported = true"
                " WHERE stored.target = '' OR (stored.imported AND stored.target <> excluded.target)",
                [sorted(kept), target],  # in one order: no deadlocks
            )
        return [path for path in stored if len(path) > limit]

    def move(self, old: str, new: str) -> None:
        """Redirects the path `old` to `new` from now on."""
        self.filter(path=new).delete()  # else the two would redirect to each other once the page at `new` is deleted
        self.update_or_create(path=old, defaults={"target": new, "imported": False})


class MissingPath(models.Model):
    """An address that readers followed a link to and that does not exist; with a target it redirects permanently."""

    path = models.CharField("alamat", max_length=400, unique=True)
    referrer = models.CharField("tertaut dari", max_length=500, blank=True, editable=False)
    times = models.PositiveIntegerField("kali", default=0, editable=False)
    last_seen = models.DateTimeField("terakhir", default=timezone.now, editable=False)
    target = models.CharField(
        "alihkan ke",
        max_length=500,
        blank=True,
        validators=[ADDRESS],
        help_text="Alamat yang benar, misalnya /tentang",
    )
    # The target was written by an import: another one may change it. What the newsroom or the portal wrote stays.
    imported = models.BooleanField("dari impor", default=False, db_default=False, editable=False)

    objects = MissingPathQuerySet.as_manager()

    class Meta:
        verbose_name = "alamat tidak ditemukan"
        verbose_name_plural = "alamat tidak ditemukan"
        ordering = ["-times", "-last_seen"]
        indexes = [
            models.Index(fields=["-times", "-last_seen"], name="missing_path_most_wanted"),
            models.Index(fields=["last_seen"], condition=models.Q(target=""), name="missing_path_oldest"),
            models.Index(Lower("path"), name="missing_path_in_any_case"),
        ]

    def __str__(self):
        return self.path

    def clean(self):
        if self._state.adding:  # the path of a recorded request is kept as requested
            self.path = old_shapes.stored(self.path)
        if not self.path.startswith("/") or self.path == "/":
            raise ValidationError({"path": "Isi alamat lama yang diawali garis miring, misalnya /berita-lama."})
        if self.target and self._leads_back():
            raise ValidationError({"target": "Alamat tujuan itu mengarah kembali ke alamat ini. Isi tujuan lain."})

    def _leads_back(self) -> bool:
        """Whether following the target through other redirects ends in a loop."""
        own, seen, target = self.path.lower(), set[str](), self.target
        while target and is_ours(target):
            keys = [key.lower() for key in old_shapes.keys(*old_shapes.path_and_query(target))]
            if own in keys:
                return True
            if keys[0] in seen:  # a loop that this row is no part of
                return False
            seen.add(keys[0])
            target = MissingPath.objects.exclude(pk=self.pk).target_of(*old_shapes.path_and_query(target))
        return False


def is_ours(address: str) -> bool:
    """Whether the address is one of this site, under any of its names."""
    if address.startswith("/"):
        return True
    host = urlsplit(address).hostname or ""
    names = {urlsplit(settings.SITE_URL).hostname, *settings.ALLOWED_HOSTS}
    return host in names or misaddressed.is_site_by_www(host)
