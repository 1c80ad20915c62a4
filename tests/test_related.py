"""Related articles: which are listed under an article, and when the list changes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from news import related
from news.models import Article, Photo
from tests.make import count_words, make_article, make_category

pytestmark = pytest.mark.django_db


def titles(articles):
    return [article.title for article in articles]


def text(*sentences):
    """A body long enough that only articles with the same content count as alike."""
    return "".join(f"<p>{sentence}</p>" for sentence in sentences)


FLOOD = "Luapan Sungai Cisadane merendam permukiman warga Periuk sejak dini hari."
PUMPS = "Petugas mengoperasikan pompa penyedot dan membagikan makanan bagi pengungsi."
SCHOOL = "Sekolah dasar menerima murid baru melalui jalur zonasi mulai pekan depan."
MARKET = "Harga cabai dan bawang di pasar induk turun menjelang akhir bulan."


def make_flood_archive():
    for number in range(6):
        make_article(title=f"Umum {number}", tags=["kota tangerang"])
    for number in range(2):
        make_article(title=f"Pompa {number}", tags=["kota tangerang", "pompa air"], category=make_category("Banjir"))
    return make_article(title="Pompa baru dipasang", tags=["kota tangerang", "pompa air"])


def test_a_shared_rare_tag_ranks_above_a_tag_on_every_article():
    article = make_flood_archive()
    assert set(titles(related.compute(article))[:2]) == {"Pompa 0", "Pompa 1"}


def test_newer_comes_first_among_equals():
    old = make_article(title="Lama", tags=["taman"], published_at=timezone.now() - timedelta(days=40))
    new = make_article(title="Baru", tags=["taman"])
    make_article(title="Tanpa tag")
    article = make_article(title="Taman kota", tags=["taman"])
    assert related.compute(article)[:2] == [new, old]


def test_list_never_contains_itself_a_namesake_or_an_article_that_is_not_public():
    article = make_article(title="Taman kota", tags=["taman"])
    make_article(title="taman kota", tags=["taman"])
    make_article(title="Draf", tags=["taman"], status=Article.Status.DRAFT)
    make_article(title="Esok", tags=["taman"], published_at=timezone.now() + timedelta(days=1))
    make_article(title="Keliru", tags=["taman"]).withdraw("Salah.")
    shown = make_article(title="Boleh", tags=["taman"])
    assert related.compute(article) == [shown]


def test_published_article_gets_its_list_and_enters_those_of_its_neighbours():
    first = make_article(title="Pertama", tags=["taman"])
    related.refresh_due(seconds=30)
    second = make_article(title="Kedua", tags=["taman"])
    assert related.refresh_due(seconds=30) == 2  # its own list and its neighbour's
    assert [each.pk for each in related.stored(second.pk)] == [first.pk]
    assert [each.pk for each in related.stored(first.pk)] == [second.pk]


def test_nothing_is_due_after_a_refresh_until_thirty_days_or_a_change():
    article = make_article()
    assert related.refresh_due(seconds=30) == 1
    assert related.refresh_due(seconds=30) == 0
    article.refresh_from_db()
    assert article.related_due_at > timezone.now() + timedelta(days=29)
    article.save()
    assert related.refresh_due(seconds=30) == 1


def test_scheduled_article_is_due_when_its_time_comes():
    article = make_article(published_at=timezone.now() + timedelta(hours=1))
    assert related.refresh_due(seconds=30) == 0
    past = timezone.now() - timedelta(seconds=1)
    Article.objects.filter(pk=article.pk).update(published_at=past, related_due_at=past)
    assert related.refresh_due(seconds=30) == 1


def test_withdrawn_article_leaves_the_lists_at_once():
    first = make_article(title="Pertama", tags=["taman"])
    second = make_article(title="Kedua", tags=["taman"])
    related.refresh_due(seconds=30)
    second.withdraw("Salah.")
    assert [each.pk for each in related.stored(first.pk)] == []


def test_stored_list_is_read_by_one_query(django_assert_num_queries):
    article = make_flood_archive()
    related.refresh_due(seconds=30)
    with django_assert_num_queries(1):
        assert all(each.title and each.photo is None for each in related.stored(article.pk))


def test_neighbours_do_not_make_their_own_neighbours_due():
    for number in range(4):
        make_article(title=f"Taman {number}", tags=["taman"])
    related.refresh_due(seconds=30)
    make_article(title="Taman baru", tags=["taman"])
    assert related.refresh_due(seconds=30) == 5
    assert related.refresh_due(seconds=30) == 0


def test_list_is_full_after_one_of_it_was_withdrawn():
    targets = [make_article(title=f"Taman {number}", tags=["taman"]) for number in range(7)]
    article = make_article(title="Taman baru", tags=["taman"])
    related.refresh_due(seconds=30)
    targets[-1].withdraw("Salah.")
    assert len(related.stored(article.pk)) == related.SHOWN


def test_cards_lead_to_the_articles_and_show_their_photos(client):
    photo = Photo.objects.create(name="foto/taman", width=400, height=300, alt_text="Taman")
    target = make_article(title="Taman di tepi sungai", slug="taman-lama", tags=["taman"], photo=photo)
    article = make_article(title="Taman baru", tags=["taman"])
    related.refresh_due(seconds=30)
    [card] = related.stored(article.pk)
    assert (card.title, card.photo.name, card.photo.width) == (target.title, "foto/taman", 400)
    page = client.get(article.get_absolute_url()).content.decode()
    assert f'<h3><a href="{target.get_absolute_url()}" dir="auto">{target.title}</a></h3>' in page
    assert "/media/foto/taman-400.webp" in page


@pytest.mark.parametrize("analysed", [False, True])
def test_shared_rare_words_of_the_text_rank_highest_in_any_inflection(analysed):
    for number in range(12):
        make_article(title=f"Kabar kota {number}", body=text(SCHOOL if number % 2 else MARKET, f"Kabar ke-{number}."))
    near = make_article(title="Posko dibuka", body=text(FLOOD, "Dapur umum berdiri di halaman kantor kelurahan."))
    article = make_article(
        title="Permukiman terendam", body=text("Sungai Cisadane meluap dan perendaman meluas.", PUMPS)
    )
    if analysed:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE news_article")
    assert related.compute(article)[0] == near


def test_word_of_the_title_counts_more_than_one_of_the_text():
    for number in range(6):
        make_article(title=f"Kabar kota {number}", body=text(SCHOOL, f"Kabar ke-{number}."))
    make_article(title="Kabar lain", body=text(MARKET, "Di sana ada pula zonasi dan perpustakaan."))
    named = make_article(title="Perpustakaan", body=text(MARKET, "Buka setiap hari."))
    article = make_article(title="Perpustakaan keliling", body=text("Mobil buku datang ke kampung."))
    assert related.compute(article)[0] == named


def test_the_same_text_under_another_title_is_not_related():
    wire = text(
        FLOOD, PUMPS, "Wali kota meninjau tanggul yang jebol bersama kepala dinas pekerjaan umum dan penataan ruang."
    )
    article = make_article(title="Banjir di Periuk", body=wire)
    make_article(title="Periuk kebanjiran lagi", body=wire + "<p>Antara</p>")
    other = make_article(title="Tanggul Periuk diperbaiki", body=text(FLOOD, MARKET))
    assert related.compute(article) == [other]


def test_list_contains_only_one_of_several_equal_texts():
    article = make_article(title="Banjir di Periuk", body=text(FLOOD, SCHOOL))
    wire = text(
        FLOOD, PUMPS, "Wali kota meninjau tanggul yang jebol bersama kepala dinas pekerjaan umum dan penataan ruang."
    )
    for title in ("Wali kota tinjau tanggul", "Tanggul jebol ditinjau", "Tinjauan wali kota ke tanggul"):
        make_article(title=title, body=wire)
    assert len(related.compute(article)) == 1


def test_short_similar_texts_count_as_different_articles():
    first = make_article(title="Samsat keliling Senin", body="<p>Pukul delapan di alun-alun.</p>")
    second = make_article(title="Samsat keliling Selasa", body="<p>Pukul delapan di alun-alun.</p>")
    assert related.compute(first) == [second]


def test_namesake_is_recognised_whatever_its_case_and_punctuation():
    article = make_article(title="Taman kota: dibuka!")
    make_article(title="TAMAN KOTA, DIBUKA", body=text(MARKET))
    assert related.compute(article) == []


def test_pinned_articles_come_first_and_excluded_ones_never():
    near = make_article(title="Taman baru", tags=["taman"])
    far = [make_article(title=f"Pasar {number}", body=text(MARKET, f"Lapak {number}.")) for number in range(2)]
    gone = make_article(title="Keliru", body=text(MARKET))
    gone.withdraw("Salah.")
    excluded = make_article(title="Taman lama", tags=["taman"])
    make_article(title="Tanpa tag")
    article = make_article(title="Taman kota", tags=["taman"])
    article.related_pinned.add(*reversed(far), gone, article)
    article.related_excluded.add(excluded)
    found = related.compute(article)
    assert found[:3] == [*far, near]
    assert not {gone, excluded, article}.intersection(found)


def test_pinned_articles_are_stored_and_shown(client):
    pinned = make_article(title="Pilihan redaksi", body=text(MARKET))
    for number in range(related.STORED + 2):
        make_article(title=f"Taman {number}", tags=["taman"])
    article = make_article(title="Taman kota", tags=["taman"])
    article.related_pinned.add(pinned)
    related.refresh_due(seconds=60)
    assert related.stored(article.pk)[0].pk == pinned.pk


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "🎉🎉", "body": "<p>🎉</p>"},
        {"title": "خبر المدينة", "body": ""},
        {"title": "Kata panjang", "body": f"<p>{'a' * 50_000}</p>"},
        {"title": "Naskah panjang", "body": text(*(f"Kalimat {n} tentang banjir{n} di kota." for n in range(4_000)))},
        {"title": "2024 2025", "body": "<p>10 20 30</p>", "tags": [f"tag {n}" for n in range(40)]},
        {"title": "Belum terbit", "status": Article.Status.DRAFT},
    ],
    ids=["emoji", "no body", "one long word", "many words", "numbers and 40 tags", "draft"],
)
def test_any_article_gets_a_list(fields):
    other = make_article(title="Yang lain", body=text(MARKET))
    article = make_article(**fields)
    assert related.compute(article) == [other]


@pytest.mark.slow
def test_words_are_counted_again_while_a_portal_grows_fast():
    make_article(title="Selamat datang", body=text(FLOOD))
    while related.refresh_due(seconds=30):
        pass
    topics = {"banjir": FLOOD, "pompa": PUMPS, "sekolah": SCHOOL, "pasar": MARKET}
    for number in range(8):
        for topic, sentence in topics.items():
            make_article(title=f"{topic} {topic}{number}", body=text(sentence))
    while related.refresh_due(seconds=30):
        pass
    for article in Article.objects.published().exclude(title="Selamat datang"):
        topic = article.title.split()[0]
        assert [card.title.split()[0] for card in related.stored(article.pk)] == [topic] * related.SHOWN


def test_first_article_of_a_portal_has_no_list():
    assert related.compute(make_article()) == []
    assert related.compute(Article(title="Belum disimpan")) == []


def test_draft_of_a_portal_without_news_has_no_list():
    assert related.compute(make_article(status=Article.Status.DRAFT)) == []


@pytest.mark.django_db(transaction=True)
def test_a_list_does_not_wait_for_a_neighbour_that_somebody_is_changing():
    other = make_article(title="Lama", tags=["pompa air"])
    related.refresh_due(seconds=30)
    make_article(title="Baru", tags=["pompa air"], body=text(FLOOD))

    def refresh_under_a_limit():
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '1s'")
            return related.refresh_due(seconds=5)
        finally:
            connection.close()

    with transaction.atomic(), ThreadPoolExecutor(1) as thread:
        Article.objects.select_for_update(no_key=True).get(pk=other.pk)
        assert thread.submit(refresh_under_a_limit).result() == 1
    assert related.refresh_due(seconds=5) == 0


@pytest.mark.django_db(transaction=True)
def test_lists_can_be_computed_simultaneously_before_any_word_was_counted():
    one, other = make_article(body=text(FLOOD, PUMPS)), make_article(body=text(FLOOD, SCHOOL))
    start = Barrier(4)

    def compute(article):
        start.wait()
        try:
            return related.compute(article)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(compute, [one, other, one, other])) == [[other], [one], [other], [one]]


def test_more_tags_and_articles_do_not_make_more_queries():
    def queries(article):
        with CaptureQueriesContext(connection) as made:
            related.compute(article)
        return len(made)

    few = make_article(title="Satu", body=text(FLOOD, PUMPS), tags=["taman"])
    many = make_article(title="Dua", body=text(FLOOD, PUMPS, MARKET), tags=[f"tag {number}" for number in range(40)])
    for number in range(20):
        make_article(title=f"Lain {number}", body=text(SCHOOL, f"Kabar {number}."), tags=[f"tag {number}"])
    count_words()
    assert queries(many) == queries(few)


def test_in_a_large_archive_common_words_find_the_newest_and_rare_ones_all(monkeypatch):
    monkeypatch.setattr(related, "COUNTED", 10)
    monkeypatch.setattr(related, "RARE_STEM", 4)
    monkeypatch.setattr(related, "PER_STEM", 4)
    monkeypatch.setattr(related, "PER_CATEGORY", 0)
    now = timezone.now()
    made = [
        make_article(
            title=f"Kabar {number}",
            body=text(
                "Banjir melanda." if number % 2 else "Pasar ramai.", "Sabilulungan." if number in (6, 38) else ""
            ),
            published_at=now - timedelta(days=number),
        )
        for number in range(1, 41)
    ]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE news_article")
    article = make_article(title="Banjir", body=text("Banjir. Sabilulungan."), published_at=now)
    found = related.compute(article, limit=40)
    assert {made[0], made[5], made[37]} <= set(found)
    assert made[38] not in found


def test_articles_of_a_common_tag_are_not_searched(monkeypatch):
    monkeypatch.setattr(related, "RARE_TAG", 3)
    monkeypatch.setattr(related, "PER_CATEGORY", 0)
    for number in range(5):
        make_article(title=f"Ramai {number}", tags=["ramai"], body="<p>Lain.</p>")
    rare = make_article(title="Jarang", tags=["jarang"], body="<p>Beda.</p>")
    make_article(title="Tanpa tag", body="<p>Apa saja.</p>")
    article = make_article(title="Berita", tags=["ramai", "jarang"], body="<p>Kabar.</p>")
    assert related.compute(article) == [rare]
