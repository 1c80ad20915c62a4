"""Files as every importer opens them: plain or packed by gzip, in any of the usual encodings."""

import codecs
import gzip
import itertools
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from io import BufferedIOBase, BufferedReader, RawIOBase
from pathlib import Path
from typing import Any

Position = Callable[[], int]  # how many bytes of the file on disk were read so far
BROKEN = (EOFError, OSError, zlib.error)  # what reading a damaged or truncated gzip raises
CUT_OFF = "berkas rusak atau terpotong; mulai di sini tidak terbaca"  # what was read before is whole
_GZIP = b"\x1f\x8b"
WIDE = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_LOOKED_AT = 4096  # bytes that say how the content is written
_PIECE = 64 * 1024
_LONGEST_JOINT = 200  # bytes
_JOINT = re.compile(
    rb"</(?:rss|feed|rdf:RDF)\s*>(?=(?:\s|\xef\xbb\xbf){0,100}<(?:\?xml|!DOCTYPE|rss|feed|rdf:RDF)\b)", re.IGNORECASE
)
_LONGEST_PIECE = 4 * 1024 * 1024  # bytes of a line in memory at a time


@contextmanager
def opened(path: Path) -> Iterator[tuple[BufferedIOBase, Position]]:
    """The content, and how far it was read: UTF-16 as UTF-8, and ends of lines of old Macs as those of today. Of a
    damaged file `read1()` gives all that is whole. Raises OSError if the file cannot be opened."""
    with path.open("rb") as raw:
        file = _unpacked(raw)
        with suppress(*BROKEN):
            first = file.peek(_LOOKED_AT)
            if encoding := _wide(first):
                file = BufferedReader(_Translated(file, codecs.getincrementaldecoder(encoding)("replace")))
                first = file.peek(_LOOKED_AT)
            if b"\r" in first and b"\n" not in first:
                file = BufferedReader(_Translated(file, None))
        yield file, raw.tell


def _unpacked(raw: BufferedReader) -> BufferedReader | gzip.GzipFile:
    return gzip.GzipFile(fileobj=raw) if raw.peek(2).startswith(_GZIP) else raw


def _wide(first: bytes) -> str:
    """The encoding if the bytes are UTF-16, with its mark or, as texts are mostly Latin letters, without; else ""."""
    for mark, encoding in WIDE.items():
        if first.startswith(mark):
            return encoding
    even, odd = first[:_LOOKED_AT:2], first[1:_LOOKED_AT:2]
    for encoding, zeros, letters in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if len(letters) > 1 and zeros.count(0) > 0.7 * len(zeros) and letters.count(0) < 0.05 * len(letters):
            return encoding
    return ""


class _Translated(RawIOBase):
    """A file as UTF-8, or with other ends of lines."""

    def __init__(self, file: BufferedReader | gzip.GzipFile, decoder: codecs.IncrementalDecoder | None) -> None:
        self._file, self._decoder, self._waiting = file, decoder, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._waiting:
            piece = self._file.read1(_PIECE)
            self._waiting = self._translated(piece)
            if not piece:
                break
        given, self._waiting = self._waiting[: len(buffer)], self._waiting[len(buffer) :]
        buffer[: len(given)] = given
        return len(given)

    def _translated(self, piece: bytes) -> bytes:
        if self._decoder is None:
            return piece.replace(b"\r", b"\n")
        return self._decoder.decode(piece, not piece).removeprefix("\ufeff").encode("utf-8", "replace")


def documents(pieces: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """A file of XML in UTF-8, and whether a document begins with the piece: exports may have been joined."""
    kept, is_first = b"", True
    for piece in itertools.chain(pieces, [b""]):
        kept += piece
        while joint := _JOINT.search(kept):
            yield _begun(kept[: joint.end()], is_first), is_first
            kept, is_first = kept[joint.end() :], True
        ready = max(0, len(kept) - _LONGEST_JOINT) if piece else len(kept)
        if ready:
            yield _begun(kept[:ready], is_first), is_first
            kept, is_first = kept[ready:], False


def _begun(piece: bytes, is_first: bool) -> bytes:
    return piece.lstrip(b"\xef\xbb\xbf \r\n\t") if is_first else piece


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
    Windows-1252. Raises EOFError in the place of a last line that ends within a letter: it was cut off."""
    is_utf8 = False
    while line := file.readline(_LONGEST_PIECE):
        text = decoded(line)
        is_utf8 = is_utf8 or (not line.isascii() and text.encode() == line)
        is_last = not line.endswith(b"\n") and len(line) < _LONGEST_PIECE
        if is_last and is_utf8 and _ends_within_a_letter(line):
            raise EOFError
        yield text


def _ends_within_a_letter(line: bytes) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with suppress(UnicodeDecodeError):
        decoder.decode(line)
    return bool(decoder.getstate()[0])
