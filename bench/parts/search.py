"""The quality and cost of the search.

questions    questions of search_facqa, in an archive of all its passages and of news_indosum: the mean reciprocal
             rank (MRR) of the first right answer among ten, compared with plain BM25 over the same stems
titles       searches for the first six words of titles, in an archive of all news_*
typos        words of that archive with one letter dropped, added, changed or swapped: the share that is corrected
inflections  pairs of inflected forms in bench/inflections.txt: how many get the same stem
speed        with --archive: milliseconds of a search, by kind of query
odd          with --archive: CPU milliseconds of the dearest of 1,500 odd requests
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles

from bench import corpora, portals, table
from bench.checkouts import HERE
from bench.options import Options
from bench.portals import Portal
from bench.table import Line

QUESTIONS, BELOW_BM25 = 0.84, 0.02  # smallest MRR, and how far it may be below BM25's
TITLES = 0.97
COMMON_TYPOS, DOUBTED = 0.8, 0.01
INFLECTIONS = 0.99
MILLISECONDS = 50  # p95
ODD = 200  # milliseconds of CPU


def measure(options: Options) -> Iterator[Line]:
    passages, asked = (corpora.file(options, f"search_facqa/{name}.jsonl.gz") for name in ("corpus", "queries"))
    indosum = corpora.file(options, "news_indosum/data.jsonl.gz")
    with _archive(options, "questions", [indosum], passages) as portal:
        yield from _questions(portal, asked)
    news = sorted(corpora.file(options, "").glob("news_*/data.jsonl.gz"))
    with _archive(options, "titles", news) as portal:
        yield from _titles(portal)
        yield from _typos(portal)
        yield from _inflections(portal)
    if options.archive:
        with portals.running(HERE, options.archive) as portal:
            yield from _speed(portal, options.rounds)
            yield from _odd(portal)


@contextmanager
def _archive(options: Options, name: str, files: list[Path], passages: Path | None = None) -> Iterator[Portal]:
    """A scratch portal with the articles of these files, filled at its first use."""
    folder = options.data / "search" / name
    done = folder / "contents"
    with portals.running(HERE, folder) as portal:
        if not done.exists():
            if passages:
                portal.ask("search.add_passages", passages)
            portal.ask("search.add_articles", *files)
            done.write_text("\n".join(map(str, files)))
        yield portal


def _questions(portal: Portal, asked: Path) -> Iterator[Line]:
    found = portal.ask("search.questions", asked)
    name = f"questions: MRR of {found['asked']} among {found['articles']:,} articles"
    least = max(QUESTIONS, round(found["bm25"] - BELOW_BM25, 3))
    ratio = f"{found['portal'] / found['bm25']:.3f} of BM25's"
    yield table.at_least(name, found["portal"], least, ".3f", limit=f"{found['bm25']:.3f}", ratio=ratio)


def _titles(portal: Portal) -> Iterator[Line]:
    found = portal.ask("search.titles")
    yield table.at_least(f"titles: MRR of their first six words, {found['asked']}", found["portal"], TITLES, ".3f")


def _typos(portal: Portal) -> Iterator[Line]:
    found = portal.ask("search.typos")
    yield table.at_least("typos set right: words of 3 articles and more", found["common"], COMMON_TYPOS, ".3f")
    yield Line("typos set right: rarer words", f"{found['rare']:.3f}")
    yield table.at_most("typos: right words that are doubted", found["doubted"], DOUBTED, ".3f")


def _inflections(portal: Portal) -> Iterator[Line]:
    found = portal.ask("search.inflections")
    share = found["right"] / found["pairs"]
    name = f"inflections: {found['right']} of {found['pairs']} pairs have one stem"
    yield table.at_least(name, share, INFLECTIONS, ".3f")


def _speed(portal: Portal, rounds: int) -> Iterator[Line]:
    """The median of the rounds' p95, and their range."""
    measured = [portal.ask("search.speed", turn) for turn in range(rounds)]
    for kind in measured[0]:
        walls = [_p95(each[kind]["wall"]) for each in measured]
        cpu = median(_p95(each[kind]["cpu"]) for each in measured)
        name = f"search, {kind}: ms, p95 (of CPU {cpu:.0f})"
        yield table.at_most(name, median(walls), MILLISECONDS, ".0f", ratio=table.spread(walls))


def _odd(portal: Portal) -> Iterator[Line]:
    for query, cost in portal.ask("search.odd").items():
        yield table.at_most(f"odd: {query}"[:57], cost, ODD, ".0f")


def _p95(values: list[float]) -> float:
    return quantiles(values, n=20)[-1]
