"""Saving a photo of 12 megapixels with all its files, compared with plain Pillow writing one of them."""

from collections.abc import Iterator
from functools import partial
from statistics import median

from bench import portals, rounds, table
from bench.checkouts import HERE
from bench.options import Options
from bench.table import Line

TARGET, SECONDS = 4, 2


def measure(options: Options) -> Iterator[Line]:
    with portals.running(HERE, options.data / "empty") as portal:
        costs = {name: partial(portal.ask, f"photo.{name}") for name in ("store", "plain")}
        measured = rounds.take_turns(options.rounds, costs)
    yield table.ratio("photo of 12 megapixels, ms", measured["store"], measured["plain"], target=TARGET, form=".0f")
    yield table.at_most("photo of 12 megapixels, seconds of CPU", median(measured["store"]) / 1000, SECONDS, ".2f")
