"""Kills `restore` at random moments: the portal starts afterwards, with the old state or the restored one, whole."""

import os
import random
import signal
import subprocess
import sys
import time

import psycopg
import pytest

from portal.backup import swap
from portal.run import postgres
from tests.conftest import processes_of, wait_until
from tests.test_serve import PROJECT, kill_all_of, manage

pytestmark = pytest.mark.drill
KILLS = 30


def note(data_dir, text):
    """Makes this folder's state known by its text, in the database and in a file."""
    with postgres.running(data_dir), connected(data_dir) as server:
        server.execute("DELETE FROM news_category")
        server.execute("INSERT INTO news_category (name, slug, description, position) VALUES (%s, 'a', '', 1)", [text])
    (data_dir / "media").mkdir(exist_ok=True)
    (data_dir / "media" / "state.txt").write_text(text)


def connected(data_dir):
    host = postgres.connection_settings(data_dir)["HOST"]
    return psycopg.connect(host=host, user="postgres", dbname="postgres")


def state(data_dir):
    done = manage("showmigrations", data_dir=data_dir)  # any command finishes what was interrupted
    assert done.returncode == 0, done.stderr
    with postgres.running(data_dir), connected(data_dir) as server:
        in_database = server.execute("SELECT name FROM news_category").fetchall()
    in_media = (data_dir / "media" / "state.txt").read_text()
    assert in_database == [(in_media,)]
    assert not (data_dir / swap._NOTE).exists()
    return in_media


def test_a_restoration_killed_at_any_moment_leaves_one_whole_state(tmp_path):
    data_dir, backup = tmp_path / "var", tmp_path / "b.tar"
    assert manage("migrate", data_dir=data_dir).returncode == 0
    note(data_dir, "restored")
    assert manage("backup", str(backup), data_dir=data_dir).returncode == 0
    note(data_dir, "old")
    began = time.monotonic()
    assert manage("restore", str(backup), data_dir=data_dir).returncode == 0
    whole = time.monotonic() - began
    seen = {"old": 0, "restored": 0}
    for number in range(KILLS):
        note(data_dir, "old")
        # Every second one near the end, where the states are exchanged
        moment = random.uniform(0.2, whole) if number % 2 else whole + random.uniform(-0.4, 0.1)
        process = subprocess.Popen(
            [sys.executable, "manage.py", "restore", str(backup)],
            cwd=PROJECT,
            env=os.environ | {"DATA_DIR": str(data_dir)},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(moment)
        if number % 3:
            process.send_signal(signal.SIGKILL)
        else:
            kill_all_of(data_dir)
        process.wait()
        seen[state(data_dir)] += 1
    wait_until(lambda: not processes_of(data_dir))
    assert min(seen.values()) > 0, seen
    print(f"killed {KILLS} times within {whole:.1f} s: {seen}")
