"""The worker shows all figures at the address in METRICS: those of the web server's processes from their files, its
own jobs', and queues and ages, which it measures in between so that a reader of figures costs no query."""

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from math import inf
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.db import Error, connection
from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from comments.models import Comment, Email
from news.pageviews import counting
from news.web import replica
from portal import nightly
from portal.backup import folder as backup_folder
from portal.metrics import FOLDER
from portal.run import os_errors

logger = logging.getLogger("portal")


class CountedJob(Protocol):
    name: str
    runs: int
    errors: int
    seconds: float


class Exposition(Collector):
    def __init__(self, jobs: Iterable[CountedJob]):
        self.jobs = jobs
        self.gauges: dict[str, float] = {}  # by the names in GAUGES

    def serve(self, host: str, port: int) -> None:
        """Begins to answer, in a thread. The portal does its work also if that is impossible."""
        registry = CollectorRegistry()
        folder: Path = settings.DATA_DIR / FOLDER
        folder.mkdir(mode=0o700, exist_ok=True)
        MultiProcessCollector(registry, path=str(folder))
        registry.register(self)
        try:
            start_http_server(port, host, registry)
        except OSError as error:
            reason = os_errors.reason(error)
            logger.error("METRICS: %s porta %d tidak dapat dipakai (%s); angka tidak ditampilkan.", host, port, reason)

    def measure(self) -> None:
        """The worker's job. What cannot be measured is not shown; the rest is."""
        found: dict[str, float | None] = {}
        for name, (_, measure) in GAUGES.items():
            try:
                found[name] = measure()
            except Exception:
                logger.exception("Gagal mengukur %s; akan dicoba lagi.", name)
        self.gauges = {name: value for name, value in found.items() if value is not None}

    def collect(self) -> Iterator[Metric]:
        runs = CounterMetricFamily("portal_job_runs", "Tugas pekerja latar yang dijalankan.", labels=["job"])
        errors = CounterMetricFamily("portal_job_errors", "Di antaranya yang gagal.", labels=["job"])
        seconds = CounterMetricFamily("portal_job_seconds", "Lama semuanya.", labels=["job"])
        for job in self.jobs:
            runs.add_metric([job.name], job.runs)
            errors.add_metric([job.name], job.errors)
            seconds.add_metric([job.name], job.seconds)
        yield from (runs, errors, seconds)
        for name, value in self.gauges.items():
            yield GaugeMetricFamily(name, GAUGES[name][0], value=value)


def _drain_lag() -> float:
    written_at = counting.oldest_waiting()
    return max(time.time() - written_at, 0) if written_at else 0


def _backup_age() -> float | None:
    """None also if BACKUP_DIR does not answer, or cannot be read: /sehat says so."""
    with suppress(OSError):  # TimeoutError is one
        return backup_folder.in_time(_age_of_newest)
    return None


def _age_of_newest() -> float | None:
    newest = nightly.newest()
    return time.time() - newest.stat().st_mtime if newest else None


def _database_size() -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return cursor.fetchone()[0]


def _replica_lag() -> float | None:
    """Infinite where there is no replica that could be read from."""
    if "replica" not in settings.DATABASES:
        return None
    try:
        return replica.seconds_behind()
    except (replica.Unfit, Error):
        return inf


# By name: what it says, and how it is measured; None: there is nothing to measure
GAUGES: dict[str, tuple[str, Callable[[], float | None]]] = {
    "portal_comments_waiting": ("Komentar dalam antrean.", lambda: Comment.objects.in_queue().count()),
    "portal_comments_overdue": ("Yang melewati 48 jam.", lambda: Comment.objects.in_queue().overdue().count()),
    "portal_emails_waiting": ("Surat yang siap dikirim.", lambda: Email.objects.due().count()),
    "portal_emails_stuck": ("Surat yang sudah lama tertahan.", lambda: Email.objects.stuck().count()),
    "portal_reads_lag_seconds": ("Umur pembacaan tertua yang belum dihitung di mesin ini.", _drain_lag),
    "portal_backup_age_seconds": ("Umur cadangan terjadwal yang terakhir.", _backup_age),
    "portal_database_bytes": ("Besar basis data.", _database_size),
    "portal_replica_lag_seconds": ("Ketinggalan replika; +Inf: tidak dapat dipakai.", _replica_lag),
}
