"""The cost of saving a photo, in milliseconds of this process's CPU time."""

import io
import time
from collections.abc import Callable
from functools import cache

from PIL import Image, ImageChops

from news import photos
from portal.samples import pictures

SIZE = (4032, 3024)


def store() -> float:
    """The portal's own way, as for an editor's upload."""

    def work() -> None:
        stored = photos.store(_upload())
        photos.delete(stored.name, stored.width)

    return _cost(work)


def plain() -> float:
    """Plain Pillow: reads the photo and writes one resized JPEG."""

    def work() -> None:
        with Image.open(_upload()) as picture:
            picture.resize((1600, 1200), Image.Resampling.LANCZOS).save(io.BytesIO(), "JPEG")

    return _cost(work)


def _cost(work: Callable[[], None]) -> float:
    _upload()  # draws the photo before the clock starts
    before = time.process_time()
    work()
    return (time.process_time() - before) * 1000


@cache
def _photo() -> bytes:
    """A JPEG with grain as from a phone's sensor; without it, compression would be unrealistically cheap."""
    with Image.open(pictures.path("jembatan")) as picture:
        scene = picture.convert("RGB").resize(SIZE)
    grain = Image.effect_noise(SIZE, 14).convert("RGB")
    written = io.BytesIO()
    ImageChops.add(scene, grain, 1, -128).save(written, "JPEG", quality=92)
    return written.getvalue()


def _upload() -> io.BytesIO:
    return io.BytesIO(_photo())
