"""Comments from the form to the page."""

import re
from datetime import timedelta
from html import unescape

import pytest
from captcha.models import CaptchaStore
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments.forms import TRAP
from comments.mail import secret_links
from comments.models import Comment
from comments.triage.assessment import Signal
from news.models import Article
from news.web import dates
from tests.make import in_the_city, make_article, make_comment

TYPED = {
    "nama": "Siti Aminah",
    "email": "siti@contoh.id",
    "komentar": "Kapan puskesmas di Karawaci buka malam?\nTerima kasih.",
    "setuju": "ya",
}


def address_of(article):
    return f"/berita/{article.pk}/komentar"


def solved():
    """Form data of a correctly answered captcha, issued long enough ago to be accepted."""
    row = CaptchaStore.objects.get(hashkey=CaptchaStore.generate_key())
    row.expiration -= timedelta(seconds=5)
    row.save()
    return {"captcha_0": row.hashkey, "captcha_1": row.response}


def send(client, article, *, captcha=None, headers=None, **changes):
    data = TYPED | (solved() if captcha is None else captcha) | changes
    return client.post(address_of(article), data, headers=headers)


def assert_still_typed(response, **changes):
    """The form contains everything that was sent."""
    page = unescape(response.content.decode())
    for name, value in (TYPED | changes).items():
        if name in ("nama", "email"):
            assert f'name="{name}"' in page
            assert f'value="{value}"' in page
        elif name == "komentar":
            assert re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.DOTALL)[1] == value
    consent = re.search(r'<input id="tulis-setuju"[^>]*>', page)[0]
    assert (" checked" in consent) == bool((TYPED | changes)["setuju"])


# ---- Reading


@pytest.mark.django_db
def test_only_approved_comments_are_shown(client):
    article = make_article()
    make_comment(article, text="sudah disetujui")
    make_comment(article, text="masih menunggu", status=Comment.Status.WAITING)
    make_comment(article, text="sudah ditolak", status=Comment.Status.REJECTED)
    make_comment(make_article(), text="di berita lain")
    for address in (article.get_absolute_url(), address_of(article)):
        page = client.get(address).content.decode()
        assert "sudah disetujui" in page
        assert not re.search("masih menunggu|sudah ditolak|di berita lain", page)


@pytest.mark.django_db
def test_text_of_citizens_is_never_html(client):
    article = make_article()
    evil = '<script>alert(1)</script> "><img src=x onerror=alert(1)> {{ 7|add:7 }} javascript:alert(1)'
    make_comment(article, name="<b>Budi</b>", text=evil)
    pages = [client.get(address).content.decode() for address in (article.get_absolute_url(), address_of(article))]
    pages.append(send(client, article, nama=evil, email=evil, komentar=evil, captcha={}).content.decode())
    for page in pages:
        assert "<script>" not in page
        assert "<img src=x" not in page
        assert "<b>Budi" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in pages[0]


@pytest.mark.django_db
def test_a_comment_keeps_its_paragraphs_and_shows_when_it_was_written(client):
    article = make_article()
    moment = in_the_city(2024, 11, 14, 8, 2)
    comment = make_comment(article, text="satu\ndua\n\ntiga", created_at=moment)
    page = client.get(article.get_absolute_url()).content.decode()
    assert "satu\ndua\n\ntiga</p>" in page
    assert f'<article class="comment" id="komentar-{comment.pk}">' in page
    assert f'<time datetime="{dates.iso(moment)}">Kamis, 14 November 2024 {dates.time(moment)}</time>' in page


@pytest.mark.django_db
def test_an_article_without_comments_says_so_kindly(client):
    page = client.get(make_article().get_absolute_url()).content.decode()
    assert '<h2 id="komentar">Komentar</h2>' in page
    assert "Belum ada komentar yang tayang." in page


def queries_of(client, address):
    client.get(address)  # caches the navigation for a minute
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address + "?dihitung").status_code == 200
    return len(captured)


@pytest.mark.django_db
@pytest.mark.usefixtures("kept_frame")
def test_thirty_comments_cost_as_many_queries_as_one(client):
    few, many = make_article(), make_article()
    make_comment(few)
    for _ in range(30):
        make_comment(many)
    assert queries_of(client, few.get_absolute_url()) == queries_of(client, many.get_absolute_url())
    assert queries_of(client, address_of(few)) == queries_of(client, address_of(many))


@pytest.mark.django_db
def test_all_comments_are_reached_page_by_page_even_when_many_share_a_time(client):
    article = make_article()
    moment = timezone.now() - timedelta(minutes=5)
    texts = {make_comment(article, text=f"komentar ke-{i}.", created_at=moment).text for i in range(45)}
    page = client.get(article.get_absolute_url()).content.decode()
    assert "Komentar (45)" in page
    seen = re.findall(r"komentar ke-\d+\.", page)
    assert len(seen) == 20
    while more := re.search(r'href="([^"]*\?sebelum=[^"]*)"', page):
        link = unescape(more[1])
        page = client.get(link if link.startswith("/") else address_of(article) + link).content.decode()
        seen += re.findall(r"komentar ke-\d+\.", page)
    assert len(seen) == 45
    assert set(seen) == texts


@pytest.mark.django_db
@pytest.mark.parametrize("cursor", ["x", "2024-11-14T08:02:00Z~", "%00", "~1", "2024-99-99T00:00:00Z~1", "1" * 5000])
def test_a_broken_cursor_is_a_bad_request(client, cursor):
    assert client.get(f"{address_of(make_article())}?sebelum={cursor}").status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize("tail", ["", "/captcha"])
@pytest.mark.parametrize("number", ["999999999", "9" * 18, "9" * 19, "9" * 5000, "0", "-1"])
def test_an_unknown_article_has_no_comments_page(client, number, tail):
    assert client.get(f"/berita/{number}/komentar{tail}").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("tail", ["", "/captcha"])
def test_a_withdrawn_article_answers_gone_and_a_draft_not_found(client, tail):
    article = make_article()
    article.withdraw("Keliru.")
    assert client.get(address_of(article) + tail).status_code == 410
    draft = make_article(status=Article.Status.DRAFT)
    assert client.get(address_of(draft) + tail).status_code == 404
    later = make_article(published_at=timezone.now() + timedelta(hours=1))
    assert client.get(address_of(later) + tail).status_code == 404


@pytest.mark.django_db
def test_nobody_comments_on_what_is_not_published(client):
    article = make_article()
    article.withdraw("Keliru.")
    response = send(client, article, komentar="Kata <b>pertama</b>\nKata kedua")
    assert response.status_code == 410
    said = response.content.decode()
    assert "Komentar Anda belum terkirim" in said
    assert "Kata &lt;b&gt;pertama&lt;/b&gt;\nKata kedua</textarea>" in said
    foreign = send(client, article, komentar="Dari situs lain", headers={"Sec-Fetch-Site": "cross-site"})
    assert "textarea" not in foreign.content.decode()
    assert send(client, make_article(status=Article.Status.DRAFT)).status_code == 404
    assert not Comment.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_refused(client, method):
    assert getattr(client, method)(address_of(make_article())).status_code == 405


# ---- The form


@pytest.mark.django_db
def test_an_article_page_issues_no_captcha_and_contains_no_token(client):
    page = client.get(make_article().get_absolute_url()).content.decode()
    assert 'name="komentar"' in page
    assert "csrf" not in page
    assert "captcha_0" not in page
    assert not CaptchaStore.objects.exists()


@pytest.mark.django_db
def test_the_forms_own_page_has_a_captcha_and_is_never_cached(client):
    response = client.get(address_of(make_article()))
    assert "captcha_0" in response.content.decode()
    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert not response.cookies


@pytest.mark.django_db
def test_the_captcha_for_a_form_in_use_is_a_fragment_that_is_never_cached(client):
    response = client.get(f"{address_of(make_article())}/captcha")
    key = re.search(r'name="captcha_0" value="([0-9a-f]{40})"', response.content.decode())[1]
    assert CaptchaStore.objects.filter(hashkey=key).exists()
    assert "<html" not in response.content.decode()
    assert response["Cache-Control"] == "no-store"
    assert not response.cookies


@pytest.mark.django_db
def test_paging_through_old_comments_issues_no_captcha(client):
    article = make_article()
    response = client.get(f"{address_of(article)}?sebelum=2024-11-14T08:02:00Z~5")
    assert response.status_code == 200
    assert not CaptchaStore.objects.exists()


@pytest.mark.django_db
def test_the_captcha_can_be_read_or_heard_and_its_field_says_how_to_answer(client):
    page = client.get(f"{address_of(make_article())}/captcha").content.decode()
    key = re.search(r'name="captcha_0" value="([0-9a-f]{40})"', page)[1]
    assert re.search(rf'<img src="/captcha/{key}/gambar.png" alt="[^"]*dengarkan kodenya', page)
    assert f'<audio src="/captcha/{key}/suara.wav" aria-label="Dengarkan kodenya" controls preload="none">' in page
    field = re.search(r'<input id="tulis-captcha"[^>]*>', page)[0]
    assert 'autocomplete="off" autocapitalize="characters"' in field
    assert 'aria-describedby="tulis-captcha-cara"' in field
    assert 'id="tulis-captcha-cara">Huruf besar atau kecil sama saja.' in page


@pytest.mark.django_db
def test_the_page_has_a_live_region_for_messages_about_the_captcha(client):
    page = client.get(make_article().get_absolute_url()).content.decode()
    assert '<p class="unseen" role="status" data-captcha-status></p>' in page


# ---- Sending


@pytest.mark.django_db
def test_a_sent_comment_waits_for_a_moderator(client):
    article = make_article()
    response = send(client, article)
    assert response.status_code == 303
    assert response["Cache-Control"] == "no-store"
    assert not response.cookies
    comment = Comment.objects.get()
    assert (comment.article, comment.name, comment.email) == (article, "Siti Aminah", "siti@contoh.id")
    assert comment.text == "Kapan puskesmas di Karawaci buka malam?\nTerima kasih."
    assert comment.status == Comment.Status.WAITING
    assert len(comment.sender_key) == 64
    assert response["Location"] == f"{secret_links.own_url(comment)}#terkirim"
    assert "Siti Aminah" not in client.get(article.get_absolute_url()).content.decode()
    comment.approve(by=None)
    assert "Siti Aminah" in client.get(address_of(article)).content.decode()


@pytest.mark.django_db
def test_the_senders_ip_address_is_stored_nowhere(client):
    article = make_article()
    client.post(address_of(article), TYPED | solved(), REMOTE_ADDR="203.0.113.7")
    assert "203.0.113" not in repr(Comment.objects.values().get())


@pytest.mark.django_db
def test_the_email_address_is_optional_and_never_shown(client):
    article = make_article()
    assert send(client, article, email="").status_code == 303
    make_comment(article, email="rahasia@contoh.id")
    assert "rahasia@contoh.id" not in client.get(article.get_absolute_url()).content.decode()


MISTAKES = [
    ("nama", "", "Isi nama Anda."),
    ("nama", " \u200b\u202e ", "Isi nama Anda."),
    ("nama", "!!!", "Nama perlu berisi huruf."),
    ("nama", "a" * 61, "paling panjang 60 karakter; nama Anda 61"),
    ("email", "siti@", "Alamat email ini belum lengkap."),
    ("komentar", "", "Tulis komentar Anda."),
    ("komentar", " \n\t\u200b \n", "Tulis komentar Anda."),
    ("nama", "Wali Kota ✅ J4waban R e s m i", "hanya untuk dinas"),
    ("nama", "\u3164", "Isi nama Anda"),
    ("komentar", "\u2800 \u3164", "Tulis komentar Anda."),
    ("komentar", "a\n" * 60 + "a", "paling banyak 60 baris; komentar Anda 61 baris"),
    ("komentar", "a" * 2001, "paling panjang 2000 karakter; komentar Anda 2001"),
    ("setuju", "", "Centang persetujuan"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("field", "value", "message"), MISTAKES)
def test_a_mistake_is_explained_beside_its_field_and_nothing_typed_is_lost(client, field, value, message):
    captcha = solved()
    response = send(client, make_article(), captcha=captcha, **{field: value})
    page = response.content.decode()
    assert not Comment.objects.exists()
    assert_still_typed(response, **{field: value})
    summary = re.search(r'<div class="errors"[^>]*role="alert".*?</div>', page, re.DOTALL)[0]
    assert message in summary
    assert f'href="#tulis-{field}"' in summary
    assert re.search(rf'id="tulis-{field}"[^>]*aria-invalid="true" aria-describedby="tulis-{field}-salah"', page)
    assert re.search(rf'id="tulis-{field}-salah">[^<]*{re.escape(message)}', page)
    assert response["Cache-Control"] == "no-store"
    assert not response.cookies


@pytest.mark.django_db
def test_a_mistake_elsewhere_does_not_use_the_captcha_up(client):
    article, captcha = make_article(), solved()
    page = send(client, article, captcha=captcha, nama="").content.decode()
    assert f'name="captcha_0" value="{captcha["captcha_0"]}"' in page
    assert f'name="captcha_1" value="{captcha["captcha_1"]}"' in page
    assert send(client, article, captcha=captcha).status_code == 303


@pytest.mark.django_db
def test_a_wrong_captcha_brings_a_new_one_and_nothing_typed_is_lost(client):
    captcha = solved() | {"captcha_1": "xxxxx"}
    response = send(client, make_article(), captcha=captcha)
    page = response.content.decode()
    assert "belum cocok dengan petunjuknya" in page
    field = re.search(r'<input id="tulis-captcha"[^>]*>', page)[0]
    assert 'aria-invalid="true" aria-describedby="tulis-captcha-salah tulis-captcha-cara"' in field
    assert_still_typed(response)
    assert captcha["captcha_0"] not in page
    assert 'href="#tulis-captcha"' in page
    assert not Comment.objects.exists()


@pytest.mark.django_db
def test_an_expired_captcha_is_explained(client):
    captcha = solved()
    CaptchaStore.objects.update(expiration=timezone.now() - timedelta(seconds=1))
    response = send(client, make_article(), captcha=captcha)
    assert "Kode tadi sudah tidak berlaku." in response.content.decode()
    assert_still_typed(response)


@pytest.mark.django_db
def test_a_captcha_is_good_for_one_comment(client):
    article, captcha = make_article(), solved()
    assert send(client, article, captcha=captcha).status_code == 303
    assert send(client, article, captcha=captcha, komentar="Yang lain.").status_code == 200
    assert Comment.objects.count() == 1


@pytest.mark.django_db
def test_without_javascript_the_first_post_brings_the_captcha_without_an_error_message(client):
    response = send(client, make_article(), captcha={})
    page = response.content.decode()
    assert response.status_code == 200
    assert "Satu langkah lagi" in page
    assert 'name="captcha_0"' in page
    assert 'class="errors"' not in page  # a next step, not an error
    assert 'aria-invalid="true"' not in page
    assert_still_typed(response)


@pytest.mark.django_db
@pytest.mark.parametrize("name", [TRAP, "website"])  # the second on pages that were cached before the upgrade
def test_a_comment_with_the_hidden_field_filled_is_taken_and_the_moderator_is_told(client, name):
    response = send(client, make_article(), **{name: "https://situs.example"})
    assert response.status_code == 303
    comment = Comment.objects.get()
    assert comment.signals == [Signal.TRAP]
    assert not comment.ranked_last, "a password manager fills such fields for people"


@pytest.mark.django_db
def test_password_managers_are_asked_to_leave_the_hidden_field_alone(client):
    page = client.get(address_of(make_article())).content.decode()
    field = re.search(rf'<input[^>]* name="{TRAP}"[^>]*>', page)[0]
    for attribute in ('autocomplete="off"', "data-1p-ignore", 'data-lpignore="true"', "data-bwignore"):
        assert attribute in field
    assert 'data-form-type="other"' in field
    assert 'name="website"' not in page


# ---- Cleaning of text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("satu\r\ndua\rtiga", "satu\ndua\ntiga"),
        ("satu\n\n\n \n\n\ndua", "satu\n\ndua"),
        ("a\x01b\x07c\x1b[31md", "abc[31md"),
        ("buka \u202ekram\u202c \u2066x\u2069", "buka kram x"),
        ("👨‍👩‍👧 mantap", "👨‍👩‍👧 mantap"),
        ("شكرا جزيلا", "شكرا جزيلا"),
        ("👍", "👍"),
        ("  a < b && c > d  ", "a < b && c > d"),
        ("\r\n".join("x" * 60), "\n".join("x" * 60)),
    ],
)
def test_invisible_characters_are_removed_from_a_text(client, typed, kept):
    assert send(client, make_article(), komentar=typed).status_code == 303
    assert Comment.objects.get().text == kept


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["Wali\u200b Kota", "Wali\u202e\u2067 Kota", "Wali\n\n Kota", " Wali\x07 \t Kota"])
def test_a_name_is_one_line_without_hidden_characters(client, typed):
    send(client, make_article(), nama=typed)
    assert Comment.objects.get().name == "Wali Kota"


@pytest.mark.django_db
def test_invalid_utf8_and_strange_bodies_never_cause_a_server_error(client):
    article = make_article()
    form = "application/x-www-form-urlencoded"
    for body, content_type in [
        (b"nama=%ff%fe&komentar=%c3%28&setuju=ya", form),
        (b"nama=\xff\xfe&komentar=\x00", form),
        (b"captcha_0=%00&captcha_1=%00&nama=a&komentar=b&setuju=ya&email=%00", form),
        (b"", form),
        (b'--x\r\nContent-Disposition: form-data; name="nama"', "multipart/form-data; boundary=x"),
        (b"broken", "multipart/form-data"),
        (b'{"nama": 1}', "application/json"),
        (b"nama=a", f"{form}; charset=utf-16"),
        (b"&".join(b"a%d=1" % i for i in range(2000)), form),
    ]:
        response = client.post(address_of(article), body, content_type=content_type)
        assert response.status_code in (200, 400), body


@pytest.mark.django_db
def test_a_file_in_place_of_a_text_counts_as_missing(client):
    from django.core.files.uploadedfile import SimpleUploadedFile

    response = send(client, make_article(), komentar=SimpleUploadedFile("a.txt", b"isi"))
    assert "Tulis komentar Anda." in response.content.decode()


# ---- Other sites


@pytest.mark.django_db
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://situs-lain.example"},
        {"Origin": "null"},
        {"Origin": "http://["},
        {"Origin": "http://testserver.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://situs-lain.example", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "http://testserver", "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_another_site_cannot_send_a_comment(client, headers):
    response = send(client, make_article(), headers=headers)
    assert response.status_code == 403
    assert "datang dari halaman situs lain" in response.content.decode()
    assert_still_typed(response, setuju="")  # another site cannot give consent
    assert response["Cache-Control"] == "no-store"
    assert not Comment.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://testserver"},
        {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "null", "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_our_own_pages_may_send_a_comment(client, headers):
    assert send(client, make_article(), headers=headers).status_code == 303


@pytest.mark.django_db
def test_behind_a_proxy_that_changes_the_host_site_url_decides(client, settings):
    settings.SITE_URL = "https://berita.contoh.go.id"
    response = send(client, make_article(), headers={"Origin": "https://berita.contoh.go.id"})
    assert response.status_code == 303
