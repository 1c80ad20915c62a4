"""The pictures and documents of an earlier portal, as a folder or an archive on this machine: found by the
addresses in texts.

Nothing is unpacked, nothing outside of the folder is read, and no link is followed. A list of the names is kept in a
temporary database on disk: uploads of WordPress are some ten files a picture.
"""

import os
import re
import sqlite3
import stat
import tarfile
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from gzip import GzipFile
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple
from urllib.parse import unquote, urlsplit

from django.conf import settings

from news import photos
from portal.importers.record import Refusal
from portal.run import os_errors

KEPT_FREE = 1024**3  # bytes of the disk that an unpacked .tar.gz leaves
_PIECE = 1024**2
_ROOTS = ("/wp-content/uploads/", "/uploads/", "/files/")  # the folders of addresses are told below one of these
# What WordPress writes behind a name: sizes, and large pictures made smaller
_SIZE = re.compile(r"-(?:(?P<width>\d{1,5})x(?P<height>\d{1,5})|scaled|rotated)(?=\.[a-z0-9]{1,5}$)")
_SMALLEST_ORIGINAL = 10**9  # pixels: larger than any size
_FOREIGN_ENDS = {b"Rar!": "RAR", b"7z\xbc\xaf": "7-Zip", b"BZh": "bzip2", b"\xfd7zXZ": "xz", b"(\xb5/\xfd": "zstd"}


class Missing(Exception):
    """Why there is no such file; the message is for the operator, in Indonesian."""


class _Name(NamedTuple):
    """A file's name as it is compared: letter case and spelling of accents do not count."""

    folders: str  # "2024/11"
    stem: str  # the name without a size
    pixels: int  # of the size in its name

    @classmethod
    def of(cls, path: str) -> "_Name":
        folded = unicodedata.normalize("NFC", path.casefold()).strip("/")
        folders, _, name = folded.rpartition("/")
        size = _SIZE.search(name)
        if size is None:
            return cls(folders, name, _SMALLEST_ORIGINAL)
        stem = name[: size.start()] + name[size.end() :]
        if size["width"] is None:  # large enough, and quicker to read than the original
            return cls(folders, stem, _SMALLEST_ORIGINAL + 1)
        return cls(folders, stem, min(int(size["width"]) * int(size["height"]), _SMALLEST_ORIGINAL - 1))


class Uploads:
    """Open it in a `with` block. Raises Refusal if the place cannot be read."""

    def __init__(self, place: Path) -> None:
        self.place, self._opened = place, ExitStack()
        self.left_out = 0  # links and devices
        self._names = sqlite3.connect("")  # a file of its own, which goes with the process
        self._opened.callback(self._names.close)
        try:
            self._kind = self._kind_of(place)
            self._names.execute("CREATE TABLE files (folders TEXT, stem TEXT, pixels INTEGER, key BLOB)")
            rows = ((*_Name.of(name), key) for name, key in self._kind.files())
            self._names.executemany("INSERT INTO files VALUES (?, ?, ?, ?)", rows)
            self._names.execute("CREATE INDEX of_stem ON files (stem)")
            self._is_flat = not self._names.execute("SELECT 1 FROM files WHERE folders <> '' LIMIT 1").fetchone()
        except Refusal:
            self._opened.close()
            raise
        except OSError as error:
            self._opened.close()
            raise Refusal(os_errors.reason(error)) from error
        except (tarfile.TarError, zipfile.BadZipFile, EOFError, zlib.error, NotImplementedError, ValueError) as error:
            self._opened.close()
            raise Refusal("arsipnya rusak atau terpotong") from error
        except BaseException:
            self._opened.close()
            raise

    def __enter__(self) -> "Uploads":
        return self

    def __exit__(self, *error: object) -> None:
        self._opened.close()

    def __len__(self) -> int:
        return self._names.execute("SELECT count(*) FROM files").fetchone()[0]

    def content(self, address: str, limit: int = photos.MAX_BYTES) -> bytes:
        """The file that an address of the earlier portal, or a name, means: of a picture the full size, or the largest
        size that is there. Of what has more bytes than `limit` only so much that it is seen to be too large.
        Raises Missing."""
        try:
            return self._kind.read(self._key(_path_of(address)), limit + 1)
        except FileNotFoundError:
            raise Missing("tidak ada lagi") from None
        except OSError as error:
            raise Missing(f"tidak dapat dibaca ({os_errors.reason(error)})") from None
        except (zipfile.BadZipFile, EOFError, zlib.error, RuntimeError, NotImplementedError):
            raise Missing("tidak dapat dibaca (arsipnya rusak, atau berkasnya berkata sandi)") from None

    def _key(self, path: str) -> bytes:
        wanted = _Name.of(path)
        rows = self._names.execute("SELECT folders, pixels, key FROM files WHERE stem = ?", [wanted.stem]).fetchall()
        fitting = [row for row in rows if self._is_place_of(row[0], wanted.folders)]
        if not fitting:
            raise Missing("tidak ada")
        nearest = min(abs(_depth(row[0]) - _depth(wanted.folders)) for row in fitting)
        fitting = [row for row in fitting if abs(_depth(row[0]) - _depth(wanted.folders)) == nearest]
        if len({folders for folders, _, _ in fitting}) > 1:
            raise Missing("ada beberapa dengan nama itu")
        return max((pixels, key) for _, pixels, key in fitting)[1]

    def _is_place_of(self, folders: str, wanted: str) -> bool:
        """Whether a file in these folders may be what an address means that tells the others. Pictures of two months
        often have the same name: where the address tells the month, so must the file, unless none is in a folder."""
        if wanted[:4].isdecimal() and not folders:
            return self._is_flat
        return _is_end(folders, wanted) or _is_end(wanted, folders) or not wanted[:4].isdecimal()

    def _kind_of(self, place: Path) -> "_Folder | _Zip | _Tar":
        if place.is_dir():
            return _Folder(place, self)
        file = self._opened.enter_context(place.open("rb"))
        head = file.read(8)
        file.seek(0)
        if head.startswith(b"PK"):
            return _Zip(self._opened.enter_context(zipfile.ZipFile(file)), self)
        if head.startswith(b"\x1f\x8b"):
            return _Tar(self._opened.enter_context(_unpacked(file)), self)
        for start, name in _FOREIGN_ENDS.items():
            if head.startswith(start):
                raise Refusal(f"arsip {name}; ekstrak dahulu, lalu sebutkan foldernya")
        return _Tar(file, self)


class _Folder:
    def __init__(self, root: Path, uploads: Uploads) -> None:
        self._root, self._uploads = os.fsencode(root.resolve()), uploads

    def files(self) -> Iterator[tuple[str, bytes]]:
        for folder, names, files in os.walk(self._root, onerror=_raise):
            self._uploads.left_out += sum(os.path.islink(os.path.join(folder, name)) for name in names)
            for name in files:
                path = os.path.join(folder, name)
                if stat.S_ISREG(os.lstat(path).st_mode):
                    inside = os.path.relpath(path, self._root)
                    yield _decoded(inside), inside
                else:
                    self._uploads.left_out += 1

    def read(self, inside: bytes, size: int) -> bytes:
        # A folder may have become a link since its names were read.
        path = os.path.join(self._root, inside)
        if os.path.realpath(path) != path:
            raise FileNotFoundError
        with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            return file.read(size)


class _Zip:
    def __init__(self, archive: zipfile.ZipFile, uploads: Uploads) -> None:
        self._archive, self._uploads = archive, uploads

    def files(self) -> Iterator[tuple[str, bytes]]:
        for number, info in enumerate(self._archive.infolist()):
            if stat.S_ISLNK(info.external_attr >> 16):
                self._uploads.left_out += 1
            elif not info.is_dir():
                is_utf8 = info.flag_bits & 0x800
                name = info.filename if is_utf8 else _decoded(info.filename.encode("cp437", "replace"))
                yield _inside(name), b"%d" % number

    def read(self, number: bytes, size: int) -> bytes:
        with self._archive.open(self._archive.infolist()[int(number)]) as file:
            return file.read(size)


class _Tar:
    def __init__(self, file: IO[bytes], uploads: Uploads) -> None:
        self._file, self._uploads = file, uploads

    def files(self) -> Iterator[tuple[str, bytes]]:
        with tarfile.open(fileobj=self._file, mode="r:", errors="surrogateescape") as archive:
            while (member := archive.next()) is not None:
                archive.members = []  # type: ignore[attr-defined]  # else it would keep all of them in memory
                if member.isreg() and not member.issparse():
                    name = _decoded(member.name.encode("utf-8", "surrogateescape"))
                    yield _inside(name), b"%d %d" % (member.offset_data, member.size)
                elif not member.isdir():
                    self._uploads.left_out += 1

    def read(self, place: bytes, size: int) -> bytes:
        start, length = map(int, place.split())
        self._file.seek(start)
        return self._file.read(min(length, size))


def _unpacked(file: IO[bytes]) -> IO[bytes]:
    """The archive in a .gz, as a file without a name: it goes with the process, however that ends."""
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    whole = tempfile.TemporaryFile(dir=settings.DATA_DIR)  # noqa: SIM115 (the caller closes it)
    try:
        with GzipFile(fileobj=file) as unpacked:
            while piece := unpacked.read(_PIECE):
                whole.write(piece)
                disk = os.fstatvfs(whole.fileno())
                if disk.f_bavail * disk.f_frsize < KEPT_FREE:
                    raise Refusal("cakram hampir penuh saat arsip dibuka; ekstrak di cakram lain, sebutkan foldernya")
    except BaseException:
        whole.close()
        raise
    whole.seek(0)
    return whole


def _raise(error: OSError) -> None:
    raise error


def _decoded(name: bytes) -> str:
    with suppress(UnicodeDecodeError):
        return name.decode()
    return name.decode("cp1252", "replace")


def _inside(name: str) -> str:
    """The name without what leads out of the archive: it is only compared, never opened."""
    return "/".join(part for part in PurePosixPath(name.replace("\\", "/")).parts if part not in ("/", ".", ".."))


def _path_of(address: str) -> str:
    """Of an address or a name, what is below the folder of uploads."""
    try:
        path = urlsplit(address.strip().replace("\\", "/")).path
    except ValueError:  # "https://[x"
        return ""
    path = f"/{_inside(unquote(path))}"
    for root in _ROOTS:
        _, found, below = path.rpartition(root)
        if found:
            return below
    return path


def _depth(folders: str) -> int:
    return folders.count("/") + bool(folders)


def _is_end(end: str, folders: str) -> bool:
    return not end or folders == end or folders.endswith(f"/{end}")
