"""Chronological lists of articles, the archive and the most read articles."""

import calendar
from datetime import date, datetime, timedelta

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from news import month_counts, paths
from news.forms import list_query
from news.models import Article, Category, District, MostRead, Tag
from news.pageviews import most_read
from news.web import dates, paging
from news.web.caching import public


@require_safe
@public
def index(request):
    return _list(request, Article.objects.published(), "news/index.html", **_filters(), by_day=True)


@require_safe
@public
def category(request, slug):
    found = get_object_or_404(Category, slug=slug)
    articles = Article.objects.published().filter(category=found)
    return _list(request, articles, "news/category.html", **_filters(), category=found)


@require_safe
@public
def categories(request):
    return render(request, "news/categories.html", {"categories": Category.objects.all()})


@require_safe
@public
def tag(request, slug):
    found = public_tag_or_404(slug)
    articles = Article.objects.published().tagged(found)
    return _list(request, articles, "news/tag.html", **_filters(), tag=found)


def public_tag_or_404(slug: str) -> Tag:
    """Raises Http404 also for a tag that no published article has: its name may give a draft away."""
    found = get_object_or_404(Tag, slug=slug)
    if not found.is_public():
        raise Http404
    return found


@require_safe
@public
def archive(request):
    return render(request, "news/archive.html", {"years": month_counts.years()})


@require_safe
@public
def month_page(request, year, month):
    year, month = int(year), int(month)
    try:
        first, after = dates.month_span(date(year, month, 1))
    except ValueError as error:
        raise Http404 from error
    oldest, newest = _time_span()
    if after <= oldest or first > newest:
        raise Http404  # else crawlers would follow "Bulan sebelumnya" back to the year 1
    articles = Article.objects.published().filter(published_at__gte=first, published_at__lt=after)
    counts = month_counts.days(articles)
    context = {
        "name": dates.month(year, month),
        "weeks": [
            [(day, counts.get(day, 0), paths.day_path(year, month, day)) for day in week]
            for week in calendar.monthcalendar(year, month)
        ],
        "weekdays": [(day, day[:3]) for day in dates.DAYS],
        "address": paths.month_path(year, month),
        "before": first - timedelta(days=1) if first > oldest else None,
        "after": after if after <= newest else None,
        "by_day": True,
    }
    return _list(request, articles, "news/month.html", **context)


@require_safe
@public
def day_page(request, year, month, day):
    try:
        first = dates.midnight(date(int(year), int(month), int(day)))
        after = first + timedelta(days=1)
    except (ValueError, OverflowError) as error:
        raise Http404 from error
    articles = Article.objects.published().filter(published_at__gte=first, published_at__lt=after)
    if not articles.exists():
        raise Http404
    return _list(request, articles, "news/day.html", day=first, month_name=dates.month(first.year, first.month))


def _time_span() -> tuple[datetime, datetime]:
    """Publication times of the oldest and the newest article, in the city's time zone. Http404 if there are none."""
    times = Article.objects.published().newest_first().values_list("published_at", flat=True)
    newest, oldest = times.first(), times.last()
    if newest is None:
        raise Http404
    return timezone.localtime(oldest), timezone.localtime(newest)


@require_safe
@public
def popular(request):
    periods = [(period, most_read.of_period(period, limit=50)) for period in MostRead.Period]
    return render(request, "news/popular.html", {"periods": periods})


def _filters() -> dict:
    """Template context of the list filters; the template shows those with something to choose from."""
    return {"districts": District.objects.all()}


def _list(request, articles, template: str, *, districts=None, **context):
    """Renders a chronological list, 20 articles a page, from `?sebelum=` on; if `districts` is passed, `?kecamatan=`
    limits it to one of them."""
    query = list_query(request)
    district = None
    if districts is not None and query["kecamatan"]:
        district = get_object_or_404(districts, slug=query["kecamatan"])
        articles = articles.filter(district=district)
    page = paging.page(articles.for_list(), query["sebelum"])
    kept = urlencode({"kecamatan": district.slug}) if district else ""
    context |= {"page": page, "districts": districts, "district": district, "kept": kept}
    return render(request, template, context)
