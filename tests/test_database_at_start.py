"""Which database commands and the portal start on: they name it, wait for it, and refuse one that cannot work."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

import psycopg
import pytest
from django.conf import settings
from django.db import OperationalError, ProgrammingError
from psycopg import errors

from portal.run import database, postgres
from tests.conftest import DATA_DIR, MIGRATED, child_environment, free_port, from_a_terminal, wait_until
from tests.test_serve import PROJECT, Portal, kill_all_of, manage

pytestmark = pytest.mark.slow


@pytest.fixture
def server(embedded_postgres):
    """Makes databases on the tests' server: `make(name, how)` returns the DATABASE_URL."""
    host = postgres.connection_settings(DATA_DIR)["HOST"]
    made = []
    with psycopg.connect(host=host, user="postgres", dbname="postgres", autocommit=True) as admin:

        def make(name, how=""):
            admin.execute(f"CREATE DATABASE {name} {how}")
            made.append(name)
            return url(name)

        def url(name):
            return f"postgres://postgres:rahasia@/{host}/{name}"

        make.url = url
        yield make
        for name in made:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


COMMANDS = [["sandi_admin"], ["hapus_contoh"], ["import_articles", "berita.jsonl"], ["siapkan_halaman"]]


def last_line(done):
    assert done.returncode == 1
    assert "Traceback" not in done.stderr, done.stderr
    return done.stderr.splitlines()[-1]


def test_a_command_names_its_database_without_the_password(server, tmp_path):
    address = server("bernama", f"TEMPLATE {MIGRATED}")
    done = manage("hapus_contoh", data_dir=tmp_path / "var", DATABASE_URL=address)
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("Basis data: bernama di /")
    assert done.stderr.count("\n") == 1
    assert "rahasia" not in done.stderr


@pytest.mark.parametrize("command", [*COMMANDS, ["worker"]], ids=" ".join)
def test_a_command_with_a_wrong_folder_makes_no_database_there(tmp_path, command):
    data_dir = tmp_path / "var"
    done = manage(*command, data_dir=data_dir)
    assert done.stderr.startswith(f"Belum ada basis data di {data_dir}: jalankan `manage.py serve` dahulu")
    assert done.stderr.count("\n") == 1
    assert not data_dir.exists()


@pytest.mark.parametrize("command", [*COMMANDS, ["worker"]], ids=" ".join)
def test_without_tables_a_command_says_so_in_one_sentence(server, tmp_path, command):
    address = server("tanpa_tabel")
    done = manage(*command, data_dir=tmp_path / "var", DATABASE_URL=address)
    assert last_line(done) == database.NO_TABLES


def test_without_the_newest_tables_a_command_says_so_in_one_sentence(server, tmp_path):
    address = server("lama", f"TEMPLATE {MIGRATED}")
    where = postgres.connection_settings(DATA_DIR)["HOST"]
    with psycopg.connect(host=where, user="postgres", dbname="lama") as old:
        newest = "SELECT max(name) FROM django_migrations WHERE app = 'news'"
        old.execute(f"DELETE FROM django_migrations WHERE app = 'news' AND name = ({newest})")
        old.execute("DROP TABLE auth_user CASCADE")
    done = manage("sandi_admin", data_dir=tmp_path / "var", DATABASE_URL=address)
    assert last_line(done).startswith("Tabel basis data ini dari versi portal yang lebih lama")


OLD_CODE = [["serve"], ["migrate"], ["naikkan"], ["worker"], ["sandi_admin"]]


@pytest.mark.parametrize("command", OLD_CODE, ids=" ".join)
def test_a_database_of_a_newer_version_is_refused_in_one_sentence(newer, tmp_path, command):
    done = manage(*command, data_dir=tmp_path / "var", DATABASE_URL=newer, PORT=str(free_port()))
    assert last_line(done) == database.NEWER_TABLES


def test_the_web_server_refuses_a_database_of_a_newer_version(newer, tmp_path):
    own = {"DATABASE_URL": newer, "DATA_DIR": str(tmp_path / "var")}
    command = [sys.executable, "-c", "import portal.wsgi"]
    done = subprocess.run(command, env=child_environment() | own, cwd=PROJECT, capture_output=True, text=True)
    assert last_line(done) == database.NEWER_TABLES


@pytest.fixture
def newer(server):
    """The address of a database that a later version has changed."""
    address = server("lebih_baru", f"TEMPLATE {MIGRATED}")
    where = postgres.connection_settings(DATA_DIR)["HOST"]
    with psycopg.connect(host=where, user="postgres", dbname="lebih_baru") as later:
        later.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('news', '9999_later', now())")
    return address


def test_a_database_that_does_not_exist_is_named(server, tmp_path):
    for command in ("sandi_admin", "serve", "migrate"):
        done = manage(command, data_dir=tmp_path / "var", DATABASE_URL=server.url("belum_ada"), PORT=str(free_port()))
        assert last_line(done).startswith("Basis data belum_ada belum ada di server itu: buatlah dahulu")


def test_a_server_that_is_down_is_reported_in_one_sentence(tmp_path):
    address = f"postgres://postgres@127.0.0.1:{free_port()}/portal"
    done = manage("sandi_admin", data_dir=tmp_path / "var", DATABASE_URL=address)
    assert "tidak dapat dihubungi: di sana tidak ada server yang menjawab" in last_line(done)


@pytest.mark.parametrize("command", [["serve"], ["migrate"], ["worker"], ["sandi_admin"]], ids=" ".join)
def test_a_database_without_unicode_is_refused_in_one_sentence(server, tmp_path, command):
    address = server("tanpa_pengodean", "ENCODING 'SQL_ASCII' LOCALE 'C' LOCALE_PROVIDER libc TEMPLATE template0")
    done = manage(*command, data_dir=tmp_path / "var", DATABASE_URL=address, PORT=str(free_port()))
    assert last_line(done).startswith("Basis data ini berpengodean SQL_ASCII; portal memerlukan UTF8.")


@pytest.mark.parametrize("command", [["serve"], ["migrate"]])
def test_a_user_who_may_make_no_tables_is_told_so_in_one_sentence(server, tmp_path, command):
    address = server("milik_orang_lain")
    host = postgres.connection_settings(DATA_DIR)["HOST"]
    with psycopg.connect(host=host, user="postgres", dbname="postgres", autocommit=True) as admin:
        admin.execute("CREATE ROLE tamu_portal LOGIN")
        try:
            own = {"DATABASE_URL": address.replace("postgres:rahasia@", "tamu_portal@"), "PORT": str(free_port())}
            done = manage(*command, data_dir=tmp_path / "var", **own)
        finally:
            admin.execute("DROP ROLE tamu_portal")
    assert last_line(done).startswith("Pengguna basis data ini kekurangan hak (")
    assert "permission denied for schema public" in last_line(done)


def test_a_database_of_another_program_is_refused_in_one_sentence(server, tmp_path):
    address = server("milik_program_lain")
    host = postgres.connection_settings(DATA_DIR)["HOST"]
    with psycopg.connect(host=host, user="postgres", dbname="milik_program_lain", autocommit=True) as other:
        other.execute("CREATE TABLE news_article (id int)")
    done = manage("serve", data_dir=tmp_path / "var", DATABASE_URL=address, PORT=str(free_port()))
    assert last_line(done).startswith("Basis data ini berisi tabel yang bukan dari portal")


def gunicorn(data_dir, **environment):
    command = [sys.executable, "-m", "gunicorn", "-c", "python:portal.gunicorn", "portal.wsgi"]
    return subprocess.Popen(
        command,
        cwd=PROJECT,
        env=child_environment() | {"DATA_DIR": str(data_dir), "WORKERS": "1"} | environment,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_web_server_refuses_a_database_without_unicode(server, tmp_path):
    address = server("tanpa_pengodean_web", "ENCODING 'SQL_ASCII' LOCALE 'C' LOCALE_PROVIDER libc TEMPLATE template0")
    web = gunicorn(tmp_path / "var", DATABASE_URL=address, PORT=str(free_port()))
    _, said = web.communicate(timeout=60)
    assert web.returncode == 1
    assert said.startswith("Basis data ini berpengodean SQL_ASCII")
    assert "Traceback" not in said


def test_a_web_server_without_static_files_says_how_to_get_them(server, tmp_path):
    web = gunicorn(tmp_path / "var", DATABASE_URL=server("tanpa_berkas_statis"), PORT=str(free_port()))
    said = ""
    while "naikkan" not in said and web.poll() is None:
        said += web.stderr.readline()
    web.terminate()
    web.communicate(timeout=60)
    assert f"Berkas statis belum dikumpulkan di {tmp_path / 'var' / 'static'}" in said


def test_what_a_pooler_of_connections_lacks_is_said_in_one_sentence():
    refused = OperationalError("FATAL:  unsupported startup parameter: options")
    assert "ignore_startup_parameters = options" in database.explanation(refused)
    unknown = OperationalError("connection failed: FATAL:  no such database: template1")
    assert "tidak mengenal basis data template1: " in database.explanation(unknown)
    assert "Untuk `restore` hentikan PgBouncer" in database.explanation(unknown)
    for cause in (errors.DuplicatePreparedStatement(), errors.InvalidSqlStatementName()):
        mixed_up = ProgrammingError('prepared statement "_pg3_0" already exists')
        mixed_up.__cause__ = cause
        assert "?server_side_binding=False" in database.explanation(mixed_up)
        assert "?server_side_binding=False" in database.unavailability(mixed_up)


def test_who_forgot_to_become_the_portals_user_is_told_how():
    refused = OperationalError('connection failed: FATAL:  Peer authentication failed for user "portal-bogor"')
    assert "runuser -u portal-bogor -- " in database.explanation(refused)


def answer(address, posted=None):
    try:
        with urllib.request.urlopen(address, posted, timeout=30) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return None


def test_the_web_server_answers_503_until_the_tables_are_there(server, tmp_path):
    address, port = server("tanpa_tabel_web"), free_port()
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "static").symlink_to(settings.STATIC_ROOT)
    web = gunicorn(tmp_path / "var", DATABASE_URL=address, PORT=str(port))
    try:
        status, _ = wait_until(lambda: answer(f"http://127.0.0.1:{port}/"))
        assert status == 503
        status, report = answer(f"http://127.0.0.1:{port}/sehat")
        assert status == 503
        assert "Tabel belum ada" in report
        for posted in (b"username=admin&password=x", b"x" * 300_000):
            time.sleep(1.1)  # for a second no page asks the database again
            assert answer(f"http://127.0.0.1:{port}/admin/login/", posted)[0] == 503
        made = manage("migrate", "--verbosity=0", data_dir=tmp_path / "var", DATABASE_URL=address)
        assert made.returncode == 0, made.stderr
        wait_until(lambda: answer(f"http://127.0.0.1:{port}/berita")[0] == 200)
    finally:
        web.terminate()
        _, said = web.communicate(timeout=30)
    assert "Tabel belum ada" in said
    assert "Traceback" not in said


# ---- serve waits


@pytest.fixture
def late_server(tmp_path):
    """A folder in which the tests' server has its socket once it is linked: as if it had been started later."""
    return tmp_path / "late"


@pytest.fixture
def waiting(tmp_path, late_server, server):
    """A `serve` whose server is not up."""
    server("terlambat", f"TEMPLATE {MIGRATED}")
    address = f"postgres://postgres@/{late_server}/terlambat"
    portal = Portal(tmp_path / "var", started=from_a_terminal, DATABASE_URL=address)
    portal.wait_for("Menunggu basis data")
    yield portal
    kill_all_of(portal.data_dir)
    portal.process.wait()


def test_serve_waits_for_a_server_that_is_not_up_yet(waiting, late_server):
    waiting.wait_for("dicoba lagi dalam 2 detik")  # the pauses grow
    assert waiting.process.poll() is None
    late_server.symlink_to(postgres.connection_settings(DATA_DIR)["HOST"])
    waiting.wait_until_ready()
    wait_until(waiting.is_healthy)
    waiting.press_ctrl_c()
    waiting.wait_for_end()
    assert "Traceback" not in waiting.said()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_serve_that_waits_can_be_stopped(waiting, number):
    os.killpg(waiting.process.pid, number)
    waiting.wait_for_end()
    assert waiting.said().endswith("Portal berhenti.\n")
