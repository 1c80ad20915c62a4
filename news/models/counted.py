"""Tables that count what readers looked for and did not find."""

from datetime import timedelta

from django.db import connection, models
from django.utils import timezone


class CountedQuerySet(models.QuerySet):
    """For models with `times` and `last_seen`. Anonymous visitors create the rows, so their number is limited."""

    KEY: str  # the unique column that says what was looked for
    MAX_ROWS: int  # rows to keep, those with the highest `times`
    MAX_AGE: timedelta  # rows not seen for this long are deleted

    def count_one(self, key: str, **latest) -> None:
        """Adds one to the count of `key` and overwrites the columns in `latest`. A single statement, so concurrent
        calls lose no count."""
        row = self.model(**{self.KEY: key}, times=1, **latest)
        fields = [field for field in self.model._meta.concrete_fields if not field.primary_key]
        renewed = ", ".join(f"{name} = excluded.{name}" for name in ("last_seen", *latest))
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {self.model._meta.db_table} AS stored ({', '.join(field.attname for field in fields)})"
                f" VALUES ({', '.join(['%s'] * len(fields))})"
                f" ON CONFLICT ({self.KEY}) DO UPDATE SET times = stored.times + 1, {renewed}",
                [getattr(row, field.attname) for field in fields],
            )

    def prunable(self):
        """Rows that may be deleted."""
        return self.all()

    def prune(self) -> int:
        """Deletes prunable rows not seen for MAX_AGE, then the rarest ones beyond MAX_ROWS.

        Returns how many rows it deleted.
        """
        rows = self.prunable()
        old, _ = rows.filter(last_seen__lt=timezone.now() - self.MAX_AGE).delete()
        rest = rows.order_by("-times", "-last_seen").values("pk")[self.MAX_ROWS :]
        return old + rows.filter(pk__in=rest).delete()[0]
