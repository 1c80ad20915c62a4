"""Files as every importer opens them: plain or packed by gzip, in any of the usual encodings."""

import codecs
import gzip
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BufferedIOBase, BufferedReader
from pathlib import Path

Position = Callable[[], int]  # how many bytes of the file on disk were read so far
BROKEN = (EOFError, OSError, zlib.error)  # what reading a damaged or truncated gzip raises
CUT_OFF = "berkas rusak atau terpotong; mulai di sini tidak terbaca"  # what was read before is whole
_GZIP = b"\x1f\x8b"
WIDE = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_LONGEST_PIECE = 4 * 1024 * 1024  # bytes of a line in memory at a time


@contextmanager
def opened(path: Path) -> Iterator[tuple[BufferedIOBase, Position]]:
    """The content, and how far it was read. Of a damaged file `read1()` gives all that is whole. Raises OSError if the
    file cannot be opened."""
    with path.open("rb") as raw:
        yield _unpacked(raw), raw.tell


def _unpacked(raw: BufferedReader) -> BufferedIOBase:
    return gzip.GzipFile(fileobj=raw) if raw.peek(2).startswith(_GZIP) else raw


def head(path: Path, size: int) -> bytes:
    """The first bytes of the content; fewer if it is damaged. Raises OSError if the file cannot be opened."""
    read = b""
    with opened(path) as (file, _):
        try:
            while chunk := file.read1(size - len(read)):
                read += chunk
        except BROKEN:
            pass
    return read


def decoded(data: bytes, *, is_whole: bool = True) -> str:
    """The text: UTF-8 or UTF-16 by its first bytes, else Windows-1252. If it is not whole, its last character may be
    cut off."""
    for mark, encoding in WIDE.items():
        if data.startswith(mark):
            return data.removeprefix(mark).decode(encoding, errors="replace")
    try:
        return codecs.getincrementaldecoder("utf-8-sig")().decode(data, is_whole)
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def encoding(name: str) -> str:
    """The encoding that a file declares, as browsers read it; UTF-8 for one in which the declaration itself could not
    have been read."""
    if name.lower() in ("iso-8859-1", "iso8859-1", "latin1", "us-ascii", "ascii"):
        return "cp1252"
    try:
        known = codecs.lookup(name).name
        return known if "<?xml".encode(known) == b"<?xml" and known != "idna" else "utf-8"
    except (LookupError, UnicodeError, ValueError):
        return "utf-8"


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("as_windows_1252", _as_windows_1252)


def lines(file: BufferedIOBase) -> Iterator[str]:
    """The lines with their ends. Each is decoded by itself: tables that several programs have written to mix UTF-8 and
    Windows-1252."""
    first = file.readline(_LONGEST_PIECE)
    for mark, encoding in WIDE.items():
        if first.startswith(mark):
            yield from _wide_lines(file, first.removeprefix(mark), encoding)
            return
    while first:
        yield decoded(first)
        first = file.readline(_LONGEST_PIECE)


def _wide_lines(file: BufferedIOBase, piece: bytes, encoding: str) -> Iterator[str]:
    decoder, rest = codecs.getincrementaldecoder(encoding)(errors="replace"), ""
    while piece:
        rest += decoder.decode(piece)
        *whole, rest = rest.split("\n")
        yield from (f"{line}\n" for line in whole)
        piece = file.read(_LONGEST_PIECE)
    yield rest
