"""The file of a backup: an uncompressed tar, written and read from its beginning to its end in bounded memory.

    database/000001.sql.gz …   pg_dump's plain SQL, cut into pieces; together they are one gzip file
    media/… documents/… pageviews/… settings/…
    manifest.json              the checksums of all these, and what the portal was like
    manifest.sha256            of the manifest; the last member, so that a file without an end has none

Pictures and PDFs are compressed already: only the SQL is worth the time. Without the portal:
`tar xf FILE; cat database/*.gz | gunzip | psql`.
"""

import hashlib
import io
import json
import os
import re
import tarfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Any, cast

FORMAT = 1
MANIFEST, SEAL = "manifest.json", "manifest.sha256"
LONGEST_MANIFEST = 512 * 1024 * 1024  # bytes; it has a line for each file
FOLDERS = ("database", "documents", "media", "pageviews", "settings")
BLOCK = 1024 * 1024  # bytes read at a time
PIECE = 8 * 1024 * 1024  # bytes of compressed SQL in one member
NOT_OURS = "Berkas ini bukan cadangan portal, atau rusak di awalnya."
CUT_OFF = "Cadangan ini terpotong atau rusak: penyalinannya mungkin tidak selesai. Pakailah salinan yang lain."
NEWER = "Cadangan ini dibuat portal yang lebih baru: perbarui dahulu portal ini, lalu pulihkan."
_STRANGE = re.compile(r"[\x00-\x1f\x7f]")


class Unfit(Exception):
    """This is no backup that can be restored; the message is one Indonesian sentence."""


class Tar(tarfile.TarFile):
    """Would remember every member; a portal has hundred thousands of files."""

    members: list[tarfile.TarInfo]

    def forget(self) -> None:
        self.members = []


class _Target:
    """Where a tar is written to, until it is given up: tarfile still writes when its object is deleted, into a file
    that may be closed or full by then, and Python prints the traceback."""

    def __init__(self, file: IO[bytes]):
        self.file: IO[bytes] | None = file

    def write(self, block: bytes) -> int:
        return self.file.write(block) if self.file else len(block)


class Writer:
    """Adds members and finally the manifest with the checksum of each."""

    def __init__(self, file: IO[bytes], on_bytes: Callable[[int], object]):
        self.target = _Target(file)
        # Only its write() is called.
        self.tar = Tar.open(fileobj=cast(IO[bytes], self.target), mode="w|", format=tarfile.PAX_FORMAT, bufsize=BLOCK)
        self.members: dict[str, tuple[int, str]] = {}  # size and SHA-256 by name
        self.on_bytes = on_bytes

    def add(self, name: str, file: IO[bytes], *, size: int, modified: float, mode: int = 0o600) -> None:
        """Adds the first `size` bytes of a file; raises OSError if it has become shorter."""
        member = tarfile.TarInfo(name)
        member.size, member.mtime, member.mode = size, int(modified), mode & 0o777
        read = _Hashing(file, self.on_bytes)
        self.tar.addfile(member, cast(IO[bytes], read))
        self.tar.forget()
        self.members[name] = (size, read.digest.hexdigest())

    def add_bytes(self, name: str, content: bytes, modified: float) -> None:
        self.add(name, io.BytesIO(content), size=len(content), modified=modified)

    def add_sql(self, sql: IO[bytes], modified: float) -> None:
        """Compresses a stream of unknown length."""
        packer, piece, number = zlib.compressobj(6, wbits=31), bytearray(), 1
        while True:
            block = sql.read(BLOCK)
            piece += packer.compress(block) if block else packer.flush()
            if len(piece) >= PIECE or not block:
                self.add_bytes(f"database/{number:06}.sql.gz", bytes(piece), modified)
                number += 1
                piece.clear()
            if not block:
                return

    def finish(self, facts: dict[str, Any], modified: float) -> None:
        manifest = facts | {"format": FORMAT, "members": self.members}
        self.add_bytes(MANIFEST, json.dumps(manifest, ensure_ascii=False).encode(), modified)
        self.add_bytes(SEAL, self.members[MANIFEST][1].encode(), modified)
        self.tar.close()

    def __enter__(self) -> "Writer":
        return self

    def __exit__(self, *error: object) -> None:
        self.target.file = None


class _Hashing:
    """A file whose read bytes are counted and hashed."""

    def __init__(self, file: IO[bytes], on_bytes: Callable[[int], object]):
        self.file, self.on_bytes = file, on_bytes
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        try:
            block = self.file.read(size)
        except tarfile.ReadError as error:  # the backup ends within this member
            raise Unfit(CUT_OFF) from error
        self.digest.update(block)
        self.on_bytes(len(block))
        return block


def verify(file: IO[bytes], on_bytes: Callable[[int], object]) -> dict[str, Any]:
    """Reads the whole file and returns its manifest. Raises Unfit if anything is missing, added or changed."""
    found: dict[str, tuple[int, str]] = {}
    kept = {MANIFEST: b"", SEAL: b""}
    for member, data in members(file):
        if SEAL in found:
            raise Unfit(CUT_OFF)
        read = _Hashing(data, on_bytes)
        if member.name in kept:
            kept[member.name] = read.read(LONGEST_MANIFEST)
        for _ in _blocks(read):
            pass
        found[member.name] = (member.size, read.digest.hexdigest())
    content = kept[MANIFEST]
    if not content or kept[SEAL] != hashlib.sha256(content).hexdigest().encode():
        raise Unfit(CUT_OFF if found else NOT_OURS)
    del found[MANIFEST], found[SEAL]
    manifest = _parsed(content)
    promised = {name: tuple(each) for name, each in manifest["members"].items()}
    if changed := sorted(name for name in promised.keys() | found.keys() if promised.get(name) != found.get(name)):
        raise Unfit(f"Isi cadangan ini tidak seperti saat dibuat ({changed[0]}): berkasnya rusak atau diubah orang.")
    return manifest


def _parsed(content: bytes) -> dict[str, Any]:
    try:
        manifest = json.loads(content)
        version = int(manifest["format"])
        whole = {"members", "migrations", "tables", "made", "portal", "key", "bytes_of_database"} <= manifest.keys()
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Unfit(CUT_OFF) from error
    if version > FORMAT:
        raise Unfit(NEWER)
    if not whole:
        raise Unfit(CUT_OFF)
    return manifest


def members(file: IO[bytes]) -> Iterator[tuple[tarfile.TarInfo, IO[bytes]]]:
    """Each member with its content, which must be read before the next is asked for. Raises Unfit for any that is not
    a plain file of ours: it could be written outside of the folder."""
    file.seek(0)
    begun = False
    try:
        with Tar.open(fileobj=file, mode="r|", bufsize=BLOCK) as tar:
            while member := tar.next():
                tar.forget()
                data = tar.extractfile(member) if member.isreg() and _is_ours(member.name) else None
                if data is None:
                    raise Unfit(NOT_OURS)
                begun = True
                yield member, data
    except (tarfile.TarError, EOFError, ValueError) as error:
        raise Unfit(CUT_OFF if begun else NOT_OURS) from error


def _is_ours(name: str) -> bool:
    if name in (MANIFEST, SEAL):
        return True
    parts = name.split("/")
    return len(parts) > 1 and parts[0] in FOLDERS and not {"", ".", ".."} & set(parts) and not _STRANGE.search(name)


def sql(file: IO[bytes], promised: dict[str, Any]) -> Iterator[bytes]:
    """The SQL, unpacked block by block. Raises Unfit if it is not what `promised`, the verified members, says."""
    unpacker = zlib.decompressobj(wbits=31)
    for member, data in members(file):
        if member.name.startswith("database/"):
            for block in _checked(member, data, promised):
                while block:
                    yield _unpacked(unpacker, block)
                    block = unpacker.unconsumed_tail
    yield unpacker.flush()
    if not unpacker.eof:
        raise Unfit(CUT_OFF)


def _unpacked(unpacker: "zlib._Decompress", block: bytes) -> bytes:
    try:
        return unpacker.decompress(block, BLOCK)
    except zlib.error as error:
        raise Unfit(CUT_OFF) from error


def extract(file: IO[bytes], promised: dict[str, Any], folder: Path, on_bytes: Callable[[int], object]) -> None:
    """Writes all but the SQL below `folder`. Raises Unfit if a file is no longer what was verified."""
    for member, data in members(file):
        if member.name in (MANIFEST, SEAL) or member.name.startswith("database/"):
            continue
        path = folder / member.name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as target:
            for block in _checked(member, data, promised):
                target.write(block)
                on_bytes(len(block))
            os.fchmod(target.fileno(), member.mode & 0o755)
        os.utime(path, (member.mtime, member.mtime))


def _checked(member: tarfile.TarInfo, data: IO[bytes], promised: dict[str, Any]) -> Iterator[bytes]:
    read = _Hashing(data, lambda _: None)
    yield from _blocks(read)
    if list(promised.get(member.name, ())) != [member.size, read.digest.hexdigest()]:
        raise Unfit(CUT_OFF)


def _blocks(read: _Hashing) -> Iterable[bytes]:
    while block := read.read(BLOCK):
        yield block
