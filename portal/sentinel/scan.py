"""The site sentinel: checks once a day everything that the portal stores and serves for what intruders leave behind in
government sites: gambling adverts, hidden links, foreign scripts, pages made for search engines, files, changed code,
accounts. It reports and changes nothing. Here are the rows of the database; the rest stands beside this file.

Every row is checked in Python, because a simple pattern in Postgres missed most of the disguises that were tried. At a
few milliseconds per row and a small share of a core, a million articles take most of a day.
"""

import time
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.urls import reverse

from comments.mail import outbox
from comments.models import Comment
from comments.triage import spam_score
from news import markup
from news.models import Article, Category, Correction, Finding, Notice, Page, Photo, Scan, Tag
from portal.sentinel import accounts, files, release, served
from portal.sentinel.adverts import adverts_in
from portal.sentinel.links import Links
from portal.sentinel.parsed_page import ParsedPage

BATCH = 100  # rows
STEP = 0.2  # seconds of work at a time, because the worker's other jobs wait
SCORED = 1_000  # newest public comments whose spam score is checked
SPAM = 0.9  # probability; high, since a moderator has approved the comment


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
    accounts.check(scan)
    for opened in served.check():
        scan.pages += opened
        yield
    links = Links()
    rows = (_check_rows(place, links) for place in _places())
    for checked in chain(*rows, _check_spam_scores(), _check_links(links)):
        scan.looked_at += checked
        yield
    for read in chain(files.check(), release.check()):
        scan.files += read
        yield
    scan.finish()
    _report(scan)


# ---- What the database contains


def _check_rows(place: _Place, links: Links) -> Iterator[int]:
    """Checks the rows of one place in batches; yields the size of each batch."""
    last, rows = 0, place.rows.order_by("id").values(*{"id", place.key, *place.texts})
    while batch := list(rows.filter(id__gt=last)[:BATCH]):
        for row in batch:
            _check_row(place, row, links)
        yield len(batch)
        last = batch[-1]["id"]


def _check_row(place: _Place, row: dict, links: Links) -> None:
    where = f"{place.label} {row['id']}"
    if place.label != "Komentar":  # findings must not keep a citizen's name after the comment is gone
        where += f": {row[place.texts[0]]}"

    address = reverse(f"admin:{place.admin}_change", args=[row[place.key]])

    def note(kind, excerpt):
        Finding.objects.note(kind, where, address, excerpt)

    texts = [markup.plain_text(row[name]) if name == place.html else row[name] for name in place.texts]
    adverts = adverts_in("\n".join(texts))
    if len(adverts) >= (2 if place.long else 1):
        note(Finding.Kind.GAMBLING, ", ".join(adverts))
    links.add("\n".join(row[name] for name in place.texts), where, address)
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


def _check_links(links: Links) -> Iterator[int]:
    for site in links.bad():
        if site is not None:
            for where, address in links.places[site]:
                Finding.objects.note(Finding.Kind.LINK, where, address, site)
        yield 0


def _check_spam_scores() -> Iterator[int]:
    """Reports public comments that the current spam score rates as spam: a moderator's mistake, or worse."""
    for number, comment in enumerate(Comment.objects.visible().order_by("-id")[:SCORED]):
        score = spam_score.score(comment.text)
        if score.probability >= SPAM:
            address = reverse("admin:comments_comment_change", args=[comment.pk])
            Finding.objects.note(Finding.Kind.GAMBLING, f"Komentar {comment.pk}", address, "mirip spam")
        if number % BATCH == 0:
            yield 0


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
