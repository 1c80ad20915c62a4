"""Artikel Terkait: which articles stand under an article, and when the list changes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from news import related
from news.models import Article, Photo
from tests.make import make_article, make_category

pytestmark = pytest.mark.django_db


def titles(articles):
    return [article.title for article in articles]


def make_flood_archive():
    for number in range(6):
        make_article(title=f"Umum {number}", tags=["kota tangerang"])
    for number in range(2):
        make_article(title=f"Pompa {number}", tags=["kota tangerang", "pompa air"], category=make_category("Banjir"))
    return make_article(title="Pompa baru dipasang", tags=["kota tangerang", "pompa air"])


def test_shared_rare_tag_comes_before_a_tag_on_everything():
    article = make_flood_archive()
    assert set(titles(related.compute(article))[:2]) == {"Pompa 0", "Pompa 1"}


def test_newer_comes_first_among_equals():
    old = make_article(title="Lama", tags=["taman"], published_at=timezone.now() - timedelta(days=40))
    new = make_article(title="Baru", tags=["taman"])
    make_article(title="Tanpa tag")
    article = make_article(title="Taman kota", tags=["taman"])
    assert related.compute(article)[:2] == [new, old]


def test_list_never_holds_itself_a_namesake_a_draft_a_future_or_a_withdrawn_article():
    article = make_article(title="Taman kota", tags=["taman"])
    make_article(title="taman kota", tags=["taman"])
    make_article(title="Draf", tags=["taman"], status=Article.Status.DRAFT)
    make_article(title="Esok", tags=["taman"], published_at=timezone.now() + timedelta(days=1))
    make_article(title="Keliru", tags=["taman"]).withdraw("Salah.")
    shown = make_article(title="Boleh", tags=["taman"])
    assert related.compute(article) == [shown]


def test_published_article_gets_its_list_and_enters_those_of_its_neighbours():
    first = make_article(title="Pertama", tags=["taman"])
    related.refresh_due()
    second = make_article(title="Kedua", tags=["taman"])
    assert related.refresh_due() == 2  # its own and that of its neighbour
    assert list(related.stored(second)) == [first]
    assert list(related.stored(first)) == [second]


def test_nothing_is_due_after_a_refresh_until_thirty_days_or_a_change():
    article = make_article()
    assert related.refresh_due() == 1
    assert related.refresh_due() == 0
    article.refresh_from_db()
    assert article.related_due_at > timezone.now() + timedelta(days=29)
    article.save()
    assert related.refresh_due() == 1


def test_scheduled_article_is_due_when_its_time_comes():
    article = make_article(published_at=timezone.now() + timedelta(hours=1))
    assert related.refresh_due() == 0
    past = timezone.now() - timedelta(seconds=1)
    Article.objects.filter(pk=article.pk).update(published_at=past, related_due_at=past)
    assert related.refresh_due() == 1


def test_withdrawn_article_leaves_the_lists_at_once():
    first = make_article(title="Pertama", tags=["taman"])
    second = make_article(title="Kedua", tags=["taman"])
    related.refresh_due()
    second.withdraw("Salah.")
    assert list(related.stored(first)) == []


def test_stored_list_is_read_by_one_query(django_assert_num_queries):
    article = make_flood_archive()
    related.refresh_due()
    with django_assert_num_queries(1):
        assert all(each.title and each.photo is None for each in related.stored(article))


def test_neighbours_do_not_make_their_own_neighbours_due():
    for number in range(4):
        make_article(title=f"Taman {number}", tags=["taman"])
    related.refresh_due()
    make_article(title="Taman baru", tags=["taman"])
    assert related.refresh_due() == 5
    assert related.refresh_due() == 0


def test_list_is_full_after_one_of_it_was_withdrawn():
    targets = [make_article(title=f"Taman {number}", tags=["taman"]) for number in range(7)]
    article = make_article(title="Taman baru", tags=["taman"])
    related.refresh_due()
    targets[-1].withdraw("Salah.")
    assert len(related.stored(article)) == related.SHOWN


def test_cards_lead_to_the_articles_and_show_their_photos(client):
    photo = Photo.objects.create(name="foto/taman", width=400, height=300, alt_text="Taman")
    target = make_article(title="Taman di tepi sungai", slug="taman-lama", tags=["taman"], photo=photo)
    article = make_article(title="Taman baru", tags=["taman"])
    related.refresh_due()
    [card] = related.stored(article)
    assert (card.title, card.photo.name, card.photo.width) == (target.title, "foto/taman", 400)
    page = client.get(article.get_absolute_url()).content.decode()
    assert f'<h3><a href="{target.get_absolute_url()}" dir="auto">{target.title}</a></h3>' in page
    assert "/media/foto/taman-400.webp" in page
