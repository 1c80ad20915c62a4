"""A withdrawn article: 410 with when and why, gone from everywhere at once, and told for good."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from news import related
from news.models import Article, Correction
from news.pageviews import most_read
from news.web import dates
from tests.make import count_words, make_article, make_category, make_person
from tests.test_admin import address, errors_in, form_of

pytestmark = pytest.mark.django_db
WORD = "zamrudnesia"


def pages_with(client, article, others) -> list[str]:
    """Where readers, programs and search engines find the article by its title or address."""
    cache.clear()
    paths = ["/", "/berita", "/feed", "/feed/atom", "/sitemap-0.xml", "/sitemap-news.xml", "/populer", "/arsip"]
    paths += [article.category.get_absolute_url(), f"{article.category.get_absolute_url()}/feed", "/tag/permata"]
    paths += [timezone.localtime(article.published_at).strftime("/arsip/%Y/%-m/%-d"), "/data/berita.csv"]
    paths += ["/cari?q=permata", "/data/berita.json", *(each.get_absolute_url() for each in others)]
    wanted = (WORD, article.get_absolute_url())
    found = {path: client.get(path).getvalue().decode().lower() for path in paths}
    return [path for path, page in found.items() if any(each in page for each in wanted)]


def test_it_is_gone_from_everywhere_at_once(client):
    category = make_category("Batu")
    fields = {"category": category, "tags": ["permata"], "body": "<p>Permata ditemukan di sungai kota.</p>"}
    article = make_article(pk=7, title=f"Permata {WORD} di sungai", reads=90, **fields)
    others = [make_article(pk=pk, title=f"Permata sungai nomor {pk}", reads=9, **fields) for pk in (8, 9)]
    related.refresh_due()
    count_words()
    most_read.refresh()
    before = pages_with(client, article, others)
    assert len(before) >= 14, before
    article.withdraw("Keliru.")
    assert pages_with(client, article, others) == []


def test_its_page_says_when_and_why_with_410(client):
    article = make_article(title="Nama <b>korban</b>")
    article.withdraw("Menyebut <nama> korban.", ground=Correction.Ground.TRAUMA.label)
    for path in (article.get_absolute_url(), article.short_url, f"/berita/detail/{article.pk}"):
        response = client.get(path)
        page = response.content.decode()
        assert response.status_code == 410
        assert 'Alasan: <span dir="auto">Pengalaman traumatik korban. Menyebut &lt;nama&gt; korban.' in page
        assert dates.date_and_time(article.withdrawn_at) in page
        assert '<meta name="robots" content="noindex">' in page
        assert "Warga dapat berobat" not in page


def test_published_again_the_withdrawal_stays_told(client):
    editor = make_person("Redaktur", first_name="Siti", last_name="Aminah")
    article = make_article(title="Pompa air")
    article.withdraw("Datanya diperiksa lagi.", by=editor, ground=Correction.Ground.SARA.label)
    told = article.corrections.get()
    assert (told.kind, told.by, told.by_name, told.reason) == (
        "pencabutan", editor, "Siti Aminah", Correction.Ground.SARA.label,
    )  # fmt: skip
    assert "Pompa air" in client.get("/ralat").content.decode()
    article.publish(by=editor)
    assert (article.withdrawn_reason, article.withdrawn_ground, article.withdrawn_at) == ("", "", None)
    cache.clear()
    for path in (article.get_absolute_url(), "/ralat", "/ralat/feed", "/ralat/feed/atom"):
        page = client.get(path).content.decode()
        assert "Pencabutan" in page
        assert "Datanya diperiksa lagi." in page
        assert "Siti" not in page
    article.withdraw("Sekali lagi.")
    assert [each.text for each in article.corrections.all()] == ["Sekali lagi.", "Datanya diperiksa lagi."]


def test_no_path_withdraws_in_silence(client):
    article = make_article()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE news_article SET status = 'withdrawn', withdrawn_reason = 'Diam-diam.'")
        cursor.execute("UPDATE news_article SET withdrawn_reason = 'Alasan lain.'")
        cursor.execute("UPDATE news_article SET status = 'published', withdrawn_reason = ''")
    assert {each.text for each in article.corrections.all()} == {"Diam-diam.", "Alasan lain."}
    assert "Diam-diam." in client.get(article.get_absolute_url()).content.decode()


def test_what_was_withdrawn_before_its_time_tells_nothing():
    article = make_article(published_at=timezone.now() + timedelta(days=1))
    article.withdraw("Batal.")
    assert not Correction.objects.exists()


def test_the_newsroom_asks_for_a_reason_and_offers_the_grounds(client, editor):
    article = make_article()
    ground = Correction.Ground.CHILD.label
    form = client.get(address(article)).content.decode()
    assert all(f'<option value="{each}">' in form for each in Correction.Ground.labels)
    asked = client.post(address(article), form_of(article, withdrawn_ground=ground, _move="withdraw"))
    assert errors_in(asked) == ["Tuliskan alasan pencabutan: alasan itu ditampilkan kepada pembaca."]
    assert f'<option value="{ground}" selected>' in asked.content.decode()
    withdrawn = form_of(article, withdrawn_ground=ground, withdrawn_reason="Namanya terbaca.", _move="withdraw")
    said = client.post(address(article), withdrawn, follow=True).content.decode()
    assert "kini: dicabut" in said
    told = Article.objects.get().corrections.get()
    assert (told.reason, told.text, told.by) == (ground, "Namanya terbaca.", editor)
