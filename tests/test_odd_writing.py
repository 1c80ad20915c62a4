"""A word is found however it was typed, whatever the locale of the database server."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from news import words
from news.search import excerpts, indexing, query
from portal.run import postgres
from tests import odd_writing
from tests.conftest import DATA_DIR, MIGRATED, PROJECT
from tests.make import make_category

CHECK = "import django; django.setup(); from tests.odd_writing import check; print(check())"
LOCALES = ("C", "C.UTF-8", "id_ID.UTF-8")


@pytest.mark.django_db
def test_what_is_written_is_found_on_the_embedded_server():
    assert odd_writing.check() > 70


@pytest.mark.django_db
def test_navigation_lists_names_by_letter_within_a_position(client):
    for name in ("apel", "Zakat", "Banjir"):
        make_category(name)
    navigation = client.get("/").content.decode().partition("<nav")[2].partition("</nav>")[0]
    assert re.findall(">(apel|Zakat|Banjir)<", navigation) == ["apel", "Banjir", "Zakat"]


@pytest.mark.slow
@pytest.mark.parametrize("locale", LOCALES)
def test_what_is_written_is_found_and_sorted_on_a_server_of_the_distribution(debian_postgres, locale):
    """Its databases follow the C library, the embedded one the provider that is built into Postgres."""
    database = locale.replace(".", "_").replace("-", "_").lower()
    debian_postgres.create(database, locale)
    own = {"DATABASE_URL": debian_postgres.address(database), "DJANGO_SETTINGS_MODULE": "portal.settings"}
    command = [sys.executable, "-c", CHECK]
    done = subprocess.run(command, cwd=PROJECT, env=os.environ | own, capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip().isdigit()) == (0, True), done.stderr


class DebianServer:
    """A Postgres of the distribution, in a folder beside that of the embedded one."""

    def __init__(self, programs: Path, folder: Path):
        self.programs, self.folder = programs, folder
        self.locales = folder / "locales"
        self.prefix = postgres._as_server_user(DATA_DIR)

    def start(self) -> None:
        self.locales.mkdir(parents=True)
        for locale, source in (("C.UTF-8", "C"), ("id_ID.UTF-8", "id_ID")):
            self.run(shutil.which("localedef") or "", "-i", source, "-f", "UTF-8", str(self.locales / locale))
        (self.folder / "postgres").mkdir(mode=0o700)
        postgres._chown_to_server_user(DATA_DIR, self.folder / "postgres")
        self.run(self.programs / "initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N",
                 "-D", self.folder / "postgres", prefix=self.prefix)  # fmt: skip
        options = f"-c listen_addresses= -c unix_socket_directories={self.folder / 'postgres'} -c fsync=off"
        self.pg_ctl("-w", "-l", str(self.folder / "postgres" / "log"), "-o", options, "start")

    def stop(self) -> None:
        self.pg_ctl("-m", "immediate", "stop")

    def pg_ctl(self, *arguments: str) -> None:
        self.run(self.programs / "pg_ctl", "-D", self.folder / "postgres", *arguments, prefix=self.prefix)

    def run(self, *command: object, prefix: list[str] | None = None) -> None:
        environment = os.environ | {"LOCPATH": str(self.locales), "LC_ALL": "C"}
        subprocess.run([*(prefix or []), *map(str, command)], check=True, env=environment, stdout=subprocess.DEVNULL)

    def address(self, database: str) -> str:
        return f"postgres://postgres@{quote(str(self.folder / 'postgres'), safe='')}/{database}"

    def create(self, database: str, locale: str) -> None:
        """A database with all tables, copied from the template of this run."""
        with psycopg.connect(self.address("postgres"), autocommit=True) as server:
            server.execute(f"CREATE DATABASE {database} TEMPLATE template0 LOCALE '{locale}'")
        host = str(postgres.socket_folder(DATA_DIR))
        dump = subprocess.run(
            [postgres.program("pg_dump"), "-h", host, "-U", "postgres", "--no-owner", MIGRATED],
            check=True, capture_output=True,
        ).stdout  # fmt: skip
        subprocess.run(["psql", "-q", self.address(database)], input=dump, check=True, capture_output=True)


@pytest.fixture(scope="module")
def debian_postgres(embedded_postgres):
    programs = max(Path("/usr/lib/postgresql").glob("*/bin/initdb"), default=None)
    if programs is None or not shutil.which("localedef") or not Path("/usr/share/i18n/locales/id_ID").exists():
        reason = "Postgres of the distribution is missing: sudo apt install postgresql locales"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    server = DebianServer(programs.parent, DATA_DIR / "debian")
    server.start()
    yield server
    server.stop()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“Kami siap,” kata…", ["kami", "siap", "kata"]),
        ("Batuceper–Benda/Neglasari_Periuk", ["batuceper", "benda", "neglasari", "periuk"]),
        ("anak-anak e-KTP", ["anak", "anak", "e", "ktp"]),
        ("rt05 4G 1.000 m²", ["rt", "05", "4", "g", "1", "000", "m", "2"]),
        ("İSTANBUL Straße Ōsaka", ["istanbul", "straße", "ōsaka"]),
        ("قُرْآن", ["قرآن"]),
        ("ꦲꦏ꧀ꦱꦫ", ["ꦲꦏꦱꦫ"]),
        ("rock'n'roll 'siap' isra' mi'raj", ["rocknroll", "siap", "isra", "miraj"]),
        ("", []),
        ("😀 – … ' -", []),
    ],
)
def test_texts_are_cut_into_words(text, expected):
    assert words.words(text) == expected


@pytest.mark.parametrize(
    "text", ["“Jum’at” di Café", "Mus\u00adren\u00adbang e\u2011KTP", "cafe\u0301 ﬁlm rt05", "a\u200b", "हिन्दी ꦲꦏ꧀ꦱꦫ"]
)
def test_words_are_located_in_the_text_that_they_come_from(text):
    found = list(words.located(text))
    assert [word.word for word in found] == words.words(text)
    assert [words.split(words.fold(text[word.start : word.end])) for word in found] == [(word.word,) for word in found]


def test_a_word_is_marked_with_all_that_belongs_to_it():
    parts = excerpts.marked("Hasil Mus\u00adrenbang, e-KTP.", frozenset(["musrenbang", "ektp"]))
    assert [text for text, is_marked in parts if is_marked] == ["Mus\u00adrenbang", "e", "KTP"]


@pytest.mark.parametrize("text", ["ﷺ", "ꦲꦏ꧀ꦱꦫ", "हिन्दी"])
def test_all_of_a_word_is_marked_once(text):
    assert excerpts.marked(text, query.parse(text).stems) == [("", False), (text, True), ("", False)]


@pytest.mark.parametrize(
    ("folded", "plain"),
    [("łódź", "lodz"), ("ørsted", "orsted"), ("œuvre", "oeuvre"), ("straße", "strasse"), ("ə", "ə")],
)
def test_letters_are_read_as_the_plain_ones_that_people_type(folded, plain):
    assert words.bare(folded) == plain


def test_the_whole_of_a_hyphenated_word_is_indexed_but_not_weighed():
    stored = indexing.indexed("e-KTP", "Ma'ruf")
    assert stored.title_stems == "e ktp"
    assert stored.search == "'e':1A,3B 'ktp':2A,4B 'ektp':5B 'maruf':6C,7D 'makruf':8D"
