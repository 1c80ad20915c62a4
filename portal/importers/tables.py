"""Reads CSV as spreadsheets and databases export it: one article per row, the first row names the columns (fields.py).

The separator is the one by which most of these names are known."""

import csv
import itertools
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from portal.importers import fields, streams, times
from portal.importers.record import Record, Refusal, record_or_refusal

_NULL = ("NULL", "\\N")  # as MySQL and phpMyAdmin write that there is no value
_LOOKED_AT = 256 * 1024  # bytes
_BACKSLASH = re.compile(r'[^\\",;\t|\n]\\"[^",;\t|\r\n]')
_TWICE = re.compile(r'[^",;\t|\r\n]""[^",;\t|\r\n]')
SEPARATORS = ",;\t|"
_LARGEST_CELL = 4 * 1024 * 1024  # characters; a quotation mark that is never closed would swallow the whole file
_NOT_CLOSED = "tanda kutip tidak ditutup, atau ganti baris di luar tanda kutip"


def is_meant(text: str) -> bool:
    """Whether the text begins like a table of articles."""
    lines = filter(str.strip, map(without_hint, text.splitlines()))
    return bool(separator(next(lines, "")))


def separator(first_line: str) -> str:
    """By what the columns of this line are separated; "" if it does not name the columns of articles."""
    best = max(SEPARATORS, key=lambda each: len(_known(first_line, each)))
    return best if "title" in _known(first_line, best) else ""


def _known(line: str, separator: str) -> set[str]:
    try:
        return set(map(fields.field, next(csv.reader([line], delimiter=separator), []))) - {""}
    except csv.Error:
        return set()


def without_hint(line: str) -> str:
    """Blank if it is the line by which Excel remembers the separator."""
    return "" if line.strip().lower() in {f"sep={each}".strip() for each in SEPARATORS} else line


def read(
    path: Path, progress: Callable[[int], object] = lambda position: None
) -> Iterator[tuple[int, Record | Refusal]]:
    """Yields the number of a row's last line and its record, or Refusal. Memory is bounded by _LARGEST_CELL.

    `progress` is called with the number of bytes read so far. Raises OSError if the file cannot be opened.
    """
    number, is_empty, beginning = 0, True, streams.decoded(streams.head(path, _LOOKED_AT), is_whole=False)
    with streams.opened(path) as (file, position), _cells_up_to(_LARGEST_CELL):
        try:
            for number, row in _rows(streams.lines(file), beginning):
                progress(position())
                is_empty = False
                yield number, row
            if is_empty:
                yield 1, Refusal("hanya baris nama kolom, tanpa berita di bawahnya")
        except streams.BROKEN:
            yield number + 1, Refusal(streams.CUT_OFF)


@contextmanager
def _cells_up_to(size: int) -> Iterator[None]:
    """The limit belongs to the process: other readers of tables keep theirs."""
    before = csv.field_size_limit(size)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _quoting(beginning: str) -> dict[str, Any]:
    """How quotation marks inside of a cell are written: twice, or behind a backslash, as MySQL does."""
    by_backslash = _BACKSLASH.search(beginning) and not _TWICE.search(beginning)
    return {"doublequote": False, "escapechar": "\\"} if by_backslash else {}


class _Lines(Iterator[str]):
    """The lines below the heading. One blank line follows the last: a row that it belongs to was never closed."""

    def __init__(self, lines: Iterator[str], number: int) -> None:
        self._lines, self._again = lines, list[str]()  # what is read again, the next at the end
        self.taken, self.number, self.is_over = list[str](), number, False  # taken: lines of the row in hand

    def __next__(self) -> str:
        if self.is_over:
            raise StopIteration
        if self._again:
            line = self._again.pop()
        else:
            line = next(self._lines, "")
            self.is_over = not line
        self.taken.append(line)
        self.number += bool(line)
        return line

    def give_back(self, start: int) -> None:
        """The lines of the row from this one on are read again."""
        back = [line for line in self.taken[start:] if line]
        self._again += reversed(back)
        self.number -= len(back)
        self.is_over = False


class _Table(NamedTuple):
    columns: list[str]
    format: dict[str, Any]

    def swallowed(self, lines: list[str]) -> int:
        """Which of the lines of one row is a row of its own, swallowed by a quotation mark above it; 0 for none. Only
        a number and a date in their columns make a row: lines of a text have commas, too."""
        return next((number for number, line in enumerate(lines) if number and self._is_row(line)), 0)

    def _is_row(self, line: str) -> bool:
        try:
            row = next(csv.reader([line], **self.format, strict=True), [])
        except csv.Error:
            return False
        if len(row) != len(self.columns):
            return False
        cells = {fields.field(name): cell.strip() for name, cell in zip(self.columns, row, strict=True)}
        number, date = cells.get("id", ""), cells.get("published_at", "")
        return bool(number or date) and (not number or number.isdecimal()) and not times.published(date).raw

    def is_whole(self, lines: list[str]) -> bool:
        """Whether each quotation mark is closed where a cell ends."""
        try:
            return len(list(csv.reader(lines, **self.format, strict=True))) == 1
        except csv.Error:
            return False


def _rows(lines: Iterator[str], beginning: str) -> Iterator[tuple[int, Record | Refusal]]:
    names, above, lines = _heading(lines)
    if not separator(names):
        yield above, Refusal("baris pertama harus menamai kolom, di antaranya judul")
        return
    columns = next(csv.reader([names], delimiter=separator(names)))
    table = _Table(columns, {"delimiter": separator(names), **_quoting(beginning)})
    unread = ", ".join(f"“{each.strip()[:40]}”" for each in columns if each.strip() and not fields.field(each))
    below = _Lines(lines, above)
    rows = csv.reader(below, **table.format)
    while not below.is_over:
        below.taken.clear()
        row, reason = _row(rows, below, table)
        if reason:
            yield below.number, Refusal(reason)
        elif any(cell.strip() for cell in row) and row != columns:  # exports that were joined have two headings
            record = record_or_refusal(_record, columns, row)
            if unread and isinstance(record, Record):
                record.remarks += (f"kolom yang tidak dikenal, isinya tidak ikut: {unread}",)
                unread = ""
            yield below.number, record


def _heading(lines: Iterator[str]) -> tuple[str, int, Iterator[str]]:
    """The line that names the columns, its number, and the lines below. As `is_meant` it takes the ends of lines of
    old Macs for such, too."""
    above = 0
    for line in lines:
        pieces = line.splitlines(keepends=True)
        for number, piece in enumerate(pieces, 1):
            above += 1
            if without_hint(piece).strip():
                return piece, above, itertools.chain(pieces[number:], lines)
    return "", above, lines


def _row(rows: Iterator[list[str]], below: _Lines, table: _Table) -> tuple[list[str], str]:
    """The next row, or why it cannot be read. Rows below it are read whatever is wrong with it."""
    row, reason = list[str](), ""
    try:
        row = next(rows)
    except csv.Error:
        reason = _NOT_CLOSED
    if len(below.taken) == 1:
        return row, reason
    if below.is_over:
        reason = "terpotong: tanda kutipnya tidak ditutup sampai akhir berkas"
    if (reason or not table.is_whole(below.taken)) and (other := table.swallowed(below.taken)):
        below.give_back(other)
        return [], _NOT_CLOSED
    return row, reason


def _record(columns: list[str], row: list[str]) -> Record:
    surplus = row[len(columns) :]
    if len(row) < len(columns) or any(surplus):  # spreadsheets add empty columns on the right
        raise Refusal(f"{len(row)} kolom, seharusnya {len(columns)} seperti baris pertama")
    cells = ("" if cell in _NULL else cell for cell in row)
    return fields.record(dict(zip(columns, cells, strict=False)))
