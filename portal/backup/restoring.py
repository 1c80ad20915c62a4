"""Restoring a backup: beside the running state, then one exchange (portal.backup.swap)."""

import fcntl
import logging
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import Error, ProgrammingError, connection
from psycopg import sql

from portal import city
from portal.audit import chain
from portal.backup import archive, database, keys, making, swap
from portal.backup.wal import store as wal_store
from portal.bucket import filling
from portal.bucket.place import bucket
from portal.hosts import marks
from portal.run import data_folder, os_errors, postgres
from portal.run import database as portal_database

logger = logging.getLogger("portal")

PATIENCE = 5  # seconds for a portal that has just been stopped
ROOM = 300 * 2**20  # bytes that a new embedded server needs besides the data
RUNNING = "Portal masih berjalan: hentikan dahulu (Ctrl-C, atau systemctl stop), lalu pulihkan. Tidak ada yang diubah."
_DRILL = "pulih.latihan"  # in DATA_DIR
_BEING_RESTORED = "sedang dipulihkan dari cadangan (manage.py restore)"
Show = Callable[[int, int], object]


class CannotRestore(Exception):
    """Nothing has been changed; the message is one Indonesian sentence."""


@contextmanager
def sentences() -> Iterator[None]:
    """Turns what can go wrong into CannotRestore."""
    try:
        yield
    except (
        archive.Unfit,
        wal_store.Damaged,
        keys.KeyFault,
        database.DatabaseError,
        swap.CannotSwap,
        postgres.PostgresError,
        marks.Foreign,
    ) as error:
        raise CannotRestore(str(error)) from error
    except OSError as error:
        about = error.filename or settings.DATA_DIR
        raise CannotRestore(f"Tidak dapat dipulihkan: {os_errors.reason(error)} ({about}).") from error
    except Error as error:
        sentence = portal_database.explanation(error) or f"Basis data menolak: {portal_database.first_line(error)}"
        raise CannotRestore(sentence) from error


def verified(file: IO[bytes], show: Show) -> dict[str, Any]:
    """Reads the whole backup and returns its manifest. Raises archive.Unfit."""
    size = os.fstat(file.fileno()).st_size
    manifest = archive.verify(file, lambda read: show(read, size))
    if {tuple(each) for each in manifest["migrations"]} - portal_database.migrations():
        raise archive.Unfit(archive.NEWER)
    return manifest


def restore(file: IO[bytes], manifest: dict[str, Any], show: Show) -> None:
    """Puts a verified backup in the place of the present state, which `undo` brings back."""
    with portal_stopped():
        refuse_other_bucket()
        _refuse_full_disk(settings.DATA_DIR, manifest)
        stage = swap.place(swap.STAGE)
        with _new_database(stage):
            _fill(file, manifest, stage, show)
            call_command("migrate", interactive=False, verbosity=0)
            _analyze()
            fill_bucket(stage)
        arrange(stage)
        brings_key = (stage / "secret_key").exists()
        exchange(swap.STAGE)
        if brings_key:
            settings.SECRET_KEY = data_folder.secret_key(settings.DATA_DIR)


def undo() -> None:
    """Brings back the state before the last restoration. Raises CannotRestore, also if that was done before."""
    with portal_stopped():
        refuse_undoing()
        exchange(swap.FORMER)


def redo() -> None:
    """Brings back what was restored, after `undo`. Raises CannotRestore."""
    with portal_stopped():
        refuse_redoing()
        exchange(swap.FORMER)


def refuse_undoing() -> None:
    """Raises CannotRestore if there is nothing to undo."""
    if not swap.place(swap.FORMER).exists():
        raise CannotRestore("Tidak ada pemulihan yang dapat dibatalkan di folder data ini.")
    if swap.is_undone():
        raise CannotRestore(
            "Pemulihan terakhir sudah dibatalkan, jadi tidak ada lagi yang dapat dibatalkan. Bila pembatalan itu "
            "keliru, `restore --ulangi` kembali ke keadaan yang dipulihkan tadi."
        )


def refuse_redoing() -> None:
    """Raises CannotRestore if no restoration was undone, or what it had restored is gone."""
    if not (swap.place(swap.FORMER).exists() and swap.is_undone()):
        raise CannotRestore("Tidak ada pembatalan (`restore --batal`) yang dapat ditarik kembali di folder data ini.")


def drill(file: IO[bytes], manifest: dict[str, Any], show: Show) -> chain.Head | None:
    """Restores a verified backup into a folder and a server of its own, which are removed again, and checks the audit
    list, whose head it returns. The running portal is not touched. Raises DatabaseError if anything differs."""
    folder = swap.place(_DRILL)
    with swap.lock():
        _refuse_full_disk(settings.DATA_DIR, manifest)
        clear(folder)
        folder.mkdir(mode=0o700)
        with embedded_server(folder):
            _fill(file, manifest, folder, show)
            call_command("migrate", interactive=False, verbosity=0)
            try:
                head = chain.check()
            except chain.BrokenChain as broken:
                raise database.DatabaseError(f"Rantai jejak audit di cadangan ini rusak. {broken}") from broken
        clear(folder)
        return head


def exchange(source: str) -> None:
    connection.close()
    if settings.EMBEDDED_DATABASE:
        with _lock(settings.DATA_DIR / "postgres.lock"):
            swap.exchange(source)
    else:
        swap.exchange(source)


# ---- The running portal


def refuse_running_portal() -> None:
    """Before anybody is asked a question; `restore` and `undo` look again. Raises CannotRestore."""
    with portal_stopped():
        pass


@contextmanager
def portal_stopped() -> Iterator[None]:
    """Keeps `serve` away for the block. Raises CannotRestore if anything uses the portal's data."""
    with swap.lock(), _lock(settings.DATA_DIR / "serve.lock") as serving:
        os.ftruncate(serving, 0)
        os.pwrite(serving, _BEING_RESTORED.encode(), 0)
        try:
            _refuse_used_database()
            yield
        finally:
            os.ftruncate(serving, 0)


def _refuse_used_database() -> None:
    if settings.EMBEDDED_DATABASE:
        with _lock(settings.DATA_DIR / "postgres.lock"):
            return
    deadline = time.monotonic() + PATIENCE
    with swap.administration() as server:
        query = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'"
        while server.execute(query, [settings.DATABASES["default"]["NAME"]]).fetchone() != (0,):
            if time.monotonic() > deadline:
                raise CannotRestore(RUNNING)
            time.sleep(0.2)


@contextmanager
def _lock(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _wait_for(descriptor)
        yield descriptor
    finally:
        os.close(descriptor)


def _wait_for(descriptor: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > deadline:
                raise CannotRestore(RUNNING) from error
            time.sleep(0.1)
        else:
            return


def _refuse_full_disk(folder: Path, manifest: dict[str, Any]) -> None:
    files = sum(size for name, (size, _) in manifest["members"].items() if not name.startswith("database/"))
    needed = files + manifest["bytes_of_database"] + ROOM
    if lack := os_errors.lack_of_room(folder, needed):
        raise CannotRestore(f"{lack} Tidak ada yang diubah.")


# ---- Beside the present state


def _new_database(stage: Path):
    """An empty database at which Django's connection points for the block, and the empty folder `stage`."""
    clear(stage)
    stage.mkdir(mode=0o700)
    return embedded_server(stage) if settings.EMBEDDED_DATABASE else _database_on_server()


def clear(stage: Path) -> None:
    if stage.exists():  # left behind by a killed restoration, perhaps with a server that is just ending
        postgres.leave(stage, postgres.hold(stage))
        shutil.rmtree(stage)


@contextmanager
def embedded_server(folder: Path) -> Iterator[None]:
    """A new embedded server in this folder, which is removed if the block fails."""
    try:
        with postgres.running(folder), connected(postgres.connection_settings(folder)):
            yield
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


@contextmanager
def _database_on_server() -> Iterator[None]:
    name = swap.database_name(swap.STAGE)
    try:
        with swap.administration() as server:
            swap.drop_database(server, name)
            server.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(name))
            )
    except ProgrammingError as error:
        raise database.DatabaseError(
            "Pengguna basis data ini tidak boleh membuat basis data baru di samping yang sekarang: berilah hak itu "
            f'(ALTER ROLE "{settings.DATABASES["default"]["USER"]}" CREATEDB), lalu ulangi.'
        ) from error
    try:
        with connected({"NAME": name}):
            yield
    except BaseException:
        with swap.administration() as server:
            swap.drop_database(server, name)
        raise


@contextmanager
def connected(to: dict[str, Any]) -> Iterator[None]:
    """Points Django's connection at another database for the block."""
    before = {name: connection.settings_dict.get(name) for name in to}
    connection.close()
    connection.settings_dict.update(to)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)


def _fill(file: IO[bytes], manifest: dict[str, Any], stage: Path, show: Show) -> None:
    """Raises DatabaseError unless every table has as many rows as when the backup was made."""
    promised = manifest["members"]
    total = sum(size for size, _ in promised.values())
    connection.ensure_connection()
    database.load(connection.connection, archive.sql(file, promised))
    with connection.cursor() as cursor:
        found = database.counts(cursor)
    for table, rows in manifest["tables"].items():
        if found.get(table) != rows:
            raise database.DatabaseError(
                f"Tabel {table} berisi {found.get(table)} baris, bukan {rows} seperti saat dicadangkan."
            )
    archive.extract(file, promised, stage, lambda written: show(written, total))


def refuse_other_bucket() -> None:
    """Raises Foreign if photos would go into another portal's bucket, OSError if it cannot be used."""
    if (store := bucket()) is not None:
        marks.mark_bucket(store)


def fill_bucket(stage: Path) -> None:
    """Photos go into the bucket, if there is one, and not into the folder. Those that are there already stay, also
    what the restored database does not know: `undo` needs it."""
    if (store := bucket()) is not None:
        if left := filling.fill(store, stage / "media").left:
            logger.warning("%d berkas di cadangan itu bukan foto portal, dan tidak ikut ke wadah.", len(left))
        shutil.rmtree(stage / "media", ignore_errors=True)


def _analyze() -> None:
    """Without statistics of the new tables the first pages would be slow."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def arrange(stage: Path) -> None:
    """Gives what was extracted the names and rights that it has in DATA_DIR."""
    for name in (*making.folders(), "pageviews"):
        (stage / name).mkdir(mode=0o700 if name == "pageviews" else 0o755, exist_ok=True)
        if (present := settings.DATA_DIR / name).exists():  # nginx was given rights to it
            shutil.copystat(present, stage / name)
            if os.geteuid() == 0:
                shutil.chown(stage / name, present.stat().st_uid, present.stat().st_gid)
    (stage / "contoh-dimuat").touch()  # no samples in place of what an editor has deleted
    if (stage / "settings").exists():
        (stage / "settings").rename(stage / "pengaturan-cadangan")
    kept = stage / "pengaturan-cadangan"
    if settings.CITY_FILE in (settings.DATA_DIR / "kota.toml", city.DEFAULT) and (kept / "kota.toml").exists():
        for path in making.city_files(kept / "kota.toml"):
            shutil.copy(path, stage / path.name)
    for leftover in ("secret_key", "postgres.log", "postgres.log.1"):
        (stage / leftover).unlink(missing_ok=True)
    if _brings_its_key(kept):
        (kept / "secret_key").rename(stage / "secret_key")


def _brings_its_key(kept: Path) -> bool:
    """Whether the secret key of an encrypted backup comes back with it, and the present one with `undo`: not while the
    settings name another one, nor if it is too short for a file."""
    if data_folder.secret_key(settings.DATA_DIR) != settings.SECRET_KEY:
        return False
    with suppress(ImproperlyConfigured):
        return data_folder.secret_key(kept) != ""
    return False
