"""The data's disk dies while people write and read: what is lost, what `restore --sampai` brings back, and that no
kill leaves a gap in the archive of WAL."""

import random
import time
import urllib.request
from datetime import UTC, datetime

import psycopg
import pytest

from portal.backup.wal import archiving, moments, store
from portal.run import postgres
from tests.conftest import processes_of, wait_until
from tests.test_serve import Portal, kill_all_of, manage

pytestmark = pytest.mark.drill
ROUNDS = 4
BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}


def connected(data_dir):
    host = postgres.connection_settings(data_dir)["HOST"]
    return psycopg.connect(host=host, user="postgres", dbname="postgres", autocommit=True)


def names(data_dir):
    with postgres.running(data_dir), connected(data_dir) as server:
        return {name for (name,) in server.execute("SELECT slug FROM news_category").fetchall()}


def counted(server):
    return server.execute("SELECT coalesce(sum(counted), 0)::int FROM news_articleviews").fetchone()[0]


class People:
    """Write and read for some seconds; know what was acknowledged, and when."""

    def __init__(self):
        self.written: list[tuple[datetime, str]] = []
        self.reads: int | None = None  # with those that the samples came with

    def work(self, portal, seconds):
        end = time.monotonic() + seconds
        with connected(portal.data_dir) as server:
            [article] = server.execute("SELECT min(id) FROM news_article WHERE status = 'published'").fetchone()
            if self.reads is None:
                self.reads = counted(server)
            while time.monotonic() < end:
                name = f"tulisan-{len(self.written)}"
                query = "INSERT INTO news_category (name, slug, description, position) VALUES (%s, %s, '', 1)"
                server.execute(query, [name, name])
                self.written.append((datetime.now(UTC), name))
                address = f"http://127.0.0.1:{portal.port}/b/{article}"
                with urllib.request.urlopen(urllib.request.Request(address, headers=BROWSER), timeout=30) as page:
                    page.read()
                self.reads += 1
                time.sleep(0.05)


def test_a_dead_disk_takes_less_than_a_minute_and_kills_leave_no_gap(tmp_path):
    data_dir, backups, people, losses = tmp_path / "var", tmp_path / "cadangan", People(), []
    for number in range(ROUNDS):
        portal = Portal(data_dir, BACKUP_DIR=str(backups)).wait_until_ready()
        wait_until(lambda: archiving.State(data_dir).read().get("base"), 300)
        people.work(portal, random.uniform(20, 50))
        kill_all_of(data_dir)
        portal.process.wait()
        died = datetime.now(UTC)
        wait_until(lambda: not processes_of(data_dir))
        if number % 2 == 0:
            continue
        elsewhere = tmp_path / f"mesin-{number}"
        done = manage("restore", "--sampai", "terakhir", data_dir=elsewhere, BACKUP_DIR=str(backups))
        assert done.returncode == 0, done.stderr
        kept = names(elsewhere)
        lost = [moment for moment, name in people.written if name not in kept]
        losses.append((died - min(lost, default=died)).total_seconds())
        assert losses[-1] < 60
    [run] = store.runs(backups / archiving.FOLDER)
    assert store.reach(run.pieces(), run.pieces()[0].start) == run.until().lsn
    check_a_moment(data_dir, backups, people)
    print(f"{len(people.written)} writes, {people.reads} reads, {ROUNDS} kills of everything; lost seconds: {losses}")


def check_a_moment(data_dir, backups, people):
    """What was written until then is there, nothing else, and each read counts once."""
    moment, _ = people.written[len(people.written) * 4 // 5]
    done = manage("restore", "--sampai", moments.told(moment), data_dir=data_dir, BACKUP_DIR=str(backups))
    assert done.returncode == 0, done.stderr
    whole_second = moment.replace(microsecond=0)
    expected = {name for at, name in people.written if at <= whole_second}
    kept = {name for name in names(data_dir) if name.startswith("tulisan-")}
    assert expected <= kept
    assert len(kept - expected) <= 1  # committed before the second, acknowledged after it
    portal = Portal(data_dir, BACKUP_DIR=str(backups)).wait_until_ready()
    wait_until(lambda: len(store.runs(backups / archiving.FOLDER)) == 2, 300)
    time.sleep(10)  # the worker drains each second
    with connected(data_dir) as server:
        assert counted(server) == people.reads
    portal.press_ctrl_c()
    portal.wait_for_end()
