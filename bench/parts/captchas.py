"""How many captchas OCR programs ("readers") answer.

Draws pictures as the portal does, lets each reader read them, and counts the readings that equal the answer, ignoring
case, spaces and punctuation. The number of pictures whose whole text was read is shown beside it: the text is easy to
read, and what stops a reader is that it does not know which part of it is the answer.

The readers are not among the portal's dependencies. To use them in a virtualenv of their own (without Django):

    apt-get install tesseract-ocr
    python3 -m venv readers && readers/bin/pip install pillow ddddocr
    readers/bin/python -m bench captchas
"""

import random
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont

from bench import Failed, LeftOut, table
from bench.options import Options
from bench.table import Line
from comments.captcha import picture

TARGET = 0.05  # largest share of captchas that may be answered
# tesseract's modes: page, block, line, word, sparse text, raw line
PAGE_MODES = (3, 6, 7, 8, 11, 13)
DDDDOCR = {"default": {}, "beta": {"beta": True}, "old": {"old": True}}

Reader = Callable[[list[bytes]], Iterable[str]]  # from pictures to the text in each


class Captcha(NamedTuple):
    task: str
    shown: str
    answer: str
    png: bytes


def measure(options: Options) -> Iterator[Line]:
    if options.sheets:
        yield from _write_sheets(options.sheets)
        return
    readers = _tesseract_readers() | _ddddocr_readers()
    if not readers:
        raise LeftOut("It needs a reader: apt-get install tesseract-ocr.")
    captchas = [_drawn() for _ in range(options.pictures)]
    for name, read in readers.items():
        yield _judged(name, captchas, [_bare(text) for text in read([each.png for each in captchas])])


def _drawn(tasks: Iterable[str] = picture.TASKS) -> Captcha:
    """A captcha of one of these tasks."""
    task = ""
    while task not in tasks:
        challenge, answer = picture.challenge()
        task, shown = challenge.split()
    return Captcha(task, shown, answer, picture.draw(task, shown, answer, random.Random()))


def _bare(reading: str) -> str:
    return "".join(filter(str.isalnum, reading)).lower()


def _judged(name: str, captchas: list[Captcha], readings: list[str]) -> Line:
    if len(readings) != len(captchas):
        raise Failed(f"{name} returned {len(readings)} readings of {len(captchas)} pictures.")
    pairs = list(zip(captchas, readings, strict=True))
    whole = sum(reading == captcha.shown.lower() for captcha, reading in pairs)
    answered = [captcha.task for captcha, reading in pairs if reading == captcha.answer]
    tasks = ", ".join(f"{task} {answered.count(task)}" for task in picture.TASKS if task in answered)
    name = f"captchas, {name}: answered, of {len(captchas)}"
    return table.at_most(name, len(answered), int(TARGET * len(captchas)), ratio=f"read whole: {whole}  {tasks}")


# ---- The readers


def _ddddocr_readers() -> dict[str, Reader]:
    try:
        ddddocr = import_module("ddddocr")
    except ImportError:
        return {}
    readers = {name: ddddocr.DdddOcr(show_ad=False, **options) for name, options in DDDDOCR.items()}
    return {f"ddddocr, {name}": partial(map, reader.classification) for name, reader in readers.items()}


def _tesseract_readers() -> dict[str, Reader]:
    if not shutil.which("tesseract"):
        return {}
    options = {f"tesseract --psm {mode}": ["--psm", str(mode)] for mode in PAGE_MODES}
    letters = f"tessedit_char_whitelist={picture.LETTERS}{picture.DIGITS}"
    options["tesseract --psm 7, these letters"] = ["--psm", "7", "-c", letters]
    return {name: partial(_tesseract, words) for name, words in options.items()}


def _tesseract(options: list[str], pictures: list[bytes]) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for number, png in enumerate(pictures):
            names.append(Path(folder) / f"{number}.png")
            names[-1].write_bytes(png)
        listed = Path(folder) / "pictures.txt"
        listed.write_text("\n".join(map(str, names)))
        command = ["tesseract", str(listed), "-", "--dpi", "150", *options, "tsv"]
        found = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    readings = [""] * len(pictures)
    for line in found.splitlines()[1:]:
        cells = line.split("\t")
        readings[int(cells[1]) - 1] += cells[-1] if len(cells) == 12 else ""
    return readings


# ---- Sheets to look at


def _write_sheets(folder: Path, columns: int = 3, rows: int = 8) -> Iterator[Line]:
    """Writes a PNG for each task: 24 pictures at their size on a phone, each with its answer."""
    folder.mkdir(parents=True, exist_ok=True)
    for task in picture.TASKS:
        file = folder / f"{task}.png"
        _sheet(task, columns, rows).save(file)
        yield Line(f"written: {file}")


def _sheet(task: str, columns: int, rows: int, margin: int = 26) -> Image.Image:
    width, height = picture.SIZE
    sheet = Image.new("L", (columns * (width + margin), rows * (height + margin)), 200)
    pen = ImageDraw.Draw(sheet)
    for number in range(columns * rows):
        captcha = _drawn([task])
        x, y = number % columns * (width + margin) + margin // 2, number // columns * (height + margin)
        sheet.paste(Image.open(BytesIO(captcha.png)).resize(picture.SIZE), (x, y + 4))
        pen.text((x, y + height + 4), f"{task}: {captcha.answer}", font=ImageFont.load_default(14), fill=0)
    return sheet
