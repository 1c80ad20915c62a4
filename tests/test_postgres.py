"""The embedded Postgres: when it is started and stopped, and recovery after kills."""

import contextlib
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from portal.run import postgres
from tests.conftest import UNSAFE_BUT_FAST, processes_of, require_program, wait_until

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).resolve().parent.parent
HOLDER = f"""
import sys
from pathlib import Path
from portal.run import postgres
try:
    with postgres.running(Path(sys.argv[1]), {UNSAFE_BUT_FAST!r}):
        print("up", flush=True)
        sys.stdin.read()
except postgres.PostgresError as error:
    sys.exit(str(error))
"""


@pytest.fixture(scope="module")
def fresh_database(tmp_path_factory):
    """A data folder after its first start and stop; copying it is faster than another initdb."""
    folder = tmp_path_factory.mktemp("fresh") / "var"
    with postgres.running(folder, UNSAFE_BUT_FAST):
        pass
    wait_until(lambda: not processes_of(folder))
    return folder


@pytest.fixture
def new_data_dir(tmp_path):
    """A folder in which no portal has run yet."""
    folder = tmp_path / "var"
    yield folder
    for pid in processes_of(folder):  # only after a failure
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    shutil.rmtree(folder, ignore_errors=True)  # pytest keeps its folders, and a database is large


@pytest.fixture
def data_dir(new_data_dir, fresh_database):
    return shutil.copytree(fresh_database, new_data_dir)


@pytest.fixture
def start_holder(new_data_dir):
    """Starts processes that keep the server of `new_data_dir` running until their standard input ends."""
    holders = []

    def start(*, wait=True, **environment):
        holder = subprocess.Popen(
            [sys.executable, "-c", HOLDER, new_data_dir],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=PROJECT,
            env=os.environ | environment,
        )
        holders.append(holder)
        if wait:
            assert holder.stdout.readline() == "up\n", holder.stderr.read()
        return holder

    yield start
    for holder in holders:
        holder.kill()
        holder.communicate()


def end(holder):
    holder.communicate()
    assert holder.returncode == 0


def kill(holder):
    holder.kill()
    holder.communicate()


def query(data_dir, sql):
    where = postgres.connection_settings(data_dir)
    with psycopg.connect(
        host=where["HOST"], port=where["PORT"], user=where["USER"], dbname=where["NAME"], autocommit=True
    ) as connection:
        cursor = connection.execute(sql)
        return cursor.fetchone()[0] if cursor.description else None


def pid_file(data_dir):
    return data_dir / "postgres" / "postmaster.pid"


def postmaster(data_dir):
    return int(pid_file(data_dir).read_text().split()[0])


def nothing_runs(data_dir):
    return not processes_of(data_dir)


def test_server_runs_while_it_is_needed_and_no_longer(data_dir):
    with postgres.running(data_dir, UNSAFE_BUT_FAST):
        assert query(data_dir, "SELECT 1") == 1
    wait_until(lambda: nothing_runs(data_dir))


def test_server_is_small_private_and_speaks_utf8(data_dir):
    with postgres.running(data_dir, UNSAFE_BUT_FAST):
        assert query(data_dir, "SHOW shared_buffers") == "16MB"
        assert query(data_dir, "SHOW jit") == "off"
        assert query(data_dir, "SHOW listen_addresses") == ""
        assert query(data_dir, "SHOW server_encoding") == "UTF8"
        assert query(data_dir, "SELECT lower('ÉCOLE')") == "école"


def test_data_folder_is_private_and_its_parents_are_unchanged(new_data_dir):
    above = {folder: folder.stat().st_mode for folder in new_data_dir.parents}
    with postgres.running(new_data_dir, UNSAFE_BUT_FAST):
        assert stat.S_IMODE(new_data_dir.stat().st_mode) == 0o700
        assert stat.S_IMODE((new_data_dir / "postgres").stat().st_mode) == 0o700
        assert {folder: folder.stat().st_mode for folder in new_data_dir.parents} == above


def test_four_processes_that_start_at_once_share_one_server(new_data_dir, start_holder):
    holders = [start_holder(wait=False) for _ in range(4)]
    assert [holder.stdout.readline() for holder in holders] == ["up\n"] * 4
    servers = [command for command in processes_of(new_data_dir).values() if "/bin/postgres -D" in command]
    assert len(servers) == 1
    for holder in holders:
        end(holder)
    wait_until(lambda: nothing_runs(new_data_dir))


@pytest.mark.parametrize("leave", [end, kill])
@pytest.mark.parametrize("first", [0, 1])
def test_the_server_runs_until_its_last_user_ends(data_dir, start_holder, leave, first):
    holders = [start_holder(), start_holder()]
    server = postmaster(data_dir)
    leave(holders.pop(first))
    time.sleep(0.3)
    assert query(data_dir, "SELECT 1") == 1
    assert postmaster(data_dir) == server
    leave(holders.pop())
    wait_until(lambda: nothing_runs(data_dir))


def test_a_killed_server_is_started_again_with_its_data(data_dir):
    with postgres.running(data_dir):
        query(data_dir, "CREATE TABLE kept AS SELECT generate_series(1, 1000)")
        os.kill(postmaster(data_dir), signal.SIGKILL)
        assert wait_until(lambda: postgres.ensure_running(data_dir))
        assert query(data_dir, "SELECT count(*) FROM kept") == 1000
        assert not postgres.ensure_running(data_dir)
    wait_until(lambda: nothing_runs(data_dir))


def test_next_start_recovers_after_everything_was_killed(data_dir, start_holder):
    holder = start_holder()
    query(data_dir, "SET synchronous_commit = on; CREATE TABLE kept AS SELECT generate_series(1, 1000)")
    for pid in processes_of(data_dir):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    holder.communicate()
    wait_until(lambda: nothing_runs(data_dir))
    with postgres.running(data_dir):
        assert query(data_dir, "SELECT count(*) FROM kept") == 1000


def test_kill_at_any_moment_of_the_first_start_leaves_nothing_behind(new_data_dir, start_holder):
    for moment in (0.15, 0.3, 0.6):
        holder = start_holder(wait=False)
        time.sleep(moment)
        kill(holder)
        wait_until(lambda: nothing_runs(new_data_dir))
        if moment < 0.5:  # as on a first start
            shutil.rmtree(new_data_dir, ignore_errors=True)
    end(start_holder())
    assert not list(new_data_dir.glob("postgres.new-*"))


def test_a_kill_during_initdb_does_not_break_the_next_start(new_data_dir, start_holder):
    holder = start_holder(wait=False)
    wait_until(lambda: list(new_data_dir.glob("postgres.new-*/global")))
    kill(holder)
    assert not (new_data_dir / "postgres").exists()
    end(start_holder())  # at once, while the orphaned initdb may still run
    wait_until(lambda: nothing_runs(new_data_dir))


@pytest.mark.parametrize("content", ["another program's pid", "nothing", "rubbish"])
def test_pid_files_of_a_hard_stop_do_not_prevent_a_start(data_dir, content):
    with postgres.running(data_dir, UNSAFE_BUT_FAST):
        left_over = pid_file(data_dir).read_text()
    first_line = {"another program's pid": str(os.getppid()), "nothing": "", "rubbish": "x"}[content]
    left_over = left_over.replace(left_over.split("\n")[0], first_line, 1) if first_line else ""
    pid_file(data_dir).write_text(left_over)
    (data_dir / "postgres" / f"{postgres.SOCKET_NAME}.lock").write_text(left_over)
    with postgres.running(data_dir, UNSAFE_BUT_FAST):
        assert query(data_dir, "SELECT 1") == 1


def test_locale_that_is_not_installed_does_not_matter(new_data_dir, start_holder):
    end(start_holder(LC_ALL="id_ID.UTF-8", LANG="en_US.ISO-8859-1", LANGUAGE="id", PGDATA="/nowhere", PGPORT="1"))


@pytest.mark.parametrize("name", ["spasi ' \" $HOME `id` \\ é", "koma, juga"])
def test_data_folder_may_have_any_name(tmp_path, name):
    with postgres.running(tmp_path / name, UNSAFE_BUT_FAST):
        assert query(tmp_path / name, "SELECT 1") == 1
    wait_until(lambda: nothing_runs(tmp_path / name))


def test_socket_of_a_long_path_goes_to_a_private_temporary_folder(tmp_path, monkeypatch):
    data_dir = tmp_path / ("panjang" * 20) / "var"
    folder = postgres.socket_folder(data_dir)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert postgres.socket_folder(data_dir) == folder
    with postgres.running(data_dir, UNSAFE_BUT_FAST):
        assert query(data_dir, "SELECT 1") == 1
        assert postgres.connection_settings(data_dir)["HOST"] == str(folder)

    folder.chmod(0o755)  # as if another user had created it after a reboot
    fresh = postgres.socket_folder(data_dir)
    assert fresh != folder
    with postgres.running(data_dir, UNSAFE_BUT_FAST):
        assert query(data_dir, "SELECT 1") == 1
    shutil.rmtree(folder)
    shutil.rmtree(fresh)


def test_log_does_not_grow_without_bound(data_dir):
    with postgres.running(data_dir, UNSAFE_BUT_FAST):
        log = data_dir / "postgres.log"
        with log.open("a") as file:
            file.write("x" * postgres.LOG_LIMIT + "\nterakhir\n")
        postgres.ensure_running(data_dir)
        assert log.stat().st_size == 0
        assert (data_dir / "postgres.log.1").read_text().endswith("terakhir\n")
    assert "shut down" in log.read_text()


def test_a_broken_database_is_reported_in_one_sentence(data_dir):
    with postgres.running(data_dir, UNSAFE_BUT_FAST):
        pass
    (data_dir / "postgres" / "global" / "pg_control").unlink()
    with pytest.raises(
        postgres.PostgresError, match=r"^Basis data bawaan tidak dapat dinyalakan: .*postgres\.log\)\.$"
    ):
        postgres.ensure_running(data_dir)


# ---- As root: with user namespaces, without them, and without another user

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to find another user for the server")


@pytest.fixture
def machine_without(tmp_path):
    """Returns a PATH on which these programs exist but fail, as in many containers."""

    def path(*programs):
        folder = tmp_path / "refusing"
        folder.mkdir()
        for name in programs:
            require_program(name, "apt-get install util-linux")
            (folder / name).write_text("#!/bin/sh\nexit 1\n")
            (folder / name).chmod(0o755)
        return f"{folder}:{os.environ['PATH']}"

    return path


@pytest.fixture
def open_folder(new_data_dir):
    """Makes the parent folders of `new_data_dir`, and the programs, accessible to all users."""
    new_data_dir = new_data_dir.resolve()
    wheel = Path(postgres.program("initdb"))
    if not all(folder.stat().st_mode & 0o001 for folder in wheel.parents):
        pytest.skip("the virtual environment is in a private folder")
    for folder in new_data_dir.parents:
        if not folder.stat().st_mode & 0o001:
            folder.chmod(0o711)  # pytest's own temporary folders


@as_root
def test_root_needs_no_change_of_owner_where_user_namespaces_work(new_data_dir, start_holder):
    if subprocess.run(["unshare", "--user", "true"]).returncode != 0:
        pytest.skip("no user namespaces here")
    holder = start_holder()
    assert (new_data_dir / "postgres").stat().st_uid == 0
    assert query(new_data_dir, "SELECT 1") == 1
    end(holder)


@as_root
def test_root_without_user_namespaces_changes_the_owner_of_the_database_only(
    new_data_dir, start_holder, machine_without, open_folder
):
    holder = start_holder(PATH=machine_without("unshare"))
    assert (new_data_dir / "postgres").stat().st_uid == postgres.NOBODY
    assert stat.S_IMODE((new_data_dir / "postgres").stat().st_mode) == 0o700
    assert new_data_dir.stat().st_uid == 0
    assert stat.S_IMODE(new_data_dir.stat().st_mode) == 0o711
    assert query(new_data_dir, "SELECT 1") == 1
    end(holder)
    end(start_holder())  # and still belongs to nobody when namespaces work again
    wait_until(lambda: nothing_runs(new_data_dir))


@as_root
def test_root_that_cannot_change_user_gets_one_sentence(new_data_dir, start_holder, machine_without):
    holder = start_holder(wait=False, PATH=machine_without("unshare", "setpriv"))
    _, error = holder.communicate()
    assert re.fullmatch(r"Basis data bawaan tidak dapat dijalankan oleh root di sini: .*DATABASE_URL.*\.\n", error)
    assert stat.S_IMODE(new_data_dir.stat().st_mode) == 0o700
    assert nothing_runs(new_data_dir)
