"""The elements, attributes and addresses that a body may contain."""

from functools import lru_cache

import nh3
from django.conf import settings
from django.utils.html import escape

from news.markup import tree

# What the admin's editor offers; a test checks that TAGS keeps it. Figures have no button (the editor's dialog asks
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
TAGS = {
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
ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}


def safe(html: str) -> str:
    """Any HTML, reduced to these elements and attributes: no scripts, styles, handlers, frames or foreign pictures.
    Leaves unchanged what the portal stores. Raises ValidationError for what would take too long."""
    tree.measure(html)
    return _CLEANER.clean(html)


@lru_cache(maxsize=256)
def keeps(tag: str, name: str, value: str) -> bool:
    """Whether `safe()` keeps this attribute of this element."""
    return f' {name}="' in _CLEANER.clean(f'<{tag} {name}="{escape(value)}">')


def _keep_attribute(tag: str, name: str, value: str) -> str | None:
    if tag == "img" and name == "src" and (not value.startswith(settings.MEDIA_URL) or ".." in value or "%" in value):
        return None
    if tag == "a" and name == "href" and value.strip().startswith(("//", "/\\")):  # another site
        return None
    return value


_CLEANER = nh3.Cleaner(
    tags=TAGS,
    attributes=ATTRIBUTES,
    attribute_filter=_keep_attribute,
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel="noopener",
)
