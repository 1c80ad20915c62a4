"""The parts of bench/search.py that run in the portal's Django, on the database of DATA_DIR.

Each prints JSON: lines of (name, ours, target, whether it was reached or None).
"""

import gzip
import json
import os
import random
import string
import sys
import time
from collections import Counter
from contextlib import suppress
from math import log
from pathlib import Path
from statistics import median, quantiles

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.core.management import CommandError, call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from news.models import Article, Category, Word  # noqa: E402
from news.search import spelling, stemming, vocabulary  # noqa: E402
from portal.importers import DEFAULT_CATEGORY, named  # noqa: E402

TEN = 10
TITLES, TYPOS = 2_000, 1_500  # looked at, drawn at random
PASSAGE = "facqa"  # the source of an article that is a passage


def main(command: str, *arguments: str):
    print(json.dumps(COMMANDS[command](*arguments)))


def _rows(path: str):
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


# ---- Questions


def passages(path: str):
    """Makes each passage an article: the title is its first eight words."""
    category, now = named(Category, DEFAULT_CATEGORY), timezone.now()
    for row in _rows(path):
        title = " ".join(row["text"].split()[:8])[:300]
        Article.objects.create(
            title=title, body=f"<p>{_escaped(row['text'])}</p>", category=category, source=PASSAGE,
            source_key=row["doc_id"], status=Article.Status.PUBLISHED, published_at=now,
        )  # fmt: skip
    vocabulary.refresh(Article.objects.published())


def articles(*files: str):
    """Imports these; rows without a title are refused, which is no error here."""
    with suppress(CommandError), open(os.devnull, "w") as nowhere:
        call_command("import_articles", *files, stdout=nowhere)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def questions(queries: str, corpus: str):
    asked = list(_rows(queries))
    keys = dict(Article.objects.filter(source=PASSAGE).values_list("pk", "source_key"))
    published = Article.objects.published()
    ours = [
        _reciprocal([keys.get(each.pk) for each in published.search(row["query"], limit=TEN)], row["relevant"])
        for row in asked
    ]
    bm25 = Bm25(
        (pk, stems.split()) for pk, stems in published.values_list("pk", "body_stems").order_by("pk").iterator()
    )
    theirs = [
        _reciprocal([keys.get(pk) for pk in bm25.best(stemming.stems(row["query"]).split())], row["relevant"])
        for row in asked
    ]
    mrr, limit = _mean(ours), _mean(theirs)
    return [
        (f"questions: MRR of BM25 over {len(bm25.lengths)} articles", f"{limit:.3f}", "", None),
        (f"questions: MRR of {len(asked)}", f"{mrr:.3f}", f">= {limit - 0.02:.3f}", mrr >= limit - 0.02),
    ]


def _reciprocal(found: list, relevant: list) -> float:
    return next((1 / rank for rank, key in enumerate(found[:TEN], start=1) if key in relevant), 0.0)


def _mean(some: list[float]) -> float:
    return sum(some) / max(1, len(some))


class Bm25:
    """Okapi BM25 over whole texts, k1 = 1.2 and b = 0.75: what the search is compared with."""

    def __init__(self, texts, k1=1.2, b=0.75):
        self.k1, self.b, self.lengths, self.postings = k1, b, {}, {}
        for pk, stems in texts:
            self.lengths[pk] = len(stems)
            for stem, times in Counter(stems).items():
                self.postings.setdefault(stem, []).append((pk, times))
        self.usual = _mean(list(self.lengths.values()))

    def best(self, stems: list[str]) -> list[int]:
        scores, number = Counter(), len(self.lengths)
        for stem in set(stems):
            having = self.postings.get(stem, [])
            weight = log(1 + (number - len(having) + 0.5) / (len(having) + 0.5))
            for pk, times in having:
                length = self.k1 * (1 - self.b + self.b * self.lengths[pk] / self.usual)
                scores[pk] += weight * times * (self.k1 + 1) / (times + length)
        return [pk for pk, _ in scores.most_common(TEN)]


# ---- Titles


def titles():
    """Two articles of one title are both right."""
    published = Article.objects.published()
    all_titles = list(published.values_list("title", flat=True).order_by("pk"))
    some = random.Random(1).sample(all_titles, min(TITLES, len(all_titles)))
    ranks = []
    for title in some:
        found = published.search(" ".join(title.split()[:6]), limit=TEN)
        ranks.append(_reciprocal([each.title for each in found], [title]))
    mrr = _mean(ranks)
    return [(f"titles: MRR of the first six words of {len(some)}", f"{mrr:.3f}", ">= 0.970", mrr >= 0.97)]


# ---- Words


def inflections():
    lines = Path(__file__).with_name("inflections.txt").read_text().split("\n")
    pairs = [line.split() for line in lines if line and not line.startswith("#")]
    right = sum(stemming.stem(one) == stemming.stem(other) for one, other in pairs)
    return [(f"inflections: of {len(pairs)} pairs one stem", f"{right}", ">= 95 %", right >= 0.95 * len(pairs))]


def typos():
    rng = random.Random(1)
    counted = Word.objects.exclude(word="").filter(articles__gt=0, word__regex="^[a-z]{4,}$")
    common = list(counted.filter(articles__gte=3).values_list("word", flat=True).order_by("word"))
    rare = list(counted.filter(articles__lt=3).values_list("word", flat=True).order_by("word"))
    lines = []
    for name, some, least in (("words of 3 articles and more", common, 0.8), ("rarer words", rare, None)):
        right = sum(spelling.suggest(_mistyped(word, rng)) == word for word in rng.choices(some, k=TYPOS)) / TYPOS
        target = f">= {least:.0%}" if least else ""
        lines.append((f"typos set right: {name}", f"{right:.1%}", target, right >= least if least else None))
    sample = rng.choices(common, k=TYPOS)
    wrong = sum(spelling.suggest(word) is not None for word in sample) / TYPOS
    return [*lines, ("typos: right words that are doubted", f"{wrong:.1%}", "<= 1%", wrong <= 0.01)]


def _mistyped(word: str, rng) -> str:
    while True:
        place, letter = rng.randrange(len(word)), rng.choice(string.ascii_lowercase)
        head, tail = word[:place], word[place:]
        typo = rng.choice([
            head + tail[1:], head + letter + tail, head + letter + tail[1:], head + tail[1:2] + tail[:1] + tail[2:],
        ])  # fmt: skip
        if typo != word:
            return typo


# ---- Speed


def speed():
    """Searches drawn from the archive itself, each text once."""
    rng = random.Random(1)
    published, lines = Article.objects.published(), []
    total = published.count()
    kinds = _searches(rng)
    backend = connection.connection.info.backend_pid
    for texts in kinds.values():  # the first of a kind reads from the disk what all need
        published.search(texts.pop())
    for kind, texts in kinds.items():
        times, costs = [], []
        for text in texts:
            start, before = time.perf_counter(), _cpu(backend)
            published.search(text, limit=20)
            times.append((time.perf_counter() - start) * 1000)
            costs.append((_cpu(backend) - before) * 1000)
        p95, cpu = quantiles(times, n=20)[-1], quantiles(costs, n=20)[-1]
        name = f"{kind}: p50 {median(times):.0f}, CPU p50 {median(costs):.0f}, p95 {cpu:.0f}"
        lines.append((name, f"{p95:.0f} ms", "< 50 ms", p95 < 50))
    return [(f"speed with {total:,} articles, p95 in ms", "", "", None), *lines]


def _cpu(backend: int) -> float:
    """Seconds that this process and its connection's Postgres process have used."""
    return time.process_time() + int(Path(f"/proc/{backend}/schedstat").read_text().split()[0]) / 1e9


def _searches(rng) -> dict[str, list[str]]:
    number = 40
    telling = Word.objects.filter(word__regex="^[a-z]{4,}$").exclude(word__in=stemming.stop_words())
    looked_at = Word.objects.get(word="").articles

    def between(low, high):
        some = telling.filter(articles__gte=low * looked_at, articles__lte=high * looked_at)
        return list(some.values_list("word", flat=True).order_by("word"))

    rare, middling, common = between(0, 0.002), between(0.005, 0.1), between(0.1, 1)
    sentences = _sentences(rng, number)

    def some(*sources, n=number):
        return [" ".join(rng.choice(source) for source in sources) for _ in range(n + 1)]

    return {
        "rare word": some(rare),
        "middling word": some(middling),
        "common word": some(common),
        "absent word": ["".join(rng.choices("qxzvkw", k=9)) for _ in range(number + 1)],
        "two common words": some(common, common),
        "common and rare": some(common, rare),
        "three middling words": some(middling, middling, middling),
        "six words of a title": [" ".join(title.split()[:6]) for title in sentences["titles"]],
        "quoted, from a text": [f'"{" ".join(text.split()[3:5])}"' for text in sentences["texts"]],
        "quoted, four words": [f'"{" ".join(text.split()[3:7])}"' for text in sentences["texts"]],
        "quoted, not there": [f'"{text}"' for text in some(common, common)],
        "with an exclusion": [f"{one} -{other}" for one, other in zip(some(common), some(middling), strict=True)],
        "question": [f"Di mana dan kapan {' '.join(text.split()[2:12])}?" for text in sentences["texts"]],
        "question, nothing has all words": [
            f"Siapakah {text} {extra}?"
            for text, extra in zip(some(middling, common, middling, common), some(["zkwxq"], rare), strict=True)
        ],
    }  # fmt: skip


def _sentences(rng, number: int) -> dict[str, list[str]]:
    newest = Article.objects.order_by("-pk").values_list("pk", flat=True).first()
    some = Article.objects.published().filter(pk__in=[rng.randrange(1, newest) for _ in range(3 * number)])
    rows = list(some.values_list("title", "summary")[: number + 1])
    return {"titles": [title for title, _ in rows], "texts": [summary for _, summary in rows]}


COMMANDS = {each.__name__: each for each in (passages, articles, questions, titles, inflections, typos, speed)}

if __name__ == "__main__":
    connection.ensure_connection()
    main(*sys.argv[1:])
