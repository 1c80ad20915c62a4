"""Files in the media and documents folders that the portal did not write there: programs, pages, what no row knows,
and pictures or documents whose content is something else. Everything that the portal stores it has encoded or checked
itself, under names of a few shapes.

Only the beginning and the end of a picture are read, so that a million of them take minutes: one that was replaced by
another whole picture of the portal's kind is not noticed. Documents have checksums; one is read again when the system
says that its file was touched (its ctime, which only root can set back).
"""

import hashlib
import logging
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.utils import timezone

from news import photos
from news.models import Document, Finding, Photo, Scan
from portal import notes
from portal.bucket.place import bucket
from portal.hosts import marks

if TYPE_CHECKING:
    from portal.bucket.storage import Bucket, Entry

logger = logging.getLogger("portal")

MOST = 100  # findings of one folder in one scan
YOUNG = 2 * 86400  # seconds in which a file may be of a form that is not saved yet, or of a deletion
DOCUMENTS = "documents"
LARGEST = 64 * 1024 * 1024  # bytes of an object that is read to its end
LARGEST_MARK = 1000  # bytes
CLOCKS = 3600  # seconds by which a server's clock may differ from ours
_LOOKED = "wadah-diperiksa"  # in DATA_DIR: which bucket this host has looked through to its end, and when it began
_NOT_OURS = "portal tidak menulis berkas seperti ini"
_CHANGED = "dokumen berubah sesudah diunggah"
_HEAD = 2048
_BATCH = 200
_CROP = re.compile(
    rf"(foto/\d{{4}}/\d{{2}}/[0-9a-f]{{16}})-(?:{'|'.join(photos.CROPS)})(?:-\d{{1,3}}-\d{{1,3}})?\.jpg"
)
_CARD = re.compile(r"kartu/(?:\d+|situs)-[0-9a-f]{16}\.jpg")
_DOCUMENT = re.compile(r"([0-9a-f]{32})\.(?:pdf|jpg)")
_CODE = re.compile(rb"<\?php|<\?=|<script|<html|<!doctype html", re.IGNORECASE)


class Strange(NamedTuple):
    path: Path
    why: str


def check() -> Iterator[int]:
    """Notes findings; yields how many files were looked at."""
    store = bucket()
    yield from _note(
        "media",
        _while_it_answers(_in_bucket(store)) if store else _in_folder(Path(settings.MEDIA_ROOT), _media_problem),
    )
    yield from _note(DOCUMENTS, _in_folder(Path(settings.DOCUMENTS_ROOT), _document_problem))


Judge = Callable[[str, list[os.DirEntry]], Iterator[Strange]]  # of some files of one folder, whose name it is told
Looked = tuple[int, list[tuple[str, str]]]  # how many files, and the strange ones of them with the reason


def _note(label: str, looks: Iterator[Looked]) -> Iterator[int]:
    found = 0
    for number, strange in looks:
        for name, why in strange:
            found += 1
            if found <= MOST:
                Finding.objects.note(Finding.Kind.FILE, _legible(f"{label}/{name}"), "", why)
        yield number
    if found > MOST:
        Finding.objects.note(Finding.Kind.FILE, label, "", f"dan lainnya: lebih dari {MOST} berkas")


def _in_folder(root: Path, problems: Judge) -> Iterator[Looked]:
    for folder, entries in _batches(root):
        strange = problems(folder, entries)
        yield len(entries), [(each.path.relative_to(root).as_posix(), each.why) for each in strange]


def _while_it_answers(looks: Iterator[Looked]) -> Iterator[Looked]:
    """Ends where a bucket does not answer: the rest of the scan does not wait for it, and the next one looks again.
    What was found there before stays found."""
    try:
        yield from looks
    except OSError as error:
        logger.warning("Penjaga situs belum memeriksa semua foto: %s.", error.strerror)
        Finding.objects.filter(kind=Finding.Kind.FILE, place__startswith="media").update(seen_at=timezone.now())


def _in_bucket(store: "Bucket") -> Iterator[Looked]:
    """Raises OSError. An object is read if it came since all were last looked at, or something was wrong with it: the
    server notes when, and nobody can set that back."""
    began, note = time.time(), settings.DATA_DIR / _LOOKED
    looked = notes.read(note) or {}
    since = looked.get("sejak", 0) - CLOCKS if looked.get("wadah") == store.place else 0
    entries = (entry for entry in store.entries() if entry.name != marks.NAME or entry.size > LARGEST_MARK)
    while batch := list(islice(entries, _BATCH)):
        yield len(batch), list(_object_problems(store, batch, since))
    notes.write(note, {"wadah": store.place, "sejak": began})


def _legible(name: str) -> str:
    """A file may have any bytes in its name."""
    return name.encode("utf-8", "backslashreplace").decode().replace("\0", "")


def _batches(root: Path, folder: str = "") -> Iterator[tuple[str, list[os.DirEntry]]]:
    """The files below a folder, some at a time, with the name of their folder; nothing of one that cannot be read."""
    try:
        with os.scandir(root / folder) as entries:
            batch, folders = [], []
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(f"{folder}{entry.name}/")
                    continue
                if not folder and _is_mark(entry):
                    continue
                batch.append(entry)
                if len(batch) == _BATCH:
                    yield folder, batch
                    batch = []
            yield folder, batch
    except OSError:  # the folder is not made yet; lost+found
        return
    for each in folders:
        yield from _batches(root, each)


def _is_mark(entry: os.DirEntry) -> bool:
    """Whether it is the folder's own id."""
    is_named_so = entry.name == marks.NAME and entry.is_file(follow_symlinks=False)
    return is_named_so and entry.stat(follow_symlinks=False).st_size <= marks.LENGTH


# ---- What is wrong with them


def _media_problem(folder: str, entries: list[os.DirEntry]) -> Iterator[Strange]:
    shapes = {entry: _media_shape(folder + entry.name) for entry in entries}
    names = {shape[1] for shape in shapes.values() if shape and shape[1]}
    known = {*Photo.objects.filter(name__in=names).values_list("name", flat=True)}
    for entry, shape in shapes.items():
        with suppress(FileNotFoundError):  # deleted meanwhile
            if why := _outside(entry, shape is not None) or (
                _is_unknown(entry.stat().st_mtime, shape[1], known) if shape else ""
            ):
                yield Strange(Path(entry.path), why)


def _object_problems(store: "Bucket", batch: list["Entry"], since: float) -> Iterator[tuple[str, str]]:
    shapes = {entry: _media_shape(entry.name) for entry in batch}
    names = {shape[1] for shape in shapes.values() if shape and shape[1]}
    known = {*Photo.objects.filter(name__in=names).values_list("name", flat=True)}
    places = {entry: _legible(f"media/{entry.name}")[:200] for entry in batch}
    noted = {*Finding.objects.filter(place__in=places.values()).values_list("place", flat=True)}
    for entry, shape in shapes.items():
        why = "" if shape else _NOT_OURS
        if not shape or entry.modified >= since or places[entry] in noted:
            with suppress(FileNotFoundError):  # deleted meanwhile
                why = _content_problem(entry.name, *_ends(store, entry), entry.size, has_our_name=shape is not None)
        if not why and shape:
            why = _is_unknown(entry.modified, shape[1], known)
        if why:
            yield entry.name, why


def _ends(store: "Bucket", entry: "Entry") -> tuple[bytes, bytes]:
    """The beginning and the end of an object. Of one that no photo can be, only the beginning."""
    with store.opened(entry.name) as body:
        head = body.file.read(_HEAD)
        rest = body.file.read(LARGEST) if entry.size <= LARGEST else b""
    return head, (head + rest)[-_HEAD:]


def _media_shape(name: str) -> tuple[str, str] | None:
    """Its kind and the name of its photo, if any; None if the portal writes no such file."""
    if match := photos.RENDITION.fullmatch(name) or _CROP.fullmatch(name):
        return "foto", match[1]
    return ("kartu", "") if _CARD.fullmatch(name) else None


def _document_problem(folder: str, entries: list[os.DirEntry]) -> Iterator[Strange]:
    shapes = {entry: _DOCUMENT.fullmatch(folder + entry.name) for entry in entries}
    names = {match[1] for match in shapes.values() if match}
    known = {each.file: each for each in Document.objects.filter(file__in=names).only("file", "size", "checksum")}
    last = Scan.objects.finished().first()
    since = last.started_at.timestamp() if last and last.started_at else 0
    for entry, match in shapes.items():
        with suppress(FileNotFoundError):  # deleted meanwhile
            why = _outside(entry, match is not None) or (
                _is_unknown(entry.stat().st_mtime, match[1], known) if match else ""
            )
            if not why and match and match[1] in known and entry.name.endswith(".pdf"):
                why = _change_of(known[match[1]], entry, since)
            if why:
                yield Strange(Path(entry.path), why)


def _change_of(document: Document, entry: os.DirEntry, since: float) -> str:
    """How a document's file differs from what was uploaded. `since`: when all files were last looked at."""
    if entry.stat().st_size != document.size:
        return _CHANGED
    place = f"{DOCUMENTS}/{entry.name}"
    is_as_before = entry.stat().st_ctime < since and not Finding.objects.filter(place=place, excerpt=_CHANGED).exists()
    if document.checksum and is_as_before:
        return ""
    with open(entry.path, "rb") as file:
        checksum = hashlib.file_digest(file, "sha256").hexdigest()
    if not document.checksum:
        Document.objects.filter(pk=document.pk, file=document.file).update(checksum=checksum)
        return ""
    return "" if checksum == document.checksum else _CHANGED


def _is_unknown(modified: float, name: str, known) -> str:
    if not name or name in known or modified > time.time() - YOUNG:
        return ""
    return "tidak ada foto atau dokumen yang memakai berkas ini"


def _outside(entry: os.DirEntry, has_our_name: bool) -> str:
    """Why a file is none of ours, by its kind, name and content; "" if it may be. Raises FileNotFoundError."""
    if entry.is_symlink():
        return "tautan ke berkas di tempat lain"
    if not entry.is_file():
        return "bukan berkas biasa"
    try:
        with open(entry.path, "rb") as file:
            head = file.read(_HEAD)
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _HEAD))
            tail = file.read()
    except FileNotFoundError:
        raise
    except OSError as error:
        return f"tidak dapat dibaca: {error.strerror}"
    return _content_problem(entry.name, head, tail, size, has_our_name=has_our_name)


def _content_problem(name: str, head: bytes, tail: bytes, size: int, *, has_our_name: bool) -> str:
    if not has_our_name:
        return _NOT_OURS + (", dan isinya program" if _CODE.search(head) else "")
    if _CODE.search(head):
        return "isinya program atau halaman, bukan gambar atau dokumen"
    return "" if _is_whole(name, head, tail, size) else "isinya bukan seperti yang ditulis portal"


def _is_whole(name: str, head: bytes, tail: bytes, size: int) -> bool:
    if name.endswith(".webp"):
        return head[:4] == b"RIFF" and head[8:12] == b"WEBP" and int.from_bytes(head[4:8], "little") + 8 == size
    if name.endswith(".jpg"):
        return head[:3] == b"\xff\xd8\xff" and tail.endswith(b"\xff\xd9")
    return b"%PDF-" in head
