"""Addresses that lead nowhere: what was probably meant, what to read instead, and noting them for the editors."""

import re
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.postgres.search import TrigramSimilarity
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from news import markup, paths
from news.models import Article, Category, MissingPath, Page, Tag
from news.search import find, query, stemming
from news.web.columns import max_length
from news.web.throttle import AtMost

NEWEST = 5
NEWEST_CACHED = 2  # seconds: a storm of mistyped addresses costs one query, and a withdrawn title leaves as soon
SUGGESTIONS = 3
ACTED_ON = 100  # by one click of an editor
SLUGS_ARE_ALIKE = 0.4  # by their trigrams
WORDS_AT_MOST = 8  # long addresses are cut at their end, within a word

# Words that stand in addresses of portals and say nothing about the article.
_FURNITURE = {
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
# The long list that the page views are counted by takes 5 MiB in each process; here a robot does little harm.
_ROBOT = re.compile(r"bot\b|bot/|crawl|spider|https?://|curl|wget|python|java/|go-http", re.IGNORECASE)


class Link(NamedTuple):
    """What `published_element` needs of an article, and its address."""

    title: str
    address: str
    published_at: object
    time_known: bool


class WayOut(NamedTuple):
    """What a page that is not there offers."""

    meant: Sequence[tuple[str, str]] = ()
    newest: Sequence[Link] = ()


# In one process. A note is a write, a suggestion a search.
notes, searches = AtMost(60, seconds=60), AtMost(60, seconds=60)


def target(request) -> str:
    """What the address leads on to, as an editor said; "" where none has."""
    return MissingPath.objects.target_of(_path(request))


def way_out(request) -> WayOut:
    """Where to go from an address that is not there; notes for the editors that it was asked for."""
    path = _path(request)
    if request.method == "GET":
        _note(path, _referrer(request))
    return WayOut(meant=suggestions(path) if _words(path) and searches.take() else [], newest=newest())


def _path(request) -> str:
    return request.path.rstrip("/") or "/"


def newest() -> list[Link]:
    """The newest articles, as of a moment ago."""
    kept = cache.get("missing.newest")
    if kept is None:
        articles = Article.objects.published().only("title", "slug", "published_at", "time_known").newest_first()
        kept = [Link(a.title, a.get_absolute_url(), a.published_at, a.time_known) for a in articles[:NEWEST]]
        cache.set("missing.newest", kept, NEWEST_CACHED)
    return kept


def suggestions(path: str) -> list[tuple[str, str]]:
    """(name, address) of what the path probably meant, likeliest first: the category, tag or page with an address
    like it, then articles with its words. Empty for what does not look like words."""
    found = [*_named_alike(path), *_articles_with(_words(path))]
    return [(str(each), each.get_absolute_url()) for each in found[:SUGGESTIONS]]


def redirect_to_suggestions(paths) -> tuple[int, int]:
    """Lets these missing paths (a queryset) lead on to their suggestions, as far as they have no target yet, the most
    wanted ACTED_ON at most: each is a search. Gives how many do now, and how many were left."""
    redirected = left = 0
    for each in paths.filter(target="")[:ACTED_ON]:
        each.target = next((address for _, address in suggestions(each.path)), "")
        try:
            each.full_clean()
        except ValidationError:  # it would lead back
            each.target = ""
        if each.target:
            each.save(update_fields=["target"])
        redirected, left = redirected + bool(each.target), left + (not each.target)
    return redirected, left


def _note(path: str, referrer: str) -> None:
    if referrer and len(path) <= max_length(MissingPath, "path") and notes.take():
        MissingPath.objects.count_one(path, referrer=referrer)


def _referrer(request) -> str:
    """The page that led here, without what it was asked; "" where none did or a robot says so."""
    agent = request.META.get("HTTP_USER_AGENT", "")
    if not agent or _ROBOT.search(agent) or request.path.startswith((settings.MEDIA_URL, settings.STATIC_URL)):
        return ""
    try:
        parts = urlsplit(markup.without_controls(request.META.get("HTTP_REFERER", "")))
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path == request.path:
        return ""  # scanners name the address itself
    return f"{parts.scheme}://{parts.netloc}{parts.path}"[: max_length(MissingPath, "referrer")]


def _words(path: str) -> list[str]:
    """The words of the path's last part that has some; none for what scanners ask for (/wp-login.php)."""
    for part in [] if _FILE.search(path) else reversed(path.lower().split("/")):
        words = [word for word in _WORD.findall(part) if word not in _FURNITURE | stemming.stop_words()]
        if any(len(word) > 3 for word in words):
            return words[:WORDS_AT_MOST]
    return []


def _articles_with(words: list[str]) -> list[Article]:
    """Articles with all of the words, else with the first half of them, if that is more than a chance word."""
    published = Article.objects.published()
    for some in (words, words[: (len(words) + 1) // 2]):
        if len(some) > 1 or some == words:
            pks, complete = find.find(published, query.parse(" ".join(some)))
            if complete and pks:
                return find.fetch(published, pks[:SUGGESTIONS])
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
    alike = rows.annotate(alike=TrigramSimilarity("slug", slug)).filter(alike__gte=SLUGS_ARE_ALIKE)
    return alike.order_by("-alike", "slug")[:1]
