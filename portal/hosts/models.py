"""Which hosts serve this portal."""

from datetime import timedelta

from django.db import models
from django.db.models.functions import Now

from portal.hosts.marks import Marks

EVERY = 30  # seconds between signs of life
SILENT = timedelta(minutes=2)  # a host that has said nothing for so long is away
KEPT = timedelta(days=1)


class HostQuerySet(models.QuerySet):
    def beat(self, place: tuple[str, str], marks: Marks) -> None:
        """Notes that this host lives and what it works with; forgets those that are long gone."""
        folder, name = place
        self.update_or_create(folder=folder, name=name, defaults={**marks._asdict(), "seen_at": Now()})
        self.filter(seen_at__lt=Now() - KEPT).delete()

    def alive(self) -> "HostQuerySet":
        return self.filter(seen_at__gte=Now() - SILENT).order_by("name", "folder")


class Host(models.Model):
    """A host's worker: where it is, and the marks of its secret key and its folders."""

    folder = models.CharField(max_length=32)  # the id of its journals' folder
    name = models.CharField(max_length=253)
    key = models.CharField(max_length=64)
    media = models.CharField(max_length=32)
    documents = models.CharField(max_length=32)
    seen_at = models.DateTimeField()

    objects = HostQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["folder", "name"], name="a_host_has_one_row")]

    def __str__(self):
        return self.name
