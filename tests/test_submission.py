"""Submission of comments: repeated posts, replies, limits, consent, confirmation, the complaint channel."""

import logging
import os
import re
import subprocess
import sys
from datetime import timedelta
from html import unescape

import pytest
from captcha.models import CaptchaStore
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments import limits
from comments.admin.queue import of_part
from comments.forms import CommentForm
from comments.mail import secret_links
from comments.models import Comment, Email, Reason, Rules
from comments.triage.assessment import Rescoring, Signal
from news.models import Page
from tests.make import make_article, make_comment, make_person
from tests.test_comments import TYPED, address_of, assert_still_typed, send, solved


def form_of(response) -> str:
    return re.search(r'<form class="form" id="tulis".*?</form>', unescape(response.content.decode()), re.DOTALL)[0]


def messages_of(response) -> str:
    """The messages above the returned form."""
    page = unescape(response.content.decode())
    return re.search(r'<div class="(?:errors|notice)" id="pemberitahuan".*?</div>', page, re.DOTALL)[0]


# ---- The same comment twice


@pytest.mark.django_db
def test_the_same_comment_sent_again_redirects_to_the_first_one(client):
    article, captcha = make_article(), solved()
    first = send(client, article, captcha=captcha)
    again = send(client, article, captcha=captcha)  # the earlier page, reached by the back button
    reloaded = send(client, article, komentar=TYPED["komentar"] + "\n\n ")
    assert again.status_code == reloaded.status_code == 303
    assert first["Location"] == again["Location"] == reloaded["Location"]
    assert Comment.objects.count() == 1


@pytest.mark.django_db
def test_the_same_comment_sent_again_past_the_limit_is_no_refusal(client, settings):
    settings.COMMENTS_PER_HOUR = 1
    article = make_article()
    assert send(client, article)["Location"] == send(client, article)["Location"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changes", [{"nama": "Budi"}, {"email": "lain@contoh.id"}, {"email": ""}, {"komentar": "Yang lain."}]
)
def test_another_person_on_the_same_network_never_gets_the_first_ones_link(client, changes):
    article = make_article()
    assert send(client, article)["Location"] != send(client, article, **changes)["Location"]
    assert Comment.objects.count() == 2


PUBLIC_ONCE = {
    "approved": lambda comments, moderator: comments.approve(moderator),
    "forwarded": lambda comments, moderator: comments.forward(moderator, "Diperiksa pekan ini."),
    "approved, then rejected": lambda comments, moderator: [
        comments.approve(moderator),
        comments.reject(moderator, Reason.RUDE),
    ],
    "approved by mistake": lambda comments, moderator: Comment.objects.undo(
        comments.approve(moderator)[0].batch, moderator
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", PUBLIC_ONCE)
@pytest.mark.parametrize("is_reply", [False, True])
def test_repeating_a_public_comment_never_returns_its_authors_link(client, kind, is_reply):
    """For example from the same IP address of a mobile network, if the first author gave no e-mail address."""
    article = make_article()
    typed = {"email": "", "balas": make_comment(article).pk if is_reply else ""}
    first = send(client, article, **typed)
    comment = Comment.objects.latest("pk")
    assert secret_links.own_url(comment) in first["Location"]
    PUBLIC_ONCE[kind](Comment.objects.filter(pk=comment.pk), make_person("Moderator"))
    without_captcha = send(client, article, captcha={}, **typed)
    assert without_captcha.status_code == 200
    assert secret_links.own_url(comment) not in without_captcha.content.decode()
    again = send(client, article, **typed)
    assert secret_links.own_url(comment) not in again["Location"]
    assert secret_links.own_url(Comment.objects.latest("pk")) in again["Location"]


@pytest.mark.django_db
def test_a_reply_sent_twice_is_stored_once(client):
    article = make_article()
    typed = {"balas": make_comment(article).pk, "captcha": solved()}
    assert send(client, article, **typed)["Location"] == send(client, article, **typed)["Location"]


@pytest.mark.django_db
def test_the_same_text_from_another_sender_place_or_time_is_a_separate_comment(client):
    article = make_article()
    send(client, article)
    send(client, make_article())
    send(client, article, headers={"X-Forwarded-For": "203.0.113.7"})
    Comment.objects.update(created_at=timezone.now() - timedelta(minutes=61))
    send(client, article)
    assert Comment.objects.count() == 4


@pytest.mark.django_db
def test_a_comment_deleted_by_its_author_can_be_sent_again(client):
    article = make_article()
    send(client, article)
    Comment.objects.all().erase()
    send(client, article)
    assert Comment.objects.exclude(text="").count() == 1


# ---- Replies


@pytest.mark.django_db
def test_the_form_for_a_reply_quotes_the_beginning_of_the_comment(client):
    article = make_article()
    comment = make_comment(article, name="<b>Budi</b>", text="<i>Mulai</i> " + "kata " * 100 + "akhir")
    response = client.get(f"{address_of(article)}?balas={comment.pk}")
    form = re.search(r'<form class="form" id="tulis".*?</form>', response.content.decode(), re.DOTALL)[0]
    assert "Balas komentar <bdi>&lt;b&gt;Budi&lt;/b&gt;</bdi>" in form
    assert f'name="balas" value="{comment.pk}"' in form
    quoted = re.search(r'<blockquote class="answered" dir="auto">(.*?)</blockquote>', form)[1]
    assert quoted.startswith("&lt;i&gt;Mulai&lt;/i&gt; kata")
    assert len(unescape(quoted)) == 200
    assert "Kirim balasan" in form
    assert 'name="captcha_0"' in form
    assert response.content.index(b'id="tulis"') < response.content.index(b'id="daftar"'), "the form comes first"


@pytest.mark.django_db
def test_a_reply_is_kept_with_the_comment_that_it_answers(client):
    article = make_article()
    comment = make_comment(article)
    assert send(client, article, balas=comment.pk).status_code == 303
    reply = Comment.objects.get(parent=comment)
    assert (reply.status, reply.name) == (Comment.Status.WAITING, "Siti Aminah")
    assert Comment.objects.visible().count() == 1


@pytest.mark.django_db
def test_a_reply_to_a_reply_names_whom_it_answers(client):
    article = make_article()
    comment = make_comment(article)
    reply = make_comment(article, parent=comment, name="Budi")
    assert "Balas komentar <bdi>Budi</bdi>" in form_of(client.get(f"{address_of(article)}?balas={reply.pk}"))
    send(client, article, balas=reply.pk)
    assert Comment.objects.latest("pk").parent == comment


@pytest.mark.django_db
def test_a_reply_to_a_reply_under_a_deleted_comment_is_kept(client):
    article = make_article()
    comment = make_comment(article)
    reply = make_comment(article, parent=comment)
    Comment.objects.filter(pk=comment.pk).erase()
    send(client, article, balas=reply.pk)
    assert Comment.objects.latest("pk").parent == comment


@pytest.mark.django_db
def test_the_same_text_under_another_comment_is_another_reply(client):
    article = make_article()
    for comment in (make_comment(article), make_comment(article)):
        assert send(client, article, balas=comment.pk).status_code == 303
        assert comment.replies.count() == 1


UNANSWERABLE = {
    "waiting": lambda article: make_comment(article, status=Comment.Status.WAITING).pk,
    "rejected": lambda article: make_comment(article, status=Comment.Status.REJECTED).pk,
    "under a rejected one": lambda article: (
        make_comment(article, parent=make_comment(article, status=Comment.Status.REJECTED), under_hidden=True).pk
    ),
    "taken back": lambda article: (
        make_comment(article, status=Comment.Status.DELETED, erased_at=timezone.now(), name="", text="").pk
    ),
    "of another article": lambda article: make_comment(make_article()).pk,
    "missing": lambda article: 999_999_999,
    "too large": lambda article: 10**30,
    "too long": lambda article: "9" * 5_000,
    "negative": lambda article: -1,
    "no number": lambda article: "1 OR 1=1",
}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", UNANSWERABLE)
def test_a_comment_that_cannot_be_answered_is_explained_and_the_text_becomes_a_new_comment(client, kind):
    article = make_article()
    pk = UNANSWERABLE[kind](article)
    before = Comment.objects.count()
    page = client.get(address_of(article), {"balas": pk})
    assert page.status_code == 200
    assert "sudah tidak ditampilkan" in form_of(page)
    captcha = solved()
    response = send(client, article, captcha=captcha, balas=pk)
    assert response.status_code == 200
    assert '<a href="#tulis-balas">Komentar yang ingin Anda balas sudah tidak ditampilkan.' in messages_of(response)
    assert_still_typed(response)
    assert 'name="balas"' not in form_of(response), "the next click sends a new comment"
    assert f'value="{captcha["captcha_1"]}"' in form_of(response), "the captcha stays unused"
    assert Comment.objects.count() == before
    assert send(client, article, captcha=captcha).status_code == 303
    assert Comment.objects.latest("pk").parent is None


@pytest.mark.django_db
def test_a_reply_whose_comment_is_hidden_at_the_same_moment_is_not_stored(client):
    """The form finds it valid, but it is hidden before the transaction locks it."""
    article = make_article()
    comment = make_comment(article)
    form = CommentForm(TYPED | {"balas": str(comment.pk)}, article=article)
    assert form.is_valid()
    comment.reject(None, "lain")
    assert not form.lock_parent()
    assert "balas" in form.errors


@pytest.mark.django_db
def test_a_mistake_in_a_reply_keeps_its_parent(client):
    article = make_article()
    comment = make_comment(article, name="Budi")
    response = send(client, article, nama="", balas=comment.pk)
    assert f'name="balas" value="{comment.pk}"' in form_of(response)
    assert "Balas komentar <bdi>Budi</bdi>" in form_of(response)


# ---- Limits


@pytest.fixture
def warnings_of_limits(caplog):
    caplog.set_level(logging.WARNING, logger="comments.limits")
    return caplog


@pytest.mark.django_db
def test_one_sender_has_a_limit_and_the_typed_text_is_kept(client, settings, warnings_of_limits):
    settings.COMMENTS_PER_HOUR = 2
    article = make_article()
    assert [send(client, article, komentar=text).status_code for text in ("satu", "dua")] == [303, 303]
    captcha = solved()
    for _ in range(3):
        response = send(client, article, captcha=captcha)
        assert response.status_code == 429
        assert "Dari jaringan Anda sudah banyak komentar masuk" in messages_of(response)
        assert_still_typed(response)
    assert CaptchaStore.objects.filter(hashkey=captcha["captcha_0"]).exists()
    neighbour = client.post(address_of(article), TYPED | solved(), headers={"X-Forwarded-For": "203.0.113.7"})
    assert neighbour.status_code == 303
    assert ["COMMENTS_PER_HOUR (2)" in message for message in warnings_of_limits.messages] == [True]


@pytest.mark.django_db
def test_beyond_the_limit_of_all_senders_comments_are_taken_and_read_last(client, settings, warnings_of_limits):
    settings.COMMENTS_PER_HOUR_TOTAL = 3
    article = make_article()
    senders = [{"X-Forwarded-For": f"203.0.113.{i}"} for i in range(5)]
    answers = [send(client, article, headers=headers) for headers in senders]
    assert [answer.status_code for answer in answers] == [303] * 5
    taken = Comment.objects.order_by("pk")
    assert [comment.ranked_last for comment in taken] == [False, False, False, True, True]
    assert [Signal.BUSY in comment.signals for comment in taken] == [False, False, False, True, True]
    assert not of_part("spam").exists(), "what came late is not rejected with what is taken for spam"
    assert ["COMMENTS_PER_HOUR_TOTAL (3)" in message for message in warnings_of_limits.messages] == [True]
    Rescoring().step()
    assert Comment.objects.filter(ranked_last=True).count() == 2


@pytest.mark.django_db
def test_only_far_beyond_the_limit_of_all_senders_comments_are_refused(
    client, settings, monkeypatch, warnings_of_limits
):
    settings.COMMENTS_PER_HOUR_TOTAL = 1
    monkeypatch.setattr("comments.limits.OVERLOAD", 3)
    article = make_article()
    senders = [{"X-Forwarded-For": f"203.0.113.{i}"} for i in range(5)]
    answers = [send(client, article, headers=headers) for headers in senders]
    assert [answer.status_code for answer in answers] == [303, 303, 303, 429, 429]
    assert "sangat banyak komentar masuk dari semua pembaca" in messages_of(answers[4])
    assert_still_typed(answers[4])
    Comment.objects.update(created_at=timezone.now() - timedelta(minutes=61))
    assert send(client, article).status_code == 303


@pytest.mark.django_db
def test_comments_of_a_clock_that_was_set_back_since_silence_nobody(client, settings):
    settings.COMMENTS_PER_HOUR = settings.COMMENTS_PER_HOUR_TOTAL = 1
    article = make_article()
    send(client, article)
    Comment.objects.update(created_at=timezone.now() + timedelta(hours=1))
    assert send(client, article, komentar="Satu lagi.").status_code == 303
    assert not Comment.objects.latest("pk").ranked_last


@pytest.mark.django_db
def test_a_limit_warns_again_after_a_minute(settings, warnings_of_limits, monkeypatch):
    settings.COMMENTS_PER_HOUR = 1
    make_comment(make_article(), sender_key="a")
    for moment in (1000, 1059, 1060):
        monkeypatch.setattr("time.monotonic", lambda moment=moment: moment)
        assert limits.reached("a") == limits.SENDER
    assert len(warnings_of_limits.messages) == 2


@pytest.mark.django_db
def test_the_limit_is_over_after_an_hour(client, settings):
    settings.COMMENTS_PER_HOUR = 1
    article = make_article()
    send(client, article)
    Comment.objects.update(created_at=timezone.now() - timedelta(minutes=61))
    assert send(client, article).status_code == 303


@pytest.mark.slow
@pytest.mark.django_db
def test_a_limit_of_zero_is_no_limit(client, settings):
    settings.COMMENTS_PER_HOUR = settings.COMMENTS_PER_HOUR_TOTAL = 0
    article = make_article()
    assert {send(client, article, komentar=f"nomor {i}").status_code for i in range(25)} == {303}


@pytest.mark.django_db
def test_the_limits_count_only_up_to_the_limit(settings):
    settings.COMMENTS_PER_HOUR, settings.COMMENTS_PER_HOUR_TOTAL = 2, 3
    with CaptureQueriesContext(connection) as captured:
        limits.reached("a")
    assert [re.search(r"LIMIT (\d)", query["sql"])[1] for query in captured] == ["2", "2", "3"]


# ---- Consent


@pytest.mark.django_db
def test_consent_is_kept_with_its_time_and_the_version_of_the_rules(client):
    article = make_article()
    Page.objects.update_or_create(slug="pedoman-komentar", defaults={"title": "Pedoman", "body": "<p>Satu.</p>"})
    send(client, article)
    Page.objects.filter(slug="pedoman-komentar").update(body="<p>Dua.</p>")
    send(client, article, komentar="Sesudah pedoman berubah.")
    first, second = Comment.objects.order_by("pk")
    assert (first.rules.text, second.rules.text) == ("<p>Satu.</p>", "<p>Dua.</p>")
    assert abs(timezone.now() - first.consent_at) < timedelta(minutes=1)
    assert Rules.objects.count() == 2


@pytest.mark.django_db
def test_consent_is_never_preselected_and_its_link_keeps_the_text(client):
    article = make_article()
    for page in (client.get(article.get_absolute_url()), client.get(address_of(article))):
        box = re.search(r'<input id="tulis-setuju"[^>]*>', page.content.decode())[0]
        assert "checked" not in box
        assert "required" in box
        assert '<a href="/pedoman-komentar" target="_blank" rel="noopener">' in form_of(page)


# ---- Another captcha, without JavaScript


@pytest.mark.django_db
def test_another_picture_shows_no_error_and_keeps_the_typed_text(client):
    article = make_article()
    comment = make_comment(article)
    captcha = solved()
    changes = {"nama": "", "setuju": "", "gambar_lain": "ya", "balas": comment.pk}
    response = send(client, article, captcha=captcha, **changes)
    form = form_of(response)
    assert response.status_code == 200
    assert "Gambar dan suara baru siap" in messages_of(response)
    assert 'aria-invalid="true"' not in form
    assert "errorlist" not in form
    assert captcha["captcha_0"] not in form
    assert f'name="balas" value="{comment.pk}"' in form
    assert_still_typed(response, nama="", setuju="")
    assert Comment.objects.count() == 1


# ---- Confirmation by e-mail


@pytest.mark.django_db
def test_confirmation_by_email_is_off_by_default(client):
    article = make_article()
    assert "tidak wajib, tidak ditampilkan" in form_of(client.get(article.get_absolute_url()))
    send(client, article)
    assert Comment.objects.get().status == Comment.Status.WAITING
    assert not Email.objects.exists()


@pytest.mark.django_db
def test_with_confirmation_an_email_asks_before_a_moderator_reads(client, settings):
    settings.COMMENTS_CONFIRM_EMAIL = settings.MAIL_IS_ON = True
    article = make_article()
    send(client, article)
    comment = Comment.objects.get()
    assert (comment.status, comment.due_at) == (Comment.Status.UNCONFIRMED, None)
    assert not Comment.objects.in_queue().exists()
    email = Email.objects.get()
    assert email.to == "siti@contoh.id"
    assert secret_links.confirmation_url(comment) in email.body
    send(client, article)
    assert Email.objects.count() == 1, "sent twice is one comment and one e-mail"


@pytest.mark.django_db
def test_with_confirmation_the_form_says_that_the_email_is_needed(client, settings):
    settings.COMMENTS_CONFIRM_EMAIL = True
    article = make_article()
    for address in (article.get_absolute_url(), address_of(article)):
        form = form_of(client.get(address))
        assert "wajib untuk konfirmasi, tidak ditampilkan" in form
        assert re.search(r'<input id="tulis-email"[^>]* required>', form)
    for email in ("", "siti@"):
        response = send(client, article, email=email)
        assert '<a href="#tulis-email">' in messages_of(response)
        assert "dikosongkan" not in messages_of(response)
        assert_still_typed(response, email=email)


def test_confirmation_without_a_mail_server_is_refused_at_the_start(tmp_path):
    """Otherwise every comment would wait for ever for an e-mail that is never sent."""
    command = [sys.executable, "manage.py", "check"]
    settings = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), "COMMENTS_CONFIRM_EMAIL": "on"}
    result = subprocess.run(command, env=settings, capture_output=True, text=True, timeout=60)
    assert result.returncode != 0
    assert "COMMENTS_CONFIRM_EMAIL memerlukan EMAIL_URL" in result.stderr


# ---- The complaint channel

COMPLAINT = "Jalan di Cipondoh rusak parah, sudah lama berlubang dan belum diperbaiki."


@pytest.mark.django_db
def test_a_complaint_is_offered_the_channel_once_and_the_second_click_sends_it(client):
    article, captcha = make_article(), solved()
    response = send(client, article, captcha=captcha, komentar=COMPLAINT)
    assert response.status_code == 200
    assert not Comment.objects.exists()
    offer, (name, address) = messages_of(response), settings.COMPLAINT_CHANNEL
    assert f'<a class="button" href="{address}" target="_blank" rel="noopener">Buka {name}</a>' in offer
    assert '<button class="button quiet" form="tulis">Tetap kirim sebagai komentar</button>' in offer
    assert_still_typed(response, komentar=COMPLAINT)
    form = form_of(response)
    assert f'name="captcha_1" value="{captcha["captcha_1"]}"' in form, "the captcha stays unused, with its answer"
    assert '<input type="hidden" name="tetap_kirim" value="ya">' in form
    assert 'aria-invalid="true"' not in form
    assert send(client, article, captcha=captcha, komentar=COMPLAINT, tetap_kirim="ya").status_code == 303
    assert Comment.objects.get().text == COMPLAINT


@pytest.mark.django_db
def test_the_channel_is_offered_together_with_other_errors_and_only_once(client):
    article = make_article()
    for changes, expected in [({"captcha": {}}, "Satu langkah lagi"), ({"nama": ""}, "Isi nama Anda.")]:
        response = send(client, article, komentar=COMPLAINT, **changes)
        assert expected in messages_of(response)
        assert settings.COMPLAINT_CHANNEL[0] in messages_of(response)
        assert 'name="tetap_kirim"' in form_of(response)
    response = send(client, article, komentar=COMPLAINT, nama="", tetap_kirim="ya")
    assert settings.COMPLAINT_CHANNEL[0] not in messages_of(response)
    assert 'name="tetap_kirim"' in form_of(response)


@pytest.mark.django_db
def test_an_ordinary_comment_is_offered_no_channel(client):
    assert send(client, make_article(), komentar="Terima kasih, jalannya sudah mulus.").status_code == 303


@pytest.mark.django_db
def test_a_city_without_a_complaint_channel_offers_none(client, settings):
    settings.COMPLAINT_CHANNEL = None
    assert send(client, make_article(), komentar=COMPLAINT).status_code == 303
