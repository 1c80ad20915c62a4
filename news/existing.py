"""Which pages of this site there are, found out without rendering them."""

from collections.abc import Callable
from datetime import date, timedelta

from django.core.exceptions import SuspiciousOperation
from django.core.files.storage import default_storage
from django.urls import Resolver404, ResolverMatch, resolve

from news.models import Article, Category, Document, Page, Tag
from news.web import dates


def is_there(path: str) -> bool:
    """Whether readers find a page of this site at the path."""
    try:
        match = resolve(path)
    except Resolver404:
        return False
    if match.app_name == "admin":
        return False
    asked = _BEHIND.get(match.url_name or "")
    return asked is None or asked(match)


def _article(match: ResolverMatch) -> bool:
    return Article.objects.published().filter(pk=match.kwargs["pk"]).exists()


def _month(match: ResolverMatch) -> bool:
    """As the page of a month: between the oldest article and the newest."""
    try:
        first, after = dates.month_span(date(int(match.kwargs["year"]), int(match.kwargs["month"]), 1))
    except ValueError:
        return False
    times = Article.objects.published().newest_first().values_list("published_at", flat=True)
    newest, oldest = times.first(), times.last()
    return newest is not None and first <= newest and oldest < after


def _day(match: ResolverMatch) -> bool:
    try:
        first = dates.midnight(date(*(int(match.kwargs[name]) for name in ("year", "month", "day"))))
        after = first + timedelta(days=1)
    except (ValueError, OverflowError):
        return False
    return Article.objects.published().filter(published_at__gte=first, published_at__lt=after).exists()


def _category(match: ResolverMatch) -> bool:
    return Category.objects.filter(slug=match.kwargs["slug"]).exists()


def _tag(match: ResolverMatch) -> bool:
    tag = Tag.objects.filter(slug=match.kwargs["slug"]).first()
    return tag is not None and tag.is_public()


def _page(match: ResolverMatch) -> bool:
    return Page.objects.filter(slug=match.kwargs["slug"]).exists()


def _document(match: ResolverMatch) -> bool:
    return Document.objects.visible().filter(name=match.kwargs["name"]).exists()


def _file(match: ResolverMatch) -> bool:
    try:
        return default_storage.exists(match.kwargs["path"])
    except SuspiciousOperation:  # outside of the folder
        return False
    except OSError:  # the server that keeps photos is away: nobody may call a file lost
        return True


def _nothing(match: ResolverMatch) -> bool:
    return False


# By the names of routes; what is not listed is there for every argument.
_BEHIND: dict[str, Callable[[ResolverMatch], bool]] = {
    **dict.fromkeys(("article", "article-short", "article-qr", "article-changes", "article-change"), _article),
    **dict.fromkeys(("comments", "comments-captcha"), _article),
    **dict.fromkeys(("category", "category-feed", "category-feed-atom"), _category),
    **dict.fromkeys(("tag", "tag-feed", "tag-feed-atom"), _tag),
    **dict.fromkeys(("document", "document-cover"), _document),
    "page": _page,
    "month": _month,
    "day": _day,
    "media": _file,
    "preview": _nothing,  # for one person, and not for long
    "admin": _nothing,
    "without-slash": _nothing,
}
