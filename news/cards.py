"""The preview picture of a shared article: a crop of its photo or, without a photo, a card drawn with its title.

Nothing is drawn while a page is served: the worker draws cards in advance.
"""

import hashlib
import io
import re
import time
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from PIL import Image, ImageDraw, ImageFont

from news import photos
from news.models import Article, Photo

SIZE = photos.CROPS[photos.SHARED]
NEWEST = 10_000  # published articles without a photo that get their own card; older ones use the site's
_DESIGN_VERSION = "1"  # increase when `draw()` changes, so that all cards are drawn again
_INK, _PAPER = "#16222c", "#f4f1ea"
_MARGIN = 72
_BAND = 132  # height of the coloured band at the bottom
_LINE = 1.22  # line height, relative to the font size
_SIZES = range(104, 38, -2)
_FONT = Path(__file__).parent / "fonts" / "NotoSerif-Bold.ttf"
# Characters missing from the font (fonts/OFL.txt), which would leave gaps.
_UNDRAWABLE = re.compile(
    "[^ -~\xa0-\u024f\u0300-\u036f\u0370-\u03ff\u0400-\u045f\u1e00-\u1eff\u2010-\u2027\u2030-\u203a\u2044\u2070-\u209f"
    "\u20a0-\u20bf\u2100-\u2126\u2190-\u2193\u2212\u2248\u2260-\u2265]+"
)
_SEPARATOR = "\x1f"


class Shared(Protocol):
    """What a preview picture is made from: an Article or a ShownArticle."""

    pk: int
    title: str
    card: str
    category: Any  # with a name
    photo: photos.PhotoColumns | None


def url(article: Shared) -> str:
    """The path of an article's preview picture: a crop of its photo, its own card, or the site's card."""
    if article.photo:
        return article.photo.share_url
    if article.card and article.card == _key(article.title, article.category.name):
        return default_storage.url(_file(article.pk, article.card))
    return site_url()


def size(article: Shared) -> tuple[int, int]:
    """Width and height in pixels of the picture at `url()`."""
    photo = article.photo
    return SIZE if photo is None or photo.has_crops else (photo.width, photo.height)


@cache
def site_url() -> str:
    """The path of the site's card."""
    return default_storage.url(_site_file())


def draw(title: str, category: str) -> bytes:
    """A card as a JPEG of 1200 x 630: the title as large as it fits, above the site's name and logo.

    Characters missing from the font (emoji, Arabic) are left out; text that is too long ends with an ellipsis.
    """
    colours = settings.COLOURS["light"]
    card = Image.new("RGB", SIZE, _PAPER)
    pen = ImageDraw.Draw(card)
    width, top, bottom = SIZE[0] - 2 * _MARGIN, 64, SIZE[1] - _BAND
    if category := _shortened(_drawable(category).upper(), _font(30), width):
        pen.text((_MARGIN, top), category, fill=colours["accent"], font=_font(30), anchor="la")
        top += 58
    height = bottom - 28 - top
    points, lines = _fitted(_drawable(title) or settings.SITE_NAME, width, height)
    line_height = points * _LINE
    y = top + (height - line_height * len(lines)) / 2 + line_height * 0.5
    for line in lines:
        pen.text((_MARGIN, y), line, fill=_INK, font=_font(points), anchor="lm")
        y += line_height
    pen.rectangle((0, bottom, *SIZE), fill=colours["brand"])
    left = _MARGIN
    if logo := _logo(84):
        card.paste(logo, (_MARGIN, bottom + (_BAND - logo.height) // 2), logo)
        left += logo.width + 26
    name = _shortened(settings.SITE_NAME, _font(38), SIZE[0] - left - _MARGIN)
    pen.text((left, bottom + _BAND / 2), name, fill="white", font=_font(38), anchor="lm")
    encoded = io.BytesIO()
    card.save(encoded, "JPEG", quality=80, progressive=True)
    return encoded.getvalue()


# ---- Called by the worker


def draw_missing(newest: int = NEWEST, seconds: float = 1.0) -> int:
    """Draws the site's card and those missing or outdated among the `newest` articles without a photo, newest first,
    for about `seconds`, and removes unneeded ones; returns how many articles got a card.
    """
    deadline = time.monotonic() + seconds
    _draw_site()
    _remove_unneeded()
    drawn = 0
    articles = Article.objects.published().filter(photo=None).newest_first()
    for pk, title, category, card in articles.values_list("pk", "title", "category__name", "card")[:newest]:
        if card != _key(title, category):
            if drawn and time.monotonic() > deadline:
                break
            drawn += _draw_one(pk)
    return drawn


def complete_photos(seconds: float = 0.5) -> int:
    """Adds the files that photos of an older edition lack, newest first, for about `seconds`; returns how many photos
    it tried. Photos whose files are missing are not tried again."""
    deadline = time.monotonic() + seconds
    older = Photo.objects.filter(edition__gte=1, edition__lt=photos.EDITION)
    tried = 0
    for pk in list(older.order_by("-id").values_list("pk", flat=True)[:200]):
        if tried and time.monotonic() > deadline:
            break
        with transaction.atomic():
            # Prevents replacing or deleting the files meanwhile, but not new references from articles (no_key).
            photo = older.select_for_update(skip_locked=True, no_key=True).filter(pk=pk).first()
            if photo:
                is_there = photos.complete(photo.name, photo.width, photo.focus, edition=photo.edition)
                edition = photos.EDITION if is_there else 0
                Photo.objects.filter(pk=pk).update(edition=edition)
                tried += 1
    return tried


def _draw_one(pk: int) -> bool:
    with transaction.atomic():
        locked = Article.objects.published().filter(pk=pk, photo=None)
        article = (
            locked.select_for_update(of=["self"], skip_locked=True, no_key=True)
            .select_related("category")
            .only("title", "card", "category__name")
            .first()
        )
        key = article and _key(article.title, article.category.name)
        if article is None or article.card == key:
            return False
        _store(_file(pk, key), draw(article.title, article.category.name))
        # Not save(): that would change `updated_at` and schedule the related list.
        Article.objects.filter(pk=pk).update(card=key)
        if article.card:
            transaction.on_commit(lambda: default_storage.delete(_file(pk, article.card)))
    return True


def _remove_unneeded() -> None:
    """Removes the cards of articles that were withdrawn or now have a photo."""
    unneeded = Article.objects.with_unneeded_card()
    for pk, card in list(unneeded.values_list("pk", "card")[:200]):
        if unneeded.filter(pk=pk, card=card).update(card=""):
            default_storage.delete(_file(pk, card))


@cache
def _draw_site() -> None:
    """Draws the site's card if it is missing. Checked once per process: the storage may be remote."""
    if not default_storage.exists(_site_file()):
        _store(_site_file(), draw(settings.SITE_TAGLINE, ""))


def _store(name: str, content: bytes) -> None:
    default_storage.delete(name)  # left by an interrupted run: the storage would keep it and rename the new file
    default_storage.save(name, ContentFile(content))


def _file(pk: int, key: str) -> str:
    return f"kartu/{pk}-{key}.jpg"


def _site_file() -> str:
    return f"kartu/situs-{_key(settings.SITE_TAGLINE, '')}.jpg"


def _key(title: str, category: str) -> str:
    """A hash of everything that a card shows."""
    shown = _SEPARATOR.join([_design_key(), title, category])
    return hashlib.md5(shown.encode(), usedforsecurity=False).hexdigest()[:16]


@cache
def _design_key() -> str:
    """A hash of everything that all cards have in common."""
    logo = _logo_file()
    drawn = logo.read_bytes().hex() if logo else ""
    parts = [_DESIGN_VERSION, settings.SITE_NAME, *settings.COLOURS["light"].values(), drawn]
    return hashlib.md5(_SEPARATOR.join(parts).encode(), usedforsecurity=False).hexdigest()


# ---- Drawing


def _logo_file() -> Path | None:
    """None if the city's logo is an SVG only, which Pillow cannot draw."""
    return Path(str(finders.find(settings.LOGO_PICTURE))) if settings.LOGO_PICTURE else None


@cache
def _logo(side: int) -> Image.Image | None:
    file = _logo_file()
    if file is None:
        return None
    with Image.open(file) as logo:
        return logo.convert("RGBA").resize((side, side), Image.Resampling.LANCZOS)


@cache
def _font(points: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_FONT, points)


def _drawable(text: str) -> str:
    """The text in characters that the font has: styled Unicode letters become plain ones, the rest is left out."""
    composed = unicodedata.normalize("NFC", text)
    plain = _UNDRAWABLE.sub(lambda odd: unicodedata.normalize("NFKC", odd[0]), composed)
    return " ".join(_UNDRAWABLE.sub("", plain).split())


def _fitted(text: str, width: float, height: float) -> tuple[int, list[str]]:
    """The largest font size in which the text fits, and its lines, about equally long; shortened at the smallest."""
    measure = _font(100).getlength  # widths are proportional to the size, so each word is measured once
    words = [(word, measure(word) / 100) for word in text.split()]
    space, longest = measure(" ") / 100, max(length for _, length in words)
    for points in _SIZES:
        lines = _wrapped(words, space, width / points)
        max_lines = int(height // (points * _LINE))
        if len(lines) <= max_lines and longest * points <= width:
            narrower = width
            while narrower > width / 2 and len(_wrapped(words, space, (narrower - 20) / points)) == len(lines):
                narrower -= 20
            return points, _wrapped(words, space, narrower / points)
    if len(lines) > max_lines:
        lines = [*lines[: max_lines - 1], " ".join(lines[max_lines - 1 :])]
    return points, [_shortened(line, _font(points), width) for line in lines]


def _wrapped(words: list[tuple[str, float]], space: float, width: float) -> list[str]:
    lines: list[str] = []
    filled = width
    for word, length in words:
        if filled + space + length <= width and lines:
            lines[-1] += f" {word}"
            filled += space + length
        else:
            lines.append(word)
            filled = length
    return lines


def _shortened(text: str, font: ImageFont.FreeTypeFont, width: float) -> str:
    """The text, cut off with an ellipsis if it is wider than `width` pixels."""
    if font.getlength(text) <= width:
        return text
    fitting = 0
    while font.getlength(text[: fitting + 1] + "…") <= width:
        fitting += 1
    return text[:fitting].rstrip() + "…"
