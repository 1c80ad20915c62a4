"""What moderators' decisions have taught the spam score: counts of hashed features, without order and without texts.

A lesson is what one decision taught; the score uses the sum of all lessons. Lessons are only ever added, so that
moderators never wait for each other, and undoing one adds its negative. They are replaced by their sum when there are
more than LESSONS_MAX, at each run of comments/privacy.py and when a comment is erased, so that none reveals a text.
"""

import struct
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain

from django.db import models, transaction

from comments.spam.learned import instructive

LESSONS_MAX = 64
FADES_AT = 20_000  # texts; beyond that, what was learned so far counts half as much as what follows


class LessonQuerySet(models.QuerySet["Lesson"]):
    def learn(self, texts: Iterable[str], *, is_spam: bool, times: int = 1) -> None:
        """Learns from texts that moderators decided about; `times=-1` reverses an earlier call.

        Call it in the transaction of the decision. Texts that were erased meanwhile are ignored."""
        buckets = instructive(texts, is_spam=is_spam)
        if buckets and is_spam:
            self.add(buckets, [], times)
        elif buckets:
            self.add([], buckets, times)

    def add(self, spam: Sequence[Iterable[int]], ordinary: Sequence[Iterable[int]], times: int = 1) -> None:
        """Adds a lesson from the buckets of texts that were decided about; `times=-1` reverses the same."""
        in_spam, in_ordinary = (Counter(chain.from_iterable(texts)) for texts in (spam, ordinary))
        with transaction.atomic():
            self._store(len(spam) * times, len(ordinary) * times, in_spam, in_ordinary, times)
            if self.count() > LESSONS_MAX:
                self.merge()

    @transaction.atomic
    def merge(self) -> None:
        """Replaces all lessons by their sum, so that none reveals what a single text taught. Skips lessons that
        another transaction is merging."""
        lessons = list(self.select_for_update(skip_locked=True))
        if len(lessons) < 2:
            return
        spam: Counter[int] = Counter()
        ordinary: Counter[int] = Counter()
        for lesson in lessons:
            lesson.add_to(spam, ordinary)
        spam_texts, ordinary_texts = sum(each.spam for each in lessons), sum(each.ordinary for each in lessons)
        if spam_texts + ordinary_texts > FADES_AT:
            spam_texts, ordinary_texts = int(spam_texts / 2), int(ordinary_texts / 2)
            spam, ordinary = (Counter({b: int(n / 2) for b, n in each.items()}) for each in (spam, ordinary))
        self.filter(pk__in=[lesson.pk for lesson in lessons]).delete()
        self._store(spam_texts, ordinary_texts, spam, ordinary)

    def _store(self, spam: int, ordinary: int, in_spam: Counter, in_ordinary: Counter, times: int = 1) -> None:
        buckets = [bucket for bucket in sorted({*in_spam, *in_ordinary}) if in_spam[bucket] or in_ordinary[bucket]]
        if not buckets and not spam and not ordinary:
            return
        n = len(buckets)
        columns = [times * counts[bucket] for counts in (in_spam, in_ordinary) for bucket in buckets]
        counts = zlib.compress(struct.pack(f"<{n}H{2 * n}i", *buckets, *columns))
        self.create(spam=spam, ordinary=ordinary, counts=counts)


class Lesson(models.Model):
    """`spam` and `ordinary` are numbers of texts; `counts` packs how many of them have each bucket. Rows never
    change."""

    spam = models.IntegerField()
    ordinary = models.IntegerField()
    counts = models.BinaryField()

    objects = LessonQuerySet.as_manager()

    class Meta:
        verbose_name = "pelajaran penilai spam"
        verbose_name_plural = "pelajaran penilai spam"

    def __str__(self):
        return f"{self.spam} spam, {self.ordinary} wajar"

    def add_to(self, spam, ordinary) -> None:
        """Adds the lesson's counts to `spam` and `ordinary`, which are indexed by bucket."""
        packed = zlib.decompress(self.counts)
        n = len(packed) // 10
        columns = struct.unpack(f"<{n}H{2 * n}i", packed)
        for bucket, in_spam, in_ordinary in zip(columns[:n], columns[n : 2 * n], columns[2 * n :], strict=True):
            spam[bucket] += in_spam
            ordinary[bucket] += in_ordinary
