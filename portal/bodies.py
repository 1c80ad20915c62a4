"""How much a request may send, judged by its Content-Length before a byte of the body is read."""

from io import BytesIO

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.handlers.wsgi import WSGIRequest
from gunicorn.http.errors import ParseException

from portal import errors
from portal.resending import NoFiles

KIB, MIB = 1024, 1024 * 1024
PUBLIC = 256 * KIB  # a comment has 5,000 characters
LOGGED_OUT = 2 * MIB  # below ADMIN_PATH; more than the log-in needs, since a session may end while somebody writes
LOGGED_IN = 60 * MIB  # a document of 50 MB, and room for the text
_PIECE = 64 * KIB


class BodyLimitMiddleware:
    """Answers 413 to bodies that are too large, without reading them. Comes before anything that reads `request.POST`.

    A body of unknown length (chunked) is counted while it is read into memory; it may have LOGGED_OUT at most."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: WSGIRequest):
        in_admin = request.path_info.startswith(settings.ADMIN_PATH)
        limit = LOGGED_OUT if in_admin else PUBLIC
        if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
            try:
                body = _read(request.META["wsgi.input"], limit + 1)
            except (OSError, ParseException):  # silence; chunks that gunicorn cannot read
                return errors.bad_request(request)
            request = _with_body(request, body)
        length = _length(request)
        takes_files = False
        if in_admin and length and (length > limit or request.content_type == "multipart/form-data"):
            try:
                takes_files = _is_logged_in(request)
            except errors.OUTAGES:
                return errors.unavailable(request)
            limit = LOGGED_IN if takes_files else limit
        if length > limit:
            return errors.too_large(request)
        if length and not takes_files:
            request.upload_handlers = [NoFiles(request)]
        return self.get_response(request)


def _length(request: WSGIRequest) -> int:
    try:
        return max(int(request.META.get("CONTENT_LENGTH") or 0), 0)
    except ValueError:
        return 0  # Django, too, reads nothing then


def _read(stream, most: int) -> bytes:
    """At most this many bytes."""
    pieces, left = [], most
    while left and (piece := stream.read(min(left, _PIECE))):
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


def _with_body(request: WSGIRequest, body: bytes) -> WSGIRequest:
    """The same request as if it had named the length of its body; Django reads nothing of one that does not."""
    meta = {name: value for name, value in request.META.items() if name != "HTTP_TRANSFER_ENCODING"}
    return type(request)({**meta, "wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))})


def _is_logged_in(request: WSGIRequest) -> bool:
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    return len(key) == 32 and key.isalnum() and SESSION_KEY in SessionStore(key)
