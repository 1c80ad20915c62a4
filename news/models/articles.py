"""Articles and lists of related articles."""

from contextlib import nullcontext
from datetime import UTC, datetime
from typing import NamedTuple

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, RegexValidator
from django.db import models, transaction
from django.db.models.functions import Greatest, Length, Now
from django.db.models.lookups import LessThanOrEqual
from django.utils import timezone
from django.utils.text import slugify

from news import markup, words
from news.models import visibility
from news.models.changes import TEXT, Change, changes_because, changes_by
from news.models.corrections import Correction
from news.models.review import PublishedAlone, Reviewed
from news.models.taxonomy import Category, District, Photo, Tag, one_line
from news.paths import article_path, short_path
from news.search import find, indexing, places, query
from news.web import addresses, paging
from news.web.admin import person_name

EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)  # limits of `published_at`
# Each part of the sitemap covers this many ids (news.sitemaps), so that none costs 200 ms. A literal in the SQL, or
# the index would not be used.
SITEMAP_PART = 10_000
PART = models.Func("id", template=f"(%(expressions)s / {SITEMAP_PART})", output_field=models.BigIntegerField())
# When the row last changed for lists of articles; a scheduled article is last saved before it is published.
ROW_CHANGED = Greatest("updated_at", "published_at")
# Who wrote it, in capitals. Literals in the SQL, or the index would not be used; keywords in alphabetical order, as
# migrations write them, or Django would see another index each time.
NAMES = models.Func(
    "author", "reporter", "editor", arg_joiner=" || ' / ' || ", function="upper", output_field=models.TextField()
)
_CARD_UNNEEDED = ~models.Q(card="") & (~models.Q(status="published") | models.Q(photo__isnull=False))


class ArticleQuerySet(models.QuerySet["Article"]):
    def published(self):
        """Articles that are public now, by the database's clock. Every page, feed and list starts here."""
        return self.filter(visibility.published())

    def withdrawn(self):
        """Articles that were public and are withdrawn; not those that were withdrawn before their time came."""
        return self.filter(visibility.withdrawn())

    def once_shown(self):
        """Articles whose address shows something: themselves, or why they were withdrawn."""
        return self.published() | self.withdrawn()

    def drafts(self):
        return self.filter(status=Article.Status.DRAFT)

    def awaiting_review(self):
        return self.filter(status=Article.Status.REVIEW)

    def scheduled(self):
        """Articles that will be public when their time comes."""
        return self.filter(status=Article.Status.PUBLISHED, published_at__gt=Now())

    def unfinished_of(self, person):
        """What this person has begun and no editor has released: drafts and submissions."""
        return self.filter(created_by=person).exclude(status__in=Article.ONCE_PUBLISHED)

    def handed_back(self):
        """Drafts with an editor's note about what to change."""
        return self.drafts().exclude(review_note="")

    def with_unneeded_card(self):
        """Articles with a share card (news.cards) that is no longer shown."""
        return self.filter(_CARD_UNNEEDED)

    def newest_first(self):
        """The order of all chronological lists; `news.web.paging` uses the same two columns."""
        return self.order_by(*paging.order("published_at"))

    def tagged(self, tag):
        """Articles with the tag, newest first, as TaggedArticle has them. What Now() says of its copy of the time
        again lets Postgres start behind the drafts and what is scheduled."""
        tagged = self.filter(by_tag__tag=tag).alias(
            tagged_at=models.F("by_tag__published_at"), tagged_id=models.F("by_tag__article")
        )
        return tagged.filter(tagged_at__lte=Now()).order_by("-tagged_at", "-tagged_id")

    def with_changed(self):
        """Annotates `changed`, the same as `Article.changed_at`."""
        corrected = Correction.objects.filter(article=models.OuterRef("pk")).order_by("-at").values("at")[:1]
        return self.annotate(changed=Greatest("text_changed_at", "published_at", models.Subquery(corrected)))

    def with_revised(self):
        """Annotates `revised`: when the newest change was made that has a public page; None if there is none."""
        told = Change.objects.told().filter(row=models.OuterRef("pk")).order_by("-id").values("at")[:1]
        return self.annotate(revised=models.Subquery(told))

    def last_change(self) -> datetime | None:
        """When a list of these articles last changed, for conditional requests: when one was last published, saved or
        withdrawn; None if none was ever public. Later than `changed_at` after an import of old articles."""
        kept = self.filter(status__in=Article.ONCE_PUBLISHED).annotate(changed=ROW_CHANGED).filter(changed__lte=Now())
        return kept.order_by("-changed").values_list("changed", flat=True).first()

    def headlines(self):
        """Articles that editors set as the home page's headline, until `headline_until`; the first one is."""
        return self.filter(headline_until__gt=Now()).order_by("-headline_until", "id")

    def headline(self) -> "Article | None":
        return self.headlines().first()

    def pinned(self):
        """Articles that editors keep on top of the home page now, in their order (news.models.pins)."""
        return self.filter(pin__until__gt=Now()).order_by("pin__position", "-pin__until", "-pin__id")

    def for_list(self):
        """Fetch plan for a card in a list."""
        return self.select_related("category", "photo").defer("search", "title_stems", "body_stems", "body")

    def search(self, text: str, limit: int = 50) -> list["Article"]:
        """The articles that match `text` best, best first; at most `limit`."""
        return find.best(self, query.parse(text), limit)

    def delete(self):
        """Raises ValidationError if one of the articles was ever published: those are withdrawn, never deleted."""
        if self.published().exists() or self.withdrawn().exists():
            raise ValidationError("Berita yang pernah terbit tidak dapat dihapus. Cabutlah berita itu.")
        return super().delete()


class Move(NamedTuple):
    """A transition from one article status to another. The newsroom offers it in `starts`; code may also repeat a
    `repeatable` one, as in withdrawing with another reason."""

    label: str
    starts: tuple[str, ...]
    target: str
    permission: str
    repeatable: bool = False


class Article(Reviewed):
    class Status(models.TextChoices):
        DRAFT = "draft", "Draf"
        REVIEW = "review", "Menunggu tinjauan"
        PUBLISHED = "published", "Terbit"
        WITHDRAWN = "withdrawn", "Dicabut"

    # All allowed status transitions; each key is also the name of the method that performs it.
    MOVES = {
        "submit": Move("Kirim untuk diperiksa", (Status.DRAFT,), Status.REVIEW, "news.change_article"),
        "return_to_draft": Move("Kembalikan ke draf", (Status.REVIEW,), Status.DRAFT, "news.publish_article"),
        # By its own writer, as long as no editor has decided
        "take_back": Move("Ambil kembali", (Status.REVIEW,), Status.DRAFT, "news.change_article"),
        "publish": Move(
            "Terbitkan",
            (Status.DRAFT, Status.REVIEW, Status.WITHDRAWN),
            Status.PUBLISHED,
            "news.publish_article",
            repeatable=True,
        ),
        "withdraw": Move(
            "Cabut berita", (Status.PUBLISHED,), Status.WITHDRAWN, "news.publish_article", repeatable=True
        ),
        # Only before its time has come, which `unschedule` checks
        "unschedule": Move(
            "Batalkan jadwal", (Status.PUBLISHED, Status.WITHDRAWN), Status.DRAFT, "news.publish_article"
        ),
    }

    # Released by an editor. What was shown as well (`was_public`) can neither be deleted nor become a draft again.
    ONCE_PUBLISHED = (Status.PUBLISHED, Status.WITHDRAWN)

    ALONE = (
        "Naskah ini Anda tulis atau ubah sendiri. Simpanlah, lalu mintalah redaktur lain menerbitkannya; bila tidak "
        "mungkin, tuliskan alasannya di sini."
    )
    stored_body: str | None = None  # as it was read from the database
    # Filled by save()
    DERIVED = ("slug", "title_stems", "body_stems", "search", "related_due_at", "updated_at", "text_changed_at")
    TEXT = TEXT

    title = models.CharField("judul", max_length=300)
    slug = models.SlugField("alamat", max_length=120, blank=True, help_text="Dibuat dari judul bila dikosongkan.")
    summary = models.CharField(
        "ringkasan",
        max_length=400,
        blank=True,
        help_text="Satu atau dua kalimat untuk daftar berita dan hasil pencarian.",
    )
    body = models.TextField("isi", validators=[MaxLengthValidator(markup.BODY_MAX_CHARS)])
    status = models.CharField("status", max_length=10, choices=Status, default=Status.DRAFT)
    published_at = models.DateTimeField(
        "waktu terbit",
        null=True,
        blank=True,
        help_text="Kosongkan untuk terbit saat ini. Waktu nanti: terbit sendiri pada waktunya.",
    )
    time_known = models.BooleanField(
        "jam diketahui",
        default=True,
        help_text="Berita lama kadang hanya bertanggal: hapus centang, jam tidak ditampilkan.",
    )
    category = models.ForeignKey(Category, verbose_name="kategori", on_delete=models.PROTECT, related_name="articles")
    tags = models.ManyToManyField(Tag, verbose_name="tag", blank=True, related_name="articles")
    photo = models.ForeignKey(
        Photo,
        verbose_name="foto utama",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="articles",
    )
    district = models.ForeignKey(
        District,
        verbose_name="kecamatan",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="articles",
        help_text="Bila berita ini tentang satu kecamatan.",
    )
    author = models.CharField("penulis", max_length=200, blank=True)
    reporter = models.CharField("peliput", max_length=200, blank=True, default="", db_default="")
    editor = models.CharField("editor", max_length=200, blank=True, default="", db_default="")
    headline_until = models.DateTimeField(
        "berita utama sampai",
        null=True,
        blank=True,
        help_text="Sampai saat itu berita ini menjadi berita utama di beranda. Kosongkan: yang terbaru yang utama.",
    )
    related_pinned = models.ManyToManyField(
        "self",
        verbose_name="artikel terkait pilihan",
        symmetrical=False,
        blank=True,
        related_name="+",
        help_text="Selalu tampil lebih dulu di Artikel Terkait.",
    )
    related_excluded = models.ManyToManyField(
        "self",
        verbose_name="bukan artikel terkait",
        symmetrical=False,
        blank=True,
        related_name="+",
        help_text="Tidak pernah tampil di Artikel Terkait berita ini.",
    )
    source = models.CharField(
        "sumber", max_length=200, blank=True, help_text="Asal berita bila bukan tulisan sendiri."
    )
    source_key = models.CharField("kunci pada sumber", max_length=200, null=True, blank=True, editable=False)
    source_url = models.CharField(
        "alamat asal",
        max_length=500,
        blank=True,
        validators=[RegexValidator(rf"\A(?:{addresses.PATTERN})\Z", "Isi alamat lengkap: https://…")],
    )
    withdrawn_reason = models.CharField("alasan pencabutan", max_length=500, blank=True)
    withdrawn_ground = models.CharField(
        "dasar pencabutan",
        max_length=200,
        blank=True,
        default="",
        db_default="",
        choices=[(ground.label, ground.label) for ground in Correction.Ground],
        help_text="Menurut Pedoman Pemberitaan Media Siber. Kosongkan bila redaksi sendiri yang memutuskan.",
    )
    withdrawn_at = models.DateTimeField("dicabut", null=True, blank=True, editable=False)
    created_at = models.DateTimeField("dibuat", auto_now_add=True)
    updated_at = models.DateTimeField("diubah", auto_now=True)  # the row; readers see `changed_at`
    # When the text changed after readers could first see it; null if it never did.
    text_changed_at = models.DateTimeField(null=True, editable=False)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="diubah oleh",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    # Hash of what the share card was drawn from (news.cards); "" if there is no card.
    card = models.CharField(max_length=16, editable=False, default="", db_default="")
    title_stems = models.TextField(editable=False, default="")
    body_stems = models.TextField(editable=False, default="")
    search = SearchVectorField(editable=False, default="", db_default="")  # see news.search.indexing
    # When the worker should next compute the related list (news.related). save() sets it, so a stale value from an
    # editor's form can cause one superfluous computation at most.
    related_due_at = models.DateTimeField(editable=False, default=timezone.now)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        verbose_name = "berita"
        verbose_name_plural = "berita"
        permissions = [("publish_article", "Dapat menerbitkan dan mencabut berita")]
        indexes = [
            models.Index(
                fields=["-published_at", "-id"],
                condition=models.Q(status="published"),
                name="article_published_newest",
            ),
            models.Index(
                fields=["category", "-published_at", "-id"],
                condition=models.Q(status="published"),
                name="article_category_newest",
            ),
            models.Index(
                fields=["district", "-published_at", "-id"],
                condition=models.Q(status="published", district__isnull=False),
                name="article_district_newest",
            ),
            models.Index(
                fields=["district", "category", "-published_at", "-id"],
                condition=models.Q(status="published", district__isnull=False),
                name="article_district_category",
            ),
            models.Index(
                fields=["-headline_until"],
                condition=models.Q(headline_until__isnull=False),
                name="article_headline",
            ),
            models.Index("related_due_at", condition=models.Q(status="published"), name="article_related_due"),
            models.Index("source_url", condition=~models.Q(source_url=""), name="article_source_url"),
            # An old address tells a number and no source: the unique index begins with the source, and Postgres before
            # 18 would read all of it.
            models.Index("source_key", condition=models.Q(source_key__isnull=False), name="article_source_key"),
            models.Index("source", "title", name="article_source_title"),
            # The newsroom's list: what has no time of publication yet comes first, newest change first.
            models.Index(fields=["-published_at", "-updated_at", "-id"], name="article_list"),
            models.Index(fields=["status", "-published_at", "-updated_at", "-id"], name="article_status_list"),
            GinIndex(OpClass(NAMES, "gin_trgm_ops"), name="article_names"),
            models.Index(
                fields=["-withdrawn_at"], condition=models.Q(status="withdrawn"), name="article_withdrawn_newest"
            ),
            models.Index(
                fields=["-published_at", "-id"],
                condition=models.Q(status="published", photo__isnull=True),
                include=["title", "category", "card"],  # all columns the worker reads: the rows are far apart
                name="article_without_photo",
            ),
            models.Index(
                "id",
                condition=_CARD_UNNEEDED,
                name="article_card_unneeded",
            ),
            models.Index("id", condition=models.Q(body__contains="<img"), name="article_with_pictures_in_body"),
            models.Index(
                PART,
                ROW_CHANGED.desc(),
                condition=models.Q(status__in=["published", "withdrawn"]),
                name="article_part_last_change",
            ),
            # New entries wait in a list of at most 64 kB, for every stretch that is searched reads it.
            GinIndex(places.PLACES, "search", name="article_search", gin_pending_list_limit=64),
        ]
        constraints = [
            models.UniqueConstraint("source", "source_key", name="article_source_key_is_unique"),
            models.CheckConstraint(
                condition=~models.Q(status__in=["published", "withdrawn"]) | models.Q(published_at__isnull=False),
                name="published_article_has_a_date",
                violation_error_message="Berita yang terbit harus mempunyai waktu terbit.",
                violation_error_code="published_at",  # the form field that shows the message
            ),
            models.CheckConstraint(
                condition=~models.Q(status="withdrawn") | ~models.Q(withdrawn_reason=""),
                name="withdrawn_article_has_a_reason",
                violation_error_message="Tuliskan alasan pencabutan: alasan itu ditampilkan kepada pembaca.",
                violation_error_code="withdrawn_reason",
            ),
            models.CheckConstraint(
                # Postgres stores years that Python cannot read; a mistyped 0204 would add centuries to the archive.
                condition=models.Q(published_at__gte=EARLIEST, published_at__lt=LATEST),
                name="article_date_is_of_our_time",
                violation_error_message="Waktu terbit harus antara tahun 1900 dan 2100.",
            ),
            models.CheckConstraint(
                condition=~models.Q(title="") & ~models.Q(slug=""),
                name="article_has_a_title_and_a_slug",
                violation_error_message="Berita harus mempunyai judul.",
            ),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("body"), markup.BODY_MAX_CHARS),
                name="article_body_is_at_most_300000_characters",
                violation_error_message="Isi berita paling panjang 300.000 karakter.",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return article_path(self.pk, self.slug)

    @property
    def description(self) -> str:
        return markup.description(self.summary, self.body)

    @property
    def changed_at(self) -> datetime:
        """When this published article last changed for readers: its publication, or a later change of its text or
        correction. Saving what readers do not see, such as stems, does not move it."""
        times = [self.published_at or self.created_at, *(correction.at for correction in self.corrections.all())]
        return max(filter(None, [*times, self.text_changed_at]))

    @property
    def is_public(self) -> bool:
        """Whether this article is public now. For lists use `published()`."""
        return (
            self.status == self.Status.PUBLISHED
            and self.published_at is not None
            and self.published_at <= timezone.now()
        )

    @property
    def was_public(self) -> bool:
        """Whether readers can or could read this article: it is public, or was when it was withdrawn."""
        if self.status == self.Status.WITHDRAWN:
            return self.withdrawn_at is None or self.published_at is None or self.published_at <= self.withdrawn_at
        return self.is_public

    @property
    def is_scheduled(self) -> bool:
        """Whether this article will become public at a later time."""
        return self.status == self.Status.PUBLISHED and bool(self.published_at) and not self.is_public

    @property
    def short_url(self) -> str:
        return short_path(self.pk)

    def clean(self):
        super().clean()
        stored = Article.objects.filter(pk=self.pk).only("status", "published_at", "withdrawn_at").first()
        stored = stored if stored and stored.was_public else None
        if stored and self.status not in self.ONCE_PUBLISHED:
            raise ValidationError("Berita yang pernah terbit tidak dapat kembali menjadi draf. Cabutlah berita itu.")
        if stored and self.published_at and self.published_at > timezone.now():
            raise ValidationError(
                {"published_at": "Berita ini pernah tampil; waktu terbitnya tidak dapat dipindah ke waktu nanti."}
            )
        self._tidy()  # before the constraints are checked: a form may leave the slug empty

    def _tidy(self):
        for name in ("title", "summary", "author", "reporter", "editor"):
            setattr(self, name, one_line(getattr(self, name)))
        self.slug = (slugify(self.slug) or words.slug(self.title))[:120].strip("-") or "berita"

    @classmethod
    def from_db(cls, db, field_names, values):
        article = super().from_db(db, field_names, values)
        article.stored_body = article.__dict__.get("body")  # None if it was deferred
        article._remember_text()
        return article

    def save(self, *, text_is_dated: bool = False, **kwargs):
        """Cleans the body and fills the derived columns, so that no write path can skip either. A body that nobody
        changed stays as it was stored, whatever later versions clean away, as long as it is safe.

        With `text_is_dated` the caller knows when the text changed, and `text_changed_at` stays as set."""
        self._tidy()
        is_rewritten, before = self.rewrites(), self.body
        self.body = markup.safe(self.body) if self.body == self.stored_body else markup.sanitise(self.body)
        self.body = Photo.objects.followed(self.body)
        is_only_cleaned = self.body != before and not is_rewritten
        self.title_stems, self.body_stems, self.search = indexing.indexed(self.title, markup.plain_text(self.body))
        self.related_due_at = max(timezone.now(), self.published_at or timezone.now())
        if not text_is_dated and self._changes_public_text(kwargs.get("update_fields")):
            self.text_changed_at = timezone.now()
        self.note_writer()
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], *self.DERIVED}
        with changes_because(Change.Reason.CLEANING) if is_only_cleaned else nullcontext():
            super().save(**kwargs)
        self._remember_text()

    def rewrites(self) -> bool:
        """Whether the text is another than was read from the database. Of what readers have seen, the database lets
        nobody change that without a word to them (migration 0022)."""
        return not self._state.adding and self._text_is_new()

    def tell(self, kind: str, text: str, by=None, *, reason: str = "", corrects: Correction | None = None):
        """Adds what readers are told above the text. Allows any change of the text in the same transaction."""
        if not self.was_public:
            raise ValidationError("Berita ini belum pernah tampil, jadi belum ada yang perlu diberitahukan.")
        told = Correction(article=self, kind=kind, text=text.strip(), reason=reason.strip(), corrects=corrects, by=by)
        told.by_name = person_name(by)[:150]
        told.full_clean()
        told.save()
        return told

    def save_with_pictures(self, body: str) -> None:
        """Saves the body with other files of its photos in it: to readers the same text, of the same writer."""
        self.body = self.stored_body = body
        self._remember_text()
        with changes_because(Change.Reason.PHOTO):
            self.save(text_is_dated=True)

    def _changes_public_text(self, update_fields) -> bool:
        """Whether saving these fields, None for all, changes what readers see of an article that they can read."""
        if self._state.adding:
            return False
        stored = Article.objects.published().filter(pk=self.pk).values(*self.TEXT).first() or {}
        saved = [
            name for name in stored if update_fields is None or {name, name.removesuffix("_id")} & {*update_fields}
        ]
        changed = [name for name in saved if stored[name] != getattr(self, name)]
        return bool(changed) and not (changed == ["body"] and markup.read_alike(stored["body"], self.body))

    def delete(self, **kwargs):
        if self.was_public:
            raise ValidationError("Berita yang pernah terbit tidak dapat dihapus. Cabutlah berita itu.")
        return super().delete(**kwargs)

    def can(self, move: str) -> bool:
        """Whether status and time allow the move with this name. What readers have seen is withdrawn; the schedule of
        what they have not seen is cancelled."""
        if self.status not in self.MOVES[move].starts:
            return False
        if move == "unschedule":
            return not self.was_public
        return move != "withdraw" or self.was_public

    def reason_against(self, published_at: datetime | None) -> str:
        """Why this cannot become the time of publication; "" if it can. By the time one knows what readers have seen:
        a later one would hide that, an earlier one tell the title of what was withdrawn before they could see it."""
        is_withdrawn = self.status == self.Status.WITHDRAWN
        limit = (self.withdrawn_at if is_withdrawn else None) or timezone.now()
        if published_at is None:
            return ""
        if self.was_public and published_at > limit:
            after = "pencabutannya" if is_withdrawn else "saat ini"
            return f"berita ini pernah tampil; waktu terbitnya tidak dapat dipindah ke sesudah {after}"
        if is_withdrawn and not self.was_public and published_at <= limit:
            return "berita ini dicabut sebelum tampil; waktu terbitnya tidak dapat dipindah ke sebelum itu"
        return ""

    def submit(self, by=None):
        """Sends a draft to the editors for review."""
        self._forget_note()
        self._move("submit", by)

    def take_back(self, by=None):
        """Its writer goes on writing what no editor has decided about. Whether `by` wrote it is for the caller."""
        self._forget_note()
        self._move("take_back", by)

    def return_to_draft(self, note: str, by=None):
        """An editor returns an article to its writer, with what to change."""
        self._hand_back(note, by)
        self._move("return_to_draft", by)

    @transaction.atomic
    def publish(self, by=None, *, alone_because: str = ""):
        """Publishes a new or withdrawn article, now or at its `published_at`. To readers, who saw it disappear, its
        return is a change.

        With settings.REVIEW_BY_SECOND_PERSON its writer needs a reason to be the publisher, and that is recorded."""
        alone = self._alone(by, alone_because)
        if self.status == self.Status.WITHDRAWN and self.was_public:
            self.text_changed_at = timezone.now()
        self.published_at = self.published_at or timezone.now()
        self._forget_withdrawal()
        self._forget_note()
        self._move("publish", by)
        self._record(alone)

    @transaction.atomic
    def save_released(self, by, *, alone_because: str = ""):
        """Saves a published article. A new text in one whose time has not come will be public without another verb, so
        that its writer needs the same reason as to publish it."""
        unseen = self._text_is_new() and not Article.objects.published().filter(pk=self.pk).exists()
        alone = self._alone(by, alone_because) if unseen else None
        self.save()
        self._record(alone)

    def _alone(self, by, reason: str) -> PublishedAlone | None:
        if not self.needs_second_person(by):
            return None
        if not reason.strip():
            raise ValidationError({"alone_because": self.ALONE})
        return PublishedAlone(article=self, by=by, by_name=person_name(by)[:150], reason=reason.strip()[:500])

    def _record(self, alone: PublishedAlone | None) -> None:
        if alone is not None:
            alone.article = self  # it may have got its number only now
            alone.save()

    def unschedule(self, by=None):
        """Makes a draft again of an article that no reader has seen, because its time has not come or had not."""
        stored = Article.objects.filter(pk=self.pk)  # a form may have changed `published_at` here
        if stored.published().exists() or stored.withdrawn().exists():
            raise ValidationError("Berita ini sudah pernah tampil, jadi tidak dapat kembali menjadi draf.")
        self.published_at = None
        self._forget_withdrawal()
        self._move("unschedule", by)

    def withdraw(self, reason: str, by=None, *, ground: str = ""):
        """Withdraws a published article; if readers have seen it, its address then shows the reason (410), and the
        database adds that to what they are told for good. `ground`: a label of Correction.Ground, or ""."""
        self.withdrawn_reason, self.withdrawn_ground, self.withdrawn_at = reason.strip(), ground, timezone.now()
        with changes_by(by.pk, person_name(by)) if by else nullcontext():
            self._move("withdraw", by)

    def _forget_withdrawal(self):
        """What readers were told about it stays (Correction)."""
        self.withdrawn_reason, self.withdrawn_ground, self.withdrawn_at = "", "", None

    def _move(self, name: str, by):
        move = self.MOVES[name]
        if self.status not in move.starts and not (move.repeatable and self.status == move.target):
            raise ValidationError(f"Dari status “{self.get_status_display()}” hal ini tidak dapat dilakukan.")
        self.status, self.changed_by = move.target, by
        self._tidy()
        self.validate_constraints()
        self.save()


class RelatedArticle(models.Model):
    """One entry of an article's stored list "Artikel Terkait", computed by news.related."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="related", db_index=False)
    target = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="related_to")
    rank = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint("article", "rank", name="related_rank_is_unique")]

    def __str__(self):
        return f"{self.article_id} → {self.target_id}"
