"""Uploaded pictures: decoded by Pillow and stored only as files that this module encoded itself.

A picture has a name (`foto/2026/11/<random>`) and renditions `<name>-<width>.webp` and `.jpg`. The widths follow from
the picture's own width (`widths()`), so only name, width and height are stored. Shared links and search engines need
fixed aspect ratios: for them there are crops, `<name>-<ratio>.jpg`, or `<name>-<ratio>-<x>-<y>.jpg` around a focal
point. Files never change under their names, so that browsers may keep them for ever.
"""

import errno
import io
import os
import re
import secrets
import warnings
from contextlib import suppress
from datetime import timedelta
from typing import Any, BinaryIO, NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from pi_heif import register_heif_opener
from PIL import ExifTags, Image, ImageCms, ImageFilter, UnidentifiedImageError
from PIL.Image import Transpose

# The version of the set of files that a picture has. The worker upgrades older photos (`complete()`); 1 has JPEG
# renditions and, made by former releases, WebP, but no crops.
EDITION = 2
WIDTHS = (400, 800, 1600)
# Google wants pictures of news articles 1200 wide in the first three ratios; 1200x630 is for shared links.
CROPS = {"16x9": (1200, 675), "4x3": (1200, 900), "1x1": (1200, 1200), "1200x630": (1200, 630)}
SHARED = "1200x630"
SHARED_MAX_BYTES = 290_000  # WhatsApp ignores pictures larger than 300 KB
_CROP_QUALITIES = (78, 68, 55, 40, 25)  # tried in turn; with the last, even noise stays within the limit
_MAX_ENLARGEMENT = 3  # factor; smaller pictures are placed on a background
MAX_HEIGHT = 8_000  # of stored pictures: WebP allows 16,383, but a screenshot of a long page would be far too tall
ORPHANS_KEPT = timedelta(days=1)
MAX_BYTES = 40 * 1024 * 1024  # phones with 108 megapixels write 20 to 35 MB
# A JPEG is decoded near its stored size: 108 megapixels take 40 MB and 0.5 s. A progressive one is kept in full until
# its last byte, HEIC is decoded in full, and WebP takes 20 bytes per pixel.
MAX_MEGAPIXELS = {"JPEG": 130, "MPO": 130, "HEIF": 50}
MAX_MEGAPIXELS_PROGRESSIVE = 60
MAX_MEGAPIXELS_OF_OTHERS = 20
Image.MAX_IMAGE_PIXELS = MAX_MEGAPIXELS["JPEG"] * 1_000_000  # Pillow's own limit, which knows no formats, is lower
warnings.simplefilter("error", Image.DecompressionBombWarning)  # up to twice that size Pillow would only print it
# For a file field's `accept`; the decoder checks only the content.
ACCEPTED = ".jpg,.jpeg,.png,.webp,.avif,.gif,.heic,.heif"
TOO_MANY_BYTES = f"Berkas foto paling besar {MAX_BYTES >> 20} MB. Perkecil fotonya, atau simpan sebagai JPEG."
UNKNOWN_KIND = "Jenis berkas ini tidak dikenali. Unggahlah JPEG, PNG, WebP, AVIF, GIF, atau HEIC dari iPhone."
_BROKEN = (
    "Berkas foto ini rusak atau terpotong, atau isinya tidak lazim. Ambil sekali lagi dari asalnya, atau simpan "
    "sebagai JPEG yang baru."
)
register_heif_opener(thumbnails=False)
_FORMATS = ["JPEG", "PNG", "WEBP", "GIF", "AVIF", "HEIF"]
_ENCODINGS: dict[str, dict[str, Any]] = {
    "jpg": {"format": "JPEG", "quality": 80, "progressive": True},
    "webp": {"format": "WEBP", "quality": 76},
}
# A progressive JPEG takes twice as long, WebP five times. The worker adds WebP.
_QUICK_ENCODINGS: dict[str, dict[str, Any]] = {"jpg": {"format": "JPEG", "quality": 80}}
_SCALING: dict[str, Any] = {"resample": Image.Resampling.LANCZOS, "reducing_gap": 3}
_QUICK_SCALING: dict[str, Any] = {"resample": Image.Resampling.HAMMING, "reducing_gap": 1}  # halves by plain averages
# Until it is written: a rendition of no width, which no page names, and the sentinel takes for a file of the photo
_DRAFT = "-0.webp"
_UPRIGHT = {  # EXIF orientation -> transposition that turns the pixels upright
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
_SIDEWAYS = (5, 6, 7, 8)  # orientations that swap width and height


Focus = tuple[int, int] | None  # the point that no crop may lose, in hundredths of width and height

# A rendition's file name, as in `url()` and in bodies: picture name, width, extension.
_OF_A_PICTURE = re.compile(r"foto/\d{4}/\d{2}/[0-9a-f]{16}(?=-)")
RENDITION = re.compile(r"(foto/\d{4}/\d{2}/[0-9a-f]{16})-(\d{1,4})\.(jpg|webp)")


class PhotoColumns:
    """Properties derived from a photo's columns, for the model (news.models.Photo) and for plain rows (ShownPhoto)."""

    name: str
    width: int
    height: int
    alt_text: str
    decorative: bool
    edition: int
    focus_x: int | None
    focus_y: int | None

    @property
    def focus(self) -> Focus:
        return None if self.focus_x is None or self.focus_y is None else (self.focus_x, self.focus_y)

    @property
    def alt(self) -> str:
        return "" if self.decorative else self.alt_text

    @property
    def largest_url(self) -> str:
        return largest_url(self.name, self.width)

    @property
    def has_crops(self) -> bool:
        return self.edition >= 2

    @property
    def largest_file(self) -> str:
        return f"{self.name}-{widths(self.width)[-1]}.jpg"

    @property
    def is_stored(self) -> bool:
        """Whether its file is there. One look at the disk."""
        return default_storage.exists(self.largest_file)

    @property
    def share_url(self) -> str:
        """The picture for shared links: 1200 x 630, or the largest if there are no crops yet."""
        return url(self.name, _suffix(SHARED, self.focus), "jpg") if self.has_crops else self.largest_url

    @property
    def crop_urls(self) -> list[str]:
        """Pictures 1200 wide in 16:9, 4:3 and 1:1 for search engines; the largest if there are no crops yet."""
        if not self.has_crops:
            return [self.largest_url]
        return [url(self.name, _suffix(ratio, self.focus), "jpg") for ratio in CROPS if ratio != SHARED]


class _PhotoRow(NamedTuple):
    name: str
    width: int
    height: int
    alt_text: str
    decorative: bool
    edition: int
    focus_x: int | None = None
    focus_y: int | None = None
    caption: str = ""
    credit: str = ""


class ShownPhoto(PhotoColumns, _PhotoRow):
    """A photo as a page shows it; lists leave out caption and credit."""

    __slots__ = ()
    IN_LISTS = _PhotoRow._fields[:8]


class Renditions(NamedTuple):
    """A picture as the files that are to be stored of it."""

    width: int
    height: int
    files: dict[str, bytes]  # what follows the picture's name -> content


class Stored(NamedTuple):
    """The fields of a Photo that describe the stored files."""

    name: str
    width: int
    height: int
    edition: int = EDITION


def store(upload: BinaryIO) -> Stored:
    """`read()` and `write()` in one call."""
    return write(read(upload))


def read(upload: BinaryIO, *, quickly: bool = False) -> Image.Image:
    """The picture of an open binary file as it will be stored: upright, sRGB on white, at most WIDTHS[-1] wide and
    MAX_HEIGHT high, without metadata (EXIF, GPS, comments); the first frame of an animation. `quickly`: as in
    `renditions()`.

    Raises ValidationError, with a message for the editor, unless it is a picture of an allowed format and size.
    """
    picture = undecoded(upload)
    orientation = _orientation(picture)
    box = (WIDTHS[-1], MAX_HEIGHT) if orientation not in _SIDEWAYS else (MAX_HEIGHT, WIDTHS[-1])
    try:
        # A JPEG is decoded at the smallest of its scales that is not below the size to store; others know no scales.
        picture.draft(None, _size_within(box, picture.size))
        picture.load()
    except Exception as error:  # in fuzzing, decoders raised OSError, ValueError, RuntimeError, TypeError ...
        raise ValidationError(_BROKEN) from error
    picture = _reduced(_resizable(picture), box, _QUICK_SCALING if quickly else _SCALING)
    if orientation in _UPRIGHT:
        picture = picture.transpose(_UPRIGHT[orientation])
    return _plain(picture)


def undecoded(upload: BinaryIO) -> Image.Image:
    """The picture as its first bytes describe it. Raises as `read()` does, as far as these tell."""
    if upload.seek(0, io.SEEK_END) > MAX_BYTES:
        raise ValidationError(TOO_MANY_BYTES)
    upload.seek(0)
    picture = _opened(upload)
    limit = _limit(picture)
    if picture.width * picture.height > limit * 1_000_000:
        raise ValidationError(f"Foto ini terlalu besar: paling banyak {limit} megapiksel untuk jenis berkas ini.")
    return picture


def _limit(picture: Image.Image) -> int:
    """In megapixels."""
    limit = MAX_MEGAPIXELS.get(picture.format or "", MAX_MEGAPIXELS_OF_OTHERS)
    return min(limit, MAX_MEGAPIXELS_PROGRESSIVE) if "progressive" in picture.info else limit


def write(picture: Image.Image, focus: Focus = None) -> Stored:
    """Writes the files of a picture from `read()` to the media storage under a new random name."""
    stored = keep(renditions(picture))
    _write_crops(stored.name, picture, focus)
    return stored._replace(edition=EDITION)


def renditions(picture: Image.Image, *, quickly: bool = False) -> Renditions:
    """A picture from `read()` in all its widths. `quickly`: in a fifth of the time, as JPEG only, in files a twentieth
    larger."""
    encodings, scaling = (_QUICK_ENCODINGS, _QUICK_SCALING) if quickly else (_ENCODINGS, _SCALING)
    return Renditions(picture.width, picture.height, _encoded(picture, encodings, scaling))


def _encoded(picture: Image.Image, encodings: dict[str, dict[str, Any]], scaling: dict[str, Any]) -> dict[str, bytes]:
    """The files of a picture in all its widths; see Renditions."""
    files, rendition = {}, picture
    for width in reversed(widths(picture.width)):
        if width != rendition.width:  # each from the next larger one: half of the work, and no eye sees it
            height = max(1, round(picture.height * width / picture.width))
            rendition = rendition.resize((width, height), **scaling)
        for extension, options in encodings.items():
            encoded = io.BytesIO()
            rendition.save(encoded, **options)
            files[f"-{width}.{extension}"] = encoded.getvalue()
    return files


def keep(made: Renditions) -> Stored:
    """Writes the files to the media storage under a new random name. The worker adds the others (`complete()`)."""
    name = f"{timezone.localdate():foto/%Y/%m}/{secrets.token_hex(8)}"
    for ending, content in made.files.items():
        default_storage.save(f"{name}{ending}", ContentFile(content))
    return Stored(name, made.width, made.height, edition=1)


def complete(name: str, width: int, focus: Focus = None, *, edition: int = EDITION) -> bool:
    """Adds the files that a picture of an older `edition`, or with a new focal point, lacks, made from its largest
    rendition. Idempotent.

    Returns False if that rendition is missing or broken. Raises OSError if the storage cannot be read or written.
    """
    try:
        with default_storage.open(f"{name}-{widths(width)[-1]}.jpg") as file, Image.open(file) as picture:
            picture.load()
    except OSError as error:
        if error.errno in (None, errno.ENOENT):  # Pillow's errors for broken files have no errno
            return False
        raise
    if edition < EDITION:
        made = _encoded(picture, {"webp": _ENCODINGS["webp"]}, _SCALING)
        for ending, content in reversed(made.items()):  # the smallest first: it also stands for the others
            _put(name, ending, content)
    # What an interrupted run left, perhaps in part, goes first: the storage would keep it and rename the new files.
    delete_crops(name, focus)
    _write_crops(name, picture, focus)
    return True


def _put(name: str, ending: str, content: bytes) -> None:
    """Writes a file that pages name already: whoever asks gets all of it or none, and keeps it for ever."""
    draft, path = f"{name}{_DRAFT}", f"{name}{ending}"
    try:
        place = default_storage.path(path)
    except NotImplementedError:  # no disk: what is stored there appears whole, in the place of what was there
        default_storage.save(path, ContentFile(content))
        return
    default_storage.delete(draft)  # of a run that was killed
    default_storage.save(draft, ContentFile(content))
    os.replace(default_storage.path(draft), place)


def delete(name: str, width: int, focus: Focus = None) -> None:
    """Deletes the files of a picture that no photo uses any more; missing files are ignored."""
    for each in widths(width):
        for extension in _ENCODINGS:
            default_storage.delete(f"{name}-{each}.{extension}")
    default_storage.delete(f"{name}{_DRAFT}")
    delete_crops(name, focus)


def older_files() -> dict[str, list[str]]:
    """By the name of a picture its files of this month and the last one, of names with no file younger than a day."""
    today, found = timezone.localdate(), dict[str, list[str]]()
    before, young = timezone.now() - ORPHANS_KEPT, set[str]()
    for day in (today, today.replace(day=1) - timedelta(days=1)):
        folder = f"{day:foto/%Y/%m}"
        files = default_storage.listdir(folder)[1] if default_storage.exists(folder) else []
        for path in (f"{folder}/{file}" for file in files):
            if match := _OF_A_PICTURE.match(path):
                found.setdefault(match[0], []).append(path)
    for name, paths in found.items():
        with suppress(FileNotFoundError):  # replaced at this moment
            if max(map(default_storage.get_modified_time, paths)) < before:
                continue
        young.add(name)
    return {name: paths for name, paths in found.items() if name not in young}


def delete_crops(name: str, focus: Focus) -> None:
    """Deletes the crops around a focal point that the photo no longer has."""
    for ratio in CROPS:
        default_storage.delete(f"{name}-{_suffix(ratio, focus)}.jpg")


def widths(own_width: int) -> list[int]:
    """The widths of a picture's renditions in pixels: all WIDTHS below its own, and its own up to the largest."""
    return [width for width in WIDTHS if width < own_width] + [min(own_width, WIDTHS[-1])]


def fallback(own_width: int) -> int:
    """The width to use where only one is possible: the second smallest, or the only one."""
    return widths(own_width)[:2][-1]


def url(name: str, width: int | str, extension: str) -> str:
    """The address of a rendition, or of the crop that `width` names."""
    return f"{settings.MEDIA_URL}{name}-{width}.{extension}"  # a sitemap takes half as long as with storage.url()


def largest_url(name: str, own_width: int) -> str:
    """The address of the widest JPEG rendition."""
    return url(name, widths(own_width)[-1], "jpg")


def cropped(picture: Image.Image, size: tuple[int, int], focus: Focus = None) -> Image.Image:
    """The picture in a frame of this size.

    It fills the frame, with the focal point as near to the middle as can be; without one it is cut more at the bottom
    than at the top, where faces are. If less than half of it would be left
    (a poster in a wide frame) or it would be enlarged too much, it is placed on a blurred background of itself.
    """
    ratio = size[0] / size[1]
    box = _window(picture.size, ratio, focus)
    width, height = box[2] - box[0], box[3] - box[1]
    if width * _MAX_ENLARGEMENT >= size[0] and width * height * 2 >= picture.width * picture.height:
        return picture.resize(size, Image.Resampling.LANCZOS, box=box)
    background = picture.resize((60, round(60 / ratio)), Image.Resampling.BOX, box=box)
    background = background.filter(ImageFilter.GaussianBlur(4)).resize(size, Image.Resampling.BICUBIC)
    background = background.point(lambda value: value * 0.7)
    # A strip is cropped so that it fills at least two fifths of the frame.
    box = _window(picture.size, min(max(picture.width / picture.height, ratio * 0.4), ratio / 0.4), focus)
    width, height = box[2] - box[0], box[3] - box[1]
    scale = min(size[0] / width, size[1] / height, _MAX_ENLARGEMENT)
    inner = (max(1, round(width * scale)), max(1, round(height * scale)))
    background.paste(
        picture.resize(inner, Image.Resampling.LANCZOS, box=box),
        ((size[0] - inner[0]) // 2, (size[1] - inner[1]) // 2),
    )
    return background


def _window(size: tuple[int, int], ratio: float, focus: Focus) -> tuple[float, float, float, float]:
    """The largest box of this ratio (width / height) in a picture, around its focal point. Without one: centred
    horizontally, above the centre vertically, and at the top of pictures taller than a photo (screenshots,
    infographics)."""
    width, height = min(size[0], size[1] * ratio), min(size[1], size[0] / ratio)
    if focus:
        left = _around(focus[0] / 100 * size[0], width, size[0])
        top = _around(focus[1] / 100 * size[1], height, size[1])
    else:
        left, top = (size[0] - width) / 2, 0 if size[1] > 2 * size[0] else (size[1] - height) / 4
    return left, top, left + width, top + height


def _around(point: float, length: float, whole: int) -> float:
    """Where a piece of this length begins that has the point in its middle, or as near to it as the whole allows."""
    return min(max(point - length / 2, 0), whole - length)


def _suffix(ratio: str, focus: Focus) -> str:
    return f"{ratio}-{focus[0]}-{focus[1]}" if focus else ratio


def _write_crops(name: str, picture: Image.Image, focus: Focus) -> None:
    for ratio, size in CROPS.items():
        crop = cropped(picture, size, focus)
        for quality in _CROP_QUALITIES:
            encoded = io.BytesIO()
            crop.save(encoded, "JPEG", quality=quality, progressive=True)
            if ratio != SHARED or encoded.tell() <= SHARED_MAX_BYTES:
                break
        default_storage.save(f"{name}-{_suffix(ratio, focus)}.jpg", ContentFile(encoded.getvalue()))


def smallest(rendition: re.Match) -> str:
    """The file name of the smallest rendition, for clients that save data. `rendition`: a match of RENDITION."""
    name, width, extension = rendition.groups()
    return f"{name}-{min(int(width), WIDTHS[0])}.{extension}"


def as_jpeg(rendition: str) -> str:
    """The file name of the same rendition as a JPEG."""
    return f"{rendition.rpartition('.')[0]}.jpg"


def _opened(upload: BinaryIO) -> Image.Image:
    try:
        return Image.open(upload, formats=_FORMATS)
    except UnidentifiedImageError as error:
        raise ValidationError(UNKNOWN_KIND) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        # Of a picture that large the decoder does not say which kind it is.
        raise ValidationError(
            f"Foto ini terlalu besar: paling banyak {MAX_MEGAPIXELS['JPEG']} megapiksel bila JPEG, "
            f"{MAX_MEGAPIXELS_OF_OTHERS} bila jenis lain."
        ) from error
    except Exception as error:
        raise ValidationError(_BROKEN) from error


def _orientation(picture: Image.Image) -> int | None:
    """The EXIF orientation, or None. Phones and old cameras write broken EXIF: no reason to reject a photo.

    Pillow also reads the orientation from XMP. Browsers do not, nor does the preview that the editor has seen.
    """
    exif = Image.Exif()
    try:
        picture.getexif()  # reads a PNG to its end, where the EXIF may be
        exif.load(picture.info.get("exif", b""))
        return exif.get(ExifTags.Base.Orientation)
    except Exception:
        return None


def _resizable(picture: Image.Image) -> Image.Image:
    """The picture in a mode that can be resized without mixing palette indexes or clipping 16-bit values to white."""
    if picture.mode.startswith("I"):  # 16-bit grey, which convert() would clip
        return picture.point(lambda value: value / 256).convert("L")
    if picture.has_transparency_data:
        return picture.convert("RGBA")
    return picture if picture.mode in ("L", "RGB", "CMYK") else picture.convert("RGB")


def _size_within(box: tuple[int, int], size: tuple[int, int]) -> tuple[int, int]:
    """The size, reduced to fit into the box."""
    scale = min(1, box[0] / size[0], box[1] / size[1])
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _reduced(picture: Image.Image, box: tuple[int, int], scaling: dict[str, Any]) -> Image.Image:
    """The picture, reduced to fit into the box."""
    size = _size_within(box, picture.size)
    return picture if size == picture.size else picture.resize(size, **scaling)


def _plain(picture: Image.Image) -> Image.Image:
    """sRGB on white, without metadata."""
    profile = picture.info.get("icc_profile")
    if picture.mode == "RGBA":
        layer, picture = picture, Image.new("RGB", picture.size, "white")
        picture.paste(layer, mask=layer.getchannel("A"))
    if profile and picture.mode in ("RGB", "CMYK"):
        # Phones take photos in Display P3, which look pale without conversion. Broken profiles are ignored.
        with suppress(ImageCms.PyCMSError, OSError, ValueError):
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            changed = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
            picture = changed or picture
    picture = picture.convert("RGB")
    picture.info = {}
    return picture
