"""Reads RSS and Atom: what a portal tells feed readers, often only its newest articles; and Blogger's export, which is
an Atom feed of all that a blog has."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from html import escape
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from lxml import etree

from comments.models import Comment
from news.markup import without_controls
from news.web.columns import max_length
from portal.importers import elements, streams, times
from portal.importers.comments import Written
from portal.importers.pictures import Picture
from portal.importers.record import Record, Refusal, record_or_refusal

_RSS = ""
_ATOM = "{http://www.w3.org/2005/Atom}"
_RSS_1 = "{http://purl.org/rss/1.0/}"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_MEDIA = "{http://search.yahoo.com/mrss/}"
_DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"
_BLOGGER = "{http://schemas.google.com/blogger/2018}"
_DRAFT = ("{http://purl.org/atom/app#}", "{http://www.w3.org/2007/app}")
_ANSWERED = "{http://purl.org/syndication/thread/1.0}in-reply-to"
_KIND = "schemas.google.com/g/2005#kind"
_ITEMS = {f"{_RSS}item", f"{_RSS_1}item", f"{_ATOM}entry"}
_WANTED = elements.Wanted(
    items=frozenset({"item", "entry"}), others=frozenset(), ends=frozenset({"rss", "feed", "RDF"})
)
_SHOWN = ("LIVE", "SCHEDULED")  # states of articles: now, or at their time
_LOOKED_AT = 64 * 1024  # bytes
_TEXTS = ("", "post", "page")  # kinds of entries


def read(
    path: Path, progress: Callable[[int], object] = lambda position: None
) -> Iterator[tuple[int, Record | Refusal]]:
    """Yields the number of each article in the feed and its record, or Refusal. Memory is bounded by one article.

    `progress` is called with the number of bytes read so far. Raises OSError if the file cannot be opened.
    """
    number, found, comments = 0, elements.Elements(_WANTED), _comments(path)
    for element in elements.read(path, found, progress):
        if isinstance(element, Refusal):
            number += 1
            yield number, element
        elif element.tag in _ITEMS:
            number += 1
            if _kind(element) in _TEXTS:
                yield number, record_or_refusal(_of_element, element, comments)
    if not found.is_whole:
        yield number + 1, Refusal(streams.CUT_OFF)
    elif not number:
        yield 1, Refusal("umpan ini tidak memuat berita")


def _of_element(element: etree._Element, comments: Mapping[str, list[Written]]) -> Record:
    return _entry(element, comments) if element.tag.startswith(_ATOM) else _item(element)


# ---- Blogger's export: an Atom feed with pages, comments, settings and templates among the articles


def _kind(entry: etree._Element) -> str:
    """`post`, `page`, `comment` or what else Blogger calls it; "" in all other feeds."""
    if name := _text(entry, f"{_BLOGGER}type"):  # of exports by Google Takeout
        return name.lower()
    kinds = (each for each in entry.iterfind(f"{_ATOM}category") if (each.get("scheme") or "").endswith(_KIND))
    return next(((each.get("term") or "").rpartition("#")[2] for each in kinds), "")


def _is_draft(entry: etree._Element) -> bool:
    controls = (_text(entry, f"{name}control/{name}draft") for name in _DRAFT)
    return "yes" in controls or _text(entry, f"{_BLOGGER}status") not in ("", *_SHOWN)


def _is_left_out(comment: etree._Element) -> bool:
    """Spam, and what was deleted."""
    return _text(comment, f"{_BLOGGER}status") not in ("", "LIVE", "PENDING")


def _comments(path: Path) -> dict[str, list[Written]]:
    """The comments by the id of their article; they stand behind all articles."""
    found: dict[str, list[Written]] = {}
    if b"blogger" not in streams.head(path, _LOOKED_AT):
        return found
    for entry in elements.read(path, elements.Elements(_WANTED), lambda position: None):
        if isinstance(entry, Refusal) or _kind(entry) != "comment" or _is_left_out(entry):
            continue
        if not (key := _comment_key(_text(entry, f"{_ATOM}id"))):
            continue  # a second run would not know it
        answered = entry.find(_ANSWERED)
        parent = (answered.get("ref", "") if answered is not None else "") or _text(entry, f"{_BLOGGER}parent")
        links = {link.get("rel"): link.get("href", "") for link in entry.iterfind(f"{_ATOM}link")}
        found.setdefault(parent, []).append(
            Written(
                key=key,
                answers=_comment_key(
                    _text(entry, f"{_BLOGGER}inReplyTo") or links.get("related", "").rpartition("/")[2]
                ),
                name=_text(entry, f"{_ATOM}author/{_ATOM}name"),
                text=_html(entry.find(f"{_ATOM}content")),
                at=times.published(_text(entry, f"{_ATOM}published")).at,
                is_public=not _is_draft(entry),
            )
        )
    return found


def _comment_key(name: str) -> str:
    """Of Blogger's number, by which replies name their comment, too."""
    number = name.rpartition("post-")[2]
    return f"blogger?c={number}"[-max_length(Comment, "source_key") :] if number else ""


def _item(item: etree._Element) -> Record:
    prefix = _RSS_1 if item.tag.startswith(_RSS_1) else _RSS
    body, short = _text(item, _CONTENT), _text(item, f"{prefix}description")
    categories = [name for name in (_plain(each) for each in item.iterfind(f"{prefix}category")) if name]
    return _record(
        title=_text(item, f"{prefix}title"),
        summary=short if body else "",
        body=body or short,
        date=_text(item, f"{prefix}pubDate") or _text(item, f"{_DUBLIN_CORE}date"),
        categories=categories,
        author=_text(item, f"{_DUBLIN_CORE}creator"),
        url=_text(item, f"{prefix}link"),
        key=_text(item, f"{prefix}guid"),
        lead=_lead(item),
    )


def _entry(entry: etree._Element, comments: Mapping[str, list[Written]]) -> Record:
    kind = _kind(entry)
    if _text(entry, f"{_BLOGGER}status") == "SOFT_TRASHED":
        raise Refusal("di tempat sampah Blogger")
    links = {link.get("rel", "alternate"): link.get("href", "") for link in entry.iterfind(f"{_ATOM}link")}
    body, short = (_html(entry.find(f"{_ATOM}{name}")) for name in ("content", "summary"))
    return _record(
        title=_html(entry.find(f"{_ATOM}title")),
        summary=short if body else "",
        body=body or short,
        date=_text(entry, f"{_ATOM}published") or _text(entry, f"{_ATOM}updated"),
        updated=_text(entry, f"{_ATOM}updated"),
        categories=[
            each.get("label") or each.get("term") or ""
            for each in entry.iterfind(f"{_ATOM}category")
            if not (each.get("scheme") or "").endswith(_KIND)
        ],
        author=_text(entry, f"{_ATOM}author/{_ATOM}name"),
        url=links.get("alternate", ""),
        key=_text(entry, f"{_ATOM}id"),
        lead=_lead(entry),
        kind="page" if kind == "page" else "article",
        is_draft=_is_draft(entry),
        old_path=_old_path(entry, links.get("alternate", "")) if kind else "",
        comments=tuple(comments.get(_text(entry, f"{_ATOM}id"), ())),
    )


def _old_path(entry: etree._Element, url: str) -> str:
    """Where readers of the blog found it, without the host."""
    with suppress(ValueError):  # "https://[x"
        return _text(entry, f"{_BLOGGER}filename") or urlsplit(url).path
    return ""


def _record(
    *,
    title: str,
    summary: str,
    body: str,
    date: str,
    categories: list[str],
    author: str,
    url: str,
    key: str,
    lead: Picture | None,
    updated: str = "",
    kind: Literal["article", "page"] = "article",
    is_draft: bool = False,
    old_path: str = "",
    comments: tuple[Written, ...] = (),
) -> Record:
    """The first category is the article's; feeds tell tags in the same way."""
    published = times.published(date)
    updated_at, remark = times.changed(updated)
    return Record(
        title=title,
        kind=kind,
        slug=old_path.rpartition("/")[2].removesuffix(".html"),
        is_draft=is_draft,
        old_paths=(old_path,) if old_path and not is_draft else (),
        comments=comments if kind == "article" else (),
        summary=summary,
        body=body,
        author=author,
        published_at=published.at,
        time_known=published.time_known,
        raw_date=published.raw,
        updated_at=updated_at,
        category=categories[0] if categories else "",
        tags=categories[1:],
        url=url,
        key="" if url else key,  # one portal's addresses are kept, whatever its feed reader calls them
        lead=lead,
        remarks=tuple(filter(None, [published.remark, remark])),
    )


def _lead(item: etree._Element) -> Picture | None:
    """The first picture that comes with the article, as a podcast's sound would."""
    links = ((each, each.get("href")) for each in item.iterfind(f"{_ATOM}link") if each.get("rel") == "enclosure")
    files = ((each, each.get("url")) for tag in ("enclosure", f"{_MEDIA}content") for each in item.iter(tag))
    thumbnails = ((each, each.get("url")) for each in item.iter(f"{_MEDIA}thumbnail"))
    for each, address in (*links, *files):
        if address and (each.get("medium") == "image" or each.get("type", "").startswith("image/")):
            return Picture(address)
    return next((Picture(address) for _, address in thumbnails if address), None)


def _text(item: etree._Element, path: str) -> str:
    return _plain(item.find(path))


def _plain(element: etree._Element | None) -> str:
    """All text in the element, also of elements that a careless portal did not encode."""
    return "" if element is None else without_controls("".join(element.itertext())).strip()


def _html(element: etree._Element | None) -> str:
    """A text of Atom as HTML: plain texts are encoded, XHTML is written as it stands."""
    if element is None:
        return ""
    kind = element.get("type", "text")
    if kind == "xhtml":
        inner = [etree.tostring(each, encoding="unicode", method="html", with_tail=False) for each in element]
        return without_controls("".join(inner))
    text = _plain(element)
    return text if kind == "html" else escape(text)
