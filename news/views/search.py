"""The search page."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from news import search as searching
from news.caching import public
from news.forms import SearchForm
from news.models import Article

PAGE = 20


@require_safe
@public
def search(request):
    form = SearchForm(request.GET)
    if not form.is_valid():
        return render(request, "news/search.html", {"form": form}, status=400)
    text, number = form.cleaned_data["q"], form.cleaned_data["hal"] or 1
    start = (number - 1) * PAGE
    found = searching.search(Article.objects.published(), text, offset=start, limit=PAGE + 1)
    context = {"form": form, "text": text, "number": number, "articles": found[:PAGE]}
    if len(found) > PAGE and number < form.LAST_PAGE:
        context["next_number"] = number + 1
    return render(request, "news/search.html", context)
