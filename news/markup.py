"""What HTML a body may hold. `Article.save()` and every bulk path send bodies through `sanitise()`."""

import html
import re

import nh3
from django.utils.html import escape

_TAGS = {
    "p", "br", "hr", "h2", "h3", "strong", "em", "u", "s", "sub", "sup", "blockquote", "ul", "ol", "li", "a",
    "table", "thead", "tbody", "tr", "th", "td", "caption", "figure", "figcaption", "img",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
# Other portals' exports use these; each becomes its nearest allowed kin instead of bare text.
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
_RENAMED_TAG = re.compile(rf"<(/?)({'|'.join(_RENAMED)})(?=[\s/>])", re.I)
_EMPTY = re.compile(r"<(p|li|h2|h3|blockquote|figcaption)>(?:\s|&nbsp;|<br>)*</\1>")
_BLOCK_END = re.compile(r"</(?:p|h[1-6]|li|tr|td|th|blockquote|figcaption|caption|div)>|<br ?/?>", re.I)
_TAG = re.compile(r"<[^>]*>")
_LOOKS_LIKE_HTML = re.compile(r"<(?:p|div|br|ul|ol|table|h[1-6]|blockquote|strong|em|a|img|span)\b[^<>]*>", re.I)


def sanitise(body: str) -> str:
    """The body with only the elements that the editor offers: no scripts, styles, handlers, frames or foreign images.

    Idempotent. Links may go to http(s), mailto and tel; pictures only to this site's own media.
    """
    cleaner = nh3.Cleaner(
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_keep_attribute,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener",
    )
    renamed = _RENAMED_TAG.sub(lambda tag: f"<{tag[1]}{_RENAMED[tag[2].lower()]}", body.replace("\x00", ""))
    return _EMPTY.sub("", cleaner.clean(renamed)).strip()


def _keep_attribute(tag: str, name: str, value: str) -> str | None:
    if tag == "img" and name == "src" and not value.startswith("/media/"):
        return None
    return value


def plain_text(body: str) -> str:
    """The words of a sanitised body, a line a block, entities decoded."""
    text = _TAG.sub("", _BLOCK_END.sub("\n", body))
    return html.unescape(text).strip()


def from_plain_text(text: str) -> str:
    """HTML of a plain text with a paragraph a line."""
    return "".join(f"<p>{escape(line.strip())}</p>" for line in text.splitlines() if line.strip())


def to_body(text: str) -> str:
    """A sanitised body of what another portal exported, be it HTML or plain text."""
    return sanitise(text if _LOOKS_LIKE_HTML.search(text) else from_plain_text(text))
