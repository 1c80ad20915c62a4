"""Which format a file is, by its first bytes: names of files say what somebody once meant."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from portal.importers import feeds, fields, json_lists, jsonl, saved_pages, streams, tables, wxr
from portal.importers.record import Record, Refusal

Progress = Callable[[int], object]
_HEAD = 256 * 1024  # bytes

_AS_CSV = "buka di Excel atau LibreOffice, lalu simpan sebagai CSV (UTF-8)"
# What cannot be read, by its first bytes, with what to do instead
_FOREIGN = {
    b"%PDF": "PDF; sebuah PDF tidak memuat berita satu per satu. Ekspor berita dari situs lama sebagai CSV atau JSON",
    b"\xd0\xcf\x11\xe0": f"Excel atau Word lama (.xls, .doc); {_AS_CSV}",
    b"{\\rtf": "dokumen RTF; ekspor berita dari situs lama sebagai CSV atau JSON",
    b"7z\xbc\xaf": "arsip 7-Zip; ekstrak dahulu",
    b"Rar!": "arsip RAR; ekstrak dahulu",
    b"BZh": "berkas bzip2; ekstrak dahulu",
    b"\xfd7zXZ": "berkas xz; ekstrak dahulu",
    b"(\xb5/\xfd": "berkas zstd; ekstrak dahulu",
    b"\x1f\x8b": "berkas gzip di dalam gzip; ekstrak dahulu",
    b"SQLite format 3": "basis data SQLite; ekspor tabel beritanya sebagai CSV",
    b"PGDMP": "cadangan Postgres; ekspor tabel beritanya sebagai CSV",
    b"\x89PNG": "gambar PNG",
    b"\xff\xd8\xff": "gambar JPEG",
    b"GIF8": "gambar GIF",
}
_OFFICE = {
    b"xl/": f"Excel (.xlsx); {_AS_CSV}",
    b"word/": "Word (.docx); ekspor berita dari situs lama sebagai CSV atau JSON",
    b"ppt/": "PowerPoint (.pptx); ekspor berita dari situs lama sebagai CSV atau JSON",
    b"content.xml": f"LibreOffice (.ods, .odt); {_AS_CSV}",
}
_SHEET = re.compile(rb"urn:schemas-microsoft-com:office:(?:excel|spreadsheet)|progid=\"Excel\.Sheet\"")
_SHEET_SAID = 2_000  # bytes
_SQL = re.compile(r"\s*(?:--|/\*|(?:create|insert|drop|set|use|begin|lock)\s[^,;|\t\n]*[\s;(`\"])", re.IGNORECASE)
_FEED = re.compile(r"<(?:rss|rdf:RDF)[\s>]|<(?:[\w-]+:)?feed\b[^>]*http://www\.w3\.org/2005/Atom")
_LIST_INSIDE = re.compile(r'\{\s*"[^"]*"\s*:\s*[\[{]')
_WORDPRESS = "wordpress.org/export/"
_ITEM = "butir"


class Format(NamedTuple):
    """A format that can be imported."""

    name: str
    read: Callable[[Path, Progress], Iterator[tuple[int | str, Record | Refusal]]]  # places in the file, and records
    is_meant: Callable[[str], bool]  # by the beginning of the text
    unit: str = ""  # what the numbers of the places count; "" for lines, as other programs tell them

    def place(self, number: int | str) -> str:
        """A place in the file, for the operator: `butir 7`; 0 is the whole of it."""
        return f"{self.unit} {number}".strip() if number else "seluruhnya"


def of(path: Path) -> Format:
    """The format of the file. Raises Refusal, which says what else the file is, and OSError if it cannot be read."""
    if path.is_dir():
        if not saved_pages.is_meant(path):
            raise Refusal("ini adalah folder tanpa halaman HTML; sebutkan berkas di dalamnya")
        return _PAGES
    data = streams.head(path, _HEAD)
    if saved_pages.files.is_page(data) and not _SHEET.search(data[:_SHEET_SAID]):
        return _PAGES
    if foreign := _foreign(data):
        raise Refusal(foreign)
    text = streams.decoded(data, is_whole=False).lstrip("\ufeff")
    if not text.strip():
        raise Refusal("berkas kosong")
    for each in FORMATS:
        if each.is_meant(text.lstrip()):
            return each
    raise Refusal(_unknown(text))


def _foreign(data: bytes) -> str:
    if data.startswith(b"PK\x03\x04"):
        return next((name for part, name in _OFFICE.items() if part in data), "arsip ZIP; ekstrak dahulu")
    if _SHEET.search(data[:_SHEET_SAID]):
        return f"lembar Excel; {_AS_CSV}"
    known = next((name for start, name in _FOREIGN.items() if data.startswith(start)), "")
    if known or data.count(0) * 20 < max(len(data), 1):  # a text in which some programs left a few
        return known
    return "berkas biner yang tidak dikenal; yang dapat diimpor adalah ekspor berita, misalnya CSV atau JSON"


def _unknown(text: str) -> str:
    """What a text is that holds no articles in a known form, as far as one can tell."""
    if _SQL.match(text):
        return "cadangan SQL; ekspor tabel beritanya sebagai CSV atau JSON (phpMyAdmin: Ekspor)"
    if text.lstrip().lower().startswith("<table"):
        return f"tabel HTML; {_AS_CSV}"
    if text.lstrip().startswith("<"):
        return "XML yang bukan RSS atau Atom; ekspor beritanya sebagai CSV atau JSON"
    return (
        f"bukan {', '.join(each.name for each in FORMATS)}; bila ini tabel, baris pertamanya harus menamai kolom, "
        "di antaranya judul"
    )


def _is_feed(text: str) -> bool:
    return text.startswith("<") and bool(_FEED.search(text)) and _WORDPRESS not in text


def _is_lines(text: str) -> bool:
    """Whether each line is an object, rather than the text one object with a list of articles inside."""
    first, _, rest = text.partition("\n")
    if not first.startswith("{"):
        return False
    if rest.startswith("{") or "\n{" in rest:
        return True
    try:
        row = json.loads(first)
    except (ValueError, RecursionError):  # also of a line that is longer than the beginning
        return bool(first.strip("{ \r")) and not _LIST_INSIDE.match(text)
    return "title" in map(fields.field, row) and not any(map(json_lists.is_of_articles, row.values()))


_PAGES = Format("halaman HTML", saved_pages.read, lambda text: False)  # known by its bytes
FORMATS = (
    Format("ekspor WordPress", wxr.read, wxr.is_meant, _ITEM),
    Format("RSS atau Atom", feeds.read, _is_feed, _ITEM),
    Format("JSON Lines", jsonl.read, _is_lines),
    Format("JSON", json_lists.read, lambda text: text.startswith(("[", "{")), _ITEM),
    Format("CSV", tables.read, tables.is_meant),
    _PAGES,
)
