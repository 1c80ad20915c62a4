"""Spelling suggestions, and the vocabulary they are made from."""

import pytest
from django.db import connection

from news.models import Article, District, Word
from news.search import spelling, vocabulary
from portal.run.worker import Worker
from tests.make import count_words, make_article, make_category, make_tag

pytestmark = pytest.mark.django_db


@pytest.fixture
def archive():
    for number in range(3):
        make_article(
            title=f"Pelayanan kesehatan di Puskesmas Cipondoh {number}",
            body="<p>Warga Kecamatan Cipondoh menerima pelayanan kesehatan gratis di puskesmas.</p>",
        )
    count_words()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("pelayannan", "pelayanan"),
        ("keshatan", "kesehatan"),
        ("puskemas", "puskesmas"),
        ("cipondhoh", "cipondoh"),
        ("Cipodnoh", "cipondoh"),
        ("qelayanan", "pelayanan"),
        ("pelyanan kesehtan", "pelayanan kesehatan"),
        ("kesetahan puskesmas", "kesehatan puskesmas"),  # two letters swapped across a third
        ('"pelayanan kesehtan" -warga', '"pelayanan kesehatan" -warga'),
    ],
)
def test_misspelt_words_are_corrected(archive, typed, meant):
    assert spelling.suggest(typed) == meant


@pytest.mark.parametrize(
    "text", ["pelayanan kesehatan", "cipondoh", "melayani", "zzqqxx", "", "-", '"', "2024", "مدينة", "-keshatan"]
)
def test_known_words_and_words_unlike_any_other_get_no_suggestion(archive, text):
    assert spelling.suggest(text) is None


def test_the_more_common_of_two_neighbours_is_suggested(archive):
    make_article(title="Layanan pasar")
    for _ in range(3):
        make_article(title="Layanan pagar")
    count_words()
    assert spelling.suggest("paxar") == "pagar"


def test_a_rare_word_near_a_far_more_common_one_is_questioned_unless_short():
    Word.objects.bulk_create(Word(word=word, articles=count) for word, count in [
        ("semakin", 500), ("semkin", 1), ("anda", 500), ("andra", 1), ("hindari", 90), ("hindar", 1),
    ])  # fmt: skip
    assert spelling.suggest("semkin") == "semakin"
    assert spelling.suggest("andra") is None
    assert spelling.suggest("hindar") is None


@pytest.mark.parametrize("typed", ["benda", "pinang", "larangan", "camat benda", "pinang festival"])
def test_names_of_districts_categories_and_tags_are_never_corrected(typed):
    Word.objects.bulk_create(Word(word=word, articles=500) for word in ["denda", "pisang", "lapangan", "catat"])
    District.objects.create(name="Benda", slug="benda")
    make_category("Larangan")
    make_tag("festival pinang")
    assert spelling.suggest(typed) is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("jati uwung", "jatiuwung"),
        ("camat Jati  Uwung", "camat jatiuwung"),
        ("batu ceper", "batuceper"),
        ("batu-ceper", None),
        ('"batu" ceper', None),
        ("karangtengah", "karang tengah"),
        ("karang tengah", None),
        ("jatiuwung", None),
    ],
)
def test_names_are_suggested_as_the_city_writes_them(typed, meant):
    Word.objects.bulk_create(Word(word=word, articles=500) for word in ["camat", "ujung", "karang", "tengah"])
    District.objects.create(name="Jatiuwung", slug="jatiuwung")
    District.objects.create(name="Batuceper", slug="batuceper")
    District.objects.create(name="Karang Tengah", slug="karang-tengah")
    assert spelling.suggest(typed) == meant


def test_a_word_that_articles_write_with_a_hyphen_is_known(archive):
    make_article(title="Konser K-Pop dan kopi")
    for _ in range(3):
        make_article(title="Konser kpoi")
    count_words()
    assert spelling.suggest("kpop") is None


def test_letters_beyond_ascii_and_curly_quotes_get_no_odd_suggestion(archive):
    assert spelling.suggest("“kesehtan”") == '"kesehatan"'
    assert spelling.suggest("keséhatan") is None


def test_words_of_articles_that_are_not_public_are_not_counted():
    make_article(title="Rahasia", status=Article.Status.DRAFT, published_at=None)
    make_article(title="Terbuka")
    count_words()
    assert not Word.objects.filter(word="rahasia").exists()
    assert Word.objects.get(word="terbuka").articles == 1
    assert Word.objects.get(word="").articles == 1


def test_counts_follow_the_articles(archive):
    assert Word.objects.get(word="pelayanan").articles == 3
    assert (Word.objects.get(word="layan").articles, Word.objects.get(word="layan").stems) == (0, 3)
    Article.objects.first().withdraw("Keliru")
    count_words()
    assert Word.objects.get(word="pelayanan").articles == 2
    for article in Article.objects.published():
        article.withdraw("Keliru")
    count_words()
    assert list(Word.objects.values_list("word", "articles")) == [("", 0)]


def test_a_refresh_that_finds_nothing_new_writes_nothing(archive):
    with connection.cursor() as cursor:
        cursor.execute("SELECT array_agg(xmin::text ORDER BY word) FROM news_word")
        before = cursor.fetchone()
        count_words()
        cursor.execute("SELECT array_agg(xmin::text ORDER BY word) FROM news_word")
        assert cursor.fetchone() == before


def test_only_a_part_of_a_large_archive_is_read(monkeypatch):
    monkeypatch.setattr(vocabulary, "NEWEST", 5)
    for number in range(30):
        make_article(title=f"Berita nomor {number}")
    count_words()
    assert 5 < Word.objects.get(word="").articles <= 10


def test_the_worker_counts_words():
    make_article(title="Kolam retensi")
    (job,) = [job for job in Worker().jobs if job.name == "menyusun daftar kata"]
    job.run()
    assert Word.objects.get(word="retensi").articles == 1


@pytest.mark.parametrize(
    ("one", "other", "edits"),
    [("kota", "kota", 0), ("kota", "koat", 1), ("kota", "kotak", 1), ("kota", "oka", 2), ("kota", "", 3), ("", "", 0)],
)
def test_edits_are_counted(one, other, edits):
    assert spelling.edits(one, other, 2) == edits
