"""Logging in with two steps: a code after the password, recovery codes, lost phones, and who has to."""

import io
import re
from base64 import b32decode
from datetime import timedelta
from time import time
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_otp.oath import TOTP

from portal.audit.models import Entry
from portal.login import bounds, models, second_step
from portal.login.models import FailureCount, RecoveryCode, SecondStep, Told
from tests.make import make_category, make_person

pytestmark = pytest.mark.django_db

PASSWORD = "kopi-hujan-sepeda-biru"
CODE_PAGE, OWN_PAGE = "/admin/login/kode/", "/admin/dua-langkah/"


def shown(key: str, steps=0) -> str:
    """The code that an app shows now, or so many steps later."""
    totp = TOTP(bytes.fromhex(key), drift=steps)
    return f"{totp.token():06}"


@pytest.fixture(autouse=True)
def still_clock(monkeypatch):
    """In the middle of a step, so that no test runs across the border of two."""
    clock = SimpleNamespace(now=time() // 30 * 30 + 15)
    for module in ("portal.login.models", "django_otp.oath"):
        monkeypatch.setattr(f"{module}.time", lambda: clock.now)
    return clock


@pytest.fixture
def editor():
    person = make_person("Redaktur", last_login=timezone.now())
    person.set_password(PASSWORD)
    person.save()
    return person


@pytest.fixture
def step(editor):
    return SecondStep.objects.begin(editor, models.new_key(), latest=0)


def give_password(client, person, target="/admin/", **extra):
    form = {"username": person.username, "password": PASSWORD, "next": target}
    return client.post("/admin/login/", form, **extra)


def give_code(client, code, **extra):
    return client.post(CODE_PAGE, {"code": code}, **extra)


def log_in(client, person, step):
    """With a code that no other log-in of the test has used."""
    SecondStep.objects.filter(pk=step.pk).update(latest=0)
    give_password(client, person)
    assert give_code(client, shown(step.key)).status_code == 302


def is_in(client) -> bool:
    return client.get("/admin/password_change/").status_code == 200


def set_up(client, password=PASSWORD, later=0, address=OWN_PAGE):
    """Answers the page's own key with the code that it makes."""
    page = client.get(address).content.decode()
    key = re.search(r'class="key">([A-Z2-7 ]+)<', page)[1]
    totp = TOTP(b32decode(key.replace(" ", "")), drift=later)
    return client.post(address, {"code": f"{totp.token():06}", "password": password})


def test_the_password_alone_logs_nobody_in(client, editor, step):
    assert give_password(client, editor).url == CODE_PAGE
    assert not is_in(client)
    assert "_auth_user_id" not in client.session
    page = client.get(CODE_PAGE).content.decode()
    assert 'autocomplete="one-time-code"' in page
    assert 'inputmode="numeric"' in page
    assert give_code(client, shown(step.key)).url == "/admin/"
    assert is_in(client)


def test_the_code_leads_to_where_the_log_in_was_asked_for_and_never_away(client, editor, step):
    for target, expected in (
        ("/admin/news/article/?q=1", "/admin/news/article/?q=1"),
        ("//jahat.invalid/", "/admin/"),
    ):
        SecondStep.objects.update(latest=0)
        give_password(client, editor, target)
        assert give_code(client, shown(step.key)).url == expected
        client.post("/admin/logout/")


@pytest.mark.parametrize(("steps", "is_taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_the_clock_of_a_phone_may_be_one_step_wrong(client, editor, step, steps, is_taken):
    give_password(client, editor)
    answer = give_code(client, shown(step.key, steps))
    assert (answer.status_code == 302) == is_taken
    if not is_taken:
        assert "Jam server sekarang" in answer.content.decode()


def test_a_code_is_accepted_once_and_no_older_one_after_it(client, editor, step, still_clock):
    used = shown(step.key)
    log_in(client, editor, step)
    thief = Client()
    give_password(thief, editor)
    for code in (used, shown(step.key, -1)):
        assert "sudah dipakai" in give_code(thief, code).content.decode()
    still_clock.now += 30
    assert give_code(thief, shown(step.key)).status_code == 302


@pytest.mark.parametrize("typed", ["", "12345", "abcdef", "１２３４５６", "-12345", "0" * 31, "000000\0"])
def test_nonsense_is_refused_with_a_sentence(client, editor, step, typed):
    give_password(client, editor)
    answer = give_code(client, typed)
    assert answer.status_code in (200, 400)
    assert not is_in(client)


def test_spaces_and_hyphens_in_a_code_do_not_matter(client, editor, step):
    give_password(client, editor)
    code = shown(step.key)
    assert give_code(client, f" {code[:3]} {code[3:]} ").status_code == 302


def test_the_code_must_come_within_ten_minutes_and_before_the_password_changes(client, editor, step, monkeypatch):
    give_password(client, editor)
    monkeypatch.setattr(second_step, "time", lambda: time() + 601)
    late = client.get(CODE_PAGE, follow=True)
    assert late.redirect_chain[-1][0] == "/admin/login/"
    assert "sudah lewat" in late.content.decode()
    monkeypatch.undo()
    give_password(client, editor)
    editor.set_password("ular-melingkar-di-pagar")
    editor.save()
    assert client.get(CODE_PAGE).status_code == 302
    assert Client().get(CODE_PAGE).url == "/admin/login/"


def test_an_account_that_was_closed_meanwhile_does_not_get_in(client, editor, step):
    give_password(client, editor)
    User.objects.filter(pk=editor.pk).update(is_active=False)
    assert give_code(client, shown(step.key)).url == "/admin/login/"
    assert not is_in(client)


# ---- Recovery codes


def test_a_recovery_code_replaces_the_phone_once(client, editor, step):
    codes = step.new_recovery_codes()
    assert len(set(codes)) == 10
    give_password(client, editor)
    answer = client.post(CODE_PAGE, {"code": codes[0]}, follow=True)
    assert "tersisa 9" in answer.content.decode()
    assert is_in(client)
    other = Client()
    give_password(other, editor)
    assert give_code(other, codes[0]).status_code == 200
    assert give_code(other, codes[1].replace(" ", "-")).status_code == 302


def test_recovery_codes_are_stored_as_keyed_hashes(step):
    codes = step.new_recovery_codes()
    stored = " ".join(RecoveryCode.objects.values_list("digest", flat=True))
    assert not any(code.replace(" ", "") in stored for code in codes)


def test_new_recovery_codes_need_a_code_and_replace_the_old_ones(client, editor, step):
    old = step.new_recovery_codes()
    log_in(client, editor, step)
    assert "tidak cocok" in client.post(OWN_PAGE, {"code": "000000000000"}).content.decode()
    page = client.post(OWN_PAGE, {"code": old[0]})
    new = re.findall(r"<code>(\d{5} \d{5})</code>", page.content.decode())
    assert len(new) == 10
    assert "no-store" in page["Cache-Control"]
    assert not step.accepts(old[1])
    assert step.accepts(new[0])


def test_the_audit_list_says_who_used_a_recovery_code_or_made_new_ones(client, editor, step):
    codes = step.new_recovery_codes()
    give_password(client, editor)
    give_code(client, codes[0])
    client.post(OWN_PAGE, {"code": codes[1]})
    found = [entry for entry in entries() if entry.verb.startswith("code")]
    assert [entry.verb for entry in found] == ["codes_made", "code_used", "code_used", "codes_made"]
    assert {(entry.subject, entry.row, entry.person_id) for entry in found} == {
        (editor.username, editor.pk, editor.pk)
    }
    assert not any(digest[:8] in str(entry.details) for entry in found for digest in codes)


# ---- Setting it up, and ending it


def test_setting_up_shows_a_picture_and_a_key_and_counts_when_the_first_code_is_right(client, editor):
    client.force_login(editor)
    other = Client()
    other.force_login(editor)
    page = client.get(OWN_PAGE)
    assert '<img class="qr" src="data:image/svg+xml' in page.content.decode()
    assert "img-src 'self' data:" in page["Content-Security-Policy"]
    assert not SecondStep.objects.exists()
    done = set_up(client).content.decode()
    assert len(re.findall(r"<code>\d{5} \d{5}</code>", done)) == 10
    assert is_in(client)
    assert not is_in(other)  # a session from before has passed one step only
    assert "Kode pemulihan yang belum dipakai: <strong>10</strong>" in client.get(OWN_PAGE).content.decode()


def test_the_key_stays_the_same_until_it_is_confirmed(client, editor):
    client.force_login(editor)
    first, second = (re.search(r'class="key">(.+?)<', client.get(OWN_PAGE).content.decode())[1] for _ in range(2))
    assert first == second


def test_setting_up_needs_the_password_since_a_session_may_be_stolen(client, editor):
    client.force_login(editor)
    assert "Kata sandi ini salah" in set_up(client, password="bukan ini").content.decode()
    assert not SecondStep.objects.exists()
    assert FailureCount.objects.filter(account=bounds.account_key(editor.username)).exists()


@pytest.mark.parametrize(("later", "words"), [(-10, "5 menit lebih lambat"), (40, "20 menit lebih cepat")])
def test_a_wrong_clock_is_named_when_it_is_set_up(client, editor, later, words):
    client.force_login(editor)
    page = set_up(client, later=later).content.decode()
    assert words in page
    assert "jam server" in page
    assert not SecondStep.objects.exists()


def test_the_code_that_set_it_up_does_not_log_in(client, editor):
    client.force_login(editor)
    set_up(client)
    step = SecondStep.objects.get()
    other = Client()
    give_password(other, editor)
    assert give_code(other, shown(step.key)).status_code == 200


def test_ending_it_needs_a_code_and_ends_other_sessions(client, editor, step):
    other = Client()
    log_in(other, editor, step)
    log_in(client, editor, step)
    assert client.post(OWN_PAGE, {"code": "123", "end": "1"}).status_code == 200
    SecondStep.objects.update(latest=0)
    assert client.post(OWN_PAGE, {"code": shown(step.key), "end": "1"}).status_code == 302
    assert is_in(client)
    assert not is_in(other)
    assert give_password(Client(), editor).url == "/admin/"


def test_a_new_password_ends_other_sessions_and_keeps_the_second_step(client, editor, step):
    other = Client()
    log_in(other, editor, step)
    log_in(client, editor, step)
    new = "ular melingkar di pagar"
    form = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert client.post("/admin/password_change/", form).status_code == 302
    assert is_in(client)
    assert not is_in(other)


def test_a_session_that_has_not_passed_is_nobody_also_where_copies_of_texts_are_kept(client, editor, step):
    client.force_login(editor)
    answer = client.post("/admin/belum-tersimpan/", {"user": editor.pk}, headers={"origin": "http://testserver"})
    assert answer.json() == {"problem": "logged out"}


# ---- Lost phones


@pytest.fixture
def administrator(client):
    person = make_person("Administrator", last_login=timezone.now())
    client.force_login(person)
    return person


def reset(client, *people):
    form = {"action": "end_second_step", "_selected_action": [person.pk for person in people]}
    return client.post("/admin/auth/user/", form, follow=True).content.decode()


def test_an_administrator_lists_who_logs_in_without_a_second_step(client, administrator, editor, step):
    without = make_person("Penulis")
    User.objects.create_user("bukan-redaksi")

    def listed(choice):
        page = client.get(f"/admin/auth/user/?dua_langkah={choice}").content.decode()
        return set(re.findall(r'field-username"><a[^>]*>([^<]+)', page))

    assert listed("tanpa") == {without.username, administrator.username}
    assert listed("dengan") == {editor.username}
    assert listed("x") >= {"bukan-redaksi", editor.username}


def test_a_second_administrator_resets_it_and_the_audit_list_says_who(client, administrator, editor, step):
    phone = Client()
    log_in(phone, editor, step)
    assert "diatur ulang" in reset(client, editor)
    assert not is_in(phone)
    assert give_password(Client(), editor).url == "/admin/"
    found = [entry for entry in entries() if entry.verb.startswith("second_step")]
    assert [entry.verb for entry in found] == ["second_step_on", "second_step_off"]
    assert (found[1].subject, found[1].row) == (editor.username, editor.pk)
    assert found[1].person == f"Administrator {administrator.last_name}"


def test_nobody_resets_their_own_or_a_superusers_from_the_list(client, administrator):
    owner = User.objects.create_superuser("pemilik", password=PASSWORD)
    own = SecondStep.objects.begin(administrator, models.new_key(), latest=0)
    SecondStep.objects.begin(owner, models.new_key(), latest=0)
    session = client.session
    session["second_step"] = own.pk
    session.save()
    assert "Tidak diubah" in reset(client, administrator, owner)
    assert SecondStep.objects.count() == 2


def test_an_editor_cannot_reset_anybody(client, editor, step):
    log_in(client, editor, step)
    reset(client, editor)
    assert SecondStep.objects.count() == 1


def test_the_list_of_accounts_says_who_has_one_in_no_more_queries(client, administrator):
    numbers = []
    for people in (1, 30):
        for _ in range(people):
            SecondStep.objects.begin(make_person("Penulis"), models.new_key(), latest=0)
        client.get("/admin/auth/user/")
        with CaptureQueriesContext(connection) as queries:
            page = client.get("/admin/auth/user/").content.decode()
        numbers.append(len(queries))
    assert numbers[0] == numbers[1]
    assert page.count("icon-yes") > 30


def test_the_command_resets_it_and_says_what_it_did(client, editor, step):
    log_in(client, editor, step)
    call_command("atur_ulang_dua_langkah", editor.username, stdout=(out := io.StringIO()))
    assert "cukup kata sandi" in out.getvalue()
    assert not is_in(client)
    for name in (editor.username, "tidak-ada"):
        with pytest.raises(CommandError):
            call_command("atur_ulang_dua_langkah", name)


def test_a_new_password_from_the_command_does_not_open_an_account_with_a_second_step(client, editor, step):
    call_command("sandi_admin", editor.username, stdout=(out := io.StringIO()))
    password = out.getvalue().strip().rpartition(" ")[2]
    answer = client.post("/admin/login/", {"username": editor.username, "password": password})
    assert answer.url == CODE_PAGE
    assert give_code(client, shown(step.key)).url == "/admin/password_change/"
    assert client.get("/admin/").url == "/admin/password_change/"


def entries():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    return list(Entry.objects.order_by("id"))


# ---- Guessing


def test_wrong_codes_are_bounded_and_the_right_password_does_not_reset_the_count(editor, step):
    answers = []
    for number in range(14):
        thief = Client(headers={"x-forwarded-for": f"203.0.113.{number}"})
        if give_password(thief, editor).status_code == 302:
            answers.append(give_code(thief, "999999999999").status_code)
    assert answers == [200] * 10
    FailureCount.objects.update(latest=timezone.now() - timedelta(seconds=120))
    thief = Client(headers={"x-forwarded-for": "203.0.113.99"})
    give_password(thief, editor)
    refused = give_code(thief, "999999999999")
    assert refused.status_code == 429
    assert 600 < int(refused["Retry-After"]) <= 900


def test_guesses_do_not_lock_out_the_owners_browser_which_a_password_alone_does_not_make(client, editor, step):
    thief = Client()
    give_password(thief, editor)
    assert bounds.COOKIE not in thief.cookies
    log_in(client, editor, step)
    client.post("/admin/logout/")
    for number in range(12):
        thief = Client(headers={"x-forwarded-for": f"203.0.113.{number}"})
        give_password(thief, editor)
        give_code(thief, "999999999999")
    log_in(client, editor, step)
    assert is_in(client)


# ---- Who has to


def test_the_setting_asks_everybody_before_anything_else(client, editor, settings):
    settings.REQUIRE_2FA = True
    client.force_login(editor)
    for address in ("/admin/", "/admin/news/article/", "/admin/sehat/"):
        assert client.get(address)["Location"].startswith(f"{OWN_PAGE}?next=%2Fadmin%2F")
    assert is_in(client)
    page = set_up(client, address=f"{OWN_PAGE}?next=/admin/news/article/").content.decode()
    assert 'href="/admin/news/article/">Sudah saya simpan' in page
    assert client.get("/admin/").status_code == 200


def test_an_administrator_is_told_for_fourteen_days_and_then_has_to(client, administrator):
    assert "dalam 14 hari" in client.get("/admin/").content.decode()
    Told.objects.update(at=timezone.now() - timedelta(days=12, hours=1))
    assert "dalam 2 hari" in client.get("/admin/news/article/").content.decode()
    Told.objects.update(at=timezone.now() - timedelta(days=14))
    assert client.get("/admin/").url.startswith(OWN_PAGE)
    assert client.post("/admin/auth/user/add/", {"username": "lain"}).url.startswith(OWN_PAGE)
    assert not User.objects.filter(username="lain").exists()


def test_the_days_begin_when_an_old_account_is_first_told(client):
    old = User.objects.create_superuser("lama", last_login=timezone.now())
    User.objects.filter(pk=old.pk).update(date_joined=timezone.now() - timedelta(days=3000))
    client.force_login(old)
    assert "dalam 14 hari" in client.get("/admin/").content.decode()


def test_others_may_have_one_and_are_not_asked(client, editor):
    client.force_login(editor)
    page = client.get("/admin/").content.decode()
    assert "langkah kedua" not in page
    assert f'href="{OWN_PAGE}"' in page
    assert not Told.objects.exists()


def test_the_only_administrator_is_told_to_make_a_second_one(client, administrator):
    assert "satu-satunya Administrator" in client.get(OWN_PAGE).content.decode()
    make_person("Administrator")
    assert "satu-satunya Administrator" not in client.get(OWN_PAGE).content.decode()


# ---- Texts that were not saved

TEXT = "Warga bergotong royong membersihkan saluran air di tiga kelurahan."


def send_article(client):
    form = {"title": "Kerja bakti", "body": f"<p>{TEXT}</p>", "category": make_category().pk}
    return client.post(
        "/admin/news/article/add/", form, headers={"referer": "http://testserver/admin/news/article/add/"}
    )


def test_a_text_sent_with_a_dead_session_survives_the_password_and_the_code(client, editor, step):
    form = send_article(client).url
    login = client.get(form).url
    target = re.search(r'name="next" value="([^"]+)"', client.get(login).content.decode())[1]
    assert give_password(client, editor, target.replace("&amp;", "&")).url == CODE_PAGE
    back = give_code(client, shown(step.key)).url
    assert back == form
    assert TEXT in client.get(back).content.decode()


def test_a_text_sent_when_the_days_are_over_survives_the_set_up(client, administrator):
    administrator.set_password(PASSWORD)
    administrator.save()
    client.force_login(administrator)
    Told.objects.create(user=administrator)
    Told.objects.update(at=timezone.now() - timedelta(days=15))
    form = send_article(client).url
    assert form.startswith("/admin/news/article/add/?kembali=")
    address = client.get(form).url
    page = set_up(client, address=address).content.decode()
    back = re.search(r'href="([^"]+)">Sudah saya simpan', page)[1]
    page = client.get(back.replace("&amp;", "&")).content.decode()
    assert TEXT in page
    assert "Belum tersimpan" in page
