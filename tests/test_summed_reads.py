"""Past days are added up for the reports, and a report says the same with them as without."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from news import reports
from news.models import Article, DailyViews, District, SummedDay, SummedReads
from news.web import dates
from tests.make import make_article, make_category

pytestmark = pytest.mark.django_db
DAYS = 40


def day(number):
    """So many days ago."""
    return timezone.localdate() - timedelta(days=number)


def read(article, number, views, readers=None):
    DailyViews.objects.create(article=article, day=day(number), views=views, readers=readers)


def report(first=DAYS, after=0, writers=None):
    return reports.make(dates.midnight(day(first)), dates.midnight(day(after)), writers)


def without_sums(*period):
    with transaction.atomic():
        SummedDay.objects.all().delete()
        found = report(*period)
        transaction.set_rollback(True)
    return found


@pytest.fixture
def articles():
    """Of two categories, three writers and a district, published and read on several days."""
    district = District.objects.create(name="Cibodas")
    categories = [make_category("Kota"), make_category("Pasar")]
    found = []
    for number, author in enumerate(["Siti", "", "Budi", "Siti"]):
        article = make_article(
            category=categories[number % 2],
            author=author,
            district=district if number == 2 else None,
            published_at=dates.midnight(day(30 - 5 * number)) + timedelta(minutes=number),
        )
        for each in range(number, 35, 4):
            read(article, each, views=10 + each, readers=each if each % 3 else None)
        found.append(article)
    return found


def test_a_report_is_the_same_with_days_added_up(articles):
    whole, part, best = report(), report(21, 4), report(writers=1)
    assert whole.total.reads > part.total.reads > 0
    assert whole.total.articles == 4
    reports.add_up_days(limit=100)
    assert day(2) in SummedDay.objects.values_list("day", flat=True)
    assert not SummedDay.objects.filter(day__gt=day(2)).exists()  # journals may be late
    assert SummedDay.objects.earliest("day").day == day(34)
    assert (report(), report(21, 4), report(writers=1)) == (whole, part, best)
    assert best.other_writers.name == "2 penulis lain"
    SummedReads.objects.update(reads=0)
    assert report().total.reads < whole.total.reads  # they are what is read


def test_days_are_added_up_in_steps_the_newest_first(articles):
    whole = report()
    reports.add_up_days(limit=3)
    assert [each.day for each in SummedDay.objects.order_by("-day")] == [day(2), day(3), day(4)]
    assert report() == whole
    SummedDay.objects.filter(day=day(3)).delete()
    assert report() == whole
    reports.add_up_days(limit=1)
    assert SummedDay.objects.count() == 3
    reports.add_up_days(limit=100)
    SummedDay.objects.filter(day__in=[day(number) for number in range(2, DAYS, 2)]).delete()
    for most in (50, 5):
        reports._MOST_SPANS, before = most, reports._MOST_SPANS
        assert report() == whole
        reports._MOST_SPANS = before


def test_an_empty_portal_adds_nothing_up():
    reports.add_up_days()
    assert not SummedDay.objects.exists()
    assert report().total == reports.Line("Jumlah", 0, 0, 0)


@pytest.mark.parametrize(
    "change",
    [
        lambda article, other: Article.objects.filter(pk=article.pk).update(category=other.category),
        lambda article, other: Article.objects.filter(pk=article.pk).update(author="Wati"),
        lambda article, other: Article.objects.filter(pk=article.pk).update(district=None),
        lambda article, other: article.withdraw("Keliru."),
        lambda article, other: DailyViews.objects.filter(article=article, day=day(10)).update(views=999),
        lambda article, other: DailyViews.objects.filter(article=article).delete(),
        lambda article, other: read(article, 12, 77),
        lambda article, other: make_article(published_at=dates.midnight(day(9)), author="Wati"),
        lambda article, other: Article.objects.filter(pk=article.pk).update(published_at=dates.midnight(day(7))),
        lambda article, other: Article.objects.bulk_update([Article(pk=article.pk, author="Tuti")], ["author"]),
    ],
    ids=[
        *("category", "writer", "district", "withdrawn", "reads corrected", "reads removed", "late reads"),
        *("another article", "moved", "in bulk"),
    ],
)
def test_what_changes_a_past_day_has_it_added_up_again(articles, change):
    reports.add_up_days(limit=100)
    before = report(), report(8, 6)
    change(articles[2], articles[1])
    after = report(), report(8, 6)
    assert after == (without_sums(), without_sums(8, 6)) != before
    reports.add_up_days(limit=100)
    assert (report(), report(8, 6)) == after
    assert not list(reports._missing(day(2)))


def test_what_changes_no_sum_leaves_the_days_added_up(articles):
    reports.add_up_days(limit=100)
    number = SummedDay.objects.count()
    article = Article.objects.get(pk=articles[0].pk)
    article.editor = "Rina"
    article.save()
    read(articles[1], 0, 5)
    make_article(published_at=timezone.now())
    make_article(status=Article.Status.DRAFT, published_at=None)
    assert SummedDay.objects.count() == number


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_not_committed_yet_is_waited_for():
    """The worker must not add up a day from what a transaction is about to change, and keep the sum."""
    article = make_article(published_at=dates.midnight(day(9)), author="Siti")
    read(article, 5, 50)
    adding = threading.Thread(target=in_thread, daemon=True)
    with transaction.atomic():
        Article.objects.filter(pk=article.pk).update(author="Wati")
        adding.start()
        adding.join(0.5)
        assert adding.is_alive()
    adding.join(30)
    assert SummedDay.objects.count() == 8
    assert [line.name for line in report().writers] == ["Wati"]


def in_thread():
    try:
        reports.add_up_days()
    finally:
        connection.close()
