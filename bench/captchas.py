"""How many captchas a reader of text answers:  python bench/captchas.py [--pictures 300] [--sheets FOLDER]

Draws pictures as the portal does, has each reader read them, and prints how many of its readings are the answer, case,
spaces and signs aside. Before it, how many pictures it reads whole: they are easy to read, and what stops a reader is
that it does not know what is asked for. The target is 5 of 100 at most; exit status 1 when one misses it.

The readers are no part of the portal's dependencies. In a Python of their own (no Django needed):

    apt-get install tesseract-ocr
    python3 -m venv readers && readers/bin/pip install pillow ddddocr
    readers/bin/python bench/captchas.py

--sheets writes some pictures of each task to look at, with what has to be typed.
"""

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
from io import BytesIO
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from PIL import Image, ImageDraw, ImageFont

from comments.captcha import picture

TARGET = 0.05
PAGE_MODES = (
    3,
    6,
    7,
    8,
    11,
    13,
)  # tesseract's: a page, a block, a line, a word, scattered, a raw line
WHITELIST = picture.LETTERS + picture.DIGITS
DDDDOCR = {"default": {}, "beta": {"beta": True}, "old": {"old": True}}


def main() -> int:
    parser = argparse.ArgumentParser(formatter_class=argparse.RawDescriptionHelpFormatter, description=__doc__)
    parser.add_argument("--pictures", type=int, default=300)
    parser.add_argument("--sheets", type=Path, metavar="FOLDER")
    options = parser.parse_args()
    if options.sheets:
        return sheets(options.sheets)
    captchas = [drawn() for _ in range(options.pictures)]
    print(f"{'of ' + str(len(captchas)) + ' captchas':34}{'read whole':>14}{'answered':>14}", flush=True)
    reached = True
    for name, read in readers().items():
        readings = [bare(reading) for reading in read([png for *_, png in captchas])]
        if len(readings) != len(captchas):
            parser.error(f"{name} gave {len(readings)} readings")
        pairs = list(zip(captchas, readings, strict=True))
        whole = sum(reading == shown.lower() for (_, shown, _, _), reading in pairs)
        answered = [task for (task, _, answer, _), reading in pairs if reading == answer]
        tasks = ", ".join(f"{task} {answered.count(task)}" for task in picture.TASKS if task in answered)
        print(f"{name:34}{whole:14}{len(answered):14}  {tasks}", flush=True)
        reached &= len(answered) <= TARGET * len(captchas)
    return int(not reached)


def drawn() -> tuple[str, str, str, bytes]:
    """Task, what is shown, the answer, the picture."""
    challenge, answer = picture.challenge()
    task, shown = challenge.split()
    return task, shown, answer, picture.draw(task, shown, answer, random.Random())


def bare(reading: str) -> str:
    return "".join(filter(str.isalnum, reading)).lower()


def readers() -> dict:
    """By its name, a function from pictures to the text that it reads in each."""
    found = {}
    try:
        import ddddocr
    except ImportError:
        print("ddddocr is missing: see --help")
    else:
        for name, options in DDDDOCR.items():
            reader = ddddocr.DdddOcr(show_ad=False, **options)
            found[f"ddddocr, {name}"] = lambda pictures, reader=reader: map(reader.classification, pictures)
    if shutil.which("tesseract"):
        for mode in PAGE_MODES:
            found[f"tesseract --psm {mode}"] = lambda pictures, mode=mode: tesseract(pictures, "--psm", str(mode))
        only = f"tessedit_char_whitelist={WHITELIST}"
        found["tesseract --psm 7, these letters"] = lambda pictures: tesseract(pictures, "--psm", "7", "-c", only)
    else:
        print("tesseract is missing: see --help")
    return found


def tesseract(pictures: list[bytes], *options: str) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for number, png in enumerate(pictures):
            names.append(Path(folder) / f"{number}.png")
            names[-1].write_bytes(png)
        listed = Path(folder) / "pictures.txt"
        listed.write_text("\n".join(map(str, names)))
        command = ["tesseract", str(listed), "-", "--dpi", "150", *options, "tsv"]
        table = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    readings = [""] * len(pictures)
    for line in table.splitlines()[1:]:
        cells = line.split("\t")
        readings[int(cells[1]) - 1] += cells[-1] if len(cells) == 12 else ""
    return readings


def sheets(folder: Path) -> int:
    """A PNG for each task, with 24 pictures of it in the size of a phone."""
    folder.mkdir(parents=True, exist_ok=True)
    columns, rows, margin = 3, 8, 26
    width, height = picture.SIZE
    for task in picture.TASKS:
        sheet = Image.new("L", (columns * (width + margin), rows * (height + margin)), 200)
        pen = ImageDraw.Draw(sheet)
        captchas = (captcha for captcha in iter(drawn, None) if captcha[0] == task)
        for number in range(columns * rows):
            _, _, answer, png = next(captchas)
            x, y = number % columns * (width + margin) + margin // 2, number // columns * (height + margin)
            sheet.paste(Image.open(BytesIO(png)).resize(picture.SIZE), (x, y + 4))
            pen.text((x, y + height + 4), f"{task}: {answer}", font=ImageFont.load_default(14), fill=0)
        sheet.save(folder / f"{task}.png")
    print(f"Written to {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
