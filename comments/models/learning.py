"""What moderators' decisions have taught the spam score: counts of hashed features, without order and without texts.

A lesson is what one decision taught; the score uses the sum of all lessons. Lessons are only ever added, so that
moderators never wait for each other, and undoing one adds its negative. They are replaced by their sum when there are
more than LESSONS_MAX, at each run of comments/privacy.py and when a comment is erased, so that none reveals a text.
"""

import struct
import zlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain

from django.db import models, transaction

from comments.spam.learned import instructive, names_in

LESSONS_MAX = 64
_NOTHING = zlib.compress(b"")  # what the version before names expects of a lesson without buckets
FADES_AT = 20_000  # texts; beyond that, what was learned so far counts half as much as what follows


@dataclass
class Taught:
    """What texts of one kind taught: their number, and in how many of them each bucket and each name occurs."""

    texts: int = 0
    buckets: Counter[int] = field(default_factory=Counter)
    names: Counter[int] = field(default_factory=Counter)

    def halved(self) -> "Taught":
        counters = [Counter({key: int(n / 2) for key, n in each.items()}) for each in (self.buckets, self.names)]
        return Taught(int(self.texts / 2), *counters)


def _packed(kind: str, spam: Counter[int], ordinary: Counter[int], times: int) -> bytes:
    """The keys that occur, of struct's type `kind`, and their two counts; empty if there are none."""
    keys = [key for key in sorted({*spam, *ordinary}) if spam[key] or ordinary[key]]
    columns = [times * counts[key] for counts in (spam, ordinary) for key in keys]
    return zlib.compress(struct.pack(f"<{len(keys)}{kind}{2 * len(keys)}i", *keys, *columns)) if keys else b""


def _unpacked(kind: str, packed: bytes | memoryview) -> Iterator[tuple[int, int, int]]:
    """(key, count in spam, count in ordinary texts) of each key."""
    data = zlib.decompress(packed) if packed else b""
    n = len(data) // struct.calcsize(f"<{kind}2i")
    columns = struct.unpack(f"<{n}{kind}{2 * n}i", data)
    return zip(columns[:n], columns[n : 2 * n], columns[2 * n :], strict=True)


class LessonQuerySet(models.QuerySet["Lesson"]):
    def learn(self, texts: Iterable[str], *, is_spam: bool, times: int = 1, known: Collection[str] = ()) -> None:
        """Learns from texts that moderators decided about; `times=-1` reverses an earlier call. Words in `known` are
        no names that spam advertises.

        Call it in the transaction of the decision. Texts that were erased meanwhile are ignored."""
        texts = list(texts)
        buckets = instructive(texts, is_spam=is_spam)
        taught = Taught(len(buckets), Counter(chain.from_iterable(buckets)), names_in(texts, known))
        if taught.texts or taught.names:
            self.add(taught if is_spam else Taught(), Taught() if is_spam else taught, times)

    def add(self, spam: Taught, ordinary: Taught, times: int = 1) -> None:
        """Adds a lesson from texts that were decided about; `times=-1` reverses the same."""
        with transaction.atomic():
            self._store(spam, ordinary, times)
            if self.count() > LESSONS_MAX:
                self.merge()

    @transaction.atomic
    def merge(self) -> None:
        """Replaces all lessons by their sum, so that none reveals what a single text taught. Skips lessons that
        another transaction is merging."""
        lessons = list(self.select_for_update(skip_locked=True))
        if len(lessons) < 2:
            return
        spam, ordinary = Taught(sum(each.spam for each in lessons)), Taught(sum(each.ordinary for each in lessons))
        for lesson in lessons:
            lesson.add_to(spam.buckets, ordinary.buckets)
            lesson.add_names_to(spam.names, ordinary.names)
        if spam.texts + ordinary.texts > FADES_AT:
            spam, ordinary = spam.halved(), ordinary.halved()
        self.filter(pk__in=[lesson.pk for lesson in lessons]).delete()
        self._store(spam, ordinary)

    def _store(self, spam: Taught, ordinary: Taught, times: int = 1) -> None:
        counts = _packed("H", spam.buckets, ordinary.buckets, times)
        names = _packed("I", spam.names, ordinary.names, times)
        if counts or names or spam.texts or ordinary.texts:
            numbers = {"spam": times * spam.texts, "ordinary": times * ordinary.texts}
            self.create(**numbers, counts=counts or _NOTHING, names=names)


class Lesson(models.Model):
    """`spam` and `ordinary` are numbers of texts; `counts` packs how many of them have each bucket, `names` each name.
    Rows never change."""

    spam = models.IntegerField()
    ordinary = models.IntegerField()
    counts = models.BinaryField()
    names = models.BinaryField(default=b"", db_default=b"")

    objects = LessonQuerySet.as_manager()

    class Meta:
        verbose_name = "pelajaran penilai spam"
        verbose_name_plural = "pelajaran penilai spam"

    def __str__(self):
        return f"{self.spam} spam, {self.ordinary} wajar"

    def add_to(self, spam, ordinary) -> None:
        """Adds the lesson's counts to `spam` and `ordinary`, which are indexed by bucket."""
        for bucket, in_spam, in_ordinary in _unpacked("H", self.counts):
            spam[bucket] += in_spam
            ordinary[bucket] += in_ordinary

    def add_names_to(self, spam, ordinary) -> None:
        """Adds the counts of the lesson's names to these counters."""
        for name, in_spam, in_ordinary in _unpacked("I", self.names):
            spam[name] += in_spam
            ordinary[name] += in_ordinary
