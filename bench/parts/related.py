"""How good and how fast Artikel Terkait is.

Articles of news_detik_aspect and news_detik_tempo_tags are imported into scratch databases; then for every article the
first five of `related.compute()` are looked at:

    topics  which of them were found by the same search_keyword
    tags    which of them have a tag of the editors in common, one that is not on everything; once with the tags
            imported, and once without, so that only the text can tell

A share is hits / what could be hit (at most five), the mean over the articles that have something to hit. It is
compared with the cosine of tf-idf over the stems of title and text (limit); the newest of the same category, which
most portals show, stand in a line of their own. With --archive also the time of a list, in rounds.
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
MEASURED = 100  # lists in a round
MILLISECONDS = 100  # p95

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


# ---- What is related, by row


def _by_topic(articles: list[dict]) -> Related:
    topics = [row["search_keyword"] for row in articles]
    return [
        {at for at, other in enumerate(topics) if at != own and other == topics[own]} for own in range(len(topics))
    ]


def _by_common_tags(articles: list[dict]) -> Related:
    counts = Counter(tag for row in articles for tag in set(row["tags"]))
    telling = [{tag for tag in row["tags"] if counts[tag] < len(articles)} for row in articles]
    return [
        {at for at, other in enumerate(telling) if at != own and other & telling[own]} for own in range(len(articles))
    ]


# ---- What is shown


def _lists(articles: list[dict]) -> dict[str, Lists]:
    """The lists of the portal and of the other ways, by name, from a scratch database with these articles."""
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        file = Path(folder) / "articles.jsonl"
        file.write_text("".join(json.dumps({**row, "id": at + 1}) + "\n" for at, row in enumerate(articles)))
        with portals.running(HERE, Path(folder) / "data") as portal:
            portal.ask("related.import_articles", file)
            lists = portal.ask("related.lists")
    if len(lists["portal"]) != len(articles):
        raise Failed("The import left articles out.")
    return {way: [[pk - 1 for pk in found] for found in ranked] for way, ranked in lists.items()}


def _quality(name: str, lists: dict[str, Lists], related: Related, least: float) -> Iterator[Line]:
    shares = {way: _share(found, related) for way, found in lists.items()}
    limit = f"{shares['tf-idf']:.3f}"
    yield table.at_least(name, shares["portal"], max(least, round(shares["tf-idf"], 3)), ".3f", limit=limit)
    yield Line(f"{name}: the newest of the category", f"{shares['category']:.3f}")


def _share(found: Lists, related: Related) -> float:
    return mean(
        len(own & set(shown[:FIRST])) / min(FIRST, len(own)) for shown, own in zip(found, related, strict=True) if own
    )


# ---- Times


def _times(archive: Path, rounds: int) -> Iterator[Line]:
    with portals.running(HERE, archive) as portal:
        articles = portal.ask("related.number_of_articles")
        portal.ask("related.times", rounds, 2 * rounds, MEASURED)  # what all lists need is then in memory
        measured = [portal.ask("related.times", turn, rounds, MEASURED) for turn in range(rounds)]
    for kind in ("wall", "cpu"):
        p95 = [quantiles(each[kind], n=20)[-1] for each in measured]
        name = f"related, {articles:,} articles: ms ({kind}), p95"
        yield table.at_most(name, median(p95), MILLISECONDS, ".0f", ratio=table.spread(p95))
