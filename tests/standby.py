"""Two Postgres servers of the embedded programs: a primary with the portal's tables, and a replica that streams it."""

import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path

import psycopg

from portal.run import postgres
from tests.conftest import MIGRATED, wait_until

# Data need not survive a power failure, but what is committed must be written at once: only then it is sent.
OPTIONS = ("fsync=off", "full_page_writes=off", "max_standby_streaming_delay=0")


def address(folder: Path) -> str:
    """For DATABASE_URL or REPLICA_URL."""
    return f"postgres://postgres@/{postgres.connection_settings(folder)['HOST']}/{MIGRATED}"


def sql(folder: Path, statement: str):
    """The first column of the first row."""
    host = postgres.connection_settings(folder)["HOST"]
    with psycopg.connect(host=host, user="postgres", dbname=MIGRATED, autocommit=True) as server:
        cursor = server.execute(statement)
        return cursor.fetchone()[0] if cursor.description else None


@contextmanager
def primary(folder: Path, migrated: Path):
    """`migrated`: the fixture of that name."""
    folder.mkdir()
    shutil.copytree(migrated / "postgres", folder / "postgres")
    with postgres.running(folder, OPTIONS):
        yield folder


@contextmanager
def standby(folder: Path, of: Path):
    folder.mkdir()
    draft = folder / "copy"
    host = postgres.connection_settings(of)["HOST"]
    command = [postgres.program("pg_basebackup"), "-h", host, "-U", "postgres", "-D", str(draft)]
    subprocess.run([*command, "--write-recovery-conf", "--checkpoint=fast", "--no-sync"], check=True)
    postgres.adopt(folder, draft)
    with postgres.running(folder, OPTIONS):
        caught_up(folder, of)
        yield folder


def caught_up(folder: Path, primary: Path) -> None:
    written = sql(primary, "SELECT pg_current_wal_flush_lsn()")
    wait_until(lambda: sql(folder, f"SELECT pg_last_wal_replay_lsn() >= '{written}'"))
