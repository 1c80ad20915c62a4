"""The home page and the articles' own pages."""

from django.http import HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from news import pageviews, related
from news.caching import public
from news.models import Article, Category, Tag
from news.statements import Statement

HOME_NEWEST = 7  # the headline is the first
HOME_PER_CATEGORY = 3

_tags = Statement(lambda pk: Tag.objects.filter(articles=pk).values_list("name", "slug"))


@require_safe
@public
def home(request):
    headline, *newest = Article.objects.published().for_list().newest_first()[:HOME_NEWEST] or [None]
    sections = [
        (category, Article.objects.published().for_list().filter(category=category).newest_first()[:HOME_PER_CATEGORY])
        for category in Category.objects.in_navigation()
    ]
    return render(
        request,
        "news/home.html",
        {
            "headline": headline,
            "newest": newest,
            "sections": [(category, list(articles)) for category, articles in sections],
        },
    )


@require_safe
@public
def article(request, pk, slug=""):
    try:
        found = Article.objects.published().for_page().get(pk=pk)
    except Article.DoesNotExist:
        return withdrawn_or_404(request, pk)
    if request.path != found.get_absolute_url():
        return HttpResponsePermanentRedirect(found.get_absolute_url())
    response = render(
        request,
        "news/article.html",
        {
            "article": found,
            "description": found.description,
            "reads": found.views.total if hasattr(found, "views") else 0,
            "tags": [Tag(name=name, slug=slug) for name, slug in _tags(found.pk)],
            "related": related.stored(found),
        },
    )
    response[pageviews.HEADER] = str(found.pk)
    return response


@require_safe
@public
def short(request, pk):
    found = Article.objects.published().only("slug").filter(pk=pk).first()
    return HttpResponsePermanentRedirect(found.get_absolute_url()) if found else withdrawn_or_404(request, pk)


def withdrawn_or_404(request, pk):
    """The page of an article that is not published: 410 with the reason where it was withdrawn, else Http404."""
    gone = get_object_or_404(Article.objects.withdrawn(), pk=pk)
    return render(request, "news/withdrawn.html", {"article": gone}, status=410)
