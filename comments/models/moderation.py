"""What moderators do with comments: decide, forward, erase and undo. All of it is logged; readers' reports, replies,
e-mails and the spam score follow.

The base of CommentQuerySet: `self.model` is Comment, whose module imports this one.
"""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import models, transaction
from django.db.models.functions import Coalesce
from django.utils import timezone

from comments.models.choices import SPAM_REASONS, Reason, Status
from comments.models.decisions import Decision, Report
from comments.models.learning import Lesson
from comments.models.mail import Email
from comments.spam.folding import fold
from comments.spam.names import words
from news.markup import plain_text
from news.models import Article
from news.search import vocabulary

_DECIDABLE = (Status.WAITING, Status.APPROVED, Status.REJECTED)
_EMAILS_COUNT_FOR = timedelta(hours=1)  # in the limits of comments/mail/secret_links.py, which prevent mail floods


class ModerationQuerySet(models.QuerySet[Any]):
    """Verbs of moderators. Each returns one Decision per comment that it changed, all with the same `batch`.

    Comments that somebody else has already decided the same way, or that can no longer be decided, are skipped. Pass
    the same `batch` to several calls to make them one batch."""

    def approve(self, by, note="", batch=None) -> list[Decision]:
        """Makes these comments public and settles reports about them."""
        return self._decide(Decision.Verb.APPROVE, by, note=note, batch=batch)

    def reject(self, by, reason: str, note="", batch=None) -> list[Decision]:
        """Hides these comments from the public and settles reports about them."""
        return self._decide(Decision.Verb.REJECT, by, reason=Reason(reason), note=note, batch=batch)

    def forward(self, by, note: str, office=None, batch=None) -> list[Decision]:
        """Makes these comments public and shows readers that the complaint was forwarded, and to which office."""
        forwarded = {"forwarded_to": office, "forwarded_note": note}
        return self._decide(Decision.Verb.FORWARD, by, note=note, batch=batch, forwarded=forwarded)

    def undo(self, batch, by, at_most=None) -> list[Decision]:
        """Undoes a batch; skips comments with a newer decision, and erased ones. Returns the decisions undone, at most
        `at_most`: call again until it returns none."""
        return self._undo(Decision.objects.filter(batch=batch), by, at_most)

    def undo_last(self, by) -> list[Decision]:
        """Undoes the last decision about each of these comments, but about no others of its batch."""
        of_these = Decision.objects.filter(comment__in=self._pks())
        with transaction.atomic():
            self._everywhere(self._pks()).lock()  # all at once, so that two calls cannot deadlock
            batches = set(of_these.standing().values_list("batch", flat=True))
            return [undone for batch in batches for undone in self._undo(of_these.filter(batch=batch), by)]

    def erase(self, by=None) -> list[Decision]:
        """Permanently erases the text and all personal data of these comments, for their authors; `by` is the user who
        does it at their request. The empty rows stay for the statistics; replies stay visible."""
        verb = Decision.Verb.ERASE if by else Decision.Verb.DELETE
        with transaction.atomic():
            rows = list(self._everywhere(self._pks()).filter(erased_at=None).order_by("pk").select_for_update())
            _unlearn(rows)
            decisions = Decision.objects.log(rows, verb, by)
            Decision.objects.filter(comment__in=rows).exclude(note="").update(note="")
            _delete_emails_about(rows)
            self._same(rows).update(
                status=Status.DELETED,
                due_at=None,
                ranked_last=False,
                reason="",
                forwarded_note="",
                **self.model.ERASED,
                erased_at=timezone.now(),
            )
            Report.objects.filter(comment__in=rows).update(note="", sender_key="")
        return decisions

    def lock(self) -> None:
        """Locks these comments in a separate statement. One that waits for a lock still sees other tables as they were
        when it started, so it would miss the decision that it waited for."""
        list(self.order_by("pk").select_for_update(no_key=True).values_list("pk"))

    # ---- Steps

    def _pks(self):
        return self.order_by().values("pk")

    def _everywhere(self, pks):
        """The comments with these keys, whatever joins and filters led to them."""
        return self.model.objects.filter(pk__in=pks)

    def _same(self, rows):
        return self._everywhere([row.pk for row in rows])

    def _decide(self, verb, by, reason="", note="", batch=None, forwarded=None) -> list[Decision]:
        """Sets the status of these comments, and the columns in `forwarded`."""
        status = Status.REJECTED if verb == Decision.Verb.REJECT else Status.APPROVED
        with transaction.atomic():
            rows = list(
                self._everywhere(self._pks())
                .filter(status__in=_DECIDABLE, erased_at=None)
                .exclude(status=status, reason=reason, due_at=None, **(forwarded or {}))
                .order_by("pk")
                .select_for_update()
            )
            if not rows:
                return []
            office = forwarded and forwarded["forwarded_to"]
            batch = batch or uuid4()
            decisions = Decision.objects.log(rows, verb, by, reason, note, batch, forwarded_to=office)
            changes = {"status": status, "reason": reason, "due_at": None, "ranked_last": False}
            changes |= {"decided_at": timezone.now(), "decided_by": by}
            if forwarded:
                changes |= {"forwarded_at": changes["decided_at"], **forwarded}
            self._same(rows).update(**changes)
            of_comment = Decision.objects.filter(batch=batch, comment=models.OuterRef("comment"))
            Report.objects.filter(comment__in=rows, decision=None).update(decision=of_comment.values("pk")[:1])
            self._show_or_hide_replies(rows)
            _teach(decisions, times=1)
        return decisions

    def _undo(self, decisions, by, at_most=None) -> list[Decision]:
        later = Decision.objects.filter(comment=models.OuterRef("comment"), pk__gt=models.OuterRef("pk"))
        undoable = decisions.standing().filter(verb__in=Decision.UNDOABLE, comment__erased_at=None)
        with transaction.atomic():
            self._everywhere(undoable.order_by().values("comment")).lock()
            undone = list(
                undoable.filter(~models.Exists(later))
                .select_related("comment")
                .order_by("comment")
                .select_for_update()[:at_most]
            )
            comments = [decision.comment for decision in undone]
            Decision.objects.log(comments, Decision.Verb.UNDO, by)
            Decision.objects.filter(pk__in=[decision.pk for decision in undone]).update(undone_at=timezone.now())
            self._restore(undone)
            Report.objects.filter(decision__in=undone).update(decision=None)
            self._show_or_hide_replies(comments)
            _teach(undone, times=-1)
        return undone

    def _restore(self, decisions) -> None:
        """Restores the comments as they were before; by subqueries, since bulk_update takes seconds for a thousand."""
        before = Decision.objects.filter(pk__in=[decision.pk for decision in decisions], comment=models.OuterRef("pk"))
        self._everywhere([decision.comment_id for decision in decisions]).update(
            **{name: models.Subquery(before.values(column)[:1]) for name, column in Decision.COLUMNS_BEFORE.items()}
        )
        forwarded = Decision.objects.standing().filter(verb=Decision.Verb.FORWARD, comment=models.OuterRef("pk"))
        earlier = forwarded.order_by("-pk")
        was_forwarded = [decision.comment_id for decision in decisions if decision.verb == Decision.Verb.FORWARD]
        self._everywhere(was_forwarded).update(
            forwarded_at=models.Subquery(earlier.values("at")[:1]),
            forwarded_to=models.Subquery(earlier.values("forwarded_to")[:1]),
            forwarded_note=Coalesce(models.Subquery(earlier.values("note")[:1]), models.Value("")),
        )

    def _show_or_hide_replies(self, comments) -> None:
        """Replies are visible only if the comment that they reply to is, or was until it was erased."""
        pks = [comment.pk for comment in comments]
        replies = self.model.objects.filter(models.Q(parent__in=pks) | models.Q(pk__in=pks, parent__isnull=False))
        erased = Decision.objects.filter(
            comment=models.OuterRef("parent"),
            verb__in=(Decision.Verb.DELETE, Decision.Verb.ERASE),
            status_before=Status.APPROVED,
        )
        are_visible = models.Q(parent__status=Status.APPROVED) | models.Exists(erased)
        replies.filter(are_visible, under_hidden=True).update(under_hidden=False)
        replies.filter(~are_visible, under_hidden=False).update(under_hidden=True)


def _unlearn(comments) -> None:
    """Reverses all that these comments taught, and merges the lessons: single ones would reveal the words."""
    standing = Decision.objects.standing().filter(comment__in=comments, verb__in=Decision.UNDOABLE)
    taught = list(standing.select_related("comment"))
    _teach(taught, times=-1)
    if taught:
        Lesson.objects.merge()


def _delete_emails_about(comments) -> None:
    """Deletes e-mails to the authors of these comments. Those just sent stay, so that they count in the limits, until
    comments/privacy.py deletes them: otherwise anybody could enter another person's address, erase the comment and
    have the portal write to that person again."""
    addresses = {comment.email for comment in comments if comment.email}
    just_sent = models.Q(sent_at__isnull=False, created_at__gt=timezone.now() - _EMAILS_COUNT_FOR)
    Email.objects.filter(~just_sent, to__in=addresses, kind="").delete()


def _teach(decisions, times: int) -> None:
    """Other rejections than those for SPAM_REASONS teach neither spam nor ordinary text."""
    approved = [each.comment for each in decisions if each.verb in Decision.APPROVING]
    spam = [each.comment for each in decisions if each.reason in SPAM_REASONS]
    for comments, is_spam in ((approved, False), (spam, True)):
        texts = [each.text for each in comments]
        Lesson.objects.learn(texts, is_spam=is_spam, times=times, known=_known_words(comments))


def _known_words(comments) -> set[str]:
    """Words of these comments that are no names that spam advertises: those of their articles, and of all articles by
    the last count."""
    articles = Article.objects.filter(pk__in={each.article_id for each in comments}).values_list("title", "body")
    own = words("\n".join(f"{title}\n{plain_text(body)}" for title, body in articles))
    used = set().union(*(words(fold(each.text).text) for each in comments))
    return own | {word for word, count in vocabulary.counts(used).items() if count.articles}
