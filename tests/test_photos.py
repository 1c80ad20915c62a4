"""Uploaded photos: which are accepted, and that only our own encodings are stored and served."""

import io
import re
import resource
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from PIL import Image, ImageChops, ImageCms, ImageStat
from PIL.PngImagePlugin import PngInfo

from news import cards, markup, photos
from news.models import Article, Change, Page, Photo
from tests.make import make_article, make_person, rewrite

pytestmark = pytest.mark.slow

ADD = "/admin/news/photo/add/"
HEIC = Path(__file__).parent / "fixtures" / "foto.heic"


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def encoded(picture, kind="JPEG", **options) -> io.BytesIO:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    out.seek(0)
    return out


def upload_of(data: io.BytesIO, name="foto.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data.getvalue())


def files() -> list[Path]:
    return sorted(path for path in Path(default_storage.location).rglob("*") if path.is_file())


def halves(width=60, height=40) -> Image.Image:
    """Red above blue, to recognise the orientation after any encoding."""
    picture = Image.new("RGB", (width, height), "red")
    picture.paste("blue", (0, height // 2, width, height))
    return picture


def is_red(pixel) -> bool:
    return pixel[0] > 150 and pixel[2] < 100


# ---- Accepted pictures


def renditions() -> list[Path]:
    return [path for path in files() if path.stem.rpartition("-")[2] not in photos.CROPS]


def crops() -> dict[str, Path]:
    return {path.stem.rpartition("-")[2]: path for path in files() if path not in renditions()}


def test_a_large_photo_is_kept_in_three_widths_and_two_formats():
    stored = photos.store(encoded(halves(2400, 1200)))
    assert (stored.width, stored.height) == (1600, 800)
    assert [path.name.rpartition("-")[2] for path in renditions()] == [
        "1600.jpg", "1600.webp", "400.jpg", "400.webp", "800.jpg", "800.webp",
    ]  # fmt: skip
    for path in renditions():
        with Image.open(path) as rendition:
            assert rendition.width == int(path.stem.rpartition("-")[2])
            assert rendition.height == rendition.width / 2


def test_a_quickly_made_photo_has_the_same_jpegs_and_colours():
    data = encoded(halves(2400, 1600), quality=95)
    slow = photos.renditions(photos.read(data))
    quick = photos.renditions(photos.read(data, quickly=True), quickly=True)
    assert (quick.width, quick.height) == (slow.width, slow.height)
    assert [*quick.files] == [ending for ending in slow.files if ending.endswith(".jpg")]
    for ending, content in quick.files.items():
        made, expected = Image.open(io.BytesIO(content)), Image.open(io.BytesIO(slow.files[ending]))
        assert made.size == expected.size
        difference = ImageStat.Stat(ImageChops.difference(made.convert("RGB"), expected.convert("RGB")))
        assert max(difference.mean) < 1


def test_a_small_photo_is_not_enlarged():
    stored = photos.store(encoded(halves(60, 40)))
    assert (stored.width, stored.height) == (60, 40)
    assert len(renditions()) == 2


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_applied_to_the_pixels(orientation):
    upright = halves(60, 40)
    undo = photos._UPRIGHT.get(orientation)
    back = {
        Image.Transpose.ROTATE_90: Image.Transpose.ROTATE_270,
        Image.Transpose.ROTATE_270: Image.Transpose.ROTATE_90,
    }
    lying = upright.transpose(back.get(undo, undo)) if undo is not None else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = photos.read(encoded(lying, exif=exif))
    assert picture.size == (60, 40)
    assert is_red(picture.getpixel((30, 5)))
    assert not is_red(picture.getpixel((30, 35)))


def xmp(orientation: int) -> bytes:
    return (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        b'<rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="%d"/></rdf:RDF></x:xmpmeta>'
    ) % orientation


def saved_with_xmp(kind: str, orientation: int, **options) -> io.BytesIO:
    if kind == "PNG":
        options["pnginfo"] = PngInfo()
        options["pnginfo"].add_itxt("XML:com.adobe.xmp", xmp(orientation).decode())
    else:
        options["xmp"] = xmp(orientation)
    return encoded(halves(60, 40), kind, **options)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_an_orientation_in_xmp_alone_turns_nothing_as_in_browsers(kind):
    upload = saved_with_xmp(kind, 6)
    with Image.open(upload) as picture:
        assert picture.getexif()[0x0112] == 6  # Pillow takes it from the XMP
    picture = photos.read(upload)
    assert picture.size == (60, 40)
    assert is_red(picture.getpixel((30, 5)))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_exif_orientation_counts_whatever_the_xmp_says(kind):
    exif = Image.Exif()
    exif[0x0112] = 3
    picture = photos.read(saved_with_xmp(kind, 6, exif=exif))
    assert picture.size == (60, 40)
    assert is_red(picture.getpixel((30, 35)))


def test_size_is_measured_after_rotation():
    exif = Image.Exif()
    exif[0x0112] = 6
    assert photos.read(encoded(Image.new("RGB", (4000, 3000)), exif=exif)).size == (1600, 2133)


def test_all_metadata_of_the_file_is_removed():
    exif = Image.Exif()
    exif[0x010E] = "RAHASIA di EXIF"
    exif.get_ifd(0x8825)[1] = "S"
    tail = io.BytesIO()
    with zipfile.ZipFile(tail, "w") as archive:
        archive.writestr("RAHASIA.txt", "isi")
    data = encoded(halves(), exif=exif, comment=b"RAHASIA di komentar").getvalue() + tail.getvalue()
    photos.store(io.BytesIO(data + b"<script>RAHASIA</script>"))
    for path in files():
        content = path.read_bytes()
        for trace in (b"RAHASIA", b"Exif", b"ICC_PROFILE", b"PK\x03\x04"):
            assert trace not in content


@pytest.mark.parametrize(
    ("picture", "expected"),
    [
        (Image.new("RGBA", (9, 9), (0, 0, 0, 0)), (255, 255, 255)),
        (Image.new("LA", (9, 9), (0, 0)), (255, 255, 255)),
        (Image.new("1", (9, 9), 1), (255, 255, 255)),
        (Image.new("I;16", (9, 9), 128 * 256), (128, 128, 128)),
        (Image.new("L", (9, 9), 90), (90, 90, 90)),
        (halves(9, 9).quantize(4), (254, 0, 0)),
    ],
)
def test_every_kind_of_png_becomes_rgb_on_white(picture, expected):
    pixel = photos.read(encoded(picture, "PNG")).getpixel((4, 1))
    assert pixel == pytest.approx(expected, abs=3)


def test_cmyk_becomes_rgb():
    picture = photos.read(encoded(halves().convert("CMYK")))
    assert picture.mode == "RGB"
    assert is_red(picture.getpixel((30, 5)))


def test_colours_are_converted_from_the_photos_own_profile():
    # Not the profile of any camera, but different enough from sRGB to be visible.
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    grey = Image.new("RGB", (9, 9), (90, 120, 150))
    assert photos.read(encoded(grey, icc_profile=profile)).mode == "RGB"
    broken = photos.read(encoded(grey, icc_profile=b"bukan profil"))
    assert broken.getpixel((4, 4)) == pytest.approx((90, 120, 150), abs=4)


def test_the_first_frame_of_an_animation_is_kept():
    frames = [halves(), Image.new("RGB", (60, 40), "green")]
    animation = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert is_red(photos.read(animation).getpixel((30, 5)))


@pytest.mark.parametrize(
    ("size", "kept"),
    [((20_000, 1), (1600, 1)), ((1, 20_000), (1, 8000)), ((500, 16_000), (250, 8000)), ((16_000, 500), (1600, 50))],
)
def test_extreme_shapes_are_kept_within_limits(size, kept):
    stored = photos.store(encoded(Image.new("RGB", size, "red"), "PNG"))
    assert (stored.width, stored.height) == kept


@pytest.mark.filterwarnings(
    "ignore:Image appears to be a malformed MPO", "ignore:Tag data larger than file", "ignore:Corrupt EXIF"
)
def test_odd_metadata_is_no_reason_to_refuse():
    odd = b"Exif\x00\x00II*\x00\x08\x00\x00\x00\xff\xff" + b"\x12\x01\x03\x00\xff\xff\xff\xff" * 3
    assert photos.read(encoded(halves(), exif=odd)).size == (60, 40)
    with_mpo_head = encoded(halves()).getvalue()
    with_mpo_head = with_mpo_head[:2] + b"\xff\xe2\x00\x0bMPF\x00II*\x00\x00" + with_mpo_head[2:]
    assert photos.read(io.BytesIO(with_mpo_head)).size == (60, 40)


def test_heic_of_an_iphone_is_converted():
    with HEIC.open("rb") as upload:
        picture = photos.read(upload)
    assert picture.size == (64, 48)
    assert is_red(picture.getpixel((30, 5)))
    assert not is_red(picture.getpixel((30, 40)))
    with HEIC.open("rb") as upload:
        photos.store(upload)
    assert {path.suffix for path in files()} == {".jpg", ".webp"}


@pytest.mark.slow
@pytest.mark.parametrize("size", [(9248, 6936), (12_000, 9000)])
def test_a_jpeg_of_64_or_108_megapixels_is_decoded_at_a_reduced_scale(size):
    """Never in full, which takes 324 MB."""
    upload = encoded(halves(*size))
    with Image.open(upload) as picture:
        picture.draft(None, photos._size_within((1600, 8000), size))
        assert picture.width < 3200
    stored = photos.read(upload)
    assert stored.size == (1600, 1200)
    assert is_red(stored.getpixel((800, 100)))


@pytest.mark.slow
def test_a_progressive_jpeg_which_is_kept_in_full_may_be_smaller_only():
    assert "60 megapiksel" in refusal(encoded(Image.new("L", (9000, 7000)), progressive=True))


# ---- Crops, for shared links and search engines


@pytest.mark.slow
@pytest.mark.parametrize(
    "picture",
    [
        halves(2400, 1600),  # a photo
        halves(1200, 1600),  # a portrait
        halves(60, 40),
        halves(1, 1),
        halves(4000, 100),
        halves(200, 8000),
        Image.effect_noise((1600, 1000), 120).convert("RGB"),  # nothing is harder to compress
    ],
)
def test_every_photo_has_crops_in_four_ratios_and_one_is_small_enough_to_share(picture):
    photos.store(encoded(picture))
    sizes = {"1200x630": (1200, 630), "16x9": (1200, 675), "4x3": (1200, 900), "1x1": (1200, 1200)}
    for suffix, path in crops().items():
        with Image.open(path) as crop:
            assert (crop.format, crop.size) == ("JPEG", sizes.pop(suffix))
    assert crops()["1200x630"].stat().st_size < 300_000
    assert sizes == {}


def marked(width, height, at) -> Image.Image:
    """A green picture with a red mark at this fraction of its height."""
    picture = Image.new("RGB", (width, height), "green")
    picture.paste("red", (0, int(height * at) - height // 100, width, int(height * at) + height // 100))
    return picture


def has_red(picture) -> bool:
    return any(is_red(pixel) and pixel[1] < 100 for _, pixel in picture.getcolors(picture.width * picture.height))


def test_a_crop_keeps_the_upper_part_where_faces_are():
    assert has_red(photos.cropped(marked(1200, 1600, 0.2), (1200, 900)))
    assert not has_red(photos.cropped(marked(1200, 1600, 0.8), (1200, 900)))


def test_a_poster_is_shown_whole_in_a_wide_frame():
    for at in (0.05, 0.95):
        assert has_red(photos.cropped(marked(900, 1200, at), (1200, 630)))


def test_the_top_of_a_long_screenshot_is_shown():
    assert has_red(photos.cropped(marked(500, 8000, 0.01), (1200, 1200)))


def test_a_tiny_picture_is_enlarged_three_times_at_most():
    crop = photos.cropped(Image.new("RGB", (100, 100), "red"), (1200, 1200))
    red = [crop.getpixel((x, 600))[0] > 250 for x in range(1200)]  # the background is darker
    assert sum(red) == pytest.approx(300, abs=4)


def without_crops(**fields) -> Photo:
    """A photo as an older version of the portal stored it."""
    stored = photos.store(encoded(halves(900, 600)))
    for path in crops().values():
        path.unlink()
    fields = {"edition": 1, "alt_text": "Jembatan"} | fields
    return Photo.objects.create(**stored._asdict() | fields)


@pytest.mark.django_db
def test_the_worker_gives_older_photos_their_crops():
    photo = without_crops()
    assert photo.share_url == photo.largest_url
    assert photo.crop_urls == [photo.largest_url]
    assert cards.complete_photos() == 1
    photo.refresh_from_db()
    assert photo.share_url == f"/media/{photo.name}-1200x630.jpg"
    assert photo.crop_urls == [f"/media/{photo.name}-{ratio}.jpg" for ratio in ("16x9", "4x3", "1x1")]
    for address in (photo.share_url, *photo.crop_urls):
        assert (Path(default_storage.location) / address.removeprefix("/media/")).is_file()
    assert cards.complete_photos() == 0


def imported(picture) -> Photo:
    made = photos.renditions(photos.read(encoded(picture), quickly=True), quickly=True)
    return Photo.objects.create(**photos.keep(made)._asdict(), alt_text="Jembatan")


@pytest.mark.django_db
def test_the_worker_gives_photos_of_an_import_their_webp():
    photo = imported(halves(900, 600))
    assert [path.suffix for path in files()] == [".jpg"] * 3
    torn = default_storage.save(f"{photo.name}-400.webp", ContentFile(b"RIFF"))  # of a worker that was killed
    assert cards.complete_photos() == 1
    photo.refresh_from_db()
    assert photo.edition == photos.EDITION
    assert {path.name.rpartition("-")[2] for path in renditions()} == {
        f"{width}.{extension}" for width in (400, 800, 900) for extension in ("jpg", "webp")
    }
    with default_storage.open(torn) as file, Image.open(file) as picture:
        assert (picture.format, picture.size) == ("WEBP", (400, 267))
    assert len(files()) == 10
    assert cards.complete_photos() == 0


@pytest.mark.django_db
def test_webp_that_pages_name_already_is_never_there_in_part():
    photo = imported(Image.effect_noise((900, 600), 90).convert("RGB"))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4000, limits[1]))  # as a disk that fills up
    try:
        with pytest.raises(OSError, match="large"):
            photos.complete(photo.name, photo.width, edition=1)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert not list(Path(default_storage.location).rglob("*-[1-9]*.webp"))
    names = [path.relative_to(default_storage.location).as_posix() for path in files()]
    assert all(map(photos.RENDITION.fullmatch, names))  # no findings of the sentinel
    assert cards.complete_photos() == 1
    assert len(files()) == 10


@pytest.mark.django_db
def test_a_new_focal_point_of_an_imported_photo_does_not_cost_it_its_webp(client, editor):
    photo = imported(halves(900, 600))
    client.post(f"/admin/news/photo/{photo.pk}/change/", form(focus_x=20, focus_y=80))
    photo.refresh_from_db()
    assert (photo.focus, photo.edition) == ((20, 80), photos.EDITION)
    assert len([path for path in files() if path.suffix == ".webp"]) == 3


@pytest.mark.django_db
def test_crops_left_by_an_interrupted_run_are_overwritten():
    photo = without_crops()
    for suffix in photos.CROPS:
        default_storage.save(f"{photo.name}-{suffix}.jpg", ContentFile(b"terpotong"))
    cards.complete_photos()
    assert len(files()) == 10
    assert all(path.stat().st_size > 1000 for path in crops().values())


@pytest.mark.django_db
def test_an_older_photo_with_missing_or_broken_files_is_not_retried_for_ever():
    broken, missing = without_crops(), without_crops()
    for path in files():
        if broken.name in str(path):
            path.write_bytes(path.read_bytes()[:300])
        else:
            path.unlink()
    assert cards.complete_photos() == 2
    assert cards.complete_photos() == 0
    missing.refresh_from_db()
    assert missing.share_url == missing.largest_url


@pytest.mark.slow
@pytest.mark.django_db
def test_completing_photos_keeps_to_its_time_limit():
    for _ in range(3):
        without_crops()
    assert cards.complete_photos(seconds=0) == 1


# ---- Photos in bodies

FIGURE = re.compile(
    r'<figure><img src="/media/foto/[^"]+-800.jpg" alt="[^"]*" width="900" height="600">'
    "<figcaption>.*</figcaption></figure>"
)


@pytest.mark.django_db
def test_a_photos_figure_survives_the_sanitiser_unchanged():
    photo = without_crops(
        alt_text="""Warga & 'jembatan' "kaca" <b>""", caption="Jum'at <pagi> & sore", credit="Foto: X"
    )
    figure = photo.figure_html()
    assert FIGURE.fullmatch(figure)
    assert markup.sanitise(figure) == figure
    assert "Jum'at &lt;pagi&gt; &amp; sore · Foto: X" in figure
    decoration = Photo(name=photo.name, width=900, height=600, decorative=True).figure_html()
    assert markup.sanitise(decoration) == decoration
    assert 'alt=""' in decoration
    assert "figcaption" not in decoration


@pytest.mark.django_db
def test_a_page_shows_the_photos_of_a_body_in_every_width():
    photo = without_crops(alt_text='Dinas "PU" & warga')
    shown = markup.shown(f"<p>Awal</p>{photo.figure_html()}<p>Akhir</p>")
    for width in (400, 800, 900):
        for extension in ("jpg", "webp"):
            assert f"/media/{photo.name}-{width}.{extension} {width}w" in shown
    assert 'alt="Dinas &quot;PU&quot; &amp; warga" width="900" height="600" loading="lazy" decoding="async"' in shown
    assert shown.startswith("<p>Awal</p><figure><picture>")


@pytest.mark.django_db
def test_a_photo_in_a_body_cannot_be_deleted_and_its_form_names_the_places(client, editor):
    photo = without_crops()
    article = make_article(title="Jembatan baru", body=f"<p>Awal</p>{photo.figure_html()}")
    page = Page.objects.create(title="Galeri kota", slug="galeri", body=photo.figure_html())
    lead = make_article(title="Jembatan lain", photo=photo)
    assert client.post(f"/admin/news/photo/{photo.pk}/delete/", {"post": "yes"}).status_code == 403
    form_page = client.get(f"/admin/news/photo/{photo.pk}/change/").content.decode()
    for kind, place in (("article", article), ("page", page), ("article", lead)):
        assert f'<a href="/admin/news/{kind}/{place.pk}/change/">{place}</a>' in form_page


# ---- Another file for a photo that is used


def replaced(client, photo, **fields):
    """The photo after its form was sent with another, higher picture."""
    upload = upload_of(encoded(halves(900, 1200)))
    texts = {"alt_text": photo.alt_text, "caption": photo.caption}
    response = client.post(f"/admin/news/photo/{photo.pk}/change/", form(upload=upload, **texts | fields))
    assert response.status_code == 302
    return Photo.objects.get(pk=photo.pk)


@pytest.mark.django_db
def test_another_file_shows_in_every_text_at_once_and_the_former_files_go(
    client, editor, django_capture_on_commit_callbacks
):
    photo, other = without_crops(caption="Jembatan"), without_crops()
    body = f"<p>Awal</p>{photo.figure_html()}<p>Tengah</p>{other.figure_html()}"
    articles = [make_article(body=body), make_article(body=photo.figure_html(), status=Article.Status.DRAFT)]
    page = Page.objects.create(title="Galeri", slug="galeri", body=f"<p>Foto</p>{photo.figure_html()}")
    with django_capture_on_commit_callbacks(execute=True):
        new = replaced(client, photo, caption="Jembatan baru")
    figure = new.figure_html()
    assert new.name != photo.name
    assert new.former_names == [photo.name]
    assert 'height="1200"><figcaption>Jembatan baru</figcaption>' in figure
    for place in (*articles, page):
        place.refresh_from_db()
    assert articles[0].body == f"<p>Awal</p>{figure}<p>Tengah</p>{other.figure_html()}"
    assert articles[1].body == figure
    assert page.body == f"<p>Foto</p>{figure}"
    assert not [path for path in files() if photo.name in str(path)]
    assert "baru" in articles[0].search  # the index follows the caption


@pytest.mark.django_db
def test_a_replaced_photo_is_no_change_of_the_text_to_readers_but_is_noted(client, editor):
    photo, person = without_crops(), make_person("Penulis")
    article = make_article(body=photo.figure_html(), changed_by=person)
    before = Article.objects.get(pk=article.pk)
    replaced(client, photo)
    after = Article.objects.get(pk=article.pk)
    assert (after.changed_at, after.text_by_id) == (before.changed_at, before.text_by_id)
    assert after.updated_at > before.updated_at  # pages and feeds that were kept are made again
    change = Change.objects.of(article).first()
    assert change.former == {"body": before.body}
    assert change.person_id == editor.pk


@pytest.mark.django_db
def test_what_an_editor_wrote_for_one_text_stays_when_the_photo_is_replaced(client, editor):
    photo = without_crops(alt_text="Jembatan", caption="Jembatan kaca")
    own = photo.figure_html().replace('alt="Jembatan"', 'alt="Warga &quot;di&quot; jembatan"')
    own = own.replace("Jembatan kaca<", "Dari selatan<")
    article = make_article(body=own)
    new = replaced(client, photo, alt_text="Jembatan dari atas", caption="Lain")
    article.refresh_from_db()
    assert 'alt="Warga &quot;di&quot; jembatan"' in article.body
    assert "<figcaption>Dari selatan</figcaption>" in article.body
    assert new.name in article.body
    assert 'height="1200"' in article.body


@pytest.mark.django_db
def test_a_former_version_that_is_put_back_has_the_present_photo(client, editor):
    photo = without_crops()
    article = make_article(body=f"<p>Awal</p>{photo.figure_html()}")
    old = article.body
    replaced(client, photo)
    new = replaced(client, Photo.objects.get(pk=photo.pk))
    article.refresh_from_db()
    article.body = old
    article.save()
    assert article.body == f"<p>Awal</p>{new.figure_html()}"


@pytest.mark.django_db
def test_a_writer_replaces_no_photo_that_readers_have_seen(client):
    client.force_login(make_person("Penulis"))
    photo = without_crops()
    draft = make_article(body=photo.figure_html(), status=Article.Status.DRAFT)
    change = f"/admin/news/photo/{photo.pk}/change/"
    assert client.post(change, form(caption="Boleh")).status_code == 302
    Article.objects.filter(pk=draft.pk).update(status="published")
    assert client.post(change, form(caption="Tidak boleh")).status_code == 403
    rewrite(draft, body="")
    Page.objects.create(title="Galeri", slug="galeri", body=photo.figure_html())
    assert client.post(change, form(caption="Tidak boleh")).status_code == 403


# ---- The focal point


def dot(width, height, x, y) -> Image.Image:
    """A green picture with a red dot at this point."""
    picture, size = Image.new("RGB", (width, height), "green"), max(width, height) // 50
    picture.paste(
        "red", (int(width * x) - size, int(height * y) - size, int(width * x) + size, int(height * y) + size)
    )
    return picture


@pytest.mark.parametrize("size", [(1600, 900), (900, 1600), (1200, 1200)])
@pytest.mark.parametrize("point", [(5, 95), (95, 5), (50, 90), (0, 0), (100, 100)])
@pytest.mark.parametrize("frame", photos.CROPS.values())
def test_every_crop_keeps_the_focal_point(size, point, frame):
    x, y = (min(max(each / 100, 0.02), 0.98) for each in point)
    assert has_red(photos.cropped(dot(*size, x, y), frame, point))


@pytest.mark.django_db
def test_a_new_focal_point_makes_new_crops_with_addresses_of_their_own(
    client, editor, django_capture_on_commit_callbacks
):
    client.post(ADD, form(upload=upload_of(encoded(halves(1600, 900)))))
    photo = Photo.objects.get()
    before = photo.share_url
    change = f"/admin/news/photo/{photo.pk}/change/"
    for focus in ((20, 80), (0, 100)):
        with django_capture_on_commit_callbacks(execute=True):
            client.post(change, form(focus_x=focus[0], focus_y=focus[1]))
        photo.refresh_from_db()
        assert photo.focus == focus
        assert photo.share_url == before.replace(".jpg", f"-{focus[0]}-{focus[1]}.jpg")
        assert len(files()) == 6 + len(photos.CROPS)
        for address in (photo.share_url, *photo.crop_urls):
            assert (Path(default_storage.location) / address.removeprefix("/media/")).is_file()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/admin/news/photo/{photo.pk}/delete/", {"post": "yes"})
    assert files() == []


@pytest.mark.django_db
def test_pages_and_lists_crop_around_the_focal_point(client):
    make_article(photo=without_crops(focus_x=24, focus_y=96))
    assert '<img class="x2 y10"' in re.sub(r"(<img) .*?( class=)", r"\1\2", client.get("/").content.decode())
    css = (Path(__file__).parent.parent / "static" / "portal" / "portal.css").read_text()
    for tenth in range(11):
        assert f".x{tenth} {{ --x: {10 * tenth}%; }}" in css
        assert f".y{tenth} {{ --y: {10 * tenth}%; }}" in css


@pytest.mark.django_db
@pytest.mark.parametrize(("x", "y"), [("20", ""), ("", "20"), ("101", "5"), ("-1", "5"), ("tengah", "5")])
def test_half_a_focal_point_or_one_outside_is_refused_at_its_field(client, editor, x, y):
    photo = without_crops()
    answer = client.post(f"/admin/news/photo/{photo.pk}/change/", form(focus_x=x, focus_y=y, caption="Pasar"))
    assert answer.context["adminform"].form.errors["focus_x"]
    assert 'value="Pasar"' in answer.content.decode()


@pytest.mark.django_db
def test_the_database_keeps_no_half_focal_point():
    photo = without_crops()
    for focus in ({"focus_x": 5}, {"focus_y": 5}, {"focus_x": 101, "focus_y": 5}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Photo.objects.filter(pk=photo.pk).update(**focus)


# ---- Alternative texts


EMPTY_ALTERNATIVES = [
    "IMG_20261128_070102",
    "DSC0001.JPG",
    "WhatsApp Image 2026-11-28 at 07.01.02",
    "Screenshot 2026-11-28 070102",
    "3f2a9c10-aaaa-4bbb-8ccc-123456789abc",
    "kerja_bakti_sungai",
    "Taman kota.jpeg",
    "foto",
    "Gambar 2",
    "image (3)",
    "Untitled design",
    "20261128",
    "-",
    "…",
]


@pytest.mark.parametrize("text", EMPTY_ALTERNATIVES)
def test_an_alternative_text_that_says_nothing_is_refused_with_an_example(text):
    with pytest.raises(ValidationError) as error:
        Photo(name="a", width=9, height=9, alt_text=text).clean()
    (said,) = error.value.message_dict["alt_text"]
    assert said.startswith(f"“{text}” tidak mengatakan apa yang tampak pada foto.")
    assert "misalnya" in said
    Photo(name="a", width=9, height=9, alt_text=text, decorative=True).clean()


@pytest.mark.parametrize(
    "text", ["Peta", "Api", "RSUD", "Kerja bakti", "Foto wali kota", "Grafik kasus 2024", "COVID-19", "Gedung SMA 3"]
)
def test_a_short_alternative_text_that_names_what_is_seen_is_accepted(text):
    Photo(name="a", width=9, height=9, alt_text=text).clean()


@pytest.mark.django_db
def test_the_name_of_the_uploaded_file_is_no_alternative_text(client, editor):
    def sent(text, name):
        file = SimpleUploadedFile(name, encoded(halves()).getvalue())
        return client.post(ADD, form(alt_text=text, upload=file))

    page = sent("Balai-Kota", "balai-kota.JPG").content.decode()
    assert "“Balai-Kota” tidak mengatakan apa yang tampak" in page
    assert "Pilih juga berkas fotonya sekali lagi." in page
    assert sent("Balai kota dari depan", "balai-kota.jpg").status_code == 302
    assert sent("Warga menanam bakau di pantai", "Warga menanam bakau di pantai.jpg").status_code == 302


@pytest.mark.django_db
def test_a_stored_photo_keeps_its_empty_alternative_text_until_it_is_edited(client, editor):
    photo = without_crops(alt_text="IMG_2042")
    photo.save()
    assert photo.alt == "IMG_2042"
    change = f"/admin/news/photo/{photo.pk}/change/"
    page = client.post(change, form(alt_text="IMG_2042", caption="Lomba lari")).content.decode()
    assert "“IMG_2042” tidak mengatakan" in page
    assert "sekali lagi" not in page
    assert 'value="Lomba lari"' in page
    assert client.post(change, form(alt_text="Pelari melewati garis akhir")).status_code == 302


# ---- Refused files


def refusal(data) -> str:
    with pytest.raises(ValidationError) as refused:
        photos.store(data if isinstance(data, io.BytesIO) else io.BytesIO(data))
    assert files() == []
    return refused.value.messages[0]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"x",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<html><script>alert(1)</script></html>",
        encoded(halves(), "BMP").getvalue(),
        encoded(halves(), "TIFF").getvalue(),
    ],
)
def test_other_kinds_of_file_are_refused(data):
    assert refusal(data).startswith("Jenis berkas ini tidak dikenali.")


def test_a_file_that_only_begins_like_heic_is_refused():
    assert refusal(b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00heicmif1" + b"\x00" * 200)
    assert refusal(HEIC.read_bytes()[:-20])


def test_a_truncated_photo_is_refused():
    for kind in ("JPEG", "PNG", "WEBP", "GIF", "AVIF"):
        data = encoded(Image.effect_noise((300, 300), 90).convert("RGB"), kind).getvalue()
        assert refusal(data[: len(data) // 2])


def test_of_a_picture_a_little_too_large_nothing_is_printed(tmp_path):
    """Pillow warns, in English, up to twice its limit; the tests' own filter would hide that."""
    header = bytearray(encoded(Image.new("L", (1, 1)), "GIF").getvalue())
    header[6:10] = (12_000).to_bytes(2, "little") * 2
    (tmp_path / "besar").write_bytes(header)
    program = f"""
from django.core.exceptions import ValidationError
from news import photos
try:
    photos.undecoded(open({str(tmp_path / "besar")!r}, "rb"))
except ValidationError as error:
    print(error.messages[0])
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "terlalu besar: paling banyak 130 megapiksel bila JPEG" in ended.stdout
    assert not ended.stderr


@pytest.mark.slow
def test_a_decompression_bomb_is_refused_by_its_header():
    assert "terlalu besar" in refusal(encoded(Image.new("1", (20_000, 20_000)), "PNG"))
    assert "20 megapiksel" in refusal(encoded(Image.new("1", (5_000, 5_000)), "PNG"))
    claims = bytearray(encoded(Image.new("L", (1, 1)), "PNG").getvalue())
    claims[16:24] = (100_000).to_bytes(4, "big") * 2
    claims[29:33] = zlib.crc32(claims[12:29]).to_bytes(4, "big")
    assert "terlalu besar" in refusal(bytes(claims))


def test_a_file_of_more_than_40_megabytes_is_refused():
    assert refusal(b"\xff\xd8" + b"0" * photos.MAX_BYTES) == photos.TOO_MANY_BYTES


# The files in the image folders of PORTAL_DATA that must be refused; all others must be accepted.
REFUSED = {
    "photo_multipage.tif", "pillow_12bit.cropped.tif", "pillow_black_and_white.ico",
    "pillow_crash-db8bfa78b19721225425530c5946217720d7df4e.sgi", "pillow_decompression_bomb.ico",
    "pillow_drawing.emf", "pillow_dummy.container", "pillow_hopper.bmp", "pillow_hopper.ico",
    "pillow_png_decompression_dos.png", "pillow_rgba.psd", "..%2f..%2fetc%2fpasswd.jpg", "gif_js_polyglot.gif",
    "html_named.jpg", "jpeg_truncated_half.jpg", "jpeg_truncated_header.jpg", "nama berkas ünïcødé 图片 😀 (1).jpg",
    "one_byte.png", "png_20000x20000_1bit_bomb.png", "png_claims_100000x100000.png", "png_itxt_bomb.png",
    "svg_billion_laughs.svg", "svg_foreignobject.svg", "svg_named.png", "svg_script.svg", "svg_xxe.svg",
    "zero_bytes.jpg",
}  # fmt: skip


def refused_of(paths) -> set[str]:
    """The names of those files that are refused as uploads."""
    refused = set()
    for path in paths:
        with path.open("rb") as upload:
            try:
                photos.store(upload)
            except ValidationError:
                refused.add(path.name)
    return refused


@pytest.mark.filterwarnings("ignore")  # Pillow warns of odd EXIF and of sizes that are refused here anyway
@pytest.mark.parametrize("folder", ["images", "images_handmade"])
def test_valid_pictures_of_the_collection_are_kept(portal_data, folder):
    """Uploads the small files; tests/drills uploads all."""
    paths = [path for path in (portal_data / folder).iterdir() if path.stat().st_size < 20_000]
    assert refused_of(paths) == {path.name for path in paths} & REFUSED


# ---- The admin


def form(**fields):
    return {"alt_text": "Jembatan Kaca Berendeng", "caption": "", "credit": "", **fields}


@pytest.mark.django_db
def test_an_uploaded_photo_is_kept_under_a_name_of_ours(client, editor):
    response = client.post(ADD, form(upload=upload_of(encoded(halves()), "../../jahat.php")))
    assert response.status_code == 302
    photo = Photo.objects.get()
    assert (photo.width, photo.height) == (60, 40)
    name = photo.name.rpartition("/")[2]
    assert [path.name for path in renditions()] == [f"{name}-60.{end}" for end in ("jpg", "webp")]
    assert photo.edition == photos.EDITION
    assert client.get(f"/admin/news/photo/{photo.pk}/change/").status_code == 200


@pytest.mark.django_db
def test_a_photo_needs_alternative_text_unless_it_is_decoration(client, editor):
    response = client.post(ADD, form(alt_text="", credit="Diskominfo", upload=upload_of(encoded(halves()))))
    page = response.content.decode()
    assert page.count("Isi teks alternatif, atau centang “hiasan”.") == 1
    assert 'value="Diskominfo"' in page
    assert files() == []
    decoration = form(alt_text="", decorative="on", upload=upload_of(encoded(halves())))
    assert client.post(ADD, decoration).status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize("data", [b"<svg onload=alert(1)>", b"\xff\xd8\xff\xe0\x00\x10JFIF"])
def test_a_bad_upload_is_explained_and_keeps_the_typed_text(client, editor, data):
    upload = SimpleUploadedFile("foto.jpg", data)
    page = client.post(ADD, form(caption="Warga di jembatan", upload=upload)).content.decode()
    assert "berkas" in page.lower()
    assert 'class="errorlist"' in page
    assert "Warga di jembatan" in page
    assert "Jembatan Kaca Berendeng" in page
    assert not Photo.objects.exists()


@pytest.mark.django_db
def test_a_new_file_replaces_the_old_one_after_the_commit(client, editor, django_capture_on_commit_callbacks):
    client.post(ADD, form(upload=upload_of(encoded(halves()))))
    photo = Photo.objects.get()
    old = files()
    change = f"/admin/news/photo/{photo.pk}/change/"
    client.post(change, form(caption="Hanya keterangan"))
    assert files() == old
    with django_capture_on_commit_callbacks(execute=True):
        client.post(change, form(upload=upload_of(encoded(halves(900, 600)))))
    photo.refresh_from_db()
    assert (photo.width, photo.height) == (900, 600)
    assert len(renditions()) == 6
    assert len(crops()) == 4
    assert not set(files()) & set(old)


@pytest.mark.django_db
def test_deleting_a_photo_deletes_its_files_and_is_refused_while_an_article_uses_it(
    client, editor, django_capture_on_commit_callbacks
):
    client.post(ADD, form(upload=upload_of(encoded(halves()))))
    photo = Photo.objects.get()
    article = make_article(photo=photo)
    delete = f"/admin/news/photo/{photo.pk}/delete/"
    assert client.post(delete, {"post": "yes"}).status_code == 403
    assert "tidak dapat dihapus" in client.get(f"/admin/news/photo/{photo.pk}/change/").content.decode()
    rewrite(article, photo=None)
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(delete, {"post": "yes"}).status_code == 302
    assert files() == []


@pytest.mark.django_db
def test_photos_are_found_by_words_of_caption_alternative_text_and_credit_newest_first(client, editor):
    for number, fields in enumerate(
        [{"caption": "Taman kota"}, {"alt_text": "Taman bermain"}, {"credit": "Foto: Sari"}]
    ):
        without_crops(name=f"foto/{number}", **fields)

    def found(words):
        return list(
            dict.fromkeys(re.findall(r"no\. (\d+)\)", client.get("/admin/news/photo/", {"q": words}).content.decode()))
        )

    first, second, third = map(str, Photo.objects.order_by("pk").values_list("pk", flat=True))
    assert found("taman") == [second, first]
    assert found("sari") == [third]
    assert found("kota taman") == [first]


# ---- The library of the newsroom's forms


LIBRARY, UPLOAD = "/admin/news/photo/pustaka/", "/admin/news/photo/unggah/"


@pytest.mark.django_db
def test_the_library_lists_newest_photos_page_by_page_and_finds_words(client, editor):
    stored = photos.store(encoded(halves()))._asdict()
    for number in range(30):
        Photo.objects.create(**stored | {"name": f"foto/{number}"}, alt_text=f"Acara {number}")
    first = client.get(LIBRARY).json()
    assert [photo["alt"] for photo in first["photos"]] == [f"Acara {number}" for number in range(29, 5, -1)]
    second = client.get(LIBRARY, {"before": first["next"]}).json()
    assert [photo["alt"] for photo in second["photos"]] == [f"Acara {number}" for number in range(5, -1, -1)]
    assert second["next"] is None
    assert [photo["alt"] for photo in client.get(LIBRARY, {"q": "acara 17"}).json()["photos"]] == ["Acara 17"]
    one = Photo.objects.get(alt_text="Acara 3")
    (found,) = client.get(LIBRARY, {"id": one.pk}).json()["photos"]
    assert found["figure"] == one.figure_html()
    for wrong in ({"q": "\0"}, {"before": "x"}, {"before": "9" * 30}, {"id": "-1"}):
        assert client.get(LIBRARY, wrong).status_code == 400


@pytest.mark.django_db
def test_an_upload_answers_with_the_photo_or_with_sentences_for_each_field(client, editor):
    answer = client.post(UPLOAD, form(caption="Pasar", upload=upload_of(encoded(halves()))))
    photo = Photo.objects.get()
    assert answer.status_code == 201
    assert answer.json()["photo"]["figure"] == photo.figure_html()
    assert "tampak kabur" in answer.json()["note"]
    answer = client.post(UPLOAD, form(alt_text="gambar", upload=SimpleUploadedFile("a.jpg", b"<svg>")))
    assert answer.status_code == 400
    assert {*answer.json()["errors"]} == {"alt_text", "upload"}
    assert "upload" in client.post(UPLOAD, form()).json()["errors"]
    assert Photo.objects.count() == 1


@pytest.mark.django_db
def test_the_library_is_only_for_those_who_may_see_and_add_photos(client):
    assert client.get(LIBRARY).status_code == 302
    assert client.post(UPLOAD, form()).status_code == 302
    client.force_login(make_person("Moderator"))
    assert client.get(LIBRARY).status_code == 403
    assert client.post(UPLOAD, form(upload=upload_of(encoded(halves())))).status_code == 403
    client.force_login(make_person("Penulis"))
    assert client.get(LIBRARY).json() == {"photos": [], "next": None, "may_add": True}
    assert client.post(LIBRARY).status_code == 405
    assert client.get(UPLOAD).status_code == 405
    client.handler.enforce_csrf_checks = True
    client.post(UPLOAD, form(upload=upload_of(encoded(halves()))))
    assert not Photo.objects.exists()
