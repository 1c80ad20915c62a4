"""The HTML of bodies: foreign HTML and plain text become ours in one place, for every importer, for what is pasted
into the editor and for what is saved; then bodies as text, and as pages show them."""

from django.core.exceptions import ValidationError

from news.markup.allowed import EDITOR_EXTENSIONS, TAGS, safe
from news.markup.foreign import Cleaned, cleaned
from news.markup.imports import imported, message, one_line, to_body, typed
from news.markup.pictures import names_in, replaced
from news.markup.shown import shown
from news.markup.text import (
    description,
    from_plain_text,
    plain_text,
    without_broken_tag,
    without_controls,
    without_idle_space,
)
from news.markup.tree import BODY_MAX_CHARS

__all__ = [
    "BODY_MAX_CHARS",
    "EDITOR_EXTENSIONS",
    "TAGS",
    "Cleaned",
    "cleaned",
    "description",
    "from_plain_text",
    "imported",
    "message",
    "names_in",
    "one_line",
    "plain_text",
    "read_alike",
    "replaced",
    "safe",
    "sanitise",
    "shown",
    "to_body",
    "typed",
    "without_broken_tag",
    "without_controls",
]


def sanitise(body: str) -> str:
    """The body with only the elements that the editor offers: no scripts, styles, handlers, frames or foreign images.

    Idempotent. Links may use http(s), mailto and tel; pictures must be media of this site. Raises ValidationError for
    elements nested too deep and for excessive length: the parser's time grows with the square of both.
    """
    return cleaned(body).html


def read_alike(one: str, other: str) -> bool:
    """Whether two bodies are the same to readers: they differ at most in white space and in how the same HTML is
    written, as an editor's widget may rewrite it."""
    try:
        return one == other or without_idle_space(sanitise(one)) == without_idle_space(sanitise(other))
    except ValidationError:
        return False
