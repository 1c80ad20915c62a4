"""docs/panduan-operator.md, from the first command to the last: in a folder that stands for the machine. Programs that
change the machine itself (apt-get, systemctl, adduser, certbot) only note how they were called."""

import os
import re
import shlex
import socket
import ssl
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from news.pageviews import salt
from portal.run import postgres
from tests.conftest import DATA_DIR, MIGRATED, PROJECT, free_port, require_program, wait_until
from tests.systemd_units import UNITS
from tests.web_servers import answer_on, get, send, status

GUIDE = (PROJECT / "docs" / "panduan-operator.md").read_text()
COMMANDS = "".join(re.findall(r"^```sh\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE))
NOTING = ("apt-get", "systemctl", "adduser", "usermod", "certbot", "chown", "pip", "python3", "curl", "pgbackrest")
NAMES = ("berita.contoh.go.id", "berita.bogor.go.id")
CITIES = ("portal", "portal-bogor")


class Machine:
    """A folder with /etc, /var and /opt of its own, on which commands of the guide are run."""

    def __init__(self, root: Path):
        self.root, self.programs, self.calls = root, root / "programs", root / "calls"
        self.http, self.https = free_port(), free_port()
        self.database = postgres.connection_settings(DATA_DIR)["HOST"]
        for folder in ("conf.d", "modules-enabled"):
            (root / "etc" / "nginx" / folder).mkdir(parents=True)
        for folder in ("etc/systemd/system", "etc/cron.d", "etc/postgresql/15/main/conf.d"):
            (root / folder).mkdir(parents=True)
        for folder in ("programs", "run", "var/lib", "var/log/nginx"):
            (root / folder).mkdir(parents=True)
        (root / "etc" / "nginx" / "nginx.conf").write_text("worker_connections 768;")  # Debian's line
        self.write_programs()
        for source in (PROJECT / "deploy").rglob("*.*"):
            if source.is_file():
                target = root / "opt" / "portal" / source.relative_to(PROJECT)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(self.shipped(source))

    def write_programs(self) -> None:
        bodies = {name: f'echo {name} "$@" >> {self.calls}' for name in NOTING}
        bodies["runuser"] = 'shift 3; exec "$@"'  # runuser -u USER -- command
        bodies["install"] = 'while getopts do:g:m: _; do :; done; shift $((OPTIND-1)); mkdir -p "$@"'
        bodies["createuser"] = f'exec {require_program("createuser", "apt-get install postgresql")} --superuser "$@"'
        createdb = require_program("createdb", "apt-get install postgresql")
        bodies["createdb"] = f'for last; do :; done; exec {createdb} --template={MIGRATED} "$last"'  # has tables
        for name, body in bodies.items():
            (self.programs / name).write_text(f"#!/bin/sh\n{body}\n")
            (self.programs / name).chmod(0o755)

    def here(self, text: str) -> str:
        for there, own in {
            "/run/postgresql": self.database,
            "%2Frun%2Fpostgresql": quote(self.database, safe=""),
            "/opt/portal/.venv/bin/pip": "pip",
            ".venv/bin/pip": "pip",
            " .venv/bin": f" {Path(sys.executable).parent}",
        }.items():
            text = text.replace(there, own)
        text = re.sub(r"(?<![\w/.-])/(?=(?:etc|var|opt/portal/deploy)/|run/nginx-portal)", f"{self.root}/", text)
        return re.sub(r"(?<![\w/.-])/opt/portal", str(PROJECT), text)

    def shipped(self, source: Path) -> str:
        """A file of deploy/ with the folders and ports of this machine."""
        text = self.here(source.read_text())
        if source.name in ("nginx-http.conf", "nginx-tls.conf"):
            text = re.sub(r"^ *listen \[::\].*\n", "", text, flags=re.MULTILINE)
            text = text.replace("listen 80;", f"listen 127.0.0.1:{self.http};")
            text = text.replace("listen 443 ", f"listen 127.0.0.1:{self.https} ")
        return text

    def run(self, commands: str) -> str:
        own = {"PATH": f"{self.programs}:{os.environ['PATH']}", "PGHOST": self.database, "PGUSER": "postgres"}
        kept = {name: value for name, value in os.environ.items() if name not in {"DATA_DIR", "CITY_FILE"}}
        own["PORTAL_ENV"] = str(self.root / "etc" / "portal" / "portal.env")  # the portal looks in /etc itself
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", self.here(commands)],
            cwd=self.root,
            env=kept | own,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def nginx(self) -> list[str]:
        """The command of an nginx with this machine's /etc/nginx."""
        folder = self.root / "nginx"
        folder.mkdir(exist_ok=True)
        temporary = "".join(f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi"))
        etc = self.root / "etc" / "nginx"
        (folder / "nginx.conf").write_text(
            f"include {etc}/modules-enabled/*.conf; events {{ {(etc / 'nginx.conf').read_text()} }}\n"
            f"daemon off; pid {folder}/pid; error_log {folder}/error.log; {'user root;' * (os.geteuid() == 0)}\n"
            f"http {{ include /etc/nginx/mime.types; {temporary}\n"
            f"uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;\n"
            f"access_log {folder}/access.log; include {etc}/conf.d/*.conf; }}\n"
        )
        program = require_program("nginx", "apt-get install nginx-light")
        return [program, "-p", str(folder), "-c", str(folder / "nginx.conf")]

    def make_certificates(self) -> None:
        for name in NAMES:
            folder = self.root / "etc" / "letsencrypt" / "live" / name
            folder.mkdir(parents=True)
            options = [
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-subj",
                f"/CN={name}",
                "-out",
                str(folder / "fullchain.pem"),
            ]
            command = ["openssl", "req", "-x509", *options, "-keyout", str(folder / "privkey.pem")]
            subprocess.run(command, check=True, capture_output=True)


@pytest.fixture
def machine(tmp_path, embedded_postgres):
    yield Machine(tmp_path)
    host = postgres.connection_settings(DATA_DIR)["HOST"]
    with psycopg.connect(host=host, user="postgres", dbname="postgres", autocommit=True) as server:
        for city in CITIES:
            for name in (city, f"{city}_pulih_sebelum"):
                server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            server.execute(f'DROP ROLE IF EXISTS "{city}"')


def test_no_command_of_the_guide_reaches_beyond_the_folder_of_the_test():
    """Or this file would have to learn about it first."""
    known = {*NOTING, "runuser", "install", "nginx", "cat", "cd", "cp", "sed", "echo", "rm", "chmod"}
    without_files = re.sub(r"(<<'AKHIR'\n).*?^AKHIR\n", r"\1", COMMANDS, flags=re.DOTALL | re.MULTILINE)
    firsts = {line.split()[0] for line in without_files.splitlines() if line}
    assert {first.removeprefix("/opt/portal/.venv/bin/").removeprefix(".venv/bin/") for first in firsts} <= known
    paths = set(re.findall(r"(?<=[ '=>|])/\w[\w.-]*/\w[\w.-]*", without_files)) - {
        "/dev/null",
        "/nginx/portal",
        "/nginx/bogor",
    }
    assert [path for path in paths if not path.startswith(("/etc/", "/var/", "/opt/portal", "/run/postgresql"))] == []


@pytest.mark.slow
def test_the_guide_leads_from_a_bare_machine_to_two_cities_with_tls(machine):
    machine.make_certificates()
    said = ""
    for part in re.split(r"^nginx -t\n", COMMANDS, flags=re.MULTILINE):
        said += machine.run(part)
        for city in CITIES:
            if (folder := machine.root / "var" / "lib" / city / "pageviews").exists():
                salt.current(folder)  # the portal makes it at its start
        checked = subprocess.run([*machine.nginx(), "-t"], capture_output=True, text=True)
        assert checked.returncode == 0, checked.stderr
    assert said.count("Masuk: admin / ") == 3
    programs = machine.calls.read_text()
    assert units_named(programs) >= {path.name.partition(".")[0] for path in UNITS.iterdir()} - {"portal"}
    assert (
        not units_named(programs)
        - {path.stem for path in (machine.root / "etc/systemd/system").iterdir()}
        - {
            "nginx",
            "systemd-journald",
            "postgresql",
        }
    )
    check_addresses(machine)


def units_named(calls: str) -> set[str]:
    """What systemctl was told to start, without the instances of templates."""
    words = [shlex.split(line)[2:] for line in calls.splitlines() if line.startswith("systemctl ")]
    names = {word.removesuffix(".socket") for line in words for word in line if not word.startswith("-")}
    return {name.partition("@")[0] + "@" * ("@" in name) for name in names}


def check_addresses(machine: Machine) -> None:
    """Each name is answered by its own city, an unknown one by the first; the portals themselves are away."""
    with subprocess.Popen(machine.nginx()) as process:
        try:
            wait_until(lambda: listens(machine.https))
            for name, leads_to in {**dict(zip(NAMES, NAMES, strict=True)), "x.example": NAMES[0]}.items():
                with send(machine.http, f"GET /a HTTP/1.0\r\nHost: {name}\r\n\r\n".encode()) as sent:
                    assert f"Location: https://{leads_to}/a\r\n" in answer_on(sent).decode()
            for name, log in zip(NAMES, ("portal.log", "bogor.log"), strict=True):
                assert status(over_tls(machine, name)) == 503
                wait_until(lambda log=log: "/kontak" in (machine.root / "var" / "log" / "nginx" / log).read_text())
        finally:
            process.terminate()


def listens(port: int) -> bool:
    try:
        return status(get(port, "/")) == 400  # http at a port of https
    except OSError:
        return False


def over_tls(machine: Machine, name: str) -> bytes:
    certificate = machine.root / "etc" / "letsencrypt" / "live" / name / "fullchain.pem"
    context = ssl.create_default_context(cafile=str(certificate))  # and no other
    plain = socket.create_connection(("127.0.0.1", machine.https), timeout=30)
    with context.wrap_socket(plain, server_hostname=name) as sent:
        sent.sendall(f"GET /kontak HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n".encode())
        return answer_on(sent)


def test_the_settings_of_the_guide_fit_the_units():
    for unit, file in (("portal-web.service", "portal.env"), ("portal@.service", "bogor.env")):
        text = (UNITS / unit).read_text().replace("%i", "bogor")
        folder = re.search(r"^StateDirectory=(.*)$", text, re.MULTILINE)
        user = re.search(r"^User=(.*)$", text, re.MULTILINE)
        settings = re.search(rf"cat > /etc/portal/{file} <<'AKHIR'\n(.*?)AKHIR", GUIDE, re.DOTALL)
        assert None not in (folder, user, settings)
        assert f"DATA_DIR=/var/lib/{folder[1]}\n" in settings[1]
        assert f"DATABASE_URL=postgres://{user[1]}@%2Frun%2Fpostgresql/{user[1]}\n" in settings[1]
