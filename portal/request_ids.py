"""The request that this thread answers, for the log: one id leads from the error page and nginx's log to its lines.

Imported with the log's formatter, so before the applications are."""

import re
import secrets
import time
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.http import HttpRequest

from news.web import senders

HEADER = "X-Request-ID"
_ID = re.compile(r"[0-9A-Za-z-]{8,64}")
_SHORT = 8  # characters


@dataclass(frozen=True)
class Current:
    id: str
    path: str  # without the query
    started: float = field(default_factory=time.monotonic)

    @property
    def number(self) -> str:
        """The end of the id, short enough to be told on the telephone; the beginning of some ids is only the time."""
        return self.id[-_SHORT:]

    @property
    def milliseconds(self) -> int:
        return round((time.monotonic() - self.started) * 1000)


current: ContextVar[Current | None] = ContextVar("current request", default=None)


def id_of(request: HttpRequest) -> str:
    """What a trusted proxy calls this request, or else a new id in the form of nginx's."""
    given = request.META.get("HTTP_X_REQUEST_ID", "")
    if _ID.fullmatch(given) and senders.is_behind_trusted(request):
        return given
    return secrets.token_hex(16)


class RequestIdMiddleware:
    """Gives each request its id while it is answered, and tells it in a header of the answer."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        this = Current(id_of(request), request.path)
        token = current.set(this)
        try:
            response = self.get_response(request)
        finally:
            current.reset(token)
        response[HEADER] = this.id
        return response
