"""Official answers in a real browser, with and without JavaScript."""

import pytest
from playwright.sync_api import expect

from comments.models import Comment, Office
from tests.browsing import does_not_scroll_sideways, log_in
from tests.make import make_article, make_comment, make_person

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_officer_answers_corrects_and_withdraws(quiet_page, client, portal_url):
    answer_from_the_desk(quiet_page, client, portal_url)


def test_an_officer_needs_no_javascript(page_without_javascript, client, portal_url):
    answer_from_the_desk(page_without_javascript, client, portal_url)


def answer_from_the_desk(page, client, portal_url):
    officer = make_person("OPD")
    Office.objects.create(name="Dinas Lingkungan Hidup").members.add(officer)
    log_in(page, client, portal_url, officer)
    comment = make_comment(make_article(), name="Pak Dudung", text="Sampah menumpuk di jalan. " * 20)
    Comment.objects.filter(pk=comment.pk).forward(make_person("Moderator"), "Disampaikan.", Office.objects.get())
    page.goto("/admin/")
    page.get_by_role("link", name="Menunggu jawaban dinas Anda 1").click()
    assert does_not_scroll_sideways(page)
    page.get_by_role("link", name="Jawab Pak Dudung").click()
    assert does_not_scroll_sideways(page)
    page.get_by_label("Jawaban resmi").fill("Diangkut besok.")
    page.get_by_role("button", name="Kirim jawaban").click()
    expect(page.locator(".messagelist")).to_contain_text("Jawaban tampil")
    page.goto(comment.article.get_absolute_url())
    expect(page.locator(".official")).to_contain_text("Diangkut besok.")
    page.goto("/admin/comments/office/jawab/?")
    page.get_by_role("link", name="Lihat jawaban Anda kepada Pak Dudung").click()
    page.get_by_label("Jawaban resmi").fill("Sudah diangkut.")
    page.get_by_role("button", name="Simpan perbaikan").click()
    page.get_by_role("link", name="Lihat jawaban Anda kepada Pak Dudung").click()
    expect(page.get_by_label("Jawaban resmi")).to_have_value("Sudah diangkut.")
    page.get_by_text("Tarik jawaban", exact=True).click()
    page.get_by_role("button", name="Ya, tarik jawaban ini").click()
    expect(page.locator(".messagelist")).to_contain_text("Jawaban ditarik")
    assert not Comment.objects.filter(office__isnull=False, erased_at=None).exists()


def test_a_moderator_decides_and_an_administrator_erases_from_the_page_of_a_comment(quiet_page, client, portal_url):
    page = quiet_page
    log_in(page, client, portal_url, make_person("Administrator"))
    comment = make_comment(make_article(), text="isi warga " * 30, status="waiting")
    page.goto("/admin/comments/comment/")
    assert does_not_scroll_sideways(page)
    page.get_by_text("isi warga").first.click()
    assert does_not_scroll_sideways(page)
    page.get_by_label("Alasan penolakan").select_option("sara")
    page.get_by_role("button", name="Tolak", exact=True).click()
    expect(page.locator(".rows")).to_contain_text("Ditolak: SARA")
    page.get_by_role("button", name="Batalkan keputusan terakhir").click()
    expect(page.locator(".messagelist").last).to_contain_text("kembali seperti sebelum")
    page.get_by_role("button", name="Hapus isi dan data pribadi").click()
    page.get_by_role("button", name="Ya, hapus untuk selamanya").click()
    expect(page.locator(".messagelist").last).to_contain_text("1 komentar dihapus isi dan data pribadinya")
    comment.refresh_from_db()
    assert comment.text == ""
