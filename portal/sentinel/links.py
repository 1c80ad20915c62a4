"""Links to sites that nobody should be sent to: those named like a gambling site, and those on a list that the
operator keeps in DATA_DIR, for example the government's. Nothing is looked up anywhere else.

The list may have millions of lines, the portal links to some thousand sites: these are kept, the list is read once.
"""

import html
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from portal.sentinel.adverts import adverts_in

LIST = "situs-terlarang.txt"
MOST_SITES = 50_000
MOST_PLACES = 20  # of one site
_LINES = 20_000  # read at a time
_LINK = re.compile(r"(?:https?:)?//([^/\s\"'<>?#\\]+)", re.IGNORECASE)
Place = tuple[str, str]  # what it is called, its address in the newsroom


class Links:
    """The sites that the portal links to, with the first places of each."""

    def __init__(self) -> None:
        self.places: defaultdict[str, list[Place]] = defaultdict(list)
        self._own = site_of(urlsplit(settings.SITE_URL).netloc)

    def add(self, text: str, where: str, address: str) -> None:
        """Notes every site in a text or in HTML."""
        for site in {site_of(match[1]) for match in _LINK.finditer(html.unescape(text))} - {self._own, ""}:
            if site in self.places or len(self.places) < MOST_SITES:
                known = self.places[site]
                if len(known) < MOST_PLACES and (where, address) not in known:
                    known.append((where, address))

    def bad(self) -> Iterator[str | None]:
        """The sites that are to be reported; None after each piece of work."""
        for number, site in enumerate(list(self.places)):
            if adverts_in(re.sub(r"[.-]", " ", site)):
                yield site
            elif number % 100 == 0:
                yield None
        yield from self._listed(settings.DATA_DIR / LIST)

    def _listed(self, path: Path) -> Iterator[str | None]:
        """Those on the list, also as a part of a listed domain."""
        below = defaultdict(list)  # by each domain that they are in
        for site in self.places:
            labels = site.split(".")
            for start in range(len(labels) - 1):
                below[".".join(labels[start:])].append(site)
        for number, domain in enumerate(_domains(path)):
            yield from below.get(domain, ())
            if number % _LINES == 0:
                yield None


def _domains(path: Path) -> Iterator[str]:
    """One a line; also as hosts files and filters of browsers write them. Nothing if there is no list."""
    try:
        with path.open(encoding="utf-8", errors="replace") as lines:
            yield from filter(None, map(_domain, lines))
    except FileNotFoundError:
        return


def _domain(line: str) -> str:
    words = line.partition("#")[0].split()
    return site_of(words[-1].strip("|^*").removeprefix(".")) if words else ""


def site_of(netloc: str) -> str:
    """The host of `user@host:port`, in lower case and as the DNS writes it, without `www.`."""
    host = re.sub(r":\d*$", "", netloc.rpartition("@")[2]).rstrip(".").lower()
    with suppress(UnicodeError):  # no name that could be looked up
        host = host.encode("idna").decode()
    return host.removeprefix("www.")
