"""Pages for readers come from the replica in REPLICA_URL while it fits, everything else from the primary."""

from collections.abc import Iterator

from django.conf import settings
from django.db import InterfaceError, InternalError, OperationalError, ProgrammingError
from django.http import FileResponse, HttpResponse
from django.urls import Resolver404, resolve
from psycopg.errors import QueryCanceled

from news.web import reads, replica
from news.web.database import deadline

# Seconds for all answers of the replica to one request; then the primary is asked. More than the dearest search may
# take, or such searches could drive all readers from the replica.
PATIENCE = 10.0
# By the names of their routes. All others read what they or their visitor may just have written.
_ROUTES = """
    home article article-short article-qr article-changes article-change articles categories category category-feed
    category-feed-atom tag tag-feed tag-feed-atom archive month day search popular documents document document-cover
    feed feed-atom sitemap sitemap-pages sitemap-part sitemap-documents sitemap-news open-data open-data-csv
    open-data-json corrections corrections-feed corrections-feed-atom page thread transparency transparency-month
    without-slash
"""
ON_REPLICA = frozenset(_ROUTES.split())
# The replica is gone or conflicts with what it replays, has not got a migration yet, or a page writes after all.
_OF_THE_REPLICA = (OperationalError, InterfaceError, ProgrammingError, InternalError)


class ReplicaMiddleware:
    """There only with REPLICA_URL. Stands right around DatabaseDownMiddleware, which is about the primary."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if _is_for_readers(request) and replica.watch.fits():
            with reads.using(reads.REPLICA), deadline(PATIENCE):
                response = self.get_response(request)
            if not isinstance(response, _AskThePrimary):
                return _wholly_from_replica(response)
        response = self.get_response(request)
        if request.method == "POST" and request.path_info.startswith(settings.ADMIN_PATH):
            replica.catch_up()
        return response

    def process_exception(self, request, exception):
        """A page that the replica fails to give is made once more, by the primary."""
        if reads.alias() == reads.PRIMARY or not isinstance(exception, _OF_THE_REPLICA):
            return None
        if isinstance(exception.__cause__, QueryCanceled):  # by the time limit, which the primary has as well
            return None
        server = reads.connection().connection
        if server is None or server.closed:
            replica.watch.avoid(str(exception))
        return _AskThePrimary()


class _AskThePrimary(HttpResponse):
    """Stands for a page that has failed on the replica; nobody sees it."""


def _is_for_readers(request) -> bool:
    if request.method not in ("GET", "HEAD"):
        return False
    try:
        return resolve(request.path_info).view_name in ON_REPLICA
    except Resolver404:  # also addresses of earlier portals, which redirect
        return True


def _wholly_from_replica(response):
    """Also what is read only while it is sent."""
    if response.streaming and not isinstance(response, FileResponse):
        response.streaming_content = _each_from_replica(iter(response.streaming_content))
    return response


def _each_from_replica(chunks: Iterator[bytes]) -> Iterator[bytes]:
    while True:
        with reads.using(reads.REPLICA):
            chunk = next(chunks, None)
        if chunk is None:
            return
        yield chunk
