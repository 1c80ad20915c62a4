"""Uploaded pictures: only what Pillow decodes is kept, and only as files that this module encoded itself.

A picture is a name (`foto/2026/11/<random>`) and its renditions `<name>-<width>.webp` and `.jpg`; the widths follow
from the picture's own width (`widths()`), so nothing but name, width and height is stored.
"""

import io
import secrets
from contextlib import suppress
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import ExifTags, Image, ImageCms, UnidentifiedImageError
from PIL.Image import Transpose

WIDTHS = (400, 800, 1600)
MAX_HEIGHT = 8_000  # of what is kept: WebP holds 16,383, and a screenshot of a long page must not become a wall
MAX_BYTES = 25 * 1024 * 1024
# A JPEG is decoded near the size that is kept, every other format in full: and WebP takes 20 bytes a pixel.
MAX_MEGAPIXELS = {"JPEG": 60, "MPO": 60}
MAX_MEGAPIXELS_OF_OTHERS = 20
ACCEPTED = ".jpg,.jpeg,.png,.webp,.avif,.gif"  # for a file field's `accept`; the decoder looks at the content alone
_BROKEN = "Berkas foto ini rusak atau terpotong. Ambil sekali lagi dari asalnya."
_FORMATS = ["JPEG", "PNG", "WEBP", "GIF", "AVIF"]
_ENCODINGS = {
    "jpg": {"format": "JPEG", "quality": 80, "progressive": True},
    "webp": {"format": "WEBP", "quality": 76},
}
_UPRIGHT = {  # EXIF's orientation -> what turns the pixels upright
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
_SIDEWAYS = (5, 6, 7, 8)  # orientations that make the width of the height


class Stored(NamedTuple):
    name: str
    width: int
    height: int


def store(upload) -> Stored:
    """`read()` and `write()` in one."""
    return write(read(upload))


def read(upload) -> Image.Image:
    """The picture of an open binary file as it will be kept: upright, sRGB on white, at most WIDTHS[-1] wide and
    MAX_HEIGHT high, without the file's metadata (EXIF, GPS, comments). Of an animation, the first frame.

    Raises ValidationError, in the editor's words, for anything that is no picture of an allowed format and size.
    """
    if upload.seek(0, io.SEEK_END) > MAX_BYTES:
        raise ValidationError(f"Berkas foto paling besar {MAX_BYTES >> 20} MB.")
    upload.seek(0)
    picture = _opened(upload)
    limit = MAX_MEGAPIXELS.get(picture.format, MAX_MEGAPIXELS_OF_OTHERS)
    if picture.width * picture.height > limit * 1_000_000:
        raise ValidationError(f"Foto ini terlalu besar: paling banyak {limit} megapiksel untuk jenis berkas ini.")
    orientation = _orientation(picture)
    box = (WIDTHS[-1], MAX_HEIGHT) if orientation not in _SIDEWAYS else (MAX_HEIGHT, WIDTHS[-1])
    try:
        picture.draft(None, tuple(min(sides) for sides in zip(box, picture.size, strict=True)))  # only JPEG can
        picture.load()
    except Exception as error:  # fuzzing drew OSError, ValueError, RuntimeError, TypeError ... from the decoders
        raise ValidationError(_BROKEN) from error
    picture = _reduced(_resizable(picture), box)
    if orientation in _UPRIGHT:
        picture = picture.transpose(_UPRIGHT[orientation])
    return _plain(picture)


def write(picture: Image.Image) -> Stored:
    """Writes the renditions of a picture from `read()` into the media storage, under a name of their own."""
    name = f"{timezone.localdate():foto/%Y/%m}/{secrets.token_hex(8)}"
    for width in widths(picture.width):
        height = max(1, round(picture.height * width / picture.width))
        rendition = picture.resize((width, height), Image.Resampling.LANCZOS) if width != picture.width else picture
        for extension, options in _ENCODINGS.items():
            encoded = io.BytesIO()
            rendition.save(encoded, **options)
            default_storage.save(f"{name}-{width}.{extension}", ContentFile(encoded.getvalue()))
    return Stored(name, picture.width, picture.height)


def delete(name: str, width: int) -> None:
    """Removes the renditions of a picture that no photo uses any more; missing files are no error."""
    for each in widths(width):
        for extension in _ENCODINGS:
            default_storage.delete(f"{name}-{each}.{extension}")


def widths(own_width: int) -> list[int]:
    """The widths in pixels that a picture is kept in: the smaller of WIDTHS and its own."""
    return [width for width in WIDTHS if width < own_width] + [min(own_width, WIDTHS[-1])]


def url(name: str, width: int, extension: str) -> str:
    return default_storage.url(f"{name}-{width}.{extension}")


def _opened(upload) -> Image.Image:
    try:
        return Image.open(upload, formats=_FORMATS)
    except UnidentifiedImageError as error:
        raise ValidationError(
            "Jenis berkas ini tidak dikenali. Unggahlah JPEG, PNG, WebP, AVIF atau GIF. "
            "Foto HEIC dari iPhone: simpan dahulu sebagai JPEG."
        ) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ValidationError(f"Foto ini terlalu besar: paling banyak {MAX_MEGAPIXELS['JPEG']} megapiksel.") from error
    except Exception as error:
        raise ValidationError(_BROKEN) from error


def _orientation(picture: Image.Image) -> int | None:
    """EXIF's orientation. Phones and old cameras write EXIF that is broken elsewhere: no reason to refuse a photo."""
    try:
        return picture.getexif().get(ExifTags.Base.Orientation)
    except Exception:
        return None


def _resizable(picture: Image.Image) -> Image.Image:
    """The picture in a mode that can be resized without mixing palette numbers or cutting 16 bits to white."""
    if picture.mode.startswith("I"):  # 16-bit grey, which convert() would clip
        return picture.point(lambda value: value / 256).convert("L")
    if picture.has_transparency_data:
        return picture.convert("RGBA")
    return picture if picture.mode in ("L", "RGB", "CMYK") else picture.convert("RGB")


def _reduced(picture: Image.Image, box: tuple[int, int]) -> Image.Image:
    """The picture, made small enough for the box."""
    scale = min(box[0] / picture.width, box[1] / picture.height)
    if scale >= 1:
        return picture
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3)


def _plain(picture: Image.Image) -> Image.Image:
    """sRGB on white, without metadata."""
    profile = picture.info.get("icc_profile")
    if picture.mode == "RGBA":
        layer, picture = picture, Image.new("RGB", picture.size, "white")
        picture.paste(layer, mask=layer.getchannel("A"))
    if profile and picture.mode in ("RGB", "CMYK"):
        # Phones photograph in Display P3: without its profile such a photo looks pale. A broken one is passed over.
        with suppress(ImageCms.PyCMSError, OSError, ValueError):
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            picture = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    picture = picture.convert("RGB")
    picture.info = {}
    return picture
