"""The worker: runs the portal's background jobs, each at its interval.

Several workers may share one database, for example one per host: jobs that must not run concurrently take an advisory
lock in their transaction; for all others it does not matter.
"""

import errno
import logging
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Thread

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from captcha.models import CaptchaStore
from django.conf import settings
from django.core.management import call_command
from django.db import Error, close_old_connections, connection
from django.utils import timezone
from gunicorn.systemd import sd_notify

from comments import privacy, transparency
from comments.mail import digest, outbox
from comments.models import Email
from comments.triage import assessment
from news import cards, month_counts, pageviews, reindexing, reports
from news.models import Article, FailedSearch, HourlyReaders, MissingPath, photo_use
from news.models.documents import delete_orphans, read_next
from news.pageviews import most_read, salt
from news.related.backlog import Backlog
from news.search import vocabulary
from portal import notes_to_writers
from portal.hosts.differences import Heartbeat
from portal.hosts.models import EVERY
from portal.login.models import FailureCount, LoginSession
from portal.run import database
from portal.run.supervisor import WORKER_SIGNS
from portal.sentinel.scan import Sentinel
from portal.unsaved.models import Copy, OpenForm, Return

logger = logging.getLogger(__name__)

LOGINS_KEPT = timedelta(days=90)
LONGEST_SLEEP = 1.0  # seconds; limits the delay after a stop signal
FAILURES_HIDDEN = 3  # of one job in a row, before the heartbeat stops
LONGEST_BACKOFF = 60.0  # seconds between attempts of a failing job
LONGEST_WAIT = 10.0  # seconds between attempts to reach the database
MAIL_WAIT_AT_STOP = 3.0  # seconds; an e-mail that is interrupted while being sent might be sent again
_BEAT = settings.DATA_DIR / "worker.beat"  # all is well: see seconds_since_last_round
_SIGNS = settings.DATA_DIR / WORKER_SIGNS  # it does not hang: the supervisor, or systemd, ends a worker that does


@dataclass
class Job:
    name: str  # shown to the operator
    run: Callable[[], object]
    every: float  # seconds between runs
    share: float = 1.0  # maximum share of a core: the longer a run takes, the longer the pause after it
    due: float = 0.0  # on the monotonic clock
    failures: int = 0  # in a row
    away: int = 0  # of them, those of the server that keeps photos, which /sehat tells under `media`
    runs: int = 0  # these three since the start
    errors: int = 0
    seconds: float = 0.0


class Worker:
    def __init__(self, more: Iterable[Job] = ()):
        """`more`: jobs of rooms that this one may not know."""
        self.stopping = False
        self.views_added = True  # since Terpopuler was last computed
        self.ranked_on = None
        self.mail_thread: Thread | None = None  # sends the e-mails
        self.reading_thread: Thread | None = None  # reads documents
        self.jobs = [
            Job("mencatat tanda hidup mesin ini", Heartbeat().step, every=EVERY),
            Job("membuat garam penghitung pembaca", lambda: salt.renew(settings.PAGEVIEWS_DIR), every=60),
            Job("menghitung jumlah baca", self.drain, every=1),
            Job("menyusun Terpopuler", self.refresh_most_read, every=5, share=0.02),
            Job("menghitung berita setiap bulan", month_counts.refresh, every=60, share=0.01),
            Job("menjumlahkan hari untuk laporan", reports.add_up_days, every=10, share=0.05),
            Job("menyusun Artikel Terkait", Backlog().step, every=1),
            Job("menggambar kartu berita baru", partial(cards.draw_missing, newest=50), every=2),
            Job("memeriksa kartu berita", cards.draw_missing, every=20, share=0.05),
            Job("melengkapi foto", cards.complete_photos, every=1, share=0.3),
            Job("membaca dokumen", self.read_documents, every=2),
            Job("menghapus berkas dokumen yang tidak dipakai", delete_orphans, every=3600),
            Job("menghapus berkas foto yang tidak dipakai", photo_use.delete_orphans, every=3600, share=0.1),
            Job("menghapus captcha kedaluwarsa", CaptchaStore.remove_expired, every=600),
            Job("menghapus catatan masuk yang lama", _delete_old_logins, every=6 * 3600),
            Job("menghapus hitungan gagal masuk", FailureCount.objects.prune, every=600),
            Job("menghapus daftar sesi yang berakhir", LoginSession.objects.prune, every=3600),
            Job("menghapus salinan tulisan yang lama", Copy.objects.prune, every=6 * 3600),
            Job("menghapus formulir yang sudah ditutup", OpenForm.objects.prune, every=600),
            Job("menghapus kiriman yang kembali", Return.objects.prune, every=600),
            Job("menghapus data pribadi yang lama", privacy.purge, every=60, share=0.02),
            Job("menghitung angka transparansi", transparency.refresh, every=60, share=0.01),
            Job("menulis surat kepada moderator", digest.write_due, every=20),
            Job("menulis surat kepada penulis", notes_to_writers.write_due, every=20),
            Job("mengirim surat", self.send_emails, every=5),
            Job("menilai ulang komentar yang menunggu", assessment.Rescoring().step, every=5, share=0.1),
            Job("menyusun daftar kata", self.count_words, every=600, share=0.01),
            Job("memperbarui indeks pencarian", reindexing.step, every=1, share=0.5),
            Job("memeriksa isi situs", Sentinel().step, every=5, share=0.05),
            *more,
            Job("menghapus hitungan pembaca per jam yang lama", HourlyReaders.objects.prune, every=3600),
            Job("merapikan pencarian tanpa hasil", FailedSearch.objects.prune, every=3600),
            Job("merapikan alamat tidak ditemukan", MissingPath.objects.prune, every=3600),
        ]

    def drain(self):
        if pageviews.drain():
            self.views_added = True

    def refresh_most_read(self):
        today = timezone.localdate()
        if (self.views_added or today != self.ranked_on) and most_read.refresh():
            self.views_added, self.ranked_on = False, today

    def count_words(self):
        vocabulary.refresh(Article.objects.published())

    def send_emails(self):
        """Sends in a thread, so that no other job waits for a slow or hanging mail server."""
        is_sending = self.mail_thread is not None and self.mail_thread.is_alive()
        if settings.MAIL_IS_ON and not is_sending and Email.objects.due().exists():
            self.mail_thread = Thread(target=self.deliver, daemon=True)
            self.mail_thread.start()

    def deliver(self):
        try:
            outbox.send_due(lambda: self.stopping)
        except Exception:
            logger.exception("Gagal mengirim surat; akan dicoba lagi.")
        finally:
            connection.close()  # the connection of this thread

    def read_documents(self):
        """In a thread as well: a document may take a minute."""
        if self.reading_thread is None or not self.reading_thread.is_alive():
            self.reading_thread = Thread(target=self.read_waiting, daemon=True)
            self.reading_thread.start()

    def read_waiting(self):
        """One after the other: each may take a gigabyte."""
        try:
            while not self.stopping and read_next():
                pass
        except Exception:
            logger.exception("Gagal membaca dokumen; akan dicoba lagi.")
        finally:
            connection.close()  # the connection of this thread

    def wait_for_mail(self, seconds: float | None = None) -> None:
        if self.mail_thread is not None:
            self.mail_thread.join(seconds)

    def stop(self, *signal):
        """Signal handler: ends `run` after the current job, or within a second if none is running."""
        self.stopping = True

    def wait_until_usable(self) -> None:
        """Waits for the database; raises database.Unusable if it is not one that the portal can work on."""
        sd_notify("READY=1", logger)  # waiting is work, too: systemd must not end it for that
        if not _database_answers():
            logger.warning("Menunggu basis data.")
            self.wait_for_database()
        if not self.stopping:
            database.check_usable()

    def run(self) -> None:
        """Runs every job at its interval until `stop`; continues after errors and database outages."""
        while not self.stopping:
            if self.is_well():
                _beat()  # without it /sehat reports the worker as failing
            for job in self.jobs:
                if not self.stopping and job.due <= time.monotonic() and not self.attempt(job):
                    self.wait_for_database()
            self.sleep_until(min(job.due for job in self.jobs))
        self.wait_for_mail(MAIL_WAIT_AT_STOP)

    def is_well(self) -> bool:
        return all(job.failures - job.away < FAILURES_HIDDEN for job in self.jobs)

    def run_once(self) -> list[str]:
        """Runs every job once; returns the names of those that failed."""
        for job in self.jobs:
            self.attempt(job)
        self.wait_for_mail()
        if self.reading_thread is not None:
            self.reading_thread.join()
        return [job.name for job in self.jobs if job.failures]

    def attempt(self, job: Job) -> bool:
        """Runs a job and schedules its next run. Returns False if it failed because the database is unreachable."""
        _show_life()
        started = time.monotonic()
        reachable = True
        close_old_connections()
        try:
            job.run()
            job.failures = job.away = 0
        except Exception as error:
            job.failures += 1
            job.errors += 1
            reachable = _database_answers()
            if isinstance(error, OSError) and error.errno == errno.EREMOTEIO:
                job.away += 1
                logger.warning("Gagal %s; akan dicoba lagi: %s.", job.name, error.strerror)
            elif reachable:
                logger.exception("Gagal %s; akan dicoba lagi.", job.name)
            else:
                logger.warning("Basis data tidak menjawab saat %s.", job.name)
        now = time.monotonic()
        job.runs += 1
        job.seconds += now - started
        pause = max(job.every, (now - started) / job.share)
        if job.failures:
            pause = max(pause, min(job.every * 2**job.failures, LONGEST_BACKOFF))
        job.due = now + pause
        return reachable

    def wait_for_database(self) -> None:
        pause = 0.5
        while not self.stopping and not _database_answers():
            _beat()
            self.sleep_until(time.monotonic() + pause)
            pause = min(pause * 2, LONGEST_WAIT)
        if not self.stopping:
            logger.warning("Basis data menjawab lagi.")
            for job in self.jobs:
                job.due, job.failures, job.away = 0.0, 0, 0

    def sleep_until(self, moment: float) -> None:
        """Sleeps in short steps, because Python resumes a sleep after a signal."""
        while not self.stopping and (rest := moment - time.monotonic()) > 0:
            _show_life()
            time.sleep(min(rest, LONGEST_SLEEP))


def _delete_old_logins() -> None:
    """Deletes expired sessions, and records of log-ins with their IP addresses after LOGINS_KEPT."""
    call_command("clearsessions")
    for model in (AccessAttempt, AccessFailureLog, AccessLog):
        model.objects.filter(attempt_time__lt=timezone.now() - LOGINS_KEPT).delete()


def _database_answers() -> bool:
    try:
        close_old_connections()  # checks a connection that had an error and closes it if it is dead
        connection.ensure_connection()
    except Error:
        return False
    return True


def _beat() -> None:
    _touch(_BEAT)


def _show_life() -> None:
    _touch(_SIGNS)
    sd_notify("WATCHDOG=1", logger)  # nothing without systemd


def _touch(path: Path) -> None:
    with suppress(OSError):  # others report a full disk
        path.touch()


def seconds_since_last_round() -> float | None:
    """Seconds since the worker on this host began its last round of jobs; None if it has never run."""
    try:
        return time.time() - _BEAT.stat().st_mtime
    except FileNotFoundError:
        return None
