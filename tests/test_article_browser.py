"""The article page in a browser: copying the address, reading aloud, and the page without scripts."""

import pytest
from playwright.sync_api import expect

from tests.browsing import does_not_scroll_sideways
from tests.make import make_article

pytestmark = pytest.mark.django_db(transaction=True)

# Headless browsers have no voices: this records the calls to the speech API instead.
SPEECH = """
window.said = [];
speechSynthesis.getVoices = () => [{ lang: "en-US" }, { lang: "id-ID" }];
Object.defineProperty(SpeechSynthesisUtterance.prototype, "voice", { writable: true });
speechSynthesis.speak = (utterance) => { said.push(utterance); };
speechSynthesis.cancel = () => { said.push("cancel"); };
"""


def said(page) -> list[str]:
    return page.evaluate("said.map((each) => each.text ?? each)")


def test_the_address_is_copied_and_a_message_confirms_it(quiet_page, context, portal_url):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    article = make_article()
    quiet_page.goto(article.get_absolute_url())
    quiet_page.get_by_role("button", name="Salin tautan").click()
    expect(quiet_page.get_by_text("Tautan disalin.")).to_be_visible()
    assert quiet_page.evaluate("navigator.clipboard.readText()").endswith(article.short_url)


def test_the_article_is_read_aloud_piece_by_piece_and_stops(quiet_page):
    quiet_page.add_init_script(SPEECH)
    article = make_article(title="Judulnya", body="<p>Satu.</p><ul><li><p>Dua.</p></li></ul><h2>Tiga</h2>")
    quiet_page.goto(article.get_absolute_url())
    start = quiet_page.locator("[data-listen] button").first
    start.click()
    expect(start).to_have_text("Jeda")
    for _ in range(3):
        quiet_page.evaluate("said.at(-1).onend()")
    assert said(quiet_page) == ["cancel", "Judulnya", "Satu.", "Dua.", "Tiga"]
    assert quiet_page.evaluate("said.at(-1).voice.lang") == "id-ID"
    quiet_page.get_by_role("button", name="Berhenti").click()
    expect(start).to_have_text("Dengarkan")
    expect(start).to_be_focused()
    quiet_page.evaluate("said.findLast((each) => each.onend).onend()")  # a late event of the stopped utterance
    assert said(quiet_page)[-1] == "cancel"


def test_without_an_indonesian_voice_there_is_no_listen_button(quiet_page):
    quiet_page.add_init_script('speechSynthesis.getVoices = () => [{ lang: "en-US" }];')
    quiet_page.goto(make_article().get_absolute_url())
    expect(quiet_page.get_by_role("link", name="WhatsApp")).to_be_visible()
    expect(quiet_page.get_by_role("button", name="Dengarkan")).to_be_hidden()


def test_without_scripts_there_are_no_dead_buttons(page_without_javascript):
    page_without_javascript.goto(make_article().get_absolute_url())
    assert page_without_javascript.get_by_role("link", name="WhatsApp").is_visible()
    for name in ("Dengarkan", "Salin tautan"):
        assert page_without_javascript.get_by_role("button", name=name).count() == 0


@pytest.mark.parametrize(
    "odd",
    [
        {"title": "Superkatayangtidakdapatdipotong" * 8},
        {"title": "Rapat koordinasi kesiapsiagaan " * 7},
        {"title": "خدمات جديدة للمواطنين في المدينة"},
        {"tags": [f"tag nomor {number}" for number in range(40)]},
        {"body": "<table><tbody><tr>" + "<td>Kolom yang panjang</td>" * 12 + "</tr></tbody></table>"},
        {"body": "<p>" + "https://contoh.go.id/" + "a" * 400 + "</p>"},
        {"body": "<h2>Bagian</h2><p>" + "kata " * 4_000 + "</p>" + "<h3>Rincian</h3>" * 5},
    ],
    ids=["one word", "long title", "right to left", "40 tags", "wide table", "long address", "20,000 letters"],
)
def test_odd_articles_do_not_break_the_layout(quiet_page, odd):
    quiet_page.goto(make_article(**odd).get_absolute_url())
    assert does_not_scroll_sideways(quiet_page)
    assert quiet_page.goto("/").ok
    assert does_not_scroll_sideways(quiet_page)
