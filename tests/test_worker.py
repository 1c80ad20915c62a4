"""The worker: its jobs, and failures that it survives."""

import errno
import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from captcha.models import CaptchaStore
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from news.models import Article, ArticleViews, MostRead
from news.pageviews import most_read
from portal.run import postgres, supervisor, worker
from portal.run.worker import Job, Worker
from tests.conftest import MIGRATED, PROJECT, UNSAFE_BUT_FAST, wait_until
from tests.make import make_article
from tests.test_pageviews import make_line, write


@pytest.fixture
def journals(settings, tmp_path):
    settings.PAGEVIEWS_DIR = tmp_path / "pageviews"
    return settings.PAGEVIEWS_DIR


class Process:
    """`manage.py worker` with its own data folder, on the test database or that of `server`."""

    def __init__(self, data_dir, server=None):
        database = connection.settings_dict | ({"HOST": str(server), "NAME": MIGRATED} if server else {})
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "worker"],
            cwd=PROJECT,
            env=os.environ
            | {
                "DATA_DIR": str(data_dir),
                "DATABASE_URL": f"postgres://{database['USER']}@/{database['HOST']}/{database['NAME']}",
            },
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.beat = Path(data_dir) / "worker.beat"

    def __enter__(self):
        wait_until(self.beat.exists, seconds=60)
        return self

    def __exit__(self, *error):
        self.process.kill()
        self.process.communicate()

    def end(self, number=signal.SIGTERM) -> str:
        """Asks it to end; returns its log."""
        self.process.send_signal(number)
        return self.process.communicate(timeout=60)[1]


@pytest.mark.django_db(transaction=True)
def test_one_round_counts_and_ranks_reads_relates_articles_and_deletes_old_captchas(journals):
    article = make_article(tags=["banjir"])
    neighbour = make_article(tags=["banjir"])
    make_article()
    for minutes in (-1, 1):
        CaptchaStore.objects.create(
            challenge="ABC",
            response="abc",
            hashkey=str(minutes),
            expiration=timezone.now() + timedelta(minutes=minutes),
        )
    write(journals, make_line(article), make_line(article))
    call_command("worker", "--sekali")
    assert ArticleViews.objects.get(article=article).counted == 2
    assert [each.pk for each in most_read.of_period(MostRead.Period.TODAY, limit=5)] == [article.pk]
    assert article.related.get(rank=1).target == neighbour
    assert [captcha.hashkey for captcha in CaptchaStore.objects.all()] == ["1"]


@pytest.mark.django_db(transaction=True)
def test_a_failing_job_is_logged_by_name_and_the_others_still_run(journals, caplog):
    article = make_article()
    write(journals, make_line(article))
    (journals / "id").mkdir()  # a drain cannot read it
    make_article(status=Article.Status.DRAFT)
    with pytest.raises(CommandError, match=r"^Gagal: menghitung jumlah baca\.$"):
        call_command("worker", "--sekali")
    assert [record.getMessage() for record in caplog.records] == ["Gagal menghitung jumlah baca; akan dicoba lagi."]
    assert caplog.records[0].exc_info
    article.refresh_from_db()
    assert article.related_due_at > timezone.now()


@pytest.mark.django_db(transaction=True)
def test_a_job_that_keeps_failing_is_tried_less_and_less_often(caplog):
    def fail():
        raise RuntimeError("rusak")

    job = Job("mencoba", fail, every=1)
    pauses = []
    for _ in range(8):
        Worker().attempt(job)
        pauses.append(round(job.due - time.monotonic()))
    assert pauses == [2, 4, 8, 16, 32, 60, 60, 60]
    job.run = lambda: None
    Worker().attempt(job)
    assert round(job.due - time.monotonic()) == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_whose_photos_are_on_a_server_that_is_away_is_well(caplog):
    def fail():
        raise OSError(errno.EREMOTEIO, "penyimpanan foto tidak menjawab", "foto-berita/foto")

    def fail_otherwise():
        raise OSError(errno.EIO, "rusak")

    job, runner = Job("mencoba", fail, every=1), Worker()
    runner.jobs = [job]
    for _ in range(worker.FAILURES_HIDDEN + 1):
        runner.attempt(job)
    assert runner.is_well()
    assert job.due - time.monotonic() > 10
    assert {record.getMessage() for record in caplog.records} == {
        "Gagal mencoba; akan dicoba lagi: penyimpanan foto tidak menjawab."
    }
    assert not any(record.exc_info for record in caplog.records)
    job.run = fail_otherwise
    for is_well in (True, True, False):
        runner.attempt(job)
        assert runner.is_well() == is_well
    job.run = lambda: None
    runner.attempt(job)
    assert runner.is_well()


@pytest.mark.django_db(transaction=True)
def test_a_job_with_a_cpu_share_waits_longer_after_a_longer_run():
    job = Job("menyusun", lambda: time.sleep(0.2), every=5, share=0.02)
    Worker().attempt(job)
    assert job.due - time.monotonic() > 9.5


@pytest.mark.django_db(transaction=True)
def test_most_read_is_computed_only_when_reads_were_added_or_the_day_changed(journals):
    one = Worker()
    one.drain()
    one.refresh_most_read()
    MostRead.objects.all().delete()
    article = make_article()
    one.drain()
    one.refresh_most_read()
    assert not MostRead.objects.exists()
    write(journals, make_line(article))
    one.drain()
    one.refresh_most_read()
    assert MostRead.objects.count() == 3
    MostRead.objects.all().delete()
    one.ranked_on -= timedelta(days=1)
    one.refresh_most_read()
    assert MostRead.objects.count() == 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_worker_counts_by_itself_and_ends_cleanly_when_asked(tmp_path, number):
    article = make_article()
    with Process(tmp_path) as running:
        write(tmp_path / "pageviews", make_line(article))
        wait_until(lambda: ArticleViews.objects.filter(article=article, counted=1).exists(), seconds=60)
        wait_until(lambda: MostRead.objects.filter(article=article).count() == 3, seconds=60)
        log = running.end(number)
        assert running.process.returncode == 0
        assert log == ""


@pytest.mark.slow
def test_the_worker_waits_for_an_unavailable_database_and_continues_when_it_is_back(tmp_path, migrated):
    server = tmp_path / "server"
    shutil.copytree(migrated / "postgres", server / "postgres")
    with postgres.running(server, UNSAFE_BUT_FAST):
        folder = postgres.socket_folder(server)
        (tmp_path / "portal").mkdir()
        with Process(tmp_path / "portal", server=folder) as running:
            beat = running.beat
            postgres._stop(server)
            stopped = time.time()
            wait_until(lambda: beat.stat().st_mtime > stopped + 3, seconds=60)  # it retries at growing intervals
            postgres.ensure_running(server, UNSAFE_BUT_FAST)
            write(tmp_path / "portal" / "pageviews", b"rusak\n")
            wait_until(lambda: _offset(folder) == 6, seconds=60)
            log = running.end()
        assert running.process.returncode == 0
        assert "Basis data tidak menjawab saat" in log
        assert "Basis data menjawab lagi." in log
        assert len(log.splitlines()) <= 3


def _offset(folder) -> int | None:
    with psycopg.connect(host=str(folder), user="postgres", dbname=MIGRATED) as session:
        row = session.execute('SELECT "offset" FROM news_journaloffset').fetchone()
        return row and row[0]


@pytest.mark.django_db(transaction=True)
def test_the_worker_shows_the_supervisor_that_it_does_not_hang(tmp_path):
    signs = tmp_path / supervisor.WORKER_SIGNS
    with Process(tmp_path):
        first = wait_until(lambda: signs.exists() and signs.stat().st_mtime)
        wait_until(lambda: signs.stat().st_mtime > first)


@pytest.mark.django_db(transaction=True)
def test_the_time_since_the_workers_last_round_is_known(tmp_path, monkeypatch):
    monkeypatch.setattr(worker, "_BEAT", tmp_path / "worker.beat")
    assert worker.seconds_since_last_round() is None
    with Process(tmp_path):
        assert 0 <= worker.seconds_since_last_round() < 60
    os.utime(tmp_path / "worker.beat", (time.time() - 90,) * 2)
    assert 89 < worker.seconds_since_last_round() < 150
