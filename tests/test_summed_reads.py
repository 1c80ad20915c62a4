"""Days are added up for the reports, past ones once a day and the last two every minute, and a report says the same
with them as without."""

import re
import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from news import reports
from news.models import DailyViews, District, SummedDay, SummedReads
from news.web import dates, locks
from tests.make import make_article, make_category

pytestmark = pytest.mark.django_db
DAYS = 40


@pytest.fixture
def day():
    """The day that was so many days ago; the same after midnight."""
    today = timezone.localdate()
    return lambda number: today - timedelta(days=number)


@pytest.fixture
def report(day):
    return lambda first=DAYS, after=0, writers=None: reports.make(
        dates.midnight(day(first)), dates.midnight(day(after)), writers
    )


@pytest.fixture(autouse=True)
def all_at_once(monkeypatch):
    monkeypatch.setattr(reports, "_DAYS_AT_ONCE", 100)


@pytest.fixture
def articles(day):
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
            readers = each if each % 3 else None
            DailyViews.objects.create(article=article, day=day(each), views=10 + each, readers=readers)
        found.append(article)
    return found


def days_pass():
    """All days are to be added up again."""
    SummedDay.objects.update(added_at=timezone.now() - reports._KEPT)


def test_a_report_is_the_same_with_days_added_up(articles, report, day):
    whole, part, best = report(), report(21, 4), report(writers=1)
    assert whole.total.reads > part.total.reads > 0
    assert whole.total.articles == 4
    reports.add_up_days()
    assert [each.day for each in SummedDay.objects.order_by("-day")] == [day(number) for number in range(35)]
    assert (report(), report(21, 4), report(writers=1)) == (whole, part, best)
    assert best.other_writers.name == "2 penulis lain"
    SummedReads.objects.update(reads=0)
    assert report().total.reads < whole.total.reads  # they are what is read


def test_days_are_added_up_in_steps_and_may_have_gaps(articles, report, day, monkeypatch):
    whole = report()
    monkeypatch.setattr(reports, "_DAYS_AT_ONCE", 3)
    reports.add_up_days()
    assert [each.day for each in SummedDay.objects.order_by("-day")] == [day(0), day(1), day(2)]
    SummedDay.objects.filter(day=day(1)).delete()
    assert report() == whole
    reports.add_up_days()
    assert [each.day for each in SummedDay.objects.order_by("-day")] == [day(number) for number in range(5)]
    assert report() == report(DAYS) == whole
    for begin, end in ((5, 3), (4, 3), (2, 1), (40, 36)):
        assert report(begin, end).total.reads == sum(
            DailyViews.objects.filter(day__gte=day(begin), day__lt=day(end)).values_list("views", flat=True)
        )


def test_an_empty_portal_adds_nothing_up(report):
    reports.add_up_days()
    assert not SummedDay.objects.exists()
    assert report().total == reports.Line("Jumlah", 0, 0, 0)


def test_each_day_is_added_up_again_once_a_day(articles, report):
    reports.add_up_days()
    before = report()
    articles[2].withdraw("Keliru.")
    DailyViews.objects.filter(article=articles[1]).update(views=1)
    reports.add_up_days()
    assert report().total.articles == before.total.articles
    days_pass()
    reports.add_up_days()
    after = report()
    assert after.total.articles == before.total.articles - 1
    SummedDay.objects.all().delete()
    assert report() == after


def test_today_and_yesterday_are_added_up_again_every_minute(articles, report, day):
    reports.add_up_days()
    before = report(1).total.reads
    DailyViews.objects.filter(article=articles[1], day=day(1)).update(views=1_000)
    reports.add_up_days()
    assert report(1).total.reads == before
    SummedDay.objects.update(added_at=timezone.now() - reports._FRESH)
    reports.add_up_days()
    assert report(1).total.reads == before + 989


def test_days_that_nobody_added_up_since_they_ended_are_read(articles, report, day):
    """No worker runs, or none ran when the day ended."""
    reports.add_up_days()
    DailyViews.objects.filter(article=articles[1], day=day(1)).update(views=1_000)
    DailyViews.objects.filter(article=articles[0], day=day(4)).update(views=2_000)
    whole = report()
    SummedDay.objects.update(added_at=timezone.now() - timedelta(days=6))
    fresh = report()
    assert fresh.total.reads == whole.total.reads + 989 + 1_986
    SummedDay.objects.all().delete()
    assert report() == fresh


def test_days_that_a_clock_ahead_added_up_are_added_up_again(articles, report, day):
    reports.add_up_days()
    before = report().total.reads
    SummedDay.objects.update(added_at=timezone.now() + timedelta(days=400))
    DailyViews.objects.filter(article=articles[1], day=day(1)).update(views=1_000)
    assert report().total.reads == before + 989
    reports.add_up_days()
    SummedReads.objects.filter(day=day(1)).update(reads=0)
    assert report().total.reads < before
    assert not SummedDay.objects.filter(added_at__gt=timezone.now()).exists()


def test_what_has_not_changed_is_not_written(articles):
    reports.add_up_days()
    days_pass()
    with CaptureQueriesContext(connection) as made:
        reports.add_up_days()
    written = [each["sql"] for each in made if re.match("INSERT|UPDATE|DELETE", each["sql"])]
    assert len(written) >= 30
    assert all('UPDATE "news_summedday"' in each for each in written)


def test_what_is_gone_is_in_no_report_the_next_day(articles, report):
    """As the demo articles, older than all that a city writes: now nothing was published or read on those days."""
    reports.add_up_days()
    assert report().total.reads
    DailyViews.objects.all().delete()
    for article in articles:
        article.withdraw("Contoh.")
    days_pass()
    reports.add_up_days()
    assert report().total == reports.Line("Jumlah", 0, 0, 0)


def test_a_category_that_was_deleted_since_keeps_its_reads(articles, report):
    reports.add_up_days()
    before = report()
    gone = articles[0].category
    type(articles[0]).objects.filter(category=gone).update(category=articles[1].category)
    gone.delete()
    assert {line.name for line in report().categories} == {"Pasar", reports.DELETED}
    assert report().total == before.total


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_only_one_worker_adds_days_up(articles):
    with transaction.atomic():
        locks.take(locks.Lock.SUMMED_DAYS)
        other = threading.Thread(target=in_thread)
        other.start()
        other.join(30)
        assert not other.is_alive()
        assert not SummedDay.objects.exists()
    reports.add_up_days()
    assert SummedDay.objects.exists()


def in_thread():
    try:
        reports.add_up_days()
    finally:
        connection.close()
