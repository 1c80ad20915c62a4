"""Tables of contents and reading times."""

import pytest

from news import outline
from tests.make import make_article


def test_a_long_text_gets_anchors_and_a_table_of_contents():
    body = "<h2>Satu</h2><p>a</p><h3>Dua &amp; tiga</h3><p>b</p><h2>Empat</h2><h2>Lima <em>enam</em></h2><p>c</p>"
    shown, headings = outline.outlined(body)
    assert [(each.level, each.text) for each in headings] == [
        (2, "Satu"), (3, "Dua & tiga"), (2, "Empat"), (2, "Lima enam"),
    ]  # fmt: skip
    assert '<h3 id="bagian-2">Dua &amp; tiga</h3>' in shown
    assert shown.count(" id=") == 4


def test_a_short_text_stays_as_it_is():
    body = "<h2>Satu</h2><p>a</p><h2>Dua</h2>"
    assert outline.outlined(body) == (body, [])


@pytest.mark.parametrize(("words", "minutes"), [(0, 1), (40, 1), (610, 3), (20_000, 100)])
def test_reading_takes_a_minute_for_two_hundred_words(words, minutes):
    assert outline.minutes("<p>" + "kata " * words + "</p>") == minutes


@pytest.mark.django_db
def test_the_page_links_its_headings(client):
    body = "".join(f"<h2>Bagian {number} &lt;penting&gt;</h2><p>Isi.</p>" for number in range(5))
    page = client.get(make_article(body=body).get_absolute_url()).content.decode()
    assert '<a href="#bagian-5">Bagian 4 &lt;penting&gt;</a>' in page
    assert '<h2 id="bagian-5">Bagian 4 &lt;penting&gt;</h2>' in page
    assert "1 menit baca" in page
