"""The secret links with which the author of a comment views, confirms, exports and deletes it."""

import json
import re
from base64 import urlsafe_b64decode
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html import unescape

import pytest
from django.conf import settings as configured
from django.core import signing
from django.db import connection
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from comments import privacy
from comments.mail import outbox, secret_links
from comments.models import Comment, Decision, Email, Office, Reason, Report, Rules
from news.models import MissingPath
from news.web import dates
from tests.make import make_article, make_captcha, make_comment

EMAIL = "siti@contoh.id"
EVIL = '<script>alert(1)</script> "><img src=x onerror=alert(1)> {{ 7|add:7 }}'
FOREIGN = [{"Origin": "https://jahat.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}]


def make_waiting(article=None, **fields):
    fields.setdefault("email", EMAIL)
    return make_comment(article or make_article(), status=Comment.Status.WAITING, **fields)


def make_unconfirmed(**fields):
    return make_comment(make_article(), status=Comment.Status.UNCONFIRMED, email=EMAIL, **fields)


def page_of(client, comment, status=200) -> str:
    response = client.get(secret_links.own_url(comment))
    assert response.status_code == status
    return unescape(response.content.decode())


def assert_is_secret(response):
    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Referrer-Policy"] == "no-referrer"
    assert not response.cookies


# ---- The state of a comment


@pytest.mark.django_db
def test_a_waiting_comment_says_what_happens_next_and_until_when(client):
    comment = make_waiting()
    response = client.get(secret_links.own_url(comment))
    page = unescape(response.content.decode())
    assert_is_secret(response)
    assert 'id="terkirim" tabindex="-1"' in page
    assert "Berikutnya, moderator membacanya dalam 2x24 jam" in page
    assert dates.date_and_time(comment.due_at) in page
    assert comment.text in page
    assert f'value="{configured.SITE_URL}{secret_links.own_url(comment)}" readonly' in page


@pytest.mark.django_db
def test_an_overdue_decision_is_excused_without_a_new_promise(client):
    comment = make_waiting(due_at=timezone.now() - timedelta(hours=1))
    page = page_of(client, comment)
    assert "Maaf, kami terlambat" in page
    assert "2x24 jam" not in page


@pytest.mark.django_db
def test_a_public_comment_links_to_where_readers_see_it(client):
    comment = make_comment(make_article())
    page = page_of(client, comment)
    assert "Komentar Anda tampil" in page
    assert f'href="/komentar/{comment.pk}#komentar-{comment.pk}"' in page
    assert client.get(f"/komentar/{comment.pk}").status_code == 200


@pytest.mark.django_db
def test_a_reported_comment_stays_shown_until_it_is_decided_about(client, moderator):
    comment = make_comment(make_article())
    comment.report(Reason.RUDE)
    assert "Seorang pembaca melaporkannya" in page_of(client, comment)
    comment.approve(by=moderator)
    page = page_of(client, comment)
    assert "Komentar Anda tampil" in page
    assert "melaporkannya" not in page


@pytest.mark.django_db
def test_a_rejected_comment_says_why_in_the_moderators_words_but_not_who(client, moderator):
    comment = make_waiting()
    comment.reject(by=moderator, reason=Reason.PRIVACY, note="Ada nomor telepon <b>tetangga</b>.")
    raw = client.get(secret_links.own_url(comment)).content.decode()
    assert "Komentar Anda tidak ditampilkan" in raw
    assert Reason.PRIVACY.label in raw
    assert escape("Ada nomor telepon <b>tetangga</b>.") in raw
    assert moderator.username not in raw


@pytest.mark.django_db
def test_the_note_of_an_undone_or_replaced_decision_is_not_shown(client, moderator):
    comment = make_waiting()
    rejected = Comment.objects.filter(pk=comment.pk).reject(moderator, Reason.RUDE, note="Keliru saya.")
    Comment.objects.undo(rejected[0].batch, moderator)
    page = page_of(client, comment)
    assert "Terima kasih, komentar Anda sudah kami terima" in page
    assert "Keliru saya." not in page
    comment.reject(by=moderator, reason=Reason.RUDE, note="Tadi begitu.")
    comment.approve(by=moderator)
    assert "Tadi begitu." not in page_of(client, comment)


@pytest.mark.django_db
def test_a_forwarded_and_answered_comment_links_to_the_answer(client, moderator):
    office = Office.objects.create(name="Dinas Lingkungan Hidup")
    comment = make_waiting()
    Comment.objects.filter(pk=comment.pk).forward(moderator, "Diperiksa pekan ini.", office)
    answer = make_comment(comment.article, parent=comment, office=office, name=office.name, text="Sudah diangkut.")
    page = page_of(client, comment)
    assert "Diteruskan kepada Dinas Lingkungan Hidup" in page
    assert "Diperiksa pekan ini." in page
    assert f'Dinas Lingkungan Hidup sudah memberi jawaban resmi: <a href="/komentar/{answer.pk}">' in page


@pytest.mark.django_db
def test_a_comment_hidden_for_another_reason_says_which(client, moderator):
    parent = make_comment(make_article())
    reply = make_comment(parent.article, parent=parent)
    parent.reject(by=moderator, reason=Reason.RUDE)
    assert "Komentar yang Anda balas tidak ditampilkan" in page_of(client, reply)
    comment = make_comment(make_article())
    comment.article.withdraw("Keliru.")
    assert "Berita ini sudah tidak ditayangkan" in page_of(client, comment)


@pytest.mark.django_db
def test_text_on_the_authors_page_is_never_html(client, moderator):
    comment = make_waiting(make_article(title=f"Judul {EVIL}"), name=EVIL[:60], text=EVIL)
    comment.reject(by=moderator, reason=Reason.OTHER, note=EVIL)
    for address in (secret_links.own_url(comment), secret_links.data_url(EMAIL)):
        raw = client.get(address).content.decode()
        assert "<script>alert" not in raw
        assert "<img src=x" not in raw
        assert "&lt;script&gt;alert" in raw


# ---- Deletion


@pytest.mark.django_db
def test_viewing_the_page_deletes_nothing(client):
    comment = make_waiting()
    client.get(secret_links.own_url(comment))
    client.head(secret_links.own_url(comment))
    for method in ("put", "delete", "patch"):
        assert getattr(client, method)(secret_links.own_url(comment)).status_code == 405
    comment.refresh_from_db()
    assert comment.erased_at is None


@pytest.mark.django_db
def test_a_comment_deleted_by_its_author_leaves_a_trace_without_its_text(client):
    comment = make_comment(make_article(), email=EMAIL, sender_key="a" * 64, bands=[1, 2])
    comment.report(Reason.RUDE, note="Siti lagi", sender_key="b" * 64)
    for _ in range(2):  # a second click
        response = client.post(secret_links.own_url(comment))
        assert response.status_code == 303
        assert response["Location"] == f"{secret_links.own_url(comment)}#terkirim"
        assert_is_secret(response)
    row = Comment.objects.values().get()
    assert (row["status"], row["name"], row["text"], row["email"]) == (Comment.Status.DELETED, "", "", "")
    assert (row["sender_key"], row["bands"], row["due_at"]) == ("", [], None)
    assert Report.objects.values_list("note", "sender_key").get() == ("", "")
    assert [each.verb for each in Decision.objects.all()] == [Decision.Verb.DELETE]
    page = page_of(client, comment)
    assert "Komentar Anda sudah dihapus" in page
    assert "Ya, hapus sekarang" not in page
    assert "Warga Karawaci" not in page
    assert client.get(f"/komentar/{comment.pk}").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("status", [Comment.Status.UNCONFIRMED, Comment.Status.REJECTED, Comment.Status.APPROVED])
def test_a_comment_can_be_deleted_in_every_state_and_under_a_withdrawn_article(client, status):
    comment = make_comment(make_article(), status=status)
    comment.article.withdraw("Keliru.")
    assert client.post(secret_links.own_url(comment)).status_code == 303
    assert "Komentar Anda sudah dihapus" in page_of(client, comment)


@pytest.mark.django_db
@pytest.mark.parametrize("headers", FOREIGN)
def test_another_sites_page_cannot_delete_a_comment(client, headers):
    comment = make_unconfirmed()
    for address in (
        secret_links.own_url(comment),
        secret_links.data_url(EMAIL),
        secret_links.confirmation_url(comment),
    ):
        response = client.post(address, headers=headers)
        assert response.status_code == 403
        assert_is_secret(response)
    assert client.post("/komentar/data-saya", {"email": EMAIL}, headers=headers).status_code == 403
    comment.refresh_from_db()
    assert comment.status == Comment.Status.UNCONFIRMED


@pytest.mark.django_db
def test_our_own_page_is_accepted_although_it_sends_origin_null(client):
    """Under the no-referrer policy browsers send Origin: null, and over http no Sec-Fetch-Site."""
    comment = make_waiting()
    assert client.post(secret_links.own_url(comment), headers={"Origin": "null"}).status_code == 303
    other = {"Origin": "null", "Sec-Fetch-Site": "cross-site"}
    assert client.post(secret_links.own_url(comment), headers=other).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_a_comment_deleted_many_times_simultaneously_is_deleted_once():
    comment = make_comment(make_article(), email=EMAIL)
    addresses = [secret_links.own_url(comment), secret_links.data_url(EMAIL)] * 5

    def post(address):
        try:
            return Client().post(address).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        assert set(pool.map(post, addresses)) <= {303, 200}, "200 says that nothing is left"
    assert Decision.objects.count() == 1
    assert Comment.objects.get().erased_at


# ---- Wrong links


@pytest.mark.django_db
def test_a_guessed_link_opens_nothing_and_gets_a_kind_page(client):
    comment = make_waiting()
    token = secret_links.token(comment)
    number, proof = token.split("-")
    last = "0" if proof[-1] != "0" else "1"
    guesses = [
        f"{number}-{proof[:-1]}{last}",
        f"{number}-{'0' * 32}",
        f"{int(number) + 1}-{proof}",
        f"0{token}",
        token.upper() if token != token.upper() else f"{token}x",
        f"{token}-",
        number,
        "9" * 60,
        "x",
        "%00",
        "%E2%80%AE",
        "１-" + proof,
    ]
    for guess in guesses:
        for tail in ("", "/data.json", "/konfirmasi"):
            response = client.get(f"/komentar/saya/{guess}{tail}")
            assert response.status_code in (400, 404), guess
            assert comment.text not in response.content.decode()
        assert client.post(f"/komentar/saya/{guess}").status_code in (400, 404)
    wrong = client.get(f"/komentar/saya/{guesses[0]}")
    assert "Tautan ini tidak membuka apa pun" in wrong.content.decode()
    assert_is_secret(wrong)
    assert Comment.objects.filter(erased_at=None).count() == 1


@pytest.mark.django_db
def test_the_link_to_a_comment_is_invalid_under_another_secret_key(client, settings):
    comment = make_waiting()
    address = secret_links.own_url(comment)
    settings.SECRET_KEY = "x" * 64
    assert client.get(address).status_code == 404


# ---- Export of all stored data


@pytest.mark.django_db
def test_the_export_contains_all_that_is_stored_but_no_moderators_name(client, moderator):
    comment = make_waiting(sender_key="a" * 64, rules=Rules.objects.current())
    comment.reject(by=moderator, reason=Reason.RUDE, note="Tolong lebih halus.")
    response = client.get(f"{secret_links.own_url(comment)}/data.json")
    assert_is_secret(response)
    assert response["Content-Type"] == "application/json"
    assert response["Content-Disposition"] == f'attachment; filename="komentar-{comment.pk}.json"'
    (stored,) = json.loads(response.content)["komentar"]
    assert (stored["nama"], stored["email"], stored["isi"]) == (comment.name, EMAIL, comment.text)
    assert stored["persetujuan_pedoman"]["nomor_versi"] == comment.rules_id
    assert stored["persetujuan_pedoman"]["diberikan"] == dates.iso(comment.consent_at)
    assert (stored["keadaan"], stored["alasan"]) == ("Ditolak", "Kasar atau menghina")
    assert stored["keputusan"][0]["catatan"] == "Tolong lebih halus."
    assert stored["jumlah_laporan_pembaca"] == 0
    assert moderator.username not in response.content.decode()
    assert "\n  " in response.content.decode(), "people read it"


# ---- By e-mail address


@pytest.fixture
def mail(settings):
    settings.MAIL_IS_ON = True


def ask(client, address=EMAIL, **changes):
    row = make_captcha()
    return client.post(
        "/komentar/data-saya", {"email": address, "captcha_0": row.hashkey, "captcha_1": row.response} | changes
    )


def link_in(email) -> str:
    (line,) = [line for line in email.body.splitlines() if line.startswith(configured.SITE_URL)]
    return line.removeprefix(configured.SITE_URL)


@pytest.mark.django_db
def test_the_response_to_a_request_for_data_never_reveals_whether_there_is_any(client, mail):
    make_comment(make_article(), email=EMAIL)
    known, unknown = ask(client), ask(client, "tidak-ada@contoh.id")
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert known["Location"] == "/komentar/data-saya/terkirim#terkirim"
    assert "paling banyak satu surat setiap 10 menit" in client.get("/komentar/data-saya/terkirim").content.decode()
    assert [email.to for email in Email.objects.all()] == [EMAIL]


@pytest.mark.django_db
def test_an_email_links_to_all_comments_of_its_address_and_to_no_other(client, mail):
    mine = [make_comment(make_article(), email=EMAIL, text=f"milik saya {i}.") for i in range(25)]
    make_comment(make_article(), email="budi@contoh.id", text="milik Budi")
    ask(client, "  SITI@Contoh.id ")
    address = link_in(Email.objects.get())
    response = client.get(address)
    assert_is_secret(response)
    first = response.content.decode()
    assert first.count('<article class="comment">') == 20
    assert secret_links.own_url(mine[-1]) in first
    assert "milik Budi" not in first
    older = client.get(address + unescape(first.rpartition('rel="next" href="')[2].partition('"')[0]))
    assert older.content.decode().count('<article class="comment">') == 5
    assert client.get(f"{address}?sebelum=x").status_code == 400
    export = client.get(f"{address}/data.json")
    assert len(json.loads(export.content)["komentar"]) == 25
    assert_is_secret(export)


@pytest.mark.django_db
def test_all_comments_of_an_address_are_deleted_at_once(client, mail):
    for _ in range(3):
        make_comment(make_article(), email=EMAIL)
    others = [make_comment(make_article(), email=email) for email in ("budi@contoh.id", "")]
    ask(client)
    other_email = Email.objects.create(to=EMAIL, subject="Antrean komentar", body="", kind="digest")
    address = secret_links.data_url(EMAIL)
    assert client.post(address)["Location"] == f"{address}#terkirim"
    for response in (client.post(address), client.get(address), client.get(f"{address}/data.json")):  # a second click
        assert response.status_code == 200
        assert "Data di balik tautan ini sudah dihapus" in response.content.decode()
        assert_is_secret(response)
    assert list(Comment.objects.filter(erased_at=None).order_by("pk")) == others
    assert list(Email.objects.all()) == [other_email], "of somebody who works in the newsroom, too"


@pytest.mark.django_db
@pytest.mark.parametrize("taken_back", [0, 2])
def test_a_link_to_data_still_works_after_one_of_the_comments_is_deleted(client, taken_back):
    mine = [make_comment(make_article(), email=EMAIL, text=f"milik saya {i}.") for i in range(3)]
    address = secret_links.data_url(EMAIL)
    client.post(secret_links.own_url(mine[taken_back]))
    page = client.get(address).content.decode()
    assert page.count('<article class="comment">') == 2
    assert "milik saya 1." in page


@pytest.mark.django_db
def test_deleting_more_comments_than_one_batch_leaves_the_link_valid(client, monkeypatch):
    monkeypatch.setattr(privacy, "ERASED_AT_MOST", 2)
    for _ in range(5):
        make_comment(make_article(), email=EMAIL)
    address = secret_links.data_url(EMAIL)
    for left in (3, 1, 0):
        client.post(address)
        assert Comment.objects.filter(erased_at=None).count() == left


@pytest.mark.django_db
def test_links_do_not_contain_the_email_address():
    """Signing does not encrypt: anyone can read the signed value."""
    comment = make_comment(make_article(), email=EMAIL)
    for link in (secret_links.data_url(EMAIL), secret_links.own_url(comment), secret_links.confirmation_url(comment)):
        for part in re.split("[/~]", link):
            readable = part.encode() + urlsafe_b64decode(part[: len(part) // 4 * 4])
            assert not re.search(b"siti|contoh", readable)


@pytest.mark.django_db
def test_an_old_link_that_contains_the_email_address_is_refused_kindly(client):
    make_comment(make_article(), email=EMAIL)
    signed = signing.TimestampSigner(salt="comments.links.data", sep="~").sign_object(EMAIL)
    response = client.get(f"/komentar/data-saya/{signed}")
    assert response.status_code == 410
    assert "Minta tautan baru" in response.content.decode()


@pytest.mark.django_db
def test_an_address_gets_one_email_in_ten_minutes(client, mail):
    make_comment(make_article(), email=EMAIL)
    for _ in range(3):
        assert ask(client).status_code == 303
    assert Email.objects.count() == 1
    Email.objects.update(created_at=timezone.now() - timedelta(minutes=11))
    ask(client)
    assert Email.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["\u212aiki@contoh.id", "k\u0131k\u0131@contoh.id", "kiki@contoh.ıd"])
def test_a_lookalike_address_does_not_get_the_link_of_another(client, mail, address):
    """Lower-casing turns the Kelvin sign into k, upper-casing turns the dotless i into I."""
    make_comment(make_article(), email="kiki@contoh.id")
    ask(client, address)
    assert {email.to for email in Email.objects.all()} <= {"kiki@contoh.id"}


@pytest.mark.django_db
def test_a_link_to_data_cannot_be_forged(client):
    comment = make_comment(make_article(), email=EMAIL)
    payload, moment, proof = secret_links.data_url(EMAIL).rpartition("/")[2].split("~")
    make_comment(make_article(), email="budi@contoh.id")
    other = secret_links.data_url("budi@contoh.id").rpartition("/")[2].split("~")[0]
    forged = [f"{other}~{moment}~{proof}", f"{payload}~zzzzzz~{proof}", f"{payload}~{moment}~{'A' * 43}", "a~b", "~~~"]
    forged += [signing.TimestampSigner(salt="lain", sep="~").sign_object(EMAIL), f"{secret_links.token(comment)}~x"]
    for each in forged:
        for response in (
            client.get(f"/komentar/data-saya/{each}"),
            client.get(f"/komentar/data-saya/{each}/data.json"),
            client.post(f"/komentar/data-saya/{each}"),
        ):
            assert response.status_code == 410, each
            assert comment.text not in response.content.decode()
            assert_is_secret(response)
    comment.refresh_from_db()
    assert comment.erased_at is None


@pytest.mark.django_db
def test_a_link_to_data_expires_after_a_day(client, monkeypatch):
    comment = make_comment(make_article(), email=EMAIL)
    address = secret_links.data_url(EMAIL)
    assert timedelta(hours=24) == secret_links.DATA_LINK_LIVES
    monkeypatch.setattr(secret_links, "DATA_LINK_LIVES", timedelta(seconds=-1))
    for response in (client.get(address), client.get(f"{address}/data.json"), client.post(address)):
        assert response.status_code == 410
        assert "Tautan ini tidak berlaku lagi" in response.content.decode()
    comment.refresh_from_db()
    assert comment.erased_at is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"email": ""}, "Isi alamat email yang Anda pakai"),
        ({"email": "siti@"}, "Alamat email ini belum lengkap."),
        ({"email": f"{'a' * 200_000}@contoh.id"}, "Alamat email"),
        ({"captcha_1": "xxxxx"}, "belum cocok"),
    ],
)
def test_a_mistake_in_the_request_for_data_is_explained_and_nothing_typed_is_lost(client, mail, changes, message):
    make_comment(make_article(), email=EMAIL)
    page = unescape(ask(client, **changes).content.decode())
    assert message in page
    assert f'value="{changes.get("email", EMAIL)}"' in page
    assert not Email.objects.exists()


@pytest.mark.django_db
def test_without_mail_the_page_says_whom_to_write_to(client, settings):
    settings.MAIL_IS_ON = False
    make_comment(make_article(), email=EMAIL)
    page = client.get("/komentar/data-saya").content.decode()
    assert "belum dapat mengirim surat" in page
    assert configured.CONTACT_EMAIL in page
    assert "<form method=" not in page
    assert ask(client).status_code == 200
    assert not Email.objects.exists()


# ---- Confirmation by e-mail


@pytest.mark.django_db
def test_only_the_link_in_the_email_confirms_and_only_by_pressing_the_button(client, mail):
    comment = make_unconfirmed(spam_probability=0.4, ranked_last=True)
    page = page_of(client, comment)
    assert "Tinggal satu langkah" in page
    secret_links.ask_confirmation(comment)
    email = Email.objects.get()
    assert email.to == EMAIL
    assert comment.text not in email.body, "or anybody could have words of theirs sent to others"
    assert comment.name not in email.body
    address = link_in(email)
    assert address not in page
    assert client.post(f"{secret_links.own_url(comment)}/konfirmasi").status_code == 404, (
        "the author's browser knows that one"
    )
    asked = client.get(address)
    assert "Ya, ini komentar saya" in asked.content.decode()
    assert_is_secret(asked)
    assert Comment.objects.unconfirmed().count() == 1, "programs that check e-mails follow links"
    before = timezone.now()
    response = client.post(address)
    assert response["Location"] == f"{secret_links.own_url(comment)}#terkirim"
    comment.refresh_from_db()
    assert comment.status == Comment.Status.WAITING
    assert before + timedelta(hours=47) < comment.due_at < timezone.now() + timedelta(hours=49)
    assert (comment.spam_probability, comment.ranked_last) == (0.4, True)


@pytest.mark.django_db
def test_the_confirmation_link_used_again_changes_nothing(client, mail, moderator):
    comment = make_unconfirmed()
    address = secret_links.confirmation_url(comment)
    client.post(address)
    comment.reject(by=moderator, reason=Reason.RUDE)
    for response in (client.post(address), client.get(address)):
        assert response.status_code == 303
    comment.refresh_from_db()
    assert comment.status == Comment.Status.REJECTED
    client.post(secret_links.own_url(comment))
    assert client.post(address).status_code == 404


@pytest.mark.django_db
def test_comments_cannot_flood_another_persons_mailbox(mail):
    for _ in range(8):
        secret_links.ask_confirmation(make_unconfirmed())
    assert Email.objects.filter(to=EMAIL).count() == 5


def written_to(address=EMAIL) -> int:
    return Email.objects.filter(to=address).count()


def make_emails_older(**time):
    for email in Email.objects.all():
        Email.objects.filter(pk=email.pk).update(created_at=email.created_at - timedelta(**time))


@pytest.mark.django_db
def test_the_page_says_when_the_email_was_sent(client, mail):
    comment = make_unconfirmed()
    secret_links.ask_confirmation(comment)
    assert f"Sebuah surat untuk {EMAIL} segera dikirim" in page_of(client, comment)
    outbox.send_due()
    page = page_of(client, comment)
    assert f"Sebuah surat untuk {EMAIL} dikirim pada" in page
    assert dates.date_and_time(Email.objects.get().sent_at) in page


@pytest.mark.django_db
def test_the_page_says_that_the_mail_server_refused_the_address(client, mail):
    comment = make_unconfirmed()
    secret_links.ask_confirmation(comment)
    Email.objects.update(refused_at=timezone.now())
    assert "ditolak" not in page_of(client, comment), "for the time being only"
    Email.objects.update(next_try_at=None)
    page = page_of(client, comment)
    assert f"ditolak server email untuk alamat {EMAIL}" in page
    assert "Sebuah surat" not in page


@pytest.mark.django_db
def test_an_email_held_back_by_the_limit_is_explained_and_can_be_sent_an_hour_later(client, mail):
    comments = [make_unconfirmed() for _ in range(6)]
    for comment in comments:
        secret_links.ask_confirmation(comment)
    assert "Sebuah surat" in page_of(client, comments[4])
    for _ in range(2):
        page = page_of(client, comments[5])
        assert "Surat konfirmasi belum dikirim" in page
        assert "Sebuah surat" not in page
        assert "Kirim surat konfirmasi</button>" in page
        client.post(f"{secret_links.own_url(comments[5])}/surat")
        assert written_to() == 5
    make_emails_older(minutes=61)
    response = client.post(f"{secret_links.own_url(comments[5])}/surat")
    assert response["Location"] == f"{secret_links.own_url(comments[5])}#terkirim"
    assert_is_secret(response)
    assert secret_links.confirmation_url(comments[5]) in Email.objects.latest("pk").body
    assert "Sebuah surat" in page_of(client, comments[5])


@pytest.mark.django_db
def test_a_lost_email_can_be_sent_again_a_few_times(client, mail):
    comment = make_unconfirmed()
    secret_links.ask_confirmation(comment)
    again = f"{secret_links.own_url(comment)}/surat"
    assert f'<form method="post" action="{again}">' in page_of(client, comment)
    for expected in (2, 3, 3):
        make_emails_older(minutes=2)
        for _ in range(2):  # a second click
            client.post(again)
        assert written_to() == expected
    page = page_of(client, comment)
    assert "Kirim surat" not in page
    assert f"Untuk satu komentar kami kirim paling banyak {secret_links.EMAILS_OF_A_COMMENT} surat" in page
    assert written_to() == len(secret_links.confirmation_emails(comment))


@pytest.mark.django_db
def test_emails_are_counted_per_comment(mail):
    comments = [make_unconfirmed(pk=pk) for pk in (1_234, 12_345)]
    secret_links.ask_confirmation(comments[1])
    assert [len(secret_links.confirmation_emails(comment)) for comment in comments] == [0, 1]


@pytest.mark.django_db
def test_no_email_is_sent_by_get_for_a_confirmed_comment_or_by_a_wrong_link(client, mail):
    unconfirmed, waiting = make_unconfirmed(), make_waiting()
    assert client.get(f"{secret_links.own_url(unconfirmed)}/surat").status_code == 303
    assert client.post(f"{secret_links.own_url(waiting)}/surat").status_code == 303
    assert client.post(f"{secret_links.own_url(waiting)[:-1]}/surat").status_code == 404
    for headers in FOREIGN:
        assert client.post(f"{secret_links.own_url(unconfirmed)}/surat", headers=headers).status_code == 403
    assert "Kirim surat" not in page_of(client, waiting)
    assert not Email.objects.exists()
    unconfirmed.refresh_from_db()
    assert unconfirmed.status == Comment.Status.UNCONFIRMED


@pytest.mark.django_db
@pytest.mark.parametrize("tail", ["/", "/konfirmasi/", "/data.json/", "/lain"])
def test_addresses_similar_to_secret_ones_are_neither_cached_nor_recorded(client, tail):
    comment = make_comment(make_article())
    for address in (f"{secret_links.own_url(comment)}{tail}", "/komentar/data-saya/terpotong"):
        response = client.get(address, headers={"Referer": "https://lain.example/"})
        assert response.status_code == 404
        assert response["Cache-Control"] == "no-store"
        assert response["Referrer-Policy"] == "no-referrer"
    assert not MissingPath.objects.exists()
