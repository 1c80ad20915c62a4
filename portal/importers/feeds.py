"""Reads RSS and Atom: what a portal tells feed readers, often only its newest articles."""

from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path

from lxml import etree

from news.markup import without_controls
from portal.importers import elements, streams, times
from portal.importers.pictures import Picture
from portal.importers.record import Record, Refusal, record_or_refusal

_RSS = ""
_ATOM = "{http://www.w3.org/2005/Atom}"
_RSS_1 = "{http://purl.org/rss/1.0/}"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_MEDIA = "{http://search.yahoo.com/mrss/}"
_DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"
_ITEMS = {f"{_RSS}item", f"{_RSS_1}item", f"{_ATOM}entry"}
_WANTED = elements.Wanted(
    items=frozenset({"item", "entry"}), others=frozenset(), ends=frozenset({"rss", "feed", "RDF"})
)


def read(
    path: Path, progress: Callable[[int], object] = lambda position: None
) -> Iterator[tuple[int, Record | Refusal]]:
    """Yields the number of each article in the feed and its record, or Refusal. Memory is bounded by one article.

    `progress` is called with the number of bytes read so far. Raises OSError if the file cannot be opened.
    """
    number, found = 0, elements.Elements(_WANTED)
    for element in elements.read(path, found, progress):
        if isinstance(element, Refusal) or element.tag in _ITEMS:
            number += 1
            yield number, element if isinstance(element, Refusal) else record_or_refusal(_of_element, element)
    if not found.is_whole:
        yield number + 1, Refusal(streams.CUT_OFF)
    elif not number:
        yield 1, Refusal("umpan ini tidak memuat berita")


def _of_element(element: etree._Element) -> Record:
    return _entry(element) if element.tag.startswith(_ATOM) else _item(element)


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


def _entry(entry: etree._Element) -> Record:
    links = {link.get("rel", "alternate"): link.get("href", "") for link in entry.iterfind(f"{_ATOM}link")}
    body, short = (_html(entry.find(f"{_ATOM}{name}")) for name in ("content", "summary"))
    return _record(
        title=_html(entry.find(f"{_ATOM}title")),
        summary=short if body else "",
        body=body or short,
        date=_text(entry, f"{_ATOM}published") or _text(entry, f"{_ATOM}updated"),
        updated=_text(entry, f"{_ATOM}updated"),
        categories=[each.get("label") or each.get("term") or "" for each in entry.iterfind(f"{_ATOM}category")],
        author=_text(entry, f"{_ATOM}author/{_ATOM}name"),
        url=links.get("alternate", ""),
        key=_text(entry, f"{_ATOM}id"),
        lead=_lead(entry),
    )


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
) -> Record:
    """The first category is the article's; feeds tell tags in the same way."""
    published = times.published(date)
    return Record(
        title=title,
        summary=summary,
        body=body,
        author=author,
        published_at=published.at,
        time_known=published.time_known,
        raw_date=published.raw,
        updated_at=times.published(updated).at,
        category=categories[0] if categories else "",
        tags=categories[1:],
        url=url,
        key="" if url else key,  # one portal's addresses are kept, whatever its feed reader calls them
        lead=lead,
        remarks=(published.remark,) if published.remark else (),
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
