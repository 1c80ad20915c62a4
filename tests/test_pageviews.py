"""Page views: which responses are journalled, which of these count, and that each counts once."""

import os
import resource
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.http import HttpResponse
from django.utils import timezone

from news.models import Article, ArticleViews, DailyViews, JournalOffset, MostRead
from news.pageviews import counting, drain, journal, most_read
from news.web import locks
from tests.conftest import wait_until
from tests.journals import PHONE, days, in_threads, lines_in, listed, make_line, write
from tests.make import in_the_city, make_article

CRAWLER = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.PAGEVIEWS_DIR = tmp_path / "pageviews"
    return settings.PAGEVIEWS_DIR


@pytest.fixture
def reader(client):
    client.defaults["HTTP_USER_AGENT"] = PHONE
    return client


def counted(article) -> int:
    return sum(ArticleViews.objects.filter(article_id=article.pk).values_list("counted", flat=True))


# ---- What is journalled


@pytest.mark.django_db
def test_a_read_is_journalled_in_the_same_format_as_by_nginx(reader, folder):
    article = make_article()
    before = time.time()
    response = reader.get(article.get_absolute_url())
    assert response.status_code == 200
    [[moment, *rest]] = lines_in(folder)
    assert before - 0.001 <= float(moment) <= time.time()
    assert len(moment.partition(".")[2]) == 3
    assert rest[:-1] == [str(article.pk), "GET", "200", "-", PHONE]
    assert 0 <= int(rest[-1]) <= 999


@pytest.mark.django_db
def test_the_header_that_names_the_article_does_not_reach_the_reader(reader):
    url = make_article().get_absolute_url()
    for answer in (reader.get(url), reader.get(url), reader.head(url)):
        assert "X-Pageview" not in answer


@pytest.mark.django_db
def test_cached_compressed_and_not_modified_responses_all_count(reader):
    article = make_article()
    url = article.get_absolute_url()
    first = reader.get(url)
    with_cache = reader.get(url)
    assert with_cache.content == first.content
    compressed = reader.get(url, headers={"accept-encoding": "gzip"})
    assert compressed["Content-Encoding"] == "gzip"
    compressed_from_cache = reader.get(url, headers={"accept-encoding": "gzip"})
    assert compressed_from_cache.content == compressed.content
    confirmed = reader.get(url, headers={"if-none-match": first["ETag"]})
    assert confirmed.status_code == 304
    assert drain() == 5
    assert counted(article) == 5


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("header", "purpose"),
    [
        ("sec-purpose", "prefetch"),
        ("sec-purpose", "prefetch;prerender"),
        ("sec-purpose", "Prefetch;anonymous-client-ip"),
        ("purpose", "prefetch"),
        ("x-moz", "prefetch"),
    ],
)
def test_an_article_is_refused_to_a_browser_that_loads_ahead_of_the_reader(reader, folder, header, purpose):
    url = make_article().get_absolute_url()
    reader.get(url)  # now it is in the cache
    for each in (url, f"{url}?fbclid=1"):
        refused = reader.get(each, headers={header: purpose})
        assert refused.status_code == 503
        assert refused["Cache-Control"] == "no-store"
        assert "X-Pageview" not in refused
    assert reader.get(url).status_code == 200
    assert drain() == 2


@pytest.mark.django_db
def test_other_pages_may_be_loaded_ahead_of_the_reader(reader):
    for path in ("/", "/berita", "/populer", "/feed"):
        assert reader.get(path, headers={"sec-purpose": "prefetch;prerender"}).status_code == 200


@pytest.mark.django_db
def test_a_head_request_is_no_read(reader, folder):
    article = make_article()
    reader.head(article.get_absolute_url())
    assert [line[2] for line in lines_in(folder)] == ["HEAD"]
    assert drain() == 0
    assert counted(article) == 0


@pytest.mark.django_db
def test_pages_that_show_no_published_article_are_not_journalled(reader, folder):
    draft = make_article(status=Article.Status.DRAFT)
    later = make_article(published_at=timezone.now() + timedelta(hours=1))
    gone = make_article()
    gone.withdraw("Salah satu angka keliru.")
    there = make_article()
    for path in (
        draft.get_absolute_url(),
        later.get_absolute_url(),
        gone.get_absolute_url(),
        f"/berita/detail/{there.pk}/alamat-lain",
        there.short_url,
        "/berita",
        "/tidak-ada",
    ):
        reader.get(path)
    assert lines_in(folder) == []


@pytest.mark.django_db
@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", ""], ids=["IPv4", "IPv6", "Unix socket"])
def test_a_trusted_nginx_that_journals_gets_the_header_and_the_portal_writes_no_line(reader, folder, peer):
    article = make_article()
    response = reader.get(article.get_absolute_url(), headers={"x-journal": "nginx"}, REMOTE_ADDR=peer)
    assert response["X-Pageview"] == str(article.pk)
    assert lines_in(folder) == []


@pytest.mark.django_db
@pytest.mark.parametrize("peer", ["203.0.113.7", "2001:db8::7", "bukan alamat"])
def test_a_stranger_who_poses_as_nginx_is_still_counted(reader, folder, peer):
    article = make_article()
    response = reader.get(article.get_absolute_url(), headers={"x-journal": "nginx"}, REMOTE_ADDR=peer)
    assert "X-Pageview" not in response
    assert len(lines_in(folder)) == 1


@pytest.mark.django_db
def test_any_user_agent_makes_one_line_of_bounded_length(reader, folder):
    article = make_article()
    for agent in ("Mozilla/5\t7\nGET\r\x00 palsu", f"Opera/{'x' * 100_000}", "Mozilla/Ñandú \x85", "Opera/浏览器"):
        reader.get(article.get_absolute_url(), headers={"user-agent": agent, "sec-purpose": "a\tb\n"})
    data = b"".join(file.read_bytes() for file in folder.glob("*.log"))
    assert data.count(b"\n") == 4
    assert data.count(b"\t") == 4 * 6
    assert len(data) < 4 * 500
    assert drain() == 4


def test_long_fields_are_cut_and_missing_ones_marked(folder, rf):
    journalled = journal.JournalMiddleware(lambda request: HttpResponse(headers={"X-Pageview": "7"}))
    journalled(rf.generic("M" * 30, "/", headers={"sec-purpose": "p" * 100, "user-agent": "a" * 1000}))
    journalled(rf.get("/"))
    assert [line[2:-1] for line in lines_in(folder)] == [
        ["M" * 20, "200", "p" * 40, "a" * 400],
        ["GET", "200", "-", "-"],
    ]


@contextmanager
def limited_disk_space(bytes_left: int, folder):
    """Limits the size of files so that the journal can grow by this many bytes only."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    size = max(file.stat().st_size for file in folder.glob("*.log"))
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + bytes_left, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.django_db
@pytest.mark.parametrize("bytes_left", [0, 30])
def test_a_full_disk_loses_reads_but_no_page_and_complains_once_a_minute(
    reader, folder, caplog, monkeypatch, bytes_left
):
    monkeypatch.setattr(journal, "_journal", journal._Journal())  # one that has not logged an error yet
    article = make_article()
    reader.get(article.get_absolute_url())
    with limited_disk_space(bytes_left, folder):
        assert [reader.get(article.get_absolute_url()).status_code for _ in range(3)] == [200, 200, 200]
        assert len([each for each in caplog.records if each.name == "news.pageviews.journal"]) == 1
        with monkeypatch.context() as a_minute_later:
            now = time.monotonic() + 61
            a_minute_later.setattr("news.web.throttle.time.monotonic", lambda: now)
            reader.get(article.get_absolute_url())
        assert len([each for each in caplog.records if each.name == "news.pageviews.journal"]) == 2
    reader.get(article.get_absolute_url())
    assert drain() == 2


@pytest.mark.django_db
def test_an_unwritable_folder_loses_reads_but_no_page(reader, settings, tmp_path):
    (tmp_path / "berkas").touch()
    settings.PAGEVIEWS_DIR = tmp_path / "berkas" / "pageviews"
    assert reader.get(make_article().get_absolute_url()).status_code == 200


@pytest.mark.django_db
def test_a_forked_process_writes_to_a_file_of_its_own(reader, folder):
    article = make_article()
    reader.get(article.get_absolute_url())
    child = os.fork()
    if not child:
        try:
            journal._journal.append("203.0.113.7", str(article.pk), "GET", 200, "-", PHONE)
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert sorted(len(file.read_bytes().splitlines()) for file in folder.glob("*.log")) == [1, 1]


@pytest.mark.django_db
@pytest.mark.parametrize("first", [lambda reader, article: reader.get(article.get_absolute_url()), lambda *_: drain()])
def test_the_folder_of_the_journals_is_created_with_those_above_it_and_private(reader, settings, tmp_path, first):
    settings.PAGEVIEWS_DIR = tmp_path / "data" / "pageviews"
    first(reader, make_article())
    assert settings.PAGEVIEWS_DIR.stat().st_mode & 0o777 == 0o700


@pytest.mark.django_db
def test_others_can_neither_read_nor_run_a_journal(reader, folder):
    reader.get(make_article().get_absolute_url())
    [path] = folder.glob("*.log")
    mode = path.stat().st_mode
    assert mode & 0o600 == 0o600
    assert mode & 0o137 == 0


def test_a_new_day_begins_a_new_file_and_closes_the_old_one(folder):
    own = journal._Journal()
    day = 1_731_456_000  # 2024-11-13 00:00 UTC
    files = set()
    open_before = len(os.listdir("/proc/self/fd"))
    for now in (day, day + 86_399, day + 86_400, day + 10 * 86_400):
        own._write(b"line\n", now, folder)
        files.add(os.readlink(f"/proc/self/fd/{own.descriptor}"))
        assert len(os.listdir("/proc/self/fd")) == open_before + 1
    os.close(own.descriptor)
    assert sorted(name[-14:-4] for name in files) == ["2024-11-13", "2024-11-14", "2024-11-23"]


# ---- What counts


@pytest.mark.django_db
def test_only_reads_by_people_count(folder):
    article = make_article()
    write(
        folder,
        make_line(article),
        make_line(article, status=304),
        make_line(article, agent="Mozilla/5.0 (Windows NT 10.0; rv:132.0) Gecko/20100101 Firefox/132.0"),
        make_line(article, method="HEAD"),
        make_line(article, method="POST"),
        make_line(article, status=206),
        make_line(article, status=499),
        make_line(article, status=500),
        make_line(article, purpose="prefetch"),
        make_line(article, purpose="prefetch;prerender"),
        make_line(article, purpose="preview"),
        make_line(article, agent=CRAWLER),
        make_line(article, agent="curl/8.5.0"),
        make_line(article, agent="WhatsApp/2.23.20.0 A"),
        make_line(article, agent="-"),
        make_line(article, agent=""),
    )
    assert drain() == 3
    assert counted(article) == 3
    assert sum(days(article).values()) == 3


@pytest.mark.django_db
def test_a_second_drain_counts_only_what_was_added_since(folder, caplog):
    article, other = make_article(), make_article()
    path = write(folder, make_line(article), make_line(other), make_line(article))
    assert drain() == 3
    assert JournalOffset.objects.get().offset == path.stat().st_size
    assert drain() == 0
    assert caplog.messages == []
    write(folder, make_line(article))
    write(folder, make_line(other), name="django-1-abc-2024-11-13.log")
    assert drain() == 2
    assert (counted(article), counted(other)) == (3, 2)


@pytest.mark.django_db
def test_counting_does_not_change_the_imported_reads(folder):
    article = make_article(reads=56)
    write(folder, make_line(article))
    drain()
    assert (folder / "id").read_text() == JournalOffset.objects.get().folder
    assert ArticleViews.objects.get(article=article).imported == 56
    assert ArticleViews.objects.get(article=article).total == 57


@pytest.mark.django_db
def test_an_incomplete_line_is_counted_once_complete(folder):
    article = make_article()
    line = make_line(article)
    write(folder, line, line[:40])
    assert drain() == 1
    assert drain() == 0
    write(folder, line[40:])
    assert drain() == 1


@pytest.mark.django_db
def test_a_read_belongs_to_the_day_in_the_citys_time_zone(folder):
    article = make_article(published_at=in_the_city(2024, 11, 12, 8))
    write(
        folder,
        make_line(article, moment=in_the_city(2024, 11, 12, 23, 59, 59, 999000)),
        make_line(article, moment=in_the_city(2024, 11, 13)),
        make_line(article, moment=in_the_city(2024, 11, 13, 23, 59, 59)),
    )
    drain()
    assert {str(day): views for day, views in days(article).items()} == {"2024-11-12": 1, "2024-11-13": 2}


@pytest.mark.django_db
def test_days_begin_on_a_quarter_of_an_hour_in_some_zones(folder, settings):
    settings.TIME_ZONE = "Asia/Kathmandu"  # UTC+5:45
    article = make_article(published_at=datetime(2024, 11, 12, 8, tzinfo=UTC))
    for minute, second in ((14, 59), (15, 0), (16, 0)):
        write(folder, make_line(article, moment=datetime(2024, 11, 12, 18, minute, second, tzinfo=UTC)))
    drain()
    assert {str(day): views for day, views in days(article).items()} == {"2024-11-12": 1, "2024-11-13": 2}


@pytest.mark.django_db
def test_broken_lines_are_skipped(folder):
    article = make_article()
    good = make_line(article)
    write(
        folder,
        b"\n\n",
        b"rubbish\n",
        b"\t\t\t\t\t\n",
        b"\t\t\t\t\t\t\n",
        good.replace(b"\n", b"\t7\n"),
        make_line(article, bucket=1000),
        make_line(article, bucket="-1"),
        make_line(article, bucket="٣"),
        make_line(article, bucket=""),
        b"\x00\x00\x00\xff\xfe\t" + good,
        good.replace(b"GET", b"GET\t200"),
        make_line("0"),
        make_line("-1"),
        make_line("1_0"),
        make_line("٣"),
        make_line(article.pk + 10**17),
        make_line("9" * 19),
        make_line("9" * 5000),
        good.replace(good[:10], b"nan", 1),
        good.replace(good[:10], b"inf", 1),
        good.replace(good[:10], b"-9" * 10, 1),
        good.replace(good[:10], b"9" * 12, 1),
        good.replace(good[:10], b"9" * 300, 1),
        good.replace(PHONE.encode(), b"Mozilla/5.0 \xff\xfe \xc3\x28"),  # counts: odd user agent, complete line
        good,
    )
    assert drain() == 2
    assert counted(article) == 2
    assert drain() == 0


@pytest.mark.django_db
def test_reads_of_articles_that_do_not_exist_are_left_out(folder):
    article, deleted = make_article(), make_article(status=Article.Status.DRAFT)
    lines = [make_line(article), make_line(deleted), make_line(2**60)]
    deleted.delete()
    write(folder, *lines)
    assert drain() == 1
    assert counted(article) == 1


@pytest.mark.django_db
def test_the_longest_number_of_an_article_counts(folder):
    article = make_article(pk=10**18 - 1)
    write(folder, make_line(article))
    assert drain() == 1


@pytest.mark.django_db
def test_a_journal_of_many_chunks_is_counted_past_long_rubbish_without_line_ends(folder):
    article = make_article()
    many = make_line(article) * 70_000
    write(folder, many, b"\x00" * (2 * counting.CHUNK_BYTES), b"\n", many)
    assert drain() == 140_000
    assert counted(article) == 140_000


@pytest.mark.django_db
def test_a_truncated_journal_is_not_counted_twice_and_new_lines_still_count(folder):
    article = make_article()
    path = write(folder, *[make_line(article)] * 5)
    assert drain() == 5
    os.truncate(path, path.stat().st_size // 2)
    assert drain() == 0
    write(folder, b"\n", make_line(article))
    assert drain() == 1


@pytest.mark.django_db
def test_journals_of_two_hosts_with_the_same_file_name_are_counted_separately(settings, tmp_path):
    article = make_article()
    for host in ("a", "b"):
        settings.PAGEVIEWS_DIR = tmp_path / host
        write(tmp_path / host, *[make_line(article)] * 3)
        assert drain() == 3
    assert JournalOffset.objects.values("folder").distinct().count() == 2
    for host in ("a", "b"):
        write(tmp_path / host, make_line(article))
    for host in ("a", "b"):
        settings.PAGEVIEWS_DIR = tmp_path / host
        assert drain() == 1
    assert counted(article) == 8


@pytest.mark.django_db
def test_files_that_are_not_journals_are_ignored(folder):
    article = make_article()
    for name in ("catatan.txt", "nginx.log.gz", "a" * 200 + ".log", "nama aneh.log", "id.draf"):
        write(folder, make_line(article), name=name)
    assert drain() == 0
    assert len(list(folder.iterdir())) == 6


@pytest.mark.django_db
def test_a_counted_journal_is_removed_after_a_day_without_change(folder):
    article = make_article()
    old = write(folder, make_line(article), name="lama.log")
    torn = write(folder, make_line(article), make_line(article)[:30], name="putus.log")
    empty = write(folder, name="kosong.log")
    fresh = write(folder, make_line(article), name="baru.log")
    for path in (old, torn, empty):
        os.utime(path, (time.time() - 90_000,) * 2)
    assert drain() == 3
    assert [path.exists() for path in (old, torn, empty, fresh)] == [False, False, False, True]
    assert list(JournalOffset.objects.values_list("file", flat=True)) == ["baru.log"]
    assert counted(article) == 3


@pytest.mark.django_db
def test_the_row_of_a_removed_journal_is_removed(folder):
    path = write(folder, make_line(make_article()))
    drain()
    path.unlink()
    drain()
    assert not JournalOffset.objects.exists()


@pytest.mark.django_db
def test_a_removed_journal_affects_no_other_file_and_no_other_host(settings, tmp_path):
    article = make_article()
    for host in ("a", "b"):
        settings.PAGEVIEWS_DIR = tmp_path / host
        write(tmp_path / host, make_line(article), name="removed.log")
        write(tmp_path / host, make_line(article), name="other.log")
        assert drain() == 2
    settings.PAGEVIEWS_DIR = tmp_path / "a"
    (tmp_path / "a" / "removed.log").unlink()
    for host in ("a", "a", "b"):
        settings.PAGEVIEWS_DIR = tmp_path / host
        assert drain() == 0


@pytest.mark.django_db
def test_a_journal_with_lines_that_are_not_counted_is_not_removed(folder):
    path = write(folder, make_line(make_article()))
    drain()
    write(folder, make_line(make_article()))
    row = JournalOffset.objects.all()
    counting._remove(row, path)
    assert path.exists()
    assert row.exists()


@pytest.mark.django_db
def test_a_journal_that_another_drain_has_removed_leaves_no_row(folder):
    path = write(folder, make_line(make_article()))
    drain()
    path.unlink()
    counting._remove(JournalOffset.objects.all(), path)
    assert not JournalOffset.objects.exists()


@pytest.mark.django_db
def test_a_drain_is_refused_inside_a_transaction_that_could_still_be_rolled_back(folder):
    write(folder, make_line(make_article()))
    with transaction.atomic(), pytest.raises(RuntimeError):
        drain()


# ---- Concurrency


@pytest.mark.django_db(transaction=True)
def test_four_simultaneous_drains_count_each_read_once(folder):
    articles = [make_article() for _ in range(5)]
    for number in range(8):
        write(folder, *[make_line(article) for article in articles] * 200, name=f"{number}.log")
    added = in_threads(*[drain] * 4)
    assert sum(added) == 8000
    assert [counted(article) for article in articles] == [1600] * 5


@pytest.mark.django_db(transaction=True)
def test_every_drain_returns_only_after_all_views_are_counted(folder, monkeypatch):
    monkeypatch.setattr(counting, "CHUNK_BYTES", 2_000)
    article = make_article()
    write(folder, *[make_line(article)] * 600)
    seen = in_threads(*[lambda: (drain(), counted(article))[1]] * 4)
    assert seen == [600] * 4


@contextmanager
def refused_by_the_database(times: int):
    """The first `times` additions fail as if their article had been deleted at the last moment."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            CREATE SEQUENCE refused_so_far;
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF nextval('refused_so_far') <= {times} THEN RAISE foreign_key_violation; END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER refuse BEFORE INSERT ON news_articleviews FOR EACH ROW EXECUTE FUNCTION refuse();
            """
        )
        try:
            yield
        finally:
            cursor.execute(
                "DROP TRIGGER refuse ON news_articleviews; DROP FUNCTION refuse; DROP SEQUENCE refused_so_far"
            )


@pytest.mark.django_db(transaction=True)
def test_a_refused_chunk_is_tried_again_once_and_stays_for_the_next_drain(folder):
    article = make_article()
    write(folder, make_line(article), make_line(article))
    with refused_by_the_database(times=1):
        assert drain() == 2
    write(folder, make_line(article))
    with refused_by_the_database(times=2):
        with pytest.raises(IntegrityError):
            drain()
        assert drain() == 1
    assert counted(article) == 3


@pytest.mark.django_db(transaction=True)
def test_drains_of_several_hosts_that_count_the_same_articles_do_not_deadlock():
    articles = [make_article(published_at=timezone.now() - timedelta(days=5)).pk for _ in range(20)]
    now = int(time.time()) // counting.QUARTER

    def add_often(order):
        for _ in range(30):
            with transaction.atomic():
                counting._add({(pk, now - 96 * day): counting.Reads(1, 1 << 7) for pk in order for day in range(3)})

    in_threads(lambda: add_often(articles), lambda: add_often(articles[::-1]), lambda: add_often(articles[7:]))
    totals = dict(ArticleViews.objects.values_list("article", "counted"))
    assert totals == {pk: 270 if pk in articles[7:] else 180 for pk in articles}


@pytest.mark.django_db(transaction=True)
def test_an_article_deleted_during_a_count_does_not_affect_other_reads(folder):
    article, draft = make_article(), make_article(status=Article.Status.DRAFT)
    write(folder, make_line(article), make_line(draft))
    added = []
    drainer = threading.Thread(target=lambda: (added.append(drain()), connections.close_all()))
    with transaction.atomic():
        draft.delete()
        drainer.start()
        wait_until(_a_session_waits_for_a_lock)
    drainer.join()
    assert added == [1]
    assert counted(article) == 1


def _a_session_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0] > 0


# ---- Most read


def make_reads(article, *, ago: int, views: int):
    DailyViews.objects.create(article=article, day=timezone.localdate() - timedelta(days=ago), views=views)


@pytest.mark.django_db
def test_most_read_counts_the_days_of_its_period_and_no_others():
    article = make_article(title="Jalan Daan Mogot dibuka lagi")
    for ago, views in ((0, 1), (1, 10), (6, 100), (7, 1000), (29, 10_000), (30, 100_000), (-1, 1_000_000)):
        make_reads(article, ago=ago, views=views)
    most_read.refresh()
    assert listed(MostRead.Period.TODAY) == [(article.title, 1)]
    assert listed(MostRead.Period.WEEK) == [(article.title, 111)]
    assert listed(MostRead.Period.MONTH) == [(article.title, 11_111)]


@pytest.mark.django_db
def test_most_read_is_in_order_of_reads_and_then_the_newest_first():
    now = timezone.now()
    for title, hours, views in (("Sedikit", 1, 3), ("Lama", 9, 5), ("Baru", 2, 5), ("Banyak", 5, 8)):
        make_reads(make_article(title=title, published_at=now - timedelta(hours=hours)), ago=0, views=views)
    most_read.refresh()
    for period in MostRead.Period:
        assert listed(period) == [("Banyak", 8), ("Baru", 5), ("Lama", 5), ("Sedikit", 3)]
    assert [article.title for article in most_read.of_period(MostRead.Period.WEEK, limit=2)] == ["Banyak", "Baru"]


@pytest.mark.django_db
def test_most_read_shows_what_is_published_and_nothing_withdrawn_since():
    published, gone = make_article(title="Terbit"), make_article(title="Ditarik")
    for article in (
        published,
        gone,
        make_article(status=Article.Status.DRAFT),
        make_article(published_at=timezone.now() + timedelta(hours=1)),
    ):
        make_reads(article, ago=0, views=9)
    most_read.refresh()
    assert MostRead.objects.filter(period=MostRead.Period.TODAY).count() == 2
    gone.withdraw("Keliru.")
    assert listed(MostRead.Period.TODAY) == [("Terbit", 9)]
    most_read.refresh()
    assert MostRead.objects.filter(period=MostRead.Period.TODAY).count() == 1


@pytest.mark.django_db
def test_most_read_keeps_fifty_places_and_drops_articles_without_recent_reads():
    for number in range(55):
        make_reads(make_article(), ago=0, views=number + 1)
    most_read.refresh()
    assert MostRead.objects.filter(period=MostRead.Period.TODAY).count() == 50
    DailyViews.objects.all().delete()
    most_read.refresh()
    assert not MostRead.objects.exists()


@pytest.mark.django_db
def test_most_read_writes_only_the_places_that_changed():
    articles = [make_article() for _ in range(3)]
    for number, article in enumerate(articles):
        make_reads(article, ago=0, views=number + 1)
    most_read.refresh()
    before = _places()
    most_read.refresh()
    assert _places() == before
    DailyViews.objects.filter(article=articles[0]).update(views=9)
    DailyViews.objects.filter(article=articles[1]).update(views=8)
    DailyViews.objects.filter(article=articles[2]).update(views=7)
    most_read.refresh()
    assert not set(_places()) & set(before)
    assert [row[:2] for row in _places()] == [(period, rank) for period in MostRead.Period for rank in (1, 2, 3)]


def _places() -> list[tuple]:
    """Of each row its place, and where the database has stored it: elsewhere after each change."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT period, rank, ctid::text FROM news_mostread ORDER BY period, rank")
        return cursor.fetchall()


@pytest.mark.django_db
def test_most_read_is_one_query_whatever_its_length(django_assert_num_queries):
    for _ in range(12):
        make_reads(make_article(), ago=0, views=4)
    most_read.refresh()
    for limit in (1, 12):
        with django_assert_num_queries(1):
            articles = most_read.of_period(MostRead.Period.TODAY, limit=limit)
            assert len(articles) == limit


@pytest.mark.django_db(transaction=True)
def test_two_workers_can_compute_most_read_simultaneously():
    for _ in range(5):
        make_reads(make_article(), ago=0, views=4)
    assert any(in_threads(*[most_read.refresh] * 6))
    assert MostRead.objects.count() == 15


@pytest.mark.django_db(transaction=True)
def test_most_read_is_left_to_the_process_that_is_computing_it():
    with transaction.atomic():
        locks.take(locks.Lock.MOST_READ)
        assert in_threads(most_read.refresh) == [False]
    assert most_read.refresh() is True
