"""Load for nginx: requests on many connections at once, so that it finds several of them whenever it looks, as under
real load. One thread: several would mostly take turns with each other."""

import socket
import ssl

from bench import Failed, load

CONNECTIONS = 32
MOST = 500  # requests on a connection: nginx closes it after a thousand


def get(port: int, path: str, number: int, tls: ssl.SSLContext | None = None, *, most: int = MOST) -> int:
    """Makes at least `number` requests, `most` on each connection; returns how many. Raises Failed for any status but
    200."""
    request = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n"
        "User-Agent: Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko)\r\n\r\n"
    ).encode()
    done = 0
    while done < number:
        connections = [_connect(port, tls) for _ in range(CONNECTIONS)]
        for _ in range(min(most, -(-(number - done) // CONNECTIONS))):
            for connection in connections:
                connection.sendall(request)
            for connection in connections:
                _read(connection, path)
            done += CONNECTIONS
        for connection in connections:
            connection.close()
    return done


def _connect(port: int, tls: ssl.SSLContext | None) -> socket.socket:
    plain = socket.create_connection(("127.0.0.1", port), timeout=60)
    return tls.wrap_socket(plain, server_hostname="localhost") if tls else plain


def _read(connection: socket.socket, path: str) -> None:
    received = b""
    while b"\r\n\r\n" not in received:
        received += load.more(connection, path)
    head, _, body = received.partition(b"\r\n\r\n")
    if head[9:12] != b"200":
        raise Failed(f"{path}: {head.splitlines()[0].decode()}")
    left = int(head.lower().partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0]) - len(body)
    while left > 0:
        left -= len(load.more(connection, path))
