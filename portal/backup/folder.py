"""BACKUP_DIR: whose it is, and whether its disk is there."""

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import TypeVar

from django.conf import settings

from portal import notes
from portal.hosts.marks import key_mark

_OWNER = "portal.json"  # in BACKUP_DIR
_CLAIMED = "cadangan-di"  # in DATA_DIR: names the folder
PATIENCE = 1.5  # seconds
Answer = TypeVar("Answer")
_asking: defaultdict[str, Lock] = defaultdict(Lock)  # by what is asked


class Unusable(Exception):
    """No backup may be put there; the message is one Indonesian sentence with what to do."""


def check(folder: Path) -> None:
    """Raises Unusable if the folder is another portal's, or if it is not the one that this portal has used before: an
    empty folder in its place means that its disk is not mounted, and backups would fill the disk beneath."""
    owner = notes.read(folder / _OWNER)
    if owner is None and _claimed() == str(folder):
        raise Unusable(
            f"Cadangan yang lama tidak ada lagi di {folder}: mungkin cakramnya belum terpasang (mount -a). Bila "
            f"folder itu memang dikosongkan, hapuslah {settings.DATA_DIR / _CLAIMED}."
        )
    if owner and owner.get("kunci") != key_mark() and owner.get("situs") != settings.SITE_URL:
        raise Unusable(
            f"{folder} berisi cadangan portal lain ({owner.get('situs')}): beri setiap portal BACKUP_DIR sendiri. "
            f"Bila portal ini penggantinya, hapuslah {folder / _OWNER}."
        )


def claim(folder: Path) -> None:
    """Makes the folder this portal's. Raises Unusable or OSError."""
    check(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    ours = {"situs": settings.SITE_URL, "kunci": key_mark()}
    if notes.read(folder / _OWNER) != ours:
        notes.write(folder / _OWNER, ours)
    if _claimed() != str(folder):
        (settings.DATA_DIR / _CLAIMED).write_text(str(folder))


def _claimed() -> str:
    path = settings.DATA_DIR / _CLAIMED
    return path.read_text() if path.exists() else ""


def in_time(question: Callable[[], Answer], *, of: str = "BACKUP_DIR") -> Answer:
    """What the function answers, or TimeoutError: a network disk that is gone answers nobody for hours.

    One question at a time of each, so that no more than one thread waits for it."""
    asking = _asking[of]
    answers: SimpleQueue[tuple[Answer | None, Exception | None]] = SimpleQueue()

    def ask() -> None:
        try:
            answers.put((question(), None))
        except Exception as error:
            answers.put((None, error))
        finally:
            asking.release()

    if not asking.acquire(timeout=PATIENCE):
        raise TimeoutError
    Thread(target=ask, daemon=True).start()
    try:
        answer, error = answers.get(timeout=PATIENCE)
    except Empty as late:
        raise TimeoutError from late
    if error:
        raise error
    return answer  # type: ignore[return-value]
