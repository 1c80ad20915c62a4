"""Correcting, closing and withdrawing what readers have seen, in the real newsroom and on the real pages."""

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from tests.browsing import does_not_scroll_sideways, log_in
from tests.make import make_article, make_person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def newsroom(quiet_page, client, portal_url):
    log_in(quiet_page, client, portal_url, make_person("Redaktur"))
    return quiet_page


def save(page, button="Simpan perubahan"):
    page.get_by_role("button", name=button, exact=True).first.click()


def test_an_editor_corrects_a_title_and_closes_the_former_one(newsroom):
    page, article = newsroom, make_article(title="Pasar dibuka Senin")
    page.goto(f"/admin/news/article/{article.pk}/change/")
    page.locator("[name=title]").fill("Pasar dibuka Selasa")
    save(page)
    expect(page.locator(".field-told_kind .errorlist")).to_contain_text("sudah dibaca orang")
    expect(page.locator("[name=title]")).to_have_value("Pasar dibuka Selasa")
    assert does_not_scroll_sideways(page)
    page.get_by_label("Jenis perubahan:").select_option("ralat")
    page.get_by_label("Apa yang keliru dan apa yang benar:").fill("Semula tertulis Senin; yang benar Selasa.")
    save(page)
    expect(page.locator(".messagelist .success")).to_be_visible()

    page.goto(article.get_absolute_url())
    expect(page.locator(".corrections")).to_contain_text("Semula tertulis Senin; yang benar Selasa.")
    page.get_by_role("link", name="lihat perubahan").click()
    assert does_not_scroll_sideways(page)
    page.get_by_role("link", name="Lihat perbedaannya").click()
    expect(page.locator(".differences del")).to_have_text("Senin")
    expect(page.locator(".differences ins")).to_have_text("Selasa")
    assert does_not_scroll_sideways(page)
    difference = page.url

    page.goto(f"/admin/news/article/{article.pk}/history/")
    page.get_by_role("link", name="Tutup versi sebelum ini").click()
    page.get_by_label("Alasan:").select_option("anak")
    assert does_not_scroll_sideways(page)
    save(page, "Tutup dan hapus naskahnya")
    expect(page.locator(".messagelist .success")).to_contain_text("Ditutup: 1 versi")
    cache.clear()  # of one second
    page.goto(difference)
    page.reload()  # past what the browser keeps for ten seconds
    expect(page.locator("main")).to_contain_text("Menyangkut hak anak")
    expect(page.locator(".differences")).to_have_count(0)


def test_an_editor_withdraws_an_article_and_publishes_it_again(newsroom, client):
    page, article = newsroom, make_article()
    page.goto(f"/admin/news/article/{article.pk}/change/")
    page.locator("summary", has_text="Pencabutan").click()
    page.get_by_label("Dasar pencabutan:").select_option("Masa depan anak")
    page.get_by_label("Alasan pencabutan:").fill("Namanya terbaca.")
    save(page, "Cabut berita")
    expect(page.locator(".messagelist .success")).to_contain_text("kini: dicabut")
    gone = client.get(article.get_absolute_url())  # a browser would complain about the status
    assert gone.status_code == 410
    assert "Masa depan anak. Namanya terbaca." in gone.content.decode()
    page.goto(f"/admin/news/article/{article.pk}/change/")
    save(page, "Terbitkan kembali")
    expect(page.locator(".messagelist .success")).to_contain_text("kini: terbit")
    page.goto(article.get_absolute_url())
    expect(page.locator(".corrections")).to_contain_text("Pencabutan")
    expect(page.locator(".corrections")).to_contain_text("Namanya terbaca.")
