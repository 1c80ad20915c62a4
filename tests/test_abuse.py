"""What one sender cannot do to the portal: real processes, plain sockets. Times are measured by bench/parts/abuse.py;
here is asserted what is bounded."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from portal import bodies
from portal.run import postgres
from tests.conftest import DATA_DIR, MIGRATED, PROJECT, UNSAFE_BUT_FAST, child_environment, wait_until
from tests.web_servers import Gunicorn, answer_on, children, get, send, status

MIB = 1024 * 1024
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def database(embedded_postgres):
    """The URL of an empty portal's database on the tests' server."""
    name, host = "portal_diserang", postgres.connection_settings(DATA_DIR)["HOST"]
    with psycopg.connect(host=host, user="postgres", dbname="postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {MIGRATED}")
        yield f"postgres://postgres@/{host}/{name}"
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def web(database, tmp_path_factory, static_files):
    with Gunicorn(tmp_path_factory.mktemp("gunicorn") / "var", database) as server:
        yield server


def head(path="/", length=200 * MIB, content_type="multipart/form-data; boundary=x", more="") -> bytes:
    """The head of a POST that promises a body."""
    fields = f"Host: 127.0.0.1\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\n{more}"
    return f"POST {path} HTTP/1.1\r\n{fields}\r\n".encode()


FILE = b'--x\r\nContent-Disposition: form-data; name="foto"; filename="a.jpg"\r\n\r\n'

# ---- Bodies

ANYWHERE = ["/", "/berita/1/komentar", "/tak-ada", "/sehat", "/admin/login/", "/admin/news/photo/add/"]


@pytest.mark.slow
@pytest.mark.parametrize("path", ANYWHERE)
def test_a_body_that_is_too_large_is_refused_before_it_is_read(web, path):
    before = web.read_bytes()
    with send(web.port, head(path) + FILE) as sent:
        answer = answer_on(sent)
    assert status(answer) == 413
    assert "Kiriman terlalu besar" in answer.decode()
    assert web.read_bytes() - before < MIB
    assert web.temporary_bytes() == 0


@pytest.mark.slow
def test_a_sender_that_goes_on_after_the_refusal_is_cut_off(web):
    before = web.read_bytes()
    with send(web.port, head()) as sent, pytest.raises(OSError, match=r"reset|pipe"):
        sent.sendall(bytes(200 * MIB))
    wait_until(lambda: web.read_bytes() > before)
    assert web.read_bytes() - before < 4 * MIB


@pytest.mark.slow
def test_a_refused_sender_of_a_small_excess_can_read_why(web):
    body = b"x" * (bodies.PUBLIC + 100_000)
    with send(web.port, head(length=len(body)) + body) as sent:
        assert status(answer_on(sent)) == 413


@pytest.mark.slow
def test_stalled_uploads_hold_no_thread_and_no_file(web):
    stalled = [send(web.port, head() + FILE + b"x" * 1000) for _ in range(16)]  # four times as many as threads
    assert status(get(web.port, "/robots.txt")) == 200
    assert web.temporary_bytes() == 0
    for each in stalled:
        assert status(answer_on(each)) == 413
        each.close()


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/", "/admin/login/"])
def test_a_chunked_body_is_counted(web, path):
    before = web.read_bytes()
    start = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\nContent-Type: {FORM}\r\n\r\n"
    with send(web.port, start.encode()) as sent, pytest.raises(OSError, match=r"reset|pipe"):
        sent.sendall((b"100000\r\n" + b"x" * MIB + b"\r\n") * 200)
    assert web.read_bytes() - before < 8 * MIB
    assert web.temporary_bytes() == 0


@pytest.mark.slow
def test_a_small_chunked_form_is_read_like_any_other(web):
    form = b"username=a&password=b"
    start = f"POST /cari HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\nContent-Type: {FORM}\r\n"
    with send(
        web.port, start.encode() + b"Connection: close\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(form), form)
    ) as sent:
        assert status(answer_on(sent)) == 405
    with send(web.port, start.encode() + b"\r\nzz\r\n") as sent:
        assert "Permintaan tidak dapat dibaca" in answer_on(sent).decode()


@pytest.mark.django_db
def test_files_are_dropped_outside_the_newsroom_and_without_a_session(rf, admin_client):
    def uploaded(path, session):
        request = rf.post(path, {"nama": "a", "foto": SimpleUploadedFile("a.jpg", b"x")})
        request.COOKIES = {"sessionid": session}
        bodies.BodyLimitMiddleware(lambda request: HttpResponse())(request)
        assert request.POST["nama"] == "a"
        return list(request.FILES)

    session = admin_client.cookies["sessionid"].value
    assert uploaded("/", session) == []
    assert [uploaded("/admin/news/photo/add/", made_up) for made_up in ("", "a" * 32, "../" * 20)] == [[], [], []]
    assert uploaded("/admin/news/photo/add/", session) == ["foto"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "logged_in", "most"),
    [
        ("/", False, 256 * 1024),
        ("/", True, 256 * 1024),
        ("/admin/login/", False, 2 * MIB),
        ("/admin/news/photo/add/", True, 60 * MIB),
    ],
)
def test_the_limit_depends_on_place_and_session(rf, admin_client, path, logged_in, most):
    for length, answered in ((most, 200), (most + 1, 413)):
        request = rf.post(path, CONTENT_LENGTH=str(length))
        request.COOKIES = {"sessionid": admin_client.cookies["sessionid"].value} if logged_in else {}
        assert bodies.BodyLimitMiddleware(lambda request: HttpResponse())(request).status_code == answered


# ---- Silence

HALVES = {
    "nothing": b"",
    "in the request line": b"GET /ber",
    "in a header": b"GET /robots.txt HTTP/1.1\r\nHost: 127.",
    "in a body": head("/cari", 1000, FORM) + b"a=1",
    "in a chunk": b"POST /cari HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
}


@pytest.mark.slow
def test_readers_are_answered_while_peers_stop_in_the_middle(web):
    # Of each kind three times as many as threads
    silent = [(name, send(web.port, half)) for name, half in HALVES.items() for _ in range(12)]
    assert status(get(web.port, "/robots.txt")) == 200
    assert b"Traceback" not in web.log.read_bytes()
    for name, each in silent:
        assert status(answer_on(each)) in (0, 400), name
        each.close()


@pytest.mark.slow
@pytest.mark.parametrize("half", [half for name, half in HALVES.items() if name != "in a chunk"])
def test_peers_that_stop_in_an_ordinary_request_hold_no_thread(web, half):
    """Not even for a moment: the server answers others although the silence of all of them would fill it for a
    minute."""
    silent = [send(web.port, half) for _ in range(120)]
    before = time.monotonic()
    for _ in range(20):
        assert status(get(web.port, "/robots.txt")) == 200
    assert time.monotonic() - before < 30
    for each in silent:
        each.close()


@pytest.mark.slow
@pytest.mark.parametrize("half", HALVES.values(), ids=HALVES)
def test_a_peer_that_closes_its_side_in_the_middle_is_closed(web, half):
    with send(web.port, half) as sent:
        sent.shutdown(socket.SHUT_WR)
        assert status(answer_on(sent)) in (0, 400, 405)


@pytest.mark.slow
def test_a_request_in_pieces_and_several_at_once_are_answered(web):
    form = b"a=1" + b"x" * 100_000
    pieces = [head("/cari", len(form), FORM), form[:5], form[5:70_000], form[70_000:]]
    with send(web.port, b"") as sent:
        for piece in [*pieces[0].partition(b"Host"), *pieces[1:], *pieces]:
            sent.sendall(piece)
            time.sleep(0.05)
        sent.sendall(b"GET /robots.txt HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 2)
        sent.sendall(b"GET /robots.txt HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        answers = answer_on(sent)
    assert re.findall(rb"HTTP/1.1 (\d+) ", answers) == [b"405"] * 2 + [b"200"] * 3


@pytest.mark.slow
def test_a_client_that_asks_before_it_sends_its_body_is_told_to(web):
    with send(web.port, head("/cari", 3, FORM, "Expect: 100-continue\r\nConnection: close\r\n")) as sent:
        assert sent.recv(1000).startswith(b"HTTP/1.1 100 ")
        sent.sendall(b"a=1")
        assert b" 405 " in answer_on(sent)


@pytest.mark.slow
def test_a_slow_but_steady_sender_is_read_to_its_end(web):
    """Each pause is shorter than the silence that ends a request; together they are longer."""
    form = b"a=1" + b"x" * 30
    with send(web.port, head("/cari", len(form), FORM, "Connection: close\r\n")) as sent:
        for byte in form:
            sent.sendall(bytes([byte]))
            time.sleep(0.1)
        assert status(answer_on(sent)) == 405


# ---- What a proxy says


@pytest.mark.slow
@pytest.mark.parametrize("other", ["X-Forwarded-Protocol: https", "X-Forwarded-Ssl: off", "X-Forwarded-Ssl: on"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_only_one_header_names_the_scheme(web, scheme, other):
    assert status(get(web.port, "/robots.txt", f"X-Forwarded-Proto: {scheme}\r\n{other}\r\n")) == 200


# ---- A database that says nothing


@pytest.fixture
def own_server(migrated, tmp_path):
    """The data folder of a Postgres of its own, which a test may freeze."""
    folder = tmp_path / "database"
    shutil.copytree(migrated / "postgres", folder / "postgres")
    with postgres.running(folder, UNSAFE_BUT_FAST):
        yield folder
        signal_server(folder, signal.SIGCONT)


def signal_server(folder, number):
    postmaster = int((folder / "postgres" / "postmaster.pid").read_text().split()[0])
    for pid in [postmaster, *children(postmaster)]:
        os.kill(pid, number)


@pytest.mark.slow
def test_a_frozen_database_is_503_and_pages_come_back_with_it(own_server, tmp_path, static_files):
    host = postgres.connection_settings(own_server)["HOST"]
    with Gunicorn(tmp_path / "var", f"postgres://postgres@/{host}/{MIGRATED}") as server:
        for _ in range(8):  # so that every thread has a connection
            assert status(get(server.port, "/berita")) == 200
        signal_server(own_server, signal.SIGSTOP)
        for path in ("/berita?sebelum=2024-11-13T09:21:00Z~7", "/cari?q=banjir", "/tak-ada", "/admin/login/"):
            assert status(get(server.port, path)) in (404, 503, 200)
        assert status(get(server.port, "/kategori/kota")) == 503
        for _ in range(10):  # connections that live, and threads that have lost theirs
            began = time.monotonic()
            assert b'"rusak": ["basis_data"]' in get(server.port, "/sehat")
            assert time.monotonic() - began < 2.3  # 2 is the shortest time in which psycopg gives up
        signal_server(own_server, signal.SIGCONT)
        wait_until(lambda: status(get(server.port, "/berita")) == 200)
        said = server.log.read_text()
    assert "Traceback" not in said
    assert "Basis data tidak dapat dihubungi." in said


@pytest.mark.slow
def test_a_statement_of_a_web_process_has_an_end(database, tmp_path):
    own = {"DATABASE_URL": database, "DATA_DIR": str(tmp_path / "var")}
    for module, wanted in (("portal.wsgi", "15s"), ("django; django.setup()", "0")):
        code = f"import {module}\nfrom django.db import connection as c\nwith c.cursor() as cursor:\n"
        code += " cursor.execute('SHOW statement_timeout'); print(cursor.fetchone()[0])"
        done = subprocess.run(
            [sys.executable, "-c", code], env=child_environment() | own, cwd=PROJECT, capture_output=True, text=True
        )
        assert done.stdout.strip() == wanted, done.stderr


# ---- The log


@pytest.mark.slow
def test_a_database_that_is_away_is_a_line_a_second_whatever_is_asked(own_server, tmp_path, static_files):
    host = postgres.connection_settings(own_server)["HOST"]
    secret = "1-0123456789abcdef0123456789abcdef"
    paths = ["/berita", "/cari?q=banjir", "/tak-ada", f"/komentar/saya/{secret}", "/admin/login/", "/sitemap.xml"]
    with Gunicorn(tmp_path / "var", f"postgres://postgres@/{host}/{MIGRATED}") as server:
        assert status(get(server.port, "/berita")) == 200
        postgres._stop(own_server)
        before, began = server.log.read_text(), time.monotonic()
        for number in range(60):
            get(server.port, f"{paths[number % len(paths)]}")
        seconds = time.monotonic() - began
        lines = server.log.read_text().removeprefix(before).splitlines()
        postgres.ensure_running(own_server, UNSAFE_BUT_FAST)
        wait_until(lambda: status(get(server.port, "/berita")) == 200)
    assert any("Basis data tidak dapat dihubungi." in line for line in lines)
    assert len(lines) <= 2 * (seconds + 1)  # two kinds: pages, and the 404 page without suggestions
    assert secret not in "".join(lines)


@pytest.mark.slow
def test_a_read_only_database_is_a_line_a_second_for_the_worker_too(own_server, tmp_path):
    host = postgres.connection_settings(own_server)["HOST"]
    with psycopg.connect(host=host, user="postgres", dbname="postgres", autocommit=True) as server:
        server.execute(f"ALTER DATABASE {MIGRATED} SET default_transaction_read_only = on")
    own = {"DATABASE_URL": f"postgres://postgres@/{host}/{MIGRATED}", "DATA_DIR": str(tmp_path / "var")}
    (tmp_path / "var").mkdir()
    began = time.monotonic()
    command = [sys.executable, "manage.py", "worker"]
    worker = subprocess.Popen(command, env=child_environment() | own, cwd=PROJECT, stderr=subprocess.PIPE, text=True)
    time.sleep(5)  # long enough for most of its jobs to fail
    worker.terminate()
    said = worker.communicate(timeout=60)[1]
    assert "ReadOnlySqlTransaction" in said
    assert "Traceback" not in said
    assert len(said.splitlines()) <= time.monotonic() - began + 1


@pytest.mark.slow
def test_no_log_of_gunicorn_shows_a_secret_address(database, tmp_path, static_files):
    secret = "1-0123456789abcdef0123456789abcdef"
    options = {"GUNICORN_CMD_ARGS": "--access-logfile=-"}
    with Gunicorn(tmp_path / "var", database, **options) as server:
        get(server.port, f"/komentar/saya/{secret}", f"Referer: http://127.0.0.1/komentar/saya/{secret}/surat\r\n")
        get(server.port, f"/komentar/data-saya/{secret}~{secret}?x")
    said = server.log.read_text()
    assert said.count("/komentar/saya/…") == 2
    assert "/komentar/data-saya/…?x" in said
    assert secret not in said
