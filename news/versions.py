"""The changes of a published article as readers see them: when, why, and the difference. Who made them stays in the
newsroom.

What was written before the article was last withdrawn, or while it was, is not shown: the reason for withdrawing it
may be in there.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils.safestring import SafeString

from news import differences, markup, pieces
from news.models import Article, Change, Photo

LISTED = 100  # newest changes on the list

_CLOSED = object()  # in the place of a text that is not kept
_LABELS = {"title": "Judul", "summary": "Ringkasan", "body": "Isi", "photo_id": "Foto utama"}


class Difference(NamedTuple):
    """`shown` is None where the same is to be read as before."""

    label: str
    shown: SafeString | None


class Version(NamedTuple):
    """A change; `differences` is None if its texts are not shown, for the reason that the page gives."""

    change: Change
    differences: list[Difference] | None
    later_is_closed: bool


def of(article: Article) -> QuerySet[Change]:
    """Newest first, without the texts."""
    return Change.objects.of(article).told().select_related("correction").defer("former")


def shown(article: Article) -> QuerySet[Change]:
    """Those of which readers may see the texts."""
    return Change.objects.since_return(article).of(article).told().filter(closed_at=None)


def version(article: Article, change: Change) -> Version:
    if not shown(article).filter(pk=change.pk).exists():
        return Version(change, None, later_is_closed=False)
    later = _after(article, change)
    if _CLOSED in later.values():
        return Version(change, None, later_is_closed=True)
    return Version(change, list(_differences(change, later)), later_is_closed=False)


def _after(article: Article, change: Change) -> dict[str, Any]:
    """What the columns that changed said afterwards: what the next change of each found, or what they say now."""
    after = {name: getattr(article, name) for name in change.texts}
    for each in Change.objects.of(article).filter(pk__gt=change.pk):  # newest first
        for name in change.texts:
            if name in each.former:
                after[name] = each.kept.get(name, _CLOSED)
    return after


def _differences(change: Change, later: dict[str, Any]) -> Iterator[Difference]:
    for name in change.texts:
        texts = [_in_words(name, value) for value in (change.former[name], later[name])]
        is_alike = texts[0] == texts[1]
        yield Difference(_LABELS[name], None if is_alike else pieces.difference(differences.words(*texts)))


def _in_words(name: str, value) -> str:
    if value is None:
        return ""
    if name == "body":
        return markup.plain_text(value)
    if name == "photo_id":
        photo = Photo.objects.filter(pk=value).first()
        return (photo.caption or photo.alt_text or f"Foto nomor {value}") if photo else "Foto yang sudah dihapus"
    return str(value)
