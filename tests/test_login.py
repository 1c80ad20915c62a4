"""Login to the newsroom: initial, wrong and lost passwords."""

import io

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command

pytestmark = pytest.mark.django_db
GIVEN, OWN = "diberikan-orang-lain", "pilihan-sendiri-77"


@pytest.fixture
def admin():
    return User.objects.create_superuser("admin", password=GIVEN)


def log_in(client, password, **headers):
    return client.post("/admin/login/", {"username": "admin", "password": password, "next": "/admin/"}, **headers)


def choose_password(client):
    return client.post("/admin/password_change/", {"old_password": GIVEN, "new_password1": OWN, "new_password2": OWN})


def test_an_initial_password_redirects_to_the_change_at_each_login_until_it_is_changed(client, admin):
    for _ in range(2):
        assert log_in(client, GIVEN).url == "/admin/password_change/"
        assert "kata sandi yang dibuatkan" in client.get("/admin/").content.decode()
    assert choose_password(client).status_code == 302
    assert "kata sandi yang dibuatkan" not in client.get("/admin/").content.decode()
    client.post("/admin/logout/")
    assert log_in(client, OWN).url == "/admin/"


def test_the_command_sets_a_new_initial_password(client, admin):
    log_in(client, GIVEN)
    choose_password(client)
    client.post("/admin/logout/")
    out = io.StringIO()
    call_command("sandi_admin", stdout=out)
    password = out.getvalue().strip().removeprefix("Masuk: admin / ")
    assert log_in(client, password).url == "/admin/password_change/"


def test_guessing_is_blocked_with_a_kind_page_and_unblocked_by_the_command(client, admin):
    answers = [log_in(client, f"tebakan {number}").status_code for number in range(7)]
    assert answers[0] == 200
    assert answers[-1] == 429
    assert "Terlalu banyak percobaan masuk" in log_in(client, GIVEN).content.decode()
    call_command("sandi_admin", stdout=(out := io.StringIO()))
    assert log_in(client, out.getvalue().strip().rpartition(" ")[2]).status_code == 302


def test_guesses_from_other_addresses_do_not_lock_the_owner_out(client, admin):
    for number in range(7):
        log_in(client, f"tebakan {number}", headers={"x-forwarded-for": "203.0.113.9"})
    assert log_in(client, GIVEN, headers={"x-forwarded-for": "198.51.100.7"}).status_code == 302


def test_session_cookie_is_private_and_only_for_the_newsroom(client, admin):
    cookie = log_in(client, GIVEN).cookies["sessionid"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/admin/", True, "Lax")
