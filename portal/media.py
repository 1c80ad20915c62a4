"""Serves uploaded pictures if no nginx does. File names are random and never reused, so caches may keep them."""

from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.http import FileResponse, Http404
from django.utils._os import safe_join
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from news import photos

_TYPES = {".jpg": "image/jpeg", ".webp": "image/webp"}  # of the files that news.photos and news.cards write


@require_safe
def media(request, path):
    """Serves a file of the media folder.

    With "Save-Data: on" every rendition of a photo is replaced by the smallest, and WebP that the worker has not
    made yet (news.photos.complete) by its JPEG. That is decided here since pages are cached for everyone and therefore
    name the same files."""
    rendition = photos.RENDITION.fullmatch(path)
    saving = rendition and request.headers.get("Save-Data", "").strip().lower() == "on"
    names = [photos.smallest(rendition), path] if saving else [path]
    file = _first(names)
    is_stand_in = file is None and bool(rendition)
    if is_stand_in:
        file = _first(map(photos.as_jpeg, names))
    if file is None:
        raise Http404
    changed, tag = int(file.stat().st_mtime), f'"{file.name}"'  # a file never changes under its name
    response = get_conditional_response(request, etag=tag, last_modified=changed)
    if response is None:
        response = FileResponse(file.open("rb"), content_type=_TYPES.get(file.suffix, "application/octet-stream"))
    response["ETag"], response["Last-Modified"] = tag, http_date(changed)
    response["Cache-Control"] = "public, max-age=3600" if is_stand_in else "public, max-age=31536000, immutable"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    if rendition:
        patch_vary_headers(response, ["Save-Data"])
    return response


def _first(paths: Iterable[str]) -> Path | None:
    return next(filter(None, map(_find, paths)), None)


def _find(path: str) -> Path | None:
    try:
        file = Path(safe_join(settings.MEDIA_ROOT, path))
        return file if file.is_file() else None
    except (OSError, SuspiciousFileOperation):  # a name that is too long; ../
        return None
