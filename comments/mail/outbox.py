"""Outgoing mail. `write` queues an e-mail, the worker sends it.

No e-mail is lost. At worst one is delivered twice, if the sender dies after the mail server accepted it and before
this is recorded. Both copies have the same Message-ID, by which mail programs and servers recognise duplicates.
"""

import logging
import smtplib
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from email.utils import format_datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from comments.models import Email
from news.web.columns import max_length

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=5), timedelta(days=1)
PATIENCE = timedelta(days=5)  # how long to retry an address that is refused temporarily (RFC 5321, 4.5.4.1)
SUBJECT_MAX_CHARS = max_length(Email, "subject")
ERROR_MAX_CHARS = max_length(Email, "error")

logger = logging.getLogger("portal")


def write(to: str, subject: str, body: str, kind: str = "") -> Email | None:
    """Queues a plain-text e-mail in the caller's transaction. All mail is written through this function.

    Returns None if settings.MAIL_IS_ON is False, so that nothing is stored that will never be sent. Raises
    ValidationError for an invalid address. Line breaks in the subject become spaces. `kind`: see Email."""
    if not settings.MAIL_IS_ON:
        return None
    validate_email(to)
    subject = " ".join(subject.split())[:SUBJECT_MAX_CHARS]
    return Email.objects.create(to=to, subject=subject, body=body, kind=kind)


def write_to_staff(permission: str, subject: str, body: str, kind: str) -> None:
    """Queues an e-mail to each active account that has this permission and an e-mail address."""
    people = get_user_model().objects.with_perm(permission, backend="django.contrib.auth.backends.ModelBackend")
    for address in sorted(set(people.exclude(email="").values_list("email", flat=True))):
        try:
            write(address, subject, body, kind)
        except ValidationError:  # accounts created by a program may have any text there
            logger.warning("Sebuah akun mempunyai alamat email yang salah, jadi tidak dikirimi surat.")


def send_due(stopping: Callable[[], bool] = lambda: False) -> int:
    """Sends due e-mails one by one until `stopping()`; returns how many the mail server accepted.

    Takes as long as the mail server does. Several senders may run at once; each e-mail is claimed by one of them. If
    the server cannot be used, all due e-mails are postponed; a failure of one e-mail affects no other."""
    sent = 0
    while not stopping() and Email.objects.due().exists():
        server = _mail_server()
        try:
            if not _open(server):
                return sent
            email = _claim()
            if email is None:  # another sender was faster
                return sent
            sent += _deliver(email, server)
        finally:
            with suppress(OSError):
                server.close()
    return sent


def _mail_server():
    return mail.mailers.default if hasattr(mail, "mailers") else mail.get_connection()  # from Django 6.1 on, before


def _open(server) -> bool:
    """Whether the mail server can be used; if not, postpones all due e-mails by FIRST_PAUSE."""
    try:
        server.open()
    except Exception as error:  # many kinds: DNS, sockets, TLS, SMTP
        logger.warning("Server surat tidak dapat dipakai: %s", _short(error))
        Email.objects.due().update(next_try_at=Now() + FIRST_PAUSE, error=_short(error))
        return False
    return True


def _claim() -> Email | None:
    """Returns the e-mail that has been due longest, if any, already scheduled for its next attempt.

    So no row stays locked while the mail server works, no other sender takes the e-mail, and it is sent again if this
    process dies."""
    with transaction.atomic():
        email = Email.objects.due().order_by("next_try_at", "pk").select_for_update(skip_locked=True).first()
        if email:
            email.next_try_at = timezone.now() + _pause_after(email.attempts)
            email.attempts += 1
            email.save(update_fields=["next_try_at", "attempts"])
    return email


def _pause_after(attempts: int) -> timedelta:
    return min(FIRST_PAUSE * 2 ** min(attempts, 10), LONGEST_PAUSE)


def _deliver(email: Email, server) -> bool:
    """Makes one attempt and records the outcome; the last one if the address is refused permanently or for longer than
    PATIENCE. Returns whether the server accepted the e-mail."""
    email.error, email.refused_at = "", None
    try:
        server.send_messages([_message(email)])
        email.sent_at = timezone.now()
        if not email.kind:
            email.body = ""  # to a citizen: it contains a secret link
    except smtplib.SMTPRecipientsRefused as refusal:
        code, text = refusal.recipients.popitem()[1]
        email.refused_at = timezone.now()
        email.error = f"{code} {text.decode(errors='replace')}"
        if code >= 500 or email.created_at < email.refused_at - PATIENCE:
            email.next_try_at = None
    except Exception as error:  # as in _open, or the message could not be built
        email.error = _short(error)
    email.error = _clipped(email.error.replace(email.to, "(alamat)"))  # it is also logged
    changed = {name: getattr(email, name) for name in ("sent_at", "body", "error", "refused_at", "next_try_at")}
    Email.objects.filter(pk=email.pk).update(**changed)  # no row if the recipient has erased it meanwhile
    if email.error:
        outcome = "dicoba lagi" if email.next_try_at else "tidak dicoba lagi"
        logger.warning("Surat nomor %s tidak terkirim, %s: %s", email.pk, outcome, email.error)
    return email.sent_at is not None


def _message(email: Email) -> mail.EmailMessage:
    headers = {
        "Message-ID": f"<{_number(email.created_at)}.{email.pk}@{urlsplit(settings.SITE_URL).hostname}>",
        "Date": format_datetime(timezone.localtime(email.created_at)),
        "Auto-Submitted": "auto-generated",  # RFC 3834: suppresses out-of-office replies
    }
    return mail.EmailMessage(email.subject, email.body, to=[email.to], headers=headers)


def _number(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000)


def _short(error: Exception) -> str:
    return _clipped(f"{type(error).__name__}: {error}")


def _clipped(text: str) -> str:
    """One line that fits into the database column, whatever the mail server sent."""
    return " ".join(text.replace("\0", "").split())[:ERROR_MAX_CHARS]
