"""Announcements on the home page and emergency banners on every page, shown from their start to their end."""

import time
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import IntegrityError
from django.utils import timezone

from news import layout
from news.models import Notice, Page
from tests.make import make_article, make_person

pytestmark = pytest.mark.django_db

LIST = "/admin/news/notice/"


def make_notice(**fields):
    fields.setdefault("title", "Loket PBB buka Sabtu")
    fields.setdefault("starts_at", timezone.now() - timedelta(hours=1))
    return Notice.objects.create(**fields)


def page_of(client, address="/") -> str:
    cache.clear()
    return client.get(address).content.decode()


def test_an_announcement_is_only_on_the_home_page(client):
    make_article()
    Page.objects.create(slug="tentang", title="Tentang", body="<p>x</p>")
    make_notice(text="Sampai 30 November.", link="https://pajak.contoh.go.id/")
    home = page_of(client)
    assert '<a href="https://pajak.contoh.go.id/">Loket PBB buka Sabtu</a>' in home
    assert "Sampai 30 November." in home
    assert 'aria-labelledby="pengumuman"' in home
    assert "Loket PBB" not in page_of(client, "/tentang")


def test_an_emergency_is_on_every_page_as_a_named_region(client):
    article = make_article()
    make_notice(kind=Notice.Kind.EMERGENCY, title="Banjir di Periuk")
    for address in ("/", article.get_absolute_url(), "/berita", "/cari"):
        assert '<section class="emergency" aria-label="Pemberitahuan darurat">' in page_of(client, address)
        assert "Banjir di Periuk" in page_of(client, address)


def test_an_emergency_is_soon_on_pages_of_a_process_that_has_shown_others(client):
    make_article()
    client.get("/berita")
    make_notice(kind=Notice.Kind.EMERGENCY, title="Banjir di Periuk")
    time.sleep(layout.LOOK_SECONDS)
    assert "Banjir di Periuk" in client.get("/arsip").content.decode()


def test_notices_are_shown_only_between_their_start_and_end(client):
    make_article()
    now = timezone.now()
    make_notice(title="Belum mulai", starts_at=now + timedelta(minutes=1))
    make_notice(title="Sudah selesai", starts_at=now - timedelta(days=2), ends_at=now - timedelta(seconds=1))
    make_notice(title="Masih tampil", ends_at=now + timedelta(minutes=1))
    home = page_of(client)
    assert "Masih tampil" in home
    assert "Belum mulai" not in home
    assert "Sudah selesai" not in home


def test_without_notices_there_is_no_empty_box(client):
    make_article()
    home = page_of(client)
    assert "Pengumuman" not in home
    assert "Pemberitahuan darurat" not in home


def test_a_notice_cannot_end_before_it_starts():
    with pytest.raises(IntegrityError, match="notice_ends_after_it_starts"):
        make_notice(ends_at=timezone.now() - timedelta(days=1))


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", "xhttps://a.example/", "//a.example", "/\\a.example", "https://", "tentang", "/a b"],
)
def test_a_link_is_a_whole_address_or_one_of_this_site(client, editor, link):
    form = {"kind": "announcement", "title": "Judul", "starts_at_0": "01-01-2026", "starts_at_1": "08.00"}
    response = client.post(f"{LIST}add/", form | {"link": link})
    assert "Isi alamat lengkap" in response.content.decode()
    assert client.post(f"{LIST}add/", form | {"link": "/tentang"}).status_code == 302
    assert Notice.objects.get().link == "/tentang"


def test_the_list_says_which_notices_are_shown(client, editor):
    now = timezone.now()
    make_notice(title="Nanti", starts_at=now + timedelta(days=1))
    make_notice(title="Sekarang")
    make_notice(title="Dahulu", starts_at=now - timedelta(days=2), ends_at=now - timedelta(days=1))
    page = client.get(LIST).content.decode()
    for state in ("Akan tampil", "Tampil", "Selesai"):
        assert page.count(f'">{state}</span>') == 1


def test_an_editor_ends_a_shown_notice_at_once_and_no_other(client, editor):
    shown, later = make_notice(), make_notice(starts_at=timezone.now() + timedelta(days=1))
    chosen = {"action": "end", "_selected_action": [shown.pk, later.pk]}
    assert "1 pengumuman diakhiri." in client.post(LIST, chosen, follow=True).content.decode()
    assert not Notice.objects.current().exists()
    later.refresh_from_db()
    assert later.ends_at is None
    assert "Tidak satu pun" in client.post(LIST, chosen, follow=True).content.decode()


def test_a_writer_does_not_reach_the_notices(client):
    client.force_login(make_person("Penulis"))
    assert client.get(LIST).status_code == 403
