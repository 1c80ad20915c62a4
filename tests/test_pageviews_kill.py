"""Journal and drain under kill -9: gunicorn's workers, a whole gunicorn and the drains are killed at random moments.

Counts are exact if, for each article, the count in the database equals the number of complete lines in the journals,
the readers are those that follow from the lines' buckets, every page that a reader received completely has a line, and
no line lacks a request, completed or interrupted.
"""

import http.client
import itertools
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from news.models import ArticleViews, DailyViews
from news.pageviews import drain
from news.pageviews.readers import estimate
from tests.conftest import PROJECT, free_port, wait_until
from tests.make import make_article

SECONDS = 4  # of load and kills, at least; a slow machine gets longer, until KILLS and PAGES are reached
KILLS = 6  # of children of each program, at least
PAGES = 60  # that readers received completely, at least
READERS = 6
PHONE = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile Safari/537.36"
DRAIN_FOREVER = """
import os
import django
django.setup()
from news.pageviews import drain
while True:
    if not os.fork():
        while True:
            drain()
    os.wait()  # the next child does not have to import anything
"""


class Program:
    """A program in its own session that replaces killed children."""

    def __init__(self, command: list[str], environment: dict[str, str]):
        self.command, self.environment = command, environment
        self.kills = 0
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            self.command,
            env=self.environment,
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def children(self) -> list[int]:
        pid = self.process.pid
        with suppress(OSError):
            return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        return []

    def kill(self):
        """Kills the whole session: a master and its workers."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.kills += 1

    def kill_a_child(self):
        if children := self.children():
            with suppress(ProcessLookupError):
                os.kill(random.choice(children), signal.SIGKILL)
            self.kills += 1


class Reader(threading.Thread):
    """Requests one article after another; counts complete pages and interrupted requests."""

    def __init__(self, port: int, paths: dict[int, str], stop: threading.Event):
        super().__init__()
        self.port, self.paths, self.stopped = port, paths, stop
        self.whole, self.interrupted = Counter(), Counter()

    def run(self):
        server = None
        while not self.stopped.is_set():
            article, path = random.choice(list(self.paths.items()))
            try:
                if server is None:
                    server = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
                    server.connect()
            except OSError:  # no server listens: no request was sent
                server = None
                time.sleep(0.02)
                continue
            try:
                sender = f"203.0.113.{random.randrange(256)}"
                server.request("GET", path, headers={"User-Agent": PHONE, "X-Forwarded-For": sender})
                answer = server.getresponse()
                page = answer.read()
                assert answer.status == 200
                assert page.endswith(b"</html>\n")
                self.whole[article] += 1
            except (OSError, http.client.HTTPException):
                self.interrupted[article] += 1
                server.close()
                server = None
        if server is not None:
            server.close()


def kill_children(programs: list[Program], readers: list[Reader], seconds: float):
    """Kills children of the programs in turn, at random moments, for `seconds` and until each program lost KILLS.
    Between two kills of the first program, the site, it serves a page; else a slow machine would never answer."""
    started = time.monotonic()
    kills_before, pages_before, pages_at_kill = [program.kills for program in programs], pages(readers), -1
    for program in itertools.cycle(programs):
        time.sleep(random.uniform(0.02, 0.2))
        if program is not programs[0] or pages(readers) > pages_at_kill:
            program.kill_a_child()
            pages_at_kill = pages(readers) if program is programs[0] else pages_at_kill
        passed = time.monotonic() - started
        enough = all(each.kills - old >= KILLS / 2 for each, old in zip(programs, kills_before, strict=True))
        if passed > seconds and enough and pages(readers) - pages_before >= PAGES / 2:
            return
        assert passed < 100 + 2 * seconds, "a program has no children any more"


def pages(readers: list[Reader]) -> int:
    return sum(reader.whole.total() for reader in readers)


def environment(data_dir: Path) -> dict[str, str]:
    """The environment of a portal with this data folder and the test database."""
    database = connection.settings_dict
    (data_dir / "static").symlink_to(settings.STATIC_ROOT)
    return os.environ | {
        "DATA_DIR": str(data_dir),
        "DATABASE_URL": f"postgres://{database['USER']}@/{database['HOST']}/{database['NAME']}",
        "DJANGO_SETTINGS_MODULE": "portal.settings",
    }


@pytest.mark.django_db(transaction=True)
def test_no_read_is_lost_or_counted_twice_while_everything_is_killed_repeatedly(tmp_path, settings):
    """Takes some seconds; tests/drills does the same for minutes."""
    settings.PAGEVIEWS_DIR = tmp_path / "pageviews"
    kill_storm(tmp_path, SECONDS)


def kill_storm(data_dir: Path, seconds: float):
    """Kills everything while readers read, for `seconds`; then compares all counts."""
    paths = {article.pk: article.get_absolute_url() for article in (make_article() for _ in range(5))}
    port = free_port()
    python, variables = sys.executable, environment(data_dir)
    options = [f"--bind=127.0.0.1:{port}", "--workers=2", "--worker-class=gthread", "--threads=4", "--preload"]
    site = Program([python, "-m", "gunicorn", *options, "--no-control-socket", "portal.wsgi"], variables)
    drains = [Program([python, "-c", DRAIN_FOREVER], variables) for _ in range(2)]
    stop = threading.Event()
    readers = [Reader(port, paths, stop) for _ in range(READERS)]
    try:
        wait_until(lambda: _listens(port), seconds=120)
        for reader in readers:
            reader.start()
        kill_children([site, *drains], readers, seconds / 2)
        site.kill()
        site.start()
        kill_children([site, *drains], readers, seconds / 2)
    finally:
        stop.set()
        for reader in readers:
            if reader.is_alive():
                reader.join()
        for program in (site, *drains):
            program.kill()

    drain()
    journalled = [
        line.split(b"\t")
        for journal in (data_dir / "pageviews").glob("*.log")
        for line in journal.read_bytes().split(b"\n")[:-1]
    ]
    lines = Counter(int(line[1]) for line in journalled)
    hit = {(int(line[1]), float(line[0]) // 3600, line[-1]) for line in journalled}
    hours = Counter((article, hour) for article, hour, bucket in hit)
    of_hours = Counter()
    for (article, _), buckets in hours.items():
        of_hours[article] += estimate(buckets)
    counted = dict(ArticleViews.objects.values_list("article_id", "counted"))
    by_day, networks = Counter(), Counter()
    for article, views, of_day in DailyViews.objects.values_list("article_id", "views", "readers"):
        by_day[article] += views
        networks[article] += of_day
    whole = sum((reader.whole for reader in readers), Counter())
    interrupted = sum((reader.interrupted for reader in readers), Counter())
    print(
        f"{whole.total()} pages, {interrupted.total()} broken off, {lines.total()} lines; kill -9: "
        f"{site.kills} in gunicorn, {sum(program.kills for program in drains)} of drains"
    )
    assert counted == by_day == lines
    assert networks == of_hours
    for article in paths:
        assert whole[article] <= lines[article] <= whole[article] + interrupted[article]
    assert interrupted.total() > 0


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False
