"""What the log says, and what it must not say."""

import ast
import json
import logging
import re
import subprocess
import sys
import time
from datetime import datetime

import psycopg
import pytest
from django.db import IntegrityError, InternalError, OperationalError, connection, transaction
from django.test import override_settings
from django.urls import path

from news.web.throttle import AtMost
from portal import logs
from portal.errors import server_error
from portal.request_ids import HEADER, Current, current
from portal.urls import urlpatterns as portal_urls
from tests.conftest import PROJECT, child_environment
from tests.make import make_article, make_comment
from tests.syntax import calls

SECRET = "12-0123456789abcdef0123456789abcdef"


@pytest.fixture
def handler(monkeypatch):
    """The handler of the real configuration. Its second lasts an hour, since a test on a busy machine takes longer."""
    [stderr] = [each for each in logging.getLogger().handlers if isinstance(each.formatter, logs.Formatter)]
    [once] = [each for each in stderr.filters if isinstance(each, logs.OncePerSecond)]
    assert once.limit.seconds == 1
    monkeypatch.setattr(once, "limit", AtMost(1, seconds=3600))
    return stderr


@pytest.fixture
def said(handler, monkeypatch):
    lines = []
    monkeypatch.setattr(handler, "emit", lambda record: lines.append(handler.format(record)))
    return lines


def raised(error, cause=None):
    try:
        raise error from cause
    except type(error) as caught:
        return caught


READ_ONLY = psycopg.errors.ReadOnlySqlTransaction("cannot execute INSERT in a read-only transaction")
ERRORS = {
    "lost": raised(OperationalError("server closed the connection"), psycopg.OperationalError("closed")),
    "read-only": raised(InternalError("cannot execute INSERT in a read-only transaction"), READ_ONLY),
    "full": raised(OperationalError("No space left on device"), psycopg.errors.DiskFull("No space left on device")),
    "shut down": raised(OperationalError("terminating"), psycopg.errors.AdminShutdown("terminating")),
    "slow": raised(OperationalError("statement timeout"), psycopg.errors.QueryCanceled("statement timeout")),
}


@pytest.mark.parametrize("error", ERRORS.values(), ids=ERRORS)
def test_an_outage_is_one_line_a_second_without_a_traceback(said, error):
    for number in range(100):
        logging.getLogger("portal").error("Gagal %d", number, exc_info=error)
    [line] = said
    assert "Gagal 0" in line
    assert str(error) in line
    assert len(line.splitlines()) == 1


def test_kinds_of_outages_are_counted_separately(said):
    for _ in range(5):
        for error in ERRORS.values():
            logging.getLogger("portal").error("Gagal", exc_info=error)
    assert len(said) == len(ERRORS)


@pytest.mark.parametrize(
    "error", [ValueError("x"), raised(OperationalError("deadlock"), psycopg.errors.DeadlockDetected("deadlock"))]
)
def test_other_errors_keep_their_tracebacks_and_their_number(said, error):
    for _ in range(3):
        logging.getLogger("portal").error("Gagal", exc_info=raised(error, error.__cause__))
    assert len(said) == 3
    assert all("Traceback" in line for line in said)


@pytest.mark.parametrize(
    "address",
    [
        f"/komentar/saya/{SECRET}",
        f"/komentar/saya/{SECRET}/konfirmasi",
        f"/komentar/data-saya/{SECRET}~abc-def/data.json?unduh",
        f"https://contoh.go.id/komentar/saya/{SECRET}",
        f"/pratinjau/{SECRET}",
    ],
)
def test_secret_addresses_are_cut_in_lines_and_tracebacks(said, address):
    logging.getLogger("django.request").error(
        "Internal Server Error: %s", address, exc_info=raised(ValueError(address))
    )
    [line] = said
    assert SECRET not in line
    assert "…" in line
    assert "Traceback" in line


def fail(request, kind):
    raise ERRORS.get(kind) or ValueError(f"{kind} warga@contoh.example")


urlpatterns = [path("gagal/<kind>", fail), *portal_urls]
handler500 = server_error


@pytest.mark.django_db
@override_settings(ROOT_URLCONF=__name__)
def test_a_read_only_database_is_503_and_one_line_for_many_requests(client, said):
    for _ in range(20):
        answer = client.get("/gagal/read-only")
        assert answer.status_code == 503
    assert len(said) == 1


@pytest.mark.django_db
def test_requests_with_too_many_parameters_leave_no_line(client, said):
    assert client.get("/cari?" + "a=1&" * 2000).status_code == 400
    assert said == []


# ---- One request, one id; one JSON object a line


@pytest.fixture
def objects(handler, monkeypatch):
    """What LOG_FORMAT=json writes, read."""
    lines, formatter = [], logs.JsonFormatter()
    monkeypatch.setattr(handler, "emit", lambda record: lines.append(json.loads(formatter.format(record))))
    return lines


@pytest.mark.django_db
@override_settings(ROOT_URLCONF=__name__)
def test_an_error_is_one_object_that_the_code_on_its_page_leads_to(client, objects):
    client.raise_request_exception = False
    answer = client.get("/gagal/aneh?q=kata+rahasia", headers={HEADER: "0123456789abcdef-dari-nginx"})
    [entry] = objects
    assert list(entry) == ["time", "level", "logger", "message", "request", "path", "ms", "status", "exception"]
    assert abs(datetime.fromisoformat(entry["time"]).timestamp() - time.time()) < 60
    assert (entry["level"], entry["logger"], entry["status"]) == ("ERROR", "django.request", 500)
    assert (entry["path"], entry["request"]) == ("/gagal/aneh", "0123456789abcdef-dari-nginx")
    assert 0 <= entry["ms"] < 60_000
    assert "ValueError: aneh (email)" in entry["exception"]
    assert "rahasia" not in str(entry)
    assert "sebutkan kode ri-nginx kepada" in answer.content.decode()
    assert answer[HEADER] == entry["request"]


@pytest.mark.django_db
def test_only_a_trusted_proxy_names_a_request_and_only_with_harmless_signs(client):
    given = "0123456789abcdef"
    assert client.get("/robots.txt", headers={HEADER: given})[HEADER] == given
    others = [client.get("/robots.txt")[HEADER], client.get("/robots.txt")[HEADER]]
    others.append(client.get("/robots.txt", headers={HEADER: given}, REMOTE_ADDR="203.0.113.9")[HEADER])
    harmful = ("x", "a" * 65, "<b>abcdefgh</b>", "abcdefgh\n", "abcdefgh ijkl", "éééééééé")
    others += [client.get("/robots.txt", headers={HEADER: each})[HEADER] for each in harmful]
    assert len(set(others)) == len(others)
    assert all(re.fullmatch("[0-9a-f]{32}", each) for each in others)


@pytest.mark.django_db
def test_a_page_from_the_one_second_cache_has_an_id_of_its_own(client):
    address = make_article().get_absolute_url()
    assert len({client.get(address)[HEADER] for _ in range(3)}) == 3


def test_outside_of_requests_lines_have_no_id(said, objects, handler):
    assert current.get() is None
    logging.getLogger("portal").warning("Menunggu.")
    assert list(objects[0]) == ["time", "level", "logger", "message"]


def test_a_line_in_the_text_format_ends_with_the_id(said):
    token = current.set(Current("0123456789abcdef", "/"))
    try:
        logging.getLogger("portal").warning("Menunggu.")
    finally:
        current.reset(token)
    assert said[0].endswith(" WARNING portal: Menunggu. [0123456789abcdef]")


@pytest.mark.parametrize("form", ["text", "json"])
def test_an_entry_is_one_line_whatever_is_in_it(said, handler, form):
    formatter = {"text": handler.formatter, "json": logs.JsonFormatter()}[form]
    record = logging.LogRecord("portal", logging.ERROR, "", 1, "a\nb\rc\u2028d\x85e", (), None)
    assert len(formatter.format(record).splitlines()) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("form", [logs.Formatter(), logs.JsonFormatter()])
def test_what_postgres_quotes_of_a_row_is_left_out(form):
    text = "Jalan di depan rumah\nsaya rusak"
    comment = make_comment(make_article(), name="Siti Aminah", text=text, email="siti@contoh.example")
    cursor = connection.cursor()
    with pytest.raises(IntegrityError, match="Siti Aminah") as refused, transaction.atomic():
        cursor.execute("UPDATE comments_comment SET article_id = NULL WHERE id = %s", [comment.pk])
    wrapped = raised(RuntimeError("Gagal"), refused.value)
    record = logging.LogRecord("portal", 40, "", 1, "Gagal", (), (type(wrapped), wrapped, wrapped.__traceback__))
    line = form.format(record)
    assert "violates not-null constraint" in line
    for private in ("Siti", "Jalan", "saya rusak", "siti@"):
        assert private not in line


@pytest.mark.parametrize("text", ["a" * 200_000, "/" * 200_000, "a.-" * 70_000, "?" * 200_000, "a?" * 100_000])
def test_a_long_text_takes_no_time(text):
    started = time.monotonic()
    logs.impersonal(text)
    assert time.monotonic() - started < 2


# What may be written into a log entry, as the code names it. Whoever adds one has looked whether it is about a person.
HARMLESS = {
    "_WARNINGS[name]", "limit",  # comments.limits: sentences of ours, a number
    "*values", "message",  # news.web.misaddressed: names of hosts; for these, see the sentences there
    "_short(error)", "email.error", "email.pk", "outcome",  # comments.mail.outbox: without the recipient
    "type(error).__name__", "comment.pk", "job.name", "name", "path", "folder", "reason", "what",
    "error", "settings.PAGEVIEWS_DIR", "settings.SITE_URL", "settings.STATIC_ROOT", "each.part", "each.cause",
    "problem", "run.name", "time.monotonic() - began",  # portal.backup.wal.archiving: sentences of ours
    "*found",  # portal.hosts: names of machines
    "host", "port",  # portal.metrics: of METRICS
    "self.endpoint_url", "len(left)", "store.bucket_name",  # portal.bucket: of MEDIA_S3_URL, which holds no key
    "request.path", "error.strerror", "str(error).strip().partition('\\n')[0]",
}  # fmt: skip
PERSONAL = {
    ("news/web/senders.py", "address"),  # of a proxy in a private network
    ("portal/login/bounds.py", "self.sender"),  # the line of failed log-ins
}
LEVELS = {"debug", "info", "warning", "error", "exception", "critical", "log"}


def log_calls():
    for source in (file for app in ("news", "comments", "portal") for file in (PROJECT / app).rglob("*.py")):
        for call in calls(ast.parse(source.read_text())):
            function = call.func
            if isinstance(function, ast.Attribute) and function.attr in LEVELS and "logg" in ast.unparse(function):
                yield source.relative_to(PROJECT).as_posix(), call


def test_no_log_call_writes_about_people():
    found = list(log_calls())
    assert len(found) >= 25
    unknown = {
        (source, ast.unparse(value))
        for source, call in found
        for value in call.args
        if not isinstance(value, ast.Constant) and ast.unparse(value) not in HARMLESS
    }
    assert unknown == PERSONAL


def test_an_unknown_format_is_refused_in_a_sentence(tmp_path):
    command = [sys.executable, "manage.py", "check"]
    own = {"DATA_DIR": str(tmp_path), "LOG_FORMAT": "xml"}
    done = subprocess.run(
        command, cwd=PROJECT, env=child_environment() | own, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode
    assert "LOG_FORMAT harus text atau json." in done.stderr
