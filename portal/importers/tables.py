"""Reads CSV as spreadsheets and databases export it: one article per row, the first row names the columns (fields.py).

The separator is the one by which most of these names are known."""

import csv
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from portal.importers import Record, Refusal, fields, record_or_refusal, streams

_NULL = ("NULL", "\\N")  # as MySQL and phpMyAdmin write that there is no value
_LOOKED_AT = 256 * 1024  # bytes
_BACKSLASH = re.compile(r'[^\\",;\t|\n]\\"[^",;\t|\r\n]')
_TWICE = re.compile(r'[^",;\t|\r\n]""[^",;\t|\r\n]')
SEPARATORS = ",;\t|"
_LARGEST_CELL = 4 * 1024 * 1024  # characters; a quotation mark that is never closed would swallow the whole file


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
    number, beginning = 0, streams.decoded(streams.head(path, _LOOKED_AT), is_whole=False)
    with streams.opened(path) as (file, position), _cells_up_to(_LARGEST_CELL):
        try:
            for number, row in _rows(streams.lines(file), beginning):
                progress(position())
                yield number, row
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


def _rows(lines: Iterator[str], beginning: str) -> Iterator[tuple[int, Record | Refusal]]:
    above = 1
    while not (names := without_hint(next(lines))).strip():
        above += 1
    columns = next(csv.reader([names], delimiter=separator(names)))
    rows = csv.reader(lines, delimiter=separator(names), **_quoting(beginning))
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error:
            yield above + rows.line_num, Refusal("tanda kutip tidak ditutup, atau ganti baris di luar tanda kutip")
            continue
        if any(cell.strip() for cell in row) and row != columns:  # exports that were joined have two headings
            yield above + rows.line_num, record_or_refusal(_record, columns, row)


def _record(columns: list[str], row: list[str]) -> Record:
    surplus = row[len(columns) :]
    if len(row) < len(columns) or any(surplus):  # spreadsheets add empty columns on the right
        raise Refusal(f"{len(row)} kolom, seharusnya {len(columns)} seperti baris pertama")
    cells = ("" if cell in _NULL else cell for cell in row)
    return fields.record(dict(zip(columns, cells, strict=False)))
