"""Makes photos of the pictures that records show: each file once, from what lies on this machine. Documents beside
them are attached.py's.

Files are decoded and encoded by threads, while the next records are read: Pillow does most of that outside of Python's
lock. They are written only in the transaction that saves a record which shows them."""

import hashlib
import io
import os
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.utils.text import Truncator

from news import photos
from news.models import Photo
from news.web.columns import max_length
from portal.importers import old_addresses
from portal.importers.attached import Documents
from portal.importers.pictures import Picture, documents
from portal.importers.record import Record, Refusal
from portal.importers.uploads import Missing, Uploads

_AHEAD = 64  # records that are read before they are saved
_MADE_AHEAD = 100  # pictures in memory, of some 0.4 MB; articles with many are read fewer ahead
_ENCODED_AT_ONCE = 64 * 1024 * 1024  # bytes of files
NEW, KNOWN, MISSING, SILENT = "foto baru", "sudah ada", "tidak ikut masuk", "tanpa teks alternatif"
LED = "dialihkan"

Row = tuple[int, "Record | Refusal"]


class Album:
    """Open it in a `with` block."""

    def __init__(self, uploads: Uploads, *, is_rehearsal: bool = False) -> None:
        self._uploads, self._is_rehearsal = uploads, is_rehearsal
        self._maker = _looked_at if is_rehearsal else _made
        self._digests: dict[str, str] = {}  # address -> SHA-256; "" if there is no such picture
        self._troubles: dict[str, str] = {}  # address -> why
        self._making: dict[str, Future[photos.Renditions | str]] = {}  # digest -> files, or why there are none
        self._sizes: Counter[str] = Counter()  # digest -> bytes, of what is being made
        self._wanted: Counter[str] = Counter()  # digest -> records that were read and not saved yet
        self._pool = ThreadPoolExecutor(len(os.sched_getaffinity(0)))
        self._written: list[photos.Stored] = []  # in the present transaction
        self._seen: set[str] = set()  # digests of this run
        self._leading: set[str] = set()  # addresses that lead to photos
        self._noted: list[tuple[str, str]] = []  # digest or address, and kind, in the present transaction
        self.documents = Documents(uploads, is_rehearsal=is_rehearsal)
        self.counts: Counter[str] = Counter()

    @property
    def left_out(self) -> int:
        """Links and devices in the folder or archive."""
        return self._uploads.left_out

    def __enter__(self) -> "Album":
        return self

    def __exit__(self, *error: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def ahead(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The rows, while pictures of those that follow are being made."""
        waiting: deque[Row] = deque()
        for row in rows:
            self._prepare(row[1])
            waiting.append(row)
            while len(waiting) > _AHEAD or (len(waiting) > 1 and len(self._making) >= _MADE_AHEAD):
                yield from self._next(waiting)
        while waiting:
            yield from self._next(waiting)

    def _next(self, waiting: deque[Row]) -> Iterator[Row]:
        row = waiting.popleft()
        yield row
        for digest in self._digests_of(row[1]):
            self._wanted[digest] -= 1
            if self._wanted[digest] <= 0:
                del self._wanted[digest]
                self._making.pop(digest, None)

    def _digests_of(self, record: Record | Refusal) -> set[str]:
        if isinstance(record, Refusal):
            return set()
        return {self._digests.get(picture.address, "") for picture in record.pictures} - {""}

    def _prepare(self, record: Record | Refusal) -> None:
        if isinstance(record, Refusal):
            return
        for picture in record.pictures:
            if picture.address not in self._digests:
                self._digests[picture.address] = self._look_for(picture.address)
        self._wanted.update(self._digests_of(record))

    def _look_for(self, address: str) -> str:
        try:
            content = self._uploads.content(address)
        except Missing as missing:
            self._troubles[address] = str(missing)
            return ""
        digest = hashlib.sha256(content).hexdigest()
        is_known = digest in self._making or digest in self._seen
        has_room = len(self._making) < _MADE_AHEAD  # else it is made when it is shown
        if has_room and not is_known and not Photo.objects.filter(imported_from=digest).exists():
            self._make(digest, content)
        return digest

    def _make(self, digest: str, content: bytes) -> None:
        for other in [each for each in self._sizes if (making := self._making.get(each)) is None or making.done()]:
            del self._sizes[other]
        for other in list(self._sizes):
            if self._sizes.total() + len(content) <= _ENCODED_AT_ONCE:
                break
            self._making[other].exception()  # waits
            del self._sizes[other]
        self._sizes[digest] = len(content)
        self._making[digest] = self._pool.submit(self._maker, content)

    # ---- While a record is saved

    @contextmanager
    def of_a_record(self) -> Iterator[None]:
        """Around the transaction: files that it wrote go if it fails."""
        self.documents.begin()
        try:
            yield
        except BaseException:
            self.forget_written()
            raise
        finally:
            self._written.clear()
            self._noted.clear()

    def forget_written(self) -> None:
        """The transaction is rolled back."""
        for stored in self._written:
            photos.delete(stored.name, stored.width)
        for digest, kind in self._noted:
            self._seen.discard(digest)
            self._leading.discard(digest)
            self.counts[kind] -= 1
        self._written.clear()
        self._noted.clear()
        self.documents.forget_written()

    def photo(self, picture: Picture) -> Photo | None:
        """The photo of the picture, made if there is none yet; None if the picture cannot be had. A photo that is
        there stays as it is, whatever the newsroom made of it."""
        digest = self._digest(picture)
        if not digest:
            return None
        if photo := Photo.objects.filter(imported_from=digest).first():
            self._lead_to(photo, picture)
            self._note(digest, KNOWN)
            return photo
        files = self._files(digest, picture)
        if isinstance(files, str):
            return None
        photo = self._new(picture, digest, files)
        self._lead_to(photo, picture)
        self._note(digest, NEW)
        return photo

    def _lead_to(self, photo: Photo, picture: Picture) -> None:
        """The earlier portal's address of the picture leads to the photo."""
        if picture.address not in self._leading and picture.address.startswith(("/", "http://", "https://")):
            old_addresses.remember(photo, [picture.address])
            self._leading.add(picture.address)
            self._noted.append((picture.address, LED))

    def _new(self, picture: Picture, digest: str, files: photos.Renditions) -> Photo:
        if self._is_rehearsal:
            stored = photos.Stored(f"foto/0000/00/{digest[:16]}", files.width, files.height)
        else:
            stored = photos.keep(files)
            self._written.append(stored)
        alt = picture.alt_text
        if not alt and digest not in self._seen:
            self._note(digest, SILENT)
        return Photo.objects.create(
            **stored._asdict(),
            alt_text=alt,
            decorative=not alt,
            caption=Truncator(picture.caption).chars(max_length(Photo, "caption")),
            credit=Truncator(picture.credit).chars(max_length(Photo, "credit")),
            imported_from=digest,
        )

    def _note(self, digest: str, kind: str) -> None:
        if digest in self._seen:
            return
        self._noted.append((digest, kind))
        self.counts[kind] += 1
        if kind != SILENT:  # which is noted beside another kind
            self._seen.add(digest)

    def _digest(self, picture: Picture) -> str:
        if picture.address not in self._digests:  # of a record that did not come by `ahead`
            self._digests[picture.address] = self._look_for(picture.address)
        return self._digests[picture.address]

    def _files(self, digest: str, picture: Picture) -> photos.Renditions | str:
        if made := self._making.get(digest):
            files = made.result()
        elif trouble := self._troubles.get(picture.address):  # of an earlier record
            return trouble
        else:  # it was not wanted any more, as after a refusal, or one of very many
            try:
                files = self._maker(self._uploads.content(picture.address))
            except Missing as missing:
                files = str(missing)
        if isinstance(files, str):
            self._troubles[picture.address] = files
        return files

    def troubles(self, record: Record) -> Iterator[str]:
        """What the operator should know about pictures of the record that are not there."""
        for address in dict.fromkeys(picture.address for picture in record.pictures):
            if trouble := self._troubles.get(address):
                self.counts[MISSING] += 1
                yield f"gambar “{address[-120:]}” {trouble}"
        for address in dict.fromkeys([*documents(record.body), *self.documents.refused]):
            if trouble := self.documents.trouble(address):
                yield f"berkas “{address[-120:]}” {trouble}"


def _made(content: bytes) -> photos.Renditions | str:
    try:
        return photos.renditions(photos.read(io.BytesIO(content), quickly=True), quickly=True)
    except ValidationError as error:
        return f"tidak dapat dipakai: {error.messages[0]}"


def _looked_at(content: bytes) -> photos.Renditions | str:
    try:
        return photos.Renditions(*photos.undecoded(io.BytesIO(content)).size, {})
    except ValidationError as error:
        return f"tidak dapat dipakai: {error.messages[0]}"
