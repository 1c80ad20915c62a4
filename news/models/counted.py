"""Rows that count what readers looked for in vain."""

from datetime import timedelta

from django.db import connection, models
from django.utils import timezone


class CountedQuerySet(models.QuerySet):
    """Of models with the columns `times` and `last_seen`. Strangers make the rows, so only some are kept."""

    KEY: str  # the column that names what was looked for; unique
    MOST_ROWS: int  # rows, the most wanted
    MAX_AGE: timedelta  # since it was last looked for

    def count_one(self, key: str, **latest) -> None:
        """Counts one reader more; `latest` are columns that are overwritten. One statement, so that of many at a time
        none is lost."""
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
        """Rows that may be forgotten."""
        return self.all()

    def prune(self) -> int:
        """Deletes what nobody has looked for in MAX_AGE, and of the rest all but the most wanted MOST_ROWS; returns
        how many rows."""
        rows = self.prunable()
        old, _ = rows.filter(last_seen__lt=timezone.now() - self.MAX_AGE).delete()
        rest = rows.order_by("-times", "-last_seen").values("pk")[self.MOST_ROWS :]
        return old + rows.filter(pk__in=rest).delete()[0]
