"""The city's offices, which answer comments officially."""

from django.conf import settings
from django.db import models

from news.web.alphabet import by_letter


class OfficeQuerySet(models.QuerySet):
    def written_by(self, user):
        """The offices in whose name this user may answer comments."""
        return self.filter(members=user) if user.has_perm("comments.answer_comment") else self.none()


class Office(models.Model):
    name = models.CharField("nama", max_length=120, unique=True, help_text="Misalnya: Dinas Lingkungan Hidup.")
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        verbose_name="petugas",
        blank=True,
        related_name="offices",
        limit_choices_to={"is_staff": True, "is_active": True},
        help_text="Akun dengan peran OPD yang boleh menjawab atas nama dinas ini.",
    )

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = "perangkat daerah"
        verbose_name_plural = "perangkat daerah"
        ordering = [by_letter("name")]

    def __str__(self):
        return self.name
