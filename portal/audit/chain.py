"""Checking the chain of the audit list: whether an entry was changed, removed or put in."""

from collections.abc import Iterator
from hashlib import sha256
from typing import NamedTuple

from django.db import connection

from portal.audit.models import Entry

BATCH = 5_000
_BEFORE_ALL = -(2**63)  # a number below 1 was put in by somebody, and is read as well
# What a hash is made of, besides the hash before: the same JSON array as in the trigger audit_chain (migration 0001).
_ROWS = """
    SELECT id, former, hash, jsonb_build_array(id, kind, verb, "table", "row", subject,
        (extract(epoch FROM at) * 1000000)::bigint, person_id, person, details)::text
    FROM audit_entry WHERE id > %s ORDER BY id LIMIT %s
"""


class Head(NamedTuple):
    """The newest entry: whoever keeps its hash elsewhere can prove later that nothing up to it was changed."""

    number: int
    hash: str

    def __str__(self):
        return f"{self.number}:{self.hash}"


class BrokenChain(Exception):
    """Says, for people, which entry is the first that does not fit, and why."""


def check(kept: Head | None = None) -> Head | None:
    """Reads the whole chain and returns its head; None if it is empty. Raises BrokenChain at the first entry that does
    not fit, or if the entry `kept`, a head of earlier times, is another one now."""
    head = None
    for number, former, stored, content in _rows():
        expected = head.number + 1 if head else 1
        if number < expected:  # below the first
            raise BrokenChain(f"No. {number} disisipkan.")
        if number > expected:
            missing = f"No. {expected}" if number == expected + 1 else f"No. {expected} sampai {number - 1}"
            raise BrokenChain(f"{missing} hilang.")
        before = bytes.fromhex(head.hash) if head else b""
        if former != before:
            raise BrokenChain(f"No. {number} tidak menyambung ke no. {number - 1}.")
        if sha256(before + content.encode()).digest() != stored:
            raise BrokenChain(f"No. {number} tidak seperti saat ditulis.")
        head = Head(number, stored.hex())
        if kept and kept.number == number and kept.hash != head.hash:
            raise BrokenChain(f"No. {number} lain daripada yang dicatat dahulu.")
    if kept and (head is None or head.number < kept.number):
        raise BrokenChain(f"Rantai berakhir di no. {head.number if head else 0}, sebelum no. {kept.number}.")
    return head


def newest() -> Head | None:
    found = Entry.objects.order_by("-id").values_list("id", "hash").first()
    return Head(found[0], bytes(found[1]).hex()) if found else None


def _rows() -> Iterator[tuple[int, bytes, bytes, str]]:
    last = _BEFORE_ALL
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_ROWS, [last, BATCH])
            batch = cursor.fetchall()
        if not batch:
            return
        for number, former, stored, content in batch:
            yield number, bytes(former), bytes(stored), content
        last = batch[-1][0]
