"""Missing addresses: readers get suggestions, editors see the addresses, and targets redirect permanently."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.utils import timezone

from news import missing_paths
from news.models import FailedSearch, MissingPath
from news.web.throttle import AtMost
from tests.make import make_article, make_category, make_tag

pytestmark = pytest.mark.django_db

LIST = "/admin/news/missingpath/"
BROWSER = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile"
FROM = "https://www.contoh.id/tautan?siapa=saya#bagian"


def follow_link(client, path, referrer=FROM, agent=BROWSER, **headers):
    return client.get(path, headers={"referer": referrer, "user-agent": agent, **headers})


# ---- Recording


def test_a_broken_link_is_counted_with_the_page_that_contains_it(client):
    for _ in range(3):
        assert follow_link(client, "/lama/berita-hilang/?utm=x").status_code == 404
    noted = MissingPath.objects.get()
    assert (noted.path, noted.times, noted.referrer) == ("/lama/berita-hilang", 3, "https://www.contoh.id/tautan")
    assert timezone.now() - noted.last_seen < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("referrer", "agent"),
    [
        ("", BROWSER),
        ("android-app://com.google", BROWSER),
        ("https://[rusak", BROWSER),
        ("https://", BROWSER),
        ("http://testserver/hilang", BROWSER),  # scanners send the address itself
        (FROM, ""),
        (FROM, "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"),
        (FROM, "python-requests/2.32"),
        (FROM, "curl/8.5.0"),
    ],
)
def test_requests_without_a_referring_page_or_by_robots_are_not_recorded(client, referrer, agent):
    assert follow_link(client, "/hilang", referrer, agent).status_code == 404
    assert not MissingPath.objects.exists()


@pytest.mark.parametrize("path", ["/media/foto/x.jpg", "/admin/hilang/", "/" + "x" * 401])
def test_paths_that_no_editor_could_redirect_are_not_recorded(client, path):
    assert follow_link(client, path).status_code in (302, 404)
    assert not MissingPath.objects.exists()


def test_other_methods_are_not_recorded(client):
    client.head("/hilang", headers={"referer": FROM, "user-agent": BROWSER})
    client.post("/hilang", headers={"referer": FROM, "user-agent": BROWSER})
    assert not MissingPath.objects.exists()


def test_a_flood_of_paths_writes_no_more_than_the_limit(client, monkeypatch):
    monkeypatch.setattr(missing_paths, "recordings", AtMost(5, seconds=60))
    for number in range(20):
        assert follow_link(client, f"/x{number}").status_code == 404
    assert MissingPath.objects.count() == 5


def test_old_and_rare_paths_are_forgotten_and_targets_stay(monkeypatch):
    monkeypatch.setattr(type(MissingPath.objects.all()), "MAX_ROWS", 2)
    long_ago = timezone.now() - timedelta(days=400)
    for path, times, fields in [
        ("/sering", 9, {}),
        ("/kadang", 5, {}),
        ("/jarang", 1, {}),
        ("/dahulu", 99, {"last_seen": long_ago}),
        ("/dialihkan", 0, {"last_seen": long_ago, "target": "/berita"}),
    ]:
        MissingPath.objects.create(path=path, times=times, **fields)
    assert MissingPath.objects.prune() == 2
    assert set(MissingPath.objects.values_list("path", flat=True)) == {"/sering", "/kadang", "/dialihkan"}


# ---- Redirects and suggestions


@pytest.mark.parametrize("asked", ["/lama/halaman", "/lama/halaman/", "/lama/halaman?x=1", "/tag/dahulu"])
def test_an_address_with_a_target_redirects_for_ever(client, asked):
    MissingPath.objects.create(path=asked.partition("?")[0].rstrip("/"), target="/berita")
    for _ in range(2):
        response = client.get(asked)
        assert (response.status_code, response["Location"]) == (301, "/berita")
        assert response["Cache-Control"].startswith("public, max-age=1,")


def test_an_existing_page_takes_precedence_over_a_target(client):
    article = make_article()
    MissingPath.objects.create(path=article.get_absolute_url(), target="/berita")
    assert client.get(article.get_absolute_url()).status_code == 200


def test_the_404_page_suggests_articles_that_match_words_of_the_address(client):
    article = make_article(title="Banjir di Cipondoh surut")
    other = make_article(title="Jalan diperbaiki")
    page = client.get("/berita/banjir-di-cipondoh.html").content.decode()
    meant = page.partition("Berita terbaru")[0]
    assert f'<a href="{article.get_absolute_url()}"' in meant
    assert other.get_absolute_url() not in meant


def test_the_404_page_suggests_a_tag_or_category_with_similar_spelling(client):
    make_article(tags=["banjir"])
    make_tag("banjur")  # of no published article
    make_category("Kesehatan")
    assert '<a href="/tag/banjir"' in client.get("/tag/banjr").content.decode()
    assert '<a href="/kategori/kesehatan"' in client.get("/kategori/kesehatn").content.decode()


@pytest.mark.parametrize("path", ["/wp-login.php", "/.env", "/123/456", "/b/99", "/cgi-bin/luci.cgi"])
def test_paths_that_scanners_request_start_no_search(client, monkeypatch, path):
    make_article(title="Login luci env")
    monkeypatch.setattr(missing_paths, "searches", AtMost(1, seconds=60))
    assert missing_paths.suggestions(path) == []
    assert client.get(path).status_code == 404
    assert missing_paths.searches.take(), "the one search was made"


def test_a_flood_of_mistyped_addresses_searches_no_more_than_the_limit(client, monkeypatch):
    make_article(title="Banjir surut")
    monkeypatch.setattr(missing_paths, "searches", AtMost(1, seconds=60))
    assert "Mungkin maksud Anda" in client.get("/banjir-satu").content.decode()
    assert "Mungkin maksud Anda" not in client.get("/banjir-dua").content.decode()


@pytest.mark.usefixtures("kept_frame")
def test_a_flood_reads_the_newest_articles_once(client, django_assert_num_queries):
    make_article()
    client.get("/x/1")
    with django_assert_num_queries(7):  # includes the transaction with its time limit, and the lookup of a target
        client.get("/x/2")


# ---- For editors


def test_the_list_shows_a_suggestion_that_an_action_accepts(client, editor):
    article = make_article(title="Banjir di Cipondoh surut")
    MissingPath.objects.create(path="/berita/banjir-di-cipondoh", times=3)
    hopeless = MissingPath.objects.create(path="/qqqq-zzzz", times=1)
    assert article.title in client.get(LIST).content.decode()
    rows = list(MissingPath.objects.values_list("pk", flat=True))
    answer = client.post(LIST, {"action": "redirect_to_suggestion", "_selected_action": rows}, follow=True)
    assert "1 alamat kini dialihkan." in answer.content.decode()
    assert "Untuk 1 alamat tidak ada usulan." in answer.content.decode()
    hopeless.refresh_from_db()
    assert hopeless.target == ""
    assert client.get("/berita/banjir-di-cipondoh")["Location"] == article.get_absolute_url()


def test_an_editor_sets_a_target_and_removes_it(client, editor):
    noted = MissingPath.objects.create(path="/hilang", times=1, referrer="https://www.contoh.id/")
    for url in (LIST, f"{LIST}{noted.pk}/change/"):
        page = client.get(url).content.decode()
        assert "https://www.contoh.id/" in page
        assert 'href="https://www.contoh.id/' not in page  # anybody can make us note an address
    assert client.post(f"{LIST}{noted.pk}/change/", {"target": "https://www.contoh.id/baru"}).status_code == 302
    assert client.get("/hilang")["Location"] == "https://www.contoh.id/baru"
    client.post(f"{LIST}{noted.pk}/change/", {"target": ""})
    cache.clear()
    assert client.get("/hilang").status_code == 404


@pytest.mark.parametrize(
    "typed",
    ["/lama/judul berita", "https://lama.contoh.go.id/lama/judul%20berita/?utm_source=wa", " /lama/judul berita/ "],
)
def test_an_editor_adds_an_old_path_by_hand(client, editor, typed):
    assert client.post(f"{LIST}add/", {"path": typed, "target": "/berita"}).status_code == 302
    assert MissingPath.objects.get().path == "/lama/judul berita"
    assert client.get("/lama/judul%20berita/")["Location"] == "/berita"


@pytest.mark.parametrize(
    "target", ["javascript:alert(1)", "//a.example/x", "/\\a.example", "mailto:a@b.id", "berita", "https://", "/a b"]
)
def test_a_target_is_a_web_address_or_a_path(client, editor, target):
    response = client.post(f"{LIST}add/", {"path": "/lama", "target": target})
    assert "Isi alamat lengkap" in response.content.decode()
    assert not MissingPath.objects.exists()


@pytest.mark.parametrize("path", ["/", "lama", "https://lama.contoh.go.id", "https://[x"])
def test_an_old_path_is_a_path(client, editor, path):
    assert client.post(f"{LIST}add/", {"path": path, "target": "/berita"}).status_code == 200
    assert not MissingPath.objects.exists()


@pytest.mark.parametrize(
    "target",
    ["/lama", "/lama/", "/lama?x=1", "{site}/lama", "/b", "/c", "/x/../lama", "/./lama", "http://localhost:99/lama"],
)
def test_a_target_that_redirects_back_is_refused(client, editor, settings, target):
    MissingPath.objects.create(path="/b", target="/lama")
    MissingPath.objects.create(path="/c", target="/b/")
    form = {"path": "/lama", "target": target.format(site=settings.SITE_URL)}
    assert "mengarah kembali" in client.post(f"{LIST}add/", form).content.decode()
    assert client.post(f"{LIST}add/", form | {"target": "/berita"}).status_code == 302


def test_the_list_can_be_filtered_by_missing_target(client, editor):
    MissingPath.objects.create(path="/terbuka")
    MissingPath.objects.create(path="/selesai", target="/berita")
    assert "/selesai" not in client.get(LIST, {"dialihkan": "belum"}).content.decode()
    assert "/terbuka" not in client.get(LIST, {"dialihkan": "sudah"}).content.decode()


@pytest.mark.parametrize(("model", "old"), [("tag", "/tag/lama"), ("category", "/kategori/lama")])
def test_the_old_address_of_a_renamed_tag_or_category_redirects(client, editor, model, old):
    made = make_tag("Lama") if model == "tag" else make_category("Lama")
    make_article(tags=["Lama"])
    form = {"name": "Lama", "slug": "baru", "position": "100", "description": ""}
    assert client.post(f"/admin/news/{model}/{made.pk}/change/", form).status_code == 302
    for path in (old, f"{old}/feed", f"{old}/feed/atom"):
        assert client.get(path)["Location"] == path.replace("lama", "baru")
        assert client.get(path.replace("lama", "baru")).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/tidak-ada-ini", "/cari-berita"])
def test_common_words_of_the_address_bring_no_suggestion(client, path):
    make_article(title="Cari tahu ini: tidak ada banjir tanpa hujan", body="<p>Berita tentang kabar.</p>")
    assert "Mungkin maksud Anda" not in client.get(path).content.decode()


@pytest.mark.parametrize(("model", "column"), [("missingpath", "requested"), ("failedsearch", "times")])
def test_editors_can_sort_the_lists_of_what_was_not_found(client, model, column):
    MissingPath.objects.create(path="/hilang")
    FailedSearch.objects.create(words="bansos")
    client.force_login(User.objects.create_superuser("redaktur"))
    page = client.get(f"/admin/news/{model}/").content.decode()
    assert f"sortable column-{column}" in page
