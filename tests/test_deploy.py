"""deploy/: units for systemd, TLS in nginx, several cities. What only systemd as the first process can show (the
sandbox itself, users, order at boot) is not tried here."""

import contextlib
import re
import socket
import ssl
import subprocess
import threading
import time

import psycopg
import pytest

from bench import nginx
from portal.run import postgres, supervisor
from tests.conftest import (
    CITY_FILE,
    DATA_DIR,
    MIGRATED,
    PROJECT,
    free_port,
    give_static_files,
    require_program,
    wait_until,
)
from tests.systemd_units import UNITS, Installed, given_socket, named
from tests.web_servers import Nginx, answer_on, get, status

DEPLOY = PROJECT / "deploy"
SERVICES = sorted(path.name for path in UNITS.glob("*.service"))
NAME = "berita.contoh.go.id"
SITE = f"https://{NAME}"
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
    give_static_files(installed.data_dir)
    values = {"DATA_DIR": str(installed.data_dir), "DATABASE_URL": database, "WORKERS": "1"}
    values |= {"PORT": str(installed.port), "SITE_URL": SITE, "CITY_FILE": str(CITY_FILE)}
    (installed.settings / "bogor.env").write_text(named(values))
    yield installed
    installed.end_all()


@pytest.mark.slow
def test_the_step_before_the_start_prepares_the_database_and_the_files(bogor):
    said = bogor.run("portal-migrate@bogor.service")
    assert "Menyiapkan tabel, peran dan halaman" in said
    assert "Redaktur" in said
    assert "Portal siap dijalankan dengan versi ini" in said


@pytest.mark.slow
def test_the_web_server_of_a_city_tells_systemd_when_it_is_ready_and_ends_when_asked(bogor, tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(30)
        port = free_port()
        web = bogor.start("portal@bogor.service", NOTIFY_SOCKET=str(tmp_path / "notify"), PORT=str(port))
        assert systemd.recv(1000).startswith(b"READY=1")
        assert status(get(port, "/robots.txt")) == 301  # at once: it listens
        web.terminate()
        limit = int(bogor.lines("portal@bogor.service", "TimeoutStopSec")[0])
        assert web.wait(limit) == 0


@pytest.mark.slow
def test_the_worker_of_a_city_works_tells_systemd_that_it_lives_and_ends_when_asked(bogor, tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(30)
        worker = bogor.start("portal-worker@bogor.service", NOTIFY_SOCKET=str(tmp_path / "notify"))
        assert [systemd.recv(1000) for _ in range(3)] == [b"READY=1", b"WATCHDOG=1", b"WATCHDOG=1"]
        check_the_worker(bogor, worker)


def test_systemd_and_serve_end_a_silent_worker_after_the_same_time(installed):
    for unit in ("portal-worker.service", "portal-worker@bogor.service"):
        assert installed.lines(unit, "WatchdogSec") == [f"{supervisor.SILENCE:.0f}"]
        assert installed.lines(unit, "Type") == ["notify"]


def check_the_worker(bogor: Installed, worker: subprocess.Popen) -> None:
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


# ---- nginx with TLS, in front of the web server as its unit starts it


class TlsNginx(Nginx):
    """nginx.conf, nginx-http.conf and nginx-tls.conf, with a certificate of this run; only addresses and folders are
    replaced. `port` is that of http, `tls_port` that of https."""

    def __init__(self, installed: Installed, folder):
        program = require_program("nginx", "apt-get install nginx-light")
        self.folder, self.port, self.log = folder, free_port(), folder / "error.log"
        self.tls_port = free_port()
        main = nginx.configure(folder, port=self.tls_port, portal=installed.port, data_dir=installed.data_dir)
        self.certificate = folder / "fullchain.pem"
        nginx.make_certificate(self.certificate, folder / "privkey.pem", NAME, f"www.{NAME}")
        here = {"/etc/letsencrypt/live/berita.contoh.go.id": str(folder), "/var/www/html": str(folder / "html")}
        here |= {"listen 443": f"listen 127.0.0.1:{self.tls_port}", "listen [::]:443": "# ", "listen [::]:80": "# "}
        here |= {"listen 80": f"listen 127.0.0.1:{self.port}"}
        for name in ("nginx-tls.conf", "nginx-http.conf"):
            text = (DEPLOY / name).read_text()
            for shipped, own in here.items():
                text = text.replace(shipped, own)
            (folder / name).write_text(text)
        site = folder / "site.conf"
        listen = f"listen 127.0.0.1:{self.tls_port};"
        assert site.read_text().count(listen) == 1
        site.write_text(site.read_text().replace(listen, f"include {folder}/nginx-tls.conf;"))
        main.write_text(main.read_text().replace("site.conf;", f"site.conf; include {folder}/nginx-http.conf;"))
        self.process = subprocess.Popen([program, "-p", str(folder), "-c", str(main)])

    def answers(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        with contextlib.suppress(OSError):
            return status(get(self.port, "/")) == 301
        return False

    def connect(self, *, name: str = NAME, context: ssl.SSLContext | None = None) -> ssl.SSLSocket:
        context = context or ssl.create_default_context(cafile=str(self.certificate))
        plain = socket.create_connection(("127.0.0.1", self.tls_port), timeout=30)
        return context.wrap_socket(plain, server_hostname=name)

    def get(self, path: str, *, name: str = NAME) -> str:
        with self.connect(name=name) as sent:
            sent.sendall(f"GET {path} HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n".encode())
            return answer_on(sent).decode()


@pytest.fixture(scope="module")
def front(bogor, tmp_path_factory):
    web = bogor.start("portal@bogor.service")
    wait_until(lambda: reached(bogor.port) or web.poll() is not None)
    assert web.poll() is None, bogor.log("portal@bogor.service")
    with TlsNginx(bogor, tmp_path_factory.mktemp("front") / "nginx") as server:
        yield server


def reached(port: int) -> bool:
    with contextlib.suppress(OSError):
        return status(get(port, "/robots.txt")) > 0
    return False


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/", "/berita?kategori=kota&hal=2", "/admin/"])
def test_http_leads_to_the_same_page_of_the_main_name(front, path):
    for answer in (get(front.port, path).decode(), front.get(path, name=f"www.{NAME}")):
        assert answer.startswith("HTTP/1.1 301")
        assert f"Location: {SITE}{path}\r\n" in answer
        assert "Strict-Transport-Security" not in answer  # in http it would mean nothing


@pytest.mark.slow
def test_the_portal_is_reached_by_https_and_asks_once_to_stay_there(front):
    answer = front.get("/")
    assert answer.startswith("HTTP/1.1 200")
    assert len(re.findall("strict-transport-security", answer, re.IGNORECASE)) == 1
    assert "Secure" in next(line for line in front.get("/admin/login/").splitlines() if line.startswith("Set-Cookie"))


@pytest.mark.slow
def test_the_issuer_of_certificates_finds_its_answers_without_https(front):
    challenge = front.folder / "html" / ".well-known" / "acme-challenge"
    challenge.mkdir(parents=True)
    (challenge / "token").write_text("kunci")
    assert get(front.port, "/.well-known/acme-challenge/token").endswith(b"kunci")
    assert status(get(front.port, "/.well-known/acme-challenge/tak-ada")) == 404


@pytest.mark.slow
def test_browsers_speak_http2_and_nothing_older_than_tls_1_2(front):
    context = ssl.create_default_context(cafile=str(front.certificate))
    context.set_alpn_protocols(["h2", "http/1.1"])
    with front.connect(context=context) as modern:
        assert (modern.version(), modern.selected_alpn_protocol()) == ("TLSv1.3", "h2")
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with front.connect(context=context) as old_phone:
        assert "GCM" in old_phone.cipher()[0] or "CHACHA20" in old_phone.cipher()[0]
    context.set_ciphers("ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0")  # no GCM
    with pytest.raises(ssl.SSLError, match="handshake failure"):
        front.connect(context=context)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(ssl.SSLError, match="protocol version"):
        front.connect(context=context)


@pytest.mark.slow
def test_nginx_takes_the_lines_of_http3_if_it_was_built_with_it(front):
    program = require_program("nginx", "apt-get install nginx-light")
    lines = re.findall(r"^#((?:listen|add_header) .*;)$", (DEPLOY / "nginx-tls.conf").read_text(), re.MULTILINE)
    assert [line.split()[0] for line in lines] == ["listen", "listen", "add_header"]
    own = "\n".join(lines).replace(" 443", f" 127.0.0.1:{front.tls_port}").replace("[::]:443", "127.0.0.2:443")
    tls, main = front.folder / "nginx-tls.conf", front.folder / "http3.conf"
    (front.folder / "http3-tls.conf").write_text(f"{tls.read_text()}{own}\n")
    (front.folder / "http3-site.conf").write_text(
        (front.folder / "site.conf").read_text().replace(str(tls), f"{front.folder}/http3-tls.conf")
    )
    main.write_text((front.folder / "nginx.conf").read_text().replace("site.conf", "http3-site.conf"))
    command = [program, "-p", str(front.folder), "-c", str(main)]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True)
    if "http_v3" in subprocess.run([program, "-V"], capture_output=True, text=True).stderr:
        assert checked.returncode == 0, checked.stderr
    else:
        assert 'invalid parameter "quic"' in checked.stderr


@pytest.mark.slow
def test_neither_port_notes_the_addresses_of_people(front):
    front.get("/kontak")
    get(front.port, "/kontak")
    logs = wait_until(lambda: "/kontak" in (text := logs_of(front)) and text)
    assert "127.0.0.1" not in logs


def logs_of(front: TlsNginx) -> str:
    return "".join(path.read_text() for path in front.folder.glob("*.log"))
