"""Tags: near-duplicates, counts, the report, and mergers that can be undone."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from news import tags
from news.models import Article, MergedTag, MissingPath, Tag
from portal.importers.record import Record
from portal.importers.saving import Result, save
from tests.make import in_the_city, make_article, make_person, make_tag

pytestmark = pytest.mark.django_db

NOON = in_the_city(2024, 11, 13, 12)
LIST, ADD = "/admin/news/tag/", "/admin/news/tag/add/"
MERGED = "/admin/news/mergedtag/"


# ---- Near-duplicates


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("vaksin covid", "vaksin covid-19"),
        ("vaksin covid19", "Vaksin COVID 19"),
        ("vaksinasi", "vaksin"),
        ("anak", "anak-anak"),
        ("layanan publik", "pelayanan publik"),
        ("publik layanan", "layanan publik"),
        ("jatiuwung", "jati uwung"),
        ("posyandu", "posyandhu"),
        ("puskesmas", "puksesmas"),
        ("pendidkan gratis", "pendidikan gratis"),
        ("hut kota", "hut kota 33"),
        ("jumat berkah", "jum'at berkah"),
    ],
)
def test_names_that_probably_mean_the_same_are_near(one, other):
    assert tags.mean_the_same(one, other)
    assert tags.mean_the_same(other, one)
    tag = make_tag(other)
    assert tags.near(one) == [tag]
    assert tags.near(one, but=tag.pk) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hut kota 32", "hut kota 33"),
        ("banjir", "bandar"),
        ("pasar lama", "pasar baru"),
        ("guru", "buru"),
        ("cipondoh", "ciledug"),
        ("vaksin", "vaksin polio"),
        ("2023", "2024"),
    ],
)
def test_other_names_are_not(one, other):
    assert not tags.mean_the_same(one, other)


def test_a_near_duplicate_is_asked_about_once_and_then_accepted(client, editor):
    for _ in range(2):
        make_article(tags=["vaksin covid-19"])
    page = client.post(ADD, {"name": "vaksin covid", "slug": "vaksin-covid", "asked": ""}).content.decode()
    assert "Sudah ada “vaksin covid-19” (2 berita). Pakai yang itu, atau tekan Simpan sekali lagi" in page
    assert page.count("<li>Sudah ada") == page.count('class="errorlist"') == 1
    assert "Isi nama" not in page
    assert not Tag.objects.filter(name="vaksin covid").exists()
    asked = re.search(r'name="asked" value="([^"]*)"', page)[1]
    other = client.post(ADD, {"name": "vaksin covid 19", "slug": "v", "asked": asked}).content.decode()
    assert "Sudah ada" in other
    assert client.post(ADD, {"name": "vaksin covid", "slug": "vaksin-covid", "asked": asked}).status_code == 302
    assert Tag.objects.filter(name="vaksin covid").exists()


def test_a_new_tag_from_an_articles_form_is_asked_about_as_well(client):
    client.force_login(make_person("Penulis"))
    make_tag("pelayanan publik")
    popup = client.post(f"{ADD}?_popup=1", {"name": "layanan publik", "slug": "layanan-publik", "_popup": "1"})
    assert "Sudah ada “pelayanan publik” (0 berita)" in popup.content.decode()


def test_saving_a_tag_without_a_new_name_asks_nothing(client, editor):
    make_tag("vaksin covid-19")
    tag = make_tag("vaksin covid")
    response = client.post(f"{LIST}{tag.pk}/change/", {"name": "Vaksin Covid", "slug": "vaksin", "asked": ""})
    assert response.status_code == 302


# ---- Counts and the report


def test_the_list_counts_published_articles_in_one_query(client, editor):
    make_article(tags=["banjir"])
    make_article(tags=["banjir"])
    make_article(tags=["banjir"], status="draft", published_at=None)
    make_article(tags=["banjir"], published_at=timezone.now() + timedelta(days=1))
    page = client.get(LIST).content.decode()
    assert '<td class="field-used_by"><a href="/admin/news/article/?tag=banjir">2</a></td>' in page

    def number_of_queries():
        with CaptureQueriesContext(connection) as queries:
            client.get(LIST)
        return len(queries)

    few = number_of_queries()
    for number in range(20):
        make_article(tags=[f"tag {number}"])
    assert number_of_queries() == few


def test_the_report_lists_tags_used_once_on_most_articles_and_not_at_all(client, editor):
    make_article(tags=["kota", "sekali"])
    make_article(tags=["kota", "dua"])
    make_article(tags=["kota", "dua"])
    make_article(tags=["dua kali lipat", "lain"], status="draft", published_at=None)
    make_article(tags=["dua kali lipat"])
    make_tag("kosong")

    def names(kind):
        page = client.get(LIST, {"pemakaian": kind}).content.decode()
        return sorted(re.findall(r'class="field-name"><a [^>]*>([^<]*)</a>', page))

    assert names("sekali") == ["lain", "sekali"]
    assert names("terlalu-umum") == ["kota"]
    assert names("tidak") == ["kosong"]


# ---- Mergers


def names_of(article) -> list[str]:
    return sorted(article.tags.values_list("name", flat=True))


def merge(*names, into):
    return MergedTag.objects.merge([make_tag(name) for name in names], make_tag(into))


def test_merging_gives_the_articles_the_target_and_redirects_pages_and_feeds(client):
    one, both = make_article(tags=["vaksin covid"]), make_article(tags=["vaksin covid", "vaksin covid-19"])
    merge("vaksin covid", into="vaksin covid-19")
    assert names_of(one) == names_of(both) == ["vaksin covid-19"]
    assert not Tag.objects.filter(name="vaksin covid").exists()
    for route in ("tag", "tag-feed", "tag-feed-atom"):
        response = client.get(reverse(route, args=["vaksin-covid"]))
        assert (response.status_code, response["Location"]) == (301, reverse(route, args=["vaksin-covid-19"]))


def test_chains_lead_to_the_last_tag_at_once_and_there_are_no_loops(client):
    make_article(tags=["a satu"])
    merge("a satu", into="b dua")
    merge("b dua", into="c tiga")
    assert client.get("/tag/a-satu")["Location"] == client.get("/tag/b-dua")["Location"] == "/tag/c-tiga"
    assert {merged.target.name for merged in MergedTag.objects.all()} == {"c tiga"}
    with pytest.raises(ValidationError, match="Pilih tag tujuan yang lain"):
        merge("c tiga", into="c tiga")


def test_splitting_gives_back_what_each_article_had(client):
    one, both = make_article(tags=["lama"]), make_article(tags=["lama", "baru"])
    edited = make_article(tags=["lama"])
    (merged,) = merge("lama", into="baru")
    edited.tags.clear()
    later = make_article(tags=["baru"])
    merged.split()
    assert [names_of(each) for each in (one, both, edited, later)] == [["lama"], ["baru", "lama"], [], ["baru"]]
    assert client.get("/tag/lama").status_code == 200
    assert not MissingPath.objects.exists()
    assert not MergedTag.objects.exists()


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_a_chain_is_split_in_any_order(order):
    before = [("a",), ("b",), ("c",), ("a", "b"), ("a", "c"), ("b", "c"), ("a", "b", "c")]
    articles = [make_article(tags=names) for names in before]
    merge("a", into="b")
    merge("b", into="c")
    assert {tuple(names_of(article)) for article in articles} == {("c",)}
    for name in order:
        MergedTag.objects.get(name=name).split()
    assert [tuple(names_of(article)) for article in articles] == before


def test_a_tag_of_more_articles_than_a_statement_takes_parameters_is_merged_and_split(monkeypatch):
    monkeypatch.setattr("news.models.merged_tags.AT_ONCE", 2)
    articles = [make_article(tags=["lama"]) for _ in range(5)]
    (merged,) = merge("lama", into="baru")
    merged.split()
    assert {tuple(names_of(article)) for article in articles} == {("lama",)}


def test_a_tag_whose_name_or_address_was_taken_is_not_split():
    make_article(tags=["lama"])
    (merged,) = merge("lama", into="baru")
    Tag.objects.create(name="lain", slug="lama")
    with pytest.raises(ValidationError, match="“lama” tidak dapat dipisahkan"):
        merged.split()
    assert MergedTag.objects.exists()


def import_one(names) -> list[str]:
    """The tags of an imported article with these names, which a second import leaves alone."""
    record = Record(title="Impor", body="<p>Isi.</p>", source="lama", key="1", tags=names, published_at=NOON)
    save(record)
    assert save(record)[0] is Result.UNCHANGED
    return names_of(Article.objects.get(source="lama"))


def test_an_import_that_uses_the_old_name_gets_the_target():
    make_article(tags=["lama"])
    merge("lama", into="baru")
    assert import_one(["Lama", "lain"]) == ["baru", "lain"]
    assert import_one(["Lama", "baru"]) == ["baru"]


def test_an_import_that_uses_a_name_that_is_a_tag_again_gets_that_tag():
    make_article(tags=["lama"])
    merge("lama", into="baru")
    make_tag("lama")
    assert import_one(["Lama", "lain"]) == ["lain", "lama"]


def test_an_editor_merges_and_splits_in_the_admin(client, editor):
    article = make_article(tags=["vaksin covid"])
    old, target = make_tag("vaksin covid"), make_tag("vaksin covid-19")
    chosen = {"action": "merge", "_selected_action": [old.pk, target.pk]}
    page = client.post(LIST, chosen).content.decode()
    assert "“vaksin covid” (1 berita)" in page
    assert "Pilih tag yang tetap." in client.post(LIST, chosen | {"merge": "1"}).content.decode()
    page = client.post(LIST, chosen | {"merge": "1", "other": "tidak ada"}).content.decode()
    assert "Tidak ada tag “tidak ada”." in page
    page = client.post(LIST, chosen | {"merge": "1", "target": target.pk}, follow=True).content.decode()
    assert "“vaksin covid” digabungkan ke “vaksin covid-19”." in page
    assert names_of(article) == ["vaksin covid-19"]
    assert "vaksin covid-19" in client.get(LIST, {"q": "vaksin covid"}).content.decode()
    merged = MergedTag.objects.get()
    assert merged.by == editor
    page = client.post(MERGED, {"action": "split", "_selected_action": [merged.pk]}, follow=True).content.decode()
    assert "“vaksin covid” dipisahkan lagi dari “vaksin covid-19”." in page
    assert names_of(article) == ["vaksin covid"]


def test_the_name_of_a_merged_tag_cannot_be_used_again(client, editor):
    merge("lama", into="baru")
    page = client.post(ADD, {"name": "Lama", "slug": "lain", "asked": "Lama"}).content.decode()
    assert "“lama” sudah digabungkan ke “baru”. Pakai yang itu." in page


def test_the_list_of_articles_finds_the_target_by_the_old_name(client, editor):
    article = make_article(tags=["lama"])
    merge("lama", into="baru")
    assert article.title in client.get("/admin/news/article/", {"tag": "Lama"}).content.decode()


def test_a_target_of_a_merger_cannot_be_deleted(client, editor):
    merge("lama", into="baru")
    assert client.post(f"{LIST}{make_tag('baru').pk}/delete/", {"post": "yes"}).status_code == 403


def test_writers_do_not_merge(client):
    client.force_login(make_person("Penulis"))
    tag = make_tag("lama")
    client.post(LIST, {"action": "merge", "_selected_action": [tag.pk], "merge": "1", "other": make_tag("baru").name})
    assert Tag.objects.filter(pk=tag.pk).exists()
    assert client.get(MERGED).status_code == 403


def test_articles_of_a_merger_may_be_gone_when_it_is_undone():
    article = make_article(tags=["lama"], status=Article.Status.DRAFT, published_at=None)
    (merged,) = merge("lama", into="baru")
    article.delete()
    assert not merged.split().articles.exists()
