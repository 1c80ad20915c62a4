"""The HTML of cells in the admin's lists and forms, for both admins: functions from plain values to safe HTML."""

from collections.abc import Iterable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


def status(kind: str, label: str) -> SafeString:
    """A coloured label; static/portal/admin.css has the colours of each `kind`."""
    return format_html('<span class="status status-{}">{}</span>', kind, label)


def note(text: str, about: str) -> SafeString:
    """What somebody wrote to a colleague, in their lines, and below it who and when."""
    return format_html('<span class="note">{}</span> <small>{}</small>', text, about)


def notes(each: Iterable[tuple[str, str]]) -> SafeString:
    """Several of them, one below the other."""
    return format_html_join("", "{}", ((note(text, about),) for text, about in each))


def link(address: str, text: str) -> SafeString:
    return format_html('<a href="{}">{}</a>', address, text)


def shortened(text: str, whole: str) -> SafeString:
    """A part of a text, which a pointer on it shows whole."""
    return format_html('<span title="{}">{}</span>', whole, text)


def nothing() -> SafeString:
    """A dash for what there is none of; on phones, where it would stand between words, its cell is left out."""
    return format_html('<span class="nothing">{}</span>', "–")


def thumbnail(src: str, alt: str) -> SafeString:
    """A small picture for lists; it is a link, which `alt` names."""
    return format_html('<img class="thumbnail" src="{}" alt="{}" loading="lazy">', src, alt)


def preview(src: str, alt: str) -> SafeString:
    return format_html('<img class="preview" src="{}" alt="{}">', src, alt)


def places(said: str, links: Iterable[tuple[str, str]], more: str) -> SafeString:
    """A list of links (address, text) below a sentence, and above another one."""
    rows = format_html_join("", "<li>{}</li>", ((link(address, text),) for address, text in links))
    return format_html('{}<ul class="places">{}</ul>{}', said, rows, more)


def suggested(name: str, address: str) -> SafeString:
    """A suggestion for a redirect, in a list."""
    return format_html("Usulan: {}", link(address, name))


def suggested_with_address(name: str, address: str) -> SafeString:
    return format_html("{} ({})", link(address, name), address)
