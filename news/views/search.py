"""The search page."""

from typing import Any

from django.db.models.functions import Left
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from news import markup, pieces
from news.forms import SearchForm
from news.listed import Hit
from news.models import Article, Category, Document, FailedSearch
from news.search import excerpts, spelling
from news.search.find import CANDIDATES, find
from news.search.query import Query, parse
from news.web.caching import public
from news.web.time_limit import TooSlow, time_limit

PAGE = 20
_STATEMENT_TIMEOUT = 2_000  # milliseconds
_DOCUMENTS = 3  # above the articles
FEW = 5  # results; up to this many, another spelling is suggested
_EXCERPT_CHARS = 15_000  # characters of a body that are searched for an excerpt


@require_safe
@public
def search(request):
    form = SearchForm(request.GET)
    if not form.is_valid():
        return render(request, "news/search.html", {"form": form}, status=400)
    text = form.cleaned_data["q"]
    query = parse(text)
    context = {"form": form, "text": text, "nothing_to_seek": bool(text) and not query}
    if query:
        try:
            with time_limit(_STATEMENT_TIMEOUT):
                context |= _results(form, query)
        except TooSlow:
            return render(request, "news/search.html", context | {"too_slow": True}, status=503)
    else:
        context["categories"] = Category.objects.in_navigation()
    return render(request, "news/search.html", context)


def _results(form: SearchForm, query: Query) -> dict:
    number = form.cleaned_data["hal"] or 1
    published, within = Article.objects.published(), form.narrowing
    pks, whole, checked = find(published, query, within, by_time=form.cleaned_data["urut"] == "terbaru")
    documents = Document.objects.of(published.filter(within.condition)).best(query, _DOCUMENTS) if number == 1 else []
    if not whole and not documents and not query.excluded and number == 1 and not form.is_narrowed:
        FailedSearch.objects.note(query.text)
    start = (number - 1) * PAGE
    suggestion = spelling.suggest(query.text) if len(whole) <= FEW else None
    return {
        "results": _shown(published, pks[start : start + PAGE], query.stems),
        "documents": documents,
        "whole": len(whole),
        "excludes_itself": query.excludes_itself,
        "count": len(pks),
        "is_cut": len(whole) == CANDIDATES,
        "checked": checked,
        "number": number,
        "next_number": number + 1 if len(pks) > start + PAGE and number < form.LAST_PAGE else None,
        "suggestion": suggestion,
    }


def _shown(articles, pks: list[int], stems: frozenset[str]) -> list[SafeString]:
    """These articles, in this order, with the words that have one of the stems marked."""
    rows = articles.filter(pk__in=pks).values_list(*_COLUMNS, Left("body", _EXCERPT_CHARS))
    found = {row[0]: _hit(*row, stems=stems) for row in rows}
    return [pieces.hit(found[pk]) for pk in pks if pk in found]


_COLUMNS = ("pk", "slug", "category__name", "category__slug", "published_at", "time_known", "title", "summary")


def _hit(*columns: Any, stems: frozenset[str]) -> Hit:
    """The excerpt is from the body, else the summary."""
    *known, title, summary, body = columns
    text = markup.plain_text(markup.without_broken_tag(body))
    excerpt = excerpts.excerpt(text, stems) or (excerpts.marked(summary, stems) if summary else [])
    return Hit._make([*known, excerpts.marked(title, stems), excerpt])
