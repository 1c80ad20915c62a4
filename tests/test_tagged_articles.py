"""The copy of tags by time is right after every kind of write, and tag pages are read from it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from news.models import Article, MergedTag, TaggedArticle
from portal.importers.record import Record
from portal.importers.saving import save
from tests.make import in_the_city, make_article, make_tag

pytestmark = pytest.mark.django_db

NOON = in_the_city(2024, 11, 13, 12)


def copied():
    return set(TaggedArticle.objects.values_list("article", "tag", "published_at"))


def tagged():
    return set(Article.tags.through.objects.values_list("article", "tag", "article__published_at"))


def titles(tag, **fields):
    return [article.title for article in Article.objects.published().tagged(tag).filter(**fields)]


def test_tags_are_added_removed_replaced_and_cleared():
    article, other = make_article(tags=["taman", "pasar"]), make_article(tags=["taman"])
    draft = make_article(status=Article.Status.DRAFT, published_at=None, tags=["taman"])
    assert len(copied()) == 4
    assert copied() == tagged()
    make_tag("banjir").articles.add(article, other, draft)
    article.tags.remove(make_tag("pasar"))
    other.tags.set([make_tag("sekolah")])
    draft.tags.clear()
    assert len(copied()) == 3
    assert copied() == tagged()


def test_a_changed_time_reaches_all_tags_of_the_article():
    article = make_article(tags=["taman", "pasar"])
    draft = make_article(status=Article.Status.DRAFT, published_at=None, tags=["taman"])
    article.published_at = NOON
    article.save()
    draft.publish()
    Article.objects.filter(pk=article.pk).update(source="Lain", published_at=NOON + timedelta(days=1))
    assert {time for pk, _, time in copied() if pk == article.pk} == {NOON + timedelta(days=1)}
    assert copied() == tagged()


def test_merged_and_split_tags_take_their_articles_along():
    target, tag = make_tag("vaksin covid-19"), make_tag("vaksin covid")
    both, one = make_article(tags=[target.name, tag.name]), make_article(tags=[tag.name])
    [merged] = MergedTag.objects.merge([tag], target)
    assert {(pk, tag) for pk, tag, _ in copied()} == {(both.pk, target.pk), (one.pk, target.pk)}
    assert copied() == tagged()
    merged.split()
    assert len(copied()) == 3
    assert copied() == tagged()


def test_deleted_drafts_and_tags_leave_nothing():
    draft = make_article(status=Article.Status.DRAFT, tags=["taman", "pasar"])
    kept = make_article(tags=["taman", "pasar"])
    draft.delete()
    make_tag("taman").delete()
    assert copied() == tagged() == {(kept.pk, make_tag("pasar").pk, kept.published_at)}


def test_an_import_that_is_repeated_with_other_tags_and_another_time():
    for title, tags, at in [("Satu", ["taman"], NOON), ("Satu", ["pasar", "taman"], NOON + timedelta(hours=1))]:
        record = Record(id=7, title=title, body="<p>Isi.</p>", published_at=at, category="Kota", tags=tags)
        save(record)
        assert copied() == tagged()
    assert len(copied()) == 2


def test_many_rows_of_one_statement():
    tag = make_tag("taman")
    articles = [make_article(published_at=NOON - timedelta(hours=number)) for number in range(20)]
    both = Article.tags.through
    both.objects.bulk_create(both(article=article, tag=tag) for article in articles)
    Article.objects.filter(pk__in=[article.pk for article in articles[:5]]).update(published_at=NOON)
    both.objects.filter(article__in=articles[10:]).delete()
    assert len(copied()) == 10
    assert copied() == tagged()


def test_status_decides_which_of_a_tag_are_shown():
    tag, now = make_tag("taman"), timezone.now()
    make_article(title="Lama", tags=["taman"], published_at=now - timedelta(days=2))
    make_article(title="Baru", tags=["taman"], published_at=now - timedelta(days=1))
    make_article(title="Draf", tags=["taman"], status=Article.Status.DRAFT)
    make_article(title="Esok", tags=["taman"], published_at=now + timedelta(days=1))
    make_article(title="Keliru", tags=["taman"]).withdraw("Salah.")
    assert titles(tag) == ["Baru", "Lama"]
    assert titles(tag, title="Lama") == ["Lama"]


def test_articles_of_one_moment_come_in_the_order_of_their_numbers():
    made = [make_article(tags=["taman"], published_at=NOON) for _ in range(3)]
    assert list(Article.objects.published().tagged(make_tag("taman"))) == made[::-1]


def test_a_page_of_a_tag_is_read_from_its_index():
    tag, both = make_tag("taman"), Article.tags.through
    articles = [make_article(published_at=NOON - timedelta(hours=number)) for number in range(30)]
    both.objects.bulk_create(both(article=article, tag=tag) for article in articles)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE news_article, news_article_tags, news_taggedarticle")
        cursor.execute("SET LOCAL enable_seqscan = off")  # so few articles are read faster without an index
    page = Article.objects.published().tagged(tag).filter(tagged_at__lte=NOON - timedelta(hours=3))[:5]
    plan = page.explain()
    assert "using tagged_newest" in plan
    assert "Sort" not in plan
    assert list(page) == articles[3:8]
