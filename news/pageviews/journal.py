"""Writes the journal of page views. JournalMiddleware is the outermost middleware."""

import logging
import os
import re
import secrets
import threading
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from news import paths
from news.pageviews import readers, salt
from news.web import senders
from news.web.throttle import AtMost

logger = logging.getLogger(__name__)

HEADER = "X-Pageview"
HOUR, DAY = 3600, 86400  # seconds
AGENT_CHARS = 400  # browsers need 200, but crawlers name themselves at the end


class JournalMiddleware:
    """Journals the views that this process answers, and removes `X-Pageview` from the response.

    Articles are refused to browsers that load ahead of the reader: what is prefetched or prerendered is shown later
    without another request, or never. Refused, they ask again when the reader clicks, and that counts.

    A trusted proxy that sends `X-Journal: nginx` writes the lines itself: it receives the header, and no line is
    written here.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _is_ahead_of_the_reader(request):
            return HttpResponse(status=503, headers={"Cache-Control": "no-store"})
        response = self.get_response(request)
        article = response.headers.get(HEADER)
        if article is not None and not _proxy_journals(request):
            del response.headers[HEADER]
            _journal.append(
                senders.network(request),
                article,
                _field(request.method or "", 20),
                response.status_code,
                _field(request.META.get("HTTP_SEC_PURPOSE", ""), 40),
                _field(request.META.get("HTTP_USER_AGENT", ""), AGENT_CHARS),
            )
        return response


# The standard's header, that of Chromium and Safari before it, and Firefox's
_PURPOSES = ("HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_MOZ")


def _is_ahead_of_the_reader(request: HttpRequest) -> bool:
    return request.path_info.startswith(paths.ARTICLE) and any(
        "prefetch" in request.META.get(name, "").lower() for name in _PURPOSES
    )


def _proxy_journals(request: HttpRequest) -> bool:
    return request.META.get("HTTP_X_JOURNAL") == "nginx" and senders.is_behind_trusted(request)


_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")


def _field(text: str, limit: int) -> str:
    text = text[:limit]
    return (text if text.isprintable() else _CONTROLS.sub(" ", text)).strip() or "-"


class _Journal:
    """The file that this process appends to: a new one each day (UTC), after a fork, and when it was removed.

    Its name is random because process ids are reused: a line cut off by a kill must never become the beginning of
    another process's line.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()  # no thread may write to a descriptor that another has just closed
        self.descriptor: int | None = None
        self.opened_for: tuple | None = None
        self.salt: str | None = None
        self.salt_for: tuple | None = None
        self.complaints = AtMost(1, seconds=60)

    def append(self, network: str, article: str, *fields: object) -> None:
        """Appends one line in one write. If that fails the view is lost, but the reader still gets the page."""
        now, folder = time.time(), settings.PAGEVIEWS_DIR
        with self.lock:
            try:
                line = "\t".join(
                    map(str, (f"{now:.3f}", article, *fields, self._bucket(network, article, now, folder)))
                )
                self._write(f"{line}\n".encode("latin-1", "replace"), now, folder)
            except OSError as error:
                self._complain("Jumlah baca tidak tercatat", error)

    def _bucket(self, network: str, article: str, now: float, folder: Path) -> int | str:
        """The reader's bucket; "-" if the salt cannot be read: then the line counts as a read without a reader."""
        hour = int(now // HOUR)
        if self.salt_for != (hour, folder):
            self.salt, self.salt_for = None, (hour, folder)
            try:
                self.salt = salt.current(folder)
            except OSError as error:
                self._complain("Pembaca tidak terhitung", error)
        return "-" if self.salt is None else readers.bucket(network, article, hour, self.salt)

    def _complain(self, what: str, error: OSError) -> None:
        if self.complaints.take():
            logger.error("%s, %s: %s", what, settings.PAGEVIEWS_DIR, error)

    def _write(self, line: bytes, now: float, folder: Path) -> None:
        descriptor = self._descriptor(now, folder)
        written = os.write(descriptor, line)
        if written < len(line):  # the disk is full; half a line would spoil the next one
            os.ftruncate(descriptor, os.fstat(descriptor).st_size - written)
            raise OSError("ruang cakram habis")

    def _descriptor(self, now: float, folder: Path) -> int:
        """The descriptor of the file of this process and day, which is opened if necessary."""
        wanted = (os.getpid(), int(now // DAY), folder)
        if self.descriptor is not None and self.opened_for == wanted:
            if os.fstat(self.descriptor).st_nlink:
                return self.descriptor
            logger.warning("Jurnal jumlah baca di %s terhapus; jurnal baru dibuat.", folder)
        if self.descriptor is not None:
            os.close(self.descriptor)
            self.descriptor = self.opened_for = None
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = f"django-{os.getpid()}-{secrets.token_hex(4)}-{time.strftime('%Y-%m-%d', time.gmtime(now))}.log"
        self.descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o640)
        self.opened_for = wanted
        return self.descriptor


_journal = _Journal()
