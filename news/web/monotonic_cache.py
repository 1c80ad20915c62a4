"""Django's cache in memory, by a clock that nobody sets: when the machine's is put back by an hour, what was cached
for a second would be shown for an hour."""

import time

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.locmem import LocMemCache


class MonotonicCache(LocMemCache):
    _expire_info: dict[str, float | None]

    def get_backend_timeout(self, timeout=DEFAULT_TIMEOUT):
        expires = super().get_backend_timeout(timeout)
        return None if expires is None else expires - time.time() + time.monotonic()

    def _has_expired(self, key):
        expires = self._expire_info.get(key, -1.0)
        return expires is not None and expires <= time.monotonic()
