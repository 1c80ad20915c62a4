"""Attacks: one captcha used many times at once, floods, deceptive text, replies where none are allowed."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from html import unescape

import pytest
from django.db import connections, transaction
from django.test import Client

from comments.forms import CommentForm
from comments.models import TEXT_MAX_CHARS, Comment
from comments.submission import submit
from tests.make import make_article, make_comment
from tests.test_comments import TYPED, address_of, assert_still_typed, send, solved

pytestmark = pytest.mark.slow

THREADS = 16  # twice as many as a portal has


def post_simultaneously(article, posts: list[dict]) -> list:
    """The responses to posts sent in parallel threads; a "sender" in a post is its IP address."""

    def post(data):
        sender = data.get("sender", "203.0.113.1")
        try:
            return Client().post(address_of(article), TYPED | data, headers={"X-Forwarded-For": sender})
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(posts)) as pool:
        return list(pool.map(post, posts))


# ---- Many at once


@pytest.mark.django_db(transaction=True)
def test_a_captcha_sent_by_many_threads_makes_one_comment():
    article, captcha = make_article(), solved()
    posts = [captcha | {"komentar": f"Kiriman ke-{i}", "sender": f"203.0.113.{i}"} for i in range(THREADS)]
    answers = post_simultaneously(article, posts)
    assert sorted(answer.status_code for answer in answers) == [200] * (THREADS - 1) + [303]
    assert Comment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_comment_sent_by_many_threads_is_stored_once_and_all_are_redirected_to_it():
    article, captcha = make_article(), solved()
    answers = post_simultaneously(article, [captcha] * THREADS)
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer["Location"] for answer in answers}) == 1
    assert Comment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_sender_cannot_exceed_the_limit_with_many_threads(settings):
    settings.COMMENTS_PER_HOUR = 5
    article = make_article()
    answers = post_simultaneously(article, [solved() | {"komentar": f"Kiriman ke-{i}"} for i in range(20)])
    assert sorted(answer.status_code for answer in answers) == [303] * 5 + [429] * 15
    assert Comment.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_a_flood_from_many_addresses_ends_far_above_the_limit_of_all(settings, caplog, monkeypatch):
    settings.COMMENTS_PER_HOUR_TOTAL = 1
    monkeypatch.setattr("comments.limits.OVERLOAD", 10)
    article = make_article()
    for first in range(0, 32, 8):  # as many threads as a portal has
        posts = [solved() | {"sender": f"203.0.113.{first + i}", "komentar": f"{first + i}"} for i in range(8)]
        answers = post_simultaneously(article, posts)
    assert {answer.status_code for answer in answers} == {429}
    assert 10 <= Comment.objects.count() < 10 + 8
    assert len([record for record in caplog.records if record.name == "comments.limits"]) == 2


@pytest.mark.django_db(transaction=True)
def test_no_reply_slips_under_a_comment_that_is_being_hidden():
    """A moderator who hides the comment waits for the reply being stored, and hides it, too."""
    article = make_article()
    comment = make_comment(article)
    form = CommentForm(TYPED | {"balas": str(comment.pk)} | solved(), article=article)
    assert form.is_valid()

    def hide():
        try:
            comment.reject(None, "lain")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as moderator:
        with transaction.atomic():
            reply = submit(form, "key of a sender").stored
            hidden = moderator.submit(hide)
            time.sleep(0.5)
            assert not hidden.done()
        hidden.result()
    reply.approve(None)
    assert not Comment.objects.visible().exists()


# ---- Deceptive or huge text: three fields that just pass the limit of a public form (portal.bodies)


LARGEST = {
    "letters": "a" * 70_000,
    "lines": "\n" * 70_000 + "a",
    "lines with spaces": "a" + " \n" * 35_000 + "a" * 3_000,
    "spaces": "a" + " " * 70_000 + "a",
    "nothing to be seen": "\u200b" * 21_000,
    "turned": "\u202e" * 21_000,
    "accents": "a" + "\u0300" * 21_000,
    "emoji": "😀" * 17_000,
    "tags": "<b>" * 21_000,
    "addresses": "x@" * 28_000,
}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", LARGEST)
def test_the_largest_form_costs_little_and_comes_back_as_it_was_typed(client, kind):
    text = LARGEST[kind]
    article, captcha = make_article(), solved()
    began = time.process_time()
    response = send(client, article, captcha=captcha, komentar=text, nama=text, email=text)
    assert time.process_time() - began < 5
    page = response.content.decode()
    assert response.status_code == 200
    assert unescape(re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.DOTALL)[1]) == text
    assert f'value="{captcha["captcha_1"]}"' in page
    assert not Comment.objects.exists()


@pytest.mark.django_db
def test_thousands_of_line_breaks_are_collapsed_before_the_length_is_checked(client):
    send(client, make_article(), komentar="awal" + "\r\n" * 5_000 + "akhir")
    assert Comment.objects.get().text == "awal\n\nakhir"
    response = send(client, make_article(), komentar="a\n" * 5_000)
    assert f"paling panjang {TEXT_MAX_CHARS} karakter; komentar Anda 9999" in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    [
        "\u202egacor tols\u202c di situs kami",
        "SLОT GАСОR",  # Cyrillic О, А, С
        "𝐒𝐋𝐎𝐓 𝐆𝐀𝐂𝐎𝐑 s l o t g a c o r",
        "s\u200bl\u200bo\u200bt g\u200ba\u200bc\u200bo\u200br",
        "ѕІօt ɢᴀᴄᴏʀ 𝟟𝟟𝟟",
    ],
)
def test_disguised_words_wait_for_moderation_like_all_others(client, text):
    article = make_article()
    assert send(client, article, komentar=text, nama=text).status_code == 303
    comment = Comment.objects.get()
    assert comment.status == Comment.Status.WAITING
    assert "\u202e" not in comment.text + comment.name
    for address in (article.get_absolute_url(), address_of(article)):
        assert comment.text not in client.get(address).content.decode()


HTML = '"><script>alert(1)</script><img src=x onerror=alert(1)></textarea></form><form action=//jahat.example>'


@pytest.mark.django_db
def test_html_is_escaped_in_the_form_the_reply_and_the_list(client):
    article = make_article()
    comment = make_comment(article, name=HTML[:60], text=HTML)
    pages = [
        send(client, article, captcha={}, nama=HTML, email=HTML, komentar=HTML),
        send(client, article, captcha={"captcha_0": HTML, "captcha_1": HTML}, komentar=HTML, balas=HTML),
        send(client, article, komentar=HTML, headers={"Origin": "https://jahat.example"}),
        client.get(f"{address_of(article)}?balas={comment.pk}"),
        client.get(address_of(article), {"balas": HTML}),
    ]
    for response in pages:
        page = response.content.decode()
        assert not re.search(r"<script>|<img src=x|<form action=//", page)
        assert page.count("</form>") == 2, "the search and the comment form"


# ---- Replies where none are allowed


@pytest.mark.django_db
def test_replies_to_replies_never_go_deeper(client, settings):
    settings.COMMENTS_PER_HOUR = 0
    article = make_article()
    first = answered = make_comment(article)
    for i in range(5):
        assert send(client, article, balas=answered.pk, komentar=f"Balasan {i}").status_code == 303
        answered = Comment.objects.latest("pk")
        answered.approve(None)
    assert set(Comment.objects.exclude(pk=first.pk).values_list("parent", flat=True)) == {first.pk}


@pytest.mark.django_db
def test_a_comment_cannot_be_a_reply_to_itself(client):
    article = make_article()
    following = make_comment(article).pk + 1
    response = send(client, article, balas=following)
    assert response.status_code == 200
    assert_still_typed(response)
    assert Comment.objects.count() == 1


@pytest.mark.django_db
def test_repeated_fields_do_not_bypass_validation(client):
    article = make_article()
    waiting = make_comment(article, status=Comment.Status.WAITING)
    data = TYPED | solved() | {"balas": [make_comment(article).pk, waiting.pk]}
    assert client.post(address_of(article), data).status_code == 200
    assert not waiting.replies.exists()
