"""Who wrote an article, what an editor asks its writer to change, and the second pair of eyes before publication."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone


def _person(label: str) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=label,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )


class Reviewed(models.Model):
    """What an article knows about its writer and its review. A verb without `by` is a program's, and nobody's text."""

    TEXT: tuple[str, ...]  # the columns that are written; a change of another one makes nobody a writer
    changed_by_id: int | None
    status: str

    created_by = _person("dibuat oleh")
    text_by = _person("naskah terakhir diubah oleh")
    review_note = models.CharField(
        "catatan untuk penulis",
        max_length=1000,
        blank=True,
        default="",
        db_default="",
        help_text="Apa yang perlu diubah. Penulis membacanya di meja kerja dan di atas naskahnya.",
    )
    returned_by = _person("dikembalikan oleh")
    returned_at = models.DateTimeField("dikembalikan", null=True, editable=False)
    writer_told_at = models.DateTimeField(null=True, editable=False)  # by e-mail; null: not yet, or none is sent

    class Meta:
        abstract = True

    # The text as it was read from the database; None if it was not read in full.
    stored_text: tuple | None = None

    def refresh_from_db(self, using=None, fields=None, **kwargs):
        super().refresh_from_db(using, fields, **kwargs)
        if fields is None:
            self._remember_text()

    def _remember_text(self) -> None:
        known = self.__dict__
        self.stored_text = (
            tuple(known[name] for name in self.TEXT) if all(name in known for name in self.TEXT) else None
        )

    def _text_is_new(self) -> bool:
        stored = self.stored_text
        return self._state.adding or (
            stored is not None and stored != tuple(getattr(self, name) for name in self.TEXT)
        )

    def note_writer(self) -> None:
        """Whoever changes the row (`changed_by`) has written what is new of its text."""
        if self._state.adding:
            self.created_by_id = self.created_by_id or self.changed_by_id
            self.text_by_id = self.text_by_id or self.changed_by_id
        elif self._text_is_new():
            self.text_by_id = self.changed_by_id

    def is_written_by(self, person) -> bool:
        """Whether this person made the article or changed its text last, as it is stored."""
        return person is not None and person.pk in (self.created_by_id, self.text_by_id)

    def needs_second_person(self, publisher) -> bool:
        """Whether, by settings.REVIEW_BY_SECOND_PERSON, somebody else should publish this text."""
        if not settings.REVIEW_BY_SECOND_PERSON or publisher is None:
            return False
        return self._text_is_new() or self.is_written_by(publisher)

    @property
    def is_handed_back(self) -> bool:
        """Whether its writer has a note to work on."""
        return self.status == "draft" and bool(self.review_note)

    def _hand_back(self, note: str, by) -> None:
        if not note.strip():
            raise ValidationError({"review_note": "Tuliskan apa yang perlu diubah: penulis membaca catatan ini."})
        self.review_note, self.returned_by, self.returned_at = note.strip(), by, timezone.now()
        self.writer_told_at = None

    def _forget_note(self) -> None:
        self.review_note, self.returned_by, self.returned_at, self.writer_told_at = "", None, None, None


class PublishedAlone(models.Model):
    """A text that its own writer published although settings.REVIEW_BY_SECOND_PERSON wants somebody else to."""

    article = models.ForeignKey("news.Article", verbose_name="berita", on_delete=models.CASCADE, related_name="+")
    by = _person("oleh")
    by_name = models.CharField("oleh", max_length=150)  # stays when the account is deleted
    reason = models.CharField("alasan", max_length=500)
    at = models.DateTimeField("waktu", default=timezone.now)

    class Meta:
        verbose_name = "terbit tanpa pemeriksa kedua"
        verbose_name_plural = "terbit tanpa pemeriksa kedua"
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["-at", "-id"], name="published_alone_newest")]
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="published_alone_has_a_reason"),
        ]

    def __str__(self):
        return f"{self.article}: {self.reason}"
