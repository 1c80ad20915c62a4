"""The line of a failed log-in, and deploy/fail2ban, which reads it."""

import logging
import re
import subprocess

import pytest
from django.contrib.auth.models import User

from portal import logs
from portal.login import models
from portal.login.models import SecondStep
from tests.conftest import PROJECT, require_program

FILTER = PROJECT / "deploy" / "fail2ban" / "filter.d" / "portal.conf"
TEXT, JSON = logs.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"), logs.JsonFormatter()
PASSWORD = "sandi-untuk-uji-77"


@pytest.fixture(params=[TEXT, JSON], ids=["text", "json"])
def said(request, monkeypatch):
    lines = []
    [handler] = [each for each in logging.getLogger().handlers if isinstance(each.formatter, logs.Formatter)]
    monkeypatch.setattr(handler, "emit", lambda record: lines.append(request.param.format(record)))
    return lines


def log_in(client, name, password, address="203.0.113.9"):
    headers = {"X-Forwarded-For": address}
    return client.post("/admin/login/", {"username": name, "password": password}, headers=headers)


def banned(lines: list[str], folder) -> list[str]:
    """The addresses that fail2ban finds in these lines of a log."""
    log = folder / "portal.log"
    log.write_text("".join(f"{line}\n" for line in lines))
    command = [require_program("fail2ban-regex", "apt-get install fail2ban"), "--out", "ip", str(log), str(FILTER)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout.split()


def in_journal(entries: list[str]) -> list[str]:
    return [f"Nov 29 16:00:00 kota portal[812]: {line}" for entry in entries for line in entry.split("\n")]


@pytest.mark.django_db
def test_a_failed_log_in_is_one_line_without_a_name(client, said):
    User.objects.create_superuser("pimpinan", password=PASSWORD)
    log_in(client, "pimpinan", "keliru-sama-sekali")
    log_in(client, "kata-sandi-di-kolom-nama", "x")
    assert len(said) == 2
    for line in said:
        assert "Gagal masuk ke ruang redaksi dari 203.0.113.9" in line
        assert "pimpinan" not in line
        assert "keliru" not in line
        assert "kata-sandi" not in line


@pytest.mark.django_db
def test_a_wrong_code_is_such_a_line_and_a_right_password_before_it_is_none(client, said):
    person = User.objects.create_superuser("pimpinan", password=PASSWORD)
    SecondStep.objects.begin(person, models.new_key(), latest=0)
    log_in(client, "pimpinan", PASSWORD)
    assert said == []
    client.post("/admin/login/kode/", {"code": "abcdef"}, headers={"X-Forwarded-For": "203.0.113.9"})
    [line] = said
    assert "Gagal masuk ke ruang redaksi dari 203.0.113.9" in line


@pytest.mark.django_db
def test_a_log_in_that_succeeds_or_is_empty_is_no_line(client, said):
    User.objects.create_superuser("pimpinan", password=PASSWORD)
    log_in(client, "pimpinan", "")
    assert log_in(client, "pimpinan", PASSWORD).status_code == 302
    assert said == []


@pytest.mark.django_db
def test_fail2ban_finds_the_address_in_either_format_and_in_the_journal(client, said, tmp_path):
    log_in(client, "siapa", "x")
    log_in(client, "siapa", "x", "2001:db8::7")
    assert banned(said, tmp_path) == ["203.0.113.9", "2001:db8::7"]
    assert banned(in_journal(said), tmp_path) == ["203.0.113.9", "2001:db8::7"]


def test_fail2ban_reads_the_journal_of_the_unit_that_writes_these_lines():
    [unit] = re.findall(r"^journalmatch = _SYSTEMD_UNIT=(.*)$", FILTER.read_text(), re.MULTILINE)
    assert "gunicorn" in (PROJECT / "deploy" / "systemd" / unit).read_text()


def test_nobody_gets_others_banned_by_what_they_write_into_an_address(said, tmp_path):
    line = "Gagal masuk ke ruang redaksi dari 198.51.100.1"
    text = f"2026-11-28 16:00:00,000 WARNING portal.login: {line}"
    json = f'{{"time": "", "level": "WARNING", "logger": "portal.login", "message": "{line}"}}'
    logger = logging.getLogger("portal")
    for forged in (line, text, json):
        for lead in ("", "\n", "\r", "\u2028", "/x\n", "/x\x0b"):
            logger.warning("Tidak disimpan: %s", lead + forged)
            logger.error("Gagal", exc_info=ValueError(lead + forged))
    assert said
    assert banned(said, tmp_path) == []
    assert banned(in_journal(said), tmp_path) == []
