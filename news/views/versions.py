"""What changed in a published article, for readers."""

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from news import versions
from news.models import Article
from news.views.articles import withdrawn_or_404
from news.web.caching import public


@require_safe
@public
def changes(request, pk):
    """All changes after publication, with their reasons."""
    article = Article.objects.published().for_list().filter(pk=pk).first()
    if article is None:
        return withdrawn_or_404(request, pk)
    found = list(versions.of(article)[: versions.LISTED])
    if not found:
        raise Http404
    shown = set(versions.shown(article).values_list("pk", flat=True))
    listed = [(change, change.pk in shown) for change in found]
    return render(request, "news/changes.html", {"article": article, "changes": listed, "at_most": versions.LISTED})


@require_safe
@public
def change(request, pk, number):
    """One of them, with the difference between the texts."""
    article = Article.objects.published().filter(pk=pk).defer("search", "title_stems", "body_stems").first()
    if article is None:
        return withdrawn_or_404(request, pk)
    found = get_object_or_404(versions.of(article).defer(None), pk=number)
    return render(request, "news/change.html", {"article": article, **versions.version(article, found)._asdict()})
