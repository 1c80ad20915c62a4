"""The servers that `page` and `cached` compare: the portal, the bare page and, with --against, the portal of another
commit. All serve the same articles.

Each portal has its own data folder and embedded Postgres, because the commit also decides the Postgres options, and
because two databases in one server would evict each other's pages from the buffers.
"""

import json
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import NamedTuple

from bench import Failed, portals, servers
from bench.checkouts import HERE, Checkout, environment
from bench.options import Options
from bench.portals import Portal
from bench.servers import Server

TODAY = datetime.now().astimezone().date()


class Site(NamedTuple):
    server: Server
    addresses: list[str]  # of the articles
    lists: dict[str, list[str]]  # addresses of the pages that list articles or comments, by kind

    def cost(self, number: int, headers: dict[str, str] | None = None, *, kind: str = "") -> float:
        """Mean cost in ms of an article's page, or of a list of this kind, that no cache holds."""
        addresses = self.lists[kind] if kind else self.addresses
        return self.server.cost(random.sample(addresses, len(addresses)), number, headers, unseen=True)


class Sites(NamedTuple):
    portal: Site
    bare: Site
    other: Site | None
    database: Portal  # the database of `portal`


@contextmanager
def running(options: Options) -> Iterator[Sites]:
    with ExitStack() as stack:
        portal = stack.enter_context(filled(options, HERE))
        host = portal.ask("setup.database_host")
        bare = Site(stack.enter_context(servers.bare(portal, host)), _fill_bare(host, options.articles), {})
        other = None
        if options.other:
            other = _site(stack, stack.enter_context(filled(options, options.other)))
        yield Sites(_site(stack, portal), bare, other, portal)


def _site(stack: ExitStack, portal: Portal) -> Site:
    server = stack.enter_context(servers.portal(portal))
    return Site(server, portal.ask("pages.addresses"), portal.ask("pages.lists"))


@contextmanager
def filled(options: Options, checkout: Checkout) -> Iterator[Portal]:
    """The portal of a checkout, filled with the articles. Rebuilt each day, since the most read list is per day."""
    folder = options.data / "pages" / checkout.name
    contents, note = f"{options.articles} articles of {TODAY}", folder / "contents"
    if not note.exists() or note.read_text() != contents:
        portals.remove(folder)
    with portals.running(checkout, folder) as portal:
        if not note.exists():
            portal.ask("pages.fill", options.articles)
            portal.ask("setup.work")
            note.write_text(contents)
        portal.ask("setup.vacuum")
        try:
            yield portal
        finally:
            shutil.rmtree(folder / "pageviews", ignore_errors=True)


def _fill_bare(database_host: str, number: int) -> list[str]:
    """Fills the bare page's database; returns the addresses of its articles."""
    command = [sys.executable, "-m", "django", "fill", str(number)]
    settings = environment(BARE_DATABASE_HOST=database_host, DJANGO_SETTINGS_MODULE="bench.limits.bare.settings")
    done = subprocess.run(command, cwd=HERE.root, env=settings, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise Failed("The bare page could not be filled; its output above says why.")
    return json.loads(done.stdout)


def mixed(addresses: list[str]) -> list[str]:
    """A realistic mix of addresses: mostly articles."""
    others = ["/", "/berita", "/populer", "/arsip", "/kategori/kategori-1", "/tag/tag-1", "/cari?q=banjir", "/feed"]
    others += ["/sitemap-news.xml", "/cari?q=pelayanan+kesehatan", "/pedoman-komentar"]
    found = []
    for turn, address in enumerate(random.sample(addresses, len(addresses))):
        found.append(address)
        if turn % 3 == 0:
            found.append(others[turn // 3 % len(others)])
        if turn % 20 == 0:
            found.append(f"/berita/{address.split('/')[3]}/komentar")
    return found
