"""Bringing the database and the static files to this version: a backup first, then tables, roles and office pages.

One process of all hosts does it; the others wait and find it done."""

import errno
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import Error, connection
from django.utils import timezone

from news import reindexing
from news.models import Article
from news.web import locks
from portal import notes
from portal.backup import encryption, keys, making
from portal.backup import folder as backup_folder
from portal.backup.progress import progress
from portal.run import database, os_errors

ROOM = 500 * 2**20  # bytes that must be left on the disk after the backup
KEPT = 3  # backups of this kind; `portal.nightly` keeps those of the nights
FOLDER = "cadangan"  # in DATA_DIR, without BACKUP_DIR
MIGRATED = "migrasi.json"  # in DATA_DIR
Say = Callable[[str], object]


class CannotUpgrade(Exception):
    """The message is Indonesian: the cause, and what to do."""


@contextmanager
def alone(say: Say) -> Iterator[None]:
    waiting = "Proses lain sedang memperbarui basis data ini; menunggu sampai selesai …"
    with locks.held(locks.Lock.UPGRADE, on_wait=lambda: say(waiting)):
        yield


def prepare(say: Say, *, with_backup: bool = True) -> Path | None:
    """Returns the backup that was made because tables were to change. To be called within `alone`."""
    kept = None
    is_used = database.has_tables() and _has_content()
    if is_used and with_backup and database.has_old_tables():
        say("Membuat cadangan sebelum tabel diubah …")
        kept = _back_up()
        say(f"Cadangan: {kept}")
    say("Menyiapkan tabel, peran dan halaman …")
    try:
        _migrate()
    except Exception as error:
        if not is_used:
            raise
        raise CannotUpgrade(_what_to_do(error, kept)) from error
    call_command("siapkan_peran")
    call_command("siapkan_halaman", verbosity=0)
    return kept


def _migrate() -> None:
    """Not if the last `migrate` of this data folder came to its end, with the same migrations in the same database: it
    takes longer than the rest of a start that finds nothing to do. What it makes after the migrations counts, too:
    permissions, for example."""
    known = "\n".join([database.label(), *sorted(f"{app} {name}" for app, name in database.migrations())])
    done = {"migrasi": hashlib.sha256(known.encode()).hexdigest()}
    note = settings.DATA_DIR / MIGRATED
    if notes.read(note) == done and database.has_tables() and not database.has_old_tables():
        return
    call_command("migrate", interactive=False, verbosity=0)
    with suppress(OSError):  # it only saves the next start some time
        notes.write(note, done)


def work_left() -> str:
    """What the worker renews after an upgrade, beside cards and photos, which nobody has to wait for."""
    if reindexing.progress() is None:
        return ""
    return "Indeks pencarian diperbarui pekerja latar sedikit demi sedikit; kemajuannya ada di halaman sehat redaksi."


def _has_content() -> bool:
    """A first start that was interrupted has tables, too, and nothing to lose."""
    return Article.objects.values("pk").exists() or get_user_model().objects.values("pk").exists()


def _what_to_do(error: Exception, kept: Path | None) -> str:
    cause = database.explanation(error) if isinstance(error, Error) else None
    cause = cause or f"{type(error).__name__}: {database.first_line(error)}"
    backup = f", atau kembali ke versi lama dengan cadangan {kept}" if kept else ""
    return (
        f"Pembaruan tabel berhenti, dan langkah yang gagal dibatalkan: {cause.rstrip('.')}. Setelah sebabnya hilang, "
        f"ulangi `manage.py naikkan` (dengan --traceback untuk rinciannya){backup}."
    )


# ---- The backup


def _back_up() -> Path:
    folder = settings.BACKUP_DIR or settings.DATA_DIR / FOLDER
    name = f"portal-{timezone.localtime():%Y-%m-%d-%H%M%S}-sebelum-{making.version()}.tar"
    without = "lalu ulangi; `manage.py naikkan --tanpa-cadangan` memperbarui tanpa cadangan."
    try:
        if settings.BACKUP_DIR:
            backup_folder.claim(folder)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name += encryption.ENDING if keys.stored().recipient else ""
        if lack := os_errors.lack_of_room(folder, _size() + ROOM):
            raise CannotUpgrade(f"{lack} Tidak ada yang diubah. Kosongkan cakram atau isi BACKUP_DIR, {without}")
        with progress("Mencadangkan") as show:
            making.make(folder / name, show)
    except (making.CannotBackUp, backup_folder.Unusable, keys.KeyFault) as error:
        raise CannotUpgrade(f"{error} Tabel belum diubah. Perbaiki itu, {without}") from error
    except OSError as error:
        what = "Foto" if error.errno == errno.EREMOTEIO else f"Folder cadangan {folder}"  # the first: portal.bucket
        cause = f"{what} tidak dapat dipakai: {os_errors.reason(error)}."
        raise CannotUpgrade(f"{cause} Tabel belum diubah. Perbaiki itu, {without}") from error
    for old in sorted(folder.glob("portal-*-sebelum-*.tar*"))[:-KEPT]:
        old.unlink(missing_ok=True)
    return folder / name


def _size() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        [in_database] = cursor.fetchone()
    return in_database + making.bytes_of_files()
