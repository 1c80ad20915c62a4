"""After an upgrade that changes the rules for words, the worker renews the search index of all articles."""

from threading import Timer

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import QuerySet

from news import reindexing, related, words
from news.models import Article, Reindexing
from news.web import locks
from portal.run.worker import Worker
from tests.make import make_article

pytestmark = pytest.mark.django_db

OLD_ENTRY = "UPDATE news_article SET search = to_tsvector('simple', 'pengerukan eru kali'), title_stems = 'eru kali'"


@pytest.fixture
def old():
    """An article as an earlier version has indexed it."""
    article = make_article(title="Pengerukan kali")
    Article.objects.update(related_due_at=article.published_at.replace(year=2090))
    with connection.cursor() as cursor:
        cursor.execute(OLD_ENTRY)
    return article


def found(text):
    return [each.pk for each in Article.objects.published().search(text)]


def test_until_its_turn_an_article_is_found_by_its_old_words(old):
    assert found("dikeruk") == []
    assert found("kali") == [old.pk]


def test_the_worker_renews_articles_and_their_related_lists(old):
    (job,) = [job for job in Worker().jobs if job.name == "memperbarui indeks pencarian"]
    job.run()
    renewed = Article.objects.get(pk=old.pk)
    assert (renewed.title_stems, renewed.updated_at) == ("keruk kali", old.updated_at)
    assert renewed.related_due_at == related.DUE_AS_NEIGHBOUR
    assert found("dikeruk") == [old.pk]
    assert reindexing.progress() is None


def test_an_article_whose_words_stay_keeps_its_related_list():
    kept = make_article()
    due = Article.objects.get(pk=kept.pk).related_due_at
    reindexing.step()
    assert Article.objects.get(pk=kept.pk).related_due_at == due


def test_it_goes_on_where_it_was_stopped(old, monkeypatch):
    monkeypatch.setattr(reindexing, "BATCH", 1)
    later = make_article(title="Kolam retensi")
    assert not reindexing.step(seconds=-1)
    assert 0 < reindexing.progress() < 1
    assert Reindexing.objects.get().last_article == old.pk
    assert reindexing.step()
    assert Reindexing.objects.get().last_article == later.pk


def test_it_is_done_once_for_each_version_of_the_rules(old, monkeypatch):
    assert reindexing.step()
    with connection.cursor() as cursor:
        cursor.execute(OLD_ENTRY)
    assert reindexing.step()
    assert found("dikeruk") == []
    monkeypatch.setattr(reindexing, "RULES", words.RULES + 1)
    assert reindexing.progress() == 0
    assert reindexing.step()
    assert found("dikeruk") == [old.pk]
    assert Reindexing.objects.get().rules == words.RULES + 1  # so that going back renews again


def test_the_command_does_it_at_once(old, capsys):
    reindexing.step()
    with connection.cursor() as cursor:
        cursor.execute(OLD_ENTRY)
    call_command("susun_ulang_pencarian")
    assert "Selesai" in capsys.readouterr().out
    assert found("dikeruk") == [old.pk]


def test_the_command_waits_for_a_worker_that_has_a_batch_in_hand(old, capsys):
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as worker:
        worker.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [locks.Lock.REINDEXING.value])
        Timer(0.3, worker.rollback).start()
        call_command("susun_ulang_pencarian")
    assert "Selesai" in capsys.readouterr().out
    assert found("dikeruk") == [old.pk]


def test_the_progress_is_that_of_the_articles_whatever_their_ids(monkeypatch):
    monkeypatch.setattr(reindexing, "BATCH", 1)
    for number in range(4):
        make_article(pk=1_000_001 + number, status="draft")
    assert not reindexing.step(seconds=-1)
    assert reindexing.progress() == 0.25
    QuerySet(Article).filter(pk__gt=1_000_001).delete()  # Article.objects refuses to
    assert reindexing.progress() == 1
