"""See the package. With PgBouncer: `ignore_startup_parameters = options`, since it hands on no `options`."""

from types import SimpleNamespace
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus

from news.web.database import STATEMENT_TIMEOUT, patience, seconds_left

LATE = "the database did not answer in time"
HEALTH_CHECK = 2.0  # seconds for `SELECT 1` on a connection that is used again


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
    Database: Any = SimpleNamespace(**{**vars(psycopg), "connect": Connection.connect})

    def get_connection_params(self):
        return {"options": f"-c statement_timeout={STATEMENT_TIMEOUT}s"} | super().get_connection_params()

    def get_new_connection(self, conn_params):
        if not seconds_left():  # psycopg would try for two seconds at least
            raise psycopg.OperationalError(LATE)
        return super().get_new_connection(conn_params)

    def is_usable(self):
        with patience(HEALTH_CHECK):
            return super().is_usable()
