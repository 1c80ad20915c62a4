"""Documents of articles: their list with a search, and their files."""

from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header, urlencode
from django.views.decorators.http import require_safe

from news import documents as files
from news.forms import DocumentsForm
from news.models import Document
from news.pieces import marked
from news.search import excerpts
from news.search.query import parse
from news.views.articles import withdrawn_or_404
from news.web import paging, senders
from news.web.caching import public
from news.web.time_limit import TooSlow, time_limit

_STATEMENT_TIMEOUT = 2_000  # milliseconds
_EXCERPT_CHARS = 15_000  # characters of a text that are searched for an excerpt
_INTERNAL = "/_dokumen/"  # where deploy/nginx.conf has DOCUMENTS_ROOT, for the portal only


@require_safe
@public
def index(request):
    """/dokumen: the documents of published articles, newest first; with `?q=` those that have all its words."""
    form = DocumentsForm(request.GET)
    if not form.is_valid():
        return render(request, "news/documents.html", {"form": form}, status=400)
    text, cursor = form.cleaned_data["q"], form.cleaned_data["sebelum"]
    context = {"form": form, "sought": text, "kept": urlencode({"q": text}) if text else ""}
    found = Document.objects.visible().for_list()
    if text:
        query = parse(text)
        context["nothing_to_seek"] = not query
        found, context["stems"] = found.matching(query), query.stems
    try:
        with time_limit(_STATEMENT_TIMEOUT):
            context["page"] = paging.page(found, cursor)
            if text:
                _excerpt(context["page"].items, context["stems"])
    except TooSlow:
        return render(request, "news/documents.html", context | {"too_slow": True}, status=503)
    return render(request, "news/documents.html", context)


def _excerpt(shown: list[Document], stems: frozenset[str]) -> None:
    """Adds to each document the part of its text that has the words."""
    openings = Document.objects.openings([each.pk for each in shown], _EXCERPT_CHARS)
    for each in shown:
        each.excerpt = marked(excerpts.excerpt(openings.get(each.pk, ""), stems))


@require_safe
@public
def file(request, name, slug):
    """The PDF. Always to be saved: shown in the browser it would be sandboxed, and Chromium then shows nothing."""
    found = _visible_or_none(name)
    if found is None:
        return _gone_or_404(request, name)
    if request.path != found.path:
        return HttpResponsePermanentRedirect(found.path)
    response = _served(request, f"{found.file}.pdf", "application/pdf")
    response["Content-Disposition"] = content_disposition_header(True, f"{found.slug}.pdf")
    return response


@require_safe
@public
def cover(request, name):
    """The picture of its first page."""
    found = _visible_or_none(name)
    if found is None:
        return _gone_or_404(request, name)
    if not found.cover_width:
        raise Http404
    return _served(request, f"{found.file}.jpg", "image/jpeg")


def _visible_or_none(name: str) -> Document | None:
    return Document.objects.visible().only("name", "title", "file", "cover_width").filter(name=name).first()


def _gone_or_404(request, name: str) -> HttpResponse:
    """410 as the article says it, if that was withdrawn, else Http404."""
    return withdrawn_or_404(request, get_object_or_404(Document.objects.only("article"), name=name).article_id)


def _served(request, file: str, content_type: str) -> HttpResponseBase:
    """A file of DOCUMENTS_ROOT, sent by nginx if it says that it can. Browsers and caches have to ask each time, since
    the article may be withdrawn."""
    if request.META.get("HTTP_X_DOCUMENTS") == "nginx" and senders.is_behind_trusted(request):
        response: HttpResponseBase = HttpResponse(content_type=content_type)
        response["X-Accel-Redirect"] = _INTERNAL + file
    else:
        response = files.response(request, file, content_type)
    response["Cache-Control"] = "public, no-cache"
    return response
