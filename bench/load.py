"""Generates load: GET requests over persistent connections; each response is read to its end and checked."""

import socket
from concurrent.futures import ThreadPoolExecutor
from itertools import count

from bench import Failed

CONNECTIONS = 4
GZIP = {"Accept-Encoding": "gzip"}
_USER_AGENT = {"User-Agent": "Mozilla/5.0"}
_hosts = count(1)  # ports of hosts that were not named before


def get(
    port: int, paths: list[str], number: int, headers: dict[str, str] | None = None, *, unseen: bool = False
) -> int:
    """Sends `number` requests, cycling through `paths`; returns the size of the last body in bytes. With `unseen` no
    cache holds a page that was requested before: each request names another port as its host.

    Raises Failed for any status but 200: an error page must never be measured.
    """
    head = "".join(f"{name}: {value}\r\n" for name, value in {**_USER_AGENT, **(headers or {})}.items())

    def one_connection(first: int) -> int:
        connection, length = None, 0
        try:
            for turn in range(first, number, CONNECTIONS):
                connection = connection or socket.create_connection(("127.0.0.1", port), timeout=60)
                host = f"Host: 127.0.0.1:{next(_hosts) if unseen else port}\r\n"
                length, stays_open = _exchange(connection, paths[turn % len(paths)], host + head)
                if not stays_open:
                    connection.close()
                    connection = None
        finally:
            if connection:
                connection.close()
        return length

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        return max(pool.map(one_connection, range(min(CONNECTIONS, number))))


def _exchange(connection: socket.socket, path: str, head: str) -> tuple[int, bool]:
    """Sends one request; returns the size of the body in bytes, and whether the connection stays open."""
    connection.sendall(f"GET {path} HTTP/1.1\r\n{head}\r\n".encode())
    received = b""
    while b"\r\n\r\n" not in received:
        received += more(connection, path)
    answer, _, body = received.partition(b"\r\n\r\n")
    if answer[9:12] != b"200":
        raise Failed(f"{path}: {answer.splitlines()[0].decode()}")
    answer = answer.lower()
    if b"\r\ntransfer-encoding: chunked" in answer:
        while not body.endswith(b"\r\n0\r\n\r\n"):
            body += more(connection, path)
    else:
        length = int(answer.partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0])
        while len(body) < length:
            body += more(connection, path)
    return len(body), b"\r\nconnection: close" not in answer


def more(connection: socket.socket, path: str) -> bytes:
    """The next bytes of an answer. Raises Failed if there are none."""
    part = connection.recv(65536)
    if not part:
        raise Failed(f"{path}: the answer is cut short.")
    return part
