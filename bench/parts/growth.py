"""Every kind of page and list in a large archive, the newsroom's too, compared with the same in a small one."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from random import sample
from typing import NamedTuple

from bench import portals, rounds, servers, table
from bench.checkouts import HERE
from bench.options import Options
from bench.portals import Portal
from bench.servers import Server
from bench.table import Line

TARGET = 1.5


class Archive(NamedTuple):
    portal: Portal
    server: Server
    pages: dict[str, list[str]]  # addresses by kind
    rows: dict[str, int]  # of the kinds whose cost counts by row: how many the first address has
    cookie: str

    def cost(self, kind: str, number: int) -> float:
        if kind.startswith("admin"):  # never cached; the admin refuses unknown parameters
            return self.server.cost(self.pages[kind], number, {"Cookie": self.cookie})
        addresses = sample(self.pages[kind], len(self.pages[kind]))
        if rows := self.rows.get(kind):
            few = max(2, number // 40)
            return self.server.cost(addresses, few, unseen=True) / rows
        return self.server.cost(addresses, number, unseen=True)


def measure(options: Options) -> Iterator[Line]:
    number = max(8, options.requests // 10)
    with ExitStack() as stack:
        small, large = (stack.enter_context(_archive(options, size)) for size in options.sizes)
        for kind in (each for each in small.pages if each in large.pages):
            costs: dict[str, Callable[[], float]] = {
                "large": partial(large.cost, kind, number),
                "small": partial(small.cost, kind, number),
            }
            if kind == "admin, reports":  # without a worker nobody does it every minute
                small.portal.ask("growth.add_up_days")
                large.portal.ask("growth.add_up_days")
            rounds.take_turns(1, costs)
            measured = rounds.take_turns(options.rounds, costs)
            name = f"{options.sizes[1]:,} articles: {kind}"
            yield table.ratio(name, measured["large"], measured["small"], target=TARGET)


@contextmanager
def _archive(options: Options, size: int) -> Iterator[Archive]:
    folder = options.data / "archives" / str(size)
    done = folder / "contents"
    with portals.running(HERE, folder) as portal:
        if not done.exists():
            portal.ask("growth.make_archive", size)
            portal.ask("setup.work")
            done.write_text(f"{size} articles")
        with servers.portal(portal) as server:
            yield _with_pages(portal, server)


def _with_pages(portal: Portal, server: Server) -> Archive:
    return Archive(portal, server, portal.ask("growth.pages"), portal.ask("growth.rows"), portal.ask("pages.cookie"))
