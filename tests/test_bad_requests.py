"""Malformed requests get a 4xx page in Indonesian, never a server error."""

import pytest
from django.core.cache import cache
from django.templatetags.static import static
from django.test import Client, RequestFactory

from tests.make import make_article

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def form_url():
    return f"/berita/{make_article().pk}/komentar"


@pytest.mark.parametrize("charset", ["utf-16", "utf-32", "rot13", "tak-ada"])
def test_forms_in_other_charsets_are_refused(client, form_url, charset):
    response = client.generic("POST", form_url, b"nama=a", content_type=f"{FORM}; charset={charset}")
    assert response.status_code == 400
    assert "Permintaan tidak dapat dibaca" in response.content.decode()


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"rusak", "multipart/form-data; boundary=x"),
        (b"--x\r\nContent-Disposition: form-data; name=", "multipart/form-data; boundary=x"),
        (b"", "multipart/form-data"),
        (b"", "multipart/form-data; boundary=" + "é" * 10),
        (b"\xff\xfe=%ff%fe&komentar=%ff", FORM),
        (b"a=1&" * 2000, FORM),
        (b"{", "application/json"),
        (b"nama=%00&komentar=%00&setuju=ya", FORM),
    ],
)
@pytest.mark.parametrize("url", [None, "/admin/login/", "/cari", "/tak-ada"])
def test_broken_bodies_never_cause_a_server_error(client, form_url, url, body, content_type):
    response = client.generic("POST", url or form_url, body, content_type=content_type)
    assert response.status_code < 500
    assert "Server Error" not in response.content.decode()


def test_too_large_a_form_is_refused_with_an_explanation(client, form_url):
    response = client.generic("POST", form_url, b"komentar=" + b"x" * (6 * 1024 * 1024), content_type=FORM)
    assert response.status_code == 413
    assert "terlalu besar" in response.content.decode()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("url", ["/", "/cari", "/feed", "/sitemap.xml", "/populer"])
def test_wrong_methods_get_a_page_that_says_so(url, method):
    response = Client(enforce_csrf_checks=True).generic(method, url)
    assert response.status_code == 405
    assert "GET" in response["Allow"]
    assert "Cara ini tidak dilayani" in response.content.decode()


@pytest.mark.parametrize(
    "url", ["/cari?q=%ff%fe", "/berita?sebelum=%ff", "/%ff%fe", "/tag/%c3%28", "/?%00=%00", "/cari?q=a&q=b"]
)
def test_invalid_utf8_never_causes_a_server_error(client, url):
    assert client.get(url).status_code < 500


def test_foreign_host_is_refused(client):
    assert client.get("/", headers={"host": "jahat.contoh"}).status_code == 400


def test_server_error_page_is_indonesian_and_needs_no_database(rf, django_assert_num_queries):
    from portal.errors import server_error

    with django_assert_num_queries(0):
        response = server_error(rf.get("/"))
    assert response.status_code == 500
    assert "Terjadi kesalahan pada server" in response.content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("charset", ["=utf-16", "=hex", "=idna", "*=xx''utf-8"])
def test_charset_of_a_request_does_not_affect_how_its_address_is_read(charset):
    """Calls the WSGI application that gunicorn runs, since the test client has its own request handler."""
    from portal.wsgi import application  # loads the middleware, which needs the static files

    answers = []
    environ = RequestFactory().get("/cari?q=banjir").environ
    for content_type in ("", f"text/plain; charset{charset}"):
        cache.clear()
        body = b"".join(
            application({**environ, "CONTENT_TYPE": content_type}, lambda status, headers: answers.append(status))
        )
        assert b"Hasil pencarian" in body
    assert answers == ["200 OK", "200 OK"]


def test_nul_bytes_in_a_form_are_a_bad_request(client, form_url):
    assert client.post(form_url, {"nama": "a\x00", "komentar": "x", "setuju": "ya"}).status_code == 400


@pytest.mark.parametrize("method", ["POST", "PUT", "OPTIONS"])
def test_static_files_refuse_other_methods(client, method):
    assert client.generic(method, static("portal/portal.css")).status_code == 405


def test_media_names_too_long_for_the_disk_are_not_found(client):
    assert client.get("/media/" + "x" * 300).status_code == 404


@pytest.mark.parametrize(
    "url",
    [
        "/admin/news/article/?status__exact=%00",
        "/admin/comments/comment/?status__exact=draft%00",
        "/admin/news/article/add/?tags=x",
        "/admin/news/article/999999999999999999999999/change/",
        "/admin/news/article/?p=99999999",
        "/admin/auth/user/1/change/?_to_field=",
        "/admin/news/tag/1/delete/?_to_field=",
        "/admin/news/tag/1/history/?_to_field=",
    ],
)
def test_tampered_admin_addresses_never_cause_a_server_error(admin_client, url):
    assert admin_client.get(url).status_code < 500


@pytest.mark.parametrize("list_url", ["/admin/news/article/", "/admin/comments/comment/"])
@pytest.mark.parametrize("action", ["delete_selected", "approve"])
def test_tampered_admin_actions_never_cause_a_server_error(admin_client, list_url, action):
    assert admin_client.post(list_url, {"action": action, "_selected_action": "x"}).status_code < 500
