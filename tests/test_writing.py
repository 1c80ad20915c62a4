"""The page for writing, as the server gives it: the next step, what is told beside the text, tags made in place."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from news import card_preview, dead_links, paths
from news.admin.articles import ArticleAdmin
from news.models import Article, Document, MergedTag, MissingPath, Page, Photo, Tag
from news.web import dates
from tests.make import in_the_city, make_article, make_category, make_person, make_tag

pytestmark = pytest.mark.django_db


def form_of(client, article=None) -> str:
    where = [article.pk] if article else []
    return client.get(reverse(f"admin:news_article_{'change' if article else 'add'}", args=where)).content.decode()


def primary(html: str) -> str:
    """The text of the one button that is the next step."""
    assert html.count(' class="button primary"') == 1
    return html.split(' class="button primary">')[1].split("<")[0]


# ---- The next step


def test_the_next_step_of_a_writer_is_to_submit_and_of_an_editor_to_publish(client):
    client.force_login(make_person("Penulis"))
    assert primary(form_of(client)) == "Kirim untuk diperiksa"
    client.force_login(make_person("Redaktur"))
    assert primary(form_of(client)) == "Terbitkan"


@pytest.mark.parametrize(
    ("fields", "label"),
    [
        ({"status": "draft"}, "Terbitkan"),
        ({"status": "review"}, "Terbitkan"),
        ({"status": "review", "published_at": timezone.now() + timedelta(hours=9)}, "Jadwalkan"),
        ({"status": "published"}, "Simpan perubahan"),
        ({"status": "published", "published_at": timezone.now() + timedelta(hours=9)}, "Simpan perubahan"),
        ({"status": "withdrawn", "withdrawn_reason": "Keliru.", "withdrawn_at": timezone.now()}, "Simpan perubahan"),
    ],
)
def test_the_next_step_is_named_by_status_and_time(client, editor, fields, label):
    assert primary(form_of(client, make_article(**fields))) == label


def test_with_a_second_pair_of_eyes_the_own_text_is_submitted(client, settings):
    settings.REVIEW_BY_SECOND_PERSON = True
    person = make_person("Redaktur")
    client.force_login(person)
    assert primary(form_of(client)) == "Kirim untuk diperiksa"
    assert primary(form_of(client, make_article(status="review", created_by=person))) == "Simpan perubahan"
    assert primary(form_of(client, make_article(status="review"))) == "Terbitkan"


def test_what_is_not_the_next_step_stands_below(client, editor):
    html = form_of(client, make_article(status="review"))
    bar, rest = html.split('<div class="writing">')
    assert 'value="publish"' in bar
    assert 'value="return_to_draft"' not in bar
    assert 'value="return_to_draft"' in rest
    assert 'value="publish"' not in rest


def test_a_fieldset_that_is_added_appears_in_the_drawer_by_itself(client, editor, monkeypatch):
    plain = ArticleAdmin.get_fieldsets

    def with_one_more(self, request, article=None):
        fieldsets = plain(self, request, article)
        fieldsets[-1][1]["fields"].remove("last_change")
        return [*fieldsets, ("Lampiran", {"fields": ["last_change"]})]

    article = make_article(status="draft")
    monkeypatch.setattr(ArticleAdmin, "get_fieldsets", with_one_more)
    drawer = form_of(client, article).split('<div class="drawer">')[1]
    assert ">Lampiran</h2>" in drawer
    assert "field-last_change" in drawer


def test_attachments_stand_below_the_text(client, editor):
    sheet, drawer = form_of(client, make_article()).split('<div class="drawer">')
    assert 'id="documents-group"' in sheet
    assert 'id="documents-group"' not in drawer


# ---- Before publication


def notes(client, **fields):
    return client.post(reverse("admin:news_article_notes"), fields)


def test_faults_are_told_when_the_form_is_opened(client, editor):
    html = form_of(client, make_article(status="draft", body='<p>NIK 3671012503990002 <a href="/b/9">a</a></p>'))
    assert "Ada NIK atau nomor KK (3671…02)" in html
    assert "Tautan ini tidak sampai ke mana pun: /b/9" in html
    assert "Sebelum terbit <b>4</b>" in html


def test_what_is_typed_is_looked_at_and_nothing_of_it_stored(client, editor):
    article = make_article(status="draft", title="Lama")
    answer = notes(
        client,
        pk=article.pk,
        title="Baru",
        summary="Ringkas.",
        body='<p>Isi<span style="display:none">slot gacor</span></p>',
        category=article.category_id,
    ).json()
    assert "teks tersembunyi, yang dibuang saat disimpan: “slot gacor”" in answer["panel"]
    assert "judul=Baru" in answer["panel"]
    assert "Belum ada ringkasan" not in answer["panel"]
    assert (answer["time"], answer["publish"]) == ("Tanpa jadwal: terbit begitu diterbitkan.", "Terbitkan")
    article.refresh_from_db()
    assert article.title == "Lama"
    assert Article.objects.count() == 1


def test_the_time_is_told_in_words(client, editor):
    tomorrow = (timezone.now() + timedelta(days=1, minutes=1)).astimezone(dates.ZONE)
    answer = notes(
        client, published_at_0=tomorrow.strftime("%Y-%m-%d"), published_at_1=tomorrow.strftime("%H:%M:59")
    ).json()
    assert answer["time"].startswith(f"Terbit besok {tomorrow:%H.%M} ")
    assert answer["time"].endswith(", dalam 1 hari.")
    assert answer["publish"] == "Jadwalkan"


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"pk": "9" * 40, "photo": "-1", "category": "x", "published_at_0": "0000-00-00", "published_at_1": "99"},
        {"title": "\0", "summary": "\ud800".encode("utf-8", "replace").decode(), "body": "<p>\0" * 10},
        {"body": "<div>" * 3_000},
        {"body": "a" * 700_000},
        {"body": '<p><a href="http://[x">a</a> <a href="/%00">b</a> <a href="//">c</a> <a href="?a=1">d</a></p>'},
    ],
)
def test_odd_forms_are_answered(client, editor, fields):
    assert notes(client, **fields).status_code == 200


def test_only_who_writes_may_ask(client, moderator):
    for where in ("notes", "new_tag"):
        assert client.post(reverse(f"admin:news_article_{where}")).status_code == 403
        assert client.get(reverse(f"admin:news_article_{where}")).status_code in (302, 405)
    assert client.get(reverse("admin:news_article_card")).status_code == 403


def test_markup_in_what_is_typed_stays_text(client, editor):
    panel = notes(client, title="<img src=x onerror=1>", summary="<b>a</b>").json()["panel"]
    assert "<img src=x" not in panel
    assert "&lt;b&gt;a&lt;/b&gt;" in panel


def test_the_card_of_an_article_without_a_photo_is_drawn(client, editor):
    answer = client.get(reverse("admin:news_article_card"), {"judul": "Pasar pindah " * 50, "kategori": "Ekonomi"})
    assert answer["Content-Type"] == "image/jpeg"
    assert answer.content.startswith(b"\xff\xd8")


def test_the_lead_photo_and_decorative_pictures_are_known(client, editor):
    photo = Photo.objects.create(name="foto/2026/11/0123456789abcdef", width=800, height=600, decorative=True)
    panel = notes(client, title="A", summary="B", body=photo.figure_html(), photo=photo.pk).json()["panel"]
    assert "Foto utama belum punya teks alternatif" in panel
    assert "di dalam isi" not in panel


def test_publishing_tells_what_should_still_be_looked_at(client, editor):
    article = make_article(status="draft", summary="Ringkas.")
    address = reverse("admin:news_article_change", args=[article.pk])
    form = client.get(address).context["adminform"].form
    posted = {name: form.get_initial_for_field(field, name) or "" for name, field in form.fields.items()}
    posted |= {"published_at_0": "", "published_at_1": "", "headline_until_0": "", "headline_until_1": ""}
    posted |= {"category": article.category_id, "tags": [], "related_pinned": [], "related_excluded": []}
    posted |= {"version": form.shown_version, "documents-TOTAL_FORMS": 0, "documents-INITIAL_FORMS": 0}
    answer = client.post(address, posted | {"_move": "publish"}, follow=True)
    told = [str(message) for message in answer.context["messages"]]
    assert "kini: terbit" in told[0]
    assert "Belum ada foto utama" in told[1]


# ---- Links


@pytest.mark.parametrize(
    "address",
    [
        "/berita/detail/999/tidak-ada",
        "/b/999",
        "/kategori/tidak-ada",
        "/tag/tidak-ada",
        "/tag/belum-terbit",
        "/tidak-ada",
        "/a/b/c",
        "/media/foto/2026/11/0000000000000000-800.jpg",
        "/media/../settings.py",
        "/admin/news/article/",
        "/admin",
        "http://127.0.0.1:8000/b/999",
        "https://dinas/berita",
        "http://[x",
        "/%00",
    ],
)
def test_a_dead_link_is_found(address, settings):
    settings.SITE_URL = "http://127.0.0.1:8000"
    make_article(status="draft", tags=["belum terbit"])
    assert dead_links.is_dead(address)


def test_drafts_scheduled_and_withdrawn_articles_are_dead_and_public_ones_are_not():
    public = make_article(tags=["banjir"])
    later = make_article(published_at=timezone.now() + timedelta(hours=1))
    gone = make_article(status="withdrawn", withdrawn_reason="Keliru.", withdrawn_at=timezone.now())
    draft = make_article(status="draft")
    shown = [public.get_absolute_url(), public.short_url, "/tag/banjir", public.category.get_absolute_url()]
    hidden = [each.get_absolute_url() for each in (draft, later, gone)]
    documents = [
        Document.objects.create(article=each, title="Surat edaran", file=str(each.pk), size=1).path
        for each in (public, draft, gone)
    ]
    shown += [paths.changes_path(public.pk), documents[0]]
    hidden += [paths.changes_path(gone.pk), *documents[1:], "/pratinjau/1.x"]
    assert dead_links.dead([*shown, *hidden]) == tuple(hidden)


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/cari?q=banjir",
        "/berita",
        "/arsip/2024/11",
        "/tentang-kami",
        "/tentang-kami/",
        "/lama",
        "#isi",
        "?halaman=2",
        "mailto:a@b.id",
        "tel:112",
        "https://www.tangerangkota.go.id/x",
        "https://[::1]/",
    ],
)
def test_a_link_that_leads_somewhere_is_not(address):
    Page.objects.create(slug="tentang-kami", title="Tentang", body="<p>a</p>")
    MissingPath.objects.create(path="/lama", target="/berita")
    make_article(published_at=in_the_city(2024, 11, 13))
    assert not dead_links.is_dead(address)


# ---- Cards and times


def test_cards_cut_titles_as_the_places_do_and_say_so():
    title = "Pintu Air dan Pompa Diperiksa agar Siap Menghadapi Hujan Lebat di Seluruh Kecamatan Kota Kita"
    cards = {card.kind: card for card in card_preview.cards(title, "Petugas menguji pintu air.")}
    assert cards["search"].title == "Pintu Air dan Pompa Diperiksa agar Siap Menghadapi Hujan Lebat…"
    assert cards["search"].faults == [f"Judul terpotong: hanya 65 dari {len(title)} huruf tampil."]
    assert cards["whatsapp"].description == "Petugas menguji pintu air."
    assert all(card.faults == [] for card in card_preview.cards("Pasar pindah", "Mulai besok."))
    assert all(len(card.faults) == 2 for card in card_preview.cards("", ""))


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ((2026, 11, 29, 22, 21), "hari ini 22.21 WITA, dalam kurang dari satu menit"),
        ((2026, 11, 29, 23, 0), "hari ini 23.00 WITA, dalam 39 menit"),
        ((2026, 11, 30, 7, 0), "besok 07.00 WITA, dalam 8 jam 39 menit"),
        ((2026, 12, 1, 22, 30), "lusa 22.30 WITA, dalam 2 hari"),
        ((2026, 12, 6, 7, 0), "Minggu, 6 Desember 2026 07.00 WITA, dalam 6 hari 8 jam"),
        ((2026, 11, 29, 20, 20), "hari ini 20.20 WITA, 2 jam yang lalu"),
        ((2026, 11, 28, 22, 20), "kemarin 22.20 WITA, 1 hari yang lalu"),
        ((2020, 1, 1, 0, 0), "Rabu, 1 Januari 2020 00.00 WITA, 2524 hari yang lalu"),
    ],
)
def test_moments_are_told_as_people_say_them(moment, words):
    now = in_the_city(2026, 11, 29, 22, 20, 30)
    assert dates.from_now(in_the_city(*moment), now) == words


# ---- Tags made in place


def ask(client, name, **more):
    return client.post(reverse("admin:news_article_new_tag"), {"name": name, **more}).json()


def test_a_new_tag_is_made_and_logged(client):
    person = make_person("Penulis")
    client.force_login(person)
    answer = ask(client, "  pompa\tbanjir ")
    tag = Tag.objects.get()
    assert (tag.name, tag.slug) == ("pompa banjir", "pompa-banjir")
    assert answer == {"tag": {"id": tag.pk, "text": "pompa banjir"}, "told": "Tag “pompa banjir” dibuat."}
    assert LogEntry.objects.get().user == person


def test_the_same_name_is_the_same_tag(client, editor):
    tag = make_tag("kota tangerang")
    for name in ("Kota Tangerang", "kota-tangerang", " kota  tangerang "):
        assert ask(client, name) == {"tag": {"id": tag.pk, "text": "kota tangerang"}, "told": ""}
    assert Tag.objects.count() == 1


def test_near_duplicates_are_pointed_out_with_their_use_and_made_when_sure(client, editor):
    make_article(tags=["vaksin covid"])
    answer = ask(client, "vaksin covid-19")
    tag = Tag.objects.get()
    assert answer["near"] == [{"id": tag.pk, "text": "vaksin covid", "used": "1"}]
    assert Tag.objects.count() == 1
    assert ask(client, "vaksin covid-19", sure="1")["tag"]["text"] == "vaksin covid-19"


def test_the_name_of_a_merged_tag_leads_to_the_other(client, editor):
    old, target = make_tag("demam berdarah"), make_tag("dbd")
    MergedTag.objects.merge([old], target)
    answer = ask(client, "Demam Berdarah")
    assert answer["tag"] == {"id": target.pk, "text": "dbd"}
    assert "sudah digabungkan ke “dbd”" in answer["told"]


@pytest.mark.parametrize("name", ["", "  ", "\u200b", "…", "a" * 81])
def test_a_name_that_is_none_is_refused_in_words(client, editor, name):
    assert ask(client, name)["problem"]
    assert not Tag.objects.exists()


def test_the_label_of_what_waits_is_the_same_everywhere(client, editor):
    make_category()
    article = make_article(status="review")
    for where in (reverse("admin:news_article_changelist"), reverse("admin:index")):
        assert "Menunggu tinjauan" in client.get(where).content.decode()
    assert "Menunggu tinjauan" in form_of(client, article)
