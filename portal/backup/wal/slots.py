"""The embedded server's replication slots, one for each run of the archive, and its place in WAL."""

from pathlib import Path

import psycopg

from portal.backup.wal import store
from portal.run import postgres

_SLOT = "arsip_"
MISSING = "Di arsip WAL {} ada bagian yang hilang; dimulai yang baru."


def connected(data_dir: Path) -> psycopg.Connection:
    ours = postgres.connection_settings(data_dir)
    return psycopg.connect(
        host=ours["HOST"], port=ours["PORT"], user=ours["USER"], dbname=ours["NAME"], autocommit=True
    )


def name(run: store.Run) -> str:
    return f"{_SLOT}{run.name.lower().replace('-', '_')}"


def statuses(server: psycopg.Connection) -> dict[str, str]:
    """Of all slots of the archive, by their names."""
    return dict(
        server.execute(
            "SELECT slot_name, wal_status FROM pg_replication_slots WHERE starts_with(slot_name, %s)", [_SLOT]
        ).fetchall()
    )


def create(server: psycopg.Connection, run: store.Run) -> None:
    server.execute("SELECT pg_create_physical_replication_slot(%s, true)", [name(run)])


def drop(server: psycopg.Connection) -> None:
    server.execute(
        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE starts_with(slot_name, %s)",
        [_SLOT],
    )


def begin(server: psycopg.Connection, run: store.Run) -> int:
    """The beginning of the first segment that a new slot keeps."""
    row = server.execute(
        "SELECT restart_lsn::text FROM pg_replication_slots WHERE slot_name = %s", [name(run)]
    ).fetchone()
    if row is None or row[0] is None:
        raise store.Damaged(MISSING.format(run.name))
    first = store.lsn(row[0])
    return first - first % store.SEGMENT


def let_go(server: psycopg.Connection, run: store.Run, place: int) -> None:
    """The server need not keep what is before this place."""
    server.execute(
        "SELECT pg_replication_slot_advance(slot_name, %(place)s::pg_lsn) FROM pg_replication_slots"
        " WHERE slot_name = %(slot)s AND restart_lsn < %(place)s::pg_lsn",
        {"place": f"{place >> 32:X}/{place & 0xFFFFFFFF:X}", "slot": name(run)},
    )


def place(server: psycopg.Connection) -> tuple[int, int]:
    """The timeline, and up to where WAL is on the server's disk."""
    row = server.execute(
        "SELECT timeline_id, pg_current_wal_flush_lsn()::text FROM pg_control_checkpoint()"
    ).fetchone()
    assert row is not None
    return row[0], store.lsn(row[1])
