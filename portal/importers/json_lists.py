"""Reads one JSON document with a list of articles (fields.py): the list itself, or one in an object, as
`{"data": [{…}, …]}` or phpMyAdmin's `[{"type": "table", "data": [{…}, …]}]`. Only one article is in memory at a time.
"""

import codecs
import json
from collections.abc import Callable, Iterator
from io import BufferedIOBase
from pathlib import Path
from typing import Any

from portal.importers import fields, streams
from portal.importers.record import Record, Refusal, record_or_refusal

MAX_VALUE = 32 * 1024 * 1024  # characters of one article
_DEPTH = 5  # of objects in an element
_PIECE = 256 * 1024  # bytes read at once
_BETWEEN = " \t\r\n,:\ufeff"  # the last begins a file, and so the second of two that were joined
_decoder = json.JSONDecoder(strict=False, parse_int=fields.whole_number)  # takes line ends inside of texts


class _TornError(Exception):
    """The document ends in the middle, or is no JSON from here on."""


class _Document:
    """What was not read yet of a document, as far as it is in memory."""

    def __init__(self, file: BufferedIOBase, told: Callable[[], object]) -> None:
        self._file, self._told = file, told
        self._decode = codecs.getincrementaldecoder("utf-8-sig")(errors="as_windows_1252").decode
        self._text, self._at = "", 0

    def peek(self) -> str:
        """The first character of the next value, name or closing bracket; "" at the end."""
        while True:
            while self._at < len(self._text):
                if self._text[self._at] not in _BETWEEN:
                    return self._text[self._at]
                self._at += 1
            if not self._more():
                return ""

    def skip(self) -> None:
        """Goes past the character that `peek` told."""
        self._at += 1

    def value(self) -> Any:
        """The next value. Raises _TornError."""
        self.peek()
        wanted, is_over = 0, False  # characters; twice as many as at the last attempt
        while True:
            if is_over or len(self._text) - self._at >= wanted:
                try:
                    value, end = _decoder.raw_decode(self._text, self._at)
                except (ValueError, RecursionError):
                    wanted = 2 * (len(self._text) - self._at)
                else:
                    if is_over or end < len(self._text):  # else the next digits of a number may not be read yet
                        self._at = end
                        return value
                if is_over or wanted > 2 * MAX_VALUE:
                    raise _TornError
            is_over = not self._more()

    def _more(self) -> bool:
        piece = self._file.read1(_PIECE)
        self._told()
        self._text, self._at = self._text[self._at :] + self._decode(piece, not piece).replace("\0", ""), 0
        return bool(piece)


def read(
    path: Path, progress: Callable[[int], object] = lambda position: None
) -> Iterator[tuple[int, Record | Refusal]]:
    """Yields the number of each article in the document and its record, or Refusal. Memory is bounded by MAX_VALUE.

    `progress` is called with the number of bytes read so far. Raises OSError if the file cannot be opened.
    """
    number = 0
    with streams.opened(path) as (file, position):
        try:
            for number, row in enumerate(_rows(_Document(file, lambda: progress(position()))), 1):
                yield number, record_or_refusal(_record, row)
        except (*streams.BROKEN, _TornError):
            yield number + 1, Refusal(streams.CUT_OFF)
            return
    if not number:
        yield (
            1,
            Refusal("tidak ada daftar berita di dalamnya: unsur daftar harus objek dengan title atau judul"),
        )


def _record(row: Any) -> Record:
    if not isinstance(row, dict):
        raise Refusal("bukan objek JSON: setiap unsur daftar harus satu berita, {…}")
    return fields.record(row | _attributes(row))


def _rows(document: _Document) -> Iterator[Any]:
    """The elements of the lists of articles, whatever they are. Raises _TornError."""
    while opening := document.peek():  # several exports may have been joined in one file
        if opening == "{":
            yield from _in_object(document)
        elif opening == "[":
            yield from _in_outer_list(document)
        else:
            raise _TornError


def _in_outer_list(document: _Document) -> Iterator[Any]:
    is_dump = False
    for element in _elements(document):
        if is_dump and element == "{":
            yield from _in_object(document)
            continue
        value = document.value()
        if isinstance(value, dict) and value.get("type") == "header" and "title" not in value:  # phpMyAdmin's first
            is_dump = True
        else:
            yield value


def _in_object(document: _Document) -> Iterator[Any]:
    for _ in _elements(document):
        document.value()  # the name
        opening = document.peek()
        if opening == "[":
            yield from _in_inner_list(document)
        elif opening == "{":
            yield from _in_object(document)
        else:
            document.value()


def _in_inner_list(document: _Document) -> Iterator[Any]:
    """The elements, if the first is an article; the list may be one of categories or of anything else."""
    is_articles = None
    for _ in _elements(document):
        value = document.value()
        if is_articles is None:
            is_articles = _is_article(value)
        if is_articles:
            yield value
        else:
            yield from _inside(value)


def is_of_articles(value: Any) -> bool:
    """Whether it is a list of articles, rather than of categories or tags of one."""
    return isinstance(value, list) and bool(value) and _is_article(value[0]) and _has_text(value[0])


def _is_article(value: Any) -> bool:
    return isinstance(value, dict) and "title" in map(fields.field, value | _attributes(value))


def _has_text(article: dict) -> bool:
    return bool({"body", "published_at"} & set(map(fields.field, article | _attributes(article))))


def _attributes(value: dict) -> dict:
    """The article itself, where an element has only its number beside it (Strapi, JSON:API)."""
    found = value.get("attributes")
    return found if isinstance(found, dict) else {}


def _inside(value: Any, depth: int = 0) -> Iterator[Any]:
    """The articles in lists of an element that is none itself, as in Ghost's `{"db": [{"data": {"posts": […]}}]}`."""
    for each in value.values() if isinstance(value, dict) and depth < _DEPTH else ():
        if is_of_articles(each):
            yield from each
        else:
            yield from _inside(each, depth + 1)


def _elements(document: _Document) -> Iterator[str]:
    """The first character of each value (or name) of the list or object that begins here; the caller reads it."""
    document.skip()
    while (first := document.peek()) not in ("]", "}"):
        if not first:
            raise _TornError
        yield first
    document.skip()
