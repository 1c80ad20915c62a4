"""`import_articles --coba`: what an import would do, with nothing left in the database."""

from collections.abc import Mapping
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from portal.importers.album import Album
from portal.importers.record import Record, Refusal
from portal.importers.saving import Outcome, Result, save


class _Created(NamedTuple):
    """What the run would have created."""

    place: str
    content: dict[str, int]
    has_key: bool
    has_url: bool


class Rehearsal:
    """Tells what `save()` would do with each record of a run, and leaves nothing in the database."""

    def __init__(self, album: Album | None = None) -> None:
        self._album = album
        self._created: dict[tuple, _Created] = {}  # by each of its identities

    def save(self, record: Record, written: Mapping[int, str], place: str) -> Outcome:
        """Like `save()`; a created article has the number 0 if the record names none."""
        if created := self._the_same(record):
            return self._again(record, created.place, created.content)
        with transaction.atomic():
            outcome = save(record, written, is_rehearsal=True, album=self._album)
            transaction.set_rollback(True)
        if outcome.result == Result.CREATED:
            created = _Created(place, _content(record), bool(record.key), bool(record.url))
            for identity in _identities(record):
                self._created.setdefault(identity, created)
        return outcome

    def _the_same(self, record: Record) -> _Created | None:
        """By the first of key, address and title that both records have, as `_find` compares them."""
        for identity in _identities(record):
            found = self._created.get(identity)
            if found is None or (record.key and found.has_key and identity[0] != "key"):
                continue
            if not (record.url and found.has_url and identity[0] == "title"):
                return found
        return None

    def _again(self, record: Record, place: str, content: dict[str, int]) -> Outcome:
        if _content(record).items() <= content.items():
            return Outcome(Result.UNCHANGED, record.id or 0)
        if record.key:
            raise Refusal(f"id {record.key} sudah dipakai {place}, dengan isi yang lain")
        return Outcome(Result.SKIPPED, 0, f"berita yang sama dengan {place}; dilewati")


def _identities(record: Record) -> list[tuple]:
    """All by which `_find` may recognise the article of an equal record, the most certain first."""
    day = record.published_at and timezone.localtime(record.published_at).date()
    found: list[tuple] = [("title", record.source, record.title, day)]
    if record.url:
        found.insert(0, ("url", record.url))
    if record.key:
        found.insert(0, ("key", record.source, record.key))
    return found


def _content(record: Record) -> dict[str, int]:
    """Hashes of what the record says, by name; what is blank says nothing."""
    said = {
        "title": record.title,
        "summary": record.summary,
        "body": record.illustrated.body,  # what is left of it when its foot is cut off
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
