"""Moderators' decisions: each is logged, can be undone, and records whether it met the deadline."""

from datetime import timedelta
from threading import Thread
from time import monotonic, sleep

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from comments.models import TIME_TO_DECIDE, Comment, Decision, Email, Office, Reason, Report
from tests.make import make_article, make_comment, make_person

pytestmark = pytest.mark.django_db
WAITING, APPROVED, REJECTED = Comment.Status.WAITING, Comment.Status.APPROVED, Comment.Status.REJECTED


def state(comment):
    comment.refresh_from_db()
    return comment.status, comment.reason, comment.due_at is not None


def before_commit(action):
    """Starts an action that must wait for the current transaction; returns its thread, to be joined afterwards."""

    def act():
        try:
            action()
        finally:
            connection.close()

    thread, end = Thread(target=act), monotonic() + 10
    thread.start()
    with connection.cursor() as cursor:
        while monotonic() < end:
            cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid)))")
            if cursor.fetchone()[0]:
                return thread
            sleep(0.01)
    raise AssertionError("nothing waited")


def test_a_waiting_comment_has_two_days_and_a_decided_one_has_no_deadline(moderator):
    comment = make_comment(make_article(), status=WAITING)
    assert comment.due_at - comment.created_at == TIME_TO_DECIDE
    comment.approve(moderator)
    assert state(comment) == (APPROVED, "", False)
    decision = comment.decisions.get()
    assert (decision.by, decision.verb) == (moderator, Decision.Verb.APPROVE)
    assert timedelta() <= decision.waited < timedelta(minutes=1)


def test_the_database_refuses_a_waiting_comment_without_a_deadline():
    comment = make_comment(make_article(), status=WAITING)
    with pytest.raises(IntegrityError, match="waiting_comment_has_a_deadline"), transaction.atomic():
        Comment.objects.filter(pk=comment.pk).update(due_at=None)


def test_the_nearest_deadline_comes_first_and_what_looks_like_spam_last():
    article, now = make_article(), timezone.now()
    late, later, spam = (
        make_comment(article, status=WAITING, created_at=now - timedelta(hours=hours), ranked_last=ranked_last)
        for hours, ranked_last in ((50, False), (2, False), (60, True))
    )
    make_comment(article)
    assert list(Comment.objects.in_queue()) == [late, later, spam]
    assert set(Comment.objects.overdue()) == {late, spam}


def test_many_are_decided_in_one_batch_and_undone_in_one(moderator):
    article = make_article()
    comments = [make_comment(article, status=WAITING, ranked_last=n % 2) for n in range(30)]
    public = make_comment(article)
    decisions = Comment.objects.all().reject(moderator, Reason.SPAM, note="Iklan judi.")
    assert len(decisions) == 31
    assert not Comment.objects.visible().exists()
    assert len(Comment.objects.undo(decisions[0].batch, moderator)) == 31
    assert list(Comment.objects.visible()) == [public]
    assert Comment.objects.in_queue().count() == 30
    assert Comment.objects.filter(ranked_last=True).count() == 15
    assert Comment.objects.get(pk=comments[0].pk).due_at == comments[0].due_at
    assert Decision.objects.standing().count() == 0
    assert Decision.objects.filter(verb=Decision.Verb.UNDO).count() == 31
    assert Comment.objects.undo(decisions[0].batch, moderator) == []


def test_only_the_last_decision_about_a_comment_can_be_undone(moderator):
    comment = make_comment(make_article(), status=WAITING)
    (first,) = Comment.objects.all().approve(moderator)
    comment.reject(moderator, Reason.RUDE)
    assert Comment.objects.undo(first.batch, moderator) == []
    assert state(comment) == (REJECTED, Reason.RUDE, False)


def test_the_same_decision_made_again_changes_nothing(moderator):
    comment = make_comment(make_article(), status=WAITING)
    comment.reject(moderator, Reason.RUDE)
    assert Comment.objects.all().reject(make_person("Moderator"), Reason.RUDE) == []
    comment.refresh_from_db()
    assert comment.decided_by == moderator
    assert len(Comment.objects.all().reject(moderator, Reason.HATE)) == 1  # another reason makes another decision


def test_a_reported_comment_stays_public_and_enters_the_queue_with_a_new_deadline(moderator):
    comment = make_comment(make_article(), created_at=timezone.now() - timedelta(days=30))
    report = comment.report(Reason.SLANDER, "Itu tidak benar.", sender_key="a" * 64)
    comment.report(Reason.RUDE, sender_key="b" * 64)
    assert list(Comment.objects.in_queue()) == [comment] == list(Comment.objects.visible())
    comment.refresh_from_db()
    assert comment.due_at == report.created_at + TIME_TO_DECIDE
    (decision,) = Comment.objects.all().approve(moderator)
    assert decision.reports.count() == 2
    assert state(comment) == (APPROVED, "", False)
    Comment.objects.undo(decision.batch, moderator)
    assert list(Comment.objects.in_queue()) == [comment]
    assert Report.objects.filter(decision=None).count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_report_made_during_a_decision_needs_another_decision(moderator):
    comment = make_comment(make_article())
    comment.report(Reason.RUDE, sender_key="a" * 64)
    with transaction.atomic():
        (decision,) = Comment.objects.all().approve(moderator)
        thread = before_commit(lambda: comment.report(Reason.SLANDER, sender_key="b" * 64))
    thread.join()
    assert list(Comment.objects.in_queue()) == [comment]
    assert Report.objects.get(decision=None).sender_key == "b" * 64
    assert decision.reports.get().sender_key == "a" * 64


@pytest.mark.django_db(transaction=True)
def test_undo_of_a_batch_skips_a_decision_that_is_being_made(moderator):
    comment = make_comment(make_article(), status=WAITING)
    (first,) = Comment.objects.all().approve(moderator)
    undone = []
    with transaction.atomic():
        comment.reject(make_person("Moderator"), Reason.HATE)
        thread = before_commit(lambda: undone.extend(Comment.objects.undo(first.batch, moderator)))
    thread.join()
    assert undone == []
    assert state(comment) == (REJECTED, Reason.HATE, False)
    assert not Decision.objects.filter(verb=Decision.Verb.UNDO).exists()


def test_an_undo_is_logged_with_the_state_before_it(moderator):
    make_comment(make_article(), status=WAITING)
    (decision,) = Comment.objects.all().reject(moderator, Reason.RUDE)
    Comment.objects.undo(decision.batch, moderator)
    undoing = Decision.objects.get(verb=Decision.Verb.UNDO)
    assert (undoing.status_before, undoing.reason_before, undoing.decided_by_before) == (
        REJECTED,
        Reason.RUDE,
        moderator,
    )


def test_undo_of_a_second_forwarding_restores_the_first(moderator):
    make_comment(make_article(), status=WAITING)
    offices = [Office.objects.create(name=name) for name in ("Dinas PU", "Dinas Perhubungan", "Dinas Sosial")]
    batches = [Comment.objects.all().forward(moderator, f"Kepada {office}.", office)[0].batch for office in offices]
    first = Decision.objects.get(batch=batches[0])

    def forwarded():
        return Comment.objects.values_list("forwarded_at", "forwarded_note", "forwarded_to").get()

    Comment.objects.undo(batches[2], moderator)
    assert forwarded()[1:] == ("Kepada Dinas Perhubungan.", offices[1].pk)
    Comment.objects.all().reject(moderator, Reason.RUDE)
    Comment.objects.all().forward(moderator, "Sekali lagi.", offices[2])
    Comment.objects.all().undo_last(moderator)
    assert forwarded()[1:] == ("Kepada Dinas Perhubungan.", offices[1].pk)
    Decision.objects.filter(batch=batches[1]).update(undone_at=timezone.now())
    Comment.objects.all().forward(moderator, "Sekali lagi.", offices[2])
    Comment.objects.all().undo_last(moderator)
    assert forwarded() == (first.at, "Kepada Dinas PU.", offices[0].pk)


def test_one_sender_has_one_open_report_about_a_comment(moderator):
    comment = make_comment(make_article())
    comment.report(Reason.RUDE, sender_key="a" * 64)
    with pytest.raises(IntegrityError, match="one_open_report_of_a_sender"), transaction.atomic():
        comment.report(Reason.HATE, sender_key="a" * 64)
    comment.approve(moderator)
    comment.report(Reason.HATE, sender_key="a" * 64)


def test_an_erased_comment_leaves_a_trace_and_nothing_else(moderator):
    comment = make_comment(make_article(), email="siti@contoh.id", sender_key="c" * 64, status=WAITING)
    Report.objects.create(comment=comment, reason=Reason.RUDE, note="keterangan", sender_key="d" * 64)
    (decision,) = Comment.objects.all().erase()
    comment.refresh_from_db()
    assert (comment.status, comment.name, comment.email, comment.text, comment.sender_key) == (
        "deleted",
        "",
        "",
        "",
        "",
    )
    assert (decision.verb, decision.by) == (Decision.Verb.DELETE, None)
    assert Report.objects.filter(note="", sender_key="").count() == 1
    assert Comment.objects.all().erase() == []
    assert Comment.objects.all().approve(moderator) == []
    assert Comment.objects.undo(decision.batch, moderator) == []


def test_erasing_a_comment_erases_notes_about_it_and_emails_to_its_author(moderator):
    comment = make_comment(make_article(), email="siti@contoh.id", status=WAITING)
    other = make_comment(comment.article, email="budi@contoh.id", status=WAITING)
    nameless = make_comment(comment.article, status=WAITING)
    Comment.objects.all().reject(moderator, Reason.PRIVACY, note="Nomor telepon Siti.")
    long_ago = timezone.now() - timedelta(hours=2)
    for to, subject, sent_at, created_at, kind in (
        ("siti@contoh.id", "belum terkirim", None, timezone.now(), ""),
        ("siti@contoh.id", "terkirim", long_ago, long_ago, ""),
        ("siti@contoh.id", "baru terkirim", timezone.now(), timezone.now(), ""),
        ("siti@contoh.id", "kepada redaksi", None, long_ago, "antrean"),
        ("budi@contoh.id", "kepada yang lain", None, long_ago, ""),
    ):
        Email.objects.create(to=to, subject=subject, body="isi", sent_at=sent_at, created_at=created_at, kind=kind)
    Comment.objects.filter(pk__in=[comment.pk, nameless.pk]).erase()
    assert set(Email.objects.values_list("subject", flat=True)) == {
        "baru terkirim",  # else erasing comments would reset the limit of e-mails to that address
        "kepada redaksi",
        "kepada yang lain",
    }
    assert Decision.objects.exclude(note="").get().comment == other


def test_undo_does_not_restore_a_comment_that_its_author_erased(moderator):
    comment = make_comment(make_article(), status=WAITING)
    (decision,) = Comment.objects.all().approve(moderator)
    Comment.objects.all().erase()
    assert Comment.objects.undo(decision.batch, moderator) == []
    assert state(comment) == (Comment.Status.DELETED, "", False)


@pytest.mark.django_db(transaction=True)
def test_moderators_who_decide_simultaneously_make_one_decision(moderator):
    make_comment(make_article(), status=WAITING)
    others = [make_person("Moderator") for _ in range(8)]
    made = []

    def decide(person):
        made.extend(Comment.objects.all().approve(person))
        connection.close()

    threads = [Thread(target=decide, args=[person]) for person in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1 == Decision.objects.count()
    assert Comment.objects.get().decided_by == made[0].by


def test_unconfirmed_comments_cannot_be_decided(moderator):
    comment = make_comment(make_article(), status=Comment.Status.UNCONFIRMED)
    assert Comment.objects.all().approve(moderator) == []
    assert state(comment)[0] == Comment.Status.UNCONFIRMED
    assert not Comment.objects.in_queue().exists()
