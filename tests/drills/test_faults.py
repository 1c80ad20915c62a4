"""Faults that take minutes, need root (mounts) or a compiler (clocks); the suite has others: tests/test_faults.py."""

import contextlib
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from copy import copy
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote

import psycopg
import pytest
from PIL import Image

from portal.run import postgres
from tests.conftest import free_port, processes_of, require_program, wait_until
from tests.test_faults import Portal, stopped
from tests.test_serve import Portal as Serve
from tests.test_serve import kill_all_of, manage
from tests.town import Crowd, Town, fields_of
from tests.web_servers import Gunicorn, Nginx, children

pytestmark = pytest.mark.drill

SECONDS = 150  # of the storm
OUTAGE = 60
FILLER = "pengisi"
LIST = "/kategori/layanan-publik"  # of the article's category
CLOCK = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
static long jump(void) {
    long seconds = 0;
    FILE *file = fopen(getenv("CLOCK_JUMP"), "r");
    if (file) { if (fscanf(file, "%ld", &seconds) != 1) seconds = 0; fclose(file); }
    return seconds;
}
int clock_gettime(clockid_t clock, struct timespec *now) {
    static int (*ours)(clockid_t, struct timespec *);
    if (!ours) ours = dlsym(RTLD_NEXT, "clock_gettime");
    int status = ours(clock, now);
    if (clock == CLOCK_REALTIME) now->tv_sec += jump();
    return status;
}
int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    struct timespec found;
    clock_gettime(CLOCK_REALTIME, &found);
    now->tv_sec = found.tv_sec; now->tv_usec = found.tv_nsec / 1000;
    return 0;
}
time_t time(time_t *where) {
    struct timespec found;
    clock_gettime(CLOCK_REALTIME, &found);
    if (where) *where = found.tv_sec;
    return found.tv_sec;
}
"""


# ---- serve, with its embedded Postgres, and nginx


class City:
    """`serve` as the operator starts it, nginx in front."""

    def __init__(self, folder: Path):
        self.folder, self.data_dir, self.port = folder, folder / "var", free_port()
        self.data_dir.mkdir()
        (self.data_dir / "contoh-dimuat").touch()
        self.nginxes = 0
        self.serve = Serve(self.data_dir, self.port, COMMENTS_PER_HOUR="0").wait_until_ready()
        self.start_nginx()
        host = quote(postgres.connection_settings(self.data_dir)["HOST"], safe="")
        self.town = Town(self.nginx.port, f"postgres://postgres@{host}/postgres", self.data_dir)

    def start_nginx(self) -> None:
        self.nginxes += 1
        behind = SimpleNamespace(port=self.port, folder=self.data_dir)
        self.nginx = Nginx(behind, self.folder / f"nginx-{self.nginxes}")

    def pids(self, word: str) -> list[int]:
        return [pid for pid, command in processes_of(self.data_dir).items() if word in command]

    def restore_what_is_away(self) -> None:
        if self.nginx.process.poll() is not None:
            self.start_nginx()
            self.town.port = self.nginx.port
        if self.serve.process.poll() is not None:  # killed, or it has given up after five deaths in a minute
            self.serve = Serve(self.data_dir, self.port, COMMENTS_PER_HOUR="0")

    def is_whole(self) -> bool:
        """`serve` may give up only now, after the last of five deaths within a minute."""
        self.restore_what_is_away()
        return self.serve.is_healthy()

    def end(self) -> None:
        self.nginx.process.terminate()
        kill_all_of(self.data_dir)
        for process in (self.nginx.process, self.serve.process):
            process.wait()


@pytest.fixture
def city(tmp_path):
    running = City(tmp_path)
    yield running
    running.end()


def kill(pids: list[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def everything(city: City) -> list[int]:
    return [*processes_of(city.data_dir), city.nginx.process.pid, *children(city.nginx.process.pid)]


VICTIMS = {
    "a process of gunicorn": lambda city: random.sample(city.pids("portal-web"), 1),
    "the worker": lambda city: city.pids("portal-worker"),
    # Its master alone would leave the others, which go on; systemd ends them with it.
    "nginx": lambda city: random.choice([[city.nginx.process.pid], []]) + children(city.nginx.process.pid),
    "a process of Postgres": lambda city: random.sample(
        [pid for master in city.pids("/postgres -D") for pid in (master, *children(master))], 1
    ),
    "everything": everything,
}


def test_what_was_acknowledged_survives_minutes_of_kills(city):
    crowd, kills, nginx_kills = Crowd(city.town), dict.fromkeys(VICTIMS, 0), 0
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        time.sleep(random.uniform(0.2, 6))
        [victim] = random.choices(list(VICTIMS), weights=[5, 3, 3, 3, 1])
        with contextlib.suppress(OSError, ValueError):  # it is just not there
            kill(VICTIMS[victim](city))
            kills[victim] += 1
            nginx_kills += victim in ("nginx", "everything")
        time.sleep(0.2)
        city.restore_what_is_away()
    wait_until(city.is_whole, 120)
    crowd.stop()
    wait_until(lambda: city.town.views() >= city.town.lines(), 150)  # a worker that died often waits a minute
    time.sleep(2)
    print(f"kill -9: {kills}; {crowd.check(lost_with_nginx=nginx_kills * 4)}")
    assert min(kills.values()) > 0


def test_a_copy_as_after_a_power_cut_has_all_that_was_acknowledged(city, tmp_path):
    """All processes stand still while the folder is copied: the copy is what a disk would hold at one moment. What the
    system has not yet written to the disk cannot be taken away here: pages read in the last seconds, whose journal is
    not synced, could be lost."""
    crowd = Crowd(city.town)
    wait_until(lambda: len(crowd.edits) > 5 and len(crowd.comments) > 20)
    comments, edits, whole = set(crowd.comments), list(crowd.edits), crowd.whole
    pids = list(processes_of(city.data_dir))
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    copied = tmp_path / "salinan" / "var"
    shutil.copytree(city.data_dir, copied, symlinks=True, ignore=shutil.ignore_patterns(".s.PGSQL*"))
    for pid in pids:
        os.kill(pid, signal.SIGCONT)
    crowd.stop()
    done = manage("worker", "--sekali", data_dir=copied)
    assert done.returncode == 0, done.stderr
    with postgres.running(copied):
        crowd.town = copy(city.town)
        crowd.town.data_dir = copied
        host = quote(postgres.connection_settings(copied)["HOST"], safe="")
        crowd.town.database = f"postgres://postgres@{host}/postgres"
        crowd.comments, crowd.edits = comments, edits
        counted = crowd.town.lines() - crowd.lines_before
        assert whole <= counted
        crowd.whole = counted  # others were read while the processes were being stopped
        print(f"{whole} pages before the cut; {crowd.check()}")


# ---- Postgres on its own, gunicorn, worker, nginx


@contextlib.contextmanager
def tmpfs(place: Path, size: str) -> Iterator[Path]:
    place.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place]
    done = subprocess.run(mount, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"mounting is not allowed here: {done.stderr}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


def fill(place: Path) -> None:
    with contextlib.suppress(OSError), (place / FILLER).open("ab", buffering=0) as file:
        while True:
            file.write(b"0" * 4096)


def test_a_minute_without_postgres_loses_nothing(migrated, tmp_path, static_files):
    portal = Portal(tmp_path, migrated)
    town = Town(portal.nginx.port, portal.database, tmp_path / "var")
    crowd = Crowd(town)
    wait_until(lambda: crowd.edits and crowd.comments)
    before = town.views()
    with stopped(portal):
        time.sleep(2)  # pages that are being made
        shown = crowd.whole
        time.sleep(OUTAGE)
        shown = crowd.whole - shown
        assert town.ask("GET", town.path).status == 200  # from nginx
        crowd.whole += 1
        assert town.ask("GET", town.comments).status == 503
    assert shown > OUTAGE
    done = len(crowd.comments)
    wait_until(lambda: len(crowd.comments) > done + 5 and portal.worker.poll() is None)
    crowd.stop()
    wait_until(lambda: town.views() >= town.lines())
    assert town.views() >= before + shown
    print(f"{shown} pages from nginx meanwhile; {crowd.check()}")
    portal.end()


def test_a_full_disk_of_the_server_loses_nothing(migrated, tmp_path, static_files):
    with tmpfs(tmp_path / "server", "200m") as disk:
        portal = Portal(tmp_path, migrated)
        town = Town(portal.nginx.port, portal.database, tmp_path / "var")
        crowd = Crowd(town)
        wait_until(lambda: crowd.edits and crowd.comments)
        fill(disk)
        end, answers = time.monotonic() + 15, set()
        while time.monotonic() < end:
            fill(disk)  # the server gives back old log files
            with contextlib.suppress(psycopg.Error):
                answers.add(town.ask("POST", town.comments, town.comment("Komentar pada cakram penuh.")).status)
            answers.add(status := town.ask("GET", town.path).status)
            crowd.whole += status == 200
        (disk / FILLER).unlink()
        postgres.ensure_running(portal.server)
        done = len(crowd.comments)
        wait_until(lambda: len(crowd.comments) > done + 5)
        crowd.tries["Komentar pada cakram penuh."] += 1
        crowd.stop()
        wait_until(lambda: town.views() >= town.lines())
        assert answers <= {200, 303, 503}, answers
        town.rows("DELETE FROM comments_comment WHERE text = 'Komentar pada cakram penuh.'")
        print(f"answers meanwhile: {answers}; {crowd.check()}")
        portal.end()


def test_a_full_disk_of_the_data_folder_loses_only_reads(migrated, tmp_path, static_files):
    """Counted reads need the journal: pages are shown, and what could not be written is not counted."""
    with tmpfs(tmp_path / "var", "20m") as disk:
        portal = Portal(tmp_path, migrated)
        town = Town(portal.nginx.port, portal.database, disk)
        fill(disk)
        before = town.rows("SELECT count(*) FROM comments_comment")
        for number in range(5):
            fill(disk)
            assert town.ask("GET", town.path).status == 200
            assert town.ask("POST", town.comments, town.comment(f"Terima kasih nomor {number}.")).status == 303
        (disk / FILLER).unlink()
        assert town.rows("SELECT count(*) FROM comments_comment") == [(before[0][0] + 5,)]
        lines = town.lines()
        wait_until(lambda: town.ask("GET", town.path).status == 200 and town.lines() > lines)
        wait_until(lambda: town.views() == town.lines())
        print(f"{lines} of 5 reads written on the full disk; counted after it: {town.views()}")
        portal.end()


def test_photos_on_a_disk_that_became_read_only_are_refused_and_kept_on_the_page(migrated, tmp_path, static_files):
    with tmpfs(tmp_path / "var" / "media", "50m") as disk:
        portal = Portal(tmp_path, migrated)
        town = Town(portal.nginx.port, portal.database, tmp_path / "var")
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        refused = send_photo(town)
        assert town.ask("GET", town.path).status == 200
        subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
        accepted = send_photo(town)
        assert (refused.status, accepted.status) == (503, 302)
        assert town.rows("SELECT count(*) FROM news_photo") == [(1,)]
        print(f"read-only: {refused.status}, writable again: {accepted.status}")
        portal.end()


def send_photo(town: Town):
    """A new photo by the newsroom's form."""
    picture = BytesIO()
    Image.new("RGB", (1200, 800), "green").save(picture, "JPEG")
    form = "/admin/news/photo/add/"
    answer = town.ask("GET", form, Cookie=f"sessionid={town.session}")
    token = answer.headers["Set-Cookie"].partition(";")[0]
    typed = {"alt_text": "Taman kota di pagi hari", "credit": "Diskominfo"}
    fields = dict(fields_of(answer.page, "photo_form")) | typed
    named = '--x\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    parts = [named.format(*field) for field in fields.items()]
    head = '--x\r\nContent-Disposition: form-data; name="upload"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    body = "".join(parts).encode() + head.encode() + picture.getvalue() + b"\r\n--x--\r\n"
    return town.send(
        "POST", form, body, "multipart/form-data; boundary=x", Cookie=f"sessionid={town.session}; {token}"
    )


# ---- The clock


@pytest.mark.parametrize("jump", [-3600, 3600])
def test_a_clock_that_jumps_by_an_hour_shows_no_old_page_and_loses_nothing(migrated, tmp_path, static_files, jump):
    (tmp_path / "clock.c").write_text(CLOCK)
    library, clock = tmp_path / "clock.so", tmp_path / "jump"
    compiler = require_program("cc", "apt-get install gcc libc6-dev")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, tmp_path / "clock.c", "-ldl"], check=True)
    clock.write_text("0")
    portal = Portal(tmp_path / "portal", migrated)
    town = Town(portal.nginx.port, portal.database, tmp_path / "portal" / "var")
    fake = {"LD_PRELOAD": str(library), "CLOCK_JUMP": str(clock), "COMMENTS_PER_HOUR": "0"}
    folder = tmp_path / "web" / "var"
    folder.mkdir(parents=True)
    (folder / "secret_key").symlink_to(portal.folder / "var" / "secret_key")
    with Gunicorn(folder, portal.database, **fake) as web:
        people = copy(town)
        people.port, people.data_dir = web.port, folder
        crowd = Crowd(people, readers=2)
        wait_until(lambda: crowd.edits and crowd.comments)
        assert people.ask("GET", LIST).status == 200  # cached for a second
        clock.write_text(str(jump))
        people.clock = jump
        done = len(crowd.comments), len(crowd.edits)
        wait_until(lambda: len(crowd.comments) > done[0] + 5 and len(crowd.edits) > done[1] + 5)
        change = f"UPDATE news_category SET name = 'Sesudah jam berubah {jump}'"
        people.rows(change)
        crowd.stop()
        wait_until(lambda: f"Sesudah jam berubah {jump}" in people.ask("GET", LIST).page, 15)
    journals = list((folder / "pageviews").glob("*.log"))
    moments = [float(line.split("\t")[0]) - time.time() for path in journals for line in path.read_text().splitlines()]
    assert any(abs(moment - jump) < 300 for moment in moments), "the clock did not jump"
    for path in journals:
        path.rename(portal.folder / "var" / "pageviews" / path.name)
    wait_until(lambda: town.views() == town.lines())
    people.data_dir = town.data_dir
    print(f"{jump:+} s: {crowd.check()}")
    portal.end()
