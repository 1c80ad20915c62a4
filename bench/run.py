"""Measures the portal against limits of the same run:  .venv/bin/python bench/run.py [PART ...] [--rounds N]

    page     an article page that no cache holds, against a bare Django page of three queries (bench/bare)
    cached   the same page from the one-second cache, against gunicorn's hello world of the same size
    growth   every kind of page with 100,000 articles in the archive, against the same with 1,000
    memory   everything that `manage.py serve` starts, after 10,000 requests
    photo    saving a photo of 12 megapixels with all its files, against Pillow reading it and writing one of them

What a request costs is CPU time of the server: gunicorn and every process of Postgres, from /proc (Linux). Subject
and limit run under the same gunicorn options, take turns within each round, and only their ratio counts: machines
are noisy. Printed: the medians of the costs and of the rounds' ratios (smallest..largest). Exit status 1 when a
target is missed.

Databases are kept and used again in the folder that --data names; --fresh makes them anew (do so when a migration was
changed). Ports 8151 to 8153 of the loopback, or from BENCH_PORT on. The first run of `growth` takes minutes.
"""

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

import load
import processes
import sites
from sites import postgres

GZIP = {"Accept-Encoding": "gzip"}
MEMORY_REQUESTS = 10_000
MIB = 300


def main() -> int:
    parser = argparse.ArgumentParser(formatter_class=argparse.RawDescriptionHelpFormatter, description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all when none is named")
    parser.add_argument("--rounds", type=int, default=5, help="(default: 5)")
    parser.add_argument("--requests", type=int, default=1000, help="a round, for a page of 4 ms (default: 1000)")
    parser.add_argument("--articles", type=int, default=1000, help="that `page` goes over (default: 1000)")
    parser.add_argument("--archives", type=int, nargs=2, default=[1_000, 100_000], help="(default: 1000 100000)")
    parser.add_argument("--data", type=Path, default=Path(tempfile.gettempdir()) / "portal-bench")
    parser.add_argument("--fresh", action="store_true", help="remove the data of earlier runs first")
    options = parser.parse_args()
    options.data = options.data.resolve()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    if options.fresh:
        shutil.rmtree(options.data, ignore_errors=True)
    print(f"{'':44}{'cost':>10}{'limit':>10}   {'ratio':<22}{'target':>8}", flush=True)
    missed = [not all(list(PARTS[part](options))) for part in options.parts or PARTS]
    return int(any(missed))


# ---- The parts; each yields whether a target was reached, line by line


def page(options):
    with article_pages(options) as (portal, bare, addresses, bare_addresses):
        portal.cost(addresses, options.requests)  # every connection has prepared its statements after this
        bare.cost(bare_addresses, options.requests)
        for name, headers in (("article page, nothing cached", None), ("the same, compressed", GZIP)):
            rounds = [
                take_turns(
                    turn,
                    lambda headers=headers: portal.cost(fresh(addresses), options.requests, headers),
                    lambda headers=headers: bare.cost(fresh(bare_addresses), options.requests, headers),
                )
                for turn in range(options.rounds)
            ]
            yield report(name, rounds, target=1.6)
        for name, number in json.loads(sites.run("bench/contents.py", "queries", DATA_DIR=data_dir(options))).items():
            yield line(f"  queries: {name}", f"{number}", "", "", "<= 6", number <= 6)


def cached(options):
    with article_pages(options) as (portal, _, addresses, _), ExitStack() as stack:
        hot = addresses[len(addresses) // 2 :][:1]
        number = options.requests * 5
        for turn, (name, headers) in enumerate((("article page, cached", None), ("the same, compressed", GZIP))):
            size = load.get(portal.port, hot, 1, headers)
            hello = stack.enter_context(sites.hello(2 + turn, size).running("/"))
            portal.cost(hot, number // 5, headers)
            hello.cost(["/"], number // 5, headers)
            rounds = [
                take_turns(
                    turn,
                    lambda headers=headers: portal.cost(hot, number, headers),
                    lambda headers=headers, hello=hello: hello.cost(["/"], number, headers),
                )
                for turn in range(options.rounds)
            ]
            yield report(f"{name} ({size:,} bytes)", rounds, target=3.5)


def growth(options):
    small, large = (archive(options, number) for number in options.archives)
    with ExitStack() as stack:
        for folder in (small, large):
            stack.enter_context(postgres.running(folder))
            prepare(folder)
        pages = [json.loads(sites.run("bench/contents.py", "pages", DATA_DIR=folder)) for folder in (small, large)]
        cookies = [json.loads(sites.run("bench/contents.py", "cookie", DATA_DIR=folder)) for folder in (small, large)]
        portals = [
            stack.enter_context(sites.portal(turn, folder).running("/")) for turn, folder in enumerate((small, large))
        ]
        number = max(8, options.requests // 10)

        def cost(which, kind):
            if kind.startswith("admin"):  # no cache keeps these, and they refuse parameters that they do not know
                return portals[which].cost(pages[which][kind], number, {"Cookie": cookies[which]})
            return portals[which].cost(unseen(pages[which][kind], number), number)

        for kind in pages[0]:
            cost(0, kind), cost(1, kind)
            rounds = [
                take_turns(turn, lambda kind=kind: cost(1, kind), lambda kind=kind: cost(0, kind))
                for turn in range(options.rounds)
            ]
            yield report(f"{options.archives[1]:,}: {kind}", rounds, target=2)


def memory(options):
    folder = data_dir(options)
    with article_pages(options) as (_, _, addresses, _):
        cookie = json.loads(sites.run("bench/contents.py", "cookie", DATA_DIR=folder))
    port = sites.FIRST_PORT
    command = [sys.executable, "manage.py", "serve"]
    environment = sites.environment(DATA_DIR=folder, PORT=port, WORKERS=sites.WORKERS)
    serve = subprocess.Popen(command, cwd=sites.ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        for said in serve.stdout:
            if "Portal siap" in said:
                break
        else:
            sys.exit("serve ended before it was ready.")
        mixed = list(mix(addresses))
        admin = ["/admin/", "/admin/news/article/", "/admin/comments/comment/"]
        share = max(len(admin), options.requests * MEMORY_REQUESTS // 1000 // 100)
        load.get(port, admin, share, {"Cookie": cookie})
        load.get(port, mixed, options.requests * MEMORY_REQUESTS // 1000 - share, GZIP)
        total = 0.0
        for pid, command in sorted(processes.of_folder(folder).items()):
            size = processes.pss_mib(pid)
            total += size
            line(f"  {short(command)}", f"{size:.1f}", "", "", "", None)
        yield line("memory, MiB (PSS)", f"{total:.1f}", "", "", f"<= {MIB}", total <= MIB)
    finally:
        serve.terminate()
        serve.wait()


def photo(options):
    rounds = json.loads(sites.run("bench/contents.py", "photo", str(options.rounds), DATA_DIR=options.data / "foto"))
    yield report("photo of 12 megapixels", rounds, target=4)
    seconds = median(save for save, _ in rounds) / 1000
    yield line("the same, seconds of CPU", f"{seconds:.2f}", "", "", "<= 2", seconds <= 2)


PARTS = {"page": page, "cached": cached, "growth": growth, "memory": memory, "photo": photo}


# ---- Data


def data_dir(options) -> Path:
    return options.data / "halaman"


@contextmanager
def article_pages(options):
    """The portal and the bare page, filled and running, with the addresses of their articles."""
    folder = data_dir(options)
    with postgres.running(folder):
        prepare(folder)
        number = str(options.articles)
        addresses = json.loads(sites.run("bench/contents.py", "articles", number, DATA_DIR=folder))
        sites.run("manage.py", "worker", "--sekali", DATA_DIR=folder)  # the list of the most read
        bare_addresses = json.loads(
            sites.run("-m", "bare.fill", number, BARE_DATABASE_HOST=postgres.socket_folder(folder))
        )
        portal, bare = sites.portal(0, folder), sites.bare(1, folder)
        with portal.running(addresses[0]), bare.running(bare_addresses[0]):
            yield portal, bare, addresses, bare_addresses
        shutil.rmtree(folder / "pageviews", ignore_errors=True)


def prepare(folder: Path):
    sites.run("manage.py", "migrate", "--no-input", "--verbosity=0", DATA_DIR=folder)
    sites.run("manage.py", "collectstatic", "--no-input", "--verbosity=0", DATA_DIR=folder)


def archive(options, number: int) -> Path:
    """The data folder of an archive of so many articles, made if it is not there."""
    folder = options.data / f"arsip-{number}"
    done = folder / "selesai"
    if not done.exists():
        with postgres.running(folder):
            prepare(folder)
            sites.run("manage.py", "make_archive", str(number), DATA_DIR=folder)
            sites.run("manage.py", "worker", "--sekali", DATA_DIR=folder)
        done.touch()
    return folder


def fresh(addresses: list[str]) -> list[str]:
    """The addresses in a new order: each is asked for once before any comes again, long after its second of cache."""
    return random.sample(addresses, len(addresses))


_number = count()


def unseen(addresses: list[str], number: int) -> list[str]:
    """So many addresses that no cache has seen: the page's own, with a parameter that it does not know."""
    some = fresh(addresses)
    made = []
    for turn in range(number):
        address = some[turn % len(some)]
        made.append(f"{address}{'&' if urlsplit(address).query else '?'}n={next(_number)}")
    return made


def mix(addresses: list[str]):
    """Addresses as readers ask for them: mostly articles."""
    others = ["/", "/berita", "/populer", "/arsip", "/kategori/kategori-1", "/tag/tag-1", "/cari?q=banjir", "/feed"]
    others += ["/sitemap-news.xml", "/cari?q=pelayanan+kesehatan", "/pedoman-komentar"]
    for turn, address in enumerate(fresh(addresses)):
        yield address
        if turn % 3 == 0:
            yield others[turn // 3 % len(others)]
        if turn % 20 == 0:
            yield f"/berita/{address.split('/')[3]}/komentar"


# ---- Measuring and saying


def take_turns(turn: int, subject, limit) -> tuple[float, float]:
    """Both costs, measured one after the other; who is first changes with every round."""
    if turn % 2:
        other = limit()
        return subject(), other
    return subject(), limit()


def report(name: str, rounds: list[tuple[float, float]], *, target: float) -> bool:
    ratios = [subject / limit for subject, limit in rounds]
    ratio = median(ratios)
    return line(
        name,
        f"{median(subject for subject, _ in rounds):.3f}",
        f"{median(limit for _, limit in rounds):.3f}",
        f"{ratio:.2f} ({min(ratios):.2f}..{max(ratios):.2f})",
        f"<= {target}",
        ratio <= target,
    )


def line(name, cost, limit, ratio, target, reached) -> bool:
    mark = {True: "ok", False: "MISSED", None: ""}[reached]
    print(f"{name:44}{cost:>10}{limit:>10}   {ratio:<22}{target:>8}  {mark}".rstrip(), flush=True)
    return bool(reached)


def short(command: str) -> str:
    """A process as one line names it."""
    words = [word.rpartition("/")[2] for word in command.split()]
    return " ".join(words)[:42]


if __name__ == "__main__":
    started = time.monotonic()
    status = main()
    print(f"{time.monotonic() - started:.0f} s")
    sys.exit(status)
