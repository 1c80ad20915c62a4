"""The second step in a browser: setting it up, printing the codes, and logging in without JavaScript."""

import re
from base64 import b32decode

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from django_otp.oath import TOTP
from playwright.sync_api import expect

from portal.login.models import SecondStep
from tests.browsing import does_not_scroll_sideways, focused, log_in

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
