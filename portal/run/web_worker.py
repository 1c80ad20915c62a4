"""gunicorn's threaded worker, changed in one respect: only requests hold a thread, connections do not.

The original gives each new connection to a thread, which waits for the request, waits again for a body that was
refused, and lets its main thread, which accepts all others, wait up to 2 s for each connection that it closes. Eight
peers that say nothing stop such a server. Here the poller waits for all of these: a thread gets a request when its
head and a body of ordinary size have arrived. The kernel keeps them meanwhile.

What is left, a peer that stops in the middle of a large or chunked body, is bounded by the kernel too:
`bound_silence`."""

import re
import socket
import time
from fcntl import ioctl
from functools import partial
from selectors import EVENT_READ
from struct import pack, unpack
from termios import FIONREAD

from gunicorn.sock import BaseSocket
from gunicorn.workers.gthread import TConn, ThreadWorker

READ_SILENCE = 2  # seconds without a byte in the middle of a request
WRITE_SILENCE = 10  # seconds in which a peer takes nothing of its answer
FIRST_BYTE = 5  # seconds for which the kernel keeps a connection that has sent nothing to itself
AWAITED_BODY = 256 * 1024  # bytes; a larger body is read by its thread, or refused
LONGEST_HEAD = 64 * 1024  # bytes; gunicorn refuses shorter ones
UNREAD_BODY = 0.2  # seconds to read the rest of a body, after which its connection could be used again
LINGER_BYTES = 64 * 1024 * 1024  # of a refused body, read and dropped so that its sender gets to see our answer

_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,18})[ \t]*\r", re.IGNORECASE)
_EXPECTS = re.compile(rb"\r\nexpect:", re.IGNORECASE)  # such a client sends its body when it is asked to


def bound_silence(listener: BaseSocket) -> None:
    """Sets what every connection of this listener inherits."""
    sock = listener.sock
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, pack("ll", READ_SILENCE, 0))
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, pack("ll", WRITE_SILENCE, 0))
    if sock.family != socket.AF_UNIX:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, FIRST_BYTE)


class Worker(ThreadWorker):
    def enqueue_req(self, conn: TConn) -> None:
        """A connection gets a thread when its request has arrived; until then it waits, for `keepalive` seconds after
        the last bytes at most."""
        if self.cfg.is_ssl or _was_read_ahead(conn) or not (missing := _missing(conn)):
            conn.data_ready, conn.arrived = True, 0
            super().enqueue_req(conn)
        else:
            conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, missing)
            self._wait(conn, partial(self._on_more, conn))

    def _on_more(self, conn: TConn, sock: socket.socket) -> None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)
        self.on_pending_socket_readable(conn, sock)

    def _keepalive_after(self, conn: TConn, keepalive: bool) -> bool:
        return bool(keepalive and conn.parser.finish_body(deadline=time.monotonic() + UNREAD_BODY))

    def finish_request(self, conn: TConn, fs) -> None:
        if fs.cancelled() or fs.exception() or fs.result() is not False:
            super().finish_request(conn, fs)
            return
        try:  # to close: the peer must read our answer before it learns that we do not read on
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:  # it has closed
            self._close(conn)
        else:
            conn.dropped = 0
            self._wait(conn, partial(self._drop, conn))

    def _wait(self, conn: TConn, on_readable) -> None:
        """Leaves the connection to the poller; `murder_pending` closes it after `keepalive` seconds."""
        conn.sock.setblocking(False)
        conn.set_timeout()
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, EVENT_READ, on_readable)

    def _drop(self, conn: TConn, sock: socket.socket) -> None:
        """Reads what a peer still sends after its answer, and closes when it has closed or sends too much."""
        try:
            data = sock.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        conn.dropped += len(data)
        if not data or conn.dropped > LINGER_BYTES:
            self.poller.unregister(sock)
            self.pending_conns.remove(conn)
            self._close(conn)

    def _close(self, conn: TConn) -> None:
        self.nr_conns -= 1
        conn.close()


def _was_read_ahead(conn: TConn) -> bool:
    """Whether the beginning of the request is in gunicorn's buffer already."""
    return conn.initialized and bool(conn.parser.unreader.buf.getvalue())


def _missing(conn: TConn) -> int:
    """How many bytes must have arrived before it is worth looking at this connection again; 0: the request is there,
    or there will be no more."""
    arrived = unpack("i", ioctl(conn.sock, FIONREAD, b"\0" * 4))[0]
    if arrived and arrived == getattr(conn, "arrived", 0):
        return 0  # we were woken without new bytes: the peer has closed
    conn.arrived = arrived
    try:
        data = conn.sock.recv(LONGEST_HEAD, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return 1
    except OSError:
        return 0
    missing = _length(data)
    return missing if data and arrived < missing else 0


def _length(data: bytes) -> int:
    """How long the request is that begins like this; as far as one can say."""
    head, end, _ = data.partition(b"\r\n\r\n")
    if not end:
        return len(data) + 1 if len(data) < LONGEST_HEAD else 0
    body = _LENGTH.search(head + b"\r")
    awaited = int(body[1]) if body and not _EXPECTS.search(head) else 0
    return len(head) + len(end) + (awaited if awaited <= AWAITED_BODY else 0)
