"""`manage.py naikkan`, from the operator's view: on databases of each release, failing, and on two hosts at once."""

import gzip
import json
import subprocess
import sys
import tarfile
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django.db.migrations import SeparateDatabaseAndState
from django.db.migrations.loader import MigrationLoader

from portal import upgrade
from portal.run import postgres
from portal.sentinel import release as release_record
from tests.conftest import DATA_DIR, PROJECT, child_environment, give_static_files
from tests.test_upgrade import CHANGED, ask, columns, rows

RELEASES = {"0.1.0": "16a6eec", "0.2.0": "a977a44"}  # of each a dump in tests/fixtures
OBSTACLE = "unsaved_copy"  # a table that an update makes
# 2026-11-28, after an article of the demo was published: a line of the release before readers were counted
READ = "1795850000.000\t{}\tGET\t200\t-\tMozilla/5.0 (Linux; Android 10; K)\n"


class Host:
    """A machine with a data folder of its own and a database on the tests' server."""

    def __init__(self, folder: Path, name: str):
        self.folder, self.name = folder, name
        host = postgres.connection_settings(DATA_DIR)["HOST"]
        folder.mkdir()
        give_static_files(folder)
        own = {"DATA_DIR": str(folder), "DATABASE_URL": f"postgres://postgres@/{host}/{name}", "COLUMNS": "80"}
        self.environment = child_environment() | own | {"DJANGO_SETTINGS_MODULE": "portal.settings"}

    def begin(self, *command: str, **environment: str) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, *command],
            cwd=PROJECT,
            env=self.environment | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *command: str, **environment: str) -> subprocess.CompletedProcess:
        process = self.begin(*command, **environment)
        said, complained = process.communicate(timeout=120)
        return subprocess.CompletedProcess(command, process.returncode, said, complained)

    def backups(self) -> list[Path]:
        return sorted((self.folder / "cadangan").glob("*"))


@pytest.fixture(scope="module")
def released(embedded_postgres):
    """Makes a database in the state of a release."""
    host, made = postgres.connection_settings(DATA_DIR)["HOST"], []
    with psycopg.connect(host=host, user="postgres", dbname="postgres", autocommit=True) as server:

        def make(release: str) -> str:
            template, name = f"rilis_{RELEASES[release]}", f"dinaikkan_{len(made)}"
            if template not in made:
                server.execute(f"CREATE DATABASE {template}")
                made.append(template)
                dump = Path(__file__).parent / "fixtures" / f"portal_{RELEASES[release]}.sql.gz"
                psql = [
                    postgres.program("psql"),
                    "-h",
                    host,
                    "-U",
                    "postgres",
                    "-q",
                    "-v",
                    "ON_ERROR_STOP=1",
                    template,
                ]
                subprocess.run(psql, input=gzip.decompress(dump.read_bytes()), check=True, capture_output=True)
            server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
            made.append(name)
            return name

        yield make
        for name in made:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def change(name: str, statement: str) -> None:
    with psycopg.connect(host=postgres.connection_settings(DATA_DIR)["HOST"], user="postgres", dbname=name) as server:
        server.execute(statement)


def manifest_of(backup: Path) -> dict:
    with tarfile.open(backup) as file:
        member = next(each for each in file if each.name == "manifest.json")
        return json.load(file.extractfile(member))


@pytest.mark.slow
@pytest.mark.parametrize("release", list(RELEASES)[1:])  # the first one: tests/test_upgrade.py
def test_two_hosts_bring_a_portal_of_each_release_to_this_one_once_and_nothing_is_lost(released, tmp_path, release):
    name = released(release)
    hosts = [Host(tmp_path / each, name) for each in ("satu", "dua")]
    host = hosts[0]
    (host.folder / "pageviews").mkdir()
    article, counted = ask(name, "SELECT article_id, counted FROM news_articleviews ORDER BY counted DESC LIMIT 1")[0]
    (host.folder / "pageviews" / "django-1-2026-11-28.log").write_text(READ.format(article) * 3)
    old_columns = columns(name)
    before, applied = rows(name, old_columns), ask(name, "SELECT app, name FROM django_migrations ORDER BY 1, 2")

    updates = [each.begin("manage.py", "naikkan") for each in hosts]
    said, complaints = zip(*(update.communicate(timeout=120) for update in updates), strict=True)
    assert [update.returncode for update in updates] == [0, 0], complaints
    [backup] = [path for each in hosts for path in each.backups()]
    [told] = [text for text in said if "Cadangan" in text]
    assert f"Cadangan: {backup}\n" in told
    assert f"`manage.py restore {backup}`" in told
    assert all("Indeks pencarian diperbarui pekerja latar" in text for text in said)
    # The code of that release takes it back: nothing in it is newer.
    assert manifest_of(backup)["migrations"] == [list(each) for each in applied]
    assert manifest_of(backup)["tables"] == {table: number for table, (number, _) in before.items()}
    after = rows(name, old_columns)
    unchanged = before.keys() - CHANGED - {"news_page"}  # office pages that nobody edited follow the new texts
    assert {table: after.get(table) for table in unchanged} == {table: before[table] for table in unchanged}

    assert all((each.folder / release_record.RECORD).exists() for each in hosts)  # for the site sentinel

    drain = "import django; django.setup(); from news.pageviews import drain; print(drain())"
    assert host.run("-c", drain).stdout == "3\n"
    assert ask(name, f"SELECT counted FROM news_articleviews WHERE article_id = {article}") == [(counted + 3,)]


@pytest.mark.django_db
def test_the_backup_of_an_update_is_not_put_where_a_disk_is_away(settings, tmp_path):
    settings.DATA_DIR, settings.BACKUP_DIR = tmp_path, tmp_path / "cakram"
    settings.BACKUP_DIR.mkdir()
    (tmp_path / "cadangan-di").write_text(str(settings.BACKUP_DIR))  # it was there when the portal used it
    with pytest.raises(upgrade.CannotUpgrade, match=r"belum terpasang .* Tabel belum diubah"):
        upgrade._back_up()
    assert list(settings.BACKUP_DIR.iterdir()) == []


@pytest.mark.slow
def test_an_update_that_fails_half_way_says_what_to_do_and_goes_on_later(released, tmp_path):
    name = released("0.2.0")
    host = Host(tmp_path / "var", name)
    change(name, f"CREATE TABLE {OBSTACLE} ()")
    failed = host.run("manage.py", "naikkan")
    [backup] = host.backups()
    assert failed.returncode == 1
    assert "Traceback" not in failed.stderr
    assert f'relation "{OBSTACLE}" already exists' in failed.stderr
    assert f"atau kembali ke versi lama dengan cadangan {backup}.\n" in failed.stderr
    change(name, f"DROP TABLE {OBSTACLE}")
    assert host.run("manage.py", "naikkan", "--tanpa-cadangan").returncode == 0
    assert host.backups() == [backup]
    assert host.run("manage.py", "migrate", "--check").returncode == 0


@pytest.mark.slow
def test_without_a_place_for_the_backup_nothing_changes(released, tmp_path):
    name = released("0.2.0")
    host, place = Host(tmp_path / "var", name), tmp_path / "berkas"
    before = ask(name, "SELECT count(*) FROM django_migrations")
    place.touch()
    refused = host.run("manage.py", "naikkan", BACKUP_DIR=str(place))
    assert refused.returncode == 1
    assert f"Folder cadangan {place} tidak dapat dipakai: sudah ada. Tabel belum diubah." in refused.stderr
    assert "`manage.py naikkan --tanpa-cadangan`" in refused.stderr
    assert ask(name, "SELECT count(*) FROM django_migrations") == before


SEARCH_BY_PLACE = ("news", "0030_search_by_place")  # builds its index beside readers and writers


def test_no_update_can_stop_in_the_middle_of_a_step():
    """What fails leaves nothing behind: each migration is one transaction. Not so for one with `atomic = False`, which
    needs a test of its own that it can be repeated."""
    migrations = MigrationLoader(None).disk_migrations
    assert [key for key, migration in migrations.items() if not migration.atomic] == [SEARCH_BY_PLACE]


@pytest.mark.django_db(transaction=True)
def test_a_search_index_whose_building_was_cut_off_anywhere_is_built_again():
    migration = MigrationLoader(connection).get_migration(*SEARCH_BY_PLACE)
    statements = [
        statement for operation in migration.operations for statement in _statements(operation) if "INDEX" in statement
    ]
    assert len(statements) == 4
    for done in range(len(statements) + 1):  # so many of them, then all
        with connection.cursor() as cursor:
            for statement in [*statements[:done], *statements]:
                cursor.execute(statement)
            cursor.execute("SELECT indexname, indexdef FROM pg_indexes WHERE indexname LIKE 'article_search%'")
            [(name, definition)] = cursor.fetchall()
        assert name == "article_search"
        assert "news_places(published_at, category_id, district_id), search)" in definition


def _statements(operation) -> list[str]:
    if isinstance(operation, SeparateDatabaseAndState):
        return [statement for each in operation.database_operations for statement in _statements(each)]
    return operation.sql if isinstance(operation.sql, list) else [operation.sql]


@pytest.mark.django_db
def test_a_start_that_finds_nothing_new_loads_no_migrations(settings, tmp_path, monkeypatch):
    settings.DATA_DIR = tmp_path
    commands = []
    monkeypatch.setattr(upgrade, "call_command", lambda name, **options: commands.append(name))
    for _ in range(2):
        upgrade.prepare(print)
    assert commands.count("migrate") == 1
    monkeypatch.setattr(upgrade.database, "label", lambda: "basis data lain")
    upgrade.prepare(print)
    assert commands.count("migrate") == 2
