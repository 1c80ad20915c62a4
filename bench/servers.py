"""The web servers to measure: gunicorn with the options of `manage.py serve`, for the portal and its baselines."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench import Failed, LeftOut, load, nginx, processes
from bench.checkouts import HERE, Checkout, environment
from bench.portals import Portal
from portal.run import supervisor

WORKERS = 2
START_TIMEOUT = 60  # seconds
_PORTAL_SETTINGS, _LIMIT_SETTINGS = "python:portal.gunicorn", "python:bench.limits.gunicorn"


@dataclass(frozen=True)
class Server:
    port: int
    pid: int
    database: Portal | None  # the portal whose Postgres it uses

    def cost(
        self, paths: list[str], number: int, headers: dict[str, str] | None = None, *, unseen: bool = False
    ) -> float:
        """Mean CPU milliseconds per request, of gunicorn and all processes of Postgres; `unseen` as in load.get()."""
        return self.spent(lambda: load.get(self.port, paths, number, headers, unseen=unseen)) / number

    def spent(self, action: Callable[[], object]) -> float:
        """CPU milliseconds of gunicorn and all processes of Postgres during `action`."""
        before = self._cpu_seconds()
        action()
        return (self._cpu_seconds() - before) * 1000

    def _cpu_seconds(self) -> float:
        roots = [self.pid]
        if self.database:
            roots.append(self.database.database_pid())
        return processes.cpu_seconds(*roots)


def portal(portal: Portal) -> AbstractContextManager[Server]:
    return _running(portal.checkout, "portal.wsgi", _PORTAL_SETTINGS, database=portal, DATA_DIR=portal.folder)


@dataclass(frozen=True)
class Front:
    """A running nginx. `port` speaks plain HTTP."""

    port: int
    pid: int

    def cost(self, get: Callable[[], int]) -> float:
        """Mean CPU microseconds of nginx for each of the requests that `get` makes; it returns their number."""
        before = processes.cpu_seconds(self.pid)
        number = get()
        return (processes.cpu_seconds(self.pid) - before) / number * 1_000_000


@contextmanager
def behind_nginx(server: Server, data_dir: Path, folder: Path, more: str = "") -> Iterator[Front]:
    """Runs nginx in front of a portal inside this block, with its files in a new folder; `more` is added to its
    configuration of the server."""
    if (program := shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")) is None:
        raise LeftOut("nginx is missing: apt-get install nginx-light")
    port = free_port()
    main = nginx.configure(folder, port=port, portal=server.port, data_dir=data_dir, more=more)
    process = subprocess.Popen([program, "-p", str(folder), "-c", str(main)])
    try:
        wait_for(port, process)
        yield Front(port, process.pid)
    finally:
        process.terminate()
        process.wait()


def bare(portal: Portal, database_host: str) -> AbstractContextManager[Server]:
    """The bare page, with a database in the portal's Postgres."""
    application = "bench.limits.bare.wsgi"
    return _running(HERE, application, _LIMIT_SETTINGS, database=portal, BARE_DATABASE_HOST=database_host)


def hello(size: int) -> AbstractContextManager[Server]:
    return _running(HERE, "bench.limits.hello", _LIMIT_SETTINGS, HELLO_BYTES=size)


@contextmanager
def _running(
    checkout: Checkout, application: str, config: str, *, database: Portal | None = None, **variables: object
) -> Iterator[Server]:
    """Runs gunicorn inside this block, on a free port."""
    port = free_port()
    # MALLOC_ARENA_MAX as in `serve`
    settings = environment(HOST="127.0.0.1", PORT=port, MALLOC_ARENA_MAX=1, **variables)
    prefix = ["env", "--ignore-environment", f"--chdir={checkout.root}", *map("=".join, settings.items())]
    options = ["-c", config, f"--bind=127.0.0.1:{port}", f"--workers={WORKERS}"]
    process = subprocess.Popen(
        [*prefix, checkout.python, "-m", "gunicorn", *options, application],
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=partial(supervisor.end_with, os.getpid()),
    )
    try:
        wait_for(port, process)
        yield Server(port, process.pid, database)
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(supervisor.PATIENCE)
        with suppress(ProcessLookupError):  # gunicorn's workers outlive their master for a moment
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def wait_for(port: int, process: subprocess.Popen) -> None:
    """Waits until this process or a descendant listens on the port. Raises Failed if it ends first or does not listen
    in time, and if another program has the port, which would be measured instead."""
    deadline = time.monotonic() + START_TIMEOUT
    while not (ours := processes.listens(port, process.pid)):
        if ours is False:
            raise Failed(f"Port {port} is taken by another program.")
        if process.poll() is not None:
            raise Failed(f"The server for port {port} ended before it listened; its output above says why.")
        if time.monotonic() > deadline:
            raise Failed(f"The server for port {port} did not listen within {START_TIMEOUT} s.")
        time.sleep(0.05)
