"""Links to the portal that was here before lead to what was imported from it, for ever."""

import re

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from news import missing_paths
from news.models import Article, MergedTag, MissingPath, Page, Photo
from news.web import misaddressed, old_shapes
from portal.importers.old_addresses import remember
from tests.make import in_the_city, make_article, make_category, make_tag

pytestmark = pytest.mark.django_db
LIST = "/admin/news/missingpath/"


@pytest.fixture
def article():
    """Imported from a WordPress, where it had the number 123."""
    published = in_the_city(2024, 11, 13, 16, 21)
    made = make_article(
        pk=1_000_002,
        title="Taman dibuka",
        published_at=published,
        category=make_category("Kota Kita"),
        tags=["banjir"],
    )
    remember(made, ["https://lama.example/2024/11/13/taman-kota/", "https://lama.example/?p=123", "/?attachment_id=9"])
    return made


def location(client, address):
    response = client.get(address)
    return response.get("Location") if response.status_code == 301 else response.status_code


# ---- The table


@pytest.mark.parametrize("address", [
    "/2024/11/13/taman-kota/", "/2024/11/13/taman-kota", "/2024/11/13/Taman-Kota", "/2024//11/./13/taman-kota/",
    "/index.php/2024/11/13/taman-kota/", "/2024/11/13/taman-kota/amp/", "/2024/11/13/taman-kota/feed/",
    "/2024/11/13/taman-kota/2/",
    "/2024/11/13/taman-kota.html", "/2024/11/13/taman-kota/?amp=1", "/2024/11/13/taman-kota).",
    "/2024/11/13/taman-kota/comment-page-2/#comment-7", "/?p=123", "/index.php?p=123", "/?p=123&fbclid=x",
    "/?utm_source=wa&p=123", "/?p=123&feed=rss2", "/?attachment_id=9", "/?p=123&preview=true",
    "/2024/11/13/%74aman-kota/", "/2024/11/13/taman%2Dkota/", "/2024/11/13/taman%252Dkota",
    "/2024/11/13/taman-kota/...",
    "/2024/11/13/TAMAN-KOTA//", "/INDEX.PHP/2024/11/13/taman-kota.HTML", "/?preview=true&p=123&preview_id=123",
])  # fmt: skip
def test_an_old_address_leads_to_its_article_in_one_hop(client, article, address):
    response = client.get(address)
    assert (response.status_code, response.get("Location")) == (301, article.get_absolute_url())
    assert response["Cache-Control"].startswith("public, max-age=1,")
    assert client.get(response["Location"]).status_code == 200


def test_other_parameters_of_the_home_page_decide_nothing(client, article):
    for address in ("/", "/?fbclid=x", "/?p=124", "/?halaman=123"):
        assert client.get(address).status_code == 200, address
    assert location(client, "/index.php?halaman=2") == "/"


def test_searches_comment_feeds_and_pages_below_others_of_wordpress(client, article):
    Page.objects.create(slug="visi-misi", title="Visi dan misi", body="<p>a</p>")
    assert location(client, "/?s=banjir+kota") == location(client, "/index.php?s=banjir+kota") == "/cari?q=banjir+kota"
    assert client.get("/?s=").status_code == 200
    assert location(client, "/comments/feed/") == "/feed"
    assert location(client, "/profil/dinas/visi-misi/") == location(client, "/profil/Visi-Misi.html") == "/visi-misi"
    assert client.get("/profil/tak-ada/").status_code == 404
    assert client.get("/wp-content/uploads/2024/11/tak-ada.jpg").status_code == 404


def test_ordinary_pages_do_not_ask_the_table(client, article, django_assert_max_num_queries):
    for address in ("/", "/?fbclid=x", article.get_absolute_url()):
        with django_assert_max_num_queries(30) as queries:
            client.get(address)
        assert not any("missingpath" in query["sql"] for query in queries)


def test_an_address_follows_a_new_title(client, article):
    Article.objects.filter(pk=article.pk).update(slug="taman-lain")
    assert location(client, "/?p=123") == "/berita/detail/1000002/taman-lain"


def test_a_withdrawn_article_says_why(client, article):
    article.withdraw("Keliru besar.")
    response = client.get("/?p=123", follow=True)
    assert (len(response.redirect_chain), response.status_code) == (1, 410)
    assert "Keliru besar." in response.content.decode()


def test_an_article_that_was_never_shown_is_no_target(client):
    draft = make_article(status=Article.Status.DRAFT, published_at=None)
    remember(draft, ["/lama/draf"])
    assert client.get("/lama/draf").status_code == 404


def test_a_page_with_this_address_keeps_it(client, article):
    other = make_article()
    remember(other, ["/berita", article.get_absolute_url(), article.short_url, "/kategori/kota-kita"])
    assert client.get("/berita").status_code == 200
    assert client.get("/kategori/kota-kita").status_code == 200
    assert location(client, article.short_url) == article.get_absolute_url()


def test_an_article_that_kept_its_address_needs_no_row(article):
    before = MissingPath.objects.count()
    assert remember(article, ["/berita/detail/1000002/judul-lama", "/b/1000002", "https://x.example/"]) == []
    assert MissingPath.objects.count() == before


def test_remembering_again_writes_nothing(article):
    versions = "SELECT id, ctid::text AS version FROM news_missingpath ORDER BY id"  # a written row moves
    before = [(row.pk, row.version) for row in MissingPath.objects.raw(versions)]
    assert len(before) == 3
    remember(article, ["/?p=123", "/?p=123", "/2024/11/13/taman-kota"])
    assert [(row.pk, row.version) for row in MissingPath.objects.raw(versions)] == before


def test_the_last_import_wins_and_the_newsroom_over_all(client, article):
    other = make_article()
    MissingPath.objects.create(path="/milik-redaksi", target="/berita")
    MissingPath.objects.create(path="/dicari", times=7)
    remember(other, ["/?p=123", "/milik-redaksi", "/dicari"])
    assert location(client, "/?p=123") == location(client, "/dicari") == other.get_absolute_url()
    assert location(client, "/milik-redaksi") == "/berita"
    assert MissingPath.objects.get(path="/dicari").times == 7


def test_what_cannot_be_kept_is_told(article):
    assert remember(article, ["/" + "x" * 400, "/\0", "https://[x", "tanpa-garis"]) == ["/" + "x" * 400]


def test_redirects_of_imports_are_kept_for_ever(article):
    MissingPath.objects.update(last_seen=in_the_city(2020, 1, 1))
    assert MissingPath.objects.prune() == 0


def test_pages_and_photos_are_remembered_too(client):
    page = Page.objects.create(slug="profil", title="Profil", body="<p>a</p>")
    remember(page, ["/?page_id=2", "/tentang-kami/profil/"])
    assert location(client, "/?page_id=2") == location(client, "/tentang-kami/profil/") == "/profil"
    name = "foto/2024/11/0123456789abcdef"
    photo = Photo.objects.create(name=name, width=400, height=300, alt_text="Taman kota di pagi hari")
    upload = "/wp-content/uploads/2024/11/IMG_1.jpg"
    remember(photo, [upload, "/?attachment_id=11"])
    assert client.get(upload).status_code == 404  # its file is not there
    path = photo.largest_url.removeprefix("/media/")
    default_storage.save(path, ContentFile(b"x"))
    try:
        for address in (upload, upload.replace(".jpg", "-300x200.jpg"), upload.lower(), "/?attachment_id=11"):
            assert location(client, address) == photo.largest_url
        former = "foto/2024/11/fedcba9876543210"
        Photo.objects.filter(pk=photo.pk).update(former_names=[former])
        MissingPath.objects.filter(path=upload).update(target=photo.largest_url.replace(name, former))
        assert location(client, upload) == photo.largest_url
    finally:
        default_storage.delete(path)


def test_merged_tags_and_chains_are_followed_in_one_hop(client, article):
    target = make_tag("hujan")
    make_article(tags=["hujan"])
    MissingPath.objects.create(path="/topik/banjir", target="/tag/banjir")
    MissingPath.objects.create(path="/topik-lama", target="/topik/banjir/")
    MergedTag.objects.merge([make_tag("banjir")], target)
    assert location(client, "/tag/banjir/feed/") == "/tag/hujan/feed"
    assert location(client, "/topik-lama") == location(client, "/topik/banjir") == "/tag/hujan"


def test_circles_made_past_the_form_lead_nowhere(client):
    MissingPath.objects.create(path="/satu", target="/dua")
    MissingPath.objects.create(path="/dua", target="/satu")
    assert client.get("/satu").status_code == 404


@pytest.mark.parametrize("target", ["/static/pedoman.pdf", "https://lain.example/a?b#c"])
def test_targets_that_are_no_pages_are_left_to_the_newsroom(client, target):
    MissingPath.objects.create(path="/pedoman", target=target)
    assert location(client, "/pedoman") == location(client, "/pedoman/feed/") == target
    MissingPath.objects.create(path="/rusak", target="https://[x/")
    assert client.get("/rusak").status_code == 404


# ---- Shapes that need no row


@pytest.mark.parametrize(("address", "leads_to"), [
    ("/index.php", "/"), ("/index.html", "/"), ("/home", "/"),
    ("/index.php/berita/detail/1000002/apa-saja", "/berita/detail/1000002/taman-dibuka"),
    ("/berita/detail/1000002/taman-dibuka.html", "/berita/detail/1000002/taman-dibuka"),
    ("/berita/detail/1000002/taman-dibuka/amp", "/berita/detail/1000002/taman-dibuka"),
    ("/Berita/Detail/1000002/Taman-Dibuka", "/berita/detail/1000002/taman-dibuka"),
    ("/b/1000002.php", "/berita/detail/1000002/taman-dibuka"),
    ("/2024/11/13/taman-dibuka/", "/berita/detail/1000002/taman-dibuka"),
    ("/2024/11/taman-dibuka/lampiran-1/", "/berita/detail/1000002/taman-dibuka"),
    ("/category/kota-kita/", "/kategori/kota-kita"), ("/category/berita/kota-kita/page/3/", "/kategori/kota-kita"),
    ("/category/kota-kita/feed/", "/kategori/kota-kita/feed"),
    ("/category/kota-kita/feed/atom/", "/kategori/kota-kita/feed/atom"),
    ("/tag/banjir/page/2/", "/tag/banjir"),
    ("/tag/banjir/feed/rss2/", "/tag/banjir/feed"), ("/TAG/Banjir", "/tag/banjir"),
    ("/author/admin/", "/berita"), ("/page/2/", "/berita"), ("/2024/11/", "/arsip/2024/11"),
    ("/2024/11/13/", "/arsip/2024/11/13"), ("/2024/", "/arsip"),
    ("/?feed=rss2", "/feed"), ("/?feed=atom", "/feed/atom"), ("/index.php?feed=rss", "/feed"), ("/feed/rdf/", "/feed"),
    ("/rss.xml", "/feed"),
    ("/Cari?q=taman", "/cari?q=taman"), ("/arsip//2024/11", "/arsip/2024/11"),
])  # fmt: skip
def test_a_shape_that_leaves_no_doubt_needs_no_row(client, article, address, leads_to):
    assert location(client, address) == leads_to
    assert client.get(leads_to).status_code == 200


@pytest.mark.parametrize("address", [
    "/category/tak-ada/", "/2024/11/14/taman-dibuka/", "/2024/13/01/", "/1999/01/", "/taman-dibuka/", "/wp-login.php",
    "/berita/detail/1000003/x.html", "/category/tak-ada/feed/", "/wp-content/uploads/2024/11/x-300x200.jpg",
    "/KOMENTAR/SAYA/1-abc", "/Sehat", "/%00.html", "/2024/11/13/taman-dibuka-2/",
])  # fmt: skip
def test_what_no_shape_explains_is_not_found(client, article, address):
    assert client.get(address).status_code in (400, 404)


@pytest.mark.parametrize("address", [
    "/?id=8701", "/index.php?id=8701", "/?id=8701&fbclid=x", "/berita.php?id=8701", "/portal/detail.php?id=8701",
    "/index.php?option=com_content&view=article&id=8701", "/index.php?option=com_content&task=view&id=8701&Itemid=2",
    "/index.php?option=com_content&view=article&id=8701:taman&catid=3", "/index.php?mod=berita&id=8701",
])  # fmt: skip
def test_the_number_of_an_imported_article_is_enough(client, address):
    article = make_article(source_key="8701")
    assert location(client, address) == article.get_absolute_url()
    assert not list(missing_paths.leading_nowhere([address]))


@pytest.mark.parametrize("address", [
    "/?id=124", "/?id=8701&cat=3", "/?id=8701&page_id=8701", "/?id=x", "/?id=0", "/agenda.php?id=8701",
    "/index.php?option=com_content&view=category&id=8701", "/index.php?option=com_phocagallery&id=8701",
    "/galeri/foto.php?id=8701", "/index.php?mod=agenda&id=8701", "/?id=8702", "/?id=8703",
])  # fmt: skip
def test_a_number_of_anything_else_is_not_guessed(client, address):
    make_article(source_key="8701")
    make_article(source_key="8702", status=Article.Status.DRAFT, published_at=None)
    make_article(pk=8703)  # written here
    assert client.get(address).status_code == (200 if address.startswith("/?") else 404)
    assert list(missing_paths.leading_nowhere([address])) == [address]


def test_a_number_is_looked_up_in_an_index_of_its_own(client):
    make_article(source_key="8701")
    with CaptureQueriesContext(connection) as queries:
        client.get("/?id=8701")
    [asked] = [query["sql"] for query in queries if '"source_key" IN' in query["sql"]]
    with connection.cursor() as cursor:
        # As if nobody had looked at the table: with one source only, the unique index would serve as well.
        cursor.execute("DELETE FROM pg_statistic WHERE starelid = 'news_article'::regclass")
        cursor.execute("UPDATE pg_class SET reltuples = 1e6, relpages = 1 WHERE oid = 'news_article'::regclass")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {asked}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert re.search(r"\barticle_source_key\b", plan)  # not the unique one, which begins with the source


def test_one_number_of_two_sources_is_not_guessed(client):
    make_article(source_key="8701", source="Portal A")
    make_article(source_key="8701", source="Portal B")
    assert client.get("/?id=8701").status_code == 200


def test_two_articles_of_one_slug_and_day_are_not_guessed(client, article):
    make_article(title="Taman dibuka", slug=article.slug, published_at=article.published_at)
    assert client.get("/2024/11/13/taman-dibuka/").status_code == 404


# ---- Names of the host


@pytest.mark.parametrize("site", ["https://kota.example", "https://www.kota.example"])
def test_the_other_name_of_the_site_leads_to_its_own(settings, site):
    settings.SITE_URL, settings.ALLOWED_HOSTS = site, [site.removeprefix("https://")]
    other = "www.kota.example" if "www" not in site else "kota.example"
    response = Client().get("/berita?kecamatan=x", headers={"host": other})
    assert (response.status_code, response["Location"]) == (301, f"{site}/berita?kecamatan=x")
    assert response["Cache-Control"].startswith("public")
    assert Client().get("/berita", headers={"host": "www.lain.example"}).status_code == 400
    assert Client().post("/berita", headers={"host": other}).status_code == 400
    assert misaddressed.is_site_by_www(f"{other}:443")


# ---- For editors


@pytest.fixture
def editor(client):
    person = User.objects.create_superuser("redaktur")
    client.force_login(person)
    return person


def test_the_list_names_the_article_and_what_readers_get(client, editor, article):
    assert "Taman dibuka: /b/1000002" in client.get(LIST).content.decode()
    article.withdraw("Keliru.")
    assert "Taman dibuka (dicabut): /b/1000002" in client.get(LIST).content.decode()


def test_a_whole_old_address_is_found(client, editor, article):
    found = client.get(LIST, {"q": "https://lama.example/index.php?p=123&utm_source=x"}).content.decode()
    assert "/?p=123" in found
    assert "taman-kota" not in found


def test_what_an_editor_changed_no_import_changes_back(client, editor, article):
    row = MissingPath.objects.get(path="/?p=123")
    assert "/?p=123" in client.get(LIST, {"dialihkan": "impor"}).content.decode()
    assert client.post(f"{LIST}{row.pk}/change/", {"target": "/berita"}).status_code == 302
    remember(article, ["/?p=123"])
    assert location(client, "/?p=123") == "/berita"


def test_an_editor_adds_an_address_with_a_deciding_parameter(client, editor, article):
    for typed, target in (("https://lama.example/?id=5&fbclid=x", "/b/1000002"), ("/detail.php?no=8", "/berita")):
        assert client.post(f"{LIST}add/", {"path": typed, "target": target}).status_code == 302
    assert location(client, "/?id=5") == article.get_absolute_url()
    assert location(client, "/detail.php?no=8") == "/berita"
    assert client.get("/detail.php?no=9").status_code == 404


@pytest.mark.parametrize("target", ["/?p=7", "/index.php?p=7&fbclid=x", "/tengah", "http://www.kota.example/?p=7"])
def test_a_circle_through_parameters_or_hosts_is_refused(client, editor, settings, target):
    settings.SITE_URL = "http://kota.example"
    MissingPath.objects.create(path="/tengah", target="/?p=7")
    response = client.post(f"{LIST}add/", {"path": "/?p=7", "target": target})
    assert "mengarah kembali" in response.content.decode()


# ---- Keys


@pytest.mark.parametrize(("address", "kept"), [
    ("https://x.example/index.php?option=com_content&view=article&id=12:judul&Itemid=3",
     "/?id=12%3Ajudul&option=com_content&view=article"),
    ("/berita.php?id=7&PHPSESSID=x", "/berita.php?PHPSESSID=x&id=7"), ("/berita?halaman=2", "/berita"),
    ("https://x.example", "/"), ("/a%20b/", "/a b"), ("/a/../b", "/b"), ("", ""), ("mailto:a@b.id", ""),
])  # fmt: skip
def test_how_an_address_is_kept(address, kept):
    assert old_shapes.stored(address) == kept


def test_the_list_counts_no_visits_to_addresses_that_an_import_redirected(client, editor):
    remember(make_article(), ["/lama/taman"])
    cells = re.findall(r'<td class="field-(requested|seen)">(.*?)</td>', client.get(LIST).content.decode())
    assert [(name, strip_tags(cell)) for name, cell in cells] == [("requested", "–"), ("seen", "–")]


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("/?m=202411", "/arsip/2024/11"),
        ("/index.php?m=20241113", "/arsip/2024/11/13"),
        ("/?m=202413", ""),
        ("/?m=1", ""),
    ],
)
def test_months_of_the_archive_as_wordpress_asks_for_them(client, address, target):
    make_article(published_at=in_the_city(2024, 11, 13))
    answer = client.get(address)
    assert answer.get("Location", "") == target
    assert missing_paths.leads_somewhere(*old_shapes.path_and_query(address)) == (bool(target) or address == "/?m=1")
