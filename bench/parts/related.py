"""The quality and speed of related articles (Artikel Terkait).

Articles of news_detik_aspect and news_detik_tempo_tags are imported into scratch databases; then the first five of
`related.compute()` are judged for every article:

    topics  a hit has the same search_keyword
    tags    a hit shares an editor's tag that is not on every article; measured once with the tags imported, and once
            without them, so that only the text counts

A share is the number of hits / the number of possible hits (at most five), averaged over all articles with a possible
hit. It is compared with the cosine of tf-idf over the stems of title and text (limit). The newest articles of the same
category, which most portals show, get a line of their own, and so do the lists that articles have after an import:
the first ones, and those of a block. --archive also measures the time of computing a list, also after an import.
"""

import json
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from statistics import mean, median, quantiles

from bench import Failed, corpora, portals, table
from bench.checkouts import HERE
from bench.options import Options
from bench.table import Line

FIRST = 5
TOPICS, TAGS, TAGS_WITHHELD = 0.59, 0.95, 0.71
MEASURED = 100  # lists per round
MILLISECONDS = 100  # p95
IMPORTED = 500  # articles per round
FIRST_MILLISECONDS = 3  # 100,000 within ten minutes, with half a core
BLOCK_MILLISECONDS = 12

Lists = list[list[int]]
Related = list[set[int]]


def measure(options: Options) -> Iterator[Line]:
    about = list(corpora.rows(corpora.file(options, "news_detik_aspect/data.jsonl.gz")))
    tagged = list(corpora.rows(corpora.file(options, "news_detik_tempo_tags/data.jsonl.gz")))
    tagged = [row for row in tagged if row["tags_kind"] == "editor"]
    untagged = [{**row, "tags": []} for row in tagged]
    yield from _quality("related, topics", _lists(about), _by_topic(about), TOPICS)
    yield from _quality("related, editors' tags", _lists(tagged), _by_common_tags(tagged), TAGS)
    yield from _quality("related, tags withheld", _lists(untagged), _by_common_tags(tagged), TAGS_WITHHELD)
    if options.archive:
        yield from _times(options.archive, options.rounds)


# ---- The right answers, as row numbers


def _by_topic(articles: list[dict]) -> Related:
    topics = [row["search_keyword"] for row in articles]
    return [
        {at for at, other in enumerate(topics) if at != own and other == topics[own]} for own in range(len(topics))
    ]


def _by_common_tags(articles: list[dict]) -> Related:
    counts = Counter(tag for row in articles for tag in set(row["tags"]))
    shared = [{tag for tag in row["tags"] if counts[tag] < len(articles)} for row in articles]
    return [
        {at for at, other in enumerate(shared) if at != own and other & shared[own]} for own in range(len(articles))
    ]


# ---- The lists to judge


def _lists(articles: list[dict]) -> dict[str, Lists]:
    """The lists by method (of bench.inside.related), as row numbers, from a scratch database of these articles."""
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        file = Path(folder) / "articles.jsonl"
        file.write_text("".join(json.dumps({**row, "id": at + 1}) + "\n" for at, row in enumerate(articles)))
        with portals.running(HERE, Path(folder) / "data") as portal:
            portal.ask("related.import_articles", file)
            lists = portal.ask("related.lists")
    if len(lists["portal"]) != len(articles):
        raise Failed("The import left articles out.")
    return {method: [[pk - 1 for pk in found] for found in ranked] for method, ranked in lists.items()}


def _quality(name: str, lists: dict[str, Lists], related: Related, least: float) -> Iterator[Line]:
    shares = {method: _share(found, related) for method, found in lists.items()}
    limit = f"{shares['tf-idf']:.3f}"
    yield table.at_least(name, shares["portal"], max(least, round(shares["tf-idf"], 3)), ".3f", limit=limit)
    for method, about in (
        ("first", "first lists"),
        ("block", "of a block"),
        ("category", "the newest of the category"),
    ):
        yield Line(f"{name}: {about}", f"{shares[method]:.3f}")


def _share(found: Lists, related: Related) -> float:
    return mean(
        len(own & set(shown[:FIRST])) / min(FIRST, len(own)) for shown, own in zip(found, related, strict=True) if own
    )


# ---- Times


def _times(archive: Path, rounds: int) -> Iterator[Line]:
    with portals.running(HERE, archive) as portal:
        articles = portal.ask("related.number_of_articles")
        portal.ask("related.times", rounds, 2 * rounds, MEASURED)  # warms the caches
        measured = [portal.ask("related.times", turn, rounds, MEASURED) for turn in range(rounds)]
        imported = [portal.ask("related.import_times", turn, IMPORTED) for turn in range(rounds)]
    for kind in ("wall", "cpu"):
        p95 = [quantiles(each[kind], n=20)[-1] for each in measured]
        name = f"related, {articles:,} articles: ms ({kind}), p95"
        yield table.at_most(name, median(p95), MILLISECONDS, ".0f", ratio=table.spread(p95))
    for method, about, most in (
        ("first", "first list", FIRST_MILLISECONDS),
        ("block", "of a block", BLOCK_MILLISECONDS),
    ):
        costs = [each[method] for each in imported]
        name = f"related, after an import, {about}: ms (cpu) each"
        yield table.at_most(name, median(costs), most, ".2f", ratio=table.spread(costs))
