"""The data of an article's page, read as plain rows of prepared statements.

Creating model instances and building SQL would cost more in Django than the whole page costs in Postgres. Visibility
is still decided in one place: each statement is built from `published()`.
"""

import json
from datetime import datetime
from typing import NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, DateTimeField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import JSONObject

from news import markup
from news.documents import ShownDocument
from news.models import Article, Correction, Document, Tag
from news.models.corrections import anchor
from news.paths import article_path, category_path, short_path, tag_path
from news.photos import ShownPhoto
from news.web.alphabet import letters
from news.web.prepared import Statement


class Link(NamedTuple):
    name: str
    path: str


class ShownArticle(NamedTuple):
    """The article itself; `photo` is None if it has none, `district` is "" if it is about no kecamatan. `documents`
    are in the order in which they were attached."""

    pk: int
    slug: str
    title: str
    summary: str
    body: str
    published_at: datetime
    time_known: bool
    author: str
    reporter: str
    editor: str
    source: str
    card: str
    changed_at: datetime
    revised_at: datetime | None  # the newest of its changes that have a public page
    district: str
    reads: int
    category: Link
    photo: ShownPhoto | None
    documents: list[ShownDocument]

    def get_absolute_url(self) -> str:
        return article_path(self.pk, self.slug)

    @property
    def short_url(self) -> str:
        return short_path(self.pk)

    @property
    def description(self) -> str:
        return markup.description(self.summary, self.body)


class Told(NamedTuple):
    """A record that readers are told above the text."""

    pk: int
    kind: str
    text: str
    reason: str
    at: datetime
    corrects: int | None  # the record in which it corrects a mistake

    @property
    def label(self) -> str:
        return str(Correction.Kind(self.kind).label)

    @property
    def is_correcting(self) -> bool:
        return self.kind in Correction.CORRECTING

    @property
    def anchor(self) -> str:
        return anchor(self.pk)

    @property
    def corrected_anchor(self) -> str:
        return anchor(self.corrects) if self.corrects else ""


class Around(NamedTuple):
    """What an article's page shows besides the article: tags, records (newest first), and links to the previous and
    the next article."""

    tags: list[Link]
    corrections: list[Told]
    older: Link | None
    newer: Link | None


OWN = ShownArticle._fields[:12]  # columns of the article table, in the order of the fields
_OTHERS = (
    "changed",
    "revised",
    "district__name",
    "views__counted",
    "views__imported",
    "category__name",
    "category__slug",
)
_PHOTO = tuple(f"photo__{name}" for name in ShownPhoto._fields)


def find(pk: int) -> ShownArticle | None:
    """The published article with this id, or None."""
    for row in _article(pk):
        changed, revised, district, counted, imported, category, category_slug = row[
            len(OWN) : len(OWN) + len(_OTHERS)
        ]
        *photo, documents = row[len(OWN) + len(_OTHERS) :]
        others = (
            changed,
            revised,
            district or "",
            (counted or 0) + (imported or 0),
            Link(category, category_path(category_slug)),
            ShownPhoto(*photo) if photo[0] else None,
            [ShownDocument(**json.loads(each)) for each in documents],
        )
        return ShownArticle._make([*row[: len(OWN)], *others])
    return None


def around(pk: int) -> Around:
    tags: list[Link] = []
    corrections: list[Told] = []
    neighbours: dict[str, Link] = {}
    for kind, text, slug, row_pk, at, corrects in sorted(_around(pk), key=lambda row: letters(row[1])):
        if kind == "tag":
            tags.append(Link(text, tag_path(slug)))
        elif kind in Correction.Kind:
            corrections.append(Told(row_pk, kind, text, slug, at, corrects))
        else:
            neighbours[kind] = Link(text, article_path(row_pk, slug))
    corrections.sort(key=lambda told: (told.at, told.pk), reverse=True)
    return Around(tags, corrections, neighbours.get("older"), neighbours.get("newer"))


def _article_rows(pk: int) -> QuerySet:
    columns = JSONObject(**{name: name for name in ShownDocument.__dataclass_fields__})
    own = Document.objects.filter(article=OuterRef("pk")).order_by("pk").values_list(columns)
    rows = Article.objects.published().filter(pk=pk).with_changed().with_revised()
    return rows.values_list(*OWN, *_OTHERS, *_PHOTO, ArraySubquery(own))


def _rows_around(pk: int) -> QuerySet:
    """Rows (kind, text, slug, id, time, id of another row); of a record, the slug is its reason."""
    no_time, no_other = Value(None, output_field=DateTimeField()), Value(None, output_field=BigIntegerField())
    moment = Subquery(Article.objects.filter(pk=pk).values("published_at")[:1])
    published = Article.objects.published()
    older = published.filter(Q(published_at__lt=moment) | Q(published_at=moment, pk__lt=pk), published_at__lte=moment)
    newer = published.filter(Q(published_at__gt=moment) | Q(published_at=moment, pk__gt=pk), published_at__gte=moment)
    row = "title", "slug", "pk", "published_at", no_other
    tags = Tag.objects.filter(articles=pk).order_by()
    corrections = Correction.objects.filter(article=pk).order_by()
    return tags.values_list(Value("tag"), "name", "slug", "pk", no_time, no_other).union(
        corrections.values_list("kind", "text", "reason", "pk", "at", "corrects"),
        older.order_by("-published_at", "-pk").values_list(Value("older"), *row)[:1],
        newer.order_by("published_at", "pk").values_list(Value("newer"), *row)[:1],
        all=True,
    )


_article = Statement(_article_rows, int)
_around = Statement(_rows_around, int)
