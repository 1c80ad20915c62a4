"""What surrounds the text on an article page: credits, neighbours, corrections, sharing, the QR code in print."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from news.models import Correction, District
from tests.make import make_article

pytestmark = pytest.mark.django_db


def page_of(client, article) -> str:
    response = client.get(article.get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


def neighbours(page) -> dict:
    return dict(re.findall(r'<a href="(/berita/detail/\d+)/[^"]*" rel="(prev|next)">', page))


def test_credits_are_shown_where_they_are_known(client):
    district = District.objects.create(name="Cipondoh", slug="cipondoh")
    page = page_of(client, make_article(author="Ani", reporter="Budi", editor="Citra", district=district))
    for credit in ("Penulis: Ani", "Peliput: Budi", "Editor: Citra", "Kecamatan Cipondoh"):
        assert credit in page
    bare = page_of(client, make_article())
    for label in ("Penulis:", "Peliput:", "Editor:", "Kecamatan "):
        assert label not in bare


def test_previous_and_next_articles_are_linked_even_with_equal_times(client):
    moment = timezone.now() - timedelta(days=3)
    first, second, third = (make_article(published_at=moment) for _ in range(3))
    make_article(status="draft", published_at=moment)
    make_article(published_at=timezone.now() + timedelta(days=1))
    link = "/berita/detail/{}".format
    assert neighbours(page_of(client, first)) == {link(second.pk): "next"}
    assert neighbours(page_of(client, second)) == {link(first.pk): "prev", link(third.pk): "next"}
    assert neighbours(page_of(client, third)) == {link(second.pk): "prev"}


def test_corrections_stand_above_the_text(client):
    article = make_article(body="<p>Isi berita ini.</p>")
    Correction.objects.create(article=article, text="Semula <b>tiga</b>, yang benar empat.")
    Correction.objects.create(article=make_article(), text="Ralat berita lain.")
    page = page_of(client, article)
    assert "Semula &lt;b&gt;tiga&lt;/b&gt;, yang benar empat." in page
    assert page.index("yang benar empat") < page.index("<p>Isi berita ini.</p>")
    assert "Ralat berita lain." not in page


def test_share_links_carry_title_and_short_address(client):
    article = make_article(title="Banjir & rob: 100% surut? “Ya”")
    page = page_of(client, article)
    links = re.findall(r'<a href="([^"]+)" rel="noopener">(\w+)</a>', page)
    assert [name for _, name in links] == ["WhatsApp", "Telegram", "Facebook", "X", "Email"]
    short = settings.SITE_URL + article.short_url
    text = parse_qs(urlsplit(links[0][0].replace("&amp;", "&")).query)["text"]
    assert text == [f"{article.title} {short}"]
    mail = parse_qs(urlsplit(links[4][0].replace("&amp;", "&")).query)
    assert mail == {"subject": [article.title], "body": [short]}


def test_the_print_has_the_short_address_as_a_qr_code(client):
    article = make_article()
    assert f'src="{article.short_url}/qr.svg"' in page_of(client, article)
    response = client.get(f"{article.short_url}/qr.svg")
    assert response["Content-Type"] == "image/svg+xml"
    assert b"<path" in response.content
    assert response.content != client.get(f"/b/{article.pk + 1}/qr.svg").content


@pytest.mark.usefixtures("kept_frame")
def test_the_number_of_queries_does_not_grow_with_what_surrounds_the_text(client, django_assert_num_queries):
    article = make_article(tags=["banjir"])
    Correction.objects.create(article=article, text="Satu.")
    client.get(article.get_absolute_url())  # caches navigation and sidebar
    other = make_article(tags=[f"tag {number}" for number in range(30)])
    with django_assert_num_queries(4):
        client.get(other.get_absolute_url())
    cache.clear()
    with django_assert_num_queries(6):  # with navigation and sidebar
        client.get(other.get_absolute_url())


@pytest.mark.parametrize("path", ["/berita/detail/١٠", "/berita/detail/١٠٠٠٠٠٢/x", "/b/१२", "/berita/१२/komentar"])
def test_digits_of_other_scripts_are_not_an_article_number(client, path):
    assert client.get(path).status_code == 404


def test_reading_time_counts_words_but_not_those_of_pictures(client):
    picture = '<img src="/media/foto/2026/11/0123456789abcdef-800.jpg" alt="a" width="1600" height="900">'
    article = make_article(body="<p>" + "kata " * 250 + "</p>" + f"<figure>{picture}</figure>" * 20)
    assert "1 menit baca" in page_of(client, article)


def test_bidirectional_control_characters_are_removed_from_the_title(client):
    article = make_article(title="Judul \u202ekilabret\u2066 di sini")
    assert article.title == "Judul kilabret di sini"
