"""The search page."""

from typing import NamedTuple

from django.db.models.functions import Left
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from news import markup
from news.forms import SearchForm
from news.models import Article, Category, Document, FailedSearch
from news.pieces import marked
from news.search import excerpts, spelling
from news.search.find import CANDIDATES, fetch, find
from news.search.query import Query, parse
from news.web.caching import public
from news.web.time_limit import TooSlow, time_limit

PAGE = 20
_STATEMENT_TIMEOUT = 2_000  # milliseconds
_DOCUMENTS = 3  # above the articles
_FEW = 5  # results; up to this many, another spelling is suggested
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
    published = form.narrow(Article.objects.published())
    pks, whole = find(published, query, newest=form.cleaned_data["urut"] == "terbaru")
    documents = Document.objects.of(published).best(query, _DOCUMENTS) if number == 1 else []
    if not whole and not documents and not query.excluded and number == 1 and not form.is_narrowed:
        FailedSearch.objects.note(query.text)
    start = (number - 1) * PAGE
    suggestion = spelling.suggest(query.text) if len(whole) <= _FEW else None
    return {
        "results": _shown(fetch(published, pks[start : start + PAGE]), query),
        "documents": documents,
        "whole": len(whole),
        "excludes_itself": query.excludes_itself,
        "count": len(pks),
        "is_cut": len(whole) == CANDIDATES,
        "number": number,
        "next_number": number + 1 if len(pks) > start + PAGE and number < form.LAST_PAGE else None,
        "suggestion": suggestion,
    }


class _Result(NamedTuple):
    """An article with the query's words marked."""

    article: Article
    title: SafeString
    excerpt: SafeString  # from the body, else the summary


def _shown(articles: list[Article], query: Query) -> list[_Result]:
    stems = query.stems
    bodies = dict(
        Article.objects.filter(pk__in=[article.pk for article in articles]).values_list(
            "pk", Left("body", _EXCERPT_CHARS)
        )
    )
    return [_result(article, bodies[article.pk], stems) for article in articles]


def _result(article: Article, body: str, stems: frozenset[str]) -> _Result:
    text = markup.plain_text(markup.without_broken_tag(body))
    excerpt = excerpts.excerpt(text, stems) or excerpts.marked(article.summary, stems)
    return _Result(article, marked(excerpts.marked(article.title, stems)), marked(excerpt))
