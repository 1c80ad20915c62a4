"""A body as paragraphs in lists, tables, quotations and figures, and its HTML.

The HTML nests as the standard wants it, however the source was nested: a paragraph contains no other, and bold or a
link that goes on in the next paragraph is closed and opened again.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum, auto
from html import escape
from typing import NamedTuple

from news.markup import elements

PARAGRAPH = "p"
_PRESERVED_EMPTY = {*elements.CELLS, "hr"}  # a cell keeps the others of its row in their columns
_INVISIBLE = re.compile("[\\s\u00ad\u180e\u200b-\u200f\u2060\ufeff]*")  # \s includes the no-break space


@dataclass(eq=False, slots=True)
class Mark:
    """An element inside of paragraphs, such as strong or a link. Each is equal to itself only: two neighbours that are
    bold stay two elements."""

    tag: str
    href: str  # "" if it is no link

    @property
    def start(self) -> str:
        return f'<{self.tag} href="{escape(self.href)}">' if self.href else f"<{self.tag}>"


class Kind(Enum):
    TEXT = auto()
    BREAK = auto()
    LINE_END = auto()  # of the source; a break, unless there is one beside it
    PICTURE = auto()
    GONE = auto()  # something that took no room was removed here
    GAP = auto()  # something that took room was removed here


class Piece(NamedTuple):
    """A part of a paragraph."""

    kind: Kind
    content: str = ""  # text, or a picture's HTML
    marks: tuple[Mark, ...] = ()

    @property
    def is_blank(self) -> bool:
        return self.kind != Kind.PICTURE and is_blank(self.content)


@dataclass(slots=True)
class Paragraph:
    """A paragraph or heading."""

    tag: str  # "" if its text stands in no element of its own
    pieces: list[Piece] = field(default_factory=list)  # something in them is seen
    level: int = 0  # of a heading, as its program wrote it


@dataclass(slots=True)
class Block:
    """What contains paragraphs and other blocks; white space between them is kept as it is."""

    tag: str
    attributes: str = ""
    children: "list[Block | Paragraph | str]" = field(default_factory=list)

    def has(self, *tags: str) -> bool:
        """Whether there is such a block anywhere inside, with something in it."""
        return any(
            isinstance(child, Block) and not child.is_blank and (child.tag in tags or child.has(*tags))
            for child in self.children
        )

    @property
    def is_blank(self) -> bool:
        return all(map(shows_nothing, self.children))

    def has_picture(self) -> bool:
        return any(
            child.has_picture()
            if isinstance(child, Block)
            else isinstance(child, Paragraph) and any(piece.kind == Kind.PICTURE for piece in child.pieces)
            for child in self.children
        )


def shows_nothing(child: Block | Paragraph | str) -> bool:
    return isinstance(child, str) or (isinstance(child, Block) and child.is_blank)


def is_blank(text: str) -> bool:
    """Whether a reader sees nothing of it."""
    return _INVISIBLE.fullmatch(text) is not None


def html_of(block: Block) -> str:
    """The HTML of what is inside, as `allowed.safe()` takes it; nothing of blocks in which nothing is to be seen."""
    shown: list[tuple[Block | Paragraph | str, str]] = []
    for child in block.children:
        if isinstance(child, Block):
            if html := _block_html(child):
                shown.append((child, html))
        elif isinstance(child, str):
            shown.append((child, child))
        else:
            shown.append((child, _inline_html(child.pieces)))
    # A cell or list item with one text needs no paragraph in it.
    bare = bool(block.tag) and sum(isinstance(child, Paragraph) for child, _ in shown) == 1
    return "".join(
        _paragraph_html(child, html, bare=bare) if isinstance(child, Paragraph) else html for child, html in shown
    )


def _block_html(block: Block) -> str:
    inside = html_of(block)
    if block.tag not in _PRESERVED_EMPTY and (not inside or inside.isspace()):
        return ""
    return f"<{block.tag}{block.attributes}>{inside}</{block.tag}>"


def _paragraph_html(paragraph: Paragraph, inside: str, *, bare: bool) -> str:
    if paragraph.tag:
        return f"<{paragraph.tag}>{inside}</{paragraph.tag}>"
    pictures_only = all(piece.kind == Kind.PICTURE or piece.is_blank for piece in paragraph.pieces)
    return inside if bare or pictures_only else f"<{PARAGRAPH}>{inside}</{PARAGRAPH}>"


def _inline_html(pieces: Iterable[Piece]) -> str:
    pieces = _without_empty_links(_spaced(pieces))
    out: list[str] = []
    opened: list[Mark] = []
    for piece in pieces:
        same = 0
        while same < min(len(opened), len(piece.marks)) and opened[same] is piece.marks[same]:
            same += 1
        out += [f"</{mark.tag}>" for mark in reversed(opened[same:])]
        out += [mark.start for mark in piece.marks[same:]]
        opened[same:] = piece.marks[same:]
        match piece.kind:
            case Kind.TEXT:
                out.append(escape(piece.content))
            case Kind.PICTURE:
                out.append(piece.content)
            case Kind.BREAK:
                out.append("<br>")
    out += [f"</{mark.tag}>" for mark in reversed(opened)]
    return "".join(out)


def _without_empty_links(pieces: list[Piece]) -> list[Piece]:
    full = {mark for piece in pieces if not piece.is_blank for mark in piece.marks}
    return [
        piece._replace(marks=tuple(mark for mark in piece.marks if mark in full or not mark.href)) for piece in pieces
    ]


def _spaced(pieces: Iterable[Piece]) -> list[Piece]:
    """The pieces without the places where something was removed: a picture leaves a space between two words, hidden
    text no second space."""
    spaced: list[Piece] = []
    removed = None
    for piece in pieces:
        if piece.kind in (Kind.GAP, Kind.GONE):
            if spaced and (removed is None or piece.kind == Kind.GAP):
                removed = piece
            continue
        if removed and piece.kind == Kind.TEXT and spaced[-1].kind == Kind.TEXT:
            before, after = spaced[-1].content[-1:].isspace(), piece.content[:1].isspace()
            if before and after:
                piece = piece._replace(content=piece.content.lstrip())
            elif removed.kind == Kind.GAP and not before and not after:
                shared = tuple(mark for mark in spaced[-1].marks if mark in piece.marks)
                spaced.append(Piece(Kind.TEXT, " ", shared))
        removed = None
        if piece.content or piece.kind == Kind.BREAK:
            spaced.append(piece)
    return spaced


# ---- Pieces of a paragraph


def parted(pieces: list[Piece]) -> list[list[Piece]]:
    """The paragraphs that two breaks separate; without breaks at their beginning and end."""
    parts: list[list[Piece]] = [[]]
    breaks: list[Piece] = []  # and the blanks between them
    for piece in pieces:
        if piece.kind in (Kind.BREAK, Kind.LINE_END) or (breaks and piece.is_blank):
            breaks.append(piece)
            continue
        if breaks and parts[-1]:
            if sum(each.kind == Kind.BREAK for each in breaks) > 1:
                parts.append([])
            else:
                parts[-1].append(Piece(Kind.BREAK, marks=breaks[0].marks))
        breaks = []
        if not parts[-1]:
            piece = piece._replace(content=piece.content.lstrip())
        parts[-1].append(piece)
    return parts


def without_end_space(pieces: list[Piece]) -> list[Piece]:
    """Pieces in which something is seen, without white space at their end."""
    end = len(pieces)
    while pieces[end - 1].kind in (Kind.TEXT, Kind.GONE, Kind.GAP) and not pieces[end - 1].content.strip():
        end -= 1
    kept = pieces[:end]
    if kept[-1].kind == Kind.TEXT:
        kept[-1] = kept[-1]._replace(content=kept[-1].content.rstrip())
    return kept
