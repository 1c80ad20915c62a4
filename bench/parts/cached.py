"""An article page from the one-second cache, compared with a constant page of the same size."""

from collections.abc import Callable, Iterator
from functools import partial

from bench import article_pages, load, rounds, servers, table
from bench.article_pages import Site, Sites
from bench.options import Options
from bench.servers import Server
from bench.table import Line

TARGET, AGAINST = 2.5, 1.02
HITS = 5  # times as many requests as for an uncached page


def measure(options: Options) -> Iterator[Line]:
    with article_pages.running(options) as sites:
        for name, headers in (("article page, cached", {}), ("article page, cached, compressed", load.GZIP)):
            size = load.get(sites.portal.server.port, sites.portal.addresses[:1], 1, headers)
            with servers.hello(size) as hello:
                subjects = _costs(sites, hello, options.requests * HITS, headers)
                rounds.take_turns(1, subjects)
                costs = rounds.take_turns(options.rounds, subjects)
            yield table.ratio(f"{name} ({size:,} bytes)", costs["portal"], costs["hello"], target=TARGET)
            if options.other:
                against = f"{name}, against {options.other.name}"
                yield table.ratio(against, costs["portal"], costs["other"], target=AGAINST)


def _costs(sites: Sites, hello: Server, number: int, headers: dict[str, str]) -> dict[str, Callable[[], float]]:
    """Costs of requesting one page repeatedly."""
    compared = {"portal": sites.portal, "hello": Site(hello, ["/"], {})}
    if sites.other:
        compared["other"] = sites.other
    return {name: partial(site.server.cost, site.addresses[:1], number, headers) for name, site in compared.items()}
