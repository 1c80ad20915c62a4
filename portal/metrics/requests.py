"""Requests: how many, how they ended, how long they took, and what of that was the database's.

The middleware is there only with METRICS; it costs some 20 us a request, of 4,700 for an article page. A process
counts in its own memory until `show` gives it files, which the worker reads."""

import logging
import os
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from django.conf import settings
from django.db import connections
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from prometheus_client import Counter, Histogram, values

from portal.metrics import FOLDER
from portal.run import os_errors

logger = logging.getLogger("portal")

ALLOCATED = 2**20  # bytes of a file: more than all pages with all outcomes take, so that it never grows
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_answers = Counter("portal_requests", "Permintaan, menurut halaman dan golongan status.", ["view", "status"])
_seconds = Histogram("portal_request_seconds", "Lama menjawab, sampai jawabannya mulai.", ["view"], buckets=SECONDS)
_database = Counter("portal_request_database_seconds", "Waktu basis data di dalamnya.", ["view"])
_queries = Counter("portal_request_queries", "Perintah basis data di dalamnya.", ["view"])
values.ValueClass = values.MutexValue  # prometheus_client would open files, without room, in any process


def show(number: int) -> None:
    """From now on this process counts in the files of that number. Without room for them its figures stay unseen:
    the library maps files with holes, and to write into a hole on a full disk kills the process."""
    try:
        for kind in ("counter", "histogram"):
            _allocate(settings.DATA_DIR / FOLDER / f"{kind}_{number}.db")
        values.ValueClass = values.MultiProcessValue(lambda: number)
        _answers.labels("tanpa halaman", "4xx")  # opens the files now and not in a request
        _seconds.labels("tanpa halaman")
    except OSError as error:
        values.ValueClass = values.MutexValue
        reason = os_errors.reason(error)
        logger.error("METRICS: angka permintaan proses ini tidak ditampilkan: %s.", reason)


def _allocate(path: Path) -> None:
    if path.exists():  # of a process that has died
        return
    draft = path.with_suffix(".baru")
    try:
        with draft.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, ALLOCATED)
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


class _DatabaseTime:
    """Wraps the queries of one request."""

    def __init__(self) -> None:
        self.seconds, self.queries = 0.0, 0

    def __call__(self, execute, sql, params, many, context):
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.seconds += time.perf_counter() - started
            self.queries += 1


class MetricsMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        database, started = _DatabaseTime(), time.perf_counter()
        with ExitStack() as wrapped:
            for each in connections.all():
                wrapped.enter_context(each.execute_wrapper(database))
            response = self.get_response(request)
        view = view_of(request)
        _seconds.labels(view).observe(time.perf_counter() - started)
        _answers.labels(view, f"{response.status_code // 100}xx").inc()
        if database.queries:
            _database.labels(view).inc(database.seconds)
            _queries.labels(view).inc(database.queries)
        return response


def view_of(request: HttpRequest) -> str:
    """The name of the page's address, of which there are few; never the address itself."""
    if request.resolver_match is not None:
        return request.resolver_match.view_name or "tanpa nama"
    if request.method in ("GET", "HEAD") and getattr(request, "_cache_update_cache", True) is False:
        return "dari singgahan"  # Django's FetchFromCacheMiddleware had the page
    return "tanpa halaman"  # static files, redirects to https, refusals
