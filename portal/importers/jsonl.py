"""Reads JSON Lines: one object per line and article, in UTF-8 or, as tables, in Windows-1252; plain or gzip.

    {"title": "…", "body": "…", "published_at": "2024-11-13T16:21:00+07:00", "category": "…", "tags": ["…"],
     "author": "…", "url": "…", "source": "…", "id": 70123, "reads": 56, "updated_at": "2024-11-14T08:00:00+07:00"}

Names and values: fields.py.
"""

import json
import re
from collections.abc import Callable, Iterator
from io import BufferedIOBase
from pathlib import Path

from portal.importers import fields, streams
from portal.importers.record import Record, Refusal, record_or_refusal

_JOINT = re.compile(rb"\}(?=\s*(?:\xef\xbb\xbf)?\{\s*\")")
_BETWEEN = re.compile(r"[\s\ufeff]*")
_decoder = json.JSONDecoder(strict=False, parse_int=fields.whole_number)
MAX_LINE = 32 * 1024 * 1024  # bytes in memory at a time


def read(
    path: Path, progress: Callable[[int], object] = lambda position: None
) -> Iterator[tuple[int, Record | Refusal]]:
    """Yields line number and record, or Refusal, for each line that is not blank. Memory is bounded by MAX_LINE.

    `progress` is called with the number of bytes read so far. Raises OSError if the file cannot be opened.
    """
    number = 0
    with streams.opened(path) as (file, position):
        try:
            for line in _lines(file):
                number += 1
                progress(position())
                if line is None:
                    yield number, Refusal(f"baris lebih dari {MAX_LINE // 1024**2} MB")
                elif line.strip():
                    for part in _parts(line):
                        yield number, record_or_refusal(parse, part)
        except streams.BROKEN:
            yield number + 1, Refusal(streams.CUT_OFF)


def _lines(file: BufferedIOBase) -> Iterator[bytes | None]:
    """Yields each line, or None for one longer than MAX_LINE."""
    while line := file.readline(MAX_LINE):
        if len(line) == MAX_LINE and not line.endswith(b"\n"):
            while line and not line.endswith(b"\n"):
                line = file.readline(MAX_LINE)
            yield None
        else:
            yield line


def _parts(line: bytes) -> Iterator[bytes]:
    """The objects in one line: exports that were joined without an end of line stand in one."""
    text = streams.decoded(line) if _JOINT.search(line) else ""
    rest = 0
    while rest < len(text):
        try:
            _, end = _decoder.raw_decode(text, _BETWEEN.match(text, rest).end())  # type: ignore[union-attr]
        except (ValueError, RecursionError):
            break
        yield text[rest:end].encode()
        rest = end
    left = text[rest:].encode() if text else line
    if left.strip():
        yield left


def parse(line: bytes) -> Record:
    """The record in one line. Raises Refusal."""
    try:
        row = _decoder.decode(streams.decoded(line.replace(b"\0", b"")))
    except (ValueError, RecursionError):
        raise Refusal("bukan JSON yang utuh") from None
    if not isinstance(row, dict):
        raise Refusal("bukan objek JSON: setiap baris harus satu berita, {…}")
    return fields.record(row)
