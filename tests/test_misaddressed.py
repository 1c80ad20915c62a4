"""A wrong ALLOWED_HOSTS or SITE_URL: the log names the setting, once per name and hour, and pages do not mislead."""

import pytest
from django.test import Client

from tests.make import make_article, make_person

OTHER = "berita.lain.go.id"


def lines(caplog) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "portal"]


@pytest.mark.parametrize("path", ["/", "/admin/login/", "/tidak-ada"])
def test_a_host_that_is_not_allowed_is_named_with_the_setting(client, caplog, path):
    response = client.get(path, HTTP_HOST=OTHER)
    page = response.content.decode()
    assert response.status_code == 400
    assert "Alamat atau isian yang dikirim rusak" not in page
    assert "http://127.0.0.1:8000" in page  # the portal's own address
    [line] = lines(caplog)
    assert OTHER in line
    assert "ALLOWED_HOSTS" in line


@pytest.mark.django_db
def test_each_name_is_logged_once_an_hour_and_scanners_cannot_fill_the_log(client, caplog):
    for _ in range(3):
        client.get("/", HTTP_HOST=OTHER)
    assert len(lines(caplog)) == 1
    for number in range(60):
        client.get("/", HTTP_HOST=f"pemindai{number}.example")
    assert len(lines(caplog)) == 20


def test_a_name_in_the_log_cannot_forge_lines(client, caplog):
    client.get("/", HTTP_HOST="x\r\nportal: semua baik " + "y" * 5000)
    [line] = lines(caplog)
    assert "\n" not in line
    assert len(line) < 500


@pytest.fixture
def strict_client():
    client = Client(enforce_csrf_checks=True, HTTP_HOST="127.0.0.1")
    client.force_login(make_person("Redaktur"))
    return client


@pytest.mark.django_db
@pytest.mark.parametrize("origin", [f"https://{OTHER}", "https://127.0.0.1"])
def test_a_form_from_an_address_that_is_not_site_url_names_the_setting(strict_client, caplog, origin):
    """The second is a proxy that ends TLS for a portal whose SITE_URL begins with http."""
    strict_client.get("/admin/password_change/")
    response = strict_client.post("/admin/password_change/", headers={"Origin": origin})
    page = response.content.decode()
    assert response.status_code == 403
    assert "Formulir sudah kedaluwarsa" not in page
    assert "http://127.0.0.1:8000" in page
    [line] = lines(caplog)
    assert origin in line
    assert "SITE_URL" in line


@pytest.mark.django_db
def test_a_form_without_its_cookie_is_still_an_expired_form(strict_client, caplog):
    response = strict_client.post("/admin/password_change/")
    assert "Formulir sudah kedaluwarsa" in response.content.decode()
    assert lines(caplog) == []


@pytest.mark.django_db
def test_a_form_whose_browser_names_no_address_came_from_no_other_one(strict_client, caplog):
    strict_client.get("/admin/password_change/", secure=True)
    response = strict_client.post("/admin/password_change/", secure=True)
    assert response.status_code == 403
    assert "dari alamat lain" not in response.content.decode()
    assert lines(caplog) == []


@pytest.mark.django_db
def test_a_comment_from_our_own_page_under_another_name_names_the_setting(client, caplog):
    article = make_article()
    own = {"Origin": f"https://{OTHER}", "Sec-Fetch-Site": "same-origin"}
    client.post(f"/berita/{article.pk}/komentar", {"komentar": "Halo"}, headers=own)
    assert ["SITE_URL" in line for line in lines(caplog)] == [True]
    client.post(f"/berita/{article.pk}/komentar", {}, headers=own | {"Sec-Fetch-Site": "cross-site"})
    assert len(lines(caplog)) == 1  # that was another site, as it says


@pytest.fixture
def https(settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SITE_URL = "https://berita.contoh.go.id"


def test_a_redirect_to_https_that_never_ends_names_setting_and_header(https, client, caplog):
    assert client.get("/tentang", HTTP_USER_AGENT="Mozilla/5.0").status_code == 301
    [line] = lines(caplog)
    assert "X-Forwarded-Proto" in line
    assert "SITE_URL" in line


def test_an_ordinary_redirect_to_https_is_no_mistake(https, client, caplog):
    assert (
        client.get("/tentang", headers={"X-Forwarded-Proto": "http", "User-Agent": "Mozilla/5.0"}).status_code == 301
    )
    assert lines(caplog) == []


def test_a_name_is_logged_as_ascii(client, caplog):
    client.get("/", HTTP_HOST="kota\u202e.id")
    [line] = lines(caplog)
    assert "'kota\\u202e.id'" in line
