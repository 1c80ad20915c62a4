"""What a page tells programs about its article: JSON-LD, OpenGraph, microdata and the like."""

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from news.markup import without_controls

_ARTICLE = re.compile(r"(?:Article|BlogPosting|LiveBlogPosting|Report)$")
_LIST = re.compile(r"(?:CollectionPage|SearchResultsPage|ItemList)$")
_NOT_INTO = {"itemListElement", "hasPart", "comment", "review", "isPartOf", "publisher", "mentions", "citation"}
_NODES = 2_000  # of one page
_DEPTH = 20
_OF_THEMES = {"entry-title", "entry-content", "published"}  # classes of WordPress's
_COMMENT = re.compile(
    r"\A\s*(?:<!--|//<!\[CDATA\[|<!\[CDATA\[|/\*<!\[CDATA\[\*/)|(?:-->|(?://|/\*)?\]\]>(?:\*/)?)\s*\Z"
)
_LAST_COMMA = re.compile(r",(\s*[\]}])")
_SAVED = re.compile(r'"(headline|datePublished|dateModified|articleSection|@type)"\s*:\s*"((?:[^"\\]|\\.){1,300})"')
_READ = re.compile(r"(?:UserPageVisits|UserPageViews|UserVisits)\s*:\s*([0-9]{1,12})")
# Names of <meta>, most certain first
_META = {
    "title": ("og:title", "twitter:title", "dc.title"),
    "published": (
        "article:published_time", "og:article:published_time", "datepublished", "pubdate", "publishdate",
        "publish-date",
        "publish_date", "content_publisheddate", "dtk:publishdate", "dc.date.issued", "dc.date", "dcterms.created",
        "date",
    ),
    "modified": ("article:modified_time", "og:updated_time", "datemodified", "lastmod", "dc.date.modified"),
    "author": ("article:author", "content_author", "dtk:author", "dc.creator", "author"),
    "section": ("article:section", "content_category", "dtk:kanal"),
    "keywords": ("news_keywords", "content_tag", "dtk:keywords", "keywords"),
    "summary": ("og:description", "description", "twitter:description"),
    "url": ("og:url",),
}  # fmt: skip


@dataclass
class Told:
    """Blank where the page does not tell."""

    is_article: bool = False
    is_list: bool = False
    titles: list[str] = field(default_factory=list)
    published: list[str] = field(default_factory=list)
    modified: list[str] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    editors: list[str] = field(default_factory=list)
    section: str = ""
    tags: list[str] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)
    shortlink: str = ""
    summary: str = ""
    body: str = ""  # plain text
    image: str = ""  # the address of the picture above the text
    reads: int | None = None


def by(root: etree._Element) -> Told:
    """What the page tells, the most certain first."""
    told, meta = Told(), _meta(root)
    told.urls += [link.get("href", "") for link in _links(root, "canonical")]
    _of_linked_data(told, root)
    _of_meta(told, meta)
    _of_microdata(told, root)
    told.shortlink = next((link.get("href", "") for link in _links(root, "shortlink")), "")
    told.tags = _visible_tags(root) or meta.get("article:tag", []) or told.tags or _listed(_first(meta, "keywords"))
    told.urls = [url for url in told.urls if url]
    return told


def _links(root: etree._Element, rel: str) -> Iterator[etree._Element]:
    return (link for link in root.iter("link") if rel in (link.get("rel") or "").lower().split())


def text(element: etree._Element) -> str:
    """The text in an element on one line."""
    return " ".join(without_controls("".join(element.itertext())).split())


# ---- <meta>


def _meta(root: etree._Element) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for element in root.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        if value := without_controls(element.get("content") or "").strip():
            found.setdefault(name.lower(), []).append(html.unescape(value))
    return found


def _all(meta: dict[str, list[str]], kind: str) -> list[str]:
    return [value for name in _META[kind] for value in meta.get(name, [])]


def _first(meta: dict[str, list[str]], kind: str) -> str:
    return next(iter(_all(meta, kind)), "")


def _of_meta(told: Told, meta: dict[str, list[str]]) -> None:
    told.is_article = (
        told.is_article or "article" in meta.get("og:type", []) or bool(meta.get("article:published_time"))
    )
    told.titles += _all(meta, "title")
    told.published += _all(meta, "published")
    told.modified += _all(meta, "modified")
    told.authors = told.authors or [each for each in _all(meta, "author") if not each.startswith("http")][:1]
    told.section = told.section or _first(meta, "section")
    told.urls += _all(meta, "url")
    told.image = told.image or next(iter(meta.get("og:image", [])), "")
    told.summary = told.summary or _first(meta, "summary")


def _listed(value: Any) -> list[str]:
    if isinstance(value, str):
        value = value.split(",")
    found = [name for each in value for name in _names(each)] if isinstance(value, list) else []
    return list(dict.fromkeys(filter(None, (" ".join(each.split()) for each in found))))


def _visible_tags(root: etree._Element) -> list[str]:
    links = (link for link in root.iter("a") if (link.get("rel") or "").lower().split() == ["tag"])
    return list(dict.fromkeys(filter(None, map(text, links))))


# ---- Microdata (Joomla, many themes) and the class names of WordPress's themes


def _of_microdata(told: Told, root: etree._Element) -> None:
    named: dict[str, etree._Element] = {}
    for element in root.iter(etree.Element):
        for name in (element.get("itemprop") or "").split():
            named.setdefault(name, element)
    classes = {
        name: element
        for element in root.iter("time", "h1", "div", "article", "section", "a")
        for name in (element.get("class") or "").split()
    }
    if {"datePublished", "articleBody"} <= named.keys() or classes.keys() >= _OF_THEMES:
        told.is_article = True
    _of_microformat(told, classes)
    for name, into in (("datePublished", told.published), ("dateModified", told.modified), ("headline", told.titles)):
        if name in named:
            into.append(_value(named[name]))
    if "published" in classes:
        told.published.append(_value(classes["published"]))
    if "articleSection" in named or "genre" in named:
        told.section = told.section or _value(named.get("articleSection", named.get("genre")))
    if "author" in named and not told.authors:
        inner = next((each for each in named["author"].iter() if each.get("itemprop") == "name"), named["author"])
        told.authors = [_value(inner)]
    if (
        told.reads is None
        and "interactionCount" in named
        and (match := _READ.search(_value(named["interactionCount"])))
    ):
        told.reads = int(match[1])


def _of_microformat(told: Told, classes: dict[str, etree._Element]) -> None:
    """https://microformats.org/wiki/h-entry, as Medium exports its articles."""
    if not {"h-entry", "p-name", "e-content", "dt-published"} <= classes.keys():
        return
    told.is_article = True
    told.titles.append(_value(classes["p-name"]))
    told.published.append(_value(classes["dt-published"]))
    if "p-author" in classes:
        told.authors = told.authors or [text(classes["p-author"])]
    for name in ("p-canonical", "u-url"):
        if name in classes:
            told.urls.append(classes[name].get("href", ""))


def _value(element: etree._Element | None) -> str:
    if element is None:
        return ""
    return (element.get("content") or element.get("datetime") or text(element)).strip()


# ---- JSON-LD


def _of_linked_data(told: Told, root: etree._Element) -> None:
    nodes, texts = list[dict](), list[str]()
    for script in root.iter("script"):
        if (script.get("type") or "").lower().partition(";")[0].strip() == "application/ld+json":
            texts.append("".join(script.itertext()))
    for each in texts:
        nodes += _nodes(_json(each))
    articles = [node for node in nodes if any(map(_ARTICLE.search, _types(node)))]
    known = {node["@id"]: node for node in reversed(nodes) if isinstance(node.get("@id"), str) and len(node) > 1}
    told.is_list = any(_LIST.search(kind) for node in nodes for kind in _types(node))
    article = _the_one(articles, told.urls)
    if article is not None:
        told.is_article = True
        _of_article(told, article, known)
    told.section = told.section or _crumb(nodes)


def _the_one(articles: list[dict], urls: list[str]) -> dict | None:
    """The page's own: of several the one with the page's address; none if they are a list."""
    headlines = {str(each.get("headline") or each.get("name")) for each in articles}
    if len(headlines) <= 1:
        return max(articles, key=len, default=None)
    return next((each for each in articles if urls and set(_addresses(each)) & set(urls)), None)


def _of_article(told: Told, article: dict, known: dict[str, dict]) -> None:
    told.titles += _names(article.get("headline")) or _names(article.get("name"))
    told.published += _names(article.get("datePublished")) or _names(article.get("dateCreated"))
    told.modified += _names(article.get("dateModified"))
    told.authors = _names(article.get("author"), known) or _names(article.get("creator"), known)
    told.editors = _names(article.get("editor"), known)
    told.section = next(iter(_listed(article.get("articleSection"))), "")
    told.tags = _listed(article.get("keywords"))
    told.urls += _addresses(article)
    told.body = next(iter(_names(article.get("articleBody"))), "")
    told.summary = next(iter(_names(article.get("description"))), "")
    told.image = next(_images(article.get("image")), "")
    told.reads = _interactions(article.get("interactionStatistic"))


def _addresses(node: dict) -> list[str]:
    page = node.get("mainEntityOfPage")
    found = [node.get("url"), page.get("@id") if isinstance(page, dict) else page]
    return [each for each in found if isinstance(each, str) and each.startswith(("http://", "https://", "/"))]


def _images(value: Any) -> Iterator[str]:
    for each in value if isinstance(value, list) else [value]:
        address = (each.get("url") or each.get("contentUrl")) if isinstance(each, dict) else each
        if isinstance(address, str) and address.strip():
            yield address.strip()


def _interactions(value: Any) -> int | None:
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, dict) and "Comment" not in str(each.get("interactionType")):
            count = str(each.get("userInteractionCount", ""))
            if re.fullmatch("[0-9]{1,12}", count):
                return int(count)
    return None


def _crumb(nodes: list[dict]) -> str:
    """The category, as the crumbs before the article's own name it."""
    for node in nodes:
        if "BreadcrumbList" in _types(node) and isinstance(node.get("itemListElement"), list):
            names = [
                next(iter(_names(each) or _names(each.get("item"))), "")
                for each in node["itemListElement"]
                if isinstance(each, dict)
            ]
            return names[-2] if len(names) > 2 else ""
    return ""


def _names(value: Any, known: dict[str, dict] | None = None) -> list[str]:
    """The texts in a value: a text, a thing with a name, or a list of them."""
    found = list[str]()
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, dict):
            each = each.get("name") or (known or {}).get(str(each.get("@id")), {}).get("name") or each.get("@value")
        if isinstance(each, str) and not each.startswith(("http://", "https://")) and each.strip():
            found.append(html.unescape(without_controls(each)).strip())
    return found


def _types(node: dict) -> list[str]:
    kinds = node.get("@type")
    return [str(each) for each in (kinds if isinstance(kinds, list) else [kinds])]


def _json(text: str) -> Any:
    """What a script of JSON-LD says; of one that is broken its plain values."""
    text = _COMMENT.sub("", text.strip())
    for attempt in (text, html.unescape(text), _LAST_COMMA.sub(r"\1", text)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    values: dict[str, str] = {}
    for name, value in _SAVED.findall(text):
        values.setdefault(name, value.replace('\\"', '"').replace("\\/", "/"))
    return values


def _nodes(value: Any, depth: int = 0) -> list[dict]:
    """All things that the value describes as the page's, not those that it lists."""
    found: list[dict] = []
    if depth > _DEPTH:
        return found
    if isinstance(value, list):
        for each in value[:_NODES]:
            found += _nodes(each, depth + 1)
    elif isinstance(value, dict):
        found.append(value)
        for name, each in value.items():
            if name not in _NOT_INTO and isinstance(each, dict | list):
                found += _nodes(each, depth + 1)
    return found[:_NODES]
