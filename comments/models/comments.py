"""What citizens write under articles and what offices answer. moderation.py has the verbs of moderators."""

from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models, transaction
from django.db.models.functions import JSONObject, Now
from django.utils import timezone

from comments.models.choices import TIME_TO_DECIDE, Reason, Status
from comments.models.decisions import Decision, Report
from comments.models.moderation import ModerationQuerySet
from comments.models.offices import Office
from comments.models.rules import Rules
from news.models import Article

TEXT_MAX_CHARS = 2_000
# What moderators search, in capitals. As NAMES of news.models.articles: literals, keywords in alphabetical order.
WORDS = models.Func("name", "text", arg_joiner=" || ' / ' || ", function="upper", output_field=models.TextField())
_SUSPECTED = models.Q(ranked_last=True) & (
    models.Q(signals__contains=["judol"]) | ~models.Q(signals__contains=["ramai"])
)
REPLIES_SHOWN = 3  # under a comment in a list; the comment's own page shows all


class CommentQuerySet(ModerationQuerySet):
    LISTED = ("id", "name", "text", "created_at")
    OF_REPLY = (*LISTED, "office", "edited_at")
    OF_THREAD = (*LISTED, "status", "forwarded_note", "forwarded_at", "forwarded_to__name", "first_replies")

    def visible(self):
        """What the public may read. Pages, lists and counts start here or at `threads()`."""
        return self.filter(status=Comment.Status.APPROVED, under_hidden=False)

    def threads(self):
        """Top-level comments that readers see, and erased ones that still have replies. None of them is below a hidden
        comment, so this agrees with `visible()`."""
        replies = Comment.objects.visible().filter(parent=models.OuterRef("pk")).in_reading_order()
        erased_with_replies = models.Q(status=Comment.Status.DELETED, first_reply__isnull=False)
        statuses = (Comment.Status.APPROVED, Comment.Status.DELETED)  # redundant, but needed to use the index
        # Not Exists(), which Postgres may answer by reading the replies of the whole portal.
        return self.alias(first_reply=models.Subquery(replies.values("pk")[:1])).filter(
            models.Q(status=Comment.Status.APPROVED) | erased_with_replies, parent=None, status__in=statuses
        )

    def in_reading_order(self):
        """Replies as shown under a comment: official answers first, then the oldest."""
        return self.order_by(models.F("office").asc(nulls_last=True), "created_at", "id")

    def in_queue(self):
        """Comments that a moderator has to decide about: waiting or reported. Likely spam comes last, else the nearest
        deadline first."""
        return self.filter(due_at__isnull=False).order_by("ranked_last", "due_at", "id")

    def suspected(self):
        """Comments that are ranked last as likely spam, not only because they came when too many did. The values are
        those of comments.triage.assessment.Signal."""
        return self.filter(_SUSPECTED)

    def overdue(self):
        return self.filter(due_at__lt=Now())

    def queue_counts(self) -> dict:
        """How many comments are in the queue (`total`), and how many of them are `overdue`, `reported` (still public)
        and `ranked_last` as likely spam; `next_due` is the next deadline that has not passed, or None."""
        late = models.Q(due_at__lt=Now())
        return self.in_queue().aggregate(
            total=models.Count("pk"),
            overdue=models.Count("pk", filter=late),
            reported=models.Count("pk", filter=models.Q(status=Comment.Status.APPROVED)),
            ranked_last=models.Count("pk", filter=_SUSPECTED),
            next_due=models.Min("due_at", filter=~late),
        )

    def answerable(self):
        """Comments that offices may answer: citizens' public comments, but not replies."""
        return self.visible().filter(parent=None, article__in=Article.objects.published())

    def awaiting_answer(self, offices):
        """Comments forwarded to one of these offices that it has not answered yet."""
        answers = Comment.objects.filter(
            parent=models.OuterRef("pk"), office=models.OuterRef("forwarded_to"), erased_at=None
        )
        return self.answerable().filter(~models.Exists(answers), forwarded_to__in=offices)

    def for_list(self):
        """Fetch plan for lists: a dict per thread with the columns shown and, as `first_replies`, one more than
        REPLIES_SHOWN of its replies. news.web.paging orders the rows, comments.threads unpacks them."""
        replies = Comment.objects.visible().filter(parent=models.OuterRef("pk")).in_reading_order()
        shown = JSONObject(**{name: name for name in self.OF_REPLY})
        return self.annotate(first_replies=ArraySubquery(replies.values_list(shown)[: REPLIES_SHOWN + 1])).values(
            *self.OF_THREAD
        )

    def for_author(self):
        """Fetch plan for what authors see of their own comments."""
        of_article = [f"article__{column}" for column in ("body", "search", "title_stems", "body_stems")]
        return self.select_related("article", "forwarded_to", "rules").defer(*of_article)

    def sent_within_the_hour(self, sender_key: str):
        """Comments of this sender from the last hour, in any status."""
        return self.filter(sender_key=sender_key, created_at__gt=timezone.now() - timedelta(hours=1))

    def unread(self):
        """Comments that have never been public, so that only their author and perhaps a moderator have read them."""
        return self.filter(status__in=(Comment.Status.UNCONFIRMED, Comment.Status.WAITING), decisions=None)

    def with_content(self, content: dict):
        """Comments with just these values, by name of the field."""
        return self.filter(**content)

    # ---- For comments/triage

    def waiting(self):
        """Comments that no moderator has decided about yet, the oldest first."""
        return self.filter(status=Comment.Status.WAITING).order_by("created_at", "id")

    # ---- For comments/privacy.py and comments/transparency.py

    def settled_before(self, moment):
        """Comments sent and last decided about before this moment that are not in the queue."""
        decided = models.Q(decided_at=None) | models.Q(decided_at__lt=moment)
        return self.filter(decided, created_at__lt=moment, due_at=None)

    def unconfirmed(self):
        return self.filter(status=Comment.Status.UNCONFIRMED)

    def from_citizens(self):
        """Citizens' comments in any status except unconfirmed."""
        return self.exclude(status=Comment.Status.UNCONFIRMED).filter(office=None)

    def written_here(self):
        """Comments that were not imported from an earlier portal."""
        return self.filter(source_key="")

    def imported(self, keys):
        """Those that these comments of an earlier portal became."""
        return self.filter(source_key__in=list(keys)).exclude(source_key="")

    def rejected(self):
        """Rejected comments that are not erased yet."""
        return self.filter(status=Comment.Status.REJECTED, erased_at=None)

    # ---- Verbs

    def confirm(self) -> int:
        """Puts these comments, if unconfirmed, into the moderators' queue; returns how many were."""
        return self.unconfirmed().update(status=Comment.Status.WAITING, due_at=Now() + TIME_TO_DECIDE)

    # ---- Offices

    def answer(self, comment, office, text: str, by) -> "Comment":
        """Publishes an office's official answer to a citizen's comment at once. Sent twice, it is stored once.

        Raises PermissionDenied if `by` may not write for this office, ValidationError if the comment cannot be
        answered (any more), the office has answered it already, or the text is empty or too long.
        """
        _require_writer(by, office)
        with transaction.atomic():
            parent = Comment.objects.answerable().filter(pk=comment.pk).select_for_update(of=["self"]).first()
            if parent is None:
                raise ValidationError("Komentar ini tidak dapat dijawab: pembaca tidak lagi melihatnya.")
            if existing := parent.replies.filter(office=office, erased_at=None).first():
                if existing.text == text:
                    return existing
                raise ValidationError(f"{office} sudah menjawab komentar ini. Perbaiki jawaban itu bila perlu.")
            answer = Comment(
                article_id=parent.article_id,
                parent=parent,
                office=office,
                name=office.name,
                text=text,
                status=Comment.Status.APPROVED,
                decided_at=timezone.now(),
                decided_by=by,
            )
            answer.full_clean()
            answer.save()
            Decision.objects.log([answer], Decision.Verb.ANSWER, by)
        return answer


class Comment(models.Model):
    Status = Status
    ERASED = {"name": "", "email": "", "text": "", "sender_key": "", "bands": []}

    article = models.ForeignKey(
        Article, verbose_name="berita", on_delete=models.CASCADE, related_name="comments", db_index=False
    )
    parent = models.ForeignKey(
        "self",
        verbose_name="membalas",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.CASCADE,
        related_name="replies",
        db_index=False,
    )
    office = models.ForeignKey(
        Office,
        verbose_name="jawaban resmi dari",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="answers",
        db_index=False,
    )
    name = models.CharField("nama", max_length=120, blank=True)  # enough for an office; forms limit citizens to half
    email = models.EmailField("alamat email", blank=True)
    text = models.TextField("komentar", blank=True, validators=[MaxLengthValidator(TEXT_MAX_CHARS)])
    status = models.CharField("status", max_length=11, choices=Status, default=Status.WAITING)
    created_at = models.DateTimeField("dikirim", default=timezone.now)
    # Whether it replies to a hidden comment: then it is hidden, too, whatever its own status.
    under_hidden = models.BooleanField(default=False, db_default=False, editable=False)
    # Deadline of the decision; empty if none is needed. A report puts a public comment into the queue, too.
    due_at = models.DateTimeField(
        "batas waktu", null=True, blank=True, editable=False, default=None, db_default=Now() + TIME_TO_DECIDE
    )
    reason = models.CharField(
        "alasan", max_length=12, choices=Reason, blank=True, default="", db_default="", editable=False
    )
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
    edited_at = models.DateTimeField("diperbaiki", null=True, blank=True, editable=False)  # official answers only
    # "Diteruskan": the complaint was forwarded, and readers see that.
    forwarded_at = models.DateTimeField("diteruskan", null=True, blank=True, editable=False)
    forwarded_to = models.ForeignKey(
        Office,
        verbose_name="diteruskan kepada",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="forwarded",
    )
    forwarded_note = models.CharField(
        "catatan penerusan", max_length=300, blank=True, default="", db_default="", editable=False
    )
    # Consent, and sender data that is kept for a limited time (comments/privacy.py empties it)
    consent_at = models.DateTimeField("persetujuan diberikan", default=timezone.now, editable=False)
    rules = models.ForeignKey(
        Rules,
        verbose_name="versi pedoman yang disetujui",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    sender_key = models.CharField("kunci pengirim", max_length=64, blank=True, editable=False)
    erased_at = models.DateTimeField("isi dihapus", null=True, blank=True, editable=False)
    # Triage (comments/triage): it orders and explains the queue, and decides nothing
    spam_probability = models.FloatField("kemungkinan spam", default=0, db_default=0, editable=False)
    ranked_last = models.BooleanField(
        "di akhir antrean", default=False, db_default=False, editable=False, db_column="is_held"
    )
    signals = ArrayField(
        models.CharField(max_length=20), verbose_name="tanda", default=list, db_default=[], editable=False
    )
    bands = ArrayField(models.BigIntegerField(), default=list, db_default=[], editable=False)  # triage/near_copies.py
    similar_group = models.BigIntegerField(null=True, blank=True, editable=False)  # pk of the group's first comment
    # What it is called on the portal that it was imported from; "" if it was written here
    source_key = models.CharField(
        "kunci di portal lama", max_length=200, blank=True, editable=False, default="", db_default=""
    )

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = "komentar"
        verbose_name_plural = "komentar"
        permissions = [
            ("moderate_comment", "Dapat menyetujui dan menolak komentar"),
            ("answer_comment", "Dapat menulis jawaban resmi"),
        ]
        indexes = [
            models.Index(
                fields=["article", "-created_at", "-id"],
                condition=models.Q(status__in=["approved", "deleted"], parent=None),
                name="comment_threads_newest",
            ),
            models.Index(
                fields=["article"],
                condition=models.Q(status="approved", under_hidden=False),
                name="comment_visible",
            ),
            models.Index("article", name="comment_article"),
            models.Index("parent", condition=models.Q(parent__isnull=False), name="comment_replies"),
            models.Index(  # as in_reading_order()
                "parent",
                "office",
                "created_at",
                "id",
                condition=models.Q(status="approved", under_hidden=False, parent__isnull=False),
                name="comment_replies_in_order",
            ),
            models.Index("office", condition=models.Q(office__isnull=False), name="comment_office"),
            models.Index("status", "created_at", "id", name="comment_queue"),
            models.Index(
                "ranked_last", "due_at", "id", condition=models.Q(due_at__isnull=False), name="comment_by_deadline"
            ),
            models.Index("sender_key", "created_at", name="comment_sender"),
            models.Index("created_at", name="comment_created"),
            GinIndex(OpClass(WORDS, "gin_trgm_ops"), name="comment_words"),
            models.Index(fields=["reason", "-id"], condition=~models.Q(reason=""), name="comment_reason"),
            models.Index(
                "created_at", condition=models.Q(status="rejected", erased_at=None), name="comment_rejected_kept"
            ),
            models.Index("email", condition=~models.Q(email=""), name="comment_email"),
            models.Index("similar_group", condition=models.Q(similar_group__isnull=False), name="comment_similar"),
            # Without GIN's pending list, which each new comment would read from end to end.
            GinIndex(fields=["bands"], name="comment_bands", fastupdate=False),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source_key"], condition=~models.Q(source_key=""), name="comment_is_imported_once"
            ),
            models.CheckConstraint(
                condition=(~models.Q(name="") & ~models.Q(text="")) | models.Q(erased_at__isnull=False),
                name="comment_has_a_name_and_a_text",
                violation_error_message="Isi nama dan komentar.",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="waiting") | models.Q(due_at__isnull=False),
                name="waiting_comment_has_a_deadline",
                violation_error_message="Komentar yang menunggu perlu batas waktu.",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="deleted") | models.Q(erased_at__isnull=False),
                name="deleted_comment_is_erased",
                violation_error_message="Komentar yang dihapus penulisnya tidak menyimpan apa pun.",
            ),
            models.CheckConstraint(
                condition=models.Q(office=None) | models.Q(parent__isnull=False),
                name="official_answer_answers_a_comment",
                violation_error_message="Jawaban resmi harus menjawab sebuah komentar.",
            ),
            models.UniqueConstraint(
                fields=["parent", "office"],
                condition=models.Q(office__isnull=False, erased_at=None),
                name="one_answer_of_an_office",
                violation_error_message="Dinas ini sudah menjawab komentar itu.",
            ),
        ]

    def __str__(self):
        return f"{self.name}: {self.text[:60]}"

    def save(self, *args, **kwargs):
        if self.status == self.Status.WAITING and self.due_at is None:
            self.due_at = self.created_at + TIME_TO_DECIDE
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return f"{self.article.get_absolute_url()}#komentar-{self.pk}"

    def approve(self, by, note=""):
        Comment.objects.filter(pk=self.pk).approve(by, note)
        self._refresh()

    def reject(self, by, reason: str, note=""):
        Comment.objects.filter(pk=self.pk).reject(by, reason, note)
        self._refresh()

    def report(self, reason: str, note="", sender_key="") -> Report:
        """Stores a reader's report. The comment stays public and enters the queue, due 48 hours after the first."""
        now = timezone.now()
        with transaction.atomic():
            Comment.objects.filter(pk=self.pk).lock()
            report = Report.objects.create(
                comment=self, reason=Reason(reason), note=note, sender_key=sender_key, created_at=now
            )
            Comment.objects.visible().filter(pk=self.pk, due_at=None).update(due_at=now + TIME_TO_DECIDE)
        return report

    @property
    def version(self) -> str:
        """Changes with every correction of an official answer."""
        return (self.edited_at or self.created_at).isoformat()

    def correct(self, text: str, by, version: str):
        """Replaces the text of this official answer; readers see when. Raises as CommentQuerySet.answer does, and
        ValidationError if the answer is no longer the `version` that `by` read."""
        with transaction.atomic():
            answer = self._locked_answer(by)
            if answer.text != text:
                answer._require_version(version)
                answer.text, answer.edited_at = text, timezone.now()
                answer.full_clean()
                answer.save(update_fields=["text", "edited_at"])
                Decision.objects.log([answer], Decision.Verb.ANSWER, by)

    def erase_answer(self, by, version: str):
        """Erases this official answer. Raises as `correct` does."""
        with transaction.atomic():
            answer = self._locked_answer(by)
            answer._require_version(version)
            Comment.objects.filter(pk=answer.pk).erase(by)

    def _locked_answer(self, by) -> "Comment":
        answer = Comment.objects.select_related("office").select_for_update(of=["self"]).get(pk=self.pk)
        _require_writer(by, answer.office)
        if answer.status != self.Status.APPROVED:  # otherwise an office could bypass the moderators
            raise ValidationError("Jawaban ini tidak tampil lagi, jadi tidak dapat diubah. Hubungi moderator.")
        return answer

    def _require_version(self, version: str):
        if self.version != version:
            raise ValidationError(
                "Belum disimpan: sejak Anda membuka halaman ini, petugas lain sudah menulis jawaban dinas Anda. "
                "Jawaban itu ada di bawah. Gabungkan bila perlu, lalu tekan tombolnya sekali lagi."
            )

    def _refresh(self):
        """Reloads the decision: if somebody else made the same one before, it stays under their name."""
        self.refresh_from_db(fields=["status", "reason", "due_at", "decided_at", "decided_by"])


def _require_writer(user, office) -> None:
    if office is None or office not in Office.objects.written_by(user):
        raise PermissionDenied
