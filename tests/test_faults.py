"""Faults of a whole portal (Postgres, gunicorn, worker, nginx): what was acknowledged is there afterwards, once.
Longer ones are drills (tests/drills/test_faults.py); docs/drills.md lists which test is about which fault."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from portal.run import postgres
from tests.conftest import MIGRATED, PROJECT, child_environment, wait_until
from tests.town import Crowd, Town, sent_again
from tests.web_servers import Gunicorn, Nginx, children, get, send, status

pytestmark = pytest.mark.slow

# Of a kill, not of a power cut: commits wait for the write, not for the disk.
KILL_SAFE = ("fsync=off", "full_page_writes=off")
SLOW_CLIENTS = 1000


class Portal:
    """All its processes, each of which can be killed and started again."""

    def __init__(self, folder: Path, migrated: Path):
        self.folder, self.server = folder, folder / "server"
        shutil.copytree(migrated / "postgres", self.server / "postgres")
        self.lock = postgres.hold(self.server)
        host = quote(postgres.connection_settings(self.server)["HOST"], safe="")
        self.database = f"postgres://postgres@{host}/{MIGRATED}"
        self.starts = 0
        self.start()

    def start(self) -> None:
        self.starts += 1
        postgres.ensure_running(self.server, KILL_SAFE)
        before = getattr(self, "web", None)
        data_dir = self.folder / "var"
        for name in ("static", "temporary"):
            path = data_dir / name
            path.unlink() if path.is_symlink() else path.rmdir() if path.exists() else None
        self.web = Gunicorn(data_dir, self.database, COMMENTS_PER_HOUR="0")
        if before is None:
            self.web.__enter__()
        own = {"DATABASE_URL": self.database, "DATA_DIR": str(data_dir)}
        self.worker = subprocess.Popen(
            [sys.executable, "manage.py", "worker"],
            cwd=PROJECT,
            env=child_environment() | own,
            stderr=subprocess.DEVNULL,
        )
        self.nginx = Nginx(self.web, self.folder / f"nginx-{self.starts}")
        wait_until(self.answers)

    def answers(self) -> bool:
        """All the way from the database: nginx never keeps what this asks for."""
        with contextlib.suppress(OSError):
            return status(get(self.nginx.port, "/komentar/1")) == 404
        return False

    def postmaster(self) -> int:
        return int((self.server / "postgres" / "postmaster.pid").read_text().split()[0])

    def signal_postgres(self, number: int) -> None:
        for pid in [self.postmaster(), *children(self.postmaster())]:
            os.kill(pid, number)

    def kill_everything(self) -> None:
        """At once: nothing may end in order."""
        masters = [self.postmaster(), self.web.process.pid, self.nginx.process.pid, self.worker.pid]
        pids = [*masters, *(pid for each in masters for pid in children(each))]
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number)
        for process in (self.web.process, self.nginx.process, self.worker):
            process.wait()

    def end(self) -> None:
        for process in (self.nginx.process, self.web.process, self.worker):
            process.terminate()
            process.wait(30)
        postgres.leave(self.server, self.lock)


@pytest.fixture(scope="module")
def portal(migrated, tmp_path_factory, static_files):
    running = Portal(tmp_path_factory.mktemp("faults"), migrated)
    yield running
    running.end()


@pytest.fixture(scope="module")
def town(portal):
    return Town(portal.nginx.port, portal.database, portal.folder / "var")


# ---- Nothing can be stored


@contextlib.contextmanager
def stopped(portal):
    postgres._stop(portal.server)
    yield
    postgres.ensure_running(portal.server, KILL_SAFE)


@contextlib.contextmanager
def frozen(portal):
    portal.signal_postgres(signal.SIGSTOP)
    yield
    portal.signal_postgres(signal.SIGCONT)


@contextlib.contextmanager
def read_only(portal):
    """As a replica is, for connections that live, too."""
    configure(portal, "on")
    yield
    configure(portal, "off")


def configure(portal, value):
    with psycopg.connect(portal.database, autocommit=True, options="-c default_transaction_read_only=off") as server:
        server.execute(f"ALTER SYSTEM SET default_transaction_read_only = {value}")
        server.execute("SELECT pg_reload_conf()")
    time.sleep(0.2)  # the other connections learn of it


def sent_until_stored(town, answer, cookies=""):
    """Presses "Kirim lagi" as often as the page comes back: each process of gunicorn learns of the end by itself."""

    def stored():
        nonlocal answer
        answer = sent_again(town, answer, cookies)
        return answer if answer.status != 503 else None

    return wait_until(stored)


@pytest.mark.parametrize("outage", [stopped, frozen, read_only])
def test_what_people_send_while_nothing_can_be_stored_stays_on_their_page_and_is_stored_once(portal, town, outage):
    text = f'Terima kasih untuk tamannya ({outage.__name__}).\n"Sudah" <tiga> kali & selalu bersih.'
    comment, (edit, cookies) = town.comment(text), town.edit(f"nama {outage.__name__}")
    with outage(portal):
        refused = town.ask("POST", town.comments, comment)
        refused_edit = town.ask("POST", town.tag, edit, Cookie=cookies)
        assert (refused.status, refused_edit.status) == (503, 503)
        assert "Kiriman Anda belum tersimpan" in refused.page
        assert "tekan Kirim lagi" in refused_edit.page
    wait_until(portal.answers)
    assert sent_until_stored(town, refused).status == 303
    assert sent_until_stored(town, refused_edit, cookies).status == 302
    assert town.rows("SELECT count(*) FROM comments_comment WHERE replace(text, E'\\r', '') = %s", text) == [(1,)]
    assert town.rows("SELECT name FROM news_tag") == [(f"nama {outage.__name__}",)]


def test_an_error_page_offers_nothing_to_send_that_holds_a_secret_or_came_from_elsewhere(portal, town):
    login = [("username", "siti"), ("password", "rahasia-sekali"), ("next", "/admin/")]
    with stopped(portal):
        answers = [
            town.ask("POST", "/admin/login/", login),
            town.ask("POST", town.comments, [("komentar", "x")], Origin="https://lain.example"),
            town.ask("POST", town.comments, [("komentar", "x")], **{"Sec-Fetch-Site": "cross-site"}),
        ]
    wait_until(portal.answers)
    for answer in answers:
        assert answer.status in (403, 503)
        assert "rahasia-sekali" not in answer.page
        assert "Kirim lagi" not in answer.page


# ---- Processes die


def test_after_a_kill_of_everything_at_once_all_that_was_acknowledged_is_there_once(portal, town):
    crowd = Crowd(town, readers=2)
    wait_until(lambda: crowd.edits and len(crowd.comments) > 3)
    portal.kill_everything()
    portal.start()
    town.port = portal.nginx.port
    done = len(crowd.comments)
    wait_until(lambda: len(crowd.comments) > done + 1)
    crowd.stop()
    wait_until(lambda: town.views() >= town.lines())
    time.sleep(1.5)  # a drain that would count a line a second time
    print(crowd.check(lost_with_nginx=2))


# ---- Clients that say nothing


def test_a_thousand_slow_clients_keep_no_reader_waiting(portal, town):
    half = b"POST /berita/7/komentar HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\nkomentar="
    with contextlib.ExitStack() as slow:
        for number in range(SLOW_CLIENTS):
            part = half[: 20 + number % (len(half) - 20)]
            slow.enter_context(send(town.port, part, source=f"127.0.{number % 4}.{1 + number % 250}"))
        for path in ("/", town.path, "/cari?q=lampu"):
            assert town.ask("GET", path).status == 200
        assert slow_ones_are_connected(town)


def slow_ones_are_connected(town) -> bool:
    lines = Path("/proc/net/tcp").read_text().splitlines()
    here = f":{town.port:04X} "
    return sum(here in line and line.split()[3] == "01" for line in lines) >= SLOW_CLIENTS * 0.9
