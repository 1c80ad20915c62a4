"""Behind Debian's PgBouncer, which pools transactions and tracks no prepared statements, each transaction may meet
another connection of the server: nothing may be left on one, or be expected there."""

import shutil
import subprocess
import tempfile
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from django.db import OperationalError, ProgrammingError, connection

from comments.models import Comment
from news.models import Article, Category
from news.pageviews import counting
from news.web import locks
from portal.run import database, postgres
from portal.run.worker import Worker
from tests.conftest import DATA_DIR, free_port, logged_in, require_program, wait_until
from tests.make import make_article
from tests.test_comments import send

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SERVERS = 3  # connections to the server, taken in turn
# What PgBouncer itself carries from one connection to the other, and what Postgres sets by itself
CARRIED = {"application_name", "client_encoding", "DateStyle", "TimeZone", "standard_conforming_strings"}
LEFT_BEHIND = """
    SELECT ARRAY(SELECT statement FROM pg_prepared_statements) || ARRAY(SELECT statement FROM pg_cursors)
        || ARRAY(SELECT name FROM pg_settings WHERE source = 'session' AND name <> ALL (%s))
        || ARRAY(SELECT 'lock' FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid())
        || ARRAY(SELECT 'listens' FROM pg_listening_channels())
        || ARRAY(SELECT 'temporary' WHERE pg_my_temp_schema() <> 0)
"""
INI = """
[databases]
* = host={socket} port=5432 user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {servers}
min_pool_size = {servers}
server_round_robin = 1
ignore_startup_parameters = {ignored}
"""


@pytest.fixture
def folder():
    """One that the user can read who runs the server: PgBouncer refuses root, too."""
    path = Path(tempfile.mkdtemp(prefix="portal-test-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def bounced(folder):
    """`bounced(ignored, **options)`: from now on Django's connection, with these options, goes through PgBouncer."""
    program = require_program("pgbouncer", "apt-get install pgbouncer")
    before, processes = {name: connection.settings_dict[name] for name in ("HOST", "PORT", "OPTIONS")}, []

    def begin(ignored="extra_float_digits, options", **options):
        port, ini = free_port(), folder / "pgbouncer.ini"
        socket = postgres.connection_settings(DATA_DIR)["HOST"]
        ini.write_text(INI.format(socket=socket, port=port, servers=SERVERS, ignored=ignored))
        not_root = postgres._as_server_user(DATA_DIR)
        with (folder / "pgbouncer.log").open("w") as log:
            processes.append(subprocess.Popen([*not_root, program, str(ini)], stdout=log, stderr=log))
        connection.close()
        own = connection.settings_dict["OPTIONS"] | options
        connection.settings_dict |= {"HOST": "127.0.0.1", "PORT": port, "OPTIONS": own}
        wait_until(lambda: answers(port))
        with ExitStack() as at_once:  # opens all
            for _ in range(SERVERS):
                at_once.enter_context(connect(port)).execute("SELECT 1")

    yield begin
    connection.close()
    connection.settings_dict |= before
    for process in processes:
        process.terminate()
        process.wait(10)


def answers(port: int) -> bool:
    try:
        connect(port).close()
    except psycopg.OperationalError:
        return False
    return True


def connect(port: int) -> psycopg.Connection:
    return psycopg.connect(host="127.0.0.1", port=port, user="x", dbname=connection.settings_dict["NAME"])


def left_behind() -> list[str]:
    found = []
    for _ in range(SERVERS):
        with connection.cursor() as cursor:
            cursor.execute(LEFT_BEHIND, [list(CARRIED)])
            found += cursor.fetchone()[0]
    return found


def test_pages_the_newsroom_posts_and_the_worker_leave_nothing_on_a_connection(client, bounced, settings, tmp_path):
    settings.PAGEVIEWS_DIR = tmp_path / "pageviews"
    bounced(server_side_binding=False)
    article = make_article(tags=["pasar"])
    for page in (article.get_absolute_url(), "/", "/cari?q=layanan", "/populer", "/feed", "/data", "/sitemap.xml"):
        assert client.get(page).status_code == 200, page
    assert b"layanan malam" in b"".join(client.get("/data/berita.csv"))
    send(client, article, komentar="Terima kasih, sangat membantu.")
    assert Comment.objects.count() == 1
    logged_in(client, "Redaktur")
    for page in ("article/", f"article/{article.pk}/change/", "article/add/", "photo/", "missingpath/"):
        assert client.get(f"/admin/news/{page}").status_code == 200, page
    assert Worker().run_once() == []
    with locks.held(locks.Lock.UPGRADE, lambda: None):
        assert Category.objects.count() == 1
    assert counting.drain() == 0
    assert left_behind() == []


def test_rows_that_are_read_one_after_the_other_do_not_stay_in_a_cursor_of_the_server(bounced):
    bounced(server_side_binding=False)
    pks = {make_article().pk for _ in range(3)}
    assert {article.pk for article in Article.objects.iterator(chunk_size=1) if Category.objects.count()} == pks


def test_prepared_statements_are_missed_and_the_sentence_says_what_to_set(bounced):
    bounced(server_side_binding=True, prepare_threshold=0)
    with pytest.raises((OperationalError, ProgrammingError)) as refused:  # noqa: PT012
        for _ in range(SERVERS + 1):
            Category.objects.count()
    assert "?server_side_binding=False" in database.explanation(refused.value)


def test_a_setting_that_it_refuses_is_told_in_a_sentence(bounced):
    bounced(ignored="extra_float_digits", options="-c statement_timeout=15s")
    with pytest.raises(OperationalError) as refused:
        connection.ensure_connection()
    assert "ignore_startup_parameters = options" in database.explanation(refused.value)
