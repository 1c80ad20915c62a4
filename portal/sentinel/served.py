"""What the portal serves, seen from outside through SITE_URL: the same pages as a visitor, as search engines and as
somebody who comes from one. Hacked government sites show their adverts only to the latter ("cloaking").

Who tells search engines by their networks, and not by what they call themselves, is not seen from here.
"""

import logging
import re
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from http.client import HTTPException
from random import randint
from threading import Thread
from typing import NamedTuple
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from django.conf import settings
from django.db.models import Max, Min
from django.urls import reverse

from news.models import Article, Finding
from portal.sentinel.adverts import adverts_in
from portal.sentinel.parsed_page import ParsedPage

logger = logging.getLogger(__name__)

PATIENCE = 60  # seconds for fetching all pages
STEP = 0.2  # seconds, because the worker's other jobs wait
TIMEOUT = 5  # seconds without a response
PAGE_BYTES = 2_000_000  # of a page are read
NEWEST, OLDER = 2, 10  # articles that are opened; the older ones are others every day
_PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36"
PERSON = "pengunjung"
_VISITORS = {
    PERSON: {"User-Agent": _PHONE},
    "mesin pencari": {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
    "mesin pencari Bing": {
        "User-Agent": "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    },
    "pengunjung dari mesin pencari": {"User-Agent": _PHONE, "Referer": "https://www.google.com/"},
}


class Look(NamedTuple):
    """A page as one kind of visitor gets it, and how it differs from what a visitor gets: "" if it does not."""

    path: str
    visitor: str
    html: str
    difference: str


def check() -> Iterator[int]:
    """Yields how many pages were opened.

    A thread fetches them, so that a hanging site does not block the worker. Pages that do not arrive in time are left
    out: reporting outages is a monitor's job."""
    looks: list[Look] = []
    fetching = Thread(target=_look_at_all, args=[_paths(), looks], daemon=True)
    fetching.start()
    end = time.monotonic() + PATIENCE
    while fetching.is_alive() and time.monotonic() < end:
        fetching.join(STEP)
        yield 0
    for look in looks:
        _judge(look)
        yield 1


def _paths() -> list[str]:
    published = Article.objects.published()
    articles = [*published.for_list()[:NEWEST]]
    ends = published.aggregate(first=Min("pk"), last=Max("pk"))
    if articles:
        chosen = (published.filter(pk__gte=randint(ends["first"], ends["last"])) for _ in range(OLDER))  # noqa: S311
        articles += [article for each in chosen if (article := each.order_by("pk").first())]
    pages = map(reverse, ("home", "articles", "search", "robots", "feed", "sitemap"))
    return list(dict.fromkeys([*pages, *(article.get_absolute_url() for article in articles)]))


def _judge(look: Look) -> None:
    parsed = ParsedPage(look.html, f"{settings.SITE_URL}{look.path}")

    def note(kind, excerpt):
        Finding.objects.note(kind, f"Halaman {look.path} untuk {look.visitor}", look.path, excerpt)

    if look.difference:
        note(Finding.Kind.CLOAKING, look.difference)
    elif look.visitor != PERSON:
        return  # the same page once more
    for address in parsed.fetched_elsewhere:
        note(Finding.Kind.CODE, address)
    for address in parsed.hidden_links:
        note(Finding.Kind.HIDDEN_LINK, address)
    if len(adverts := adverts_in(" ".join(parsed.texts))) >= 2:
        note(Finding.Kind.GAMBLING, ", ".join(adverts))


# ---- Fetching


class _Stay(HTTPRedirectHandler):
    """Where a redirect leads is looked at, and not followed: it may be another site."""

    def redirect_request(self, *arguments, **named):
        return None


_opener = build_opener(_Stay, ProxyHandler({}))


class Answer(NamedTuple):
    html: str
    parts: frozenset[str]  # each tag and piece of text, and where it leads


def _look_at_all(paths: list[str], looks: list[Look]) -> None:
    try:
        for path in paths:
            looks += _looks_at(path)
    except (OSError, HTTPException) as error:
        # The list of findings shows how many pages were opened.
        logger.debug("Penjaga situs tidak dapat membuka %s: %s", settings.SITE_URL, error)


def _looks_at(path: str) -> Iterator[Look]:
    before = _fetch(path, PERSON)
    others = {visitor: _fetch(path, visitor) for visitor in _VISITORS if visitor != PERSON}
    after = _fetch(path, PERSON)
    yield Look(path, PERSON, after.html, "")
    for visitor, answer in others.items():
        yield Look(path, visitor, answer.html, _difference(path, visitor, before, answer, after))


def _difference(path: str, visitor: str, before: Answer, answer: Answer, after: Answer) -> str:
    """What only this visitor gets, or does not get, in two looks: a page may just have changed."""
    added, missing = answer.parts - before.parts - after.parts, before.parts & after.parts - answer.parts
    if not added and not missing:
        return ""
    again, last = _fetch(path, visitor), _fetch(path, PERSON)
    added, missing = added & again.parts - last.parts, missing & last.parts - again.parts
    said = [f"hanya untuk {visitor}: {', '.join(sorted(added))[:200]}"] if added else []
    said += [f"tidak untuk {visitor}: {', '.join(sorted(missing))[:200]}"] if missing else []
    return "; ".join(said)


def _fetch(path: str, visitor: str) -> Answer:
    """Raises OSError if the site is out of order."""
    headers = _VISITORS[visitor] | {"Sec-Purpose": "preview"}  # is answered, but not counted
    request = Request(f"{settings.SITE_URL}{path}", headers=headers)  # noqa: S310 (settings: http or https)
    try:
        with _opener.open(request, timeout=TIMEOUT) as answer:
            html = answer.read(PAGE_BYTES).decode(errors="replace")
            return Answer(html, frozenset(_Parts(html).found))
    except HTTPError as refusal:
        with refusal:
            if refusal.code >= 500 or refusal.code == 429:
                raise
            leads_to = refusal.headers.get("Location")
            return Answer("", frozenset({f"dialihkan ke {leads_to}" if leads_to else f"jawaban {refusal.code}"}))


class _Parts(HTMLParser):
    """The tags and texts of a page, with numbers as 0: reads are counted meanwhile."""

    def __init__(self, html: str):
        super().__init__()
        self.found: set[str] = set()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        values = [f'{name}="{value}"' for name, value in attributes if value]
        self._add(f"<{' '.join([tag, *values])}>")

    def handle_data(self, data):
        self._add(data)

    def handle_comment(self, data):
        self._add(data)

    def _add(self, part: str) -> None:
        if part := re.sub(r"\d+", "0", " ".join(part.split())):
            self.found.add(part)
