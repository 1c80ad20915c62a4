"""`import_articles --coba`: what an import would do, with nothing left in the database."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from portal.importers import Outcome, Record, Refusal, Result, save
from portal.importers.pictures import Photos


class Rehearsal:
    """Tells what `save()` would do with each record of a run, and leaves nothing in the database."""

    def __init__(self, album: Photos | None = None) -> None:
        self._album = album
        self._created: dict[tuple, tuple[str, dict[str, int]]] = {}  # identity -> place, content

    def save(self, record: Record, written: Mapping[int, str], place: str) -> Outcome:
        """Like `save()`; a created article has the number 0 if the record names none."""
        identity = _identity(record)
        if identity in self._created:
            return self._again(record, *self._created[identity])
        with transaction.atomic():
            outcome = save(record, written, is_rehearsal=True, album=self._album)
            transaction.set_rollback(True)
        if outcome.result == Result.CREATED:
            self._created[identity] = place, _content(record)
        return outcome

    def _again(self, record: Record, place: str, content: dict[str, int]) -> Outcome:
        if _content(record).items() <= content.items():
            return Outcome(Result.UNCHANGED, record.id or 0)
        if record.key:
            raise Refusal(f"id {record.key} sudah dipakai {place}, dengan isi yang lain")
        return Outcome(Result.SKIPPED, 0, f"berita yang sama dengan {place}; dilewati")


def _identity(record: Record) -> tuple:
    """By what `_find` recognises the article of an equal record."""
    if record.key:
        return record.source, record.key
    if record.url:
        return (record.url,)
    return record.source, record.title, record.published_at and timezone.localtime(record.published_at).date()


def _content(record: Record) -> dict[str, int]:
    """Hashes of what the record says, by name; what is blank says nothing."""
    said = {
        "title": record.title,
        "summary": record.summary,
        "body": record.cleaned.html,
        "lead": record.lead and record.lead.address,
        "published_at": record.published_at,
        "category": record.category.lower(),
        "tags": frozenset(tag.lower() for tag in record.tags),
        "author": record.author,
        "reporter": record.reporter,
        "editor": record.editor,
        "source": record.source,
        "url": record.url,
        "reads": record.reads,
    }
    return {name: hash(value) for name, value in said.items() if value}
