"""The logo: files of the city, or a town hall drawn in the city's colour."""

import io
import warnings
from pathlib import Path
from typing import NamedTuple
from xml.parsers import expat

from PIL import Image, ImageDraw

from portal.run import os_errors

LARGEST = 200 * 1024  # bytes: every reader loads the logo
SMALLEST_SIDE, LARGEST_SIDE = 180, 1024  # pixels; Apple's touch icon has 180
SIDE = 512
SVG = "portal/logo.svg"
PNG = "portal/logo.png"
_HALL = "M8 36V20l4-4 4 4v4h3V14l3-3 3 3v10h3v-4l4-4 4 4v16h-8v-6a6 6 0 0 0-12 0v6z"
_OUTLINE = [(8, 36), (8, 20), (12, 16), (16, 20), (16, 24), (19, 24), (19, 14), (22, 11), (25, 14), (25, 24)]
_OUTLINE += [(28, 24), (28, 20), (32, 16), (36, 20), (36, 36)]
_GATE, _GATE_ARCH = (16, 30, 28, 36), (16, 24, 28, 36)


class Logo(NamedTuple):
    """The bytes of the city's own files; both None: the drawn logo."""

    svg: bytes | None = None
    png: bytes | None = None

    @property
    def icon(self) -> str:
        """The static file for pages: SVG if there is one."""
        return PNG if self.svg is None and self.png is not None else SVG

    @property
    def picture(self) -> str | None:
        """The static PNG for uses without SVG, such as cards, if there is one."""
        return None if self.png is None and self.svg is not None else PNG


def files(logo: Logo, colour: str) -> dict[str, bytes]:
    """The static files by name."""
    if logo == Logo():
        return {SVG: _drawn_svg(colour), PNG: _drawn_png(colour)}
    return {name: content for name, content in ((SVG, logo.svg), (PNG, logo.png)) if content is not None}


def read_svg(path: Path) -> bytes:
    """Raises ValueError with an Indonesian clause."""
    content = _read(path)
    elements: list[str] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        elements.append(tag.lower())
        if elements[-1].endswith(" script") or any(name.lower().startswith("on") for name in attributes):
            raise ValueError(f"logo {path} memuat skrip; simpanlah sebagai SVG biasa")

    def declare_entity(*_) -> None:
        raise ValueError(f"logo {path} memuat deklarasi ENTITY; simpanlah sebagai SVG biasa")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    parser.EntityDeclHandler = declare_entity
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise ValueError(f"logo {path} bukan SVG yang utuh") from error
    if elements[0] != "http://www.w3.org/2000/svg svg":
        raise ValueError(f"logo {path} bukan gambar SVG")
    return content


def read_png(path: Path) -> bytes:
    """Raises ValueError with an Indonesian clause."""
    content = _read(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=["PNG"]) as picture:
                size = picture.size
                if max(size) <= LARGEST_SIDE:
                    picture.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ValueError(f"logo {path} bukan gambar PNG yang utuh") from error
    if size[0] != size[1] or not SMALLEST_SIDE <= size[0] <= LARGEST_SIDE:
        raise ValueError(
            f"logo {path} harus persegi, dengan sisi {SMALLEST_SIDE} sampai {LARGEST_SIDE} piksel; "
            f"ukurannya {size[0]} x {size[1]}"
        )
    return content


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise ValueError(f"logo {path} tidak ada") from None
    except OSError as error:
        raise ValueError(f"logo {path} tidak dapat dibaca ({os_errors.reason(error)})") from error
    if len(content) > LARGEST:
        raise ValueError(f"logo {path} terlalu besar: paling besar {LARGEST // 1024} KB")
    return content


def _drawn_svg(colour: str) -> bytes:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 44 44">'
        f'<rect width="44" height="44" rx="8" fill="{colour}"/><path fill="#fff" d="{_HALL}"/></svg>\n'
    ).encode()


def _drawn_png(colour: str) -> bytes:
    """The same drawing as a PNG, drawn four times as large for smooth edges."""
    scale = 4 * SIDE / 44
    picture = Image.new("RGBA", (4 * SIDE, 4 * SIDE))
    pen = ImageDraw.Draw(picture)
    pen.rounded_rectangle((0, 0, 4 * SIDE - 1, 4 * SIDE - 1), radius=8 * scale, fill=colour)
    pen.polygon([(x * scale, y * scale) for x, y in _OUTLINE], fill="white")
    pen.ellipse([each * scale for each in _GATE_ARCH], fill=colour)
    pen.rectangle([each * scale for each in _GATE], fill=colour)
    encoded = io.BytesIO()
    picture.resize((SIDE, SIDE), Image.Resampling.LANCZOS).save(encoded, "PNG", optimize=True)
    return encoded.getvalue()
