"""The health check /sehat."""

import contextlib
import os
import socket
import ssl
import subprocess
import threading
import time
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from django.template import Context, Template
from django.utils import timezone
from psycopg import errors

from comments.mail import outbox
from comments.models import Comment, Email
from news import reindexing
from news.models import Photo
from news.pageviews import counting
from portal.health import checks, parts
from portal.run import database, worker
from tests import journals
from tests.conftest import require_program
from tests.make import make_article, make_comment

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def worker_at_work(tmp_path, monkeypatch):
    monkeypatch.setattr(worker, "_BEAT", tmp_path / "worker.beat")
    worker._beat()
    parts.logged.clear()


def failing(client) -> list[str]:
    response = client.get("/sehat")
    report = response.json()
    assert response.status_code == (200 if report["sehat"] else 503)
    return report["rusak"]


def make_waiting(hours_left, **fields):
    due_at = timezone.now() + timedelta(hours=hours_left)
    return make_comment(make_article(), status=Comment.Status.WAITING, due_at=due_at, **fields)


def make_old_email(**fields):
    email = outbox.write("warga@example.com", "Halo", "Halo")
    Email.objects.filter(pk=email.pk).update(created_at=timezone.now() - timedelta(minutes=61), **fields)
    return email


def test_all_is_well_while_nothing_is_late(client, settings):
    settings.MAIL_IS_ON = True
    make_waiting(hours_left=0.1)
    outbox.write("warga@example.com", "Halo", "Halo")
    assert failing(client) == []


def test_an_overdue_comment_is_reported_until_it_is_decided(client, caplog, admin_user):
    comment = make_waiting(hours_left=-0.1, text="Rahasia")
    assert failing(client) == ["moderasi"]
    assert "Tidak sehat: moderasi: Ada komentar yang melewati batas 48 jam." in caplog.text
    assert "Rahasia" not in caplog.text
    comment.approve(admin_user)
    assert failing(client) == []


def test_overdue_comments_that_are_ranked_last_count_and_are_logged_separately(client, caplog):
    make_waiting(hours_left=-0.1, ranked_last=True)
    assert failing(client) == ["moderasi"]
    assert "diduga spam" in caplog.text


def test_an_email_that_waits_for_an_hour_is_reported(client, settings, caplog):
    settings.MAIL_IS_ON = True
    email = make_old_email(error="ConnectionRefusedError: [Errno 111] Connection refused")
    assert failing(client) == ["surat"]
    assert f"Surat nomor {email.pk} belum terkirim. Galat terakhir: ConnectionRefusedError" in caplog.text
    Email.objects.update(sent_at=timezone.now())
    assert failing(client) == []


def test_an_address_mistyped_by_a_citizen_is_not_reported(client, settings):
    settings.MAIL_IS_ON = True
    make_old_email(refused_at=timezone.now(), next_try_at=None)
    assert failing(client) == []


def test_a_refused_address_of_the_newsroom_is_reported_for_a_day(client, settings):
    settings.MAIL_IS_ON = True
    make_old_email(refused_at=timezone.now(), next_try_at=None, kind="ringkasan")
    assert failing(client) == ["surat"]
    Email.objects.update(refused_at=timezone.now() - timedelta(hours=25))
    assert failing(client) == []


def test_waiting_emails_are_ignored_while_mail_is_off(client, settings):
    settings.MAIL_IS_ON = True
    make_old_email()
    settings.MAIL_IS_ON = False
    assert failing(client) == []


# ---- Who is told what


ADVICE = {"bagian", "sebab", "saran"}


@pytest.fixture
def somebody(client):
    """A client on another machine."""
    client.defaults["REMOTE_ADDR"] = "203.0.113.7"
    return client


def test_everybody_is_told_the_failing_part_only(somebody):
    make_waiting(hours_left=-0.1)
    report = somebody.get("/sehat", HTTP_ACCEPT="text/html")
    assert report.status_code == 503
    assert report.json() == {"sehat": False, "rusak": ["moderasi"]}


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Forwarded-Proto", "Via"])
def test_a_visitor_behind_a_proxy_on_this_host_is_somebody(client, header):
    make_waiting(hours_left=-0.1)
    assert set(client.get("/sehat", headers={header: "203.0.113.7"}).json()) == {"sehat", "rusak"}


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1", ""])
def test_this_host_is_told_the_cause_and_what_to_do(client, address):
    make_waiting(hours_left=-0.1)
    report = client.get("/sehat", REMOTE_ADDR=address).json()
    [found] = report["sebab"]
    assert set(found) == ADVICE
    assert found["sebab"] == "Ada komentar yang melewati batas 48 jam."
    assert "/admin/" in found["saran"]


def test_staff_are_told_in_the_newsroom_as_a_page_and_as_json(somebody, editor):
    make_waiting(hours_left=-0.1)
    page = somebody.get("/admin/sehat/", HTTP_ACCEPT="text/html,*/*;q=0.8")
    assert page.status_code == 503
    assert "Ada komentar yang melewati batas 48 jam." in page.content.decode()
    assert somebody.get("/admin/sehat/", HTTP_ACCEPT="application/json").json()["sebab"][0]["bagian"] == "moderasi"
    somebody.logout()
    assert somebody.get("/admin/sehat/").status_code == 302


def test_the_page_names_every_part_and_what_it_waits_for(client, settings, monkeypatch, tmp_path):
    settings.BACKUP_DIR, settings.HTTPS = tmp_path, True
    monkeypatch.setattr(worker, "_BEAT", tmp_path / "never")
    page = client.get("/sehat", HTTP_ACCEPT="text/html").content.decode()
    for part in parts.present():
        assert f"<strong>{part.name}</strong>" in page
    assert page.count("belum diperiksa; perbaiki dahulu pekerja") == 5  # pembaca, surat, penjaga, cadangan, arsip
    assert "Pekerja latar belum pernah berjalan" in page
    assert "Jalankan <code>systemctl start portal-worker</code> (tanpa" in page
    assert "`" not in page


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        ("Jalankan `a <b`; lalu `c`.", "Jalankan <code>a &lt;b</code>; lalu <code>c</code>."),
        ("`a & b`", "<code>a &amp; b</code>"),
        ("a <b> ` c", "a &lt;b&gt; ` c"),
        ("", ""),
    ],
)
def test_commands_in_sentences_are_marked_on_the_page(sentence, shown):
    template = Template("{% load newsroom %}{{ sentence|with_commands }}")
    assert template.render(Context({"sentence": sentence})) == shown


# ---- One cause, the right one


def causes(client) -> list[tuple[str, str]]:
    return [(each["bagian"], each["sebab"]) for each in client.get("/sehat").json().get("sebab", [])]


def test_a_worker_that_stands_still_is_one_alarm(client, settings, monkeypatch):
    settings.MAIL_IS_ON = True
    make_old_email()
    os.utime(worker._BEAT, (time.time() - 300, time.time() - 300))
    assert causes(client) == [("pekerja", "Pekerja latar tidak berjalan sejak 5 menit yang lalu.")]


def test_a_heartbeat_in_the_future_is_the_clocks_fault(client):
    os.utime(worker._BEAT, (time.time() + 7300, time.time() + 7300))
    [(part, cause)] = causes(client)
    assert part == "pekerja"
    assert "2 jam di masa depan: jam mesin salah" in cause
    worker._beat()
    assert causes(client) == []


def test_a_folder_for_photos_that_cannot_be_written_is_reported(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    assert causes(client) == []  # not there yet: the first photo creates it
    settings.MEDIA_ROOT.write_text("a file in its place")
    [(part, cause)] = causes(client)
    assert part == "media"
    assert "media bukan folder" in cause


def test_photos_whose_disk_is_not_there_are_one_alarm(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    photo = Photo.objects.create(name="foto/x", width=400, height=300, alt_text="Taman", edition=2)
    (settings.MEDIA_ROOT / "foto").mkdir(parents=True)
    (settings.MEDIA_ROOT / "foto/x-400.jpg").touch()
    assert causes(client) == []
    settings.MEDIA_ROOT = tmp_path / "elsewhere"
    [(part, cause)] = causes(client)
    assert (part, f"Foto terbaru (no. {photo.pk}) tidak ada di" in cause) == ("media", True)
    settings.MEDIA_ROOT.mkdir()
    assert [part for part, _ in causes(client)] == ["media"]
    Photo.objects.update(edition=0)  # known to be missing
    assert causes(client) == []


def test_a_full_disk_is_one_alarm_even_when_it_stops_the_worker(client, settings, monkeypatch):
    monkeypatch.setattr(checks, "FREE_BYTES", 2**60)
    worker._BEAT.unlink()
    [(part, cause)] = causes(client)
    assert part == "cakram"
    assert cause.startswith("Ruang cakram tersisa ")


def test_a_read_only_database_is_reported_and_nothing_else(client):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL transaction_read_only = on")
    worker._BEAT.unlink()  # its jobs fail
    [(part, cause)] = causes(client)
    assert part == "basis_data"
    assert "hanya dapat dibaca" in cause


def test_tables_of_an_older_version_are_reported_and_nothing_else(client):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'news' AND name = '0011_readers'")
    assert failing(client) == ["basis_data"]
    assert "manage.py naikkan" in client.get("/sehat").json()["sebab"][0]["sebab"]


def test_the_migrations_counted_by_their_names_are_djangos():
    assert database.migrations() == set(MigrationLoader(None).disk_migrations)


def test_a_failure_is_one_line_a_second_however_often_it_is_asked_for(client, caplog):
    make_waiting(hours_left=-0.1)
    for _ in range(20):
        assert failing(client) == ["moderasi"]
    assert 1 <= caplog.text.count("Tidak sehat: moderasi") <= 3


def test_the_check_of_the_databases_disk_writes_to_it():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL temp_file_limit = '100kB'")
    with pytest.raises(OperationalError, match="temporary file size exceeds"):
        checks.write_a_megabyte()


def test_a_full_disk_of_the_databases_server_is_named():
    error = OperationalError("could not extend file: No space left on device")
    error.__cause__ = errors.DiskFull()
    assert checks.database_failure(error).cause.startswith("Cakram server basis data penuh")


def test_the_renewal_of_the_search_index_is_shown_until_it_is_done(client, settings, tmp_path):
    settings.BACKUP_DIR = tmp_path / "belum-ada"
    make_article()
    assert client.get("/sehat").json()["pekerjaan"] == ["Indeks pencarian sedang diperbarui: 0% berita sudah."]
    assert "Indeks pencarian sedang diperbarui" in client.get("/sehat", HTTP_ACCEPT="text/html").content.decode()
    reindexing.step()
    assert client.get("/sehat").json()["pekerjaan"] == []


# ---- Clocks and journals


@pytest.mark.parametrize("error", [-7, 7])
def test_a_clock_that_differs_from_the_databases_is_reported(client, monkeypatch, error):
    monkeypatch.setattr(checks.time, "time", lambda own=time.time: own() + error)
    worker._beat()
    assert failing(client) == ["basis_data"]
    [failure] = parts.failures()
    assert failure.cause == "Jam mesin ini dan jam server basis data berselisih 7 detik."


def test_reads_that_nobody_counts_are_reported_until_they_are_counted(client, settings, tmp_path):
    settings.PAGEVIEWS_DIR = tmp_path
    counting.drain()
    article, now = make_article(), timezone.now()
    journals.write(tmp_path, journals.make_line(article, moment=now - timedelta(seconds=checks.DRAIN_LAG - 60)))
    assert failing(client) == []
    late = now - timedelta(seconds=checks.DRAIN_LAG + 1)
    journals.write(tmp_path, journals.make_line(article, moment=late), name="nginx-2024-11-14.log")
    assert failing(client) == ["pembaca"]
    counting.drain()
    assert failing(client) == []


def test_half_a_line_or_garbage_at_the_end_of_a_journal_is_no_late_read(client, settings, tmp_path):
    settings.PAGEVIEWS_DIR = tmp_path
    counting.drain()
    (tmp_path / "a.log").write_bytes(b"1000000000.000\t7\tGET")
    (tmp_path / "b.log").write_bytes(b"\0\0\0\n")
    assert failing(client) == []


# ---- The certificate


class TlsServer:
    """Shakes hands on a port of this machine, as nginx would, with a certificate that ends after so many days."""

    def __init__(self, folder, days: int, name: str, trust):
        require_program("openssl", "apt-get install openssl")
        key, self.file = folder / "key.pem", folder / "certificate.pem"
        request = folder / "request.pem"
        options = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", str(key)]
        options += ["-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}", "-out", str(request)]
        subprocess.run(["openssl", "req", "-new", *options], check=True, capture_output=True)
        # `req -x509` signs nothing that has already ended.
        options = ["-req", "-in", str(request), "-copy_extensions", "copy", "-signkey", str(key), "-days", str(days)]
        subprocess.run(["openssl", "x509", *options, "-out", str(self.file)], check=True, capture_output=True)
        if trust is not None:
            trust.setenv("SSL_CERT_FILE", str(self.file))
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.context.load_cert_chain(self.file, key)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(10)
        self.site = f"https://berita.contoh.go.id:{self.listener.getsockname()[1]}"
        self.asked = 0
        self.thread = threading.Thread(target=self._answer, daemon=True)
        self.thread.start()

    def _answer(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                plain, _ = self.listener.accept()
                self.asked += 1
                with contextlib.suppress(OSError), self.context.wrap_socket(plain, server_side=True) as connection:
                    connection.recv(1)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join()


@pytest.mark.parametrize(
    ("days", "name", "cause"),
    [
        (13, "berita.contoh.go.id", "Sertifikat TLS hanya berlaku 13 hari lagi dan belum diperbarui."),
        (-1, "berita.contoh.go.id", "Sertifikat TLS sudah kedaluwarsa: peramban menolak portal."),
        (90, "lain.contoh.go.id", "Sertifikat TLS tidak berlaku untuk berita.contoh.go.id: peramban menolak portal."),
        (15, "berita.contoh.go.id", None),
    ],
)
def test_a_certificate_that_browsers_refuse_or_soon_will_is_reported(
    client, settings, tmp_path, monkeypatch, days, name, cause
):
    with TlsServer(tmp_path, days, name, monkeypatch) as server:
        settings.HTTPS, settings.SITE_URL = True, server.site
        assert causes(client) == ([("sertifikat", cause)] if cause else [])


def test_a_good_certificate_is_looked_at_every_ten_minutes(client, settings, tmp_path, monkeypatch):
    with TlsServer(tmp_path, 90, "berita.contoh.go.id", monkeypatch) as server:
        settings.HTTPS, settings.SITE_URL = True, server.site
        assert causes(client) == causes(client) == []
        assert server.asked == 1


def test_nothing_is_said_of_a_certificate_that_only_a_load_balancer_sees(client, settings, tmp_path):
    settings.HTTPS = True
    with TlsServer(tmp_path, 3, "berita.contoh.go.id", None) as server:  # signed by nobody whom browsers know
        settings.SITE_URL = server.site
        assert causes(client) == []
        assert server.asked == 1
    checks._certified.clear()
    assert causes(client) == []  # nobody listens there


def test_without_https_there_is_no_part_for_the_certificate(client):
    assert "sertifikat" not in client.get("/sehat", HTTP_ACCEPT="text/html").content.decode()
