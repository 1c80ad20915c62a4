"""Advisory locks: no two uses share one by accident."""

import re
import threading
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


@pytest.mark.django_db(transaction=True)
def test_an_index_can_be_built_beside_readers_while_this_process_holds_a_lock_and_another_waits_for_it():
    waits = threading.Event()

    def another():
        try:
            with locks.held(locks.Lock.UPGRADE, waits.set):
                pass
        finally:
            connection.close()

    other = threading.Thread(target=another)
    try:
        with locks.held(locks.Lock.UPGRADE, lambda: None), connection.cursor() as cursor:
            other.start()
            assert waits.wait(10)
            cursor.execute("SET statement_timeout = '10s'")
            cursor.execute("CREATE INDEX CONCURRENTLY tag_for_a_test ON news_tag (name, slug)")
        other.join(10)
        assert not other.is_alive()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET statement_timeout")
            cursor.execute("DROP INDEX IF EXISTS tag_for_a_test")
