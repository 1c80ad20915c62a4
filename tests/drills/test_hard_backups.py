"""Backups at their limits: 20 GB in little memory, disks that fill up meanwhile, a server that insists on TLS."""

import os
import shutil
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.conftest import DATA_DIR, PROJECT, free_port, require_program
from tests.drills.test_restore_kills import note, state
from tests.test_odd_writing import DebianServer
from tests.test_serve import kill_all_of, manage

pytestmark = pytest.mark.drill
MOST_MEMORY = 200 * 2**20  # bytes


@pytest.fixture
def data_dir(tmp_path):
    folder = tmp_path / "var"
    assert manage("migrate", data_dir=folder).returncode == 0
    yield folder
    kill_all_of(folder)


def fill(data_dir, *, large, size, small):
    """Sparse files, which take no room on the disk but all of it in a tar, and many small ones."""
    for folder in ("media", "documents"):
        (data_dir / folder).mkdir(exist_ok=True)
    for number in range(large):
        with (data_dir / "media" / f"{number}.pdf").open("wb") as file:
            file.truncate(size)
    for number in range(small):
        if number % 1000 == 0:
            (data_dir / "documents" / str(number // 1000)).mkdir()
        (data_dir / "documents" / str(number // 1000) / f"sebuah-nama-{number}.txt").write_text(str(number))


def measured(*arguments, data_dir, stdout=subprocess.DEVNULL):
    """Runs a command; returns its peak of memory in bytes, its seconds of CPU time and of the clock."""
    command = [sys.executable, "manage.py", *map(str, arguments)]
    began = time.monotonic()
    process = subprocess.Popen(command, cwd=PROJECT, env=os.environ | {"DATA_DIR": str(data_dir)}, stdout=stdout)
    _, code, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(code)
    assert process.returncode == 0
    return usage.ru_maxrss * 1024, usage.ru_utime + usage.ru_stime, time.monotonic() - began


def told(what, figures):
    memory, cpu, seconds = figures
    print(f"{what}: {memory / 2**20:.0f} MiB, {cpu:.0f} s of CPU time in {seconds:.0f} s")
    assert memory < MOST_MEMORY


@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "encrypted"])
def test_twenty_gigabytes_are_backed_up_in_little_memory(data_dir, encrypted):
    fill(data_dir, large=40, size=500 * 10**6, small=100_000)
    if encrypted:
        assert manage("kunci_cadangan", data_dir=data_dir).returncode == 0
    with subprocess.Popen(["wc", "-c"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as counting:
        told("backup -", measured("backup", "-", data_dir=data_dir, stdout=counting.stdin))
        counted, _ = counting.communicate()
    print(f"{int(counted) / 1e9:.2f} GB")
    assert int(counted) > 20 * 10**9


def test_a_large_backup_is_drilled_and_restored_in_little_memory(data_dir, tmp_path):
    backup = tmp_path / "b.tar.age"
    fill(data_dir, large=4, size=500 * 10**6, small=100_000)
    assert manage("kunci_cadangan", data_dir=data_dir).returncode == 0
    told("backup", measured("backup", backup, data_dir=data_dir))
    told("restore --latihan", measured("restore", "--latihan", backup, data_dir=data_dir))
    told("restore", measured("restore", backup, data_dir=data_dir))


# ---- Full disks


@contextmanager
def disk(folder, size):
    """A disk of its own, in memory."""
    if os.geteuid() != 0:
        pytest.skip("mounting needs root")
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def test_a_backup_for_which_there_is_no_room_leaves_nothing(data_dir, tmp_path):
    fill(data_dir, large=1, size=30 * 10**6, small=0)
    with disk(tmp_path / "cadangan", "10m") as folder:
        for key in (False, True):
            if key:
                assert manage("kunci_cadangan", data_dir=data_dir).returncode == 0
            for arguments in ((), (str(folder / "b.tar"),)):
                done = manage("backup", *arguments, data_dir=data_dir, BACKUP_DIR=str(folder))
                assert done.returncode
                assert "Cadangan tidak jadi dibuat: cakramnya penuh" in done.stderr
                assert "Traceback" not in done.stderr
                assert [path.name for path in folder.iterdir()] in ([], ["portal.json"])
        print(done.stderr.strip().splitlines()[-1])
        subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
        done = manage("backup", data_dir=data_dir, BACKUP_DIR=str(folder))
        assert "cakramnya hanya dapat dibaca" in done.stderr
        print(done.stderr.strip().splitlines()[-1])


def test_a_disk_that_fills_up_during_a_restoration_loses_nothing(data_dir, tmp_path):
    backup = tmp_path / "b.tar"
    fill(data_dir, large=6, size=20 * 10**6, small=0)
    note(data_dir, "restored")
    assert manage("backup", str(backup), data_dir=data_dir).returncode == 0
    seen = {"old": 0, "restored": 0}
    with disk(tmp_path / "kecil", "1200m") as small:
        own = small / "var"
        assert manage("migrate", data_dir=own).returncode == 0
        for number, latihan in enumerate([(), (), ("--latihan",), ()]):
            note(own, "old")
            filler = small / "penuh"
            timer = threading.Timer(2 + 2 * number, take_all, [filler])
            timer.start()
            done = manage("restore", *latihan, str(backup), data_dir=own)
            timer.cancel()
            timer.join()
            assert "Traceback" not in done.stderr
            if done.returncode:
                print(done.stderr.strip().splitlines()[-1])
            filler.unlink(missing_ok=True)
            seen[state(own)] += 1
            shutil.rmtree(own / "pulih.sebelum", ignore_errors=True)
    print(seen)
    assert seen["old"] > 0


def take_all(path):
    with path.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(2**20)):
                pass
        except OSError:
            return


# ---- A server that insists on TLS


class TlsServer(DebianServer):
    """Only by TLS and by password, as an office's central server may want it."""

    def start(self) -> None:
        super().start()
        self.port = free_port()
        data = self.folder / "postgres"
        openssl = require_program("openssl", "apt-get install openssl")
        options = ("-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost")
        names = ("-keyout", str(data / "server.key"), "-out", str(data / "server.crt"))
        subprocess.run([openssl, "req", "-x509", *options, *names], check=True, capture_output=True)
        with psycopg.connect(self.address("postgres"), autocommit=True) as server:
            server.execute("ALTER USER postgres PASSWORD 'rahasia/1'")
        self.stop()
        (data / "server.key").chmod(0o600)
        for name in ("server.key", "server.crt"):
            owner = data.stat()
            os.chown(data / name, owner.st_uid, owner.st_gid)
        (data / "pg_hba.conf").write_text("hostssl all all 127.0.0.1/32 scram-sha-256\n")
        options = f"-c listen_addresses=127.0.0.1 -p {self.port} -c unix_socket_directories= -c ssl=on"
        self.pg_ctl("-w", "-l", str(data / "log"), "-o", options, "start")

    def url(self, database):
        return f"postgres://postgres:rahasia%2F1@127.0.0.1:{self.port}/{database}?sslmode=require"


def test_a_server_that_insists_on_tls_is_backed_up_and_restored(tmp_path, embedded_postgres):
    programs = max(Path("/usr/lib/postgresql").glob("*/bin/initdb")).parent
    server = TlsServer(programs, DATA_DIR / "debian-tls")
    server.start()
    try:
        for name in ("kota", "baru"):
            with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
                assert connection.pgconn.ssl_in_use
        own = {"data_dir": tmp_path / "var", "DATABASE_URL": server.url("kota")}
        for command in ("migrate", "kunci_cadangan"):
            done = manage(command, **own)
            assert done.returncode == 0, done.stderr
        with psycopg.connect(server.url("kota")) as connection:
            connection.execute("INSERT INTO news_tag (name, slug) VALUES ('TLS', 'tls')")
        for command in (
            ("backup", str(tmp_path / "b.tar.age")),
            ("restore", "--latihan", str(tmp_path / "b.tar.age")),
            ("restore", str(tmp_path / "b.tar.age")),
        ):
            done = manage(*command, **own)
            assert done.returncode == 0, done.stderr
            print(done.stdout.strip().splitlines()[-1])
        with psycopg.connect(server.url("kota")) as connection:
            assert connection.execute("SELECT name FROM news_tag WHERE slug = 'tls'").fetchone() == ("TLS",)
        unreachable = manage("backup", str(tmp_path / "c.tar"), data_dir=tmp_path / "var",
                             DATABASE_URL=server.url("kota").replace("require", "disable"))  # fmt: skip
        assert unreachable.returncode
        assert "Traceback" not in unreachable.stderr
    finally:
        server.stop()
        shutil.rmtree(server.folder)
