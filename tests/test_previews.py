"""How an article looks before readers can see it: beside its form, and behind a link for people without an account."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from news.models import Article, Correction, PreviewLink
from tests.make import make_article, make_category, make_person, make_tag

pytestmark = pytest.mark.django_db
DRAFT = Article.Status.DRAFT
LIVE = "/admin/news/article/pratinjau/"
BROWSER = {"HTTP_USER_AGENT": "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"}


@pytest.fixture
def article():
    body = "<h2>Latar</h2><p>Naskah yang masih rahasia.</p>"
    return make_article(title="Belum terbit", body=body, status=DRAFT, published_at=None, tags=["taman kota"])


def make_link(article, **fields):
    fields = {"recipient": "Kepala Bidang", "expires_at": timezone.now() + timedelta(days=1)} | fields
    return PreviewLink.objects.create(article=article, **fields)


def path_of(link):
    return f"/pratinjau/{link.token}"


def read(link):
    return Client().get(path_of(link), **BROWSER)


# ---- The link


@pytest.mark.parametrize("state", ["draft", "review", "scheduled"])
def test_whoever_has_the_link_reads_what_is_not_published(article, state):
    article.status = "published" if state == "scheduled" else state
    article.published_at = timezone.now() + timedelta(days=2) if state == "scheduled" else None
    article.save()
    link = make_link(article)
    response = read(link)
    page = response.content.decode()
    assert response.status_code == 200
    assert "Naskah yang masih rahasia." in page
    assert "taman kota" in page
    assert "Pratinjau untuk Kepala Bidang: berita ini belum terbit" in page
    assert Client().get(article.get_absolute_url()).status_code == 404


def test_it_is_neither_indexed_cached_counted_nor_told_to_other_sites(article):
    for _ in range(2):  # the second is answered by no cache
        response = read(make_link(article))
        assert response["Cache-Control"] == "private, no-store"
        assert "noindex" in response["X-Robots-Tag"]
        assert response["Referrer-Policy"] == "no-referrer"
        assert "X-Pageview" not in response
        page = response.content.decode()
        assert '<meta name="robots" content="noindex">' in page
        assert "canonical" not in page
        assert "application/ld+json" not in page
        assert "og:title" not in page
    for words in ("Tulis komentar", "Bagikan", "Dibaca :", "qr.svg"):
        assert words not in page


@pytest.mark.parametrize("fields", [{"expires_at": timezone.now() - timedelta(1)}, {"revoked_at": timezone.now()}])
def test_an_expired_or_revoked_link_says_so_and_no_more(article, fields):
    response = read(make_link(article, **fields))
    assert response.status_code == 410
    page = response.content.decode()
    assert "Tautan pratinjau ini tidak berlaku" in page
    assert "rahasia" not in page
    assert "Belum terbit" not in page
    assert response["Cache-Control"] == "private, no-store"


def test_a_forged_or_cut_address_costs_no_query(article, django_assert_num_queries):
    token = make_link(article).token
    for forged in (
        token[:-1],
        f"{int(token.split('.')[0]) + 1}.{token.split('.')[1]}",
        "x",
        "9" * 400,
        "1.",
        ".1",
        "é",
    ):
        with django_assert_num_queries(0):
            assert PreviewLink.objects.by_token(forged) is None
        assert Client().get(f"/pratinjau/{forged}").status_code == 410


def test_after_publication_it_leads_to_the_article(article):
    link = make_link(article)
    article.publish()
    response = read(link)
    assert response.status_code == 302
    assert response["Location"] == article.get_absolute_url()


def test_withdrawing_the_article_ends_the_links_that_were_made_before(article):
    old = make_link(article)
    article.publish()
    article.withdraw("Menyebut nama anak.", ground=Correction.Ground.CHILD.label)
    assert not old.is_valid
    assert read(old).status_code == 410
    assert "rahasia" not in read(old).content.decode()
    new = make_link(article)  # for who decides whether it returns
    assert new.is_valid
    page = read(new).content.decode()
    assert "Naskah yang masih rahasia." in page
    assert "berita ini sedang dicabut" in page
    article.publish()
    assert read(old).status_code == read(new).status_code == 302


def test_people_are_logged_and_programs_that_draw_cards_are_not(article):
    link = make_link(article)
    read(link)
    read(link)
    Client().get(path_of(link), HTTP_USER_AGENT="WhatsApp/2.23.20.0")
    Client().get(path_of(link), HTTP_USER_AGENT="facebookexternalhit/1.1")
    Client().head(path_of(link), **BROWSER)
    assert link.visits.count() == 2


# ---- Its page in the newsroom


def links_page(article):
    return f"/admin/news/article/{article.pk}/pratinjau/"


def test_an_editor_makes_copies_and_revokes_a_link(client, editor, article):
    response = client.post(links_page(article), {"recipient": "Sekda", "days": "3"}, follow=True)
    link = PreviewLink.objects.get()
    assert (link.recipient, link.by, link.by_name) == ("Sekda", editor, editor.get_full_name())
    assert timedelta(days=2, hours=23) < link.expires_at - timezone.now() <= timedelta(days=3)
    page = response.content.decode()
    assert f'value="http://testserver{path_of(link)}"' in page
    assert "belum dibuka" in page
    read(link)
    assert "dibuka 1 kali, terakhir" in client.get(links_page(article)).content.decode()
    page = client.post(links_page(article), {"revoke": link.pk}, follow=True).content.decode()
    assert "tidak berlaku lagi" in page
    assert link.token not in page
    assert read(link).status_code == 410
    history = client.get(f"/admin/news/article/{article.pk}/history/").content.decode()
    assert "Tautan pratinjau dibuat untuk Sekda." in history


@pytest.mark.parametrize("posted", [{}, {"recipient": "", "days": "3"}, {"recipient": "x", "days": "400"}])
def test_a_wrong_form_makes_no_link(client, editor, article, posted):
    assert client.post(links_page(article), posted).status_code == 200
    assert not PreviewLink.objects.exists()


@pytest.mark.parametrize("number", ["", "x", "999999", "9" * 30, "²"])
def test_a_link_that_is_not_there_cannot_be_revoked(client, editor, article, number):
    make_link(make_article())  # of another article
    assert client.post(links_page(article), {"revoke": number}).status_code == 404


def test_only_who_may_change_the_article_makes_links(client, article):
    client.force_login(make_person("Moderator"))
    assert client.get(links_page(article)).status_code in (403, 404)
    client.force_login(make_person("Penulis"))
    assert client.get(links_page(article)).status_code == 200
    assert client.get(links_page(make_article())).status_code == 403  # published
    assert Client().get(links_page(article)).status_code == 302


def test_a_link_goes_with_its_article(article):
    link = make_link(article)
    article.delete()
    assert not PreviewLink.objects.filter(pk=link.pk).exists()


# ---- Beside the form


def form(**values):
    return {"title": "Judul sementara", "body": "<p>Naskah sementara.</p>", "tags": [make_tag("pasar").pk]} | values


def test_what_stands_in_the_form_is_shown_and_not_stored(client, editor, article):
    values = form(category=make_category("Kesehatan").pk, author="Siti", published_at_0="01-12-2026")
    response = client.post(f"{LIVE}?pk={article.pk}", values)
    page = response.content.decode()
    for words in ("Judul sementara", "Naskah sementara.", "Kesehatan", "Penulis: Siti", "pasar"):
        assert words in page
    assert "no-store" in response["Cache-Control"]
    article.refresh_from_db()
    assert article.title == "Belum terbit"


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"title": ""},
        {"category": "x", "photo": "99999999", "district": "9" * 40, "tags": ["x", "²", "7" * 30]},
        {"published_at_0": "31-02-2026", "published_at_1": "xx"},
        {"body": ""},
        {"title": "x" * 5_000},
    ],
)
def test_a_form_in_any_state_has_a_preview(client, editor, values):
    assert client.post(LIVE, values).status_code == 200


def test_a_preview_is_sanitised_as_a_saved_text_is(client, editor):
    page = client.post(
        LIVE, form(body="<p onclick=x>Isi<script>alert(1)</script></p>", title="<b>a</b>")
    ).content.decode()
    assert re.search(r"<p>Isi</p>", page)
    assert "alert(1)" not in page
    assert "<b>a</b>" not in page


def test_a_body_that_cannot_be_read_is_answered_with_a_sentence(client, editor):
    response = client.post(LIVE, form(body="<blockquote>" * 5_000))
    assert response.status_code == 400
    assert "bersarang" in response.content.decode()


def test_only_who_may_write_sees_previews(client, article):
    client.force_login(make_person("Moderator"))
    assert client.post(LIVE, form()).status_code == 403
    client.force_login(make_person("Penulis"))
    assert client.post(LIVE, form()).status_code == 200
    assert client.post(f"{LIVE}?pk={make_article().pk}", form()).status_code == 403  # published
    assert client.get(LIVE).status_code == 405
