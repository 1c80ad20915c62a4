"""The visual captcha: a picture of six letters and digits, and an instruction which of them to type.

Distorted and crossed-out letters stop only people: the free OCR program ddddocr read 89 of 100 pictures that tesseract
could not read at all. So these characters are easy to read, but OCR alone does not know which of them to type.
bench/parts/captchas.py measures how often OCR programs still succeed, which is why nothing here may need Django.
"""

import io
import random
import secrets
from functools import cache

from PIL import Image, ImageDraw, ImageFont

# Without characters that people confuse (O 0, I L J 1, Z 2, S 5, G 6, B 8, Q 9, V Y, F P), and without vowels, so that
# no words appear.
LETTERS = "CDHKMNPRTWXY"
DIGITS = "2345679"
SHOWN = 6  # characters, all different, so that the answer determines which of them are marked
DIGITS_SHOWN = 2  # of the characters shown
ASKED = (3, 4)  # how many of the characters shown are to be typed

# The rest of the instruction "Ketik hanya ...". Each names a mark that people find at a glance. Rejected: an order of
# typing ("dari kanan ke kiri"), which people who do not read to the end get wrong, and "hanya angkanya", which any OCR
# program solves with one more line of code.
TASKS = {
    "garis": "yang digarisbawahi",
    "panah": "yang ditunjuk panah",
    "lingkaran": "yang di dalam lingkaran",
    "kotak": "yang di dalam kotak",
}
# The mark of the other characters, so that having a mark does not give the answer away. No circles beside boxes:
# tesseract takes circled characters for ornaments and skips them, which leaves the answer (in a quarter of pictures).
_OTHER_MARK = {"garis": "panah", "panah": "garis", "lingkaran": "kotak", "kotak": "garis"}

SIZE = WIDTH, HEIGHT = 280, 76  # CSS pixels; fits the column of a phone that is 320 wide
SCALE = 2  # image pixels per CSS pixel, as on phones
_INK, _PAPER = 25, 250  # grey levels
_TURN = 7  # largest rotation, degrees either way
_SHIFT = 4  # largest offset, image pixels in each direction
_TILE = 120  # side of a character's square, image pixels


def challenge() -> tuple[str, str]:
    """Task and characters shown, as in "kotak A3XWMK", and the answer in lower case, in the order shown."""
    rng = secrets.SystemRandom()
    shown = rng.sample(DIGITS, DIGITS_SHOWN) + rng.sample(LETTERS, SHOWN - DIGITS_SHOWN)
    rng.shuffle(shown)
    asked = rng.sample(shown, rng.choice(ASKED))
    return f"{rng.choice(list(TASKS))} {''.join(shown)}", "".join(each for each in shown if each in asked).lower()


def draw(task: str, shown: str, answer: str, rng: random.Random) -> bytes:
    """A PNG of `shown` in which the characters of `answer` carry the mark of `task`; `rng` determines the noise."""
    image = Image.new("L", (WIDTH * SCALE, HEIGHT * SCALE), _PAPER)
    pen = ImageDraw.Draw(image)
    has_mark_below = task in ("garis", "panah")
    size = 74 if has_mark_below else 58
    middle = image.height / 2 - (20 if has_mark_below else 0)
    pitch = (image.width - 20) / len(shown)
    for place, character in enumerate(shown):
        x = 10 + pitch * (place + 0.5) + rng.uniform(-_SHIFT, _SHIFT)
        y = middle + rng.uniform(-_SHIFT, _SHIFT)
        tile = _glyph(character, size).rotate(rng.uniform(-_TURN, _TURN), Image.Resampling.BICUBIC)
        image.paste(_INK, (round(x) - _TILE // 2, round(y) - _TILE // 2), tile)
        _mark(pen, task if character.lower() in answer else _OTHER_MARK[task], x, y)
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


@cache
def _glyph(character: str, size: int) -> Image.Image:
    """The character in white, centred in its tile."""
    tile, font = Image.new("L", (_TILE, _TILE)), _font(size)
    left, top, right, bottom = font.getbbox(character, anchor="ls", stroke_width=2)
    place = (_TILE - left - right) / 2, (_TILE - top - bottom) / 2
    ImageDraw.Draw(tile).text(place, character, font=font, fill=255, anchor="ls", stroke_width=2)
    return tile


_font = cache(ImageFont.load_default)  # Aileron, included in Pillow


def _mark(pen: ImageDraw.ImageDraw, mark: str, x: float, y: float) -> None:
    """Draws the mark of a character centred at x, y."""
    if mark == "lingkaran":
        pen.ellipse((x - 41, y - 41, x + 41, y + 41), outline=_INK, width=5)
    elif mark == "kotak":
        pen.rectangle((x - 37, y - 37, x + 37, y + 37), outline=_INK, width=5)
    elif mark == "garis":
        pen.line((x - 32, y + 48, x + 32, y + 48), fill=_INK, width=8)
    elif mark == "panah":
        pen.polygon([(x, y + 40), (x - 15, y + 59), (x + 15, y + 59)], fill=_INK)
        pen.line((x, y + 56, x, y + 82), fill=_INK, width=7)
