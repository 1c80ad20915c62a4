"""The related articles of the portal and of simpler methods, and the cost of computing a list."""

import os
import time
from collections import Counter, defaultdict
from math import log, sqrt

from django.core.management import call_command
from django.db import connection, transaction

from bench.processes import cpu_seconds
from news import related
from news.models import Article
from news.related import first
from news.related.block import Block

FIRST = 5


def import_articles(file: str) -> None:
    with open(os.devnull, "w") as nowhere:
        call_command("import_articles", file, stdout=nowhere)


def lists() -> dict[str, list[list[int]]]:
    """By method: for each article, in order of id, the ids of its first five related articles."""
    articles = list(Article.objects.published().order_by("pk"))
    computed = [[each.pk for each in related.compute(article)] for article in articles]
    return {
        "portal": computed,
        **_of_an_import([article.pk for article in articles]),
        "tf-idf": _by_cosine(articles),
        "category": [_newest_of_category(article) for article in articles],
    }


def _of_an_import(pks: list[int]) -> dict[str, list[list[int]]]:
    """The lists that articles have after an import, until each is computed: the first ones, then those of a block."""
    firsts = first.lists(pks)
    related.store(firsts)
    block = _read(Block(pks))
    return {
        "first": [firsts[pk][:FIRST] for pk in pks],
        "block": [block.lists([pk])[pk][:FIRST] for pk in pks],
    }


def _read(block: Block) -> Block:
    for _ in block.read():
        pass
    return block


def _newest_of_category(article: Article) -> list[int]:
    others = Article.objects.published().filter(category=article.category_id).exclude(pk=article.pk)
    return list(others.newest_first().values_list("pk", flat=True)[:FIRST])


def _by_cosine(articles: list[Article]) -> list[list[int]]:
    vectors = _vectors(articles)
    index = defaultdict(list)
    for pk, vector in vectors.items():
        for stem, value in vector.items():
            index[stem].append((pk, value))

    def nearest(own: int) -> list[int]:
        near: dict[int, float] = defaultdict(float)
        for stem, value in vectors[own].items():
            for pk, other in index[stem]:
                near[pk] += value * other
        del near[own]
        return sorted(near, key=lambda pk: (-near[pk], pk))[:FIRST]

    return [nearest(pk) for pk in vectors]


def _vectors(articles: list[Article]) -> dict[int, dict[str, float]]:
    """For each article id the tf-idf vector of its stems, normalized to length 1."""
    counts = {each.pk: Counter(f"{each.title_stems} {each.body_stems}".split()) for each in articles}
    having = Counter(stem for each in counts.values() for stem in each)
    vectors = {}
    for pk, stems in counts.items():
        vector = {stem: count * log(len(articles) / having[stem]) for stem, count in stems.items()}
        length = sqrt(sum(value**2 for value in vector.values())) or 1
        vectors[pk] = {stem: value / length for stem, value in vector.items()}
    return vectors


def times(turn: int, rounds: int, number: int) -> dict[str, list[float]]:
    """One round: computes `number` lists; returns the milliseconds of each, elapsed ("wall") and in CPU time of this
    process and its Postgres backend ("cpu"). The articles are spread over the archive and differ per round."""
    roots = _roots()
    measured: dict[str, list[float]] = {"wall": [], "cpu": []}
    for article in _spread_over_archive(turn, rounds, number):
        cpu, wall = cpu_seconds(*roots), time.perf_counter()
        related.compute(article)
        measured["wall"].append((time.perf_counter() - wall) * 1000)
        measured["cpu"].append((cpu_seconds(*roots) - cpu) * 1000)
    return measured


def _roots() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return [os.getpid(), cursor.fetchone()[0]]


def import_times(turn: int, number: int) -> dict[str, float]:
    """One round: the milliseconds of CPU time of this process and its Postgres backend per list, made and stored, of
    `number` articles next to one another in time as after an import. Nothing stays stored."""
    published = Article.objects.published().newest_first().values_list("pk", flat=True)
    pks = list(published[turn * number : (turn + 1) * number])
    measured = {}
    with transaction.atomic():
        for name, lists in (("first", first.lists), ("block", lambda pks: _read(Block(pks)).lists(pks))):
            begun = cpu_seconds(*_roots())
            related.store(lists(pks))
            measured[name] = (cpu_seconds(*_roots()) - begun) * 1000 / len(pks)
        transaction.set_rollback(True)
    return measured


def _spread_over_archive(turn: int, rounds: int, number: int) -> list[Article]:
    published = Article.objects.published().order_by("-pk").defer("body", "body_stems", "search")
    newest = published.values_list("pk", flat=True)[0]
    places = [newest * (rounds * step + turn + 1) // (rounds * number) for step in range(number)]
    return [article for place in places if (article := published.filter(pk__lte=place).first())]


def number_of_articles() -> int:
    return Article.objects.published().count()
