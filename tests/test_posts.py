"""Posts on other services in articles: an address on a line of its own is shown as a card."""

import re

import pytest
from playwright.sync_api import expect

from news import markup
from news.markup.services import post_at
from news.models import Article
from tests.browsing import does_not_scroll_sideways, go_to_end_of, log_in
from tests.conftest import PHONE
from tests.make import make_article, make_person

VIDEO = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"


@pytest.mark.parametrize(
    ("address", "service"),
    [
        (VIDEO, "YouTube"),
        ("https://youtu.be/dQw4w9WgXcQ?si=abc-1", "YouTube"),
        ("https://m.youtube.com/watch?app=desktop&v=dQw4w9WgXcQ&t=30s", "YouTube"),
        ("https://www.youtube.com/shorts/dQw4w9WgXcQ", "YouTube"),
        ("https://www.instagram.com/p/Cx_1-2/?igsh=abc", "Instagram"),
        ("https://www.instagram.com/pemkot.kota/reel/Cx_12/", "Instagram"),
        ("https://x.com/pemkot/status/1234567890", "X"),
        ("https://twitter.com/pemkot/status/1234567890?s=20", "X"),
    ],
)
def test_addresses_of_posts_are_known(address, service):
    post = post_at(address)
    assert (post.service, post.address) == (service, address)


@pytest.mark.parametrize(
    "address",
    [
        "https://www.youtube.com/@pemkot",
        "https://youtube.com.contoh.id/watch?v=dQw4w9WgXcQ",
        "https://contoh.id/?u=https://youtu.be/dQw4w9WgXcQ",
        "https://user@youtu.be/dQw4w9WgXcQ",
        "javascript://youtu.be/dQw4w9WgXcQ",
        "https://www.instagram.com/pemkot",
        "https://x.com/pemkot",
        "https://netflix.com/pemkot/status/1",
        f"{VIDEO} dan lainnya",
    ],
)
def test_other_addresses_are_links_as_before(address):
    assert post_at(address) is None


def test_only_an_address_alone_on_its_line_is_a_card_and_a_title_names_it():
    link = f'<a href="{VIDEO}" rel="noopener">'
    assert 'class="post post-youtube"' in markup.shown(f"<p>{link}{VIDEO}</a></p>")
    assert 'class="post post-youtube"' in markup.shown(f"<p>{VIDEO}</p>")
    assert "<strong>Rapat &amp; kerja</strong>" in markup.shown(f"<p>{link}Rapat &amp; kerja</a></p>")
    for body in (f"<p>Lihat {link}{VIDEO}</a></p>", f"<p>{link}{VIDEO}</a> ini</p>", '<p><a href="/x">x</a></p>'):
        assert markup.shown(body) == body


def test_a_card_asks_nothing_of_another_site():
    shown = markup.shown(f"<p>{VIDEO}</p>")
    assert not re.search(r"\b(?:src|srcset|style)=|<(?:iframe|script|img)", shown)
    assert 'rel="noopener noreferrer"' in shown


def test_the_frame_of_a_video_becomes_its_address_and_other_frames_are_told():
    frame = '<iframe width="560" src="https://www.youtube.com/embed/dQw4w9WgXcQ?rel=0" allowfullscreen></iframe>'
    cleaned = markup.cleaned(f"<p>Awal</p>{frame}<p>Akhir</p>", imported=True)
    assert cleaned.html == f'<p>Awal</p><p><a href="{VIDEO}" rel="noopener">{VIDEO}</a></p><p>Akhir</p>'
    assert cleaned.frames == 0
    assert markup.sanitise(cleaned.html) == cleaned.html
    assert VIDEO in markup.plain_text(cleaned.html)
    assert markup.cleaned('<iframe src="https://maps.contoh.id/"></iframe>').frames == 1


@pytest.mark.django_db
def test_feeds_have_the_link(client):
    make_article(body=f'<p><a href="{VIDEO}" rel="noopener">{VIDEO}</a></p>')
    assert f'href="{VIDEO}"' in client.get("/feed").content.decode().replace("&lt;", "<").replace("&quot;", '"')


@pytest.fixture
def viewport():
    return PHONE


@pytest.mark.django_db(transaction=True)
def test_a_pasted_address_becomes_a_card_that_opens_on_a_click_only(quiet_page, client, portal_url):
    page = quiet_page
    log_in(page, client, portal_url, make_person("Redaktur"))
    article = make_article(body="<p>Awal.</p>", status=Article.Status.DRAFT, published_at=None)
    page.goto(f"/admin/news/article/{article.pk}/change/")
    editor = page.locator(".field-body .ProseMirror[contenteditable]")
    go_to_end_of(page, editor.get_by_text("Awal."))
    page.keyboard.press("Enter")
    expect(editor.locator("p")).to_have_count(2)
    editor.locator("p").last.evaluate(
        """(line, text) => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            const options = { clipboardData: data, bubbles: true, cancelable: true };
            line.dispatchEvent(new ClipboardEvent("paste", options));
        }""",
        VIDEO,
    )
    page.get_by_role("button", name="Simpan dan lanjutkan").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert Article.objects.get().body == f'<p>Awal.</p><p><a href="{VIDEO}" rel="noopener">{VIDEO}</a></p>'
    Article.objects.get().publish()
    page.goto(article.get_absolute_url())
    card = page.get_by_role("link", name="Video YouTube")
    expect(card).to_contain_text("Buka di YouTube, di luar situs ini")
    assert does_not_scroll_sideways(page)
    assert card.get_attribute("href") == VIDEO  # until the click nothing was asked: quiet_page would have seen it
