"""The captcha of a form (fetched by portal.js), its picture and its sound."""

import re

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from comments.captcha import issuing, rendering
from comments.views.common import no_store, published, unlisted
from news.views.articles import withdrawn_or_404

_RANGE = re.compile(r"bytes=(\d{1,9})-(\d{0,9})")


@require_safe
@no_store
def captcha_part(request, pk):
    """Only the captcha part of an article's comment form, for portal.js."""
    if published(pk) is None:
        return withdrawn_or_404(request, pk)
    return unlisted(render(request, "comments/_captcha.html", issuing.shown(request)))


@require_safe
@no_store
def captcha_alone(request, pk=None):
    """The same for a form that belongs to no article; `pk` is the comment to report, if it is the report form."""
    return unlisted(render(request, "comments/_captcha.html", issuing.shown(request)))


@require_safe
@no_store
def captcha_picture(request, key):
    png = rendering.drawn(key)
    return unlisted(HttpResponse(png, content_type="image/png") if png else HttpResponse(status=410))


@require_safe
@no_store
def captcha_sound(request, key):
    """The captcha as speech. Byte ranges are supported, since Safari plays nothing without them."""
    try:
        wav = rendering.sound(key)
    except rendering.Busy:
        return HttpResponse(status=429, headers={"Retry-After": "2"})
    if wav is None:
        return HttpResponse(status=410)
    request.META.pop("HTTP_ACCEPT_ENCODING", None)  # ranges of compressed content could not be joined
    response = HttpResponse(wav, content_type="audio/wav", headers={"Accept-Ranges": "bytes"})
    part = _RANGE.fullmatch(request.headers.get("Range", ""))
    # Other kinds of ranges, and one that ends before it begins, are answered with the whole file.
    if part and (not part[2] or int(part[2]) >= int(part[1])):
        start, end = int(part[1]), min(int(part[2] or len(wav)), len(wav) - 1)
        if start > end:
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{len(wav)}"})
        response.status_code = 206
        response.content = wav[start : end + 1]
        response["Content-Range"] = f"bytes {start}-{end}/{len(wav)}"
    return unlisted(response)
