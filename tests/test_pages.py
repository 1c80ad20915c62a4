"""The office's pages: created at the start, then edited by editors, at addresses that shadow no others."""

import re
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.urls import get_resolver
from django.utils import timezone

from news.models import MissingPath, Page
from news.web import dates
from portal import office_pages

pytestmark = pytest.mark.django_db

LIST = "/admin/news/page/"


def prepare() -> str:
    said = StringIO()
    call_command("siapkan_halaman", stdout=said)
    return said.getvalue()


def form_of(page=None, **changes):
    return {
        "title": page.title if page else "Layanan darurat",
        "slug": page.slug if page else "layanan-darurat",
        "body": page.body if page else "<p>Nomor 112.</p>",
        "in_footer": "on",
        "position": "100",
    } | changes


# ---- Initial pages


def test_every_page_of_the_office_is_made_once_and_opens(client):
    assert prepare().splitlines() == [f"Halaman /{slug} dibuat." for slug in office_pages.DEFAULTS]
    assert prepare() == ""
    for slug, title in office_pages.DEFAULTS.items():
        response = client.get(f"/{slug}")
        assert response.status_code == 200
        assert f">{title}</h1>" in response.content.decode()
        assert response["Cache-Control"].startswith("public")
        assert not response.cookies


def test_the_texts_name_the_city_and_its_contact_and_lose_nothing_to_the_sanitiser(settings):
    prepare()
    for page in Page.objects.all():
        text = office_pages.text(page.slug)
        assert "{{" not in text
        assert page.body.count("<li>") == text.count("<li>")
        assert page.body.count("<a ") == text.count("<a ")
    assert settings.CITY_NAME in Page.objects.get(slug="tentang").body
    assert settings.CONTACT_EMAIL in Page.objects.get(slug="aksesibilitas").body


def test_pages_link_only_to_existing_pages(client):
    prepare()
    for page in Page.objects.all():
        for address in re.findall(r'href="(/[^"]*)"', page.body):
            assert client.get(address).status_code == 200, (page.slug, address)


def test_the_comment_rules_say_what_is_stored(client):
    prepare()
    assert "Alamat IP itu sendiri tidak disimpan" in client.get("/pedoman-komentar").content.decode()
    assert "Alamat IP itu sendiri tidak disimpan" in client.get("/kebijakan-privasi").content.decode()


def test_pages_changed_or_deleted_by_an_editor_stay_so():
    prepare()
    Page.objects.filter(slug="tentang").update(title="Tentang kami", body="<p>Milik redaksi.</p>")
    Page.objects.get(slug="redaksi").delete()
    assert prepare() == ""
    assert Page.objects.get(slug="tentang").body == "<p>Milik redaksi.</p>"
    assert not Page.objects.filter(slug="redaksi").exists()


def test_a_page_that_forms_link_to_is_recreated_if_missing():
    Page.objects.create(slug="tentang", title="Tentang", body="<p>Ada.</p>")
    assert prepare().splitlines() == [
        f"Halaman /{slug} dibuat." for slug in office_pages.DEFAULTS if slug in Page.LINKED
    ]


@pytest.mark.parametrize("slug", Page.LINKED)
def test_a_page_that_forms_link_to_can_be_neither_deleted_nor_moved(client, editor, slug):
    prepare()
    page = Page.objects.get(slug=slug)
    for delete in (page.delete, Page.objects.filter(slug=slug).delete):
        with pytest.raises(ValidationError):
            delete()
    assert client.post(f"{LIST}{page.pk}/delete/", {"post": "yes"}).status_code == 403
    client.post(LIST, {"action": "delete_selected", "_selected_action": [page.pk], "post": "yes"})
    assert client.post(f"{LIST}{page.pk}/change/", form_of(page, slug="lain", title="Judul baru")).status_code == 302
    page.refresh_from_db()
    assert (page.slug, page.title) == (slug, "Judul baru")
    page.slug = "lain"
    with pytest.raises(ValidationError):
        page.full_clean()


# ---- Editing


def test_a_new_page_is_sanitised_and_public_at_its_address(client, editor):
    body = "<h2>Nomor</h2><p onclick=x>112<script>x</script></p>"
    assert client.post(f"{LIST}add/", form_of(body=body)).status_code == 302
    page = Page.objects.get()
    assert (page.body, page.changed_by) == ("<h2>Nomor</h2><p>112</p>", editor)
    shown = client.get("/layanan-darurat").content.decode()
    assert page.body in shown
    assert '/layanan-darurat">' in shown.split('rel="canonical"')[1][:80]
    assert "noindex" not in shown
    assert "Diperbarui <time datetime=" in shown
    assert dates.date(timezone.now()) in shown


def test_the_footer_links_to_the_pages_marked_for_it_in_their_order(client):
    Page.objects.create(slug="dua", title="Dua", body="<p>x</p>", position=2)
    Page.objects.create(slug="satu", title="Satu & utama", body="<p>x</p>", position=1)
    Page.objects.create(slug="diam", title="Diam", body="<p>x</p>", in_footer=False)
    page = client.get("/dua").content.decode()
    assert '<li><a href="/satu">Satu &amp; utama</a></li><li><a href="/dua">Dua</a></li>' in page
    assert "/diam" not in page


@pytest.mark.parametrize(
    "slug", ["berita", "cari", "admin", "data", "sehat", "b", "media", "static", "kategori", "captcha", "BERITA"]
)
def test_an_address_used_by_the_portal_is_a_form_error(client, editor, slug):
    response = client.post(f"{LIST}add/", form_of(slug=slug))
    assert f"Alamat /{slug.lower()} dipakai portal ini untuk hal lain." in response.content.decode()
    assert not Page.objects.exists()


@pytest.mark.parametrize(
    "changes", [{"slug": "ada"}, {"title": "\x01"}, {"body": ""}, {"body": "<script></script>"}, {"slug": "a b"}]
)
def test_invalid_page_fields_are_form_errors(client, editor, changes):
    Page.objects.create(slug="ada", title="Ada", body="<p>x</p>")
    assert client.post(f"{LIST}add/", form_of(**changes)).status_code == 200
    assert Page.objects.count() == 1


def test_the_old_address_of_a_moved_page_redirects(client, editor):
    page = Page.objects.create(slug="lama", title="Halaman", body="<p>x</p>")
    client.post(f"{LIST}{page.pk}/change/", form_of(page, slug="baru"))
    assert client.get("/lama").headers["Location"] == "/baru"
    page.refresh_from_db()
    client.post(f"{LIST}{page.pk}/change/", form_of(page, slug="lama"))
    assert client.get("/lama").status_code == 200
    assert client.get("/baru").headers["Location"] == "/lama"
    assert MissingPath.objects.count() == 1  # no redirects that could later form a loop


# ---- Nothing is shadowed


def test_a_page_shadows_no_other_address(client):
    def words(patterns):
        for each in patterns:
            route = str(each.pattern)
            if not route and hasattr(each, "url_patterns"):
                yield from words(each.url_patterns)
            elif route.isalpha():
                yield route

    taken = set(words(get_resolver().url_patterns))
    assert {"berita", "cari", "sehat", "ralat", "admin"} <= taken
    for word in taken:
        Page.objects.create(slug=word, title="Bayangan", body="<p>Bayangan</p>")
    for word in taken:
        assert "Bayangan</h1>" not in client.get(f"/{word}").content.decode(), word


def test_a_trailing_slash_redirects_only_to_an_existing_page(client):
    Page.objects.create(slug="tentang", title="Tentang", body="<p>x</p>")
    assert client.get("/tentang/").headers["Location"] == "/tentang"
    assert client.get("/tidak-ada/").status_code == 404
    assert client.get("/tidak-ada").status_code == 404
    assert client.get("/admin").headers["Location"] == "/admin/"
