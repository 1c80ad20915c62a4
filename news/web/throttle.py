"""Limits within one process: at most so many events in a time, and a pause after a failure."""

import time
from collections import deque
from threading import Lock

_KEYS = 100  # remembered by each limit; the least recently used are forgotten first


class AtMost:
    """Allows something `number` times in `seconds`, separately for each key.

    `take()` returns whether it is allowed now, and counts it if so."""

    def __init__(self, number: int, *, seconds: float):
        self.number, self.seconds = number, seconds
        self._taken: dict[str, deque[float]] = {}
        self._lock = Lock()

    def take(self, key: str = "") -> bool:
        now = time.monotonic()
        with self._lock:
            taken = self._taken.pop(key, None) or deque(maxlen=self.number)
            self._taken[key] = taken  # now the newest key
            if len(taken) == self.number and (not taken or now - taken[0] < self.seconds):
                return False
            taken.append(now)
            if len(self._taken) > _KEYS:
                del self._taken[next(iter(self._taken))]
            return True

    def clear(self) -> None:
        with self._lock:
            self._taken.clear()


class Silence:
    """True for `seconds` after `begin()`, so that what has failed is not tried again in every request."""

    def __init__(self, *, seconds: float):
        self.seconds = seconds
        self._until = 0.0

    def begin(self) -> None:
        self._until = time.monotonic() + self.seconds

    def clear(self) -> None:
        self._until = 0.0

    def __bool__(self) -> bool:
        return time.monotonic() < self._until
