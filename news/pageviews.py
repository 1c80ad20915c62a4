"""Which article was read how often: a journal of page views, counted exactly once.

A response that shows a published article names it in `X-Pageview`. Who delivers it appends one line to a file of its
own in PAGEVIEWS_DIR, and the worker counts the lines (`drain`). Fields are parted by tabs, "-" stands for none:

    unix seconds.milliseconds, article id, method, status, Sec-Purpose, user agent

Django writes its lines below; nginx writes the same format with `access_log`, and so counts pages of its cache too.
"""

import logging
import os
import re
import secrets
import threading
import time
from collections import Counter
from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from news import proxies
from news.models import Article, JournalOffset, MostRead

logger = logging.getLogger(__name__)

HEADER = "X-Pageview"
DAY = 86400  # seconds
AGENT_CHARS = 400  # crawlers name themselves at the end, browsers need 200
CHUNK_BYTES = 8 * 1024 * 1024  # read and counted in one transaction: about 50,000 lines
QUARTER = 900  # seconds; every zone's day begins on a whole quarter of an hour
MOST_READ_PLACES = 50
BIGINT_DIGITS = 18  # so many always fit


# ---- Writing


class JournalMiddleware:
    """Journals the views that this process answers, and keeps `X-Pageview` from the reader.

    A trusted proxy that sends `X-Journal: nginx` writes the lines itself: it gets the header, and no line is written.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        article = response.headers.get(HEADER)
        if article is not None and not _proxy_journals(request):
            del response.headers[HEADER]
            _journal.append(
                article,
                _field(request.method, 20),
                response.status_code,
                _field(request.META.get("HTTP_SEC_PURPOSE", ""), 40),
                _field(request.META.get("HTTP_USER_AGENT", ""), AGENT_CHARS),
            )
        return response


def _proxy_journals(request) -> bool:
    if request.META.get("HTTP_X_JOURNAL") != "nginx":
        return False
    try:
        return proxies.is_trusted(proxies.parse(proxies.peer(request)))
    except ValueError:
        return False


_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")


def _field(text: str, limit: int) -> str:
    return _CONTROLS.sub(" ", text[:limit]).strip() or "-"


class _Journal:
    """The file that this process appends to: a new one each day (UTC) and after a fork.

    Its name is random, since process numbers come again: a line that a kill tore must never become the beginning of
    another process's line.
    """

    def __init__(self):
        self.lock = threading.Lock()  # a thread must not write to a descriptor that another one has just closed
        self.descriptor = None
        self.opened_for = None
        self.quiet_until = 0.0

    def append(self, *fields) -> None:
        """One line in one write. Where the disk refuses it the view is lost, but the reader gets the page."""
        now = time.time()
        line = "\t".join(map(str, (f"{now:.3f}", *fields))) + "\n"
        with self.lock:
            try:
                self._write(line.encode("latin-1", "replace"), now)
            except OSError as error:
                if now >= self.quiet_until:
                    self.quiet_until = now + 60
                    logger.error("Jumlah baca tidak tercatat, %s: %s", settings.PAGEVIEWS_DIR, error)

    def _write(self, line: bytes, now: float) -> None:
        wanted = (os.getpid(), int(now // DAY), settings.PAGEVIEWS_DIR)
        if self.opened_for != wanted:
            self._open(wanted, now)
        written = os.write(self.descriptor, line)
        if written < len(line):  # the disk is full; half a line would spoil the next one
            os.ftruncate(self.descriptor, os.fstat(self.descriptor).st_size - written)
            raise OSError("ruang cakram habis")

    def _open(self, wanted: tuple, now: float) -> None:
        if self.descriptor is not None:
            os.close(self.descriptor)
            self.descriptor = self.opened_for = None
        folder = Path(settings.PAGEVIEWS_DIR)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = f"django-{os.getpid()}-{secrets.token_hex(4)}-{time.strftime('%Y-%m-%d', time.gmtime(now))}.log"
        self.descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o640)
        self.opened_for = wanted


_journal = _Journal()


# ---- Counting

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,116}\.log")


def drain() -> int:
    """Counts the journals of this host; gives the number of views added.

    Whatever was journalled before the call is counted when it returns, each view once, however many processes drain
    at a time and whenever one of them is killed. Must be called outside of a transaction. Files that are counted to
    their end and unchanged for a day are removed.

    No lock keeps other drains away: a chunk's views are added in the same transaction that moves the file's offset
    from where the chunk began, and of two drains that read the same chunk only one finds the offset still there.
    """
    folder = Path(settings.PAGEVIEWS_DIR)
    folder_id = _folder_id(folder)
    # Rows before files: a row without a file is then one whose file is gone, never one that was made in between.
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
            # Its end was lost, as after a power cut. To count it anew would count most of its views twice.
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
    """A random name for this folder, made once: offsets belong to it, not to a path that another host has too."""
    path = folder / "id"
    if not path.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = folder / f"id.{secrets.token_hex(8)}"
        with draft.open("w") as file:
            file.write(secrets.token_hex(16))
            file.flush()
            os.fsync(file.fileno())  # an empty id after a power cut would be everybody's
        with suppress(FileExistsError):
            os.link(draft, path)  # atomic, and fails where another process was first
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


def _drain_file(row, path: Path, start: int, size: int) -> int:
    """Adds the views from `start` on, up to the last whole line before `size` or a little further."""
    added, tries = 0, 2
    while start < size and (lines := _whole_lines(path, start)):
        views = _count(lines)
        try:
            with transaction.atomic(durable=True):
                moved = row.filter(offset=start).update(offset=start + len(lines))
                new = _add(views) if moved else 0
        except IntegrityError:  # an article was deleted between _add's look and the commit: the next look misses it
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
        return chunk  # no line is so long: rubbish, to be passed over
    return chunk[:end]


def _count(lines: bytes) -> dict[tuple[int, date], int]:
    """Views per article and day (of the city's calendar) among these lines; broken lines count nothing."""
    seen = Counter()
    for line in lines.split(b"\n"):
        try:
            moment, article, method, status, purpose, agent = line.split(b"\t")
            if method == b"GET" and status in _SHOWN and b"prefetch" not in purpose and not _is_bot(agent):
                seen[article, int(float(moment)) // QUARTER] += 1
        except (ValueError, OverflowError):
            continue
    views, zone = Counter(), timezone.get_default_timezone()
    for (article, quarter), number in seen.items():
        if article.isdigit() and len(article) <= BIGINT_DIGITS:
            with suppress(ValueError, OverflowError, OSError):  # a time that no calendar has
                views[int(article), datetime.fromtimestamp(quarter * QUARTER, zone).date()] += number
    return views


_SHOWN = (b"200", b"304")


@lru_cache(maxsize=10_000)
def _is_bot(agent: bytes) -> bool:
    return agent in (b"", b"-") or bool(_bots().search(agent))


@lru_cache(maxsize=1)
def _bots() -> re.Pattern:
    # Imported here: only who drains needs the list, and gunicorn's workers do not.
    from crawleruseragents import CRAWLER_USER_AGENTS_DATA

    return re.compile("|".join(bot["pattern"] for bot in CRAWLER_USER_AGENTS_DATA).encode())


def _add(views: dict[tuple[int, date], int]) -> int:
    """Adds to totals and days, articles that do not exist left out; gives the number of views added.

    Rows are always taken in the same order, totals first, so that drains of several hosts cannot deadlock.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM news_article WHERE id = ANY(%s::bigint[])", [list({article for article, _ in views})]
        )
        existing = {article for (article,) in cursor.fetchall()}
        rows = sorted((article, day, number) for (article, day), number in views.items() if article in existing)
        if not rows:
            return 0
        totals = Counter()
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


def _remove(row, path: Path) -> None:
    """Removes a file in which nothing is left to count. Nobody writes to it: its writer is dead or a day further."""
    offset = row.values_list("offset", flat=True).first()
    if offset is not None and not _whole_lines(path, offset):
        path.unlink(missing_ok=True)  # before the row: a file without its row would be counted again
        row.delete()


# ---- Terpopuler


def refresh_most_read() -> bool:
    """Computes the lists of MostRead anew; False when another process is doing so at this moment.

    Reads of the last 1, 7 and 30 days of the city's calendar, today included; of equals the newer article first.
    """
    published, parameters = Article.objects.published().values("id", "published_at").query.sql_with_params()
    today = timezone.localdate()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('news.pageviews.refresh_most_read'))")
        if not cursor.fetchone()[0]:
            return False
        cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0")  # the other cores are the readers'
        cursor.execute("DELETE FROM news_mostread")
        for period in MostRead.Period.values:
            cursor.execute(
                f"""
                INSERT INTO news_mostread (period, rank, article_id, views)
                SELECT %s, row_number() OVER (ORDER BY views DESC, published_at DESC, id DESC), id, views
                FROM (
                    SELECT article.id, published_at, views
                    FROM (
                        SELECT article_id, sum(views) AS views
                        FROM news_dailyviews
                        WHERE day > %s AND day <= %s
                        GROUP BY article_id
                    ) AS reads
                    JOIN ({published}) AS article ON article.id = article_id
                    ORDER BY views DESC, published_at DESC, id DESC
                    LIMIT %s
                ) AS best
                """,  # noqa: S608 -- `published` is Django's own SQL with its parameters apart
                [period, today - timedelta(days=period), today, *parameters, MOST_READ_PLACES],
            )
    return True


def most_read(period: int, limit: int) -> list[Article]:
    """The most read articles of a MostRead.Period that are still published, best first, with `period_views`."""
    places = MostRead.objects.filter(period=period)
    own = places.filter(article=OuterRef("pk"))
    return list(
        Article.objects.published()
        .for_list()
        .filter(pk__in=places.values("article"))
        .annotate(period_views=Subquery(own.values("views")), period_rank=Subquery(own.values("rank")))
        .order_by("period_rank")[:limit]
    )
