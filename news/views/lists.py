"""Lists of articles in order of time, the archive and the most read."""

from datetime import datetime, timedelta

from django.core.exceptions import BadRequest
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from news import dates, pageviews, paging
from news.caching import public
from news.forms import PageForm
from news.models import Article, Category, MostRead, Tag


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


def _list(request, articles, template: str, **context):
    """A list in order of time, 20 a page, from where `?sebelum=` says."""
    form = PageForm(request.GET)
    if not form.is_valid():
        raise BadRequest("sebelum")
    page = paging.page(articles.for_list(), form.cleaned_data["sebelum"])
    return render(request, template, {"page": page, **context})
