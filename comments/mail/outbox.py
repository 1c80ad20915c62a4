"""Outgoing mail. `write` queues an e-mail, the worker sends it.

No e-mail is lost. At worst one comes twice: when the sender dies after the mail server took it and before that is
noted. Both copies carry the same Message-ID, by which mail programs and servers know them for one.
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
PATIENCE = timedelta(days=5)  # with an address that is refused for the time being (RFC 5321, 4.5.4.1)
SUBJECT_MAX_CHARS = max_length(Email, "subject")
ERROR_MAX_CHARS = max_length(Email, "error")

logger = logging.getLogger("portal")


def write(to: str, subject: str, body: str, kind: str = "") -> Email | None:
    """Queues an e-mail in plain text, in the caller's transaction; the one way to write one.

    None where settings.MAIL_IS_ON is False: nothing is kept that nobody will send. Raises ValidationError for what is
    no e-mail address. Line ends in a subject become spaces. `kind`: see Email."""
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
        except ValidationError:  # an account made by a program may have any
            logger.warning("Sebuah akun mempunyai alamat email yang salah, jadi tidak dikirimi surat.")


def send_due(stopping: Callable[[], bool] = lambda: False) -> int:
    """Sends the e-mails that are due, one by one, until `stopping`; returns how many the mail server took.

    Takes as long as the mail server likes. Several may run at a time: each e-mail is one's alone. While there is no
    way to the server all e-mails wait; what happens to one e-mail later is no other's concern."""
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
    if hasattr(mail, "mailers"):  # Django 6.1
        return mail.mailers.default
    configured = settings.MAILERS["default"]
    return mail.get_connection(configured.get("BACKEND"), **configured["OPTIONS"])


def _open(server) -> bool:
    """Whether the mail server can be used; else all that is due waits a little."""
    try:
        server.open()
    except Exception as error:  # of many libraries: names, sockets, TLS, SMTP
        logger.warning("Server surat tidak dapat dipakai: %s", _short(error))
        Email.objects.due().update(next_try_at=Now() + FIRST_PAUSE, error=_short(error))
        return False
    return True


def _claim() -> Email | None:
    """The e-mail that has been due for longest, put off for its next try already: so nothing stays locked while the
    mail server thinks, nobody else sends it meanwhile, and it is tried again if this process dies."""
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
    """One try; the last where the address is refused for good or for too long. True when the server took it."""
    email.error, email.refused_at = "", None
    try:
        server.send_messages([_message(email)])
        email.sent_at = timezone.now()
        if not email.kind:
            email.body = ""  # a citizen's: it holds a secret link
    except smtplib.SMTPRecipientsRefused as refusal:
        code, text = refusal.recipients.popitem()[1]
        email.refused_at = timezone.now()
        email.error = f"{code} {text.decode(errors='replace')}"
        if code >= 500 or email.created_at < email.refused_at - PATIENCE:
            email.next_try_at = None
    except Exception as error:  # as in _open, and of what cannot be written as a message
        email.error = _short(error)
    email.error = _clipped(email.error.replace(email.to, "(alamat)"))  # it goes into the log, too
    changed = {name: getattr(email, name) for name in ("sent_at", "body", "error", "refused_at", "next_try_at")}
    Email.objects.filter(pk=email.pk).update(**changed)  # nothing, where who gets it has erased it meanwhile
    if email.error:
        outcome = "dicoba lagi" if email.next_try_at else "tidak dicoba lagi"
        logger.warning("Surat nomor %s tidak terkirim, %s: %s", email.pk, outcome, email.error)
    return email.sent_at is not None


def _message(email: Email) -> mail.EmailMessage:
    headers = {
        "Message-ID": f"<{_number(email.created_at)}.{email.pk}@{urlsplit(settings.SITE_URL).hostname}>",
        "Date": format_datetime(timezone.localtime(email.created_at)),
        "Auto-Submitted": "auto-generated",  # RFC 3834: no answer of somebody's holiday
    }
    return mail.EmailMessage(email.subject, email.body, to=[email.to], headers=headers)


def _number(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000)


def _short(error: Exception) -> str:
    return _clipped(f"{type(error).__name__}: {error}")


def _clipped(text: str) -> str:
    """One line that the database takes, whatever the mail server said."""
    return " ".join(text.replace("\0", "").split())[:ERROR_MAX_CHARS]
