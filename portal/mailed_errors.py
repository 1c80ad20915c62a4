"""Errors of the log, mailed to ERROR_EMAIL: each kind once an hour, however many processes and hosts meet it.

A thread writes them into the outbox, so that no request waits. What goes wrong there is a warning, which is not
mailed: a failure of the mail can never cause more of it. Outages of the database, where the outbox is, are left out;
/sehat tells of these. Used by settings.LOGGING, so it is imported before the applications are."""

import logging
from datetime import timedelta
from pathlib import Path
from threading import Thread
from traceback import walk_tb

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from news.web import locks
from news.web.throttle import AtMost
from portal.logs import impersonal
from portal.request_ids import current

KIND = "galat"  # Email.kind
HOUR = 3600  # seconds
MOST = 20  # e-mails of one process in an hour, whatever their kinds
_LONGEST_KIND, _LONGEST_ENTRY = 120, 20_000  # characters
_CODE = Path(settings.BASE_DIR)
_OURS = tuple(f"{_CODE / app}/" for app in ("news", "comments", "portal"))

_BODY = """\
{site} mencatat galat ini:

{entry}

{search}Galat sejenis tidak dikirim lagi selama satu jam, tetapi tetap ada di log portal.

--
Surat otomatis dari {address} untuk alamat di ERROR_EMAIL.
"""

logger = logging.getLogger("portal")


class Handler(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.each_kind, self.all_kinds = AtMost(1, seconds=HOUR), AtMost(MOST, seconds=HOUR)

    def emit(self, record: logging.LogRecord) -> None:
        kind = kind_of(record)
        if self.each_kind.take(kind) and self.all_kinds.take():
            Thread(target=_write, args=(kind, self.body(record)), daemon=True).start()

    def body(self, record: logging.LogRecord) -> str:
        request = current.get()
        return _BODY.format(
            site=settings.SITE_NAME,
            entry=self.format(record)[-_LONGEST_ENTRY:],  # the end of a traceback says most
            search=f"Cari {request.id} di log untuk melihat permintaan itu. " if request else "",
            address=settings.SITE_URL,
        )


def kind_of(record: logging.LogRecord) -> str:
    """One line, the same for all errors of this kind: the exception and our function that it came from, or else the
    message without its values."""
    error = record.exc_info[1] if record.exc_info else None
    if error is None:
        kind = f"{record.name}: {record.msg}"
    else:
        codes = [frame.f_code for frame, _ in walk_tb(error.__traceback__)]
        ours = [code for code in codes if code.co_filename.startswith(_OURS)] or codes
        place = f" di {ours[-1].co_filename.removeprefix(f'{_CODE}/')}, {ours[-1].co_name}" if ours else ""
        kind = f"{type(error).__name__}{place}"
    return " ".join(impersonal(kind).split())[:_LONGEST_KIND]


def _write(kind: str, body: str) -> None:
    """Unless another process has written about this kind within the hour."""
    from comments.mail import outbox  # imported late: it needs the applications
    from comments.models import Email

    subject = f"{settings.SITE_NAME}: {kind}"[: outbox.SUBJECT_MAX_CHARS]
    since = timezone.now() - timedelta(seconds=HOUR)
    try:
        with transaction.atomic():
            locks.take(locks.Lock.ERRORS, kind)
            if not Email.objects.filter(kind=KIND, subject=subject, created_at__gt=since).exists():
                outbox.write(settings.ERROR_EMAIL, subject, body, KIND)
    except Exception as error:
        logger.warning("Galat tidak dapat dikirim dengan surat: %s", type(error).__name__)
    finally:
        connection.close()  # the connection of this thread
