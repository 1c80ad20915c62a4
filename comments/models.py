"""What citizens write under articles, and what moderators decide about it."""

from datetime import timedelta

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils import timezone

from news.models import Article

TEXT_MAX_CHARS = 2_000


class CommentQuerySet(models.QuerySet):
    LISTED = ("id", "name", "text", "created_at")

    def visible(self):
        """What the public may read. Every page and count starts here."""
        return self.filter(status=Comment.Status.APPROVED)

    def waiting(self):
        """The moderators' queue, oldest first."""
        return self.filter(status=Comment.Status.WAITING).order_by("created_at", "id")

    def for_list(self):
        """Fetch plan of a list on a page: rows with what is shown of a comment; news.paging puts them in order."""
        return self.values(*self.LISTED)

    def sent_within_the_hour(self, sender_key: str):
        """What this sender wrote in the last hour, whatever was decided about it."""
        return self.filter(sender_key=sender_key, created_at__gt=timezone.now() - timedelta(hours=1))

    def approve(self, by) -> int:
        """Makes these comments public; returns how many were not public before."""
        return self._decide(Comment.Status.APPROVED, by)

    def reject(self, by) -> int:
        """Keeps these comments from the public; returns how many were not rejected before."""
        return self._decide(Comment.Status.REJECTED, by)

    def _decide(self, status, by) -> int:
        return self.exclude(status=status).update(status=status, decided_at=timezone.now(), decided_by=by)


class Comment(models.Model):
    class Status(models.TextChoices):
        WAITING = "waiting", "Menunggu"
        APPROVED = "approved", "Disetujui"
        REJECTED = "rejected", "Ditolak"

    article = models.ForeignKey(
        Article, verbose_name="berita", on_delete=models.CASCADE, related_name="comments", db_index=False
    )
    name = models.CharField("nama", max_length=60)
    email = models.EmailField("alamat email", blank=True)
    text = models.TextField("komentar", validators=[MaxLengthValidator(TEXT_MAX_CHARS)])
    status = models.CharField("status", max_length=10, choices=Status, default=Status.WAITING)
    created_at = models.DateTimeField("dikirim", default=timezone.now)
    consent_at = models.DateTimeField("persetujuan diberikan", default=timezone.now, editable=False)
    sender_key = models.CharField("kunci pengirim", max_length=64, blank=True, editable=False)
    decided_at = models.DateTimeField("diputuskan", null=True, blank=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="diputuskan oleh",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = "komentar"
        verbose_name_plural = "komentar"
        permissions = [("moderate_comment", "Dapat menyetujui dan menolak komentar")]
        indexes = [
            models.Index(
                fields=["article", "-created_at", "-id"],
                condition=models.Q(status="approved"),
                name="comment_visible_newest",
            ),
            models.Index("article", name="comment_article"),
            models.Index("status", "created_at", "id", name="comment_queue"),
            models.Index("sender_key", "created_at", name="comment_sender"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(name="") & ~models.Q(text=""),
                name="comment_has_a_name_and_a_text",
                violation_error_message="Isi nama dan komentar.",
            ),
        ]

    def __str__(self):
        return f"{self.name}: {self.text[:60]}"

    def get_absolute_url(self):
        return f"{self.article.get_absolute_url()}#komentar-{self.pk}"

    def approve(self, by):
        self._decide(self.Status.APPROVED, by)

    def reject(self, by):
        self._decide(self.Status.REJECTED, by)

    def _decide(self, status, by):
        Comment.objects.filter(pk=self.pk)._decide(status, by)  # who decided the same before stays named
        self.refresh_from_db(fields=["status", "decided_at", "decided_by"])
