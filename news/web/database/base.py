"""See the package. With PgBouncer: `ignore_startup_parameters = options`, since it hands on no `options`."""

import select
import time
from math import inf
from types import SimpleNamespace
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus

from news.web.database import STATEMENT_TIMEOUT, patience, seconds_left

LATE = "the database did not answer in time"
HEALTH_CHECK = 2.0  # seconds for `SELECT 1` on a connection that is used again
TRUSTED = 1.0  # seconds after one in which a silent connection needs none


class Connection(psycopg.Connection):
    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Waits for `seconds_left()` at most: neither a frozen server nor one that is gone without a word closes the
        connection, and over a Unix socket TCP's own timeouts do not count."""
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, seconds_left())
        except psycopg.OperationalError as error:
            if self.closed or self.pgconn.transaction_status != TransactionStatus.ACTIVE:
                raise  # the server's own
            self.close()
            raise psycopg.OperationalError(LATE) from error


class DatabaseWrapper(base.DatabaseWrapper):
    checked = -inf  # when the server last answered `SELECT 1`, on the monotonic clock
    Database: Any = SimpleNamespace(**{**vars(psycopg), "connect": Connection.connect})

    def get_connection_params(self):
        """Without Memoize: before its first row Postgres makes room for all values that it expects, .7 ms for 400,000
        photos, and the front page joins photos nine times."""
        options = f"-c statement_timeout={STATEMENT_TIMEOUT}s -c enable_memoize=off"
        return {"options": options} | super().get_connection_params()

    def get_new_connection(self, conn_params):
        if not seconds_left():  # psycopg would try for two seconds at least
            raise psycopg.OperationalError(LATE)
        return super().get_new_connection(conn_params)

    def is_usable(self):
        """Asks the server once in TRUSTED seconds, at once after an error, and when it has said something by itself,
        such as that it ends the connection."""
        is_trusted = time.monotonic() - self.checked < TRUSTED and not self.errors_occurred
        if is_trusted and _is_silent(self.connection):
            return True
        with patience(HEALTH_CHECK):
            is_usable = super().is_usable()
        self.checked = time.monotonic() if is_usable else -inf
        return is_usable


def _is_silent(connection: psycopg.Connection) -> bool:
    if connection.closed:
        return False
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    return not waiting.poll(0)
