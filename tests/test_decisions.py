"""What moderators decide: each decision is logged, can be taken back, and keeps its deadline for the figures."""

from datetime import timedelta
from threading import Thread

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from comments.models import TIME_TO_DECIDE, Comment, Decision, Reason, Report
from tests.make import make_article, make_comment, make_person

pytestmark = pytest.mark.django_db
WAITING, APPROVED, REJECTED = Comment.Status.WAITING, Comment.Status.APPROVED, Comment.Status.REJECTED


@pytest.fixture
def moderator():
    return make_person("Moderator")


def state(comment):
    comment.refresh_from_db()
    return comment.status, comment.reason, comment.due_at is not None


def test_a_waiting_comment_has_two_days_and_a_decided_one_has_no_deadline(moderator):
    comment = make_comment(make_article(), status=WAITING)
    assert comment.due_at - comment.created_at == TIME_TO_DECIDE
    comment.approve(moderator)
    assert state(comment) == (APPROVED, "", False)
    decision = comment.decisions.get()
    assert (decision.by, decision.verb, decision.was_overdue) == (moderator, Decision.Verb.APPROVE, False)
    assert timedelta() <= decision.waited < timedelta(minutes=1)


def test_the_database_refuses_a_waiting_comment_without_a_deadline():
    comment = make_comment(make_article(), status=WAITING)
    with pytest.raises(IntegrityError, match="waiting_comment_has_a_deadline"), transaction.atomic():
        Comment.objects.filter(pk=comment.pk).update(due_at=None)


def test_the_nearest_deadline_comes_first_and_what_looks_like_spam_last():
    article, now = make_article(), timezone.now()
    late, later, held = (
        make_comment(article, status=WAITING, created_at=now - timedelta(hours=hours), is_held=is_held)
        for hours, is_held in ((50, False), (2, False), (60, True))
    )
    make_comment(article)
    assert list(Comment.objects.in_queue()) == [late, later, held]
    assert set(Comment.objects.overdue()) == {late, held}


def test_many_are_decided_in_one_stroke_and_taken_back_in_one(moderator):
    article = make_article()
    comments = [make_comment(article, status=WAITING, is_held=n % 2) for n in range(30)]
    public = make_comment(article)
    decisions = Comment.objects.all().reject(moderator, Reason.SPAM, note="Iklan judi.")
    assert len(decisions) == 31
    assert not Comment.objects.visible().exists()
    assert len(Decision.objects.undo(decisions[0].batch, moderator)) == 31
    assert list(Comment.objects.visible()) == [public]
    assert Comment.objects.in_queue().count() == 30
    assert Comment.objects.filter(is_held=True).count() == 15
    assert Comment.objects.get(pk=comments[0].pk).due_at == comments[0].due_at
    assert Decision.objects.standing().count() == 0
    assert Decision.objects.filter(verb=Decision.Verb.UNDO).count() == 31
    assert Decision.objects.undo(decisions[0].batch, moderator) == []


def test_only_the_last_decision_about_a_comment_is_taken_back(moderator):
    comment = make_comment(make_article(), status=WAITING)
    (first,) = Comment.objects.all().approve(moderator)
    comment.reject(moderator, Reason.RUDE)
    assert Decision.objects.undo(first.batch, moderator) == []
    assert state(comment) == (REJECTED, Reason.RUDE, False)


def test_who_decides_the_same_later_changes_nothing(moderator):
    comment = make_comment(make_article(), status=WAITING)
    comment.reject(moderator, Reason.RUDE)
    assert Comment.objects.all().reject(make_person("Moderator"), Reason.RUDE) == []
    comment.refresh_from_db()
    assert comment.decided_by == moderator
    assert len(Comment.objects.all().reject(moderator, Reason.HATE)) == 1  # another reason is another decision


def test_a_reported_comment_stays_public_and_returns_to_the_queue_with_its_own_clock(moderator):
    comment = make_comment(make_article(), created_at=timezone.now() - timedelta(days=30))
    report = Report.objects.file(comment, Reason.SLANDER, "Itu tidak benar.", sender_key="a" * 64)
    Report.objects.file(comment, Reason.RUDE, sender_key="b" * 64)
    assert list(Comment.objects.in_queue()) == [comment] == list(Comment.objects.visible())
    comment.refresh_from_db()
    assert comment.due_at == report.created_at + TIME_TO_DECIDE
    (decision,) = Comment.objects.all().approve(moderator)
    assert decision.reports.count() == 2
    assert state(comment) == (APPROVED, "", False)
    Decision.objects.undo(decision.batch, moderator)
    assert list(Comment.objects.in_queue()) == [comment]
    assert Report.objects.filter(decision=None).count() == 2


def test_one_sender_has_one_open_report_about_a_comment(moderator):
    comment = make_comment(make_article())
    Report.objects.file(comment, Reason.RUDE, sender_key="a" * 64)
    with pytest.raises(IntegrityError, match="one_open_report_of_a_sender"), transaction.atomic():
        Report.objects.file(comment, Reason.HATE, sender_key="a" * 64)
    comment.approve(moderator)
    Report.objects.file(comment, Reason.HATE, sender_key="a" * 64)


def test_an_erased_comment_keeps_a_trace_and_nothing_else(moderator):
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
    assert Decision.objects.undo(decision.batch, moderator) == []


def test_what_its_author_took_back_is_not_brought_back_by_an_undo(moderator):
    comment = make_comment(make_article(), status=WAITING)
    (decision,) = Comment.objects.all().approve(moderator)
    Comment.objects.all().erase()
    assert Decision.objects.undo(decision.batch, moderator) == []
    assert state(comment) == (Comment.Status.DELETED, "", False)


@pytest.mark.django_db(transaction=True)
def test_moderators_who_decide_at_once_leave_one_decision(moderator):
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


def test_unconfirmed_comments_are_not_decided(moderator):
    comment = make_comment(make_article(), status=Comment.Status.UNCONFIRMED)
    assert Comment.objects.all().approve(moderator) == []
    assert state(comment)[0] == Comment.Status.UNCONFIRMED
    assert not Comment.objects.in_queue().exists()
