"""Memory of all processes of `manage.py serve` after 10,000 requests: the median of several readings of PSS.

Two portals are measured one after the other: running together, they would share pages and each seem smaller.
"""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench import Failed, article_pages, load, processes, servers, table
from bench.checkouts import HERE, Checkout, environment
from bench.options import Options
from bench.table import Line

MIB = 300
AGAINST = 0.85  # of 16a6eec, with all that came since
REQUESTS = 10  # times --requests
ADMIN_SHARE = 100  # one request in this many is for an admin page
ADMIN = ["/admin/", "/admin/news/article/", "/admin/comments/comment/"]


class Readings(NamedTuple):
    totals: list[float]  # MiB
    processes: dict[str, float]  # MiB by process, of the last reading


def measure(options: Options) -> Iterator[Line]:
    ours = _readings(options, HERE)
    for command, size in ours.processes.items():
        yield Line(f"  {command}", f"{size:.1f}")
    yield table.at_most("memory, MiB", median(ours.totals), MIB, ".1f", ratio=table.spread(ours.totals, ".1f"))
    if options.other:
        theirs = _readings(options, options.other)
        name = f"memory, MiB, against {options.other.name}"
        yield table.at_most(name, median(ours.totals) / median(theirs.totals), AGAINST, ".3f")


def _readings(options: Options, checkout: Checkout) -> Readings:
    with article_pages.filled(options, checkout) as portal:
        addresses, cookie = portal.ask("pages.addresses"), portal.ask("pages.cookie")
        folder = portal.folder
    mixed = article_pages.mixed(addresses)
    number = options.requests * REQUESTS
    with _serving(checkout, folder) as port:
        load.get(port, ADMIN, max(len(ADMIN), number // ADMIN_SHARE), {"Cookie": cookie})
        load.get(port, mixed, number - number // ADMIN_SHARE, load.GZIP)
        readings = []
        for _ in range(options.rounds):
            load.get(port, mixed, max(1, number // 100), load.GZIP)
            readings.append(_sizes(folder))
    return Readings([sum(each.values()) for each in readings], readings[-1])


@contextmanager
def _serving(checkout: Checkout, folder: Path) -> Iterator[int]:
    """Runs `manage.py serve` inside this block; yields its port."""
    port = servers.free_port()
    serve = subprocess.Popen(
        [checkout.python, "manage.py", "serve"],
        cwd=checkout.root,
        env=environment(DATA_DIR=folder, PORT=port, WORKERS=servers.WORKERS),
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert serve.stdout
    try:
        if not any("Portal siap" in said for said in serve.stdout):
            raise Failed("serve ended before it was ready; its output above says why.")
        servers.wait_for(port, serve)
        yield port
    finally:
        serve.terminate()
        serve.stdout.read()  # drains the pipe until it ends
        serve.wait()
        serve.stdout.close()


def _sizes(folder: Path) -> dict[str, float]:
    """MiB of each process of this data folder, by pid and name."""
    return {
        f"{pid} {_name(pid, command)}": processes.pss_mib(pid)
        for pid, command in sorted(processes.of_folder(folder).items())
    }


def _name(pid: int, command: str) -> str:
    """The short command, or the name that a process forked by `serve` gives itself."""
    own = Path(f"/proc/{pid}/comm").read_text().strip()
    if own.startswith("portal-"):
        return own
    return " ".join(word.rpartition("/")[2] for word in command.split())[:42]
