"""The parts of the bench, one module each.

To add one: write a module here whose `measure(options)` yields bench.table.Line, and name it in PARTS. It raises
bench.Failed if it cannot measure, and bench.LeftOut if the machine lacks something. Code that must run in the portal's
Django belongs to bench/inside and is called through `bench.portals`.
"""

from typing import NamedTuple


class Part(NamedTuple):
    about: str  # for --help
    compares: bool = False  # supports --against
    is_quick: bool = False  # measured by --quick


PARTS = {
    "page": Part(
        "pages that no cache holds, against a bare Django page of three queries", compares=True, is_quick=True
    ),
    "cached": Part(
        "the same page from the one-second cache, against gunicorn's hello world", compares=True, is_quick=True
    ),
    "nginx": Part(
        "an article that nginx has kept and counts, against a file with the same headers and log line", is_quick=True
    ),
    "abuse": Part("how long readers wait while the portal is flooded, with and without nginx (about six minutes)"),
    "frontend": Part(
        "what a browser loads for an article page (with Chromium; Lighthouse if installed)", is_quick=True
    ),
    "memory": Part("everything that `manage.py serve` starts, after 10,000 requests", compares=True, is_quick=True),
    "photo": Part("saving a photo of 12 megapixels with all its files, against plain Pillow", is_quick=True),
    "growth": Part("every kind of page in a large archive, against a small one (first run: minutes)"),
    "odd": Part("2,000 odd requests in a large archive (--archive): the dearest of them"),
    "search": Part("how good the search, its suggestions and the stemmer are; with --archive, how fast"),
    "related": Part("how good Artikel Terkait is; with --archive, how fast"),
    "spam": Part("how well the spam score tells spam from the rest, and what it costs"),
    "captchas": Part("how many captchas a reader of text answers (runs in a Python without Django)"),
}
