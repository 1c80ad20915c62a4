"""The images of deploy/Containerfile, built and run without an engine: buildah with chroot isolation. Networks,
volumes and the order of compose.yaml are not tried here, nor that root file systems are read-only (that nothing is
written there is).

Needs root, buildah and the image named by CONTAINER_BASE (debian:12-slim where a registry can be reached), or else
debootstrap, which makes one."""

import contextlib
import os
import shutil
import signal
import socket
import ssl
import subprocess
import time
from pathlib import Path

import psycopg
import pytest

from bench import nginx
from portal.run import postgres
from tests.conftest import DATA_DIR, PROJECT, free_port, require_program, wait_until
from tests.test_containers import SERVICES
from tests.test_deploy import NAME
from tests.web_servers import answer_on, get, status

pytestmark = pytest.mark.drill
PORTAL, NGINX = "localhost/kabar-kota-portal", "localhost/kabar-kota-nginx"
# buildah gives a container these; an engine gives only what compose.yaml adds.
GIVEN = {"AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "NET_RAW"}
GIVEN |= {"SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"}
USER = 10001


def buildah(*arguments: str) -> str:
    command = [require_program("buildah", "apt-get install buildah"), *arguments]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout.strip()


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    folder = tmp_path_factory.mktemp("images")
    base = os.environ.get("CONTAINER_BASE") or make_base(folder / "root")
    for image, stage in ((PORTAL, "portal"), (NGINX, "nginx")):
        options = ["--isolation=chroot", "--ignorefile=.dockerignore", "--file=deploy/Containerfile"]
        buildah("build", *options, f"--build-arg=DEBIAN={base}", f"--target={stage}", f"--tag={image}", ".")


def make_base(root: Path) -> str:
    program = require_program("debootstrap", "apt-get install debootstrap")
    subprocess.run([program, "--variant=minbase", "--include=ca-certificates", "bookworm", str(root)], check=True)
    # Those of this machine: a proxy may have one of its own.
    shutil.copy("/etc/ssl/certs/ca-certificates.crt", root / "etc" / "ssl" / "certs" / "ca-certificates.crt")
    (root / "etc" / "pip.conf").write_text("[global]\ncert = /etc/ssl/certs/ca-certificates.crt\n")
    container = buildah("from", "scratch")
    buildah("copy", "--quiet", container, str(root), "/")
    buildah("commit", "--quiet", container, "localhost/debian-12")
    buildah("rm", container)
    return "localhost/debian-12"


class Container:
    """A working container of an image, and how programs are run in it."""

    def __init__(self, image: str, folder: Path, options: list[str]):
        self.id, self.folder, self.options = buildah("from", "--pull-never", image), folder, options

    def run(self, *command: str) -> str:
        return buildah("run", "--isolation=chroot", *self.options, self.id, "--", *command)

    def start(self, name: str, *command: str) -> subprocess.Popen:
        with (self.folder / f"{name}.log").open("w") as log:
            return subprocess.Popen(
                ["buildah", "run", "--isolation=chroot", *self.options, self.id, "--", *command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def changed_since(self, moment: float) -> list[str]:
        """Files of the image, so not of its volumes, that are younger."""
        root = Path(buildah("mount", self.id))
        try:
            paths = [path for path in root.rglob("*") if not path.is_symlink() and path.is_file()]
            return [str(path.relative_to(root)) for path in paths if path.stat().st_mtime > moment]
        finally:
            buildah("umount", self.id)


def end(process: subprocess.Popen) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    process.wait(30)


@pytest.fixture
def database(embedded_postgres):
    """The URL, in a container, of an empty database on the server of the tests, whose socket's folder is mounted."""
    host = postgres.connection_settings(DATA_DIR)["HOST"]
    with psycopg.connect(host=host, user="postgres", dbname="postgres", autocommit=True) as server:
        server.execute("CREATE DATABASE kontainer TEMPLATE template0 ENCODING 'UTF8'")
        os.chmod(host, 0o755)
        os.chmod(Path(host) / ".s.PGSQL.5432", 0o777)  # the container's user is another one
        yield "postgres://postgres@%2Fsocket/kontainer", host
        server.execute("DROP DATABASE kontainer WITH (FORCE)")


def test_the_images_run_the_portal_with_tls_as_nobody_special(images, database, tmp_path):
    port, http, https = free_port(), free_port(), free_port()
    data, secrets, conf, live = (tmp_path / name for name in ("data", "secrets", "conf", "letsencrypt"))
    for folder in (data, data / "pageviews", secrets, conf, live / "live" / NAME):
        folder.mkdir(parents=True)
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    url, socket_folder = database
    lines = f"DATABASE_URL={url}\nSITE_URL=https://{NAME}\nPORT={port}\n"
    (secrets / "portal.env").write_text(lines)
    for path in (data, data / "pageviews", secrets / "portal.env"):
        os.chown(path, USER, USER)
    (data / "pageviews").chmod(0o2770)
    mounts = [f"--volume={data}:/var/lib/portal:rw", f"--volume={secrets}:/run/secrets:ro"]
    mounts += [f"--volume={socket_folder}:/socket:rw", "--env=PORTAL_ENV=/run/secrets/portal.env"]
    portal = Container(PORTAL, tmp_path, [f"--user={USER}:{USER}", *mounts])
    begun = time.time()
    portal.run(*SERVICES["migrate"]["command"])
    started = [portal.start("web", "gunicorn", "-c", "python:portal.gunicorn", "portal.wsgi")]
    started.append(portal.start("worker", *SERVICES["worker"]["command"]))
    try:
        wait_until(lambda: reached(port) == 301)
        wait_until(lambda: b'"sehat": true' in get(port, "/sehat"))
        _, *check = SERVICES["worker"]["healthcheck"]["test"]
        portal.run(*[word.replace("$$", "$") for word in check])
        _, *check = SERVICES["web"]["healthcheck"]["test"]
        portal.run(*[word.replace("8000", str(port)) for word in check])
        assert portal.changed_since(begun) == []

        certificate = live / "live" / NAME / "fullchain.pem"
        nginx.make_certificate(certificate, live / "live" / NAME / "privkey.pem", NAME, f"www.{NAME}")
        write_configuration(conf, port, http, https)
        added = set(SERVICES["nginx"]["cap_add"])
        drop = [f"--cap-drop=CAP_{each}" for each in sorted(GIVEN - added)]
        mounts = [f"--volume={data}:/var/lib/portal:rw", f"--volume={conf}:/etc/nginx/conf.d:ro"]
        front = Container(NGINX, tmp_path, [*drop, *mounts, f"--volume={live}:/etc/letsencrypt:ro"])
        front.run("nginx", "-t", "-q")
        started.append(front.start("nginx", "nginx", "-g", "daemon off;"))
        wait_until(lambda: reached(http) == 301)
        style = next(data.glob("static/portal/portal.*.css")).relative_to(data)
        for path in ("/", f"/{style}", "/admin/login/"):
            assert over_tls(https, certificate, path) == 200
        wait_until(lambda: 'GET "/admin/login/" 200' in (tmp_path / "nginx.log").read_text())
    finally:
        for process in reversed(started):
            end(process)


def write_configuration(conf: Path, port: int, http: int, https: int) -> None:
    """As the guide does it, with the addresses of this run."""
    deploy = PROJECT / "deploy"
    own = {"listen 80;": f"listen 127.0.0.1:{http};", "listen 443 ": f"listen 127.0.0.1:{https} "}
    own |= {"listen [::]:": "# ", "127.0.0.1:8000": f"127.0.0.1:{port}"}
    main = (deploy / "nginx.conf").read_text().replace("listen 80;", "include /etc/nginx/conf.d/portal-tls.inc;")
    texts = {"portal.conf": main, "portal-http.conf": (deploy / "nginx-http.conf").read_text()}
    texts["portal-tls.inc"] = (deploy / "nginx-tls.conf").read_text()
    for name, text in texts.items():
        for shipped, here in own.items():
            text = text.replace(shipped, here)
        (conf / name).write_text(text)


def reached(port: int) -> int:
    with contextlib.suppress(OSError, ValueError):
        return status(get(port, "/"))
    return 0


def over_tls(port: int, certificate: Path, path: str) -> int:
    context = ssl.create_default_context(cafile=str(certificate))
    plain = socket.create_connection(("127.0.0.1", port), timeout=60)
    with context.wrap_socket(plain, server_hostname=NAME) as sent:
        sent.sendall(f"GET {path} HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n".encode())
        return status(answer_on(sent))
