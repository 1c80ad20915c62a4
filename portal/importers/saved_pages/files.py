"""Pages as browsers and mirroring programs save them, as HTML with the address that they had."""

import codecs
import email
import os
import plistlib
import re
from collections.abc import Iterator
from email.message import Message
from pathlib import Path
from typing import NamedTuple

from news.markup import tree
from portal.importers import streams
from portal.importers.record import Refusal

MAX_FILE = 64 * 1024 * 1024  # bytes, with the pictures that some programs put into the page
MAX_HTML = 8 * 1024 * 1024  # bytes, without them
_MAX_TAGS = 300_000
_HEAD = 8 * 1024
_DATA = re.compile(rb"\bdata:[a-zA-Z]++/[^\s\"'<>)]{100,}")
_MHTML = re.compile(
    rb"(?:[\w-]+:[^\n]*+\n(?:[ \t][^\n]*+\n)*+){0,30}?"
    rb"(?:content-type:\s*multipart/related|snapshot-content-location:)",
    re.IGNORECASE,
)
_HTML = re.compile(
    r"\ufeff?(?:\s++|<\?(?:(?!\?>).)*+\?>|<!--(?:(?!-->).)*+-->)*+"
    r"<(?:!doctype\s+html|html|head|meta|title|link|body|frameset|article|main|div|h1)\b",
    re.IGNORECASE | re.DOTALL,
)
_ARCHIVE = b"WebMainResource"  # Safari's
_DECLARED = re.compile(
    rb"""<(?:meta|\?xml)\b[^>]{0,200}?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE
)
_NOTED = (
    re.compile(r"<!--\s*saved from url=\(\d+\)(\S+?)\s*-->", re.IGNORECASE),  # Chrome, Edge, Internet Explorer
    re.compile(r"<!--\s*Page saved with SingleFile\s+url:\s*(\S+)"),
    re.compile(r"<!--\s*Mirrored from (\S+) by HTTrack"),
)
_PAGES = ("text/html", "application/xhtml+xml")
_SHOWN_WITH = "jpe?g|png|gif|webp|avif|svg|ico|bmp|css|m?js|map|woff2?|ttf|eot|otf|mp[34]|webm"
_NO_TEXTS = re.compile(rf".*\.(?:{_SHOWN_WITH})", re.IGNORECASE)
_NO_PAGES = re.compile(rf".*\.(?:{_SHOWN_WITH}|json|pdf|zip|xml|rss|txt|csv)", re.IGNORECASE)
_BESIDE = ("_files", "_berkas", ".files", "_archivos")  # where browsers put what belongs to a page


class Saved(NamedTuple):
    html: str
    address: str = ""  # "" if the program that saved the page did not write it down


def is_page(data: bytes) -> bool:
    """Whether a file that begins so is a saved page."""
    return _is_archive(data) or bool(_MHTML.match(data) or _HTML.match(_decoded(data)))


def _is_archive(data: bytes) -> bool:
    return data.startswith((b"bplist00", b"<?xml")) and _ARCHIVE in data[:_HEAD]


def in_folder(folder: Path, *, all_texts: bool = False) -> Iterator[Path]:
    """The files that may be pages, in one order; with `all_texts` also others that may hold articles. Links out of the
    folder are not followed."""
    left_out = _NO_TEXTS if all_texts else _NO_PAGES
    for path, folders, names in os.walk(folder):
        folders[:] = sorted(each for each in folders if not each.endswith(_BESIDE) and not each.startswith("."))
        for name in sorted(names):
            file = Path(path, name)
            if not left_out.fullmatch(name) and file.is_file() and not file.is_symlink():
                yield file


def looks_like_page(path: Path) -> bool:
    """Raises OSError."""
    return is_page(streams.head(path, _HEAD))


def opened(path: Path) -> Saved:
    """The page in the file. Raises Refusal, and OSError if it cannot be opened."""
    data = streams.head(path, MAX_FILE + 1)
    if len(data) > MAX_FILE:
        raise Refusal(f"halaman lebih dari {MAX_FILE // 1024**2} MB")
    if _is_archive(data):
        return _of_archive(data)
    if _MHTML.match(data[:_HEAD]):
        return _of_mhtml(data)
    return _of_html(data)


def _of_html(data: bytes, charset: str = "", address: str = "") -> Saved:
    data = _DATA.sub(b"data:,", data)
    if len(data) > MAX_HTML:
        raise Refusal(f"halaman lebih dari {MAX_HTML // 1024**2} MB tanpa gambarnya")
    html = _decoded(data, charset)
    if html.count("<") > _MAX_TAGS or tree.has_many_attributes(html):
        raise Refusal("susunan halaman ini terlalu rumit")
    return Saved(html, address or _noted(html[:_HEAD]))


def _of_mhtml(data: bytes) -> Saved:
    try:
        message = email.message_from_bytes(data)
        part = next((part for part in message.walk() if part.get_content_type() in _PAGES), None)
        content = part.get_payload(decode=True) if part is not None else None
    except (RecursionError, ValueError, LookupError):
        content = part = None
    if part is None or not isinstance(content, bytes):
        raise Refusal("arsip MHTML ini rusak; simpan lagi halamannya sebagai HTML")
    return _of_html(content, part.get_content_charset() or "", _location(message, part))


def _location(message: Message, part: Message) -> str:
    found = message.get("Snapshot-Content-Location") or part.get("Content-Location") or ""
    return "".join(str(found).split())


def _of_archive(data: bytes) -> Saved:
    try:
        page = plistlib.loads(data)["WebMainResource"]
        content, name = page["WebResourceData"], str(page.get("WebResourceTextEncodingName") or "")
        address = str(page.get("WebResourceURL") or "")
        return _of_html(bytes(content), name, address)
    except Refusal:
        raise
    except Exception:  # noqa: BLE001  plistlib raises what its parts raise, and expat's own errors
        raise Refusal("arsip web Safari ini rusak; simpan lagi halamannya sebagai HTML") from None


def _noted(beginning: str) -> str:
    """The address that the program wrote into the page."""
    for pattern in _NOTED:
        if match := pattern.search(beginning):
            return match[1] if "://" in match[1] else f"http://{match[1]}"
    return ""


def _decoded(data: bytes, charset: str = "") -> str:
    """UTF-8 wherever it can be: texts of other encodings are no UTF-8 by chance, but pages often declare another one
    than they are sent in."""
    for mark, encoding in streams.WIDE.items():
        if data.startswith(mark):
            return data.removeprefix(mark).decode(encoding, errors="replace")
    try:
        return codecs.getincrementaldecoder("utf-8-sig")().decode(data)
    except UnicodeDecodeError:
        declared = _DECLARED.search(data[:_HEAD])
        name = charset or (declared[1].decode() if declared else "")
        encoding = streams.encoding(name)
        return data.decode(encoding, "as_windows_1252" if encoding == "utf-8" else "replace")
