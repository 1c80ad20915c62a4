"""/transparansi: which figures are counted, when, and how they are shown."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments import transparency
from comments.models import Comment, Decision, MonthFigures, Office
from comments.views.transparency import in_words
from news.models import Correction
from tests.make import in_the_city, make_article, make_comment

pytestmark = pytest.mark.django_db

PLAIN = {
    "received": 0, "approved": 0, "restored": 0, "rejected": {}, "hidden": {}, "deleted": 0, "decided": 0, "late": 0,
    "median_minutes": None, "reports": 0, "reports_followed": 0, "reports_dismissed": 0, "answers": 0,
    "forwarded": 0, "corrections": 0,
}  # fmt: skip


@pytest.fixture
def article():
    return make_article()


def this_month() -> date:
    return timezone.localdate().replace(day=1)


def counted(month=None) -> dict:
    return transparency.count(month or this_month())


def make_waiting(article, *, hours_ago=0.0, **fields):
    """A comment with the deadline of one that waits since `hours_ago`; created now, since that might be last month."""
    due_at = timezone.now() + timedelta(hours=48 - hours_ago)
    return make_comment(article, **{"status": Comment.Status.WAITING, "due_at": due_at} | fields)


def is_like(**figures) -> dict:
    return PLAIN | figures


def test_first_decisions_are_counted_by_kind_and_reason(article, moderator):
    for reason in ("spam", "spam", "fitnah"):
        make_waiting(article).reject(moderator, reason)
    make_waiting(article).approve(moderator)
    make_waiting(article)
    make_comment(article, status=Comment.Status.UNCONFIRMED)
    assert counted() == is_like(received=5, approved=1, rejected={"spam": 2, "fitnah": 1}, decided=4, median_minutes=0)


def test_an_undone_decision_does_not_count_and_the_next_one_counts_once(article, moderator):
    comment = make_waiting(article)
    (decision,) = Comment.objects.filter(pk=comment.pk).reject(moderator, "spam")
    Comment.objects.undo(decision.batch, moderator)
    assert counted() == is_like(received=1)
    comment.approve(moderator)
    assert counted() == is_like(received=1, approved=1, decided=1, median_minutes=0)


def test_reports_are_counted_with_their_outcome(article, moderator):
    kept, hidden, _ = (make_comment(article) for _ in range(3))
    for comment in Comment.objects.all():
        comment.report("kasar")
    hidden.report("fitnah")
    kept.approve(moderator)
    hidden.reject(moderator, "kasar")
    assert counted() == is_like(
        received=3, hidden={"kasar": 1}, decided=2, median_minutes=0, reports=4, reports_followed=2,
        reports_dismissed=1,
    )  # fmt: skip


def test_a_decision_that_is_changed_later_counts_as_a_change(article, moderator):
    shown, hidden = make_waiting(article), make_waiting(article)
    shown.reject(moderator, "lain")
    shown.approve(moderator)
    hidden.approve(moderator)
    hidden.reject(moderator, "iklan")
    assert counted() == is_like(
        received=2, approved=1, rejected={"lain": 1}, restored=1, hidden={"iklan": 1}, decided=2, median_minutes=0
    )


def test_comments_deleted_by_their_authors_stay_in_the_figures(article, moderator):
    make_waiting(article).approve(moderator)
    Comment.objects.all().erase()
    make_waiting(article)
    Comment.objects.filter(erased_at=None).erase(moderator)
    assert counted() == is_like(received=2, approved=1, deleted=2, decided=1, median_minutes=0)


def test_answers_forwarded_complaints_and_corrections_are_counted(article, moderator):
    comment = make_waiting(article)
    Comment.objects.filter(pk=comment.pk).forward(moderator, "Kepada Dinas PU")
    Comment.objects.filter(pk=comment.pk).forward(moderator, "Kepada Dinas PUPR")
    office = Office.objects.create(name="Dinas PU")
    make_comment(article, parent=comment, office=office, name=office.name)
    Correction.objects.create(article=article, text="Bukan 12, melainkan 21.")
    gone = make_article()
    Correction.objects.create(article=gone, text="Keliru.")
    gone.withdraw("Keliru.")
    assert counted() == is_like(
        received=1, approved=1, decided=1, median_minutes=0, answers=1, forwarded=1, corrections=1
    )


def test_the_time_to_decide_is_the_median_of_waiting_times(article, moderator):
    for hours_ago in (1, 2, 60):
        make_waiting(article, hours_ago=hours_ago).approve(moderator)
    told = counted()
    assert (told["decided"], told["late"], told["median_minutes"]) == (3, 1, 120)


def test_months_are_in_the_citys_time_zone(article, moderator):
    comment = make_waiting(article, created_at=in_the_city(2024, 10, 31, 23, 59))
    make_waiting(article, created_at=in_the_city(2024, 11, 1, 0, 1))
    comment.approve(moderator)
    Decision.objects.update(at=in_the_city(2025, 1, 1))
    assert [counted(date(2024, month, 1))["received"] for month in (9, 10, 11, 12)] == [0, 1, 1, 0]
    assert [counted(date(*month, 1))["approved"] for month in ((2024, 12), (2025, 1), (2025, 2))] == [0, 1, 0]


def test_the_worker_counts_this_month_each_time_and_older_ones_in_turn(article, moderator):
    old = make_waiting(article, created_at=timezone.now() - timedelta(days=150))
    old.approve(moderator)
    Decision.objects.update(at=old.created_at)
    transparency.refresh()
    assert MonthFigures.objects.count() == 2  # this month and one more
    for _ in range(6):
        transparency.refresh()
    months = list(MonthFigures.objects.values_list("month", flat=True))
    assert months == transparency._months()
    assert months[-1] == timezone.localdate(old.created_at).replace(day=1)
    assert MonthFigures.objects.last().figures["approved"] == 1
    Comment.objects.undo(Decision.objects.get().batch, moderator)
    for _ in range(len(months)):
        transparency.refresh()
    assert MonthFigures.objects.last().figures["approved"] == 0


def test_months_from_before_the_first_comment_are_forgotten(article):
    MonthFigures.objects.create(month=date(2020, 1, 1), figures=PLAIN)
    transparency.refresh()
    assert list(MonthFigures.objects.values_list("month", flat=True)) == [this_month()]


def test_a_new_portal_says_that_there_are_no_figures_yet(client):
    page = client.get("/transparansi").content.decode()
    assert "Belum ada angka." in page
    transparency.refresh()
    assert f"/transparansi/{this_month():%Y}/{this_month().month}" in client.get("/transparansi?x").content.decode()
    page = client.get(f"/transparansi/{this_month():%Y}/{this_month().month}").content.decode()
    assert "Belum ada keputusan pada bulan ini." in page


@pytest.mark.slow
def test_the_pages_show_what_was_counted_and_count_nothing(client, article, moderator):
    due_at = timezone.now() + timedelta(hours=48)
    waiting = {"article": article, "status": Comment.Status.WAITING, "due_at": due_at}
    Comment.objects.bulk_create(Comment(**waiting, name="Warga", text="Bagus.") for _ in range(1234))
    Comment.objects.all().reject(moderator, "spam")
    make_waiting(article, hours_ago=50)
    make_waiting(article, hours_ago=3, ranked_last=True)
    make_waiting(article, hours_ago=3).approve(moderator)
    transparency.refresh()
    with CaptureQueriesContext(connection) as queries:
        overview = client.get("/transparansi")
        month = client.get(f"/transparansi/{this_month():%Y}/{this_month().month}")
    for response in (overview, month):
        assert "max-age=1" in response["Cache-Control"]
        assert not response.cookies
    overview, month = overview.content.decode(), month.content.decode()
    assert "<dt>Menunggu keputusan</dt><dd>2</dd>" in overview
    assert "<dt>Di antaranya diduga spam</dt><dd>1</dd>" in overview
    assert "<dt>Lewat batas 48 jam</dt><dd>1</dd>" in overview
    assert '<td class="bar">1.237<svg' in overview
    assert '<th scope="row">Spam atau judi online</th><td>1.234</td>' in month
    assert '<rect width="100%"' in month
    assert "Bulan ini belum selesai." in month
    tables = {query["sql"].split('FROM "')[1].split('"')[0] for query in queries if 'FROM "' in query["sql"]}
    assert {name for name in tables if name.startswith("comments_")} == {"comments_monthfigures"}


@pytest.mark.parametrize("path", ["/transparansi/2020/1", "/transparansi/0000/1", "/transparansi/2024/13"])
def test_a_month_without_figures_is_missing(client, path):
    transparency.refresh()
    assert client.get(path).status_code == 404


def test_after_a_year_the_months_are_links(client):
    for year, month in [(2023, 11), (2023, 12), *((2024, number) for number in range(1, 13))]:
        MonthFigures.objects.create(month=date(year, month, 1), figures=PLAIN)
    page = client.get("/transparansi").content.decode()
    assert page.count('<th scope="row">') == 12
    assert '<h2 id="tahun-2023">2023</h2>' in page
    assert '<li><a href="/transparansi/2023/11">November</a></li>' in page
    page = client.get("/transparansi/2024/1").content.decode()
    assert '<a href="/transparansi/2023/12">Bulan sebelumnya</a>' in page
    assert '<a href="/transparansi/2024/2">Bulan berikutnya</a>' in page


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0, "kurang dari satu menit"), (59, "59 menit"), (60, "1 jam"), (320, "5 jam 20 menit"),
        (47 * 60 + 59, "47 jam 59 menit"), (48 * 60, "2 hari"), (76 * 60 + 5, "3 hari 4 jam"),
    ],
)  # fmt: skip
def test_durations_are_written_in_words(minutes, words):
    assert in_words(minutes) == words


@pytest.mark.django_db(transaction=True)
def test_the_pages_fit_a_phone(quiet_page, article, moderator):
    for reason in ("spam", "data_pribadi"):
        make_waiting(article).reject(moderator, reason)
    transparency.refresh()
    for path in ("/transparansi", f"/transparansi/{this_month():%Y}/{this_month().month}"):
        quiet_page.goto(path)
        assert quiet_page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert quiet_page.locator(".frame").evaluate_all("all => all.every(e => e.scrollWidth <= e.clientWidth)")
        assert all(quiet_page.locator("table").evaluate_all("all => all.map(each => Boolean(each.caption))"))
