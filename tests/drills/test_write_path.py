"""Two thousand reads a second on a thousand articles, for minutes, while citizens comment and an editor publishes."""

import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path
from statistics import quantiles
from urllib.parse import quote

import pytest

from portal.run import postgres
from tests.conftest import PROJECT, child_environment, free_port, wait_until
from tests.journals import make_line
from tests.test_serve import Portal
from tests.town import Town

pytestmark = pytest.mark.drill

ARTICLES, VIEWS = 1000, 2000  # a second
SECONDS = int(os.environ.get("DRILL_SECONDS", "600"))
PAUSE = 0.5  # seconds between comments, and between publications
COUNTERS = ("news_articleviews", "news_dailyviews", "news_hourlyreaders", "news_mostread", "news_journaloffset")
LATE, COMMENT, SHARE, SIZE = 3, 0.5, 0.15, 20  # seconds, seconds, of a core, MiB of all counters

EDITOR = """
import sys
import django
django.setup()
from tests.make import make_article
for line in sys.stdin:
    print(make_article(tags=["banjir"]).pk, flush=True)
"""


class City:
    def __init__(self, data_dir: Path):
        self.data_dir = data_dir
        self.serve = Portal(data_dir, free_port(), WORKERS="2", COMMENTS_PER_HOUR="0", COMMENTS_PER_HOUR_TOTAL="0")
        self.serve.wait_until_ready()
        host = quote(postgres.connection_settings(data_dir)["HOST"], safe="")
        database = f"postgres://postgres@{host}/postgres"
        self.town = Town(self.serve.port, database, data_dir)
        self.articles = self.copies()
        own = {"DATA_DIR": str(data_dir), "DATABASE_URL": database, "PYTHONPATH": str(PROJECT)}
        self.editor = subprocess.Popen(
            [sys.executable, "-c", EDITOR],
            env=child_environment() | own,
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.over = threading.Event()
        self.written: list[tuple[float, int]] = []  # when, and how many reads until then
        self.waits: list[float] = []
        self.late: list[float] = []
        self.published = 0

    def copies(self) -> list[int]:
        """The town's article, so often; their lists of related articles are not due for a day."""
        columns = [
            name
            for (name,) in self.town.rows(
                "SELECT column_name::text FROM information_schema.columns WHERE table_name = 'news_article'"
                " AND is_generated = 'NEVER' AND column_name NOT IN ('id', 'related_due_at')"
            )
        ]
        names = ", ".join(columns)
        copied = self.town.rows(
            f"INSERT INTO news_article ({names}, related_due_at) SELECT {names}, now() + interval '1 day'"
            " FROM news_article, generate_series(1, %s) WHERE id = %s RETURNING id",
            ARTICLES,
            self.town.article,
        )
        return [number for (number,) in copied]

    def repeat(self, job) -> threading.Thread:
        def work():
            while not self.over.is_set():
                job()

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        return thread

    def views(self) -> int:
        return int(self.town.rows("SELECT sum(counted) FROM news_articleviews")[0][0] or 0)

    def read(self) -> None:
        """Twenty times a second the lines that nginx would have written since the last time."""
        now = time.time()
        before, number = self.written[-1]
        due = min(int((now - before) * VIEWS), VIEWS)
        lines = [make_line(random.choice(self.articles), bucket=random.randrange(1000)) for _ in range(due)]
        with self.journal.open("ab", buffering=0) as file:
            file.write(b"".join(lines))
        self.written.append((now, number + due))
        time.sleep(0.05)

    def comment(self) -> None:
        fields = self.town.comment(f"Komentar {len(self.waits)}: terima kasih untuk tamannya.")
        started = time.monotonic()
        answer = self.town.ask("POST", f"/berita/{random.choice(self.articles)}/komentar", fields)
        assert answer.status == 303, answer.page
        self.waits.append(time.monotonic() - started)
        time.sleep(PAUSE)

    def publish(self) -> None:
        self.editor.stdin.write("\n")
        self.editor.stdin.flush()
        assert self.editor.stdout.readline().strip().isdigit()
        self.published += 1
        time.sleep(PAUSE)

    def watch(self) -> None:
        """How old the newest read is that is counted, once a second."""
        time.sleep(1)
        counted, now = self.views() - self.before, time.time()
        missing = [moment for moment, number in self.written if number > counted]
        self.late.append(now - missing[0] if missing else 0.0)

    def run(self) -> None:
        self.before, self.written = self.views(), [(time.time(), 0)]
        self.journal = self.data_dir / "pageviews" / f"nginx-{time.strftime('%Y-%m-%d', time.gmtime())}.log"
        [worker] = self.serve.children("portal-worker")
        used, started = cpu_seconds(worker), time.monotonic()
        threads = [self.repeat(job) for job in (self.read, self.comment, self.comment, self.publish, self.watch)]
        while time.monotonic() - started < SECONDS:
            time.sleep(1)
        self.share = (cpu_seconds(worker) - used) / (time.monotonic() - started)
        self.over.set()
        for thread in threads:
            thread.join(60)

    def bloat(self) -> dict[str, tuple[float, int, int]]:
        """Size in MiB, how often rows were changed, and how often of that in place (HOT), by table."""
        rows = self.town.rows(
            "SELECT relname, pg_total_relation_size(relid), n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables"
            " WHERE relname = ANY(%s)",
            list(COUNTERS),
        )
        return {name: (size / 2**20, changed, hot) for name, size, changed, hot in rows}


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.fixture
def city(data_dir):
    running = City(data_dir)
    yield running
    running.editor.kill()


def test_two_thousand_reads_a_second_are_counted_while_people_comment_and_publish(city):
    city.run()
    reads = city.written[-1][1]
    wait_until(lambda: city.views() - city.before >= reads, 120)
    worst = quantiles(city.waits, n=100)[98]
    sizes = city.bloat()
    city.town.rows(f"VACUUM FULL {', '.join(COUNTERS)}")
    least = city.bloat()
    print(f"{reads} reads in {SECONDS} s, {city.views() - city.before} counted; {len(city.waits)} comments")
    print(f"99 % within {worst:.3f} s; {city.published} published; worker {city.share:.3f} of a core")
    print(f"counted late: median {quantiles(city.late, n=2)[0]:.1f} s, at most {max(city.late):.1f} s")
    for name, (size, changed, hot) in sorted(sizes.items()):
        print(f"{name}: {size:.1f} MiB, {least[name][0]:.1f} without dead rows; {changed} changes, {hot} in place")
    assert city.views() - city.before == reads
    assert worst < COMMENT
    assert max(city.late) < LATE
    assert city.share < SHARE
    assert sum(size for size, _, _ in sizes.values()) < SIZE
