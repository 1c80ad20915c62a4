"""The parts of /sehat, and which of them fail."""

import logging
from collections.abc import Callable
from typing import NamedTuple

from django.conf import settings
from django.db import Error

from news.web.database import deadline
from news.web.throttle import AtMost
from portal.health import backups, checks
from portal.health.problems import Failure, Problem

logger = logging.getLogger("portal")

PATIENCE = 1.5  # seconds for the database; psycopg may take two to connect to it
logged = AtMost(1, seconds=1)  # of each failure


class Part(NamedTuple):
    name: str
    check: Callable[[], None]
    needs: tuple[str, ...] = ()  # not checked while one of these fails: its failure would only be a consequence


# In this order: what others need stands before them.
PARTS = (
    Part("basis_data", checks.database_answers),
    Part("cakram", checks.disk),
    Part("media", checks.media, needs=("cakram",)),
    Part("media", checks.photos, needs=("basis_data", "cakram", "media")),
    Part("pekerja", checks.worker_runs, needs=("basis_data", "cakram")),
    Part("sertifikat", checks.certificate_lasts),
    Part("mesin", checks.hosts, needs=("basis_data", "cakram", "media")),  # it asks the bucket as well
    Part("pembaca", checks.drain, needs=("basis_data", "cakram", "pekerja")),
    Part("moderasi", checks.moderation, needs=("basis_data",)),
    Part("surat", checks.mail, needs=("basis_data", "pekerja")),
    Part("penjaga", checks.findings, needs=("basis_data",)),
    Part("penjaga", checks.scans, needs=("basis_data", "pekerja")),
    Part("cadangan", backups.newest, needs=("basis_data", "cakram", "pekerja")),
    Part("cadangan", backups.encryption, needs=("basis_data", "cadangan")),
    Part("arsip", backups.wal, needs=("basis_data", "cakram", "pekerja", "cadangan")),
    Part("latihan", backups.drills, needs=("basis_data", "cadangan")),
    Part("replika", checks.replica_follows, needs=("basis_data",)),  # last: a silent one uses all the time there is
)
ABOUT_BACKUPS = (backups.newest, backups.encryption, backups.drills, backups.wal)


def present() -> list[Part]:
    """Those that there are: nobody may take for well what nobody looks at."""
    absent = dict.fromkeys(ABOUT_BACKUPS, settings.BACKUP_DIR is None)
    absent[backups.wal] = settings.BACKUP_DIR is None or not settings.EMBEDDED_DATABASE
    absent[checks.certificate_lasts] = not settings.HTTPS
    absent[checks.replica_follows] = "replica" not in settings.DATABASES
    return [part for part in PARTS if not absent.get(part.check)]


def failures() -> list[Failure]:
    """What fails now, and is no consequence of something else that fails. Logs it, however often it is asked for."""
    found: list[Failure] = []
    with deadline(PATIENCE):
        for part in present():
            if not {each.part for each in found} & set(part.needs):
                found += _failures_of(part)
    for each in found:
        if logged.take(f"{each.part}: {each.cause}"):
            logger.warning("Tidak sehat: %s: %s", each.part, each.cause)
    return found


def _failures_of(part: Part) -> list[Failure]:
    try:
        part.check()
    except Problem as problem:
        return [Failure(part.name, str(problem), problem.advice)]
    except Error as error:
        return [checks.database_failure(error)]
    except Exception as error:
        cause = str(error).strip().partition("\n")[0] or type(error).__name__
        return [Failure(part.name, cause, "Bacalah log portal (journalctl, atau terminal yang menjalankan serve).")]
    return []
