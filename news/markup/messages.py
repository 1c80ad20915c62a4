"""Plain texts of the clipboard as HTML: messages with WhatsApp's marks, and lines that a PDF reader has cut."""

import re
from difflib import SequenceMatcher
from itertools import pairwise
from typing import NamedTuple

from django.utils.html import escape

from news.markup.text import without_controls

_TIME = r"\d{1,2}[.:]\d{2}(?:[.:]\d{2})?(?:\s?[AP]M)?"
_DATE = r"\d{1,2}[/.]\d{1,2}[/.]\d{2,4}"
_SENDER = re.compile(
    rf"[\u200e\u202a-\u202e]*(?:\[(?:{_TIME},? {_DATE}|{_DATE},? {_TIME})\] |{_DATE},? {_TIME} - )[^:\n]{{1,60}}: ?"
)
_BULLET = re.compile(r"\s*(?:[*-]|[•·▪●◦‣])\s+(?=\S)")
_NUMBERED = re.compile(r"\s*(\d{1,3})[.)]\s+(?=\S)")
_QUOTED = re.compile(r"\s*>\s?(?=\S)")
_FENCE = "```"

# Only at the borders of words: 2*3*4 and nama_berkas stay. The marks of Markdown are the same, doubled.
_MARKED = re.compile(r"(?<![\w*~])(\*{1,2}|_{1,2}|~{1,2})(?=[^\s*_~),.;:!?]|[*_~]+\w)(.{1,1000}?)(?<=\S)\1(?![\w*~])")
_SEEN = re.compile("[\\w\ue000-\uf8ff]")
_CODE = re.compile(r"(?<![\w`])(```|`)([^`]+)\1(?![\w`])")
_TAGS = {"*": "strong", "_": "em", "~": "s"}
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>]*[^\s<>*_~.,;:!?)\]]|[\w.+-]{1,64}@[\w-]+\.[\w.-]*\w")
_STANDS_FOR = 0xE000  # the first character for private use; they stand for addresses, in which marks mean nothing

_STAND_INS = 6_000

_NARROWEST, _WIDEST = 40, 130  # characters of a full line in a PDF; verses and addresses are shorter
_FULL = 0.75  # of the longest line
_SENTENCE_END = (".", "!", "?", ":", "”", '"')
_WORD = 40  # characters at most, of which the halves of a word are compared
_SHARED = 4  # letters that both halves of a doubled word have in common


class Message(NamedTuple):
    """A plain text as HTML."""

    html: str  # not cleaned yet
    senders: int  # times and names in front of messages that were left out


def read(text: str) -> Message:
    """Bold, italic and struck texts, lists, quotations and paragraphs as the text's writer saw them."""
    lines, senders = [], 0
    for line in without_controls(text).splitlines():
        rest = _SENDER.sub("", line, count=1) if _SENDER.match(line) else None
        if rest is not None:
            senders += 1
            lines.append("")
        lines.append(line if rest is None else rest)
    return Message("".join(map(_block_html, _blocks(lines))), senders)


# ---- Blocks


class _Block(NamedTuple):
    kind: str  # ul, ol, blockquote, code, or p
    lines: list[str]
    start: int = 1  # of an ol


def _blocks(lines: list[str]) -> list[_Block]:
    blocks: list[_Block] = []
    goes_on = fenced = False  # whether the line before belongs to the last block, and to one between fences
    for line in lines:
        if _is_fence(line):
            fenced, goes_on = not fenced, fenced
            line = line.replace(_FENCE, "")
            if line.strip():
                _add(blocks, _Block("code", [line]), goes_on)
            goes_on = fenced and bool(line.strip())
        elif fenced or line.strip():
            block = _Block("code", [line]) if fenced else _block(line, blocks[-1] if goes_on else None)
            _add(blocks, block, goes_on)
            goes_on = True
        else:
            goes_on = False
    return blocks


def _is_fence(line: str) -> bool:
    line = line.strip()
    return line.count(_FENCE) == 1 and (line.startswith(_FENCE) or line.endswith(_FENCE))


def _block(line: str, before: _Block | None) -> _Block:
    if found := _QUOTED.match(line):
        return _Block("blockquote", [line[found.end() :]])
    if found := _BULLET.match(line):
        return _Block("ul", [line[found.end() :]])
    if found := _NUMBERED.match(line):
        return _Block("ol", [line[found.end() :]], int(found[1]))
    if before and before.kind in ("ul", "ol") and _continues(line, before.lines[-1]):
        return _Block("", [line])
    return _Block("p", [line])


def _continues(line: str, item: str) -> bool:
    """Whether the line belongs to the item above it."""
    return line.startswith("  ") or (len(item) >= _NARROWEST and line[0].islower())


def _add(blocks: list[_Block], block: _Block, goes_on: bool) -> None:
    """Adds the line to the block before if both are one; a blank line ends all but lists."""
    last = blocks[-1] if blocks else None
    if last and not block.kind:
        last.lines[-1] = _joined(last.lines[-1], block.lines[0].strip())
    elif (
        last
        and last.kind == block.kind
        and (goes_on or block.kind in ("ul", "ol"))
        and (block.kind != "ol" or block.start == last.start + len(last.lines))
    ):
        last.lines.extend(block.lines)
    else:
        blocks.append(block)


def _block_html(block: _Block) -> str:
    if block.kind == "code":
        return f"<p>{'<br>'.join(map(escape, block.lines))}</p>"
    if block.kind == "blockquote":
        return f"<blockquote>{_paragraphs(block.lines)}</blockquote>"
    if block.kind == "p":
        return _paragraphs(block.lines)
    start = f' start="{block.start}"' if block.start > 1 else ""
    return f"<{block.kind}{start}>{''.join(f'<li>{_inline(line)}</li>' for line in block.lines)}</{block.kind}>"


def _paragraphs(lines: list[str]) -> str:
    lines = [line.strip() for line in lines]
    return "".join(f"<p>{_inline(line)}</p>" for line in (_unwrapped(lines) if _is_wrapped(lines) else lines))


# ---- Lines of a PDF


def _is_wrapped(lines: list[str]) -> bool:
    """Whether the ends of the lines are only those of the paper: nearly all are full, and most go on in small letters.
    Without a dictionary; lists of names and verses have short lines, or begin them with capitals."""
    width = max(map(len, lines))
    full = [number for number, line in enumerate(lines[:-1]) if len(line) >= _FULL * width]
    if not _NARROWEST <= width <= _WIDEST or not full or len(full) < 0.6 * (len(lines) - 1):
        return False
    return sum(_goes_on(lines[number], lines[number + 1]) for number in full) >= 0.5 * len(full)


def _goes_on(line: str, following: str) -> bool:
    return following[0].islower() or (line.endswith(("-", "\u00ad", ",")) and not following[0].isdigit())


def _unwrapped(lines: list[str]) -> list[str]:
    width = max(map(len, lines))
    paragraphs = [lines[0]]
    for line, following in pairwise(lines):
        is_short = len(line) < _FULL * width
        if not _goes_on(line, following) and (is_short or (len(line) < 0.9 * width and line.endswith(_SENTENCE_END))):
            paragraphs.append(following)
        else:
            paragraphs[-1] = _joined(paragraphs[-1], following)
    return paragraphs


def _joined(text: str, following: str) -> str:
    if text.endswith("\u00ad"):
        return text[:-1] + following
    if not re.fullmatch(r"\w-", text[-2:]):
        return f"{text} {following}"
    first, second = text[-_WORD:-1].split()[-1].lower(), following[:_WORD].split()[0].lower()
    keeps_hyphen = not following[0].islower() or _is_doubled(first, second)
    return (text if keeps_hyphen else text[:-1]) + following


def _is_doubled(first: str, second: str) -> bool:
    """Whether they are one word twice, with changes: anak-anaknya, tolong-menolong, bolak-balik."""
    shared = SequenceMatcher(None, first, second, autojunk=False).find_longest_match().size
    return shared >= min(_SHARED, len(first)) or _consonants(first) == _consonants(second)


def _consonants(word: str) -> str:
    return re.sub("[aiueo]", "", word)


# ---- Marks


def _inline(line: str) -> str:
    addresses: list[str] = []

    def kept(found: re.Match) -> str:
        if len(addresses) == _STAND_INS:
            return found[0]
        addresses.append(found[0])
        return chr(_STANDS_FOR + len(addresses) - 1)

    if not re.search("[*_~`]", line):
        return escape(line)
    html = _marked(escape(_ADDRESS.sub(kept, _CODE.sub(kept, re.sub("[\ue000-\uf8ff]", "", line)))))
    return re.sub(
        "[\ue000-\uf8ff]", lambda found: escape(_CODE.sub(r"\2", addresses[ord(found[0]) - _STANDS_FOR])), html
    )


def _marked(html: str, inside: str = "") -> str:
    """`inside`: the marks around it, which mean nothing there."""

    def element(found: re.Match) -> str:
        mark = found[1][0]
        if mark in inside or not _SEEN.search(found[2]):
            return found[0]
        return f"<{_TAGS[mark]}>{_marked(found[2], inside + mark)}</{_TAGS[mark]}>"

    return _MARKED.sub(element, html)
