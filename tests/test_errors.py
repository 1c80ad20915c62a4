"""Error pages: kind, with links to continue, and independent of the database."""

import re
from io import BytesIO
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import override_settings
from django.urls import path

from news import missing_paths
from news.models import MissingPath
from portal import errors
from portal.login.views import SetUpForm
from portal.urls import urlpatterns as real_urlpatterns
from tests.make import make_article


def fail(request):
    raise RuntimeError("as a mistake of ours would")


urlpatterns = [path("gagal-uji", fail), *real_urlpatterns]
handler400, handler403, handler404, handler500 = (
    f"portal.errors.{name}" for name in ("bad_request", "forbidden", "not_found", "server_error")
)

ALL = {
    400: errors.bad_request,
    403: errors.forbidden,
    405: lambda request: errors.method_not_allowed(request, "GET"),
    413: errors.too_large,
    429: lambda request: errors.too_many_logins(request, 900),
    500: errors.server_error,
    503: errors.unavailable,
}


@pytest.mark.parametrize("status", ALL)
def test_every_error_page_is_indonesian_and_makes_no_query(rf, status):
    response = ALL[status](rf.get("/"))  # this test is not marked django_db, so a query would fail
    page = response.content.decode()
    assert response.status_code == status
    assert '<html lang="id">' in page
    assert len(re.findall("<h1>", page)) == 1
    assert ('action="/cari"' in page) == (status != 503)
    assert '<a href="/">Ke beranda</a>' in page
    assert response["Cache-Control"] == "no-store"


MULTIPART, WRITTEN = {}, {"content_type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize("form", [MULTIPART, WRITTEN])
def test_what_was_sent_during_an_outage_is_on_the_page_and_can_be_sent_again(rf, form):
    sent = {"nama": "Siti", "komentar": "\n<b>Taman</b>\n\nbagus", "tag": ["1", "2"]}
    body = {"data": urlencode(sent, doseq=True)} if form else {"data": sent | {"foto": BytesIO(b"x" * 5000)}}
    page = errors.unavailable(rf.post("/komentar?a=1", **body, **form, PATH_INFO="//lain.example/x")).content.decode()
    assert 'action="/%2Flain.example/x?a=1"' in page  # a path of ours
    assert '<input type="hidden" name="nama" value="Siti">' in page
    assert page.count('name="tag"') == 2
    assert "\n\n&lt;b&gt;Taman&lt;/b&gt;\n\nbagus</textarea>" in page
    assert "xxxxx" not in page


@pytest.mark.parametrize(
    ("fields", "headers"),
    [
        ({"password": "rahasia"}, {}),
        ({"sandi_lama": "rahasia"}, {}),
        ({"code": "rahasia"}, {}),
        ({next(iter(SetUpForm.base_fields)): "rahasia"}, {}),
        ({"komentar": "rahasia"}, {"Sec-Fetch-Site": "cross-site"}),
        ({"komentar": "rahasia"}, {"Origin": "https://lain.example"}),
        ({"komentar": "rahasia"}, {"Sec-Fetch-Dest": "empty"}),
        ({"komentar": "rahasia" * 400_000}, {}),
        ({"csrfmiddlewaretoken": "rahasia"}, {}),
    ],
)
def test_secrets_and_what_no_page_of_ours_sent_are_not_shown(rf, fields, headers):
    page = errors.unavailable(rf.post("/komentar", fields, headers=headers)).content.decode()
    assert "rahasia" not in page
    assert "muat ulang halaman ini" in page


@pytest.mark.django_db
def test_the_404_page_shows_the_newest_articles(client):
    titles = [make_article().title for _ in range(7)]
    page = client.get("/tidak-ada").content.decode()
    assert "Halaman tidak ditemukan" in page
    assert [title in page for title in titles] == [False, False, True, True, True, True, True]


@pytest.mark.django_db
def test_a_withdrawn_article_shows_the_newest_articles(client):
    gone, other = make_article(), make_article()
    gone.withdraw("Keliru.")
    response = client.get(gone.get_absolute_url())
    assert response.status_code == 410
    assert "Alasan:" in response.content.decode()
    assert f'<a href="{other.get_absolute_url()}"' in response.content.decode()


@pytest.mark.django_db
def test_the_404_page_of_the_newsroom_shows_no_news(client, django_user_model):
    make_article()
    client.force_login(django_user_model.objects.create_superuser("pemilik"))
    response = client.get("/admin/tidak/ada/")
    assert response.status_code == 404
    assert "Berita terbaru" not in response.content.decode()


@pytest.mark.django_db(transaction=True)
def test_the_404_page_does_not_wait_for_a_slow_database(client, monkeypatch):
    def slowly():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(30)")

    monkeypatch.setattr(errors, "PATIENCE", 50)
    monkeypatch.setattr(missing_paths, "newest", slowly)
    for _ in range(2):  # the second makes no query
        response = client.get("/tidak/ada")
        assert response.status_code == 404
        assert 'action="/cari"' in response.content.decode()
    monkeypatch.undo()
    cache.clear()
    errors.pauses["way out"].clear()
    article = make_article()  # the connection works again
    assert article.title in client.get("/tidak/ada").content.decode()


@pytest.mark.django_db
def test_the_404_page_works_without_a_database(client, monkeypatch):
    def refuse():
        raise OperationalError("connection refused")

    monkeypatch.setattr(missing_paths, "newest", refuse)
    response = client.get("/tidak/ada")
    assert response.status_code == 404
    assert "Halaman tidak ditemukan" in response.content.decode()


@pytest.mark.django_db
@override_settings(ROOT_URLCONF="tests.test_errors")
def test_an_internal_error_shows_a_kind_page(client):
    client.raise_request_exception = False
    response = client.get("/gagal-uji")
    assert response.status_code == 500
    assert "Terjadi kesalahan pada server" in response.content.decode()


@pytest.mark.django_db
def test_a_withdrawn_article_is_not_recommended_on_its_own_page(client):
    article = make_article(title="Yang akan dicabut")
    client.get("/tidak-ada")  # caches the newest articles
    article.withdraw("Keliru.")
    page = client.get(article.get_absolute_url()).content.decode()
    assert f'<a href="{article.get_absolute_url()}"' not in page


@pytest.mark.django_db
def test_an_old_address_redirects_although_suggestions_have_just_failed(client):
    MissingPath.objects.create(path="/lama", target="/berita")
    errors.pauses["way out"].begin()
    assert client.get("/lama").headers["Location"] == "/berita"
    errors.pauses["way out"].clear()
