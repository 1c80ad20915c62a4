"""`manage.py serve` from the operator's view: started, interrupted, killed and stopped from outside."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psycopg
import pytest
from django.contrib.auth.hashers import check_password

from manage import needs_database
from portal.run import postgres, supervisor
from tests.conftest import DATA_DIR, MIGRATED, free_port, from_a_terminal, processes_of, wait_until

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).resolve().parent.parent
READY = re.compile(r"^Portal siap: (http://\S+)$", re.MULTILINE)
LOGIN = re.compile(r"^Masuk: (\S+) / (\S+)$", re.MULTILINE)


def manage(*arguments, data_dir, python=(sys.executable,), **environment):
    return subprocess.run(
        [*python, "manage.py", *arguments],
        cwd=PROJECT,
        env=os.environ | {"DATA_DIR": str(data_dir)} | environment,
        capture_output=True,
        text=True,
        timeout=300,
    )


class Portal:
    """A `manage.py serve` of a data folder on a free port; `said()` returns its output."""

    def __init__(self, data_dir, port=None, started=from_a_terminal, **environment):
        self.data_dir = data_dir
        self.port = port or free_port()
        self.log = data_dir.with_name("said.txt")
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve"],
                cwd=PROJECT,
                env=os.environ | {"DATA_DIR": str(data_dir), "PORT": str(self.port), "WORKERS": "1"} | environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # a process group like that of a terminal's job
                preexec_fn=started,
            )

    def said(self):
        return self.log.read_text()

    def wait_for(self, text):
        wait_until(lambda: text in self.said() or self.process.poll() is not None, 300)
        assert text in self.said(), self.said()

    def wait_until_ready(self):
        self.wait_for("Portal siap:")
        return self

    def is_healthy(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/sehat", timeout=30) as response:
                return response.status == 200
        except OSError:  # no answer yet, or 503 until the worker has started
            return False

    def children(self, word):
        return [pid for pid, command in processes_of(self.data_dir).items() if word in command]

    def press_ctrl_c(self):
        os.killpg(self.process.pid, signal.SIGINT)

    def wait_for_end(self):
        """Waits for a clean end: soon, with status 0 and no process left."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(60)
        assert self.process.returncode == 0, self.said()
        wait_until(lambda: not processes_of(self.data_dir))


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """The data folder after a first start, and the output of that start."""
    data_dir = tmp_path_factory.mktemp("serve") / "var"
    portal = Portal(data_dir).wait_until_ready()
    portal.process.terminate()
    portal.wait_for_end()
    return data_dir, portal.said()


SHARED = ("static", "media")  # the largest folders; no test here writes to them


def copy_of(prepared, data_dir):
    shutil.copytree(prepared[0], data_dir, ignore=shutil.ignore_patterns(*SHARED))
    for name in SHARED:
        (data_dir / name).symlink_to(prepared[0] / name)
    return data_dir


@pytest.fixture
def new_data_dir(tmp_path):
    return tmp_path / "var"


@pytest.fixture
def data_dir(new_data_dir, prepared):
    return copy_of(prepared, new_data_dir)


@pytest.fixture
def data_dir_without_database(new_data_dir, prepared):
    """A folder with collected static files, which take longest, and marked as if the demo content had been loaded."""
    new_data_dir.mkdir()
    (new_data_dir / "static").symlink_to(prepared[0] / "static")
    for note in ("static.fingerprint", "contoh-dimuat"):
        shutil.copy(prepared[0] / note, new_data_dir)
    return new_data_dir


@pytest.fixture
def serve():
    """Starts portals; kills what a failed test leaves of them."""
    portals = []

    def start(data_dir, *arguments, **environment):
        portals.append(Portal(data_dir, *arguments, **environment))
        return portals[-1]

    yield start
    for portal in portals:
        kill_all_of(portal.data_dir)
        portal.process.wait()
        shutil.rmtree(portal.data_dir, ignore_errors=True)  # pytest keeps its folders, and a database is large


def kill_all_of(data_dir):
    for pid in processes_of(data_dir):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


@pytest.fixture
def portal(serve, data_dir):
    return serve(data_dir).wait_until_ready()


def with_nohup():
    """For `preexec_fn`: ignores SIGHUP, as the program nohup does."""
    from_a_terminal()
    signal.signal(signal.SIGHUP, signal.SIG_IGN)


@pytest.fixture(scope="module")
def standing(prepared, tmp_path_factory):
    """A portal started with nohup, shared by the tests that leave it running."""
    data_dir = copy_of(prepared, tmp_path_factory.mktemp("standing") / "var")
    portal = Portal(data_dir, started=with_nohup).wait_until_ready()
    yield portal
    portal.process.terminate()
    portal.wait_for_end()


def test_first_start_says_how_to_log_in_and_where_the_portal_is(prepared):
    _, said = prepared
    assert len(LOGIN.findall(said)) == 1
    assert said.index("Masuk: ") < said.index("Portal siap: ")
    assert len(said.splitlines()) < 13


def test_second_start_answers_at_the_address_it_names_and_shows_no_password(standing):
    address = READY.search(standing.said())[1]
    with urllib.request.urlopen(address) as response:
        assert response.status == 200
    assert "Masuk:" not in standing.said()
    assert "statis" not in standing.said()  # already collected


def test_an_idle_portal_writes_nothing_into_its_log(standing):
    """All jobs of the worker but those of an hour and more run in this time, and these run at the start."""
    wait_until(standing.is_healthy)
    before = standing.said()
    time.sleep(4)
    assert standing.said() == before
    assert before.endswith(f"Portal siap: http://127.0.0.1:{standing.port}/\n") or "mati" in before


def test_a_second_serve_in_one_folder_is_refused_in_one_sentence(standing):
    second = manage("serve", data_dir=standing.data_dir, PORT=str(free_port()))
    assert second.returncode == 1
    assert second.stdout == ""
    assert re.fullmatch(rf".* sudah berjalan: http://127\.0\.0\.1:{standing.port}/\n", second.stderr)
    wait_until(standing.is_healthy)


def test_a_portal_started_with_nohup_outlives_the_terminal(standing):
    os.killpg(standing.process.pid, signal.SIGHUP)
    time.sleep(0.5)  # a portal that stops would take less
    assert standing.process.poll() is None
    wait_until(standing.is_healthy)


def interrupt(portal, moment):
    """Presses Ctrl-C `moment` seconds after the migrations began."""
    portal.wait_for("Menyiapkan tabel")
    time.sleep(moment)
    portal.press_ctrl_c()
    portal.wait_for_end()
    assert "Traceback" not in portal.said()


def test_ctrl_c_during_the_migrations_ends_everything_and_the_next_start_continues(serve, data_dir_without_database):
    interrupt(serve(data_dir_without_database), moment=0)
    portal = serve(data_dir_without_database).wait_until_ready()
    portal.press_ctrl_c()
    portal.wait_for_end()


SIGNAL_IN_A_FINALIZER = """
import os, signal, time
from portal.run import supervisor

class Finalized:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0)

supervisor.raise_on_stop_signals()
try:
    Finalized()
    time.sleep(60)
except supervisor.Stopped:
    print("stopped")
"""


SIGNAL_AMONG_THREADS = """
import os, signal
from portal.run import supervisor

supervisor.raise_on_stop_signals()
try:
    with supervisor.stop_signals_wait():
        os.kill(os.getpid(), signal.SIGINT)
        print("finished")
    print("went on")
except supervisor.Stopped:
    print("stopped")
"""


@pytest.mark.parametrize(
    ("program", "said"), [(SIGNAL_IN_A_FINALIZER, "stopped\n"), (SIGNAL_AMONG_THREADS, "finished\nstopped\n")]
)
def test_ctrl_c_at_a_bad_moment_is_not_lost(program, said):
    """Python drops exceptions raised in finalizers, which the many models of the migrations have: one Ctrl-C in ten
    was lost. Raised among the threads of collectstatic, one left a lock taken, and the shutdown waited for it."""
    command = [sys.executable, "-c", program]
    ended = subprocess.run(
        command, cwd=PROJECT, capture_output=True, text=True, timeout=30, preexec_fn=from_a_terminal
    )
    assert (ended.stdout, ended.stderr) == (said, "")


def test_after_any_kill_no_process_is_left_and_the_next_start_works(serve, portal):
    portal.process.kill()  # only the serve process
    portal.process.wait()
    again = serve(portal.data_dir, portal.port)  # at once, on the port that its children still have
    again.wait_until_ready()
    wait_until(again.is_healthy)
    kill_all_of(portal.data_dir)
    again.process.wait()
    last = serve(portal.data_dir).wait_until_ready()
    wait_until(last.is_healthy)
    last.process.send_signal(signal.SIGHUP)  # the terminal was closed
    last.wait_for_end()


def test_a_taken_port_is_reported_in_one_sentence_before_anything_is_written(new_data_dir):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        started = manage("serve", data_dir=new_data_dir, PORT=str(port))
    assert started.returncode == 1
    assert started.stdout == ""
    assert re.fullmatch(rf".*porta {port}: porta itu sudah dipakai program lain\.\n", started.stderr)
    assert not (new_data_dir / "postgres").exists()


def test_killed_processes_are_started_again(standing):
    [gunicorn] = {os.getpgid(pid) for pid in standing.children("portal-web")}
    [worker] = standing.children("portal-worker")
    server = int((standing.data_dir / "postgres" / "postmaster.pid").read_text().split()[0])
    for pid in (gunicorn, worker, server):
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: standing.said().count("dijalankan lagi") == 3)
    wait_until(standing.is_healthy)


def test_web_server_and_worker_share_the_memory_of_serve(standing):
    for pid in [*standing.children("portal-web"), *standing.children("portal-worker")]:
        sizes = Path(f"/proc/{pid}/smaps_rollup").read_text()
        assert int(re.search(r"^Shared_Dirty: +(\d+) kB", sizes, re.MULTILINE)[1]) > 20_000


def test_a_process_that_keeps_dying_ends_the_portal_with_one_sentence(serve, data_dir):
    portal = serve(data_dir, GUNICORN_CMD_ARGS="--tidak-ada")
    assert portal.process.wait(300) == 1
    assert "Portal berhenti: server web mati 5 kali dalam satu menit." in portal.said()
    wait_until(lambda: not processes_of(data_dir))


def test_pages_stay_when_the_worker_keeps_dying(serve, data_dir):
    portal = serve(data_dir).wait_until_ready()
    pauses = (1, 2, 4, 8)
    for pause in pauses:
        [worker] = wait_until(lambda: portal.children("portal-worker"))
        os.kill(worker, signal.SIGKILL)
        portal.wait_for(f"dijalankan lagi dalam {pause} detik.")
    wait_until(lambda: portal.children("portal-worker"))
    with urllib.request.urlopen(f"http://127.0.0.1:{portal.port}/") as response:
        assert response.status == 200
    portal.press_ctrl_c()
    portal.wait_for_end()


# Of Python 3.12 and later; pytest-xdist has threads, `serve` has none.
forks_beside_threads = pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")


@pytest.fixture
def worker(tmp_path):
    child = supervisor.Worker(lambda: time.sleep(1000), tmp_path / "worker.alive")
    child.start()
    yield child
    child.sweep()


@forks_beside_threads
def test_the_worker_is_started_again_after_growing_pauses(tmp_path, capsys):
    child = supervisor.Worker(lambda: sys.exit(1), tmp_path / "worker.alive")
    child.start()
    for _ in range(9):
        wait_until(lambda: not child.runs())
        child.revive()
        assert not child.runs()  # it waits
        child.due = time.monotonic()
        child.revive()
    child.sweep()
    seconds = re.findall(r"dalam (\d+) detik", capsys.readouterr().err)
    assert seconds == ["1", "2", "4", "8", "16", "32", "60", "60", "60"]


@forks_beside_threads
def test_a_worker_that_ran_for_a_minute_is_started_again_at_once(worker):
    worker.pause = 32
    worker.revive()
    assert worker.pause == 32
    worker.started -= 61
    worker.revive()
    assert worker.pause == 1


@forks_beside_threads
def test_a_silent_worker_is_ended_and_started_again_even_if_it_was_frozen(worker, capsys):
    first = worker.process.pid
    os.kill(first, signal.SIGSTOP)
    worker.last_sign = (worker.last_sign[0], time.monotonic() - 301)
    worker.revive()
    assert not worker.runs()
    worker.revive()
    worker.due = time.monotonic()
    worker.revive()
    assert worker.runs()
    assert worker.process.pid != first
    assert "tidak memberi tanda selama 5 menit" in capsys.readouterr().err


@forks_beside_threads
def test_a_worker_that_shows_signs_of_life_is_left_alone(worker):
    first = worker.process.pid
    worker.last_sign = (worker.last_sign[0], time.monotonic() - 301)
    worker.signs.touch()
    worker.revive()
    assert worker.runs()
    assert worker.process.pid == first


def test_serve_leaves_postgres_running_for_a_command_in_a_second_shell(portal):
    shell = subprocess.Popen(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", "print('siap', flush=True); input()"],
        cwd=PROJECT,
        env=os.environ | {"DATA_DIR": str(portal.data_dir)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert shell.stdout.readline() == "siap\n"
    portal.press_ctrl_c()
    assert portal.process.wait(60) == 0
    where = postgres.connection_settings(portal.data_dir)
    with psycopg.connect(host=where["HOST"], user=where["USER"], dbname=where["NAME"]) as connection:
        assert connection.execute("SELECT count(*) FROM auth_user").fetchone() == (1,)
    shell.communicate("\n")
    assert shell.returncode == 0
    wait_until(lambda: not processes_of(portal.data_dir))


@pytest.fixture
def other_database(embedded_postgres):
    """The name and socket folder of a database without articles on the tests' server."""
    name, host = "portal_lain", postgres.connection_settings(DATA_DIR)["HOST"]
    with psycopg.connect(host=host, user="postgres", dbname="postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {MIGRATED}")
        yield name, host
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_database_url_is_used_and_no_server_started_nor_demo_loaded(serve, other_database, data_dir_without_database):
    name, host = other_database
    (data_dir_without_database / "contoh-dimuat").unlink()
    portal = serve(data_dir_without_database, DATABASE_URL=f"postgres://postgres@/{host}/{name}")
    portal.wait_until_ready()
    wait_until(portal.is_healthy)
    assert not list(data_dir_without_database.glob("postgres*"))
    with psycopg.connect(host=host, user="postgres", dbname=name) as connection:
        assert connection.execute("SELECT count(*) FROM news_article").fetchone() == (0,)
    portal.press_ctrl_c()
    portal.wait_for_end()


def test_a_lost_password_is_replaced_while_the_portal_runs(standing):
    made = manage("sandi_admin", data_dir=standing.data_dir)
    [(name, password)] = LOGIN.findall(made.stdout)
    assert name == "admin"
    where = postgres.connection_settings(standing.data_dir)
    with psycopg.connect(host=where["HOST"], user=where["USER"], dbname=where["NAME"]) as connection:
        [stored] = connection.execute("SELECT password FROM auth_user WHERE username = 'admin'").fetchone()
    assert check_password(password, stored)
    wait_until(standing.is_healthy)


def test_an_unknown_user_is_refused_in_one_sentence(standing):
    refused = manage("sandi_admin", "siapa", data_dir=standing.data_dir)
    assert refused.returncode == 1
    database, said = refused.stderr.splitlines()
    assert database == f"Basis data: bawaan portal, di {standing.data_dir / 'postgres'}"
    assert said == "Tidak ada pengguna bernama siapa."


def test_a_missing_package_is_reported_in_one_sentence(new_data_dir):
    result = manage("check", data_dir=new_data_dir, python=(sys.executable, "-S"))
    assert result.returncode == 1
    assert re.fullmatch(r"Paket \w+ belum terpasang\. .*pip install -q -r requirements\.txt\n", result.stderr)


def test_help_starts_no_server(new_data_dir):
    assert not needs_database(["manage.py", "help"])
    assert not needs_database(["manage.py", "sandi_admin", "-h"])
    assert manage("sandi_admin", "--help", data_dir=new_data_dir).returncode == 0
    assert not list(new_data_dir.glob("postgres*"))
