"""Addresses that messengers, e-mails and print have added something to lead where they were meant to."""

from urllib.parse import quote

import pytest
from django.conf import settings

from news.models import Article, MissingPath, Page
from tests.make import in_the_city, make_article, make_category

pytestmark = pytest.mark.django_db
ENDS = [
    ".",
    ")",
    "*",
    ",",
    "”",
    "…",
    '"',
    " ",
    "\u200b",
    "\ufeff",
    "\u2060",
    "_",
    "~",
    "'",
    "’",
    ">",
    "]",
    "!",
    ";",
    ":",
]
ENDS += [
    ").",
    "*_~",
    "” …",
    ".\u200b",
    "\u200b).",
    "…\u00a0",
    "\u3164",
    "\ufe0f",
    "👍",
    "¹",
    "/.",
    "./",
    "&quot;",
    "&gt;.",
]
ENDS += ["?fbclid=x", "&utm_source=wa", "#komentar", "%20", "%E2%80%9D", "%2520", "%80"]
ENDS += ["</a>", '">Baca selengkapnya</a>', "<br/>", "&lt;/p&gt;"]

LISTS = ["/kategori/kota-kita", "/tag/banjir", "/kontak", "/arsip/2024/11", "/arsip/2024/11/13"]
LISTS += [
    "/feed",
    "/feed/atom",
    "/tag/banjir/feed",
    "/kategori/kota-kita/feed/atom",
    "/cari",
    "/berita/1000002/komentar",
]
LISTS += ["/arsip", "/berita", "/populer", "/kategori", "/ralat", "/transparansi", "/data"]


@pytest.fixture
def article():
    return make_article(pk=1000002, title="Taman dibuka", tags=["banjir"], category=make_category("Kota Kita"))


@pytest.mark.parametrize("end", ENDS)
def test_an_article_is_found_whatever_stands_behind_its_address(client, article, end):
    for start in (article.short_url, "/berita/detail/1000002", article.get_absolute_url()):
        response = client.get(quote(start + end, safe="/"))
        if response.status_code == 301 and response["Location"] == quote(start + end).rstrip("/"):
            response = client.get(response["Location"])
        assert (response.status_code, response.get("Location")) == (301, article.get_absolute_url()), start


@pytest.mark.parametrize(
    "path", ["/b/\u200b1000002", "/b/10000\u200d02", "/\u2060b/1000002.", "/berita/detail/\u200e1000002"]
)
def test_invisible_characters_are_forgiven_everywhere(client, article, path):
    assert client.get(quote(path))["Location"] == article.get_absolute_url()


@pytest.mark.parametrize("end", [".", ")", "…", " ", "\u200b", "”.", "/)", "./"])
@pytest.mark.parametrize("path", LISTS)
def test_lists_and_pages_are_found_whatever_stands_behind_their_address(client, article, path, end):
    Article.objects.update(published_at="2024-11-13T09:00:00Z")
    Page.objects.get_or_create(slug="kontak", defaults={"title": "Kontak", "body": "<p>Telepon.</p>"})
    response = client.get(quote(path + end) + "?sebelum=x&a=%20b")
    assert (response.status_code, response["Location"]) == (301, f"{path}?sebelum=x&a=%20b")
    assert "public" in response["Cache-Control"]
    assert "X-Pageview" not in response
    assert client.head(quote(path + end)).status_code == 301


def test_a_slug_may_end_in_a_dash(client, article):
    article.tags.update(slug="akhir-")
    assert client.get("/tag/akhir-.")["Location"] == "/tag/akhir-"


def test_a_withdrawn_article_is_found_with_its_reason(client, article):
    article.withdraw("Keliru.")
    response = client.get("/b/1000002).", follow=True)
    assert (response.redirect_chain, response.status_code) == ([("/b/1000002", 301)], 410)


@pytest.mark.parametrize("path", [
    "/b/1000003.", "/berita/detail/1000003*", "/tag/tak-ada)", "/kategori/tak-ada.", "/tak-ada.", "/arsip/1999/1.",
    "/arsip/2024/13.", "/b/.", "/b/1000002dan", "/b/1000002.css", "/wp-login.php", "/.env", "/sehat.",
    "/kategori/%F0%9F%98%80", "/b/%F0%9F%98%80", "/tag//.",
])  # fmt: skip
def test_what_does_not_exist_is_not_found(client, article, path):
    response = client.get(path)
    assert response.status_code == 404
    assert "Halaman tidak ditemukan" in response.content.decode()


def test_a_scheduled_article_and_an_unused_tag_are_told_to_nobody(client):
    make_article(pk=1_000_009, published_at=in_the_city(2099, 1, 1), tags=["hujan"])
    assert client.get("/b/1000009.").status_code == client.get("/tag/hujan.").status_code == 404


@pytest.mark.parametrize("path", [
    "///contoh.invalid.", "//contoh.invalid/.", "/%2F/contoh.invalid.", "/%252Fcontoh.invalid.", "/\\contoh.invalid.",
    "/%5Ccontoh.invalid)", "/https://contoh.invalid.", "/b//contoh.invalid/.", "/b/1000002/../../contoh.invalid.",
])  # fmt: skip
def test_nobody_is_led_to_another_site(client, article, path):
    response = client.get(path)
    assert response.status_code in (301, 404)
    assert response.get("Location", "/").startswith("/")
    assert not response.get("Location", "/").startswith(("//", "/\\"))


def test_the_address_of_the_home_page_is_forgiven_likewise(client):
    assert client.get("/).")["Location"] == "/"


def test_an_editors_target_comes_first(client, article):
    MissingPath.objects.create(path="/b/1000002.", target="/berita")
    assert client.get("/b/1000002.")["Location"] == "/berita"


def test_forgiven_addresses_are_not_recorded_as_missing(client, article):
    headers = {"referer": "https://www.contoh.id/x", "user-agent": "Mozilla/5.0"}
    assert client.get("/b/1000002).", headers=headers).status_code == 301
    assert not MissingPath.objects.exists()


def test_the_newsroom_forgives_nothing(client):
    assert client.get(f"{settings.ADMIN_PATH}login).").status_code in (302, 404)
