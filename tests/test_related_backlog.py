"""Lists of related articles after an import: all get one soon, then by their texts, and nothing is done twice."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from news import related
from news.models import Article, RelatedArticle
from news.related import backlog, block, first
from news.related.backlog import Backlog
from news.web import locks
from tests.make import count_words, make_article, make_category

pytestmark = pytest.mark.django_db

WIRE = "<p>" + " ".join(f"Kalimat panjang nomor{n} tentang tanggul{n} yang jebol di hulu." for n in range(20))
TOPICS = {
    "banjir": "Luapan Sungai Cisadane merendam permukiman warga Periuk sejak dini hari.",
    "sekolah": "Sekolah dasar di Neglasari menerima murid baru melalui jalur zonasi mulai pekan depan.",
    "pasar": "Harga cabai dan bawang di pasar induk turun menjelang akhir bulan.",
}


@pytest.fixture(autouse=True)
def small_steps(monkeypatch):
    for name, number in {"LARGE": 5, "WALKED": 4, "LISTED": 3}.items():
        monkeypatch.setattr(backlog, name, number)
    monkeypatch.setattr(block, "READ", 2)
    monkeypatch.setattr(backlog, "LATELY", timedelta())


def make_import(number=12, **fields):
    """Articles of TOPICS by turns, a day apart, the oldest first."""
    made, now = [], timezone.now()
    for at in range(number):
        topic = list(TOPICS)[at % len(TOPICS)]
        published_at = now - timedelta(days=number - at)
        own = {"title": f"Kabar {topic} {at}", "body": f"<p>{TOPICS[topic]} Hari ke-{at}.</p>", "tags": [topic]}
        made.append(make_article(**{**own, "published_at": published_at, **fields}))
    count_words()
    return made


def lists():
    found = {}
    for row in RelatedArticle.objects.order_by("article", "rank"):
        found.setdefault(row.article_id, []).append(row.target_id)
    return found


def topics(pks):
    return [Article.objects.get(pk=pk).title.split()[1] for pk in pks]


def work(job=None):
    job = job or Backlog()
    for _ in range(100):
        job.step(seconds=0.2)
        if not related.due().exists():
            return
    raise AssertionError("The lists are never done.")


def test_first_lists_have_those_with_shared_tags_then_the_nearest():
    made = make_import()
    [found] = first.lists([made[6].pk]).values()
    assert set(topics(found[:3])) == {"banjir"}
    assert found[:2] == [made[9].pk, made[3].pk]
    assert len(found) == related.STORED


def test_without_tags_first_lists_have_the_nearest_of_the_category():
    other = make_category("Olahraga")
    made = [*make_import(6, tags=[]), *make_import(2, tags=[], category=other)]
    assert first.lists([made[7].pk])[made[7].pk][0] == made[6].pk
    assert set(first.lists([made[2].pk])[made[2].pk][:5]) == {each.pk for each in made[:6]} - {made[2].pk}


def test_first_lists_leave_out_what_no_reader_sees_or_editors_excluded():
    made = make_import(9)
    make_article(title="Draf", tags=["banjir"], status=Article.Status.DRAFT)
    make_article(title="Esok", tags=["banjir"], published_at=timezone.now() + timedelta(days=1))
    made[3].withdraw("Salah.")
    made[6].related_excluded.add(made[0])
    made[6].related_pinned.add(made[1], made[3])
    [found] = first.lists([made[6].pk]).values()
    assert found[0] == made[1].pk
    assert set(found) == {each.pk for each in made} - {made[0].pk, made[3].pk, made[6].pk}


def test_first_lists_have_no_namesakes_and_only_one_of_equal_texts():
    own = make_article(title="Banjir", tags=["banjir"])
    make_article(title="BANJIR!", tags=["banjir"])
    copies = [make_article(title=f"Tanggul {n}", body=f"{WIRE} Antara {n}</p>", tags=["banjir"]) for n in range(3)]
    short = [make_article(title=f"Samsat {n}", body="<p>Pukul delapan.</p>") for n in range(2)]
    [found] = first.lists([own.pk]).values()
    assert len(set(found) & {each.pk for each in copies}) == 1
    assert {each.pk for each in short} < set(found)


def test_a_block_ranks_as_compute_does():
    made = make_import()
    related.store(first.lists([each.pk for each in made]))
    some = block.Block([each.pk for each in made])
    for _ in some.read():
        pass
    found = some.lists([each.pk for each in made])
    for article in made:
        assert found[article.pk][:3] == [each.pk for each in related.compute(article, limit=3)]
        assert len(found[article.pk]) == related.STORED


def test_a_block_follows_editors_and_knows_duplicates():
    made = make_import()
    wire = f"{WIRE} {TOPICS['banjir'] * 9}</p>"
    copies = [make_article(title=f"Tanggul {n}", body=wire, tags=["banjir"]) for n in range(3)]
    made[6].related_excluded.add(made[0])
    made[6].related_pinned.add(made[2], made[1])
    some = block.Block([each.pk for each in [*made, *copies]])
    for _ in some.read():
        pass
    [found] = some.lists([made[6].pk]).values()
    assert found[:2] == [made[1].pk, made[2].pk]
    assert made[0].pk not in found
    assert len({each.pk for each in copies} & set(found)) == 1


def test_articles_of_an_import_get_their_lists_and_are_not_due_again():
    made = make_import()
    work()
    assert lists().keys() == {each.pk for each in made}
    for pk, found in lists().items():
        assert topics(found[:3]) == topics([pk]) * 3
        assert pk not in found
    before = lists()
    Backlog().step(seconds=0.2)
    assert lists() == before
    assert not backlog.is_large()


def test_few_articles_get_their_lists_as_ever():
    made = make_import(4)
    assert not backlog.is_large()
    Backlog().step(seconds=30)
    assert lists().keys() == {each.pk for each in made}


def test_renewals_and_neighbours_are_no_backlog():
    make_import(6)
    Article.objects.update(related_due_at=related.DUE_AS_NEIGHBOUR)
    assert not backlog.is_large()
    old = timezone.now() - timedelta(days=31)
    Article.objects.update(updated_at=old, published_at=old, related_due_at=timezone.now() - timedelta(hours=1))
    assert not backlog.is_large()


def test_only_the_newest_are_computed_after_their_block(monkeypatch):
    monkeypatch.setattr(backlog, "NEWEST", 4)
    monkeypatch.setattr(backlog, "FOR_THE_LATEST", 0)
    made = make_import()
    for _ in backlog._work():
        pass
    assert set(related.due().values_list("pk", flat=True)) == {each.pk for each in made[-4:]}
    assert list(related.due().order_by("-related_due_at")) == made[:-5:-1]
    assert related.refresh_due(seconds=30) == 4
    assert not related.due().exists()


def test_a_worker_that_died_leaves_the_rest_to_the_next(monkeypatch):
    monkeypatch.setattr(backlog, "FOR_THE_LATEST", 0)
    made = make_import()
    work_of_the_first = backlog._work()
    while not lists():
        next(work_of_the_first)
    assert set(lists()) == {each.pk for each in made[-4:]}
    work()
    assert lists().keys() == {each.pk for each in made}


def test_two_workers_do_not_disturb_each_other():
    made = make_import()
    one, other = backlog._work(), backlog._work()
    for _ in range(100):
        next(one, None)
        next(other, None)
    assert lists().keys() == {each.pk for each in made}
    assert not backlog._waiting().exists()


def test_an_article_that_is_saved_meanwhile_waits_again():
    made = make_import()
    step, article = backlog._work(), made[-1]
    while set(lists()) < {each.pk for each in made}:
        next(step)
    next(step)
    article.save()
    for _ in step:
        pass
    assert list(backlog._waiting()) == [article]


def test_blocks_wait_for_the_end_of_an_import(monkeypatch):
    monkeypatch.setattr(backlog, "LATELY", timedelta(minutes=1))
    made = make_import()
    for _ in backlog._work():
        pass
    assert lists().keys() == {each.pk for each in made}
    assert backlog._waiting().count() == len(made)


@pytest.mark.django_db(transaction=True)
def test_nothing_is_done_while_another_worker_makes_lists():
    make_import(6)
    own = connection.copy()
    try:
        with own.cursor() as cursor, transaction.atomic():
            own.set_autocommit(False)
            name = locks.Lock.RELATED.value
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
            Backlog().step(seconds=0.2)
            assert not lists()
    finally:
        own.rollback()
        own.close()
    Backlog().step(seconds=5)
    assert len(lists()) == 6
