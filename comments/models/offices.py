"""The city's offices, which answer comments officially."""

from django.conf import settings
from django.db import models


class Office(models.Model):
    name = models.CharField("nama", max_length=120, unique=True, help_text="Misalnya: Dinas Lingkungan Hidup.")
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        verbose_name="petugas",
        blank=True,
        related_name="offices",
        help_text="Akun dengan peran OPD yang boleh menjawab atas nama dinas ini.",
    )

    class Meta:
        verbose_name = "perangkat daerah"
        verbose_name_plural = "perangkat daerah"
        ordering = ["name"]

    def __str__(self):
        return self.name
