"""The files of documents (PDF): what is accepted, where they lie, and what is read from them.

They lie in DOCUMENTS_ROOT, which no web server shows: `<file>.pdf` and its first page, `<file>.jpg`. Each upload has
a random name of its own. Here a file is only looked at from outside; a program with limits opens it (news/pdf.py).
"""

import json
import re
import secrets
import subprocess
import sys
import tempfile
import time
from base64 import b64decode
from binascii import Error as NoBase64
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, NamedTuple

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.utils.cache import get_conditional_response

from news import markup, words
from news.paths import cover_path, document_path
from news.web.numbers import decimal

MAX_BYTES = 50 * 1024 * 1024
ACCEPTED = ".pdf,application/pdf"  # for a file field's `accept`; `check()` looks at the content
PROGRAM = Path(__file__).with_name("pdf.py")
KEPT = 20 * 3600  # seconds that an upload waits for the rest of its form to be right
ORPHANS_KEPT = 24 * 3600  # seconds; longer than KEPT
_HEAD, _TAIL = 1024, 4096  # bytes in which readers look for the beginning and the end
_PIECE = 1 << 20
_ENCRYPTED = re.compile(rb"/Encrypt\s*(?:<<|\d+\s+\d+\s+R)")
_LONGEST_MATCH = 64
_BROKEN_WORD = re.compile("[\ufffe\u0002]\\s*")  # how pdfium writes a hyphen at the end of a line
_FOREIGN = {  # first bytes of what is chosen by mistake
    b"PK\x03\x04": "Berkas ini bukan PDF, tetapi Word, Excel atau ZIP. Simpan dahulu sebagai PDF.",
    b"\xd0\xcf\x11\xe0": "Berkas ini bukan PDF, tetapi Word atau Excel. Simpan dahulu sebagai PDF.",
    b"{\\rtf": "Berkas ini bukan PDF, tetapi teks RTF. Simpan dahulu sebagai PDF.",
    b"\xff\xd8\xff": "Berkas ini foto. Masukkan sebagai foto, atau simpan dahulu sebagai PDF.",
    b"\x89PNG": "Berkas ini gambar. Masukkan sebagai foto, atau simpan dahulu sebagai PDF.",
}
_SALT = "news.documents"


class DocumentColumns:
    """Properties derived from a document's columns, for the model and for plain rows (ShownDocument)."""

    name: str
    title: str
    size: int
    pages: int | None
    cover_width: int
    cover_height: int

    @property
    def slug(self) -> str:
        return words.slug(self.title)[:80].strip("-") or "dokumen"

    @property
    def path(self) -> str:
        return document_path(self.name, self.slug)

    @property
    def cover_path(self) -> str:
        return cover_path(self.name)

    @property
    def kind(self) -> str:
        """Kind, pages and size in words: "PDF, 3 halaman, 420 kB". The pages are not known at once."""
        return ", ".join(
            filter(None, ["PDF", f"{self.pages} halaman" if self.pages else "", size_in_words(self.size)])
        )


@dataclass(frozen=True)
class ShownDocument(DocumentColumns):
    """A document as the page of its article shows it."""

    name: str
    title: str
    size: int
    pages: int | None
    cover_width: int
    cover_height: int


class Stored(NamedTuple):
    """A stored upload."""

    file: str
    size: int
    called: str  # its name on the editor's computer

    @property
    def token(self) -> str:
        """For a form that comes back because something else is wrong: the file need not be sent again."""
        return signing.dumps(list(self), salt=_SALT)

    @classmethod
    def from_token(cls, token: str) -> "Stored | None":
        """None if it is old or not ours."""
        try:
            stored = cls(*signing.loads(token, salt=_SALT, max_age=KEPT))
        except (signing.BadSignature, TypeError):
            return None
        return stored if path(stored.file).is_file() else None


@dataclass
class Reading:
    """What could be read from a file. `text` is None if its reader was ended before that, "" if there is none."""

    pages: int = 0
    title: str = ""
    author: str = ""
    software: str = ""
    text: str | None = None
    cover: bytes = field(default=b"", repr=False)
    width: int = 0
    height: int = 0


def size_in_words(size: int) -> str:
    """`420 kB`, `1,4 MB`"""
    if size < 1_000_000:
        return f"{max(1, round(size / 1_000))} kB"
    return f"{decimal(size / 1_000_000)} MB".replace(",0 MB", " MB")


def new_name() -> str:
    """A name that nobody guesses."""
    return secrets.token_hex(16)


# ---- Uploads


def check(upload: UploadedFile) -> None:
    """Raises ValidationError, with a message for the editor, unless this looks like a whole PDF that everybody can
    open. Reads it in pieces, and interprets nothing of it."""
    size = upload.size or 0
    if size > MAX_BYTES:
        raise ValidationError(
            f"Berkas ini {size_in_words(size)}, padahal paling besar {MAX_BYTES >> 20} MB. Kecilkan dahulu, misalnya "
            "dengan memindai pada 150 titik per inci, atau pecah menjadi beberapa dokumen."
        )
    upload.seek(0)
    head = upload.read(_HEAD)
    if b"%PDF-" not in head:
        known = (message for start, message in _FOREIGN.items() if head.startswith(start))
        raise ValidationError(next(known, "Berkas ini bukan PDF. Pilih berkas PDF, atau simpan dahulu sebagai PDF."))
    upload.seek(max(0, size - _TAIL))
    if b"startxref" not in (tail := upload.read()) and b"%%EOF" not in tail:
        raise ValidationError("PDF ini terpotong: bagian akhirnya tidak ada. Salin sekali lagi dari asalnya.")
    if _is_encrypted(upload):
        raise ValidationError(
            "PDF ini dikunci dengan kata sandi atau pembatasan, sehingga tidak semua warga dapat membacanya. Simpan "
            "sekali lagi tanpa kunci (buka, lalu Cetak ke PDF), kemudian unggah hasilnya."
        )


def store(upload: UploadedFile) -> Stored:
    """Writes a checked upload under a new random name."""
    file = new_name()
    upload.seek(0)
    _storage().save(f"{file}.pdf", upload)
    return Stored(file, upload.size or 0, (upload.name or "")[:200])


def _is_encrypted(upload: UploadedFile) -> bool:
    upload.seek(0)
    before = b""
    while piece := upload.read(_PIECE):
        if _ENCRYPTED.search(before + piece):
            return True
        before = piece[-_LONGEST_MATCH:]
    return False


# ---- Files


def path(file: str, ending: str = "pdf") -> Path:
    return Path(_storage().path(f"{file}.{ending}"))


def delete(file: str) -> None:
    """Deletes the files of a document; missing ones are ignored."""
    for ending in ("pdf", "jpg"):
        _storage().delete(f"{file}.{ending}")


def delete_orphans(known: Collection[str]) -> int:
    """Deletes files of which no document knows, a day after they came: uploads whose form was never finished, those of
    deleted drafts, and what a crash left. Returns how many.

    Deletes nothing if not one file is known: then the folder belongs to another database."""
    folder, old = Path(settings.DOCUMENTS_ROOT), time.time() - ORPHANS_KEPT
    files = list(folder.glob("[!.]*.*")) if folder.is_dir() else []  # not the folder's id
    orphans = [each for each in files if each.stem not in known]
    if len(orphans) == len(files):
        return 0
    old_ones = [each for each in orphans if each.stat().st_mtime < old]
    for each in old_ones:
        each.unlink(missing_ok=True)
    return len(old_ones)


def write_cover(file: str, jpeg: bytes) -> None:
    _storage().delete(f"{file}.jpg")  # of an interrupted reading: the storage would rename the new one
    _storage().save(f"{file}.jpg", ContentFile(jpeg))


def _storage() -> FileSystemStorage:
    return FileSystemStorage(settings.DOCUMENTS_ROOT)


def response(request: HttpRequest, file: str, content_type: str) -> HttpResponseBase:
    """A stored file (with its ending) in pieces, or 304. Raises Http404 if it is missing."""
    where, tag = Path(_storage().path(file)), f'"{file}"'  # a file never changes under its name
    try:
        opened = where.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    changed = get_conditional_response(request, etag=tag, last_modified=int(where.stat().st_mtime))
    if changed is not None:
        opened.close()
    answer = changed or FileResponse(opened, content_type=content_type)
    answer["ETag"] = tag
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


# ---- Reading


def read(file: Path) -> Reading:
    """What the program news/pdf.py could read before it ended, or was ended by its limits. May take a minute."""
    with tempfile.TemporaryFile() as output:
        # Without the environment, which has the passwords of the portal
        command = [sys.executable, "-I", str(PROGRAM), str(file)]
        with suppress(subprocess.TimeoutExpired):
            nothing = subprocess.DEVNULL
            subprocess.run(command, stdin=nothing, stdout=output, stderr=nothing, env={}, timeout=90, check=False)
        return _reading(output)


def _reading(output: IO[bytes]) -> Reading:
    output.seek(0)
    found: dict[str, Any] = {}
    for line in output:
        with suppress(ValueError):  # the line at which it was ended
            found |= json.loads(line)
    reading = Reading(pages=int(found.get("pages", 0)))
    for name in ("title", "author", "software"):
        setattr(reading, name, " ".join(markup.without_controls(str(found.get(name, ""))).split())[:200])
    if "text" in found:
        reading.text = markup.without_controls(_BROKEN_WORD.sub("", str(found["text"]))).strip()
    with suppress(NoBase64):
        reading.cover = b64decode(found.get("cover", ""))
    if reading.cover:
        reading.width, reading.height = int(found["width"]), int(found["height"])
    return reading
