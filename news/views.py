"""The pages that readers see, and the small addresses around them."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import resolve
from django.utils import timezone
from django.views.decorators.common import no_append_slash
from django.views.decorators.http import require_safe

from news import dates, pageviews, paging, related
from news import search as searching
from news.caching import public
from news.forms import PageForm, SearchForm
from news.models import Article, Category, MostRead, Tag
from news.statements import Statement

HOME_NEWEST = 7  # the headline is the first
HOME_PER_CATEGORY = 3
SEARCH_PAGE = 20

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


@require_safe
@public
def index(request):
    return _list(request, Article.objects.published(), "news/index.html")


@require_safe
@public
def category(request, slug):
    found = get_object_or_404(Category, slug=slug)
    return _list(request, Article.objects.published().filter(category=found), "news/category.html", category=found)


@require_safe
@public
def categories(request):
    return render(request, "news/categories.html", {"categories": Category.objects.all()})


@require_safe
@public
def tag(request, slug):
    found = get_object_or_404(Tag, slug=slug)
    return _list(request, Article.objects.published().filter(tags=found), "news/tag.html", tag=found)


@require_safe
@public
def archive(request):
    """The months that have articles between the first and the newest, without counting them."""
    years = []
    if Article.objects.published().exists():
        oldest, newest = _time_span()
        for year in range(newest.year, oldest.year - 1, -1):
            first = oldest.month if year == oldest.year else 1
            last = newest.month if year == newest.year else 12
            years.append((year, [(number, dates.MONTHS[number - 1]) for number in range(first, last + 1)]))
    return render(request, "news/archive.html", {"years": years})


@require_safe
@public
def month_page(request, year, month):
    year, month = int(year), int(month)
    try:
        first = _first_of(year, month)
        after = _first_of(year + month // 12, month % 12 + 1)
    except ValueError as error:
        raise Http404 from error
    oldest, newest = _time_span()
    if after <= oldest or first > newest:
        raise Http404  # else robots would follow "Bulan sebelumnya" into the Middle Ages
    articles = Article.objects.published().filter(published_at__gte=first, published_at__lt=after)
    context = {
        "name": dates.month(year, month),
        "before": first - timedelta(days=1) if first > oldest else None,
        "after": after if after <= newest else None,
    }
    return _list(request, articles, "news/month.html", **context)


def _first_of(year: int, month: int) -> datetime:
    return timezone.make_aware(datetime(year, month, 1))


def _time_span() -> tuple[datetime, datetime]:
    """When the oldest and the newest article were published, by the city's clock. Http404 when there is none."""
    times = Article.objects.published().newest_first().values_list("published_at", flat=True)
    newest, oldest = times.first(), times.last()
    if newest is None:
        raise Http404
    return timezone.localtime(oldest), timezone.localtime(newest)


@require_safe
@public
def popular(request):
    periods = [(period, pageviews.most_read(period, limit=50)) for period in MostRead.Period]
    return render(request, "news/popular.html", {"periods": periods})


@require_safe
@public
def search(request):
    form = SearchForm(request.GET)
    if not form.is_valid():
        return render(request, "news/search.html", {"form": form}, status=400)
    text, number = form.cleaned_data["q"], form.cleaned_data["hal"] or 1
    start = (number - 1) * SEARCH_PAGE
    found = searching.search(Article.objects.published(), text, offset=start, limit=SEARCH_PAGE + 1)
    context = {"form": form, "text": text, "number": number, "articles": found[:SEARCH_PAGE]}
    if len(found) > SEARCH_PAGE and number < form.LAST_PAGE:
        context["next_number"] = number + 1
    return render(request, "news/search.html", context)


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


def _list(request, articles, template: str, **context):
    """A list in order of time, 20 a page, from where `?sebelum=` says."""
    form = PageForm(request.GET)
    if not form.is_valid():
        raise BadRequest("sebelum")
    page = paging.page(articles.for_list(), form.cleaned_data["sebelum"])
    return render(request, template, {"page": page, **context})
