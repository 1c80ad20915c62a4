"""The drawing surface of the demo pictures: flat shapes in the colours of an hour of the day.

Shapes are placed on a grid of 1600 x 900 units and drawn twice as large, then halved, so that edges are smooth.
"""

import random
from typing import NamedTuple

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 1600, 900
SCALE = 2  # drawn larger, then reduced: Pillow's own shapes have no smooth edges

RED, WHITE, INK = "#c8352c", "#fbf7ee", "#22303a"


class Palette(NamedTuple):
    """Colours of an hour of the day: sky from top to horizon, three depths of town, and what lies in front."""

    sky: str
    glow: str
    far: str
    mid: str
    near: str
    ground: str
    water: str
    leaf: str
    sun: str
    accent: str
    wall: str


PAGI = Palette(
    "#f3c58f", "#fdeed2", "#e6b996", "#c98d7b", "#8a5a64", "#e0b487",
    "#6f9fa6", "#5f8a5b", "#f2743f", "#d9542f", "#fbf0dc",
)  # fmt: skip
SIANG = Palette(
    "#8fc7d8", "#e6f3ee", "#b5d3d3", "#86b3b8", "#4d8791", "#dfcfa6",
    "#5aa3b0", "#4d9160", "#f6c453", "#e0703c", "#fdf6e6",
)  # fmt: skip
TEDUH = Palette(
    "#bfe0cf", "#f4f5dc", "#b5d4b5", "#84b08c", "#47785c", "#b9cf8e",
    "#7db7ad", "#3f7d54", "#f3b95c", "#dd6b4d", "#fbf4e2",
)  # fmt: skip
SENJA = Palette(
    "#6f5a92", "#f6b58f", "#b98aa0", "#8b6590", "#54436f", "#8d6a7a",
    "#665a8c", "#4e5f6b", "#fbd28a", "#ee8457", "#f6dcc8",
)  # fmt: skip
HUJAN = Palette(
    "#7c95a3", "#c9d5d6", "#a8bbc1", "#82999f", "#4f6b78", "#8f9a94",
    "#6d8b96", "#4a7367", "#e8d9a8", "#e39a3c", "#e9e6da",
)  # fmt: skip
MALAM = Palette(
    "#131f3d", "#3b4a7a", "#2f3c68", "#243056", "#18213f", "#2a2f4d",
    "#23396a", "#25505a", "#f7e6b0", "#f2a541", "#d9d3e0",
)  # fmt: skip


def rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mix(one: str, other: str, share: float) -> str:
    """`one` with `share` (0..1) of `other` in it."""
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in zip(rgb(one), rgb(other), strict=True))


def darker(colour: str, share: float = 0.18) -> str:
    return mix(colour, "#141c2b", share)


def lighter(colour: str, share: float = 0.25) -> str:
    return mix(colour, "#fffaf0", share)


class Canvas:
    """A picture in the making: shapes in units of the 1600 x 900 grid, colours as #rrggbb, `alpha` from 0 to 1."""

    def __init__(self, palette: Palette, seed: str):
        self.palette = palette
        self.random = random.Random(seed)  # noqa: S311 - for drawing, not for secrets
        self.image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), palette.sky)
        self.pen = ImageDraw.Draw(self.image, "RGBA")

    @staticmethod
    def _fill(colour, alpha):
        return (*rgb(colour), round(alpha * 255))

    def box(self, x, y, width, height, colour, *, radius=0, alpha=1.0):
        corners = [x * SCALE, y * SCALE, (x + width) * SCALE - 1, (y + height) * SCALE - 1]
        self.pen.rounded_rectangle(corners, radius * SCALE, self._fill(colour, alpha))

    def disc(self, x, y, radius, colour, *, flat=1.0, alpha=1.0):
        """A disc around (x, y); `flat` below 1 presses it into a lying ellipse."""
        tall = radius * flat
        corners = [(x - radius) * SCALE, (y - tall) * SCALE, (x + radius) * SCALE, (y + tall) * SCALE]
        self.pen.ellipse(corners, self._fill(colour, alpha))

    def pie(self, x, y, radius, start, end, colour, *, alpha=1.0):
        corners = [(x - radius) * SCALE, (y - radius) * SCALE, (x + radius) * SCALE, (y + radius) * SCALE]
        self.pen.pieslice(corners, start, end, self._fill(colour, alpha))

    def shape(self, points, colour, *, alpha=1.0):
        self.pen.polygon([(x * SCALE, y * SCALE) for x, y in points], self._fill(colour, alpha))

    def taper(self, x, y1, half1, y2, half2, colour, *, alpha=1.0):
        """A trapezoid about the upright axis x: `half1` wide to each side at y1, `half2` at y2."""
        self.shape([(x - half1, y1), (x + half1, y1), (x + half2, y2), (x - half2, y2)], colour, alpha=alpha)

    def line(self, points, colour, width=3, *, alpha=1.0):
        scaled = [(x * SCALE, y * SCALE) for x, y in points]
        self.pen.line(scaled, self._fill(colour, alpha), round(width * SCALE), joint="curve")

    def ring(self, x, y, radius, colour, width=6, start=0, end=360):
        corners = [(x - radius) * SCALE, (y - radius) * SCALE, (x + radius) * SCALE, (y + radius) * SCALE]
        self.pen.arc(corners, start, end, rgb(colour), round(width * SCALE))

    def shade(self, top, bottom, y=0, height=HEIGHT):
        """A smooth change of colour from `top` to `bottom` over the whole width."""
        size = (WIDTH * SCALE, round(height * SCALE))
        mask = Image.linear_gradient("L").resize(size)
        self.image.paste(
            Image.composite(Image.new("RGB", size, bottom), Image.new("RGB", size, top), mask), (0, y * SCALE)
        )

    def mirror(self, y, depth, colour, share=0.55):
        """Water from y down `depth` units: what stands above, upside down, with a `share` of `colour` in it."""
        above = self.image.crop((0, round((y - depth) * SCALE), WIDTH * SCALE, round(y * SCALE)))
        turned = above.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
        self.image.paste(Image.blend(turned, Image.new("RGB", turned.size, colour), share), (0, round(y * SCALE)))

    def finished(self) -> Image.Image:
        return self.image.reduce(SCALE)
