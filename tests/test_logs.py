"""What the log says, and what it must not say."""

import logging

import psycopg
import pytest
from django.db import InternalError, OperationalError
from django.test import override_settings
from django.urls import path

from portal import logs
from portal.urls import urlpatterns as portal_urls

SECRET = "12-0123456789abcdef0123456789abcdef"


@pytest.fixture
def handler():
    """The handler of the real configuration, with the lines that it writes."""
    [stderr] = [each for each in logging.getLogger().handlers if isinstance(each.formatter, logs.Formatter)]
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
    ],
)
def test_secret_addresses_are_cut_in_lines_and_tracebacks(said, address):
    logging.getLogger("django.request").error(
        "Internal Server Error: %s", address, exc_info=raised(ValueError(address))
    )
    [line] = said
    assert SECRET not in line
    assert "saya/…" in line
    assert "Traceback" in line


def fail(request, kind):
    raise ERRORS[kind]


urlpatterns = [path("gagal/<kind>", fail), *portal_urls]


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
