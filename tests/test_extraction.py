"""Third-party readers find title, date, author, text and picture of an article, and nothing else in its text."""

import importlib
import os
import re
import subprocess
from datetime import UTC, datetime

import pytest
from django.conf import settings

from news import markup
from news.models import Photo
from tests.conftest import require_program
from tests.make import make_article, make_comment

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning", "ignore::FutureWarning"),
]
FIRST = "Petugas memeriksa setiap pintu air di sepanjang sungai sejak pagi, dimulai dari yang paling hulu."
LAST = "Warga yang melihat pintu air tersumbat dapat melapor kepada petugas kelurahan setiap hari kerja."
BETWEEN = (
    "Menurut petugas, sampah yang tersangkut pada saringan diangkat dua kali sehari selama musim hujan.",
    "Pompa cadangan dinyalakan bergantian, supaya tidak ada yang macet ketika airnya benar-benar naik.",
)
COMMENT = "Semoga pompanya menyala ketika hujan lebat turun malam hari, seperti yang sudah dijanjikan tahun lalu."
AROUND = [COMMENT, "Artikel Terkait", "Tulis komentar", "Langsung ke isi", "Dibaca :", "menit baca", "Salin tautan"]


def reader(name: str):
    """The module of a reader. If it is missing, skips the test, or fails it on CI, which must install everything."""
    try:
        return importlib.import_module(name)
    except ImportError:
        reason = f"{name} is missing: install requirements-dev.txt"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)


@pytest.fixture
def article():
    photo = Photo.objects.create(
        name="foto/2026/11/0123456789abcdef",
        width=1600,
        height=900,
        alt_text="Pintu air",
        caption="Pintu air di hulu.",
        edition=2,
    )
    for number in range(4):
        make_article(title=f"Berita lain nomor {number}", photo=photo)
    body = f"<p>{FIRST}</p><h2>Pompa cadangan</h2><p>{BETWEEN[0]}</p><p>{BETWEEN[1]}</p><p>{LAST}</p>"
    found = make_article(
        title="Pintu Air Cisadane Diperiksa Menjelang Musim Hujan",
        summary="Semua pintu air diperiksa.",
        body=body,
        author="Siti Aminah",
        photo=photo,
        tags=["banjir", "sungai cisadane"],
        published_at=datetime(2024, 11, 13, 9, 21, tzinfo=UTC),
    )
    for _ in range(5):
        make_comment(found, text=COMMENT)
    return found


@pytest.fixture
def html(client, article) -> str:
    return client.get(article.get_absolute_url()).content.decode()


def address(article) -> str:
    return settings.SITE_URL + article.get_absolute_url()


def assert_is_the_text(text: str):
    words = " ".join(text.split())
    assert all(sentence in words for sentence in (FIRST, *BETWEEN, LAST))
    assert [each for each in AROUND if each in words] == []


def test_trafilatura(article, html):
    found = reader("trafilatura").bare_extraction(
        html, url=address(article), with_metadata=True, include_comments=False
    )
    assert (found.title, found.date, found.author) == (article.title, "2024-11-13", "Siti Aminah")
    assert found.image == settings.SITE_URL + article.photo.share_url
    assert found.sitename == settings.PUBLISHER
    assert_is_the_text(found.text)


@pytest.mark.parametrize("path", ["/feed", "/feed/atom"])
def test_feedparser(client, article, path):
    answer = client.get(path)
    feed = reader("feedparser").parse(
        answer.content, response_headers={"content-type": answer["Content-Type"], "content-location": address(article)}
    )
    assert not feed.bozo
    found = next(entry for entry in feed.entries if entry.title == article.title)
    assert found.link == address(article)
    assert found.author == "Siti Aminah"
    assert found.published_parsed[:5] == (2024, 11, 13, 9, 21)
    assert {tag.term for tag in found.tags} == {"Layanan Publik", "banjir", "sungai cisadane"}
    assert found.media_content[0]["url"] == settings.SITE_URL + article.photo.largest_url
    assert_is_the_text(markup.plain_text(found.content[0].value))


@pytest.mark.parametrize(
    ("program", "arguments"),
    [
        ("w3m", ["-dump", "-T", "text/html", "-I", "UTF-8", "-O", "UTF-8", "-cols", "80"]),
        ("lynx", ["-dump", "-nolist", "-width=80", "-stdin", "-assume_charset=utf-8", "-display_charset=utf-8"]),
    ],
)
def test_text_browser_shows_the_title_on_the_first_screen_and_the_text_before_the_rest(html, program, arguments):
    path = require_program(program, f"apt-get install {program}")
    shown = subprocess.run([path, *arguments], input=html, capture_output=True, text=True, check=True).stdout
    lines = shown.splitlines()
    title = next(number for number, line in enumerate(lines) if line.strip().startswith("Pintu Air Cisadane"))
    assert title < 24
    words = re.sub(r"\s+", " ", shown)
    places = [words.index(part) for part in (FIRST, LAST, "Artikel Terkait", COMMENT)]
    assert places == sorted(places)
