"""The cache of pages in memory."""

import time

import pytest
from django.core.cache import cache

from tests.conftest import wait_until


@pytest.mark.parametrize("jump", [-3600, 3600])
def test_a_clock_that_is_set_changes_nothing(monkeypatch, jump):
    real = time.time
    cache.set("a-second", "page", timeout=0.05)
    cache.set("a-minute", "page", timeout=60)
    cache.set("for-ever", "page", timeout=None)
    monkeypatch.setattr(time, "time", lambda: real() + jump)
    wait_until(lambda: cache.get("a-second") is None, 10)
    assert cache.get("a-minute") == cache.get("for-ever") == "page"
