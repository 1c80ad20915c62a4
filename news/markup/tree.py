"""The tree that a browser would make of an HTML text, within limits of time and memory.

Parsers that repair HTML as browsers do can be made to take minutes and gigabytes: some steps take time with the square
of their input, and a few elements left open are made again in every later paragraph. So a text is measured first.
"""

import re
from collections.abc import Iterator

from django.core.exceptions import ValidationError
from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser, LexborNode

from news.markup import elements

TOO_INTRICATE = "Susunan isi berita terlalu rumit. Sederhanakan, atau tempel sebagai teks saja."
BODY_MAX_CHARS = 300_000  # as it is stored
_MAX_CHARS = 5_000_000  # without the data of pictures: parsed in 0.1 s
_MAX_DEPTH = 100
_MAX_ELEMENTS = 50_000  # that can contain each other
_MAX_OTHERS = 200_000
_MAX_ATTRIBUTES = 200  # of one element
_MAX_REPEATED = 300_000  # elements that the parser adds
_SHORT_DATA = 100
_DATA = re.compile(rf"\bdata:[a-z]++/[^\s\"'<>]{{{_SHORT_DATA},}}+", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*+)")
_MANY_ATTRIBUTES = re.compile(
    rf"""<[a-zA-Z][^\s/>]*+
    (?:
        [\s/]*+ (?:=[^\s/>=]*+|[^\s/>=]++)
        (?:\s*+=\s*+ (?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?+ )?+
    ){{{_MAX_ATTRIBUTES + 1}}}""",
    re.VERBOSE | re.ASCII,
)
BLANK_LINE = re.compile(r"\n[ \t]*\n")
_MOVED_AT_MOST = 8  # blocks out of a closed element


def parsed(html: str) -> LexborNode | None:
    """The first node; the others follow as `next`. Raises ValidationError for what is too large or too deep."""
    html = _DATA.sub("data:,", html)
    measure(html)
    # Events would copy the chosen <option> at each one: minutes for a long list.
    return LexborHTMLParser(html, is_fragment=True, options=LexborDocumentOptions.WO_EVENTS).root


def measure(html: str) -> None:
    """Raises ValidationError for a text that would take a parser too long."""
    if len(html) > _MAX_CHARS:
        raise ValidationError(f"Isi berita {len(html)} karakter dengan susunannya; paling panjang {BODY_MAX_CHARS}.")
    tags = tags_of(html)
    if _depth(tags) > _MAX_DEPTH:
        raise ValidationError(f"Isi berita bersarang lebih dari {_MAX_DEPTH} tingkat. Sederhanakan susunannya.")
    starts = [name not in elements.END_OPTIONAL for closing, name in tags if not closing]
    if (
        sum(starts) > _MAX_ELEMENTS
        or len(starts) > _MAX_OTHERS
        or repeated(tags) > _MAX_REPEATED
        or has_many_attributes(html)
    ):
        raise ValidationError(TOO_INTRICATE)


def has_many_attributes(html: str) -> bool:
    """Whether an element has so many that parsers, which compare each with all others, take too long."""
    return _MANY_ATTRIBUTES.search(html) is not None


def tags_of(html: str) -> list[tuple[bool, str]]:
    """(whether it is an end tag, name) of each tag, as far as a glance shows."""
    return [(bool(closing), name.lower()) for closing, name in _TAG.findall(html)]


def _depth(tags: list[tuple[bool, str]]) -> int:
    """The maximum nesting depth, not counting elements whose end tag is optional. An estimate: end tags that browsers
    ignore count, too, so that the tree can be deeper."""
    depth = deepest = 0
    for closing, name in tags:
        if name not in elements.END_OPTIONAL:
            depth = max(0, depth - 1) if closing else depth + 1
            deepest = max(deepest, depth)
    return deepest


def repeated(tags: list[tuple[bool, str]]) -> int:
    """At most so many elements are added by the parser: at each tag, all that may be open."""
    total = stuck = barriers = blocks = 0
    opened: dict[str, list[tuple[int, int]]] = {name: [] for name in elements.REOPENED}
    count = 0  # of those in `opened`
    for closing, name in tags:
        if not closing:
            total += count + stuck
            barriers += name in elements.BARRIERS
            blocks += name not in elements.REOPENED
        if name not in elements.REOPENED:
            continue
        if opened[name] and (closing or name in ("a", "nobr")):  # these two close the one before
            then = opened[name].pop()
            count -= 1
            stuck += closing and (then[0] != barriers or blocks - then[1] > _MOVED_AT_MOST)
        if not closing:
            opened[name].append((barriers, blocks))
            count += 1
    return total


# ---- What a tree contains


def elements_in(first: LexborNode | None, *tags: str) -> Iterator[LexborNode]:
    """The elements with these tags, here and inside."""
    waiting = [first]
    while waiting:
        node = waiting.pop()
        if node is None:
            continue
        if node.tag in tags:
            yield node
        waiting += [node.next, node.first_child]


def text_of(node: LexborNode) -> str:
    """The texts inside an element, but not scripts and the like."""
    texts = []
    waiting = [node.first_child]
    while waiting:
        inner = waiting.pop()
        if inner is None:
            continue
        if inner.tag == "-text":
            texts.append(inner.text_content or "")
        waiting += [inner.next, None if inner.tag in elements.UNSEEN else inner.first_child]
    return " ".join(" ".join(texts).split())


def source_of(style: LexborNode) -> str:
    return (style.first_child.text_content or "") if style.first_child else ""


def _is_inline(node: LexborNode | None) -> bool:
    blocks = (elements.PARAGRAPHS, elements.BREAKING, elements.CONTAINERS, ("table", "hr", "-comment"))
    return node is not None and not any(node.tag in tags for tags in blocks)


def has_blank_line(first: LexborNode | None) -> bool:
    """Whether a blank line stands between these texts and inline elements. Those inside of elements do not count."""
    node = first
    while node is not None:
        text = (node.text_content or "") if node.tag == "-text" else ""
        between_inline = not text.isspace() or (_is_inline(node.prev) and _is_inline(node.next))
        if between_inline and BLANK_LINE.search(text):
            return True
        node = node.next
    return False


def has_break(first: LexborNode | None) -> bool:
    node = first
    while node is not None and node.tag != "br":
        node = node.next
    return node is not None
