"""The search page: query syntax, filters and order, results, and pages without results."""

from datetime import datetime, timedelta

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from news.models import Article, District, FailedSearch, MonthCount, search
from news.search import any_state, find, query
from news.web.dates import ZONE
from portal.run.worker import Worker
from tests.make import count_words, make_article, make_category

pytestmark = pytest.mark.django_db


def page(client, **query):
    response = client.get("/cari", query)
    assert response.status_code == 200
    return response.content.decode()


def found(text):
    return [article.title for article in Article.objects.published().search(text)]


# ---- Query syntax


def test_words_in_quotes_must_follow_each_other_as_written():
    make_article(title="Wali Kota membuka pasar")
    make_article(title="Kota para wali")
    make_article(title="Perwalian kota")
    assert found('"wali kota"') == ["Wali Kota membuka pasar"]
    assert len(found("wali kota")) == 3


def test_one_word_in_quotes_is_not_inflected():
    make_article(title="Kecamatan Larangan")
    make_article(title="Warga dilarang parkir")
    assert found('"larangan"') == ["Kecamatan Larangan"]
    assert found("larangan") == ["Kecamatan Larangan", "Warga dilarang parkir"]


def test_a_word_with_a_minus_is_excluded_in_every_form():
    make_article(title="Banjir di Periuk")
    make_article(title="Banjir di Periuk surut", body="<p>Warga membersihkan rumah.</p>")
    assert found("banjir -bersih") == ["Banjir di Periuk"]
    assert found('banjir -"periuk surut"') == ["Banjir di Periuk"]


def test_a_hyphen_inside_a_word_excludes_nothing():
    make_article(title="Vaksinasi COVID-19")
    assert found("covid-19") == ["Vaksinasi COVID-19"]


@pytest.mark.parametrize("text", ["-banjir", '-"wali kota"', "- banjir -", '"', '""', '-""'])
def test_a_search_of_exclusions_only_finds_nothing(client, text):
    make_article(title="Pasar")
    assert "<mark>" not in page(client, q=text)


def test_rare_words_rank_higher_than_common_ones():
    for number in range(12):
        make_article(title=f"Kota {number}", body="<p>Kota kota kota kota.</p>")
    make_article(title="Angklung", body=f"<p>{'Angklung dimainkan di taman kota. ' * 2}</p>")
    count_words()
    assert found("kota angklung") == ["Angklung"]
    assert found("siapakah pemain angklung kota zzz")[0] == "Angklung"


def test_if_no_article_has_all_words_those_with_most_are_found():
    make_article(title="Pengerukan Saluran Angke")
    make_article(title="Saluran Sabi meluap")
    make_article(title="Pasar Anyar")
    count_words()
    assert found("pengerukan saluran angke cisadane") == ["Pengerukan Saluran Angke", "Saluran Sabi meluap"]


def test_partial_results_respect_exclusions():
    make_article(title="Pengerukan Saluran Angke")
    assert found("pengerukan cisadane -angke") == []


def test_a_title_typed_from_its_beginning_comes_first():
    for number in range(5):
        body = "<p>Wali kota membuka pasar baru.</p>" * 9
        make_article(title=f"Pasar kota dibuka di taman baru {number}", body=body)
    make_article(title="Wali Kota Buka Pasar Baru di Taman", published_at=timezone.now() - timedelta(days=900))
    count_words()
    assert found("wali kota buka pasar baru")[0] == "Wali Kota Buka Pasar Baru di Taman"


def test_newest_hits_of_a_common_word_come_from_a_window(monkeypatch):
    """With more than FEW expected hits only a window of the newest articles is searched."""
    monkeypatch.setattr(any_state, "FEW", 5)
    monkeypatch.setattr(any_state, "_COMMON", 1.1)
    now = timezone.now()
    for number in reversed(range(60)):
        make_article(title=f"Pasar {number}", published_at=now - timedelta(days=number))
        make_article(title=f"Taman {number}", published_at=now - timedelta(days=number))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE news_article")
    pks = any_state.candidates(Article.objects.published(), query.tsquery("pasar"), 5)
    assert [Article.objects.get(pk=pk).title for pk in pks] == [f"Pasar {number}" for number in range(5)]


def test_words_found_only_in_old_articles_are_found_outside_the_window(monkeypatch):
    monkeypatch.setattr(any_state, "FEW", 2)
    monkeypatch.setattr(any_state, "_COMMON", 1.1)
    now = timezone.now()
    for number in range(80):
        title = f"Covid {number}" if number >= 74 else f"Taman {number}"
        make_article(title=title, published_at=now - timedelta(days=number))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE news_article")
    assert len(any_state.candidates(Article.objects.published(), query.tsquery("covid"), 6)) == 6


def test_a_far_too_low_estimate_does_not_lose_the_newest_articles(monkeypatch):
    monkeypatch.setattr(any_state, "FEW", 4)
    monkeypatch.setattr(any_state, "_estimate", lambda rows: 1)
    now = timezone.now()
    for number in range(30):
        make_article(title=f"Pasar {number}", published_at=now - timedelta(days=29 - number))
    pks = any_state.candidates(Article.objects.published(), query.tsquery("pasar"), 3)
    assert [Article.objects.get(pk=pk).title for pk in pks] == ["Pasar 29", "Pasar 28", "Pasar 27"]


# ---- Filters and order


def test_category_district_and_year_narrow_the_search(client):
    district = District.objects.create(name="Karawaci", slug="karawaci")
    old = datetime(2021, 1, 1, 0, 30, tzinfo=ZONE)
    make_article(title="Pasar satu", category=make_category("Ekonomi"))
    make_article(title="Pasar dua", district=district)
    make_article(title="Pasar tiga", published_at=old)
    assert "1 berita." in page(client, q="pasar", kategori="ekonomi")
    assert "dua</a>" in page(client, q="pasar", kecamatan="karawaci")
    assert "tiga</a>" in page(client, q="pasar", tahun="2021")
    assert "tanpa penyaring" in page(client, q="pasar", tahun="2020")
    assert "3 berita." in page(client, q="pasar", kategori="", kecamatan="", tahun="", urut="")


def test_results_can_be_sorted_newest_first(client):
    make_article(title="Pasar pasar pasar", published_at=timezone.now() - timedelta(days=5))
    make_article(title="Taman", body="<p>Dekat pasar.</p>", published_at=timezone.now() - timedelta(days=1))
    html = page(client, q="pasar", urut="terbaru")
    assert html.index("Taman</a>") < html.index("<mark>Pasar</mark> <mark>pasar</mark>")
    html = page(client, q="pasar")
    assert html.index("Taman</a>") > html.index("<mark>Pasar</mark> <mark>pasar</mark>")


@pytest.mark.parametrize(
    "query",
    [
        {"kategori": "tidak-ada"}, {"kategori": "a\x00b"}, {"kecamatan": "x y"}, {"tahun": "abad"},
        {"tahun": "99999"}, {"urut": "acak"}, {"hal": "x"}, {"kategori": "<script>"}, {"tahun": "２０２１"},
    ],
)  # fmt: skip
def test_filters_that_do_not_exist_get_a_clear_answer(client, query):
    response = client.get("/cari", {"q": "pasar", **query})
    assert response.status_code in (200, 400)
    assert (response.status_code == 400) == ('role="alert"' in response.content.decode())


@pytest.mark.parametrize("name", ["tidak-ada", "a\x00b", "x y"])
def test_a_category_that_does_not_exist_is_called_that(client, name):
    assert "Kategori itu tidak ada." in client.get("/cari", {"q": "pasar", "kategori": name}).content.decode()


def test_filters_offer_only_existing_choices(client):
    MonthCount.objects.create(month="2021-03-01", articles=4)
    make_article(title="Pasar", category=make_category("Ekonomi"))
    html = page(client, q="pasar", kategori="ekonomi", tahun="2021")
    assert '<option value="ekonomi" selected>Ekonomi</option>' in html
    assert '<option value="2021" selected>2021</option>' in html
    assert 'name="kecamatan"' not in html  # there are no districts to choose from


def test_pages_keep_every_parameter(client):
    make_category("Ekonomi")
    for number in range(25):
        make_article(title=f"Pasar {number}", category=make_category("Ekonomi"))
    html = page(client, q='"pasar"', kategori="ekonomi", urut="terbaru")
    link = html.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "kategori=ekonomi" in link
    assert "urut=terbaru" in link
    assert "hal=2" in link
    assert "Pasar" in client.get(f"/cari{link}").content.decode()


# ---- Results


def test_words_are_marked_in_every_form_and_the_rest_is_escaped(client):
    body = f"<p>{'Awal berita ini panjang. ' * 30}Petugas menertibkan &lt;b&gt; reklame &amp; kios.</p><p>Lain.</p>"
    make_article(title="Reklame <i>liar</i> & baru", body=body)
    html = page(client, q="penertiban reklame")
    assert "<mark>Reklame</mark> &lt;i&gt;liar&lt;/i&gt; &amp; baru" in html
    assert "<mark>menertibkan</mark> &lt;b&gt; <mark>reklame</mark> &amp; kios" in html
    assert '<p class="excerpt" dir="auto">… ' in html


def test_excerpt_of_a_body_that_is_cut_inside_a_tag(client):
    link = '<p><a href="https://contoh.id/' + "x" * 40_000 + '">pasar</a></p>'
    make_article(title="Pasar", body="<p>Mulai.</p>" + link)
    html = page(client, q="pasar")
    assert "contoh.id" not in html


def test_number_of_queries_does_not_grow_with_the_results(client):
    def queries(count):
        while Article.objects.count() < count:
            make_article(title="Pasar")
        page(client)  # caches the navigation for a minute
        with CaptureQueriesContext(connection) as captured:
            page(client, q="pasar", n=count)
        return len(captured)

    assert queries(6) == queries(20)


# ---- Nothing found


def test_another_spelling_is_suggested_and_keeps_the_filters(client):
    make_article(title="Puskesmas baru", category=make_category("Kesehatan"))
    count_words()
    html = page(client, q="puskemas", kategori="kesehatan")
    assert "Mungkin maksud Anda:" in html
    assert '<a href="?q=puskesmas&amp;kategori=kesehatan">puskesmas</a>' in html


def test_partial_results_say_so(client):
    make_article(title="Pengerukan Saluran Angke")
    html = page(client, q="pengerukan cisadane")
    assert "Berikut berita yang memuat sebagian" in html
    assert "<mark>Pengerukan</mark> Saluran Angke" in html


def test_the_empty_search_page_explains_how_to_search(client):
    make_category("Ekonomi")
    html = page(client)
    assert "Tanda kutip" in html
    assert 'href="/kategori/ekonomi"' in html


def test_searches_without_results_are_counted(client):
    for text in ("Kolam  Renang!", "kolam renang"):
        page(client, q=text, n=text)
    kept = FailedSearch.objects.get()
    assert (kept.words, kept.times) == ("kolam renang", 2)


def test_searches_with_a_result_filters_or_a_further_page_are_not_counted(client):
    make_article(title="Pasar", category=make_category("Ekonomi"))
    page(client, q="pasar")
    page(client, q="kolam", kategori="ekonomi")
    page(client, q="kolam", hal="2")
    page(client, q="")
    assert not FailedSearch.objects.exists()


@pytest.mark.parametrize(
    "text",
    [
        "3603121212900001", "0812-3456-7890", "0812 3456 7890", "budi@contoh.id", "http://contoh.id/x",
        "www.contoh.id", "x" * 61, "12345", "!!!", "kata " * 20,
    ],
)  # fmt: skip
def test_searches_that_may_be_personal_or_come_from_robots_are_not_recorded(text):
    FailedSearch.objects.note(text)
    assert not FailedSearch.objects.exists()


def test_a_flood_of_searches_does_not_fill_the_table():
    for number in range(200):
        FailedSearch.objects.note(f"kolam{'a' * (number % 40)} {'b' * (number // 40)}")
    assert FailedSearch.objects.count() == search.recordings.number


def test_rare_and_old_failed_searches_are_deleted(monkeypatch):
    monkeypatch.setattr(type(FailedSearch.objects.all()), "MAX_ROWS", 2)
    FailedSearch.objects.create(words="lama", times=9, last_seen=timezone.now() - timedelta(days=200))
    for words_, times in (("sering", 5), ("jarang", 1), ("kadang", 3)):
        FailedSearch.objects.create(words=words_, times=times)
    assert FailedSearch.objects.prune() == 2
    assert [each.words for each in FailedSearch.objects.all()] == ["sering", "kadang"]
    assert FailedSearch.objects.prune in [job.run for job in Worker().jobs]


def test_a_database_that_cannot_write_still_answers(client):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE news_failedsearch RENAME TO elsewhere")
    assert "Tidak ada berita" in page(client, q="kolam renang")


@pytest.mark.parametrize("text", ["layanan -pelayanan", "kota -kota", '"wali kota" -kota', '-"bangunan" pembangunan'])
def test_a_search_that_excludes_its_own_words_is_explained_and_not_run(client, text):
    make_article(title="Layanan wali kota untuk pembangunan bangunan")
    with CaptureQueriesContext(connection) as seen:
        page = client.get("/cari", {"q": text}).content.decode()
    assert "sekaligus kata yang dicari" in page
    assert not [query for query in seen if "to_tsquery" in query["sql"]]
    assert not FailedSearch.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_search_that_takes_too_long_is_cancelled_with_a_kind_page(client, monkeypatch):
    monkeypatch.setattr("news.views.search._STATEMENT_TIMEOUT", 50)
    make_article(title="Puskesmas")
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as other:
        other.execute("LOCK TABLE news_word IN ACCESS EXCLUSIVE MODE")
        response = client.get("/cari", {"q": "puskesmas"})
        assert response.status_code == 503
        assert "terlalu lama dikerjakan" in response.content.decode()
        other.rollback()
    assert client.get("/cari", {"q": "puskesmas"}).status_code == 200


# ---- Questions


def test_few_articles_with_every_word_of_a_question_are_followed_by_others(client):
    whole = make_article(title="Longsor di Haiti", body="<p>Topan memicu longsor yang menewaskan warga.</p>")
    part = make_article(title="Topan Wilma", body="<p>Longsor di Haiti menewaskan sepuluh orang.</p>")
    question = "apa yang memicu longsor di Haiti yang menewaskan warga"
    assert [article.pk for article in Article.objects.published().search(question)] == [whole.pk, part.pk]
    text = page(client, q=question)
    assert "1 berita memuat semua kata itu" in text
    assert "yang lain sebagian" in text


def test_a_search_in_order_of_time_lists_only_articles_with_every_word(client):
    make_article(title="Longsor di Haiti", body="<p>Topan memicu longsor yang menewaskan warga.</p>")
    make_article(title="Topan Wilma", body="<p>Longsor di Haiti menewaskan sepuluh orang.</p>")
    text = page(client, q="memicu longsor Haiti menewaskan warga", urut="terbaru")
    assert "1 berita." in text


def test_a_phrase_is_never_followed_by_articles_without_it(client):
    make_article(title="Longsor di Haiti", body="<p>Topan memicu longsor yang menewaskan warga.</p>")
    make_article(title="Topan Wilma", body="<p>Longsor di Haiti menewaskan sepuluh orang.</p>")
    assert "1 berita." in page(client, q='"memicu longsor" longsor Haiti menewaskan warga')


@pytest.fixture
def phrases(monkeypatch):
    """Of 20 articles with both words the oldest two have them one after the other; 8 are checked, then 12 or more."""
    monkeypatch.setattr(find, "_SCANNED", 8)
    monkeypatch.setattr(find, "CANDIDATES", 5)
    now = timezone.now()
    for number in range(20):
        title = "Presiden Indonesia" if number >= 18 else "Presiden tiba di Indonesia"
        make_article(title=f"{title} {number}", published_at=now - timedelta(days=number + 1))
    return lambda most: monkeypatch.setattr(find, "_MOST_SCANNED", most)


def test_a_phrase_is_looked_for_in_more_articles_if_few_of_the_newest_have_it(client, phrases):
    phrases(30)
    assert "2 berita." in page(client, q='"presiden indonesia"')


def test_a_page_says_that_only_the_newest_articles_were_checked_for_a_phrase(client, phrases):
    phrases(19)
    assert "1 berita, dari 19 berita terbaru dengan kata-kata itu" in page(client, q='"presiden indonesia"')
    phrases(12)
    assert "Tidak ada di 12 berita terbaru" in page(client, q='"presiden indonesia"', urut="terbaru")


@pytest.mark.parametrize("text", ["ibu hamil", "tahun baru", "lowongan kerja", "sakit mata"])
def test_what_people_look_for_is_no_stop_word(text):
    make_article(title=f"Kabar {text} di Periuk")
    make_article(title=f"Kabar {text.split()[-1]} di Periuk")
    make_article(title=f"Kabar {text.split()[0]} di Periuk")
    assert found(text) == [f"Kabar {text} di Periuk"]
