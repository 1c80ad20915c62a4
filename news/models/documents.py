"""Documents (PDF) that articles carry. Their files are in news.documents."""

from datetime import timedelta

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models, transaction
from django.db.models.functions import Left, Now
from django.utils import timezone
from django.utils.safestring import SafeString

from news import documents, words
from news.models.articles import Article
from news.models.taxonomy import one_line
from news.search import find, indexing, query, stemming, vocabulary
from news.web import paging

_RANKED = 120  # newest hits
_RANKED_CHARS = 12_000  # of their stems
_CLAIM = timedelta(minutes=3)  # after which a reading that has not ended is begun again
_ATTEMPTS = 3


class DocumentQuerySet(models.QuerySet["Document"]):
    def visible(self):
        """Documents that readers may have: those of published articles."""
        return self.of(Article.objects.published())

    def of(self, articles):
        """The documents of these articles."""
        return self.filter(article__in=articles)

    def for_list(self):
        """Fetch plan for a list, which is in the order of the articles' publication: annotates `published_at`."""
        article = ("article__title", "article__slug", "article__published_at", "article__time_known")
        plan = self.select_related("article").only(*documents.ShownDocument.__dataclass_fields__, *article)
        return plan.annotate(published_at=models.F("article__published_at"))

    def newest_first(self):
        """The order of `for_list()`, as `news.web.paging` has it."""
        return self.order_by(*paging.order("published_at"))

    def matching(self, sought: query.Query):
        """Those whose title or text has every word of the query."""
        if not sought or sought.excludes_itself:
            return self.none()
        found = self.filter(*[models.Q(search=each) for each in sought.indexed()])
        return found if sought.rest is None else found.filter(search=sought.rest)

    def best(self, sought: query.Query, limit: int) -> list["Document"]:
        """Those that match best, among the newest that match; best first."""
        newest = self.matching(sought).order_by("-article__published_at", "-id")
        rows = list(
            newest.values_list("pk", "title_stems", Left("body_stems", _RANKED_CHARS), models.Value(0.0))[:_RANKED]
        )
        if not rows:
            return []
        shares = vocabulary.shares(sought.stems)
        phrase = stemming.stems(sought.text) if len(sought.all_terms) > 1 else ""
        pks = find.rank_rows(rows, {stem: shares.get(stem, 0) for stem in sought.stems}, phrase)[:limit]
        return find.fetch(self, pks)

    def openings(self, pks: list[int], chars: int) -> dict[int, str]:
        """The first characters of their texts."""
        return dict(self.filter(pk__in=pks).values_list("pk", Left("text", chars)))

    def claim(self) -> "Document | None":
        """The next document to be read, which no other worker then takes. One that ended its reader a few times, or
        even the worker, is given up."""
        waiting = self.filter(state=Document.State.WAITING)
        waiting.filter(attempts__gte=_ATTEMPTS, claimed_at__lt=Now() - _CLAIM).update(state=Document.State.FAILED)
        with transaction.atomic():
            free = waiting.filter(models.Q(claimed_at=None) | models.Q(claimed_at__lt=Now() - _CLAIM))
            found = free.select_for_update(skip_locked=True).order_by("id").first()
            if found is not None:
                found.attempts, found.claimed_at = found.attempts + 1, timezone.now()
                self.filter(pk=found.pk).update(attempts=found.attempts, claimed_at=Now())
            return found


class Document(documents.DocumentColumns, models.Model):
    excerpt: SafeString | str = ""  # what a search shows of its text

    class State(models.TextChoices):
        WAITING = "waiting", "Menunggu dibaca"
        READ = "read", "Terbaca"
        WITHOUT_TEXT = "textless", "Tanpa teks"
        FAILED = "failed", "Tidak terbaca"

    article = models.ForeignKey(Article, verbose_name="berita", on_delete=models.CASCADE, related_name="documents")
    title = models.CharField(
        "judul dokumen",
        max_length=200,
        help_text="Seperti pada dokumennya: Surat Edaran Nomor 12 Tahun 2026 tentang Jam Kerja",
    )
    # A part of its address, never guessed and never changed; `file` is another one with each upload.
    name = models.CharField(max_length=32, unique=True, editable=False, default=documents.new_name)
    file = models.CharField("berkas", max_length=32, unique=True, editable=False)
    size = models.PositiveIntegerField("ukuran", editable=False)  # bytes
    uploaded_at = models.DateTimeField("diunggah", default=timezone.now, editable=False)
    # SHA-256 of the file, from the first scan of the sentinel on
    checksum = models.CharField(max_length=64, editable=False, default="", db_default="")

    # Read from the file by the worker
    state = models.CharField("keadaan", max_length=8, choices=State, default=State.WAITING, editable=False)
    attempts = models.PositiveSmallIntegerField(editable=False, default=0)
    claimed_at = models.DateTimeField(null=True, editable=False)
    pages = models.PositiveIntegerField("halaman", null=True, editable=False)
    cover_width = models.PositiveSmallIntegerField(editable=False, default=0)  # 0: there is no picture
    cover_height = models.PositiveSmallIntegerField(editable=False, default=0)
    own_title = models.CharField("judul di dalam berkas", max_length=200, blank=True, editable=False, default="")
    own_author = models.CharField("penulis di dalam berkas", max_length=200, blank=True, editable=False, default="")
    software = models.CharField("dibuat dengan", max_length=200, blank=True, editable=False, default="")
    text = models.TextField(editable=False, blank=True, default="")

    # Filled by save(), as those of articles
    title_stems = models.TextField(editable=False, default="")
    body_stems = models.TextField(editable=False, default="")
    search = SearchVectorField(editable=False, default="")
    rules = models.PositiveIntegerField(editable=False, default=0)  # news.words.RULES by which it was indexed

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = "dokumen"
        verbose_name_plural = "dokumen"
        ordering = ["-id"]
        indexes = [
            GinIndex("search", name="document_search"),
            models.Index("id", condition=models.Q(state="waiting"), name="document_waiting"),
            models.Index("rules", name="document_rules"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(title=""),
                name="document_has_a_title",
                violation_error_message="Dokumen harus mempunyai judul.",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return self.path

    def save(self, **kwargs):
        """Fills the derived columns."""
        self.title, self.rules = one_line(self.title), words.RULES
        self.title_stems, self.body_stems, self.search = indexing.indexed(self.title, self.text)
        super().save(**kwargs)

    def put(self, stored: documents.Stored) -> None:
        """Makes this its file, which the worker then reads; the former one goes when this is committed."""
        if former := self.file:
            transaction.on_commit(lambda: documents.delete(former))
        self.file, self.size, self.uploaded_at = stored.file, stored.size, timezone.now()
        self._forget_reading()

    def _forget_reading(self) -> None:
        self.state, self.attempts, self.claimed_at = self.State.WAITING, 0, None
        self.pages, self.cover_width, self.cover_height = None, 0, 0
        self.own_title = self.own_author = self.software = self.text = self.checksum = ""

    def take(self, reading: documents.Reading) -> None:
        """Stores what was read, unless the file has been replaced or the document deleted meanwhile."""
        with transaction.atomic():
            stored = Document.objects.select_for_update(of=["self"]).filter(pk=self.pk, file=self.file).first()
            if stored is None:
                return
            stored.state = self.State.READ if reading.text else self.State.WITHOUT_TEXT
            if reading.text is None:
                stored.state = self.State.FAILED
            stored.pages, stored.text = reading.pages or None, reading.text or ""
            stored.own_title, stored.own_author, stored.software = reading.title, reading.author, reading.software
            if reading.cover:
                documents.write_cover(stored.file, reading.cover)
                stored.cover_width, stored.cover_height = reading.width, reading.height
            stored.save()

    def tell_readers(self, *, formerly_of: int | None = None) -> None:
        """Another attachment, or one that changed or went, is a change of the article to those who can read it; also
        of the article, by its id, that carried the document before."""
        carriers = {self.article_id, formerly_of}
        Article.objects.published().filter(pk__in=carriers - {None}).update(text_changed_at=Now())

    def delete(self, **kwargs):
        file = self.file
        deleted = super().delete(**kwargs)
        transaction.on_commit(lambda: documents.delete(file))
        return deleted


def read_next() -> bool:
    """Reads one document that waits for it; returns whether there was one. Called by the worker."""
    found = Document.objects.claim()
    if found is not None:
        found.take(documents.read(documents.path(found.file)))
    return found is not None


def delete_orphans() -> int:
    """Deletes the files of no document. Called by the worker."""
    return documents.delete_orphans(set(Document.objects.values_list("file", flat=True)))
