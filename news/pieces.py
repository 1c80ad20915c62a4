"""Functions that make safe HTML from plain values: what loops need, where templates would be slow, and what several
templates and feeds share. Other HTML of the site is in templates; cells of the newsroom's tables are in
news/admin/pieces.py, the body of an article is the sanitiser's (news/markup/)."""

import json
from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from news import paths, photos
from news.web import dates


class ShownResult(NamedTuple):
    """What the list of results shows of an article; title and excerpt in parts, each with whether it is marked."""

    pk: int
    slug: str
    category_name: str
    category_slug: str
    published_at: datetime
    time_known: bool
    title: list[tuple[str, bool]]
    excerpt: list[tuple[str, bool]]


# ---- Dates


def date_element(moment: datetime | date) -> SafeString:
    """`<time>` with the date in words."""
    return format_html('<time datetime="{}">{}</time>', dates.iso(moment)[:10], dates.date(moment))


def time_element(moment: datetime) -> SafeString:
    """`<time>` with the time of day only."""
    return format_html('<time datetime="{}">{}</time>', dates.iso(moment), dates.time(moment))


def date_and_time_element(moment: datetime) -> SafeString:
    """`<time>` with date and time of day in words."""
    return format_html('<time datetime="{}">{}</time>', dates.iso(moment), dates.date_and_time(moment))


def published_element(article) -> SafeString:
    """`<time>` of the publication of an article, or of a row with the same two columns; without the time of day if
    that is not known."""
    element = date_and_time_element if article.time_known else date_element
    return element(article.published_at)


# ---- Pictures


def picture(
    base: str,
    width: int,
    height: int,
    alt: str,
    *,
    sizes: str,
    eager: bool = False,
    focus: photos.Focus = None,
) -> SafeString:
    """A <picture> in WebP and JPEG. `base`: the address of the renditions without "-<width>.<extension>"; `width` and
    `height`: the picture's own; `sizes`: as in HTML; `eager`: for the first picture of the page, loaded at once.
    Where the style sheet crops it, `focus` stays, to a tenth: the CSP allows no style of its own."""
    own = photos.widths(width)
    jpeg, webp = (", ".join(f"{base}-{each}.{extension} {each}w" for each in own) for extension in ("jpg", "webp"))
    return format_html(
        '<picture><source type="image/webp" srcset="{}" sizes="{}"><img src="{}" srcset="{}" sizes="{}" alt="{}" '
        'width="{}" height="{}" {}{}></picture>',
        webp,
        sizes,
        f"{base}-{photos.fallback(width)}.jpg",
        jpeg,
        sizes,
        alt,
        width,
        height,
        _AT_ONCE if eager else _WHEN_NEAR,
        format_html(' class="x{} y{}"', *((each + 5) // 10 for each in focus)) if focus else "",
    )


_AT_ONCE = format_html('fetchpriority="{}"', "high")
_WHEN_NEAR = format_html('loading="{}" decoding="async"', "lazy")


def figure(src: str, alt: str, width: int, height: int, caption: str) -> SafeString:
    """A <figure> with one picture, for bodies and feeds."""
    return format_html(
        '<figure><img src="{}" alt="{}" width="{}" height="{}">{}</figure>',
        src,
        alt,
        width,
        height,
        format_html("<figcaption>{}</figcaption>", caption) if caption else "",
    )


def post(kind: str, service: str, address: str, title: str) -> SafeString:
    """A card that leads to a post on another service."""
    return format_html(
        '<p class="post post-{}"><a href="{}" rel="noopener noreferrer"><span class="post-kind">{} {}</span> '
        '<strong>{}</strong> <span class="post-note">Buka di {}, di luar situs ini</span></a></p>',
        service.lower(),
        address,
        kind,
        service,
        title or address.partition("://")[2],
        service,
    )


def shared_picture(address: str, width: int, height: int, alt: str) -> SafeString:
    """<meta> elements that name the picture of a shared link, a JPEG."""
    return format_html(
        '<meta property="og:image" content="{}">\n<meta property="og:image:type" content="image/jpeg">\n'
        '<meta property="og:image:width" content="{}">\n<meta property="og:image:height" content="{}">\n'
        '<meta property="og:image:alt" content="{}">\n<meta name="twitter:card" content="summary_large_image">',
        address,
        width,
        height,
        alt,
    )


# ---- Text


def marked(parts: Iterable[tuple[str, bool]]) -> SafeString:
    """Text from pairs (text, whether it is marked)."""
    return format_html_join(
        "", "{}", ((format_html("<mark>{}</mark>", text) if is_marked else text,) for text, is_marked in parts)
    )


def with_commands(sentence: str) -> SafeString:
    """A sentence that is also for the log, where commands stand between grave accents."""
    parts = sentence.split("`")
    if len(parts) % 2 == 0:  # one without its other
        return format_html("{}", sentence)
    return format_html_join(
        "", "{}", ((format_html("<code>{}</code>", part) if n % 2 else part,) for n, part in enumerate(parts))
    )


_CHANGED = {-1: "<del>{}</del>", 0: "{}", 1: "<ins>{}</ins>"}


def difference(parts: Iterable[tuple[int, str]]) -> SafeString:
    """Parts of a text (news.differences) with what went and what came marked."""
    return format_html_join("", "{}", ((format_html(_CHANGED[kind], text),) for kind, text in parts))


# ---- Search


@lru_cache(maxsize=64)
def select(label: str, name: str, options: tuple[tuple[str, str], ...], chosen: str) -> SafeString:
    """A <select> with its label. `options`: pairs (value, what is shown)."""
    shown = format_html_join(
        "\n",
        '<option value="{}"{}>{}</option>',
        ((value, _CHOSEN if value == chosen else "", text) for value, text in options),
    )
    return format_html(
        '<label for="id_{}">{}:</label> <select name="{}" id="id_{}">\n{}\n</select>', name, label, name, name, shown
    )


_CHOSEN = format_html(" {}", "selected")


def search_result(found: ShownResult) -> SafeString:
    """An article in the list of what a search found."""
    return format_html(
        '<article class="entry bare"><div>\n<a class="kicker" href="{}">{}</a>\n'
        '<h2><a href="{}" dir="auto">{}</a></h2>\n{}<p class="when">{}</p></div></article>\n',
        paths.category_path(found.category_slug),
        found.category_name,
        paths.article_path(found.pk, found.slug),
        marked(found.title),
        format_html('<p class="excerpt" dir="auto">{}</p>\n', marked(found.excerpt)) if found.excerpt else "",
        published_element(found),
    )


# ---- Data for search engines

# A script element ends at the first </script, even inside JSON strings, and <!-- changes how the rest is parsed. Older
# parsers reject Unicode line separators in JSON.
_ESCAPES = [(character, f"\\u{ord(character):04x}") for character in "<>&\u2028\u2029"]
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def json_ld(*described: dict) -> SafeString:
    """One JSON-LD script element per dict."""
    return mark_safe("\n".join(map(_json_ld, described)))  # noqa: S308 (see _json_ld)


def _json_ld(described: dict) -> str:
    text = _json(described)
    for character, escape in _ESCAPES:
        text = text.replace(character, escape)
    return f'<script type="application/ld+json">{text}</script>'
