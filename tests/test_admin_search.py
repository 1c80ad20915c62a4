"""Searches of the newsroom's lists by a part of a word, in tables of any size."""

import pytest
from django.db import connection

from news.models import PHOTO_WORDS, Photo
from news.web import admin
from news.web.prepared import unprepared

pytestmark = pytest.mark.django_db


def make_photos(*captions):
    return Photo.objects.bulk_create(
        Photo(name=f"foto/2026/11/{number:016x}", width=400, height=300, caption=caption, alt_text="Loket")
        for number, caption in enumerate(captions)
    )


def found(typed):
    photos = admin.containing(Photo.objects.order_by("-pk"), PHOTO_WORDS, typed)
    return [photo.caption for photo in photos]


@pytest.mark.parametrize("surely_few", [0, 1_000])
def test_every_word_or_quoted_phrase_is_found_whatever_its_case(monkeypatch, surely_few):
    monkeypatch.setattr(admin, "_SURELY_FEW", surely_few)
    make_photos("Pasar Anyar pagi", "Pasar malam", "Antrean di pasar, 100% selesai", "Lapangan")
    assert found("PASAR") == ["Antrean di pasar, 100% selesai", "Pasar malam", "Pasar Anyar pagi"]
    assert found("pagi asar") == ["Pasar Anyar pagi"]
    assert found('"asar mal"') == ["Pasar malam"]
    assert found("pasar loket pagi") == ["Pasar Anyar pagi"]
    assert found("0% se") == ["Antrean di pasar, 100% selesai"]
    assert found("a_ar") == found("xqzkwy") == []


@pytest.mark.parametrize("typed", ["'Aisyiyah", '"aisyiyah', "aisyiyah'", '"aisy"iyah', "'"])
def test_a_lone_quotation_mark_is_a_letter_like_any_other(typed):
    make_photos("Warga 'Aisyiyah menanam pohon", "Lapangan")
    found(typed)  # finds or does not, but is no error
    assert found("'Aisyiyah") == ["Warga 'Aisyiyah menanam pohon"]


def test_words_of_two_letters_are_sought_among_the_newest(monkeypatch):
    monkeypatch.setattr(admin, "_SEARCHED_FOR_SHORT_WORDS", 2)
    make_photos("RT 05", "RT 06", "RW 07")
    assert found("rt") == ["RT 06"]
    assert found("rt 05 loket") == ["RT 05"]


def test_a_page_of_the_newsroom_prepares_no_statement(client, editor):
    threshold = connection.connection.prepare_threshold
    with unprepared():
        assert connection.connection.prepare_threshold is None
    assert connection.connection.prepare_threshold == threshold
    for _ in range(8):
        client.get("/admin/news/photo/")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%news_photo%'")
        assert cursor.fetchone()[0] == 0
