"""Runs a portal's database and a Django process in which the bench calls the functions of bench/inside."""

import json
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from bench import Failed
from bench.checkouts import Checkout, environment

_prepared: set[Path] = set()  # data folders whose tables and static files are up to date
_ANSWER = "from bench.inside import answer; answer()"


@dataclass(frozen=True)
class Portal:
    checkout: Checkout
    folder: Path  # its DATA_DIR
    _stdin: IO[str]
    _stdout: IO[str]

    def ask(self, command: str, *arguments: object) -> Any:
        """Calls `command` ("module.function" of bench/inside) in the portal; arguments and result pass as JSON."""
        try:
            self._stdin.write(json.dumps([command, *arguments], default=str) + "\n")
            self._stdin.flush()
            answer = self._stdout.readline()
        except BrokenPipeError:
            answer = ""
        if not answer:
            raise Failed(f"{command} failed in the portal of {self.checkout.name}; its output above says why.")
        return json.loads(answer)

    def database_pid(self) -> int:
        return int((self.folder / "postgres" / "postmaster.pid").read_text().split()[0])


def remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    _prepared.discard(folder)


@contextmanager
def running(checkout: Checkout, folder: Path) -> Iterator[Portal]:
    """Runs the database of this data folder inside this block, with all tables and static files. It is started by the
    checkout's own manage.py, and so with the Postgres options of that commit. Should the bench die, it ends with its
    standard input."""
    folder.mkdir(parents=True, exist_ok=True)
    process = subprocess.Popen(
        [checkout.python, "manage.py", "shell", "--verbosity=0", "--command", _ANSWER],
        cwd=checkout.root,
        env=environment(DATA_DIR=folder),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C must reach the bench only, which stops this process
    )
    assert process.stdin
    assert process.stdout
    try:
        portal = Portal(checkout, folder, process.stdin, process.stdout)
        if folder not in _prepared:
            portal.ask("setup.prepare")
            _prepared.add(folder)
        yield portal
    except KeyboardInterrupt:
        process.send_signal(signal.SIGINT)  # it may be in the middle of a long command
        raise
    finally:
        with suppress(BrokenPipeError):
            process.stdin.close()
        process.wait()
        process.stdout.close()
