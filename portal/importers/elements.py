"""Cuts XML exports, however damaged, into their elements: what is wrong in one article costs no other one.

No parser goes on after each mistake that portals make (`Tom & Jerry`, `5 < 6`, a notice of PHP, an early end). So the
file is read here token by token, only what is wanted is kept, mended until it is well-formed, and given to the parser
by itself. Comments, declarations and instructions are left out, so a file cannot define entities.
"""

import codecs
import re
from collections.abc import Callable, Generator, Iterable, Iterator
from html.entities import html5
from pathlib import Path
from typing import NamedTuple

from lxml import etree

from portal.importers import streams
from portal.importers.record import Refusal

MAX_ITEM = 64 * 1024 * 1024  # bytes of one article in memory at a time
UNCLOSED = "XML-nya rusak: butir ini tidak ditutup"
_PIECE = 64 * 1024
_LONGEST = 16 * 1024  # bytes of a tag or comment; what seems longer was never closed
_DEEPEST = 200  # elements in each other
_CONTEXT = 3  # elements around an article, which may declare its namespaces
# Control characters that no XML may contain. In UTF-8 they are part of no other character.
_CONTROLS = bytes({*range(0x20)} - {*b"\t\n\r"})
_NO_CHARACTERS = re.compile("[\ufffe\uffff]")
_DECLARED = re.compile(rb"""\A\s*<\?xml\b[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_NAME = rb"[A-Za-z_][\w.\-]*+(?::[A-Za-z_][\w.\-]*+)?+"
_ATTRIBUTE = rb"""\s++%s\s*+=\s*+(?:"[^"<]*+"|'[^'<]*+')""" % _NAME
_AMPERSAND = rb"&(?!(?:amp|lt|gt|quot|apos);)"  # in texts there are very many of the others
_TOKEN = re.compile(
    rb"(?P<cdata><!\[CDATA\[)|(?P<odd><!--|<\?|<!(?=[A-Za-z]))|(?P<tag></?+(?P<name>%s)(?:%s)*+\s*+/?>)"
    rb"|(?P<reference>%s(?:#[0-9]{1,9}|#[xX][0-9A-Fa-f]{1,8}|[A-Za-z][A-Za-z0-9]{0,31});)|(?P<end>\]\]>)|<|%s"
    % (_NAME, _ATTRIBUTE, _AMPERSAND, _AMPERSAND)
)
_BEGUN = re.compile(  # at the end of a piece: the next one may complete it
    rb"""<(?:!(?:-|\[[CDAT]{0,5})?)?\Z|</?+%s:?(?:%s)*+(?:\s++(?:%s:?)?+\s*+(?:=\s*+(?:"[^"<]*+|'[^'<]*+)?+)?+)?+/?\Z"""
    rb"|&[#A-Za-z0-9]{0,32}\Z|</\Z" % (_NAME, _ATTRIBUTE, _NAME)
)
_REFERENCE = re.compile(rb"&(?:(#[0-9]{1,9}|#[xX][0-9A-Fa-f]{1,8}|[A-Za-z][A-Za-z0-9]{0,31});)?+")
_ENDS = {b"<!--": b"-->", b"<?": b"?>", b"<!": b">"}
_PAIRS = ((rb"<(?:\w+:)?(?:item|entry)\b", rb"</(?:\w+:)?(?:item|entry)\b"), (rb"<!\[CDATA\[", rb"\]\]>"))
_XML = {"amp", "lt", "gt", "quot", "apos"}


class Wanted(NamedTuple):
    """Names without prefixes."""

    items: frozenset[str]  # what each other one of these ends
    others: frozenset[str]  # what is read too where it is in no item
    ends: frozenset[str]  # the file is whole if one of these ends it


class Elements:
    """The wanted elements of a file, or a Refusal in the place of one that is damaged beyond repair. Afterwards
    `is_whole` says whether the file ended as it should."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self.is_whole = False
        self._begin_document()

    def _begin_document(self) -> None:
        self._head: list[tuple[str, bytes]] = []  # what is open around the element
        self._has_items = self._in_cdata = self._is_skipped = False
        self._open: list[str] = []  # the element, and what is open in it
        self._kept, self._size = list[bytes](), 0

    def of(self, documents: Iterable[tuple[bytes, bool]]) -> Iterator[etree._Element | Refusal]:
        """Those of pieces in UTF-8 without control characters, as streams.documents() gives them."""
        rest = b""
        for piece, is_first in documents:
            if is_first:
                yield from self._end(rest)
                rest = b""
            rest = yield from self._read(rest + piece, is_last=False)
        yield from self._end(rest)

    def _end(self, rest: bytes) -> Iterator[etree._Element | Refusal]:
        yield from self._read(rest, is_last=True)
        if self._open:
            self.is_whole = False
        self._begin_document()

    def _read(self, data: bytes, *, is_last: bool) -> Generator[etree._Element | Refusal, None, bytes]:
        """Returns what is too short to tell what it is."""
        at = 0
        while at < len(data):
            if self._in_cdata:
                at, is_over = self._read_cdata(data, at, is_last=is_last)
                if is_over:
                    break
            elif (token := _TOKEN.search(data, at)) is None:
                stop = len(data) if is_last else max(at, len(data.rstrip(b"]")))
                self._keep(data[at:stop])
                at = stop
                break
            else:
                self._keep(data[at : token.start()])
                at = token.start()
                could_go_on = not is_last and len(data) - at < _LONGEST
                if token.lastgroup is None and could_go_on and _BEGUN.match(data, at):
                    break
                after = self._end_of_odd(data, token) if token["odd"] else token.end()
                if after is None and could_go_on:
                    break
                if token["tag"]:
                    yield from self._tag(token["tag"], token["name"].decode())
                elif after is None or not token["odd"]:
                    self._take(token)
                at = after or at + 1
            if self._size > MAX_ITEM:
                yield from self._skip(f"satu butir lebih dari {MAX_ITEM // 1024**2} MB; butir ini tidak terbaca")
        return data[at:]

    def _read_cdata(self, data: bytes, at: int, *, is_last: bool) -> tuple[int, bool]:
        end = data.find(b"]]>", at)
        stop = end + 3 if end >= 0 else len(data) if is_last else max(at, len(data) - 2)
        self._keep(data[at:stop])
        self._in_cdata = end < 0
        return stop, end < 0

    def _end_of_odd(self, data: bytes, token: re.Match[bytes]) -> int | None:
        """None: what seems a comment or declaration has no end that could be its own."""
        mark = _ENDS[token["odd"]]
        end = data.find(mark, token.end(), token.start() + _LONGEST)
        if end < 0:
            return None
        inside = data[token.end() : end]
        if any(len(re.findall(begin, inside)) != len(re.findall(finish, inside)) for begin, finish in _PAIRS):
            self._keep(b"&lt;")
            return token.start() + 1
        return end + len(mark)

    def _take(self, token: re.Match[bytes]) -> None:
        """What is neither tag nor left out."""
        if token["cdata"]:
            self._in_cdata = True
            self._keep(token["cdata"])
        elif token["end"]:
            self._keep(b"]]&gt;")
        else:
            self._keep(b"&lt;" if token[0].startswith(b"<") else _mended(token[0]))

    def _keep(self, data: bytes) -> None:
        if data and self._open and not self._is_skipped:
            self._kept.append(data)
            self._size += len(data)

    # ---- Tags

    def _tag(self, tag: bytes, name: str) -> Iterator[etree._Element | Refusal]:
        local = name.rpartition(":")[2]
        if tag.startswith(b"</"):
            yield from self._close(name, local)
        elif local in self._wanted.items and (not self._is_in_item() or name == self._open[0]):
            if self._is_in_item() and not self._is_skipped:
                yield Refusal(f"{UNCLOSED}, dan butir lain ada di dalamnya")
            self._has_items = True
            yield from self._start(tag, name)
        elif self._open:
            yield from self._go_down(tag, name)
        elif local in self._wanted.others:
            yield from self._start(tag, name)
        elif not tag.endswith(b"/>") and not self._has_items and len(self._head) < _DEEPEST:
            self._head.append((name, _mended(tag)))

    def _is_in_item(self) -> bool:
        return bool(self._open) and self._open[0].rpartition(":")[2] in self._wanted.items

    def _start(self, tag: bytes, name: str) -> Iterator[etree._Element | Refusal]:
        self._open, self._kept, self._size, self._is_skipped = [], [], 0, False
        self.is_whole = False
        yield from self._go_down(tag, name)

    def _go_down(self, tag: bytes, name: str) -> Iterator[etree._Element | Refusal]:
        self._open.append(name)
        self._keep(_mended(tag))
        if tag.endswith(b"/>"):
            self._open.pop()
            if not self._open:
                yield from self._finish()
        elif len(self._open) > _DEEPEST:
            yield from self._skip("XML-nya rusak: terlalu banyak unsur bersarang")

    def _close(self, name: str, local: str) -> Iterator[etree._Element | Refusal]:
        if name in self._open:
            while True:
                last = self._open[-1]
                self._keep(f"</{last}>".encode())
                self._open.pop()
                if last == name:
                    break
            if not self._open:
                yield from self._finish()
        elif local in self._wanted.ends:
            if self._open and not self._is_skipped:
                yield Refusal(f"{UNCLOSED}")
            self._open, self.is_whole = [], True
        elif not self._open and not self._has_items and name in (names := [each for each, _ in self._head]):
            del self._head[len(names) - 1 - names[::-1].index(name) :]

    def _skip(self, reason: str) -> Iterator[Refusal]:
        if not self._is_skipped:
            yield Refusal(reason)
        self._open, self._kept, self._size, self._is_skipped = self._open[:1], [], 0, True

    def _finish(self) -> Iterator[etree._Element | Refusal]:
        around, kept, self._kept = self._head[:_CONTEXT], self._kept, []
        self._size = 0
        if self._is_skipped:
            return
        before = b"".join(tag for _, tag in around)
        after = "".join(f"</{name}>" for name, _ in reversed(around)).encode()
        yield _parsed(b"".join([before, *kept, after]), len(around))


def _parsed(xml: bytes, depth: int) -> etree._Element | Refusal:
    safe = {"resolve_entities": False, "no_network": True}
    parser = etree.XMLParser(recover=True, huge_tree=True, encoding="utf-8", **safe)
    element = etree.fromstring(xml, parser)
    if element is None or parser.error_log.filter_from_level(etree.ErrorLevels.FATAL):
        return Refusal("XML-nya rusak: butir ini tidak terbaca")
    for _ in range(depth):
        element = element[-1]
    return element


def _mended(data: bytes) -> bytes:
    """With all `&` as XML knows them, and those of HTML as characters."""
    return _REFERENCE.sub(lambda found: _character((found[1] or b"").decode()), data) if b"&" in data else data


def _character(name: str) -> bytes:
    if name.startswith("#"):
        number = int(f"0{name[1:]}", 16) if name[1] in "xX" else int(name[1:])
        is_one = number in (9, 10, 13) or 0x20 <= number < 0xD800 or 0xE000 <= number <= 0x10FFFF
        return f"&{name.replace('X', 'x', 1)};".encode() if is_one and number not in (0xFFFE, 0xFFFF) else b""
    if name in _XML:
        return f"&{name};".encode()
    return html5[f"{name};"].encode() if f"{name};" in html5 else f"&amp;{name}{';' if name else ''}".encode()


# ---- The file


def read(
    path: Path, elements: Elements, progress: Callable[[int], object], begins: Callable[[str], object] = str
) -> Iterator[etree._Element | Refusal]:
    """The elements of the file; `begins` is called with the beginning of each document in it."""

    def documents() -> Iterator[tuple[bytes, bool]]:
        for piece, is_first in streams.documents(_pieces(path, progress)):
            if is_first:
                begins(piece[:_PIECE].decode("utf-8", "replace"))
            yield piece, is_first

    return elements.of(documents())


def _pieces(path: Path, progress: Callable[[int], object]) -> Iterator[bytes]:
    """The file in UTF-8, without what no XML may contain."""
    for text in _texts(path, progress):
        yield _NO_CHARACTERS.sub("", text).encode("utf-8", "replace").translate(None, _CONTROLS)


def _texts(path: Path, progress: Callable[[int], object]) -> Iterator[str]:
    """The file as text, a piece at a time. Bytes that its encoding does not know are read as Windows-1252."""
    decoder: codecs.IncrementalDecoder | None = None
    with streams.opened(path) as (file, position):
        while True:
            try:
                piece = file.read1(_PIECE)
            except streams.BROKEN:
                piece = b""  # the end of the text tells whether something is missing
            if decoder is None:
                decoder = codecs.getincrementaldecoder(_encoding(piece))("as_windows_1252")
            progress(position())
            if text := decoder.decode(piece, final=not piece):
                yield text
            if not piece:
                return


def _encoding(beginning: bytes) -> str:
    if beginning.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    declared = _DECLARED.match(beginning)
    return streams.encoding(declared[1].decode() if declared else "")
