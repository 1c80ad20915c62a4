"""Finds the article that a record describes, and writes it: one transaction a record."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from news import words
from news.models import Article, ArticleViews, Category, Change, MergedTag, Photo, Tag
from news.models.changes import changes_because
from news.web import locks
from news.web.columns import max_length
from portal.importers import attached, comments, old_addresses
from portal.importers.album import Album
from portal.importers.record import Record, Refusal

DEFAULT_CATEGORY = "Umum"
_NO_TEXT = {"reads", "text_changed_at"}  # changes that overwrite nothing that an editor wrote


class Result(StrEnum):
    CREATED = "dibuat"
    UPDATED = "diperbarui"
    UNCHANGED = "tidak berubah"
    SKIPPED = "dilewati"  # an earlier record of the same run described that article differently


class Outcome(NamedTuple):
    result: Result
    article: int  # 0: a page
    note: str = ""


def save(
    record: Record,
    written: Mapping[int, str] = MappingProxyType({}),
    *,
    is_rehearsal: bool = False,
    album: Album | None = None,
) -> Outcome:
    """Saves one record in its own transaction: creates its article, or updates the fields in which they differ.

    An article with a date is published (with a future date: at that time), one without is a draft, and so is one that
    the source does not show. Fields that are empty in the record stay unchanged, a withdrawn article stays withdrawn;
    without changes nothing is written. The source tells when an article last changed: an import by itself is none.
    `written` maps each article of this run to the place of its record (article id -> place): an equal second record is
    accepted, a different one for the same article is skipped or, if it has a key, refused. Raises Refusal.
    With `is_rehearsal` (rehearsal.py) a new article takes no number from the sequence. `album` has the pictures;
    without it those that the article has stay. Comments that the portal knows stay as they are.
    """
    with album.of_a_record() if album else nullcontext(), transaction.atomic():
        _confirm_later()
        locks.take(locks.Lock.IMPORT)
        article = _find(record, written) if _may_exist(record) else None
        _complete_body(record, article, album)
        if article is None:
            article = _create(record, album, is_rehearsal)
            _add_belongings(article, record, album)
            return Outcome(Result.CREATED, article.pk)
        _add_belongings(article, record, album)
        if not _changes(article, record, album):
            return Outcome(Result.UNCHANGED, article.pk)
        if article.pk in written:
            if album:
                album.forget_written()
                transaction.set_rollback(True)
            if record.key:
                raise Refusal(f"id {record.key} sudah dipakai {written[article.pk]}, dengan isi yang lain")
            return Outcome(Result.SKIPPED, article.pk, f"berita yang sama dengan {written[article.pk]}; dilewati")
        # Read again with a lock, in case an editor has just withdrawn it: it must not be published again. Not locked
        # earlier because a row lock is a write, and an unchanged article should not cost one.
        article = Article.objects.select_for_update(of=["self"]).select_related("category").get(pk=article.pk)
        changes = _changes(article, record, album)
        if reason := article.reason_against(changes.get("published_at")):
            raise Refusal(reason)
        edited = article.changed_by_id is not None and bool(changes.keys() - _NO_TEXT)
        with changes_because(Change.Reason.IMPORT):
            _write(article, changes)
    return Outcome(
        Result.UPDATED, article.pk, "diperbarui; perubahan redaktur pada berita ini tertimpa" if edited else ""
    )


def _complete_body(record: Record, article: Article | None, album: Album | None) -> None:
    """With the pictures that are photos here, and links to the documents."""
    if article is not None:
        attached.keep_links_of(article, record)
    if album:
        album.documents.lead(record, article)
        record.body = record.illustrated.shown(album.photo)


def _add_belongings(article: Article, record: Record, album: Album | None) -> None:
    """Old addresses, documents and comments, as far as they are not there yet."""
    too_long = old_addresses.remember(article, record.old_paths) if record.old_paths else []
    record.remarks += tuple(f"alamat lama “{path[:80]}…” terlalu panjang untuk dialihkan" for path in too_long)
    if album:
        album.documents.attach(article)
    record.comments_saved = comments.save(article, record.comments)


def _confirm_later() -> None:
    """Does not wait until the disk has this transaction. Killed processes lose nothing by it; after a power cut the
    last moment's articles are missing, and the next run brings them."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")


def _find(record: Record, written: Mapping[int, str]) -> Article | None:
    """The article that the record describes: same source and key, else same url, else same source, title and day.
    They are compared by the first of these that both the record and the article have."""
    articles = Article.objects.select_related("category").defer("search", "title_stems", "body_stems")
    if record.id is not None:
        article = _oldest(articles.filter(pk=record.id))
        if article is not None:
            if not _same_article(article, record):
                place = written.get(article.pk, f"berita lain: “{article.title}”")
                raise Refusal(f"id {record.id} sudah dipakai {place}")
            return article
    elif record.key:
        article = _find_by_key(articles, record)
        if article is not None:
            return article
    if record.key:
        articles = articles.filter(source_key=None)
    article = None
    if record.url:
        # exclude() repeats the condition of the partial index: without it a prepared statement cannot use that index.
        article = _oldest(articles.filter(source_url=record.url).exclude(source_url=""))
        articles = articles.filter(source_url="")
    if article is None:
        article = _find_by_title(articles, record)
    if article is not None and record.id is not None:
        raise Refusal(f"berita ini sudah ada dengan id {article.pk}, dan id tidak dapat diganti")
    return article


def _may_exist(record: Record) -> bool:
    """Whether an article has anything in common with the record: one query instead of four for most new articles."""
    alike = Q(source=record.source, title__in=record.titles)
    if record.key:
        alike |= Q(source=record.source, source_key=record.key)
    if record.id is not None:
        alike |= Q(pk=record.id)
    if record.url:
        alike |= Q(source_url=record.url) & ~Q(source_url="")  # see `_find`
    return bool(Article.objects.filter(alike).values_list("pk", flat=True))


def _find_by_key(articles: QuerySet[Article], record: Record) -> Article | None:
    """The article with the source's key. Two portals without a source name may use the same numbers."""
    article = _oldest(articles.filter(source=record.source, source_key=record.key))
    if article is not None and record.key.isdecimal() and not _same_article(article, record):
        raise Refusal(f"nomor {record.key} sudah menjadi penanda berita lain: “{article.title}”")
    return article


def _same_article(article: Article, record: Record) -> bool:
    """Whether the article with the record's id came from that record. Two portals without a source name may use the
    same ids: if title and date both differ, it is another article."""
    same_key = (article.source, article.source_key) == (record.source, record.key)
    return same_key and (article.title in record.titles or article.published_at == record.published_at)


def _find_by_title(articles: QuerySet[Article], record: Record) -> Article | None:
    articles = articles.filter(source=record.source, title__in=record.titles)
    undated = articles.filter(published_at=None)
    if record.published_at is None:
        return _oldest(undated) or _oldest(articles)
    midnight = timezone.localtime(record.published_at).replace(hour=0, minute=0, second=0, microsecond=0)
    on_that_day = articles.filter(published_at__gte=midnight, published_at__lt=midnight + timedelta(days=1))
    return _oldest(on_that_day) or _oldest(undated)


def _oldest(articles: Iterable[Article]) -> Article | None:
    """The one with the lowest id. Not by ORDER BY with LIMIT: if most articles have no source or url, the plan of the
    prepared statement would walk the whole table (0.3 s with 150,000 articles)."""
    return min(articles, key=lambda article: article.pk, default=None)


def _changes(article: Article, record: Record, album: Album | None) -> dict:
    """The values in which the record differs from the article, by name, for `_write`."""
    values: dict[str, Any] = {
        "title": record.title,
        "summary": record.summary,
        "body": record.body,
        "author": record.author,
        "reporter": record.reporter,
        "editor": record.editor,
        "source": record.source,
        "source_key": record.key,
        "source_url": record.url,
        # Once the newsroom has published what was a draft, it has its own date.
        "published_at": None if record.is_draft and article.status in Article.ONCE_PUBLISHED else record.published_at,
    }
    changes = {name: value for name, value in values.items() if value and value != getattr(article, name)}
    changes = _with_pictures(changes, article, record, album)
    if record.published_at is not None:
        if record.time_known != article.time_known:
            changes["time_known"] = record.time_known
        if article.status not in Article.ONCE_PUBLISHED and not record.is_draft:
            changes["status"] = Article.Status.PUBLISHED
    if article.pk is None:
        changes["category"] = record.category or DEFAULT_CATEGORY
    elif record.category and record.category.lower() != article.category.name.lower():
        changes["category"] = record.category
    tags = _tags(record.tags)
    if tags and (article.pk is None or tags.keys() != {name.lower() for name in _tag_names(article)}):
        changes["tags"] = tags
    known = [time for time in (article.text_changed_at, record.published_at or article.published_at) if time]
    if record.updated_at is not None and all(record.updated_at > time for time in known):
        changes["text_changed_at"] = record.updated_at
    if record.reads and (article.pk is None or record.reads != _imported_reads(article)):
        changes["reads"] = record.reads
    return changes


def _with_pictures(changes: dict, article: Article, record: Record, album: Album | None) -> dict:
    if "body" in changes and article.pk and record.illustrated.is_shown_by(article.body, record.body):
        del changes["body"]
    photo = _photo(article, record, album)
    return changes | {"photo": photo} if photo else changes


def _photo(article: Article, record: Record, album: Album | None) -> Photo | None:
    """For an article that never had one: what the newsroom chose or removed stays so."""
    lead = record.illustrated.lead
    if album is None or lead is None or article.photo_id is not None:
        return None
    if article.pk is not None:
        had = Change.objects.of(article).filter(former__has_key="photo_id").exclude(former__photo_id=None)
        if had.exists():
            return None
    return album.photo(lead)


def _create(record: Record, album: Album | None, is_rehearsal: bool) -> Article:
    article = Article()
    changes = _changes(article, record, album)
    if record.raw_date:
        changes["review_note"] = f"Tanggal di situs asal tidak terbaca: “{record.raw_date}”. Isilah waktu terbitnya."
        changes["returned_at"] = timezone.now()
    if is_rehearsal:
        article.pk = record.id or 0
    elif record.id is not None:
        _move_sequence_past(record.id)
        article.pk = record.id
    _write(article, changes, force_insert=True)
    return article


def _write(article: Article, changes: dict, force_insert: bool = False) -> None:
    if changes.keys() - _NO_TEXT:
        article.changed_by = None
    tags = [tag if tag.pk else named(Tag, tag.name) for tag in changes.pop("tags", {}).values()]
    reads = changes.pop("reads", None)
    if "category" in changes:
        changes["category"] = named(Category, changes["category"])
    for name, value in changes.items():
        setattr(article, name, value)
    article.stored_body = article.body  # the record has cleaned it: what is left is to see that it is safe
    if changes or tags:
        article.save(text_is_dated=True, force_insert=force_insert)
    if tags and force_insert:
        article.tags.add(*tags)  # without asking which it has
    elif tags:
        article.tags.set(tags)
    if reads:
        # Only the imported column: the worker may add to the counted one at any moment.
        ArticleViews.objects.bulk_create(
            [ArticleViews(article=article, imported=reads)],
            update_conflicts=True,
            update_fields=["imported"],
            unique_fields=["article"],
        )


def _tag_names(article: Article) -> Iterable[str]:
    return article.tags.values_list("name", flat=True)


def _imported_reads(article: Article) -> int:
    return ArticleViews.objects.filter(article=article).values_list("imported", flat=True).first() or 0


def _tags(names: Sequence[str]) -> dict[str, Tag]:
    """The tags with these names, by their own in lower case; in the place of a merged one its target. One that is
    missing is there without a number."""
    wanted = {name.lower(): name for name in reversed(names)}  # of two spellings the first wins
    found = {tag.name.lower(): tag for tag in Tag.objects.alias(low=Lower("name")).filter(low__in=wanted)}
    if unknown := wanted.keys() - found.keys():
        found |= {merged.name.lower(): merged.target for merged in MergedTag.objects.with_names(unknown)}
    current = [found.get(low) or Tag(name=name) for low, name in wanted.items()]
    return {tag.name.lower(): tag for tag in current}


Named = TypeVar("Named", Category, Tag)


def named(model: type[Named], name: str) -> Named:
    """The category or tag with this name, ignoring case; created if missing."""
    rows: Any = model.objects
    found = rows.alias(low=Lower("name")).filter(low=name.lower()).first()
    return found or rows.get_or_create(name=name, defaults={"slug": _free_slug(model, name)})[0]


def _free_slug(model: type[Named], name: str) -> str:
    limit = max_length(model, "slug")
    wanted = words.slug(name)[:limit].strip("-") or str(model._meta.verbose_name)
    slug, number = wanted, 2
    while model.objects.filter(slug=slug).exists():
        slug = f"{wanted[: limit - len(str(number)) - 1]}-{number}"
        number += 1
    return slug


def _move_sequence_past(number: int) -> None:
    """Makes sure that no new article gets this id."""
    table = Article._meta.db_table
    sequence = f"{table}_id_seq"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT last_value FROM {sequence}")
        if cursor.fetchone()[0] <= number:
            # A new article takes its id after locking the table, so none is taken between reading and setting.
            cursor.execute(
                f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE;"
                f"SELECT setval('{sequence}', greatest(last_value, {number:d})) FROM {sequence}"
            )
