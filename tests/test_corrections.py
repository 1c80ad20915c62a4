"""Corrections of published articles: shown above the text and listed on /ralat."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from news.models import Article, Correction
from tests.make import make_article, make_person
from tests.test_admin import address, form_of

pytestmark = pytest.mark.django_db


def make_correction(article, text="Semula tertulis enam; yang benar delapan.", **fields):
    return Correction.objects.create(article=article, text=text, **fields)


def rows_of(*corrections, new=()) -> dict:
    """The form data of the inline form for corrections."""
    rows = {
        "corrections-TOTAL_FORMS": len(corrections) + len(new),
        "corrections-INITIAL_FORMS": len(corrections),
        "corrections-MIN_NUM_FORMS": 0,
        "corrections-MAX_NUM_FORMS": 1000,
    }
    for number, correction in enumerate(corrections):
        rows |= {f"corrections-{number}-id": correction.pk, f"corrections-{number}-text": correction.text}
    for number, text in enumerate(new, start=len(corrections)):
        rows[f"corrections-{number}-text"] = text
    return rows


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
    assert f'<a href="{article.get_absolute_url()}">Pompa air diganti</a>' in page
    assert "Semula tertulis enam" in page
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
    client.post(address(article), form_of(article) | rows_of(new=["Semula tertulis Rabu; yang benar Kamis."]))
    correction = Correction.objects.get()
    assert (correction.article, correction.by) == (article, editor)
    assert correction.text == "Semula tertulis Rabu; yang benar Kamis."
    article.refresh_from_db()
    client.post(address(article), form_of(article) | rows_of(correction) | {"corrections-0-DELETE": "on"})
    assert not Correction.objects.exists()


def test_a_correction_keeps_its_first_author(client, editor):
    article = make_article()
    other = make_person("Redaktur")
    correction = make_correction(article, by=other)
    changed = rows_of(correction) | {"corrections-0-text": "Kata-kata lain."}
    client.post(address(article), form_of(article) | changed)
    correction.refresh_from_db()
    assert (correction.text, correction.by) == ("Kata-kata lain.", other)


def test_drafts_cannot_be_corrected(client, editor):
    draft = make_article(status=Article.Status.DRAFT)
    assert "corrections-TOTAL_FORMS" not in client.get(address(draft)).content.decode()
    assert "corrections-TOTAL_FORMS" in client.get(address(make_article())).content.decode()


def test_a_writer_cannot_correct(client):
    client.force_login(make_person("Penulis"))
    article = make_article()
    assert "corrections-TOTAL_FORMS" not in client.get(address(article)).content.decode()
    assert client.post(address(article), form_of(article) | rows_of(new=["Bukan haknya."])).status_code == 403
    assert not Correction.objects.exists()


def test_a_form_that_has_to_be_merged_first_adds_no_correction_and_keeps_its_text(client, editor):
    article = make_article()
    mine = form_of(article, reporter="Siti") | rows_of(new=["Ralat yang saya ketik."])
    Article.objects.filter(pk=article.pk).update(reporter="Rina")
    page = client.post(address(article), mine).content.decode()
    assert "Belum disimpan" in page
    assert "Ralat yang saya ketik." in page
    assert not Correction.objects.exists()
    choice = re.search(r'name="(pilih-[0-9a-f]+)"', page)[1]
    assert client.post(address(article), mine | {choice: "saya"}).status_code == 302
    assert Correction.objects.get().text == "Ralat yang saya ketik."
