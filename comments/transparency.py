"""The monthly figures of /transparansi, counted by the worker and stored.

An event counts in the month when it happened, in the city's time zone. Decisions that were undone do not count.
"""

from datetime import date, timedelta

from django.db.models import Aggregate, Count, DurationField, F, Min, Q
from django.utils import timezone

from comments.models import TIME_TO_DECIDE, Comment, Decision, MonthFigures, Report
from news.models import Article, Correction
from news.web import dates


class Median(Aggregate):
    """The mean of the two middle values if their number is even; None without values."""

    template = "percentile_cont(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


def refresh() -> None:
    """Counts this month again, and one other: a missing one, else the one counted longest ago. So runs are short, and
    later changes to a past month (a decision undone, an article withdrawn) are picked up eventually."""
    current, *older = _months()
    MonthFigures.objects.exclude(month__in=[current, *older]).delete()
    counted = dict(MonthFigures.objects.values_list("month", "computed_at"))
    missing = [month for month in older if month not in counted]
    others = missing or sorted(older, key=counted.__getitem__)
    queue = Comment.objects.queue_counts()
    shown = {name: queue[name] for name in ("total", "reported", "overdue")}
    shown["held"] = queue["ranked_last"]  # stored under the name of release 0.1
    _store(current, count(current) | {"queue": shown})
    for month in others[:1]:
        _store(month, count(month))


def count(month: date) -> dict:
    """The figures of a month, given by its first day.

    `approved` and `rejected` (by reason) are first decisions; `hidden` (by reason) and `restored` are later ones,
    about comments that were public or rejected before. `decided` counts decisions about waiting or reported comments,
    of which `late` came after the deadline; `median_minutes` is their median wait, None without decisions.
    `reports_followed` counts reports whose comment was rejected, `reports_dismissed` those whose comment stayed; the
    other figures count what they are named after.
    """
    first, after = dates.month_span(month)
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
    corrections = Correction.objects.filter(article__in=Article.objects.published(), kind__in=Correction.CORRECTING)
    return {
        **_by_kind(decisions),
        **waited,
        "median_minutes": None if median is None else round((median + TIME_TO_DECIDE) / timedelta(minutes=1)),
        "received": Comment.objects.written_here().from_citizens().filter(**sent).count(),
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
    forwarded = decisions.filter(verb=verbs.FORWARD)
    figures["deleted"] = erased.count()
    figures["forwarded"] = forwarded.aggregate(comments=Count("comment", distinct=True))["comments"]
    return figures


def _store(month: date, figures: dict) -> None:
    MonthFigures.objects.update_or_create(month=month, defaults={"figures": figures})


def _months() -> list[date]:
    """The first days of the months from the first comment until now, newest first."""
    month = dates.month_start(timezone.localdate())
    first = Comment.objects.written_here().aggregate(first=Min("created_at"))["first"]
    months = [month]
    while first and dates.midnight(month) > first:
        month = dates.previous_month(month)
        months.append(month)
    return months
