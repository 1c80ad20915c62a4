"""ADMIN_NETWORKS: where the newsroom can be opened from."""

from ipaddress import ip_network

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal.run.settings_file import Settings
from tests.make import make_article

pytestmark = pytest.mark.django_db
OFFICE = ["10.20.0.0/16", "2001:db8:5::/48"]
PATHS = ["/admin/", "/admin/login/", "/admin/news/article/", "/admin/sehat/", "/admin/tak-ada/"]


@pytest.fixture(autouse=True)
def office(settings):
    settings.ADMIN_NETWORKS = [ip_network(each) for each in OFFICE]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_from_elsewhere_the_newsroom_is_shut_and_says_why(client, editor, path, method):
    answer = getattr(client, method)(path, REMOTE_ADDR="203.0.113.7")
    assert answer.status_code == 403
    assert "hanya dapat dibuka dari jaringan kantor" in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    assert not answer.cookies


@pytest.mark.parametrize(
    ("peer", "forwarded"),
    [
        ("10.20.3.4", None),
        ("2001:db8:5:1::9", None),
        ("::ffff:10.20.3.4", None),
        ("127.0.0.1", "10.20.3.4"),  # through nginx on this machine
        ("127.0.0.1", None),  # on this machine
        ("", None),  # a Unix socket
    ],
)
def test_from_the_office_and_from_this_machine_it_opens(client, editor, peer, forwarded):
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    assert client.get("/admin/", REMOTE_ADDR=peer, **headers).status_code == 200


@pytest.mark.parametrize(
    ("peer", "forwarded"),
    [
        ("203.0.113.7", "10.20.3.4"),  # names itself so
        ("127.0.0.1", "10.20.3.4, 203.0.113.7"),  # told nginx so
        ("127.0.0.1", "203.0.113.7"),
        ("127.0.0.1", "10.20.3.4, unknown"),
        ("10.21.0.1", None),
    ],
)
def test_no_header_of_a_stranger_opens_it(client, editor, peer, forwarded):
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    assert client.get("/admin/", REMOTE_ADDR=peer, **headers).status_code == 403


def test_readers_notice_nothing(client):
    for path in ("/", make_article().get_absolute_url(), "/sehat"):
        assert client.get(path, REMOTE_ADDR="203.0.113.7").status_code in (200, 503)


def test_without_the_setting_it_opens_everywhere(client, editor, settings):
    settings.ADMIN_NETWORKS = []
    assert client.get("/admin/", REMOTE_ADDR="203.0.113.7").status_code == 200


@pytest.mark.parametrize("name", ["ADMIN_NETWORKS", "TRUSTED_PROXIES"])
@pytest.mark.parametrize("value", ["kantor", "10.20.0.1/16", "10.20.0.0/33", "10.20.0.0-10.20.0.9"])
def test_a_value_that_is_no_network_stops_with_a_sentence(name, value):
    with pytest.raises(ImproperlyConfigured, match=f"{name} harus alamat atau jaringan"):
        Settings({name: value}, places=()).networks(name, default=[])
