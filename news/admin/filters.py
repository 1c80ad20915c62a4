"""Filters of the admin's lists that take what somebody types: words, and dates from and to."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.admin import ListFilter
from django.db.models import QuerySet
from django.utils import timezone

from news.web import dates, typed_dates

_OF_THE_LIST = ("p", "e")  # Django's parameters for the page and for an invalid filter


class TypedFilter(ListFilter):
    """A filter with one field or several; `parameters` maps the name of each to its label. Works without JavaScript.
    `narrowed` may call `refuse` and return None, if nothing can be found for what was typed."""

    template = "admin/typed_filter.html"
    parameters: dict[str, str]
    hint = ""

    def __init__(self, request, params, model, model_admin):
        super().__init__(request, params, model, model_admin)
        for name in self.expected_parameters():
            values = params.pop(name, None)
            if values and (typed := values[-1].replace("\x00", "").strip()):
                self.used_parameters[name] = typed
        own = {*self.expected_parameters(), *_OF_THE_LIST}
        self.kept = [pair for pair in request.GET.items() if pair[0] not in own]
        self.offered: list[tuple[str, dict[str, str]]] = []  # label and parameters of links below the fields

    def expected_parameters(self):
        return list(self.parameters)

    def has_output(self) -> bool:
        return True

    @property
    def fields(self) -> list[tuple[str, str, str]]:
        """(name, label, what was typed) of each field."""
        return [(name, label, str(self.used_parameters.get(name, ""))) for name, label in self.parameters.items()]

    def choices(self, changelist):
        own = self.expected_parameters()
        if self.used_parameters:
            yield {"query_string": changelist.get_query_string(remove=own), "display": "Semua", "selected": False}
        for label, parameters in self.offered:
            yield {
                "query_string": changelist.get_query_string(parameters, remove=own),
                "display": label,
                "selected": all(self.used_parameters.get(name) == value for name, value in parameters.items()),
            }

    def refuse(self, message: str) -> None:
        """Says at the top of the page, where phones show it too, why nothing is found."""
        messages.warning(self.request, message)

    def narrowed(self, queryset: QuerySet) -> QuerySet | None:
        raise NotImplementedError

    def queryset(self, request, queryset):
        if not self.used_parameters:
            return queryset
        found = self.narrowed(queryset)
        return queryset.none() if found is None else found


class DateFilter(TypedFilter):
    """Rows whose `field` is within a period that is chosen or typed; dates as news.web.typed_dates reads them."""

    field: str
    parameters = {"dari": "Dari", "sampai": "Sampai"}
    hint = "Contoh: 13/11/2024, nov 2024, kemarin"
    PERIOD = "kurun"

    def expected_parameters(self):
        return [*self.parameters, self.PERIOD]

    def __init__(self, request, params, model, model_admin):
        super().__init__(request, params, model, model_admin)
        self.offered = [(label, {self.PERIOD: name}) for name, (label, _) in _periods().items()]

    def narrowed(self, queryset):
        limits: dict[str, Any] = {}
        for name, side in (("dari", "gte"), ("sampai", "lt")):
            if typed := self.used_parameters.get(name):
                span = typed_dates.day(typed)
                if span is None:
                    return self.refuse(f"“{typed[:40]}” bukan tanggal yang dikenali. {self.hint}.")
                limits[side] = span.first if side == "gte" else span.after
        if limits.get("gte") and limits.get("lt") and limits["gte"] >= limits["lt"]:
            return self.refuse("Tanggal “Sampai” lebih awal daripada “Dari”. Tukarlah keduanya.")
        period = _periods().get(self.used_parameters.get(self.PERIOD, ""))
        if period and not limits:
            limits = {"gte": dates.midnight(period[1]), "lt": dates.midnight(_today() + timedelta(days=1))}
        return queryset.filter(**{f"{self.field}__{side}": moment for side, moment in limits.items()})


def _today() -> date:
    return timezone.now().astimezone(dates.ZONE).date()


def _periods() -> dict[str, tuple[str, date]]:
    """Label and first day of each period that ends today."""
    today = _today()
    return {
        "hari-ini": ("Hari ini", today),
        "7-hari": ("7 hari terakhir", today - timedelta(days=6)),
        "30-hari": ("30 hari terakhir", today - timedelta(days=29)),
        "bulan-ini": ("Bulan ini", today.replace(day=1)),
        "tahun-ini": ("Tahun ini", today.replace(month=1, day=1)),
    }
