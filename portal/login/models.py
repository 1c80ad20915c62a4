"""Failed log-ins, counted by keys that name nobody."""

from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple

from django.db import connection, models
from django.db.models.functions import Now


class Count(NamedTuple):
    failures: int
    ends_in: float  # seconds until the count begins at zero again
    age: float  # seconds since the last failure


class FailureCountQuerySet(models.QuerySet):
    def add(self, windows: Mapping[str, timedelta], account: str) -> None:
        """Counts one failure for each key. A count starts again at one when its window (counted from its first
        failure) is over. One statement per key, so concurrent failures are all counted and no two wait for each
        other's rows."""
        with connection.cursor() as cursor:
            for key, window in windows.items():
                cursor.execute(
                    "INSERT INTO login_failurecount AS stored (key, account, failures, latest, ends_at)"
                    " VALUES (%s, %s, 1, now(), now() + make_interval(secs => %s))"
                    " ON CONFLICT (key) DO UPDATE SET latest = now(),"
                    " failures = CASE WHEN stored.ends_at <= now() THEN 1 ELSE stored.failures + 1 END,"
                    " ends_at = CASE WHEN stored.ends_at <= now() THEN excluded.ends_at ELSE stored.ends_at END",
                    [key, account, window.total_seconds()],
                )

    def of(self, keys) -> dict[str, Count]:
        """The counts of these keys whose windows are not over."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT key, failures, extract(epoch FROM ends_at - now()), extract(epoch FROM now() - latest)"
                " FROM login_failurecount WHERE key = ANY(%s) AND ends_at > now()",
                [list(keys)],
            )
            return {key: Count(failures, float(ends_in), float(age)) for key, failures, ends_in, age in cursor}

    def prune(self) -> int:
        """Deletes counts whose windows are over; returns how many."""
        return self.filter(ends_at__lte=Now()).delete()[0]


class FailureCount(models.Model):
    key = models.CharField("kunci", primary_key=True, max_length=64)  # a keyed hash: see portal.login.bounds
    account = models.CharField("akun", max_length=64, db_index=True)  # the account's hash; "" for a sender's key
    failures = models.PositiveIntegerField("gagal")
    latest = models.DateTimeField("terakhir")
    ends_at = models.DateTimeField("berakhir", db_index=True)

    objects = FailureCountQuerySet.as_manager()

    class Meta:
        verbose_name = "hitungan gagal masuk"
        verbose_name_plural = "hitungan gagal masuk"
        default_permissions = ()  # nobody reads or changes them

    def __str__(self):
        return self.key
