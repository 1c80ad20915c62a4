"""Small addresses around the news."""

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import resolve
from django.utils import timezone
from django.views.decorators.common import no_append_slash
from django.views.decorators.http import require_safe

from news.caching import public


@require_safe
@public
def robots(request):
    return render(request, "news/robots.txt", {"site_url": settings.SITE_URL}, content_type="text/plain")


@require_safe
@public
def security(request):
    return render(
        request, "news/security.txt", {"expires": timezone.now() + timedelta(days=180)}, content_type="text/plain"
    )


@public
@no_append_slash
def without_slash(request, path):
    """`/tag/banjir/` is mistyped or old: its address without the slash, where there is such a page."""
    if path.startswith("/") or path.endswith("/"):
        raise Http404  # "//elsewhere.example/" would send the reader to another site
    resolve(f"/{path}")  # raises Resolver404, which is a Http404
    return HttpResponsePermanentRedirect(f"/{path}")
