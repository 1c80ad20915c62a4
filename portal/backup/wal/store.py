"""The files in BACKUP_DIR/wal. Knows neither Django nor a database.

    20261128T090000Z-3f2a/                                    a run: WAL without a gap, and base backups within it
        000000010000000000000002.00000000-01000000.gz         a whole segment of WAL (16 MB before compression)
        000000010000000000000003.00000000-0004A2B0.gz         the beginning of the next
        000000010000000000000003.0004A2B0-0004B000.gz         and what came after it
        dasar.0000000002000028-0000000002000120.31457280.20261128T090101Z.tar.gz
                                                              base backup: its WAL, its size unpacked, its end
        sampai                                                up to when, and where, the run has all that was committed

Where backups are encrypted, the names of these go on with `.age`. Places in WAL (LSN) are numbers of bytes. All files
get their names when they are whole and on the disk.
"""

import os
import re
import secrets
import zlib
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

SEGMENT = 16 * 1024 * 1024  # bytes; what initdb makes
LEVEL = 6  # of zlib
MANY_PIECES = 200  # of one segment; then they are written as one
_PIECE = re.compile(r"([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})\.([0-9A-F]{8})-([0-9A-F]{8})\.gz(?:\.age)?")
_BASE = re.compile(r"dasar\.([0-9A-F]{16})-([0-9A-F]{16})\.([0-9]+)\.([0-9]{8}T[0-9]{6}Z)\.tar\.gz(?:\.age)?")
_RUN = re.compile(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{4}")
_STAMP = "%Y%m%dT%H%M%SZ"
ENCRYPTED = ".age"
DRAFT = ".part"
BASE_DRAFT = f"dasar{DRAFT}"
_UNTIL = "sampai"


class Piece(NamedTuple):
    path: Path
    timeline: int
    start: int  # LSN
    end: int


class Base(NamedTuple):
    path: Path
    start: int  # LSN from which its WAL is needed
    end: int  # LSN from which it is consistent
    size: int  # bytes, unpacked
    ended: datetime


class Seal(NamedTuple):
    """How files are encrypted, and how their names tell it."""

    ending: str
    close: Callable[[bytes], bytes]


PLAIN = Seal("", bytes)


class Until(NamedTuple):
    moment: datetime
    lsn: int


class Damaged(Exception):
    """A file of the archive is not as it was written; the message is one Indonesian sentence."""


def stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime(_STAMP)


def _moment(text: str) -> datetime:
    return datetime.strptime(text, _STAMP).replace(tzinfo=UTC)


def lsn(text: str) -> int:
    """Of PostgreSQL's spelling, `0/2000028`."""
    high, low = text.split("/")
    return int(high, 16) << 32 | int(low, 16)


def segment_name(timeline: int, position: int) -> str:
    """The server's name of the segment in which this place is."""
    number = position // SEGMENT
    per_file = 2**32 // SEGMENT
    return f"{timeline:08X}{number // per_file:08X}{number % per_file:08X}"


class Run:
    """One folder, read anew at each question."""

    def __init__(self, folder: Path):
        self.folder = folder

    @property
    def name(self) -> str:
        return self.folder.name

    def pieces(self) -> list[Piece]:
        return sorted(filter(None, map(_piece, self._paths())), key=lambda piece: (piece.start, -piece.end))

    def bases(self) -> list[Base]:
        """Oldest first."""
        return sorted(filter(None, map(_base, self._paths())), key=lambda base: base.end)

    def usable(self) -> list[Base]:
        """Those with the WAL that makes them consistent."""
        pieces = self.pieces()
        return [
            base
            for base in self.bases()
            if reach([piece for piece in pieces if piece.end > base.start], base.start) >= base.end
        ]

    def _paths(self) -> Iterator[Path]:
        for name in os.listdir(self.folder):
            yield self.folder / name

    def size(self) -> int:
        return sum(size_of(path) for path in self._paths())

    def until(self) -> Until | None:
        """None where nothing tells it, or nothing that can be read: the other runs are as good as ever."""
        try:
            moment, place = (self.folder / _UNTIL).read_text().split()
            return Until(datetime.fromisoformat(moment), lsn(place))
        except (OSError, ValueError):
            return None

    def note_until(self, until: Until) -> None:
        place = f"{until.lsn >> 32:X}/{until.lsn & 0xFFFFFFFF:X}"
        _write(self.folder / _UNTIL, f"{until.moment.isoformat()} {place}\n".encode())

    def add(self, timeline: int, start: int, end: int, wal: Iterable[bytes], seal: Seal = PLAIN) -> None:
        """Writes what follows; it may begin earlier than what is there ends, and replaces what it covers."""
        begin = start % SEGMENT
        name = f"{segment_name(timeline, start)}.{begin:08X}-{begin + end - start:08X}.gz{seal.ending}"
        packer = zlib.compressobj(LEVEL, wbits=31)
        _write(self.folder / name, seal.close(b"".join([*map(packer.compress, wal), packer.flush()])))
        whole = Piece(self.folder / name, timeline, start, end)
        if begin == 0:
            for piece in self.pieces():
                if piece.path != whole.path and whole.start <= piece.start and piece.end <= whole.end:
                    piece.path.unlink()

    def prune(self, before: Base) -> None:
        """Deletes what only older base backups need."""
        for base in self.bases():
            if base.end < before.end:
                base.path.unlink()
        first = before.start - before.start % SEGMENT
        for piece in self.pieces():
            if piece.end <= first:
                piece.path.unlink()

    def sweep(self, *, bases: bool) -> None:
        """Removes what a killed process has left half written: of base backups, or of the rest."""
        for path in self._paths():
            if path.suffix == DRAFT and (path.name == BASE_DRAFT) == bases:
                path.unlink(missing_ok=True)


def runs(folder: Path) -> list[Run]:
    """In the order in which they began."""
    names = sorted(os.listdir(folder)) if folder.is_dir() else []
    return [Run(folder / name) for name in names if _RUN.fullmatch(name)]


def new_run(folder: Path, now: datetime) -> Run:
    run = Run(folder / f"{stamp(now)}-{secrets.token_hex(2)}")
    run.folder.mkdir(mode=0o700, parents=True)
    return run


def reach(pieces: Iterable[Piece], start: int) -> int:
    """Up to where the WAL from `start` on is there without a gap; `start` itself if nothing is."""
    end = start
    for piece in pieces:
        if piece.start > end:
            break
        end = max(end, piece.end)
    return end


def segments(
    pieces: Iterable[Piece], start: int, end: int, open_: Callable[[bytes], bytes] = bytes
) -> Iterator[tuple[str, bytes]]:
    """The segments from the one of `start` to that of `end`, under the server's names and in its size: what the last
    one lacks is zeros. The WAL must reach `end` without a gap. `open_` decrypts. Raises Damaged, and its errors."""
    content, number, timeline = bytearray(SEGMENT), start // SEGMENT, 0
    for piece in pieces:
        if piece.end <= start - start % SEGMENT or piece.start >= end:
            continue
        if piece.start // SEGMENT != number:
            yield segment_name(timeline, number * SEGMENT), bytes(content)
            content, number = bytearray(SEGMENT), piece.start // SEGMENT
        timeline = piece.timeline
        wal = _unpacked(piece, open_ if piece.path.suffix == ENCRYPTED else bytes)
        content[piece.start % SEGMENT : piece.start % SEGMENT + len(wal)] = wal
    if timeline:
        yield segment_name(timeline, number * SEGMENT), bytes(content)


def _unpacked(piece: Piece, open_: Callable[[bytes], bytes]) -> bytes:
    damaged = Damaged(f"Bagian {piece.path.name} di arsip WAL rusak.")
    unpacker = zlib.decompressobj(wbits=31)
    try:
        wal = unpacker.decompress(open_(piece.path.read_bytes()), SEGMENT + 1)
    except zlib.error as error:
        raise damaged from error
    if not unpacker.eof or len(wal) != piece.end - piece.start:
        raise damaged
    return wal


def _piece(path: Path) -> Piece | None:
    if not (match := _PIECE.fullmatch(path.name)):
        return None
    timeline, high, low, begin, end = (int(each, 16) for each in match.groups())
    first = (high * (2**32 // SEGMENT) + low) * SEGMENT
    return Piece(path, timeline, first + begin, first + end)


def _base(path: Path) -> Base | None:
    if not (match := _BASE.fullmatch(path.name)):
        return None
    return Base(path, int(match[1], 16), int(match[2], 16), int(match[3]), _moment(match[4]))


def base_name(start: int, end: int, size: int, ended: datetime, ending: str = "") -> str:
    return f"dasar.{start:016X}-{end:016X}.{size}.{stamp(ended)}.tar.gz{ending}"


def size_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _write(path: Path, content: bytes) -> None:
    draft = path.with_name(f"{path.name}{DRAFT}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    settle(draft, path)


def settle(draft: Path, path: Path) -> None:
    """Gives a file that is on the disk its name, for good."""
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
