"""E-mails to moderators: a digest each morning, and an alert when comments become overdue."""

import threading
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from comments.mail import digest
from comments.models import Comment, Email
from tests.make import make_article, make_comment, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def mail_is_on(settings):
    settings.MAIL_IS_ON = True


@pytest.fixture
def morning(monkeypatch):
    hour = timezone.localtime().hour
    monkeypatch.setattr(digest, "MORNING", range(hour, hour + 2))


@pytest.fixture
def later_in_the_day(monkeypatch):
    monkeypatch.setattr(digest, "MORNING", range(0))


@pytest.fixture
def moderator(moderator):
    moderator.email = "moderator@example.go.id"
    moderator.save()
    return moderator


def make_waiting(hours_left: float = 24, **fields):
    due_at = timezone.now() + timedelta(hours=hours_left)
    return make_comment(make_article(), **{"status": Comment.Status.WAITING, "due_at": due_at} | fields)


def pass_time(**time):
    Email.objects.update(created_at=timezone.now() - timedelta(**time))


def subjects():
    return list(Email.objects.order_by("pk").values_list("subject", flat=True))


def test_the_morning_email_lists_what_waits(morning, moderator, settings):
    make_waiting(hours_left=5, name="Budi Rahasia", text="Isi rahasia", email="budi@example.com")
    make_waiting(hours_left=-1)
    make_waiting(hours_left=30, ranked_last=True)
    make_comment(make_article()).report("kasar", note="Catatan rahasia")
    make_comment(make_article())
    digest.write_due()
    (email,) = Email.objects.all()
    assert email.to == "moderator@example.go.id"
    assert email.subject == f"{settings.SITE_NAME}: 4 komentar menunggu keputusan"
    for line in (
        "Menunggu keputusan: 4",
        "Melewati batas 48 jam: 1",
        "Dilaporkan pembaca: 1",
        "Diduga spam, di akhir antrean: 1",
        f"{settings.SITE_URL}/admin/comments/comment/antrean/",
    ):
        assert line in email.body
    for of_a_citizen in ("rahasia", "Rahasia", "budi@"):
        assert of_a_citizen not in email.body + email.subject


def test_the_morning_email_comes_once_a_day_also_after_a_restart(morning, moderator):
    make_waiting()
    for _ in range(3):
        digest.write_due()
    assert Email.objects.count() == 1
    pass_time(days=1)
    digest.write_due()
    assert Email.objects.count() == 2


def test_no_email_is_written_when_nothing_waits(morning, moderator):
    make_comment(make_article())
    digest.write_due()
    assert not Email.objects.exists()


def test_no_digest_is_written_without_a_mail_server(morning, moderator, settings):
    settings.MAIL_IS_ON = False
    make_waiting(hours_left=-1)
    digest.write_due()
    assert not Email.objects.exists()


def test_overdue_comments_are_reported_at_once_and_only_once(later_in_the_day, moderator):
    make_waiting()
    digest.write_due()
    assert subjects() == []
    for _ in range(2):
        make_waiting(hours_left=-0.001)
        digest.write_due()
    assert subjects() == [f"{settings.SITE_NAME}: 1 komentar melewati batas 48 jam"]


def test_further_overdue_comments_are_reported_an_hour_later_and_none_is_reported_twice(later_in_the_day, moderator):
    make_waiting(hours_left=-1)
    digest.write_due()
    pass_time(minutes=59)
    make_waiting(hours_left=-0.1)
    digest.write_due()
    assert len(subjects()) == 1
    pass_time(minutes=61)
    digest.write_due()
    assert subjects()[1:] == [f"{settings.SITE_NAME}: 2 komentar melewati batas 48 jam"]
    Email.objects.update(created_at=timezone.now())
    pass_time(minutes=61)
    Comment.objects.update(due_at=timezone.now() - timedelta(hours=2))
    digest.write_due()
    assert len(subjects()) == 2


def test_what_the_morning_email_reported_is_not_reported_again(morning, moderator, monkeypatch):
    make_waiting(hours_left=-1)
    digest.write_due()
    monkeypatch.setattr(digest, "MORNING", range(0))
    digest.write_due()
    assert len(subjects()) == 1


def test_every_active_person_who_may_decide_gets_the_email(morning, django_user_model):
    for role in ("Moderator", "Administrator", "Redaktur", "OPD"):
        make_person(role, email=f"{role.lower()}@example.go.id")
    make_person("Moderator", email="pensiun@example.go.id", is_active=False)
    make_person("Moderator", email="MODERATOR@example.go.id".lower())  # one person, two accounts
    make_person("Moderator")
    make_person("Moderator", email="bukan alamat")
    django_user_model.objects.create_superuser("pemilik", email="pemilik@example.go.id")
    make_waiting()
    digest.write_due()
    assert sorted(Email.objects.values_list("to", flat=True)) == [
        "administrator@example.go.id",
        "moderator@example.go.id",
        "pemilik@example.go.id",
    ]


@pytest.mark.django_db(transaction=True)
def test_two_workers_write_one_email(morning, moderator):
    make_waiting()
    start = threading.Barrier(4)

    def work():
        start.wait()
        try:
            digest.write_due()
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert Email.objects.count() == 1
