"""PDFs of the earlier portal that a text links to, and that lie among its uploads, become documents of the article.

Their links are cut to the path of the old address, which leads to the document for ever: so a text is the same in each
run, whatever the newsroom does with the document."""

import re
from collections import Counter
from collections.abc import Callable
from html import escape, unescape
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.text import Truncator

from news import documents, markup
from news.models import Article, Document, MissingPath
from news.web import old_shapes
from news.web.columns import max_length
from portal.importers import old_addresses
from portal.importers.record import Record
from portal.importers.uploads import Missing, Uploads

ATTACHED = "dokumen dilampirkan"
_LINK = re.compile(
    r'<a href="(?P<address>[^"]+\.pdf)(?:\?[^"]*)?"(?P<rest>[^>]*)>(?P<text>.*?)</a>', re.IGNORECASE | re.DOTALL
)
_UPLOADS = ("/wp-content/uploads/", "/uploads/")  # of whichever host: portals move
# What a link says beside, or instead of, what it leads to
_IDLE = """
klik tekan unduh diunduh mengunduh download lihat dilihat baca dibaca buka selengkapnya di sini disini ini berikut
tautan link here"""
_SHORTEST_TITLE = 2  # words


class Documents:
    """Those of one run."""

    def __init__(self, uploads: Uploads, *, is_rehearsal: bool = False) -> None:
        self._uploads, self._is_rehearsal = uploads, is_rehearsal
        self._new: dict[str, str] = {}  # of the present record: address -> title
        self._rehearsed: set[str] = set()  # addresses that this run would have led to documents
        self._led: set[str] = set()  # paths of the present record's links that lead to documents
        self._attached = 0  # in the present transaction
        self._written: list[str] = []  # files, in the present transaction
        self.refused: dict[str, str] = {}  # of the present record: address -> why
        self.counts: Counter[str] = Counter()

    def begin(self) -> None:
        """A record is going to be saved."""
        for kept in (self._new, self._led, self._written, self.refused):
            kept.clear()
        self._attached = 0

    def lead(self, record: Record, article: Article | None) -> None:
        """Cuts the links of the record to PDFs that are here; `attach()` then makes documents of the new ones.
        `article`: of the record, if there is one already."""

        def is_here(address: str, text: str) -> bool:
            if not _is_own(address, record) or not (
                address in self._new.keys() | self._rehearsed
                or _leads(address, record, article)
                or self._take(address, text)
            ):
                return False
            self._led.add(_path(address))
            return True

        record.illustrated.body = _cut(record.illustrated.body, is_here)

    def _take(self, address: str, text: str) -> bool:
        try:
            documents.check(self._upload(address))
        except Missing:
            return False
        except ValidationError as error:
            self.refused[address] = error.messages[0]
            return False
        self._new[address] = _title(address, text)
        return True

    def _upload(self, address: str) -> SimpleUploadedFile:
        """Raises Missing. Read again to be stored: an article may link to many, of 50 MB each."""
        content = self._uploads.content(address, documents.MAX_BYTES)
        return SimpleUploadedFile(PurePosixPath(unquote(_path(address))).name, content)

    def attach(self, article: Article) -> None:
        """Makes documents of what `lead()` has found."""
        self.counts[ATTACHED] += len(self._new)
        self._attached = len(self._new)
        if self._is_rehearsal:
            self._rehearsed |= self._new.keys()
            return
        for address, title in self._new.items():
            document = Document(article=article, title=title)
            document.put(documents.store(self._upload(address)))
            self._written.append(document.file)
            document.save()
            old_addresses.remember(document, [address])

    def forget_written(self) -> None:
        """The transaction is rolled back."""
        for file in self._written:
            documents.delete(file)
        self.counts[ATTACHED] -= self._attached
        self._rehearsed -= self._new.keys()
        self._written.clear()
        self._attached = 0

    def trouble(self, address: str) -> str:
        """Why a file that a text links to is no document here; "" if it is one."""
        if address in self._led:
            return ""
        if reason := self.refused.get(address):
            return f"tidak dapat dilampirkan: {reason}"
        return "masih ditautkan ke situs lama; lampirkan lagi sebagai dokumen"


def keep_links_of(article: Article, record: Record) -> None:
    """Cuts the links of the record that are cut in the stored text: they led to documents in an earlier run."""

    def is_cut(address: str, _text: str) -> bool:
        return f'<a href="{escape(_path(address))}"' in article.body

    record.body = _cut(record.body, is_cut)
    record.illustrated.body = _cut(record.illustrated.body, is_cut)


def _cut(html: str, is_wanted: Callable[[str, str], bool]) -> str:
    """The sanitised body with only the paths of the links that are wanted, by their address and text."""

    def put(match: re.Match[str]) -> str:
        address = unescape(match["address"])
        path = _path(address)
        if not path or not is_wanted(address, match["text"]):
            return match[0]
        return f'<a href="{escape(path)}"{match["rest"]}>{match["text"]}</a>'

    return _LINK.sub(put, html)


def _path(address: str) -> str:
    """ "" if there is none."""
    try:
        path = urlsplit(address).path
    except ValueError:  # "https://[x"
        return ""
    return path if path.startswith("/") and not path.startswith("//") else ""


def _is_own(address: str, record: Record) -> bool:
    parts = urlsplit(address)
    if not parts.netloc or any(folder in parts.path for folder in _UPLOADS):
        return True
    return _host(address) in (_host(record.url), _host(settings.SITE_URL))


def _host(address: str) -> str:
    return (urlsplit(address).hostname or "").removeprefix("www.")


def _leads(address: str, record: Record, article: Article | None) -> bool:
    """Whether an earlier record or run, or the newsroom, has led the address somewhere: then that stays so. A document
    that no reader may have, since its article is a draft, does not do for an article that they can read."""
    target = MissingPath.objects.target_of(*old_shapes.path_and_query(address))
    if record.is_draft or record.published_at is None:
        return bool(target)
    found = Document.objects.filter(name__in=target.split("/")).exclude(article=article).first()
    return bool(target) and (found is None or found.article.status != Article.Status.DRAFT)


def _title(address: str, text: str) -> str:
    """What the link says, or else the name of the file."""
    said = markup.plain_text(text).split()
    while said and _is_idle(said[0]):
        del said[0]
    while said and _is_idle(said[-1]):
        del said[-1]
    if len(said) < _SHORTEST_TITLE:
        stem = PurePosixPath(unquote(_path(address))).stem
        said = re.split(r"[-_+\s]+", stem.strip("-_+ ")) if stem.strip("-_+ ") else ["Dokumen"]
    return Truncator(" ".join(said)).chars(max_length(Document, "title"))


def _is_idle(word: str) -> bool:
    return word.casefold().strip(".,:;()[]»→") in _IDLE.split() or "://" in word
