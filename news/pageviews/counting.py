"""Counting the journals of page views, each line exactly once."""

import logging
import os
import re
import secrets
import time
from collections import Counter
from contextlib import suppress
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from news.models import JournalOffset
from news.pageviews.journal import DAY

logger = logging.getLogger(__name__)

CHUNK_BYTES = 8 * 1024 * 1024  # read and counted in one transaction: about 50,000 lines
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


def _folder_id(folder: Path) -> str:
    """A random id of this folder, created once: offsets belong to it, not to a path that other hosts have too."""
    path = folder / "id"
    if not path.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = folder / f"id.{secrets.token_hex(8)}"
        with draft.open("w") as file:
            file.write(secrets.token_hex(16))
            file.flush()
            os.fsync(file.fileno())  # after a power cut the id could be empty, and shared with other hosts
        with suppress(FileExistsError):
            os.link(draft, path)  # atomic, and fails if another process was first
        draft.unlink()
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
        views = _count(lines)
        try:
            with transaction.atomic(durable=True):
                moved = row.filter(offset=start).update(offset=start + len(lines))
                new = _add(views) if moved else 0
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


def _count(lines: bytes) -> dict[tuple[int, date], int]:
    """Views per article and day (in the city's time zone) in these lines; broken lines are ignored."""
    seen: Counter[tuple[bytes, int]] = Counter()
    for line in lines.split(b"\n"):
        try:
            moment, article, method, status, purpose, agent = line.split(b"\t")
            if method == b"GET" and status in _SHOWN and b"prefetch" not in purpose and not _is_bot(agent):
                seen[article, int(float(moment)) // QUARTER] += 1
        except (ValueError, OverflowError):
            continue
    views: Counter[tuple[int, date]] = Counter()
    zone = timezone.get_default_timezone()
    for (article, quarter), number in seen.items():
        if article.isdigit() and len(article) <= BIGINT_DIGITS:
            with suppress(ValueError, OverflowError, OSError):  # a time out of range
                views[int(article), datetime.fromtimestamp(quarter * QUARTER, zone).date()] += number
    return views


_SHOWN = (b"200", b"304")


@lru_cache(maxsize=10_000)
def _is_bot(agent: bytes) -> bool:
    return agent in (b"", b"-") or bool(_bots().search(agent))


@lru_cache(maxsize=1)
def _bots() -> re.Pattern:
    # Imported here: only processes that drain need the list, gunicorn's workers do not.
    from crawleruseragents import CRAWLER_USER_AGENTS_DATA

    return re.compile("|".join(bot["pattern"] for bot in CRAWLER_USER_AGENTS_DATA).encode())


def _add(views: dict[tuple[int, date], int]) -> int:
    """Adds views to totals and days, except those of articles that do not exist; returns the number of views added.

    Rows are always locked in the same order, totals first, so that drains of several hosts cannot deadlock.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM news_article WHERE id = ANY(%s::bigint[])", [list({article for article, _ in views})]
        )
        existing = {article for (article,) in cursor.fetchall()}
        rows = sorted((article, day, number) for (article, day), number in views.items() if article in existing)
        if not rows:
            return 0
        totals: Counter[int] = Counter()
        for article, _, number in rows:
            totals[article] += number
        cursor.execute(
            """
            INSERT INTO news_articleviews AS stored (article_id, counted, imported)
            SELECT article, number, 0 FROM unnest(%s::bigint[], %s::bigint[]) AS new (article, number)
            ON CONFLICT (article_id) DO UPDATE SET counted = stored.counted + excluded.counted
            """,
            [list(totals), list(totals.values())],
        )
        cursor.execute(
            """
            INSERT INTO news_dailyviews AS stored (article_id, day, views)
            SELECT article, day, number
            FROM unnest(%s::bigint[], %s::date[], %s::bigint[]) AS new (article, day, number)
            ON CONFLICT (day, article_id) DO UPDATE SET views = stored.views + excluded.views
            """,
            [list(column) for column in zip(*rows, strict=True)],
        )
        return sum(totals.values())


def _remove(row: QuerySet[JournalOffset], path: Path) -> None:
    """Removes a file that is counted to its end. Nothing writes to it: its process is dead or uses a newer file."""
    offset = row.values_list("offset", flat=True).first()
    if offset is not None and not _whole_lines(path, offset):
        path.unlink(missing_ok=True)  # before the row: a file without its row would be counted again
        row.delete()
