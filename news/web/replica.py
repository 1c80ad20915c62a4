"""Whether the replica of REPLICA_URL may be read from: it answers, and is no more than REPLICA_LAG seconds behind."""

import logging
import time
from datetime import datetime
from math import inf
from threading import Lock

from django.conf import settings
from django.db import Error, connections

from news.web.database import deadline, patience
from news.web.reads import PRIMARY, REPLICA
from news.web.throttle import Silence

logger = logging.getLogger(__name__)

LOOK_EVERY = 1.0  # seconds between two looks of a process
SILENCE = 5.0  # seconds until a server that did not answer is asked again
LOOK = 2.0  # seconds that a look may take; psycopg may take two to connect
ANSWER = 1.0  # seconds for one answer
POLL = 0.02  # seconds
CATCH_UP = 5  # seconds that who has written waits, at most

# Both moments are the primary's, so the servers' clocks may differ. Without anything to replay the last commit may be
# hours old: it counts only while there is something.
_WRITTEN = """
    SELECT CASE WHEN pg_is_in_recovery() THEN NULL ELSE pg_current_wal_flush_lsn()::text END, clock_timestamp()
"""
_BEHIND = """
    SELECT pg_is_in_recovery(), CASE WHEN pg_last_wal_replay_lsn() >= %s::pg_lsn THEN 0
        ELSE greatest(extract(epoch FROM %s::timestamptz - pg_last_xact_replay_timestamp()), 0) END::float8
"""
_HAS = "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn"
primary_is_away = Silence(seconds=SILENCE)


class Unfit(Exception):
    """It answers, but is no replica of the primary; the message is one Indonesian sentence."""


def seconds_behind() -> float:
    """How long ago the replica was what the primary is now; infinite if that is not known. 0 while the primary is
    away: nothing newer can be read. Raises Unfit, and Error if the replica does not answer."""
    with deadline(LOOK), patience(ANSWER):
        written = _written()
        with connections[REPLICA].cursor() as cursor:
            cursor.execute(_BEHIND, written)
            [is_replica, behind] = cursor.fetchone()
    if written == (None, None):
        return 0.0
    if not is_replica:
        raise Unfit("Server di REPLICA_URL bukan replika lagi, mungkin karena telah dijadikan server utama.")
    return inf if behind is None else behind


def _written() -> tuple[str | None, datetime | None]:
    """How far the primary has written, and when; nothing if it does not answer."""
    if primary_is_away:
        return None, None
    try:
        with connections[PRIMARY].cursor() as cursor:
            cursor.execute(_WRITTEN)
            position, moment = cursor.fetchone()
    except Error:
        primary_is_away.begin()
        return None, None
    if position is None:
        raise Unfit("Server di DATABASE_URL sendiri sebuah replika.")
    return position, moment


class Watch:
    """What this process knows of the replica. One thread looks; the others go by what was seen last."""

    def __init__(self) -> None:
        self._fits = False
        self._next_look = 0.0  # on the monotonic clock
        self._looking = Lock()
        self._said = ""

    def fits(self) -> bool:
        if time.monotonic() >= self._next_look and self._looking.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._looking.release()
        return self._fits

    def _look(self) -> None:
        try:
            behind = seconds_behind()
        except (Unfit, Error) as error:
            self.avoid(str(error))
        else:
            self._fits = behind <= settings.REPLICA_LAG
            self._next_look = time.monotonic() + LOOK_EVERY
            self._say("" if self._fits else "replika tertinggal terlalu jauh.")

    def avoid(self, reason: str) -> None:
        """Until the next look, after SILENCE, pages read from the primary."""
        self._fits = False
        self._next_look = time.monotonic() + SILENCE
        self._say(reason.strip().partition("\n")[0])

    def _say(self, reason: str) -> None:
        if reason and not self._said:
            logger.warning("Halaman dibaca dari server utama: %s", reason)
        elif self._said and not reason:
            logger.warning("Halaman dibaca dari replika lagi.")
        self._said = reason


watch = Watch()


def catch_up() -> None:
    """Returns once the replica has everything that is committed by now, so that who has just written something finds
    it on the pages for readers. If that takes too long, all processes have left the replica meanwhile."""
    if not watch.fits():
        return
    last = time.monotonic() + min(settings.REPLICA_LAG, CATCH_UP) + LOOK_EVERY
    try:
        with patience(ANSWER):
            position, _ = _written()
            with connections[REPLICA].cursor() as cursor:
                while time.monotonic() < last:
                    cursor.execute(_HAS, [position])
                    if cursor.fetchone()[0] in (True, None):  # None: promoted meanwhile, or the primary is gone
                        return
                    time.sleep(POLL)
    except (Unfit, Error) as error:
        watch.avoid(str(error))
