"""Functions that make safe HTML from plain values and records: what loops need, where templates would be slow, and
what several templates and feeds share. Other HTML of the site is in templates; cells of the newsroom's tables are in
news/admin/pieces.py, the body of an article is the sanitiser's (news/markup/).

What stands on a page many times is made without format_html, which takes eight times as long: each value that is text
is escaped here, and tests/test_pieces.py gives each piece odd ones. Pieces of a list are remembered by their record:
they depend on nothing else, least of all on the clock.
"""

import json
from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from html import escape

from django.core.files.storage import default_storage
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from news import photos
from news.listed import Hit, Listed, Read
from news.web import dates, numbers

# ---- Dates


def date_element(moment: datetime | date) -> SafeString:
    """`<time>` with the date in words."""
    return _time(dates.iso(moment)[:10], dates.date(moment))


def time_element(moment: datetime) -> SafeString:
    """`<time>` with the time of day only."""
    return _time(dates.iso(moment), dates.time(moment))


def date_and_time_element(moment: datetime) -> SafeString:
    """`<time>` with date and time of day in words."""
    return _time(dates.iso(moment), dates.date_and_time(moment))


def published_element(article) -> SafeString:
    """`<time>` of the publication of an article, or of a row with the same two columns; without the time of day if
    that is not known."""
    element = date_and_time_element if article.time_known else date_element
    return element(article.published_at)


def _time(iso: str, words: str) -> SafeString:
    return SafeString(f'<time datetime="{iso}">{escape(words)}</time>')


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
    base, sizes = escape(base), escape(sizes)
    own = photos.widths(width)
    jpeg, webp = (", ".join(f"{base}-{each}.{extension} {each}w" for each in own) for extension in ("jpg", "webp"))
    loaded = 'fetchpriority="high"' if eager else 'loading="lazy" decoding="async"'
    kept = ' class="x{} y{}"'.format(*((each + 5) // 10 for each in focus)) if focus else ""
    return SafeString(
        f'<picture><source type="image/webp" srcset="{webp}" sizes="{sizes}">'
        f'<img src="{base}-{photos.fallback(width)}.jpg" srcset="{jpeg}" sizes="{sizes}" alt="{escape(alt)}" '
        f'width="{width}" height="{height}" {loaded}{kept}></picture>'
    )


def photo(shown: photos.PhotoColumns, alt: str, *, sizes: str, eager: bool = False) -> SafeString:
    """A <picture> of a photo in all widths."""
    base = default_storage.url(shown.name)  # once: seven calls a picture took a tenth of an article page's time
    return picture(base, shown.width, shown.height, alt, sizes=sizes, eager=eager, focus=shown.focus)


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


# ---- Articles in lists

REMEMBERED = 300  # pieces of each kind


def entries(articles: Iterable[Listed], by_day: bool = False) -> SafeString:
    """A chronological list; `by_day`: with a heading for each day."""
    made, day = [], ""
    for article in articles:
        if by_day and (its_day := dates.date(article.published_at)) != day:
            made.append(f'<h2 class="day">{date_element(article.published_at)}</h2>\n')
            day = its_day
        made.append(_entry(article, by_day))
    return SafeString(f'<div class="list">\n{"".join(made)}</div>')


@lru_cache(REMEMBERED)
def _entry(article: Listed, by_day: bool) -> str:
    level = "h3" if by_day else "h2"
    summary = f'<p class="summary" dir="auto">{escape(article.summary)}</p>\n' if article.summary else ""
    when = time_element(article.published_at) if by_day else published_element(article)  # the day is said above
    shown = f'<p class="when">{when}</p>' if article.time_known or not by_day else ""
    return f"""<article class="entry{_bare(article)}">
{_small(article, "(max-width: 40rem) 7rem, 15rem")}
<div>{_kicker(article)}
<{level}>{_link(article)}
</{level}>
{summary}{shown}</div>
</article>
"""


def cards(articles: Iterable[Listed], kind: str = "") -> SafeString:
    """Cards beside each other. `kind`: "feature" for a large first one, with its summary."""
    made = "".join(_card(article, bool(kind) and not place) for place, article in enumerate(articles))
    return SafeString(f'<div class="cards {escape(kind)}">\n{made}</div>\n')


@lru_cache(REMEMBERED)
def _card(article: Listed, is_large: bool) -> str:
    shows = is_large and article.summary
    summary = f'<p class="summary" dir="auto">{escape(article.summary)}</p>\n' if shows else ""
    return f"""<article class="card{_bare(article)}">
{_small(article, "(max-width: 40rem) 7rem, 18rem")}
<h3>{_link(article)}</h3>
{summary}<p>{date_element(article.published_at)}</p>
</article>
"""


def headlines(articles: Iterable[Listed]) -> SafeString:
    """<li> elements with title, category and date."""
    return SafeString("".join(map(_headline, articles)))


@lru_cache(REMEMBERED)
def _headline(article: Listed) -> str:
    return (
        f"<li>{_link(article)}\n<small>{escape(article.category)} · {date_element(article.published_at)}</small></li>"
    )


def most_read(articles: Iterable[Read]) -> SafeString:
    """<ol> of the articles with the number of their readers."""
    return SafeString(f"<ol>{''.join(map(_read, articles))}</ol>")


@lru_cache(REMEMBERED)
def _read(article: Read) -> str:
    return f"\n<li><span>{_link(article)}\n<small>± {numbers.grouped(article.readers)} pembaca</small></span></li>"


def hit(found: Hit) -> SafeString:
    """An article in the list of what a search found."""
    excerpt = f'<p class="excerpt" dir="auto">{marked(found.excerpt)}</p>\n' if found.excerpt else ""
    return SafeString(f"""<article class="entry bare"><div>
{_kicker(found)}
<h2><a href="{escape(found.path)}" dir="auto">{marked(found.title)}</a></h2>
{excerpt}<p class="when">{published_element(found)}</p></div></article>
""")


def _link(article: Listed | Read) -> str:
    return f'<a href="{escape(article.path)}" dir="auto">{escape(article.title)}</a>'


def _kicker(article: Listed | Hit) -> str:
    return f'<a class="kicker" href="{escape(article.category_path)}">{escape(article.category)}</a>'


def _bare(article: Listed) -> str:
    return "" if article.photo else " bare"


def _small(article: Listed, sizes: str) -> str:
    """The picture beside a title, which says what it shows."""
    return photo(article.photo, "", sizes=sizes) if article.photo else ""


# ---- Text


def marked(parts: Iterable[tuple[str, bool]]) -> SafeString:
    """Text from pairs (text, whether it is marked)."""
    return SafeString(
        "".join(f"<mark>{escape(text)}</mark>" if is_marked else escape(text) for text, is_marked in parts)
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
    for character, escaped in _ESCAPES:
        text = text.replace(character, escaped)
    return f'<script type="application/ld+json">{text}</script>'
