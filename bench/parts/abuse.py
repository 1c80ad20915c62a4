"""How long readers wait, while the portal is flooded with log-ins, stalled uploads and connections that fall silent.

Behind nginx the median must stay within twice of the quiet one; on gunicorn alone every reader must be answered."""

import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path
from statistics import median

from bench import Failed, article_pages, attackers, servers, table
from bench.checkouts import HERE, environment
from bench.options import Options
from bench.table import Line

SLOWER, LONGEST = 2.0, 15.0  # times; seconds
READERS = 200  # one after the other, each on a connection of its own
SECONDS = 20  # after which no further reader comes on gunicorn alone


def measure(options: Options) -> Iterator[Line]:
    with article_pages.filled(options, HERE) as portal, servers.portal(portal) as server:
        addresses = portal.ask("pages.addresses")
        folder = Path(tempfile.mkdtemp(prefix="bench-nginx-"))
        try:
            with servers.behind_nginx(server, portal.folder, folder / "nginx") as front:
                _read(front.port, addresses, READERS)
                for kind, number in attackers.KINDS.items():
                    quiet = _read(front.port, addresses, READERS)
                    with _attack(kind, front.port, number):
                        attacked = _read(front.port, addresses, READERS)
                    name = f"reader's median, ms, behind nginx, {number} x {kind}"
                    yield _slower(name, attacked, quiet)
        finally:
            shutil.rmtree(folder)
        for kind, number in attackers.KINDS.items():
            with _attack(kind, server.port, number):
                waits = _read(server.port, addresses, READERS, SECONDS)
            name = f"longest wait, s, gunicorn alone, {number} x {kind}"
            yield table.at_most(name, max(waits), LONGEST, ".2f", ratio=f"median {median(waits):.3f} of {len(waits)}")


def _slower(name: str, attacked: list[float], quiet: list[float]) -> Line:
    ratio = median(attacked) / median(quiet)
    longest = f"{ratio:.2f} (longest {max(attacked) * 1000:.0f} ms)"
    cost, limit = (f"{median(each) * 1000:.1f}" for each in (attacked, quiet))
    return Line(name, cost, limit, longest, f"<= {SLOWER:g}", ratio <= SLOWER)


@contextmanager
def _attack(kind: str, port: int, number: int) -> Iterator[None]:
    command = [sys.executable, "-m", "bench.attackers", kind, str(port), str(number)]
    process = subprocess.Popen(command, cwd=HERE.root, env=environment(), stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        if process.stdout.readline() != "ready\n":
            raise Failed(f"The attack {kind} did not begin; its output above says why.")
        time.sleep(2)  # until all of them are there
        yield
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def _read(port: int, addresses: list[str], number: int, most_seconds: float = 3600) -> list[float]:
    """Seconds that each of so many readers waited for a whole page."""
    waits: list[float] = []
    end = time.monotonic() + most_seconds
    for address in islice(cycle(addresses), number):
        started = time.monotonic()
        if started > end:
            break
        with socket.create_connection(("127.0.0.1", port), timeout=120) as connection:
            head = (
                f"GET {address} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUser-Agent: Mozilla/5.0\r\nConnection: close\r\n"
            )
            connection.sendall(f"{head}\r\n".encode())
            answer = b""
            while piece := connection.recv(65536):
                answer += piece
        if answer[9:12] != b"200":
            raise Failed(f"{address}: {answer[:40]!r}")
        waits.append(time.monotonic() - started)
    return waits
