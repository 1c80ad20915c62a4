"""Which pictures a record shows: the one above its text and those inside. What becomes of them decides album.py."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape, unescape
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.text import Truncator

from news import alt_texts, markup, photos
from news.models import Photo
from news.web.columns import max_length

_PLACE = "impor/"  # below MEDIA_URL, where the sanitiser lets pictures be
_IMAGE = re.compile(r"<img [^>]*>")
_IN_PLACE = re.compile(r'<img src="[^"]*/impor/(?P<number>[0-9]{1,6})" alt="[^"]*">')
_ONE = _IN_PLACE.pattern.replace("?P<number>", "?:")
# A link around a picture to the picture itself, in full size
_LINK = re.compile(
    rf'<a href="[^"]*\.(?:jpe?g|png|gif|webp|avif|bmp)(?:\?[^"]*)?"[^>]*>({_IMAGE.pattern})</a>', re.IGNORECASE
)
_BLOCK = "p|figure|h2|h3|ul|ol|table|blockquote|hr"
# Nothing but pictures in a paragraph, or between blocks
_ALONE = re.compile(
    rf"<p>(?P<one>(?:{_ONE}(?:\s|<br>)*)+)</p>"
    rf"|(?P<before>\A|</(?:{_BLOCK})>\s*|<hr>\s*)(?P<two>(?:{_ONE}\s*)+)(?=\Z|<(?:{_BLOCK})\b)"
)
_FIGURE = re.compile(
    rf"<figure>(?:<p>)?{_IN_PLACE.pattern}(?:</p>)?(?:<figcaption>(?P<caption>(?:(?!</?figure>).)*)</figcaption>)?</figure>",
    re.DOTALL,
)
_DOCUMENT = re.compile(r'<a href="(?P<address>[^"]*/uploads/[^"]*\.(?:pdf|docx?|xlsx?|pptx?|zip|rar))"', re.IGNORECASE)
_LAZY = ("data-src", "data-lazy-src", "data-original", "data-orig-file")  # where scripts put the address
_MARK = r"(?:sumber\s+)?(?:foto|photo|fotografer|dok(?:umentasi)?\.?|dokumen)"
_BRACKETED = re.compile(
    rf"^(?P<caption>.*?)\s*[(\[]\s*(?P<credit>{_MARK}\s*[:/. ]\s*[^()\[\]]{{1,100}}|ist(?:imewa)?)\s*[)\]]\.?$",
    re.IGNORECASE | re.DOTALL,
)
_AT_END = re.compile(
    rf"^(?:(?P<caption>.*?[.!?”\"])\s+|\s*)(?P<credit>{_MARK}\s*[:/]\s*[^.:/]{{1,60}})\.?$", re.IGNORECASE | re.DOTALL
)
_CAPTION_MAX = 2_000  # characters; a longer text is none
_SLASH = re.compile(r"^(\w+)\s*/\s*")


@dataclass(slots=True)
class Picture:
    """A picture of the earlier portal, by its address or the name of its file."""

    address: str
    alt: str = ""
    caption: str = ""
    credit: str = ""

    def describe(self, caption: str) -> None:
        """Takes over a caption, with the credit at its end, where there is none yet."""
        if not self.caption and not self.credit:
            self.caption, self.credit = credited(" ".join(caption.split()))

    @property
    def alt_text(self) -> str:
        """What is on it, as far as the earlier portal says anything; else ""."""
        name = PurePosixPath(urlsplit(self.address).path).name
        said = (text for text in (self.alt, self.caption) if text and not alt_texts.says_nothing(text, name))
        return Truncator(next(said, "")).chars(max_length(Photo, "alt_text"))


@dataclass(slots=True)
class Illustrated:
    """A body with places for its pictures."""

    body: str = ""
    pictures: list[Picture] = field(default_factory=list)
    lead: Picture | None = None  # stands above the text
    dropped: int = 0  # drawings and the like, which are no files

    def shown(self, photo_of: Callable[[Picture], Photo | None]) -> str:
        """The sanitised body with those pictures that are photos here."""

        def put(match: re.Match[str]) -> str:
            number = int(match["number"])
            picture = self.pictures[number] if number < len(self.pictures) else None
            if picture is None or (photo := photo_of(picture)) is None:
                return ""
            src = photos.url(photo.name, photos.fallback(photo.width), "jpg")
            return f'<img src="{src}" alt="{escape(picture.alt_text)}" width="{photo.width}" height="{photo.height}">'

        return markup.sanitise(_IN_PLACE.sub(put, self.body)) if self.pictures else self.body

    @property
    def placed(self) -> list[Picture]:
        """Those in the body."""
        numbers = dict.fromkeys(int(match["number"]) for match in _IN_PLACE.finditer(self.body))
        return [self.pictures[number] for number in numbers if number < len(self.pictures)]

    def lift_lead(self) -> None:
        """A picture above the first words becomes the lead, unless there is another."""
        first = _FIGURE.match(self.body)
        if first is None or int(first["number"]) >= len(self.pictures):
            return
        picture = self.pictures[int(first["number"])]
        if self.lead is not None and not _is_same(picture, self.lead):
            return
        self.lead = self.lead or picture
        self.lead.alt = self.lead.alt or picture.alt
        if not self.lead.caption:
            self.lead.caption, self.lead.credit = picture.caption, picture.credit or self.lead.credit
        self.body = self.body[first.end() :].lstrip()

    def is_shown_by(self, stored: str, body: str) -> bool:
        """Whether a stored body has the same text as ours, and all the pictures that ours now has: those that it has
        besides stay, since this run may not know them, and so do texts for them that the newsroom wrote."""
        if not self.pictures or not markup.names_in(body) <= markup.names_in(stored):
            return False
        return markup.read_alike(_IMAGE.sub("", stored), _IMAGE.sub("", self.body))


def illustrated(html: str, lead: Picture | None = None) -> tuple[markup.Cleaned, Illustrated]:
    """A foreign body without pictures, and with places for them. Raises ValidationError."""
    found: list[Picture] = []

    def placed(attributes: dict[str, str | None]) -> str:
        address = _address(attributes)
        if not address:
            return ""
        found.append(Picture(address, " ".join((attributes.get("alt") or "").split())))
        return f"{settings.MEDIA_URL}{_PLACE}{len(found) - 1}"

    cleaned = markup.imported(html, placed)
    result = Illustrated(cleaned.html, found, lead, cleaned.pictures)
    if found:
        cleaned = markup.imported(html)
        _arrange(result)
    return cleaned, result


def _arrange(result: Illustrated) -> None:
    body = _ALONE.sub(_in_figures, _LINK.sub(r"\1", result.body))
    for figure in _FIGURE.finditer(body):
        if int(figure["number"]) < len(result.pictures):
            result.pictures[int(figure["number"])].describe(markup.plain_text(figure["caption"] or ""))
    result.body = body


def documents(body: str) -> list[str]:
    """The addresses of files at the earlier portal to which a body leads."""
    return list(dict.fromkeys(unescape(match["address"]) for match in _DOCUMENT.finditer(body)))


def _in_figures(match: re.Match[str]) -> str:
    images = re.findall(_ONE, match["one"] or match["two"])
    return (match["before"] or "") + "".join(f"<figure>{image}</figure>" for image in images)


_SIZE = re.compile(r"-(?:\d{1,5}x\d{1,5}|scaled)(?=\.\w+$)")


def _is_same(one: Picture, other: Picture) -> bool:
    """Whether they are sizes of one picture."""
    first, second = (_SIZE.sub("", PurePosixPath(urlsplit(each.address).path).name) for each in (one, other))
    return first.casefold() == second.casefold()


def _address(attributes: dict[str, str | None]) -> str:
    """Of the picture's file; "" for counting pixels and pictures in the text itself."""
    if {"1", "0"} & {attributes.get("width"), attributes.get("height")}:
        return ""
    sources = [attributes.get("src"), *(attributes.get(name) for name in _LAZY)]
    addresses = [(each or "").strip() for each in sources]
    found = next((each for each in addresses if each and not each.lower().startswith(("data:", "blob:"))), "")
    try:
        return found if urlsplit(found).path else ""
    except ValueError:  # "https://[x"
        return ""


def credited(text: str) -> tuple[str, str]:
    """A caption without the credit at its end, and that: "Warga antre. (Foto/Humas)" is "Warga antre." and "Foto:
    Humas"."""
    for pattern in (_BRACKETED, _AT_END) if len(text) <= _CAPTION_MAX else ():
        if match := pattern.match(text):
            credit = _SLASH.sub(r"\1: ", match["credit"].strip())
            return (match["caption"] or "").strip(), credit[:1].upper() + credit[1:]
    return text, ""
