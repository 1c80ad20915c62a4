"""Upgrading a portal of an earlier release loses nothing. tests/fixtures has a database of each release, made by its
demo and a script that wrote to every table."""

import gzip
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import psycopg
import pytest
from django.test import RequestFactory

from comments.mail import secret_links
from comments.models import Comment
from news.web import senders
from portal.run import postgres
from tests.conftest import DATA_DIR

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent
OLD = Path(__file__).parent / "fixtures" / "portal_16a6eec.sql.gz"
LAST_OF_OLD = {"comments": "0002_moderation", "news": "0004_sentinel"}
# Tables that may be empty in an old portal.
EMPTY = {
    "axes_accessattempt",
    "axes_accessattemptexpiration",
    "axes_accessfailurelog",
    "axes_accesslog",
    "captcha_captchastore",
    "django_session",
    "news_article_related_excluded",
    "news_dailyviews",
    "news_journaloffset",
}
# Tables that an upgrade may change; lessons get a column for names, roles the permissions for new tables.
CHANGED = {
    "comments_lesson",
    "django_migrations",
    "django_content_type",
    "auth_permission",
    "auth_group_permissions",
    "news_correction",  # gets the withdrawals that readers were told of, and loses them on the way back
}

# Django leaves them behind; they change nothing.
NEW_PERMISSIONS = {"view_publishedalone", "view_entry", "view_whole_trail"} | {
    f"{verb}_{model}" for verb in ("view", "add", "change", "delete") for model in ("document", "pin")
}
# Records are neither changed nor deleted, and added in the article's form.
LOST_PERMISSIONS = {f"{verb}_correction" for verb in ("view", "add", "change", "delete")}
REMOVE_NAMES_OF_NEW_TABLES = """
    WITH new AS (
        SELECT id FROM django_content_type
        WHERE app_label IN ('audit', 'hosts', 'login', 'unsaved')
        OR model IN ('change', 'document', 'feedids', 'hourlyreaders', 'mergedtag', 'pin', 'previewlink',
                     'previewvisit', 'publishedalone', 'reindexing', 'summedday', 'summedreads', 'taggedarticle')
    ),
    permissions AS (DELETE FROM auth_permission WHERE content_type_id IN (SELECT id FROM new) RETURNING id),
    granted AS (DELETE FROM auth_group_permissions WHERE permission_id IN (SELECT id FROM permissions))
    DELETE FROM django_content_type WHERE id IN (SELECT id FROM new) RETURNING id
"""

VISIT = """
import django
django.setup()
from django.test import Client
from news.models import Article, Category, Tag
from comments.models import Comment
own = Article.objects.get(title="Taman kota dibuka kembali")
pages = ["/", "/berita", "/populer", "/ralat", "/transparansi", "/tentang", own.get_absolute_url(), own.short_url]
pages += [f"/berita/{own.pk}/komentar", "/feed", "/sitemap.xml", "/cari?q=taman", "/tentang-lama"]
pages += [Category.objects.first().get_absolute_url(), Tag.objects.first().get_absolute_url()]
for page in pages:
    print(Client(SERVER_NAME="127.0.0.1").get(page).status_code, page)
"""


@pytest.fixture(scope="module")
def old_database(embedded_postgres):
    """The name of a database in the state of the earlier release."""
    name, host = "earlier_release", str(postgres.socket_folder(DATA_DIR))
    with psycopg.connect(host=host, user="postgres", dbname="postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    command = [postgres.program("psql"), "-h", host, "-U", "postgres", "-q", "-v", "ON_ERROR_STOP=1", name]
    subprocess.run(command, input=gzip.decompress(OLD.read_bytes()), check=True, capture_output=True)
    yield name
    with psycopg.connect(host=host, user="postgres", dbname="postgres", autocommit=True) as server:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def run(database: str, *command: str) -> str:
    host = quote(str(postgres.socket_folder(DATA_DIR)), safe="")
    own = {"DATABASE_URL": f"postgres://postgres@{host}/{database}", "DATA_DIR": str(DATA_DIR)}
    environment = os.environ | own | {"DJANGO_SETTINGS_MODULE": "portal.settings"}
    done = subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def ask(database: str, sql: str) -> list[tuple]:
    host = str(postgres.socket_folder(DATA_DIR))
    with psycopg.connect(host=host, user="postgres", dbname=database) as connection:
        return connection.execute(sql).fetchall()


def columns(database: str) -> dict[str, str]:
    """For each table its columns, separated by commas."""
    sql = """SELECT table_name, string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position)
             FROM information_schema.columns WHERE table_schema = 'public' GROUP BY table_name"""
    return dict(ask(database, sql))


def rows(database: str, columns: dict[str, str]) -> dict[str, tuple[int, str]]:
    """For each table that is there the number of rows, and a digest of these columns of all rows."""
    tables = {name for (name,) in ask(database, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    digest = (
        "SELECT count(*), md5(string_agg(md5(row::text), '' ORDER BY md5(row::text))) FROM (SELECT {} FROM {}) AS row"
    )
    return {table: ask(database, digest.format(columns[table], table))[0] for table in tables & columns.keys()}


def permissions(database: str) -> tuple[list[tuple], list[tuple]]:
    """The permissions of roles, and those of single people."""
    of_roles = """
        SELECT auth_group.name, codename FROM auth_group_permissions JOIN auth_group ON auth_group.id = group_id
        JOIN auth_permission ON auth_permission.id = permission_id ORDER BY 1, 2"""
    of_people = """
        SELECT username, codename FROM auth_user_user_permissions JOIN auth_user ON auth_user.id = user_id
        JOIN auth_permission ON auth_permission.id = permission_id ORDER BY 1, 2"""
    return ask(database, of_roles), ask(database, of_people)


def with_plain_names(pairs: list[tuple]) -> list[tuple]:
    """These permissions under their present names."""
    return sorted((name, codename.replace("_letter", "_email")) for name, codename in pairs)


def test_nothing_is_lost_by_migrating_forwards_and_back(old_database):
    old_columns = columns(old_database)
    before, allowed = rows(old_database, old_columns), permissions(old_database)
    assert {table for table, (number, _) in before.items() if not number} <= EMPTY

    run(old_database, "manage.py", "migrate", "--no-input", "--verbosity=0")
    run(old_database, "manage.py", "siapkan_peran")
    after = rows(old_database, old_columns)
    assert {table: after.get(table) for table in before.keys() - CHANGED} == {
        table: before[table] for table in before.keys() - CHANGED
    }
    of_roles, of_people = permissions(old_database)
    kept = [each for each in with_plain_names(allowed[0]) if each[1] not in LOST_PERMISSIONS]
    assert [each for each in of_roles if each[1] not in NEW_PERMISSIONS | LOST_PERMISSIONS] == kept
    assert of_people == with_plain_names(allowed[1])
    assert ("Pembaca surat", "view_email") in of_roles
    log = """SELECT app_label, model, count(*) FROM django_admin_log JOIN django_content_type AS kind
             ON kind.id = content_type_id GROUP BY 1, 2 ORDER BY 1, 2"""
    assert ("comments", "email", 1) in ask(old_database, log)

    visited = run(old_database, "-c", VISIT).split()
    expected = {"/tentang-lama": "301"}
    assert all(
        status == expected.get(page, "301" if page.startswith("/b/") else "200")
        for status, page in zip(visited[::2], visited[1::2], strict=True)
    ), visited

    for app, migration in LAST_OF_OLD.items():
        run(old_database, "manage.py", "migrate", app, migration, "--no-input", "--verbosity=0")
    ask(old_database, REMOVE_NAMES_OF_NEW_TABLES)
    back = rows(old_database, old_columns)
    # A visited page has issued a captcha. What roles no longer may, the earlier release gives them when it starts.
    unchanged = before.keys() - {"django_migrations", "captcha_captchastore", "auth_group_permissions"}
    assert {table: back[table] for table in unchanged} == {table: before[table] for table in unchanged}


def test_links_that_were_mailed_and_keys_that_are_stored_stay_valid(settings):
    """With the key of this test; the earlier release made the values with it."""
    settings.SECRET_KEY = "k" * 60
    comment = Comment(pk=25, email="warga@contoh.invalid")
    assert secret_links.own_url(comment) == "/komentar/saya/25-7716cea56545eeff56ca3823dd85df58"
    assert secret_links.confirmation_url(comment) == "/komentar/saya/25-b29692529bb15c6c6a37392a2eaabe1e/konfirmasi"
    signed = "WzMsOV0~1xXNRA~lfEQbVV9F2c450s9bytxSdCMiaUd2rLT2xvcxwNA_yc"
    assert secret_links._signer().unsign_object(signed) == [3, 9]
    keys = {
        "203.0.113.9": "0efe0912ea80af9f262869d78b89e079e8ad131817c9b5dd101f2b40a0615345",
        "2001:db8:1:2::9": "0668858addf9278099233947ee01228ed716ed2432035349cfbcf091ccdd16ef",
    }
    for address, key in keys.items():
        assert senders.key(RequestFactory().get("/", REMOTE_ADDR=address)) == key


PAGES = """
import django
django.setup()
from news.models import Page
for page in Page.objects.exclude(portal_text=None):
    print(page.slug, page.follows_portal, page.changed_by_id)
"""


class Upgraded(NamedTuple):
    database: str
    articles: dict[str, int]  # numbers of those to which something happened in the earlier release


@pytest.fixture(scope="module")
def upgraded(old_database):
    name, host = "upgraded", str(postgres.socket_folder(DATA_DIR))
    with psycopg.connect(host=host, user="postgres", dbname="postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {old_database}")
        with psycopg.connect(host=host, user="postgres", dbname=name) as connection:
            articles = happen(connection)
        run(name, "manage.py", "migrate", "--no-input", "--verbosity=0")
        run(name, "manage.py", "siapkan_halaman")
        yield Upgraded(name, articles)
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def happen(connection: psycopg.Connection) -> dict[str, int]:
    """Things of the earlier release. Some articles were written and published at one moment; `edited` was changed."""
    numbers = connection.execute("SELECT id FROM news_article WHERE status = 'published' ORDER BY id LIMIT 5")
    names = ("imported", "edited", "published", "withdrawn", "corrected")
    articles = dict(zip(names, (pk for (pk,) in numbers), strict=True))
    at_once = "published_at = '2015-03-02', created_at = '2020-01-01', updated_at = '2020-01-01 00:00:01'"
    withdrawn = "status = 'withdrawn', withdrawn_reason = 'Keliru.', withdrawn_at = '2026-05-04'"
    person = "(SELECT min(id) FROM auth_user)"
    for statement in (
        f"UPDATE news_article SET {at_once}, changed_by_id = NULL WHERE id = %(imported)s",
        f"UPDATE news_article SET {at_once}, changed_by_id = {person} WHERE id IN (%(edited)s, %(published)s)",
        "UPDATE news_article SET updated_at = '2021-05-04' WHERE id = %(edited)s",
        f"UPDATE news_article SET {at_once}, {withdrawn} WHERE id = %(withdrawn)s",
        f"UPDATE auth_user SET first_name = 'Siti', last_name = 'Aminah' WHERE id = {person}",
        f"""INSERT INTO news_correction (article_id, text, at, by_id)
            VALUES (%(corrected)s, 'Bukan dua.', '2026-05-03', {person})""",
    ):
        connection.execute(statement, articles)
    return articles


def test_office_pages_of_an_old_portal_follow_the_settings_unless_edited(upgraded):
    pages = [line.split() for line in run(upgraded.database, "-c", PAGES).splitlines()]
    assert len(pages) == 7
    assert [slug for slug, follows, _ in pages if follows == "False"] == ["tentang"]
    assert [slug for slug, _, changed_by in pages if changed_by != "None"] == ["tentang"]


def test_only_what_an_editor_changed_keeps_the_time_of_its_change(upgraded):
    times = dict(ask(upgraded.database, "SELECT id, text_changed_at FROM news_article"))
    assert times[upgraded.articles["imported"]] is None
    assert times[upgraded.articles["published"]] is None
    assert times[upgraded.articles["edited"]].year == 2021


def test_entries_of_the_feeds_of_an_old_portal_keep_their_ids(upgraded):
    ((last,),) = ask(upgraded.database, "SELECT max(id) FROM news_article")
    show = "import django; django.setup(); from news.models import FeedIds; ids = FeedIds.objects.current(); "
    command = show + f"print(ids.of_article({last}), ids.of_article({last + 1}))"
    ids = run(upgraded.database, "-c", command).split()
    assert ids[0] == f"http://127.0.0.1:8000/b/{last}"
    assert ids[1].startswith("tag:127.0.0.1,")


def test_corrections_and_withdrawals_of_an_old_portal_become_records_that_stay(upgraded):
    told = "SELECT article_id, kind, text, by_name, at::date::text FROM news_correction"
    records = ask(upgraded.database, told)
    assert (upgraded.articles["corrected"], "ralat", "Bukan dua.", "Siti Aminah", "2026-05-03") in records
    assert (upgraded.articles["withdrawn"], "pencabutan", "Keliru.", "", "2026-05-04") in records
    with pytest.raises(psycopg.Error, match="hanya dapat ditambah"):
        ask(upgraded.database, "DELETE FROM news_correction RETURNING id")
