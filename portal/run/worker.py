"""The worker: what the portal does beside answering requests, as a list of jobs with their intervals.

Several may run on one database, as one on each host: jobs that must not run twice at a time take an advisory lock in
their transaction, and the rest do not mind.
"""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from threading import Thread

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from captcha.models import CaptchaStore
from django.conf import settings
from django.core.management import call_command
from django.db import Error, close_old_connections, connection
from django.utils import timezone

from comments import privacy, transparency
from comments.mail import digest, outbox
from comments.models import Email
from comments.triage import first_look
from news import cards, month_counts, pageviews, related
from news.models import Article, FailedSearch, MissingPath
from news.pageviews import most_read
from news.search import vocabulary
from portal.sentinel.scan import Sentinel

logger = logging.getLogger(__name__)

LOGINS_KEPT = timedelta(days=90)
LONGEST_SLEEP = 1.0  # seconds: how long a signal to stop may wait
FAILURES_HIDDEN = 3  # in a row, of one job
LONGEST_BACKOFF = 60.0  # seconds between two tries of a job that fails
LONGEST_WAIT = 10.0  # seconds between two looks whether the database is back
LONGEST_FAREWELL = 3.0  # seconds: for the e-mail on its way, else it might be sent again
_BEAT = settings.DATA_DIR / "worker.beat"


@dataclass
class Job:
    name: str  # as the operator reads it
    run: Callable[[], object]
    every: float  # seconds between two runs
    share: float = 1.0  # of a core, at most: a run that takes long is made less often
    due: float = 0.0
    failures: int = 0  # in a row


class Worker:
    def __init__(self):
        self.stopping = False
        self.views_added = True  # since Terpopuler was computed
        self.ranked_on = None
        self.postman = None  # the thread that sends e-mails
        self.jobs = [
            Job("menghitung jumlah baca", self.drain, every=1),
            Job("menyusun Terpopuler", self.refresh_most_read, every=5, share=0.02),
            Job("menghitung berita setiap bulan", month_counts.refresh, every=60, share=0.01),
            Job("menyusun Artikel Terkait", related.refresh_due, every=1),
            Job("menggambar kartu berita baru", partial(cards.draw_missing, newest=50), every=2),
            Job("memeriksa kartu berita", cards.draw_missing, every=20, share=0.05),
            Job("melengkapi foto lama", cards.complete_photos, every=5, share=0.1),
            Job("menghapus captcha kedaluwarsa", CaptchaStore.remove_expired, every=600),
            Job("menghapus catatan masuk yang lama", _forget_logins, every=6 * 3600),
            Job("menghapus data pribadi yang lama", privacy.purge, every=60, share=0.02),
            Job("menghitung angka transparansi", transparency.refresh, every=60, share=0.01),
            Job("menulis surat kepada moderator", digest.write_due, every=20),
            Job("mengirim surat", self.send_emails, every=5),
            Job("menilai ulang komentar yang menunggu", first_look.Rescoring().step, every=5, share=0.1),
            Job("menyusun daftar kata", self.count_words, every=600, share=0.01),
            Job("memeriksa isi situs", Sentinel().step, every=5, share=0.05),
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
        """In a thread: no other job may wait for a mail server that is slow or hangs."""
        is_at_it = self.postman is not None and self.postman.is_alive()
        if settings.MAIL_IS_ON and not is_at_it and Email.objects.due().exists():
            self.postman = Thread(target=self.deliver, daemon=True)
            self.postman.start()

    def deliver(self):
        try:
            outbox.send_due(lambda: self.stopping)
        except Exception:
            logger.exception("Gagal mengirim surat; akan dicoba lagi.")
        finally:
            connection.close()  # this thread's own

    def wait_for_postman(self, seconds: float | None = None) -> None:
        if self.postman is not None:
            self.postman.join(seconds)

    def stop(self, *signal):
        """Ends `run` after the present job, within a second when there is none. A signal handler."""
        self.stopping = True

    def run(self) -> None:
        """Runs every job at its interval until `stop`, through errors and through absences of the database."""
        while not self.stopping:
            if all(job.failures < FAILURES_HIDDEN for job in self.jobs):
                _beat()  # else /sehat says that the worker does not do its work
            for job in self.jobs:
                if not self.stopping and job.due <= time.monotonic() and not self.attempt(job):
                    self.wait_for_database()
            self.sleep_until(min(job.due for job in self.jobs))
        self.wait_for_postman(LONGEST_FAREWELL)

    def run_once(self) -> list[str]:
        """Runs every job once; returns the names of those that failed."""
        for job in self.jobs:
            self.attempt(job)
        self.wait_for_postman()
        return [job.name for job in self.jobs if job.failures]

    def attempt(self, job: Job) -> bool:
        """Runs a job and sets when it is due next. False when it failed since the database is away."""
        started = time.monotonic()
        reachable = True
        close_old_connections()
        try:
            job.run()
            job.failures = 0
        except Exception:
            job.failures += 1
            reachable = _database_answers()
            if reachable:
                logger.exception("Gagal %s; akan dicoba lagi.", job.name)
            else:
                logger.warning("Basis data tidak menjawab saat %s.", job.name)
        now = time.monotonic()
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
                job.due, job.failures = 0.0, 0

    def sleep_until(self, moment: float) -> None:
        """In short naps, for Python goes on sleeping after a signal."""
        while not self.stopping and (rest := moment - time.monotonic()) > 0:
            time.sleep(min(rest, LONGEST_SLEEP))


def _forget_logins() -> None:
    """Sessions that have ended, and log-ins (with their addresses) that nobody needs to look into any more."""
    call_command("clearsessions")
    for model in (AccessAttempt, AccessFailureLog, AccessLog):
        model.objects.filter(attempt_time__lt=timezone.now() - LOGINS_KEPT).delete()


def _database_answers() -> bool:
    try:
        close_old_connections()  # a connection that saw an error is looked at, and closed when it is dead
        connection.ensure_connection()
    except Error:
        return False
    return True


def _beat() -> None:
    with suppress(OSError):  # a full disk is told by others
        _BEAT.touch()


def seconds_since_last_round() -> float | None:
    """How long ago the worker of this host began its last round of jobs; None when it has never run."""
    try:
        return time.time() - _BEAT.stat().st_mtime
    except FileNotFoundError:
        return None
