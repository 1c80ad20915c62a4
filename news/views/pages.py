"""Static pages of the office, corrections, and small endpoints such as robots.txt."""

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, render
from django.templatetags.static import static
from django.urls import resolve
from django.utils import timezone
from django.utils.text import Truncator
from django.views.decorators.common import no_append_slash
from django.views.decorators.http import require_safe

from news import existing, markup
from news.forms import cursor_of
from news.models import Correction, Page
from news.web import paging
from news.web.caching import public

_BY_SLUG = {"page", "category", "category-feed", "category-feed-atom", "tag", "tag-feed", "tag-feed-atom"}


@require_safe
@public
def page(request, slug):
    """A static page of the office. Its URL pattern comes last, since it matches any single word."""
    found = get_object_or_404(Page, slug=slug)
    text = found.text
    opening = " ".join(markup.plain_text(text).split())
    found.body = markup.shown(text)
    return render(request, "news/page.html", {"page": found, "description": Truncator(opening).chars(160)})


@require_safe
@public
def corrections(request):
    """/ralat: what readers are told about articles, newest first."""
    cursor = cursor_of(request)
    shown = Correction.objects.told().select_related("article")
    shown = shown.only("kind", "text", "reason", "at", "corrects", "article__title", "article__slug")
    return render(request, "news/corrections.html", {"page": paging.page(shown, cursor, field="at")})


@require_safe
@public
def icon(request):
    """For clients that request /favicon.ico without reading the HTML."""
    return HttpResponsePermanentRedirect(static(settings.LOGO_PICTURE or settings.LOGO))


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


@require_safe
@public
@no_append_slash
def without_slash(request, path):
    """Redirects an old or mistyped `/tag/banjir/` to the address without the slash, if that page exists."""
    if path.startswith("/") or path.endswith("/"):
        raise Http404  # "//elsewhere.example/" would redirect to another site
    match = resolve(f"/{path}")  # raises Resolver404, a subclass of Http404
    if match.url_name in _BY_SLUG and not existing.is_there(f"/{path}"):
        raise Http404  # it may be an old address, which leads elsewhere in one hop; a page's pattern matches any word
    return HttpResponsePermanentRedirect(f"/{path}")
