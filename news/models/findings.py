"""Scans and findings of the site sentinel (portal/sentinel/)."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

EVERY = timedelta(days=1)
OVERDUE = timedelta(days=3)  # a last scan older than this means that the sentinel itself has failed


class ScanManager(models.Manager["Scan"]):
    def finished(self):
        return self.filter(finished_at__isnull=False).order_by("-finished_at")

    def under_way(self):
        return self.filter(started_at__isnull=False, finished_at=None)

    def is_due(self) -> bool:
        """Whether a scan was requested, or the last finished one started more than EVERY ago."""
        last = self.finished().first()
        return last is None or last.started_at < timezone.now() - EVERY or self.filter(started_at=None).exists()

    def ask(self) -> None:
        """Requests a scan; the worker starts it soon."""
        if not self.filter(started_at=None).exists():
            self.create()

    def begin(self) -> "Scan":
        self.filter(finished_at=None).delete()  # requested, or interrupted with its worker
        return self.create(started_at=timezone.now())


class Scan(models.Model):
    """One scan of the whole site. `started_at` is empty while it is only requested."""

    started_at = models.DateTimeField("dimulai", null=True, editable=False)
    finished_at = models.DateTimeField("selesai", null=True, editable=False)
    looked_at = models.PositiveIntegerField("isi yang diperiksa", default=0, editable=False)
    pages = models.PositiveIntegerField("halaman yang dibuka", default=0, editable=False)
    files = models.PositiveIntegerField("berkas yang diperiksa", default=0, db_default=0, editable=False)
    superusers = models.JSONField(default=list, editable=False)  # user ids

    objects = ScanManager()

    class Meta:
        verbose_name = "pemeriksaan"
        verbose_name_plural = "pemeriksaan"

    def __str__(self):
        return f"{self.started_at}"

    def finish(self) -> None:
        """Deletes findings that this scan did not see again, except dismissed ones: they would be reported as new."""
        Finding.objects.filter(seen_at__lt=self.started_at, dismissed_at=None).delete()
        self.finished_at = timezone.now()
        self.save()
        Scan.objects.exclude(pk__in=[self.pk, Scan.objects.earliest("pk").pk]).delete()


# By kind: what to do if it is not harmless
_ADVICE = {
    "judol": "Buka tempatnya dan hapus iklannya. Siapa yang menulisnya, ada di Jejak audit.",
    "tautan": "Buka tempatnya dan hapus tautannya. Siapa yang menulisnya, ada di Jejak audit.",
    "skrip": "Portal tidak pernah menulis ini: orang lain mengubah isi atau halamannya. Hubungi pengelola segera.",
    "superuser": "Tanyakan kepada pengelola siapa yang membuatnya. Bila tidak ada: nonaktifkan akunnya segera.",
    "admin": "Tanyakan kepada yang memberinya peran ini. Bila bukan dia: cabut perannya, dan ganti kata sandinya.",
    "akun": "Tanyakan kepada yang membuatnya. Bila bukan dia: nonaktifkan akun ini, dan ganti kata sandinya.",
    "selubung": "Bukalah halaman itu juga dari hasil pencarian. Hubungi pengelola: server mungkin disusupi.",
    "situs": "Buka tempatnya dan hapus tautannya. Situs yang dahulu baik mungkin sudah berpindah tangan.",
    "berkas": "Jangan dibuka. Pengelola memindahkannya ke luar folder data, dan mencari tahu siapa yang menulisnya.",
    "rilis": "Sesudah pembaruan: manage.py naikkan. Bila portal tidak diperbarui: pasang kodenya sekali lagi.",
}


class FindingQuerySet(models.QuerySet):
    def open(self):
        return self.filter(dismissed_at=None)

    def dismiss(self, by) -> int:
        """Marks findings as harmless; returns how many were open."""
        return self.open().update(dismissed_at=timezone.now(), dismissed_by=by)

    def note(self, kind: str, place: str, address: str, excerpt: str) -> None:
        """Records a finding; the same kind, place and excerpt updates the existing one."""
        now = timezone.now()
        self.update_or_create(
            kind=kind,
            place=place[:200],
            excerpt=excerpt[:300],
            defaults={"address": address[:300], "seen_at": now},
            create_defaults={"address": address[:300], "seen_at": now, "found_at": now},
        )


class Finding(models.Model):
    class Kind(models.TextChoices):
        GAMBLING = "judol", "Kata judi online"
        HIDDEN_LINK = "tautan", "Tautan tersembunyi"
        CODE = "skrip", "Kode atau skrip yang tidak semestinya"
        SUPERUSER = "superuser", "Pengguna super baru"
        ADMINISTRATOR = "admin", "Administrator baru"
        STAFF = "akun", "Akun redaksi baru"
        CLOAKING = "selubung", "Isi lain untuk mesin pencari"
        LINK = "situs", "Tautan ke situs terlarang"
        FILE = "berkas", "Berkas yang tidak semestinya"
        RELEASE = "rilis", "Kode portal berubah"

    kind = models.CharField("jenis", max_length=10, choices=Kind, editable=False)
    place = models.CharField("tempat", max_length=200, editable=False)
    address = models.CharField("alamat", max_length=300, editable=False)
    excerpt = models.CharField("isi", max_length=300, editable=False)
    found_at = models.DateTimeField("ditemukan", editable=False)
    seen_at = models.DateTimeField("terakhir terlihat", editable=False)
    dismissed_at = models.DateTimeField("dinyatakan aman", null=True, editable=False)
    dismissed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="oleh",
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = "temuan penjaga situs"
        verbose_name_plural = "temuan penjaga situs"
        constraints = [models.UniqueConstraint(fields=["kind", "place", "excerpt"], name="finding_once")]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.place}"

    @property
    def advice(self) -> str:
        return _ADVICE[self.kind]
