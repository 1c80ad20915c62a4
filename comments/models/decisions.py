"""The log of decisions about comments, and readers' reports, which ask for one. moderation.py writes both."""

from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils import timezone

from comments.models.choices import TIME_TO_DECIDE, Reason, Status
from comments.models.offices import Office

NOTE_MAX_CHARS = 500


class DecisionQuerySet(models.QuerySet["Decision"]):
    def standing(self):
        """Decisions in force: not undone, and not themselves an undo."""
        return self.filter(undone_at=None).exclude(verb=Decision.Verb.UNDO)

    def log(self, comments, verb, by, reason="", note="", batch=None, forwarded_to=None) -> list["Decision"]:
        """Logs a decision about each of these comments with their state before it; does not change the comments."""
        batch = batch or uuid4()
        return Decision.objects.bulk_create(
            [
                Decision(
                    comment=comment,
                    verb=verb,
                    reason=reason,
                    note=note,
                    forwarded_to=forwarded_to,
                    by=by,
                    batch=batch,
                    due_at=comment.due_at,
                    signals=comment.signals,
                    status_before=comment.status,
                    reason_before=comment.reason,
                    ranked_last_before=comment.ranked_last,
                    decided_at_before=comment.decided_at,
                    decided_by_before_id=comment.decided_by_id,
                )
                for comment in comments
            ],
            batch_size=1_000,  # a statement takes at most 65,535 parameters
        )


class Decision(models.Model):
    class Verb(models.TextChoices):
        APPROVE = "approve", "Disetujui"
        REJECT = "reject", "Ditolak"
        UNDO = "undo", "Dibatalkan"
        FORWARD = "forward", "Diteruskan"
        ANSWER = "answer", "Jawaban resmi ditulis"
        DELETE = "delete", "Dihapus penulis"
        ERASE = "erase", "Dihapus atas permintaan"

    APPROVING = (Verb.APPROVE, Verb.FORWARD)
    UNDOABLE = (*APPROVING, Verb.REJECT)
    COLUMNS_BEFORE = {  # columns of the comment, and the columns here with their values before the decision
        "status": "status_before",
        "reason": "reason_before",
        "due_at": "due_at",
        "ranked_last": "ranked_last_before",
        "decided_at": "decided_at_before",
        "decided_by": "decided_by_before",
    }

    comment = models.ForeignKey("Comment", verbose_name="komentar", on_delete=models.CASCADE, related_name="decisions")
    verb = models.CharField("keputusan", max_length=8, choices=Verb)
    reason = models.CharField("alasan", max_length=12, choices=Reason, blank=True)
    note = models.CharField("catatan untuk penulis", max_length=300, blank=True)
    forwarded_to = models.ForeignKey(
        Office,
        verbose_name="diteruskan kepada",
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        editable=False,
        db_index=False,
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="oleh",
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
    )
    at = models.DateTimeField("waktu", default=timezone.now)
    batch = models.UUIDField(default=uuid4, editable=False, db_index=True)  # decisions made by one click share it
    undone_at = models.DateTimeField("dibatalkan", null=True, blank=True, editable=False)
    # The comment before the decision, for undoing it and for statistics
    due_at = models.DateTimeField("batas waktu", null=True, editable=False)
    signals = ArrayField(models.CharField(max_length=20), default=list, editable=False)
    status_before = models.CharField(max_length=11, choices=Status, editable=False)
    reason_before = models.CharField(max_length=12, choices=Reason, blank=True, editable=False)
    ranked_last_before = models.BooleanField(default=False, editable=False, db_column="was_held")
    decided_at_before = models.DateTimeField(null=True, editable=False)
    decided_by_before = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        editable=False,
        db_index=False,
    )

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = "keputusan"
        verbose_name_plural = "keputusan"
        indexes = [
            models.Index("at", "id", name="decision_at"),
            # Each filter of the list, in its order
            models.Index("verb", "at", "id", name="decision_by_verb"),
            models.Index("reason", "at", "id", condition=~models.Q(reason=""), name="decision_by_reason"),
            models.Index("by", "at", "id", name="decision_by_person"),
        ]

    def __str__(self):
        return f"{self.get_verb_display()} ({self.get_reason_display()})" if self.reason else self.get_verb_display()

    @property
    def is_undoable(self) -> bool:
        """Whether it can be undone, provided that it is the last decision about its comment."""
        return self.verb in self.UNDOABLE and self.undone_at is None

    @property
    def waited(self) -> timedelta | None:
        """How long the comment, or the first report about it, had waited; None if neither was waiting."""
        return None if self.due_at is None else self.at - (self.due_at - TIME_TO_DECIDE)


class ReportManager(models.Manager["Report"]):
    def sent_within_the_hour(self, sender_key: str):
        return self.filter(sender_key=sender_key, created_at__gt=timezone.now() - timedelta(hours=1))

    def open_of(self, sender_key: str, comment):
        """This sender's reports about a comment that no moderator has decided about yet."""
        return self.filter(comment=comment, sender_key=sender_key, decision=None)


class Report(models.Model):
    comment = models.ForeignKey("Comment", verbose_name="komentar", on_delete=models.CASCADE, related_name="reports")
    reason = models.CharField("alasan", max_length=12, choices=Reason)
    note = models.TextField("keterangan", blank=True, validators=[MaxLengthValidator(NOTE_MAX_CHARS)])
    sender_key = models.CharField("kunci pengirim", max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField("dilaporkan", default=timezone.now)
    decision = models.ForeignKey(
        Decision,
        verbose_name="keputusan",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="reports",
    )

    objects = ReportManager()

    class Meta:
        verbose_name = "laporan"
        verbose_name_plural = "laporan"
        indexes = [
            models.Index("sender_key", "created_at", name="report_sender"),
            models.Index("created_at", name="report_created"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["comment", "sender_key"],
                condition=models.Q(decision=None) & ~models.Q(sender_key=""),
                name="one_open_report_of_a_sender",
                violation_error_message="Komentar ini sudah Anda laporkan dan sedang diperiksa.",
            )
        ]

    def __str__(self):
        return f"{self.get_reason_display()}: {self.comment}"
