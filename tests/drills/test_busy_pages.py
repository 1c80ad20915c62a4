"""A page that many read at once: what changes on it shows soon, who asks again is mostly told that nothing has
changed, and each read counts once whatever happens to nginx."""

import contextlib
import os
import random
import signal
import subprocess
import threading
import time
from statistics import median

import psycopg
import pytest

from tests.conftest import require_program, wait_until
from tests.drills.test_faults import CLOCK
from tests.test_faults import Portal
from tests.test_nginx import insert
from tests.town import Crowd, Town
from tests.web_servers import Nginx, children

pytestmark = pytest.mark.drill

PAUSES, ASKING, SECONDS = (5, 15, 30), 4, 150  # between two requests; readers for each; how long they go on
CHANGES = 10
FAULTS = 40
AN_HOUR = 3600


@pytest.fixture
def portal(migrated, tmp_path, static_files):
    running = Portal(tmp_path / "portal", migrated)
    yield running
    running.end()


@pytest.fixture
def town(portal):
    return Town(portal.nginx.port, portal.database, portal.folder / "var")


@contextlib.contextmanager
def crowd(town):
    people = Crowd(town)
    try:
        yield people
    finally:
        people.stop()


def test_who_asks_again_for_a_busy_page_is_told_in_half_of_the_cases_that_nothing_changed(town):
    answers: dict[int, list[int]] = {pause: [] for pause in PAUSES}

    def ask(pause):
        time.sleep(random.uniform(0, 30))
        tag = town.ask("GET", town.path).headers["ETag"]
        for _ in range(SECONDS // pause):
            time.sleep(pause)
            answer = town.ask("GET", town.path, **{"If-None-Match": tag})
            answers[pause].append(answer.status)
            tag = answer.headers["ETag"]

    with crowd(town) as people:
        wait_until(lambda: " pembaca</small>" in town.ask("GET", town.path).page)  # it is the most read article
        readers = [threading.Thread(target=ask, args=[pause]) for pause in PAUSES for _ in range(ASKING)]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()
    assert people.whole > 1000
    shares = {pause: found.count(304) / len(found) for pause, found in answers.items()}
    print(f"304 after so many seconds: {shares}; {people.whole} reads meanwhile")
    assert all(len(found) == ASKING * (SECONDS // pause) for pause, found in answers.items())
    assert {status for found in answers.values() for status in found} == {200, 304}
    assert min(shares.values()) >= 0.5


def test_an_approved_comment_and_a_banner_are_soon_on_a_page_under_load(town):
    waits = {"comment": [], "banner": []}
    notice = {"kind": "emergency", "starts_at": "now"}
    comment = {"article_id": town.article, "name": "Siti", "status": "approved"}
    with crowd(town), psycopg.connect(town.database, autocommit=True) as server:
        for number in range(CHANGES):
            for kind, table, row in (
                (
                    "comment",
                    "comments_comment",
                    comment | {"id": 1_000_000 + number, "text": f"Ucapan nomor {number}."},
                ),
                ("banner", "news_notice", notice | {"id": 1 + number, "title": f"Banjir nomor {number}."}),
            ):
                time.sleep(random.uniform(0, 2))
                if kind == "banner":
                    server.execute("DELETE FROM news_notice")
                insert(server, table, row)
                began, said = time.monotonic(), row.get("text") or row["title"]
                wait_until(lambda said=said: said in town.ask("GET", town.path).page, 30)
                waits[kind].append(time.monotonic() - began)
    for kind, found in waits.items():
        print(f"{kind}: seen after {median(found):.1f} s, {max(found):.1f} s at most")
        assert median(found) < 2


def test_each_read_counts_once_while_nginx_is_reloaded_and_killed_and_hours_go_by(portal, tmp_path):
    library, clock = tmp_path / "clock.so", tmp_path / "jump"
    (tmp_path / "clock.c").write_text(CLOCK.replace('getenv("CLOCK_JUMP")', f'"{clock}"'))  # nginx drops variables
    compiler = require_program("cc", "apt-get install gcc libc6-dev")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, tmp_path / "clock.c", "-ldl"], check=True)
    clock.write_text(str(-AN_HOUR))
    with Nginx(portal.web, tmp_path / "nginx", LD_PRELOAD=str(library)) as nginx:
        town = Town(nginx.port, portal.database, portal.folder / "var")
        done = {"reload": 0, "kill -9": 0}
        with crowd(town) as people:
            for number in range(FAULTS):
                whole, kind = people.whole + random.randrange(5, 50), random.choice(list(done))
                wait_until(lambda whole=whole: people.whole > whole, 120)
                if kind == "reload":
                    nginx.process.send_signal(signal.SIGHUP)
                for pid in children(nginx.process.pid) if kind == "kill -9" else []:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                done[kind] += 1
                if number == FAULTS // 2:
                    clock.write_text("0")
        wait_until(lambda: town.views() == town.lines())
        # A page may have been sent, and its line not written yet: one for each reader and kill.
        print(f"{done}; {people.check(lost_with_nginx=4 * done['kill -9'])}; {people.whole} pages whole")
    files = {path.name for path in (portal.folder / "var" / "pageviews").glob("nginx-*.log")}
    print(f"journals: {sorted(files)}")
    assert len(files) >= 2
