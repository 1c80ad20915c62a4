"""Texts of other portals, of which nobody knows whether they are HTML."""

import re

from django.core.exceptions import ValidationError

from news.markup import elements, messages, tree
from news.markup.foreign import Cleaned, PlacedImage, cleaned
from news.markup.text import decoded, from_plain_text, plain_text, without_controls

# Only real element names: plain text may contain <Enter> or <nama@contoh.id>, which must not be lost.
_ELEMENTS = "|".join(sorted(elements.ALL))
_LOOKS_LIKE_HTML = re.compile(rf"<(?=[!/a-z])(?:!--|!doctype\b|/?(?:{_ELEMENTS})(?=[\s/>]))", re.IGNORECASE)
_ENCODED_AT_MOST = 3  # times: exports of exports


def imported(text: str, placed: PlacedImage | None = None) -> Cleaned:
    """A body from another portal's export, HTML or plain text, and what was left out. `placed`: see `cleaned`. Raises
    ValidationError."""
    if _LOOKS_LIKE_HTML.search(text):
        return cleaned(text, imported=True, placed=placed)
    text = decoded(text)
    if _LOOKS_LIKE_HTML.match(text.lstrip()):  # encoded twice, as in feeds
        return cleaned(text, imported=True, placed=placed)
    return cleaned(from_plain_text(text), imported=True)


def message(text: str) -> Cleaned:
    """A body from a plain text of the clipboard, with its marks and lines as its writer saw them, and what was left
    out. Raises ValidationError."""
    if len(text) > tree.BODY_MAX_CHARS:
        raise ValidationError(f"Teksnya {len(text)} karakter; paling panjang {tree.BODY_MAX_CHARS}.")
    html, senders = messages.read(text)
    result = cleaned(html, imported=True)
    result.senders = senders
    return result


def typed(text: str) -> Cleaned:
    """A body as a form sends it, HTML from the editor or, where no script runs, a plain text, and what was left out.
    Raises ValidationError."""
    return cleaned(text) if _LOOKS_LIKE_HTML.search(text) else message(text)


def to_body(text: str) -> str:
    """A sanitised body from another portal's export, HTML or plain text. Raises ValidationError."""
    return imported(text).html


def one_line(text: str) -> str:
    """A title or name from another portal's export as a reader sees it, on one line: without markup, however often it
    was encoded. Raises ValidationError."""
    for _ in range(_ENCODED_AT_MOST):
        before, text = text, _read(text)
        if text == before:
            break
    return " ".join(without_controls(text).split())


def _read(text: str) -> str:
    return plain_text(to_body(text)) if _LOOKS_LIKE_HTML.search(text) else decoded(text)
