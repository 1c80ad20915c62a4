"""Journals of page views: written as nginx and the portal write them, read, and what was counted from them."""

import threading
import time
from datetime import date
from pathlib import Path

from django.db import connections

from news.models import DailyViews
from news.pageviews import most_read

PHONE = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36"
)


def lines_in(folder) -> list[list[str]]:
    files = sorted(Path(folder).glob("*.log"))
    return [line.split("\t") for file in files for line in file.read_text("latin-1").splitlines()]


def make_line(article, *, moment=None, method="GET", status=200, purpose="-", agent=PHONE, bucket=7) -> bytes:
    """A line of a journal; with bucket=None one of the first releases."""
    seconds = moment.timestamp() if moment else time.time()
    number = getattr(article, "pk", article)
    end = "" if bucket is None else f"\t{bucket}"
    return f"{seconds:.3f}\t{number}\t{method}\t{status}\t{purpose}\t{agent}{end}\n".encode()


def write(folder, *lines: bytes, name="nginx-2024-11-13.log"):
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / name).open("ab") as file:
        file.write(b"".join(lines))
    return folder / name


def days(article) -> dict[date, int]:
    return dict(DailyViews.objects.filter(article_id=article.pk).values_list("day", "views"))


def listed(period) -> list[tuple[str, int]]:
    return [(article.title, article.readers) for article in most_read.of_period(period, limit=50)]


def in_threads(*functions) -> list:
    results, errors = [], []

    def run(function):
        try:
            results.append(function())
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[function]) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    return results
