"""Which addresses on this site lead readers nowhere. Other sites are not asked: that takes seconds, and tells them
what is being written."""

from collections.abc import Callable, Iterable
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.urls import Resolver404, ResolverMatch, resolve

from news.models import Article, Category, Document, MissingPath, Page, Tag

AT_ONCE = 100  # addresses that are looked at; each takes a query


def dead(addresses: Iterable[str]) -> tuple[str, ...]:
    """Those that lead nowhere, in their order."""
    return tuple(address for address in [*addresses][:AT_ONCE] if is_dead(address))


def is_dead(address: str) -> bool:
    """Whether readers would find nothing: no such page here, a draft, a withdrawn article, the newsroom, or a host
    without a domain."""
    try:
        parts = urlsplit(address)
    except ValueError:  # brackets that enclose no IPv6 address
        return True
    if parts.scheme in ("mailto", "tel"):
        return False
    if parts.netloc and parts.netloc != urlsplit(settings.SITE_URL).netloc:
        return "." not in (parts.hostname or "").strip(".") and ":" not in (parts.hostname or "")
    if not parts.path:  # a place on the same page
        return False
    path = unquote(parts.path)
    if "\0" in path:  # Postgres stores none
        return True
    return not _is_there(path.rstrip("/") or "/") and not MissingPath.objects.target_of(path)


def _is_there(path: str) -> bool:
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
    except SuspiciousFileOperation:  # outside of the folder
        return False


def _nothing(match: ResolverMatch) -> bool:
    return False


# By the names of routes; what is not listed is there for every argument.
_BEHIND: dict[str, Callable[[ResolverMatch], bool]] = {
    **dict.fromkeys(("article", "article-short", "article-qr", "article-changes", "article-change"), _article),
    **dict.fromkeys(("category", "category-feed", "category-feed-atom"), _category),
    **dict.fromkeys(("tag", "tag-feed", "tag-feed-atom"), _tag),
    **dict.fromkeys(("document", "document-cover"), _document),
    "page": _page,
    "media": _file,
    "preview": _nothing,  # for one person, and not for long
    "admin": _nothing,
    "without-slash": _nothing,
}
