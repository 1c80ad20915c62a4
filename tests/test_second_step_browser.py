"""The second step in a browser: setting it up, printing the codes, passkeys, and logging in without JavaScript."""

import re
from base64 import b32decode

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from django_otp.oath import TOTP
from playwright.sync_api import expect

from portal.login import models
from portal.login.models import Passkey, SecondStep
from tests.browsing import does_not_scroll_sideways, faults, focused, log_in

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

PASSWORD = "kopi-hujan-sepeda-biru"


def test_it_is_set_up_and_used_on_a_phone(quiet_page, page_without_javascript, client, portal_url):
    page = quiet_page
    person = User.objects.create_superuser("siti", password=PASSWORD, last_login=timezone.now())
    log_in(page, client, portal_url, person)
    page.goto("/admin/")
    page.get_by_role("link", name="Pasang sekarang").click()
    expect(page.get_by_alt_text("Kode QR")).to_be_visible()
    assert page.locator("img.qr").evaluate("image => image.naturalWidth") > 0  # the CSP lets it be seen
    assert does_not_scroll_sideways(page)
    key = b32decode(re.sub(r"\s", "", page.locator(".key").inner_text()))
    page.get_by_label("Kode 6 angka").fill(f"{TOTP(key).token():06}")
    page.get_by_label("Kata sandi Anda").fill(PASSWORD)
    page.get_by_role("button", name="Pasang").click()
    expect(page.locator(".recovery li")).to_have_count(10)
    assert does_not_scroll_sideways(page)
    code = page.locator(".recovery code").first.inner_text()
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.locator("#header")).to_be_hidden()
    assert page.locator(".recovery code").first.evaluate("code => getComputedStyle(code).color") == "rgb(0, 0, 0)"

    page = page_without_javascript
    page.goto("/admin/news/article/")
    page.get_by_label("Nama pengguna").fill("siti")
    page.get_by_label("Sandi").fill(PASSWORD)
    page.get_by_role("button", name="Masuk").click()
    expect(page.get_by_role("heading", name="Kode dari ponsel Anda")).to_be_visible()
    assert focused(page) == "id_code"
    assert does_not_scroll_sideways(page)
    page.get_by_label("Kode").fill(code)
    page.get_by_role("button", name="Masuk").click()
    expect(page).to_have_url(f"{portal_url}/admin/news/article/")
    assert SecondStep.objects.get().unused_codes.count() == 9


# ---- Passkeys: a device in the browser, as the tools of Chromium make it

DEVICE = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
DEVICE |= {"isUserVerified": True, "automaticPresenceSimulation": True}


@pytest.fixture
def localhost(portal_url, settings):
    """Browsers make no passkeys for bare addresses."""
    settings.SITE_URL = portal_url.replace("127.0.0.1", "localhost")
    return settings.SITE_URL


@pytest.fixture
def key_device(page):
    """A device of the browser; calls a verb of `WebAuthn` on it."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    number = tools.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]
    return lambda verb, **values: tools.send(f"WebAuthn.{verb}", {"authenticatorId": number, **values})


@pytest.fixture
def complaints(page):
    found = []
    page.on("console", lambda message: found.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    yield found
    assert found == []


@pytest.fixture
def siti():
    person = User.objects.create_superuser("siti", password=PASSWORD, last_login=timezone.now())
    step = SecondStep.objects.begin(person, models.new_key(), latest=0)
    return person, step.new_recovery_codes()


def give_password(page):
    page.get_by_label("Nama pengguna").fill("siti")
    page.get_by_label("Sandi").fill(PASSWORD)
    page.get_by_role("button", name="Masuk").click()


def answer_with_code(page, code):
    page.get_by_label("Kode").fill(code)
    page.get_by_role("button", name="Masuk").click()


def begin_passkey(page, name, code):
    page.get_by_label("Nama perangkat").fill(name)
    page.get_by_label("Kode").fill(code)
    page.get_by_role("button", name="Lanjut").click()


def test_a_passkey_is_made_and_used_and_the_pages_around_it_are_accessible(
    page, key_device, complaints, localhost, siti
):
    _, codes = siti
    found = []

    def look():
        page.wait_for_load_state()
        own = complaints.copy()
        found.extend(faults(page))
        complaints[:] = own  # axe-core tries out styles, which the CSP refuses
        assert does_not_scroll_sideways(page)

    page.goto(f"{localhost}/admin/dua-langkah/")
    look()  # logging in
    give_password(page)
    expect(page.get_by_role("button", name="Pakai kunci sandi")).to_have_count(0)
    look()  # the code
    page.get_by_label("Kode").fill("1")
    page.get_by_role("button", name="Masuk").click()
    look()  # a wrong one
    answer_with_code(page, codes[0])
    look()  # one's own second step
    page.get_by_role("link", name="Tambah kunci sandi").click()
    look()
    begin_passkey(page, "laptop kantor", codes[1])
    look()  # a passkey is to be made
    key_device("setUserVerified", isUserVerified=False)
    page.get_by_role("button", name="Buat kunci sandi").click()
    expect(page.get_by_role("status")).to_contain_text("dibatalkan")
    key_device("setUserVerified", isUserVerified=True)
    page.get_by_role("button", name="Buat kunci sandi").click()
    expect(page.get_by_text("“laptop kantor” sudah tersimpan")).to_be_visible()
    look()  # the list
    begin_passkey(page, "laptop kantor lagi", codes[2])
    page.get_by_role("button", name="Buat kunci sandi").click()
    expect(page.get_by_role("status")).to_contain_text("sudah punya kunci sandi")
    page.get_by_role("button", name="Batal").click()

    page.context.clear_cookies()
    page.goto(f"{localhost}/admin/sesi/")
    give_password(page)
    expect(page.get_by_role("button", name="Pakai kunci sandi")).to_be_visible()
    assert focused(page) == "id_code"
    look()  # the code, or a passkey
    page.get_by_role("button", name="Pakai kunci sandi").click()
    expect(page).to_have_url(f"{localhost}/admin/sesi/")
    assert Passkey.objects.get().uses > 0
    look()  # sessions
    page.goto(f"{localhost}/admin/password_change/")
    look()
    page.goto(f"{localhost}/admin/dua-langkah/")
    page.get_by_role("button", name="Pakai kunci sandi").click()
    expect(page.get_by_role("status")).to_contain_text("diterima")
    page.get_by_role("button", name="Buat kode pemulihan baru").click()
    expect(page.locator(".recovery li")).to_have_count(10)
    look()  # recovery codes
    assert found == []


def test_setting_it_up_is_accessible_and_a_passkey_is_no_way_without_javascript(
    page, page_without_javascript, client, portal_url, localhost, siti, settings
):
    person, codes = siti
    plain = page_without_javascript
    plain.goto(f"{localhost}/admin/dua-langkah/kunci-sandi/")
    give_password(plain)
    answer_with_code(plain, codes[0])
    begin_passkey(plain, "laptop kantor", codes[1])
    expect(plain.get_by_text("perlu JavaScript")).to_be_visible()
    expect(plain.get_by_role("button", name="Buat kunci sandi")).to_be_hidden()
    Passkey.objects.create(
        second_step=SecondStep.objects.get(), name="x", host="localhost", handle=b"1", public_key=b"1", uses=0
    )
    plain.context.clear_cookies()
    plain.goto(f"{localhost}/admin/")
    give_password(plain)
    expect(plain.get_by_role("button", name="Pakai kunci sandi")).to_be_hidden()
    answer_with_code(plain, codes[2])
    expect(plain).to_have_url(f"{localhost}/admin/")

    SecondStep.objects.all().delete()
    settings.REQUIRE_2FA = True
    log_in(page, client, portal_url, person)
    page.goto("/admin/")
    expect(page.get_by_alt_text("Kode QR")).to_be_visible()
    found = faults(page)
    page.get_by_label("Kode 6 angka").fill("1")
    page.get_by_label("Kata sandi Anda").fill("bukan ini")
    page.get_by_role("button", name="Pasang").click()
    expect(page.get_by_text("Kata sandi ini salah")).to_be_visible()
    assert found + faults(page) == []
