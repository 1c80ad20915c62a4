"""What a search finds, and which input it accepts."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from news.models import Article
from news.search import stemming
from tests.make import make_article

pytestmark = pytest.mark.django_db


def found(text):
    return [article.title for article in Article.objects.published().search(text)]


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("Penerapan layanan digital", "diterapkan"),
        ("Warga menulis surat", "tulisan"),
        ("Penertiban reklame liar", "tertib"),
        ("Sekolah baru dibuka", "persekolahan"),
    ],
)
def test_inflected_forms_find_each_other(written, asked):
    make_article(title=written)
    assert found(asked) == [written]


def test_every_word_must_occur():
    make_article(title="Banjir di Periuk surut")
    make_article(title="Banjir di Cipondoh surut")
    assert found("banjir periuk") == ["Banjir di Periuk surut"]


def test_title_outranks_body_and_newer_comes_first_among_equals():
    make_article(title="Pasar lama", published_at=timezone.now() - timedelta(days=9))
    make_article(title="Pasar lama", published_at=timezone.now() - timedelta(days=1), slug="baru")
    make_article(title="Berita lain", body="<p>Di dekat pasar ada taman.</p>")
    articles = Article.objects.published().search("pasar")
    assert [article.slug for article in articles] == ["baru", "pasar-lama", "berita-lain"]


def test_words_separated_by_a_slash_are_found():
    make_article(title="Layanan", body="<p>Bantuan sembako/uang tunai dibagikan.</p>")
    assert found("sembako") == ["Layanan"]


def test_stop_words_alone_still_search():
    make_article(title="Yang muda yang berkarya")
    assert found("yang") == ["Yang muda yang berkarya"]


@pytest.mark.parametrize(
    "text", ["'", ":*&|!", "((", "\\", "-", '""', "a:b", "%", "<->", "!", "x" * 200, "😀", "مدينة"]
)
def test_any_characters_may_be_typed(client, text):
    make_article()
    assert client.get("/cari", {"q": text}).status_code == 200


@pytest.mark.parametrize("text", ["x" * 201, "y" * 5000, "a\x00b"])
def test_invalid_searches_get_a_clear_answer(client, text):
    response = client.get("/cari", {"q": text})
    assert response.status_code == 400
    assert 'role="alert"' in response.content.decode()


def test_an_empty_result_says_so(client):
    assert "Tidak ada berita yang memuat semua kata itu" in client.get("/cari?q=zzzz").content.decode()


def test_search_pages_are_not_indexed_by_search_engines(client):
    assert '<meta name="robots" content="noindex' in client.get("/cari?q=banjir").content.decode()


def test_a_body_of_maximum_length_can_be_saved_and_found():
    body = "<p>" + " ".join(f"kata{number}" for number in range(28_000)) + "</p>"
    make_article(title="Panjang sekali", body=body)
    assert found("kata77") == ["Panjang sekali"]


def test_a_body_of_many_distinct_multibyte_words_fits_the_index():
    words = " ".join(chr(0x20000 + number) + chr(0x20001 + number) for number in range(40_000))
    make_article(title="Aksara", body=f"<p>{words}</p>")
    make_article(title="Bersambung", body=f"<p>{words.replace(' ', '-')}</p>")  # indexed whole and in parts


def test_a_body_in_which_no_word_occurs_twice_is_saved_and_found_by_its_beginning():
    """Each Korean syllable is indexed as such and, without its accents, as three letters: more than an entry holds."""
    first, last = 0xAC00, 0xD7A3
    body = " ".join(
        chr(code) + chr(last - (code - first) * steps % 11_000) for steps in (1, 7, 11) for code in range(first, last)
    )
    article = make_article(body=f"<p>{body}</p>")
    assert len(article.body) > 100_000
    assert Article.objects.search(body.split()[500]) == [article]


def test_stems_keep_order_and_names():
    assert stemming.stems("Menulis di Cipondoh 2024") == "tulis di cipondoh 2024"


def test_results_are_paged(client):
    for number in range(25):
        make_article(title=f"Pasar nomor {number}")
    first = client.get("/cari?q=pasar").content.decode()
    second = client.get("/cari?q=pasar&hal=2").content.decode()
    assert "hal=2" in first
    titles = [set(re.findall(r"</mark> nomor \d+", page)) for page in (first, second)]
    assert len(titles[0] | titles[1]) == 25
    assert "hal=3" not in second


@pytest.mark.parametrize("number", ["0", "-1", "16", "x", "9" * 50])
def test_pages_of_results_that_do_not_exist_are_refused(client, number):
    assert client.get("/cari", {"q": "pasar", "hal": number}).status_code == 400
