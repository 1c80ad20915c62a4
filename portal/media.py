"""Serves uploaded pictures if no nginx does. File names are random and never reused, so caches may keep them."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple, cast

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from news import photos
from portal.bucket import place

if TYPE_CHECKING:
    from portal.bucket.storage import Picture

_TYPES = {".jpg": "image/jpeg", ".webp": "image/webp"}  # of the files that news.photos and news.cards write
AWAY = "Foto ini sedang tidak dapat diambil. Coba lagi sebentar."
AGAIN = 10  # seconds


class Found(NamedTuple):
    name: str  # the last part of its path
    modified: int  # in Unix time
    open: Callable[[], IO[bytes]]


@require_safe
def media(request, path):
    """Serves a file of the media folder, or of the bucket that takes its place.

    With "Save-Data: on" every rendition of a photo is replaced by the smallest, and WebP that the worker has not
    made yet (news.photos.complete) by its JPEG. That is decided here since pages are cached for everyone and therefore
    name the same files."""
    rendition = photos.RENDITION.fullmatch(path)
    saving = rendition and request.headers.get("Save-Data", "").strip().lower() == "on"
    names = [photos.smallest(rendition), path] if saving else [path]
    try:
        file = _first(names)
        is_stand_in = file is None and bool(rendition)
        if is_stand_in:
            file = _first(map(photos.as_jpeg, names))
    except OSError:  # the server that keeps photos is away; its storage logs it
        return _away()
    if file is None:
        raise Http404
    tag = f'"{file.name}"'  # a file never changes under its name
    response = get_conditional_response(request, etag=tag, last_modified=file.modified)
    if response is None:
        kind = _TYPES.get(Path(file.name).suffix, "application/octet-stream")
        response = FileResponse(file.open(), content_type=kind)
    response["ETag"], response["Last-Modified"] = tag, http_date(file.modified)
    response["Cache-Control"] = "public, max-age=3600" if is_stand_in else "public, max-age=31536000, immutable"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    if rendition:
        patch_vary_headers(response, ["Save-Data"])
    return response


def _first(paths: Iterable[str]) -> Found | None:
    return next(filter(None, map(_find, paths)), None)


def _find(path: str) -> Found | None:
    """Raises OSError only where another machine is asked."""
    try:
        file = Path(default_storage.path(path))
        is_there = file.is_file()
    except NotImplementedError:
        return _fetched(path)
    except (OSError, SuspiciousFileOperation):  # a name that is too long; ../
        return None
    return Found(file.name, int(file.stat().st_mtime), lambda: file.open("rb")) if is_there else None


def _fetched(path: str) -> Found | None:
    """In one request, and whole, also for who only asks about it: an answer that has begun cannot become a 503."""
    if not place.is_file_name(path):
        return None
    try:
        file = cast("Picture", default_storage.open(path))
    except FileNotFoundError:
        return None
    return Found(Path(path).name, int(file.modified.timestamp()), lambda: file)


def _away() -> HttpResponse:
    response = HttpResponse(AWAY, status=503, content_type="text/plain; charset=utf-8")
    response["Retry-After"], response["Cache-Control"] = str(AGAIN), "no-store"
    return response
