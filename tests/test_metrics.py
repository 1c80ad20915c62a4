"""Figures for Prometheus: counted by real processes of the web server, shown by a real worker."""

import os
import re
import resource
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from threading import Event
from urllib.request import urlopen

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.urls import URLPattern, get_resolver
from prometheus_client import values
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.parser import text_string_to_metric_families

from portal import metrics, nightly
from portal.backup import folder as backup_folder
from portal.metrics import exposition
from portal.metrics import requests as counted
from portal.run.settings_file import Settings
from tests.conftest import PROJECT, child_environment, free_port, wait_until
from tests.make import make_article, make_comment
from tests.web_servers import Gunicorn, get, status

Samples = dict[tuple[str, tuple[str, ...]], float]


class Portal:
    """A web server and a worker, both with METRICS."""

    def __init__(self, folder):
        here, self.port = connection.settings_dict, free_port()
        self.url = f"http://127.0.0.1:{self.port}/metrics"
        database = f"postgres://{here['USER']}@/{here['HOST']}/{here['NAME']}"
        self.environment = {"DATA_DIR": str(folder), "DATABASE_URL": database, "METRICS": f"127.0.0.1:{self.port}"}
        self.web = Gunicorn(folder, database, METRICS=self.environment["METRICS"])
        self.log = folder / "worker.log"
        with self.log.open("w") as log:
            self.worker = subprocess.Popen(
                [sys.executable, "manage.py", "worker"],
                cwd=PROJECT,
                env=child_environment() | self.environment,
                stdin=subprocess.DEVNULL,
                stderr=log,
            )

    def __enter__(self):
        try:
            self.web.__enter__()
            wait_until(lambda: self.worker.poll() is not None or "portal_database_bytes" in self.text(), seconds=60)
            assert self.worker.poll() is None, self.log.read_text()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error):
        self.worker.kill()
        self.worker.wait()
        self.web.__exit__()

    def text(self) -> str:
        try:
            with urlopen(self.url, timeout=10) as answer:
                return answer.read().decode()
        except OSError:
            return ""

    def samples(self) -> Samples:
        families = text_string_to_metric_families(self.text())
        return {
            (each.name, tuple(each.labels[name] for name in sorted(each.labels))): each.value
            for family in families
            for each in family.samples
        }


def children_of(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def requests(samples: Samples, view: str, outcome: str) -> float:
    return samples.get(("portal_requests_total", (outcome, view)), 0)


@pytest.mark.django_db(transaction=True)
def test_a_portal_shows_what_its_processes_do_and_nothing_about_people(tmp_path):
    article = make_article(title="Taman kota")
    make_comment(article, status="waiting")
    with Portal(tmp_path / "portal") as portal:
        assert status(get(portal.web.port, "/berita?rahasia=siti@example.com")) == 200
        for _ in range(8):
            assert status(get(portal.web.port, "/")) == 200
        for number in range(3):
            assert status(get(portal.web.port, f"/tak-ada-{number}-siti")) == 404
        assert status(get(portal.web.port, article.get_absolute_url())) == 200
        found = wait_until(lambda: (s := portal.samples()) and requests(s, "article", "2xx") == 1 and s)
        text = portal.text()
        assert found["portal_request_database_seconds_total", ("article",)] > 0
        assert found["portal_request_queries_total", ("article",)] >= 1
        assert found["portal_request_seconds_count", ("article",)] == 1
        assert sum(value for (name, labels), value in found.items() if name == "portal_requests_total") >= 10
        assert requests(found, "dari singgahan", "2xx") >= 1
        assert found["portal_comments_waiting", ()] == 1
        assert found["portal_job_runs_total", ("menghitung jumlah baca",)] >= 1
        assert found["portal_job_errors_total", ("menghitung jumlah baca",)] == 0
        assert not re.search("siti|example|rahasia|tak-ada|127\\.0|taman", text, re.IGNORECASE)
        assert status(get(portal.web.port, "/metrics")) == 404  # not on the public port
        files = set((tmp_path / "portal" / "metrics").iterdir())
        for process in children_of(portal.web.process.pid):  # its successor goes on with its figures
            os.kill(process, signal.SIGKILL)
        wait_until(portal.web.answers)
        assert status(get(portal.web.port, article.get_absolute_url())) == 200
        wait_until(lambda: requests(portal.samples(), "article", "2xx") == 2)
        assert set((tmp_path / "portal" / "metrics").iterdir()) == files


@pytest.mark.django_db(transaction=True)
def test_a_port_that_is_taken_costs_the_figures_and_not_the_work(tmp_path):
    here = connection.settings_dict
    with socket.create_server(("127.0.0.1", 0)) as taken:
        own = {"DATA_DIR": str(tmp_path), "METRICS": f"127.0.0.1:{taken.getsockname()[1]}"}
        own["DATABASE_URL"] = f"postgres://{here['USER']}@/{here['HOST']}/{here['NAME']}"
        command = [sys.executable, "manage.py", "worker", "--sekali"]
        done = subprocess.run(
            command, cwd=PROJECT, env=os.environ | own, capture_output=True, text=True, timeout=120, check=False
        )
    assert done.returncode == 0, done.stderr
    assert "tidak dapat dipakai (sudah dipakai program lain); angka tidak ditampilkan." in done.stderr


@pytest.mark.parametrize(
    ("text", "address"),
    [("", None), ("127.0.0.1:9101", ("127.0.0.1", 9101)), ("[::1]:9101", ("::1", 9101)), ("metrik:1", ("metrik", 1))],
)
def test_an_address_is_read(text, address):
    assert Settings({"METRICS": text}, places=()).listening_address("METRICS") == address


@pytest.mark.parametrize(
    "text", ["9101", ":9101", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:x", "::1:²"]
)
def test_another_address_is_refused_in_a_sentence(text):
    with pytest.raises(ImproperlyConfigured, match="METRICS harus alamat dan porta, misalnya"):
        Settings({"METRICS": text}, places=()).listening_address("METRICS")


# ---- The files of the web server's processes


@pytest.fixture
def files(tmp_path, settings, monkeypatch):
    """The folder of the files; this process counts as before when the test has ended."""
    settings.DATA_DIR = tmp_path
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path / metrics.FOLDER))
    monkeypatch.setattr(values, "ValueClass", values.MutexValue)
    counters = (counted._answers, counted._seconds, counted._database, counted._queries)
    for counter in counters:
        monkeypatch.setattr(counter, "_metrics", {})
    return tmp_path / metrics.FOLDER


def names(resolver, namespaces=()):
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield ":".join([*namespaces, pattern.name or ""])
        else:
            yield from names(pattern, (*namespaces, *filter(None, [pattern.namespace])))


def test_the_files_have_room_for_all_pages_before_they_are_mapped(files, settings):
    """A hole in a mapped file kills the process that writes into it when the disk is full."""
    metrics.begin(settings.DATA_DIR)
    counted.show(3)
    for view in {*names(get_resolver()), "tanpa nama", "dari singgahan", "tanpa halaman"}:
        counted._seconds.labels(view).observe(1)
        counted._database.labels(view).inc()
        counted._queries.labels(view).inc()
        for number in range(1, 6):
            counted._answers.labels(view, f"{number}xx").inc()
    assert {path.name for path in files.iterdir()} == {"counter_3.db", "histogram_3.db"}
    for path in files.iterdir():
        assert path.stat().st_blocks * 512 >= path.stat().st_size == counted.ALLOCATED
        assert len(list(MmapedDict.read_all_values_from_file(path))) > 1000


def test_without_room_for_the_files_nothing_is_shown_and_everything_served(files, settings, client, caplog):
    metrics.begin(settings.DATA_DIR)
    present = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, present[1]))
    try:
        counted.show(0)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, present)
    assert "METRICS: angka permintaan proses ini tidak ditampilkan" in caplog.text
    counted._answers.labels("home", "2xx").inc()
    assert not list(files.iterdir())
    files.rmdir()
    counted.show(0)
    assert "tidak ditampilkan: tidak ada." in caplog.text


def test_a_process_gets_the_number_of_a_dead_one():
    assert metrics.free_number([]) == 0
    assert metrics.free_number([0, 1, 3]) == 2


# ---- Gauges


def test_a_backup_disk_that_does_not_answer_holds_up_no_other_figure(settings, tmp_path, monkeypatch, caplog):
    """Nor does one that fails."""
    settings.BACKUP_DIR = tmp_path
    it_answers = Event()
    monkeypatch.setattr(backup_folder, "PATIENCE", 0.1)
    monkeypatch.setattr(nightly, "newest", lambda: it_answers.wait(30))
    gauges = {
        "portal_backup_age_seconds": exposition.GAUGES["portal_backup_age_seconds"],
        "broken": ("", lambda: 1 / 0),
        "portal_reads_lag_seconds": ("", lambda: 7),
    }
    monkeypatch.setattr(exposition, "GAUGES", gauges)
    shown = exposition.Exposition([])
    shown.measure()
    assert "Gagal mengukur broken" in caplog.text
    assert shown.gauges == {"portal_reads_lag_seconds": 7}
    assert not it_answers.is_set()
    it_answers.set()
    while backup_folder._asking["BACKUP_DIR"].locked():
        time.sleep(0.01)
