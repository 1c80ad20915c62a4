"""How long personal data is kept: the worker's purge, and the pages that state it."""

from datetime import timedelta
from itertools import count

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments import privacy
from comments.mail import outbox, secret_links
from comments.models import Comment, Decision, Email, Lesson, Reason, Report
from news import office_texts
from portal.run.worker import Worker
from tests.make import make_article, make_comment

KEY = "a" * 64


def ago(**time):
    return timezone.now() - timedelta(**time)


def make_old(days=91, **fields):
    """A comment that was decided so many days ago."""
    fields = {"created_at": ago(days=days + 1), "decided_at": ago(days=days), "email": "siti@contoh.id"} | fields
    return make_comment(make_article(), sender_key=KEY, **fields)


def left_of(comment) -> tuple:
    return Comment.objects.values_list("name", "text", "email", "sender_key").get(pk=comment.pk)


@pytest.mark.django_db
def test_public_comments_lose_their_senders_data_after_the_set_time(settings):
    settings.COMMENT_DATA_DAYS = 30
    old, young = make_old(31), make_old(29)
    privacy.purge()
    assert left_of(old) == (old.name, old.text, "", "")
    assert left_of(young) == (young.name, young.text, young.email, KEY)
    assert Comment.objects.visible().count() == 2


@pytest.mark.django_db
def test_only_the_decision_about_a_rejected_comment_is_kept():
    rejected = {"status": Comment.Status.REJECTED, "reason": Reason.RUDE, "due_at": None}
    old, young = make_old(bands=[1], **rejected), make_old(89, **rejected)
    Decision.objects.log([old], Decision.Verb.REJECT, None, reason=Reason.RUDE, note="Tolong lebih halus.")
    privacy.purge()
    row = Comment.objects.values().get(pk=old.pk)
    assert left_of(old) == ("", "", "", "")
    assert (row["status"], row["reason"], row["bands"]) == (Comment.Status.REJECTED, Reason.RUDE, [])
    assert row["erased_at"]
    assert left_of(young)[1] == young.text
    assert Decision.objects.get().note == "Tolong lebih halus."


@pytest.mark.django_db
def test_a_purged_comment_still_has_its_page_for_its_author(client):
    old = make_old(status=Comment.Status.REJECTED, reason=Reason.RUDE, due_at=None)
    privacy.purge()
    page = client.get(secret_links.own_url(old)).content.decode()
    assert "Isi komentar dan nama Anda sudah dihapus 90 hari sesudahnya" in page
    assert "Kasar atau menghina" in page
    assert "Ya, hapus sekarang" not in page


@pytest.mark.django_db
def test_waiting_comments_are_not_purged_at_any_age():
    waiting = make_old(status=Comment.Status.WAITING, decided_at=None)
    reported = make_old()
    report = reported.report(Reason.RUDE, note="catatan", sender_key=KEY)
    Report.objects.update(created_at=ago(days=95))
    decided_late = make_old(400, decided_at=ago(days=1))
    privacy.purge()
    for comment in (waiting, reported, decided_late):
        assert left_of(comment)[2:] == ("siti@contoh.id", KEY)
    report.refresh_from_db()
    assert (report.note, report.sender_key) == ("catatan", KEY)


@pytest.mark.django_db
def test_a_comment_rejected_long_after_it_was_sent_can_still_be_undone(django_user_model):
    comment = make_old()
    privacy.purge()
    comment.reject(by=django_user_model.objects.create(username="moderator"), reason=Reason.RUDE)
    privacy.purge()
    assert left_of(comment)[1] == comment.text


@pytest.mark.django_db
def test_purged_reports_keep_only_their_reason():
    comment = make_old()
    Report.objects.create(comment=comment, reason=Reason.RUDE, note="catatan", sender_key=KEY, created_at=ago(days=91))
    Report.objects.create(
        comment=comment, reason=Reason.SPAM, note="baru", sender_key="b" * 64, created_at=ago(days=89)
    )
    privacy.purge()
    assert sorted(Report.objects.values_list("reason", "note", "sender_key")) == [
        (Reason.RUDE, "", ""),
        (Reason.SPAM, "baru", "b" * 64),
    ]


@pytest.mark.django_db
def test_an_unconfirmed_comment_is_deleted_after_a_week():
    unconfirmed = {"status": Comment.Status.UNCONFIRMED, "decided_at": None}
    make_old(created_at=ago(days=7, minutes=1), **unconfirmed)
    young = make_old(created_at=ago(days=6, hours=23), **unconfirmed)
    privacy.purge()
    assert Comment.objects.get() == young


@pytest.mark.django_db
def test_emails_are_deleted_a_week_after_sending_and_unsent_newsroom_emails_are_kept():
    numbers = count()

    def make(**fields):
        return Email.objects.create(to=f"warga{next(numbers)}@contoh.id", subject="Surat", body="Isi", **fields)

    make(sent_at=ago(days=8), created_at=ago(days=8))
    make(created_at=ago(days=31))
    kept = [make(sent_at=ago(days=6)), make(created_at=ago(days=29)), make(created_at=ago(days=31), kind="digest")]
    privacy.purge()
    assert list(Email.objects.order_by("pk")) == kept


@pytest.mark.django_db
def test_a_sent_email_loses_its_text_with_the_secret_link_except_newsroom_emails(settings):
    settings.MAIL_IS_ON = True
    secret_links.offer_data(make_old().email)
    outbox.write("moderator@contoh.id", "Antrean", "12 komentar menunggu.", "digest")
    assert outbox.send_due() == 2
    assert "/komentar/data-saya/" in mail.outbox[0].body
    assert list(Email.objects.order_by("pk").values_list("body", flat=True)) == ["", "12 komentar menunggu."]


@pytest.mark.django_db
def test_an_email_erased_while_it_is_sent_is_no_error(settings):
    settings.MAIL_IS_ON = True
    outbox.write("siti@contoh.id", "Halo", "Isi")
    email = outbox._claim()
    Email.objects.all().delete()
    assert outbox._deliver(email, outbox._mail_server())
    assert not Email.objects.exists()


@pytest.mark.django_db
def test_each_run_of_the_purge_deletes_a_small_batch_of_each_kind(monkeypatch):
    """A long run would delay other jobs: the worker counts page views every second."""
    monkeypatch.setattr(privacy, "_BATCH", 3)
    for _ in range(8):
        make_old()
    make_old(status=Comment.Status.REJECTED, due_at=None)
    left = []
    for _ in range(3):
        privacy.purge()
        left.append(Comment.objects.exclude(sender_key="").count())
    assert left == [5, 2, 0]
    assert not Comment.objects.exclude(email="").exists()
    with CaptureQueriesContext(connection) as captured:
        privacy.purge()
    looks = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
    assert len(looks) == 8, "one for each kind, where there is nothing to do"


@pytest.mark.django_db
def test_lessons_of_single_comments_are_merged():
    comments = [make_comment(make_article(), status=Comment.Status.WAITING) for _ in range(2)]
    for comment in comments:
        comment.approve(None)
    assert Lesson.objects.count() == 2
    privacy.purge()
    assert Lesson.objects.get().ordinary == 2
    privacy.purge()
    assert Lesson.objects.get().ordinary == 2


@pytest.mark.django_db
def test_the_worker_purges_every_minute():
    (job,) = [job for job in Worker().jobs if job.run == privacy.purge]
    assert job.every == 60


# ---- The pages


@pytest.mark.django_db
def test_the_privacy_page_states_the_periods_of_the_settings(settings):
    settings.COMMENT_DATA_DAYS = 45
    text = office_texts.text("kebijakan-privasi")
    assert "45 hari" in text
    assert "90 hari" not in text
    for address in ("/komentar/data-saya", "/pedoman-komentar"):
        assert f'href="{address}"' in text
    assert f"{secret_links.UNCONFIRMED_KEPT.days} hari" in text
    assert f"{privacy.EMAILS_KEPT.days} hari" in text


@pytest.mark.django_db
def test_what_the_privacy_page_says_about_deleting_is_what_is_deleted(django_user_model):
    text = office_texts.text("kebijakan-privasi")
    comment = make_old(status=Comment.Status.WAITING, text="Kata-kata yang mudah dikenali.", created_at=ago(hours=1))
    comment.reject(by=django_user_model.objects.create(username="moderator"), reason=Reason.SPAM, note="Untuk Siti.")
    Report.objects.create(comment=comment, reason=Reason.SPAM, note="Siti lagi", sender_key=KEY)
    Email.objects.create(to=comment.email, subject="Surat", body="tautan rahasia")
    Comment.objects.filter(pk=comment.pk).erase()
    assert "isi, nama, alamat email, kode, catatan moderator, keterangan dalam laporan" in text
    assert left_of(comment) == ("", "", "", "")
    assert set(Decision.objects.values_list("note", flat=True)) == {""}
    assert Report.objects.get().note == ""
    assert "apa yang dipelajari penilai spam dari komentar itu, dan surat ke alamat email itu" in text
    assert not any(lesson.spam or lesson.ordinary for lesson in Lesson.objects.all())
    assert not Email.objects.exists()
