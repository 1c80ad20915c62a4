"""Feeds: the newest articles with their whole text."""

import re
from datetime import datetime, timedelta
from xml.etree import ElementTree

import feedparser
import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from news import feeds
from news.models import Article, FeedIds, Photo
from news.web import addresses, dates
from tests.make import OFFSET, make_article, make_category, quietly, rewrite

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
TOMBSTONES = "{http://purl.org/atompub/tombstones/1.0}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
MEDIA = "{http://search.yahoo.com/mrss/}"
CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
FEEDS = ["/feed", "/feed/atom", "/tag/banjir/feed/atom", "/kategori/layanan-publik/feed"]


def parse(response):
    assert response.status_code == 200
    return ElementTree.fromstring(response.getvalue())


def items(client, path="/feed"):
    return parse(client.get(path)).findall("channel/item")


def entries(client, path="/feed/atom"):
    return parse(client.get(path)).findall(f"{ATOM}entry")


def make_photo(**fields):
    return Photo.objects.create(name="foto/2026/11/0123456789abcdef", width=900, height=600, **fields)


def test_rss_names_the_newest_first_with_absolute_addresses(client):
    make_article(title="Lama", published_at=timezone.now() - timedelta(hours=2))
    article = make_article(title="Baru & segar", tags=["banjir"], summary="Ringkasan berita.", author="Siti Aminah")
    newest, oldest = items(client)
    assert oldest.findtext("title") == "Lama"
    assert newest.findtext("title") == "Baru & segar"
    assert newest.findtext("link") == settings.SITE_URL + article.get_absolute_url()
    assert newest.findtext("description") == "Ringkasan berita."
    assert {each.text for each in newest.findall("category")} == {"Layanan Publik", "banjir"}
    assert newest.findtext("pubDate").endswith(OFFSET.replace(":", ""))
    assert newest.findtext(CREATOR) == "Siti Aminah"


def test_atom_entry_has_all_that_a_reader_shows(client):
    article = make_article(title="Baru", author="Siti Aminah", tags=["banjir"])
    (entry,) = entries(client)
    assert entry.findtext(f"{ATOM}title") == "Baru"
    assert entry.find(f"{ATOM}link").get("href") == settings.SITE_URL + article.get_absolute_url()
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Siti Aminah"
    assert entry.findtext(f"{ATOM}published").startswith(dates.iso(article.published_at)[:19])
    assert {each.get("term") for each in entry.findall(f"{ATOM}category")} == {"Layanan Publik", "banjir"}


@pytest.mark.parametrize(("author", "reporter", "shown"), [("", "Budi", "Budi"), ("", "", settings.PUBLISHER)])
def test_without_an_author_the_reporter_or_the_office_is_named(client, author, reporter, shown):
    make_article(author=author, reporter=reporter)
    assert items(client)[0].findtext(CREATOR) == shown


def test_feeds_carry_the_whole_text(client):
    body = "<p>Paragraf pertama.</p><h2>Judul antara</h2><p>Paragraf terakhir &amp; penutup.</p>"
    make_article(body=body)
    assert items(client)[0].findtext(CONTENT) == body
    content = entries(client)[0].find(f"{ATOM}content")
    assert (content.get("type"), content.text) == ("html", body)


def test_addresses_in_the_text_are_absolute(client):
    article = make_article(
        body='<p>Lihat <a href="/tag/banjir">tag</a>, <a href="#atas">atas</a>, <a href="lain.html">lain</a>, '
        '<a href="https://contoh.id/x?a=1&amp;b=2">luar</a>, <a href="mailto:a@contoh.id">surel</a> dan src="/bukan".'
        '</p><figure><img src="/media/foto/a.jpg" alt="a > b"></figure>'
    )
    own = settings.SITE_URL + article.get_absolute_url()
    text = items(client)[0].findtext(CONTENT)
    for address in (
        f'href="{settings.SITE_URL}/tag/banjir"',
        f'href="{own}#atas"',
        f'href="{own.rpartition("/")[0]}/lain.html"',
        'href="https://contoh.id/x?a=1&amp;b=2"',
        'href="mailto:a@contoh.id"',
        f'src="{settings.SITE_URL}/media/foto/a.jpg"',
        'src="/bukan"',  # this is text, not an attribute
    ):
        assert address in text


def test_an_invalid_address_does_not_break_a_feed(client):
    make_article()
    rewrite(Article.objects.get(), body='<p><a href="http://[" rel="noopener">rusak</a> <a href="//[x">rusak</a></p>')
    for path in ("/feed", "/feed/atom"):
        assert parse(client.get(path)) is not None


def test_photo_is_in_the_text_and_beside_it(client):
    photo = make_photo(alt_text="Pintu air", caption='Pintu air "Cisadane"\x0b', credit="Foto: Humas")
    make_article(photo=photo)
    address = settings.SITE_URL + photo.largest_url
    for item, text in ((items(client)[0], CONTENT), (entries(client)[0], f"{ATOM}content")):
        media = item.find(f"{MEDIA}content")
        assert (media.get("url"), media.get("medium"), media.get("type")) == (address, "image", "image/jpeg")
        assert (media.get("width"), media.get("height")) == ("900", "600")
        assert media.findtext(f"{MEDIA}description") == 'Pintu air "Cisadane"'
        assert media.findtext(f"{MEDIA}credit") == "Foto: Humas"
        assert f'<img src="{address}" alt="Pintu air"' in item.findtext(text)


def test_the_description_is_plain_text(client):
    make_article(summary="Suhu < 30 & <b>lembap</b>")
    assert items(client)[0].findtext("description") == "Suhu &lt; 30 &amp; &lt;b&gt;lembap&lt;/b&gt;"


def test_an_item_keeps_its_id_when_its_title_is_corrected(client):
    article = make_article(title="Salah ketk")
    before = items(client)[0].findtext("guid"), entries(client)[0].findtext(f"{ATOM}id")
    article.title, article.slug = "Salah ketik", ""
    with quietly():
        article.save()
    cache.clear()
    assert (items(client)[0].findtext("guid"), entries(client)[0].findtext(f"{ATOM}id")) == before


def test_tag_and_category_have_feeds_of_their_own(client):
    make_article(title="Tentang banjir", tags=["banjir"])
    make_article(title="Tentang taman", tags=["taman"], category=make_category("Taman"))
    for kind in ("feed", "feed/atom"):
        for filed_under in ("tag/banjir", "kategori/layanan-publik"):
            body = client.get(f"/{filed_under}/{kind}").getvalue()
            assert b"Tentang banjir" in body
            assert b"Tentang taman" not in body
            assert f"{settings.SITE_URL}/{filed_under}/{kind}".encode() in body  # rel=self
    assert client.get("/tag/tak-ada/feed").status_code == 404


def test_scheduled_article_is_absent_from_feed_until_its_time(client):
    article = make_article(published_at=timezone.now() + timedelta(hours=1))
    assert items(client) == []
    Article.objects.filter(pk=article.pk).update(published_at=timezone.now() - timedelta(seconds=1))
    assert len(entries(client)) == 1


@pytest.mark.parametrize("path", FEEDS)
def test_a_client_that_has_the_feed_gets_304(client, path):
    make_article(tags=["banjir"])
    first = client.get(path)
    for condition in ({"if-none-match": first["ETag"]}, {"if-modified-since": first["Last-Modified"]}):
        assert client.get(path, headers=condition).status_code == 304


@pytest.mark.parametrize("path", FEEDS)
def test_a_withdrawal_reaches_clients_that_send_if_modified_since(client, path):
    make_article(tags=["banjir"])
    goes = make_article(tags=["banjir"])
    Article.objects.update(published_at=timezone.now() - timedelta(days=3), updated_at=timezone.now() - timedelta(2))
    first = client.get(path)
    goes.refresh_from_db()
    goes.withdraw("Keliru.")
    cache.clear()
    again = client.get(path, headers={"if-modified-since": first["Last-Modified"]})
    assert again.status_code == 200


def test_a_feed_makes_as_many_queries_for_thirty_articles_as_for_one(client):
    make_article(tags=["banjir"], photo=make_photo(decorative=True))
    FeedIds.objects.current()  # a test with real transactions may have emptied the table
    with CaptureQueriesContext(connection) as one:
        items(client)
    for number in range(29):
        make_article(tags=["banjir", f"tag {number}"])
    with CaptureQueriesContext(connection) as thirty:
        assert len(entries(client)) == 30
    assert len(thirty) == len(one)


def test_control_characters_never_break_a_feed(client):
    make_article(title="Rapat\x0b kota\x1f", summary="Ringkas\x08an\nbaru", author="War\x0cga", tags=["ban\x01jir"])
    assert items(client)[0].findtext("title") == "Rapat kota"
    assert len(entries(client)) == 1


# ---- Ids


@pytest.mark.parametrize("address", ["https://berita.contoh.go.id", "http://lain.contoh.go.id:8000"])
def test_ids_do_not_follow_the_address_of_the_portal(client, settings, address):
    article = make_article()
    before = items(client)[0].findtext("guid"), entries(client)[0].findtext(f"{ATOM}id")
    of_feed = parse(client.get("/feed/atom")).findtext(f"{ATOM}id")
    assert before[0] == before[1]
    assert re.fullmatch(rf"tag:[a-z0-9.-]+,20\d\d-\d\d-\d\d:[0-9a-f]{{8}}/b/{article.pk}", before[0])
    settings.SITE_URL = address
    cache.clear()
    assert (items(client)[0].findtext("guid"), entries(client)[0].findtext(f"{ATOM}id")) == before
    assert parse(client.get("/feed/atom")).findtext(f"{ATOM}id") == of_feed
    assert items(client)[0].find("guid").get("isPermaLink") == "false"


def test_entries_that_were_published_before_the_upgrade_keep_their_ids(client, settings):
    old = make_article(pk=500)
    new = make_article(pk=501)
    stored = FeedIds.objects.current()
    stored.old_prefix, stored.last_old = "http://lama.contoh.go.id", old.pk
    stored.save()
    settings.SITE_URL = "https://baru.contoh.go.id"
    ids = {entry.findtext(f"{ATOM}id") for entry in entries(client)}
    assert ids == {f"http://lama.contoh.go.id/b/{old.pk}", stored.prefix + f"/b/{new.pk}"}
    assert parse(client.get("/feed/atom")).findtext(f"{ATOM}id") == "http://lama.contoh.go.id/"


def test_ids_are_chosen_when_there_are_none(client, settings):
    FeedIds.objects.all().delete()
    settings.SITE_URL = "https://Berita.Contoh.go.id"
    make_article()
    chosen = items(client)[0].findtext("guid")
    assert chosen.startswith("tag:berita.contoh.go.id,20")
    settings.SITE_URL = "https://lain.contoh.go.id"
    cache.clear()
    assert items(client)[0].findtext("guid") == chosen


@pytest.mark.parametrize(
    "address", ["http://[::1]:8000", "http://127.0.0.1:8000", "https://kota-bandung.go.id/berita"]
)
def test_tag_uris_are_valid_and_differ_between_portals(address):
    uris = {addresses.tag_uri(address) for _ in range(9)}
    assert len(uris) == 9
    assert all(re.fullmatch(r"tag:[a-z0-9.-]+,[0-9]{4}-[0-9]{2}-[0-9]{2}:[0-9a-f]+", uri) for uri in uris)


# ---- Withdrawn articles


def gone(client, path="/feed/atom") -> dict[str, ElementTree.Element]:
    """The deleted entries of a feed by the id that they had."""
    cache.clear()
    content = client.get(path).content
    assert not feedparser.parse(content).bozo
    return {entry.get("ref"): entry for entry in ElementTree.fromstring(content).findall(f"{TOMBSTONES}deleted-entry")}


def test_atom_tells_that_an_article_was_withdrawn(client):
    make_article(tags=["banjir"])
    article = make_article(tags=["banjir"])
    other = make_article(tags=["taman"], category=make_category("Taman"))
    assert len(entries(client)) == 3
    article.withdraw("Angkanya keliru & <b>dibetulkan</b>.")
    other.withdraw("Keliru.")
    prefix = FeedIds.objects.current().prefix
    of_article, of_other = (prefix + each.short_url for each in (article, other))
    assert gone(client).keys() == {of_article, of_other}
    assert gone(client, "/tag/banjir/feed/atom").keys() == {of_article}
    assert gone(client, "/kategori/taman/feed/atom").keys() == {of_other}
    entry = gone(client)[of_article]
    assert datetime.fromisoformat(entry.get("when")) == article.withdrawn_at
    assert entry.findtext(f"{TOMBSTONES}comment") == "Angkanya keliru & <b>dibetulkan</b>."
    assert b"deleted-entry" not in client.get("/feed").content


def test_what_was_never_public_or_is_public_again_is_not_among_the_withdrawn(client):
    scheduled = make_article(published_at=timezone.now() + timedelta(days=1))
    scheduled.withdraw("Batal.")
    article = make_article()
    article.withdraw("Keliru.")
    article.publish()
    assert gone(client) == {}
    (entry,) = entries(client)
    assert entry.findtext(f"{ATOM}id").endswith(article.short_url)
    assert datetime.fromisoformat(entry.findtext(f"{ATOM}updated")) > article.published_at  # than the tombstone


def test_withdrawals_are_told_for_a_time_and_never_many(client):
    for _ in range(feeds.GONE + 1):
        make_article().withdraw("Keliru.")
    assert len(gone(client)) == feeds.GONE
    long_ago = timezone.now() - feeds.GONE_FOR
    Article.objects.update(published_at=long_ago - timedelta(days=1), withdrawn_at=long_ago)
    assert gone(client) == {}
