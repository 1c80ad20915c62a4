"""The figures of /transparansi: what each month brought, counted by the worker and stored.

Each figure belongs to the month of its event by the city's calendar; what was decided and undone does not count.
"""

from datetime import date, datetime, timedelta

from django.db.models import Aggregate, Count, DurationField, F, Min, Q
from django.utils import timezone

from comments.models import TIME_TO_DECIDE, Comment, Decision, MonthFigures, Report
from news.models import Article, Correction
from news.web.dates import ZONE


class Median(Aggregate):
    """Of values in between the mean of both; None of nothing."""

    template = "percentile_cont(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


def refresh() -> None:
    """Counts this month again, and one other: one that is missing, else the one counted longest ago. So no run takes
    long, and what changes a month afterwards (a decision undone, an article withdrawn) is seen in the end."""
    this, *older = _months()
    MonthFigures.objects.exclude(month__in=[this, *older]).delete()
    counted = dict(MonthFigures.objects.values_list("month", "computed_at"))
    missing = [month for month in older if month not in counted]
    others = missing or sorted(older, key=counted.__getitem__)
    queue = Comment.objects.queue_counts()
    shown = {name: queue[name] for name in ("total", "reported", "overdue")} | {"held": queue["ranked_last"]}
    _store(this, count(this) | {"queue": shown})
    for month in others[:1]:
        _store(month, count(month))


def count(month: date) -> dict:
    """What happened in a month, given by its first day.

    `approved` and `rejected` (by reason) are first decisions, `hidden` (by reason) and `restored` later ones about
    comments that had been public or hidden; `median_minutes` (None when nothing was decided) and `late` tell of all
    the `decided` comments that were waiting or reported. The rest are counts of what their names say.
    """
    first, after = _moment(month), _moment((month + timedelta(days=31)).replace(day=1))
    sent = {"created_at__gte": first, "created_at__lt": after}
    decisions = Decision.objects.standing().filter(at__gte=first, at__lt=after).order_by()
    waited = decisions.filter(verb__in=Decision.UNDOABLE, due_at__isnull=False).aggregate(
        decided=Count("pk"),
        late=Count("pk", filter=Q(at__gt=F("due_at"))),
        median=Median(F("at") - F("due_at"), output_field=DurationField()),
    )
    median = waited.pop("median")
    reports = dict(
        Report.objects.filter(decision__in=decisions).values_list("decision__verb").annotate(Count("pk")).order_by()
    )
    corrections = Correction.objects.filter(article__in=Article.objects.published())
    return {
        **_by_kind(decisions),
        **waited,
        "median_minutes": None if median is None else round((median + TIME_TO_DECIDE) / timedelta(minutes=1)),
        "received": Comment.objects.handed_in().filter(**sent).count(),
        "reports": Report.objects.filter(**sent).count(),
        "reports_followed": reports.get(Decision.Verb.REJECT, 0),
        "reports_dismissed": sum(reports.get(verb, 0) for verb in Decision.APPROVING),
        "answers": Comment.objects.visible().filter(office__isnull=False, **sent).count(),
        "corrections": corrections.filter(at__gte=first, at__lt=after).count(),
    }


def _by_kind(decisions) -> dict:
    figures: dict = {"approved": 0, "restored": 0, "rejected": {}, "hidden": {}, "deleted": 0, "forwarded": 0}
    waiting, public, rejected = Comment.Status.WAITING, Comment.Status.APPROVED, Comment.Status.REJECTED
    verbs = Decision.Verb
    kinds = decisions.values_list("verb", "status_before", "reason").annotate(Count("pk"))
    for verb, before, reason, number in kinds:
        if verb in Decision.APPROVING and before in (waiting, rejected):
            figures["approved" if before == waiting else "restored"] += number
        elif verb == verbs.REJECT and before in (waiting, public):
            figures["rejected" if before == waiting else "hidden"][reason] = number
    erased = decisions.filter(verb__in=(verbs.DELETE, verbs.ERASE), comment__office=None)
    handed_on = decisions.filter(verb=verbs.FORWARD)
    figures["deleted"] = erased.count()
    figures["forwarded"] = handed_on.aggregate(comments=Count("comment", distinct=True))["comments"]
    return figures


def _store(month: date, figures: dict) -> None:
    MonthFigures.objects.update_or_create(month=month, defaults={"figures": figures})


def _months() -> list[date]:
    """The first days of the months from the first comment until now, newest first."""
    month = timezone.localdate().replace(day=1)
    first = Comment.objects.aggregate(first=Min("created_at"))["first"]
    months = [month]
    while first and _moment(month) > first:
        month = (month - timedelta(days=1)).replace(day=1)
        months.append(month)
    return months


def _moment(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZONE)
