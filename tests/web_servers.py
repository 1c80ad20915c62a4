"""The portal under gunicorn as in production, and plain sockets to talk to it in ways that no client library does."""

import os
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Self

from bench import nginx
from tests.conftest import DATA_DIR, PROJECT, child_environment, free_port, require_program, wait_until


class Server:
    """A started process that answers on `port`, ended with the block. `log` says why it ended before."""

    process: subprocess.Popen
    port: int
    log: Path

    def __enter__(self) -> Self:
        wait_until(self.answers)
        return self

    def __exit__(self, *error) -> None:
        self.process.terminate()
        self.process.wait(30)

    def answers(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        try:
            return status(get(self.port, "/robots.txt")) == 200
        except OSError:
            return False


class Gunicorn(Server):
    """`gunicorn -c python:portal.gunicorn portal.wsgi` with one worker (two threads), on a free port.

    `database`: a URL; `folder` becomes its DATA_DIR, `temporary` is where it may write temporary files."""

    def __init__(self, folder: Path, database: str, **environment: str):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "static").symlink_to(DATA_DIR / "static")
        self.temporary = folder / "temporary"
        self.temporary.mkdir()
        self.folder, self.port, self.log = folder, free_port(), folder / "gunicorn.log"
        own = {"DATA_DIR": str(folder), "DATABASE_URL": database, "TMPDIR": str(self.temporary), **environment}
        options = ["-c", "python:portal.gunicorn", f"--bind=127.0.0.1:{self.port}", "--workers=1"]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", *options, "portal.wsgi"],
                cwd=PROJECT,
                env=child_environment() | own,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def read_bytes(self) -> int:
        """What all its processes have read so far, from sockets, too."""
        return sum(
            int(line.split()[1])
            for pid in [self.process.pid, *children(self.process.pid)]
            for line in Path(f"/proc/{pid}/io").read_text().splitlines()
            if line.startswith("rchar")
        )

    def temporary_bytes(self) -> int:
        """The size of its temporary files, also of those without a name."""
        total = 0
        links = [link for pid in children(self.process.pid) for link in Path(f"/proc/{pid}/fd").iterdir()]
        for path in [*self.temporary.rglob("*"), *links]:
            with suppress(FileNotFoundError):  # it was closed or removed meanwhile
                target = os.readlink(path) if path in links else ""
                if path.is_file() and (not target or (str(self.temporary) in target and target.endswith("(deleted)"))):
                    total += path.stat().st_size
        return total


def children(pid: int) -> list[int]:
    return [
        int(number)
        for task in Path(f"/proc/{pid}/task").iterdir()
        for number in (task / "children").read_text().split()
    ]


def send(port: int, data: bytes, *, source: str = "127.0.0.1") -> socket.socket:
    """A new connection, from this address, on which this was sent."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=30, source_address=(source, 0))
    connection.sendall(data)
    return connection


def answer_on(connection: socket.socket) -> bytes:
    """Everything that comes until the server closes; b"" if it closes without a word."""
    pieces = []
    try:
        while piece := connection.recv(65536):
            pieces.append(piece)
    except ConnectionResetError:
        pass
    return b"".join(pieces)


def get(port: int, path: str, headers: str = "", *, source: str = "127.0.0.1") -> bytes:
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}Connection: close\r\n\r\n"
    with send(port, request.encode(), source=source) as sent:
        return answer_on(sent)


def status(answer: bytes) -> int:
    return int(answer.split()[1]) if answer else 0


class Nginx(Server):
    """nginx with deploy/nginx.conf in front of `portal`, on a free port; only addresses and folders are replaced."""

    def __init__(self, portal: Gunicorn, folder: Path, **environment: str):
        program = require_program("nginx", "apt-get install nginx-light")
        self.folder, self.port, self.log = folder, free_port(), folder / "error.log"
        main = nginx.configure(folder, port=self.port, portal=portal.port, data_dir=portal.folder)
        self.process = subprocess.Popen([program, "-p", str(folder), "-c", str(main)], env=os.environ | environment)
