"""Passkeys: another answer to the second step, where the package for them is installed."""

import html
import json
import re
import subprocess
import sys

import cbor2
import pytest
from django.contrib.auth.models import Permission, User
from django.contrib.sessions.exceptions import SessionInterrupted
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from portal.audit.models import Entry
from portal.login import models, passkeys
from portal.login.models import FailureCount, Passkey, RecoveryCode, SecondStep
from portal.unsaved.models import Return
from tests.authenticator import Authenticator
from tests.conftest import PROJECT, child_environment
from tests.make import make_person

pytestmark = pytest.mark.django_db

PASSWORD = "kopi-hujan-sepeda-biru"
CODE_PAGE, STEP_PAGE, PAGE = "/admin/login/kode/", "/admin/dua-langkah/", "/admin/dua-langkah/kunci-sandi/"
BUTTON = "Pakai kunci sandi</button>"


@pytest.fixture(autouse=True)
def at_a_host(settings):
    settings.SITE_URL, settings.HTTPS = Authenticator.origin, True


@pytest.fixture
def editor():
    person = make_person("Redaktur", last_login=timezone.now())
    person.set_password(PASSWORD)
    person.save()
    return person


@pytest.fixture
def step(editor):
    return SecondStep.objects.begin(editor, models.new_key(), latest=0)


@pytest.fixture
def codes(step):
    return step.new_recovery_codes()


@pytest.fixture
def inside(client, editor, step, codes):
    """A session that has passed the second step."""
    give_password(client, editor)
    assert client.post(CODE_PAGE, {"code": codes.pop()}).status_code == 302
    return client


@pytest.fixture
def device(inside, codes):
    """A device whose passkey was added."""
    return added(inside, codes)


def give_password(client, person):
    return client.post("/admin/login/", {"username": person.username, "password": PASSWORD})


def is_in(client) -> bool:
    return client.get("/admin/password_change/").status_code == 200


def wish(client, address=PAGE) -> dict:
    """What the page asks the browser for."""
    return json.loads(html.unescape(re.search(r'data-passkey="([^"]+)"', client.get(address).content.decode())[1]))


def begin(client, codes, name="laptop kantor"):
    return client.post(PAGE, {"name": name, "code": codes.pop()})


def added(client, codes, name="laptop kantor") -> Authenticator:
    device = Authenticator()
    begin(client, codes, name)
    assert "sudah tersimpan" in client.post(PAGE, {"passkey": device.make(wish(client))}, follow=True).content.decode()
    return device


def log_in(client, person, device):
    give_password(client, person)
    return client.post(CODE_PAGE, {"passkey": device.use(wish(client, CODE_PAGE))})


def verbs(start="passkey"):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    found = Entry.objects.order_by("id").values_list("verb", "subject", "person_id")
    return [each for each in found if each[0].startswith(start)]


def test_a_passkey_is_added_with_a_code_and_answers_the_second_step(inside, editor, device):
    key = Passkey.objects.get()
    assert (key.name, key.host) == ("laptop kantor", "kabar.contoh.go.id")
    assert key.transports == ["internal", "something-new"]
    client = Client()
    assert log_in(client, editor, device).url == "/admin/"
    assert is_in(client)
    key.refresh_from_db()
    assert key.uses == 1
    assert key.used_at
    page = inside.get(PAGE).content.decode()
    assert "laptop kantor" in page
    assert "hanya berlaku di kabar.contoh.go.id" in page
    assert "Anda punya 1 kunci sandi" in inside.get(STEP_PAGE).content.decode()


def test_a_session_that_ends_while_its_answer_is_read_is_no_server_error(client, editor, device, rf, step):
    request = rf.post(CODE_PAGE)
    give_password(client, editor)
    answer = device.use(wish(client, CODE_PAGE))
    request.session = client.session
    assert request.session.keys()  # it is loaded
    client.session.delete(client.session.session_key)
    with pytest.raises(SessionInterrupted):
        passkeys.use(request, step.passkeys.all(), answer)


def test_what_was_sent_with_a_dead_session_is_not_kept_as_a_text(device):
    answer = device.use({"rpId": passkeys.host(), "challenge": "AAAA"}).replace(",", ", ")
    for address in (CODE_PAGE, STEP_PAGE, PAGE):
        Client().post(address, {"passkey": answer, "name": "laptop kantor saya"})
    assert not Return.objects.exists()


def test_it_may_be_one_of_several_devices_and_the_code_stays_a_way(inside, editor, device, codes):
    second = added(inside, codes, "ponsel")
    for each in (device, second):
        client = Client()
        log_in(client, editor, each)
        assert is_in(client)
    client = Client()
    give_password(client, editor)
    page = client.get(CODE_PAGE).content.decode()
    assert BUTTON in page
    assert 'name="code"' in page
    assert client.post(CODE_PAGE, {"code": codes.pop(), "passkey": ""}).status_code == 302
    assert is_in(client)


def test_adding_one_needs_a_right_code_since_a_session_may_be_stolen(inside, editor, codes):
    assert "tidak cocok" in inside.post(PAGE, {"name": "x", "code": "000000000000"}).content.decode()
    assert "Beri nama" in inside.post(PAGE, {"name": "", "code": ""}).content.decode()
    answer = Authenticator().make({"rp": {"id": "kabar.contoh.go.id"}, "challenge": "AA"})
    inside.post(PAGE, {"passkey": answer, "name": "x"})
    assert not Passkey.objects.exists()
    assert FailureCount.objects.exists()


def test_a_passkey_is_as_good_as_a_code_where_one_is_asked_for(inside, editor, device, codes):
    page = inside.post(PAGE, {"name": "kunci USB", "code": "", "passkey": device.use(wish(inside))}, follow=True)
    assert "Buat kunci sandi “kunci USB”" in page.content.decode()
    inside.post(PAGE, {"stop": "1"})
    page = inside.post(STEP_PAGE, {"code": "", "passkey": device.use(wish(inside, STEP_PAGE))}).content.decode()
    assert len(re.findall(r"<code>\d{5} \d{5}</code>", page)) == 10


@pytest.mark.parametrize("blank", ["", " ", "\t", "\n", "\u3000", "\x1f"])
def test_a_blank_answer_is_none_wherever_a_code_is_asked_for(inside, editor, step, device, blank):
    client = Client()
    give_password(client, editor)
    client.post(CODE_PAGE, {"passkey": blank, "code": ""})
    assert not is_in(client)
    inside.post(STEP_PAGE, {"passkey": blank, "code": "", "end": "1"})
    assert SecondStep.objects.get() == step
    inside.post(PAGE, {"passkey": blank, "code": "", "name": "milik pencuri"})
    assert "Buat kunci sandi “" not in inside.get(PAGE).content.decode()


def test_after_a_refused_answer_the_code_is_enough(editor, device, codes):
    client = Client()
    give_password(client, editor)
    page = client.post(CODE_PAGE, {"passkey": device.use({"rpId": "jahat.invalid", "challenge": "AAAA"})})
    hidden = {
        each["name"]: html.unescape(each["value"] or "")
        for each in re.finditer(
            r'<input type="hidden" name="(?P<name>passkey)"[^>]*?(?: value="(?P<value>[^"]*)")?[^>]*>',
            page.content.decode(),
        )
    }
    assert client.post(CODE_PAGE, {**hidden, "code": codes.pop()}).status_code == 302
    assert list(hidden) == ["passkey"]
    assert is_in(client)


def test_a_code_is_good_for_the_next_attempt_if_only_the_name_was_missing(inside, codes):
    assert "Beri nama" in inside.post(PAGE, {"name": "", "code": codes[-1]}).content.decode()
    assert begin(inside, codes).status_code == 302


def test_ways_to_reach_a_key_that_no_browser_names_are_not_stored(inside, codes):
    begin(inside, codes)
    answer = json.loads(Authenticator().make(wish(inside)))
    answer["response"]["transports"] = ["\0", "usb", 7, {}, "\ud800"]
    inside.post(PAGE, {"passkey": json.dumps(answer)})
    assert Passkey.objects.get().transports == ["usb"]


def test_making_it_must_follow_the_code_within_ten_minutes_and_can_be_stopped(inside, codes, monkeypatch):
    begin(inside, codes)
    monkeypatch.setattr("portal.login.passkey_views.time", lambda: 2**40)
    assert "Tambah kunci sandi" in inside.get(PAGE).content.decode()
    monkeypatch.undo()
    assert "Buat kunci sandi “" in inside.get(PAGE).content.decode()
    inside.post(PAGE, {"stop": "1"})
    assert "Tambah kunci sandi" in inside.get(PAGE).content.decode()


@pytest.mark.parametrize("fault", ["origin", "challenge", "host", "signature", "stranger", "nothing"])
def test_a_wrong_answer_is_refused_and_counts_like_a_wrong_code(editor, device, fault, caplog):
    client = Client(headers={"x-forwarded-for": "203.0.113.9"})
    give_password(client, editor)
    asked = wish(client, CODE_PAGE)
    if fault == "origin":
        device.origin = "https://kabar.contoh.go.id.jahat.invalid"
    elif fault == "challenge":
        asked["challenge"] = "AAAA"
    elif fault == "host":
        asked["rpId"] = "jahat.invalid"
    elif fault == "stranger":
        device.handle = b"x" * 32
    elif fault == "signature":
        device.key = Authenticator().key
    answer = "{}" if fault == "nothing" else device.use(asked)
    page = client.post(CODE_PAGE, {"passkey": answer})
    assert "tidak cocok" in page.content.decode()
    assert not is_in(client)
    assert [record.getMessage() for record in caplog.records] == ["Gagal masuk ke ruang redaksi dari 203.0.113.9"]
    for number in range(12):
        thief = Client(headers={"x-forwarded-for": f"203.0.113.{number + 10}"})
        if give_password(thief, editor).status_code == 302:
            thief.post(CODE_PAGE, {"passkey": answer})
    assert max(FailureCount.objects.values_list("failures", flat=True)) == 10


def test_an_answer_is_good_once(editor, device):
    client = Client()
    give_password(client, editor)
    answer = device.use(wish(client, CODE_PAGE))
    assert client.post(CODE_PAGE, {"passkey": answer}).status_code == 302
    client.post("/admin/logout/")
    give_password(client, editor)
    client.get(CODE_PAGE)
    assert client.post(CODE_PAGE, {"passkey": answer}).status_code == 200
    assert not is_in(client)


def test_a_device_whose_count_goes_back_was_copied(editor, device):
    log_in(Client(), editor, device)
    device.uses = 0
    client = Client()
    log_in(client, editor, device)
    assert not is_in(client)


def test_the_passkey_of_another_person_is_none(device):
    other = make_person("Administrator", last_login=timezone.now())
    other.set_password(PASSWORD)
    other.save()
    own = SecondStep.objects.begin(other, models.new_key(), latest=0)
    Passkey.objects.create(second_step=own, name="x", host=passkeys.host(), handle=b"1", public_key=b"1", uses=0)
    client = Client()
    assert log_in(client, other, device).status_code == 200
    assert not is_in(client)


NONSENSE = ["", "x", "[]", "null", "1", "{}", '"\\u0000"', "[" * 9000, '{"id": 1}', '{"rawId": "é"}', b"\xd8\x00"]


def mangled(answer: str):
    """The answer with each part missing, of another type, cut or changed."""
    whole = json.loads(answer)
    for name in (*whole, *whole["response"]):
        part = whole["response"] if name in whole["response"] else whole
        former, text = part[name], str(part[name])
        for other in (None, 1, [], {}, "", "é", "AAAA", "!", text[:-9], text[:40], f"{text}AAAA"):
            part[name] = other
            yield json.dumps(whole)
        part[name] = former


def with_odd_keys(answer: str, handle: bytes):
    """The answer to a wish for a passkey, with each part of the key missing or of another type, and other formats."""
    whole = json.loads(answer)
    told = cbor2.loads(base64url_to_bytes(whole["response"]["attestationObject"]))
    head, _, _ = told["authData"].partition(handle)
    key = cbor2.loads(told["authData"].removeprefix(head + handle))
    rest = [{name: part for name, part in key.items() if name != missing} for missing in key]
    others = [key | {name: part} for name in key for part in (None, 1, 2**70, b"", "x", [])]
    formats = [{}, {"fmt": "packed", "attStmt": {"alg": -7, "sig": b"x", "x5c": [b"x"]}}, {"fmt": "tpm", "attStmt": 1}]
    for odd in (*rest, *others, 1, None, []):
        for form in formats:
            attestation = told | form | {"authData": head + handle + cbor2.dumps(odd)}
            whole["response"]["attestationObject"] = bytes_to_base64url(cbor2.dumps(attestation))
            yield json.dumps(whole)


@pytest.mark.parametrize("text", NONSENSE)
def test_nonsense_is_no_answer(inside, editor, device, codes, text):
    client = Client()
    give_password(client, editor)
    assert client.post(CODE_PAGE, {"passkey": text}).status_code in (200, 400)
    begin(inside, codes)
    assert inside.post(PAGE, {"passkey": text}).status_code in (200, 302, 400)
    assert Passkey.objects.count() == 1
    assert not is_in(client)


def test_mangled_answers_are_none_and_raise_nothing(rf, inside, step, device):
    request = rf.get("/")
    request.user, request.session = step.user, inside.session
    keys = passkeys.usable(step)
    for number, answer in enumerate(mangled(device.use(json.loads(passkeys.wish_to_use(request, keys))))):
        request.session["passkey_challenge"] = "00" * 32
        assert passkeys.use(request, keys, answer) is None, number
    asked = json.loads(passkeys.wish_to_add(request, step))
    challenge = request.session["passkey_challenge"]
    other = Authenticator()
    whole = other.make(asked)
    for number, answer in enumerate([*mangled(whole), *with_odd_keys(whole, other.handle)]):
        request.session["passkey_challenge"] = challenge
        passkeys.add(request, step, str(number), answer)
    too_long = Authenticator(handle=b"x" * 5000).make(asked)
    request.session["passkey_challenge"] = challenge
    assert passkeys.add(request, step, "panjang", too_long) is None


def test_removing_one_ends_other_sessions_and_leaves_the_others_and_the_codes(inside, editor, device, codes):
    added(inside, codes, "ponsel")
    other = Client()
    log_in(other, editor, device)
    number = Passkey.objects.get(name="laptop kantor").pk
    assert "“laptop kantor” dihapus" in inside.post(PAGE, {"number": number}, follow=True).content.decode()
    assert is_in(inside)
    assert not is_in(other)
    assert "sudah tidak ada" in inside.post(PAGE, {"number": number}, follow=True).content.decode()
    client = Client()
    log_in(client, editor, device)
    assert not is_in(client)
    assert client.post(CODE_PAGE, {"code": codes.pop()}).status_code == 302


@pytest.mark.parametrize("number", ["0", "x", "9" * 30])
def test_nobody_removes_the_passkey_of_another(inside, step, number):
    other = SecondStep.objects.begin(make_person("Penulis"), models.new_key(), latest=0)
    key = Passkey.objects.create(second_step=other, name="x", host="x", handle=b"1", public_key=b"1", uses=0)
    for each in (number, key.pk):
        assert inside.post(PAGE, {"number": each}).status_code == 302
    assert Passkey.objects.count() == 1


def test_the_audit_list_says_who_added_and_removed_one(inside, editor, device):
    inside.post(PAGE, {"number": Passkey.objects.get().pk})
    own = (editor.username, editor.pk)
    assert verbs() == [("passkey_on", *own), ("passkey_off", *own)]


def test_a_lost_phone_a_new_app_and_a_deleted_account_take_them_along(inside, editor, device, codes):
    call_command("atur_ulang_dua_langkah", editor.username)
    assert not Passkey.objects.exists()
    assert not RecoveryCode.objects.exists()
    assert [verb for verb, *_ in verbs()] == ["passkey_on", "passkey_off"]
    step = SecondStep.objects.begin(editor, models.new_key(), latest=0)
    Passkey.objects.create(second_step=step, name="x", host="x", handle=b"1", public_key=b"1", uses=0)
    User.objects.get(pk=editor.pk).delete()
    assert not Passkey.objects.exists()
    assert verbs()[-1] == ("passkey_off", editor.username, None)


def test_who_has_one_is_listed_as_having_a_second_step(client, editor, step):
    Passkey.objects.create(second_step=step, name="x", host="x", handle=b"1", public_key=b"1", uses=0)
    client.force_login(make_person("Administrator", last_login=timezone.now()))
    listed = {
        choice: editor.username in client.get(f"/admin/auth/user/?dua_langkah={choice}").content.decode()
        for choice in ("tanpa", "dengan")
    }
    assert listed == {"tanpa": False, "dengan": True}


def test_there_are_at_most_ten(inside, step, codes):
    for number in range(passkeys.MOST):
        Passkey.objects.create(
            second_step=step, name=str(number), host=passkeys.host(), handle=bytes([number]), public_key=b"1", uses=0
        )
    assert "Sudah ada 10" in inside.get(PAGE).content.decode()
    assert "Sudah ada 10" in begin(inside, codes).content.decode()


def test_after_a_move_of_the_portal_the_code_is_the_way_and_the_page_says_why(inside, editor, device, codes, settings):
    settings.SITE_URL = "https://berita.contoh.go.id"
    page = inside.get(PAGE).content.decode()
    assert "Untuk alamat lama portal, kabar.contoh.go.id" in page
    client = Client()
    give_password(client, editor)
    assert BUTTON not in client.get(CODE_PAGE).content.decode()
    assert client.post(CODE_PAGE, {"code": codes.pop()}).status_code == 302


@pytest.mark.parametrize(
    ("address", "is_offered"),
    [
        ("https://kabar.contoh.go.id", True),
        ("http://localhost:8000", True),
        ("http://kabar.contoh.go.id", False),
        ("http://127.0.0.1:8000", False),
        ("https://203.0.113.9", False),
        ("https://[2001:db8::1]", False),
    ],
)
def test_they_are_offered_where_browsers_make_them(settings, address, is_offered):
    settings.SITE_URL, settings.HTTPS = address, address.startswith("https")
    assert passkeys.are_offered() == is_offered


def test_who_has_no_second_step_is_led_to_set_up_the_codes_first(client, editor):
    client.force_login(editor)
    assert "Pasang dahulu aplikasi" in client.get(PAGE, follow=True).content.decode()
    assert "unci sandi (passkey)" not in client.get(STEP_PAGE).content.decode()


def test_nobody_has_a_right_on_passkeys():
    assert not Permission.objects.filter(content_type__model="passkey").exists()


def test_without_the_package_nothing_is_shown_and_the_codes_go_on(inside, editor, device, codes, monkeypatch):
    monkeypatch.setattr(passkeys, "IS_INSTALLED", False)
    assert "unci sandi (passkey)" not in inside.get(STEP_PAGE).content.decode()
    assert inside.get(PAGE).status_code == 404
    client = Client()
    give_password(client, editor)
    page = client.get(CODE_PAGE).content.decode()
    assert "passkey" not in page
    assert "unci sandi" not in page
    assert client.post(CODE_PAGE, {"passkey": "{}"}).status_code == 200
    assert client.post(CODE_PAGE, {"code": codes.pop(), "passkey": "{}"}).status_code == 302
    call_command("atur_ulang_dua_langkah", editor.username)
    assert not Passkey.objects.exists()


WITHOUT = """
import sys
sys.modules["webauthn"] = None
import django
django.setup()
from django.core.management import call_command
call_command("check")
from django.urls import resolve
from portal.login import passkeys
print(resolve("/admin/dua-langkah/kunci-sandi/").url_name, passkeys.IS_INSTALLED, passkeys.are_offered())
"""


@pytest.mark.slow
def test_the_portal_starts_where_the_package_is_not_installed(tmp_path):
    environment = child_environment() | {"DJANGO_SETTINGS_MODULE": "portal.settings", "DATA_DIR": str(tmp_path)}
    environment |= {"SITE_URL": Authenticator.origin, "SECRET_KEY": "x" * 60}
    command = [sys.executable, "-c", WITHOUT]
    done = subprocess.run(
        command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.endswith("passkeys False False\n"), done.stderr


def test_the_lock_with_passkeys_is_the_other_one_and_what_they_need():
    pinned = [
        set(re.findall(r"^[\w.-]+(?:\[.*?\])?==\S+", (PROJECT / name).read_text(), re.MULTILINE))
        for name in ("requirements.txt", "requirements-passkey.txt", "requirements-dev.txt")
    ]
    assert pinned[0] < pinned[1] < pinned[2]
    names = {each.partition("==")[0] for each in pinned[1] - pinned[0]}
    assert names >= {"webauthn", "cryptography"}
