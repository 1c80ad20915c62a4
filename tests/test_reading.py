"""The pages of the news that readers see."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import BadRequest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from news import forms
from news.models import Article
from news.web import dates, paging
from tests.make import OFFSET, in_the_city, make_article, make_category, make_comment, rewrite

pytestmark = pytest.mark.django_db
TEATIME = in_the_city(2024, 11, 13, 16, 21)


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


def test_article_shows_the_date_line_of_the_old_portal(client):
    article = make_article(published_at=TEATIME, reads=56)
    response = client.get(article.get_absolute_url())
    assert f"Rabu, 13 November 2024 16:21 {settings.ZONE_LABEL} | Dibaca : 56" in text_of(response)


def test_date_line_is_plain_text_with_one_time_element(client):
    response = client.get(make_article(published_at=TEATIME, reads=56).get_absolute_url())
    line = re.search(r'<p class="dateline[^"]*">(.*?)</p>', response.content.decode())[1]
    assert re.findall(r"<[^>]+>", line) == [f'<time datetime="2024-11-13T16:21:00{OFFSET}">', "</time>"]


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 2, 1), "Minggu, 1 Februari 2026"),
        (date(2025, 8, 15), "Jumat, 15 Agustus 2025"),
        (date(2024, 2, 29), "Kamis, 29 Februari 2024"),
        (date(2026, 5, 4), "Senin, 4 Mei 2026"),
    ],
)
def test_dates_are_written_in_indonesian(day, words):
    assert dates.date(day) == words


def test_date_is_in_the_citys_time_zone():
    moment = in_the_city(2025, 1, 1, 1, 30).astimezone(UTC)
    assert moment.year == 2024
    assert dates.date_and_time(moment) == f"Rabu, 1 Januari 2025 01:30 {settings.ZONE_LABEL}"


def test_unknown_time_of_day_is_not_shown(client):
    article = make_article(published_at=TEATIME, time_known=False, reads=3)
    assert "Rabu, 13 November 2024 | Dibaca : 3" in text_of(client.get(article.get_absolute_url()))


def test_article_shows_title_body_tags_related_and_comments(client):
    article = make_article(title="Jalan Daan Mogot diperbaiki", body="<p>Isi berita.</p>", tags=["jalan raya"])
    page = client.get(article.get_absolute_url()).content.decode()
    assert re.search(r"<h1[^>]*>Jalan Daan Mogot diperbaiki</h1>", page)
    assert "<p>Isi berita.</p>" in page
    assert '<a href="/tag/jalan-raya" rel="tag">jalan raya</a>' in page
    assert "Artikel Terkait" in page
    assert "Komentar" in page


def test_title_is_never_html(client):
    article = make_article(title="<script>alert(1)</script> & warga")
    for url in (article.get_absolute_url(), "/", "/berita", "/cari?q=warga", "/feed", "/feed/atom"):
        assert b"<script>alert" not in client.get(url).content


@pytest.mark.parametrize("slug", ["", "/", "/judul-lama", "/judul-lama/"])
def test_the_number_identifies_an_article_and_any_other_slug_redirects_permanently(client, slug):
    article = make_article()
    response = client.get(f"/berita/detail/{article.pk}{slug}")
    assert (response.status_code, response.url) == (301, article.get_absolute_url())


def test_canonical_address_has_the_old_portals_format():
    article = make_article(title="Pelayanan KTP Digital, Kini Lebih Cepat!")
    assert article.get_absolute_url() == f"/berita/detail/{article.pk}/pelayanan-ktp-digital-kini-lebih-cepat"


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Bantuan Rp1,5 juta/keluarga", "bantuan-rp1-5-juta-keluarga"),
        ("4.334 warga terima Rp1.250.000", "4334-warga-terima-rp1250000"),
        ("Jalur Batuceper–Benda dibuka…lagi", "jalur-batuceper-benda-dibuka-lagi"),
        ("Łódź, Ørsted & Jum’at", "lodz-orsted-jumat"),
        ("Mus\u00adrenbang e\u2011KTP ʙᴀɴᴊɪʀ", "musrenbang-e-ktp-banjir"),
        ("Guru S.Pd. di D.P.R.D.", "guru-spd-di-dprd"),
        ("<b>Judul</b>", "b-judul-b"),
    ],
)
def test_slug_has_the_words_of_the_title(title, slug):
    assert make_article(title=title).slug == slug


@pytest.mark.parametrize("title", ["🎉🎉", "أخبار المدينة", "!!!"])
def test_slug_is_never_empty(title):
    assert make_article(title=title).slug == "berita"


def test_short_address_redirects(client):
    article = make_article()
    response = client.get(f"/b/{article.pk}")
    assert (response.status_code, response.url) == (301, article.get_absolute_url())


def test_address_with_a_trailing_slash_redirects(client):
    make_article(tags=["banjir"])
    response = client.get("/tag/banjir/")
    assert (response.status_code, response.url) == (301, "/tag/banjir")


@pytest.mark.parametrize("status", [Article.Status.DRAFT, Article.Status.REVIEW])
def test_unpublished_article_is_absent_everywhere(client, status):
    article = make_article(title="Rahasia kebijakan", status=status, tags=["rahasia"])
    assert client.get(f"/berita/detail/{article.pk}").status_code == 404
    assert client.get(f"/b/{article.pk}").status_code == 404
    for url in (
        *LISTS,
        "/tag/rahasia",
        "/cari?q=rahasia",
        "/feed",
        "/feed/atom",
        "/sitemap-0.xml",
        "/sitemap-news.xml",
    ):
        assert b"Rahasia kebijakan" not in client.get(url).getvalue()


LISTS = ["/", "/berita", "/kategori/layanan-publik", "/populer"]


def test_scheduled_article_is_absent_until_its_time(client):
    article = make_article(title="Esok hari", published_at=timezone.now() + timedelta(hours=1))
    for url in (*LISTS, "/feed", "/cari?q=esok"):
        assert b"Esok hari" not in client.get(url).content
    assert client.get(f"/berita/detail/{article.pk}").status_code == 404
    Article.objects.filter(pk=article.pk).update(published_at=timezone.now() - timedelta(seconds=1))
    cache.clear()  # drops the cached page
    assert b"Esok hari" in client.get("/berita").content


def test_withdrawn_article_keeps_a_page_that_says_why(client):
    article = make_article(title="Jadwal yang keliru")
    article.withdraw("Tanggalnya salah.")
    response = client.get(article.get_absolute_url())
    assert response.status_code == 410
    assert "Tanggalnya salah." in response.content.decode()
    assert "Jadwal yang keliru" not in client.get("/berita").content.decode()
    assert "public" in response["Cache-Control"]  # else nginx would serve the article while the database is down


def test_home_shows_headline_newest_and_categories(client):
    health = make_category("Kesehatan")
    old = make_article(title="Vaksinasi anak", category=health, published_at=timezone.now() - timedelta(days=3))
    newest = make_article(title="Berita paling baru", published_at=timezone.now() - timedelta(minutes=1))
    page = client.get("/").content.decode()
    assert page.index(newest.title) < page.index(old.title)
    assert '<a href="/kategori/kesehatan">Kesehatan</a>' in page


@pytest.mark.parametrize("url", ["/", "/berita", "/populer", "/arsip", "/cari", "/cari?q=banjir", "/feed"])
def test_empty_portal_answers_kindly(client, url):
    assert client.get(url).status_code == 200


def test_month_archive_follows_the_citys_time_zone(client):
    first = make_article(title="Tengah malam tahun baru", published_at=in_the_city(2024, 1, 1))
    last = make_article(title="Akhir Januari", published_at=in_the_city(2024, 1, 31, 23, 59))
    page = client.get("/arsip/2024/1").content.decode()
    assert first.title in page
    assert last.title in page
    assert client.get("/arsip/2023/12").status_code == 404


@pytest.mark.parametrize("url", ["/arsip/2024/13", "/arsip/2024/0", "/arsip/0000/1", "/arsip/abcd/1"])
def test_months_that_do_not_exist_are_not_found(client, url):
    assert client.get(url).status_code == 404


def test_archive_ends_where_the_articles_end(client):
    """Otherwise robots would follow "Bulan sebelumnya" for ever."""
    make_article(published_at=datetime(2023, 12, 10, tzinfo=UTC))
    make_article(published_at=datetime(2024, 2, 10, tzinfo=UTC))
    assert "/arsip/2023/11" not in client.get("/arsip/2023/12").content.decode()
    empty = client.get("/arsip/2024/1").content.decode()
    assert "/arsip/2023/12" in empty
    assert "/arsip/2024/2" in empty
    for url in ("/arsip/2023/11", "/arsip/2024/3", "/arsip/9999/12", "/arsip/0001/1"):
        assert client.get(url).status_code == 404


def walk(client, url):
    """The titles of all pages of a list, following its links."""
    titles = []
    while url:
        page = client.get(url).content.decode()
        titles += re.findall(r"<h[23]><a [^>]+>(Nomor \d+)</a>", page)
        after = re.search(r'rel="next" href="([^"]+)"', page)
        url = after and url.partition("?")[0] + after[1]
    return titles


def test_paging_neither_repeats_nor_skips_articles_with_equal_times(client):
    moment = timezone.now() - timedelta(days=1)
    for number in range(45):
        make_article(title=f"Nomor {number}", published_at=moment, tags=["sama"])
    for url in ("/berita", "/tag/sama", "/kategori/layanan-publik"):
        assert walk(client, url) == [f"Nomor {number}" for number in reversed(range(45))]


def test_new_article_does_not_shift_the_next_page(client):
    for number in range(25):
        make_article(title=f"Nomor {number}")
    older = paging.page(Article.objects.published(), "").next_cursor
    before = client.get("/berita", {"sebelum": older}).content
    make_article(title="Baru saja")
    assert client.get("/berita", {"sebelum": older, "x": 1}).content == before


@pytest.mark.parametrize(
    "cursor", ["x", "~", "2024-01-01~1", "2024-13-01T00:00:00Z~1", "2024-01-01T00:00:00Z~" + "9" * 30, "%00", "\x00"]
)
@pytest.mark.parametrize("url", ["/berita", "/kategori/layanan-publik", "/arsip/2024/1"])
def test_broken_cursor_is_a_bad_request_in_indonesian(client, url, cursor):
    make_article(published_at=datetime(2024, 1, 10, tzinfo=UTC))
    response = client.get(url, {"sebelum": cursor})
    assert response.status_code == 400
    assert "Permintaan tidak dapat dibaca" in response.content.decode()


@pytest.mark.parametrize(
    ("query", "name"),
    [({"sebelum": "\x00"}, "sebelum"), ({"kecamatan": "a b"}, "kecamatan"), ({"sebelum": "x" * 61}, "sebelum")],
)
def test_the_error_names_the_parameter_of_a_list_that_is_invalid(query, name):
    with pytest.raises(BadRequest, match=f"^{name}$"):
        forms.list_query(RequestFactory().get("/berita", query))


def test_a_month_reaches_from_midnight_to_midnight_in_the_citys_time_zone():
    first, after = in_the_city(2024, 12, 1), in_the_city(2025, 1, 1)
    assert dates.midnight(date(2024, 12, 1)) == first
    assert dates.month_span(date(2024, 12, 31)) == dates.month_span(date(2024, 12, 1)) == (first, after)


@pytest.mark.parametrize(
    ("day", "before", "start", "after"),
    [
        (date(2024, 1, 1), date(2023, 12, 1), date(2024, 1, 1), date(2024, 2, 1)),
        (date(2024, 3, 31), date(2024, 2, 1), date(2024, 3, 1), date(2024, 4, 1)),
        (date(2024, 12, 31), date(2024, 11, 1), date(2024, 12, 1), date(2025, 1, 1)),
    ],
)
def test_months_follow_each_other_across_the_turn_of_the_year(day, before, start, after):
    assert (dates.previous_month(day), dates.month_start(day), dates.next_month(day)) == (before, start, after)


def test_an_article_page_makes_as_many_queries_with_many_comments_and_tags(client):
    def queries(article):
        client.get("/berita")  # caches navigation and sidebar
        with CaptureQueriesContext(connection) as seen:
            assert client.get(article.get_absolute_url()).status_code == 200
        return len(seen)

    lonely = make_article(tags=["a"])
    busy = make_article(tags=[f"tag {number}" for number in range(30)])
    for _ in range(30):
        make_comment(busy)
    assert queries(busy) == queries(lonely) <= 6


@pytest.mark.slow
def test_lists_cost_the_same_queries_with_one_row_and_with_thirty(client):
    def queries():
        costs = []
        for url in ("/", "/berita", "/kategori/layanan-publik", "/tag/sama", "/populer", "/cari?q=puskesmas", "/feed"):
            cache.clear()
            with CaptureQueriesContext(connection) as seen:
                assert client.get(url).status_code == 200
            costs.append(len(seen))
        return costs

    make_article(tags=["sama"])
    one = queries()
    for _ in range(29):
        make_article(tags=["sama"])
    assert all(many <= few for many, few in zip(queries(), one, strict=True))


def test_public_pages_set_no_cookie_and_can_be_cached(client):
    article = make_article(tags=["banjir"])
    for url in (
        article.get_absolute_url(),
        *LISTS,
        "/tag/banjir",
        "/cari?q=banjir",
        "/feed",
        "/sitemap.xml",
        "/tidak-ada",
    ):
        response = client.get(url)
        assert not response.cookies, url
        assert "Cookie" not in response.get("Vary", ""), url
        assert response["Cache-Control"].startswith("public, max-age=1"), url


def test_pages_contain_no_csrf_token(client):
    article = make_article()
    assert b"csrfmiddlewaretoken" not in client.get(article.get_absolute_url()).content


def test_revalidation_answers_304(client):
    article = make_article()
    first = client.get(article.get_absolute_url())
    again = client.get(article.get_absolute_url(), headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304


def test_wrong_method_is_405(client):
    assert client.post("/berita").status_code == 405
    assert client.delete(make_article().get_absolute_url()).status_code == 405


def test_not_found_page_is_indonesian_and_offers_a_search(client):
    response = client.get("/halaman-yang-tidak-ada")
    assert response.status_code == 404
    assert "Halaman tidak ditemukan" in response.content.decode()
    assert 'action="/cari"' in response.content.decode()


@pytest.mark.parametrize(
    "url",
    [
        "/berita/detail/999999",
        "/berita/detail/" + "9" * 40,
        "/berita/detail/-1",
        "/b/0",
        "/b/" + "9" * 18,
        "/tag/tak-ada",
        "/kategori/%F0%9F%98%80",
        "/media/",
        "/sitemap-99.xml",
        "/berita/%2e%2e/x",
    ],
)
def test_unknown_addresses_are_not_found(client, url):
    assert client.get(url).status_code == 404


def test_media_stay_in_their_folder(client):
    assert client.get("/media/../secret_key").status_code == 404


@pytest.mark.parametrize("url", ["/berita/%00", "/tag/a%00b", "/cari%00"])
def test_nul_bytes_in_the_address_are_a_bad_request(client, url):
    assert client.get(url).status_code == 400


@pytest.mark.parametrize("url", ["//evil.example//", "//evil.example/%2f/", "/tag//"])
def test_no_address_redirects_to_another_site(client, url):
    response = client.get(url)
    assert response.status_code == 404 or response["Location"] == "/"


def test_headline_without_a_known_time_shows_none(client):
    make_article(published_at=TEATIME, time_known=False)
    assert "16:21" not in client.get("/").content.decode()


def test_description_never_shows_half_a_tag(client):
    links = '<a href="https://contoh.go.id/{}">a</a> '.format("x" * 300) * 10
    page = client.get(make_article(body=f"<p>{links}</p>").get_absolute_url()).content.decode()
    assert "https://contoh.go.id" not in re.search(r'<meta name="description" content="([^"]*)"', page)[1]


def test_a_page_is_cached_once_for_all_tracking_parameters(client):
    article = make_article(title="Satu halaman")
    first = client.get(article.get_absolute_url(), {"fbclid": "1"})
    rewrite(article, title="Sesudah itu")
    assert client.get(article.get_absolute_url(), {"fbclid": "2"}).content == first.content


def test_home_and_navigation_show_the_first_categories_and_a_page_shows_all(client):
    for number in range(20):
        make_article(category=make_category(f"Kategori {number:02}"))
    page = client.get("/").content.decode()
    assert "Kategori 07" in page
    assert "Kategori 08</a></h2>" not in page
    assert "Kategori 19" in client.get("/kategori").content.decode()


def test_a_tag_is_paged_from_its_newest_article_to_its_oldest(client):
    moment = timezone.now() - timedelta(days=1)
    for number in range(45):
        make_article(title=f"Nomor {number}", published_at=moment - timedelta(hours=number // 3), tags=["sama"])
    assert sorted(walk(client, "/tag/sama")) == sorted(f"Nomor {number}" for number in range(45))
    assert walk(client, "/tag/sama")[:3] == ["Nomor 2", "Nomor 1", "Nomor 0"]
    assert client.get("/tag/sama/feed").content.decode().count("<item>") == 30
