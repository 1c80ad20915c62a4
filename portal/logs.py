"""What may stand in the log, and how often: nothing about people, no secret addresses; an outage is one line a second,
not one a request.

Used by settings.LOGGING, so it is imported before the applications are."""

import json
import logging
import re
from collections.abc import Iterator
from datetime import datetime

import psycopg
from django.db import Error

from comments import paths
from news.paths import PREVIEW
from news.web.throttle import AtMost
from portal.request_ids import current

# Errors that every request meets, by the beginning of their SQLSTATE: connection lost, no room (disk, memory,
# connections), interrupted by the operator or a time limit, read-only.
_OUTAGES = ("08", "53", "57", "25006")
# Up to a blank, a quotation mark or the query
_SECRET = re.compile(rf"({paths.OWN_PAGES}|{PREVIEW})[^\s?\"'<>]+")
_QUERY = re.compile(r"(?<=[\w/.-])\?(?=[\w%-])[^\s\"'<>]+")
_EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]+@[\w-]+(?:\.[\w-]+)*")  # looks back, or a long word would take minutes
_LINE_BREAKS = re.compile(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")


def without_secrets(text: str) -> str:
    """The text with the secret part of each secret link left out."""
    return _SECRET.sub(r"\1…", text)


def impersonal(text: str) -> str:
    """The text without secret links, queries (what people search for) and e-mail addresses."""
    return _EMAIL.sub("(email)", _QUERY.sub("?…", without_secrets(text)))


def _in_one_line(text: str) -> str:
    """Nobody may write lines of their own into the log by an address with a line break in it."""
    return _LINE_BREAKS.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


class Formatter(logging.Formatter):
    """One line, with the request's id; the lines of a traceback follow it, and look unlike lines of the log."""

    def format(self, record: logging.LogRecord) -> str:
        request = current.get()
        head = self.formatMessage(self.prepared(record)) + (f" [{request.id}]" if request else "")
        return "\n  | ".join([head, *self.traceback(record).splitlines()])

    def prepared(self, record: logging.LogRecord) -> logging.LogRecord:
        """A copy whose message is fit for the log."""
        copy = logging.makeLogRecord(record.__dict__)
        copy.message = impersonal(_in_one_line(record.getMessage()))
        copy.asctime = self.formatTime(copy, self.datefmt)
        return copy

    def traceback(self, record: logging.LogRecord) -> str:
        """The traceback, "" if there is none. Postgres quotes the whole row, names and texts, in some errors."""
        if not record.exc_info or record.exc_info[1] is None:
            return ""
        text = self.formatException(record.exc_info)
        for error in _related(record.exc_info[1]):
            if isinstance(error, psycopg.Error) and (detail := error.diag.message_detail):
                text = text.replace(detail, "…")
        return impersonal(text)


class JsonFormatter(Formatter):
    """One JSON object a line. The first four keys come in this order: deploy/fail2ban relies on it."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created).astimezone().isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": self.prepared(record).message,
        }
        if request := current.get():
            entry |= {"request": request.id, "path": impersonal(request.path), "ms": request.milliseconds}
        if status := getattr(record, "status_code", None):
            entry["status"] = status
        if traceback := self.traceback(record):
            entry["exception"] = traceback
        return json.dumps(entry)


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


class NoOutages(logging.Filter):
    """Lets only errors through that are no outage of the database."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        return getattr(record, "status_code", 0) != 503 and not (error and outage(error))


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


def _related(error: BaseException | None) -> Iterator[BaseException]:
    """All errors that a traceback of this one shows, and perhaps more."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        each = waiting.pop()
        if each is not None and id(each) not in seen:
            seen.add(id(each))
            yield each
            waiting += [each.__cause__, each.__context__, *getattr(each, "exceptions", ())]


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__
