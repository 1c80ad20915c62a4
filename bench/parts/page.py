"""An uncached article page, compared with a bare Django page of three queries (bench/limits/bare)."""

from collections.abc import Callable, Iterator
from functools import partial

from bench import article_pages, load, rounds, table
from bench.article_pages import Sites
from bench.options import Options
from bench.table import Line

TARGET, AGAINST, QUERIES = 1.6, 1.02, 6


def measure(options: Options) -> Iterator[Line]:
    with article_pages.running(options) as sites:
        rounds.take_turns(1, _costs(sites, options.requests, {}))  # warms up: prepares statements on each connection
        for name, headers in (("article page, nothing cached", {}), ("article page, compressed", load.GZIP)):
            costs = rounds.take_turns(options.rounds, _costs(sites, options.requests, headers))
            yield table.ratio(name, costs["portal"], costs["bare"], target=TARGET)
            if options.other:
                against = f"{name}, against {options.other.name}"
                yield table.ratio(against, costs["portal"], costs["other"], target=AGAINST)
        for name, number in sites.database.ask("pages.queries").items():
            yield table.at_most(f"queries: {name}", number, QUERIES)


def _costs(sites: Sites, number: int, headers: dict[str, str]) -> dict[str, Callable[[], float]]:
    compared = {"portal": sites.portal, "bare": sites.bare}
    if sites.other:
        compared["other"] = sites.other
    return {name: partial(site.cost, number, headers) for name, site in compared.items()}
