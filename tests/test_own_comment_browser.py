"""The author's page of a comment, and reports by readers, in a real browser with and without JavaScript."""

import pytest
from django.core.cache import cache

from comments.mail import secret_links
from comments.models import Comment, Email, Reason, Report
from tests.browsing import answer_captcha, does_not_scroll_sideways, focused
from tests.make import make_article, make_comment

pytestmark = pytest.mark.django_db(transaction=True)


def take_back(page):
    page.get_by_text("Hapus komentar ini", exact=True).click()
    assert Comment.objects.get().erased_at is None
    page.get_by_role("button", name="Ya, hapus sekarang").click()
    page.get_by_role("heading", name="Komentar Anda sudah dihapus").wait_for()
    assert Comment.objects.get().status == Comment.Status.DELETED
    assert does_not_scroll_sideways(page)


def test_author_saves_the_link_and_deletes_the_comment(quiet_page):
    page = quiet_page
    comment = make_comment(make_article(), status=Comment.Status.WAITING)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{secret_links.own_url(comment)}#terkirim")
    assert focused(page) == "terkirim"
    assert "paling lambat" in page.get_by_role("status").first.inner_text()
    assert does_not_scroll_sideways(page)
    page.get_by_role("button", name="Salin tautan").click()
    page.get_by_text("Tautan disalin.").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.endswith(secret_links.own_url(comment))
    assert page.get_by_label("Tautan rahasia").input_value() == copied
    take_back(page)
    assert focused(page) == "terkirim"


def test_author_deletes_the_comment_without_javascript(page_without_javascript):
    page = page_without_javascript
    comment = make_comment(make_article())
    page.goto(secret_links.own_url(comment))
    assert not page.get_by_role("button", name="Salin tautan").is_visible()
    take_back(page)
    cache.clear()
    page.get_by_role("link", name=comment.article.title).click()
    assert not page.get_by_text(comment.text).is_visible()


def test_author_deletes_the_comment_by_keyboard_alone(quiet_page):
    page = quiet_page
    comment = make_comment(make_article())
    page.goto(f"{secret_links.own_url(comment)}#terkirim")
    for _ in range(9):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "SUMMARY":
            break
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Ya, hapus sekarang"
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Komentar Anda sudah dihapus").wait_for()


def test_author_requests_the_confirmation_email_that_was_not_sent(page_without_javascript, settings):
    settings.MAIL_IS_ON = True
    page = page_without_javascript
    comment = make_comment(make_article(), status=Comment.Status.UNCONFIRMED, email="siti@contoh.id")
    page.goto(secret_links.own_url(comment))
    assert "Surat konfirmasi belum dikirim" in page.get_by_role("status").first.inner_text()
    page.get_by_role("button", name="Kirim surat konfirmasi").click()
    page.get_by_role("button", name="Kirim surat lagi").wait_for()
    assert focused(page) == "terkirim"
    assert "segera dikirim" in page.get_by_role("status").first.inner_text()
    assert does_not_scroll_sideways(page)
    assert Email.objects.count() == 1


def test_reader_reports_a_comment(quiet_page):
    page = quiet_page
    article = make_article()
    comment = make_comment(article, name="Warga Benda", text="Telepon dia di 0812 saja.")
    page.goto(article.get_absolute_url())
    page.get_by_role("link", name="Laporkan komentar Warga Benda").click()
    page.get_by_text(comment.text).wait_for()
    assert does_not_scroll_sideways(page)
    page.get_by_label("Membuka data pribadi").check()
    page.get_by_label("Keterangan").fill("Itu nomor tetangga saya.")
    before = page.locator("input[name=captcha_0]").input_value()
    page.get_by_role("button", name="Gambar lain").click()
    page.wait_for_function("old => document.querySelector('input[name=captcha_0]').value !== old", arg=before)
    answer_captcha(page)
    page.get_by_role("button", name="Kirim laporan").click()
    page.wait_for_url("**/laporkan/terima-kasih#terkirim")
    assert focused(page) == "terkirim"
    report = Report.objects.get()
    assert (report.comment, report.reason, report.note) == (comment, Reason.PRIVACY, "Itu nomor tetangga saya.")
    page.get_by_role("link", name="Kembali ke komentar").click()
    page.get_by_text(comment.text).wait_for()


def test_reader_reports_a_comment_without_javascript_and_with_a_mistake(page_without_javascript):
    page = page_without_javascript
    comment = make_comment(make_article())
    page.goto(f"/komentar/{comment.pk}/laporkan")
    page.get_by_label("Kata-kata kasar").check()
    page.get_by_label("Keterangan").fill("a" * 501)
    answer_captcha(page)
    page.get_by_role("button", name="Kirim laporan").click()
    page.locator("#pemberitahuan:focus").wait_for()
    page.get_by_role("link", name="Keterangan paling panjang 500").click()
    assert page.get_by_label("Kata-kata kasar").is_checked()
    page.get_by_label("Keterangan").fill("Kasar sekali.")
    page.get_by_role("button", name="Gambar lain").click()
    assert page.get_by_label("Keterangan").input_value() == "Kasar sekali."
    answer_captcha(page)
    page.get_by_role("button", name="Kirim laporan").click()
    page.wait_for_url("**/laporkan/terima-kasih#terkirim")
    assert Report.objects.get().note == "Kasar sekali."


def test_choices_of_a_report_are_large_enough_for_a_thumb(quiet_page):
    page = quiet_page
    comment = make_comment(make_article(), name="W" * 60, text="panjang" * 200)
    page.goto(f"/komentar/{comment.pk}/laporkan")
    assert does_not_scroll_sideways(page)
    page.set_viewport_size({"width": 320, "height": 640})
    for label in page.locator("fieldset label").all():
        assert label.bounding_box()["height"] >= 36
    page.goto(secret_links.own_url(comment))
    assert does_not_scroll_sideways(page)
