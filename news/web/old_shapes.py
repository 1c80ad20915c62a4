"""How addresses of earlier portals are written: what of them counts, and what a shape alone says.

Pure functions; news.old_addresses asks what is really there."""

import posixpath
import re
from datetime import date
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

RSS, ATOM = "rss", "atom"

# Parameters that name a page of their own on / and /index.php (WordPress and portals made by hand)
DECIDING = frozenset({"p", "page_id", "id", "cat", "tag", "attachment_id", "feed", "s"})
# What Joomla and its kin need besides; no page of their own without an id
_WITH_AN_ID = frozenset({"option", "view"})
# Added by those who share a link
_SHARED = re.compile(r"utm_\w+|fbclid|gclid|igshid|igsh|mc_cid|mc_eid|_ga|_gl", re.IGNORECASE)
_FRONT = re.compile(r"^/index\.php(?=/|$)", re.IGNORECASE)
_ENDING = re.compile(
    r"(?:/amp|/embed|/print|/trackback|/(?:comment-)?page[/-][0-9]{1,6}|(?P<feed>/feed(?:/(?:rss2?|rdf|(?P<atom>atom)))?)"
    r"|\.html?|\.php)$",
    re.IGNORECASE,
)
_ENDINGS_AT_MOST = 3
_NEVER_STORED = "/"
_DOUBLED = re.compile(r"^\s*//+")
_UPLOAD = "/wp-content/uploads/"
_SIZE = re.compile(r"(?:-[0-9]{1,5}x[0-9]{1,5}|-scaled)(?=\.[a-z]{3,4}$)", re.IGNORECASE)
_PAGE_OF_POST = re.compile(r"^(/[0-9]{4}/[0-9]{1,2}(?:/[0-9]{1,2})?/[0-9]*[^/0-9][^/]*)/[0-9]{1,3}$")
_SCRIPT = re.compile(r"(?:/|.*/(?P<name>[^/]+)\.php)", re.IGNORECASE | re.DOTALL)
_NUMBER = re.compile(r"0*([1-9][0-9]{0,14})(?::[^/]*)?")  # Joomla appends the name: 7007:judul
# Words by which portals made by hand, and Joomla, say that a number is not that of an article
_OTHER_KINDS = re.compile(
    r"(?:com_(?!content$)|kategori|categor|section|rubrik|tags?$|topik|galer|galler|foto|photo|album|video|agenda|"
    r"event|pengumuman|halaman|pages?$|profil|menu|download|unduh|dokumen|file|user|author|penulis|komentar|comment|"
    r"archive|arsip|featured|frontpage|poll|banner|gambar|image|layanan|pejabat)",
    re.IGNORECASE,
)
_MONTH = re.compile("([0-9]{4})([0-9]{2})([0-9]{2})?")
_DATED = re.compile(
    r"^/(?P<year>[0-9]{4})(?:/(?P<month>[0-9]{1,2}))?(?:/(?P<day>[0-9]{1,2}))?(?P<rest>/.*)?$", re.DOTALL
)


class Shape(NamedTuple):
    """An address without the endings that other systems append: `/category/x/feed` is the feed of `/category/x`."""

    path: str
    feed: str = ""  # RSS or ATOM


class Dated(NamedTuple):
    """`/2024/11/13/slug`, `/2024/11/slug`, or an archive: without a slug."""

    year: int
    month: int | None
    day: int | None
    slug: str


def path_and_query(address: str) -> tuple[str, str]:
    """Path and query string of an address, without its host; the path is decoded. ("", "") if it cannot be read."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:  # "https://[x"
        return "", ""
    path = unquote(parts.path)
    return (path or "/" if parts.netloc else path), parts.query


def tidy(path: str) -> str:
    """A decoded path without a trailing slash, double slashes, /./, /../ and /index.php."""
    if path.startswith("/"):
        path = f"/{posixpath.normpath(path).lstrip('/')}"  # browsers resolve /./ and /../ before the request
        path = _FRONT.sub("", path)
    return path.rstrip("/") or "/"


def stored(address: str) -> str:
    """How a table of old addresses has this address: path and, where it decides, query string; "" if invalid. After
    two slashes stands a path here, as some portals write them, never a host."""
    path, query = path_and_query(_DOUBLED.sub("/", address))
    path = tidy(path) if path else ""
    if not path.startswith("/") or "\0" in path:
        return ""
    parameters = _parameters(query)
    if decides(query) and not path.lower().endswith(".php"):
        parameters = _deciding(parameters)
    elif not path.lower().endswith(".php"):  # /berita?halaman=2
        parameters = []
    return f"{path}?{urlencode(parameters)}" if parameters else path


def decides(query: str) -> bool:
    """Whether the query string names a page of its own on / and /index.php."""
    return any(name in DECIDING or _is_month(name, value) for name, value in _parameters(query))


def _is_month(name: str, value: str) -> bool:
    """Whether it is WordPress's `m=202011` or `m=20201113`; Blogger's `m=1` is the same page for phones."""
    return name == "m" and bool(_MONTH.fullmatch(value))


def month(query: str) -> str:
    """The path `/2020/11` or `/2020/11/13` that WordPress's `?m=202011` means; "" if none."""
    found = next((value for name, value in _parameters(query) if _is_month(name, value)), "")
    return _MONTH.sub(lambda match: "/".join(["", *filter(None, match.groups())]), found)


def keys(path: str, query: str) -> list[str]:
    """All that a table of old addresses may have for this one, from the most exact to the least: with the whole query
    string, its deciding part, and none; then without each ending."""
    if "\0" in path:  # Postgres stores none
        return [_NEVER_STORED]
    whole = _parameters(query)
    deciding = _deciding(whole)
    without_feed = [(name, value) for name, value in deciding if name != "feed"]
    paths = [path.rstrip("/") or "/", tidy(path), *(shape.path for shape in shapes(path))]
    queries = [f"?{urlencode(each)}" for each in (whole, deciding, without_feed) if each]
    found = [f"{each}{end}" for each in paths for end in (*queries, "") if each != "/" or end]
    return list(dict.fromkeys(found)) or [_NEVER_STORED]


def shapes(path: str) -> list[Shape]:
    """The path without what other systems append to addresses, one ending less at a time; [] if it has none of them.
    What all of it was an ending of is the list of all articles."""
    path, feed, found = tidy(path), "", list[Shape]()
    if path.lower().startswith(_UPLOAD):
        original = _SIZE.sub("", path)
        return [Shape(original)] if original != path else []
    if page := _PAGE_OF_POST.match(path):  # WordPress's long articles: /2020/05/06/slug/2
        path = page[1]
        found.append(Shape(path))
    while len(found) < _ENDINGS_AT_MOST and (ending := _ENDING.search(path)):
        if ending["feed"]:
            feed = ATOM if ending["atom"] else RSS
        path = path[: ending.start()] or "/"
        found.append(Shape(path, feed))
    return found


def article_number(path: str, query: str) -> str:
    """The number by which the portal before knew an article: of `/?id=8701`, `/berita.php?id=8701` and Joomla's
    `/index.php?option=com_content&view=article&id=7007`. "" if there is none, or if it is that of another kind."""
    script = _SCRIPT.fullmatch(tidy(path))
    said = _parameters(query)
    number = _NUMBER.fullmatch(dict(said).get("id", ""))
    if script is None or number is None or any(name in DECIDING - {"id"} for name, _ in said):
        return ""
    words = [script["name"] or "", *(word for name, value in said if name != "id" for word in (name, value))]
    return "" if any(map(_OTHER_KINDS.match, words)) else number[1]


def wanted_feed(query: str) -> str:
    """The kind of feed that WordPress's `?feed=rss2` asks for; "" if none."""
    kind = dict(_parameters(query)).get("feed", "")
    return (ATOM if kind == "atom" else RSS) if kind else ""


def sought(query: str) -> str:
    """The words that WordPress's `?s=banjir` searches for; "" if none."""
    return dict(_parameters(query)).get("s", "").strip()


def names_more_than_a_feed(query: str) -> bool:
    """Whether the query string names a page besides the feed that it asks for."""
    return any(name in DECIDING - {"feed"} for name, _ in _parameters(query))


def dated(path: str) -> Dated | None:
    """What the path says if it is one of WordPress's dated addresses."""
    match = _DATED.match(path)
    if match is None:
        return None
    year, month, day = (int(match[name]) if match[name] else None for name in ("year", "month", "day"))
    slug = (match["rest"] or "/").split("/")[1]
    try:
        date(year or 0, month or 1, day or 1)
    except ValueError:
        return None
    return Dated(year or 0, month, day, slug)


def _deciding(parameters: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in parameters if name in DECIDING | _WITH_AN_ID or _is_month(name, value)]


def _parameters(query: str) -> list[tuple[str, str]]:
    """Names and values in one order, without what sharing added."""
    try:
        pairs = parse_qsl(query, keep_blank_values=False, max_num_fields=30)
    except ValueError:
        return []
    return sorted({(name, value) for name, value in pairs if not _SHARED.fullmatch(name) and "\0" not in name + value})
