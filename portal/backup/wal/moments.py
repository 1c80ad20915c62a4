"""`restore --sampai`: the portal as it was at a moment, from a base backup and the WAL after it, beside the running
state; then one exchange, as for a backup (portal.backup.swap)."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from news.models import Document, Photo
from portal.audit import chain
from portal.backup import archive, database, encryption, keys, making, restoring, swap
from portal.backup.wal import archiving, base, store
from portal.backup.wal.copies import Copies
from portal.bucket import filling
from portal.bucket.place import bucket
from portal.importers import times
from portal.importers.record import Refusal
from portal.run import database as portal_database
from portal.run import os_errors, postgres

LAST = "terakhir"
_ENDED_BEFORE = "recovery ended before configured recovery target was reached"


class Way(NamedTuple):
    """How to reach a moment."""

    run: store.Run
    base: store.Base
    until: store.Until
    moment: datetime | None  # None: everything that there is

    @property
    def reached(self) -> datetime:
        return self.moment or self.until.moment


def read(text: str) -> datetime | None:
    """The moment that was typed, in the city's zone; None for the last one. Raises CannotRestore."""
    if text.strip().lower() == LAST:
        return None
    try:
        moment, is_time_known = times.moment(text, "saat")
    except Refusal as refusal:
        raise restoring.CannotRestore(f"{str(refusal).capitalize()}; atau tulislah {LAST}.") from refusal
    if moment is None or not is_time_known:
        raise restoring.CannotRestore(f"Sebutkan juga jamnya, misalnya “2026-11-28 16.00”, atau tulislah {LAST}.")
    return moment


def backup_dir() -> Path:
    """Raises CannotRestore."""
    if not settings.EMBEDDED_DATABASE:
        raise restoring.CannotRestore(
            "--sampai hanya untuk basis data bawaan; server Postgres lain kembali ke suatu saat dengan pgBackRest "
            "(panduan operator)."
        )
    if settings.BACKUP_DIR is None:
        raise restoring.CannotRestore("--sampai memerlukan arsip WAL di BACKUP_DIR, yang belum diisi.")
    return settings.BACKUP_DIR


def find(backups: Path, moment: datetime | None) -> Way:
    """From the base backup that is nearest before it. Raises CannotRestore, which says what can be reached instead."""
    spans = _spans(backups / archiving.FOLDER)
    if not spans:
        raise restoring.CannotRestore(f"Belum ada arsip WAL di {backups}: pulihkan dari berkas cadangan.")
    if moment is None:
        run, bases, until = max(spans, key=lambda span: span[2].moment)
        return Way(run, bases[-1], until, None)
    for run, bases, until in reversed(spans):
        before = [each for each in bases if each.ended <= moment]
        if before and moment <= until.moment:
            return Way(run, before[-1], until, moment)
    raise restoring.CannotRestore(_why_not(spans, moment))


Span = tuple[store.Run, list[store.Base], store.Until]


def _spans(folder: Path) -> list[Span]:
    """The runs of which something can be restored, in their order."""
    every = [(run, run.usable(), run.until()) for run in store.runs(folder)]
    return [(run, bases, until) for run, bases, until in every if bases and until is not None]


def _why_not(spans: list[Span], moment: datetime) -> str:
    begins = sorted(bases[0].ended for _, bases, _ in spans)
    ends = sorted(until.moment for _, _, until in spans)
    if moment < begins[0]:
        return (
            f"Arsip WAL baru mulai {told(begins[0])}: untuk saat sebelum itu pulihkan berkas cadangan malam, atau "
            "sebutkan saat yang lebih baru."
        )
    if moment > ends[-1]:
        return f"Arsip WAL berakhir {told(ends[-1])}: itu saat terakhir yang dapat dicapai (--sampai {LAST})."
    before = max(end for end in ends if end < moment)
    after = min(begin for begin in begins if begin > moment)
    return (
        f"Pada saat itu arsip WAL terputus. Yang dapat dicapai: sampai {told(before)}, dan sejak {told(after)}; di "
        "antaranya hanya berkas cadangan malam."
    )


def told(moment: datetime) -> str:
    """In a form that --sampai reads."""
    return f"{timezone.localtime(moment):%Y-%m-%d %H.%M.%S}"


def restore(way: Way, backups: Path, own: keys.Keys, show: restoring.Show) -> list[str]:
    """Puts the state of the moment in the place of the present one; `restoring.undo` brings that back. Returns what it
    knows of files that are missing. Raises what `restoring.sentences` turns into CannotRestore."""
    with restoring.portal_stopped():
        restoring.refuse_other_bucket()
        stage = swap.place(swap.STAGE)
        restoring.clear(stage)
        _refuse_full_disk(way)
        stage.mkdir(mode=0o700)
        try:
            _unpack(way, stage, own, show)
            with _recovered(way, stage):
                _check_and_migrate()
                _bring_files(stage, Copies(backups / archiving.COPIES), own)
                restoring.fill_bucket(stage)
                missing = _missing_files(stage)
        except BaseException:
            shutil.rmtree(stage, ignore_errors=True)
            raise
        restoring.arrange(stage)
        restoring.exchange(swap.STAGE)
        return missing


def _refuse_full_disk(way: Way) -> None:
    wal = way.until.lsn - way.base.start + 2 * store.SEGMENT
    if lack := os_errors.lack_of_room(settings.DATA_DIR, way.base.size + wal + restoring.ROOM):
        raise restoring.CannotRestore(f"{lack} Tidak ada yang diubah.")


def _unpack(way: Way, stage: Path, own: keys.Keys, show: restoring.Show) -> None:
    """The server's files as the base backup has them, with all WAL that came after."""
    draft = stage / "postgres.new"
    draft.mkdir(mode=0o700)
    base.unpack(way.base.path, draft, own.identities, lambda done: show(done, way.base.size))
    version = int((draft / "PG_VERSION").read_text())
    if version != database.WHEELS_VERSION:
        raise database.DatabaseError(
            f"Arsip WAL itu dari Postgres {version}, bukan {database.WHEELS_VERSION}: pulihkan berkas cadangan malam."
        )
    pieces = [piece for piece in way.run.pieces() if piece.end > way.base.start]
    end = store.reach(pieces, way.base.start)
    if end < way.until.lsn and way.moment is None:
        raise store.Damaged(f"Di arsip WAL {way.run.name} ada bagian yang hilang: sebutkan saat yang lebih awal.")
    for name, content in store.segments(
        pieces, way.base.start, end, lambda content: encryption.decrypted(content, own.identities)
    ):
        path = draft / "pg_wal" / name
        path.write_bytes(content)
        path.chmod(0o600)
    (draft / "recovery.signal").touch(mode=0o600)
    postgres.adopt(stage, draft)


@contextmanager
def _recovered(way: Way, stage: Path) -> Iterator[None]:
    """The recovered server in `stage`, at which Django's connection points."""
    options = ("hot_standby=off", "restore_command=false", "recovery_target_timeline=current")
    target = (f"recovery_target_time={way.moment}", "recovery_target_action=promote") if way.moment else ()
    lock = postgres.hold(stage)
    try:
        try:
            postgres.ensure_running(stage, (*options, *target))
            postgres.await_recovery(stage)
        except postgres.PostgresError:
            if _ENDED_BEFORE not in (stage / "postgres.log").read_text(errors="replace") or not _is_whole(way):
                raise
            # Nothing was committed between the moment and the end of the WAL.
            postgres.ensure_running(stage, options)
            postgres.await_recovery(stage)
        with restoring.connected(postgres.connection_settings(stage)):
            yield
    finally:
        postgres.leave(stage, lock)


def _is_whole(way: Way) -> bool:
    pieces = [piece for piece in way.run.pieces() if piece.end > way.base.start]
    return store.reach(pieces, way.base.start) >= way.until.lsn


def _check_and_migrate() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        if set(cursor.fetchall()) - portal_database.migrations():
            raise archive.Unfit(archive.NEWER)
    call_command("migrate", interactive=False, verbosity=0)
    try:
        chain.check()
    except chain.BrokenChain as broken:
        raise database.DatabaseError(f"Rantai jejak audit pada saat itu rusak. {broken}") from broken


# ---- Photos, documents, and journals of reads


def _bring_files(stage: Path, copies: Copies, own: keys.Keys) -> None:
    """Those of now, and of the archive what is no longer here. The journals come along: a restored database knows up
    to where it has counted them, so that each read counts once, also those after the moment. All are links to the same
    files: nginx may be writing a journal, and what changes a photo makes a new file."""
    for name in (*making.folders(), "pageviews", "pengaturan-cadangan"):
        if (present := settings.DATA_DIR / name).is_dir():
            shutil.copytree(present, stage / name, copy_function=_link)
    for name in making.folders():
        copies.complete(name, stage / name, own.identities)
    if (photos_there := bucket()) is not None:  # what it has is as good, and stays
        copies.complete("media", stage / "media", own.identities, present=filling.sizes(photos_there))


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except FileNotFoundError:  # deleted meanwhile
        return
    except OSError:  # another disk
        shutil.copy2(source, target)


def _missing_files(stage: Path) -> list[str]:
    """Photos and documents that the database has and the disk lacks, or the bucket."""
    photos_there = bucket()
    objects = filling.sizes(photos_there) if photos_there else {}
    present = {path.name.partition(".")[0] for path in (stage / "documents").glob("*.pdf")}
    documents = (each for each in Document.objects.only("pk", "file", "title").iterator() if each.file not in present)
    photos = (
        each
        for each in Photo.objects.filter(edition__gte=1).only("name", "width").iterator()
        if each.largest_file not in objects and not (stage / "media" / each.largest_file).exists()
    )
    return [
        *(f"dokumen no. {document.pk} “{document.title[:60]}”" for document in documents),
        *(f"foto no. {photo.pk}" for photo in photos),
    ]
