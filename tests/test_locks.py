"""Advisory locks: no two uses share one by accident."""

import re
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations

import pytest
from django.db import connection, transaction

from news.web import locks
from tests.test_house_rules import ROOT, SOURCES


def test_no_lock_with_any_key_has_the_name_of_another():
    assert [(one, other) for one, other in permutations(locks.Lock, 2) if other.startswith(f"{one} ")] == []


def test_locks_are_taken_in_one_module_only():
    taking = [str(path.relative_to(ROOT)) for path in SOURCES if re.search("pg_(try_)?advisory", path.read_text())]
    assert taking == ["news/web/locks.py"]


def taken_elsewhere(lock: locks.Lock, key: str = "") -> bool:
    """Whether another transaction can take the lock now."""
    try:
        with transaction.atomic():
            return locks.try_take(lock, key)
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_a_lock_excludes_those_with_the_same_key_until_the_transaction_ends():
    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            locks.take(locks.Lock.SENDER, "a")
            assert not other.submit(taken_elsewhere, locks.Lock.SENDER, "a").result()
            free = [(locks.Lock.SENDER, "b"), *((lock, "") for lock in locks.Lock)]
            assert all(other.submit(taken_elsewhere, *each).result() for each in free)
        assert other.submit(taken_elsewhere, locks.Lock.SENDER, "a").result()
