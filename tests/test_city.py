"""The city's own file: its values reach every page, and mistakes in it are told at the start."""

import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from PIL import Image

from news import cards
from news.web import dates
from portal import city
from portal.city import colours, logo
from tests.conftest import child_environment
from tests.make import make_article

ROOT = Path(__file__).resolve().parent.parent
MAKASSAR = Path(__file__).parent / "fixtures" / "makassar"
MINIMAL = 'nama = "Kota Ambon"\nzona = "WIT"\n[kontak]\nemail = "info@ambon.example"\n'


@pytest.fixture
def file(tmp_path):
    """A copy of the tests' city, to be changed."""
    shutil.copytree(MAKASSAR, tmp_path, dirs_exist_ok=True)
    return tmp_path / "kota.toml"


def refused(file, old="", new="") -> str:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1) if old else f"{new}\n{text}")
    with pytest.raises(ImproperlyConfigured) as refusal:
        city.read(file)
    return str(refusal.value)


# ---- What the file says


def test_the_shipped_file_is_the_first_city():
    first = city.read(city.DEFAULT)
    assert (first.name, first.site_name, first.time_zone) == ("Kota Tangerang", "Kabar Kota Tangerang", "Asia/Jakarta")
    assert first.logo == logo.Logo()


def test_what_a_city_leaves_out_is_never_another_citys(tmp_path):
    (tmp_path / "kota.toml").write_text(MINIMAL)
    found = city.read(tmp_path / "kota.toml")
    assert found.site_name == "Kabar Kota Ambon"
    assert found.tagline == "Portal berita resmi Pemerintah Kota Ambon"
    assert found.publisher == "Dinas Komunikasi dan Informatika Kota Ambon"
    assert (found.phone, found.address, found.links, found.social) == ("", "", [], [])
    assert found.time_zone == "Asia/Jayapura"
    assert found.complaint_channel == ("SP4N-LAPOR!", "https://www.lapor.go.id/")  # of the whole country
    assert "angerang" not in repr(found)


def test_a_city_may_have_no_channel_for_complaints(tmp_path):
    (tmp_path / "kota.toml").write_text(f"pengaduan = false\n{MINIMAL}")
    assert city.read(tmp_path / "kota.toml").complaint_channel is None


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("", "nma = 'x'", "nma tidak dikenal; maksud Anda nama?"),
        ("telepon", "telpon", "kontak.telpon tidak dikenal; maksud Anda kontak.telepon?"),
        ("#7a1f2b", "merah", "warna.terang.utama harus warna seperti #0b4f6c, bukan 'merah'"),
        ("#7a1f2b", "#7a1", "warna.terang.utama harus warna"),
        ("#7a1f2b", "#ffcc00", "warna.terang.utama (#ffcc00) kurang kontras sebagai "),
        ("#7fd3bf", "#0b5d4d", "warna.gelap.aksen (#0b5d4d) kurang kontras sebagai "),
        ('"WITA"', '"WIBB"', "zona harus salah satu dari WIB, WITA, WIT, bukan 'WIBB'"),
        ('"WITA"', '["WITA"]', "zona harus salah satu dari WIB, WITA, WIT, bukan ['WITA']"),
        ('nama = "Kota Makassar"', "", "nama belum diisi"),
        ('nama = "Kota Makassar"', "nama = 7", "nama harus tulisan di antara tanda kutip"),
        ("kominfo@makassar.example", "kominfo", "kontak.email bukan alamat email"),
        ("kominfo@makassar.example", "kominfö@makassar.example", "kontak.email bukan alamat email"),
        ("kominfo@makassar.example", "mailto:kominfo@makassar.example", "kontak.email bukan alamat email"),
        ("https://ppid.makassar.example/", "https://[", "tautan.alamat harus alamat lengkap"),
        ("https://ppid.makassar.example/", "ppid", "tautan.alamat harus alamat lengkap (https://…), bukan 'ppid'"),
        ("https://ppid.makassar.example/", "javascript:alert(1)", "tautan.alamat harus alamat lengkap"),
        ("[[tautan]]", "[tautan]", "tautan harus ditulis sebagai [[tautan]]"),
        ('"logo.svg"', '"tiada.svg"', "tiada.svg tidak ada"),
        ('"WITA"', "WITA", "bukan TOML yang benar di baris 6, kolom 8"),
    ],
)
def test_mistakes_are_told_in_a_sentence_that_names_the_file(file, old, new, sentence):
    said = refused(file, old, new)
    assert said.startswith(f"Berkas kota {file}: ")
    assert sentence in said
    assert said.endswith(".")


def picture(path, size, kind="PNG"):
    Image.new("RGB", size, "white").save(path, kind)


@pytest.mark.parametrize(
    ("name", "spoil", "sentence"),
    [
        ("logo.png", lambda path: path.write_bytes(path.read_bytes()[:200]), "bukan gambar PNG yang utuh"),
        ("logo.png", lambda path: picture(path, (300, 300), "JPEG"), "bukan gambar PNG yang utuh"),
        ("logo.png", lambda path: picture(path, (300, 200)), "harus persegi"),
        ("logo.png", lambda path: picture(path, (64, 64)), "harus persegi, dengan sisi 180 sampai 1024 piksel"),
        ("logo.png", lambda path: picture(path, (4000, 4000)), "harus persegi, dengan sisi 180 sampai 1024 piksel"),
        ("logo.png", lambda path: path.write_bytes(path.read_bytes() + bytes(300_000)), "terlalu besar"),
        ("logo.svg", lambda path: path.write_text("<svg"), "bukan SVG yang utuh"),
        ("logo.svg", lambda path: path.write_text("<html/>"), "bukan gambar SVG"),
        ("logo.svg", lambda path: path.write_text(SCRIPT), "memuat skrip"),
        ("logo.svg", lambda path: path.write_text(HANDLER), "memuat skrip"),
        ("logo.svg", lambda path: path.write_text(ENTITIES), "memuat deklarasi ENTITY"),
        ("logo.svg", Path.unlink, "tidak ada"),
    ],
)
def test_a_file_that_is_no_fit_logo_is_refused(file, name, spoil, sentence):
    spoil(file.parent / name)
    with pytest.raises(ImproperlyConfigured) as refusal:
        city.read(file)
    assert name in str(refusal.value)
    assert sentence in str(refusal.value)


SCRIPT = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HANDLER = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
ENTITIES = '<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><svg xmlns="http://www.w3.org/2000/svg">&b;</svg>'


def test_a_missing_file_that_was_named_is_refused(tmp_path):
    with pytest.raises(ImproperlyConfigured, match="tidak ada"):
        city.read(tmp_path / "kota.toml")


# ---- Colours and logo


def test_the_contrast_is_that_of_wcag():
    assert colours.contrast("#ffffff", "#000000") == pytest.approx(21)
    assert colours.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert colours.mixed("#ffffff", "#000000", 0.5) == "#808080"


def test_the_contrast_is_checked_with_the_colours_of_the_stylesheet():
    css = (ROOT / "static" / "portal" / "portal.css").read_text()
    light, dark = (
        re.search(pattern, css, re.DOTALL)[1] for pattern in (r":root \{(.*?)\}", r"dark\) \{\s*:root \{(.*?)\}")
    )
    for scheme, css_values in (("light", light), ("dark", dark)):
        values = dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]+);", css_values))
        expected = {"ink": colours.INK, "paper": colours.PAPER, "paper-2": colours.PAPER_2, "on-band": colours.ON_BAND}
        for name, used in expected.items():
            found = values[name]
            assert used[scheme] == (found if len(found) == 7 else "#" + "".join(2 * each for each in found[1:])), name
    assert "color-mix(in srgb, var(--brand) 16%, #0e151a)" in dark


def test_the_drawn_logo_has_the_citys_colour(tmp_path):
    files = logo.files(logo.Logo(), "#7a1f2b")
    assert b'fill="#7a1f2b"' in files[logo.SVG]
    (tmp_path / "logo.png").write_bytes(files[logo.PNG])
    with Image.open(tmp_path / "logo.png") as drawn:
        assert drawn.size == (512, 512)
        pixels = drawn.convert("RGBA")
        assert pixels.getpixel((256, 40)) == (0x7A, 0x1F, 0x2B, 255)
        assert pixels.getpixel((256, 230)) == (255, 255, 255, 255)
        assert pixels.getpixel((0, 0))[3] == 0


def test_one_kind_of_logo_is_enough():
    assert (logo.Logo(svg=b"x").icon, logo.Logo(svg=b"x").picture) == (logo.SVG, None)
    assert (logo.Logo(png=b"x").icon, logo.Logo(png=b"x").picture) == (logo.PNG, logo.PNG)
    assert (logo.Logo().icon, logo.Logo().picture) == (logo.SVG, logo.PNG)


@pytest.mark.django_db
def test_a_city_with_an_svg_only_has_pages_and_cards_without_a_png(client, settings):
    settings.LOGO_PICTURE = None
    cards._logo.cache_clear()
    assert cards.draw("Judul", "Kategori").startswith(b"\xff\xd8")
    assert client.get("/favicon.ico")["Location"].endswith(".svg")
    cards._logo.cache_clear()


# ---- Everything follows


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/berita", "/data", "/transparansi", "/tidak-ada", "/feed"])
def test_pages_name_the_tests_city_and_no_other(client, path):
    make_article(published_at=datetime(2024, 11, 13, 9, 21, tzinfo=UTC))
    page = client.get(path).content.decode()
    assert settings.SITE_NAME in page
    assert "angerang" not in page


@pytest.mark.django_db
def test_times_are_those_of_the_citys_zone(client):
    article = make_article(published_at=datetime(2024, 11, 13, 9, 21, tzinfo=UTC))
    hour = {"WIB": "16:21", "WITA": "17:21", "WIT": "18:21"}[settings.ZONE_LABEL]
    page = client.get(article.get_absolute_url()).content.decode()
    assert f"Rabu, 13 November 2024 {hour} {settings.ZONE_LABEL}" in page
    assert str(dates.ZONE) == city.ZONES[settings.ZONE_LABEL]


def test_no_upstream_file_names_the_first_city():
    """But for its own file, the demo, texts made for measuring, old migrations, and what is said about Tangerang."""
    exempt = (
        "portal/samples/",
        "portal/city/kota.toml",
        "news/migrations/0001",
        "comments/spam/",
        "news/search/find.py",
    )
    sources = [
        path for folder in ("news", "comments", "portal", "templates", "static") for path in (ROOT / folder).rglob("*")
    ]
    named = [
        name
        for path in sources
        if path.is_file() and path.suffix in {".py", ".html", ".js", ".css", ".svg", ".toml", ".txt"}
        if not (name := str(path.relative_to(ROOT))).startswith(exempt)
        if re.search("tangerang", path.read_text(), re.IGNORECASE)
    ]
    assert named == []


@pytest.mark.slow
def test_a_city_file_in_the_data_folder_is_found(tmp_path):
    (tmp_path / "kota.toml").write_text(MINIMAL)
    program = "from django.conf import settings; print(settings.SITE_NAME, settings.TIME_ZONE)"
    own = {"DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "portal.settings", "CITY_FILE": ""}
    said = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=child_environment() | own, capture_output=True, text=True
    )
    assert said.stdout == "Kabar Kota Ambon Asia/Jayapura\n", said.stderr


@pytest.mark.slow
def test_a_mistake_in_the_city_file_stops_a_command_with_one_sentence(file):
    file.write_text(file.read_text().replace("WITA", "WIBB"))
    own = {"DATA_DIR": str(file.parent / "var"), "CITY_FILE": str(file)}
    done = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=ROOT, env=child_environment() | own, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stderr.startswith(f"Ada pengaturan yang keliru: Berkas kota {file}: zona harus salah satu dari")
    assert done.stderr.count("\n") == 1
