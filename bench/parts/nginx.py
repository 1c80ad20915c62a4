"""An article that nginx has kept and counts, compared with a file of the same bytes, headers, settings and log line.

Both come from one nginx with deploy/nginx.conf as it is shipped, so that no setting can differ."""

import re
import shutil
import socket
import ssl
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench import Failed, article_pages, nginx, rounds, servers, table, waves
from bench.checkouts import HERE
from bench.options import Options
from bench.servers import Front
from bench.table import Line

PLAIN, TLS = 0.84, 0.95  # of the file's cost, at least
HITS = 10  # times as many requests as for an uncached page
FILE = "/berkas"
_OF_EACH_FILE = {"server", "date", "content-length", "connection"}  # headers that nginx makes by itself


def measure(options: Options) -> Iterator[Line]:
    folder = Path(tempfile.mkdtemp(prefix="bench-nginx-"))
    try:
        with article_pages.filled(options, HERE) as portal, servers.portal(portal) as server:
            address = portal.ask("pages.addresses")[0]
            with servers.behind_nginx(server, portal.folder, folder / "first") as front:
                answer = _answer(front.port, address)
            site = _Site(folder, answer)
            with servers.behind_nginx(server, portal.folder, folder / "nginx", site.configuration()) as front:
                line = partial(_line, front, address, options)
                plain = partial(waves.get, front.port)
                yield line(f"plain HTTP, us ({len(answer.body):,} bytes)", plain, HITS, PLAIN)
                tls = partial(waves.get, site.tls_port, tls=site.context())
                yield line("TLS, connections kept, us", tls, HITS, TLS)
                # as readers come who follow a link in a message
                yield line("TLS, a connection each, us", partial(tls, most=1), 1, TLS)
    finally:
        shutil.rmtree(folder)


def _line(
    front: Front, address: str, options: Options, name: str, get: Callable[..., int], times: int, target: float
) -> Line:
    number = options.requests * times
    subjects = {path: partial(front.cost, partial(get, path=path, number=number)) for path in (address, FILE)}
    rounds.take_turns(1, subjects)
    costs = rounds.take_turns(options.rounds, subjects)
    return table.budget(f"kept and counted article, {name}", costs[address], costs[FILE], target=target)


@dataclass(frozen=True)
class _Answer:
    headers: list[tuple[str, str]]
    body: bytes


def _answer(port: int, address: str) -> _Answer:
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        lines = [f"GET {address} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Accept-Encoding: gzip", "Connection: close"]
        connection.sendall("".join(f"{line}\r\n" for line in [*lines, ""]).encode())
        received = b""
        while piece := connection.recv(65536):
            received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    status, *headers = head.decode().split("\r\n")
    if " 200 " not in status:
        raise Failed(f"{address}: {status}")
    return _Answer([(name, value) for name, _, value in (line.partition(": ") for line in headers)], body)


class _Site:
    """What is added to the shipped server: the file, and a port for TLS."""

    def __init__(self, folder: Path, answer: _Answer):
        self.folder, self.answer = folder, answer
        self.file, self.tls_port = folder / "page", servers.free_port()
        self.certificate, self.key = folder / "certificate.pem", folder / "key.pem"
        self.file.write_bytes(answer.body)
        nginx.make_certificate(self.certificate, self.key, "localhost")

    def configuration(self) -> str:
        headers = "".join(
            f"        add_header {name} {_quoted(name, value)};\n"
            for name, value in self.answer.headers
            if name.lower() not in _OF_EACH_FILE | {"content-type"}
        )
        return f"""
    listen 127.0.0.1:{self.tls_port} ssl;
    ssl_certificate {self.certificate};
    ssl_certificate_key {self.key};
    location = {FILE} {{
        alias {self.file};
        etag off;
        open_file_cache max=100 inactive=10s;
        open_file_cache_min_uses 2;
        open_file_cache_valid 10s;
        default_type "{dict(self.answer.headers)["Content-Type"]}";
        access_log {self.folder}/file-$portal_hour.log {_format()};
{headers}    }}
"""

    def context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.certificate))


def _quoted(name: str, value: str) -> str:
    if name == "X-Request-ID":
        return '"$pid-$connection-$connection_requests"'  # as that of a kept page
    return "'" + value.replace("'", "\\'") + "'"


def _format() -> str:
    """Of the journal's lines, as deploy/nginx.conf calls it."""
    shipped = (HERE.root / "deploy" / "nginx.conf").read_text()
    journal = re.search(r"access_log /var/lib/portal/pageviews/\S+ (\w+)", shipped)
    if journal is None:
        raise Failed("deploy/nginx.conf writes no journal.")
    return journal[1]
