"""Putting restored files and a restored database in the place of the present ones, whole even if it is interrupted.

A note in DATA_DIR says what is to be exchanged. It is written before the first step and removed after the last, and
each step can be repeated: if the process is killed in between, the next command goes on (`finish_interrupted`).
The former state is kept in DATA_DIR/pulih.sebelum (and in a database of that name), from where `undo` takes it back.
"""

import fcntl
import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import Error, connection
from psycopg import sql
from psycopg.errors import InsufficientPrivilege

from portal import notes

STAGE, FORMER = "pulih.baru", "pulih.sebelum"  # in DATA_DIR, and as endings of databases' names
_MOVED_OUT = "pulih.lama"  # the former state during the exchange
_NOTE = "pulih.json"
_UNDONE = "pulih.dibatalkan"  # a file: what FORMER holds is what was restored, not what was before
_LOCK = "pulih.lock"
INTERRUPTED = (
    "Pemulihan di folder data ini terputus: jalankan `manage.py naikkan`, yang menyelesaikannya, lalu server web lagi."
)
# What makes up a portal's state in DATA_DIR, besides the city's files
STATE = ("media", "documents", "pageviews", "contoh-dimuat", "pengaturan-cadangan")


class CannotSwap(Exception):
    """The message is one Indonesian sentence."""


def place(name: str) -> Path:
    return settings.DATA_DIR / name


def database_name(ending: str) -> str:
    """The database of that state beside the present one: `portal` and `pulih.baru` give `portal_pulih_baru`."""
    name = settings.DATABASES["default"]["NAME"]
    return f"{name}_{ending.replace('.', '_')}"


def exchange(source: str) -> None:
    """Makes the state in `source` (STAGE or FORMER) the present one, and the present one FORMER.

    Nobody else may use the database or start the portal meanwhile. Raises CannotSwap if it cannot begin; then nothing
    has changed."""
    arriving = sorted(each.name for each in place(source).iterdir() if not each.name.startswith("postgres."))
    # A folder of photos stays where it is while photos are in a bucket.
    own = {*STATE} - {"media"} if settings.MEDIA_S3_URL else {*STATE}
    state = {*own, *arriving, *(["postgres"] if settings.EMBEDDED_DATABASE else [])}
    leaving = sorted(name for name in state if os.path.lexists(place(name)))
    _refuse_mount_points(leaving)
    is_undoing = source == FORMER and not is_undone()
    note = {"phase": "exchange", "source": source, "in": arriving, "out": leaving, "undone": is_undoing}
    os.sync()  # what has been restored must be on the disk before it counts
    notes.write(place(_NOTE), note)
    try:
        _exchange_databases(source)
    except Error as error:
        place(_NOTE).unlink()
        sentence = f"Basis data tidak dapat ditukar: {str(error).strip().splitlines()[0]}"
        if isinstance(error.__cause__ or error, InsufficientPrivilege):
            sentence += f'. Berilah hak itu: ALTER ROLE "{settings.DATABASES["default"]["USER"]}" CREATEDB'
        raise CannotSwap(f"{sentence}.") from error
    _go_on(note)


def _refuse_mount_points(names: list[str]) -> None:
    for name in names:
        if place(name).is_mount():
            raise CannotSwap(
                f"{place(name)} adalah cakram tersendiri dan tidak dapat ditukar: pasanglah cakram itu di "
                f"{settings.DATA_DIR}, atau pulihkan di folder data lain dan salinlah isinya."
            )


def is_undone() -> bool:
    """Whether the last restoration was undone, so that FORMER holds what it had restored."""
    return place(_UNDONE).exists()


def is_interrupted() -> bool:
    return place(_NOTE).exists()


def finish_interrupted() -> None:
    """Goes on with an exchange that was interrupted, or waits for the process that does so. Then starts this program
    again, which has read old settings."""
    if not is_interrupted():
        return
    with lock(wait=True):
        if is_interrupted():
            _finish()
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])


def _finish() -> None:
    print("Menyelesaikan pemulihan yang terputus …", file=sys.stderr, flush=True)
    note = json.loads(place(_NOTE).read_text())
    try:
        if note["phase"] == "exchange":
            _exchange_databases(note["source"])
        _go_on(note)
    except Error as error:
        sys.exit(f"Pemulihan yang terputus belum dapat diselesaikan: {str(error).strip().splitlines()[0]}")


def _go_on(note: dict[str, Any]) -> None:
    """Every step looks whether it has been done."""
    if note["phase"] == "exchange":
        place(_MOVED_OUT).mkdir(mode=0o700, exist_ok=True)
        for name in note["out"]:
            if not os.path.lexists(place(_MOVED_OUT) / name):
                place(name).rename(place(_MOVED_OUT) / name)
        for name in note["in"]:
            if os.path.lexists(place(note["source"]) / name):
                (place(note["source"]) / name).rename(place(name))
        note["phase"] = "tidy"
        os.sync()
        notes.write(place(_NOTE), note)
    if place(_MOVED_OUT).exists():
        remove(STAGE)
        remove(FORMER)
        place(_MOVED_OUT).rename(place(FORMER))
    _tidy_databases()
    if note.get("undone"):
        place(_UNDONE).touch()
    else:
        place(_UNDONE).unlink(missing_ok=True)
    place(_NOTE).unlink()


def remove(name: str) -> None:
    if place(name).exists():
        shutil.rmtree(place(name))


@contextmanager
def lock(*, wait: bool = False) -> Iterator[None]:
    """One restoration at a time. Raises CannotSwap."""
    settings.DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(place(_LOCK), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield
    except BlockingIOError as error:
        raise CannotSwap(
            "Pemulihan atau latihan lain sedang berjalan di folder data ini: tunggulah sampai selesai."
        ) from error
    finally:
        os.close(descriptor)


# ---- Databases of a server


@contextmanager
def administration() -> Iterator[psycopg.Connection]:
    """A connection to another database of the same server: one's own cannot be renamed. Errors are Django's."""
    # Not a copy of Django's connection: its signal would open the default one as well (django.contrib.postgres).
    with connection.wrap_database_errors, _connect_elsewhere() as server:
        yield server


def _connect_elsewhere() -> psycopg.Connection:
    settings_of_ours = connection.get_connection_params() | {"autocommit": True}
    try:
        return psycopg.connect(**settings_of_ours | {"dbname": "postgres"})
    except psycopg.OperationalError:
        return psycopg.connect(**settings_of_ours | {"dbname": "template1"})


def _rename(server: psycopg.Connection, old: str, new: str) -> None:
    server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new)))


def drop_database(server: psycopg.Connection, name: str) -> None:
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def database_exists(server: psycopg.Connection, name: str) -> bool:
    return server.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def _exchange_databases(source: str) -> None:
    if settings.EMBEDDED_DATABASE:
        return
    name, arriving = settings.DATABASES["default"]["NAME"], database_name(source)
    with administration() as server:
        if database_exists(server, arriving):  # else it has been done
            drop_database(server, database_name(_MOVED_OUT))
            with server.transaction():  # both names or none
                _rename(server, name, database_name(_MOVED_OUT))
                _rename(server, arriving, name)


def _tidy_databases() -> None:
    if settings.EMBEDDED_DATABASE:
        return
    with administration() as server:
        if database_exists(server, database_name(_MOVED_OUT)):
            drop_database(server, database_name(FORMER))
            _rename(server, database_name(_MOVED_OUT), database_name(FORMER))
