"""Reads one PDF:  python -I news/pdf.py FILE

A program of its own, which news.documents starts, because a hostile file can take all memory and time of the process
that reads it, or end it. It writes lines of JSON, each as soon as it is known, so that what ends it later takes
nothing back: what the file says of itself, its text, its first page as a picture.
"""

import base64
import io
import json
import os
import resource
import signal
import sys
import time
from contextlib import suppress

import pypdfium2

MEMORY = 1 << 30  # bytes of address space
CPU_SECONDS = 20
SECONDS = 60  # by the clock, when the machine is busy
OUTPUT = 8 << 20  # bytes
TEXT_CHARS = 100_000  # more is not indexed (news.search.indexing)
TEXT_SECONDS = 8  # of CPU; after that the text ends
COVER = (480, 800)  # pixels: the first page fits into this
_TALLEST = 0.5  # width by height of the narrowest page that is shown whole
_NARROWEST = 0.1  # and of the narrowest one that is shown


def main(path: str) -> None:
    _limit()
    with pypdfium2.PdfDocument(path) as document:
        about = document.get_metadata_dict()
        _tell(
            pages=len(document),
            title=about.get("Title", ""),
            author=about.get("Author", ""),
            software=" / ".join(filter(None, [about.get("Creator", ""), about.get("Producer", "")])),
        )
        _tell(text=_text(document))
        _tell(**_cover(document[0]))


def _limit() -> None:
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, OUTPUT),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))
    signal.alarm(SECONDS)
    os.nice(10)


def _tell(**found: object) -> None:
    print(json.dumps(found), flush=True)


def _text(document: pypdfium2.PdfDocument) -> str:
    pieces: list[str] = []
    end, length = time.process_time() + TEXT_SECONDS, 0
    for number in range(len(document)):
        if length > TEXT_CHARS or time.process_time() > end:
            break
        with suppress(pypdfium2.PdfiumError):  # one broken page among good ones
            page = document[number]
            pieces.append(page.get_textpage().get_text_range())
            page.close()
            length += len(pieces[-1])
    return "\n".join(pieces)[:TEXT_CHARS]


def _cover(page: pypdfium2.PdfPage) -> dict[str, object]:
    width, height = page.get_size()
    if width < height * _NARROWEST:
        return {}
    picture = page.render(scale=min(COVER[0] / width, COVER[1] / height)).to_pil().convert("RGB")
    if picture.width < picture.height * _TALLEST:
        picture = picture.crop((0, 0, picture.width, round(picture.width / _TALLEST)))
    encoded = io.BytesIO()
    picture.save(encoded, "JPEG", quality=75, progressive=True)
    return {
        "cover": base64.b64encode(encoded.getvalue()).decode(),
        "width": picture.width,
        "height": picture.height,
    }


if __name__ == "__main__":
    main(sys.argv[1])
