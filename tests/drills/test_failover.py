"""The primary dies for good and its replica is promoted: with both servers in DATABASE_URL nobody has to touch the
portal, and readers notice nothing."""

import json
import subprocess
import time
from pathlib import Path

import pytest

from portal.run import postgres
from tests import standby
from tests.conftest import wait_until
from tests.web_servers import Gunicorn, get, status

pytestmark = pytest.mark.drill


@pytest.fixture
def pair(migrated, tmp_path):
    with standby.primary(tmp_path / "p", migrated) as primary, standby.standby(tmp_path / "s", primary) as copy:
        yield primary, copy


def either(first: Path, second: Path, wanted: str) -> str:
    hosts = ",".join(postgres.connection_settings(folder)["HOST"] for folder in (first, second))
    return f"postgres://postgres@/{standby.MIGRATED}?host={hosts}&port=5432,5432&target_session_attrs={wanted}"


def kill(folder: Path) -> None:
    """As a machine that loses its power."""
    environment = postgres.environment_without_postgres() | {"PGDATA": str(folder / "postgres")}
    command = [*postgres._as_server_user(folder), postgres.program("pg_ctl"), "--mode=immediate", "stop"]
    subprocess.run(command, env=environment, check=True, capture_output=True)


def test_the_portal_goes_on_with_the_promoted_server_and_readers_notice_nothing(pair, tmp_path):
    primary, copy = pair
    database, replica = either(primary, copy, "read-write"), either(copy, primary, "prefer-standby")
    with Gunicorn(tmp_path / "var", database, REPLICA_URL=replica) as portal:

        def page(path: str) -> int:
            return status(get(portal.port, path))

        assert (page("/berita"), page("/berita/1/komentar")) == (200, 404)
        kill(primary)
        died = time.monotonic()
        pages = [page(f"/berita?n={number}") for number in range(20)]
        assert page("/berita/1/komentar") == 503  # a form, which comes from the primary
        standby.sql(copy, "SELECT pg_promote()")
        promoted = time.monotonic()
        wait_until(lambda: page("/berita/1/komentar") == 404)
        writable = time.monotonic()
        pages += [page(f"/berita?n={number}") for number in range(20, 40)]
        assert pages == [200] * 40
        log = portal.log.read_text()
    print(f"All {len(pages)} pages came; writable {writable - promoted:.1f} s after the promotion,")
    print(f"{writable - died:.1f} s after the death")
    assert "Traceback" not in log


def test_a_web_server_takes_the_replica_of_its_settings_and_sehat_says_how_far_it_is_behind(pair, tmp_path):
    primary, copy = pair
    standby.sql(primary, "INSERT INTO news_category (name, slug, description, position) VALUES ('Lama', 'x', '', 1)")
    standby.caught_up(copy, primary)
    own = {"REPLICA_URL": standby.address(copy), "REPLICA_LAG": "3600"}
    with Gunicorn(tmp_path / "var", standby.address(primary), **own) as portal:
        get(portal.port, "/kategori/x")  # it has looked
        standby.sql(copy, "SELECT pg_wal_replay_pause()")
        standby.sql(primary, "UPDATE news_category SET name = 'Baru'")
        assert b"Lama" in get(portal.port, "/kategori/x?n=1")
        health = json.loads(get(portal.port, "/sehat").partition(b"\r\n\r\n")[2])
        assert "replika" not in health["rusak"]
        assert any(note.startswith("Replika tertinggal") for note in health["pekerjaan"])
