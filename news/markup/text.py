"""Bodies as text, and texts as bodies."""

import html
import re

from django.utils.html import escape
from django.utils.text import Truncator

# Control characters are invalid in feeds and JSON, lone surrogates in UTF-8.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_TAG = re.compile(r"<[^>]*>")  # in sanitised HTML, which has no other < or >
_BLOCK_EDGES = re.compile(
    r"(?:</?(?:p|h[1-6]|ul|ol|li|table|caption|thead|tbody|tr|th|td|blockquote|figure|figcaption|div|br|hr)"
    r"(?: [^>]*)?/?>)+",
    re.IGNORECASE,
)
_SPACE_AT_EDGES = re.compile(rf" ?({_BLOCK_EDGES.pattern}) ?", re.IGNORECASE)
# With a semicolon only: in "R&D" and "P&Lama" nobody meant one. html.unescape() would read the latter as "P<ama".
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_DESCRIPTION_CHARS = 2_000  # of a body, from which its description is made


def without_controls(text: str) -> str:
    """The text without control characters, except tabs and line ends, and without lone surrogates."""
    return _UNPRINTABLE.sub("", text)


def decoded(text: str) -> str:
    """The text with the characters that `&amp;`, `&#8211;` and the like stand for."""
    return _REFERENCE.sub(lambda reference: html.unescape(reference[0]), text)


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
    text = _TAG.sub("", _BLOCK_EDGES.sub("\n", body))
    return html.unescape(text).strip()


def without_idle_space(body: str) -> str:
    """A sanitised body without white space that browsers do not show: beside blocks, and more than one character."""
    return _SPACE_AT_EDGES.sub(r"\1", " ".join(body.split()))


def from_plain_text(text: str) -> str:
    """HTML for a plain text, one paragraph per line."""
    return "".join(f"<p>{escape(line.strip())}</p>" for line in text.splitlines() if line.strip())
