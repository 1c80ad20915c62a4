"""Two editors of one article, each in an own browser."""

import pytest
from django.test import Client
from playwright.sync_api import expect

from news.models import Article
from tests.browsing import does_not_scroll_sideways, go_to_end_of, log_in
from tests.conftest import DESKTOP
from tests.make import make_article, make_person

pytestmark = pytest.mark.django_db(transaction=True)
EDITOR = ".field-body .ProseMirror[contenteditable]"


@pytest.fixture
def viewport():
    return DESKTOP


def open_form(context, portal_url, article, name):
    first_name, last_name = name.split()
    page = context.new_page()
    log_in(page, Client(), portal_url, make_person("Redaktur", first_name=first_name, last_name=last_name))
    page.goto(f"/admin/news/article/{article.pk}/change/")
    expect(page.locator(EDITOR)).to_be_visible()
    return page


def change(page, words, more):
    go_to_end_of(page, page.locator(EDITOR).get_by_text(words))
    page.keyboard.type(more)


def save(page):
    page.get_by_role("button", name="Simpan dan lanjutkan").click()


def test_both_see_each_other_and_what_both_wrote_is_saved(browser, portal_url):
    article = make_article(status=Article.Status.DRAFT, published_at=None, body="<p>Satu.</p><p>Dua.</p><p>Tiga.</p>")
    contexts = [browser.new_context(base_url=portal_url, viewport=DESKTOP) for _ in range(2)]
    rina = open_form(contexts[0], portal_url, article, "Rina Wati")
    budi = open_form(contexts[1], portal_url, article, "Budi Santoso")
    others = budi.get_by_text("Rina Wati juga sedang membuka berita ini.")
    expect(others).to_be_visible()

    change(rina, "Satu.", " Kata Rina.")
    change(rina, "Tiga.", " Rina lagi.")
    save(rina)
    expect(rina.locator(".messagelist .success")).to_be_visible()

    change(budi, "Dua.", " Kata Budi.")
    change(budi, "Tiga.", " Budi juga.")
    save(budi)
    asked = budi.get_by_role("group", name="Isi")
    expect(asked).to_contain_text("Tiga. Rina lagi.")
    expect(asked).to_contain_text("Tiga. Budi juga.")
    assert does_not_scroll_sideways(budi)
    expect(budi.locator(EDITOR)).to_contain_text("Dua. Kata Budi.")
    asked.get_by_label("Pakai keduanya").check()
    save(budi)
    expect(budi.locator(".messagelist .warning")).to_contain_text("juga diubah oleh Rina Wati")
    article.refresh_from_db()
    assert article.body == (
        "<p>Satu. Kata Rina.</p><p>Dua. Kata Budi.</p><p>Tiga. Budi juga.</p><p>Tiga. Rina lagi.</p>"
    )

    rina.goto("/admin/")
    budi.reload()
    expect(budi.locator(EDITOR)).to_be_visible()
    expect(others).to_be_hidden()
    for context in contexts:
        context.close()
