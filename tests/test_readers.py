"""Readers: Terpopuler counts them without knowing them, so that no loop of requests can buy a place."""

import os
import random
import re
import shutil
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.db import connection
from django.http import HttpResponse
from django.utils import timezone

from news import office_texts
from news.models import ArticleViews, DailyViews, HourlyReaders, MostRead
from news.pageviews import drain, journal, most_read, readers, salt
from news.pageviews.agents import is_program
from tests.journals import PHONE, days, in_threads, lines_in, listed, make_line, write
from tests.make import make_article

NOON = datetime(2024, 11, 13, 5, tzinfo=UTC)
SALT = "0123456789abcdef0123456789abcdef"
# Fixed, so that the buckets they fall into are no lottery
IPV4 = [f"203.0.{number // 200}.{number % 200 + 1}" for number in range(8000)]
IPV6 = [f"2001:db8:{number:x}::7" for number in range(500)]


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.PAGEVIEWS_DIR = tmp_path / "pageviews"
    return settings.PAGEVIEWS_DIR


@pytest.fixture
def noon(folder, monkeypatch):
    """The journal's clock stands at noon, and its salt is known."""
    folder.mkdir()
    (folder / salt.FILE).write_text(salt._TEXT % SALT)
    monkeypatch.setattr(journal, "_journal", journal._Journal())
    monkeypatch.setattr("news.pageviews.journal.time.time", lambda: NOON.timestamp() + 60)


def old_article(**fields):
    return make_article(published_at=NOON - timedelta(days=1), **fields)


def read(rf, article, sender, *, agent=PHONE):
    journalled = journal.JournalMiddleware(lambda request: HttpResponse(headers={"X-Pageview": str(article.pk)}))
    journalled(rf.get("/", REMOTE_ADDR=sender, headers={"user-agent": agent}))


def readers_of(article) -> int | None:
    return DailyViews.objects.values_list("readers", flat=True).get(article_id=article.pk)


def test_the_estimate_is_the_number_of_buckets_at_first_and_7000_when_all_are_hit():
    assert [readers.estimate(hit) for hit in (0, 1, 2, 10)] == [0, 1, 2, 10]
    assert [readers.estimate(hit) for hit in (393, 632, 999, 1000)] == [499, 1000, 6908, 7000]


@pytest.mark.django_db
def test_ten_thousand_reads_by_one_address_with_many_agents_are_one_reader(noon, rf):
    article = old_article(pk=1_000_007)
    for number in range(10_000):
        read(rf, article, "203.0.113.7", agent=f"Mozilla/5.0 (X11; Linux x86_64; rv:{number}.0) Gecko/20100101")
    assert drain() == 10_000
    assert readers_of(article) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("addresses", [IPV4[:500], IPV6], ids=["IPv4", "IPv6"])
def test_five_hundred_addresses_are_five_hundred_readers_within_ten_percent(noon, rf, addresses):
    article = old_article(pk=1_000_007)
    for _ in range(3):
        for address in addresses:
            read(rf, article, address)
        drain()
    assert days(article) == {timezone.localdate(NOON): 1500}
    assert 450 <= readers_of(article) <= 550


@pytest.mark.django_db
def test_a_network_of_ipv6_is_one_reader_however_many_addresses_it_has(noon, rf):
    article = old_article()
    for number in range(50):
        read(rf, article, f"2001:db8:5::{number:x}")
    drain()
    assert readers_of(article) == 1


@pytest.mark.django_db
def test_when_every_bucket_is_hit_there_are_seven_thousand_readers(folder):
    article = old_article()
    write(folder, *[make_line(article, moment=NOON, bucket=number) for number in range(1000)])
    drain()
    assert readers_of(article) == 7000
    write(folder, *[make_line(article, moment=NOON, bucket=number) for number in range(1000)])
    drain()
    assert readers_of(article) == 7000
    assert len(HourlyReaders.objects.get().buckets) == 125


@pytest.mark.parametrize("seed", range(3))
def test_five_hundred_readers_are_estimated_within_ten_percent_whoever_they_are(seed):
    numbers = random.Random(seed)
    for _ in range(100):
        networks = [f"198.51.{numbers.randrange(2**16)}.{number}" for number in range(500)]
        hit = {readers.bucket(network, "7", seed, SALT) for network in networks}
        assert 450 <= readers.estimate(len(hit)) <= 550


@pytest.mark.django_db
def test_the_buckets_of_nginx_have_three_digits_and_are_the_same(folder):
    article = old_article()
    write(folder, *[make_line(article, moment=NOON, bucket=bucket) for bucket in (7, "007", "070", 70, "700")])
    assert drain() == 5
    assert readers_of(article) == 3


def test_buckets_of_two_articles_two_hours_and_two_days_have_nothing_in_common():
    one = [readers.bucket(network, "7", 1, SALT) for network in IPV4]
    for others in (("8", 1, SALT), ("7", 2, SALT), ("7", 1, SALT[::-1])):
        same = sum(a == readers.bucket(network, *others) for a, network in zip(one, IPV4, strict=True))
        assert same < 30  # of 8,000; by chance 8
    assert max(Counter(one).values()) < 25


@pytest.mark.django_db
def test_a_reader_counts_once_an_hour_in_any_order_of_lines_and_journals(folder):
    article = old_article()
    for name, hours in (("a.log", (0, 1)), ("b.log", (1, 0)), ("c.log", (0, 0, 1))):
        write(folder, *[make_line(article, moment=NOON + timedelta(hours=each)) for each in hours], name=name)
        drain()
    assert sum(days(article).values()) == 7
    assert readers_of(article) == 2


@pytest.mark.django_db
def test_an_hour_belongs_to_the_day_in_the_citys_time_zone(folder):
    article = old_article()
    midnight = timezone.localtime(NOON).replace(hour=0)
    write(folder, *[make_line(article, moment=midnight + timedelta(seconds=each)) for each in (-1, 0, 1)])
    drain()
    assert list(DailyViews.objects.order_by("day").values_list("views", "readers")) == [(1, 1), (2, 1)]


# ---- Lines without a bucket, and days without readers


@pytest.mark.django_db
def test_lines_of_the_first_releases_are_reads_without_a_reader_also_among_new_ones(folder):
    article = make_article()
    old, new = make_line(article, bucket=None), make_line(article)
    write(folder, old, new, old, new, make_line(article, bucket="-"), make_line(article, bucket=8))
    assert drain() == 6
    assert readers_of(article) == 2
    write(folder, old, old, name="nginx-old.log")
    assert drain() == 2
    assert readers_of(article) == 2


@pytest.mark.django_db
def test_days_before_the_upgrade_count_their_reads_as_readers_until_they_age_out():
    before, after = make_article(title="Sebelum"), make_article(title="Sesudah")
    today = timezone.localdate()
    DailyViews.objects.create(article=before, day=today - timedelta(days=6), views=400)
    DailyViews.objects.create(article=after, day=today, views=10_000, readers=300)
    most_read.refresh()
    assert listed(MostRead.Period.TODAY) == [("Sesudah", 300)]
    assert listed(MostRead.Period.WEEK) == [("Sebelum", 400), ("Sesudah", 300)]


@pytest.mark.django_db
def test_on_the_day_of_the_upgrade_reads_until_then_count_as_readers_and_later_ones_do_not(folder):
    article = make_article()
    DailyViews.objects.create(article=article, day=timezone.localdate(), views=40)
    write(folder, *[make_line(article, bucket=None)] * 5, *[make_line(article)] * 100)
    drain()
    assert DailyViews.objects.values_list("views", "readers").get() == (145, 41)


@pytest.mark.django_db
def test_an_article_whose_readers_are_unknown_has_no_place(folder):
    write(folder, make_line(make_article(), bucket=None))
    drain()
    most_read.refresh()
    assert not MostRead.objects.exists()


@pytest.mark.django_db
def test_the_release_before_can_still_count_and_rank_on_these_tables():
    article, today = make_article(title="Kembali"), timezone.localdate()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO news_dailyviews (article_id, day, views) VALUES (%s, %s, 9)", [article.pk, today])
        cursor.execute(
            "INSERT INTO news_mostread (period, rank, article_id, views) VALUES (1, 1, %s, 9)", [article.pk]
        )
    assert listed(MostRead.Period.TODAY) == [("Kembali", 9)]
    most_read.refresh()
    assert listed(MostRead.Period.TODAY) == [("Kembali", 9)]


@pytest.mark.django_db
def test_a_loop_of_requests_buys_no_place(folder, client):
    popular, bought = make_article(title="Dibaca warga"), make_article(title="Dibaca satu orang")
    write(folder, *[make_line(popular, bucket=number) for number in range(5)], *[make_line(bought)] * 400)
    drain()
    most_read.refresh()
    assert listed(MostRead.Period.TODAY) == [("Dibaca warga", 5), ("Dibaca satu orang", 1)]
    page = client.get("/populer").content.decode()
    assert "± 5 pembaca" in page
    assert "400" not in page
    assert re.search(r"Dibaca\W+400\b", client.get(bought.get_absolute_url()).content.decode())


@pytest.mark.django_db
def test_most_read_and_the_privacy_page_say_how_readers_are_counted(client):
    for page in (client.get("/populer").content.decode(), office_texts.text("kebijakan-privasi")):
        for words in ("perkiraan jumlah pembaca", "satu pembaca", "tidak menyimpan alamat IP Anda"):
            assert words in " ".join(page.split())


@pytest.mark.django_db
def test_buckets_are_kept_for_two_days_and_their_readers_for_ever(folder):
    article = make_article(published_at=timezone.now() - timedelta(days=9))
    for hours in (1, 47, 49, 100):
        write(folder, make_line(article, moment=timezone.now() - timedelta(hours=hours)))
    drain()
    assert HourlyReaders.objects.prune() == 2
    assert HourlyReaders.objects.count() == 2
    assert sum(DailyViews.objects.values_list("readers", flat=True)) == 4


@pytest.mark.django_db(transaction=True)
def test_hosts_that_count_the_same_hour_at_a_time_lose_no_bucket_and_double_none(settings, tmp_path):
    articles = [make_article() for _ in range(3)]

    def host(number):
        for chunk in range(10):
            lines = [
                make_line(each, bucket=(number * 50 + chunk * 10 + n) % 200) for each in articles for n in range(20)
            ]
            write(tmp_path / "pageviews", *lines, name=f"host-{number}.log")
            drain()

    in_threads(*[lambda number=number: host(number) for number in range(4)])
    drain()
    for article in articles:
        assert readers_of(article) == readers.estimate(200)
        assert ArticleViews.objects.get(article=article).counted == 800


# ---- Times


@pytest.mark.django_db
def test_only_times_from_the_publication_to_tomorrow_count(folder):
    now = timezone.now()
    article = make_article(published_at=now - timedelta(days=2))
    first, last = now - timedelta(days=2, minutes=45), now + timedelta(hours=23, minutes=55)
    possible = (first, now - timedelta(days=1), now, last)
    impossible = (
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(5138, 11, 16, tzinfo=UTC),
        first - timedelta(minutes=45),
        last + timedelta(minutes=25),
    )
    write(folder, *[make_line(article, moment=moment) for moment in (*possible, *impossible)])
    assert drain() == 4
    assert HourlyReaders.objects.count() == 4
    assert DailyViews.objects.order_by("day").first().day >= timezone.localdate(now) - timedelta(days=3)


# ---- A removed journal


@pytest.mark.django_db
@pytest.mark.parametrize("remove", [lambda folder: [each.unlink() for each in folder.glob("*.log")], shutil.rmtree])
def test_a_removed_journal_is_opened_anew_and_said_once(folder, client, caplog, monkeypatch, remove):
    monkeypatch.setattr(journal, "_journal", journal._Journal())
    url = make_article().get_absolute_url()
    client.defaults["HTTP_USER_AGENT"] = PHONE
    client.get(url)
    remove(folder)
    for _ in range(3):
        client.get(url)
    assert len(lines_in(folder)) == 3
    assert folder.stat().st_mode & 0o777 == 0o700
    [record] = [each for each in caplog.records if each.name == "news.pageviews.journal"]
    assert "terhapus" in record.getMessage()
    assert drain() == 3


# ---- The salt


def test_the_salt_is_made_once_however_many_ask(folder):
    assert len(set(in_threads(*[lambda: salt.current(folder)] * 8))) == 1
    assert [path.name for path in folder.iterdir()] == ["salt.conf"]  # the name that nginx includes


def test_nginx_may_read_the_salt_and_others_may_not(folder):
    salt.current(folder)
    assert (folder / salt.FILE).stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("content", [b"", b"geo $portal_salt { default ; }\n", b"\x00" * 100, b"\xff" * 100])
def test_a_damaged_salt_is_replaced(folder, content):
    folder.mkdir()
    (folder / salt.FILE).write_bytes(content)
    made = salt.current(folder)
    assert len(made) == 32
    assert salt.current(folder) == made


def test_the_salt_is_renewed_once_a_day(folder):
    assert salt.renew(folder) is True
    assert (folder / salt.FILE).exists()
    first = salt.current(folder)
    assert salt.renew(folder) is False
    assert salt.current(folder) == first
    os.utime(folder / salt.FILE, (time.time() - 86_400,) * 2)
    assert salt.renew(folder) is True
    assert salt.current(folder) != first
    assert (folder / salt.FILE).stat().st_mode & 0o777 == 0o640
    assert salt.renew(folder) is False


@pytest.mark.django_db
def test_a_new_salt_takes_effect_with_the_next_hour_so_that_nobody_counts_twice(noon, folder, rf, monkeypatch):
    article = old_article()
    read(rf, article, "203.0.113.7")
    salt._replace(folder)
    monkeypatch.setattr("news.pageviews.journal.time.time", partial(float, NOON.timestamp() + 3599))
    read(rf, article, "203.0.113.7")
    first, second = (line[-1] for line in lines_in(folder))
    assert first == second
    assert journal._journal.salt == SALT
    for hours in (1, 2):
        clock = NOON.timestamp() + hours * 3600
        monkeypatch.setattr("news.pageviews.journal.time.time", partial(float, clock))
        read(rf, article, "203.0.113.7")
        assert journal._journal.salt == salt.current(folder) != SALT
        salt._replace(folder)


@pytest.mark.django_db
def test_without_a_readable_salt_reads_count_and_the_reason_is_said_once(noon, folder, rf, caplog):
    article = old_article()
    (folder / salt.FILE).unlink()
    (folder / salt.FILE).mkdir()
    for _ in range(3):
        read(rf, article, "203.0.113.7")
    assert [line[-1] for line in lines_in(folder)] == ["-"] * 3
    assert drain() == 3
    [record] = [each for each in caplog.records if each.name == "news.pageviews.journal"]
    assert "Pembaca tidak terhitung" in record.getMessage()


# ---- Programs and people

PROGRAMS = [
    "node",
    "Java/17.0.9",
    "Dart/3.1 (dart:io)",
    "GuzzleHttp/7",
    "PostmanRuntime/7.36.0",
    "kube-probe/1.29",
    "Prometheus/2.48.1",
    "ELB-HealthChecker/2.0",
    "feedparser/6.0.10 +https://github.com/kurtmckee/feedparser/",
    "UniversalFeedParser/5.2.1 +https://code.google.com/p/feedparser/",
    "Mozilla/5.0 (compatible; Bluesky Cardyb/1.1; +mailto:support@bsky.app)",
    "Mozilla/5.0 (compatible; Mastodon/4.2; +https://warga.example/)",
    "Mozilla/5.0 (compatible; Pemantau Kota; +www.contoh.go.id)",
    "Mozilla/5.0 (compatible; bingbot/2.0;  http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/120.0.0.0 Safari/537.36",
    "curl/8.5.0",
    "python-requests/2.31.0",
    "Go-http-client/2.0",
    "okhttp/4.12.0",
    "Dalvik/2.1.0 (Linux; U; Android 13)",
    "axios/1.6.2",
    "WhatsApp/2.23.20.0 A",
    "Viber/20",
    "LinksChecker/1.0",
    "Mozilla",
    "mozilla/5.0",
    "",
    "-",
]
PEOPLE = [
    PHONE,
    "Mozilla/5.0 (Windows NT 10.0; rv:132.0) Gecko/20100101 Firefox/132.0",
    "Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.1; Trident/6.0)",
    "Opera/9.80 (J2ME/MIDP; Opera Mini/7.1.32052/29.3709; U; id) Presto/2.8.119 Version/11.10",
    "Mozilla/5.0 (Linux; Android 9; CUBOT_X19) AppleWebKit/537.36 Chrome/87.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 10; CUBOT NOTE 20) AppleWebKit/537.36 Chrome/96.0 Mobile Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 [FBAN/FBIOS]",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Instagram 320.0.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 [Pinterest/iOS]",
    "Mozilla/5.0 (Linux; Android 13; wv) AppleWebKit/537.36 Version/4.0 Chrome/120 Mobile Safari/537.36 [LinkedInApp]",
    "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/120 Mobile Safari/537.36 Line/13.21.0/IAB",
    "Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 Mobile/15E148 musical_ly_33.1.0 BytedanceWebview/d8a21c6",
    "Mozilla/5.0 (Linux; Android 12) AppleWebKit/537.36 Chrome/100 Mobile Safari/537.36 Telegram-Android/10.9.1",
    "Mozilla/5.0 (Linux; Android 11) AppleWebKit/537.36 Chrome/90 Mobile Safari/537.36 Viber/20",
    "Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 Mobile/15E148 WhatsApp/2.24",
    "UCWEB/2.0 (MIDP-2.0; U; Adr 4.4.2; id; X) U2/1.0.0 UCBrowser/10.7",
    "UCWEB7.0.2.37/28/999",
    "Lynx/2.9.0dev.12 libwww-FM/2.14",
    "w3m/0.5.3+git20230121",
    "Links (2.29; Linux x86_64; GNU C 12; text)",
    "ELinks/0.13.2 (textmode; Linux; 80x24-2)",
    "Dillo/3.0.5",
    "NetSurf/3.10 (Linux)",
]


@pytest.mark.parametrize("agent", PROGRAMS)
def test_a_program_is_no_reader(agent):
    assert is_program(agent.encode())


@pytest.mark.parametrize("agent", PEOPLE)
def test_a_browser_of_a_person_is_no_program(agent):
    assert not is_program(agent.encode())
