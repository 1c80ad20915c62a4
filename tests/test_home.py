"""The home page: its lead article, no duplicates, districts."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from news.models import District
from tests.make import make_article, make_category

pytestmark = pytest.mark.django_db


def front(client) -> str:
    return client.get("/").content.decode().partition("<aside")[0]


def lead(page) -> str:
    return re.search(r'class="lead.*?<h2><a [^>]*>(.*?)</a>', page, re.DOTALL)[1]


def test_the_newest_article_leads_unless_an_editor_has_chosen_another(client):
    chosen = make_article(title="Pilihan redaktur", published_at=timezone.now() - timedelta(days=9))
    make_article(title="Yang terbaru")
    assert lead(front(client)) == "Yang terbaru"
    chosen.headline_until = timezone.now() + timedelta(hours=1)
    chosen.save()
    cache.clear()
    assert lead(front(client)) == "Pilihan redaktur"


@pytest.mark.parametrize("change", [{"status": "draft"}, {"headline_until": timezone.now() - timedelta(hours=1)}])
def test_a_headline_ends_with_its_time_and_never_shows_a_draft(client, change):
    make_article(**{"title": "Dahulu utama", "headline_until": timezone.now() + timedelta(days=1)} | change)
    make_article(title="Yang terbaru")
    assert lead(front(client)) == "Yang terbaru"


def test_no_article_is_on_the_home_page_twice(client):
    categories = [make_category(name=f"Kategori {number}") for number in range(3)]
    for number in range(30):
        make_article(title=f"Nomor {number}", category=categories[number % 3])
    titles = re.findall(r">(Nomor \d+)</a>", front(client))
    assert len(titles) == len(set(titles)) == 7 + 3 * 4


def test_a_list_can_be_narrowed_to_a_district(client):
    cipondoh = District.objects.create(name="Cipondoh", slug="cipondoh")
    District.objects.create(name="Benda", slug="benda")
    for number in range(25):
        make_article(title=f"Cipondoh {number}", district=cipondoh, tags=["banjir"])
    make_article(title="Tentang seluruh kota", tags=["banjir"])
    for path in ("/berita", "/tag/banjir", "/kategori/layanan-publik"):
        assert '<option value="benda">Benda</option>' in client.get(path).content.decode()
        page = client.get(f"{path}?kecamatan=cipondoh").content.decode()
        assert page.count(">Cipondoh ") == 20
        assert "Tentang seluruh kota" not in page.partition("<aside")[0]
        assert '<meta name="robots" content="noindex, follow">' in page
        after = re.search(r'rel="next" href="([^"]+)"', page)[1].replace("&amp;", "&")
        assert client.get(path + after).content.decode().count(">Cipondoh ") == 5
    assert "Belum ada berita tentang Kecamatan Benda" in client.get("/berita?kecamatan=benda").content.decode()
    assert client.get("/berita?kecamatan=tidak-ada").status_code == 404


def test_lists_offer_no_districts_if_the_city_has_none(client):
    make_article()
    assert "kecamatan" not in client.get("/berita").content.decode().lower()
