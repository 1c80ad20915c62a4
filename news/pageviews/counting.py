"""Counting the journals of page views, each line exactly once."""

import logging
import os
import re
import secrets
import time
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import QuerySet
from django.utils import timezone

from news.models import JournalOffset
from news.pageviews.agents import is_program
from news.pageviews.journal import DAY, HOUR
from news.pageviews.readers import BUCKETS, estimate
from news.pageviews.salt import create_once

logger = logging.getLogger(__name__)

CHUNK_BYTES = 8 * 1024 * 1024  # read and counted in one transaction: about 50,000 lines
CLOCKS_DIFFER = 3600  # seconds, at most, between hosts
QUARTER = 900  # seconds; every zone's day begins on a whole quarter of an hour
BIGINT_DIGITS = 18  # numbers of up to this many digits always fit

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,116}\.log")


def drain() -> int:
    """Counts the journals of this host; returns the number of views added.

    Whatever was journalled before the call has been counted when it returns, each view once, however many processes
    drain at a time and even if one of them is killed. Must be called outside a transaction. Files that are counted to
    their end and unchanged for a day are removed.

    Concurrent drains need no lock: a chunk's views are added in the same transaction that moves the file's offset past
    the chunk, and of two drains that read the same chunk only one still finds the offset at its beginning.
    """
    folder = Path(settings.PAGEVIEWS_DIR)
    folder_id = _folder_id(folder)
    # Rows before files: then a row without a file means that the file is gone, not that it was created in between.
    offsets = dict(JournalOffset.objects.filter(folder=folder_id).values_list("file", "offset"))
    files = _files(folder)
    JournalOffset.objects.bulk_create(
        [JournalOffset(folder=folder_id, file=name) for name in sorted(files) if name not in offsets],
        ignore_conflicts=True,
    )
    added = 0
    for name, stat in sorted(files.items()):
        row = JournalOffset.objects.filter(folder=folder_id, file=name)
        start = offsets.get(name, 0)
        if start > stat.st_size:
            # The end of the file was lost, as in a power cut. Counting it again would count most of its views twice.
            logger.warning("Berkas %s memendek; dihitung lagi mulai dari akhirnya.", name)
            row.filter(offset=start).update(offset=stat.st_size)
        added += _drain_file(row, folder / name, start, stat.st_size)
        if stat.st_mtime < time.time() - DAY:
            _remove(row, folder / name)
    gone = [name for name in offsets if name not in files]
    if gone:
        JournalOffset.objects.filter(folder=folder_id, file__in=gone).delete()
    return added


def oldest_waiting() -> float | None:
    """When the first line was written that is not counted yet, in seconds since 1970; None if all are counted."""
    folder = Path(settings.PAGEVIEWS_DIR)
    if not (folder / "id").exists():  # no drain has run
        return None
    offsets = dict(JournalOffset.objects.filter(folder=_folder_id(folder)).values_list("file", "offset"))
    waiting = [(folder / name, offsets.get(name, 0)) for name, stat in _files(folder).items()]
    return min(filter(None, (_written_at(path, offset) for path, offset in waiting)), default=None)


def _written_at(path: Path, offset: int) -> float | None:
    """The time of the whole line that begins here; None if there is none, or if nobody can read it."""
    with suppress(FileNotFoundError), path.open("rb") as file:
        file.seek(offset)
        line = file.readline(256)
        with suppress(ValueError):
            return float(line.partition(b"\t")[0]) if line.endswith(b"\n") else None
    return None


def _folder_id(folder: Path) -> str:
    """A random id of this folder, created once: offsets belong to it, not to a path that other hosts have too."""
    path = folder / "id"
    if not path.exists():
        create_once(path, secrets.token_hex(16))
    return path.read_text()


def _files(folder: Path) -> dict[str, os.stat_result]:
    files = {}
    with os.scandir(folder) as entries:
        for entry in entries:
            if _NAME.fullmatch(entry.name):
                with suppress(FileNotFoundError):  # removed by another drain
                    files[entry.name] = entry.stat()
    return files


def _drain_file(row: QuerySet[JournalOffset], path: Path, start: int, size: int) -> int:
    """Counts the lines from `start` to the last whole one before `size`, or a few more; returns the views added."""
    added, tries = 0, 2
    while start < size and (lines := _whole_lines(path, start)):
        reads = _count(lines)
        try:
            with transaction.atomic(durable=True):
                moved = row.filter(offset=start).update(offset=start + len(lines))
                new = _add(reads) if moved else 0
        except IntegrityError:  # an article was deleted between _add's SELECT and the commit: try again without it
            tries -= 1
            if not tries:
                raise
            continue
        if moved:
            added, start, tries = added + new, start + len(lines), 2
        else:  # another drain was first
            start = row.values_list("offset", flat=True).first() or size
    return added


def _whole_lines(path: Path, start: int) -> bytes:
    try:
        with path.open("rb", buffering=0) as file:
            file.seek(start)
            chunk = file.read(CHUNK_BYTES)
    except FileNotFoundError:  # removed by another drain
        return b""
    end = chunk.rfind(b"\n") + 1
    if not end and len(chunk) == CHUNK_BYTES:
        return chunk  # no line is so long: skip the garbage
    return chunk[:end]


@dataclass
class Reads:
    """Of one article in a quarter of an hour."""

    views: int = 0
    buckets: int = 0  # bit n is set: a reader of bucket n


def _count(lines: bytes) -> dict[tuple[int, int], Reads]:
    """Reads per article and quarter of an hour (since 1970) in these lines; broken lines are ignored.

    Lines of the release before have six fields, without a bucket: these are reads, but nobody knows whose.
    """
    seen: Counter[tuple[bytes, int, bytes]] = Counter()
    for line in lines.split(b"\n"):
        try:
            fields = line.split(b"\t")
            bucket = fields.pop() if len(fields) == 7 else UNKNOWN
            moment, article, method, status, purpose, agent = fields
            if method == b"GET" and status in _SHOWN and not _NOT_SHOWN.search(purpose) and not is_program(agent):
                seen[article, int(float(moment)) // QUARTER, bucket] += 1
        except (ValueError, OverflowError):
            continue
    reads: defaultdict[tuple[int, int], Reads] = defaultdict(Reads)
    for (article, quarter, bucket), number in seen.items():
        if article.isdigit() and len(article) <= BIGINT_DIGITS and (bucket == UNKNOWN or bucket in _BUCKETS):
            found = reads[int(article), quarter]
            found.views += number
            found.buckets |= _BUCKETS.get(bucket, 0)
    return reads


UNKNOWN = b"-"
_NOT_SHOWN = re.compile(rb"prefetch|preview")  # Sec-Purpose of a browser, and of the sentinel
_SHOWN = (b"200", b"304")
_BUCKETS = {
    spelling.encode(): 1 << number
    for number in range(BUCKETS)
    for spelling in (str(number), f"{number:03}")  # nginx writes three digits
}


def _add(reads: dict[tuple[int, int], Reads]) -> int:
    """Adds reads to totals and days, and readers to days; returns the number of views added.

    Left out are articles that do not exist, and times before an article was published or after tomorrow. Rows are
    always locked in the same order, totals first, so that drains of several hosts cannot deadlock.
    """
    with connection.cursor() as cursor:
        times = _possible_times(cursor, {article for article, _ in reads})
        possible = [(key, found) for key, found in sorted(reads.items()) if key[1] in times.get(key[0], ())]
        if not possible:
            return 0
        totals: Counter[int] = Counter()
        days: defaultdict[tuple[int, date], int] = defaultdict(int)
        hours: defaultdict[tuple[int, datetime], int] = defaultdict(int)
        for (article, quarter), found in possible:
            totals[article] += found.views
            days[article, _day(quarter)] += found.views
            if found.buckets:
                hours[article, _hour(quarter)] |= found.buckets
        _add_totals(cursor, totals)
        _add_days(cursor, days, _add_readers(cursor, hours) if hours else {})
        return sum(totals.values())


def _possible_times(cursor: CursorWrapper, articles: set[int]) -> dict[int, range]:
    """The quarters of an hour in which each article can have been read, for those that exist."""
    cursor.execute(
        """
        SELECT id, extract(epoch FROM published_at)::bigint FROM news_article
        WHERE id = ANY(%s::bigint[]) AND published_at IS NOT NULL
        """,
        [list(articles)],
    )
    end = int(time.time() + DAY) // QUARTER + 1
    return {article: range((published - CLOCKS_DIFFER) // QUARTER, end) for article, published in cursor.fetchall()}


def _add_totals(cursor: CursorWrapper, totals: dict[int, int]) -> None:
    cursor.execute(
        """
        INSERT INTO news_articleviews AS stored (article_id, counted, imported)
        SELECT article, number, 0 FROM unnest(%s::bigint[], %s::bigint[]) AS new (article, number)
        ON CONFLICT (article_id) DO UPDATE SET counted = stored.counted + excluded.counted
        """,
        [list(totals), list(totals.values())],
    )


def _add_days(cursor: CursorWrapper, views: dict[tuple[int, date], int], readers: dict[tuple[int, date], int]) -> None:
    # Where the zone is not whole hours from UTC, the day of an hour may be another than that of its views.
    rows = [(*key, views.get(key, 0), readers.get(key, 0)) for key in sorted(views.keys() | readers.keys())]
    cursor.execute(
        """
        INSERT INTO news_dailyviews AS stored (article_id, day, views, readers)
        SELECT article, day, number, readers
        FROM unnest(%s::bigint[], %s::date[], %s::bigint[], %s::bigint[]) AS new (article, day, number, readers)
        ON CONFLICT (day, article_id) DO UPDATE
        SET views = stored.views + excluded.views,
            readers = coalesce(stored.readers, stored.views) + excluded.readers
        """,
        [list(column) for column in zip(*rows, strict=True)],
    )


def _add_readers(cursor: CursorWrapper, hours: dict[tuple[int, datetime], int]) -> Counter[tuple[int, date]]:
    """Stores which buckets were hit; returns how many readers that adds to each article and day.

    Must be called while the articles' rows of totals are locked: nobody else changes their buckets meanwhile.
    """
    cursor.execute(
        """
        SELECT article_id, hour, buckets FROM news_hourlyreaders
        WHERE (article_id, hour) IN (SELECT * FROM unnest(%s::bigint[], %s::timestamptz[]))
        """,
        [[article for article, _ in hours], [hour for _, hour in hours]],
    )
    stored = {(article, hour): int.from_bytes(buckets) for article, hour, buckets in cursor.fetchall()}
    readers: Counter[tuple[int, date]] = Counter()
    for (article, hour), hit in hours.items():
        before = stored.get((article, hour), 0)
        stored[article, hour] = before | hit
        added = estimate((before | hit).bit_count()) - estimate(before.bit_count())
        readers[article, timezone.localdate(hour)] += added
    cursor.execute(
        """
        INSERT INTO news_hourlyreaders (article_id, hour, buckets)
        SELECT * FROM unnest(%s::bigint[], %s::timestamptz[], %s::bytea[])
        ON CONFLICT (hour, article_id) DO UPDATE SET buckets = excluded.buckets
        """,
        [
            [article for article, _ in stored],
            [hour for _, hour in stored],
            [buckets.to_bytes(BUCKETS // 8) for buckets in stored.values()],
        ],
    )
    return readers


def _day(quarter: int) -> date:
    return datetime.fromtimestamp(quarter * QUARTER, timezone.get_default_timezone()).date()


def _hour(quarter: int) -> datetime:
    return datetime.fromtimestamp(quarter * QUARTER // HOUR * HOUR, UTC)


def _remove(row: QuerySet[JournalOffset], path: Path) -> None:
    """Removes a file that is counted to its end. Nothing writes to it: its process is dead or uses a newer file."""
    offset = row.values_list("offset", flat=True).first()
    if offset is not None and not _whole_lines(path, offset):
        path.unlink(missing_ok=True)  # before the row: a file without its row would be counted again
        row.delete()
