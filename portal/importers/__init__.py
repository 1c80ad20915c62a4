"""Imports articles from other portals: one module per format (formats.py) yields `Record`s, `save()` writes each."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.text import Truncator

from news import markup, words
from news.models import Article, ArticleViews, Category, Change, MergedTag, Photo, Tag
from news.models.articles import EARLIEST
from news.models.changes import changes_because
from news.models.taxonomy import one_line
from news.web import addresses, locks
from news.web.columns import max_length
from portal.importers import comments, old_addresses, texts
from portal.importers.comments import Written
from portal.importers.pictures import Illustrated, Photos, Picture, illustrated

DEFAULT_CATEGORY = "Umum"
MAX_NUMBER = 2**53 - 1  # ids and reads: exact in every JSON parser, and leaves the id sequence room above
_FIRST_DAY = "2 Januari 1900"  # of which no part, in any time zone, is before EARLIEST
_HOST = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?P<last>[a-z]{2,})(?::[0-9]+)?(?:[/?#]\S*)?", re.IGNORECASE
)
_FILES = ("html", "htm", "php", "asp", "aspx", "jsp", "cfm", "pdf")  # end names of files, not of hosts
_OTHER_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:|[/\\]", re.IGNORECASE)
_NO_TEXT = {"reads", "text_changed_at"}  # changes that overwrite nothing that an editor wrote
_LATEST = timedelta(days=366)  # from now; a later date is a typo and would hide the article for years


class Refusal(ValueError):
    """Why a record cannot be imported; the message is for the operator, in Indonesian."""


def record_or_refusal(make: Callable[..., "Record"], *row: Any) -> "Record | Refusal":
    """What `make` makes of a row, for readers: they yield a Refusal in the place of a record."""
    try:
        return make(*row)
    except Refusal as refusal:
        return refusal


class Result(StrEnum):
    CREATED = "dibuat"
    UPDATED = "diperbarui"
    UNCHANGED = "tidak berubah"
    SKIPPED = "dilewati"  # an earlier record of the same run described that article differently


class Outcome(NamedTuple):
    result: Result
    article: int  # 0: a page
    note: str = ""


@dataclass(slots=True, kw_only=True)
class Record:
    """One article of an export; blank or None means that the export does not say.

    Normalises texts, in which other portals may have written `&amp;` or `<em>`, and cleans the body. Raises Refusal
    for values that the portal cannot store.
    """

    title: str
    kind: Literal["article", "page"] = "article"
    slug: str = ""  # of a page, the end of its address
    body: str = ""  # HTML, or plain text with one paragraph per line
    published_at: datetime | None = None  # aware
    time_known: bool = True
    updated_at: datetime | None = None  # aware; when the source last changed it
    category: str = ""
    tags: list[str] | tuple[str, ...] = ()
    author: str = ""
    reporter: str = ""
    editor: str = ""
    source: str = ""
    url: str = ""
    id: int | None = None  # becomes the primary key, so that the article keeps its address
    key: str = ""  # the source's identifier of the article, if it is not a number
    reads: int | None = None
    summary: str = ""
    is_draft: bool = False  # the source does not show it: never published here, even with a date
    raw_date: str = ""  # a date that nobody can read: the article is a draft, with this text in its note
    old_paths: tuple[str, ...] = ()  # its addresses on the old site: path and query
    terms: tuple[old_addresses.Term, ...] = ()  # its category and tags, with their addresses on the old site
    remarks: tuple[str, ...] = ()  # what the operator should know about this record
    lead: Picture | None = None  # stands above the text
    comments: tuple[Written, ...] = ()
    cleaned: markup.Cleaned = field(default_factory=markup.Cleaned, init=False)  # the body, and what was left out
    illustrated: Illustrated = field(default_factory=Illustrated, init=False)
    comments_saved: Counter[str] = field(default_factory=Counter, init=False)
    titles: set[str] = field(default_factory=set, init=False)  # as today and as former versions stored it

    def __post_init__(self) -> None:
        former = one_line(self.title)
        self.title = _line("judul", self.title, max_length(Article, "title"))
        self.titles = {self.title, former}
        if not any(char.isprintable() and not char.isspace() for char in self.title):
            raise Refusal("judul kosong")
        try:
            self.cleaned, self.illustrated = illustrated(texts.without_shortcodes(self.body), self.lead)
        except ValidationError as error:
            raise Refusal(error.messages[0]) from error
        self.body = self.cleaned.html
        self.take_text()
        if len(self.body) > markup.BODY_MAX_CHARS:
            raise Refusal(f"isi berita {len(self.body)} karakter; paling panjang {markup.BODY_MAX_CHARS}")
        self.category = _line("kategori", self.category, max_length(Category, "name"))
        self.tags = [tag for tag in (_line("tag", tag, max_length(Tag, "name")) for tag in self.tags) if tag]
        self.summary = Truncator(_line("ringkasan", self.summary, None)).chars(max_length(Article, "summary"))
        self.author = _line("penulis", self.author, max_length(Article, "author"))
        self.source = _line("sumber", self.source, max_length(Article, "source"))
        url = " ".join(self.url.split()).replace(" ", "%20")  # as browsers write an address with spaces
        self.url = _line("alamat asal", url, max_length(Article, "source_url"), is_text=False)
        self._check_url()
        if self.id is not None and not 1 <= self.id <= MAX_NUMBER:
            raise Refusal(f"id {self.id} di luar batas: harus 1 sampai {MAX_NUMBER}")
        self.key = _line("id", str(self.id or "") or self.key, max_length(Article, "source_key"), is_text=False)
        if self.reads is not None and not 0 <= self.reads <= MAX_NUMBER:
            raise Refusal(f"jumlah baca {self.reads} di luar batas: harus 0 sampai {MAX_NUMBER}")
        if self.url.startswith("/") or _is_ours(self.url):
            self.old_paths = (*self.old_paths, self.url)
        self._check_times()

    def take_text(self, cut: Callable[[str], str] = str) -> None:
        """The body, cut; the lines at its end that say who wrote it and how often it was read become the record's. Who
        signed a text wrote it, whoever typed it in."""
        self.body, foot = texts.without_foot(cut(self.body))
        self.illustrated.body, _ = texts.without_foot(cut(self.illustrated.body))
        if self.kind == "article":
            self.illustrated.lift_lead()
        self.author = foot.author or self.author
        self.reporter, self.editor = foot.reporter or self.reporter, foot.editor or self.editor
        self.reads = foot.reads if self.reads is None else self.reads

    @property
    def pictures(self) -> list[Picture]:
        lead, inside = self.illustrated.lead, self.illustrated.placed
        return inside if lead is None or lead in inside else [lead, *inside]

    def keep_number_as_key(self) -> None:
        """The article gets a number of this portal; the source's stays the key by which a second import finds it."""
        self.id = None

    def _check_url(self) -> None:
        """A host without https:// gets it. What leads nowhere costs only itself, what could lead elsewhere than it
        says the record."""
        if not self.url or re.fullmatch(addresses.PATTERN, self.url):
            return
        host = _HOST.fullmatch(self.url)
        if host and host["last"].lower() not in _FILES:
            self.url = f"https://{self.url}"
        elif _OTHER_SCHEME.match(self.url):
            raise Refusal(f"alamat asal “{self.url[:80]}” bukan alamat: awalnya harus http://, https:// atau /")
        else:
            self.url = ""
            self.remarks += ("alamat asal bukan alamat utuh (awalnya harus http://, https:// atau /); tidak disimpan",)

    def _check_times(self) -> None:
        if self.updated_at is not None and self.updated_at > timezone.now():
            self.updated_at = None
        for name, moment in (("tanggal terbit", self.published_at), ("waktu perubahan", self.updated_at)):
            if moment is not None and moment < EARLIEST:
                raise Refusal(f"{name} {moment.date().isoformat()} terlalu lama; paling awal {_FIRST_DAY}")
        if self.published_at is not None and self.published_at > timezone.now() + _LATEST:
            raise Refusal(f"tanggal terbit {self.published_at:%Y-%m-%d} lebih dari setahun di depan")


def save(
    record: Record,
    written: Mapping[int, str] = MappingProxyType({}),
    *,
    is_rehearsal: bool = False,
    album: Photos | None = None,
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
        if album:
            record.body = record.illustrated.shown(album.photo)
        if article is None:
            article = _create(record, album, is_rehearsal)
            _remember_paths(article, record)
            record.comments_saved = comments.save(article, record.comments)
            return Outcome(Result.CREATED, article.pk)
        _remember_paths(article, record)
        record.comments_saved = comments.save(article, record.comments)
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


def _remember_paths(article: Article, record: Record) -> None:
    too_long = old_addresses.remember(article, record.old_paths) if record.old_paths else []
    record.remarks += tuple(f"alamat lama “{path[:80]}…” terlalu panjang untuk dialihkan" for path in too_long)


def _confirm_later() -> None:
    """Does not wait until the disk has this transaction. Killed processes lose nothing by it; after a power cut the
    last moment's articles are missing, and the next run brings them."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")


def _is_ours(url: str) -> bool:
    """Whether it is an address of this site, which the old portal had before it."""
    try:
        host = (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:  # "https://[x"
        return False
    return bool(host) and host == (urlsplit(settings.SITE_URL).hostname or "").removeprefix("www.")


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


def _changes(article: Article, record: Record, album: Photos | None) -> dict:
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
    tags = _with_targets({tag.lower(): tag for tag in reversed(record.tags)})  # of two spellings the first wins
    if tags and (article.pk is None or tags.keys() != {name.lower() for name in _tag_names(article)}):
        changes["tags"] = tags
    known = [time for time in (article.text_changed_at, record.published_at or article.published_at) if time]
    if record.updated_at is not None and all(record.updated_at > time for time in known):
        changes["text_changed_at"] = record.updated_at
    if record.reads and (article.pk is None or record.reads != _imported_reads(article)):
        changes["reads"] = record.reads
    return changes


def _with_pictures(changes: dict, article: Article, record: Record, album: Photos | None) -> dict:
    if "body" in changes and article.pk and record.illustrated.is_shown_by(article.body, record.body):
        del changes["body"]
    photo = _photo(article, record, album)
    return changes | {"photo": photo} if photo else changes


def _photo(article: Article, record: Record, album: Photos | None) -> Photo | None:
    """For an article that never had one: what the newsroom chose or removed stays so."""
    lead = record.illustrated.lead
    if album is None or lead is None or article.photo_id is not None:
        return None
    if article.pk is not None:
        had = Change.objects.of(article).filter(former__has_key="photo_id").exclude(former__photo_id=None)
        if had.exists():
            return None
    return album.photo(lead)


def _create(record: Record, album: Photos | None, is_rehearsal: bool) -> Article:
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
    tags = changes.pop("tags", None)
    reads = changes.pop("reads", None)
    if "category" in changes:
        changes["category"] = named(Category, changes["category"])
    for name, value in changes.items():
        setattr(article, name, value)
    if changes or tags:
        article.save(text_is_dated=True, force_insert=force_insert)
    if tags and force_insert:
        article.tags.add(*_tags(tags))  # without asking which it has
    elif tags:
        article.tags.set(_tags(tags))
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


def _with_targets(names: dict[str, str]) -> dict[str, str]:
    """The names of tags (lower case -> as written); in the place of a merged tag its target."""
    targets = {merged.name.lower(): merged.target.name for merged in MergedTag.objects.with_names(names)}
    current = [targets.get(low, name) for low, name in names.items()]
    return {name.lower(): name for name in current}


def _tags(names: dict[str, str]) -> list[Tag]:
    """The tags with these names (lower case -> as written), created if missing."""
    known = {tag.name.lower(): tag for tag in Tag.objects.alias(low=Lower("name")).filter(low__in=names)}
    return [known.get(low) or named(Tag, name) for low, name in names.items()]


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


def _line(name: str, text: str, limit: int | None, *, is_text: bool = True) -> str:
    """The text as readers see it, on one line without control characters; addresses and keys (`is_text=False`) contain
    no HTML. Raises Refusal if it is longer than `limit`."""
    try:
        # What the models would still tidy is tidied here: else each run would find the article changed.
        text = one_line(markup.one_line(text) if is_text else text)
    except ValidationError as error:
        raise Refusal(f"{name}: {error.messages[0]}") from error
    if limit is not None and len(text) > limit:
        raise Refusal(f"{name} “{text[:60]}…” {len(text)} karakter; paling panjang {limit}")
    return text
