"""ERROR_EMAIL: errors are mailed, each kind once an hour, without holding a request up."""

import logging
import subprocess
import sys
import threading
import time
from datetime import timedelta

import psycopg
import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import OperationalError, connection
from django.test import override_settings
from django.urls import path
from django.utils import timezone

from comments.mail import outbox
from comments.models import Email
from portal import logs, mailed_errors
from portal.urls import urlpatterns as portal_urls
from tests.conftest import PROJECT, child_environment

TO = "pengelola@contoh.example"
TEXT = logs.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def mail_is_on(settings):
    settings.MAIL_IS_ON, settings.ERROR_EMAIL = True, TO


@pytest.fixture
def handler():
    """As settings.LOGGING makes it if there is an ERROR_EMAIL, beside the other one."""
    mail = new_handler()
    root = logging.getLogger()
    root.handlers.insert(0, mail)
    yield mail
    wait_for_threads()
    root.removeHandler(mail)


def new_handler():
    mail = mailed_errors.Handler()
    mail.setFormatter(TEXT)
    mail.addFilter(logs.NoOutages())
    return mail


def threads():
    return [each for each in threading.enumerate() if getattr(each, "_target", None) is mailed_errors._write]


def wait_for_threads():
    for each in threads():
        each.join(30)


def fail(request, kind):
    if kind == "lain":
        return {}["lain"]
    raise ValueError(f"{kind} warga@contoh.example")


urlpatterns = [path("gagal/<kind>", fail), *portal_urls]


@override_settings(ROOT_URLCONF=__name__)
def test_an_error_of_a_page_is_mailed_once_with_what_the_log_says(client, handler):
    client.raise_request_exception = False
    answers = [client.get(f"/gagal/{number}?q=rahasia") for number in range(5)]
    wait_for_threads()
    email = Email.objects.get()
    assert (email.to, email.kind) == (TO, mailed_errors.KIND)
    assert email.subject == f"{settings.SITE_NAME}: ValueError di tests/test_mailed_errors.py, fail"
    assert "Internal Server Error: /gagal/0" in email.body
    assert "ValueError: 0 (email)" in email.body
    assert answers[0]["X-Request-ID"] in email.body
    assert "rahasia" not in email.body
    client.get("/gagal/lain")
    wait_for_threads()
    assert Email.objects.count() == 2


def test_the_subject_names_our_function_and_not_the_library_that_it_called(handler):
    try:
        outbox.write("bukan alamat", "", "")
    except ValidationError:
        logging.getLogger("portal").exception("Gagal")
    wait_for_threads()
    assert Email.objects.get().subject.endswith(" di comments/mail/outbox.py, write")


def test_another_process_does_not_mail_the_same_kind_within_the_hour(handler):
    record = logging.LogRecord("portal", logging.ERROR, "", 1, "Gagal %s", ("a",), None)
    for expected, age in ((1, 0), (1, 59), (2, 61)):
        Email.objects.update(created_at=timezone.now() - timedelta(minutes=age))
        new_handler().handle(record)
        wait_for_threads()
        assert Email.objects.count() == expected


def test_messages_that_differ_in_their_values_are_one_kind_and_kinds_are_bounded(handler):
    for number in range(30):
        logging.getLogger("portal").error("Gagal membaca %s", number)
    wait_for_threads()
    assert Email.objects.count() == 1
    for number in range(30):
        logging.getLogger("portal").error(f"Macam {number}")
    wait_for_threads()
    assert Email.objects.count() == mailed_errors.MOST


def test_warnings_and_outages_of_the_database_are_not_mailed(handler):
    logger = logging.getLogger("portal")
    logger.warning("Menunggu.")
    lost = OperationalError("closed")
    lost.__cause__ = psycopg.OperationalError("closed")
    logger.error("Gagal", exc_info=lost)
    logging.getLogger("django.request").error("Service Unavailable", extra={"status_code": 503})
    assert not threads()
    assert not Email.objects.exists()


@override_settings(ROOT_URLCONF=__name__)
def test_a_request_does_not_wait_for_an_outbox_that_is_locked(client, handler):
    client.raise_request_exception = False
    other = connection.copy()
    other.set_autocommit(False)
    try:
        other.cursor().execute(f"LOCK {Email._meta.db_table}")
        started = time.monotonic()
        assert client.get("/gagal/x").status_code == 500
        assert time.monotonic() - started < 2
        assert threads()
    finally:
        other.close()
    wait_for_threads()
    assert Email.objects.count() == 1


def test_a_failure_of_the_mail_itself_is_a_warning_and_causes_no_more(handler, settings, caplog):
    settings.ERROR_EMAIL = "bukan alamat"
    for _ in range(3):
        logging.getLogger("portal").error("Gagal")
    wait_for_threads()
    said = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert said == ["Galat tidak dapat dikirim dengan surat: ValidationError"]
    assert not Email.objects.exists()


@pytest.mark.parametrize(
    ("own", "sentence"),
    [
        ({"EMAIL_URL": ""}, "ERROR_EMAIL memerlukan EMAIL_URL"),
        ({"EMAIL_URL": "smtp://127.0.0.1:2525", "ERROR_EMAIL": "a@b.example,c@d.example"}, "harus satu alamat email"),
    ],
)
def test_settings_that_cannot_work_are_refused_in_a_sentence(tmp_path, own, sentence):
    own = {"DATA_DIR": str(tmp_path), "ERROR_EMAIL": TO} | own
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=PROJECT, env=child_environment() | own, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode
    assert sentence in done.stderr


def test_the_settings_attach_the_handler_before_the_applications_are_loaded(tmp_path):
    own = {"DATA_DIR": str(tmp_path), "ERROR_EMAIL": TO, "EMAIL_URL": "smtp://127.0.0.1:2525"}
    code = "import django, logging; django.setup(); print([type(h).__module__ for h in logging.getLogger().handlers])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=PROJECT, env=child_environment() | own, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "['portal.mailed_errors', 'logging']"
