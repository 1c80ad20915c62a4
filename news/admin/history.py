"""The history page of a row: who changed what and when, with the differences, and the way back."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import HttpRequest
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST

from news import differences, markup, pieces
from news.models import Category, Change, District, Photo
from news.models.changes import TAGGED, UNTAGGED
from news.web import dates
from news.web.admin import CheckedAgain

SHOWN = 100  # newest changes on the page
# Status, times and addresses have buttons and rules of their own; they are not put back with a text. Nor is what not
# everybody may set who may change the row: the headline, and the article that carries a document.
_NOT_RESTORED = {
    *("status", "published_at", "time_known", "slug", "withdrawn_reason", "withdrawn_at"),
    *("headline_until", "article_id"),
    *("name", "file"),  # of a file
}
_RESTORED_NAMES = {"news_tag", "news_category"}  # here `name` is a text, elsewhere a file
_CLOSED = object()  # in the place of a text that is not kept
_OF: dict[str, type[models.Model]] = {
    "category_id": Category,
    "district_id": District,
    "photo_id": Photo,
}


class Difference(NamedTuple):
    label: str
    shown: str  # safe HTML


class Version(NamedTuple):
    """Changes made at once."""

    change: Change  # the oldest of them: restoring puts back the state before it
    differences: list[Difference]
    can_be_restored: bool


class HistoryAdmin(CheckedAgain):
    """Shows the noted changes above Django's log, which holds no texts."""

    object_history_template = "admin/news/history.html"

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_restore"
        view = self.admin_site.admin_view(require_POST(self.restore))
        return [path("<int:pk>/history/<int:change>/", view, name=name), *super().get_urls()]

    def history_view(self, request: HttpRequest, object_id: str, extra_context=None):
        row = self.get_object(request, object_id)
        if row is None:
            return super().history_view(request, object_id, extra_context)
        context = {
            "title": f"Riwayat: {row}",
            "versions": list(_versions(row)),
            "restore_url": f"admin:{self.opts.app_label}_{self.opts.model_name}_restore",
            "may_restore": self.has_change_permission(request, row),
            "may_close": request.user.has_perm("news.publish_article"),
            "shown_at_most": SHOWN,
        }
        return super().history_view(request, object_id, context | (extra_context or {}))

    def restore(self, request: HttpRequest, pk: int, change: int):
        """Puts back what the row said before this change, as a new change."""
        # Locked: saving writes the whole row, also what another editor is just changing.
        row = get_object_or_404(self.get_queryset(request).select_for_update(of=["self"]), pk=pk)
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        state: dict[str, Any] = {}
        for each in Change.objects.of(row).filter(pk__gte=change):
            state |= each.kept
        fields = _restorable(row, state)
        if not fields:
            self.message_user(request, "Tidak ada yang dapat dikembalikan dari perubahan itu.", messages.ERROR)
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_history", pk)
        for name, value in fields.items():
            setattr(row, name, value)
        if hasattr(row, "changed_by"):
            row.changed_by = request.user
        try:
            row.full_clean(exclude=[field.name for field in row._meta.fields if field.attname not in fields])
            form = self.telling_form(request, row)
            if form is not None and not form.is_valid():
                return self._ask_before_restoring(request, row, form)
            self.save_restored(request, row, form)
        except ValidationError as error:
            self.message_user(request, "Tidak dikembalikan: " + " ".join(error.messages), messages.ERROR)
        else:
            labels = ", ".join(_label(row, name).lower() for name in fields)
            text = f"Dikembalikan: {labels}. Yang baru saja diganti tetap ada di riwayat."
            self.message_user(request, text, messages.SUCCESS)
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_history", pk)

    def _ask_before_restoring(self, request: HttpRequest, row: models.Model, form: forms.Form) -> TemplateResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": f"Kembalikan naskah: {row}",
            "opts": self.opts,
            "object": row,
            "form": form,
        }
        return TemplateResponse(request, "admin/news/restore.html", context)

    def telling_form(self, request: HttpRequest, row: models.Model) -> forms.Form | None:
        """The form, filled if it was sent, in which an editor says what readers are told; None if there is no need."""
        return None

    def save_restored(self, request: HttpRequest, row: models.Model, form: forms.Form | None) -> None:
        """Saves a row to which former texts were put back. Raises ValidationError where that is not allowed."""
        row.save()


def _versions(row: models.Model) -> Iterator[Version]:
    """Newest first."""
    state = {field.attname: field.value_from_object(row) for field in row._meta.concrete_fields}
    for _, together in groupby(Change.objects.of(row)[:SHOWN], key=lambda change: change.at):
        changes = list(together)
        found = [difference for change in changes for difference in _differences(row, change, state)]
        former = {name: value for change in changes for name, value in change.kept.items()}
        yield Version(changes[-1], found, bool(_restorable(row, former)))


def _differences(row: models.Model, change: Change, state: dict[str, Any]) -> Iterator[Difference]:
    """Takes `state`, what the row said after the change, back to what it said before."""
    former = change.former
    for name in _names(row):
        if name in former and name not in change.kept:
            state[name] = _CLOSED
            yield Difference(_label(row, name), "Versi ini ditutup; naskahnya tidak disimpan lagi.")
            continue
        if name in former:
            later, state[name] = state[name], noted_value(row, name, former[name])
            yield _difference(row, name, state[name], later)
    for name, kind in ((UNTAGGED, -1), (TAGGED, 1)):
        if name in former:
            yield Difference("Tag", pieces.difference([(kind, former[name])]))


def _difference(row: models.Model, name: str, former, later) -> Difference:
    if later is _CLOSED:
        return Difference(_label(row, name), "Versi sesudah ini ditutup; perbedaannya tidak dapat ditampilkan.")
    texts = [in_words(row, name, value) for value in (former, later)]
    if texts[0] == texts[1]:
        return Difference(_label(row, name), "Hanya bentuknya, foto atau tautan di dalamnya.")
    return Difference(_label(row, name), pieces.difference(differences.words(*texts)))


def _label(row: models.Model, name: str) -> str:
    return str(_field(row, name).verbose_name).capitalize()


def _field(row: models.Model, name: str) -> models.Field:
    return next(field for field in row._meta.concrete_fields if field.attname == name)


def noted_value(row: models.Model, name: str, noted):
    """A value from the JSON of a change as the model has it."""
    if isinstance(_field(row, name), models.DateTimeField):
        return noted and parse_datetime(noted)
    return noted


def in_words(row: models.Model, name: str, value) -> str:
    """The value of the column `name` as people read it."""
    field = _field(row, name)
    if value is None or value == "":
        return ""
    if name in _OF:
        return str(_OF[name]._default_manager.filter(pk=value).first() or f"no. {value} (sudah dihapus)")
    if isinstance(field, models.DateTimeField):
        return dates.date_and_time(value)
    if isinstance(field, models.BooleanField):
        return "ya" if value else "tidak"
    if name == "body":
        return markup.plain_text(value)
    return str(dict(field.flatchoices).get(value, value))


def _restorable(row: models.Model, state: dict[str, Any]) -> dict[str, Any]:
    """In the order of the model's fields."""
    kept = _NOT_RESTORED - ({"name"} if row._meta.db_table in _RESTORED_NAMES else set())
    return {name: noted_value(row, name, state[name]) for name in _names(row) if name in state and name not in kept}


def _names(row: models.Model) -> list[str]:
    return [field.attname for field in row._meta.concrete_fields]
