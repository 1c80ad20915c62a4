"""Comment threads: replies under their comment, official answers first, hidden comments excluded."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments import threads
from comments.models import Comment, Office, Reason
from tests.make import make_article, make_comment, make_person

pytestmark = pytest.mark.django_db


def make_replies(parent, *texts, **fields):
    now = timezone.now()
    return [
        make_comment(parent.article, parent=parent, text=text, created_at=now + timedelta(minutes=place), **fields)
        for place, text in enumerate(texts)
    ]


def read(client, article):
    return client.get(article.get_absolute_url()).content.decode()


def test_replies_stand_under_their_comment_with_the_offices_answer_first(client):
    first = make_comment(make_article(), text="Pertanyaan satu")
    second = make_comment(first.article, text="Pertanyaan dua", created_at=timezone.now() + timedelta(hours=1))
    make_replies(first, "Balasan warga")
    office = Office.objects.create(name="Dinas Lingkungan Hidup")
    make_comment(first.article, parent=first, text="Jawaban dinas", office=office, name=office.name)
    page = read(client, second.article)
    places = [page.index(text) for text in ("Pertanyaan dua", "Pertanyaan satu", "Jawaban dinas", "Balasan warga")]
    assert places == sorted(places)
    assert page.count("Jawaban resmi") == 1
    assert "Komentar (4)" in page


def test_three_replies_are_shown_with_a_link_to_the_others(client):
    comment = make_comment(make_article())
    make_replies(comment, "balasan nol.", "balasan satu.", "balasan dua.")
    assert f"/komentar/{comment.pk}" + '"' not in read(client, comment.article)
    make_replies(comment, *(f"balasan lagi {n}." for n in range(30)))
    cache.clear()
    page = read(client, comment.article)
    assert page.count('class="reply"') == 3
    assert f'<a href="/komentar/{comment.pk}"' in page
    seen, address = [], f"/komentar/{comment.pk}"
    while address:
        response = client.get(address)
        assert response["Cache-Control"] == "no-store"
        seen += [reply["id"] for reply in response.context["page"].items]
        older = response.context["page"].next_cursor
        address = older and f"/komentar/{comment.pk}?sebelum={older}"
    assert len(seen) == len(set(seen)) == 33


def test_the_number_of_queries_and_their_rows_do_not_grow_with_comments_and_replies(client):
    comment = make_comment(make_article())
    make_replies(comment, "satu")

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            threads.newest(comment.article)
        return len(captured)

    few = queries()
    for _ in range(40):
        make_replies(make_comment(comment.article), "a", "b", "c", "d", "e")
    assert queries() == few == 1
    page, total = threads.newest(comment.article)
    assert len(page.items) == 20
    assert total == 242


def test_replies_to_a_rejected_comment_are_hidden_with_it_and_return_with_it():
    moderator = make_person("Moderator")
    comment = make_comment(make_article())
    (reply,) = make_replies(comment, "balasan")
    comment.reject(moderator, Reason.RUDE)
    assert not Comment.objects.visible().exists()
    comment.approve(moderator)
    assert set(Comment.objects.visible()) == {comment, reply}


def test_a_comment_deleted_by_its_author_keeps_the_replies_of_others(client):
    comment = make_comment(make_article(), name="Bu Tini", text="Kata-kata saya")
    make_replies(comment, "Jawaban tetangga")
    alone = make_comment(comment.article, text="Tak terbalas")
    Comment.objects.filter(pk__in=[comment.pk, alone.pk]).erase()
    page = read(client, comment.article)
    assert "Komentar ini sudah dihapus penulisnya." in page
    assert "Jawaban tetangga" in page
    assert "Kata-kata saya" not in page
    assert "Bu Tini" not in page
    assert page.count('class="comment"') == 1
    assert client.get(f"/komentar/{comment.pk}").status_code == 200
    assert client.get(f"/komentar/{alone.pk}").status_code == 404


@pytest.mark.parametrize("by_moderator", [False, True])
def test_replies_to_a_comment_that_was_hidden_stay_hidden_when_it_is_erased(client, by_moderator):
    moderator = make_person("Moderator")
    comment = make_comment(make_article())
    approved, late = make_replies(comment, "balasan", "balasan yang menunggu")
    Comment.objects.filter(pk=late.pk).update(status=Comment.Status.WAITING, due_at=timezone.now())
    comment.reject(moderator, Reason.RUDE)
    Comment.objects.filter(pk=comment.pk).erase(moderator if by_moderator else None)
    late.approve(moderator)
    approved.reject(moderator, Reason.OTHER)
    approved.approve(moderator)
    assert not Comment.objects.visible().exists()
    assert not Comment.objects.threads().exists()
    assert client.get(f"/komentar/{comment.pk}").status_code == 404


def test_a_reply_approved_after_its_comment_was_deleted_is_shown():
    comment = make_comment(make_article())
    (reply,) = make_replies(comment, "balasan", status=Comment.Status.WAITING)
    Comment.objects.filter(pk=comment.pk).erase()
    reply.approve(make_person("Moderator"))
    assert list(Comment.objects.visible()) == [reply]
    assert list(Comment.objects.threads()) == [comment]


def test_waiting_replies_are_not_shown(client):
    comment = make_comment(make_article())
    make_replies(comment, "belum dibaca", status=Comment.Status.WAITING)
    for address in (comment.article.get_absolute_url(), f"/komentar/{comment.pk}"):
        assert "belum dibaca" not in client.get(address).content.decode()


def test_the_number_of_a_reply_leads_to_its_thread(client):
    comment = make_comment(make_article())
    (reply,) = make_replies(comment, "balasan")
    response = client.get(f"/komentar/{reply.pk}")
    assert (response.status_code, response["Location"]) == (301, f"/komentar/{comment.pk}#komentar-{reply.pk}")


@pytest.mark.parametrize("status", [Comment.Status.WAITING, Comment.Status.REJECTED])
def test_a_thread_that_readers_do_not_see_has_no_page(client, status):
    comment = make_comment(make_article(), status=status)
    assert client.get(f"/komentar/{comment.pk}").status_code == 404
    assert client.get("/komentar/999999999999999999").status_code == 404


def test_texts_in_a_thread_are_never_html(client):
    comment = make_comment(make_article(), name="<b>Budi</b>", text="<script>alert(1)</script>")
    make_replies(comment, "<img src=x onerror=alert(1)>", name='"><i>')
    for address in (comment.article.get_absolute_url(), f"/komentar/{comment.pk}"):
        page = client.get(address).content.decode()
        for bad in ("<b>Budi", "<script>alert", "<img src=x", '"><i>'):
            assert bad not in page


def test_readers_see_that_a_complaint_was_forwarded_under_it(client):
    office = Office.objects.create(name="Dinas Pekerjaan Umum")
    comment = make_comment(
        make_article(), forwarded_at=timezone.now(), forwarded_to=office, forwarded_note="Dijadwalkan pekan depan."
    )
    for address in (comment.article.get_absolute_url(), f"/komentar/{comment.pk}"):
        page = client.get(address).content.decode()
        assert "Diteruskan kepada Dinas Pekerjaan Umum" in page
        assert "Dijadwalkan pekan depan." in page
