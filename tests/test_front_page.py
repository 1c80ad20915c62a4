"""What editors put on the home page: pins in their order, until their time; the page that shows all of it."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import expect

from news.models import Notice, Pin
from tests.browsing import log_in
from tests.make import make_article, make_person

pytestmark = pytest.mark.django_db
LIST = "/admin/news/pin/"
SOON = timedelta(hours=5)


def pin(article, position=1, until=None):
    return Pin.objects.create(article=article, position=position, until=until or timezone.now() + SOON)


def newest(client) -> list[str]:
    """The headline and then the titles of the newest list on the home page."""
    cache.clear()
    page = client.get("/").content.decode()
    front = page[page.index('<div class="front">') : page.index('<div class="grid">')]
    return re.findall(r'<a href="/berita/detail/[^"]*" dir="auto">(.*?)</a>', front)


def test_pins_stand_above_the_newest_in_their_order(client):
    now = timezone.now()
    for number in range(9):
        make_article(title=f"Berita {number}", published_at=now - timedelta(hours=number + 1))
    old = [make_article(title=f"Lama {n}", published_at=now - timedelta(days=30 + n)) for n in range(2)]
    pin(old[1], position=1)
    pin(old[0], position=2)
    assert newest(client) == ["Berita 0", "Lama 1", "Lama 0", "Berita 1", "Berita 2", "Berita 3", "Berita 4"]


def test_a_pin_ends_with_its_time_and_shows_nothing_that_is_not_public(client):
    make_article(title="Terbaru")
    fields = {"published_at": timezone.now() - timedelta(days=9)}
    pin(make_article(title="Selesai", **fields), until=timezone.now() - timedelta(seconds=1))
    pin(make_article(title="Draf", status="draft", **fields))
    pin(make_article(title="Terjadwal", published_at=timezone.now() + SOON))
    gone = make_article(title="Ditarik", **fields)
    pin(gone)
    gone.withdraw("Keliru.")
    assert newest(client) == ["Terbaru", "Selesai"]


def test_a_pinned_headline_stands_there_once(client):
    make_article(title="Terbaru")
    chosen = make_article(
        title="Utama", published_at=timezone.now() - timedelta(days=3), headline_until=timezone.now() + SOON
    )
    pin(chosen)
    assert newest(client) == ["Utama", "Terbaru"]


def test_the_page_says_what_is_on_the_home_page_and_until_when(client, editor):
    pin(make_article(title="Disematkan"))
    make_article(title="Utama", headline_until=timezone.now() + SOON)
    Notice.objects.create(kind=Notice.Kind.EMERGENCY, title="Banjir Cipondoh", ends_at=timezone.now() + SOON)
    Notice.objects.create(kind=Notice.Kind.EMERGENCY, title="Sudah lewat", starts_at=timezone.now() - 2 * SOON,
                          ends_at=timezone.now() - SOON)  # fmt: skip
    page = client.get(LIST).content.decode()
    for words in ("Disematkan", ">Utama</a>", "Banjir Cipondoh", '<span class="status status-current">Tampil</span>'):
        assert words in page
    assert "Sudah lewat" not in page


def test_it_is_said_where_nothing_is_chosen(client, editor):
    page = client.get(LIST).content.decode()
    assert "Yang terbaru." in page
    assert "Buat pita darurat" in page


def form(article):
    until = timezone.localtime(timezone.now() + SOON)
    return {
        "article": article.pk, "position": "1", "until_0": f"{until:%d-%m-%Y}", "until_1": f"{until:%H:%M:%S}",
    }  # fmt: skip


def test_an_editor_pins_an_article(client, editor):
    article = make_article()
    assert client.post(f"{LIST}add/", form(article)).status_code == 302
    assert Pin.objects.get().article == article


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"until_0": "01-01-2020"}, "Waktu ini sudah lewat."),
        ({"until_0": "32-01-2027"}, "errorlist"),
        ({"position": "-1"}, "errorlist"),
        ({"article": ""}, "errorlist"),
    ],
)
def test_a_wrong_pin_is_refused_at_its_field(client, editor, changes, message):
    page = client.post(f"{LIST}add/", form(make_article()) | changes).content.decode()
    assert message in page
    assert not Pin.objects.exists()


def test_neither_twice_nor_after_a_withdrawal(client, editor):
    article, gone = make_article(), make_article()
    pin(article)
    gone.withdraw("Keliru.")
    assert client.post(f"{LIST}add/", form(article)).status_code == 200
    assert "sudah dicabut" in client.post(f"{LIST}add/", form(gone)).content.decode()
    assert Pin.objects.count() == 1


@pytest.mark.parametrize("role", ["Penulis", "Moderator"])
def test_only_editors_decide_about_the_home_page(client, role):
    client.force_login(make_person(role))
    assert client.get(LIST).status_code == 403
    assert client.post(f"{LIST}add/", form(make_article())).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_fields_in_the_list_of_pins_are_named_after_their_article(quiet_page, client, portal_url):
    log_in(quiet_page, client, portal_url, make_person("Redaktur"))
    Pin.objects.create(article=make_article(title="Jembatan baru"), until=timezone.now() + timedelta(days=1))
    quiet_page.goto("/admin/news/pin/")
    for name in ("Urutan: Jembatan baru", "Sampai: Jembatan baru, tanggal", "Sampai: Jembatan baru, jam"):
        expect(quiet_page.get_by_label(name, exact=True)).to_be_visible()
