"""Data for search engines and shared links in <head>: JSON-LD, OpenGraph, canonical addresses."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.template import Context, Template
from django.utils import timezone

from news import cards
from news.models import Correction, District, Photo
from news.templatetags import structured
from news.web import dates
from tests.make import OFFSET, in_the_city, make_article, make_category, make_tag

pytestmark = pytest.mark.django_db
_SCRIPT = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
_META = re.compile(r'<meta (?:property|name)="([^"]+)" content="([^"]*)">')


def described(page) -> dict[str, dict]:
    """The JSON-LD objects of a page by @type."""
    found = [json.loads(text) for text in _SCRIPT.findall(page.content.decode())]
    return {each["@type"]: each for each in found}


def metas(page) -> dict[str, str]:
    return dict(_META.findall(page.content.decode()))


def make_photo(**fields):
    return Photo.objects.create(
        name="foto/2026/11/0123456789abcdef", width=1600, height=900, alt_text="Pintu air", **fields
    )


def test_an_article_has_all_properties_that_google_recommends(client):
    photo = make_photo(edition=2)
    article = make_article(
        title="Pintu air diperiksa",
        summary="Ringkasan.",
        author="Siti Aminah",
        reporter="Budi",
        editor="Rahma",
        photo=photo,
        tags=["banjir", "sungai"],
        published_at=in_the_city(2024, 11, 13, 16, 21),
    )
    data = described(client.get(article.get_absolute_url()))["NewsArticle"]
    address = settings.SITE_URL + article.get_absolute_url()
    assert data["headline"] == "Pintu air diperiksa"
    assert data["description"] == "Ringkasan."
    assert data["mainEntityOfPage"]["@id"] == data["url"] == address
    assert data["datePublished"] == f"2024-11-13T16:21:00{OFFSET}"
    assert data["dateModified"] == data["datePublished"]
    assert [(each["@type"], each["name"]) for each in data["author"]] == [
        ("Person", "Siti Aminah"),
        ("Person", "Budi"),
    ]
    assert all(each["url"].startswith(settings.SITE_URL) for each in data["author"])
    assert data["editor"]["name"] == "Rahma"
    assert data["articleSection"] == "Layanan Publik"
    assert data["keywords"] == ["banjir", "sungai"]
    assert (data["inLanguage"], data["isAccessibleForFree"]) == ("id", True)
    assert data["image"] == [settings.SITE_URL + path for path in photo.crop_urls]
    assert len(data["image"]) == 3


def test_the_publisher_has_an_existing_logo(client):
    article = make_article()
    publisher = described(client.get(article.get_absolute_url()))["NewsArticle"]["publisher"]
    assert (publisher["@type"], publisher["name"]) == ("Organization", settings.PUBLISHER)
    logo = client.get(publisher["logo"]["url"].removeprefix(settings.SITE_URL))
    logo.close()
    assert (logo.status_code, logo["Content-Type"]) == (200, "image/png")


def test_without_an_author_the_office_is_the_author(client):
    data = described(client.get(make_article().get_absolute_url()))["NewsArticle"]
    assert [(each["@type"], each["name"]) for each in data["author"]] == [("Organization", settings.PUBLISHER)]


def test_without_a_time_of_day_only_the_date_is_stated(client):
    article = make_article(time_known=False, published_at=datetime(2012, 3, 4, tzinfo=dates.ZONE))
    assert described(client.get(article.get_absolute_url()))["NewsArticle"]["datePublished"] == "2012-03-04"


def test_without_a_photo_the_card_is_the_image(client):
    article = make_article()
    page = client.get(article.get_absolute_url())
    picture = settings.SITE_URL + cards.url(article)
    assert described(page)["NewsArticle"]["image"] == [picture]
    assert metas(page)["og:image"] == picture


def test_corrections_are_included(client):
    article = make_article()
    record = Correction.objects.create(article=article, text="Bukan 20, melainkan 12.", at=in_the_city(2026, 1, 2, 7))
    assert described(client.get(article.get_absolute_url()))["NewsArticle"]["correction"] == [
        {
            "@type": "CorrectionComment",
            "@id": settings.SITE_URL + record.get_absolute_url(),
            "name": "Ralat",
            "text": "Bukan 20, melainkan 12.",
            "datePublished": f"2026-01-02T07:00:00{OFFSET}",
        }
    ]


@pytest.mark.parametrize("words", ["</script><script>alert(1)</script>", "<!-- <script", "a\u2028b\u2029c", '"&amp;"'])
def test_no_text_in_json_ends_its_script_element(client, words):
    page = client.get(make_article(title=words).get_absolute_url())
    raw = _SCRIPT.findall(page.content.decode())[0]
    assert not set("<>&\u2028\u2029") & set(raw)
    assert described(page)["NewsArticle"]["headline"] == " ".join(words.split())


def test_breadcrumbs_lead_from_the_home_page_to_the_article(client):
    article = make_article(title="Judul")
    crumbs = described(client.get(article.get_absolute_url()))["BreadcrumbList"]["itemListElement"]
    assert [(each["position"], each["name"], each["item"].removeprefix(settings.SITE_URL)) for each in crumbs] == [
        (1, "Beranda", "/"),
        (2, "Layanan Publik", "/kategori/layanan-publik"),
        (3, "Judul", article.get_absolute_url()),
    ]


def test_the_home_page_describes_the_site_its_search_and_the_office(client):
    data = described(client.get("/"))
    search = data["WebSite"]["potentialAction"]
    assert search["@type"] == "SearchAction"
    assert search["target"]["urlTemplate"] == settings.SITE_URL + "/cari?q={search_term_string}"
    assert data["Organization"]["name"] == settings.PUBLISHER
    assert data["Organization"]["email"] == settings.CONTACT_EMAIL
    assert data["Organization"]["logo"]["url"].endswith(".png")


def test_breadcrumbs_of_a_template_are_pairs_of_name_and_path():
    with pytest.raises(ValueError, match="shorter"):
        structured.breadcrumbs_json("Arsip")
    text = Template('{% load structured %}{% breadcrumbs_json "Arsip" "/arsip" %}').render(Context())
    assert json.loads(_SCRIPT.search(text)[1])["itemListElement"][1]["item"] == settings.SITE_URL + "/arsip"


def test_a_shared_link_shows_picture_title_and_dates(client):
    photo = make_photo(edition=2)
    article = make_article(title='Kata "kota"', summary="Ringkasan.", photo=photo, tags=["banjir"])
    data = metas(client.get(article.get_absolute_url()))
    assert data["og:type"] == "article"
    assert data["og:title"] == "Kata &quot;kota&quot;"
    assert data["og:description"] == "Ringkasan."
    assert data["og:url"] == settings.SITE_URL + article.get_absolute_url()
    assert data["og:image"] == settings.SITE_URL + photo.share_url
    assert (data["og:image:width"], data["og:image:height"]) == ("1200", "630")
    assert (data["og:image:type"], data["og:image:alt"]) == ("image/jpeg", "Pintu air")
    assert data["twitter:card"] == "summary_large_image"
    assert data["article:published_time"] == dates.iso(article.published_at)
    assert data["article:modified_time"] == dates.iso(article.changed_at)
    assert (data["article:section"], data["article:tag"]) == ("Layanan Publik", "banjir")


@pytest.fixture
def lists(client):
    """The addresses of lists with more than one page."""
    make_tag("banjir")
    for _ in range(21):
        make_article(tags=["banjir"], published_at=datetime(2026, 3, 4, 5, tzinfo=UTC))
    return ["/berita", "/tag/banjir", "/kategori/layanan-publik", "/arsip/2026/3", "/arsip/2026/3/4"]


def test_only_the_first_page_of_a_list_is_indexed(client, lists):
    for path in lists:
        page = client.get(path).content.decode()
        assert f'<link rel="canonical" href="{settings.SITE_URL}{path}">' in page
        assert 'name="robots"' not in page
        older = client.get(path + re.search(r'href="(\?sebelum=[^"]+)"', page)[1]).content.decode()
        assert '<meta name="robots" content="noindex, follow">' in older
        assert 'rel="canonical"' not in older


def test_a_filtered_list_is_not_indexed(client, lists):
    District.objects.create(name="Karawaci", slug="karawaci")
    for path in lists[:3]:
        assert (
            '<meta name="robots" content="noindex, follow">'
            in client.get(f"{path}?kecamatan=karawaci").content.decode()
        )


def test_parameters_added_by_sharing_are_not_in_the_canonical_address(client, lists):
    for path in lists:
        page = client.get(f"{path}?utm_source=wa").content.decode()
        assert f'<link rel="canonical" href="{settings.SITE_URL}{path}">' in page


@pytest.mark.parametrize("path", ["/", "/berita", "/kategori", "/populer", "/arsip", "/data"])
def test_other_pages_have_canonical_addresses(client, path):
    make_article()
    page = client.get(path)
    assert f'<link rel="canonical" href="{settings.SITE_URL}{path}">' in page.content.decode()
    assert metas(page)["og:url"] == settings.SITE_URL + path
    assert metas(page)["og:image"] == settings.SITE_URL + cards.site_url()
    assert described(page)


def test_search_results_previews_and_withdrawn_articles_are_not_indexed(client):
    assert 'content="noindex' in client.get("/cari?q=banjir").content.decode()
    article = make_article(category=make_category("Taman"), published_at=timezone.now() - timedelta(days=1))
    article.withdraw("Keliru.")
    assert 'content="noindex' in client.get(article.get_absolute_url()).content.decode()
