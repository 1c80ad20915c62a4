"""deploy/nginx.conf as it is shipped, started in front of a real gunicorn."""

import contextlib
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
from email import policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.templatetags.static import static
from django.urls import resolve

from news.pageviews import readers, salt
from portal.run import postgres
from tests.conftest import DATA_DIR, MIGRATED, PROJECT, child_environment, wait_until
from tests.test_routes import routes
from tests.web_servers import Gunicorn, Nginx, answer_on, children, get, send, status

pytestmark = pytest.mark.slow

NAME = "portal_nginx"
KIB, MIB = 1024, 1024 * 1024
FORM = "application/x-www-form-urlencoded"
AGENT = "User-Agent: Mozilla/5.0\r\n"
ARTICLE = "/berita/detail/7/taman-kota"
HOUR = 3600  # seconds
DOCUMENT, FILE = "/dokumen/" + "ab" * 16 + "/surat.pdf", "cd" * 16
PDF = b"%PDF-1.7 0123456789"
PHOTO = "foto/abc"
SIZES = {"-400": b"small", "-800": b"middle", "-1600": b"large"}


@pytest.fixture(scope="module")
def database(embedded_postgres):
    """The URL of a database with one published article, number 7."""
    with connected("postgres") as server:
        server.execute(f"CREATE DATABASE {NAME} TEMPLATE {MIGRATED}")
        with connected(NAME) as own:
            fill(own)
        yield f"postgres://postgres@/{server.info.host}/{NAME}"
        server.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


def connected(name: str) -> psycopg.Connection:
    host = postgres.connection_settings(DATA_DIR)["HOST"]
    return psycopg.connect(host=host, user="postgres", dbname=name, autocommit=True)


def fill(connection) -> None:
    """Adds an article with a document. Columns without a default get what suits their type."""
    values = {
        "news_category": {"id": 1, "name": "Kota", "slug": "kota"},
        "news_article": {
            "id": 7,
            "title": "Taman kota",
            "slug": "taman-kota",
            "body": "<p>Taman.</p>",
            "category_id": 1,
        }
        | {"status": "published", "published_at": "2024-11-13 09:21+00", "time_known": "true"},
    }
    values["news_document"] = {"id": 1, "article_id": 7, "title": "Surat", "name": "ab" * 16, "file": FILE}
    for table, known in values.items():
        insert(connection, table, known)


def insert(connection, table: str, known: dict) -> None:
    columns = connection.execute(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s"
        " AND is_nullable = 'NO' AND column_default IS NULL AND is_generated = 'NEVER'",
        [table],
    ).fetchall()
    blank = {"boolean": "false", "timestamp with time zone": "now", "ARRAY": "{}"}
    zero = {"integer", "bigint", "smallint"}
    row = {name: blank.get(kind, "0" if kind in zero else "") for name, kind in columns} | known
    marks = ", ".join(["%s"] * len(row))
    connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", list(row.values()))


@pytest.fixture(scope="module")
def portal(database, tmp_path_factory, static_files):
    folder = tmp_path_factory.mktemp("behind") / "var"
    (folder / "media" / "foto").mkdir(parents=True)
    for size, content in SIZES.items():
        (folder / "media" / f"{PHOTO}{size}.webp").write_bytes(content)
    (folder / "documents").mkdir()
    (folder / "documents" / f"{FILE}.pdf").write_bytes(PDF)
    with Gunicorn(folder, database) as server:
        yield server


@pytest.fixture(scope="module")
def nginx(portal, tmp_path_factory):
    with Nginx(portal, tmp_path_factory.mktemp("nginx") / "nginx") as server:
        yield server


def post(port, path, length, body=b"", content_type=FORM, more=""):
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {content_type}\r\n{more}"
    with send(port, f"{head}Content-Length: {length}\r\nConnection: close\r\n\r\n".encode() + body) as sent:
        return whole_answer_on(sent)


def whole_answer_on(sent):
    """Without waiting until nginx closes: it takes five seconds' more of a body that it has refused."""
    answer = b""
    while not (length := re.search(rb"\r\nContent-Length: ([0-9]+)\r\n", answer)) or (
        len(answer.partition(b"\r\n\r\n")[2]) < int(length[1])
    ):
        try:
            piece = sent.recv(65536)
        except ConnectionResetError:
            break
        if not piece:
            break
        answer += piece
    return answer


def lines(portal, writer="*"):
    """Of all journals of a writer, in the order of their moments."""
    found = [
        line.split("\t")
        for path in (portal.folder / "pageviews").glob(f"{writer}-*.log")
        for line in path.read_text().splitlines()
    ]
    return sorted(found, key=lambda line: line[0])


def test_a_read_is_journalled_once_by_nginx_and_the_header_stays_inside(nginx, portal):
    before, by_portal = len(lines(portal)), lines(portal, "django")
    answer = get(nginx.port, ARTICLE, AGENT)
    assert status(answer) == 200
    assert b"X-Pageview" not in answer
    wait_until(lambda: len(lines(portal)) > before)
    [line] = lines(portal)[before:]
    assert line[1:-1] == ["7", "GET", "200", "-", "Mozilla/5.0"]
    assert 0 <= int(line[-1]) <= 999
    assert re.fullmatch(r"[0-9]{10}\.[0-9]{3}", line[0])
    get(nginx.port, "/")
    assert len(lines(portal)) == before + 1
    assert lines(portal, "django") == by_portal  # those of tests that ask the portal itself


def test_readers_are_told_apart_by_nginx_without_their_addresses(nginx, portal):
    """All of 127.0.0.0/8 is this host. The hour chooses the buckets as well: 15 % is six standard deviations."""
    before = len(lines(portal))
    for number in range(500):
        for agent in (AGENT, "User-Agent: Opera/9.80\r\n"):
            source = f"127.1.{number // 200}.{number % 200 + 1}"
            assert status(get(nginx.port, ARTICLE, agent, source=source)) == 200
    wait_until(lambda: len(lines(portal)) == before + 1000)
    own = lines(portal)[before:]
    if int(float(own[0][0])) // 3600 == int(float(own[-1][0])) // 3600:  # else a new hour has begun
        assert 425 <= readers.estimate(len({line[-1] for line in own})) <= 575
    assert not any("127.1." in field for line in own for field in line)


# ---- What nginx keeps

# Addresses of all public routes
KEPT = [
    "/", ARTICLE, "/b/7", "/b/7/qr.svg", "/berita/7/perubahan", "/berita/7/perubahan/1", "/berita", "/kategori",
    "/kategori/kota", "/kategori/kota/feed", "/kategori/kota/feed/atom", "/tag/x", "/tag/x/feed", "/tag/x/feed/atom",
    "/arsip", "/arsip/2024/11", "/arsip/2024/11/13", "/cari?q=taman", "/dokumen", "/populer", "/feed", "/feed/atom",
    "/sitemap.xml", "/sitemap-halaman.xml", "/sitemap-news.xml", "/data", "/favicon.ico",
    "/robots.txt", "/.well-known/security.txt", "/ralat",
    "/ralat/feed", "/ralat/feed/atom", "/kontak", "/transparansi", "/transparansi/2024/11", "/berita/",
]  # fmt: skip
SECRET = "1-0123456789abcdef0123456789abcdef"
NEVER_KEPT = [
    "/berita/7/komentar", "/berita/7/komentar?balas=1", "/berita/7/komentar/captcha", "/komentar/1",
    "/komentar/1/laporkan", "/komentar/1/laporkan/captcha", "/komentar/1/laporkan/terima-kasih",
    f"/komentar/saya/{SECRET}", f"/komentar/saya/{SECRET}/data.json", f"/komentar/saya/{SECRET}/konfirmasi",
    f"/komentar/saya/{SECRET}/surat", "/komentar/data-saya", "/komentar/data-saya/captcha",
    "/komentar/data-saya/terkirim", f"/komentar/data-saya/a~{SECRET}", f"/komentar/data-saya/a~{SECRET}/data.json",
    "/komentar/saya/", f"/captcha/{'0' * 40}/suara.wav", f"/captcha/{'0' * 40}/gambar.png", f"/pratinjau/{SECRET}",
    "/data/berita.csv", "/data/berita.json", "/sitemap-0.xml", "/sitemap-dokumen.xml",
    DOCUMENT, f"/dokumen/{'ab' * 16}/sampul.jpg", "/media/tak-ada.webp",
    "/sehat", "/admin", "/admin/login/",
]  # fmt: skip


def files_kept(nginx):
    return [path for path in (nginx.folder / "cache").rglob("*") if path.is_file()]


def pages_kept(nginx):
    """Of each copy that nginx keeps the encoding and the address."""
    keys = [re.search(rb"^KEY: (.*)$", path.read_bytes(), re.MULTILINE)[1].decode() for path in files_kept(nginx)]
    return [(key.split(" ")[0], key.split(" ")[4]) for key in keys]


def let_time_pass(nginx, seconds):
    """All that nginx keeps becomes so much older; nobody waits. (The second field of its file is the time until which
    it is new.)"""
    for path in files_kept(nginx):
        with path.open("r+b") as file:
            file.seek(8)
            [until] = struct.unpack("=q", file.read(8))
            file.seek(8)
            file.write(struct.pack("=q", until - seconds))


@contextlib.contextmanager
def withdrawn():
    """The article, within the block."""
    withdraw = "UPDATE news_article SET status = 'withdrawn', withdrawn_reason = 'Keliru', withdrawn_at = now()"
    with connected(NAME) as own:
        own.execute(withdraw)
    try:
        yield
    finally:
        with connected(NAME) as own:
            own.execute("UPDATE news_article SET status = 'published', withdrawn_at = NULL")


@contextlib.contextmanager
def database_away(nginx):
    """No connection to the database of the portal lives or is made within the block."""
    with connected("postgres") as server:
        server.execute(f"ALTER DATABASE {NAME} ALLOW_CONNECTIONS false")
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [NAME])
        try:
            wait_until(lambda: status(get(nginx.port, "/berita/7/komentar")) == 503)
            yield
        finally:
            server.execute(f"ALTER DATABASE {NAME} ALLOW_CONNECTIONS true")
            wait_until(lambda: status(get(nginx.port, "/berita/7/komentar")) != 503)


def test_every_public_page_is_kept_and_nothing_else(nginx):
    """Whoever asks: what browsers of editors send changes no page that is kept."""
    asked = {resolve(path.partition("?")[0]).url_name for path in KEPT + NEVER_KEPT}
    assert asked - {"login"} == {each.name for each in routes()}
    let_time_pass(nginx, HOUR)  # nginx may have the files open
    for path in files_kept(nginx):
        path.unlink()
    own = "Cookie: sessionid=x; csrftoken=y; peramban=z\r\nAuthorization: Basic eDp5\r\n"
    for path in KEPT + NEVER_KEPT:
        assert get(nginx.port, path, own), path
        post(nginx.port, path, 3, b"a=b", more=own)
    assert sorted(page for _, page in pages_kept(nginx)) == sorted(KEPT)
    for path in files_kept(nginx):
        head, _, body = path.read_bytes().partition(b"\r\n\r\n")
        assert b"Cache-Control: public, max-age=" in head
        assert b"set-cookie" not in head.lower()
        assert b"csrfmiddlewaretoken" not in body


def test_two_copies_of_a_page_whatever_browsers_call_what_they_accept(nginx):
    page = "/arsip/2024/11/13"
    for accepted, is_packed in {
        "gzip": True, "gzip, deflate, br, zstd": True, "br;q=1.0, GZIP;q=0.8, *;q=0.1": True,
        "deflate ,gzip ;q=1": True,
        "gzip;q=0": False, "deflate, br": False, "identity": False, "gzip;q=0.000, br": False, "x-gzipped": False,
    }.items():  # fmt: skip
        answer = get(nginx.port, page, f"Accept-Encoding: {accepted}\r\n")
        assert (b"Content-Encoding: gzip" in answer) == is_packed, accepted
        assert b"Vary: Accept-Encoding" in answer
    assert sorted(encoding for encoding, path in pages_kept(nginx) if path == page) == ["", "gzip"]


def test_what_networks_append_to_a_link_makes_no_other_copy_and_what_decides_does(nginx):
    for path in (
        f"{ARTICLE}?fbclid=1",
        f"{ARTICLE}?p=9&x",
        "/b/7?utm_source=wa",
        "/?fbclid=1",
        "/?utm_source=x&_gl=2",
    ):
        get(nginx.port, path)
        assert ("", path) not in pages_kept(nginx)
        assert ("", path.partition("?")[0]) in pages_kept(nginx)
    for path in ("/?p=7", "/?fbclid=1&p=7", "/?page_id=2", "/?%70=7", "/cari?q=kota"):
        get(nginx.port, path)
        assert ("", path) in pages_kept(nginx)


def test_no_spelling_of_an_address_stands_in_for_a_page(nginx):
    for odd in (
        "/berita/detail//7/taman-kota", "//berita/detail/7/taman-kota", f"{ARTICLE}/",
        "/berita/detail/7/x/../taman-kota",
        "/berita/detail/../detail/7/taman-kota", "/b/../berita/detail/7/taman-kota", "/berita%2Fdetail/7/taman-kota",
        "/?%70=7", "/?fbclid=1&id=7", "/./?p=7", "//", "/berita/..",
    ):  # fmt: skip
        let_time_pass(nginx, 100 * HOUR)
        get(nginx.port, odd)
        for path in (ARTICLE, "/"):
            answer = get(nginx.port, path)
            assert status(answer) == 200, (odd, path)
            assert (b"<title>Taman kota" in answer) == (path == ARTICLE)
    with send(nginx.port, b"GET / HTTP/1.1\r\nHost: lain.example\r\nConnection: close\r\n\r\n") as sent:
        assert status(answer_on(sent)) == 400
    assert status(get(nginx.port, "/")) == 200


def test_each_answer_has_its_own_id(nginx):
    ids = [re.search(rb"X-Request-ID: (.*)\r\n", get(nginx.port, ARTICLE))[1] for _ in range(3)]
    assert len(set(ids)) == 3


def test_headers_of_each_answer_stand_once_wherever_it_comes_from(nginx, portal):
    """nginx adds those that are always the same; the portal leaves them out of pages that nginx keeps."""
    names = ("Content-Security-Policy", "Cross-Origin-Opener-Policy", "Permissions-Policy", "Referrer-Policy")
    names += ("X-Content-Type-Options", "X-Frame-Options")
    for path in (ARTICLE, ARTICLE, "/tak-ada", "/berita/7/komentar", "/admin/login/", f"/pratinjau/{SECRET}"):
        alone, front = (get(port, path).decode().partition("\r\n\r\n")[0] for port in (portal.port, nginx.port))
        for name in names:
            values = [re.findall(f"^{name}: (.*)\r$", f"{head}\r", re.MULTILINE) for head in (alone, front)]
            assert len(values[0]) == 1, (path, name)
            assert sorted(values[0][0].split("; ")) == sorted(values[1][0].split("; ")), (path, name)
            assert len(values[1]) == 1, (path, name)
        assert len(re.findall("^X-Request-ID: ", front, re.MULTILINE)) == 1
    kept = [path.read_bytes() for path in files_kept(nginx) if f"{ARTICLE}\n".encode() in path.read_bytes()]
    assert kept
    assert not any(b"X-Frame-Options" in page or b"\r\nExpires" in page for page in kept)


def test_reads_of_a_kept_page_count_once_each_and_no_others(nginx, portal):
    before = len(lines(portal))
    answers = [get(nginx.port, ARTICLE, AGENT) for _ in range(3)]
    let_time_pass(nginx, 5)  # one reader gets the old page while it is fetched anew, for nobody
    answers.append(get(nginx.port, ARTICLE, AGENT))
    tag = re.search(rb"ETag: (.*)\r\n", get(nginx.port, ARTICLE, AGENT))[1].decode()
    with send(nginx.port, f"HEAD {ARTICLE} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode()) as sent:
        answers.append(answer_on(sent))
    answers += [get(nginx.port, ARTICLE, f"{AGENT}If-None-Match: {tag}\r\n") for _ in range(2)]
    for path in ("/", "/berita/detail/8/tak-ada", "/berita/detail/7"):
        for _ in range(2):
            get(nginx.port, path, AGENT)
    wait_until(lambda: len(lines(portal)) >= before + 8)
    assert [status(answer) for answer in answers] == [200] * 5 + [304] * 2
    assert not any(b"pageview" in answer.lower() for answer in answers)
    assert [line[1:4] for line in lines(portal)[before:]] == [
        *[["7", "GET", "200"]] * 5,
        ["7", "HEAD", "200"],
        *[["7", "GET", "304"]] * 2,
    ]


INSIDE = "X-Journal: nginx\r\n"  # asked of the portal itself: it writes no line then


def test_a_withdrawn_article_is_gone_and_stays_gone_while_the_database_is_away(nginx, portal):
    for seconds, first in ((3, 200), (12, 410)):  # while it is fetched anew; nobody asked for twelve seconds
        wait_until(lambda: status(get(portal.port, ARTICLE, INSIDE)) == 200)
        let_time_pass(nginx, HOUR)
        for _ in range(3):  # so often that nginx keeps the file open
            assert status(get(nginx.port, ARTICLE)) == 200
        with withdrawn():
            wait_until(lambda: status(get(portal.port, ARTICLE, INSIDE)) == 410)
            let_time_pass(nginx, seconds)
            assert status(get(nginx.port, ARTICLE)) == first
            wait_until(lambda: status(get(nginx.port, ARTICLE)) == 410)
            with database_away(nginx):
                let_time_pass(nginx, HOUR)
                gone = get(nginx.port, ARTICLE)
            assert status(gone) == 410
            assert "Keliru" in gone.decode()


def test_a_comment_shows_on_a_busy_page(nginx):
    get(nginx.port, ARTICLE)
    with connected(NAME) as own:
        comment = {"id": 1, "article_id": 7, "name": "Siti", "text": "Tamannya bersih.", "status": "approved"}
        insert(own, "comments_comment", comment)
    wait_until(lambda: b"Tamannya bersih." in get(nginx.port, ARTICLE), 12)


def test_pages_go_on_while_the_database_is_away_and_their_reads_count(nginx, portal, database):
    shown = {path: get(nginx.port, path, AGENT) for path in (ARTICLE, "/", "/kategori/kota", "/feed", "/tak-ada")}
    before = len(lines(portal))
    with database_away(nginx):
        for _ in range(3):
            let_time_pass(nginx, HOUR)
            for path, answer in shown.items():
                now = get(nginx.port, path, AGENT)
                assert status(now) == status(answer), path
                assert now.partition(b"\r\n\r\n")[2] == answer.partition(b"\r\n\r\n")[2]
                if path == ARTICLE:
                    tag = re.search(rb"ETag: (.*)\r\n", now)[1].decode()
            again = get(nginx.port, ARTICLE, f"{AGENT}If-None-Match: {tag}\r\n")
            assert status(again) in (304, 200)  # the latter if nginx asked once more, and was told no-store
        unknown = get(nginx.port, "/berita?kecamatan=1", AGENT)
        form = b"nama=Siti&komentar=Taman+ini+bersih"
        comment = post(nginx.port, "/berita/7/komentar", len(form), form).decode()
    assert (status(unknown), b"no-store" in unknown) == (503, True)
    assert status(comment.encode()) == 503
    assert "Kirim lagi" in comment
    assert "Taman ini bersih" in comment
    wait_until(lambda: len(lines(portal)) >= before + 6)
    assert len(lines(portal)) == before + 6
    counting = "import django; django.setup(); from news.pageviews import drain; drain()"
    own = {"DATA_DIR": str(portal.folder), "DATABASE_URL": database}
    subprocess.run([sys.executable, "-c", counting], cwd=PROJECT, env=child_environment() | own, check=True)
    with connected(NAME) as server:
        [(counted,)] = server.execute("SELECT counted FROM news_articleviews WHERE article_id = 7").fetchall()
    agents = ("Mozilla/5.0", "Opera/9.80")
    assert counted == sum(
        line[2:5] in (["GET", "200", "-"], ["GET", "304", "-"]) and line[5] in agents for line in lines(portal)
    )


def test_reloads_under_load_lose_no_read_and_no_page(nginx, portal):
    before, whole, over = len(lines(portal)), [], threading.Event()

    def read():
        while not over.is_set():
            answer = get(nginx.port, ARTICLE, AGENT)
            whole.append(status(answer) == 200 and answer.endswith(b"</html>\n"))

    people = [threading.Thread(target=read) for _ in range(3)]
    for each in people:
        each.start()
    for _ in range(3):
        old, done = {*children(nginx.process.pid)}, len(whole)
        nginx.process.send_signal(signal.SIGHUP)
        wait_until(lambda old=old, done=done: old.isdisjoint(children(nginx.process.pid)) and len(whole) > done + 50)
    over.set()
    for each in people:
        each.join()
    assert all(whole)
    assert len(lines(portal)) == before + len(whole)


def test_nginx_takes_the_salt_that_the_portal_made(nginx, portal):
    site = (nginx.folder / "site.conf").read_text()
    assert f"include {portal.folder}/pageviews/{salt.FILE};" in site
    assert len(salt.current(portal.folder / "pageviews").strip("0")) > 0  # not that of bench.nginx


@pytest.mark.parametrize(
    "purpose",
    [
        "Sec-Purpose: prefetch",
        "Sec-Purpose: prefetch;prerender",
        "sec-purpose: Prefetch;anonymous-client-ip",
        "Purpose: prefetch",
        "X-Moz: prefetch",
    ],
)
def test_nginx_refuses_articles_to_browsers_that_load_ahead_of_the_reader(nginx, portal, purpose):
    before, read = len(lines(portal)), portal.read_bytes()
    answer = get(nginx.port, ARTICLE, f"{AGENT}{purpose}\r\n")
    assert status(answer) == 503
    assert answer.count(b"no-store") == 1
    assert portal.read_bytes() - read < 40  # no request; a worker may wake up and read a byte of its own
    assert status(get(nginx.port, "/berita", f"{AGENT}{purpose}\r\n")) == 200
    assert status(get(nginx.port, ARTICLE, AGENT)) == 200
    wait_until(lambda: len(lines(portal)) > before)
    assert len(lines(portal)) == before + 1


@pytest.mark.parametrize("path", ["/", "/berita/7/komentar", "/sehat", "/tak-ada", "/admin/login/"])
def test_a_public_body_that_is_too_large_is_refused_in_indonesian_without_the_portal(nginx, portal, path):
    before = portal.read_bytes()
    answer = post(nginx.port, path, 200 * MIB, b"x" * 1000)
    assert status(answer) == 413
    assert "Kiriman terlalu besar" in answer.decode()
    assert b"no-store" in answer
    assert portal.read_bytes() - before < 10 * KIB


def test_the_newsroom_takes_photos_and_the_portal_refuses_them_to_strangers(nginx):
    assert status(post(nginx.port, "/admin/news/photo/add/", 65 * MIB)) == 413
    answer = post(nginx.port, "/admin/news/photo/add/", 3 * MIB, bytes(3 * MIB))
    assert status(answer) == 413
    assert settings.SITE_NAME in answer.decode()  # the portal's page


def test_a_public_form_writes_no_temporary_file(nginx, portal):
    assert status(post(nginx.port, "/cari", 250 * KIB, b"a=" + b"x" * (250 * KIB - 2))) == 405
    assert not [path for path in (nginx.folder / "client_body").rglob("*") if path.is_file()]
    assert "buffered to a temporary file" not in (nginx.folder / "portal-error.log").read_text()
    assert portal.temporary_bytes() == 0


def test_stalled_uploads_and_silent_connections_keep_no_thread_of_the_portal(nginx):
    stalled = [post_head(nginx.port, "/berita/7/komentar", 100 * KIB) for _ in range(30)]
    stalled += [send(nginx.port, part) for part in (b"", b"GET /ber", b"GET / HTTP/1.1\r\nHo") for _ in range(30)]
    for _ in range(20):
        assert status(get(nginx.port, "/robots.txt")) == 200
    for each in stalled:
        each.close()


def post_head(port, path, length):
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {FORM}\r\nContent-Length: {length}\r\n\r\na=1"
    return send(port, head.encode())


def test_a_flood_of_log_ins_ends_at_nginx_and_leaves_no_line(nginx, portal):
    form = b"username=a&password=b"
    request = (
        f"POST /admin/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {FORM}\r\nContent-Length: {len(form)}\r\n"
    )
    flood = [send(nginx.port, f"{request}Connection: close\r\n\r\n".encode() + form) for _ in range(60)]
    answers = list(map(answer_on, flood))
    for each in flood:
        each.close()
    refused = [answer for answer in answers if status(answer) == 429]
    assert len(refused) >= 20
    assert "Terlalu banyak percobaan masuk" in refused[-1].decode()
    assert b"Retry-After" in refused[-1]
    assert "limiting requests" not in (nginx.folder / "portal-error.log").read_text()
    known = post(nginx.port, "/admin/login/", len(form), form, more="Cookie: peramban=x\r\n")
    assert status(known) == 403  # the portal's answer: no token
    assert status(get(nginx.port, "/admin/login/")) == 200


@pytest.mark.parametrize(
    ("request_line", "more"), [("POST /komentar/1", "Content-Length: 0\r\n"), ("GET /cari?q=taman", "")]
)
def test_a_flood_of_forms_or_searches_ends_at_nginx_and_pages_go_on(nginx, request_line, more):
    source = f"127.5.0.{len(more) + 1}"
    request = f"{request_line} HTTP/1.1\r\nHost: 127.0.0.1\r\n{more}Connection: close\r\n\r\n".encode()
    first = send(nginx.port, request, source=source)
    assert status(answer_on(first)) != 429
    flood = [send(nginx.port, request, source=source) for _ in range(160)]
    answers = list(map(answer_on, flood))
    for each in (first, *flood):
        each.close()
    refused = [answer for answer in answers if status(answer) == 429]
    assert 1 <= len(refused) <= 60
    assert "Terlalu banyak permintaan" in refused[-1].decode()
    assert b"no-store" in refused[-1]
    for path in (ARTICLE, "/", "/berita/7/komentar", static("portal/portal.css"), f"/media/{PHOTO}-800.webp"):
        assert [status(get(nginx.port, path, source=source)) for _ in range(2)] == [200, 200], path
    assert status(get(nginx.port, "/cari?q=taman", source="127.5.0.99")) == 200


def test_a_client_can_neither_choose_its_address_nor_the_scheme(nginx, portal):
    """With an address of its own choice the client would have another sender key for each comment."""
    claims = (
        "X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Ssl: on\r\nForwarded: for=1.2.3.4\r\n"
    )
    answer = get(nginx.port, "/sitemap.xml", claims)
    assert status(answer) == 200
    with Echo() as echo, Nginx(echo, nginx.folder.parent / "echoed") as front:
        seen = get(front.port, "/", claims).decode().lower()
    assert "x-forwarded-for: 127.0.0.1\r\n" in seen
    assert "x-forwarded-proto: http\r\n" in seen
    assert not re.search(r"203\.0\.113|1\.2\.3\.4|ssl", seen)


def test_static_files_and_photos_come_from_the_disk_with_far_future_headers(nginx):
    sheet = get(nginx.port, static("portal/portal.css"))
    assert status(sheet) == 200
    assert b"max-age=31536000, immutable" in sheet
    packed = get(nginx.port, static("portal/portal.css"), "Accept-Encoding: gzip\r\n")
    assert b"Content-Encoding: gzip" in packed
    photo = get(nginx.port, f"/media/{PHOTO}-800.webp")
    assert photo.endswith(b"middle")
    for header in (b"image/webp", b"immutable", b"nosniff", b"default-src 'none'; sandbox", b"Vary: Save-Data"):
        assert header in photo
    assert get(nginx.port, f"/media/{PHOTO}-1600.webp", "Save-Data: on\r\n").endswith(b"small")
    for missing in ("/media/foto/tak-ada.webp", "/static/tak-ada.css", "/media/../secret_key", "/media/"):
        assert "Halaman tidak ditemukan" in get(nginx.port, missing).decode(), missing


@pytest.mark.parametrize(("saving", "size"), [("", b"large"), ("Save-Data: on\r\n", b"small")])
def test_the_portal_answers_for_webp_that_the_worker_has_not_made_yet(nginx, portal, saving, size):
    name = "foto/2026/11/0123456789abcdef"
    (portal.folder / "media" / "foto/2026/11").mkdir(parents=True, exist_ok=True)
    for width, content in SIZES.items():
        (portal.folder / "media" / f"{name}{width}.jpg").write_bytes(content)
    head, _, body = get(nginx.port, f"/media/{name}-1600.webp", saving).partition(b"\r\n\r\n")
    assert body == size
    for line in (b"Content-Type: image/jpeg", b"Cache-Control: public, max-age=3600"):
        assert head.count(line) == 1
    assert b"immutable" not in head
    assert not [address for _, address in pages_kept(nginx) if "webp" in address]


def test_nginx_sends_documents_in_parts_when_the_portal_allows_it(nginx, portal):
    answer = get(nginx.port, DOCUMENT)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert (status(answer), body) == (200, PDF)
    for line in (
        b"Content-Type: application/pdf",
        b'Content-Disposition: attachment; filename="surat.pdf"',
        b"Cache-Control: public, no-cache",
        b"Content-Security-Policy: default-src 'none'; sandbox",
        b"X-Content-Type-Options: nosniff",
        b"Accept-Ranges: bytes",
    ):
        assert head.count(line) == 1, line
    assert b"X-Accel" not in head
    part = get(nginx.port, DOCUMENT, "Range: bytes=9-12\r\n")
    assert (status(part), part.partition(b"\r\n\r\n")[2]) == (206, PDF[9:13])
    tag = re.search(rb"ETag: (.*)\r\n", answer)[1].decode()
    assert status(get(nginx.port, DOCUMENT, f"If-None-Match: {tag}\r\n")) == 304
    assert b"%PDF" not in get(portal.port, DOCUMENT, "X-Documents: nginx\r\n")  # this host is trusted
    assert get(portal.port, DOCUMENT).endswith(PDF)
    for path in (f"/_dokumen/{FILE}.pdf", f"/documents/{FILE}.pdf", f"/media/../documents/{FILE}.pdf"):
        assert status(get(nginx.port, path)) in (400, 404)
    with withdrawn():
        gone = get(nginx.port, DOCUMENT)
    assert status(gone) == 410
    assert "Keliru" in gone.decode()
    (portal.folder / "documents" / f"{FILE}.pdf").unlink()
    missing = get(nginx.port, DOCUMENT)
    assert status(missing) == 404
    assert settings.SITE_NAME in missing.decode()


def test_secret_addresses_are_in_no_log(nginx, database, tmp_path, static_files):
    secret = "1-0123456789abcdef0123456789abcdef"
    for path in (f"/komentar/saya/{secret}", f"/komentar/data-saya/{secret}~{secret}", f"/pratinjau/{secret}"):
        get(nginx.port, path)
        post(nginx.port, path, 200 * MIB)
    with Gunicorn(tmp_path / "var", database) as gone:
        front = Nginx(gone, tmp_path / "nginx")
    with front.process:
        answer = wait_until(lambda: reached(front.port, f"/komentar/saya/{secret}"))
        front.process.terminate()
    assert status(answer) == 503
    assert "Portal sedang tidak dapat dijangkau" in answer.decode()
    said = "".join(path.read_text() for folder in (nginx.folder, front.folder) for path in folder.glob("*.log"))
    assert "/komentar/saya/..." in said
    assert secret not in said


def reached(port, path):
    try:
        return get(port, path)
    except OSError:
        return b""


class Echo:
    """A server that answers each request with the request itself."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp())

    def __enter__(self):
        handler = type("Handler", (BaseHTTPRequestHandler,), {"do_GET": self.answer, "log_message": lambda *a: None})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *error):
        self.server.shutdown()
        self.server.server_close()
        shutil.rmtree(self.folder)

    @staticmethod
    def answer(handler):
        body = f"{handler.requestline}\r\n{handler.headers.as_string(policy=policy.HTTP)}".encode()
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)
