"""Readers' reports of comments, from the link to the queue."""

import re
from concurrent.futures import ThreadPoolExecutor
from html import unescape

import pytest
from captcha.models import CaptchaStore
from django.db import connection
from django.test import Client
from django.utils import timezone

from comments.forms import ReportForm
from comments.models import NOTE_MAX_CHARS, Comment, Office, Reason, Report
from tests.make import make_article, make_captcha, make_comment

NOTE = "Nomor telepon tetangga saya disebut di sini."


def address_of(comment):
    return f"/komentar/{comment.pk}/laporkan"


def solved():
    row = make_captcha()
    return {"captcha_0": row.hashkey, "captcha_1": row.response}


def send(client, comment, headers=None, **changes):
    data = {"alasan": Reason.PRIVACY.value, "keterangan": NOTE, **solved(), **changes}
    return client.post(address_of(comment), data, headers=headers)


@pytest.fixture
def comment(db):
    return make_comment(make_article())


def test_a_report_puts_a_public_comment_into_the_queue_and_leaves_it_public(client, comment):
    before = timezone.now()
    response = send(client, comment)
    assert response.status_code == 303
    assert response["Cache-Control"] == "no-store"
    assert not response.cookies
    report = Report.objects.get()
    assert (report.comment, report.reason, report.note) == (comment, Reason.PRIVACY, NOTE)
    assert len(report.sender_key) == 64
    assert Comment.objects.in_queue().get() == comment
    assert Comment.objects.visible().get() == comment
    comment.refresh_from_db()
    assert (comment.due_at - before).total_seconds() == pytest.approx(48 * 3600, abs=60)
    thanks = client.get(response["Location"]).content.decode()
    assert "2x24 jam" in thanks
    assert "masih terlihat" in thanks
    assert 'id="terkirim" tabindex="-1"' in thanks


def test_readers_can_choose_every_reason_that_moderators_have():
    assert [reason for reason, _ in ReportForm.REASONS] == list(Reason)


def test_the_form_quotes_the_comment_and_is_never_cached(client, comment):
    response = client.get(address_of(comment))
    page = response.content.decode()
    assert comment.text in page
    assert page.count('type="radio"') == len(Reason)
    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert not response.cookies


def test_official_answers_can_be_reported_too(client, comment):
    office = Office.objects.create(name="Dinas Perhubungan")
    answer = make_comment(comment.article, parent=comment, office=office, name=office.name)
    assert send(client, answer).status_code == 303
    assert Comment.objects.in_queue().get() == answer


@pytest.mark.django_db
def test_only_comments_that_readers_see_can_be_reported(client):
    article = make_article()
    unseen = [make_comment(article, status=status) for status in (Comment.Status.WAITING, Comment.Status.REJECTED)]
    unseen.append(make_comment(article, under_hidden=True))
    gone = make_comment(article)
    Comment.objects.filter(pk=gone.pk).erase()
    withdrawn = make_comment(make_article())
    withdrawn.article.withdraw("Keliru.")
    for each in [*unseen, gone, withdrawn]:
        for response in (client.get(address_of(each)), send(client, each)):
            assert response.status_code == 404
            assert "tidak terlihat lagi" in response.content.decode()
            assert each.text[:20] not in response.content.decode() or not each.text
    for number in ("0", "9" * 18, "9" * 19, "-1", "x"):
        assert client.get(f"/komentar/{number}/laporkan").status_code == 404
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"alasan": ""}, "Pilih salah satu alasan."),
        ({"alasan": "karangan"}, "Pilih salah satu alasan yang tersedia."),
        ({"keterangan": "a" * (NOTE_MAX_CHARS + 1)}, "paling panjang 500 karakter; keterangan Anda 501"),
        ({"keterangan": "Aduh " * 40_000}, "paling panjang 500 karakter"),
    ],
)
def test_a_mistake_is_explained_and_neither_text_nor_captcha_is_lost(client, comment, changes, message):
    captcha = solved()
    page = unescape(send(client, comment, **captcha, **changes).content.decode())
    summary = re.search(r'<div class="errors" id="pemberitahuan" role="alert".*?</div>', page, re.DOTALL)[0]
    (field,) = changes
    assert message in summary
    assert f'href="#tulis-{field}"' in summary
    assert re.search(rf'id="tulis-{field}-salah">[^<]*{re.escape(message)}', page)
    assert changes.get("keterangan", NOTE) in page
    assert (' value="data_pribadi" required checked' in page) == ("alasan" not in changes)
    assert f'name="captcha_1" value="{captcha["captcha_1"]}"' in page
    assert not Report.objects.exists()


def test_a_wrong_captcha_brings_a_new_one_and_keeps_the_report(client, comment):
    captcha = solved() | {"captcha_1": "xxxxx"}
    page = unescape(send(client, comment, **captcha).content.decode())
    assert "belum cocok" in page
    assert NOTE in page
    assert captcha["captcha_0"] not in page
    assert not Report.objects.exists()


def test_another_picture_can_be_requested_without_javascript_and_without_validation(client, comment):
    captcha = solved()
    page = unescape(send(client, comment, gambar_lain="ya", alasan="", **captcha).content.decode())
    assert "Gambar dan suara baru siap" in page
    assert "Pilih salah satu" not in page
    assert NOTE in page
    assert captcha["captcha_0"] not in page
    part = client.get(f"{address_of(comment)}/captcha").content.decode()
    assert "<html" not in part
    assert CaptchaStore.objects.filter(hashkey=re.search(r'value="([0-9a-f]{40})"', part)[1]).exists()


@pytest.mark.parametrize("headers", [{"Origin": "https://jahat.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_another_sites_page_cannot_report(client, comment, headers):
    response = send(client, comment, headers=headers)
    assert response.status_code == 403
    assert "halaman situs lain" in response.content.decode()
    assert not Report.objects.exists()


def test_what_readers_and_reporters_write_is_never_html(client, comment):
    evil = '</textarea><script>alert(1)</script>"><b>'
    Comment.objects.update(name="<b>Budi</b>", text=evil)
    page = send(client, comment, keterangan=evil, alasan=evil).content.decode()
    assert "<script>alert" not in page
    assert "<b>Budi" not in page


def test_a_repeated_report_says_that_the_comment_is_being_checked(client, comment, django_user_model):
    send(client, comment)
    again = send(client, comment)
    assert again.status_code == 200
    assert "sedang diperiksa moderator" in again.content.decode()
    assert Report.objects.count() == 1
    comment.approve(by=django_user_model.objects.create(username="moderator"))
    assert send(client, comment).status_code == 303, "decided about: a new report is a new matter"


def test_another_readers_report_keeps_the_deadline_of_the_first(client, comment):
    send(client, comment)
    due_at = Comment.objects.get().due_at
    Report.objects.update(sender_key="f" * 64)
    assert send(client, comment).status_code == 303
    assert Comment.objects.get().due_at == due_at
    assert Report.objects.count() == 2


def test_reports_and_comments_of_a_sender_share_a_limit(client, comment, settings):
    settings.COMMENTS_PER_HOUR = 3
    send(client, comment)
    key = Report.objects.get().sender_key
    for _ in range(2):
        make_comment(comment.article, sender_key=key)
    refused = send(client, make_comment(comment.article))
    assert refused.status_code == 429
    assert "silakan kirim lagi nanti" in refused.content.decode()
    assert NOTE in refused.content.decode()
    assert Report.objects.count() == 1


def test_a_flood_of_comments_does_not_block_reports(client, comment, settings):
    settings.COMMENTS_PER_HOUR_TOTAL = 1
    assert send(client, comment).status_code == 303


@pytest.mark.django_db(transaction=True)
def test_simultaneous_reports_do_not_exceed_the_limit(settings):
    settings.COMMENTS_PER_HOUR = 4
    article = make_article()
    comments = [make_comment(article) for _ in range(6)]
    posts = [(comments[i % 6], solved()) for i in range(18)]

    def post(number):
        comment, captcha = posts[number]
        try:
            return send(Client(), comment, **captcha).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(9) as pool:
        answers = list(pool.map(post, range(18)))
    assert set(answers) <= {200, 303, 429}
    assert answers.count(303) == Report.objects.count() == 4
    assert Report.objects.values("comment").distinct().count() == 4


@pytest.mark.django_db(transaction=True)
def test_one_captcha_is_good_for_one_report(settings):
    settings.COMMENTS_PER_HOUR = 0
    article = make_article()
    comments = [make_comment(article) for _ in range(8)]
    captcha = solved()

    def post(comment):
        try:
            return send(Client(), comment, **captcha).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(post, comments)).count(303) == 1
    assert Report.objects.count() == 1
