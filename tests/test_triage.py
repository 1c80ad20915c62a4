"""Triage of a new comment: it sets signals, ranks spam last and groups near copies, and decides nothing."""

import logging
from datetime import timedelta
from threading import Event, Thread
from time import sleep

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments.admin.queue import of_part
from comments.models import Comment, Decision, Reason
from comments.triage import near_copies
from comments.triage.assessment import Rescoring, Signal, SignalRecord, signal_precision, triage
from comments.triage.highlights import Kind
from comments.triage.spam_score import learned
from portal.run.worker import Worker
from tests.make import make_article, make_comment, make_person

ADVERT = "Main di 𝐒𝐋𝐎𝐓𝟖𝟖 gacor, modal receh langsung maxwin, daftar sekarang bosku"
ORDINARY = "Semoga pelayanan malam di puskesmas ini dibuka di semua kecamatan."


def receive(text=ORDINARY, article=None, **fields) -> Comment:
    """Stores and triages a comment as the form does."""
    with transaction.atomic():
        comment = make_comment(
            article or make_article(), text=text, **{"status": Comment.Status.WAITING, "name": "Warga"} | fields
        )
        triage(comment)
    comment.refresh_from_db()
    return comment


@pytest.mark.django_db
def test_an_advert_is_ranked_last_in_the_queue_and_nothing_is_decided():
    article = make_article()
    advert, ordinary = receive(ADVERT, article), receive(article=article)
    assert advert.ranked_last
    assert advert.spam_probability > 0.5
    assert advert.signals == ["judol"]
    assert (ordinary.ranked_last, ordinary.signals) == (False, [])
    assert list(Comment.objects.in_queue()) == [ordinary, advert]
    assert {advert.status, ordinary.status} == {Comment.Status.WAITING}


@pytest.mark.django_db
@pytest.mark.parametrize(("probability", "signals", "is_last"), [(0.1, [], False), (0.3, ["mungkin_judol"], False)])
def test_possible_spam_is_marked_and_ranked_like_any_other(monkeypatch, probability, signals, is_last):
    monkeypatch.setattr("comments.triage.assessment._probability", lambda comment, learned: probability)
    comment = receive()
    assert (comment.signals, comment.ranked_last) == (signals, is_last)
    assert list(of_part("mungkin")) == ([comment] if signals else [])
    assert not of_part("spam").exists()


@pytest.mark.django_db
def test_a_near_copy_of_rejected_spam_counts_as_spam():
    article, moderator = make_article(), make_person("Moderator")
    text = "Assalamualaikum, kami menerima pesanan kue basah untuk acara keluarga Bapak Ibu sekalian di kota ini"
    receive(text, article).reject(moderator, Reason.ADVERT)
    copy = receive(f"{text} ya", article)
    assert copy.ranked_last
    assert Signal.SPAM in copy.signals
    Rescoring().step()
    copy.refresh_from_db()
    assert copy.ranked_last


@pytest.mark.django_db
def test_an_advert_in_the_name_is_ranked_last_as_well():
    assert receive("Mantap sekali", name="SLOT88 gacor maxwin").ranked_last
    assert not receive("Mantap sekali", name="Siti Rahayu").ranked_last


@pytest.mark.django_db
def test_a_citizen_named_like_an_authority_is_marked():
    assert receive("Terima kasih", name="Dinas Perhubungan").signals == ["instansi"]
    assert receive("Terima kasih, Dinas Perhubungan").signals == []


@pytest.mark.django_db
def test_personal_data_links_and_insults_are_marked():
    text = "Dasar goblok! Hubungi 0812-3456-7890 atau budi@contoh.go.id, NIK 3671015708900001, lihat contoh.go.id"
    assert set(receive(text).signals) >= set(Kind.values)
    assert "tautan" in receive("Terima kasih", name="contoh.com").signals
    assert receive("Terima kasih, Pak").signals == []


@pytest.mark.django_db
def test_a_sender_of_earlier_spam_is_marked():
    moderator = make_person("Moderator")
    receive("Jual rumah murah di Poris", sender_key="a").reject(moderator, Reason.ADVERT)
    receive("Dasar pemalas", sender_key="b").reject(moderator, Reason.RUDE)
    receive("Beritanya bagus", sender_key="").reject(moderator, Reason.SPAM)
    assert "pengirim" in receive(sender_key="a").signals
    assert "pengirim" not in receive("Kapan dibuka?", sender_key="b").signals
    assert "pengirim" not in receive("Sampai kapan?", sender_key="").signals
    Comment.objects.filter(sender_key="a").update(created_at=timezone.now() - timedelta(days=40))
    assert "pengirim" not in receive("Selamat ulang tahun", sender_key="a").signals


@pytest.mark.django_db
def test_copies_form_a_group_named_by_the_first_comments_id():
    first = receive()
    assert (first.similar_group, first.signals) == (None, [])
    other = receive("Kapan jalan di Cipondoh diperbaiki?")
    copies = [receive(f"{ORDINARY.upper()} {extra}") for extra in ("🙏", "!!", "2")]
    first.refresh_from_db()
    other.refresh_from_db()
    assert {copy.similar_group for copy in copies} == {first.pk} == {first.similar_group}
    assert all(copy.signals == ["serupa"] for copy in copies)
    assert other.similar_group is None
    assert first.bands
    assert all(copy.bands == [] for copy in copies)


@pytest.mark.django_db
def test_a_group_does_not_drift_away_from_its_first_comment():
    words = ORDINARY.split()
    first = receive()
    drifted = receive(" ".join([*words[:6], "dan", "rumah", "sakit", "kota", "yang", "baru"]))
    assert drifted.similar_group is None or near_copies.are_alike(first.text, drifted.text)


@pytest.mark.django_db
def test_an_advert_added_to_the_words_of_others_is_not_grouped_with_them():
    first = receive()
    assert receive(f"{ORDINARY} wa.me/628123").similar_group is None
    assert receive(f"{ORDINARY} Slot gacor maxwin").similar_group is None
    assert receive(f"{ORDINARY} Terima kasih").similar_group == first.pk


@pytest.mark.django_db
def test_only_recent_comments_that_still_have_their_text_begin_a_group():
    erased, old = receive(), receive("Kapan jalan di Cipondoh diperbaiki?")
    Comment.objects.filter(pk=erased.pk).erase()
    Comment.objects.filter(pk=old.pk).update(created_at=timezone.now() - near_copies.RECENT - timedelta(days=1))
    assert receive().similar_group is None
    assert receive(old.text).similar_group is None


@pytest.mark.django_db(transaction=True)
def test_copies_sent_at_the_same_moment_form_one_group():
    article = make_article()

    def send():
        receive(article=article)
        connection.close()

    threads = [Thread(target=send) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Comment.objects.count() == 12
    first = Comment.objects.exclude(bands=[]).get()
    assert Comment.objects.filter(similar_group=first.pk).count() == 12


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("pause", [0, 1.5])  # Postgres checks after a second of waiting: each side can be the victim
def test_a_deadlock_with_a_reply_to_a_similar_comment_loses_no_signals(pause):
    article = make_article()
    parent = receive(ADVERT, article, name="Pertama")
    holds_parent, holds_lock = Event(), Event()

    def reply():
        with transaction.atomic():
            Comment.objects.select_for_update(no_key=True).get(pk=parent.pk)
            holds_parent.set()
            holds_lock.wait(10)
            sleep(pause)
            receive(ADVERT, article, name="Balasan", parent=parent)
        connection.close()

    def copy():
        def about_to_mark_the_parent(execute, sql, params, many, context):
            if sql.startswith("UPDATE") and "spam_probability" not in sql:
                holds_lock.set()
            return execute(sql, params, many, context)

        holds_parent.wait(10)
        with connection.execute_wrapper(about_to_mark_the_parent):
            receive(ADVERT, article, name="Salinan")
        connection.close()

    threads = [Thread(target=reply), Thread(target=copy)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert holds_lock.is_set()
    comments = Comment.objects.exclude(pk=parent.pk)
    assert [comment.ranked_last and "judol" in comment.signals for comment in comments] == [True, True]
    assert comments.filter(similar_group=parent.pk).count() == 1  # the victim is marked but not grouped


@pytest.mark.django_db
def test_triage_costs_the_same_with_many_similar_comments():
    article = make_article()
    receive(article=article)
    costs = []
    for _ in range(30):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            receive(article=article)
        costs.append(len(queries))
    assert costs[0] == costs[-1]


@pytest.mark.django_db
@pytest.mark.parametrize("words", ["pg_advisory", "bands", "spam_probability", "SAVEPOINT"])
def test_a_failure_is_logged_and_never_costs_the_comment(words, caplog):
    def fail(execute, sql, params, many, context):
        if words in sql and "INSERT" not in sql and not sql.startswith("ROLLBACK"):
            raise DatabaseError("gagal")
        return execute(sql, params, many, context)

    comment = make_comment(make_article(), status=Comment.Status.WAITING, text=ORDINARY)
    with connection.execute_wrapper(fail), caplog.at_level(logging.ERROR, "comments.triage"):
        triage(comment)
    comment.refresh_from_db()
    assert (comment.status, comment.text, comment.signals) == (Comment.Status.WAITING, ORDINARY, [])
    assert f"Komentar {comment.pk}" in caplog.text


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["🔥" * 500, "a" * 2000, "\u202e" * 5, "1", "ﷺ" * 2000, "sama " * 400])
def test_no_text_makes_triage_fail(text, caplog):
    receive(text)
    assert caplog.text == ""


# ---- Scoring again


@pytest.mark.slow
@pytest.mark.django_db
def test_lessons_reorder_the_waiting_comments():
    article, moderator = make_article(), make_person("Moderator")
    kind = "Ramuan kulit manggis Berkah Jaya untuk asam urat, isi {} butir, tanpa efek samping, pesan lewat toko"
    waiting = [receive(kind.format(minutes), article) for minutes in range(5, 10)]
    ordinary = receive(article=article)
    approved = make_comment(article, text=kind.format(3))
    rescoring = Rescoring()
    rescoring.step()
    assert Comment.objects.filter(ranked_last=True).count() == 0
    for minutes in range(20, 70):
        receive(kind.format(minutes), article).reject(moderator, Reason.ADVERT)
    rescoring.step()
    queue = list(Comment.objects.in_queue())
    assert queue == [ordinary, *waiting]
    assert all(comment.ranked_last and "judol" in comment.signals for comment in queue[1:])
    approved.refresh_from_db()
    assert not approved.ranked_last


@pytest.mark.django_db
def test_nothing_is_scored_again_while_nothing_was_learned():
    rescoring = Rescoring()
    receive()
    rescoring.step()
    with CaptureQueriesContext(connection) as queries:
        rescoring.step()
    assert not any("comments_comment" in query["sql"] for query in queries)


@pytest.mark.django_db
def test_lessons_are_read_once_per_triage_and_per_batch():
    article = make_article()

    def asked(work):
        with CaptureQueriesContext(connection) as queries:
            work()
        return sum("comments_lesson" in query["sql"] for query in queries)

    learned()  # forgets lessons of an earlier test
    for _ in range(2):
        assert asked(lambda: receive(f"{ORDINARY} Terima kasih", article)) == 1
    assert asked(Rescoring().step) == 1


@pytest.mark.django_db
def test_long_queues_are_scored_in_batches(monkeypatch):
    monkeypatch.setattr("comments.triage.assessment._BATCH", 3)
    article, same = make_article(), timezone.now()
    comments = [make_comment(article, status=Comment.Status.WAITING, text=ADVERT, created_at=same) for _ in range(7)]
    rescoring = Rescoring()
    held = []
    for _ in range(4):
        rescoring.step()
        held.append(Comment.objects.filter(ranked_last=True).count())
    assert held == [3, 6, 7, 7]
    assert len(comments) == 7


@pytest.mark.django_db
def test_the_worker_scores_what_waits():
    advert = make_comment(make_article(), status=Comment.Status.WAITING, text=ADVERT)
    next(job for job in Worker().jobs if "menilai ulang" in job.name).run()
    advert.refresh_from_db()
    assert advert.ranked_last


# ---- How right the signals were


def decided(signals, reason="", **fields) -> Decision:
    comment = make_comment(make_article(), status=Comment.Status.WAITING, signals=signals)
    moderator = make_person("Moderator")
    comment.reject(moderator, reason) if reason else comment.approve(moderator)
    Decision.objects.filter(comment=comment).update(**fields) if fields else None
    return Decision.objects.get(comment=comment)


@pytest.mark.django_db
def test_a_signal_was_right_if_its_comment_was_rejected_for_a_matching_reason():
    decided(["judol", "tautan"], Reason.SPAM)
    decided(["judol", "serupa"], Reason.ADVERT)
    decided(["judol"], Reason.HATE)
    decided(["judol"])
    decided(["kasar"], Reason.SLANDER)
    decided(["kasar", "telepon"], Reason.PRIVACY)
    decided([], Reason.SPAM)
    decided(["nik"], Reason.PRIVACY, at=timezone.now() - timedelta(days=91))
    records = {record.signal: record for record in signal_precision()}
    assert list(records) == list(Signal)
    assert records[Signal.SPAM] == SignalRecord(Signal.SPAM, shown=4, right=2)
    assert records[Signal.SPAM].ratio == 0.5
    assert records[Signal.LINK] == SignalRecord(Signal.LINK, 1, 1)
    assert records[Signal.SIMILAR] == SignalRecord(Signal.SIMILAR, 1, 1)
    assert records[Signal.INSULT] == SignalRecord(Signal.INSULT, 2, 1)
    assert records[Signal.PHONE] == SignalRecord(Signal.PHONE, 1, 1)
    assert records[Signal.NIK] == SignalRecord(Signal.NIK, 0, 0)
    assert records[Signal.NIK].ratio is None


@pytest.mark.django_db
def test_only_the_latest_decision_about_a_comment_counts_and_undone_ones_do_not():
    moderator = make_person("Moderator")
    changed = decided(["judol"])
    changed.comment.reject(moderator, Reason.SPAM)
    Comment.objects.undo(decided(["judol"], Reason.SPAM).batch, moderator)
    spam = signal_precision()[0]
    assert (spam.shown, spam.right) == (1, 1)


def test_every_kind_of_highlight_is_a_signal_and_all_fit_into_the_column():
    assert set(Kind.values) < set(Signal.values)
    assert all(len(value) <= 20 for value in Signal.values)
