"""Which searches without a result are written down for the editors. They are words of strangers: what may be personal
data is not kept, and nobody can fill the table."""

import logging
import re
import time
from collections import deque

from django.db import DatabaseError, transaction

from news import stemming
from news.models import FailedSearch

logger = logging.getLogger(__name__)

_LONGEST = 60  # characters: longer ones are sentences, or a robot's
_A_MINUTE = 30  # at most, of each process
# E-mail and web addresses; numbers as long as those of a telephone, a house, an identity card.
_PRIVATE = re.compile(r"@|://|www\.|(?:\d[ .-]?){6}")
_noted: deque[float] = deque(maxlen=_A_MINUTE)


def note(text: str) -> None:
    """Counts one more search for this in vain. Never fails: a reader is waiting for a page."""
    words = worth_noting(text)
    now = time.monotonic()
    if not words or (len(_noted) == _A_MINUTE and now - _noted[0] < 60):
        return
    _noted.append(now)
    try:
        with transaction.atomic():
            FailedSearch.objects.note(words)
    except DatabaseError:
        logger.warning("Pencarian tanpa hasil tidak dapat dicatat.", exc_info=True)


def worth_noting(text: str) -> str:
    """The words of the text, in lower case with single spaces; "" for what is not to be kept."""
    words = " ".join(stemming.words(text))
    if len(words) > _LONGEST or _PRIVATE.search(text) or not any(letter.isalpha() for letter in words):
        return ""
    return words
