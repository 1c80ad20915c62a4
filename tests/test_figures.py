"""What the newsroom sees of reads: the desk of each role, the statistics of an article, and Laporan."""

import csv
import io
import re
from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from comments.models import Comment, Office
from news.models import Article, DailyViews, District, FailedSearch, HourlyReaders
from news.pageviews import figures, most_read
from news.web import dates, plots
from tests.conftest import logged_in
from tests.make import in_the_city, make_article, make_category, make_comment, make_person

pytestmark = pytest.mark.django_db
REPORT = "/admin/laporan/"


def read(article, views, day=None, readers=None):
    DailyViews.objects.create(article=article, day=day or timezone.localdate(), views=views, readers=readers)


def statistics(article):
    return f"/admin/news/article/{article.pk}/statistik/"


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode()))


# ---- Figures and plots


def test_days_without_reads_are_zero_and_the_last_one_is_today():
    article, other = make_article(), make_article()
    today = timezone.localdate()
    read(article, 5, today - timedelta(days=2), readers=4)
    read(other, 7, today - timedelta(days=2))
    read(other, 1, today - timedelta(days=7))
    found = figures.days(7)
    assert [day.day for day in (found[0], found[-1])] == [today - timedelta(days=6), today]
    assert [day.reads for day in found] == [0, 0, 0, 0, 12, 0, 0]
    assert [day.readers for day in found] == [0, 0, 0, 0, 11, 0, 0]  # without a count each read was a reader
    assert sum(day.reads for day in figures.days(7, Article.objects.filter(pk=article.pk))) == 5


def test_readers_of_an_hour_are_added_up_over_articles():
    now = dates.midnight(timezone.localdate()) + timedelta(hours=9)
    for article in (make_article(), make_article()):
        HourlyReaders.objects.create(article=article, hour=now, buckets=(0b111).to_bytes(125))
    HourlyReaders.objects.create(article=article, hour=now - timedelta(days=1), buckets=(1).to_bytes(125))
    found = figures.readers_by_hour()
    assert (found[9], sum(found), len(found)) == (6, 6, 24)


def test_columns_are_as_high_as_their_values_and_marks_do_not_overlap():
    plot = plots.columns([(f"hari {number}", str(number), number) for number in range(30)])
    assert plot.columns[0].height == 0
    assert plot.columns[1].height < plot.columns[29].height <= plots.HEIGHT
    assert plot.columns[1].height > 0
    assert plot.columns[29].mark == "29"
    marked = [column.middle for column in plot.columns if column.mark]
    assert min(later - earlier for earlier, later in pairwise(marked)) > 25
    assert all(column.x >= 0 and column.x + column.width <= plots.WIDTH for column in plot.columns)


def test_places_in_a_plot_are_written_with_points_as_svg_wants(client):
    logged_in(client, "Redaktur")
    read(make_article(), 3)
    page = client.get("/admin/").content.decode()
    numbers = re.findall(r'<rect x="([^"]*)" y="([^"]*)" width="([^"]*)" height="([^"]*)"', page)
    assert len(numbers) == 24 + 7
    assert max(float(height) for *_, height in numbers) > 80
    assert re.search(r'<rect width="100.0" height="8"', client.get(REPORT).content.decode())


@pytest.mark.parametrize("values", [[], [("a", "a", 0)], [("a", "a", 0), ("b", "b", 0)]])
def test_nothing_is_drawn_of_nothing(values):
    plot = plots.columns(values)
    assert (plot.highest, plot.total) == (0, 0)
    assert all(column.height == 0 for column in plot.columns)


# ---- The desk


def test_an_editor_sees_what_is_read_and_what_is_not_found(client):
    logged_in(client, "Redaktur")
    article = make_article(title="Banyak <i>dibaca</i>")
    read(article, 1234, readers=1200)
    most_read.refresh()
    FailedSearch.objects.create(words="jadwal samsat keliling", times=4)
    FailedSearch.objects.create(words="pencarian lama", times=9, last_seen=timezone.now() - timedelta(days=8))
    answer = client.get("/admin/")
    text = text_of(answer)
    assert "7 hari terakhir 1.234 kali dibaca" in text
    assert "Banyak &lt;i&gt;dibaca&lt;/i&gt; 1.200 pembaca" in text
    assert "jadwal samsat keliling 4 kali" in text
    assert "pencarian lama" not in text
    page = answer.content.decode()
    assert statistics(article) in page
    assert f'href="{REPORT}"' in page
    assert page.count("Sebagai tabel") == 2


def test_a_writer_sees_the_own_articles_figures_only(client):
    writer = logged_in(client, "Penulis")
    read(make_article(title="Berita sendiri", created_by=writer), 21)
    read(make_article(title="Berita orang lain", created_by=make_person("Penulis")), 900)
    most_read.refresh()
    answer = client.get("/admin/")
    text = text_of(answer)
    assert "7 hari terakhir 21 kali dibaca" in text
    assert "Berita sendiri 21 kali" in text
    assert "Berita orang lain" not in text
    assert REPORT not in answer.content.decode()


def test_a_moderator_sees_the_nearest_deadline_and_no_reads(client):
    logged_in(client, "Moderator")
    article = make_article(title="Jalan rusak")
    make_comment(article, status=Comment.Status.WAITING, text="Kapan <b>diperbaiki</b>?")
    make_comment(article, text="Sudah terbit")
    page = client.get("/admin/").content.decode()
    assert "Kapan &lt;b&gt;diperbaiki" in page
    assert "di “Jalan rusak”, putuskan sebelum" in page
    assert "Sudah terbit" not in page
    assert "Dibaca" not in page


def test_an_office_sees_its_own_questions_only(client):
    officer = logged_in(client, "OPD")
    own, other = (Office.objects.create(name=name) for name in ("Dinas Kesehatan", "Dinas Pasar"))
    own.members.add(officer)
    article = make_article()
    for office, text in ((own, "Kapan puskesmas buka?"), (other, "Kapan pasar buka?")):
        make_comment(article, text=text, forwarded_to=office, forwarded_at=timezone.now())
    page = client.get("/admin/").content.decode()
    assert "Menunggu jawaban Dinas Kesehatan" in page
    assert "Kapan puskesmas buka?" in page
    assert "Kapan pasar buka?" not in page


@pytest.mark.parametrize("role", ["Penulis", "Redaktur", "Moderator", "OPD", "Administrator"])
def test_an_empty_portal_has_a_desk_for_everybody(client, role):
    logged_in(client, role)
    assert client.get("/admin/").status_code == 200


# ---- The statistics of an article


def test_the_statistics_of_an_article_name_its_places_on_the_front_page(client):
    logged_in(client, "Redaktur")
    category = make_category("Ekonomi")
    article = make_article(category=category, headline_until=timezone.now() + timedelta(hours=1), reads=50)
    read(article, 12, readers=10)
    most_read.refresh()
    text = text_of(client.get(statistics(article)))
    assert "Dibaca, 30 hari 12" in text
    assert "Pembaca, 30 hari 10" in text
    assert "Dibaca 50 kali seluruhnya" in text
    assert "Berita utama" in text
    assert "Terpopuler (hari ini), urutan 1" in text
    second = make_article(category=category, published_at=timezone.now() - timedelta(minutes=1))
    assert "Terbaru, urutan 1" in text_of(client.get(statistics(second)))
    for _ in range(12):
        make_article(category=category, published_at=timezone.now() - timedelta(seconds=1))
    assert "Halaman depan tidak menautkan berita ini." in text_of(client.get(statistics(second)))


def test_an_article_that_is_not_shown_says_so(client):
    logged_in(client, "Redaktur")
    text = text_of(client.get(statistics(make_article(status="draft", published_at=None))))
    assert "tidak sedang tampil" in text
    assert client.get("/admin/news/article/999/statistik/").status_code == 404


def test_writers_see_the_statistics_of_what_they_wrote(client):
    writer = logged_in(client, "Penulis")
    own, foreign = make_article(created_by=writer), make_article(created_by=make_person("Penulis"))
    assert client.get(statistics(own)).status_code == 200
    assert statistics(own) in client.get(f"/admin/news/article/{own.pk}/change/").content.decode()
    assert client.get(statistics(foreign)).status_code == 403
    assert statistics(foreign) not in client.get(f"/admin/news/article/{foreign.pk}/change/").content.decode()
    logged_in(client, "Moderator")
    assert client.get(statistics(own)).status_code == 403


# ---- Laporan


@pytest.fixture
def archive():
    district = District.objects.get_or_create(name="Karawaci", slug="karawaci")[0]
    economy = make_category("Ekonomi")
    old = make_article(published_at=in_the_city(2024, 10, 31, 23, 59), author="=Siti", category=economy)
    new = make_article(published_at=in_the_city(2024, 11, 1), author="Budi", district=district)
    make_article(published_at=in_the_city(2024, 11, 2), status="withdrawn", withdrawn_reason="x", author="Ditarik")
    read(old, 10, date(2024, 10, 31), readers=8)
    read(old, 4, date(2024, 11, 30))
    read(new, 6, date(2024, 11, 1), readers=5)
    read(new, 100, date(2024, 12, 1))
    return old, new


def lines(client, **query):
    answer = client.get(f"{REPORT}unduh/", query)
    text = answer.content.decode()
    assert text.startswith("\ufeff")
    return [
        row[:2] + [int(each) for each in row[2:]] for row in list(csv.reader(io.StringIO(text[1:]), delimiter=";"))[1:]
    ]


def test_a_month_counts_what_was_published_and_read_in_it(client, archive):
    logged_in(client, "Redaktur")
    assert lines(client, dari="november 2024") == [
        ["Bulan", "November 2024", 1, 10, 9],
        ["Kategori", "Layanan Publik", 1, 6, 5],
        ["Kategori", "Ekonomi", 0, 4, 4],
        ["Penulis", "Budi", 1, 6, 5],
        ["Penulis", "'=Siti", 0, 4, 4],
        ["Kecamatan", "Karawaci", 1, 6, 5],
        ["Kecamatan", "Tanpa kecamatan", 0, 4, 4],
        ["Jumlah", "Jumat, 1 November 2024 sampai Sabtu, 30 November 2024", 1, 10, 9],
    ]


def test_two_dates_are_a_period_of_all_days_between(client, archive):
    logged_in(client, "Administrator")
    months = [row[1:] for row in lines(client, dari="31/10/2024", sampai="1 des 2024") if row[0] == "Bulan"]
    assert months == [["Oktober 2024", 1, 10, 8], ["November 2024", 1, 10, 9], ["Desember 2024", 0, 100, 100]]
    page = client.get(REPORT, {"dari": "2024"}).content.decode()
    assert "Berita terbit tiap bulan" in page
    assert "Karawaci" in page
    assert "2 berita terbit, dibaca 120 kali" in text_of(client.get(REPORT, {"dari": "2024"}))


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"dari": "kapan-kapan"}, "Tanggal ini tidak dikenali. Contoh: 13 november 2024"),
        ({"dari": "31 februari 2024"}, "Tanggal ini tidak dikenali."),
        ({"sampai": "2024"}, "Isi juga tanggal awalnya."),
        ({"dari": "2024", "sampai": "2023"}, "Tanggal ini lebih awal daripada tanggal awal."),
        ({"dari": "2024\x00"}, "null"),
        ({"dari": "x" * 200}, "80"),
    ],
)
@pytest.mark.parametrize("address", [REPORT, f"{REPORT}unduh/"])
def test_a_period_that_cannot_be_understood_is_told_at_its_field(client, query, sentence, address):
    logged_in(client, "Redaktur")
    answer = client.get(address, query)
    assert answer.status_code == 400
    page = answer.content.decode()
    assert sentence in page
    typed = query.get("dari", "")
    assert "\x00" in typed or f'value="{typed}"' in page or not typed


def test_a_period_without_anything_says_so(client):
    logged_in(client, "Redaktur")
    assert "Pada kurun ini tidak ada berita yang terbit" in text_of(client.get(REPORT, {"dari": "2001"}))
    assert client.get(REPORT).status_code == 200


def test_many_writers_are_added_up_on_the_page_and_listed_in_the_file(client):
    logged_in(client, "Redaktur")
    for number in range(53):
        read(make_article(author=f"Penulis {number:02}"), number, readers=number)
    page = text_of(client.get(REPORT))
    assert "Penulis 03 1 3 3" in page
    assert "Penulis 02" not in page
    assert "3 penulis lain 3 3 3" in page  # 0, 1 and 2 reads
    assert len([row for row in lines(client) if row[0] == "Penulis"]) == 53
    make_article(author="Penulis 52")
    assert "3 penulis lain 3 3 3" in text_of(client.get(REPORT))


@pytest.mark.parametrize("role", ["Penulis", "Moderator", "OPD"])
def test_others_see_no_report(client, role):
    logged_in(client, role)
    assert client.get(REPORT).status_code == 403
    assert client.get(f"{REPORT}unduh/").status_code == 403
    client.logout()
    assert client.get(REPORT).status_code == 302
    assert User.objects.exists()
