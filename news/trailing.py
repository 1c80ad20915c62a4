"""Addresses as messengers, e-mails and print leave them: `/b/1000002).`, with an invisible space, encoded twice.

Only asked when an address was not found. What is behind it decides: the page is asked for, and no route lists what it
forgives.
"""

import copy
import html
import re
import unicodedata
from urllib.parse import quote, unquote

from django.http import Http404, QueryDict
from django.urls import Resolver404, ResolverMatch, resolve

from news.words import is_invisible

# Routes that readers pass on: pages, some of the comments app, and feeds. Not those that need a token or a captcha.
ROUTES = {
    "archive",
    "article",
    "article-short",
    "articles",
    "categories",
    "category",
    "category-feed",
    "category-feed-atom",
    "comments",
    "article-change",
    "article-changes",
    "corrections",
    "corrections-feed",
    "corrections-feed-atom",
    "day",
    "feed",
    "feed-atom",
    "home",
    "month",
    "open-data",
    "page",
    "popular",
    "search",
    "tag",
    "tag-feed",
    "tag-feed-atom",
    "thread",
    "transparency",
    "transparency-month",
}
_ENCODED_AT_MOST = 3  # times
_FURTHER = re.compile(r"""[?#&<>"].*""", re.DOTALL)
_SHOWN = (200, 410)  # 410: it says why an article was withdrawn


def target(request) -> str:
    """Where the address leads without what does not belong to it; "" if it has nothing of the kind, or if there is no
    such page. The query string stays."""
    for path in candidates(request.path) if "//" not in request.path else ():
        if path != request.path and (address := _address(request, path)):
            query = request.META.get("QUERY_STRING", "")
            return f"{address}?{query}" if query else address
    return ""


def candidates(path: str) -> list[str]:
    """The path without invisible characters, a query string or HTML that was encoded with it, and all that follows the
    last letter or digit; first with dashes, in which a slug may end."""
    for _ in range(_ENCODED_AT_MOST):
        path = html.unescape(unquote(path))
    path = "".join(character for character in _FURTHER.sub("", path) if not is_invisible(character))
    longest = _without_end(path, kept="-_")
    return list(dict.fromkeys([longest, _without_end(longest)]))


def _without_end(path: str, kept: str = "") -> str:
    """The path up to its last letter, digit or one of `kept`. A part of it that is nothing but a picture, as in
    /kategori/😀, is somebody's mistake and stays."""
    end = len(path)
    while end and not (path[end - 1].isalpha() or path[end - 1].isdecimal() or path[end - 1] in kept):
        end -= 1
    removed = path[end:]
    if "/" in removed and any(unicodedata.category(character) == "So" for character in removed):
        return path
    return path[:end] or "/"


def _address(request, path: str) -> str:
    """The address of the page at this path, or where it redirects to; "" if there is none."""
    try:
        found = resolve(path)
    except Resolver404:
        return ""
    if found.url_name not in ROUTES:
        return ""
    response = _response(request, path, found)
    if response is None:
        return ""
    return response.get("Location") or (quote(path) if response.status_code in _SHOWN else "")


def _response(request, path: str, found: ResolverMatch):
    """The response to this path without a query string, which the page itself may refuse; None if there is none."""
    asked = copy.copy(request)
    asked.path = asked.path_info = path
    asked.resolver_match = found
    asked.META, asked.GET = request.META | {"QUERY_STRING": ""}, QueryDict()
    try:
        return found.func(asked, *found.args, **found.kwargs)
    except Http404:
        return None
