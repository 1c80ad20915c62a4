"""Taking in what a citizen sends: the one transaction behind each form.

A sender's forms are taken in one after the other, and the captcha is judged last: so a form sent twice is one, limits
hold exactly, and no other mistake uses a captcha up.
"""

from typing import NamedTuple

from django.conf import settings
from django.db import transaction

from comments import limits
from comments.forms import CaptchaForm, CommentForm, ReportForm
from comments.mail import secret_links
from comments.models import Comment, Report, Rules
from comments.triage.first_look import triage
from news.web import locks


class Submission(NamedTuple):
    """What became of a form: `stored` now or, where `is_repeated`, before; or why not, `limit` or a mistake in the
    form or in the captcha's."""

    stored: Comment | Report | None = None
    is_repeated: bool = False
    limit: str = ""  # limits.SENDER or limits.SITE
    captcha_form: CaptchaForm | None = None


def submit(form: CommentForm, sender_key: str) -> Submission:
    """Stores the comment of a valid form. It waits for a moderator, or first for its author to confirm it by mail."""
    with transaction.atomic():
        _wait_for_turn(sender_key)
        if comment := _sent_before(form, sender_key):
            return Submission(comment, is_repeated=True)
        if limit := limits.reached(sender_key):
            return Submission(limit=limit)
        if not form.lock_parent():
            return Submission()
        captcha_form = CaptchaForm(form.data)
        if not captcha_form.is_valid():
            return Submission(captcha_form=captcha_form)
        return Submission(_store(form, sender_key))


def submit_report(form: ReportForm, comment: Comment, sender_key: str) -> Submission:
    """Files the report of a valid form about a comment."""
    with transaction.atomic():
        _wait_for_turn(sender_key)
        if report := Report.objects.open_of(sender_key, comment).first():
            return Submission(report, is_repeated=True)
        if limits.reached(sender_key) == limits.SENDER:  # a flood of comments must not keep reports away
            return Submission(limit=limits.SENDER)
        captcha_form = CaptchaForm(form.data)
        if not captcha_form.is_valid():
            return Submission(captcha_form=captcha_form)
        reason, note = form.cleaned_data["alasan"], form.cleaned_data["keterangan"]
        return Submission(Report.objects.file(comment, reason, note, sender_key))


def _wait_for_turn(sender_key: str) -> None:
    locks.take(f"sender {sender_key}")


def _sent_before(form: CommentForm, sender_key: str) -> Comment | None:
    """The same comment, when this sender has sent it within the hour: by a second click, or from the page before.

    Only one that nobody else has read: behind one address of a mobile network are many people, who could send what
    they see under an article once more, and the link to a comment of one's own is for its author alone."""
    return Comment.objects.sent_within_the_hour(sender_key).unread().filter(**form.content).first()


def _store(form: CommentForm, sender_key: str) -> Comment:
    must_confirm = settings.COMMENTS_CONFIRM_EMAIL
    comment = Comment.objects.create(
        **form.content,
        sender_key=sender_key,
        rules=Rules.objects.current(),
        status=Comment.Status.UNCONFIRMED if must_confirm else Comment.Status.WAITING,
    )
    triage(comment)
    if must_confirm:
        secret_links.ask_confirmation(comment)
    return comment
