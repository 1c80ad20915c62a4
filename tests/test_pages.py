"""The office's pages: created at the start, then edited by editors, at addresses that shadow no others."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.urls import get_resolver
from django.utils import timezone

from comments.models import Rules
from news import office_texts
from news.admin.merging import Loaded
from news.models import MissingPath, Page
from news.web import dates
from portal.middleware import ForgetQueryMiddleware

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
        "version": str(Loaded.of(page, ())) if page else "",
    } | changes


# ---- Initial pages


def test_every_page_of_the_office_is_made_once_and_opens(client):
    assert prepare().splitlines() == [f"Halaman /{slug} dibuat." for slug in office_texts.TITLES]
    assert prepare() == ""
    for slug, title in office_texts.TITLES.items():
        response = client.get(f"/{slug}")
        assert response.status_code == 200
        assert f">{title}</h1>" in response.content.decode()
        assert response["Cache-Control"].startswith("public")
        assert not response.cookies


@pytest.mark.parametrize(
    ("address", "query"),
    [
        ("/?fbclid=x", ""),
        ("/?p=7&fbclid=x", "p=7&fbclid=x"),
        ("/berita/detail/7/x?p=1", ""),
        ("/cari?q=a", "q=a"),
    ],
)
def test_what_is_appended_to_a_page_without_parameters_is_forgotten(rf, address, query):
    request = rf.get(address)
    ForgetQueryMiddleware(lambda forgotten: forgotten)(request)
    assert request.META["QUERY_STRING"] == query


@pytest.mark.parametrize("value", ["", "rusak"])
def test_a_cookie_of_the_newsroom_brings_no_other_onto_a_public_page(client, value):
    """Django would replace a token that it cannot read; no cache could keep that page."""
    prepare()
    client.cookies["csrftoken"] = client.cookies["sessionid"] = value
    for path in ("/", "/kontak", "/tak-ada"):
        response = client.get(path)
        assert not response.cookies
        assert "Cookie" not in response.get("Vary", "")


def test_the_texts_name_the_city_and_its_contact_and_lose_nothing_to_the_sanitiser(settings):
    prepare()
    for page in Page.objects.all():
        text = office_texts.text(page.slug)
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
        f"Halaman /{slug} dibuat." for slug in office_texts.TITLES if slug in Page.LINKED
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


# ---- Pages that nobody edited follow the settings


def shown(client, slug) -> str:
    cache.clear()
    return client.get(f"/{slug}").content.decode()


@pytest.mark.parametrize(
    ("setting", "value", "slugs"),
    [
        ("CITY_NAME", "Kota Ambon", ["tentang", "pedoman-media-siber"]),
        ("PUBLISHER", "Diskominfo Ambon", ["kebijakan-privasi", "tentang", "redaksi", "kontak", "aksesibilitas"]),
        ("CONTACT_EMAIL", "kominfo@ambon.example", ["kontak", "kebijakan-privasi", "pedoman-komentar", "redaksi"]),
        ("COMMENT_DATA_DAYS", 31, ["kebijakan-privasi", "pedoman-komentar"]),
        ("COMPLAINT_CHANNEL", ("Lapor Ambon", "https://lapor.example/"), ["kontak", "pedoman-komentar"]),
    ],
)
def test_a_page_that_nobody_edited_follows_the_settings(client, settings, setting, value, slugs):
    prepare()
    setattr(settings, setting, value)
    for slug in slugs:
        assert str(value[0] if isinstance(value, tuple) else value) in shown(client, slug), slug


def test_the_pages_say_whether_somebody_else_than_the_writer_publishes(client, settings):
    prepare()
    assert "yang tidak menulisnya" not in shown(client, "tentang") + shown(client, "redaksi")
    assert "boleh menerbitkan tulisannya sendiri" in shown(client, "redaksi")
    settings.REVIEW_BY_SECOND_PERSON = True
    for slug in ("tentang", "redaksi"):
        assert "redaktur yang tidak menulisnya" in shown(client, slug)
    assert "boleh menerbitkan tulisannya sendiri" not in shown(client, "redaksi")


def test_the_rules_to_which_commenters_consent_are_those_shown(settings):
    prepare()
    before = Rules.objects.current()
    settings.COMMENT_DATA_DAYS = 31
    after = Rules.objects.current()
    assert before.pk != after.pk
    assert "31 hari" in after.text


def test_a_page_that_somebody_edited_stays_as_it_is(client, editor, settings):
    prepare()
    page = Page.objects.get(slug="tentang")
    client.post(f"{LIST}{page.pk}/change/", form_of(page, body=f"{page.text}<p>Ditambah redaksi.</p>"))
    settings.CITY_NAME = "Kota Ambon"
    prepare()
    assert "Ditambah redaksi." in shown(client, "tentang")
    assert "Kota Ambon" not in shown(client, "tentang").split("<main")[1]


def test_a_new_title_or_place_alone_does_not_stop_a_page_from_following(client, editor, settings):
    prepare()
    page = Page.objects.get(slug="kontak")
    settings.CONTACT_EMAIL = "baru@ambon.example"  # the editor's form shows the text of today
    form = client.get(f"{LIST}{page.pk}/change/").content.decode()
    assert "baru@ambon.example" in form
    bare = re.sub(r"\s*(</?(?:p|h2|ul|li)>)\s*", r"\1", page.text)  # as the editor's script sends it
    assert bare != page.text
    client.post(f"{LIST}{page.pk}/change/", form_of(page, body=bare, title="Hubungi kami"))
    settings.CONTACT_EMAIL = "terbaru@ambon.example"
    assert "terbaru@ambon.example" in shown(client, "kontak")
    assert "Hubungi kami" in shown(client, "kontak")


def test_the_next_start_stores_the_text_of_today(settings):
    prepare()
    before = Page.objects.get(slug="kontak").updated_at
    assert prepare() == ""
    assert Page.objects.get(slug="kontak").updated_at == before
    settings.CONTACT_EMAIL = "baru@ambon.example"
    prepare()
    page = Page.objects.get(slug="kontak")
    assert "baru@ambon.example" in page.body
    assert page.follows_portal


def as_an_older_release_left_them():
    prepare()
    for page in Page.objects.all():
        body = page.body.replace(settings.CITY_NAME, "Kota Lama").replace("<p>", "<p>Dahulu ditulis begini. ", 1)
        Page.objects.filter(pk=page.pk).update(body=body, portal_text=None)


def test_untouched_pages_of_an_older_release_follow_from_now_on(client, settings):
    as_an_older_release_left_them()
    settings.CITY_NAME = "Kota Ambon"
    prepare()
    assert all(page.follows_portal for page in Page.objects.all())
    assert "Kota Ambon" in shown(client, "tentang").split("<main")[1]
    assert "Dahulu ditulis begini" not in shown(client, "tentang")


@pytest.mark.parametrize(
    "edit",
    [
        {"changed_by": "editor"},
        {"updated_at": timezone.now() + timedelta(days=3)},  # by an editor whose account was deleted
        {"body": "<p>Milik redaksi, ditulis langsung di basis data.</p>"},
    ],
    ids=lambda edit: next(iter(edit)),
)
def test_an_edited_page_of_an_older_release_stays_as_it_is(client, editor, edit):
    as_an_older_release_left_them()
    fields = {"body": "<p>Dahulu ditulis begini. Milik redaksi.</p>"} | edit
    if "body" not in edit:
        fields["body"] = Page.objects.get(slug="tentang").body + "<p>Milik redaksi.</p>"
    if "changed_by" in edit:
        fields["changed_by"] = editor
    Page.objects.filter(slug="tentang").update(**fields)
    prepare()
    prepare()
    assert "Milik redaksi" in shown(client, "tentang")
    assert not Page.objects.get(slug="tentang").follows_portal
    assert Page.objects.get(slug="kontak").follows_portal


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


def test_pages_are_found_in_the_newsroom_by_words_of_title_and_text(client, editor):
    Page.objects.create(title="Magang", slug="magang", body="<p>Cara melamar di kantor ini.</p>")
    assert ">Magang</a>" in client.get(LIST, {"q": "melamar kantor"}).content.decode()
    assert ">Magang</a>" not in client.get(LIST, {"q": "parkir"}).content.decode()
