"""Login to the newsroom: initial, wrong and lost passwords."""

import io
import re
import secrets
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db.models import F
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from portal.login import bounds
from portal.login.middleware import LoginBoundsMiddleware
from portal.login.models import FailureCount

pytestmark = pytest.mark.django_db

PLACE = settings.CITY_NAME.split()[-1]
GIVEN, OWN = "diberikan-orang-lain", "pilihan-sendiri-77"


@pytest.fixture
def admin():
    return User.objects.create_superuser("admin", password=GIVEN)


def log_in(client, password, **headers):
    return client.post("/admin/login/", {"username": "admin", "password": password, "next": "/admin/"}, **headers)


def choose_password(client):
    return client.post("/admin/password_change/", {"old_password": GIVEN, "new_password1": OWN, "new_password2": OWN})


def test_an_initial_password_opens_nothing_but_the_form_to_change_it(client, admin):
    for _ in range(2):
        assert log_in(client, GIVEN).url == "/admin/password_change/"
        for url in ("/admin/", "/admin/news/article/", "/admin/auth/user/add/", "/admin/comments/queue/"):
            assert client.get(url)["Location"] == "/admin/password_change/"
        assert client.post("/admin/auth/user/add/", {"username": "lain"})["Location"] == "/admin/password_change/"
        assert "kata sandi yang dibuatkan" in client.get("/admin/password_change/").content.decode()
    assert choose_password(client).status_code == 302
    assert client.get("/admin/").status_code == 200
    assert "kata sandi yang dibuatkan" not in client.get("/admin/password_change/").content.decode()
    client.post("/admin/logout/")
    assert log_in(client, OWN).url == "/admin/"


def test_a_wrong_password_is_said_once_and_in_our_words(client, admin):
    page = log_in(client, "salah").content.decode()
    assert "Nama pengguna atau kata sandi salah, atau akun ini tidak boleh masuk" in page
    assert "nama pengguna nama pengguna" not in page


def test_the_command_sets_a_new_initial_password(client, admin):
    log_in(client, GIVEN)
    choose_password(client)
    client.post("/admin/logout/")
    out = io.StringIO()
    call_command("sandi_admin", stdout=out)
    password = out.getvalue().strip().removeprefix("Masuk: admin / ")
    assert log_in(client, password).url == "/admin/password_change/"


def test_a_password_set_by_an_administrator_must_be_changed_and_ones_own_not(client, admin):
    log_in(client, GIVEN)
    choose_password(client)
    editor = User.objects.create_user("penulis", password=GIVEN, is_staff=True, last_login=timezone.now())
    fields = {"password1": OWN + "x", "password2": OWN + "x", "usable_password": "true"}
    for person, answered in ((editor, None), (admin, timezone.now())):
        assert client.post(f"/admin/auth/user/{person.pk}/password/", fields).status_code == 302
        person.refresh_from_db()
        assert bool(person.last_login) == bool(answered)


@pytest.mark.parametrize(
    "password",
    [
        "opd2opd2opd2",
        "opd2opd2opd",
        "Opd2-Opd2-Opd2",
        "aaaaaaaaaaaaaaa",
        "abababababab1",
        "123456789012",
        "qwertyuiop123",
        "1qaz2wsx3edc",
        "password1234",
        "P@ssw0rd2024!",
        "bismillah2024!!",
        "sayangku12345",
        f"{PLACE}2024!",
        f"kota.{PLACE.lower()}.2025",
        f"{settings.SITE_NAME.replace(' ', '')}1",
        "diskominfo-2024",
        "humas_opd2_2024",
        "rahayu19850817",
        "budi.rahayu.77",
        "iloveyou20242024",
        f"{PLACE}@2024!",
        "diskominfo123",
        "P4ssw0rd12345",
        "selamatpagi2024",
        "dinkes-2025!!",
        "Ramadhan1446!!",
        "Agustus1945!!",
        "hut80ri-2025",
        "kecamatan12345",
    ],
)
def test_passwords_that_are_guessed_first_are_refused(password):
    user = User(username="opd2", first_name="Sri", last_name="Rahayu", email="sri.rahayu@contoh.go.id")
    with pytest.raises(ValidationError):
        validate_password(password, user)


@pytest.mark.parametrize("password", ["pendek1!xyz", "kopi hujan", "x" * 11])
def test_passwords_under_twelve_characters_are_refused(password):
    with pytest.raises(ValidationError, match="12 karakter"):
        validate_password(password)


@pytest.mark.parametrize(
    "password",
    [
        "kopi-hujan-sepeda-biru",
        "ular melingkar di pagar",
        "hujan turun di pasar lama",
        "Malam Minggu makan pecel di trotoar",
        "tangerang-ular-melingkar",
        "V7kq_Zp2mWx9Lr4T",
        "9f3kd0al2mxz",
        OWN,
    ],
)
def test_passwords_that_are_hard_to_guess_are_taken(password):
    validate_password(password, User(username="opd2", first_name="Sri", last_name="Rahayu"))


def test_passwords_made_by_the_portal_are_taken():
    for _ in range(200):
        validate_password(secrets.token_urlsafe(12), User(username="admin"))


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


# ---- Bounds: what fails too often is refused before its password is hashed


def guess(sender, name="admin", client=None, password="tebakan"):
    """Tries to log in from a sender; `client`: a browser, by default a new one."""
    fields = {"username": name, "password": password}
    return (client or Client()).post("/admin/login/", fields, headers={"x-forwarded-for": sender})


@pytest.fixture
def hashes(monkeypatch):
    """The passwords that were hashed."""
    seen = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *args: (seen.append(args[1]), encode(*args))[1])
    return seen


def test_a_sender_that_fails_thirty_times_is_refused_whatever_the_names(admin, hashes):
    answers = [guess("203.0.113.9", f"nama{number}").status_code for number in range(40)]
    assert answers == [200] * 30 + [429] * 10
    assert len(hashes) == 30
    assert guess("203.0.113.10", "nama").status_code == 200


def test_a_refusal_says_how_long_to_wait(admin):
    for number in range(30):
        guess("203.0.113.9", f"nama{number}")
    refused = guess("203.0.113.9")
    assert 840 < int(refused["Retry-After"]) <= 900
    assert "Tunggu 15 menit" in refused.content.decode()
    assert refused["Cache-Control"] == "no-store"


def test_a_refusal_comes_before_the_check_for_forged_forms(admin):
    for number in range(30):
        guess("203.0.113.9", f"nama{number}")
    strict = Client(enforce_csrf_checks=True)
    assert guess("203.0.113.10", client=strict).status_code == 403
    assert guess("203.0.113.9", client=strict).status_code == 429


def test_a_refused_attempt_leaves_no_row_and_no_line(admin, caplog):
    for number in range(30):
        guess("203.0.113.9", f"nama{number}")
    before = [list(model.objects.values_list("pk")) for model in (FailureCount, AccessAttempt)]
    caplog.clear()
    for number in range(20):
        assert guess("203.0.113.9", f"lain{number}").status_code == 429
    assert [list(model.objects.values_list("pk")) for model in (FailureCount, AccessAttempt)] == before
    assert caplog.text == ""


def test_the_sender_may_try_again_after_fifteen_minutes(admin):
    for number in range(30):
        guess("203.0.113.9", f"nama{number}")
    FailureCount.objects.update(ends_at=timezone.now() - timedelta(hours=1))
    assert guess("203.0.113.9").status_code == 200
    assert guess("203.0.113.9").status_code == 200


def test_one_ipv6_household_is_one_sender(admin):
    answers = [guess(f"2001:db8:1:2:{number:x}::1").status_code for number in range(8)]
    assert answers == [200] * 6 + [429] * 2
    assert guess("2001:db8:1:3::1").status_code == 200


def test_a_browser_that_has_logged_in_before_is_not_concerned_by_a_flood_from_its_office(admin):
    own = Client()
    assert guess("203.0.113.9", client=own, password=GIVEN).status_code == 302
    own.post("/admin/logout/")
    for number in range(31):
        guess("203.0.113.9", f"nama{number}")
    assert guess("203.0.113.9", password=GIVEN).status_code == 429
    assert guess("203.0.113.9", client=own, password=GIVEN).status_code == 302


def test_a_known_browser_has_a_bound_of_its_own_and_is_unknown_to_other_accounts(admin):
    own = Client()
    guess("203.0.113.9", client=own, password=GIVEN)
    assert [guess("203.0.113.9", client=own).status_code for _ in range(12)] == [200] * 10 + [429] * 2
    assert [guess("203.0.113.9", "lain", client=own).status_code for _ in range(7)] == [200] * 6 + [429]


def test_the_cookie_of_a_known_browser_is_signed_private_and_lasts_90_days(admin):
    own = Client()
    guess("203.0.113.9", client=own, password=GIVEN)
    cookie = own.cookies[bounds.COOKIE]
    assert (cookie["path"], cookie["httponly"], cookie["max-age"]) == ("/admin/", True, 90 * 86400)
    own.cookies[bounds.COOKIE] = cookie.value[:-1] + ("a" if cookie.value[-1] != "a" else "b")
    assert [guess("203.0.113.9", client=own).status_code for _ in range(7)][-1] == 429


def test_a_name_guessed_at_from_many_addresses_gets_one_attempt_a_minute(admin):
    answers = [guess(f"203.0.113.{number}") for number in range(12)]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429] * 2
    assert 0 < int(answers[-1]["Retry-After"]) <= 60
    FailureCount.objects.update(latest=F("latest") - timedelta(seconds=61))
    assert guess("203.0.113.100").status_code == 200
    assert guess("203.0.113.101").status_code == 429


def test_a_name_under_attack_does_not_lock_out_its_owner(admin):
    own = Client()
    guess("198.51.100.7", client=own, password=GIVEN)
    for number in range(12):
        guess(f"203.0.113.{number}")
    assert guess("198.51.100.7", client=own, password=GIVEN).status_code == 302


def test_an_own_account_does_not_clear_what_its_sender_guessed_at_others(admin):
    User.objects.create_user("penulis", password=OWN, is_staff=True)
    for number in range(29):
        guess("203.0.113.9", f"nama{number}")
    assert guess("203.0.113.9", "penulis", password=OWN).status_code == 302
    assert guess("203.0.113.9", "nama").status_code == 200
    assert guess("203.0.113.9", "nama").status_code == 429


def test_neither_addresses_nor_names_are_stored_with_the_counts(admin):
    guess("203.0.113.9", "nama")
    assert not re.search(r"203\.0|nama", str(list(FailureCount.objects.values_list("key", "account"))))


def test_while_a_password_is_hashed_other_strangers_are_turned_away_and_known_browsers_are_not(rf):
    """The second request comes while the first one is in its view."""
    inner = []

    def view(request):
        if not inner:
            inner.append(None)
            inner.extend([middleware(request), middleware(known)])
        return HttpResponse()

    middleware = LoginBoundsMiddleware(view)
    known = rf.post("/admin/login/", {"username": "admin"})
    bounds.Browser.of(known).remember(bounds.account_key("admin"), response := HttpResponse())
    known.COOKIES[bounds.COOKIE] = response.cookies[bounds.COOKIE].value
    assert middleware(rf.post("/admin/login/", {"username": "admin"})).status_code == 200
    assert [answer.status_code for answer in inner[1:]] == [429, 200]


def test_counts_are_deleted_when_their_time_is_over(admin):
    guess("203.0.113.9")
    assert FailureCount.objects.prune() == 0
    FailureCount.objects.update(ends_at=timezone.now() - timedelta(hours=1))
    assert FailureCount.objects.prune() == 3


def test_session_cookie_is_private_and_only_for_the_newsroom(client, admin):
    cookie = log_in(client, GIVEN).cookies["sessionid"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/admin/", True, "Lax")
