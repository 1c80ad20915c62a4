"""Open data: all published articles as CSV and JSON, streamed in bounded memory to a limited number of clients."""

import csv
import gc
import io
import json
from datetime import datetime, timedelta
from functools import partial

import pytest
from django.conf import settings
from django.core.signals import request_finished
from django.db import close_old_connections, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.http import http_date

from news import open_data
from news.models import Article, DailyViews, District, Photo
from news.web import dates, streaming
from tests.make import OFFSET, in_the_city, make_article

pytestmark = pytest.mark.django_db
FILES = ["/data/berita.csv", "/data/berita.json"]


@pytest.fixture(autouse=True)
def free_download_slots():
    """A response that an earlier test did not read holds its slot until it is collected, which takes half a second."""
    free = [open_data._download_slots.acquire(blocking=False) for _ in range(open_data.AT_ONCE)]
    for _ in filter(None, free):
        open_data._download_slots.release()
    if not all(free):
        gc.collect()


def rows_of_csv(client) -> list[dict]:
    text = client.get("/data/berita.csv").getvalue().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def rows_of_json(client) -> list[dict]:
    return json.loads(client.get("/data/berita.json").getvalue())["berita"]


def abort_download(response):
    """Closes a response as the server does when a client disconnects; keeps the test's database connection open."""
    request_finished.disconnect(close_old_connections)
    response.close()
    request_finished.connect(close_old_connections)


def read(article, day, views):
    DailyViews.objects.create(article=article, day=day, views=views)


def test_both_files_have_the_same_data_about_an_article(client):
    photo = Photo.objects.create(name="foto/2026/11/0123456789abcdef", width=900, height=600, decorative=True)
    article = make_article(
        title='Judul, "kutip"',
        summary="Ringkasan.",
        author="Siti Aminah",
        reporter="Budi",
        editor="Rahma",
        source="Antara",
        source_url="https://contoh.id/1",
        photo=photo,
        district=District.objects.create(name="Karawaci", slug="karawaci"),
        tags=["sungai", "banjir"],
        reads=40,
        published_at=in_the_city(2024, 11, 13, 16, 21),
    )
    read(article, "2024-11-13", 50)
    read(article, "2024-11-30", 6)
    read(article, "2024-12-01", 3)
    (row,) = rows_of_json(client)
    assert row == {
        "id": article.pk,
        "judul": 'Judul, "kutip"',
        "ringkasan": "Ringkasan.",
        "alamat": settings.SITE_URL + article.get_absolute_url(),
        "terbit": f"2024-11-13T16:21:00{OFFSET}",
        "diubah": dates.iso(article.published_at),
        "kategori": "Layanan Publik",
        "tag": ["banjir", "sungai"],
        "kecamatan": "Karawaci",
        "penulis": "Siti Aminah",
        "peliput": "Budi",
        "editor": "Rahma",
        "sumber": "Antara",
        "alamat_asal": "https://contoh.id/1",
        "foto": settings.SITE_URL + photo.largest_url,
        "dibaca": 40,
        "dibaca_per_bulan": {"2024-11": 56, "2024-12": 3},
    }
    assert rows_of_csv(client) == [
        {name: str(value) for name, value in row.items()}
        | {"tag": "banjir; sungai", "dibaca_per_bulan": "2024-11:56 2024-12:3", "lisensi": settings.DATA_LICENCE[0]}
    ]


def test_fields_are_those_that_the_page_explains(client):
    make_article()
    page = client.get("/data").content.decode()
    assert list(rows_of_csv(client)[0]) == list(open_data.FIELDS)
    assert [*rows_of_json(client)[0], "lisensi"] == list(open_data.FIELDS)
    assert all(f'<th scope="row">{name}</th>' in page for name in open_data.FIELDS)


def test_unknown_values_are_empty(client):
    make_article(time_known=False, published_at=datetime(2012, 3, 4, tzinfo=dates.ZONE))
    (row,) = rows_of_csv(client)
    assert row["terbit"] == "2012-03-04"
    assert (row["kecamatan"], row["foto"], row["tag"], row["dibaca_per_bulan"]) == ("", "", "", "")
    assert row["dibaca"] == "0"


def test_only_published_articles_are_included(client):
    make_article(title="Tampil")
    make_article(title="Draf", status=Article.Status.DRAFT)
    make_article(title="Nanti", published_at=timezone.now() + timedelta(hours=1))
    make_article(title="Ditarik").withdraw("Keliru.")
    for rows in (rows_of_csv(client), rows_of_json(client)):
        assert [row["judul"] for row in rows] == ["Tampil"]


@pytest.mark.parametrize(
    ("licence", "explained"),
    [("CC BY 4.0", True), ("CC BY", True), ("CC BY-NC 4.0", False), ("CC BY-ND", False), ("CC0", False)],
)
def test_only_a_licence_that_asks_for_no_more_than_the_source_is_explained(client, monkeypatch, licence, explained):
    monkeypatch.setattr(open_data, "_NAME", licence)
    assert ("juga untuk tujuan komersial" in client.get("/data").content.decode()) == explained


def test_the_licence_is_stated_in_the_files_in_headers_and_on_the_page(client):
    name, address = settings.DATA_LICENCE
    about = json.loads(client.get("/data/berita.json").getvalue())
    assert about["lisensi"] == {"nama": name, "alamat": address}
    for path in FILES:
        answer = client.get(path)
        assert answer["Link"] == f'<{address}>; rel="license"'
        abort_download(answer)
    page = client.get("/data").content.decode()
    assert f'<a href="{address}" rel="license">{name}</a>' in page
    assert '"@type":"Dataset"' in page


def test_an_empty_portal_has_empty_files(client):
    assert rows_of_csv(client) == rows_of_json(client) == []


@pytest.mark.parametrize("title", ['=HYPERLINK("http://jahat.id")', "+62 21", "-1 derajat", "@wali", "=1+1 banjir"])
def test_no_title_becomes_a_formula(client, title):
    make_article(title=title, author=title, summary=title, tags=[title])
    (row,) = rows_of_csv(client)
    assert row["judul"] == row["penulis"] == row["ringkasan"] == row["tag"] == f"'{title}"
    assert rows_of_json(client)[0]["judul"] == title


def test_csv_follows_rfc_4180_and_has_a_byte_order_mark_for_excel(client):
    make_article(title="Café “baru”", body="<p>Isi.</p>", summary="Satu, dua")
    raw = client.get("/data/berita.csv").getvalue()
    assert raw.startswith(b"\xef\xbb\xbfid,judul,")
    assert raw.count(b"\r\n") == raw.count(b"\n") == 2
    assert "Café “baru”" in raw.decode()


def test_reads_of_today_are_included_tomorrow(client):
    article = make_article()
    today = timezone.localdate()
    read(article, today, 7)
    read(article, today - timedelta(days=40), 5)
    assert rows_of_json(client)[0]["dibaca_per_bulan"] == {f"{today - timedelta(days=40):%Y-%m}": 5}


@pytest.mark.parametrize("make_chunks", [partial(open_data._csv_chunks, ","), open_data._json_chunks])
def test_a_file_is_streamed_with_three_queries_per_batch(monkeypatch, make_chunks):
    for number in range(9):
        read(make_article(tags=["banjir", f"tag {number}"], reads=1), "2026-01-02", number + 1)
    monkeypatch.setattr(streaming.by_id, "__kwdefaults__", {"size": 3})
    chunks = make_chunks()
    next(chunks)
    for _ in range(3):
        with CaptureQueriesContext(connection) as queries:
            assert next(chunks).count("tag ") == 3
        assert len(queries) == 3
    with CaptureQueriesContext(connection) as queries:
        list(chunks)
    assert len(queries) == 1


@pytest.mark.parametrize("path", FILES)
def test_a_client_that_has_the_file_gets_304_until_an_article_changes(client, path):
    article = make_article()
    later = timezone.now().replace(microsecond=0) + timedelta(seconds=-5)
    hour = timezone.localtime().replace(minute=0, second=0, microsecond=0)
    Article.objects.update(published_at=later - timedelta(days=9), updated_at=later)
    first = client.get(path)
    abort_download(first)
    abort_download(first)
    assert first["Last-Modified"] == http_date(max(later, hour).timestamp())
    conditions = {"if-none-match": first["ETag"]}, {"if-modified-since": first["Last-Modified"]}
    for condition in conditions:
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(path, headers=condition)
        assert answer.status_code == 304
        assert (answer["ETag"], answer["Cache-Control"]) == (first["ETag"], first["Cache-Control"])
        assert not any("LIMIT 1000" in query["sql"] for query in queries)
    article.refresh_from_db()
    article.withdraw("Keliru.")
    for condition in conditions:
        answer = client.get(path, headers=condition)
        assert answer.status_code == 200
        abort_download(answer)


@pytest.mark.parametrize("path", FILES)
def test_simultaneous_downloads_are_limited_and_each_frees_its_place_at_the_end(client, path):
    make_article()
    slow = [client.get(path) for _ in range(open_data.AT_ONCE)]
    refused = client.get(path)
    assert refused.status_code == 503
    assert (refused["Retry-After"], refused["Cache-Control"]) == ("60", "no-store")
    assert "coba lagi" in refused.content.decode()
    assert client.head(path).status_code == 200  # HEAD takes no place
    abort_download(slow[0])  # before the first line
    for _ in range(2):
        answer = client.get(path)
        assert answer.status_code == 200
        assert b"Puskesmas" in answer.getvalue()
    for answer in slow[1:]:
        abort_download(answer)


def test_a_page_links_to_the_files(client):
    page = client.get("/data").content.decode()
    assert all(f'href="{path}"' in page for path in FILES)
    assert 'href="/data"' in client.get("/").content.decode()


def test_a_head_request_returns_no_file(client):
    make_article()
    with CaptureQueriesContext(connection) as queries:
        answer = client.head("/data/berita.csv")
        assert answer.getvalue() == b""
    assert answer["Content-Disposition"] == 'attachment; filename="berita.csv"'
    assert len(queries) < 5


def test_excel_with_indonesian_settings_gets_semicolons(client):
    make_article(title='Judul; "kutip", dan koma', tags=["banjir", "sungai"])
    text = client.get("/data/berita.csv?pemisah=titik-koma").getvalue().decode("utf-8-sig")
    assert text.startswith("id;judul;ringkasan;")
    (row,) = csv.DictReader(io.StringIO(text, newline=""), delimiter=";", strict=True)
    assert [row] == rows_of_csv(client)
    assert client.get("/data/berita.csv?pemisah=koma").getvalue().startswith(b"\xef\xbb\xbfid,judul,")


@pytest.mark.parametrize("separator", ["titik", ";", "%00"])
def test_another_separator_is_a_bad_request(client, separator):
    assert client.get(f"/data/berita.csv?pemisah={separator}").status_code == 400


def test_the_page_offers_the_file_for_excel(client):
    assert 'href="/data/berita.csv?pemisah=titik-koma"' in client.get("/data").content.decode()
