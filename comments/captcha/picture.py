"""What a captcha asks: six letters and digits in a picture, and in words which of them to type.

Bending and crossing letters stops nobody but people: the free reader ddddocr read 89 of 100 pictures that tesseract
could not read at all. So these are easy to read, and a reader of text does not know which of them count. How many of
the answers readers give all the same: bench/parts/captchas.py, which is why nothing here needs Django.
"""

import io
import random
import secrets
from functools import cache

from PIL import Image, ImageDraw, ImageFont

# Without those that people take for another: O 0, I L J 1, Z 2, S 5, G 6, B 8, Q 9, V Y, F P. And without vowels, so
# that no word comes about.
LETTERS = "CDHKMNPRTWXY"
DIGITS = "2345679"
SHOWN = 6  # all different, so that the answer tells which are marked
DIGITS_SHOWN = 2  # of them
ASKED = (3, 4)  # of them

# What to type: the words of the instruction after "Ketik hanya". Each says what to look for, and people find it at a
# glance; an order to type in ("dari kanan ke kiri") is done wrong by who does not read to the end; "hanya angkanya" is
# done right by every reader of text and one line more.
TASKS = {
    "garis": "yang digarisbawahi",
    "panah": "yang ditunjuk panah",
    "lingkaran": "yang di dalam lingkaran",
    "kotak": "yang di dalam kotak",
}
# The mark of what is not asked for, so that being marked is not the answer. Beside boxes no circles: tesseract takes
# those for ornaments, leaves them out, and is left with the answer (in a quarter of the pictures).
_OTHER_MARK = {"garis": "panah", "panah": "garis", "lingkaran": "kotak", "kotak": "garis"}

SIZE = WIDTH, HEIGHT = 280, 76  # CSS pixels: the column of a phone 320 wide
SCALE = 2  # pixels drawn for one, as phones have them
_INK, _PAPER = 25, 250  # greys
_TURN = 7  # degrees to either side
_SHIFT = 4  # pixels drawn, to every side
_TILE = 120


def challenge() -> tuple[str, str]:
    """A task with what is shown, as "kotak A3XWMK", and the answer in small letters, in the order shown."""
    chance = secrets.SystemRandom()
    shown = chance.sample(DIGITS, DIGITS_SHOWN) + chance.sample(LETTERS, SHOWN - DIGITS_SHOWN)
    chance.shuffle(shown)
    asked = chance.sample(shown, chance.choice(ASKED))
    return f"{chance.choice(list(TASKS))} {''.join(shown)}", "".join(each for each in shown if each in asked).lower()


def draw(task: str, shown: str, answer: str, chance: random.Random) -> bytes:
    """A PNG of `shown`, in which those of `answer` carry the mark of `task`; the same for the same `chance`."""
    image = Image.new("L", (WIDTH * SCALE, HEIGHT * SCALE), _PAPER)
    pen = ImageDraw.Draw(image)
    has_mark_below = task in ("garis", "panah")
    size = 74 if has_mark_below else 58
    middle = image.height / 2 - (20 if has_mark_below else 0)
    pitch = (image.width - 20) / len(shown)
    for place, character in enumerate(shown):
        x = 10 + pitch * (place + 0.5) + chance.uniform(-_SHIFT, _SHIFT)
        y = middle + chance.uniform(-_SHIFT, _SHIFT)
        tile = _glyph(character, size).rotate(chance.uniform(-_TURN, _TURN), Image.Resampling.BICUBIC)
        image.paste(_INK, (round(x) - _TILE // 2, round(y) - _TILE // 2), tile)
        _mark(pen, task if character.lower() in answer else _OTHER_MARK[task], x, y)
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


@cache
def _glyph(character: str, size: int) -> Image.Image:
    """The character in white, with its middle in the tile's."""
    tile, font = Image.new("L", (_TILE, _TILE)), _font(size)
    left, top, right, bottom = font.getbbox(character, anchor="ls", stroke_width=2)
    place = (_TILE - left - right) / 2, (_TILE - top - bottom) / 2
    ImageDraw.Draw(tile).text(place, character, font=font, fill=255, anchor="ls", stroke_width=2)
    return tile


_font = cache(ImageFont.load_default)  # Aileron, which is part of Pillow


def _mark(pen: ImageDraw.ImageDraw, mark: str, x: float, y: float) -> None:
    """Draws the mark of a character whose middle is at x, y."""
    if mark == "lingkaran":
        pen.ellipse((x - 41, y - 41, x + 41, y + 41), outline=_INK, width=5)
    elif mark == "kotak":
        pen.rectangle((x - 37, y - 37, x + 37, y + 37), outline=_INK, width=5)
    elif mark == "garis":
        pen.line((x - 32, y + 48, x + 32, y + 48), fill=_INK, width=8)
    elif mark == "panah":
        pen.polygon([(x, y + 40), (x - 15, y + 59), (x + 15, y + 59)], fill=_INK)
        pen.line((x, y + 56, x, y + 82), fill=_INK, width=7)
