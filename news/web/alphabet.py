"""The order of names, the same on every server: the collation of the database would decide otherwise, and in "C" all
capitals come before all small letters. Beyond A to Z the order is that of Unicode."""

from django.db.models import Func
from django.db.models.functions import Collate, Lower


def by_letter(column: str) -> Lower:
    """For `ordering` and `order_by()`."""
    return Lower(Collate(column, "C"))


def by_letter_indexed(column: str) -> Func:
    """The same for an index, in which Django wants a collation outermost."""
    return Func(column, template='(LOWER(%(expressions)s COLLATE "C"))')


def letters(name: str) -> bytes:
    """For `sorted()`: the same order."""
    return name.encode().lower()  # of bytes, only A to Z change
