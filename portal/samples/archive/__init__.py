"""A generated archive for benchmarks: `make()` adds articles with tags, photos, comments and views like a city's.

Rows are written with COPY, because Article.save() would take hours. The same seed on the same day generates the same
archive.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from django.db import connection, models, transaction
from django.db.models.functions import Lower
from django.utils import timezone

from comments.models import Comment
from news import photos, related, words
from news.models import Article, Category, Photo, Tag, TaggedArticle
from news.pageviews import most_read
from news.search import vocabulary
from portal.importers.saving import named
from portal.run import os_errors
from portal.samples import pictures
from portal.samples.archive import rows, sentences
from portal.samples.archive.rows import CREDIT, ID_DIGITS, Plan, source_key

MAX_ARTICLES = 5_000_000
BYTES_PER_ARTICLE = 20_000  # on the disk, with everything that belongs to it and the log of the database
COMPUTED_RELATED = 200  # newest articles whose related lists are computed as by the worker
_CHUNK = 1_000  # articles per transaction
_SWEEPS = 4
_WRITERS = 2  # threads; most of their time is spent in Postgres, in one process for each
_PICTURES = dict(
    zip(
        sentences.CATEGORIES,
        ["loket", "puskesmas", "sekolah", "jalan-malam", "taman", "pasar", "musyawarah", "festival"],
        strict=True,
    )
)
_MODELS: list[type[models.Model]] = [Tag, TaggedArticle, *rows.MODELS]
_TABLES = ", ".join(model._meta.db_table for model in _MODELS)


class Made(NamedTuple):
    articles: int
    comments: int


def lack_of_room(folder: Path, count: int) -> str:
    """A sentence if the disk of this folder has too little room for so many articles, else ""."""
    return os_errors.lack_of_room(folder, count * BYTES_PER_ARTICLE)


def has_other_articles() -> bool:
    """Whether there are articles that make() did not write.

    Each condition is one range of the unique index on source and source_key, so the check is fast even for millions of
    generated articles. Keys of equal length ending in digits sort between the first and the last in any collation.
    """
    others = [
        models.Q(source__gt=""),
        models.Q(source="", source_key=None),
        models.Q(source="", source_key__lt=source_key(0)),
        models.Q(source="", source_key__gt=source_key(10**ID_DIGITS - 1)),
    ]
    return any(Article.objects.filter(condition).exists() for condition in others)


def make(count: int, seed: int, bar) -> Made:
    """Adds `count` articles and shows the progress on `bar`, a tqdm progress bar.

    An interrupted run leaves consistent data: each transaction writes a chunk of articles with everything that belongs
    to them."""
    plan = _plan(count, seed)
    comments = 0
    with ThreadPoolExecutor(_WRITERS) as pool:
        try:
            bar.set_description("Menulis berita")
            with _without_autovacuum():
                chunks = [pool.submit(_in_thread, _write_chunk, plan, start) for start in _in_sweeps(count)]
                for chunk in as_completed(chunks):
                    articles_written, comments_written = chunk.result()
                    bar.update(articles_written)
                    comments += comments_written
            bar.set_description("Menata basis data")
            # Also flushes the search index's pending list, and makes index-only scans possible.
            _execute(f"VACUUM (ANALYZE) {_TABLES}")
            # Related lists weigh words by these counts. If there were none yet, both threads would start counting, and
            # the second would fail to get the lock.
            vocabulary.refresh(Article.objects.published())
            bar.set_description("Menghitung berita terkait")
            newest = range(max(plan.first, plan.first + count - COMPUTED_RELATED), plan.first + count)
            parts = [
                pool.submit(_in_thread, _compute_related, newest[start : start + 50])
                for start in range(0, len(newest), 50)
            ]
            for part in as_completed(parts):
                part.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    most_read.refresh()
    return Made(count, comments)


@contextmanager
def _without_autovacuum() -> Iterator[None]:
    """It skips locked tables. While they grow it would read a sample of the long texts again and again."""
    with transaction.atomic():
        _execute(f"LOCK TABLE {_TABLES} IN SHARE UPDATE EXCLUSIVE MODE")
        yield


def _in_sweeps(count: int) -> list[int]:
    """The first numbers of all chunks. Each sweep goes through all years, so that a run that is stopped leaves an
    archive of ten years; within it they are in order of time, since texts of two years at a time are kept."""
    return [start for sweep in range(_SWEEPS) for start in range(sweep * _CHUNK, count, _SWEEPS * _CHUNK)]


def _in_thread(work, *arguments):
    """Calls `work` in a thread of the pool, then closes the thread's own database connection."""
    try:
        return work(*arguments)
    finally:
        connection.close()


def _plan(count: int, seed: int) -> Plan:
    names = {rows.COMMON_TAG, *(tag for topic in sentences.TOPICS for tag in topic.tags), *sentences.TAIL_TAGS}
    names |= {place.lower() for district, villages in sentences.DISTRICTS.items() for place in [district, *villages]}
    return Plan(
        seed=seed,
        first=_reserve_ids(count),
        articles=count,
        now=timezone.localtime(),
        categories={name: named(Category, name).pk for name in sentences.CATEGORIES},
        tags={name: named(Tag, name).pk for name in sorted(names)},
        long_tail=_long_tail(rows.long_tail(count // rows.ARTICLES_PER_TAG)),
        photos={category: _photo(picture).pk for category, picture in _PICTURES.items()},
    )


def _reserve_ids(count: int) -> int:
    """Reserves `count` consecutive ids for the new articles; returns the first."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE news_article IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute("SELECT last_value + 1 FROM news_article_id_seq")
        first = cursor.fetchone()[0]
        # An import may have used ids above the sequence's value.
        while taken := Article.objects.filter(pk__range=(first, first + count - 1)).aggregate(pk=models.Max("pk"))[
            "pk"
        ]:
            first = taken + 1
        cursor.execute("SELECT setval('news_article_id_seq', %s)", [first + count - 1])
    return first


def _long_tail(names: list[str]) -> list[int]:
    """The ids of tags with these names, in this order; those that are missing are created."""
    Tag.objects.bulk_create(
        [Tag(name=name, slug=words.slug(name)) for name in names], batch_size=1_000, ignore_conflicts=True
    )
    known = dict(Tag.objects.annotate(low=Lower("name")).filter(low__in=names).values_list("low", "pk"))
    return [known[name] for name in names if name in known]


def _photo(picture: str) -> Photo:
    alt_text = f"Gambar {picture.replace('-', ' ')}"
    found = Photo.objects.filter(edition__gte=1, credit=CREDIT, alt_text=alt_text).first()
    if found is None:
        with pictures.path(picture).open("rb") as file:
            stored = photos.store(file)
        found = Photo.objects.create(**stored._asdict(), credit=CREDIT, alt_text=alt_text)
    return found


def _write_chunk(plan: Plan, start: int) -> tuple[int, int]:
    """Writes up to _CHUNK articles from number `start` on; returns how many articles and comments."""
    numbers = range(start, min(start + _CHUNK, plan.articles))
    made = rows.of_articles(plan, numbers, _new_ids(Photo), _new_ids(Comment))
    with transaction.atomic(), connection.cursor() as cursor:
        # A crash of the machine may lose the last chunks; larger batches are faster for the search index.
        cursor.execute("SET LOCAL synchronous_commit = off")
        cursor.execute("SET LOCAL work_mem = '32MB'")
        cursor.execute("SET LOCAL gin_pending_list_limit = '64MB'")
        for table in made.tables():
            _copy(cursor, table)
    return len(made.articles), len(made.comments)


def _new_ids(model: type[models.Model]) -> Iterator[int]:
    """Ids that no other row of this model gets. Those that are not used stay unused."""
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, 400)", [model._meta.db_table]
            )
            taken = cursor.fetchall()
        yield from [pk for (pk,) in taken]


def _copy(cursor, table: rows.Table) -> None:
    quote = connection.ops.quote_name
    stored = {field.attname: str(field.column) for field in table.model._meta.local_concrete_fields}
    columns = ", ".join([quote(stored[name]) for name in table.columns])
    with cursor.copy(f"COPY {quote(table.model._meta.db_table)} ({columns}) FROM STDIN") as copy:
        for row in table.rows:
            copy.write_row(row)


def _compute_related(pks: range) -> None:
    related.refresh(Article.objects.filter(pk__in=pks).defer("body", "body_stems", "search"))


def _execute(statement: str, parameters=None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
