"""gunicorn's threaded worker, changed in one respect: only requests hold a thread, connections do not.

The original gives each new connection to a thread, which waits 5 s for its first byte, waits again for a body that was
refused, and lets its main thread, which accepts all others, wait up to 2 s for each connection that it closes. Eight
peers that say nothing stop such a server. Here the poller waits for all of these.

What is left, a peer that stops in the middle of a request, is bounded by the kernel (`bound_silence`)."""

import socket
import time
from functools import partial
from selectors import EVENT_READ
from struct import pack

from gunicorn.sock import BaseSocket
from gunicorn.workers.gthread import TConn, ThreadWorker

READ_SILENCE = 2  # seconds without a byte in the middle of a request
WRITE_SILENCE = 10  # seconds in which a peer takes nothing of its answer
FIRST_BYTE = 5  # seconds for which the kernel keeps a connection that has sent nothing to itself
UNREAD_BODY = 0.2  # seconds to read the rest of a body, after which its connection could be used again
LINGER_BYTES = 1024 * 1024  # of a refused body, read and dropped so that its sender gets to see our answer


def bound_silence(listener: BaseSocket) -> None:
    """Sets what every connection of this listener inherits."""
    sock = listener.sock
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, pack("ll", READ_SILENCE, 0))
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, pack("ll", WRITE_SILENCE, 0))
    if sock.family != socket.AF_UNIX:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, FIRST_BYTE)


class Worker(ThreadWorker):
    def enqueue_req(self, conn: TConn) -> None:
        """A new connection gets a thread when its first byte has come; until then it waits, for `keepalive` seconds at
        most."""
        if conn.initialized or conn.data_ready:
            super().enqueue_req(conn)
        else:
            self._wait(conn, partial(self.on_pending_socket_readable, conn))

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
