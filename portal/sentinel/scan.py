"""The site sentinel: looks once a day at all that the portal holds and serves for what those leave behind who break
into government sites: adverts of gambling, hidden links, foreign scripts, new superusers. It reports, changes nothing.

Every row is looked at here, not by a pattern in Postgres: a coarse one let most of what was tried through. At a few
milliseconds a row and a small share of a core a million articles take most of a day.
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
STEP = 0.2  # seconds of work at a time, as the worker's other jobs wait
PATIENCE = 60  # seconds, for all pages of our own
SCORED = 1_000  # of the newest public comments
SPAM = 0.9  # a probability; a moderator has found the comment in order
TIMEOUT = 5  # seconds without a byte
PAGE_BYTES = 2_000_000
# A visitor, and the search engine to which broken-into sites show another page ("cloaking").
_AGENTS = (
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
)


class _Place(NamedTuple):
    """What kind of rows hold texts, which of them, and where a person mends them."""

    label: str
    rows: QuerySet
    texts: tuple[str, ...]
    admin: str  # whose page in the admin
    html: str = ""  # the field of them that holds HTML
    key: str = "id"  # the column that names that page
    long: bool = False  # news and comments may talk about gambling; a tag or a banner has no reason to


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
    """Looks in short steps; a new worker starts over."""

    def __init__(self):
        self._steps: Iterator[None] | None = None

    def step(self) -> None:
        """Goes on with the look that is under way, or begins the one that is due."""
        if self._steps is None and Scan.objects.is_due():
            self._steps = _look()
        end = time.monotonic() + STEP
        while self._steps is not None and time.monotonic() < end:
            if next(self._steps, self) is self:
                self._steps = None


def look() -> Scan:
    """A whole look at once."""
    for _ in _look():
        pass
    return Scan.objects.finished().first()


def _look() -> Iterator[None]:
    scan = Scan.objects.begin()
    _superusers(scan)
    for opened in _served():
        scan.pages += opened
        yield
    for looked_at in chain(*map(_held, _places()), _disguised_comments()):
        scan.looked_at += looked_at
        yield
    scan.finish()
    _report(scan)


# ---- What the database holds


def _held(place: _Place) -> Iterator[int]:
    """Looks through one place, a batch of rows at a time; yields how many there were."""
    last, rows = 0, place.rows.order_by("id").values(*{"id", place.key, *place.texts})
    while batch := list(rows.filter(id__gt=last)[:BATCH]):
        for row in batch:
            _close_look(place, row)
        yield len(batch)
        last = batch[-1]["id"]


def _close_look(place: _Place, row: dict) -> None:
    where = f"{place.label} {row['id']}"
    if place.label != "Komentar":  # a citizen's name does not outlive the comment here
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
        if html != markup.sanitise(html):  # what the portal stores is clean: somebody wrote past it
            note(Finding.Kind.CODE, _first_difference(html, markup.sanitise(html)))
        for link in ParsedPage(html).hidden_links:
            note(Finding.Kind.HIDDEN_LINK, link)


def _first_difference(one: str, other: str) -> str:
    for place, (mine, theirs) in enumerate(zip(one, other, strict=False)):
        if mine != theirs:
            return one[max(0, place - 40) : place + 160]
    return one[len(other) :][:200] or one[-200:]


def _disguised_comments() -> Iterator[int]:
    """Public comments that the triage takes for spam, by all that it has learned: a moderator's slip, or worse."""
    for number, comment in enumerate(Comment.objects.visible().order_by("-id")[:SCORED]):
        score = spam_score.score(comment.text)
        if score.probability >= SPAM:
            address = reverse("admin:comments_comment_change", args=[comment.pk])
            Finding.objects.note(Finding.Kind.GAMBLING, f"Komentar {comment.pk}", address, "mirip spam")
        if number % BATCH == 0:
            yield 0


# ---- Who may do everything


def _superusers(scan: Scan) -> None:
    """Those that were there at the first look are taken as known; every later one is told until someone vouches."""
    present = {user.pk: user for user in User.objects.filter(is_superuser=True, is_active=True)}
    first = Scan.objects.filter(finished_at__isnull=False).order_by("pk").first()
    scan.superusers = list(present)
    known = set(first.superusers if first else present)
    for pk, user in present.items():
        if pk not in known:
            address = reverse("admin:auth_user_change", args=[pk])
            joined = f"dibuat {timezone.localtime(user.date_joined):%d-%m-%Y %H.%M}"
            Finding.objects.note(Finding.Kind.SUPERUSER, f"Akun {user.username}", address, joined)


# ---- What the portal serves, as from outside


def _served() -> Iterator[int]:
    """Looks at pages as each visitor gets them. A thread fetches them, since a site that hangs is not to hold up the
    worker; what cannot be had in time is left out, for that is what a monitor tells."""
    newest = [article.get_absolute_url() for article in Article.objects.published().for_list()[:2]]
    asked = [(path, agent) for path in (*map(reverse, ("home", "articles", "robots")), *newest) for agent in _AGENTS]
    pages: list[tuple[str, str, str]] = []
    fetching = Thread(target=_fetch, args=[asked, pages], daemon=True)
    fetching.start()
    end = time.monotonic() + PATIENCE
    while fetching.is_alive() and time.monotonic() < end:
        fetching.join(STEP)
        yield 0
    for path, agent, html in pages:
        _close_look_at_page(path, agent, html)
        yield 1


def _fetch(asked: list[tuple[str, str]], pages: list[tuple[str, str, str]]) -> None:
    for path, agent in asked:
        headers = {"User-Agent": agent, "Sec-Purpose": "prefetch"}  # no view to be counted
        try:
            request = Request(f"{settings.SITE_URL}{path}", headers=headers)
            with urlopen(request, timeout=TIMEOUT) as answer:
                pages.append((path, agent, answer.read(PAGE_BYTES).decode(errors="replace")))
        except OSError as error:
            logger.debug("Penjaga situs tidak dapat membuka %s%s: %s", settings.SITE_URL, path, error)
            return  # the list of findings tells that no page was opened


def _close_look_at_page(path: str, agent: str, html: str) -> None:
    parsed = ParsedPage(html, f"{settings.SITE_URL}{path}")
    visitor = "mesin pencari" if "Googlebot" in agent else "pengunjung"

    def note(kind, excerpt):
        Finding.objects.note(kind, f"Halaman {path} untuk {visitor}", path, excerpt)

    for each in parsed.fetched_elsewhere:
        note(Finding.Kind.CODE, each)
    for each in parsed.hidden_links:
        note(Finding.Kind.HIDDEN_LINK, each)
    if len(adverts := adverts_in(" ".join(parsed.words))) >= 2:
        note(Finding.Kind.GAMBLING, ", ".join(adverts))


def _report(scan: Scan) -> None:
    """An e-mail to those who may look at findings, about what is new."""
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
