"""Articles of other portals. A module a format (jsonl.py) reads an export into `Record`s; `save()` writes each."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.text import slugify

from news.markup import to_body, without_controls
from news.models import BODY_MAX_CHARS, Article, ArticleViews, Category, Tag
from news.web import locks
from news.web.columns import max_length

DEFAULT_CATEGORY = "Umum"
MAX_NUMBER = 2**53 - 1  # ids and reads: exact in every program that reads JSON, and the sequence has room above it
FIRST_YEAR = 1900
_LATEST = timedelta(days=366)  # from now: a later date is a typing error, and would hide the article for years
_ADDRESS = re.compile(r"(?:https?://|/(?!/)).+")


class Refusal(ValueError):
    """Why a record cannot be taken over, in the operator's words."""


class Result(StrEnum):
    CREATED = "dibuat"
    UPDATED = "diperbarui"
    UNCHANGED = "tidak berubah"
    SKIPPED = "dilewati"  # another record of the same run described that article, otherwise


class Outcome(NamedTuple):
    result: Result
    article: int
    note: str = ""


@dataclass(slots=True, kw_only=True)
class Record:
    """One article as an export tells it; what is blank or None was not told.

    Texts are tidied and the body sanitised here. Raises Refusal for what the portal cannot hold.
    """

    title: str
    body: str = ""  # HTML, or plain text with a paragraph a line
    published_at: datetime | None = None  # aware
    time_known: bool = True
    category: str = ""
    tags: list[str] | tuple[str, ...] = ()
    author: str = ""
    source: str = ""
    url: str = ""
    id: int | None = None  # becomes the primary key, so that the article keeps its address
    key: str = ""  # what the source calls the article, where that is no number
    reads: int | None = None

    def __post_init__(self) -> None:
        self.title = _line("judul", self.title, max_length(Article, "title"))
        if not any(char.isprintable() and not char.isspace() for char in self.title):
            raise Refusal("judul kosong")
        try:
            self.body = to_body(self.body)
        except ValidationError as error:
            raise Refusal(error.messages[0]) from error
        if len(self.body) > BODY_MAX_CHARS:
            raise Refusal(f"isi berita {len(self.body)} karakter; paling panjang {BODY_MAX_CHARS}")
        self.category = _line("kategori", self.category, max_length(Category, "name"))
        self.tags = [tag for tag in (_line("tag", tag, max_length(Tag, "name")) for tag in self.tags) if tag]
        self.author = _line("penulis", self.author, max_length(Article, "author"))
        self.source = _line("sumber", self.source, max_length(Article, "source"))
        self.url = _line("alamat asal", self.url, max_length(Article, "source_url"))
        if self.url and not _ADDRESS.fullmatch(self.url):
            raise Refusal(f"alamat asal “{self.url[:80]}” bukan alamat: awalnya harus http://, https:// atau /")
        if self.id is not None and not 1 <= self.id <= MAX_NUMBER:
            raise Refusal(f"id {self.id} di luar batas: harus 1 sampai {MAX_NUMBER}")
        self.key = _line("id", str(self.id or "") or self.key, max_length(Article, "source_key"))
        if self.reads is not None and not 0 <= self.reads <= MAX_NUMBER:
            raise Refusal(f"jumlah baca {self.reads} di luar batas: harus 0 sampai {MAX_NUMBER}")
        if self.published_at is not None:
            if self.published_at.year < FIRST_YEAR:
                raise Refusal(f"tanggal terbit {self.published_at:%Y-%m-%d} sebelum tahun {FIRST_YEAR}")
            if self.published_at > timezone.now() + _LATEST:
                raise Refusal(f"tanggal terbit {self.published_at:%Y-%m-%d} lebih dari setahun di depan")


def save(record: Record, written: Mapping[int, str] = MappingProxyType({})) -> Outcome:
    """Writes one record in a transaction of its own: creates its article, or changes what the record tells otherwise.

    With a date the article is published (a later date: when that comes), without one it is a draft. What the record
    does not tell stays as it is, a withdrawn article stays withdrawn, and a record that tells nothing new writes
    nothing. `written` names the place of the record that this run took each article from (article id -> place):
    repeating one is no error, but two that differ cannot both be right. Raises Refusal.
    """
    with transaction.atomic():
        locks.take("import")  # or two at once would both create an article that they both miss
        article = _find(record, written)
        if article is None:
            return Outcome(Result.CREATED, _create(record))
        if not _changes(article, record):
            return Outcome(Result.UNCHANGED, article.pk)
        if article.pk in written:
            if record.key:
                raise Refusal(f"id {record.key} sudah dipakai {written[article.pk]}, dengan isi yang lain")
            return Outcome(Result.SKIPPED, article.pk, f"berita yang sama dengan {written[article.pk]}; dilewati")
        # Read once more, now locked (a lock is a write, and an unchanged article shall cost none): an editor who
        # withdrew it a moment ago must not see it published again.
        article = Article.objects.select_for_update(of=["self"]).select_related("category").get(pk=article.pk)
        changes = _changes(article, record)
        edited = article.changed_by_id is not None and changes.keys() != {"reads"}
        _write(article, changes)
    return Outcome(
        Result.UPDATED, article.pk, "diperbarui; perubahan redaktur pada berita ini tertimpa" if edited else ""
    )


def _find(record: Record, written: Mapping[int, str]) -> Article | None:
    """The article that the record describes: of the same source and key, else the same url, else the same source,
    title and day. The strongest of these marks that both sides have decides."""
    articles = Article.objects.select_related("category").defer("search", "title_stems", "body_stems")
    if record.id is not None:
        article = _oldest(articles.filter(pk=record.id))
        if article is not None:
            if not _same_article(article, record):
                place = written.get(article.pk, f"berita lain: “{article.title}”")
                raise Refusal(f"id {record.id} sudah dipakai {place}")
            return article
    elif record.key:
        article = _oldest(articles.filter(source=record.source, source_key=record.key))
        if article is not None:
            return article
    if record.key:
        articles = articles.filter(source_key=None)
    article = None
    if record.url:
        # The second condition is the index's own: without it a prepared statement cannot use that index.
        article = _oldest(articles.filter(source_url=record.url).exclude(source_url=""))
        articles = articles.filter(source_url="")
    if article is None:
        article = _find_by_title(articles, record)
    if article is not None and record.id is not None:
        raise Refusal(f"berita ini sudah ada dengan id {article.pk}, dan id tidak dapat diganti")
    return article


def _same_article(article: Article, record: Record) -> bool:
    """Whether the article with the record's id came from it. Two portals that both name no source share their ids:
    there another title on another date tells that it is another article."""
    same_key = (article.source, article.source_key) == (record.source, record.key)
    return same_key and (article.title == record.title or article.published_at == record.published_at)


def _find_by_title(articles: QuerySet[Article], record: Record) -> Article | None:
    articles = articles.filter(source=record.source, title=record.title)
    undated = articles.filter(published_at=None)
    if record.published_at is None:
        return _oldest(undated) or _oldest(articles)
    midnight = timezone.localtime(record.published_at).replace(hour=0, minute=0, second=0, microsecond=0)
    on_that_day = articles.filter(published_at__gte=midnight, published_at__lt=midnight + timedelta(days=1))
    return _oldest(on_that_day) or _oldest(undated)


def _oldest(articles: Iterable[Article]) -> Article | None:
    """The one with the lowest id. Chosen here, not by ORDER BY with LIMIT: where most articles name no source or url,
    Postgres then takes a prepared statement's plan through the whole table (0.3 s with 150,000 articles)."""
    return min(articles, key=lambda article: article.pk, default=None)


def _changes(article: Article, record: Record) -> dict:
    """What the record tells otherwise than the article, by name; for `_write`."""
    described: dict[str, Any] = {
        "title": record.title,
        "body": record.body,
        "author": record.author,
        "source": record.source,
        "source_key": record.key,
        "source_url": record.url,
        "published_at": record.published_at,
    }
    changes = {name: value for name, value in described.items() if value and value != getattr(article, name)}
    if record.published_at is not None:
        if record.time_known != article.time_known:
            changes["time_known"] = record.time_known
        if article.status not in Article.ONCE_PUBLISHED:
            changes["status"] = Article.Status.PUBLISHED
    if article.pk is None:
        changes["category"] = record.category or DEFAULT_CATEGORY
    elif record.category and record.category.lower() != article.category.name.lower():
        changes["category"] = record.category
    tags = {tag.lower(): tag for tag in reversed(record.tags)}  # of two spellings the first is kept
    if tags and (article.pk is None or tags.keys() != {name.lower() for name in _tag_names(article)}):
        changes["tags"] = tags
    if record.reads and (article.pk is None or record.reads != _imported_reads(article)):
        changes["reads"] = record.reads
    return changes


def _create(record: Record) -> int:
    article = Article()
    changes = _changes(article, record)
    if record.id is not None:
        _move_sequence_past(record.id)
        article.pk = record.id
    _write(article, changes, force_insert=True)
    return article.pk


def _write(article: Article, changes: dict, force_insert: bool = False) -> None:
    tags = changes.pop("tags", None)
    reads = changes.pop("reads", None)
    if "category" in changes:
        changes["category"] = named(Category, changes["category"])
    for name, value in changes.items():
        setattr(article, name, value)
    if changes or tags:
        article.changed_by = None
        article.save(force_insert=force_insert)
    if tags:
        article.tags.set(_tags(tags))
    if reads:
        # Only the imported column: the worker adds to the other at any moment.
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


def _tags(names: dict[str, str]) -> list[Tag]:
    """The tags of these names (lower case -> as written), made where new."""
    known = {tag.name.lower(): tag for tag in Tag.objects.alias(low=Lower("name")).filter(low__in=names)}
    return [known.get(low) or named(Tag, name) for low, name in names.items()]


Named = TypeVar("Named", Category, Tag)


def named(model: type[Named], name: str) -> Named:
    """The category or tag of this name, whatever its case; made where new."""
    rows: Any = model.objects
    found = rows.alias(low=Lower("name")).filter(low=name.lower()).first()
    return found or rows.get_or_create(name=name, defaults={"slug": _free_slug(model, name)})[0]


def _free_slug(model: type[Named], name: str) -> str:
    limit = max_length(model, "slug")
    wanted = slugify(name)[:limit].strip("-") or str(model._meta.verbose_name)
    slug, number = wanted, 2
    while model.objects.filter(slug=slug).exists():
        slug = f"{wanted[: limit - len(str(number)) - 1]}-{number}"
        number += 1
    return slug


def _move_sequence_past(number: int) -> None:
    """Makes sure that no new article will be given this id."""
    table = Article._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
        sequence = cursor.fetchone()[0]
        cursor.execute(f"SELECT last_value FROM {sequence}")
        if cursor.fetchone()[0] <= number:
            # A new article draws its id after it has locked the table, so none is drawn between reading and setting.
            cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
            cursor.execute(f"SELECT setval(%s, greatest(last_value, %s)) FROM {sequence}", [sequence, number])


def _line(name: str, text: str, limit: int) -> str:
    """The text as one line without control characters."""
    text = " ".join(without_controls(text).split())
    if len(text) > limit:
        raise Refusal(f"{name} “{text[:60]}…” {len(text)} karakter; paling panjang {limit}")
    return text
