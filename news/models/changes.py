"""What news texts said before each change. Rows are written by triggers of the database (migrations 0012 and 0019), so
that no path around the admin escapes them, and are never changed nor deleted. Only a former text that must not be kept
can be emptied (`Change.close`)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.models.functions import Coalesce, Now

from news.models.corrections import Correction
from news.paths import change_path


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
    Noted("news_category", ("name", "slug", "description", "position")),
    Noted("news_tag", ("name", "slug")),
    Noted("news_photo", ("name", "alt_text", "caption", "credit")),
    Noted("news_page", ("title", "slug", "body", "in_footer", "position")),
    Noted("news_document", ("article_id", "title", "file")),
    Noted("news_notice", ("kind", "title", "text", "link", "starts_at", "ends_at")),
)
# Columns of an article's text: once readers have seen it, a change of these needs a reason (migration 0022).
TEXT = ("title", "summary", "body", "photo_id")
TAGGED, UNTAGGED = "tag+", "tag-"  # keys in `former` for the name of a tag that an article got or lost


class ChangeQuerySet(models.QuerySet["Change"]):
    def of(self, row: models.Model):
        """The changes of this row, newest first."""
        return self.filter(table=row._meta.db_table, row=row.pk).order_by("-id")

    def told(self):
        """The changes of texts that readers had seen: each has a public page."""
        return self.exclude(reason="")

    def since_return(self, article: models.Model):
        """Those of this article that were made after it was last published again; all if it never was withdrawn."""
        returned = self.model.objects.of(article).filter(former__status="withdrawn").order_by("-id").values("pk")[:1]
        return self.filter(pk__gt=Coalesce(models.Subquery(returned), 0))


class Change(models.Model):
    """One change of one row. `former` maps the changed columns to the values that they had; of a deleted row it holds
    all noted ones. Names the person as text, too, for the time after the account is gone."""

    class Kind(models.TextChoices):
        UPDATE = "U", "diubah"
        DELETE = "D", "dihapus"

    class Reason(models.TextChoices):
        """Why a text changed that readers had seen."""

        RECORD = "catatan", "Catatan redaksi"
        SPELLING = "ejaan", "Perbaikan ejaan"
        IMPORT = "impor", "Impor dari sumbernya"
        CLEANING = "bersih", "Pembersihan kode di dalam isi"  # by a program
        PHOTO = "foto", "Berkas foto diganti"

    class Closed(models.TextChoices):
        """Why a former text is neither shown nor kept."""

        PERSONAL = "data-pribadi", "Memuat data pribadi"
        CHILD = "anak", "Menyangkut hak anak"
        RULING = "putusan", "Diwajibkan putusan pengadilan atau Dewan Pers"

    table = models.CharField(max_length=40)
    row = models.BigIntegerField()
    kind = models.CharField(max_length=1, choices=Kind)
    at = models.DateTimeField(db_default=Now())
    person_id = models.BigIntegerField(null=True)
    person = models.CharField(max_length=200, default="")
    former = models.JSONField()
    # "" if readers had not seen what changed
    reason = models.CharField(max_length=10, choices=Reason, default="", db_default="")
    # No constraint in the database: both stay, but for the demo's, of which each goes with its article.
    correction = models.ForeignKey(
        Correction, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="changes"
    )
    closed_at = models.DateTimeField(null=True)
    closed_reason = models.CharField(max_length=15, choices=Closed, default="", db_default="")
    closed_by = models.CharField(max_length=200, default="", db_default="")

    objects = ChangeQuerySet.as_manager()

    class Meta:
        default_permissions = ()  # it is read on the history page of each row
        indexes = [
            models.Index(fields=["table", "row", "-id"], name="change_of_a_row"),
            models.Index(fields=["row", "-id"], condition=~models.Q(reason=""), name="change_told"),
        ]

    def __str__(self):
        return f"{self.table} {self.row} {self.get_kind_display()}"

    def get_absolute_url(self):
        return change_path(self.row, self.pk)

    @property
    def kept(self) -> dict:
        """`former` without the texts that a closed version no longer has."""
        gone = TEXT if self.closed_at else ()
        return {name: value for name, value in self.former.items() if value is not None or name not in gone}

    @property
    def texts(self) -> list[str]:
        """The columns of the text that changed."""
        return [name for name in TEXT if name in self.former] if self.table == "news_article" else []

    @property
    def kept_texts(self) -> list[str]:
        """Those of them that can still be emptied: closing another version takes only what says the same."""
        return [name for name in self.texts if name in self.kept]

    def is_shown_by(self, article: models.Model) -> bool:
        """Whether a text of before this change is what the article says now."""
        return any(getattr(article, name) == self.former[name] != "" for name in self.texts if name != "photo_id")

    def close(self, article: models.Model, reason: str, by: str) -> None:
        """Empties what the article's text was before this change, here and wherever else its history says the same.
        Raises ValidationError if readers can read that text now."""
        if self.is_shown_by(article):
            raise ValidationError("Teks itu sama dengan yang sekarang: ubah dahulu beritanya, lalu tutup versi ini.")
        with connection.cursor() as cursor:
            cursor.execute("SELECT news_close_version(%s, %s, %s)", [self.pk, reason, by[:200]])


@contextmanager
def changes_by(person_id: int, name: str) -> Iterator[None]:
    """A transaction whose changes are noted as this person's. Only for the transaction: a connection may be another
    person's next."""
    with _settings(person_id=str(person_id), person=name[:200]):
        yield


@contextmanager
def changes_because(reason: Change.Reason) -> Iterator[None]:
    """A transaction that may change texts that readers have seen, for this reason. Changes of more than spelling need
    a record (Article.tell) instead."""
    with _settings(reason=reason):
        yield


@contextmanager
def _settings(**values: str) -> Iterator[None]:
    """A transaction with settings that triggers read. It may be only a part of one, so the former values return."""
    names = [f"portal.{name}" for name in values]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(current_setting(name, true), '') FROM unnest(%s::text[]) WITH ORDINALITY "
            "AS settings (name, place) ORDER BY place",
            [names],
        )
        former = [value for (value,) in cursor.fetchall()]
        for name, value in zip(names, values.values(), strict=True):
            cursor.execute("SELECT set_config(%s, %s, true)", [name, value])
        yield
        for name, value in zip(names, former, strict=True):
            cursor.execute("SELECT set_config(%s, %s, true)", [name, value])


@contextmanager
def forgotten(model: type[models.Model], ids: list[int]) -> Iterator[None]:
    """A transaction of which nothing is noted, and that erases what was noted about these rows: to delete the demo
    articles, which nobody misses."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('portal.forgets_changes', 'on', true)")
        Change.objects.filter(table=model._meta.db_table, row__in=ids).delete()
        yield
        cursor.execute("SELECT set_config('portal.forgets_changes', '', true)")
