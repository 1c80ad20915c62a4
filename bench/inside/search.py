"""The quality of the search, its suggestions and the stemmer, and the cost of a search."""

import os
import random
import string
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date
from functools import partial
from math import log
from pathlib import Path
from statistics import mean
from typing import NamedTuple
from urllib.parse import urlencode

from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from bench import corpora
from bench.processes import cpu_seconds
from news.forms import SearchForm
from news.models import Article, Category, District, Word
from news.search import find, spelling, stemming, vocabulary
from news.search.places import EVERYWHERE, Narrowing
from news.search.query import parse
from news.views.search import FEW
from news.web import dates
from portal.importers.saving import DEFAULT_CATEGORY, named

TEN = 10
TITLES, TYPOS = 2_000, 1_500  # sample sizes
SEARCHES = 40  # per kind and round
PASSAGE = "facqa"  # the `source` of articles made from passages
INFLECTIONS = Path(__file__).resolve().parent.parent / "inflections.txt"
ODD_SEARCHES = INFLECTIONS.with_name("odd_searches.txt")


# ---- The archives


def add_passages(file: str) -> None:
    """Makes an article of each passage; the title is its first eight words."""
    category, now = named(Category, DEFAULT_CATEGORY), timezone.now()
    for row in corpora.rows(Path(file)):
        Article.objects.create(
            title=" ".join(row["text"].split()[:8])[:300],
            body=f"<p>{_escaped(row['text'])}</p>",
            category=category,
            source=PASSAGE,
            source_key=row["doc_id"],
            status=Article.Status.PUBLISHED,
            published_at=now,
        )
    vocabulary.refresh(Article.objects.published())


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def add_articles(*files: str) -> None:
    """Imports these files. Rows without a title are refused, which is no error here."""
    with suppress(CommandError), open(os.devnull, "w") as nowhere:
        call_command("import_articles", *files, stdout=nowhere)


# ---- Search quality: the mean reciprocal rank of the first right answer among ten results


def questions(file: str) -> dict[str, float]:
    asked = list(corpora.rows(Path(file)))
    keys = dict(Article.objects.filter(source=PASSAGE).values_list("pk", "source_key"))
    published = Article.objects.published()
    bodies = published.values_list("pk", "body_stems").order_by("pk")
    bm25 = Bm25((pk, stems.split()) for pk, stems in bodies.iterator())
    ours, theirs = [], []
    for row in asked:
        found = [each.pk for each in published.search(row["query"], limit=TEN)]
        ours.append(_reciprocal_rank([keys.get(pk) for pk in found], row["relevant"]))
        best = bm25.best(stemming.stems(row["query"]).split())
        theirs.append(_reciprocal_rank([keys.get(pk) for pk in best], row["relevant"]))
    return {"articles": len(bm25.lengths), "asked": len(asked), "portal": mean(ours), "bm25": mean(theirs)}


def titles() -> dict[str, float]:
    """Searches for the first six words of titles; any article with that title is a right answer."""
    published = Article.objects.published()
    everything = list(published.values_list("title", flat=True).order_by("pk"))
    some = random.Random(1).sample(everything, min(TITLES, len(everything)))
    ranks = []
    for title in some:
        found = published.search(" ".join(title.split()[:6]), limit=TEN)
        ranks.append(_reciprocal_rank([each.title for each in found], [title]))
    return {"asked": len(some), "portal": mean(ranks)}


def _reciprocal_rank(found: list, relevant: Sequence) -> float:
    return next((1 / rank for rank, key in enumerate(found[:TEN], start=1) if key in relevant), 0.0)


class Bm25:
    """Okapi BM25 over whole texts: the baseline for the search. It does not use news.search.bm25, so as not to share
    its mistakes."""

    def __init__(self, texts: Iterable[tuple[int, list[str]]], k1: float = 1.2, b: float = 0.75) -> None:
        self.k1, self.b = k1, b
        self.lengths: dict[int, int] = {}
        self.postings: dict[str, list[tuple[int, int]]] = {}
        for pk, stems in texts:
            self.lengths[pk] = len(stems)
            for stem, times in Counter(stems).items():
                self.postings.setdefault(stem, []).append((pk, times))
        self.usual = mean(self.lengths.values())

    def best(self, stems: list[str]) -> list[int]:
        scores: dict[int, float] = {}
        number = len(self.lengths)
        for stem in set(stems):
            having = self.postings.get(stem, [])
            weight = log(1 + (number - len(having) + 0.5) / (len(having) + 0.5))
            for pk, times in having:
                length = self.k1 * (1 - self.b + self.b * self.lengths[pk] / self.usual)
                scores[pk] = scores.get(pk, 0.0) + weight * times * (self.k1 + 1) / (times + length)
        return sorted(scores, key=lambda pk: (-scores[pk], pk))[:TEN]


# ---- Stemmer and spelling


def inflections() -> dict[str, int]:
    """How many pairs of inflected forms get the same stem."""
    pairs = [line.split() for line in INFLECTIONS.read_text().splitlines() if line and line[0] != "#"]
    return {"pairs": len(pairs), "right": sum(stemming.stem(one) == stemming.stem(other) for one, other in pairs)}


def typos() -> dict[str, float]:
    """Shares of mistyped words (common, rare) that are corrected, and of correct words that are questioned."""
    rng = random.Random(1)
    counted = Word.objects.exclude(word="").filter(articles__gt=0, word__regex="^[a-z]{4,}$")
    words = counted.values_list("word", flat=True).order_by("word")
    common, rare = list(words.filter(articles__gte=3)), list(words.filter(articles__lt=3))
    return {
        "common": mean(spelling.suggest(_mistyped(word, rng)) == word for word in rng.choices(common, k=TYPOS)),
        "rare": mean(spelling.suggest(_mistyped(word, rng)) == word for word in rng.choices(rare, k=TYPOS)),
        "doubted": mean(spelling.suggest(word) is not None for word in rng.choices(common, k=TYPOS)),
    }


def _mistyped(word: str, rng: random.Random) -> str:
    """The word with one letter dropped, added, changed, or swapped with the next."""
    while True:
        place, letter = rng.randrange(len(word)), rng.choice(string.ascii_lowercase)
        head, tail = word[:place], word[place:]
        swapped = head + tail[1:2] + tail[:1] + tail[2:]
        typo = rng.choice([head + tail[1:], head + letter + tail, head + letter + tail[1:], swapped])
        if typo != word:
            return typo


# ---- Speed


class Asked(NamedTuple):
    """What a reader asks for: a text, and what the search is narrowed to."""

    text: str
    within: Narrowing = EVERYWHERE
    by_time: bool = False


def speed(turn: int) -> dict[str, dict[str, list[float]]]:
    """One round: by kind of search the milliseconds of each search, in elapsed time ("wall") and in CPU time of this
    process and its Postgres backend ("cpu"). The queries come from the archive itself and differ per round."""
    published = Article.objects.published()
    rng = random.Random(turn)
    kinds = {kind: [Asked(text) for text in texts] for kind, texts in _searches(rng).items()} | _narrowed(rng)

    def search(asked: Asked) -> None:
        found = find.find(published, parse(asked.text), asked.within, by_time=asked.by_time)
        find.fetch(published, found.pks[: 2 * TEN])
        if len(found.whole) <= FEW:
            spelling.suggest(asked.text)

    return {kind: _measured([partial(search, each) for each in asked]) for kind, asked in kinds.items()}


def _measured(calls: list[Callable[[], object]]) -> dict[str, list[float]]:
    """The times of the calls, without the last one, which warms the caches for its kind."""
    roots = _processes()
    calls.pop()()
    walls, cpus = [], []
    for call in calls:
        cpu, wall = cpu_seconds(*roots), time.perf_counter()
        call()
        walls.append((time.perf_counter() - wall) * 1000)
        cpus.append((cpu_seconds(*roots) - cpu) * 1000)
    return {"wall": walls, "cpu": cpus}


def _processes() -> list[int]:
    """This process and its Postgres backend."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return [os.getpid(), cursor.fetchone()[0]]


def _narrowed(rng: random.Random) -> dict[str, list[Asked]]:
    """Searches that only a part of the archive can answer."""
    middling, common = _by_frequency([(0.005, 0.1), (0.1, 1)])
    words, old = [*middling, *common], _not_recent() or middling
    categories = list(Category.objects.values_list("pk", flat=True))
    districts = list(District.objects.values_list("pk", flat=True)) or [0]
    first = Article.objects.published().earliest("published_at").published_at.year
    years = range(first, timezone.now().year + 1)

    def some(make: Callable[[], Asked]) -> list[Asked]:
        return [make() for _ in range(SEARCHES + 1)]

    def of_year(year: int) -> Narrowing:
        return Narrowing(first=dates.midnight(date(year, 1, 1)), after=dates.midnight(date(year + 1, 1, 1)))

    return {
        "frequent, not recent": some(lambda: Asked(rng.choice(old))),
        "frequent, not recent, newest first": some(lambda: Asked(rng.choice(old), by_time=True)),
        "of a category": some(lambda: Asked(rng.choice(words), Narrowing(category=rng.choice(categories)))),
        "of a district": some(lambda: Asked(rng.choice(words), Narrowing(district=rng.choice(districts)))),
        "of a category and a district": some(
            lambda: Asked(rng.choice(words), Narrowing(rng.choice(categories), rng.choice(districts)))
        ),
        "of a year": some(lambda: Asked(rng.choice(words), of_year(rng.choice(years)))),
        "not recent, of a category": some(lambda: Asked(rng.choice(old), Narrowing(rng.choice(categories)))),
        "newest first": some(lambda: Asked(rng.choice(words), by_time=True)),
    }


def _not_recent() -> list[str]:
    """Stems that many articles have, but none of the newest."""
    newest = Article.objects.published().newest_first().values_list("pk", flat=True)[:2_000]
    recent = f"SELECT search FROM news_article WHERE id IN ({', '.join(map(str, newest))})"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word FROM news_word WHERE word <> ''"
            " AND stems > (SELECT 0.005 * stems FROM news_word WHERE word = '')"
            " AND word NOT IN (SELECT word FROM ts_stat(%s))",
            [recent],
        )
        return [word for (word,) in cursor.fetchall()]


def odd() -> dict[str, float]:
    """The CPU milliseconds of odd requests for the search page, by the request; the dearest ten."""
    client, roots, cost = Client(), _processes(), {}
    for query in _odd_queries():
        before = cpu_seconds(*roots)
        client.get("/cari", query, headers={"host": "127.0.0.1"})
        cost[urlencode(query)[:80]] = (cpu_seconds(*roots) - before) * 1000
    return dict(sorted(cost.items(), key=lambda each: -each[1])[:TEN])


def _odd_queries() -> Iterator[dict[str, str]]:
    """Each odd text alone, and with some odd filters, orders and pages."""
    rng = random.Random(1)
    category = Category.objects.values_list("slug", flat=True).first() or ""
    old = str(timezone.now().year - 8)
    further = [{"hal": "2"}, {"hal": "6"}, {"hal": "50"}, {"hal": "-1"}, {"urut": "terbaru"}, {"urut": "acak"}]
    further += [{"kategori": category}, {"kategori": "tidak-ada"}, {"tahun": "1900"}, {"tahun": "99999"}]
    further += [{"kategori": category, "tahun": old, "urut": "terbaru"}, {"tahun": old, "hal": "3"}]
    for number, text in enumerate(_odd_texts(rng)):
        for more in [{}, *rng.sample(further, 6)]:
            yield {"q": text, **more, "n": str(number)}


def _odd_texts(rng: random.Random) -> list[str]:
    """Those of the file, and others of the words of this archive."""
    middling, common = _by_frequency([(0.005, 0.1), (0.1, 1)])
    words, longest = [*common, *middling], SearchForm.LONGEST
    many = " ".join(rng.choices(words, k=1_000))
    typos = [_mistyped(word, rng) for word in rng.choices(middling, k=40)]
    nothing = ["".join(rng.choices(string.ascii_lowercase, k=12)) for _ in range(15)]
    long = [many, f'"{many}', f"-{many}", " ".join(common), " ".join(word[:2] for word in words), " ".join(typos)]
    long += [f'"{many[: longest - 2]}"', " ".join(f"-{word}" for word in words), " ".join(nothing)]
    long += [" ".join(f'"{word}"' for word in words), " ".join(f"{word}-{word}" for word in words), "x" * 5_000]
    some = [*rng.choices(words, k=40), *(" ".join(rng.choices(words, k=3)) for _ in range(40))]
    lines = ODD_SEARCHES.read_text().splitlines()[1:]
    return [*lines, *typos, *some, *(text[:longest] for text in long), many[:5_000]]


def _searches(rng: random.Random) -> dict[str, list[str]]:
    """Queries by kind: SEARCHES to be measured, and one to warm up."""
    rare, middling, common = _by_frequency([(0, 0.002), (0.005, 0.1), (0.1, 1)])
    titles, texts = _sentences(rng, SEARCHES + 1)

    def some(*sources: list[str]) -> list[str]:
        return [" ".join(rng.choice(source) for source in sources) for _ in range(SEARCHES + 1)]

    unknown = some(middling, common, middling, common)
    excluding = zip(some(common), some(middling), strict=True)
    return {
        "rare word": some(rare),
        "middling word": some(middling),
        "common word": some(common),
        "misspelt word": [_mistyped(word, rng) for word in some(middling)],
        "two misspelt words": [
            f"{_mistyped(one, rng)} {_mistyped(other, rng)}"
            for one, other in zip(some(middling), some(common), strict=True)
        ],
        "absent word": ["".join(rng.choices("qxzvkw", k=9)) for _ in range(SEARCHES + 1)],
        "two common words": some(common, common),
        "common and rare": some(common, rare),
        "three middling words": some(middling, middling, middling),
        "six words of a title": [" ".join(title.split()[:6]) for title in titles],
        "quoted, from a text": [f'"{" ".join(text.split()[3:5])}"' for text in texts],
        "quoted, four words": [f'"{" ".join(text.split()[3:7])}"' for text in texts],
        "quoted, not there": [f'"{text}"' for text in some(common, common)],
        "with an exclusion": [f"{one} -{other}" for one, other in excluding],
        "question": [f"Di mana dan kapan {' '.join(text.split()[2:12])}?" for text in texts],
        "question, nothing has all words": [
            f"Siapakah {text} {extra}?" for text, extra in zip(unknown, some(["zkwxq"], rare), strict=True)
        ],
    }


def _by_frequency(shares: list[tuple[float, float]]) -> list[list[str]]:
    """For each pair (low, high): the words found in a share of the articles between these two."""
    terms = Word.objects.filter(word__regex="^[a-z]{4,}$").exclude(word__in=stemming.stop_words())
    total = Word.objects.get(word="").articles
    words = terms.values_list("word", flat=True).order_by("word")
    return [list(words.filter(articles__gte=low * total, articles__lte=high * total)) for low, high in shares]


def _sentences(rng: random.Random, number: int) -> tuple[list[str], list[str]]:
    """`number` titles and as many summaries, of random articles."""
    newest = Article.objects.order_by("-pk").values_list("pk", flat=True)[0]
    some = Article.objects.published().filter(pk__in=[rng.randrange(1, newest) for _ in range(3 * number)])
    rows = list(some.values_list("title", "summary")[:number])
    return [title for title, _ in rows], [summary for _, summary in rows]
