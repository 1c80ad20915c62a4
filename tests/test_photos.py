"""Uploads: what is kept, what is refused, and that only our own encoding of it is ever served."""

import io
import zipfile
import zlib
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageCms

from news import photos
from news.models import Photo
from tests.make import make_article, make_person

ADD = "/admin/news/photo/add/"


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
    """Red above blue: which way up it is can be told after any encoding."""
    picture = Image.new("RGB", (width, height), "red")
    picture.paste("blue", (0, height // 2, width, height))
    return picture


def is_red(pixel) -> bool:
    return pixel[0] > 150 and pixel[2] < 100


# ---- What is kept


def test_a_large_photo_is_kept_in_three_widths_and_two_formats():
    stored = photos.store(encoded(halves(2400, 1200)))
    assert (stored.width, stored.height) == (1600, 800)
    assert [path.name.rpartition("-")[2] for path in files()] == [
        "1600.jpg", "1600.webp", "400.jpg", "400.webp", "800.jpg", "800.webp",
    ]  # fmt: skip
    for path in files():
        with Image.open(path) as rendition:
            assert rendition.width == int(path.stem.rpartition("-")[2])
            assert rendition.height == rendition.width / 2


def test_a_small_photo_is_not_made_larger():
    stored = photos.store(encoded(halves(60, 40)))
    assert (stored.width, stored.height) == (60, 40)
    assert len(files()) == 2


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


def test_a_lying_photo_is_measured_as_it_will_stand():
    exif = Image.Exif()
    exif[0x0112] = 6
    assert photos.read(encoded(Image.new("RGB", (4000, 3000)), exif=exif)).size == (1600, 2133)


def test_nothing_of_the_file_is_left_but_the_picture():
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


def test_colours_are_brought_from_the_photos_own_profile():
    # Not a profile of any camera, but far enough from sRGB to show.
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    grey = Image.new("RGB", (9, 9), (90, 120, 150))
    assert photos.read(encoded(grey, icc_profile=profile)).mode == "RGB"
    broken = photos.read(encoded(grey, icc_profile=b"bukan profil"))
    assert broken.getpixel((4, 4)) == pytest.approx((90, 120, 150), abs=4)


def test_of_an_animation_the_first_frame_is_kept():
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


# ---- What is refused


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
        b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00heicmif1" + b"\x00" * 200,
    ],
)
def test_other_kinds_of_file_are_refused(data):
    assert refusal(data).startswith("Jenis berkas ini tidak dikenali.")


def test_a_truncated_photo_is_refused():
    for kind in ("JPEG", "PNG", "WEBP", "GIF", "AVIF"):
        data = encoded(Image.effect_noise((300, 300), 90).convert("RGB"), kind).getvalue()
        assert refusal(data[: len(data) // 2])


def test_a_bomb_is_refused_by_its_header():
    assert "terlalu besar" in refusal(encoded(Image.new("1", (20_000, 20_000)), "PNG"))
    assert "20 megapiksel" in refusal(encoded(Image.new("1", (5_000, 5_000)), "PNG"))
    claims = bytearray(encoded(Image.new("L", (1, 1)), "PNG").getvalue())
    claims[16:24] = (100_000).to_bytes(4, "big") * 2
    claims[29:33] = zlib.crc32(claims[12:29]).to_bytes(4, "big")
    assert "terlalu besar" in refusal(bytes(claims))


def test_a_file_of_more_than_25_megabytes_is_refused():
    assert refusal(b"\xff\xd8" + b"0" * photos.MAX_BYTES) == "Berkas foto paling besar 25 MB."


# Of the collection that PORTAL_DATA names: everything else in its image folders must be kept.
REFUSED = {
    "photo_multipage.tif", "pillow_12bit.cropped.tif", "pillow_avif_hopper.heif", "pillow_black_and_white.ico",
    "pillow_crash-db8bfa78b19721225425530c5946217720d7df4e.sgi", "pillow_decompression_bomb.ico",
    "pillow_drawing.emf", "pillow_dummy.container", "pillow_hopper.bmp", "pillow_hopper.ico",
    "pillow_png_decompression_dos.png", "pillow_rgba.psd", "..%2f..%2fetc%2fpasswd.jpg", "gif_js_polyglot.gif",
    "html_named.jpg", "jpeg_truncated_half.jpg", "jpeg_truncated_header.jpg", "nama berkas ünïcødé 图片 😀 (1).jpg",
    "one_byte.png", "png_20000x20000_1bit_bomb.png", "png_claims_100000x100000.png", "png_itxt_bomb.png",
    "svg_billion_laughs.svg", "svg_foreignobject.svg", "svg_named.png", "svg_script.svg", "svg_xxe.svg",
    "zero_bytes.jpg",
}  # fmt: skip


@pytest.mark.filterwarnings("ignore")  # Pillow warns of odd EXIF and of sizes that are refused here anyway
@pytest.mark.parametrize("folder", ["images", "images_handmade"])
def test_of_the_collected_pictures_the_honest_are_kept(portal_data, folder):
    refused = set()
    for path in (portal_data / folder).iterdir():
        with path.open("rb") as upload:
            try:
                photos.store(upload)
            except ValidationError:
                refused.add(path.name)
    assert refused == {path.name for path in (portal_data / folder).iterdir()} & REFUSED


# ---- The admin


@pytest.fixture
def editor(client):
    person = make_person("Redaktur")
    client.force_login(person)
    return person


def form(**fields):
    return {"alt_text": "Jembatan Kaca Berendeng", "caption": "", "credit": "", **fields}


@pytest.mark.django_db
def test_an_uploaded_photo_is_kept_under_a_name_of_ours(client, editor):
    response = client.post(ADD, form(upload=upload_of(encoded(halves()), "../../jahat.php")))
    assert response.status_code == 302
    photo = Photo.objects.get()
    assert (photo.width, photo.height) == (60, 40)
    assert [path.name for path in files()] == [f"{photo.name.rpartition('/')[2]}-60.{end}" for end in ("jpg", "webp")]
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
def test_a_bad_upload_is_explained_and_loses_nothing_typed(client, editor, data):
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
    assert len(files()) == 6
    assert not set(files()) & set(old)


@pytest.mark.django_db
def test_a_deleted_photo_takes_its_files_along_unless_an_article_uses_it(
    client, editor, django_capture_on_commit_callbacks
):
    client.post(ADD, form(upload=upload_of(encoded(halves()))))
    photo = Photo.objects.get()
    article = make_article(photo=photo)
    delete = f"/admin/news/photo/{photo.pk}/delete/"
    assert client.post(delete, {"post": "yes"}).status_code == 403
    assert "Dipakai berita" in client.get(f"/admin/news/photo/{photo.pk}/change/").content.decode()
    article.photo = None
    article.save()
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(delete, {"post": "yes"}).status_code == 302
    assert files() == []


@pytest.mark.django_db
def test_photos_are_found_by_caption_and_alternative_text(client, editor):
    client.post(ADD, form(caption="Pasar malam", upload=upload_of(encoded(halves()))))
    client.post(ADD, form(alt_text="Sungai Cisadane", upload=upload_of(encoded(halves()))))
    client.get("/admin/")  # shows the messages, which hold both
    page = client.get("/admin/news/photo/", {"q": "cisadane"}).content.decode()
    assert "Sungai Cisadane" in page
    assert "Pasar malam" not in page
    found = client.get(
        "/admin/autocomplete/",
        {"term": "pasar", "app_label": "news", "model_name": "article", "field_name": "photo"},
    ).json()
    assert [each["text"] for each in found["results"]] == ["Pasar malam"]
