"""The spam score including what was learned from moderators' decisions, always current in every process."""

from contextlib import nullcontext

from django.core.exceptions import ImproperlyConfigured
from django.db import Error, OperationalError, connection, transaction

from comments import spam
from comments.models import Lesson
from comments.spam.learned import Learned
from news.web.prepared import Statement
from news.web.throttle import Silence

_ids = Statement(lambda after: Lesson.objects.filter(pk__gt=after).values_list("pk"), int)
_known = Learned()
silence = Silence(seconds=5)  # after the database did not respond


def score(text: str) -> spam.Score:
    """spam.score() with everything learned so far. To score many texts, call learned() once and pass it on."""
    return spam.score(text, learned())


def learned() -> Learned:
    """Everything learned so far. Queries the database on each call and reads only new lessons. While the database does
    not respond, returns what was known before, or nothing; the caller's transaction stays usable."""
    global _known
    if silence:
        return _known
    try:
        with transaction.atomic() if connection.in_atomic_block else nullcontext():  # a savepoint
            ids = frozenset(pk for (pk,) in _ids(0))
            if ids != _known.ids:
                _known = _read(_known, ids)
    except OperationalError:
        silence.begin()
    except (Error, ImproperlyConfigured):
        pass  # no database at all, or a transaction that has failed already
    return _known


def _read(known: Learned, ids: frozenset[int]) -> Learned:
    if known.ids < ids:
        lessons = list(Lesson.objects.filter(pk__in=ids - known.ids))
        if len(lessons) == len(ids - known.ids):
            return known.with_lessons(lessons)
    return Learned().with_lessons(Lesson.objects.all())  # some were merged, or a transaction was rolled back
