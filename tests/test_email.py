"""E-mail: written by pages, sent by the worker, and never lost, whatever the mail server does."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta

import django
import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from comments.mail import outbox
from comments.models import Email
from news.models import ArticleViews
from portal.run.worker import Worker
from tests.conftest import free_port, wait_until
from tests.mail_server import DROP, HANG, MailServer, wait
from tests.make import make_article
from tests.test_pageviews import make_line, write
from tests.test_worker import PROJECT, Process

pytestmark = pytest.mark.django_db(transaction=True)

TO = "warga@example.com"


SMTP = "django.core.mail.backends.smtp.EmailBackend"
BEFORE_MAILERS = {
    "username": "EMAIL_HOST_USER",
    "password": "EMAIL_HOST_PASSWORD",
}  # the others are EMAIL_ and the option


def use_mail_server(settings, **options):
    """Sets the mail server as this version of Django reads it."""
    if django.VERSION >= (6, 1):
        settings.MAILERS = {"default": {"BACKEND": SMTP, "OPTIONS": {"timeout": 0.5, **options}}}
        return
    settings.EMAIL_BACKEND = SMTP
    for option, value in {"timeout": 0.5, **options}.items():
        setattr(settings, BEFORE_MAILERS.get(option, f"EMAIL_{option.upper()}"), value)


@pytest.fixture
def server(settings):
    with MailServer() as running:
        use_mail_server(settings, host="127.0.0.1", port=running.port)
        settings.MAIL_IS_ON = True
        yield running


def make_email(**fields) -> Email:
    return outbox.write(**{"to": TO, "subject": "Komentar Anda", "body": "Terima kasih.\n"} | fields)


def make_due() -> None:
    Email.objects.filter(next_try_at__isnull=False).update(next_try_at=timezone.now() - timedelta(seconds=1))


def test_an_email_arrives_as_it_was_written(server):
    make_email(subject="Jawaban untuk Anda: “Jalan Ciledug” – ✓", body="Selamat pagi,\n\nsudah diperbaiki. 🙏\n")
    assert outbox.send_due() == 1
    (taken,) = server.emails
    assert server.recipients == [[TO]]
    assert taken["To"] == TO
    assert taken["From"] == f"{settings.SITE_NAME} <{settings.CONTACT_EMAIL}>"
    assert taken["Subject"].strip() == "Jawaban untuk Anda: “Jalan Ciledug” – ✓"
    assert taken["Auto-Submitted"] == "auto-generated"
    assert taken.get_content_type() == "text/plain"
    assert taken.get_content().replace("\r\n", "\n") == "Selamat pagi,\n\nsudah diperbaiki. 🙏\n"
    assert outbox.send_due() == 0


def test_without_a_mail_server_nothing_is_written(settings):
    assert settings.MAIL_IS_ON is False
    assert make_email() is None
    assert not Email.objects.exists()


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r", "\u2028", "\x0b"])
def test_a_subject_adds_no_header(server, line_end):
    make_email(subject=f"Halo{line_end}Bcc: korban@example.com")
    outbox.send_due()
    assert server.emails[0]["Subject"] == "Halo Bcc: korban@example.com"
    assert server.emails[0]["Bcc"] is None
    assert server.recipients == [[TO]]


@pytest.mark.parametrize("to", ["", "a", "a@b.id\nBcc: c@d.id", "a@b.id, c@d.id", "A <a@b.id>", "a@b.id\x00"])
def test_no_email_is_written_to_an_invalid_address(server, to):
    with pytest.raises(ValidationError):
        make_email(to=to)


def test_an_email_that_bypassed_validation_is_not_sent_and_delays_no_other(server):
    bad = Email.objects.create(to=f"{TO}\nBcc: korban@example.com", subject="Halo", body="Halo")
    worse = Email.objects.create(to=TO, subject="Halo\nBcc: korban@example.com", body="Halo")
    make_email()
    assert outbox.send_due() == 1
    assert server.recipients == [[TO]]
    for email in (bad, worse):
        email.refresh_from_db()
        assert email.error.startswith(("BadHeaderError", "ValueError"))
        assert email.sent_at is None


BROKEN = {
    "refused": {},
    "not ready": {"greeting": "554 no service"},
    "silent": {"greeting": HANG},
    "gone": {"greeting": DROP},
    "busy": {"MAIL": "421 too many"},
    "sender refused": {"MAIL": "530 authentication required"},
    "hangs within a message": {"DATA": HANG},
    "full": {"message": "452 insufficient storage"},
    "hates messages": {"message": "554 spam"},
    "hangs after a message": {"message": HANG},
    "drops": {"RCPT": DROP},
    "babbles": {"message": "554 \0\0 " + 80 * "panjang "},
    "speaks no SMTP": {"greeting": "HTTP/1.1 400 Bad Request"},
    "has no TLS": {},
    "has other TLS": {},
    "knows no password": {"AUTH": "535 authentication failed"},
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_mail_server_loses_nothing(server, settings, how):
    server.answers = BROKEN[how]
    options = {"host": "127.0.0.1", "port": free_port() if how == "refused" else server.port}
    options |= {"use_tls": how == "has no TLS", "use_ssl": how == "has other TLS"}
    if how == "knows no password":
        server.answers["EHLO"] = "250 AUTH PLAIN"
        options |= {"username": "portal", "password": "rahasia-sekali"}
    use_mail_server(settings, **options)
    email = make_email()
    assert outbox.send_due() == 0
    email.refresh_from_db()
    assert email.sent_at is None
    assert email.error
    assert "rahasia" not in email.error
    assert timedelta(minutes=4) < email.next_try_at - timezone.now() < timedelta(minutes=6)

    server.answers = {}
    options |= {"port": server.port, "use_tls": False, "use_ssl": False, "username": "", "password": ""}
    use_mail_server(settings, **options)
    assert outbox.send_due() == 0  # not yet due
    make_due()
    assert outbox.send_due() == 1
    assert len(server.emails) == 1
    email.refresh_from_db()
    assert (email.error, email.sent_at is None) == ("", False)


def test_while_the_server_is_unusable_all_emails_wait_for_the_same_attempt(server):
    server.answers["greeting"] = "421 later"
    for _ in range(5):
        make_email()
    assert outbox.send_due() == 0
    assert server.callers == 1
    assert not Email.objects.due().exists()
    assert set(Email.objects.values_list("attempts", flat=True)) == {0}


def test_the_pauses_of_an_email_grow_to_a_day(server):
    server.answers["message"] = "451 later"
    email = make_email()
    pauses = []
    for _ in range(11):
        make_due()
        outbox.send_due()
        email.refresh_from_db()
        pauses.append(round((email.next_try_at - timezone.now()) / timedelta(minutes=1)))
    assert pauses == [5, 10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440]


def test_a_permanently_refused_address_is_not_retried(server, caplog):
    server.answers["RCPT"] = f"550 5.1.1 <{TO}>: no such user"
    email = make_email()
    outbox.send_due()
    email.refresh_from_db()
    assert email.next_try_at is None
    assert email.refused_at
    assert email.error == "550 5.1.1 <(alamat)>: no such user"
    assert f"Surat nomor {email.pk} tidak terkirim, tidak dicoba lagi" in caplog.text
    assert TO not in caplog.text


def test_a_temporarily_refused_address_is_retried_for_five_days(server):
    server.answers["RCPT"] = "450 4.1.2 domain not found"
    email = make_email()
    outbox.send_due()
    email.refresh_from_db()
    assert email.next_try_at > timezone.now()
    Email.objects.update(created_at=timezone.now() - timedelta(days=6))
    make_due()
    outbox.send_due()
    email.refresh_from_db()
    assert email.next_try_at is None


def test_two_senders_send_each_email_once(server):
    for number in range(30):
        make_email(subject=f"Surat {number}")
    start = threading.Barrier(3)

    def send():
        start.wait()
        try:
            while Email.objects.due().exists():
                outbox.send_due()
        finally:
            connection.close()

    senders = [threading.Thread(target=send) for _ in range(3)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert sorted(email["Subject"] for email in server.emails) == sorted(f"Surat {n}" for n in range(30))
    assert not Email.objects.filter(sent_at=None).exists()


def test_an_email_is_not_locked_while_it_is_sent(server):
    email = make_email()
    seen = []

    def look():
        try:
            with transaction.atomic():
                seen.append(Email.objects.select_for_update(nowait=True).get(pk=email.pk).sent_at)
        finally:
            connection.close()

    server.before_answer = look
    outbox.send_due()
    assert seen == [None]


SEND = "import django; django.setup(); from comments.mail import outbox; outbox.send_due()"


def environment(server, folder) -> dict:
    database = connection.settings_dict
    return os.environ | {
        "DATA_DIR": str(folder),
        "DATABASE_URL": f"postgres://{database['USER']}@/{database['HOST']}/{database['NAME']}",
        "EMAIL_URL": f"smtp://127.0.0.1:{server.port}",
    }


def test_a_worker_killed_before_it_marked_an_email_sent_sends_it_again_unchanged(server, tmp_path):
    email = make_email()
    with subprocess.Popen([sys.executable, "-c", SEND], cwd=PROJECT, env=environment(server, tmp_path)) as sender:
        server.before_answer = lambda: os.kill(sender.pid, signal.SIGKILL)
        assert sender.wait(60) == -signal.SIGKILL
    email.refresh_from_db()
    assert email.sent_at is None
    assert outbox.send_due() == 0  # it might have been sent
    server.before_answer = lambda: None
    make_due()
    assert outbox.send_due() == 1
    first, second = server.emails
    assert first["Message-ID"] == second["Message-ID"]
    assert first.as_bytes() == second.as_bytes()


def test_a_hanging_mail_server_delays_no_other_job(server, tmp_path, monkeypatch):
    server.answers["greeting"] = HANG
    monkeypatch.setenv("EMAIL_URL", f"smtp://127.0.0.1:{server.port}")
    article = make_article()
    longest = 0.0
    with Process(tmp_path) as running:
        for number in range(1, 6):
            make_email()
            write(tmp_path / "pageviews", make_line(article))
            started = time.monotonic()
            wait_until(lambda n=number: ArticleViews.objects.filter(article=article, counted=n).exists())
            longest = max(longest, time.monotonic() - started)
        wait_until(lambda: server.callers)
        log = running.end()
    assert longest < 6  # seconds of a busy machine, below the ten that sending may wait for a mail server
    assert running.process.returncode == 0
    assert "Gagal mengirim surat" not in log
    assert Email.objects.filter(sent_at=None).count() == 5


def test_a_worker_that_is_asked_to_end_marks_the_current_email_sent(server, tmp_path, monkeypatch):
    monkeypatch.setenv("EMAIL_URL", f"smtp://127.0.0.1:{server.port}")
    server.before_answer = wait(1)
    for _ in range(3):
        make_email()
    with Process(tmp_path) as running:
        wait_until(lambda: server.emails)
        running.end()
    assert running.process.returncode == 0
    assert Email.objects.exclude(sent_at=None).count() == len(server.emails) < 3


def test_the_worker_sends_nothing_while_there_is_no_mail_server(server, settings):
    make_email()
    settings.MAIL_IS_ON = False
    worker = Worker()
    worker.send_emails()
    worker.wait_for_mail()
    assert server.callers == 0
    settings.MAIL_IS_ON = True
    worker.send_emails()
    worker.wait_for_mail()
    assert len(server.emails) == 1


NAMES = ["host", "port", "use_tls", "use_ssl", "username", "password", "timeout"]
SAY = f"""
import django
django.setup()
from django.conf import settings
from django.core import mail
server = mail.mailers.default if hasattr(mail, "mailers") else mail.get_connection()
values = [getattr(server, name) for name in {NAMES!r}]
print([settings.MAIL_IS_ON, *("" if value is None else value for value in values)])
"""


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("", [False, "localhost", 25, False, False, "", "", 10]),
        ("smtp://surat.go.id", [True, "surat.go.id", 25, False, False, "", "", 10]),
        ("smtp+tls://p%40q:a%2Fb@surat.go.id", [True, "surat.go.id", 587, True, False, "p@q", "a/b", 10]),
        ("smtp+ssl://surat.go.id:4650", [True, "surat.go.id", 4650, False, True, "", "", 10]),
        *((bad, None) for bad in ("surat.go.id", "smtp://", "smtps://a", "http://a", "smtp://a:b", "dummymail://")),
    ],
)
def test_one_url_sets_the_mail_server_of_everything_that_sends(tmp_path, url, expected):
    result = subprocess.run(
        [sys.executable, "-c", SAY],
        cwd=PROJECT,
        env=os.environ | {"DATA_DIR": str(tmp_path), "EMAIL_URL": url},
        capture_output=True,
        text=True,
    )
    if expected is None:
        assert "EMAIL_URL harus berbentuk" in result.stderr
    else:
        assert result.stdout.strip() == repr(expected)
