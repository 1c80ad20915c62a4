"""Reads addresses of an earlier portal from what an operator has of them: a sitemap, an access log, a table, a list.

The first bytes and lines say what a file is, not its name. Nothing is fetched."""

import csv
import gzip
import html
import io
import itertools
import json
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple, TextIO, cast
from urllib.parse import urlsplit

_LOOKED_AT = 200  # lines or rows that say what a file is
_LONGEST = 2_000  # characters of an address
_UNKNOWN = "baris log yang tidak dikenal"
_START = 1_000  # bytes that say whether it is text
_GZIP = b"\x1f\x8b"
_LOC = re.compile(r"<(?:[\w-]+:)?loc>\s*+(?:<!\[CDATA\[)?+([^<]*+)</")
_REQUEST = re.compile(r'"(?P<method>[A-Z]+) (?P<address>\S+)(?: HTTP/[0-9.]+)?" (?P<status>[0-9]{3})\b')
_SECOND = re.compile(r"[;,](?:https?://|/|\"|[0-9]+\s*$)")  # another column after an address without spaces
_ADDRESS = re.compile(r"(?:https?://|/)\S*", re.IGNORECASE)
_WITHOUT_SCHEME = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+/\S*", re.IGNORECASE)
_FIELDS = "#Fields:"  # of IIS
# What servers and collectors of logs call the parts of a request
_NAMES = {
    "method": ("method", "request_method", "http_method", "verb", "cs-method"),
    "address": ("request_uri", "uri", "url", "path", "request_path", "cs-uri-stem"),
    "query": ("query", "query_string", "cs-uri-query"),
    "status": ("status", "status_code", "response_status", "response_code", "sc-status"),
}


class Unreadable(ValueError):
    """The message is for the operator, in Indonesian."""


class Read(NamedTuple):
    """One line: an address, or what is wrong with it."""

    address: str = ""
    fault: str = ""


def read(file: Path, above: frozenset[Path] = frozenset()) -> Iterator[Read]:
    """The addresses of a file, in its order and as often as it has them; of a log only a line is in memory. Raises
    Unreadable, also for a file without any. `above`: the indexes that led here."""
    found = False
    try:
        with _opened(file) as text:
            for each in _read(file, text, above | {file.resolve()}):
                found = found or bool(each.address)
                yield each
    except (OSError, EOFError, zlib.error, csv.Error) as error:
        raise Unreadable(f"{file} tidak dapat dibaca: {_reason(error)}") from error
    if not found:
        raise Unreadable(f"{file} tidak memuat alamat. Yang dikenal: sitemap, log akses, CSV, dan daftar alamat.")


def _reason(error: Exception) -> str:
    if isinstance(error, csv.Error):
        return "tanda kutip tidak ditutup"
    if isinstance(error, IsADirectoryError):
        return "ini folder; sebutkan berkas di dalamnya"
    if isinstance(error, FileNotFoundError):
        return "berkas itu tidak ada"
    if isinstance(error, PermissionError):
        return "akun ini tidak boleh membacanya"
    return "berkas rusak atau terpotong"


class Pair(NamedTuple):
    """A row of a table of redirects."""

    line: int
    old: str
    new: str


def pairs(file: Path) -> Iterator[Pair]:
    """The old and new addresses in the first two columns of a table; a heading and blank rows are left out. Raises
    Unreadable."""
    try:
        with _opened(file) as text:
            first = list(itertools.islice(text, _LOOKED_AT))
            rows = csv.reader(
                itertools.chain(first, text), delimiter=_delimiter([line for line in first if line.strip()])
            )
            for row in rows:
                old, new = ([each.strip() for each in row] + ["", ""])[:2]
                is_heading = rows.line_num == 1 and not _ADDRESS.fullmatch(old)
                if (old or new) and not is_heading:
                    yield Pair(rows.line_num, old, new)
    except (OSError, EOFError, zlib.error, csv.Error) as error:
        raise Unreadable(f"{file} tidak dapat dibaca: {_reason(error)}") from error


@contextmanager
def _opened(file: Path) -> Iterator[TextIO]:
    with file.open("rb") as raw:
        content = gzip.GzipFile(fileobj=raw) if raw.peek(2).startswith(_GZIP) else raw
        start = content.peek(_START)[:_START]
        encoding = "utf-16" if start.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
        # A log that was emptied while it was written begins with zeros.
        if b"\0" in start.lstrip(b"\0") and encoding != "utf-16":
            raise Unreadable(f"{file} tidak dapat dibaca: bukan teks, melainkan misalnya gambar atau arsip")
        yield io.TextIOWrapper(cast(IO[bytes], content), encoding=encoding, errors="replace", newline="\n")


def _read(file: Path, text: TextIO, above: frozenset[Path]) -> Iterator[Read]:
    lines = (line for line in text if line.strip() and (not line.startswith("#") or line.startswith(_FIELDS)))
    first = list(itertools.islice(lines, _LOOKED_AT))
    if first and first[0].lstrip().startswith("<"):
        return _of_sitemap(file, "".join([*first, *lines]), above)
    if first and first[0].startswith(("{", _FIELDS)):
        return _of_requests(_said(itertools.chain(first, lines)))
    if any(_REQUEST.search(line) for line in first):
        return _of_log(itertools.chain(first, lines))
    return _of_table(first, lines)


def _of_sitemap(file: Path, text: str, above: frozenset[Path]) -> Iterator[Read]:
    """The pages of a sitemap (at most 50 MB by its standard); of an index those of the files beside it."""
    addresses = [html.unescape(each.strip().removesuffix("]]>")).strip() for each in _LOC.findall(text)]
    if "<sitemapindex" not in text[:2_000]:
        yield from (_checked(address) for address in addresses)
        return
    for address in addresses:
        named = file.parent / (Path(urlsplit(address).path).name or "-")
        if named.is_file() and named.resolve() in above:
            yield Read(fault=f"sitemap {address} menunjuk kembali ke {named.name}, yang sedang dibaca")
        elif named.is_file():
            yield from read(named, above)
        else:
            yield Read(fault=f"sitemap {address} tidak ada di samping {file.name}")


def _of_log(lines: Iterable[str]) -> Iterator[Read]:
    """Requests that the earlier portal answered: what it did not find then is no loss now."""
    for line in lines:
        request = _REQUEST.search(line)
        if request is None:
            yield Read(fault=_UNKNOWN)
        else:
            yield from _of_request(request["method"], request["address"], request["status"])


def _of_request(method: str, address: str, status: str) -> Iterator[Read]:
    if method in ("GET", "HEAD") and status < "400":
        yield _checked(f"/{address.lstrip('/')}" if address.startswith("//") else address)


def _of_requests(said: Iterable[Mapping[str, Any] | None]) -> Iterator[Read]:
    """Of logs in which each part of a request has a name."""
    for row in said:
        row = row or {}
        found = {kind: next((str(row[each]) for each in names if row.get(each)), "") for kind, names in _NAMES.items()}
        if line := next(filter(None, map(_REQUEST.search, filter(_is_text, row.values()))), None):
            yield from _of_request(line["method"], line["address"], line["status"])
        elif not found["address"]:
            yield Read(fault=_UNKNOWN)
        else:
            query = f"?{found['query'].lstrip('?')}" if found["query"] not in ("", "-") else ""
            yield from _of_request(found["method"] or "GET", found["address"] + query, found["status"] or "200")


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _said(lines: Iterable[str]) -> Iterator[Mapping[str, Any] | None]:
    """What lines of JSON, and those below names of columns, say; None for what is neither."""
    columns: list[str] = []
    for line in lines:
        if line.startswith(_FIELDS):
            columns = line.removeprefix(_FIELDS).split()
        elif columns:
            cells = line.split()
            yield dict(zip(columns, cells, strict=True)) if len(cells) == len(columns) else None
        else:
            yield _of_json(line)


def _of_json(line: str) -> Mapping[str, Any] | None:
    """One object, with that of its request (Caddy), or the text of it (nginx)."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(row, dict):
        return None
    request = row.get("request")
    if isinstance(request, str) and (match := re.match(r"([A-Z]+) (\S+)", request)):
        request = {"method": match[1], "request_uri": match[2]}
    return row | request if isinstance(request, dict) else row


def _of_table(first: list[str], rest: Iterator[str]) -> Iterator[Read]:
    """The first column that has addresses; a list without commas is a table of one column."""
    delimiter = _delimiter(first)
    looked_at = list(csv.reader(first, delimiter=delimiter))
    addresses = Counter(column for row in looked_at for column, cell in enumerate(row) if _is_address(cell.strip()))
    if not addresses:
        return
    column = min(addresses, key=lambda each: (-addresses[each], each))
    for number, row in enumerate(itertools.chain(looked_at, csv.reader(rest, delimiter=delimiter))):
        each = _checked(row[column].strip() if column < len(row) else "")
        if each.address or number:  # else a heading
            yield each


def _delimiter(lines: list[str]) -> str:
    """The one that most of the first lines have; in a list of addresses none has a tab."""
    if all(_is_address(line.strip()) for line in lines) and not any(_SECOND.search(line) for line in lines):
        return "\t"
    return max("\t;,", key=lambda each: sum(each in line for line in lines))


def _checked(address: str) -> Read:
    if len(address) > _LONGEST:
        return Read(fault="alamat yang terlalu panjang")
    if _WITHOUT_SCHEME.fullmatch(address):
        address = f"https://{address}"
    return Read(address) if _ADDRESS.fullmatch(address) else Read(fault="baris tanpa alamat")


def _is_address(cell: str) -> bool:
    return bool(_ADDRESS.fullmatch(cell) or _WITHOUT_SCHEME.fullmatch(cell))
