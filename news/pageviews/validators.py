"""ETags of pages that say how often something was read: by all of its bytes, no busy page would be the same twice."""

import time
from hashlib import md5

MINUTES = 2
_DIGITS = b"0123456789."
_BEFORE_A_COUNT = (b"| Dibaca : ", "<small>± ".encode())  # of an article; in the lists of the most read


def coarse(page: bytes) -> str | None:
    """The weak ETag of a page with counts; None if it has none.

    It changes at once with everything else on the page, and every two minutes. Whoever asks again before is told that
    nothing has changed, and so sees counts of up to two minutes ago; a page that is sent has those of its moment. All
    processes and hosts make the same, as far as their clocks agree.
    """
    rest = _without_counts(page)
    if rest == page:
        return None
    span = int(time.time()) // (60 * MINUTES)
    return f'W/"{md5(rest, usedforsecurity=False).hexdigest()}-{span}"'


def _without_counts(page: bytes) -> bytes:
    for before in _BEFORE_A_COUNT:
        first, *others = page.split(before)
        page = before.join([first, *(other.lstrip(_DIGITS) for other in others)])
    return page
