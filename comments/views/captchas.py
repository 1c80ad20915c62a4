"""The captcha of a form, fetched by portal.js, its picture and its sound."""

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
    """The captcha's part of the form alone, for portal.js."""
    if published(pk) is None:
        return withdrawn_or_404(request, pk)
    return unlisted(render(request, "comments/_captcha.html", issuing.shown(request)))


@require_safe
@no_store
def captcha_alone(request, pk=None):
    """The same for a form that belongs to no article; `pk` is the comment that the form reports."""
    return unlisted(render(request, "comments/_captcha.html", issuing.shown(request)))


@require_safe
@no_store
def captcha_picture(request, key):
    png = rendering.drawn(key)
    return unlisted(HttpResponse(png, content_type="image/png") if png else HttpResponse(status=410))


@require_safe
@no_store
def captcha_sound(request, key):
    """The captcha spoken. Safari plays only what comes in the parts it asks for: a range of bytes is answered so."""
    try:
        wav = rendering.sound(key)
    except rendering.Busy:
        return HttpResponse(status=429, headers={"Retry-After": "2"})
    if wav is None:
        return HttpResponse(status=410)
    request.META.pop("HTTP_ACCEPT_ENCODING", None)  # a compressed part could not be put together again
    response = HttpResponse(wav, content_type="audio/wav", headers={"Accept-Ranges": "bytes"})
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))  # other kinds of ranges may be answered with the whole
    if asked and (
        not asked[2] or int(asked[2]) >= int(asked[1])
    ):  # a range that ends before it begins asks for nothing
        start, end = int(asked[1]), min(int(asked[2] or len(wav)), len(wav) - 1)
        if start > end:
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{len(wav)}"})
        response.status_code = 206
        response.content = wav[start : end + 1]
        response["Content-Range"] = f"bytes {start}-{end}/{len(wav)}"
    return unlisted(response)
