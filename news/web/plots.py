"""Plots that templates write as SVG: from numbers to places, without any library."""

from collections.abc import Sequence
from typing import NamedTuple

WIDTH, HEIGHT, FOOT = 320, 88, 16  # in units of the SVG; FOOT: the line of labels below
_GAP = 0.25  # of the width of a column with its gap
_LABEL_WIDTH = 30
_LEAST = 1.5  # a column that is not zero is seen


class Column(NamedTuple):
    label: str  # in the table and when pointed at
    value: int
    x: float
    y: float
    width: float
    height: float
    middle: float
    mark: str  # below it; "" where there is no room


class Plot(NamedTuple):
    columns: list[Column]
    highest: int
    total: int
    size: str = f"0 0 {WIDTH} {HEIGHT + FOOT}"
    base: int = HEIGHT
    foot: int = HEIGHT + FOOT - 4
    right: int = WIDTH


def columns(values: Sequence[tuple[str, str, int]]) -> Plot:
    """(label, mark, value) of each column, from left to right. Marks that would overlap are left out; the last one
    stays, since it is today."""
    highest = max((value for *_, value in values), default=0)
    step = WIDTH / max(len(values), 1)
    every = max(1, round(_LABEL_WIDTH / step + 0.49))
    found = []
    for number, (label, mark, value) in enumerate(values):
        height = max(_LEAST, value / highest * (HEIGHT - 4)) if value else 0
        x = (number + _GAP / 2) * step
        shown = mark if (len(values) - 1 - number) % every == 0 else ""
        width, middle = round(step * (1 - _GAP), 1), round((number + 0.5) * step, 1)
        found.append(
            Column(label, value, round(x, 1), round(HEIGHT - height, 1), width, round(height, 1), middle, shown)
        )
    return Plot(found, highest, sum(value for *_, value in values))


def share(value: int, highest: int) -> float:
    """The length of a bar in percent of the longest one."""
    return round(100 * value / highest, 1) if highest else 0
