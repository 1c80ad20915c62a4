"""What one article of an export is: cleaned, checked, and refused with a reason where the portal cannot store it."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import Truncator

from news import markup
from news.models import Article, Category, Tag
from news.models.articles import EARLIEST
from news.models.taxonomy import one_line
from news.web import addresses
from news.web.columns import max_length
from portal.importers import old_addresses, texts
from portal.importers.comments import Written
from portal.importers.pictures import Illustrated, Picture, illustrated

MAX_NUMBER = 2**53 - 1  # ids and reads: exact in every JSON parser, and leaves the id sequence room above
_FIRST_DAY = "2 Januari 1900"  # of which no part, in any time zone, is before EARLIEST
_HOST = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?P<last>[a-z]{2,})(?::[0-9]+)?(?:[/?#]\S*)?", re.IGNORECASE
)
_FILES = ("html", "htm", "php", "asp", "aspx", "jsp", "cfm", "pdf")  # end names of files, not of hosts
_OTHER_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:|[/\\]", re.IGNORECASE)
_LATEST = timedelta(days=366)  # from now; a later date is a typo and would hide the article for years


class Refusal(ValueError):
    """Why a record cannot be imported; the message is for the operator, in Indonesian."""


Made = TypeVar("Made", "Record", "Record | None")


def record_or_refusal(make: Callable[..., Made], *row: Any) -> Made | Refusal:
    """What `make` makes of a row, for readers: they yield a Refusal in the place of a record, also of one with HTML
    that nobody can read in a caption or name."""
    try:
        return make(*row)
    except Refusal as refusal:
        return refusal
    except ValidationError as error:
        return Refusal(error.messages[0])


@dataclass(slots=True, kw_only=True)
class Record:
    """One article of an export; blank or None means that the export does not say.

    Normalises texts, in which other portals may have written `&amp;` or `<em>`, and cleans the body. Raises Refusal
    for values that the portal cannot store.
    """

    title: str
    kind: Literal["article", "page"] = "article"
    slug: str = ""  # of a page, the end of its address
    body: str = ""  # HTML, or plain text with one paragraph per line
    published_at: datetime | None = None  # aware
    time_known: bool = True
    updated_at: datetime | None = None  # aware; when the source last changed it
    category: str = ""
    tags: list[str] | tuple[str, ...] = ()
    author: str = ""
    reporter: str = ""
    editor: str = ""
    source: str = ""
    url: str = ""
    id: int | None = None  # becomes the primary key, so that the article keeps its address
    key: str = ""  # the source's identifier of the article, if it is not a number
    reads: int | None = None
    summary: str = ""
    is_draft: bool = False  # the source does not show it: never published here, even with a date
    raw_date: str = ""  # a date that nobody can read: the article is a draft, with this text in its note
    old_paths: tuple[str, ...] = ()  # its addresses on the old site: path and query
    terms: tuple[old_addresses.Term, ...] = ()  # its category and tags, with their addresses on the old site
    remarks: tuple[str, ...] = ()  # what the operator should know about this record
    lead: Picture | None = None  # stands above the text
    comments: tuple[Written, ...] = ()
    cleaned: markup.Cleaned = field(default_factory=markup.Cleaned, init=False)  # the body, and what was left out
    illustrated: Illustrated = field(default_factory=Illustrated, init=False)
    comments_saved: Counter[str] = field(default_factory=Counter, init=False)
    titles: set[str] = field(default_factory=set, init=False)  # as today and as former versions stored it

    def __post_init__(self) -> None:
        former = one_line(self.title)
        self.title = _line("judul", self.title, max_length(Article, "title"))
        self.titles = {self.title, former}
        if not any(char.isprintable() and not char.isspace() for char in self.title):
            raise Refusal("judul kosong")
        try:
            self.cleaned, self.illustrated = illustrated(texts.without_shortcodes(self.body), self.lead)
        except ValidationError as error:
            raise Refusal(error.messages[0]) from error
        self.body = self.cleaned.html
        self.take_text()
        if len(self.body) > markup.BODY_MAX_CHARS:
            raise Refusal(f"isi berita {len(self.body)} karakter; paling panjang {markup.BODY_MAX_CHARS}")
        self.category = _line("kategori", self.category, max_length(Category, "name"))
        self.tags = [tag for tag in (_line("tag", tag, max_length(Tag, "name")) for tag in self.tags) if tag]
        self.terms = tuple(term._replace(name=_line("kategori", term.name, None)) for term in self.terms)
        self.summary = Truncator(_line("ringkasan", self.summary, None)).chars(max_length(Article, "summary"))
        self.author = _line("penulis", self.author, max_length(Article, "author"))
        self.source = _line("sumber", self.source, max_length(Article, "source"))
        url = " ".join(self.url.split()).replace(" ", "%20")  # as browsers write an address with spaces
        self.url = _line("alamat asal", url, max_length(Article, "source_url"), is_text=False)
        self._check_url()
        if self.id is not None and not 1 <= self.id <= MAX_NUMBER:
            raise Refusal(f"id {self.id} di luar batas: harus 1 sampai {MAX_NUMBER}")
        self.key = _line("id", str(self.id or "") or self.key, max_length(Article, "source_key"), is_text=False)
        if self.reads is not None and not 0 <= self.reads <= MAX_NUMBER:
            raise Refusal(f"jumlah baca {self.reads} di luar batas: harus 0 sampai {MAX_NUMBER}")
        if self.url and (self.url.startswith("/") or _is_ours(self.url) or self._was_its_address()):
            self.old_paths = (*self.old_paths, self.url)
        self._check_times()

    def take_text(self, cut: Callable[[str], str] = str) -> None:
        """The body, cut; the lines at its end that say who wrote it and how often it was read become the record's. Who
        signed a text wrote it, whoever typed it in."""
        self.body, foot = texts.without_foot(cut(self.body))
        self.illustrated.body, _ = texts.without_foot(cut(self.illustrated.body))
        if self.kind == "article":
            self.illustrated.lift_lead()
        self.author = foot.author or self.author
        self.reporter, self.editor = foot.reporter or self.reporter, foot.editor or self.editor
        self.reads = foot.reads if self.reads is None else self.reads

    @property
    def pictures(self) -> list[Picture]:
        lead, inside = self.illustrated.lead, self.illustrated.placed
        return inside if lead is None or lead in inside else [lead, *inside]

    def keep_number_as_key(self) -> None:
        """The article gets a number of this portal; the source's stays the key by which a second import finds it."""
        self.id = None

    def _was_its_address(self) -> bool:
        """Whether the url, at another host, was the text's own address at the old portal, whose name may move to this
        one later: unless the text is from elsewhere, or the format told the addresses."""
        return not (self.source or self.old_paths or self.is_draft)

    def _check_url(self) -> None:
        """A host without https:// gets it. What leads nowhere costs only itself, what could lead elsewhere than it
        says the record."""
        if not self.url or re.fullmatch(addresses.PATTERN, self.url):
            return
        host = _HOST.fullmatch(self.url)
        if host and host["last"].lower() not in _FILES:
            self.url = f"https://{self.url}"
        elif _OTHER_SCHEME.match(self.url):
            raise Refusal(f"alamat asal “{self.url[:80]}” bukan alamat: awalnya harus http://, https:// atau /")
        else:
            self.url = ""
            self.remarks += ("alamat asal bukan alamat utuh (awalnya harus http://, https:// atau /); tidak disimpan",)

    def _check_times(self) -> None:
        if self.updated_at is not None and self.updated_at > timezone.now():
            self.updated_at = None
        if self.updated_at is not None and self.updated_at < EARLIEST:
            self.remarks += (f"waktu perubahan {self.updated_at.date().isoformat()} terlalu lama; tidak dipakai",)
            self.updated_at = None
        if self.published_at is not None and self.published_at < EARLIEST:
            day = self.published_at.date().isoformat()
            raise Refusal(f"tanggal terbit {day} terlalu lama; paling awal {_FIRST_DAY}")
        if self.published_at is not None and self.published_at > timezone.now() + _LATEST:
            raise Refusal(f"tanggal terbit {self.published_at:%Y-%m-%d} lebih dari setahun di depan")


def _is_ours(url: str) -> bool:
    """Whether it is an address of this site, which the old portal had before it."""
    try:
        host = (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:  # "https://[x"
        return False
    return bool(host) and host == (urlsplit(settings.SITE_URL).hostname or "").removeprefix("www.")


def _line(name: str, text: str, limit: int | None, *, is_text: bool = True) -> str:
    """The text as readers see it, on one line without control characters; addresses and keys (`is_text=False`) contain
    no HTML. Raises Refusal if it is longer than `limit`."""
    try:
        # What the models would still tidy is tidied here: else each run would find the article changed.
        text = one_line(markup.one_line(text) if is_text else text)
    except ValidationError as error:
        raise Refusal(f"{name}: {error.messages[0]}") from error
    if limit is not None and len(text) > limit:
        raise Refusal(f"{name} “{text[:60]}…” {len(text)} karakter; paling panjang {limit}")
    return text
