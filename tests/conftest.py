"""Fixtures. Every run has its own DATA_DIR and embedded Postgres, both removed at the end."""

import contextlib
import fcntl
import gzip
import itertools
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from weakref import WeakSet

import django
import psycopg
import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.models.signals import post_migrate
from django.test import override_settings
from django.test.testcases import LiveServerThread
from whitenoise import WhiteNoise

from news.web.throttle import AtMost, Silence
from portal import staticfiles
from portal.run import data_folder, postgres

if settings.configured:
    raise pytest.UsageError("Unset DJANGO_SETTINGS_MODULE: the tests choose their own data folder first.")

# Before the settings are read: the configuration of the caller's portal must not affect the tests.
for name in (
    "ADMIN_NETWORKS",
    "ALLOWED_HOSTS",
    "BACKUP_DIR",
    "BACKUP_WAL_GB",
    "CITY_FILE",
    "COMMENTS_CONFIRM_EMAIL",
    "COMMENTS_PER_HOUR",
    "COMMENTS_PER_HOUR_TOTAL",
    "COMMENT_DATA_DAYS",
    "DATABASE_URL",
    "DEBUG",
    "EMAIL_FROM",
    "EMAIL_URL",
    "ERROR_EMAIL",
    "HOST",
    "LOG_FORMAT",
    "MEDIA_S3_KEY",
    "MEDIA_S3_REGION",
    "MEDIA_S3_SECRET",
    "MEDIA_S3_URL",
    "METRICS",
    "PORT",
    "REPLICA_LAG",
    "REPLICA_URL",
    "REQUIRE_2FA",
    "REVIEW_BY_SECOND_PERSON",
    "SECRET_KEY",
    "SITE_URL",
    "TRUSTED_PROXIES",
    "WORKERS",
):
    os.environ.pop(name, None)
DATA_DIR = Path(tempfile.mkdtemp(prefix="portal-test-"))
os.environ["DATA_DIR"] = str(DATA_DIR)
os.environ["PORTAL_ENV"] = os.devnull
# A city of their own, so that no test depends on the values of the first one, nor on its time zone.
CITY_FILE = Path(os.environ.get("PORTAL_TEST_CITY") or Path(__file__).parent / "fixtures" / "makassar" / "kota.toml")
os.environ["CITY_FILE"] = str(CITY_FILE.resolve())
os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
data_folder.prepare(settings)

LIMITS: WeakSet[AtMost | Silence] = WeakSet()  # all of this process, for clean_process_state()


def remember_instances(limit: type) -> None:
    make = limit.__init__

    def remember(self, *arguments, **named):
        make(self, *arguments, **named)
        LIMITS.add(self)

    limit.__init__ = remember


remember_instances(AtMost)
remember_instances(Silence)
django.setup()  # imports the modules that have limits

PROJECT = Path(__file__).resolve().parent.parent
MIGRATED = "migrated"  # the template of all other databases of a run
# The data need not survive a power failure.
UNSAFE_BUT_FAST = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes():
    """Workers import this file, too: they must choose a folder of their own instead of inheriting the controller's."""
    for name in ("DATA_DIR", "DJANGO_SETTINGS_MODULE", "PORTAL_ENV", "CITY_FILE"):
        os.environ.pop(name, None)


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items):
    """Marks tests as slow by what they use, before `-m` chooses; other slow tests are marked in their files. Files of
    slow tests only begin first, whatever order pytest-randomly gave: the last ones to run should be short, so that no
    worker waits for another."""
    for item in items:
        database = item.get_closest_marker("django_db")
        in_real_transactions = database is not None and database.kwargs.get("transaction")
        if in_real_transactions or {"browser", "portal_data"} & set(item.fixturenames):
            item.add_marker("slow")
    yield
    with_fast_tests = {item.path for item in items if item.get_closest_marker("slow") is None}
    items.sort(key=lambda item: item.path in with_fast_tests)


def pytest_unconfigure():
    shutil.rmtree(DATA_DIR, ignore_errors=True)


@pytest.fixture(scope="session")
def once(tmp_path_factory):
    """`once(name, make)`: a folder filled by `make(folder)`, only once for all workers of a run."""
    base = tmp_path_factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def once(name, make):
        folder, draft = base / name, base / f"{name}.new"
        with (base / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not folder.exists():
                draft.mkdir()
                make(draft)
                draft.rename(folder)
        return folder

    return once


@pytest.fixture(scope="session")
def migrated(once):
    """A data folder to copy: its embedded server has all tables in the database MIGRATED."""
    return once("migrated", migrate)


def migrate(data_dir: Path) -> None:
    with postgres.running(data_dir, UNSAFE_BUT_FAST):
        where = postgres.connection_settings(data_dir)["HOST"]
        with psycopg.connect(host=where, user="postgres", dbname="postgres", autocommit=True) as server:
            server.execute(f"CREATE DATABASE {MIGRATED}")
        own = {"DATA_DIR": str(data_dir), "DATABASE_URL": f"postgres://postgres@/{where}/{MIGRATED}"}
        command = [sys.executable, "manage.py", "migrate", "--no-input", "--verbosity=0"]
        subprocess.run(command, cwd=PROJECT, env=os.environ | own, check=True)
    wait_until(lambda: not processes_of(data_dir))


@pytest.fixture(scope="session")
def embedded_postgres(migrated):
    shutil.copytree(migrated / "postgres", DATA_DIR / "postgres")
    with postgres.running(DATA_DIR, UNSAFE_BUT_FAST):
        yield


@pytest.fixture(scope="session")
def migrated_database(embedded_postgres) -> str:
    """The DATABASE_URL of a database with all tables and no rows, for programs that write nothing to it."""
    name, host = "portal_kosong", postgres.connection_settings(DATA_DIR)["HOST"]
    with psycopg.connect(host=host, user="postgres", dbname="postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {MIGRATED}")
    return f"postgres://postgres@/{host}/{name}"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(embedded_postgres):
    """Called by pytest-django before it creates the test database."""
    settings.DATABASES["default"]["TEST"]["TEMPLATE"] = MIGRATED


# Filled by `migrate` and `siapkan_peran` in every portal
KEPT_TABLES = {"django_content_type", "auth_permission", "auth_group", "auth_group_permissions"}


def _referring_first(tables) -> list[str]:
    """Tables before those that they refer to: a page that is still open may just be writing a row, for which Postgres
    locks its table first and then those of its foreign keys. In another order the two would wait for each other."""
    from django.apps import apps

    def depth(model) -> int:
        others = {field.related_model for field in model._meta.concrete_fields if field.is_relation} - {model}
        return 1 + max(map(depth, others), default=0)

    depths = {model._meta.db_table: depth(model) for model in apps.get_models(include_auto_created=True)}
    return sorted(tables, key=lambda name: -depths.get(name, 0))


def delete_statements(operations, style, tables, *, reset_sequences=False, allow_cascade=False) -> list[str]:
    """Replaces the SQL of Django's `flush`. The lock waits for unfinished writers, as TRUNCATE would."""
    names = [operations.quote_name(name) for name in _referring_first(tables) if name not in KEPT_TABLES]
    return [
        "SELECT set_config('portal.forgets_changes', 'on', true)",  # news.models.changes
        f"LOCK TABLE {', '.join(names)} IN EXCLUSIVE MODE",
        *(f"DELETE FROM {name}" for name in names),
    ]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Creates the roles once. After tests with real transactions tables are emptied by DELETE, which takes 5 ms;
    TRUNCATE of so many tables and recreating permissions take 150.
    """
    from django.contrib.contenttypes.management import create_contenttypes

    from portal import roles  # both after django.setup()

    with django_db_blocker.unblock():
        roles.prepare()
    # These would look for missing rows in tables that are kept.
    post_migrate.disconnect(create_contenttypes)
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(connection.ops), "sql_flush", delete_statements)
        yield
    # The browser tests' server may hold or open a thread's connection, and the database could not be dropped.
    own = connection.settings_dict
    with django_db_blocker.unblock():
        connection.close()
    with psycopg.connect(host=own["HOST"], user=own["USER"], dbname="postgres", autocommit=True) as server:
        server.execute(f"ALTER DATABASE {own['NAME']} ALLOW_CONNECTIONS false")
        server.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", [own["NAME"]]
        )


@pytest.fixture(scope="session", autouse=True)
def fast_password_hashing():
    """The real hash takes half a second per password."""
    quick = "django.contrib.auth.hashers.MD5PasswordHasher"
    with override_settings(PASSWORD_HASHERS=[quick, *settings.PASSWORD_HASHERS]):
        yield


@pytest.fixture
def kept_frame(monkeypatch):
    """Pages ask once for the contents of their frame, however slow the test is that counts queries."""
    monkeypatch.setattr("news.layout.LOOK_SECONDS", 60)


def require_program(name: str, install: str) -> str:
    """The path of a program. If it is missing, skips the test, or fails it on CI, which must install everything."""
    path = shutil.which(name)
    if path is None:
        reason = f"{name} is missing: {install}"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    return path


@pytest.fixture(scope="session")
def portal_data() -> Path:
    """The folder PORTAL_DATA of real articles, comments and pictures, too large for the repository."""
    folder = os.environ.get("PORTAL_DATA")
    if not folder:
        pytest.skip(
            "PORTAL_DATA is unset: set it to the folder that holds news_indosum, toxic_twitter, images and so on"
        )
    return Path(folder)


def read_rows(folder: Path, name: str) -> list[dict]:
    """All rows of one collection of `portal_data`. The suite uses a sample of them, tests/drills all."""
    with gzip.open(folder / name / "data.jsonl.gz", "rt") as lines:
        return list(map(json.loads, lines))


def child_environment() -> dict[str, str]:
    """The environment for child processes, without the variable set by `queries_beside_playwright`."""
    return {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}


def processes_of(folder: Path) -> dict[int, str]:
    """Name and command by pid of every process that was started for this data folder, except this one and zombies."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
            about = command + (process / "environ").read_bytes()
            name = (process / "comm").read_text().strip()
        except OSError:  # it ended, or is another user's
            continue
        if command and os.fsencode(folder) in about and int(process.name) != os.getpid():
            shown = command.replace(b"\0", b" ").decode(errors="replace")
            found[int(process.name)] = f"{name}: {shown}"
    return found


def from_a_terminal() -> None:
    """For `preexec_fn` of a program to be sent these signals: restores their default handling. It would inherit
    "ignore" if the tests were started with nohup or a shell's `&`.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


# Below those that systems give to outgoing connections, of which one may take the port before its server has started
PORTS, PORTS_OF_A_WORKER = 20000, 1000
_next_ports = itertools.count(secrets.randbelow(PORTS_OF_A_WORKER))


def free_port() -> int:
    """A port of 127.0.0.1 that nothing listens on, and that no other test of this run is given soon."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    while True:
        port = PORTS + PORTS_OF_A_WORKER * (worker % 10) + next(_next_ports) % PORTS_OF_A_WORKER
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def wait_until(condition, seconds: float = 60):
    """Returns the first true value of `condition()`; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
    return value


@pytest.fixture(scope="session", autouse=True)
def static_files(once):
    """Collects the static files under their hashed names, which every page needs."""

    def collect(folder):
        own = {"DATA_DIR": str(folder)}
        command = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity=0"]
        subprocess.run(command, cwd=PROJECT, env=os.environ | own, check=True)

    settings.STATIC_ROOT.symlink_to(once("static_files", collect) / "static")


def give_static_files(data_dir: Path) -> None:
    """As if they had been collected there by this version, with the tests' city."""
    (data_dir / "static").symlink_to(settings.STATIC_ROOT)
    (data_dir / "logo").symlink_to(DATA_DIR / "logo")
    (data_dir / "static.fingerprint").write_text(staticfiles.fingerprint())


@pytest.fixture(scope="session", autouse=True)
def static_files_are_scanned_once(static_files):
    """WhiteNoise scans 300 files for each test client, which would take more than half of the time of such a test."""
    look, seen = WhiteNoise.add_files, {}

    def add_files(site, root, prefix=None):
        if (root, prefix) not in seen:
            look(site, root, prefix)
            seen[root, prefix] = site.files.copy()
        site.files.update(seen[root, prefix])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoise, "add_files", add_files)
        yield


@pytest.fixture(autouse=True)
def clean_process_state():
    """Clears caches, which would show rows of an earlier test, and rate limits, which would block this one."""
    cache.clear()
    for limit in list(LIMITS):
        limit.clear()


@pytest.fixture
def editor(client):
    """An editor, logged in at `client`."""
    return logged_in(client, "Redaktur")


@pytest.fixture
def moderator(client):
    """A moderator, logged in at `client`."""
    return logged_in(client, "Moderator")


def logged_in(client, role: str):
    from tests.make import make_person  # after django.setup()

    person = make_person(role)
    client.force_login(person)
    return person


# ---- Browser: `page` of pytest-playwright, on the portal with its whole middleware

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]
PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 800}


@pytest.fixture(scope="session")
def queries_beside_playwright():
    """Playwright keeps an event loop in this thread; Django would refuse queries as made from async code."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    yield
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    # The headless shell has the same engine without a desktop browser's services, and takes a quarter of the time.
    shell = shutil.which("chromium-headless-shell")
    chromium = shell or require_program("chromium", "apt-get install chromium-headless-shell")
    return {**browser_type_launch_args, "executable_path": chromium, "args": FLAGS}


@pytest.fixture(scope="module")
def portal_url(static_files, queries_beside_playwright):
    """Runs the portal with its whole middleware. pytest-django's live_server would bypass WhiteNoise and serve static
    files under names without hashes."""
    server = LiveServerThread("127.0.0.1", static_handler=lambda application: application)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    yield f"http://127.0.0.1:{server.port}"
    server.terminate()


@pytest.fixture
def viewport():
    """The size of the window: a phone. Tests of desktop pages, or for other sizes, override it."""
    return PHONE


@pytest.fixture
def browser_context_args(browser_context_args, viewport, portal_url):
    return {**browser_context_args, "viewport": viewport, "base_url": portal_url, "locale": "id-ID"}


@pytest.fixture
def page_without_javascript(browser, browser_context_args):
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.fixture
def quiet_page(page):
    """A page that fails the test on console errors (such as CSP violations), script errors and foreign requests."""
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda r: complaints.append(r.url) if "//127.0.0.1" not in r.url else None)
    yield page
    assert complaints == []
