"""Requests that no page of ours leads to, in a large archive (--archive): what the dearest of them cost.

Whoever sends such a request again and again must not be able to hold a processor with few of them. The requests are
the same in each run: addresses of the archive's pages, with parameters of every page, in odd values."""

import http.client
from collections.abc import Iterator
from functools import partial
from itertools import chain
from random import Random
from urllib.parse import quote, urlencode

from bench import Failed, LeftOut, portals, servers, table
from bench.checkouts import HERE
from bench.options import Options
from bench.servers import Server
from bench.table import Line

MILLISECONDS = 200  # of CPU time, the dearest
REQUESTS = 2_000
SHOWN = 10
_AGAIN = 3  # times that a dear request is measured: a checkpoint or a vacuum may have run beside it
_PATHS = [
    *["/", "/berita", "/populer", "/arsip", "/kategori", "/cari", "/dokumen", "/feed", "/feed/atom"],
    *["/ralat", "/data", "/transparansi", "/index.php", "/sitemap.xml", "/sitemap-halaman.xml"],
    *["/sitemap-dokumen.xml", "/sitemap-news.xml", "/sitemap-1.xml", "/sitemap-999999999999.xml"],
    *["/arsip/1900/1", "/arsip/2024/13", "/arsip/9999/12", "/arsip/2024/2/31", "/transparansi/2024/1"],
    *["/komentar/data-saya", "/b/1", "/b/1/qr.svg", "/b/999999999999999999", "/berita/1/komentar"],
    *["/berita/1/komentar/1", "/berita/detail/1", "/berita/detail/999999999999999999/x", "/tag/tidak-ada"],
    *["/kategori/tidak-ada/feed", "/wp-login.php", "/tidak/ada"],
]
_NAMES = ["q", "kategori", "kecamatan", "tahun", "urut", "hal", "sebelum", "p", "cat", "tag", "page", "n", "s", "id"]
_VALUES = [
    *["0", "-1", "1", "2", "6", "7", "50", "1e9", "99999999999999999999", "NaN", "true", "null", "terbaru"],
    *["2024", "1900", "2100", "2024-02-30", "2019-01-01T00:00:00Z~1"],
    *["9999-12-31T23:59:59.999999Z~9", "0001-01-01T00:00:00Z~1", "%", "_%_%_%_%", "*", "'", '"'],
    *['"a', "\\", "--", "-", "-kota", "<script>", "xqzkwy", "kecmatan", "../../etc/passwd", "{{7*7}}"],
    *["%00"],
    *["", " ", '"kota baru"', "kota & !kota | (", "a" * 199, "a " * 100, "kota " * 40, "1 2 3 4 5 6 7 8 9 10"],
    *["di ke dari yang", "e\u0301" * 60, "\u0627\u0644\u0645\u062f", "\U0001f600" * 40, "\u200b", "\ufeffkota"],
    "k" * 8_000,
]


def measure(options: Options) -> Iterator[Line]:
    if options.archive is None:
        raise LeftOut("It needs a large archive: --archive DATA_DIR.")
    with portals.running(HERE, options.archive) as portal:
        known = list(chain.from_iterable(portal.ask("growth.pages").values()))
        with servers.portal(portal) as server:
            costs = [(_cost(server, address), address) for address in odd_addresses(known, REQUESTS)]
            costs = sorted((_least(server, cost, address), address) for cost, address in costs)
    dearest = costs[: -SHOWN - 1 : -1]
    for cost, address in dearest:
        yield Line(f"  {address[:52]}", f"{cost:.0f}")
    name = f"dearest of {REQUESTS:,} odd requests, ms"
    yield table.at_most(name, dearest[0][0], MILLISECONDS, ".0f", ratio=f"median {costs[len(costs) // 2][0]:.1f}")


def odd_addresses(known: list[str], number: int) -> list[str]:
    """`number` addresses, the same in each run for the same `known` ones."""
    random = Random(1)
    words = [address.partition("?q=")[2] for address in known if "?q=" in address]
    paths = [*_PATHS, *(address for address in random.sample(known, min(len(known), 60)) if "?" not in address)]
    return [_odd_address(random, paths, words) for _ in range(number)]


def _odd_address(random: Random, paths: list[str], words: list[str]) -> str:
    path = random.choice([*paths, *["/cari"] * (len(paths) // 2)])  # the page that has most to do
    if not random.randrange(12):
        path += quote(random.choice(["/", "//", "/.", "/%2e%2e", "\u00e9", "/1/2/3", ";a=b", "'", "\x00"]))
    parameters = [
        (random.choice(_NAMES), random.choice([*_VALUES, *words])) for _ in range(random.choice([0, 1, 1, 2, 3, 4]))
    ]
    if path == "/cari":
        parameters.append(("q", " ".join(random.choices([*_VALUES[:-1], *words], k=random.randrange(1, 6)))))
    return f"{path}?{urlencode(parameters)[:8_000]}"


def _least(server: Server, cost: float, address: str) -> float:
    """The cost of a dear request, measured again."""
    if cost < MILLISECONDS / 4:
        return cost
    return min(cost, *(_cost(server, f"{address}&lagi={turn}") for turn in range(_AGAIN)))


def _cost(server: Server, address: str) -> float:
    return server.spent(partial(_read, server.port, address))


def _read(port: int, address: str) -> None:
    """Reads the answer, which may be a refusal, but no failure."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", address, headers={"User-Agent": "Mozilla/5.0"})
        answer = connection.getresponse()
        answer.read()
    finally:
        connection.close()
    if answer.status >= 500:
        raise Failed(f"{address}: {answer.status}")
