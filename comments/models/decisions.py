"""Decisions about comments, which are logged and can be undone, and readers' reports, which ask for one."""

from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxLengthValidator
from django.db import models, transaction
from django.db.models.functions import Coalesce
from django.utils import timezone

from comments.models.comments import SPAM_REASONS, TIME_TO_DECIDE, Comment, Reason
from comments.models.learning import Lesson
from comments.models.mail import Email
from comments.models.offices import Office

NOTE_MAX_CHARS = 500
_EMAILS_COUNT_FOR = timedelta(hours=1)  # in the limits of comments/mail/secret_links.py, which prevent mail floods


class DecisionQuerySet(models.QuerySet["Decision"]):
    def standing(self):
        """Decisions in force: not undone, and not themselves an undo."""
        return self.filter(undone_at=None).exclude(verb=Decision.Verb.UNDO)

    def decide(self, comments, status, by, reason="", note="", batch=None, forwarded=None) -> list["Decision"]:
        """Sets the status of these comments, and the columns in `forwarded`; see CommentQuerySet.approve."""
        verb = Decision.Verb.APPROVE if status == Comment.Status.APPROVED else Decision.Verb.REJECT
        if forwarded:
            verb = Decision.Verb.FORWARD
        decidable = (Comment.Status.WAITING, Comment.Status.APPROVED, Comment.Status.REJECTED)
        with transaction.atomic():
            rows = list(
                Comment.objects.filter(pk__in=comments.order_by().values("pk"), status__in=decidable, erased_at=None)
                .exclude(status=status, reason=reason, due_at=None, **(forwarded or {}))
                .order_by("pk")
                .select_for_update()
            )
            if not rows:
                return []
            office = forwarded and forwarded["forwarded_to"]
            decisions = self.log(rows, verb, by, reason=reason, note=note, batch=batch, forwarded_to=office)
            changes = {"status": status, "reason": reason, "due_at": None, "ranked_last": False}
            changes |= {"decided_at": timezone.now(), "decided_by": by}
            if forwarded:
                changes |= {"forwarded_at": changes["decided_at"], **forwarded}
            _in(rows).update(**changes)
            of_comment = Decision.objects.filter(batch=decisions[0].batch, comment=models.OuterRef("comment"))
            Report.objects.filter(comment__in=rows, decision=None).update(decision=of_comment.values("pk")[:1])
            _show_or_hide_replies(rows)
            _teach(decisions, times=1)
        return decisions

    def forward(self, comments, by, note, office=None, batch=None) -> list["Decision"]:
        """Approves these comments and marks them as forwarded; see CommentQuerySet.forward."""
        forwarded = {"forwarded_to": office, "forwarded_note": note}
        return self.decide(comments, Comment.Status.APPROVED, by, note=note, batch=batch, forwarded=forwarded)

    def undo(self, batch, by, at_most=None) -> list["Decision"]:
        """Undoes a batch; skips comments with a newer decision, and erased ones. Returns the decisions undone, at most
        `at_most`: call again until it returns none."""
        later = Decision.objects.filter(comment=models.OuterRef("comment"), pk__gt=models.OuterRef("pk"))
        undoable = self.standing().filter(batch=batch, verb__in=Decision.UNDOABLE, comment__erased_at=None)
        with transaction.atomic():
            _lock(undoable.order_by().values("comment"))
            decisions = list(
                undoable.filter(~models.Exists(later))
                .select_related("comment")
                .order_by("comment")
                .select_for_update()[:at_most]
            )
            comments = [decision.comment for decision in decisions]
            self.log(comments, Decision.Verb.UNDO, by)
            self.filter(pk__in=[decision.pk for decision in decisions]).update(undone_at=timezone.now())
            _restore(decisions)
            Report.objects.filter(decision__in=decisions).update(decision=None)
            _show_or_hide_replies(comments)
            _teach(decisions, times=-1)
        return decisions

    def undo_last(self, comments, by) -> list["Decision"]:
        """Undoes the last decision about each of these comments, but about no others of its batch."""
        of_these = self.filter(comment__in=comments.order_by().values("pk"))
        with transaction.atomic():
            _lock(comments.order_by().values("pk"))  # all at once, so that two calls cannot deadlock
            batches = set(of_these.standing().values_list("batch", flat=True))
            return [undone for batch in batches for undone in of_these.undo(batch, by)]

    def erase(self, comments, by=None) -> list["Decision"]:
        """Erases the text and all personal data of comments; see CommentQuerySet.erase."""
        verb = Decision.Verb.ERASE if by else Decision.Verb.DELETE
        with transaction.atomic():
            rows = list(
                Comment.objects.filter(pk__in=comments.order_by().values("pk"), erased_at=None)
                .order_by("pk")
                .select_for_update()
            )
            self._unlearn(rows)
            decisions = self.log(rows, verb, by)
            self.filter(comment__in=rows).exclude(note="").update(note="")
            _delete_emails_about(rows)
            _in(rows).update(
                status=Comment.Status.DELETED,
                due_at=None,
                ranked_last=False,
                reason="",
                forwarded_note="",
                **Comment.ERASED,
                erased_at=timezone.now(),
            )
            Report.objects.filter(comment__in=rows).update(note="", sender_key="")
        return decisions

    def _unlearn(self, comments) -> None:
        """Reverses all that these comments taught, and merges the lessons: single ones would reveal the words."""
        taught = list(
            self.standing().filter(comment__in=comments, verb__in=Decision.UNDOABLE).select_related("comment")
        )
        _teach(taught, times=-1)
        if taught:
            Lesson.objects.merge()

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

    comment = models.ForeignKey(Comment, verbose_name="komentar", on_delete=models.CASCADE, related_name="decisions")
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
    status_before = models.CharField(max_length=11, choices=Comment.Status, editable=False)
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
        indexes = [models.Index("at", "id", name="decision_at")]

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

    def file(self, comment, reason: str, note="", sender_key="") -> "Report":
        """Stores a reader's report. The comment stays public and enters the queue, due 48 hours after the first."""
        now = timezone.now()
        with transaction.atomic():
            _lock([comment.pk])
            report = self.create(
                comment=comment, reason=Reason(reason), note=note, sender_key=sender_key, created_at=now
            )
            Comment.objects.visible().filter(pk=comment.pk, due_at=None).update(due_at=now + TIME_TO_DECIDE)
        return report


class Report(models.Model):
    comment = models.ForeignKey(Comment, verbose_name="komentar", on_delete=models.CASCADE, related_name="reports")
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


def _in(comments):
    return Comment.objects.filter(pk__in=[comment.pk for comment in comments])


def _lock(pks) -> None:
    """Locks comments in a separate statement. One that waits for a lock still sees other tables as they were when it
    started, so it would miss the decision that it waited for."""
    list(Comment.objects.filter(pk__in=pks).order_by("pk").select_for_update(no_key=True).values_list("pk"))


def _restore(decisions) -> None:
    """Restores the comments as they were before; by subqueries, since bulk_update takes seconds for a thousand."""
    before = Decision.objects.filter(pk__in=[decision.pk for decision in decisions], comment=models.OuterRef("pk"))
    comments = Comment.objects.filter(pk__in=[decision.comment_id for decision in decisions])
    comments.update(
        **{name: models.Subquery(before.values(column)[:1]) for name, column in Decision.COLUMNS_BEFORE.items()}
    )
    forwarded = Decision.objects.standing().filter(verb=Decision.Verb.FORWARD, comment=models.OuterRef("pk"))
    earlier = forwarded.order_by("-pk")
    was_forwarded = [decision.comment_id for decision in decisions if decision.verb == Decision.Verb.FORWARD]
    Comment.objects.filter(pk__in=was_forwarded).update(
        forwarded_at=models.Subquery(earlier.values("at")[:1]),
        forwarded_to=models.Subquery(earlier.values("forwarded_to")[:1]),
        forwarded_note=Coalesce(models.Subquery(earlier.values("note")[:1]), models.Value("")),
    )


def _show_or_hide_replies(comments) -> None:
    """Replies are visible only if the comment that they reply to is, or was until it was erased."""
    pks = [comment.pk for comment in comments]
    replies = Comment.objects.filter(models.Q(parent__in=pks) | models.Q(pk__in=pks, parent__isnull=False))
    erased = Decision.objects.filter(
        comment=models.OuterRef("parent"),
        verb__in=(Decision.Verb.DELETE, Decision.Verb.ERASE),
        status_before=Comment.Status.APPROVED,
    )
    are_visible = models.Q(parent__status=Comment.Status.APPROVED) | models.Exists(erased)
    replies.filter(are_visible, under_hidden=True).update(under_hidden=False)
    replies.filter(~are_visible, under_hidden=False).update(under_hidden=True)


def _delete_emails_about(comments) -> None:
    """Deletes e-mails to the authors of these comments. Those just sent stay, so that they count in the limits, until
    comments/privacy.py deletes them: otherwise anybody could enter another person's address, erase the comment and
    have the portal write to that person again."""
    addresses = {comment.email for comment in comments if comment.email}
    just_sent = models.Q(sent_at__isnull=False, created_at__gt=timezone.now() - _EMAILS_COUNT_FOR)
    Email.objects.filter(~just_sent, to__in=addresses, kind="").delete()


def _teach(decisions, times: int) -> None:
    """Other rejections than those for SPAM_REASONS teach neither spam nor ordinary text."""
    approved = [each.comment.text for each in decisions if each.verb in Decision.APPROVING]
    spam = [each.comment.text for each in decisions if each.reason in SPAM_REASONS]
    Lesson.objects.learn(approved, is_spam=False, times=times)
    Lesson.objects.learn(spam, is_spam=True, times=times)
