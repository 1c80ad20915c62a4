"""Pages that no cache holds, compared with a bare Django page of three queries (bench/limits/bare)."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from bench import article_pages, load, rounds, table
from bench.article_pages import Site, Sites
from bench.options import Options
from bench.table import Line

ARTICLE, AGAINST, QUERIES = 1.15, 1.02, 6
# By kind (bench.inside.pages.lists)
TARGETS = {
    "home": 1.0,
    "Terpopuler": 1.0,
    "feed": 1.0,
    "tag": 1.2,
    "category": 1.2,
    "index": 1.2,
    "month": 1.2,
    "day": 1.2,
    "comments": 1.2,
}
FEWER = 4  # requests of a list are that many times fewer than of an article's page


def measure(options: Options) -> Iterator[Line]:
    with article_pages.running(options) as sites:
        costs = _measured(options, sites, {}, TARGETS)
        yield from _lines(options, costs, "article", "article page, nothing cached", ARTICLE)
        for kind, target in TARGETS.items():
            yield from _lines(options, costs, kind, f"{kind}, nothing cached", target)
        compressed = _measured(options, sites, load.GZIP, {})
        yield from _lines(options, compressed, "article", "article page, compressed", ARTICLE)
        for name, number in sites.database.ask("pages.queries").items():
            yield table.at_most(f"queries: {name}", number, QUERIES)


def _measured(options: Options, sites: Sites, headers: dict[str, str], kinds: Iterable[str]) -> dict[str, list[float]]:
    """Costs by what was requested; those of the other commit begin with its name."""
    subjects: dict[str, Callable[[], float]] = {"bare": partial(sites.bare.cost, options.requests, headers)}
    subjects |= _costs(sites.portal, options, headers, kinds)
    if sites.other and options.other:
        others = _costs(sites.other, options, headers, kinds)
        subjects |= {f"{options.other.name} {kind}": cost for kind, cost in others.items()}
    rounds.take_turns(1, subjects)  # warms up: prepares statements on each connection
    return rounds.take_turns(options.rounds, subjects)


def _costs(
    site: Site, options: Options, headers: dict[str, str], kinds: Iterable[str]
) -> dict[str, Callable[[], float]]:
    fewer = max(options.requests // FEWER, 1)
    costs: dict[str, Callable[[], float]] = {"article": partial(site.cost, options.requests, headers)}
    return costs | {kind: partial(site.cost, fewer, headers, kind=kind) for kind in kinds}


def _lines(options: Options, costs: dict[str, list[float]], kind: str, name: str, target: float) -> Iterator[Line]:
    yield table.ratio(name, costs[kind], costs["bare"], target=target)
    if options.other:
        against = costs[f"{options.other.name} {kind}"]
        yield table.ratio(f"{name}, against {options.other.name}", costs[kind], against, target=AGAINST)
