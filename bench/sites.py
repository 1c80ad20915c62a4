"""The servers that are measured: gunicorn with the options of `manage.py serve`, for the portal and for its limits."""

import os
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import load
import processes

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from portal.run import postgres, supervisor  # noqa: E402

WORKERS = 2
FIRST_PORT = int(os.environ.get("BENCH_PORT", "8151"))
OURS = ("ALLOWED_HOSTS", "DATABASE_URL", "DATA_DIR", "DEBUG", "DJANGO_SETTINGS_MODULE", "HOST", "PORT", "REPLICA_URL")
OURS += ("SECRET_KEY", "SITE_URL", "TRUSTED_PROXIES", "WORKERS")


def environment(**more) -> dict[str, str]:
    """The caller's environment without what would change the portal."""
    kept = {name: value for name, value in os.environ.items() if name not in OURS}
    return kept | {"PYTHONPATH": f"{ROOT}:{ROOT / 'bench'}"} | {name: str(value) for name, value in more.items()}


class Site:
    """A gunicorn on a port of its own. `database`: the data folder whose Postgres works for it."""

    def __init__(self, module: str, number: int, database: Path | None = None, **variables):
        self.port = FIRST_PORT + number
        self.database = database
        address = ["HOST=127.0.0.1", f"PORT={self.port}"]
        settings = [f"{name}={value}" for name, value in environment(**variables).items()]
        command = supervisor.gunicorn_command("127.0.0.1", self.port, WORKERS)[:-1]
        self.child = supervisor.Child(module, ["env", "-i", *settings, *address, *command, module])

    @contextmanager
    def running(self, path: str):
        """Runs inside this block, from the first answer to `path` on."""
        self.child.start()
        try:
            self._wait_for(path)
            yield self
        finally:
            self.child.ask_to_stop()
            with suppress(subprocess.TimeoutExpired):
                self.child.process.wait(supervisor.PATIENCE)
            self.child.sweep()

    def _wait_for(self, path):
        deadline = time.monotonic() + 30
        while True:
            try:
                load.get(self.port, [path], 1)
                return
            except ConnectionRefusedError:
                if time.monotonic() > deadline or not self.child.runs():
                    raise
                time.sleep(0.1)

    def cost(self, paths: list[str], number: int, headers: dict[str, str] | None = None) -> float:
        """Milliseconds of CPU that gunicorn and every process of Postgres spend on a request."""
        before = self._cpu_seconds()
        load.get(self.port, paths, number, headers)
        return (self._cpu_seconds() - before) / number * 1000

    def _cpu_seconds(self):
        roots = [self.child.process.pid]
        if self.database:
            roots.append(int((self.database / "postgres" / "postmaster.pid").read_text().split()[0]))
        return processes.cpu_seconds(*roots)


def portal(number: int, data_dir: Path) -> Site:
    return Site("portal.wsgi", number, data_dir, DATA_DIR=data_dir)


def bare(number: int, data_dir: Path) -> Site:
    return Site("bare.wsgi", number, data_dir, BARE_DATABASE_HOST=postgres.socket_folder(data_dir))


def hello(number: int, size: int) -> Site:
    return Site("hello", number, HELLO_BYTES=size)


def run(*command: str, **variables) -> str:
    """What a Python program of ours prints; the program's own error message where it fails."""
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment(**variables), stdout=subprocess.PIPE, text=True
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed.")
    return done.stdout
