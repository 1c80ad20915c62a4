"""Headers that nginx adds to each answer: the portal leaves them to it, and to nobody else."""

import pytest

from portal.middleware import ProxyHeadersMiddleware

pytestmark = pytest.mark.django_db

ASKED = {"x-headers": "nginx"}


def test_a_trusted_nginx_gets_pages_without_the_headers_that_it_adds(client):
    names = ProxyHeadersMiddleware.LEFT_OUT
    for _ in range(2):  # the second one from the cache
        page = client.get("/berita", headers=ASKED, REMOTE_ADDR="127.0.0.1")
        assert not [name for name in names if name in page]
        assert "Content-Security-Policy" in page
        assert "ETag" in page
    assert [name for name in names if name in client.get("/berita", REMOTE_ADDR="127.0.0.1")] == list(names)


def test_a_stranger_who_poses_as_nginx_gets_all_headers(client):
    page = client.get("/berita", headers=ASKED, REMOTE_ADDR="203.0.113.9")
    assert [name for name in ProxyHeadersMiddleware.LEFT_OUT if name not in page] == []
