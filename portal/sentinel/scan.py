"""The site sentinel: checks once a day everything that the portal stores and serves for what intruders leave behind in
government sites: gambling adverts, hidden links, foreign scripts, new superusers. It reports and changes nothing.

Every row is checked in Python, because a simple pattern in Postgres missed most of the disguises that were tried. At a
few milliseconds per row and a small share of a core, a million articles take most of a day.
"""

import logging
import time
from collections.abc import Iterator
from itertools import chain
from threading import Thread
from typing import NamedTuple
from urllib.request import Request, urlopen

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from comments.mail import outbox
from comments.models import Comment
from comments.triage import spam_score
from news import markup
from news.models import Article, Category, Correction, Finding, Notice, Page, Photo, Scan, Tag
from portal.sentinel.adverts import adverts_in
from portal.sentinel.parsed_page import ParsedPage

logger = logging.getLogger(__name__)

BATCH = 100  # rows
STEP = 0.2  # seconds of work at a time, because the worker's other jobs wait
PATIENCE = 60  # seconds for fetching all pages
SCORED = 1_000  # newest public comments whose spam score is checked
SPAM = 0.9  # probability; high, since a moderator has approved the comment
TIMEOUT = 5  # seconds without a response
PAGE_BYTES = 2_000_000  # of a page are read
# A visitor, and a search engine, to which hacked sites often show a different page ("cloaking").
_AGENTS = (
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
)


class _Place(NamedTuple):
    """A kind of rows with texts to check, and the admin page on which to correct them."""

    label: str
    rows: QuerySet
    texts: tuple[str, ...]
    admin: str  # the model's name in admin URLs
    html: str = ""  # the one of `texts` that contains HTML
    key: str = "id"  # the column with the id of the admin page
    long: bool = False  # news and comments may mention gambling; tags or banners have no reason to


def _places() -> list[_Place]:
    return [
        _Place("Berita", Article.objects.all(), ("title", "summary", "body"), "news_article", "body", long=True),
        _Place("Halaman", Page.objects.all(), ("title", "body"), "news_page", "body"),
        _Place("Pengumuman", Notice.objects.all(), ("title", "text", "link"), "news_notice"),
        _Place("Tag", Tag.objects.all(), ("name",), "news_tag"),
        _Place("Kategori", Category.objects.all(), ("name", "description"), "news_category"),
        _Place("Foto", Photo.objects.all(), ("alt_text", "caption", "credit"), "news_photo"),
        _Place("Ralat", Correction.objects.all(), ("text",), "news_article", key="article_id"),
        _Place("Komentar", Comment.objects.visible(), ("name", "text"), "comments_comment", long=True),
        _Place("Akun", User.objects.filter(is_staff=True), ("username", "first_name", "last_name"), "auth_user"),
    ]


class Sentinel:
    """Runs the scans in short steps. A scan that is interrupted by a restart of the worker starts over."""

    def __init__(self) -> None:
        self._steps: Iterator[None] | None = None

    def step(self) -> None:
        """Continues the current scan, or begins one that is due."""
        if self._steps is None and Scan.objects.is_due():
            self._steps = _scan()
        end = time.monotonic() + STEP
        while self._steps is not None and time.monotonic() < end:
            if next(self._steps, self) is self:
                self._steps = None


def _scan() -> Iterator[None]:
    """Runs a scan; yields after each step."""
    scan = Scan.objects.begin()
    _check_superusers(scan)
    for opened in _check_served_pages():
        scan.pages += opened
        yield
    for checked in chain(*map(_check_rows, _places()), _check_spam_scores()):
        scan.looked_at += checked
        yield
    scan.finish()
    _report(scan)


# ---- What the database contains


def _check_rows(place: _Place) -> Iterator[int]:
    """Checks the rows of one place in batches; yields the size of each batch."""
    last, rows = 0, place.rows.order_by("id").values(*{"id", place.key, *place.texts})
    while batch := list(rows.filter(id__gt=last)[:BATCH]):
        for row in batch:
            _check_row(place, row)
        yield len(batch)
        last = batch[-1]["id"]


def _check_row(place: _Place, row: dict) -> None:
    where = f"{place.label} {row['id']}"
    if place.label != "Komentar":  # findings must not keep a citizen's name after the comment is gone
        where += f": {row[place.texts[0]]}"

    def note(kind, excerpt):
        address = reverse(f"admin:{place.admin}_change", args=[row[place.key]])
        Finding.objects.note(kind, where, address, excerpt)

    texts = [markup.plain_text(row[name]) if name == place.html else row[name] for name in place.texts]
    adverts = adverts_in("\n".join(texts))
    if len(adverts) >= (2 if place.long else 1):
        note(Finding.Kind.GAMBLING, ", ".join(adverts))
    if place.html:
        html = row[place.html]
        safe = _safe(html)
        if html != safe:  # the portal stores safe HTML only, so something else wrote this
            note(Finding.Kind.CODE, _first_difference(html, safe))
        for link in ParsedPage(html).hidden_links:
            note(Finding.Kind.HIDDEN_LINK, link)


def _safe(html: str) -> str:
    try:
        return markup.safe(html)
    except ValidationError:  # perhaps made so that nobody can read it
        return ""


def _first_difference(one: str, other: str) -> str:
    for place, (mine, theirs) in enumerate(zip(one, other, strict=False)):
        if mine != theirs:
            return one[max(0, place - 40) : place + 160]
    return one[len(other) :][:200] or one[-200:]


def _check_spam_scores() -> Iterator[int]:
    """Reports public comments that the current spam score rates as spam: a moderator's mistake, or worse."""
    for number, comment in enumerate(Comment.objects.visible().order_by("-id")[:SCORED]):
        score = spam_score.score(comment.text)
        if score.probability >= SPAM:
            address = reverse("admin:comments_comment_change", args=[comment.pk])
            Finding.objects.note(Finding.Kind.GAMBLING, f"Komentar {comment.pk}", address, "mirip spam")
        if number % BATCH == 0:
            yield 0


# ---- Superusers


def _check_superusers(scan: Scan) -> None:
    """Superusers at the first scan count as known; each later one is reported until somebody dismisses the finding."""
    present = {user.pk: user for user in User.objects.filter(is_superuser=True, is_active=True)}
    first = Scan.objects.filter(finished_at__isnull=False).order_by("pk").first()
    scan.superusers = list(present)
    known = set(first.superusers if first else present)
    for pk, user in present.items():
        if pk not in known:
            address = reverse("admin:auth_user_change", args=[pk])
            # Part of what makes a finding unique: in another format, known superusers would be reported once more.
            joined = f"dibuat {timezone.localtime(user.date_joined):%d-%m-%Y %H.%M}"
            Finding.objects.note(Finding.Kind.SUPERUSER, f"Akun {user.username}", address, joined)


# ---- What the portal serves, seen from outside


def _check_served_pages() -> Iterator[int]:
    """Checks pages as visitors get them; yields how many were checked.

    A thread fetches them, so that a hanging site does not block the worker. Pages that do not arrive in time are left
    out: reporting outages is a monitor's job."""
    newest = [article.get_absolute_url() for article in Article.objects.published().for_list()[:2]]
    requests = [
        (path, agent) for path in (*map(reverse, ("home", "articles", "robots")), *newest) for agent in _AGENTS
    ]
    pages: list[tuple[str, str, str]] = []  # path, agent, HTML
    fetching = Thread(target=_fetch, args=[requests, pages], daemon=True)
    fetching.start()
    end = time.monotonic() + PATIENCE
    while fetching.is_alive() and time.monotonic() < end:
        fetching.join(STEP)
        yield 0
    for path, agent, html in pages:
        _check_page(path, agent, html)
        yield 1


def _fetch(requests: list[tuple[str, str]], pages: list[tuple[str, str, str]]) -> None:
    for path, agent in requests:
        headers = {"User-Agent": agent, "Sec-Purpose": "preview"}  # is answered, but not counted
        try:
            request = Request(f"{settings.SITE_URL}{path}", headers=headers)
            with urlopen(request, timeout=TIMEOUT) as answer:
                pages.append((path, agent, answer.read(PAGE_BYTES).decode(errors="replace")))
        except OSError as error:
            logger.debug("Penjaga situs tidak dapat membuka %s%s: %s", settings.SITE_URL, path, error)
            return  # the list of findings shows that no page was opened


def _check_page(path: str, agent: str, html: str) -> None:
    parsed = ParsedPage(html, f"{settings.SITE_URL}{path}")
    visitor = "mesin pencari" if "Googlebot" in agent else "pengunjung"

    def note(kind, excerpt):
        Finding.objects.note(kind, f"Halaman {path} untuk {visitor}", path, excerpt)

    for address in parsed.fetched_elsewhere:
        note(Finding.Kind.CODE, address)
    for address in parsed.hidden_links:
        note(Finding.Kind.HIDDEN_LINK, address)
    if len(adverts := adverts_in(" ".join(parsed.texts))) >= 2:
        note(Finding.Kind.GAMBLING, ", ".join(adverts))


def _report(scan: Scan) -> None:
    """Queues an e-mail about new findings to everyone who may view them."""
    new = Finding.objects.open().filter(found_at__gte=scan.started_at)
    number = new.count()
    if not number:
        return
    lines = [f"- {finding}" for finding in new[:20]]
    text = "\n".join(
        [
            f"Penjaga situs menemukan {number} hal baru yang perlu dilihat:",
            "",
            *lines,
            *(["- dan lainnya"] if number > len(lines) else []),
            "",
            f"Periksa di {settings.SITE_URL}{reverse('admin:news_finding_changelist')}",
        ]
    )
    outbox.write_to_staff("news.view_finding", f"{settings.SITE_NAME}: temuan penjaga situs", text, kind="temuan")
