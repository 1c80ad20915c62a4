"""Draws the pictures of docs/panduan-redaksi.md from a running portal, so that they show what is there:

    python -m tests.guide_pictures http://127.0.0.1:8000 PASSWORD

The portal has to be a fresh one with the demo content; PASSWORD is what `serve` printed for admin, or what was given
instead. It is changed to a random one on the first log-in, and the portal is of no other use afterwards.
"""

import secrets
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "screenshots"
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 360, "height": 740}
EDITOR = ".field-body .ProseMirror[contenteditable]"
TITLE = "Pintu Air dan Pompa Diperiksa agar Siap Menghadapi Hujan Lebat"
SUMMARY = "Petugas menguji pintu air, pompa, dan saringan sampah di sepanjang saluran utama."
BODY = [
    "Petugas Dinas Pekerjaan Umum menguji pintu air dan pompa di tujuh titik sejak pagi.",
    "“Kalau satu pompa lambat menyala, satu kampung bisa tergenang,” kata kepala regu di Pintu Air Sepuluh.",
]


def log_in(page: Page, password: str) -> None:
    page.goto("/admin/")
    page.locator("[name=username]").fill("admin")
    page.locator("[name=password]").fill(password)
    page.locator("[name=password]").press("Enter")
    page.wait_for_load_state()
    if "password_change" in page.url:
        own = secrets.token_urlsafe(16)
        print("Kata sandi baru:", own)
        page.locator("[name=old_password]").fill(password)
        page.locator("[name=new_password1]").fill(own)
        page.locator("[name=new_password2]").fill(own)
        page.locator("[type=submit]").last.click()
        page.wait_for_load_state()


def take(page: Page, name: str) -> None:
    page.wait_for_load_state("load")
    page.wait_for_timeout(1_000)  # pictures that are loaded when they come into sight
    page.screenshot(path=PICTURES / f"redaksi-{name}.png")
    print(f"redaksi-{name}.png")


def write_draft(page: Page) -> None:
    page.goto("/admin/news/article/add/")
    page.locator("[name=title]").fill(TITLE)
    page.locator("[name=summary]").fill(SUMMARY)
    page.locator(EDITOR).click()
    for paragraph in BODY:
        page.keyboard.insert_text(paragraph)
        page.keyboard.press("Enter")
    page.get_by_text("Infrastruktur", exact=True).click()


def save(page: Page) -> None:
    page.get_by_role("button", name="Simpan dan lanjutkan").first.click()
    page.locator(".messagelist .success").wait_for()


def draw(page: Page) -> None:
    page.goto("/admin/")
    take(page, "meja")
    write_draft(page)
    page.locator(".faults").wait_for()
    page.wait_for_timeout(2_000)  # the panel follows a second after the last key
    take(page, "menulis")
    page.get_by_role("button", name="Pilih foto").click()
    page.locator("dialog[open] img").first.wait_for()
    take(page, "foto")
    page.keyboard.press("Escape")
    save(page)
    page.get_by_role("button", name="Pratinjau", exact=True).click()
    page.frame_locator(".live-preview iframe").get_by_text("Pintu Air Sepuluh").wait_for()
    take(page, "pratinjau")
    page.get_by_role("button", name="Tutup").click()
    page.set_viewport_size(PHONE)
    page.reload()
    take(page, "ponsel")
    page.set_viewport_size(DESKTOP)
    page.goto("/admin/news/article/?status__exact=published")
    page.locator("#result_list th a").first.click()
    page.locator("[name=summary]").fill(SUMMARY)
    page.get_by_label("Jenis perubahan").select_option("koreksi")
    page.get_by_label("Apa yang keliru dan apa yang benar").fill("Semula tertulis enam titik; yang benar tujuh titik.")
    take(page, "koreksi")
    page.get_by_role("button", name="Simpan perubahan").first.click()
    page.locator(".messagelist .success").wait_for()
    page.goto("/admin/news/pin/")
    take(page, "beranda")
    page.goto("/admin/laporan/")
    take(page, "laporan")


def main(address: str, password: str) -> None:
    with sync_playwright() as playwright:
        shell = shutil.which("chromium-headless-shell")
        browser = playwright.chromium.launch(executable_path=shell)
        page = browser.new_context(base_url=address, viewport=DESKTOP, locale="id-ID").new_page()
        page.set_default_timeout(20_000)
        log_in(page, password)
        draw(page)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
