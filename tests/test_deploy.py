"""deploy/: units for systemd, TLS in nginx, several cities. What only systemd as the first process can show (the
sandbox itself, users, order at boot) is not tried here."""

import re
import socket
import subprocess
import threading
import time

import psycopg
import pytest

from portal.run import postgres
from tests.conftest import DATA_DIR, MIGRATED, free_port, require_program, wait_until
from tests.systemd_units import UNITS, Installed, given_socket, named
from tests.web_servers import get, status

SERVICES = sorted(path.name for path in UNITS.glob("*.service"))
SITE = "https://berita.contoh.go.id"
SYSTEMD = ("systemd-analyze", "apt-get install systemd")


@pytest.fixture
def installed(tmp_path) -> Installed:
    return Installed(tmp_path)


def analyze(*arguments: str, folder) -> subprocess.CompletedProcess:
    program = require_program(*SYSTEMD)
    return subprocess.run([program, *arguments], cwd=folder, capture_output=True, text=True, timeout=60)


def instances(names: list[str]) -> list[str]:
    return [f"./{name.replace('@.', '@bogor.')}" for name in names]


def test_systemd_understands_every_line_of_the_units(installed):
    said = analyze("verify", *instances(SERVICES), "./portal-web.socket", folder=installed.units)
    assert (said.returncode, said.stderr) == (0, "")


def test_systemd_analyze_would_notice_a_mistake(installed):
    path = installed.units / "portal-web.service"
    path.write_text(path.read_text().replace("KillMode=mixed", "KillMode=mixxed"))
    assert "mixxed" in analyze("verify", "./portal-web.service", folder=installed.units).stderr


@pytest.mark.parametrize("name", SERVICES)
def test_a_unit_may_do_little_beside_its_work(installed, name):
    """1.4 of 10, which systemd calls OK; it begins at 5. The threshold is ten times the figure."""
    said = analyze("security", "--offline=true", "--threshold=20", f"./{name}", folder=installed.units)
    assert said.returncode == 0, said.stdout


def test_services_of_one_kind_differ_only_by_their_city(installed):
    """A setting that is added to a unit is added to its template."""
    for name in ("portal-worker", "portal-migrate"):
        assert settings_of(installed, f"{name}.service") == settings_of(installed, f"{name}@.service")
    socket_lines = {"Requires=portal-web.socket", "After=network-online.target postgresql.service portal-web.socket"}
    assert settings_of(installed, "portal-web.service") - socket_lines == settings_of(installed, "portal@.service") - {
        "After=network-online.target postgresql.service"
    }


def settings_of(installed: Installed, name: str) -> set[str]:
    text = (installed.units / name).read_text()
    text = re.sub(r"^(#.*|Documentation=.*|Description=.*|Environment=PORTAL_ENV=.*)\n", "", text, flags=re.MULTILINE)
    return set(text.replace("portal-%i", "portal").splitlines())


# ---- Their programs, as the units start them


@pytest.fixture(scope="module")
def database(embedded_postgres):
    """The URL of a database of its own, with all tables and no rows."""
    name, host = "portal_bogor", postgres.connection_settings(DATA_DIR)["HOST"]
    with psycopg.connect(host=host, user="postgres", dbname="postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {MIGRATED}")
        yield f"postgres://postgres@/{host}/{name}"
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def bogor(tmp_path_factory, database, static_files):
    """A city of several on one machine: its settings file is all that its units know."""
    installed = Installed(tmp_path_factory.mktemp("deploy"))
    (installed.data_dir / "static").symlink_to(DATA_DIR / "static")
    values = {"DATA_DIR": str(installed.data_dir), "DATABASE_URL": database, "WORKERS": "1"}
    values |= {"PORT": str(free_port()), "SITE_URL": SITE}
    (installed.settings / "bogor.env").write_text(named(values))
    yield installed
    installed.end_all()


def port_of(installed: Installed) -> int:
    return int(re.search(r"PORT=(\d+)", (installed.settings / "bogor.env").read_text())[1])


@pytest.mark.slow
def test_the_step_before_the_start_prepares_the_database_and_the_files(bogor):
    said = bogor.run("portal-migrate@bogor.service", last=("--dry-run",))  # copying the files takes five seconds
    assert "No migrations to apply" in said
    assert "Redaktur" in said
    assert "Halaman" in said


@pytest.mark.slow
def test_the_web_server_of_a_city_tells_systemd_when_it_is_ready_and_ends_when_asked(bogor, tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(30)
        web = bogor.start("portal@bogor.service", NOTIFY_SOCKET=str(tmp_path / "notify"))
        assert systemd.recv(1000).startswith(b"READY=1")
        assert status(get(port_of(bogor), "/robots.txt")) in (200, 301)  # at once: it listens
        web.terminate()
        limit = int(bogor.lines("portal@bogor.service", "TimeoutStopSec")[0])
        assert web.wait(limit) == 0


@pytest.mark.slow
def test_the_worker_of_a_city_works_and_ends_when_asked(bogor):
    worker = bogor.start("portal-worker@bogor.service")
    wait_until(lambda: (bogor.data_dir / "worker.beat").exists() or worker.poll() is not None)
    assert worker.poll() is None, bogor.log("portal-worker@bogor.service")
    worker.terminate()
    assert worker.wait(int(bogor.lines("portal-worker@bogor.service", "TimeoutStopSec")[0])) == 0


@pytest.mark.slow
def test_no_request_is_refused_while_the_web_server_starts_again(bogor):
    """systemd holds the port of portal-web.socket; what arrives between two servers waits in it."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as held:
        port, answers = held.getsockname()[1], []
        start = {"before": given_socket(held.fileno()), "fds": (held.fileno(),)}
        own = {"PORTAL_ENV": str(bogor.settings / "bogor.env")}
        web = bogor.start("portal-web.service", **start, **own)
        assert status(get(port, "/robots.txt")) in (200, 301)  # it waits for the server, too
        over = threading.Event()

        def ask() -> None:
            while not over.is_set():
                answers.append(status(get(port, "/robots.txt")))
                time.sleep(0.01)

        readers = [threading.Thread(target=ask) for _ in range(4)]
        for reader in readers:
            reader.start()
        wait_until(lambda: len(answers) > 20)
        web.terminate()
        web.wait(15)
        before = len(answers)
        web = bogor.start("portal-web.service", **start, **own)
        wait_until(lambda: len(answers) > before + 20)
        over.set()
        for reader in readers:
            reader.join()
        web.terminate()
        web.wait(15)
    assert set(answers) <= {200, 301}
