"""Feeds and sitemaps: what programs read."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.utils import timezone

from news import sitemaps
from tests.make import make_article

pytestmark = pytest.mark.django_db
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
ATOM = "{http://www.w3.org/2005/Atom}"


def parse(response):
    assert response.status_code == 200
    return ElementTree.fromstring(response.getvalue())


def test_rss_names_the_newest_first_with_absolute_addresses(client):
    make_article(title="Lama")
    article = make_article(title="Baru & segar", tags=["banjir"], summary="Ringkasan berita.")
    items = parse(client.get("/feed")).findall("channel/item")
    assert [item.findtext("title") for item in items] == ["Baru & segar", "Lama"]
    assert items[0].findtext("link") == settings.SITE_URL + article.get_absolute_url()
    assert items[0].findtext("description") == "Ringkasan berita."
    assert {each.text for each in items[0].findall("category")} == {"Layanan Publik", "banjir"}
    assert items[0].findtext("pubDate").endswith("+0700")


def test_atom_is_well_formed(client):
    article = make_article(title="Baru")
    entry = parse(client.get("/feed/atom")).find(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "Baru"
    assert entry.find(f"{ATOM}link").get("href") == settings.SITE_URL + article.get_absolute_url()


def test_tag_and_category_have_feeds_of_their_own(client):
    make_article(title="Tentang banjir", tags=["banjir"])
    make_article(title="Tentang taman", tags=["taman"])
    for kind in ("feed", "feed/atom"):
        assert b"Tentang taman" not in client.get(f"/tag/banjir/{kind}").getvalue()
        assert b"Tentang banjir" in client.get(f"/tag/banjir/{kind}").getvalue()
        assert b"Tentang banjir" in client.get(f"/kategori/layanan-publik/{kind}").getvalue()
    assert client.get("/tag/tak-ada/feed").status_code == 404


def test_sitemap_index_leads_to_every_published_article(client):
    articles = [make_article(pk=pk) for pk in (7, sitemaps.PART * 3 + 1, 1_000_001)]
    index = parse(client.get("/sitemap.xml"))
    paths = [loc.text.removeprefix(settings.SITE_URL) for loc in index.iter(f"{SITEMAP}loc")]
    found = {loc.text for path in paths for loc in parse(client.get(path)).iter(f"{SITEMAP}loc")}
    assert {settings.SITE_URL + article.get_absolute_url() for article in articles} <= found
    assert settings.SITE_URL + "/kategori/layanan-publik" in found


def test_news_sitemap_holds_two_days(client):
    make_article(title="Segar")
    make_article(title="Basi", published_at=timezone.now() - timedelta(hours=49))
    body = client.get("/sitemap-news.xml").getvalue().decode()
    assert "Segar" in body
    assert "Basi" not in body


def test_robots_names_the_sitemap(client):
    assert f"Sitemap: {settings.SITE_URL}/sitemap.xml" in client.get("/robots.txt").content.decode()


def test_security_txt_has_a_contact_and_an_end(client):
    body = client.get("/.well-known/security.txt").content.decode()
    assert "Contact: mailto:" in body
    assert "Expires: 20" in body


def test_control_characters_never_break_a_feed(client):
    make_article(title="Rapat\x0b kota\x1f", summary="Ringkas\x08an\nbaru", author="War\x0cga", tags=["ban\x01jir"])
    item = parse(client.get("/feed")).find("channel/item")
    assert item.findtext("title") == "Rapat kota"
    assert parse(client.get("/feed/atom")) is not None
