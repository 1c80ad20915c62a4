"""Foreign HTML as ours: what other portals export, what is pasted from Word or Google Docs, and what is saved."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils.html import escape
from selectolax.lexbor import LexborNode

from news.markup import allowed, elements, office, services, sheets, tree
from news.markup.blocks import (
    Block,
    Kind,
    Mark,
    Paragraph,
    Piece,
    html_of,
    is_blank,
    parted,
    shows_nothing,
    without_end_space,
)
from news.markup.styles import (
    MAX_CHARS,
    NO_STYLE,
    Sheet,
    Style,
    are_alike,
    colour_of,
    is_for_every_screen,
    is_transparent,
    meaning,
)
from news.markup.text import without_controls

_MAX_DEPTH = 250  # of elements of any kind; the limit of `tree` is an estimate

# As exports in XML write ends of lines; the parser knows the character, but not this.
_CARRIAGE_RETURN = re.compile(r"&#(?:0*13|x0*d);(?:\r?\n|&#(?:0*10|x0*a);)?", re.IGNORECASE)
_LINE_END = re.compile(r"(?<![ \t])[ \t]*\n[ \t\n]*")  # looks at each run of spaces once
_EMOJI = 20  # characters at most; one of them can take 10
_EXCERPT = 80  # characters of a hidden text
# Of an image that is not ours, by its attributes: the address of its place in the body, or ""
PlacedImage = Callable[[dict[str, str | None]], str]
_MAX_LETTERS = 2 * tree.BODY_MAX_CHARS  # only limits the work; the length is checked when a body is stored


@dataclass
class Cleaned:
    """A body as we store it, and what was left out."""

    html: str = ""
    pictures: int = 0  # of other sites, and drawings
    frames: int = 0  # videos, maps and other pages in the page
    hidden: list[str] = field(default_factory=list)  # beginnings of texts that readers did not see
    comments: int = 0  # of Word, in the margin
    notes: int = 0  # footnotes, which became paragraphs
    senders: int = 0  # times and names in front of WhatsApp's messages

    @property
    def is_blank(self) -> bool:
        return not self.html


class _State(NamedTuple):
    """What an element hands down to those inside of it."""

    marks: tuple[Mark, ...] = ()
    paragraph: str | None = None  # the tag of the paragraph that texts stand in; None: begun by the text itself
    line_ends: bool = False  # blank lines separate paragraphs, and other ends of lines are breaks
    keeps_lines: bool = False  # as in <pre>
    invisible: bool = False
    tiny: bool = False
    colour: str | None = None
    background: str | None = None
    in_item: bool = False  # of a list of Word, which writes its number or bullet as text
    in_notes: bool = False  # below the line above the footnotes

    @property
    def is_hidden(self) -> bool:
        return self.invisible or self.tiny or (self.colour is not None and self._has_no_contrast(self.colour))

    def _has_no_contrast(self, colour: str) -> bool:
        return is_transparent(colour) or (self.background is not None and are_alike(colour, self.background))

    def marked(self, tag: str, href: str = "") -> "_State":
        if any(mark.tag == tag for mark in self.marks):
            return self
        return self._replace(marks=(*self.marks, Mark(tag, href)))

    def unmarked(self, *tags: str) -> "_State":
        return self._replace(marks=tuple(mark for mark in self.marks if mark.tag not in tags))

    @property
    def in_link(self) -> bool:
        return any(mark.href for mark in self.marks)


def cleaned(html: str, *, imported: bool = False, placed: PlacedImage | None = None) -> Cleaned:
    """The HTML with only the elements of our editor, nested as the standard wants it, without what readers did not
    see.

    Idempotent. `imported`: the ends of lines of texts outside of elements mean something, as in WordPress's editor;
    two breaks end a paragraph; empty tables go. `placed` may keep the place of other sites' images. Raises
    ValidationError for what is too large, too deep or too intricate.
    """
    html = _CARRIAGE_RETURN.sub("\n", without_controls(html))
    result = _Reader(html, imported=imported, placed=placed).read(tree.parsed(html))
    result.html = allowed.safe(without_controls(result.html)).strip()
    return result


class _Reader:
    """Goes through the tree once and writes down what is kept as blocks."""

    def __init__(self, html: str, *, imported: bool, placed: PlacedImage | None) -> None:
        self._source, self._placed = html, placed
        self._imported = imported
        self._sheet: Sheet | None = None
        self._result = Cleaned()
        self._body = self._block = Block("")
        self._paragraph: Paragraph | None = None
        self._letters = 0
        self._closed: dict[str, bool] = {}
        self._headings: list[Paragraph] = []
        self._open_lists: list[tuple[office.Item, Block]] = []  # of items that say their level, from the outermost

    def read(self, first: LexborNode | None) -> Cleaned:
        if "<style" in self._source.lower():
            styles = [
                tree.source_of(each)
                for each in tree.elements_in(first, "style")
                if is_for_every_screen(each.attributes.get("media") or "")
            ]
            self._sheet = Sheet("\n".join(styles))
        line_ends = self._imported and (tree.has_blank_line(first) or not tree.has_break(first))
        self._children(first, _State(line_ends=line_ends), 0)
        self._end_paragraph()
        if self._imported:
            _rank(self._headings)
        self._result.html = html_of(self._body)
        return self._result

    def _children(self, node: LexborNode | None, state: _State, depth: int) -> None:
        if depth > _MAX_DEPTH:
            raise ValidationError("Isi berita bersarang terlalu dalam. Sederhanakan susunannya.")
        while node is not None:
            tag = node.tag or ""
            if tag == "-text":
                self._text(without_controls(node.text_content or ""), state)
            else:
                self._element(node, tag.lower(), state, depth)
            node = node.next

    # ---- Elements

    def _element(self, node: LexborNode, tag: str, state: _State, depth: int) -> None:
        if tag in elements.UNSEEN:
            return
        attributes = {name.lower(): value for name, value in node.attributes.items()}
        style = self._style(tag, attributes)
        tag = office.heading_of(tag, attributes) or tag
        if self._is_left_out(node, tag, attributes, style, state):
            return
        if tag in elements.FRAMES or tag in elements.PICTURES or tag in ("img", *elements.GAPS):
            self._replaced(node, tag, attributes, _handed_down(state, style, attributes), depth)
        elif tag == "br":
            self._add(Piece(Kind.BREAK, marks=state.marks), state)
        elif tag == "hr":
            self._end_paragraph()
            self._place(Block("hr"))
        elif (name := self._container(tag)) is not None:
            state = _styled(_handed_down(state, style, attributes), style)
            self._inside(Block(name, _attributes(name, attributes)), node, state, depth)
        elif tag in elements.PARAGRAPHS or tag in elements.BREAKING or style.breaks:
            self._lines(node, tag, attributes, _handed_down(state, style, attributes), style, depth)
        else:
            self._inline(node, tag, attributes, state, style, depth)

    def _style(self, tag: str, attributes: dict[str, str | None]) -> Style:
        declared = (attributes.get("style") or "")[:MAX_CHARS]
        if tag == "marquee":  # nothing of it is seen outside of its box
            sizes = (f"{name}:{(attributes.get(name) or '')[:10]}" for name in ("width", "height"))
            declared = ";".join(("overflow:hidden", *sizes, declared))
        if self._sheet:
            declared = f"{self._sheet.declarations(tag, attributes)[:MAX_CHARS]};{declared}"
        return meaning(declared) if declared else NO_STYLE

    def _container(self, tag: str) -> str | None:
        """The tag of the block that the element becomes."""
        if tag == "table":
            return tag
        name, places = elements.PARTS.get(tag, ("", ()))
        return name if self._block.tag in places else elements.CONTAINERS.get(tag)

    def _is_left_out(
        self, node: LexborNode, tag: str, attributes: dict[str, str | None], style: Style, state: _State
    ) -> bool:
        """Whether readers did not see it, or an office program wrote it around the text: it goes with its content."""
        if style.hidden or _is_hidden(tag, attributes):
            self._hide(tree.text_of(node))
            return True
        if tag == "hr" and state.in_notes:
            return True
        if not attributes:
            return False
        if office.is_comment(attributes):
            self._result.comments += office.comments_in(node)
            return True
        if tag == "a" and office.leads_from_note(attributes):
            self._result.notes += 1
            return True
        return (
            office.is_filler(node, attributes)
            or (tag == "a" and office.leads_to_note(attributes))
            or (state.in_item and office.is_marker(attributes))
        )

    def _inside(
        self, block: Block, node: LexborNode, state: _State, depth: int, *, place: Block | None = None
    ) -> None:
        """Reads what is in the node into the block. `place`: where the block already is."""
        self._end_paragraph()
        if block.tag in elements.LISTS and (item := office.listed(node, block.tag)):
            place, block = self._block, self._list_of(item)
        place = place or self._place(block)
        outer, self._block = self._block, block
        line_ends = state.line_ends if block.tag == "blockquote" else False
        self._children(node.first_child, self._texts_of_their_own(node, state, line_ends), depth + 1)
        self._end_paragraph()
        self._block = outer
        if block.tag == "figure" and not (block.has_picture() or block.has("table", "blockquote")):
            place.children.pop()
            self._dissolve(block)
        elif block.tag == "table" and self._imported:
            if block.is_blank:
                place.children.pop()
            else:
                sheets.tidy(block)

    def _list_of(self, item: office.Item) -> Block:
        """The list that the item belongs to: an open one, or a new one in its place."""
        self._end_paragraph()
        opened, last = self._open_lists, _last_block(self._block)
        if opened and opened[0][1] is not last:
            opened.clear()
        while opened and opened[-1][0].level > item.level:
            opened.pop()
        if opened and opened[-1][0].level == item.level:
            if not _is_other_list(item, *opened[-1]):
                return opened[-1][1]
            opened.pop()
        entries = Block(item.tag, f' start="{item.number}"' if item.tag == "ol" and item.number > 1 else "")
        if opened:
            self._item(opened[-1][1], new=False).children.append(entries)
        else:
            self._place(entries)
        opened.append((item, entries))
        return entries

    def _lines(self, node: LexborNode, tag: str, attributes: dict, state: _State, style: Style, depth: int) -> None:
        """A paragraph, or an element that only begins and ends a line."""
        self._end_paragraph()
        if tag == "p" and (item := office.item_of(node, attributes)):
            entries, entry = self._list_of(item), Block("li")
            entries.children.append(entry)
            self._inside(entry, node, _styled(state, style)._replace(in_item=True), depth, place=entries)
            return
        if office.is_notes(attributes):
            state = state._replace(in_notes=True)
        if tag in elements.KEEPING_LINES:
            state = state._replace(keeps_lines=True)
        if tag in elements.PARAGRAPHS and not (tag == "p" and state.paragraph):
            state = state._replace(paragraph=elements.PARAGRAPHS[tag])
            self._paragraph = Paragraph(elements.PARAGRAPHS[tag], level=elements.LEVELS.get(tag, 0))
        elif state.paragraph is None:
            state = self._texts_of_their_own(node, state, line_ends=False)
        self._children(node.first_child, _styled(state, style), depth + 1)
        self._end_paragraph()

    def _texts_of_their_own(self, node: LexborNode, state: _State, line_ends: bool) -> _State:
        line_ends = line_ends or (self._imported and tree.has_blank_line(node.first_child))
        return state._replace(paragraph=None, line_ends=line_ends)

    def _inline(self, node: LexborNode, tag: str, attributes: dict, state: _State, style: Style, depth: int) -> None:
        state = _handed_down(state, style, attributes)
        if tag in elements.MARKS:
            state = state.marked(elements.MARKS[tag])
        elif tag == "a" and not state.in_link and _leads_somewhere(href := attributes.get("href") or ""):
            state = state.marked("a", href)
        if "selectable-text" in (attributes.get("class") or ""):  # a message of WhatsApp's
            state = state._replace(keeps_lines=True)
        enclosed = tag in elements.ENCLOSED and node.first_child is not None
        if enclosed:
            self._text(elements.ENCLOSED[tag][0], state)
        self._children(node.first_child, _styled(state, style), depth + 1)
        if enclosed:
            self._text(elements.ENCLOSED[tag][1], state)

    def _replaced(self, node: LexborNode, tag: str, attributes: dict, state: _State, depth: int) -> None:
        """Something shown in the place of the element: only our own pictures are kept."""
        if tag == "img" and allowed.keeps("img", "src", attributes.get("src") or ""):
            if not state.invisible:  # fonts and colours do not hide it
                self._add(Piece(Kind.PICTURE, f"<img{_attributes(tag, attributes)}>", state.marks), state)
            return
        if tag == "img" and _is_emoji(alt := (attributes.get("alt") or "").strip()):
            self._text(alt, state)
            return
        if tag == "img" and self._placed and not state.invisible and (src := self._placed(attributes)):
            self._add(Piece(Kind.PICTURE, f'<img src="{escape(src)}" alt="{escape(alt)}">', state.marks), state)
            return
        if tag == "iframe" and (post := services.post_at(attributes.get("src") or "")):
            self._line_with(post.address, state)
            return
        if tag in elements.FRAMES:
            self._result.frames += 1
        elif tag == "img" or tag in elements.PICTURES:
            self._result.pictures += 1
        self._removed(Kind.GAP)
        # An element that nobody closed contains the rest of the body.
        if tag in elements.WITH_FALLBACK and not self._is_closed(tag):
            self._children(node.first_child, state, depth + 1)

    def _line_with(self, address: str, state: _State) -> None:
        """A paragraph with nothing but the link, which pages show as a card."""
        if not state.is_hidden:
            self._end_paragraph()
            self._paragraph = Paragraph("p")
            self._add(Piece(Kind.TEXT, address, (Mark("a", address),)), state)
            self._end_paragraph()

    def _is_closed(self, tag: str) -> bool:
        if tag not in self._closed:
            self._closed[tag] = f"</{tag}" in self._source.lower()
        return self._closed[tag]

    # ---- Texts

    def _text(self, text: str, state: _State) -> None:
        if self._paragraph is None and text.isspace():
            self._block.children.append(text.replace("\xa0", " "))
        elif state.is_hidden:
            self._hide(text)
        elif state.keeps_lines:
            self._split(text.split("\n"), Piece(Kind.BREAK, marks=state.marks), state)
        elif state.line_ends and state.paragraph is None:
            first, *others = tree.BLANK_LINE.split(text)
            self._split(_LINE_END.split(first), Piece(Kind.LINE_END, marks=state.marks), state)
            for other in others:
                self._end_paragraph()
                self._split(_LINE_END.split(other), Piece(Kind.LINE_END, marks=state.marks), state)
        else:
            if self._imported and state.paragraph is None:  # or they would mean something in an item of a list later
                text = _LINE_END.sub(" ", text)
            self._add(Piece(Kind.TEXT, text, state.marks), state)

    def _split(self, lines: list[str], between: Piece, state: _State) -> None:
        for number, line in enumerate(lines):
            if number:
                self._add(between, state)
            if line:
                self._add(Piece(Kind.TEXT, line, state.marks), state)

    def _add(self, piece: Piece, state: _State) -> None:
        if self._paragraph is None:
            if piece.kind in (Kind.BREAK, Kind.LINE_END) or piece.content.isspace():
                return
            self._paragraph = Paragraph(state.paragraph or "")
            if self._block is self._body:
                piece = piece._replace(content=piece.content.lstrip())
        self._letters += len(piece.content)
        if self._letters > _MAX_LETTERS:
            raise ValidationError(
                f"Isi berita lebih dari {_MAX_LETTERS} karakter; paling panjang {tree.BODY_MAX_CHARS}."
            )
        self._paragraph.pieces.append(piece)

    def _hide(self, text: str) -> None:
        if not is_blank(text):
            self._result.hidden.append(text.strip()[:_EXCERPT])
            self._removed(Kind.GONE)

    def _removed(self, kind: Kind) -> None:
        if self._paragraph is not None:
            self._paragraph.pieces.append(Piece(kind))

    # ---- Blocks

    def _end_paragraph(self) -> None:
        paragraph, self._paragraph = self._paragraph, None
        if paragraph is None:
            return
        parts = parted(paragraph.pieces) if self._imported else [paragraph.pieces]
        for pieces in parts:
            if all(piece.is_blank for piece in pieces):
                continue
            if not paragraph.tag and self._block is self._body:
                pieces = without_end_space(pieces)
            part = Paragraph(paragraph.tag, pieces, level=paragraph.level)
            if part.level:
                self._headings.append(part)
            self._place(part)

    def _place(self, child: Block | Paragraph) -> Block:
        """Puts it where we are, or into an item where that is a list; returns the block that it is in."""
        into = self._block
        if into.tag in elements.LISTS and not (isinstance(child, Block) and child.tag == "li"):
            into = self._item(into, new=isinstance(child, Paragraph))
        into.children.append(child)
        return into

    def _item(self, parent: Block, *, new: bool) -> Block:
        """A new or the last item of the list."""
        last = _last_block(parent)
        if last is None or new:
            last = Block("li")
            parent.children.append(last)
        return last

    def _dissolve(self, figure: Block) -> None:
        """A figure without a picture: its caption is a paragraph like others."""
        for child in figure.children:
            inside = child.children if isinstance(child, Block) and child.tag == "figcaption" else [child]
            for each in inside:
                if not isinstance(each, str) and not shows_nothing(each):
                    self._place(each)


def _rank(headings: list[Paragraph]) -> None:
    """Makes the highest headings that another program used our highest, and the others the lower ones."""
    highest = min((heading.level for heading in headings), default=0)
    for heading in headings:
        heading.tag = elements.HEADINGS[heading.level > highest]


def _last_block(parent: Block) -> Block | None:
    """The last block in it; None if a paragraph stands behind."""
    last = next((child for child in reversed(parent.children) if not isinstance(child, str)), None)
    return last if isinstance(last, Block) else None


def _is_other_list(item: office.Item, first: office.Item, entries: Block) -> bool:
    """Whether another list of the same level begins with the item."""
    if item.tag != first.tag:
        return True
    return item.tag == "ol" and (item.series != first.series or (item.number == 1 and bool(entries.children)))


# ---- What elements say


def _is_hidden(tag: str, attributes: dict[str, str | None]) -> bool:
    """By its attributes. Not by `aria-hidden`: that hides from screen readers what others see."""
    return (
        "hidden" in attributes
        or "popover" in attributes
        or (tag == "dialog" and "open" not in attributes)
        or (tag == "input" and (attributes.get("type") or "").lower() == "hidden")
    )


def _is_emoji(alt: str) -> bool:
    """Whether a picture is only there so that old devices can show a symbol, as in WhatsApp and WordPress."""
    return (
        len(alt) <= _EMOJI
        and any(unicodedata.category(each) in ("So", "Me") for each in alt)
        and not any(map(str.isalpha, alt))
    )


def _leads_somewhere(href: str) -> bool:
    return href.strip() not in ("", "#") and allowed.keeps("a", "href", href)


def _handed_down(state: _State, style: Style, attributes: dict[str, str | None]) -> _State:
    """The state with what decides whether the texts inside are seen."""
    colour = style.colour or colour_of(attributes.get("color"))
    background = style.background or colour_of(attributes.get("bgcolor"))
    if style is NO_STYLE and not colour and not background:
        return state
    return state._replace(
        invisible=state.invisible if style.invisible is None else style.invisible,
        tiny=state.tiny if style.tiny is None else style.tiny,
        colour=colour or state.colour,
        background=state.background if background is None or is_transparent(background) else background,
    )


def _styled(state: _State, style: Style) -> _State:
    """The state with the marks that the style means."""
    if style is NO_STYLE:
        return state
    if style.keeps_lines is not None:
        state = state._replace(keeps_lines=style.keeps_lines)
    if style.bold and state.paragraph not in elements.HEADINGS:  # they are bold anyway
        state = state.marked("strong")
    elif style.bold is False:
        state = state.unmarked("strong")
    if style.italic is not None:
        state = state.marked("em") if style.italic else state.unmarked("em")
    if style.underlined and not state.in_link:  # they are underlined anyway
        state = state.marked("u")
    if style.struck:
        state = state.marked("s")
    if style.raised is not None:
        state = state.unmarked("sub", "sup")
        state = state.marked(style.raised) if style.raised else state
    return state


def _attributes(tag: str, attributes: dict[str, str | None]) -> str:
    names = allowed.ATTRIBUTES.get(tag, ())
    return "".join(f' {name}="{escape(value or "")}"' for name, value in attributes.items() if name in names)
