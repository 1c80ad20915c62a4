"""What may stand in the log, and how often: no secret addresses; an outage is one line a second, not one a request.

Used by settings.LOGGING, so it is imported before the applications are."""

import logging
import re
from collections.abc import Iterator

import psycopg
from django.db import Error

from comments import paths
from news.web.throttle import AtMost

# Errors that every request meets, by the beginning of their SQLSTATE: connection lost, no room (disk, memory,
# connections), interrupted by the operator or a time limit, read-only.
_OUTAGES = ("08", "53", "57", "25006")
# Up to a blank, a quotation mark or the query
_SECRET = re.compile(rf"({paths.OWN_PAGES})[^\s?\"'<>]+")


def without_secrets(text: str) -> str:
    """The text with the secret part of each secret link left out."""
    return _SECRET.sub(r"\1…", text)


class Formatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record))  # the whole text: a traceback may quote an address, too


class OncePerSecond(logging.Filter):
    """Lets one record of each kind of outage through in a second, without its traceback, which says nothing new."""

    def __init__(self) -> None:
        super().__init__()
        self.limit = AtMost(1, seconds=1)

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name == "django.request" and getattr(record, "status_code", 0) == 503:
            return False  # already logged where the outage was noticed
        error = record.exc_info[1] if record.exc_info else None
        if error is None or not (kind := outage(error)):
            return True
        if not self.limit.take(kind):
            return False
        reason = str(error).strip().partition("\n")[0]
        record.msg, record.args = f"{record.getMessage()} ({kind}: {reason})", ()
        record.exc_info = record.exc_text = None
        return True


class NoSilentPeers(logging.Filter):
    """For gunicorn, which reports a peer that stopped in the middle of its request as an error of ours."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not (record.exc_info and isinstance(record.exc_info[1], BlockingIOError))


def outage(error: BaseException) -> str:
    """The kind of outage of the database that this error comes from; "" if it comes from none."""
    for each in _causes(error):
        if isinstance(each, psycopg.Error):
            is_outage = each.sqlstate.startswith(_OUTAGES) if each.sqlstate else _is_about_connection(each)
            return type(each).__name__ if is_outage else ""
    return type(error).__name__ if isinstance(error, Error) and _is_about_connection(error) else ""


def _is_about_connection(error: BaseException) -> bool:
    """Whether an error that the server did not number is about the connection."""
    return type(error).__name__ in ("OperationalError", "InterfaceError", "ConnectionTimeout")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__
