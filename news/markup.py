"""The HTML allowed in a body. `Article.save()` and every bulk import pass bodies through `sanitise()`."""

import html
import re

import nh3
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.html import escape
from django.utils.text import Truncator

from news import photos, pieces

# What the admin's editor offers; a test checks that _TAGS keeps it. Figures have no button (the editor's dialog asks
# for an address), but must be listed, or editing an article would remove its figures.
EDITOR_EXTENSIONS = {
    "Bold": True,
    "Italic": True,
    "Underline": True,
    "Strike": True,
    "Subscript": True,
    "Superscript": True,
    "Heading": {"levels": [2, 3]},
    "HardBreak": True,
    "HorizontalRule": True,
    "Blockquote": True,
    "BulletList": True,
    "OrderedList": {"enableListAttributes": False},
    "ListItem": True,
    "Link": {"enableTarget": False, "protocols": ["http", "https", "mailto", "tel"]},
    "Table": True,
    "TableRow": True,
    "TableHeader": True,
    "TableCell": True,
    "Figure": True,
    "Image": True,
    "Caption": True,
    "SpecialCharacters": True,
}
_TAGS = {
    "p",
    "br",
    "hr",
    "h2",
    "h3",
    "strong",
    "em",
    "u",
    "s",
    "sub",
    "sup",
    "blockquote",
    "ul",
    "ol",
    "li",
    "a",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "caption",
    "figure",
    "figcaption",
    "img",
}
_ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
# Exports of other portals contain these; each becomes the nearest allowed element instead of bare text.
_RENAMED = {
    "b": "strong",
    "i": "em",
    "del": "s",
    "strike": "s",
    "h1": "h2",
    "h4": "h3",
    "h5": "h3",
    "h6": "h3",
    "div": "p",
}
_RENAMED_TAG = re.compile(rf"<(/?)({'|'.join(_RENAMED)})(?=[\s/>])", re.IGNORECASE)
# Control characters are invalid in feeds and JSON, lone surrogates in UTF-8.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_TAG = re.compile(r"<[^>]*>")  # in sanitised HTML, which has no other < or >
_TAGS_AND_TEXTS = re.compile(r"<[^>]*>|[^<]+")
_OPENING_TAG = re.compile(r"<(p|h2|h3|blockquote|ul|ol|li|figure|figcaption)(?: [^>]*)?>")
_FRAME = '<div class="frame" role="region" aria-label="Tabel" tabindex="0">'
_DESCRIPTION_CHARS = 2_000  # of a body, from which its description is made
BODY_MAX_CHARS = 300_000
RAW_MAX_CHARS = 2 * BODY_MAX_CHARS  # before cleaning, which mostly shortens
_MAX_DEPTH = 100
_ANY_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_END_OPTIONAL = {
    "p",
    "li",
    "dt",
    "dd",
    "tr",
    "td",
    "th",
    "thead",
    "tbody",
    "tfoot",
    "option",
    "area",
    "base",
    "br",
    "col",
    "embed",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "track",
    "wbr",
}
_BLANK = re.compile(r"(?:\s|&nbsp;|<br>)+")
_BLOCK_END = re.compile(r"</(?:p|h[1-6]|li|tr|td|th|blockquote|figcaption|caption|div)>|<br ?/?>", re.IGNORECASE)
# Only real element names: plain text may contain <Enter> or <nama@contoh.id>, which must not be lost.
_ELEMENTS = (
    "a|article|aside|audio|b|blockquote|body|br|button|caption|center|cite|code|dd|del|div|dl|dt|em|embed|figcaption|"
    "figure|font|footer|form|h[1-6]|head|header|hr|html|i|iframe|img|input|li|link|main|math|meta|nav|object|ol|p|pre|"
    "s|script|section|small|source|span|strike|strong|style|sub|sup|svg|table|tbody|td|tfoot|th|thead|title|tr|u|ul|video"
)
_IMAGE = re.compile(r"<img [^>]*>")
_ATTRIBUTE = re.compile(r'([a-z]+)="([^"]*)"')
_IMAGE_SIZES = "(max-width: 48rem) 100vw, 46rem"  # the width of the text column
_LOOKS_LIKE_HTML = re.compile(rf"<(?:!--|/?(?:{_ELEMENTS})(?=[\s/>]))", re.IGNORECASE)


def sanitise(body: str) -> str:
    """The body with only the elements that the editor offers: no scripts, styles, handlers, frames or foreign images.

    Idempotent. Links may use http(s), mailto and tel; pictures must be media of this site. Raises ValidationError for
    elements nested too deep and for excessive length: the cleaner's time grows with the square of both.
    """
    if len(body) > RAW_MAX_CHARS:
        raise ValidationError(f"Isi berita {len(body)} karakter; paling panjang {BODY_MAX_CHARS}.")
    if _depth(body) > _MAX_DEPTH:
        raise ValidationError(f"Isi berita bersarang lebih dari {_MAX_DEPTH} tingkat. Sederhanakan susunannya.")
    renamed = _RENAMED_TAG.sub(lambda tag: f"<{tag[1]}{_RENAMED[tag[2].lower()]}", without_controls(body))
    return _tidied(_CLEANER.clean(renamed)).strip()


def _depth(body: str) -> int:
    """The maximum nesting depth, not counting elements whose end tag is optional."""
    depth = deepest = 0
    for closing, name in _ANY_TAG.findall(body):
        if name.lower() not in _END_OPTIONAL:
            depth = max(0, depth - 1) if closing else depth + 1
            deepest = max(deepest, depth)
    return deepest


def _keep_attribute(tag: str, name: str, value: str) -> str | None:
    if tag == "img" and name == "src" and (not value.startswith(settings.MEDIA_URL) or ".." in value or "%" in value):
        return None
    if tag == "a" and name == "href" and value.strip().startswith(("//", "/\\")):  # another site
        return None
    return value


_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    attributes=_ATTRIBUTES,
    attribute_filter=_keep_attribute,
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel="noopener",
)


def _tidied(clean: str) -> str:
    """The HTML without what cleaning has emptied: empty blocks, pictures without src, links without href."""
    kept: list[str] = []
    in_dead_link = False
    for part in _TAGS_AND_TEXTS.findall(clean):
        if part.startswith("<img") and ' src="' not in part:
            continue
        if part.startswith("<a "):
            in_dead_link = ' href="' not in part
        if in_dead_link and part.startswith(("<a ", "</a>")):
            continue
        if part.startswith("</"):
            first = len(kept)
            while first and _BLANK.fullmatch(kept[first - 1]):
                first -= 1
            opening = first and _OPENING_TAG.fullmatch(kept[first - 1])
            if opening and part == f"</{opening[1]}>":
                del kept[first - 1 :]
                continue
        kept.append(part)
    return "".join(kept)


def shown(body: str) -> str:
    """A sanitised body as pages show it: pictures load lazily, our own in responsive widths, and wide tables scroll in
    a focusable frame. It is not stored like this: the editor would remove it, and feeds work better without."""
    if "<img " in body:
        body = _IMAGE.sub(_image_shown, body)
    if "<table>" in body:
        body = body.replace("<table>", _FRAME + "<table>").replace("</table>", "</table></div>")
    return body


def _image_shown(image: re.Match) -> str:
    values = {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(image[0])}
    rendition = photos.RENDITION.fullmatch(values["src"].removeprefix(settings.MEDIA_URL))
    size = [values.get("width", ""), values.get("height", "")]
    if rendition and all(re.fullmatch("[1-9][0-9]{0,3}", each) for each in size):
        width, height = map(int, size)
        if int(rendition[2]) in photos.widths(width):  # else typed by hand: other widths may not exist
            base = settings.MEDIA_URL + rendition[1]
            return pieces.picture(base, width, height, values.get("alt", ""), sizes=_IMAGE_SIZES)
    return f'{image[0][:-1]} loading="lazy" decoding="async">'


def without_controls(text: str) -> str:
    """The text without control characters, except tabs and line ends, and without lone surrogates."""
    return _UNPRINTABLE.sub("", text)


def description(summary: str, body: str) -> str:
    """An article's description for feeds and search engines: its summary, or the first 200 characters of its body."""
    if summary:
        return summary
    opening = plain_text(without_broken_tag(body[:_DESCRIPTION_CHARS]))
    return Truncator(" ".join(opening.split())).chars(200)


def without_broken_tag(cut: str) -> str:
    """A body cut off at any position, without the incomplete tag at its end."""
    return cut[: cut.rindex("<")] if cut.rfind("<") > cut.rfind(">") else cut


def plain_text(body: str) -> str:
    """The text of a sanitised body, one line per block, entities decoded."""
    text = _TAG.sub("", _BLOCK_END.sub("\n", body))
    return html.unescape(text).strip()


def from_plain_text(text: str) -> str:
    """HTML for a plain text, one paragraph per line."""
    return "".join(f"<p>{escape(line.strip())}</p>" for line in text.splitlines() if line.strip())


def to_body(text: str) -> str:
    """A sanitised body from another portal's export, HTML or plain text."""
    return sanitise(text if _LOOKS_LIKE_HTML.search(text) else from_plain_text(text))
