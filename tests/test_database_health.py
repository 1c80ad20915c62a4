"""Connections of web processes that are used again: asked whether they still live, but not for every page."""

import pytest
from django.db import connection

from news.web.database import base

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def own(monkeypatch):
    """A connection as web processes have, beside that of the test."""
    monkeypatch.setattr(base, "TRUSTED", 600)
    wrapper = base.DatabaseWrapper({**connection.settings_dict, "CONN_HEALTH_CHECKS": True}, "default")
    wrapper.inc_thread_sharing()
    yield wrapper
    wrapper.close()


def next_request(wrapper):
    """What Django does at the beginning of each."""
    wrapper.health_check_done = False
    wrapper.close_if_unusable_or_obsolete()


def server_process(wrapper):
    with wrapper.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def checks(wrapper, monkeypatch, requests):
    asked = []
    real = base.base.DatabaseWrapper.is_usable
    with monkeypatch.context() as patched:
        patched.setattr(base.base.DatabaseWrapper, "is_usable", lambda self: asked.append(1) or real(self))
        for _ in range(requests):
            next_request(wrapper)
            server_process(wrapper)
    return len(asked)


def test_a_busy_connection_is_asked_once_a_second(own, monkeypatch):
    server_process(own)
    assert checks(own, monkeypatch, 5) == 1
    own.checked -= base.TRUSTED
    assert checks(own, monkeypatch, 5) == 1


def test_a_connection_that_the_server_ended_is_noticed_at_once(own, monkeypatch):
    before = server_process(own)
    assert checks(own, monkeypatch, 2) == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [before])
    next_request(own)
    assert server_process(own) != before


def test_a_closed_connection_is_replaced(own):
    before = server_process(own)
    own.connection.close()
    next_request(own)
    assert server_process(own) != before
