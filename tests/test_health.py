"""The health check /sehat."""

from datetime import timedelta

import pytest
from django.utils import timezone

from comments.mail import outbox
from comments.models import Comment, Email
from portal.run import worker
from tests.make import make_article, make_comment

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def worker_at_work(tmp_path, monkeypatch):
    monkeypatch.setattr(worker, "_BEAT", tmp_path / "worker.beat")
    worker._beat()


def failing(client) -> list[str]:
    response = client.get("/sehat")
    report = response.json()
    assert set(report) == {"sehat", "rusak"}  # the reason is only logged
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
