"""Addresses that do not exist: redirects, suggestions for the reader, and recording them for the editors."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.postgres.search import TrigramSimilarity
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest

from news import markup, old_addresses, paths, trailing
from news.models import Article, Category, MissingPath, Page, Tag
from news.models.missing_paths import is_ours
from news.search import find, query, stemming
from news.web import old_shapes, replica
from news.web.columns import max_length
from news.web.throttle import AtMost

NEWEST = 5
NEWEST_CACHE_SECONDS = 2  # many mistyped addresses cost one query; a withdrawn article disappears this fast
SUGGESTIONS = 3
REDIRECTED_AT_ONCE = 100  # missing paths in one admin action
_CHECKED_AT_ONCE = 500  # addresses of an earlier portal
MIN_SIMILARITY = 0.4  # trigram similarity
MAX_WORDS = 8  # of a path; long addresses are often cut off within a word

# Words in addresses of portals that say nothing about the article.
_GENERIC_WORDS = {
    "arsip",
    "artikel",
    "baca",
    "berita",
    "cari",
    "category",
    "detail",
    "halaman",
    "index",
    "kategori",
    "news",
    "page",
    "post",
    "read",
    "tag",
    "www",
}
_WORD = re.compile(r"[^\W\d_]{3,40}")
_FILE = re.compile(r"\.(?!html?$)[^./]*$")
# The full list used for counting page views takes 5 MiB per process; here a missed robot does little harm.
_ROBOT = re.compile(r"bot\b|bot/|crawl|spider|https?://|curl|wget|python|java/|go-http", re.IGNORECASE)


class Link(NamedTuple):
    """An article's title and address, and what `published_element` needs."""

    title: str
    address: str
    published_at: object
    time_known: bool


class WayOut(NamedTuple):
    """What the page for a missing address offers: (name, address) of suggestions, and the newest articles."""

    meant: Sequence[tuple[str, str]] = ()
    newest: Sequence[Link] = ()


# Per process: recording costs a write, suggesting costs a search.
recordings, searches = AtMost(60, seconds=60), AtMost(60, seconds=60)


def target(request, known: old_addresses.Known | None = None) -> str:
    """Where this address redirects to: where a row or its shape says (news.old_addresses), else to itself without
    what a messenger appended; "" if nowhere."""
    query = request.META.get("QUERY_STRING", "")
    known = known or old_addresses.Known()
    if address := old_addresses.leads_to(request.path, query, known):
        return address
    is_known = all(map(known.is_nothing, trailing.candidates(request.path)))
    return ("" if is_known else trailing.target(request)) or _without_end(request, query, known)


def leading_nowhere(addresses: Iterable[str]) -> Iterator[str]:
    """Those of many addresses with which readers find nothing, in their order."""
    remaining = iter(addresses)
    while block := list(islice(remaining, _CHECKED_AT_ONCE)):
        parts = [old_shapes.path_and_query(address) for address in block]
        known = old_addresses.Known.of(parts)
        for address, part in zip(block, parts, strict=True):
            if not known.is_article(*part) and not leads_somewhere(*part, known):
                yield address


def leads_somewhere(path: str, query: str, known: old_addresses.Known | None = None) -> bool:
    """Whether readers who follow an address of an earlier portal find what it named: a page here, where it redirects
    to, or why an article was withdrawn. The home page in place of an article is not what was meant."""
    if "\0" in path or not path.startswith("/"):
        return False
    known = known or old_addresses.Known()
    request = HttpRequest()
    request.method, request.path, request.path_info = "GET", path, path
    request.META["QUERY_STRING"] = query
    if old_shapes.tidy(path) == paths.HOME and old_shapes.decides(query):
        return bool(old_addresses.leads_to(path, query, known))
    return bool(old_addresses.page_at(path, known) or target(request, known))


def is_reachable(target: str) -> bool:
    """Whether readers who are redirected to this address find something; other sites are not asked."""
    return bool(target) and (not is_ours(target) or leads_somewhere(*old_shapes.path_and_query(target)))


def _without_end(request, query: str, known: old_addresses.Known) -> str:
    """Where an old address leads to which a messenger appended something."""
    asked = old_shapes.tidy(request.path)
    shorter = [path for path in trailing.candidates(request.path) if old_shapes.tidy(path) != asked]
    return next(filter(None, (old_addresses.leads_to(path, query, known) for path in shorter)), "")


def way_out(request) -> WayOut:
    """Where readers can go from a missing address; also records the request for the editors."""
    path = _path(request)
    if request.method == "GET":
        _note(path, _referrer(request))
    return WayOut(meant=suggestions(path) if _words(path) and searches.take() else [], newest=newest())


def _path(request) -> str:
    return request.path.rstrip("/") or "/"


def newest() -> list[Link]:
    """The newest articles, cached for NEWEST_CACHE_SECONDS."""
    kept = cache.get("missing.newest")
    if kept is None:
        articles = Article.objects.published().only("title", "slug", "published_at", "time_known").newest_first()
        kept = [Link(a.title, a.get_absolute_url(), a.published_at, a.time_known) for a in articles[:NEWEST]]
        cache.set("missing.newest", kept, NEWEST_CACHE_SECONDS)
    return kept


def suggestions(path: str) -> list[tuple[str, str]]:
    """(name, address) of what was probably meant, likeliest first: the category, tag or page with a similar address,
    then articles with the path's words. Empty if the path contains no usable words."""
    found = [*_named_alike(path), *_articles_with(_words(path))]
    return [(str(each), each.get_absolute_url()) for each in found[:SUGGESTIONS]]


def redirect_to_suggestions(paths) -> tuple[int, int]:
    """Redirects those missing paths (a queryset) that have no target to their first suggestion, the most requested
    first; at most REDIRECTED_AT_ONCE, since each needs a search. Returns how many got a target and how many did not.
    """
    redirected = left = 0
    for each in paths.filter(target="")[:REDIRECTED_AT_ONCE]:
        each.target = next((address for _, address in suggestions(each.path)), "")
        try:
            each.full_clean()
        except ValidationError:  # the target redirects back
            each.target = ""
        if each.target:
            each.imported = False
            each.save(update_fields=["target", "imported"])
        redirected, left = redirected + bool(each.target), left + (not each.target)
    return redirected, left


def _note(path: str, referrer: str) -> None:
    fits = len(path) <= max_length(MissingPath, "path")
    if referrer and fits and not replica.primary_is_away and recordings.take():
        MissingPath.objects.count_one(path, referrer=referrer)


def _referrer(request) -> str:
    """The page that linked here, without its query string; "" if there is none or the client is a robot."""
    agent = request.META.get("HTTP_USER_AGENT", "")
    if not agent or _ROBOT.search(agent) or request.path.startswith((settings.MEDIA_URL, settings.STATIC_URL)):
        return ""
    try:
        parts = urlsplit(markup.without_controls(request.META.get("HTTP_REFERER", "")))
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path == request.path:
        return ""  # scanners send the address itself
    return f"{parts.scheme}://{parts.netloc}{parts.path}"[: max_length(MissingPath, "referrer")]


def _words(path: str) -> list[str]:
    """The words of the last path segment that has usable ones; [] for files that scanners request (/wp-login.php)."""
    for part in [] if _FILE.search(path) else reversed(path.lower().split("/")):
        words = [word for word in _WORD.findall(part) if word not in _GENERIC_WORDS | stemming.stop_words()]
        if any(len(word) > 3 for word in words):
            return words[:MAX_WORDS]
    return []


def _articles_with(words: list[str]) -> list[Article]:
    """Articles with all of the words, else with the first half of them, if that is more than one word."""
    published = Article.objects.published()
    for some in (words, words[: (len(words) + 1) // 2]):
        if len(some) > 1 or some == words:
            found = find.find(published, query.parse(" ".join(some)))
            if found.whole:
                return find.fetch(published, [pk for pk in found.pks if pk in found.whole][:SUGGESTIONS])
    return []


def _named_alike(path: str):
    beginning, slash, slug = path.rpartition("/")
    named: dict[str, QuerySet] = {
        paths.category_path(""): Category.objects.all(),
        paths.tag_path(""): Tag.objects.all(),
        paths.page_path(""): Page.objects.all(),
    }
    rows = named.get(beginning + slash)
    if rows is None or not slug:
        return []
    alike = rows.annotate(alike=TrigramSimilarity("slug", slug)).filter(alike__gte=MIN_SIMILARITY)
    nearest = alike.order_by("-alike", "slug")[:5]
    return [each for each in nearest if not isinstance(each, Tag) or each.is_public()][:1]
