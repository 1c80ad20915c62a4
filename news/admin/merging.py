"""Two editors at once: what each of them changed in a text goes together, and only what both changed is asked."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import astuple, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import cached_property
from django.utils.safestring import SafeString

from news import differences, markup, merge, pieces
from news.admin.history import in_words, noted_value
from news.models import Article, Change, Tag
from news.models.changes import TAGGED, UNTAGGED
from news.web import dates
from news.web.admin import person_name

MINE, THEIRS, BOTH = "saya", "lain", "dua"  # posted values of a choice
UNNOTED = ("source", "review_note", "related_pinned", "related_excluded")  # fields that history does not note
_ONLY_FORM = "Hanya bentuknya, foto atau tautan di dalamnya."


@dataclass(frozen=True)
class Loaded:
    """What a row was like when its form was opened: the number of its newest noted change, from which the earlier
    texts are known, its status, and the values that history does not note. It travels in the form as JSON."""

    change: int | None = None  # None: the form does not say
    status: str = ""
    values: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, row: models.Model, names: Iterable[str] = UNNOTED) -> "Loaded":
        """With the values of `names`: only of what its editor may see."""
        newest = Change.objects.of(row).values_list("pk", flat=True).first()
        values = {name: _plain(_listed(getattr(row, name))) for name in names if name in UNNOTED}
        return cls(newest or 0, _status(row), values)

    @classmethod
    def read(cls, text: str) -> "Loaded":
        try:
            change, status, values = json.loads(text)
        except (ValueError, TypeError):
            return cls()
        fits = isinstance(change, int) and isinstance(status, str) and isinstance(values, dict)
        return cls(change, status, values) if fits else cls()

    def __str__(self):
        return json.dumps(astuple(self))


class Choice(NamedTuple):
    """Something that both changed, side by side, with what can be chosen."""

    name: str  # of its radio buttons
    label: str
    theirs: SafeString
    mine: SafeString
    options: list[tuple[str, str]]
    chosen: str


class MergedForm(forms.ModelForm):
    """The form of a row with history that others may have saved meanwhile. Their changes stay unless this editor
    changed the same field, or the same paragraph: then the form is shown again with `choices`, and the answers come
    with the next POST, which is merged from the beginning."""

    version = forms.CharField(widget=forms.HiddenInput, required=False)

    others = ""  # who saved a newer version, and when
    choices: list[Choice]
    joined: list[str]  # fields into which something went that others have saved
    taken: list[str]  # those of them that are just as they are stored
    shown_version = ""  # for the next POST

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.choices, self.joined, self.taken = [], [], []
        if self.instance.pk:
            self.shown_version = (
                self.data["version"] if "version" in self.data else str(Loaded.of(self.instance, self.fields))
            )

    @cached_property
    def changed_data(self):
        return [name for name in super().changed_data if name != "version" and name not in self.taken]

    def merge_with_others(self, cleaned: dict[str, Any]) -> None:
        """Puts into `cleaned` what others have saved since the form was opened. Raises ValidationError where this
        editor has to decide, or if the row has another status now."""
        stored = self._locked()
        loaded = Loaded.read(cleaned.get("version", ""))
        base = _Base(stored, loaded)
        for name in [each.name for each in _fields(stored) if each.name in cleaned]:
            cleaned[name] = self._merged(name, cleaned[name], base)
        self.__dict__.pop("changed_data", None)
        status, what = _status(stored), self._meta.model._meta.verbose_name
        if self.joined or self.choices or loaded.status != status:
            self.others = _last_change(stored)
        if loaded.status != status:
            self.shown_version = str(replace(loaded, status=status))
            raise ValidationError(
                f"Belum disimpan: sesudah Anda membukanya, {what} ini diubah oleh {self.others}, dan statusnya kini "
                f"“{Article.Status(status).label}”. Yang Anda tulis masih ada di bawah. Periksalah, lalu simpan lagi."
            )
        if not all(choice.chosen for choice in self.choices):
            raise ValidationError(
                f"Belum disimpan: {what} ini juga diubah oleh {self.others}. Pilihlah di bawah ini apa yang dipakai; "
                "perubahan lainnya digabung dengan sendirinya."
            )

    @property
    def told(self) -> str:
        """What the editor is told about changes of others in what was saved; "" if there are none."""
        if not self.joined:
            return ""
        what = str(self._meta.model._meta.verbose_name).capitalize()
        labels = ", ".join(str(self.fields[name].label).lower() for name in self.joined)
        return f"{what} ini juga diubah oleh {self.others}. Perubahan itu digabung dengan perubahan Anda: {labels}."

    def _locked(self) -> models.Model:
        """As it is stored now. Locked until this save is committed: if two editors save at once, the second sees the
        change of the first."""
        row = self.instance
        row._meta.model._base_manager.select_for_update().only("pk").get(pk=row.pk)
        row.refresh_from_db()  # it may have changed since this request read it
        return row

    def _merged(self, name: str, value, base: "_Base"):
        mine, theirs = _listed(value), _listed(getattr(base.stored, name))
        merged = (
            self._together(name, mine, theirs, base) if isinstance(mine, list) else self._one(name, mine, theirs, base)
        )
        if _plain(merged) != _plain(mine):
            self.joined.append(name)
            self.taken += [name] if _plain(merged) == _plain(theirs) else []
        return merged

    def _one(self, name: str, mine, theirs, base: "_Base"):
        own, other = _plain(mine), _plain(theirs)
        if own == other or (base.knows(name) and other == base.plain(name)):
            return mine
        if base.knows(name) and own == base.plain(name):
            return theirs
        if name == "body" and base.knows(name):
            return self._body(mine, theirs, base.plain(name))
        return theirs if self._answer([name, own, other], name, theirs, mine) == THEIRS else mine

    def _together(self, name: str, mine: list, theirs: list, base: "_Base") -> list:
        """Of several things to choose: what either added is in, what either took out is not."""
        own, other = {each.pk: each for each in mine}, {each.pk: each for each in theirs}
        before = set(base.plain(name)) if base.knows(name) else own.keys() & other.keys()
        dropped = (before - own.keys()) | (before - other.keys())
        return [each for pk, each in (own | other).items() if pk not in dropped]

    def _body(self, mine: str, theirs: str, base: str) -> str:
        merged: list[str] = []
        for part in merge.three_way(*map(merge.paragraphs, (base, mine, theirs))):
            if isinstance(part, str):
                merged.append(part)
                continue
            own, other = "".join(part.mine), "".join(part.theirs)
            answer = self._answer(["body", "".join(part.base), own, other], "body", other, own, both=True)
            merged.append({MINE: own, THEIRS: other, BOTH: own + other}.get(answer, own))
        body = "".join(merged)
        if len(body) > markup.BODY_MAX_CHARS:
            raise ValidationError("Belum disimpan: bersama perubahan orang lain, isi berita terlalu panjang.")
        return body

    def _answer(self, about: list, name: str, theirs, mine, *, both: bool = False) -> str:
        """What the editor chose; "" if nothing yet. It is named by the values, so that it decides nothing
        else."""
        key = "pilih-" + hashlib.sha256(json.dumps(about).encode()).hexdigest()[:16]
        options = [(MINE, "Pakai punya saya"), (THEIRS, "Pakai yang tersimpan")]
        options += [(BOTH, "Pakai keduanya")] if both and mine and theirs else []
        answer = self.data.get(key, "") if self.data.get(key) in dict(options) else ""
        theirs_shown, mine_shown = self._side_by_side(name, theirs, mine)
        label = str(self.fields[name].label)
        self.choices.append(Choice(key, label, theirs_shown, mine_shown, options, answer))
        return answer

    def _side_by_side(self, name: str, theirs, mine) -> list[SafeString]:
        values = [each.pk if isinstance(each, models.Model) else each for each in (theirs, mine)]
        texts = [in_words(self.instance, _column(self.instance, name), value) for value in values]
        if texts[0] == texts[1]:
            return [pieces.difference([(0, _ONLY_FORM)])] * 2
        parts = list(differences.words(*texts))
        return [pieces.difference(part for part in parts if part[0] != other) for other in (1, -1)]


class _Base:
    """The values that an article had when its form was opened."""

    def __init__(self, stored: models.Model, loaded: Loaded):
        self.stored, self.loaded = stored, loaded
        self.former: dict[str, Any] = {}
        self.closed: set[str] = set()  # columns of which a version since then is not kept any more
        self.tags = {tag.name for tag in stored.tags.all()} if isinstance(stored, Article) else set()
        since = Change.objects.of(stored).filter(pk__gt=loaded.change) if loaded.change is not None else ()
        for change in since:  # newest first
            self.former |= change.kept
            self.closed |= change.former.keys() - change.kept.keys()
            self.tags -= {change.former.get(TAGGED)}
            self.tags |= {change.former[UNTAGGED]} if UNTAGGED in change.former else set()

    def knows(self, name: str) -> bool:
        if name in UNNOTED:
            return name in self.loaded.values
        return self.loaded.change is not None and (name == "tags" or _column(self.stored, name) not in self.closed)

    def plain(self, name: str):
        if name in UNNOTED:
            return self.loaded.values[name]
        if name == "tags":
            return [tag.pk for tag in Tag.objects.filter(name__in=self.tags)]
        attname = _column(self.stored, name)
        if attname in self.former:
            return _plain(noted_value(self.stored, attname, self.former[attname]))
        return _plain(_listed(getattr(self.stored, name)))


def _last_change(row: models.Model) -> str:
    """Who and when."""
    newest = Change.objects.of(row).first()
    who = person_name(getattr(row, "changed_by", None)) or (newest.person if newest else "") or "orang lain"
    at = getattr(row, "updated_at", None) or (newest.at if newest else None)
    return f"{who} pada {dates.date_and_time(at)}" if at else who


def _fields(row: models.Model) -> list:
    return [*row._meta.concrete_fields, *row._meta.many_to_many]


def _column(row: models.Model, name: str) -> str:
    return next(each.attname for each in row._meta.concrete_fields if each.name == name)


def _status(row: models.Model) -> str:
    return row.status if isinstance(row, Article) else ""


def _listed(value):
    return [*value.all()] if isinstance(value, models.Manager | models.QuerySet) else value


def _plain(value):
    """As it can be compared and written as JSON."""
    if isinstance(value, list):
        return sorted(each.pk for each in value)
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, datetime):
        return value.replace(microsecond=0).astimezone(UTC).isoformat()  # forms know no smaller part
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value
