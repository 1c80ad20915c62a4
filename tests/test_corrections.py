"""What readers are told about published articles: above the text, on /ralat and in its feeds, and never changed."""

import json
import re
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import Error, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from news.models import Article, Change, Correction
from tests.make import make_article, make_person
from tests.test_admin import address, form_of

pytestmark = pytest.mark.django_db


def make_correction(article, text="Semula tertulis enam; yang benar delapan.", **fields):
    return Correction.objects.create(article=article, text=text, **fields)


# ---- For readers


def test_a_correction_stands_above_the_text_newest_first(client):
    article = make_article()
    make_correction(article, "Ralat pertama.", at=timezone.now() - timedelta(days=1))
    make_correction(article, "Ralat <kedua>.")
    page = client.get(article.get_absolute_url()).content.decode().partition("<main")[2]
    assert page.index("Ralat &lt;kedua&gt;.") < page.index("Ralat pertama.") < page.index("Warga dapat berobat")
    assert 'class="corrections"' not in client.get(make_article().get_absolute_url()).content.decode()


def test_all_corrections_are_on_one_page_with_their_articles(client):
    article = make_article(title="Pompa air diganti")
    make_correction(article)
    response = client.get("/ralat")
    page = response.content.decode()
    record = Correction.objects.get()
    assert f'<a href="{article.get_absolute_url()}#catatan-{record.pk}">Pompa air diganti</a>' in page
    assert "Semula tertulis enam" in page
    assert f'id="catatan-{record.pk}"' in client.get(article.get_absolute_url()).content.decode()
    assert response["Cache-Control"].startswith("public")


def test_corrections_of_articles_that_are_not_public_are_not_listed(client):
    for fields in (
        {"status": Article.Status.WITHDRAWN, "withdrawn_reason": "Keliru."},
        {"published_at": timezone.now() + timedelta(days=1)},
        {"status": Article.Status.DRAFT},
    ):
        make_correction(make_article(**fields), "Tidak untuk umum.")
    page = client.get("/ralat").content.decode()
    assert "Tidak untuk umum" not in page
    assert "Belum ada ralat." in page
    for feed in ("/ralat/feed", "/ralat/feed/atom"):
        assert "Tidak untuk umum" not in client.get(feed).content.decode()


def test_feeds_tell_every_kind_and_escape_it(client):
    article = make_article(title="Pompa & air")
    article.tell("hak-jawab", "Kami <b>tidak</b> menolak.\x0b", reason="Surat dari dinas")
    for feed, item in (("/ralat/feed", "item"), ("/ralat/feed/atom", "{http://www.w3.org/2005/Atom}entry")):
        response = client.get(feed)
        assert response["Cache-Control"].startswith("public")
        found = next(ElementTree.fromstring(response.content).iter(item))
        words = " ".join(found.itertext())
        assert "Hak jawab: Pompa & air" in words
        assert "Surat dari dinas. Kami &lt;b&gt;tidak&lt;/b&gt; menolak." in words
        assert f"#catatan-{Correction.objects.get().pk}" in ElementTree.tostring(found).decode()
    assert '<link rel="alternate" type="application/rss+xml"' in client.get("/ralat").content.decode()


def test_search_engines_are_told_a_reply_that_corrects_nothing_as_a_comment(client):
    article = make_article()
    article.tell("koreksi", "Bukan dua.")
    article.tell("hak-jawab", "Tanggapan kami.")
    page = client.get(article.get_absolute_url()).content.decode()
    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page)[1])
    assert [(each["@type"], each["text"]) for each in data["correction"]] == [("CorrectionComment", "Bukan dua.")]
    assert [(each["@type"], each["text"]) for each in data["comment"]] == [("Comment", "Tanggapan kami.")]


def test_the_list_pages_without_repeating_or_skipping(client):
    article = make_article()
    moment = timezone.now()
    for number in range(45):
        make_correction(article, f"Ralat nomor {number}.", at=moment)  # all at the same time
    seen, address = [], "/ralat"
    while address:
        page = client.get(address).content.decode()
        seen += re.findall(r"Ralat nomor \d+\.", page)
        older = re.search(r'rel="next" href="([^"]+)"', page)
        address = older and "/ralat" + older[1]
    assert len(seen) == len(set(seen)) == 45


def test_the_list_takes_as_many_queries_for_15_corrections_as_for_one(client):
    make_correction(make_article())

    def queries() -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as captured:
            client.get("/ralat")
        return len(captured)

    few = queries()
    for _ in range(14):
        make_correction(make_article())
    assert queries() == few


# ---- For editors


def test_an_editor_corrects_what_was_published(client, editor):
    article = make_article()
    told = {"told_kind": "koreksi", "told_text": " Semula Rabu; yang benar Kamis. ", "told_reason": "Surat pembaca"}
    changed = form_of(article, body="<p>Hari Kamis.</p>", **told)
    assert client.post(address(article), changed).status_code == 302
    record = Correction.objects.get()
    assert (record.article, record.by, record.by_name) == (article, editor, editor.get_full_name())
    assert (record.kind, record.text, record.reason) == ("koreksi", "Semula Rabu; yang benar Kamis.", "Surat pembaca")
    change = Change.objects.of(article).get()
    assert (change.correction, change.reason, list(record.changes.all())) == (record, "catatan", [change])
    form = client.get(address(article)).content.decode()
    assert "Semula Rabu; yang benar Kamis." in form


def test_a_mistake_in_a_record_is_corrected_by_another_that_refers_to_it(client, editor):
    article, other = make_article(), make_correction(make_article(), "Milik berita lain.")
    first = make_correction(article, "Bukan dua, melainkan tiga.")
    told = {"told_kind": "ralat", "told_text": "Bukan tiga, melainkan empat."}
    refused = client.post(address(article), form_of(article, told_corrects=other.pk, **told))
    assert refused.status_code == 200
    assert "Bukan tiga, melainkan empat." in refused.content.decode()
    assert client.post(address(article), form_of(article, told_corrects=first.pk, **told)).status_code == 302
    second = article.corrections.first()
    assert (second.corrects, list(first.corrected_by.all())) == (first, [second])
    page = client.get(article.get_absolute_url()).content.decode()
    assert f'<a href="#catatan-{first.pk}">' in page


def test_only_what_readers_have_seen_is_corrected(client, editor):
    draft = make_article(status=Article.Status.DRAFT)
    assert 'name="told_kind"' not in client.get(address(draft)).content.decode()
    assert 'name="told_kind"' in client.get(address(make_article())).content.decode()
    client.post(address(draft), form_of(draft, told_kind="ralat", told_text="Belum tampil."))
    with pytest.raises(ValidationError):
        draft.tell("ralat", "Belum tampil.")
    assert not Correction.objects.exists()


def test_a_writer_cannot_correct(client):
    client.force_login(make_person("Penulis"))
    article = make_article()
    assert 'name="told_kind"' not in client.get(address(article)).content.decode()
    told = form_of(article, told_kind="ralat", told_text="Bukan haknya.")
    assert client.post(address(article), told).status_code == 403
    assert not Correction.objects.exists()


def test_a_form_that_has_to_be_merged_first_adds_no_correction_and_keeps_its_text(client, editor):
    article = make_article()
    mine = form_of(article, reporter="Siti", told_kind="ralat", told_text="Ralat yang saya ketik.")
    Article.objects.filter(pk=article.pk).update(reporter="Rina")
    page = client.post(address(article), mine).content.decode()
    assert "Belum disimpan" in page
    assert "Ralat yang saya ketik." in page
    assert not Correction.objects.exists()
    choice = re.search(r'name="(pilih-[0-9a-f]+)"', page)[1]
    assert client.post(address(article), mine | {choice: "saya"}).status_code == 302
    assert Correction.objects.get().text == "Ralat yang saya ketik."


# ---- Nobody changes them


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE news_correction SET text = 'lain'",
        "UPDATE news_correction SET by_name = '', by_id = NULL",
        "DELETE FROM news_correction",
        "TRUNCATE news_correction CASCADE",
    ],
)
def test_the_database_only_lets_records_be_added(statement):
    record = make_correction(make_article(), by_name="Siti")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # TRUNCATE refuses a table with unchecked rows
        with pytest.raises(Error, match="hanya dapat ditambah"), transaction.atomic():
            cursor.execute(statement)
    record.refresh_from_db()
    assert record.text == "Semula tertulis enam; yang benar delapan."


def test_the_name_outlives_the_account():
    person = make_person("Redaktur", first_name="Siti", last_name="Aminah")
    record = make_article().tell("ralat", "Bukan dua.", person)
    person.delete()
    record.refresh_from_db()
    assert (record.by, record.by_name) == (None, "Siti Aminah")
