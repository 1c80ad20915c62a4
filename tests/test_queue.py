"""The moderators' queue: what it shows, what it decides, and what it costs."""

import re
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments.admin import queue, queue_rows
from comments.models import TIME_TO_DECIDE, Comment, Decision, Office, Reason, Report
from comments.triage import assessment
from comments.triage.spam_score import learned
from tests.make import make_article, make_comment, make_person

QUEUE = "/admin/comments/comment/antrean/"
WAITING, APPROVED, REJECTED = Comment.Status.WAITING, Comment.Status.APPROVED, Comment.Status.REJECTED


def make_waiting(article=None, *, left=timedelta(hours=5), **fields):
    return make_comment(article or make_article(), status=WAITING, due_at=timezone.now() + left, **fields)


def make_alike(article, count, **fields):
    """Similar comments, in one group."""
    first = make_waiting(article, **fields)
    others = [make_waiting(article, similar_group=first.pk, **fields) for _ in range(count - 1)]
    Comment.objects.filter(pk=first.pk).update(similar_group=first.pk)
    return [first, *others]


def page(client, address="", **query):
    response = client.get(QUEUE + address, query)
    assert response.status_code == 200
    return response.content.decode()


def decide(client, decision, *items, **fields):
    data = {"keputusan": decision, "item": items, "dilihat": timezone.now().isoformat()}
    return client.post(f"{QUEUE}putuskan/", data | fields, follow=True)


def status_of(comment):
    return Comment.objects.values_list("status", "reason").get(pk=comment.pk)


# ---- What it shows


@pytest.mark.django_db
def test_the_nearest_deadline_is_first_and_what_looks_like_spam_last(client, moderator):
    article = make_article()
    make_waiting(article, text="masih lama", left=timedelta(hours=40))
    make_waiting(article, text="hampir habis", left=timedelta(minutes=30))
    make_waiting(article, text="mirip iklan", left=timedelta(hours=-3), ranked_last=True)
    make_comment(article, text="sudah tampil")
    shown = page(client)
    assert shown.index("hampir habis") < shown.index("masih lama") < shown.index("Di akhir antrean</h2>")
    assert shown.index("Di akhir antrean</h2>") < shown.index("mirip iklan")
    assert "sudah tampil" not in shown
    assert "sisa 39 jam" in shown
    assert "lewat 3 jam" in shown


@pytest.mark.django_db
def test_a_row_shows_the_signals_and_what_is_known_about_the_sender(client, moderator):
    article, sender = make_article(title="Pasar Lama ditata"), "a" * 64
    asked = make_comment(article, name="Bu Ani", text="Kapan selesainya?")
    for status, reason in ((APPROVED, ""), (APPROVED, ""), (REJECTED, Reason.SPAM), (REJECTED, Reason.RUDE)):
        make_comment(article, status=status, reason=reason, sender_key=sender)
    comment = make_waiting(article, parent=asked, sender_key=sender, text="Hubungi 0812-3456-7890, <b>dijamin</b>!")
    assessment.triage(comment)
    Comment.objects.filter(pk=comment.pk).update(spam_probability=0.87)
    shown = page(client)
    assert "Kemungkinan spam <b>tinggi (87 %)</b>" in shown
    assert re.search('<mark title="Nomor telepon[^"]*">0812-3456-7890</mark>', shown)
    assert "&lt;b&gt;dijamin&lt;/b&gt;" in shown
    assert '<li class="signal">Nomor telepon</li>' in shown
    assert "Pengirim ini: 2 disetujui, 1 ditolak sebagai spam, 1 ditolak karena hal lain" in shown
    assert "Membalas <bdi>Bu Ani</bdi>: <bdi>Kapan selesainya?</bdi>" in shown
    assert f'<a href="{article.get_absolute_url()}">Pasar Lama ditata</a>' in shown


@pytest.mark.django_db
def test_the_words_behind_the_spam_score_are_marked(client, moderator):
    assessment.triage(make_waiting(text="Pak, mampir ke situs slot gacor maxwin MEGA88 deposit pulsa, pasti jackpot"))
    shown = page(client)
    assert '<mark title="Mirip spam">' in shown


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text", ["", "a", "hubungi 08123456789\n\nya", "x" * 2000, "slot gacor maxwin bit.ly/x " * 30]
)
def test_marking_does_not_change_the_text(text):
    assert "".join(words for words, _ in queue_rows.marked_parts(text, 1, learned())) == text


@pytest.mark.django_db
def test_a_long_text_is_folded_but_whole(client, moderator):
    text = " ".join(f"kata{number}" for number in range(200))
    make_waiting(text=text)
    shown = page(client)
    head, rest = shown.split("<summary>Lanjutannya</summary>")
    assert "kata1 " in head
    assert "kata199" in rest
    (row,) = queue_rows.rows(Comment.objects.in_queue())
    assert "".join(words for words, _ in row.head + row.rest) == text


@pytest.mark.django_db
def test_a_text_of_many_lines_is_folded_but_whole(client, moderator):
    text = "\n".join("abcdefghijkl" * 20)
    make_waiting(text=text)
    (row,) = queue_rows.rows(Comment.objects.in_queue())
    assert "".join(words for words, _ in row.head) == "\n".join("abcdefghijkl")
    assert "".join(words for words, _ in row.head + row.rest) == text
    assert "<summary>Lanjutannya</summary>" in page(client)


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["Terima kasih.\n" * 11 + "Salam", "kata " * 140])
def test_a_text_hardly_longer_than_the_limit_is_not_folded(text):
    make_waiting(text=text)
    (row,) = queue_rows.rows(Comment.objects.in_queue())
    assert row.rest == []


@pytest.mark.django_db
def test_reported_comments_show_the_reports_and_stay_public_when_approved(client, moderator):
    comment = make_comment(make_article(), text="Katanya pejabat itu mencuri.")
    for number, note in enumerate(["Tidak benar", "", "Ini fitnah <i>"]):
        comment.report(Reason.SLANDER, note, sender_key=str(number))
    comment.report(Reason.RUDE, sender_key="lain")
    shown = page(client, bagian="laporan")
    assert "<b>4 laporan:</b> Fitnah (3), Kasar atau menghina" in shown
    assert "“Ini fitnah &lt;i&gt;”" in shown
    assert "Tetap tampilkan" in shown
    decide(client, "setujui", comment.pk)
    assert status_of(comment) == (APPROVED, "")
    assert not Report.objects.filter(decision=None).exists()
    assert not Comment.objects.in_queue().exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({}, {"biasa", "tautan", "iklan", "laporan"}),
        ({"bagian": "spam"}, {"iklan"}),
        ({"bagian": "laporan"}, {"laporan"}),
        ({"bagian": "lewat"}, {"tautan"}),
        ({"tanda": "tautan"}, {"tautan"}),
        ({"q": "IKLAN"}, {"iklan"}),
        ({"q": "warga tautan"}, {"tautan"}),
        ({"q": "tidak ada"}, set()),
        ({"bagian": "rusak"}, {"biasa", "tautan", "iklan", "laporan"}),
        ({"berita": "1\x00"}, {"biasa", "tautan", "iklan", "laporan"}),
        ({"q": "\x00"}, {"biasa", "tautan", "iklan", "laporan"}),
        ({"serupa": "9" * 30}, {"biasa", "tautan", "iklan", "laporan"}),
    ],
)
def test_filters_show_only_what_they_name(client, moderator, query, shown):
    article = make_article()
    make_waiting(article, text="isi biasa.")
    make_waiting(article, name="Warga tautan", text="isi tautan.", signals=["tautan"], left=timedelta(hours=-1))
    make_waiting(article, text="isi iklan.", ranked_last=True)
    make_comment(article, text="isi laporan.").report(Reason.OTHER)
    seen = page(client, **query)
    assert {word for word in ("biasa", "tautan", "iklan", "laporan") if f"isi {word}." in seen} == shown


@pytest.mark.django_db
def test_the_queue_can_be_filtered_by_article(client, moderator):
    article = make_article(title="Taman baru")
    make_waiting(article, text="tentang taman")
    make_waiting(text="tentang lain")
    shown = page(client, berita=article.pk)
    assert "tentang taman" in shown
    assert "tentang lain" not in shown
    assert "di bawah “Taman baru”" in shown


@pytest.mark.django_db
def test_an_empty_queue_is_friendly_and_links_to_all_comments(client, moderator):
    shown = page(client)
    assert "Antrean kosong" in shown
    assert '<a href="/admin/comments/comment/">Arsip komentar</a>' in shown


@pytest.mark.django_db
def test_pages_follow_one_another_without_gaps(client, moderator, monkeypatch):
    monkeypatch.setattr(queue_rows, "SHOWN", 3)
    article = make_article()
    expected = [make_waiting(article, left=timedelta(hours=1)).pk for _ in range(4)]
    expected += [make_waiting(article, left=timedelta(hours=1), ranked_last=True).pk for _ in range(4)]
    position, seen = "", []
    for _ in range(4):
        rows, position = queue_rows.page(Comment.objects.in_queue(), position)
        seen += [row.comment.pk for row in rows]
        if not position:
            break
    assert seen == expected
    assert client.get(QUEUE, {"sesudah": "rusak"}).status_code == 400
    assert client.get(QUEUE, {"sesudah": "0~2026-13-45T00:00:00Z~1"}).status_code == 400


@pytest.mark.django_db
def test_a_page_makes_as_many_queries_for_thirty_comments_as_for_one(client, moderator):
    article = make_article()
    parent = make_comment(article)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            page(client)
        return len(captured)

    def fill(number):
        comment = make_waiting(article, parent=parent, sender_key=str(number))
        reported = make_comment(article, sender_key=str(number))
        reported.report(Reason.RUDE, "catatan")
        return comment

    make_alike(article, 2)
    fill(0)
    page(client)
    before = queries()
    for number in range(1, 16):
        fill(number)
    make_alike(article, 3)
    assert queries() == before


# ---- What it decides


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("decision", "status", "message"),
    [
        ("setujui", (APPROVED, ""), "Komentar Warga Karawaci disetujui."),
        ("spam", (REJECTED, "spam"), "Komentar Warga Karawaci ditolak: Spam atau judi online."),
        ("data_pribadi", (REJECTED, "data_pribadi"), "Komentar Warga Karawaci ditolak: Memuat data pribadi."),
    ],
)
def test_a_decision_is_made_confirmed_and_undone(client, moderator, decision, status, message):
    comment = make_waiting()
    response = decide(client, decision, comment.pk, catatan="Mohon tanpa nomor telepon.")
    assert message in response.content.decode()
    assert status_of(comment) == status
    made = Decision.objects.get()
    assert (made.by, made.note) == (moderator, "" if decision == "setujui" else "Mohon tanpa nomor telepon.")
    assert str(made.batch) in response.content.decode()  # with a button that undoes it
    response = client.post(f"{QUEUE}batalkan/", {"batch": made.batch}, follow=True)
    assert "Dibatalkan: komentar Warga Karawaci kembali" in response.content.decode()
    assert status_of(comment) == (WAITING, "")
    again = client.post(f"{QUEUE}batalkan/", {"batch": made.batch}, follow=True)
    assert "Tidak ada yang dibatalkan" in again.content.decode()


@pytest.mark.django_db
def test_similar_comments_are_one_row_and_are_decided_together(client, moderator):
    article = make_article()
    alike = make_alike(article, 5, text="Slot gacor di sini")
    shown = page(client)
    assert "5 serupa" in shown
    assert shown.count('class="row') == 1
    assert page(client, serupa=alike[0].pk).count('class="row') == 5
    response = decide(client, "spam", f"{alike[0].pk}~")
    assert "5 komentar ditolak" in response.content.decode()
    assert Decision.objects.values("batch").distinct().count() == 1
    assert Comment.objects.undo(Decision.objects.first().batch, moderator)
    assert Comment.objects.in_queue().count() == 5


@pytest.mark.django_db
def test_a_group_larger_than_one_click_decides_reports_the_rest(client, moderator, monkeypatch):
    monkeypatch.setattr(queue, "AT_ONCE", 3)
    alike = make_alike(make_article(), 5)
    data = {"keputusan": "spam", "item": f"{alike[0].pk}~", "dilihat": timezone.now().isoformat()}
    answer = client.post(f"{QUEUE}putuskan/", data, headers={"Accept": "application/json"}).json()
    assert answer["message"] == "3 dari 5 komentar ditolak: Spam atau judi online. Sisanya masih menunggu."
    assert answer["rest"] is True
    assert Comment.objects.in_queue().count() == 2
    again = client.post(
        f"{QUEUE}putuskan/", data | {"item": f"{alike[4].pk}~"}, headers={"Accept": "application/json"}
    )
    assert (again.json()["message"], again.json()["rest"]) == ("2 komentar ditolak: Spam atau judi online.", False)


@pytest.mark.django_db
def test_a_group_as_large_as_one_click_decides_leaves_no_rest(client, moderator, monkeypatch):
    monkeypatch.setattr(queue, "AT_ONCE", 3)
    html = decide(client, "spam", f"{make_alike(make_article(), 3)[0].pk}~").content.decode()
    assert "3 komentar ditolak" in html
    assert "Sisanya" not in html


@pytest.mark.django_db
def test_one_of_several_similar_comments_can_be_decided_separately(client, moderator):
    alike = make_alike(make_article(), 3)
    decide(client, "setujui", alike[1].pk)
    assert [status_of(each)[0] for each in alike] == [WAITING, APPROVED, WAITING]


@pytest.mark.django_db
def test_comments_that_arrived_after_the_page_was_loaded_are_not_decided(client, moderator):
    article = make_article()
    alike = make_alike(article, 2)
    later = make_waiting(article, similar_group=alike[0].pk, left=TIME_TO_DECIDE, text="Baru datang")
    seen = later.due_at - TIME_TO_DECIDE - timedelta(seconds=1)
    decide(client, "spam", f"{alike[0].pk}~", dilihat=seen.isoformat())
    assert [status_of(each)[0] for each in (*alike, later)] == [REJECTED, REJECTED, WAITING]


@pytest.mark.django_db
def test_the_second_moderator_learns_who_has_decided(client, moderator):
    first = make_person("Moderator")
    comment = make_waiting(name="Pak Joko")
    Comment.objects.filter(pk=comment.pk).approve(by=first)
    response = decide(client, "spam", comment.pk)
    assert f"Komentar Pak Joko sudah diputuskan oleh {first.username}: disetujui." in response.content.decode()
    assert status_of(comment) == (APPROVED, "")
    assert Decision.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_simultaneous_moderators_make_one_decision():
    comments = [make_waiting() for _ in range(8)]
    people = [make_person("Moderator") for _ in range(4)]
    start = Barrier(len(people))

    def run(person, decision):
        try:
            client = Client()
            client.force_login(person)
            start.wait()
            for comment in comments:
                assert decide(client, decision, comment.pk).status_code == 200
        finally:
            connections.close_all()

    threads = [
        Thread(target=run, args=pair) for pair in zip(people, ["setujui", "spam", "kasar", "setujui"], strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Decision.objects.count() == len(comments)


@pytest.mark.django_db
def test_a_comment_deleted_by_its_author_meanwhile_is_reported(client, moderator):
    comment = make_waiting()
    Comment.objects.filter(pk=comment.pk).erase()
    assert "Komentar ini sudah dihapus." in decide(client, "setujui", comment.pk).content.decode()


@pytest.mark.django_db
def test_a_comment_that_no_longer_exists_is_reported(client, moderator):
    comment = make_waiting()
    Comment.objects.filter(pk=comment.pk).delete()
    response = decide(client, "setujui", comment.pk)
    assert "Komentar ini tidak ada lagi." in response.content.decode()
    data = {"keputusan": "spam", "item": f"{comment.pk}~", "dilihat": timezone.now().isoformat()}
    answer = client.post(f"{QUEUE}putuskan/", data, headers={"Accept": "application/json"})
    gone = "Komentar ini tidak ada lagi."
    assert answer.json() == {"message": gone, "batch": None, "rest": False}


@pytest.mark.django_db
def test_a_complaint_is_forwarded_with_a_public_note_and_this_is_undone(client, moderator):
    office = Office.objects.create(name="Dinas Perhubungan")
    comment = make_waiting(name="Bu Rina")
    response = decide(client, "teruskan", comment.pk, opd=office.pk, catatan="Diteruskan untuk diperiksa.")
    assert "Komentar Bu Rina diteruskan ke Dinas Perhubungan dan disetujui." in response.content.decode()
    comment.refresh_from_db()
    assert (comment.status, comment.forwarded_to, comment.due_at) == (APPROVED, office, None)
    assert comment.forwarded_note == "Diteruskan untuk diperiksa."
    assert comment.forwarded_at
    decision = Decision.objects.get()
    assert decision.verb == Decision.Verb.FORWARD
    Comment.objects.undo(decision.batch, moderator)
    comment.refresh_from_db()
    assert (comment.status, comment.forwarded_to, comment.forwarded_note) == (WAITING, None, "")
    assert comment.forwarded_at is None


@pytest.mark.django_db
def test_the_same_complaint_forwarded_twice_is_forwarded_once(client, moderator):
    comments = Comment.objects.filter(pk=make_waiting().pk)
    assert len(comments.forward(by=moderator, note="Ke PU.")) == 1
    assert comments.forward(by=moderator, note="Ke PU.") == []
    assert len(comments.forward(by=moderator, note="Ke Dishub.")) == 1


@pytest.mark.django_db
def test_forwarding_needs_a_note_and_keeps_the_selection(client, moderator):
    office = Office.objects.create(name="Dinas Perhubungan")
    comment = make_waiting()
    response = decide(client, "teruskan", comment.pk, opd=office.pk)
    shown = response.content.decode()
    assert "Tulis untuk pembaca ke mana" in shown
    assert f'<option value="{office.pk}" selected>' in shown
    assert status_of(comment) == (WAITING, "")
    long = decide(client, "kasar", comment.pk, catatan="x" * 301).content.decode()
    assert "x" * 301 in long
    assert status_of(comment) == (WAITING, "")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields",
    [
        {"item": []},
        {"item": ["abc"]},
        {"item": ["1\x00"]},
        {"item": ["9" * 18]},
        {"keputusan": "hapus"},
        {"keputusan": ""},
        {"dilihat": "kemarin"},
        {"dilihat": "9999-12-31T23:59:59Z"},
        {"opd": "9" * 40},
    ],
)
def test_an_invalid_request_decides_nothing(client, moderator, fields):
    comment = make_waiting()
    data = {"keputusan": "spam", "item": [comment.pk], "dilihat": timezone.now().isoformat()} | fields
    response = client.post(f"{QUEUE}putuskan/", data, headers={"Accept": "application/json"})
    assert response.status_code in (200, 400)
    if fields.get("dilihat", "").startswith("9999"):
        assert status_of(comment)[0] == REJECTED
    else:
        assert status_of(comment) == (WAITING, "")
        assert response.json()["message"]


@pytest.mark.django_db
@pytest.mark.parametrize("batch", ["", "rusak", "5f0c9e53-7a0e-4a5b-9d52-0f6d0a3c1b7e"])
def test_an_undo_without_effect_gets_a_kind_message(client, moderator, batch):
    response = client.post(f"{QUEUE}batalkan/", {"batch": batch}, headers={"Accept": "application/json"})
    assert response.status_code == 400
    assert response.json()["message"]


@pytest.mark.django_db
def test_the_details_page_works_without_javascript(client, moderator):
    alike = make_alike(make_article(), 3)
    shown = page(client, f"{alike[0].pk}/")
    assert f'name="item" value="{alike[0].pk}"' in shown
    for reason in Reason:
        assert f'value="{reason}"' in shown
    assert f'name="item" value="{alike[0].pk}~"' in page(client, f"{alike[0].pk}/", serupa="ya")
    gone = client.get(f"{QUEUE}999999/", follow=True).content.decode()
    assert "Komentar ini tidak ada lagi." in gone


# ---- Rejecting a filtered part of the queue


@pytest.mark.django_db
def test_a_filtered_part_is_rejected_as_a_whole_after_its_number_was_shown(client, moderator, monkeypatch):
    monkeypatch.setattr(queue, "BATCH_SIZE", 2)
    article = make_article()
    adverts = [make_waiting(article, ranked_last=True, spam_probability=0.9, name=f"Penjual {n}") for n in range(5)]
    doubtful = make_waiting(article, ranked_last=True, spam_probability=0.51, name="Bu Ragu")
    other = make_waiting(article)
    address = f"{QUEUE}semua/?bagian=spam"
    asked = client.get(address).content.decode()
    assert "<b>6 komentar</b> akan ditolak" in asked
    assert asked.index("Bu Ragu") < asked.index("Penjual 0")
    assert Decision.objects.count() == 0
    data = {"keputusan": "spam", "dilihat": timezone.now().isoformat()}
    html = client.post(address, data, follow=True).content.decode()
    assert "6 komentar ditolak: Spam atau judi online." in html
    assert {status_of(each) for each in (*adverts, doubtful)} == {(REJECTED, "spam")}
    assert status_of(other) == (WAITING, "")
    (batch,) = set(Decision.objects.values_list("batch", flat=True))
    undone = client.post(f"{QUEUE}batalkan/", {"batch": batch}, follow=True).content.decode()
    assert "Dibatalkan: 6 komentar" in undone
    assert Comment.objects.in_queue().filter(ranked_last=True).count() == 6


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["", "?bagian=", "?bagian=rusak", "?q=%00"])
def test_the_whole_queue_is_never_rejected_at_once(client, moderator, query):
    comment = make_waiting()
    data = {"keputusan": "spam", "dilihat": timezone.now().isoformat()}
    response = client.post(f"{QUEUE}semua/{query}", data, follow=True)
    assert "Saring dahulu antrean" in response.content.decode()
    assert status_of(comment) == (WAITING, "")


@pytest.mark.django_db
def test_a_filtered_part_cannot_be_approved_as_a_whole(client, moderator):
    comment = make_waiting(ranked_last=True)
    data = {"keputusan": "setujui", "dilihat": timezone.now().isoformat()}
    client.post(f"{QUEUE}semua/?bagian=spam", data)
    assert status_of(comment) == (WAITING, "")


# ---- The last decisions, and permissions


@pytest.mark.django_db
def test_a_moderators_own_last_decisions_are_listed_and_can_be_undone(client, moderator):
    article = make_article()
    one, other, foreign = (make_waiting(article, name=name) for name in ("Bu Tuti", "Pak Adi", "Orang lain"))
    alike = make_alike(article, 3, name="Penjual")
    decide(client, "setujui", one.pk)
    decide(client, "spam", f"{alike[0].pk}~")
    Comment.objects.filter(pk=foreign.pk).approve(by=make_person("Moderator"))
    decide(client, "kasar", other.pk)
    client.post(f"{QUEUE}batalkan/", {"batch": Decision.objects.get(comment=other, verb="reject").batch})
    assert "Dibatalkan: komentar Pak Adi kembali" in page(client)
    shown = page(client, "keputusan/")
    assert shown.index("3 komentar") < shown.index("Bu Tuti")
    assert "Pak Adi" not in shown
    assert "Orang lain" not in shown
    assert "Terakhir: 3 komentar" in page(client)


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["Penulis", "Redaktur", "OPD"])
@pytest.mark.parametrize("address", ["", "keputusan/", "1/", "semua/?bagian=spam"])
def test_only_moderators_see_the_queue(client, role, address):
    client.force_login(make_person(role))
    assert client.get(QUEUE + address).status_code == 403


@pytest.mark.django_db
def test_deciding_needs_the_permission_and_a_token(client):
    comment = make_waiting()
    client.force_login(make_person("Penulis"))
    assert decide(client, "spam", comment.pk).status_code == 403
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_person("Moderator"))
    assert decide(strict, "spam", comment.pk).status_code == 403
    assert status_of(comment) == (WAITING, "")
