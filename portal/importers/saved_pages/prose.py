"""Where on a page the text of its article stands, and which of its lines are no part of it."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree

from news import markup
from news.markup import elements
from portal.importers import texts, times
from portal.importers.record import Refusal

_BLOCKS = frozenset(elements.PARAGRAPHS) | elements.BREAKING | elements.CONTAINERS.keys() | {"table", "hr", "br"}
_NEVER_TEXT = (
    "script",
    "style",
    "noscript",
    "template",
    "nav",
    "aside",
    "footer",
    "button",
    "select",
    "textarea",
    "input",
    "label",
)
# Names of classes and ids around what is no part of the text
_BESIDE = re.compile(
    r"(?:[\w-]*(?:related|terkait|baca-?juga|share|sharing|sosmed|addtoany|breadcrumb|disqus|newsletter|subscribe|"
    r"popular|terpopuler|trending|sidebar|paging|pagination|post-navigation|author-box|iklan|advert|adsbygoogle|"
    r"linksisip|lihatjg|lihat-juga|cookie|toolbar|screen-reader|skip-link)[\w-]*"
    r"|ads?|banner|widget(?:-area)?|comments?(?:-\w+)*|komentar(?:-\w+)*|respond|navigation|nav-links|print|footer|"
    r"tag-?s?-?(?:links|list)?|post-tags?|topik)",
    re.IGNORECASE,
)
_COMMENTS = re.compile(r"(?:comments?|komentar|disqus|respond)\b", re.IGNORECASE)
_BODY = re.compile(
    r"(?:entry|post|article|single|detail|news|berita|read|item|blog|td-post|isi|konten|content)[-_]*(?:page)?[-_]*"
    r"(?:content|body|text|konten|isi|berita)?(?:[-_]*(?:content|text|body|clearfix))?|detail__body-text|itp_bodycontent|"
    r"field--name-body|node__content|com-content-article__body|articlebody|prose",
    re.IGNORECASE,
)
_LONGEST_NAME = 100  # characters of a class or id
_MARKED = 3  # times as likely to be the text
SHORTEST = 25  # characters of a paragraph
_SHORT = 60  # of a label, a tag
_TAG_WORDS = 6  # of one that nothing marks as a tag
_LONGEST_ASIDE = 300
_LINES_AROUND = 15  # between a title and its date
_TEASERS = 5  # of a list
TITLES = 4  # lines above the text that may repeat the title
_TOP = 12  # lines above a text that are looked at

_END = re.compile(
    r"(?:(?:artikel|berita|konten|postingan)\s+(?:terkait|lainnya|lain|serupa|sebelumnya|selanjutnya|populer|terpopuler|terbaru)"
    r"|terpopuler|komentar(?:\s+\(?\d+\)?)?|\d+\s+komentar"
    r"|tinggalkan (?:balasan|komentar).*|leave a (?:reply|comment).*"
    r"|related (?:posts?|articles?)|(?:bagikan|share)(?:\s+(?:this|ini|berita(?: ini)?|ke))?|pastikan google captcha.*"
    r"|beri komentar|tulis komentar|post a comment|navigasi pos|lampiran|dengarkan)\s*:?",
    re.IGNORECASE,
)
_TAGS = re.compile(r"\A(?:tags?|topik|label|kata kunci)\b\s*:?\s*(?P<names>.*)", re.IGNORECASE)
_READ_ALSO = re.compile(
    r"\W*(?:baca|lihat|simak|tonton)(?:\s+juga|\s+selengkapnya)?\s*:|\W*(?:baca|lihat|simak) juga\b|"
    r"\W*read (?:also|more)\b",
    re.IGNORECASE,
)
_LABELS = re.compile(
    r"(?:bagikan|share|tweet|facebook|twitter|whatsapp|telegram|x|cetak|print|email|salin tautan|copy link|"
    r"beranda|home|"
    r"kirim|advertisement|iklan|scroll (?:to|untuk) .{0,60}|perbesar|ukuran (?:huruf|font).{0,20}|a[+-]|"
    r"kembali|dengarkan|berhenti|"
    r"\d+ menit baca|daftar isi|font size|.{0,20}advertisement.{0,20})",
    re.IGNORECASE,
)
_BEFORE_DATE = re.compile(
    r"\b(?:terbit(?:kan)?|posting|dipos(?:ting|kan)?|dipublikasi(?:kan)?|publish(?:ed)?|posted|tayang|ditulis|diunggah|"
    r"pada|on|tanggal|tgl|pembaruan|update[d]?)\b\s*:?\s+|[:,]\s+|\s[-–—]\s+",
    re.IGNORECASE,
)
_PARTS_OF_LINE = re.compile(r"\s*[|•·●»]\s*|\s+[-–—]\s+(?=dibaca|dilihat|oleh|views?|hits)", re.IGNORECASE)
_TIME = re.compile(r"(?:(?:pukul|jam)\s+)?\d{1,2}[.:]\d{2}(?:[.:]\d{2})?(?:\s*(?:wib|wita|wit))?", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_LIKE_A_DATE = re.compile(
    r"^(?:senin|selasa|rabu|kamis|jum.?at|sabtu|minggu|ahad)\s*,?\s+\d{1,2}\s+\w+\s+\d{4}\b(?:[\s,-]+[\d:.]+(?:\s*wi\w+)?)?$",
    re.IGNORECASE,
)
_EDGE = re.compile(r"<(?P<end>/?)(?P<tag>p|h2|h3|ul|ol|table|figure|blockquote|hr)\b[^>]*>")
_BREAK = re.compile(r"<br ?/?>")
_PAGE_END = re.compile(r"</(?:body|html)\s*>", re.IGNORECASE)
_LINKS = re.compile(r"<a [^>]*>.*?</a>", re.DOTALL)


class Dated(NamedTuple):
    """A line that says when an article appeared."""

    raw: str
    reads: int | None


class Trimmed(NamedTuple):
    body: str
    tags: list[str]


def prune(root: etree._Element) -> None:
    """Takes out what stands beside every text of a site."""
    etree.strip_tags(root, etree.Comment, etree.ProcessingInstruction)
    etree.strip_elements(root, *_NEVER_TEXT, with_tail=False)
    prose, kept = _measured(root)
    for element in list(
        root.iter("div", "section", "ul", "ol", "p", "table", "span", "article", "a", "header", "form")
    ):
        names = f"{element.get('class') or ''} {element.get('id') or ''}".split()
        beside = [name for name in names[:30] if len(name) <= _LONGEST_NAME and _BESIDE.fullmatch(name)]
        is_small = prose[element] * 2 < max(prose[root], 1)
        if beside and element not in kept and (is_small or any(map(_COMMENTS.match, beside))):
            _drop(element)


def _measured(root: etree._Element) -> tuple[dict[etree._Element, int], set[etree._Element]]:
    """How many characters the paragraphs in each element have, and which elements hold the heading or the text."""
    prose, kept = dict[etree._Element, int](), set[etree._Element]()
    for _, element in etree.iterwalk(root, events=("end",)):
        is_paragraph = element.tag == "p"
        prose[element] = (
            len("".join(element.itertext())) if is_paragraph else sum(prose.get(each, 0) for each in element)
        )
        if element.tag == "h1" or element.get("itemprop") == "articleBody" or any(each in kept for each in element):
            kept.add(element)
    return prose, kept


def _drop(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is None:
            parent.text = (parent.text or "") + element.tail
        else:
            before.tail = (before.tail or "") + element.tail
    parent.remove(element)


# ---- The element that holds the text


def container(root: etree._Element) -> tuple[etree._Element | None, int]:
    """The element with the largest run of paragraphs, and how many characters they have; what is in links does not
    count."""
    scores: dict[etree._Element, float] = {}
    for element in root.iter(etree.Element):
        if element.tag not in (
            "p",
            "div",
            "td",
            "section",
            "article",
            "span",
            "pre",
            "blockquote",
            "li",
            "main",
            "body",
            "center",
            "font",
        ):
            continue
        size, breaks = _own_text(element)
        if size < SHORTEST:
            continue
        holder, above = _holders(element, breaks)
        if holder is not None:
            scores[holder] = scores.get(holder, 0) + size
        if above is not None:
            scores[above] = scores.get(above, 0) + size / 2
    best = max(scores, key=lambda each: scores[each] * _likelihood(each), default=None)
    if best is None:
        return None, 0
    parent = best.getparent()
    if parent is not None and any(_continues(each, scores, scores[best]) for each in parent if each is not best):
        return parent, int(scores[best])
    return best, int(scores[best])


def _continues(element: etree._Element, scores: dict[etree._Element, float], best: float) -> bool:
    """Whether it is another part of the text, which something stands in the middle of."""
    is_large = scores.get(element, 0) * 4 >= best
    return (
        is_large and sum(1 for _ in element.iter("p")) > 1 and next(element.iter("h1", "h2", "h3", "h4"), None) is None
    )


def _holders(element: etree._Element, breaks: int) -> tuple[etree._Element | None, etree._Element | None]:
    """The element that the paragraph counts for, and that for which it counts half."""
    if element.tag in ("span", "font") and element.getparent() is not None and element.getparent().tag == "p":
        return None, None  # counted with it
    if element.tag in ("p", "pre", "blockquote", "li") or (not breaks and element.tag == "div"):
        holder = element.getparent()
        if element.tag == "li" and holder is not None:
            holder = holder.getparent()
        return holder, holder.getparent() if holder is not None else None
    return element, element.getparent()


def _own_text(element: etree._Element) -> tuple[int, int]:
    """(characters of text that stand in the element itself or in inline elements but links, line breaks)"""
    size, breaks = len((element.text or "").strip()), 0
    waiting = list(element)
    while waiting:
        each = waiting.pop()
        size += (
            len((each.tail or "").strip()) if each.getparent() is element or each.getparent().tag not in _BLOCKS else 0
        )
        if each.tag == "br":
            breaks += 1
        elif each.tag not in _BLOCKS and each.tag != "a":
            size += len((each.text or "").strip())
            waiting += list(each)
    return size, breaks


def _likelihood(element: etree._Element) -> float:
    if "articleBody" in (element.get("itemprop") or ""):
        return 2 * _MARKED
    names = f"{element.get('class') or ''} {element.get('id') or ''}".split()
    return _MARKED if any(map(_BODY.fullmatch, names[:30])) else 1


def is_list(element: etree._Element | None, size: int) -> bool:
    """Whether what holds the paragraphs shows teasers: linked headings and dates, with little text to each."""
    if element is None:
        return False
    headings = sum(next(each.iter("a"), None) is not None for each in element.iter("h2", "h3", "h4", "h5"))
    return (
        headings >= _TEASERS
        and size < headings * 2 * _SHORT
        and sum(map(bool, map(_date_in, lines(element)))) >= _TEASERS
    )


# ---- Lines of the whole page


def lines(root: etree._Element) -> list[str]:
    """What the page shows, a line a block."""
    parts = list[str]()
    for event, element in etree.iterwalk(root, events=("start", "end")):
        is_block = element.tag in _BLOCKS
        if event == "start":
            parts += ["\n" if is_block else "", element.text or ""] if element.tag not in ("head", "title") else []
        else:
            parts += ["\n" if is_block else "", element.tail or ""]
    text = markup.without_controls("".join(_one_line(part) for part in parts))
    return [line for line in (" ".join(each.split()) for each in text.split("\n")) if line]


def _one_line(part: str) -> str:
    return part if part == "\n" else part.replace("\n", " ")


def dated(shown: list[str], title: str) -> Dated | None:
    """The date nearest to the article's title: portals show today's in their heads, too."""
    titles = [number for number, line in enumerate(shown) if same(line, title)]
    best: tuple[int, Dated] | None = None
    for number, line in enumerate(shown):
        if (found := _date_in(line)) is None:
            continue
        distance = min((abs(number - each) for each in titles), default=0)
        if found.reads is not None:  # "… WIB | Dibaca : 56" stands nowhere else
            distance = 0
        if distance <= _LINES_AROUND and (best is None or distance < best[0]):
            best = distance, found
    return best[1] if best else None


def counts(shown: list[str]) -> int:
    """How many lines tell a date and how often something was read."""
    return sum(found is not None and found.reads is not None for found in map(_date_in, shown))


def _date_in(line: str) -> Dated | None:
    if len(line) > 3 * _SHORT or not any(map(str.isdigit, line)):
        return None
    parts = _PARTS_OF_LINE.split(line)
    numbers = [texts.reads_in(part) for part in parts]
    reads = next((number for number in numbers if number is not None), None)
    others = [part for part, number in zip(parts, numbers, strict=True) if number is None]
    raw = next(filter(None, map(_date_at_end, others)), "")
    if not raw:  # what no reading fits is kept for a person
        like_one = _LIKE_A_DATE if reads is None else _YEAR
        raw = next((part for part in others if len(part) <= _SHORT and like_one.search(part)), "")
    elif time := next(filter(_TIME.fullmatch, others), ""):  # 13 November 2024 • 16:21 WIB
        read = times.published(f"{raw} {time}")
        raw = f"{raw} {time}" if read.at is not None and not times.published(raw).time_known else raw
    return Dated(raw, reads) if raw else None


def _date_at_end(part: str) -> str:
    """`Rabu, 13 November 2024` of `Oleh Admin - Diterbitkan pada Rabu, 13 November 2024`; "" if there is none."""
    ends = [part[match.end() :] for match in _BEFORE_DATE.finditer(part)]
    return next((each for each in (part, *ends) if times.published(each).at is not None), "")


def tags_below(shown: list[str], body: str) -> list[str]:
    """The lines between the text and “Artikel Terkait” or the like."""
    last = letters(markup.plain_text(body).rpartition("\n")[2])
    start = next(
        (number for number in reversed(range(len(shown))) if last and last in letters(shown[number])), len(shown)
    )
    below = shown[start + 1 : start + 1 + _TOP]
    end = next((number for number, line in enumerate(below) if _END.fullmatch(line)), 0)
    lines = [line for line in below[:end] if not _LABELS.fullmatch(line) and not texts.note(line, texts.Foot())]
    marked = [match["names"] if (match := _TAGS.fullmatch(line)) else line for line in lines]
    if not all(len(line) <= _SHORT and _may_be_tags(line) for line in filter(None, marked)):
        return []
    return [name for line in marked for name in _split(line)]


def _may_be_tags(line: str) -> bool:
    """Whether names that nothing marks as tags may be some: they are no sentence, and no `Foto : Humas`."""
    return line[-1:].isalnum() and ":" not in line and all(len(each.split()) <= _TAG_WORDS for each in _split(line))


def foot_of(shown: list[str]) -> texts.Foot:
    """Who wrote it and how often it was read, as lines of their own say."""
    foot = texts.Foot()
    for line in shown:
        for part in _PARTS_OF_LINE.split(line) if len(line) < 3 * _SHORT else ():
            texts.note(part, foot)
    return foot


def same(line: str, title: str) -> bool:
    return bool(title) and letters(line) == letters(title)


def letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.lower()))


# ---- Lines of the text


def own_lines(element: etree._Element | None) -> frozenset[str]:
    """Letters of the lines that stand among the paragraphs of the text, as it is on the page: however short they are,
    they are no tags."""
    found = set[str]()
    for holder in element.iter(etree.Element) if element is not None else ():
        paragraphs = [each for each in holder if each.tag == "p"]
        if any(_own_text(each)[0] > _SHORT for each in paragraphs):
            found |= {letters("".join(each.itertext())) for each in paragraphs if not _has_tags(each)}
        elif holder.tag not in ("p", "ul", "ol") and sum(each.tag == "br" for each in holder):
            inline = ("".join(each.itertext()) for each in holder if each.tag not in _BLOCKS and not _has_tags(each))
            found |= {letters(part) for part in (holder.text, *(each.tail for each in holder), *inline) if part}
    return frozenset(found)


def _has_tags(element: etree._Element) -> bool:
    return any("tag" in (each.get("rel") or "").lower().split() for each in element.iter("a"))  # itself or in it


def trimmed(body: str, title: str, own: frozenset[str]) -> Trimmed:
    """A sanitised body without the title, date and labels above the text and all that stands below it, and the tags
    that stood there. What is `own` to the text stays."""
    blocks = list(_blocks(body))
    start = _start(blocks, title)
    pictures = [block for block in blocks[:start] if block.startswith("<figure") and "<img" in block]
    blocks = [*pictures[-1:], *_without_lines(blocks[start:], title)]
    tags, feet = list[str](), list[str]()
    for number, block in enumerate(blocks):
        if number and _END.fullmatch(_shown(block)):
            blocks, is_end = blocks[:number], True
            break
    else:
        is_end = False
    while len(blocks) > 1:
        if _is_foot(blocks[-1]):
            feet.insert(0, blocks.pop())  # read when the tags are gone
            continue
        if (found := _tags(blocks[-1], own, is_end=is_end)) is None:
            break
        tags = found + tags
        blocks.pop()
    kept = list(_without_asides([*blocks, *feet]))
    while kept and kept[-1].startswith(("<h", "<hr")):
        kept.pop()
    return Trimmed("".join(kept), list(dict.fromkeys(tags)))


def _blocks(body: str) -> Iterator[str]:
    """The outermost elements of a sanitised body."""
    depth = start = 0
    for edge in _EDGE.finditer(body):
        depth += 0 if edge["tag"] == "hr" else -1 if edge["end"] else 1
        if depth == 0:
            yield body[start : edge.end()].strip()
            start = edge.end()


def _start(blocks: list[str], title: str) -> int:
    """Behind the last line above the text that repeats the title or tells the date, and the labels that follow."""
    start = 0
    for number, block in enumerate(blocks[:_TOP]):
        shown = _shown(block)
        if same(shown, title) or _date_in(shown) or (start == number and _is_head(shown)):
            start = number + 1
        elif block.startswith("<p") and len(_shown(_LINKS.sub("", block))) > 2 * _SHORT:
            break
    return start


def _is_head(line: str) -> bool:
    return bool(_date_in(line) or _LABELS.fullmatch(line) or texts.reads_in(line) is not None)


def _without_lines(blocks: list[str], title: str) -> Iterator[str]:
    """Without titles and dates that share a paragraph with the text."""
    for number, block in enumerate(blocks):
        if number < TITLES and block.startswith("<p>") and "<br" in block:
            lines = _BREAK.split(block[len("<p>") : -len("</p>")])
            while lines and (not _shown(lines[0]) or same(_shown(lines[0]), title) or _is_head(_shown(lines[0]))):
                lines.pop(0)
            block = f"<p>{'<br>'.join(lines)}</p>" if lines else ""
        if block:
            yield block


def _is_foot(block: str) -> bool:
    """Whether all its lines say who wrote the text or how often it was read."""
    lines = list(filter(None, map(_shown, _BREAK.split(block)))) if block.startswith("<p") else []
    return bool(lines) and all(texts.note(line, texts.Foot()) for line in lines)


def _tags(block: str, own: frozenset[str], *, is_end: bool) -> list[str] | None:
    """The names if the block holds nothing but tags or labels; None if it is part of the text."""
    shown = _shown(block)
    if not shown and block.startswith("<p") and "<img" not in block:
        return []
    if _LABELS.fullmatch(shown):
        return []
    links = _LINKS.findall(block)
    if (match := _TAGS.fullmatch(shown)) and (links or len(shown) <= 3 * _SHORT):
        return [_shown(each) for each in links] or _split(match["names"])
    is_own = letters(shown) in own
    if _is_of_links(block):
        found = [
            _shown(each).lstrip("#")
            for each in links
            if 'href="' in each and re.search(r"/(?:tags?|topik|label)[/?]", each)
        ]
        return found if found or not is_own else None
    if is_end and not is_own and block.startswith(("<p>", "<ul>")) and len(shown) <= _SHORT and _may_be_tags(shown):
        return _split(shown)  # between the text and "Artikel Terkait"
    return None


def _split(names: str) -> list[str]:
    return [name.strip(" #") for name in re.split(r"[,;|\n]|\s#", names) if name.strip(" #")]


def _without_asides(blocks: list[str]) -> Iterator[str]:
    """Without lines that lead to other articles, and the links below them."""
    in_list = False
    for block in blocks:
        shown = _shown(block)
        if _READ_ALSO.match(shown) and len(shown) <= _LONGEST_ASIDE and not block.startswith("<table"):
            in_list = shown.endswith((":", "juga"))
        elif not (in_list and _is_of_links(block)):
            in_list = False
            yield block


def _is_of_links(block: str) -> bool:
    return "<a " in block and not _shown(_LINKS.sub("", block)).strip(" ,|#•-")


def _shown(html: str) -> str:
    return " ".join(markup.plain_text(html).split())


# ---- The page as a whole


def is_whole(html: str, root: etree._Element) -> bool:
    """Whether the page, not pruned yet, was saved to its end. HTML allows pages without end tags: there the foot of
    the site, or what stands below every text, shows that the text above it is complete."""
    end = max((match.start() for match in _PAGE_END.finditer(html)), default=-1)
    if end >= 0 and html.rfind("<script", 0, end) <= html.rfind("</script", 0, end):  # not one that a script writes
        return True
    if any(next(each.iterancestors("blockquote", "article"), None) is None for each in root.iter("footer")):
        return True
    shown = lines(root)
    sentences = (number for number, line in enumerate(shown) if len(line) > _SHORT and not line[-1].isalnum())
    last = max(sentences, default=len(shown))
    return any(map(_END.fullmatch, shown[last + 1 :]))


def tree(html: str) -> etree._Element:
    """The page's elements. Raises Refusal for what no page has."""
    try:
        parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_blank_text=False, huge_tree=False)
        root = etree.fromstring(html.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is None:
        raise Refusal("halaman tanpa isi")
    return root
