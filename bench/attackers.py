"""A program that attacks a portal until it is killed:  python -m bench.attackers KIND PORT NUMBER

Each of NUMBER attackers has one connection at a time and opens the next one as soon as the server has closed it. They
run at the lowest priority, since real ones do not take the server's CPU for their own work."""

import os
import re
import secrets
import socket
import sys
import threading
import time
from collections.abc import Callable

_FORM = "Content-Type: application/x-www-form-urlencoded"
_HEAD = "POST {} HTTP/1.1\r\nHost: 127.0.0.1\r\n{}\r\nContent-Length: {}\r\n"
_UPLOAD = _HEAD.format("/", "Content-Type: multipart/form-data; boundary=x", 200 * 1024 * 1024) + "\r\n"
_FILE = '--x\r\nContent-Disposition: form-data; name="foto"; filename="a.jpg"\r\n\r\n' + "x" * 65536

# What is sent before a connection falls silent
_SILENT = {
    "upload": _UPLOAD + _FILE,
    "nothing": "",
    "request line": "GET /ber",
    "header": "GET / HTTP/1.1\r\nHost: 127.",
    "body": _HEAD.format("/cari", _FORM, 1000) + "\r\na=1",
}
LOGIN = "login"
KINDS = {LOGIN: 24, "upload": 8, "nothing": 30, "request line": 30, "header": 30, "body": 30}  # how many there are


def main() -> None:
    kind, port, number = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    os.nice(19)
    attack = _flood(port) if kind == LOGIN else lambda: _exchange(port, _SILENT[kind])
    for _ in range(number):
        threading.Thread(target=_for_ever, args=[attack], daemon=True).start()
    print("ready", flush=True)
    threading.Event().wait()


def _for_ever(attack: Callable[[], object]) -> None:
    while True:
        try:
            attack()
        except OSError:
            time.sleep(0.1)


def _exchange(port: int, text: str) -> str:
    """Sends the text and waits until the server closes the connection; returns its answer."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(text.encode())
        pieces = []
        while piece := connection.recv(65536):
            pieces.append(piece)
    return b"".join(pieces).decode(errors="replace")


def _flood(port: int) -> Callable[[], object]:
    """Log-ins with ever new names, with the token that the form demands."""
    page = _exchange(port, "GET /admin/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
    cookie = re.search(r"csrftoken=\w+", page)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert cookie
    assert token

    def log_in() -> None:
        form = f"csrfmiddlewaretoken={token[1]}&username={secrets.token_hex(4)}&password=tebakan"
        more = f"{_FORM}\r\nCookie: {cookie[0]}\r\nConnection: close"
        _exchange(port, _HEAD.format("/admin/login/", more, len(form)) + f"\r\n{form}")

    return log_in


if __name__ == "__main__":
    main()
