"""Stores what citizens send, one transaction per form.

Forms of one sender are processed one after the other, so that a form sent twice is stored once and limits are exact.
The captcha is validated last, so that no other mistake uses it up.
"""

from typing import NamedTuple

from django.conf import settings
from django.db import transaction

from comments import limits
from comments.forms import CaptchaForm, CommentForm, ReportForm
from comments.mail import secret_links
from comments.models import Comment, Report, Rules
from comments.triage.assessment import Signal, triage
from news.web import locks


class Submission(NamedTuple):
    """The result of a form: `stored` is the new row or, if `is_repeated`, the one stored before. Where it is None,
    `limit` or the errors of the form or of `captcha_form` say why."""

    stored: Comment | Report | None = None
    is_repeated: bool = False
    limit: str = ""  # limits.SENDER or limits.SITE
    captcha_form: CaptchaForm | None = None


def submit(form: CommentForm, sender_key: str) -> Submission:
    """Stores the comment of a valid form. It waits for a moderator or, before that, for confirmation by e-mail."""
    with transaction.atomic():
        _wait_for_turn(sender_key)
        if comment := _sent_before(form, sender_key):
            return Submission(comment, is_repeated=True)
        limit = limits.reached(sender_key)
        if limit in (limits.SENDER, limits.SITE):
            return Submission(limit=limit)
        if not form.lock_parent():
            return Submission()
        captcha_form = CaptchaForm(form.data)
        if not captcha_form.is_valid():
            return Submission(captcha_form=captcha_form)
        return Submission(_store(form, sender_key, is_busy=limit == limits.BUSY))


def submit_report(form: ReportForm, comment: Comment, sender_key: str) -> Submission:
    """Files the report of a valid form about a comment."""
    with transaction.atomic():
        _wait_for_turn(sender_key)
        if report := Report.objects.open_of(sender_key, comment).first():
            return Submission(report, is_repeated=True)
        if limits.reached(sender_key) == limits.SENDER:  # a flood of comments must not prevent reports
            return Submission(limit=limits.SENDER)
        captcha_form = CaptchaForm(form.data)
        if not captcha_form.is_valid():
            return Submission(captcha_form=captcha_form)
        reason, note = form.cleaned_data["alasan"], form.cleaned_data["keterangan"]
        return Submission(comment.report(reason, note, sender_key))


def _wait_for_turn(sender_key: str) -> None:
    locks.take(locks.Lock.SENDER, sender_key)


def _sent_before(form: CommentForm, sender_key: str) -> Comment | None:
    """The same comment, if this sender sent it within the last hour, by a second click or from the previous page.

    Only if nobody else has read it: many people share one address in mobile networks, and somebody who copies a public
    comment must not receive its author's secret link."""
    return Comment.objects.sent_within_the_hour(sender_key).unread().with_content(form.content).first()


def _store(form: CommentForm, sender_key: str, *, is_busy: bool) -> Comment:
    marks = [mark for mark, applies in ((Signal.TRAP, form.filled_trap), (Signal.BUSY, is_busy)) if applies]
    must_confirm = settings.COMMENTS_CONFIRM_EMAIL
    comment = Comment.objects.create(
        **form.content,
        sender_key=sender_key,
        signals=marks,
        ranked_last=is_busy,
        rules=Rules.objects.current(),
        status=Comment.Status.UNCONFIRMED if must_confirm else Comment.Status.WAITING,
    )
    triage(comment)
    if must_confirm:
        secret_links.ask_confirmation(comment)
    return comment
