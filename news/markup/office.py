"""What office programs write that no standard knows: lists as paragraphs, margin comments, footnotes."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from selectolax.lexbor import LexborNode

from news.markup import tree

Attributes = Mapping[str, str | None]

_LIST = re.compile(r"mso-list:\s*(\w+)\s+level([1-9])\b", re.IGNORECASE)
_MARKER = re.compile(r"mso-list:\s*ignore\b", re.IGNORECASE)
_COMMENTS = re.compile(r"mso-(?:element|special-character):\s*comment(?:-list)?\s*(?:;|$)", re.IGNORECASE)
_COMMENT_CLASSES = {"msocomanchor", "msocommentreference", "msocomtxt", "msocomoff"}
_NOTES = re.compile(r"mso-element:\s*(?:foot|end)note-list", re.IGNORECASE)
# Links between a footnote and its place, of Word, Google Docs and LibreOffice; the second kind leads back.
_TO_NOTE = re.compile(r"#(?:_(?:ftn|edn)\d+|ftnt\d+|sd(?:foot|end)note\d+sym)")
_FROM_NOTE = re.compile(r"#(?:_(?:ftn|edn)ref\d+|ftnt_ref\d+|sd(?:foot|end)note\d+anc)")
_NUMBER = re.compile(r"[(\[]?(?:\d+\.)*(?:(\d{1,4})|([a-z])|[ivxlcdm]+)[.)\]]+|(\d{1,4})", re.IGNORECASE)
_DEEPEST = 9  # level of a list in Word


class Item(NamedTuple):
    """An item of a list that its program wrote without nesting."""

    level: int  # 1: outermost
    tag: str  # ul or ol
    number: int  # of an ol; 0 if it is not known
    series: str  # the same for items of one list


def item_of(node: LexborNode, attributes: Attributes) -> Item | None:
    """The item that a paragraph of Word is; None if it is none, or if its marker says more than its place, as in
    "Pasal 3"."""
    found = _LIST.search(attributes.get("style") or "")
    if found is None:
        return None
    markers = (each for each in tree.elements_in(node.first_child, "span") if is_marker(each.attributes))
    marker = next((tree.text_of(each).strip() for each in markers), "")
    series, level = found[1], int(found[2])
    if len(marker) <= 1 and not marker.isdigit():  # also "o" and "§", in fonts in which they are bullets
        return Item(level, "ul", 0, series)
    number = _NUMBER.fullmatch(marker)
    return Item(level, "ol", _value(number), series) if number else None


def _value(number: re.Match) -> int:
    if digits := number[1] or number[3]:
        return int(digits)
    letter = (number[2] or "i").lower()
    return 0 if letter == "i" else ord(letter) - ord("a") + 1  # the first of a list, or the ninth


def is_marker(attributes: Attributes) -> bool:
    """Whether it is the number or bullet in front of an item."""
    return _MARKER.search(attributes.get("style") or "") is not None


def listed(node: LexborNode, tag: str) -> Item | None:
    """The first item of a list of Word for the web or Outlook, which write a list around each item, and its level as
    an attribute."""
    first = node.first_child
    while first is not None and first.tag != "li":
        first = first.next
    if first is None or not (level := first.attributes.get("data-aria-level") or "").isdecimal():
        return None
    start = node.attributes.get("start") or ""
    number = int(start) if re.fullmatch("[0-9]{1,4}", start) else 0
    return Item(min(int(level), _DEEPEST), tag, number, first.attributes.get("data-listid") or "")


def heading_of(tag: str, attributes: Attributes) -> str | None:
    """h1 to h6 if it is a paragraph that Word for the web means as a heading."""
    level = (attributes.get("aria-level") or "").strip()
    is_heading = tag in ("p", "div") and attributes.get("role") == "heading"
    return f"h{min(int(level), 6)}" if is_heading and re.fullmatch("[1-9]", level) else None


def is_filler(node: LexborNode, attributes: Attributes) -> bool:
    """Whether it is the space that Word for the web writes at the end of each paragraph."""
    return "data-ccp-props" in attributes and "EOP" in (attributes.get("class") or "") and not tree.text_of(node)


def is_comment(attributes: Attributes) -> bool:
    """Whether it is a margin comment, its mark in the text, or the list of all."""
    classes = (attributes.get("class") or "").lower().split()
    return bool(_COMMENTS.search(attributes.get("style") or "")) or not _COMMENT_CLASSES.isdisjoint(classes)


def comments_in(node: LexborNode) -> int:
    """How many margin comments have their mark in it."""
    return (node.html or "").lower().count("msocomanchor")


def is_notes(attributes: Attributes) -> bool:
    """Whether all footnotes or endnotes stand in it, below a line."""
    return _NOTES.search(attributes.get("style") or "") is not None


def leads_to_note(attributes: Attributes) -> bool:
    """Whether it is a footnote's mark in the text."""
    return _TO_NOTE.fullmatch((attributes.get("href") or "").strip()) is not None


def leads_from_note(attributes: Attributes) -> bool:
    """Whether it is the mark in front of a footnote."""
    return _FROM_NOTE.fullmatch((attributes.get("href") or "").strip()) is not None
