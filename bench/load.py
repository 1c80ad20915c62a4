"""The load: GET requests over connections that stay open, each answer read whole and checked."""

import socket
from concurrent.futures import ThreadPoolExecutor

CONNECTIONS = 4


def get(port: int, paths: list[str], number: int, headers: dict[str, str] | None = None) -> int:
    """Sends `number` requests, going round over `paths`; returns the bytes of the last body.

    RuntimeError for an answer that is not 200: a page of errors must never be measured.
    """
    head = "".join(f"{name}: {value}\r\n" for name, value in {"User-Agent": "Mozilla/5.0", **(headers or {})}.items())

    def one_connection(first: int) -> int:
        connection, length = None, 0
        for turn in range(first, number, CONNECTIONS):
            path = paths[turn % len(paths)]
            request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{head}\r\n".encode()
            connection, length = _exchange(connection, port, path, request)
        if connection:
            connection.close()
        return length

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        return max(pool.map(one_connection, range(min(CONNECTIONS, number))))


def _exchange(connection, port, path, request):
    """One request and its answer; the connection to go on with, None where the server closes it."""
    if connection is None:
        connection = socket.create_connection(("127.0.0.1", port), timeout=60)
    connection.sendall(request)
    received = b""
    while b"\r\n\r\n" not in received:
        part = connection.recv(65536)
        if not part:
            raise RuntimeError(f"{path}: no answer")
        received += part
    head, _, body = received.partition(b"\r\n\r\n")
    if head[9:12] != b"200":
        raise RuntimeError(f"{path}: {head.splitlines()[0].decode()}")
    head = head.lower()
    chunked = b"\r\ntransfer-encoding: chunked" in head
    length = None if chunked else int(head.partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0])
    while not body.endswith(b"\r\n0\r\n\r\n") if chunked else len(body) < length:
        part = connection.recv(65536)
        if not part:
            raise RuntimeError(f"{path}: cut short")
        body += part
    if b"\r\nconnection: close" in head:
        connection.close()
        connection = None
    return connection, len(body)
