"""Addresses that were not found, and their redirects."""

import posixpath
from datetime import timedelta
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from news.models.counted import CountedQuerySet
from news.models.pages import ADDRESS


class MissingPathQuerySet(CountedQuerySet):
    KEY = "path"
    MAX_ROWS = 5_000  # without a redirect target
    MAX_AGE = timedelta(days=365)

    def prunable(self):
        return self.filter(target="")

    def target_of(self, path: str) -> str:
        """Where the path redirects to; "" if nowhere."""
        return self.filter(path=path).values_list("target", flat=True).first() or ""

    def move(self, old: str, new: str) -> None:
        """Redirects the path `old` to `new` from now on."""
        self.filter(path=new).delete()  # else the two would redirect to each other once the page at `new` is deleted
        self.update_or_create(path=old, defaults={"target": new})


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

    objects = MissingPathQuerySet.as_manager()

    class Meta:
        verbose_name = "alamat tidak ditemukan"
        verbose_name_plural = "alamat tidak ditemukan"
        ordering = ["-times", "-last_seen"]
        indexes = [
            models.Index(fields=["-times", "-last_seen"], name="missing_path_most_wanted"),
            models.Index(fields=["last_seen"], condition=models.Q(target=""), name="missing_path_oldest"),
        ]

    def __str__(self):
        return self.path

    def clean(self):
        if self._state.adding:  # the path of a recorded request is kept as requested
            self.path = tidy_path(self.path)
        if not self.path.startswith("/") or self.path == "/":
            raise ValidationError({"path": "Isi alamat lama yang diawali garis miring, misalnya /berita-lama."})
        if self.target and self._leads_back():
            raise ValidationError({"target": "Alamat tujuan itu mengarah kembali ke alamat ini. Isi tujuan lain."})

    def _leads_back(self) -> bool:
        """Whether following the target through other redirects ends in a loop."""
        seen, target = {self.path}, self.target
        while target and _is_ours(target):
            path = tidy_path(target)
            if path in seen:
                return True
            seen.add(path)
            target = MissingPath.objects.exclude(pk=self.pk).target_of(path)
        return False


def tidy_path(address: str) -> str:
    """The path of a request for this address without a trailing slash, as MissingPath stores it; "" if invalid."""
    try:
        path = unquote(urlsplit(address.strip()).path)
    except ValueError:  # "https://[x"
        return ""
    if path.startswith("/"):
        path = f"/{posixpath.normpath(path).lstrip('/')}"  # browsers resolve /./ and /../ before the request
    return path.rstrip("/") or "/"


def _is_ours(address: str) -> bool:
    return address.startswith("/") or urlsplit(address).hostname in {
        urlsplit(settings.SITE_URL).hostname,
        *settings.ALLOWED_HOSTS,
    }
