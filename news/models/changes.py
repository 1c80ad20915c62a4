"""What news texts said before each change. Rows are written by triggers of the database (migrations 0012 and 0030), so
that no path around the admin escapes them, and are never changed nor deleted."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from django.db import connection, models, transaction
from django.db.models.functions import Now


class Noted(NamedTuple):
    """A table of which changes of these columns are noted."""

    table: str
    columns: tuple[str, ...]


# The triggers are made from this: a change here needs a migration.
NOTED = (
    Noted(
        "news_article",
        (
            *("title", "slug", "summary", "body", "status", "published_at", "time_known", "category_id", "photo_id"),
            *("district_id", "author", "reporter", "editor", "headline_until", "source_url", "withdrawn_reason"),
            "withdrawn_at",
        ),
    ),
    Noted("news_correction", ("article_id", "text", "at")),
    Noted("news_category", ("name", "slug", "description", "position")),
    Noted("news_tag", ("name", "slug")),
    Noted("news_photo", ("name", "alt_text", "caption", "credit")),
    Noted("news_page", ("title", "slug", "body", "in_footer", "position")),
    Noted("news_document", ("article_id", "title", "file")),
    Noted("news_notice", ("kind", "title", "text", "link", "starts_at", "ends_at")),
)
TAGGED, UNTAGGED = "tag+", "tag-"  # keys in `former` for the name of a tag that an article got or lost


class ChangeQuerySet(models.QuerySet["Change"]):
    def of(self, row: models.Model):
        """The changes of this row, newest first."""
        return self.filter(table=row._meta.db_table, row=row.pk).order_by("-id")


class Change(models.Model):
    """One change of one row. `former` maps the changed columns to the values that they had; of a deleted row it holds
    all noted ones. Names the person as text, too, for the time after the account is gone."""

    class Kind(models.TextChoices):
        UPDATE = "U", "diubah"
        DELETE = "D", "dihapus"

    table = models.CharField(max_length=40)
    row = models.BigIntegerField()
    kind = models.CharField(max_length=1, choices=Kind)
    at = models.DateTimeField(db_default=Now())
    person_id = models.BigIntegerField(null=True)
    person = models.CharField(max_length=200, default="")
    former = models.JSONField()

    objects = ChangeQuerySet.as_manager()

    class Meta:
        default_permissions = ()  # it is read on the history page of each row
        indexes = [models.Index(fields=["table", "row", "-id"], name="change_of_a_row")]

    def __str__(self):
        return f"{self.table} {self.row} {self.get_kind_display()}"


@contextmanager
def changes_by(person_id: int, name: str) -> Iterator[None]:
    """A transaction whose changes are noted as this person's. Only for the transaction: a connection may be another
    person's next."""
    with transaction.atomic():
        _set_person(str(person_id), name[:200])
        yield
        _set_person("", "")  # this may be only a part of a transaction


def _set_person(person_id: str, name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('portal.person_id', %s, true), set_config('portal.person', %s, true)",
            [person_id, name],
        )


@contextmanager
def forgotten(model: type[models.Model], ids: list[int]) -> Iterator[None]:
    """A transaction of which nothing is noted, and that erases what was noted about these rows: to delete the demo
    articles, which nobody misses."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('portal.forgets_changes', 'on', true)")
        Change.objects.filter(table=model._meta.db_table, row__in=ids).delete()
        yield
        cursor.execute("SELECT set_config('portal.forgets_changes', '', true)")
