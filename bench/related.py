"""How good and how fast Artikel Terkait is:  .venv/bin/python bench/related.py DATA [--archive DATA_DIR]

DATA holds news_detik_aspect/ and news_detik_tempo_tags/, each with a data.jsonl.gz. Each is imported by
`import_articles` into a scratch database; then for every article the first five of `related.compute()` are looked at:

    topics  which of them were found by the same search_keyword
    tags    which of them have a tag of the editors in common, one that is not on everything; once with the tags
            imported, and once without, so that only the text can tell

A share is hits / what could be hit (at most five), the mean over the articles that have something to hit. Beside it
stand two other ways in the same run: the cosine of tf-idf over the stems of title and text, and the newest of the
same category, which most portals show.

--archive measures the time in a large archive (`make_archive 1000000`): of 300 articles spread over it, after as many
others, the wall clock's time, and the CPU time of Python and of Postgres (Linux).
"""

import argparse
import gzip
import json
import os
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from math import log, sqrt
from pathlib import Path
from statistics import mean, quantiles

import processes
import sites
from sites import postgres

FIRST = 5
MEASURED = 300
LIMIT = 100  # ms


def main() -> int:
    parser = argparse.ArgumentParser(formatter_class=argparse.RawDescriptionHelpFormatter, description=__doc__)
    parser.add_argument("data", type=Path, metavar="DATA")
    parser.add_argument("--archive", type=Path, metavar="DATA_DIR", help="of an archive that is there")
    options = parser.parse_args()
    print(f"{'':34}{'portal':>8}{'target':>9}{'tf-idf':>9}{'category':>10}", flush=True)
    topics = rows(options.data / "news_detik_aspect")
    tagged = [row for row in rows(options.data / "news_detik_tempo_tags") if row["tags_kind"] == "editor"]
    untagged = [{**row, "tags": []} for row in tagged]
    by_tags = by_common_tags(tagged)
    reached = [
        report("topics", imported(topics), topics, by_topic(topics), 0.45),
        report("editors' tags, imported", imported(tagged), tagged, by_tags, 0.54),
        report("editors' tags, not imported", imported(untagged), tagged, by_tags, 0.54),
    ]
    if options.archive:
        reached.append(report_times(options.archive.resolve()))
    return int(not all(reached))


def rows(folder: Path) -> list[dict]:
    with gzip.open(folder / "data.jsonl.gz", "rt") as lines:
        return [json.loads(line) for line in lines]


# ---- What is related, by row


def by_topic(articles: list[dict]) -> list[set[int]]:
    return [
        {
            at
            for at, other in enumerate(articles)
            if other is not row and other["search_keyword"] == row["search_keyword"]
        }
        for row in articles
    ]


def by_common_tags(articles: list[dict]) -> list[set[int]]:
    counts = Counter(tag for row in articles for tag in set(row["tags"]))
    telling = [{tag for tag in row["tags"] if counts[tag] < len(articles)} for row in articles]
    return [
        {at for at, other in enumerate(telling) if at != own and other & telling[own]} for own in range(len(articles))
    ]


# ---- Ways to find it; each gives per row its first five


def imported(articles: list[dict]) -> dict[str, list[list[int]]]:
    """The lists of the portal and of the other ways, by name, from a scratch database with these articles."""
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        file = Path(folder) / "articles.jsonl"
        file.write_text("".join(json.dumps({**row, "id": at + 1}) + "\n" for at, row in enumerate(articles)))
        data_dir = Path(folder) / "data"
        with postgres.running(data_dir):
            sites.run("manage.py", "migrate", "--no-input", "--verbosity=0", DATA_DIR=data_dir)
            sites.run("manage.py", "import_articles", str(file), DATA_DIR=data_dir)
            lists = json.loads(sites.run("bench/related.py", "lists", DATA_DIR=data_dir))
    return {name: [[pk - 1 for pk in found] for found in ranked] for name, ranked in lists.items()}


def lists() -> dict[str, list[list[int]]]:
    """What a subprocess prints of the database that DATA_DIR names."""
    from news import related
    from news.models import Article

    articles = list(Article.objects.published().order_by("pk"))
    return {
        "portal": [[each.pk for each in related.compute(article)] for article in articles],
        "tf-idf": by_cosine(articles),
        "category": [
            [
                each.pk
                for each in Article.objects.published()
                .filter(category=article.category_id).exclude(pk=article.pk).newest_first()[:FIRST]
            ]
            for article in articles
        ],
    }  # fmt: skip


def by_cosine(articles) -> list[list[int]]:
    counts = {each.pk: Counter(f"{each.title_stems} {each.body_stems}".split()) for each in articles}
    having = Counter(stem for each in counts.values() for stem in each)
    index = defaultdict(list)
    vectors = {}
    for pk, stems in counts.items():
        vector = {stem: count * log(len(articles) / having[stem]) for stem, count in stems.items()}
        length = sqrt(sum(value**2 for value in vector.values())) or 1
        vectors[pk] = {stem: value / length for stem, value in vector.items()}
        for stem, value in vectors[pk].items():
            index[stem].append((pk, value))

    def nearest(own):
        near = Counter()
        for stem, value in vectors[own].items():
            for pk, other in index[stem]:
                near[pk] += value * other
        del near[own]
        return [pk for pk, _ in near.most_common(FIRST)]

    return [nearest(pk) for pk in vectors]


def share(found: list[list[int]], related: list[set[int]]) -> float:
    return mean(
        len(own & set(list_[:FIRST])) / min(FIRST, len(own)) for list_, own in zip(found, related, strict=True) if own
    )


def report(name: str, ways, articles, related, target: float) -> bool:
    assert len(ways["portal"]) == len(articles), "the import left articles out"
    shares = {way: share(found, related) for way, found in ways.items()}
    reached = shares["portal"] >= max(target, shares["tf-idf"])
    print(
        f"{name:34}{shares['portal']:>8.3f}{f'>= {target}':>9}{shares['tf-idf']:>9.3f}{shares['category']:>10.3f}"
        f"  {'ok' if reached else 'MISSED'}",
        flush=True,
    )
    return reached


# ---- Times


def report_times(data_dir: Path) -> bool:
    with postgres.running(data_dir):
        measured = json.loads(sites.run("bench/related.py", "times", DATA_DIR=data_dir))
    print(f"\n{measured['articles']:,} articles, ms{'':20}{'p50':>8}{'p95':>8}{'most':>8}")
    for name in ("wall", "cpu"):
        p50, p95, most = measured[name]
        print(f"{name:34}{p50:>8.0f}{p95:>8.0f}{most:>8.0f}{f'p95 < {LIMIT}':>12}")
    reached = measured["wall"][1] < LIMIT and measured["cpu"][1] < LIMIT
    print("ok" if reached else "MISSED", flush=True)
    return reached


def times() -> dict:
    """What a subprocess prints of the archive that DATA_DIR names."""
    from django.db import connection

    from news import related
    from news.models import Article

    published = Article.objects.published()
    newest = published.order_by("-pk").values_list("pk", flat=True).first()
    spread_over = published.order_by("-pk").defer("body", "body_stems", "search")
    articles = [
        spread_over.filter(pk__lte=newest * turn // (2 * MEASURED)).first() for turn in range(2, 2 * MEASURED + 1)
    ]
    for article in filter(None, articles[1::2]):  # others first: what all lists need is then in memory
        related.compute(article)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        roots = [os.getpid(), cursor.fetchone()[0]]
    walls, cpus = [], []
    for article in filter(None, articles[::2]):
        cpu, wall = processes.cpu_seconds(*roots), time.perf_counter()
        related.compute(article)
        walls.append((time.perf_counter() - wall) * 1000)
        cpus.append((processes.cpu_seconds(*roots) - cpu) * 1000)
    return {"articles": published.count(), "wall": spread(walls), "cpu": spread(cpus)}


def spread(values: list[float]) -> list[float]:
    parts = quantiles(values, n=20)
    return [parts[9], parts[18], max(values)]


COMMANDS: dict[str, Callable] = {"lists": lists, "times": times}

if __name__ == "__main__":
    if len(sys.argv) == 2 and sys.argv[1] in COMMANDS:
        import django

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
        django.setup()
        print(json.dumps(COMMANDS[sys.argv[1]]()))
    else:
        sys.exit(main())
