"""Sessions of the newsroom: how long they live without use, and their list."""

import re
import time as clock
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from portal.login import sessions
from portal.login.models import LoginSession
from tests.make import make_person

pytestmark = pytest.mark.django_db

PHONE = "Mozilla/5.0 (Linux; Android 14; SM-A155F) AppleWebKit/537.36 Chrome/131.0.0.0 Mobile Safari/537.36"
DESKTOP = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0"
HOUR = 3600


def opened(person, agent=DESKTOP):
    """A client of this browser, in the newsroom."""
    client = Client(headers={"user-agent": agent, "x-forwarded-for": "203.0.113.9"})
    client.force_login(person)
    row = LoginSession.objects.create(user=person, browser=sessions.browser(agent), address="203.0.…")
    session = client.session
    session.update({"login_session": row.pk, "used": int(clock.time())})
    session.save()
    assert is_in(client)
    return client


def is_in(client) -> bool:
    return client.get("/admin/password_change/").status_code == 200


@pytest.fixture
def editor():
    return make_person("Redaktur", last_login=timezone.now())


def left(client) -> timedelta:
    """Until the session ends if nobody uses it."""
    return Session.objects.get(pk=client.session.session_key).expire_date - timezone.now()


@pytest.fixture
def later(monkeypatch):
    """Sets the clock by which uses are noted."""
    return lambda seconds: monkeypatch.setattr(sessions, "time", lambda: clock.time() + seconds)


def test_a_session_ends_after_eight_hours_without_use_and_use_begins_them_anew(editor, later):
    client = opened(editor)
    assert timedelta(hours=7, minutes=59) < left(client) <= timedelta(hours=8)
    Session.objects.update(expire_date=timezone.now() + timedelta(hours=5))
    later(3 * HOUR)
    answer = client.get("/admin/password_change/")
    assert answer.cookies["sessionid"]["max-age"] == 8 * HOUR
    assert timedelta(hours=7, minutes=59) < left(client)
    Session.objects.update(expire_date=timezone.now())
    assert not is_in(client)


def test_use_is_written_once_in_five_minutes(editor, later, django_assert_num_queries):
    client = opened(editor)
    before = LoginSession.objects.get().used_at
    later(299)
    assert "sessionid" not in client.get("/admin/password_change/").cookies
    assert LoginSession.objects.get().used_at == before
    later(301)
    assert "sessionid" in client.get("/admin/password_change/").cookies
    assert LoginSession.objects.get().used_at > before


def test_a_tab_that_only_stands_open_does_not_keep_a_session_alive(editor, later):
    client = opened(editor)
    later(HOUR)
    tab = {"user": editor.pk, "form": "/admin/news/article/add/#form", "opened": "a" * 32}
    answer = client.post("/admin/belum-tersimpan/", tab, headers={"origin": "http://testserver"})
    assert answer.status_code == 200
    assert "sessionid" not in answer.cookies
    text = {"user": editor.pk, "form": tab["form"], "name": "a" * 32, "content": '{"fields": {"title": ["Pasar"]}}'}
    answer = client.post("/admin/belum-tersimpan/", text, headers={"origin": "http://testserver"})
    assert "sessionid" in answer.cookies


def test_a_log_in_begins_the_row_itself(editor):
    editor.set_password("kopi-hujan-sepeda-biru")
    editor.save()
    client = Client()
    client.post("/admin/login/", {"username": editor.username, "password": "kopi-hujan-sepeda-biru"})
    assert LoginSession.objects.count() == 1
    assert is_in(client)
    assert LoginSession.objects.count() == 1


def test_the_list_names_browsers_and_networks_of_ones_own_sessions_only(editor):
    client, _ = opened(editor), opened(editor, PHONE)
    opened(make_person("Redaktur"), "Opera/9.80 OPR/1")
    page = client.get("/admin/sesi/").content.decode()
    assert "Firefox di Windows</strong> · yang ini" in page
    assert "Chrome di Android" in page
    assert "203.0.…" in page
    assert re.search(r"terakhir dipakai [^,]*, \d\d\.\d\d WITA, alamat", page)
    assert "203.0.113" not in page
    assert "Opera" not in page


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (PHONE, "Chrome di Android"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Mobile/15E148 Safari/604.1",
            "Safari di iPhone",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/131.0 Safari/537.36 Edg/131.0", "Edge di Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/17.6 Safari/605.1.15", "Safari di Mac"),
        ("curl/8", "Peramban lain di perangkat lain"),
        ("", "Peramban lain di perangkat lain"),
    ],
)
def test_browsers_are_named_in_words(agent, words):
    assert sessions.browser(agent) == words


def test_addresses_are_shortened():
    found = [sessions.shortened(address) for address in ("203.0.113.9", "2001:db8:1:2::9", "")]
    assert found == ["203.0.…", "2001:db8:…", ""]


def test_one_session_is_ended_or_all_others(editor):
    client, phone, third = opened(editor), opened(editor, PHONE), opened(editor)
    number = LoginSession.objects.get(browser="Chrome di Android").pk
    assert "1 sesi diakhiri" in client.post("/admin/sesi/", {"number": number}, follow=True).content.decode()
    assert [is_in(each) for each in (client, phone, third)] == [True, False, True]
    opened(editor, PHONE)
    assert "2 sesi diakhiri" in client.post("/admin/sesi/", follow=True).content.decode()
    assert [is_in(each) for each in (client, third)] == [True, False]


@pytest.mark.parametrize("number", ["0", "-1", "x", "9" * 30, "\0"])
def test_a_number_that_is_none_ends_nothing(editor, number):
    client, other = opened(editor), opened(editor)
    assert client.post("/admin/sesi/", {"number": number}).status_code in (302, 400)
    assert is_in(other)


def test_nobody_ends_the_session_of_another_person(editor):
    other = opened(make_person("Penulis"))
    number = LoginSession.objects.get().pk
    opened(editor).post("/admin/sesi/", {"number": number})
    assert is_in(other)


def test_what_has_ended_is_not_listed(editor):
    client, other = opened(editor), opened(editor)
    other.post("/admin/logout/")
    assert LoginSession.objects.count() == 1
    idle = opened(editor)
    LoginSession.objects.filter(pk=sessions.number(idle)).update(used_at=timezone.now() - timedelta(hours=9))
    assert client.get("/admin/sesi/").content.decode().count("<li>\n<strong>") == 1
    assert LoginSession.objects.prune() == 1


def test_a_new_password_leaves_only_ones_own_session_in_the_list(editor):
    editor.set_password("kopi-hujan-sepeda-biru")
    editor.save()
    client, _ = opened(editor), opened(editor)
    new = "ular melingkar di pagar"
    form = {"old_password": "kopi-hujan-sepeda-biru", "new_password1": new, "new_password2": new}
    client.post("/admin/password_change/", form)
    assert LoginSession.objects.count() == 1
    assert is_in(client)
    call_command("sandi_admin", editor.username)
    assert not LoginSession.objects.exists()
