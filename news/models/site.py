"""What stands beside the news: pages of the office, notices, addresses that were not found."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from news import markup
from news.models.filing import one_line

_LINK = RegexValidator(
    r"(?:https?://|mailto:|/(?!/))\S+", "Isi alamat lengkap (https://…) atau alamat di situs ini (/…)."
)


class Page(models.Model):
    """A page of the office, at an address of its own: /tentang, /redaksi, /pedoman-komentar."""

    title = models.CharField("judul", max_length=120)
    slug = models.SlugField("alamat", max_length=60, unique=True, help_text="Alamat halaman: /tentang")
    body = models.TextField("isi")
    in_footer = models.BooleanField(
        "di kaki halaman", default=True, help_text="Tautannya tampil di bawah setiap halaman."
    )
    position = models.PositiveSmallIntegerField("urutan", default=100, help_text="Angka kecil lebih dulu.")
    updated_at = models.DateTimeField("diubah", auto_now=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="diubah oleh",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        verbose_name = "halaman"
        verbose_name_plural = "halaman"
        ordering = ["position", "title"]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return f"/{self.slug}"

    def save(self, **kwargs):
        self.title = one_line(self.title)
        self.body = markup.sanitise(self.body)
        super().save(**kwargs)


class NoticeQuerySet(models.QuerySet):
    def current(self):
        """What is to be shown at this moment, by the database's clock, newest first."""
        ended = models.Q(ends_at__isnull=False, ends_at__lte=Now())
        return self.filter(starts_at__lte=Now()).exclude(ended).order_by("-starts_at", "-id")


class Notice(models.Model):
    """An announcement on the home page, or in an emergency a banner on every page."""

    class Kind(models.TextChoices):
        ANNOUNCEMENT = "announcement", "Pengumuman (di beranda)"
        EMERGENCY = "emergency", "Darurat (di atas setiap halaman)"

    kind = models.CharField("jenis", max_length=12, choices=Kind, default=Kind.ANNOUNCEMENT)
    title = models.CharField("judul", max_length=120)
    text = models.CharField("keterangan", max_length=400, blank=True)
    link = models.CharField("tautan", max_length=500, blank=True, validators=[_LINK])
    starts_at = models.DateTimeField("mulai tampil", default=timezone.now)
    ends_at = models.DateTimeField(
        "selesai tampil", null=True, blank=True, help_text="Kosongkan bila belum tahu; isi bila sudah lewat."
    )

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "pengumuman"
        verbose_name_plural = "pengumuman"
        ordering = ["-starts_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True) | models.Q(ends_at__gt=models.F("starts_at")),
                name="notice_ends_after_it_starts",
                violation_error_message="Waktu selesai harus sesudah waktu mulai.",
            ),
        ]

    def __str__(self):
        return self.title

    def clean(self):
        self.title, self.text = one_line(self.title), one_line(self.text)
        if not self.title:
            raise ValidationError({"title": "Isi judulnya."})


class MissingPath(models.Model):
    """An address that readers were led to and that is not there; with a target, it leads on to it for ever."""

    path = models.CharField("alamat", max_length=400, unique=True)
    referrer = models.CharField("tertaut dari", max_length=500, blank=True, editable=False)
    times = models.PositiveIntegerField("kali", default=0, editable=False)
    last_seen = models.DateTimeField("terakhir", default=timezone.now, editable=False)
    target = models.CharField(
        "alihkan ke", max_length=500, blank=True, validators=[_LINK], help_text="Alamat yang benar, misalnya /tentang"
    )

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
