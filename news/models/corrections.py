"""What readers are told about a published article: corrections, replies and withdrawals. Only ever added to: the
database refuses to change or delete them (migration 0022). A mistake in one is corrected by another."""

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils import timezone

from news.models import visibility

TEXT_MAX_CHARS = 5_000


class CorrectionQuerySet(models.QuerySet["Correction"]):
    def told(self):
        """What readers are told: all about public articles, of the withdrawn ones only that they were withdrawn. By a
        join: for sub-selects in an OR, Postgres would read all articles."""
        withdrawal = models.Q(kind=Correction.Kind.WITHDRAWAL)
        return self.filter(visibility.published("article__") | (withdrawal & visibility.withdrawn("article__")))


class Correction(models.Model):
    """One record, shown above the article's text, on /ralat and in its feed. The database itself adds withdrawals, and
    takes any other record as leave to change the text of its article in the same transaction."""

    class Kind(models.TextChoices):
        ERRATUM = "ralat", "Ralat"
        CORRECTION = "koreksi", "Koreksi"
        REPLY = "hak-jawab", "Hak jawab"
        WITHDRAWAL = "pencabutan", "Pencabutan"

    class Ground(models.TextChoices):
        """For a withdrawal: Pedoman Pemberitaan Media Siber, number 5."""

        SARA = "sara", "Masalah suku, agama, ras, dan antargolongan (SARA)"
        DECENCY = "kesusilaan", "Kesusilaan"
        CHILD = "anak", "Masa depan anak"
        TRAUMA = "trauma", "Pengalaman traumatik korban"
        PRESS_COUNCIL = "dewan-pers", "Pertimbangan khusus lain yang ditetapkan Dewan Pers"

    CORRECTING = (Kind.ERRATUM, Kind.CORRECTION)
    # What an editor writes; a withdrawal comes from withdrawing.
    WRITTEN = ((Kind.ERRATUM, "Ralat: kekeliruan yang kami temukan sendiri"),
               (Kind.CORRECTION, "Koreksi: kekeliruan yang diberitahukan orang lain"),
               (Kind.REPLY, "Hak jawab: tanggapan pihak yang diberitakan"))  # fmt: skip

    article = models.ForeignKey(
        "news.Article", verbose_name="berita", on_delete=models.CASCADE, related_name="corrections"
    )
    kind = models.CharField("jenis", max_length=10, choices=Kind, default=Kind.ERRATUM, db_default=Kind.ERRATUM)
    text = models.TextField("catatan", validators=[MaxLengthValidator(TEXT_MAX_CHARS)])
    # Who asked for it or how it was found; of a withdrawal, the label of its Ground
    reason = models.CharField("dasar", max_length=200, blank=True, default="", db_default="")
    corrects = models.ForeignKey(
        "self",
        verbose_name="membetulkan catatan",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="corrected_by",
    )
    at = models.DateTimeField("waktu", default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    by_name = models.CharField("oleh", max_length=200, blank=True, default="", db_default="")  # outlives the account

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = "ralat"
        verbose_name_plural = "ralat"
        default_permissions = ()  # written in the article's form, never edited
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["-at", "-id"], name="correction_newest")]
        constraints = [
            models.CheckConstraint(condition=~models.Q(text=""), name="correction_has_a_text"),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("text"), TEXT_MAX_CHARS),
                name="correction_text_is_at_most_5000_characters",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.text}"

    @property
    def anchor(self) -> str:
        return anchor(self.pk)

    def get_absolute_url(self):
        return f"{self.article.get_absolute_url()}#{self.anchor}"


def anchor(pk: int) -> str:
    """The id of the element that shows the record on its article's page."""
    return f"catatan-{pk}"
