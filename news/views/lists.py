"""Chronological lists of articles, the archive and the most read articles."""

import calendar
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from typing import NamedTuple

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from news import listing, month_counts, paths
from news.forms import list_query
from news.models import Article, Category, District, Tag
from news.pageviews import most_read
from news.web import dates
from news.web.caching import public
from news.web.paging import Page
from news.web.prepared import Statement


@require_safe
@public
def index(request):
    return _list(request, listing.newest.page, "news/index.html", districts=_districts(), by_day=True)


@require_safe
@public
def category(request, slug):
    found = get_object_or_404(Category, slug=slug)
    articles = partial(listing.of_category.page, found.pk)
    return _list(request, articles, "news/category.html", districts=_districts(), category=found)


@require_safe
@public
def categories(request):
    return render(request, "news/categories.html", {"categories": Category.objects.all()})


@require_safe
@public
def tag(request, slug):
    found = get_object_or_404(Tag, slug=slug)
    articles = partial(listing.of_tag.page, found.pk)
    # A tag that no published article has is none to readers: its name may give a draft away.
    return _list(request, articles, "news/tag.html", or_404=True, districts=_districts(), tag=found)


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
    counts = month_counts.days(first, after)
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
    return _list(request, partial(listing.of_period.page, first, after), "news/month.html", **context)


@require_safe
@public
def day_page(request, year, month, day):
    try:
        first = dates.midnight(date(int(year), int(month), int(day)))
        after = first + timedelta(days=1)
    except (ValueError, OverflowError) as error:
        raise Http404 from error
    articles = partial(listing.of_period.page, first, after)
    context = {"day": first, "month_name": dates.month(first.year, first.month)}
    return _list(request, articles, "news/day.html", or_404=True, **context)


def _time_span() -> tuple[datetime, datetime]:
    """Publication times of the oldest and the newest article, in the city's time zone. Http404 if there are none."""
    times = [timezone.localtime(moment) for (moment,) in _oldest_and_newest()]
    if not times:
        raise Http404
    return min(times), max(times)


def _first_and_last() -> QuerySet:
    times = Article.objects.published().newest_first().values_list("published_at")
    return times[:1].union(times.reverse()[:1], all=True)


_oldest_and_newest = Statement(_first_and_last)


@require_safe
@public
def popular(request):
    return render(request, "news/popular.html", {"periods": most_read.periods(limit=most_read.PLACES)})


class _District(NamedTuple):
    pk: int
    slug: str
    name: str


def _districts() -> list[_District]:
    """What a list can be filtered by; the template shows the filter if there is something to choose from."""
    return [_District._make(row) for row in _all_districts()]


_all_districts = Statement(lambda: District.objects.values_list(*_District._fields))


def _list(
    request,
    articles: Callable[..., Page],
    template: str,
    *,
    districts: list[_District] | None = None,
    or_404: bool = False,
    **context,
):
    """Renders a chronological list (news.listing), from `?sebelum=` on; if `districts` is passed, `?kecamatan=` limits
    it to one of them. `or_404`: a list of nothing is Http404."""
    query = list_query(request)
    district = None
    if districts is not None and query["kecamatan"]:
        district = next((each for each in districts if each.slug == query["kecamatan"]), None)
        if district is None:
            raise Http404
    page = articles(district=district and district.pk, cursor=query["sebelum"])
    if or_404 and not page.items and not articles().items:
        raise Http404
    kept = urlencode({"kecamatan": district.slug}) if district else ""
    context |= {"page": page, "districts": districts, "district": district, "kept": kept}
    return render(request, template, context)
