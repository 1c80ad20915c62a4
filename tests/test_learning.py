"""What the spam score learns from moderators' decisions: at once, in bounded space, and undoable without a trace."""

import random
from threading import Thread
from time import perf_counter

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction

from comments.models import Comment, Lesson, Reason
from comments.models.learning import LESSONS_MAX
from comments.spam.learned import Learned
from comments.triage import spam_score
from portal.samples.demo import content
from tests.make import make_article, make_comment

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

HEALERS = ["Herbal Nusantara", "Toko Sehat Bersama", "Bu Ratna", "Klinik Jamu Asri"]
ORDINARY = [
    "Kapan perbaikan jalan di depan pasar selesai? Setiap hari macet.",
    "Terima kasih, petugas di loket sangat membantu ibu saya.",
    "Air PDAM di Karawaci mati sejak pagi, mohon dicek.",
    "Semoga programnya berlanjut sampai tahun depan.",
    "Jadwal vaksin untuk anak di Puskesmas Cipondoh hari apa ya?",
    "Pengumuman ini kurang jelas, syaratnya KTP saja atau dengan kartu keluarga?",
    "Saya sudah coba daftar lewat aplikasi tapi gagal terus.",
    "Taman kotanya bagus, tinggal parkirnya yang perlu ditata.",
    "Bagaimana dengan warga yang tidak punya telepon pintar?",
    "Mantap, lanjutkan Pak Wali!",
]


def adverts(count, seed=0):
    """Adverts for herbs, which the shipped weights do not recognise."""
    pick = random.Random(seed)
    forms = [
        "Bapak ibu sering {ache}? {healer} menyediakan ramuan {herb}, {ease}, pesan ke {phone}",
        "Setelah minum {herb} dari {healer} selama {days} minggu, {ache} hilang, {ease}. Pesan {phone}",
        "Kapsul {herb} asli isi {days}0 butir untuk {ache}, {ease}. {healer} {phone}",
        "OBAT {ache} dari {herb}, {ease}, kirim seluruh kota, {healer} {phone}",
    ]
    return [
        pick.choice(forms).format(
            ache=pick.choice(["asam urat", "nyeri sendi", "darah tinggi", "diabetes", "kolesterol"]),
            healer=pick.choice(HEALERS),
            herb=pick.choice(["daun kelor", "kulit manggis", "temulawak", "jintan hitam"]),
            ease=pick.choice(["tanpa efek samping", "terdaftar BPOM", "tanpa operasi", "sembuh total"]),
            phone=f"08{pick.randrange(10**9, 10**10)}",
            days=pick.randrange(2, 7),
        )
        for _ in range(count)
    ]


def flagged(texts):
    return sum(spam_score.score(text).probability >= 0.5 for text in texts) / len(texts)


def waiting(texts):
    """Makes waiting comments of these texts; returns them as a queryset."""
    article = make_article()
    made = [make_comment(article, text=text, status=Comment.Status.WAITING) for text in texts]
    return Comment.objects.filter(pk__in=[comment.pk for comment in made])


def state():
    known = spam_score.learned()
    return known.texts, list(known.spam), list(known.ordinary)


@pytest.mark.slow
def test_fifty_decisions_teach_a_new_kind_of_spam():
    moderator = User.objects.create_user("moderator")
    known, new = adverts(50), adverts(200, seed=1)
    assert flagged(new) < 0.1
    waiting(ORDINARY * 5).approve(moderator)
    for comment in waiting(known):
        comment.reject(moderator, Reason.ADVERT)
    assert flagged(new) >= 0.9
    assert flagged([comment.text for comment in content.read().comments if not comment.waiting] + ORDINARY) == 0
    assert all(spam_score.score(text).reasons for text in new)


def test_an_undone_decision_leaves_no_trace_in_the_lessons():
    moderator = User.objects.create_user("moderator")
    Lesson.objects.learn(adverts(5), is_spam=True)
    before, scores = state(), [spam_score.score(text).probability for text in ORDINARY]
    careless = waiting([f"{text} ({number})" for number in range(20) for text in ORDINARY])
    batch = careless.reject(moderator, Reason.SPAM)[0].batch
    assert state() != before
    Comment.objects.undo(batch, moderator)
    assert state() == before
    assert [spam_score.score(text).probability for text in ORDINARY] == scores


def test_order_of_decisions_does_not_matter():
    Lesson.objects.learn(adverts(3), is_spam=True)
    Lesson.objects.learn(ORDINARY, is_spam=False)
    first = state()
    Lesson.objects.learn(adverts(3), is_spam=True, times=-1)
    Lesson.objects.learn(ORDINARY, is_spam=False, times=-1)
    Lesson.objects.learn(ORDINARY[5:], is_spam=False)
    for text in adverts(3):
        Lesson.objects.learn([text], is_spam=True)
    Lesson.objects.learn(ORDINARY[:5], is_spam=False)
    assert state() == first


def test_insults_and_erased_texts_teach_nothing():
    moderator = User.objects.create_user("moderator")
    waiting(ORDINARY).reject(moderator, Reason.RUDE)
    Lesson.objects.learn(["", ""], is_spam=True)
    Lesson.objects.learn([], is_spam=False)
    assert not Lesson.objects.exists()


def test_spam_that_is_already_recognised_teaches_nothing_but_its_names():
    Lesson.objects.learn(["Main di 𝐒𝐋𝐎𝐓𝟖𝟖, gacor parah!"], is_spam=True)
    assert not Lesson.objects.exists()
    Lesson.objects.learn(["Main di 𝐕𝐎𝐋𝐓𝐀𝐍𝐔𝟖𝟖, slot gacor parah!"], is_spam=True)
    assert state()[1] == [0] * len(state()[1])
    assert flagged(["voltanu77"]) == 1


@pytest.mark.parametrize(
    "first",
    ["Main di Voltanu, slot gacor parah!", "Beritanya bagus. Kemarin saya belanja di voltanu77, ramah sekali."],
    ids=["recognised by its other words", "not recognised"],
)
def test_one_rejection_flags_the_next_comments_with_the_new_name(first):
    moderator = User.objects.create_user("moderator")
    others = [
        "Kemarin lewat depan voltanu, ramai sekali",
        "Salam dari warga Ciledug, v0ltanu paling ramah",
    ]
    assert flagged(others) == 0
    decisions = waiting([first]).reject(moderator, Reason.SPAM)
    assert flagged(others) == 1
    assert any("voltanu" in reason for reason in spam_score.score(others[0]).reasons)
    assert flagged(ORDINARY) == 0
    Comment.objects.undo(decisions[0].batch, moderator)
    assert flagged(others) == 0


def test_words_of_the_article_are_no_names_that_spam_advertises():
    moderator = User.objects.create_user("moderator")
    article = make_article(title="Warga Kampung Zelkovara menanam pohon")
    advert = make_comment(article, text="Salut Zelkovara! slot gacor cek bio", status=Comment.Status.WAITING)
    Comment.objects.filter(pk=advert.pk).reject(moderator, Reason.SPAM)
    assert flagged(["Bangga jadi warga Zelkovara"]) == 0


def test_a_name_that_was_rejected_once_and_approved_twice_is_no_longer_flagged():
    moderator = User.objects.create_user("moderator")
    waiting(["Terima kasih Bu Wismaranti, nomornya tembus"]).reject(moderator, Reason.SPAM)
    thanks = ["Bu Wismaranti guru saya dulu", "Selamat Bu Wismaranti atas penghargaannya"]
    assert flagged(["Semoga Bu Wismaranti sehat selalu"]) == 1
    waiting(thanks).approve(moderator)
    assert flagged(["Semoga Bu Wismaranti sehat selalu"]) == 0


def test_approving_an_advert_by_mistake_does_not_let_its_copies_through():
    moderator = User.objects.create_user("moderator")
    copies = ["Main di 𝐒𝐋𝐎𝐓𝟖𝟖, gacor parah!", "slot gacor gampang maxwin, link di bio"]
    for _ in range(3):
        waiting(copies).approve(moderator)
    assert flagged(copies) == 1


def test_names_are_forgotten_when_their_comment_is_erased():
    moderator = User.objects.create_user("moderator")
    mine = waiting(["Main di Voltanu, slot gacor parah!"])
    mine.reject(moderator, Reason.SPAM)
    mine.erase()
    assert flagged(["Kemarin lewat depan voltanu, ramai sekali"]) == 0


def test_a_lesson_of_the_version_before_names_is_read():
    Lesson.objects.learn(adverts(3), is_spam=True)
    before = state()
    Lesson.objects.update(names=b"")
    assert state() == before


def test_merging_keeps_rows_few_and_their_sum_the_same():
    for number in range(LESSONS_MAX * 2 + 5):
        Lesson.objects.learn(adverts(1, seed=number), is_spam=True)
    assert Lesson.objects.count() <= LESSONS_MAX
    texts, in_spam, _ = state()
    assert texts == (LESSONS_MAX * 2 + 5, 0)
    assert max(in_spam) == LESSONS_MAX * 2 + 5


def test_lessons_that_cancel_out_disappear_when_merged():
    for _ in range(LESSONS_MAX // 2 + 1):
        Lesson.objects.learn(ORDINARY, is_spam=False)
        Lesson.objects.learn(ORDINARY, is_spam=False, times=-1)
    assert Lesson.objects.count() < 3
    assert state()[0] == (0, 0)


def test_merging_leaves_one_lesson_with_the_same_sum():
    for text in adverts(3):
        Lesson.objects.learn([text], is_spam=True)
    Lesson.objects.learn(ORDINARY, is_spam=False)
    before = state()
    Lesson.objects.merge()
    merged = Lesson.objects.get()
    assert state() == before
    Lesson.objects.merge()
    assert Lesson.objects.get() == merged  # not even written again


@pytest.mark.parametrize("reason", ["", Reason.ADVERT])
def test_lessons_of_an_erased_comment_are_forgotten(reason):
    moderator = User.objects.create_user("moderator")
    waiting(ORDINARY).approve(moderator)
    waiting(adverts(5)).reject(moderator, Reason.SPAM)
    before = state()
    mine = waiting(adverts(1, seed=7))
    mine.approve(moderator)
    if reason:
        mine.reject(moderator, reason)  # after the approval, which also taught a lesson
    assert state() != before
    mine.erase()
    assert state() == before
    assert Lesson.objects.count() == 1  # and not two that cancel out, which would still contain the text


def test_erasing_a_comment_that_taught_nothing_changes_no_lesson():
    moderator = User.objects.create_user("moderator")
    waiting(ORDINARY).approve(moderator)
    before = state()
    insults, undone, undecided = waiting(ORDINARY[:2]), waiting(ORDINARY[2:4]), waiting(ORDINARY[4:])
    insults.reject(moderator, Reason.RUDE)
    Comment.objects.undo(undone.approve(moderator)[0].batch, moderator)
    for comments in (insults, undone, undecided):
        comments.erase()
    assert state() == before


def test_old_decisions_fade(monkeypatch):
    monkeypatch.setattr("comments.models.learning.FADES_AT", 100)
    for _ in range(20):
        Lesson.objects.learn(ORDINARY, is_spam=False)
    for number in range(LESSONS_MAX):
        Lesson.objects.learn(adverts(1, seed=number), is_spam=True)
    assert state()[0][1] == 100


def test_lessons_of_a_rolled_back_transaction_are_forgotten():
    text = adverts(1)[0]
    before = spam_score.score(text).probability
    with transaction.atomic():
        Lesson.objects.learn(adverts(50), is_spam=True)
        assert spam_score.score(text).probability > before
        transaction.set_rollback(True)
    assert spam_score.score(text).probability == before


@pytest.mark.django_db(transaction=True)
def test_simultaneous_decisions_of_many_moderators_all_count():
    def decide(seed):
        for number in range(10):
            Lesson.objects.learn(adverts(1, seed=100 * seed + number), is_spam=True)
            spam_score.score(ORDINARY[0])
        connection.close()

    threads = [Thread(target=decide, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert state()[0] == (80, 0)


def test_thousand_decisions_in_one_batch_take_a_second_or_two():
    texts = [f"{text} {number}" for number in range(100) for text in ORDINARY]
    started = perf_counter()
    Lesson.objects.learn(texts, is_spam=False)
    assert perf_counter() - started < 5
    assert Lesson.objects.count() == 1


def test_without_the_database_only_the_shipped_weights_count(monkeypatch):
    def away(*_, **__):
        raise spam_score.OperationalError("away")

    monkeypatch.setattr(spam_score, "_known", Learned())
    monkeypatch.setattr(spam_score, "_ids", away)
    assert spam_score.score("Main di 𝐒𝐋𝐎𝐓𝟖𝟖, gacor parah!").probability > 0.9
    assert spam_score.score(ORDINARY[0]).probability < 0.1


def test_a_failed_query_does_not_break_the_callers_transaction(monkeypatch):
    def fails(_):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

    monkeypatch.setattr(spam_score, "_ids", fails)
    with transaction.atomic():
        assert spam_score.score("Main di 𝐒𝐋𝐎𝐓𝟖𝟖, gacor parah!").probability > 0.9
        assert not Lesson.objects.exists()  # the database still answers
