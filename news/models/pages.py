"""Content beside the articles: static pages of the office, and notices."""

from hashlib import sha256

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, RegexValidator
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from news import markup, office_texts
from news.models.articles import Article
from news.models.taxonomy import one_line
from news.paths import page_path
from news.web import addresses
from news.web.alphabet import by_letter

PAGE_MAX_CHARS = 100_000
_ADDRESS_MESSAGE = "Isi alamat lengkap (https://…) atau alamat di situs ini (/…)."
_LINK = RegexValidator(rf"\A(?:{addresses.PATTERN}|mailto:\S+)\Z", _ADDRESS_MESSAGE)
ADDRESS = RegexValidator(rf"\A(?:{addresses.PATTERN})\Z", _ADDRESS_MESSAGE)


def _digest(body: str) -> str:
    return sha256(body.encode()).hexdigest()


class PageQuerySet(models.QuerySet):
    def delete(self):
        if self.filter(slug__in=Page.LINKED).exists():
            raise ValidationError(Page.IS_LINKED)
        return super().delete()


class Page(models.Model):
    """A static page of the office at its own address: /tentang, /redaksi, /pedoman-komentar."""

    # Forms and other pages link to these, so they can be neither deleted nor moved.
    LINKED = ("pedoman-komentar", "pedoman-media-siber", "kebijakan-privasi", "aksesibilitas")
    IS_LINKED = "Halaman ini ditautkan dari formulir dan halaman lain: tidak dapat dihapus, alamatnya tetap."

    title = models.CharField("judul", max_length=120)
    slug = models.SlugField("alamat", max_length=60, unique=True, help_text="Alamat halaman: /tentang")
    body = models.TextField("isi", validators=[MaxLengthValidator(PAGE_MAX_CHARS)])
    in_footer = models.BooleanField(
        "di kaki halaman", default=True, help_text="Tautannya tampil di bawah setiap halaman."
    )
    position = models.PositiveSmallIntegerField("urutan", default=100, help_text="Angka kecil lebih dulu.")
    updated_at = models.DateTimeField("diubah", auto_now=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="diubah oleh",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    stored_body: str | None = None  # as it was read from the database
    # A digest of the text as the portal wrote it. As long as it fits `body`, nobody has edited the page, not even by
    # SQL. None: not noted; for pages of a release without this column portal.office_pages decides.
    portal_text = models.CharField(max_length=64, null=True, editable=False)

    objects = PageQuerySet.as_manager()

    class Meta:
        verbose_name = "halaman"
        verbose_name_plural = "halaman"
        ordering = ["position", by_letter("title")]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return page_path(self.slug)

    @property
    def is_linked(self) -> bool:
        return self.slug in self.LINKED

    @property
    def follows_portal(self) -> bool:
        """Whether the page shows the portal's own text, filled with the settings of today."""
        return self.slug in office_texts.TITLES and self.portal_text == _digest(self.body)

    @property
    def text(self) -> str:
        """The HTML to show: what editors wrote or, as long as they did not, the portal's own text."""
        return office_texts.text(self.slug) if self.follows_portal else self.body

    def write_portal_text(self) -> None:
        """Stores the portal's own text of today, also for code that reads only `body`, such as the sentinel."""
        self.body = office_texts.text(self.slug)
        self.portal_text = _digest(self.body)
        self.save()

    def mark_text(self, *, by_portal: bool) -> None:
        """Notes who wrote the text that is stored; the page counts as unchanged."""
        self.portal_text = _digest(self.body) if by_portal else ""
        Page.objects.filter(pk=self.pk).update(portal_text=self.portal_text)

    def clean(self):
        self.title, self.slug = one_line(self.title), self.slug.lower()
        if not self.title:
            raise ValidationError({"title": "Isi judulnya."})
        stored = Page.objects.filter(pk=self.pk).first() if self.pk else None
        if stored and stored.is_linked and self.slug != stored.slug:
            raise ValidationError({"slug": self.IS_LINKED})

    @classmethod
    def from_db(cls, db, field_names, values):
        page = super().from_db(db, field_names, values)
        page.stored_body = page.__dict__.get("body")  # None if it was deferred
        return page

    def save(self, **kwargs):
        """Cleans the body, unless nobody changed it: then only what is unsafe goes."""
        self.title = one_line(self.title)
        self.body = markup.safe(self.body) if self.body == self.stored_body else markup.sanitise(self.body)
        super().save(**kwargs)

    def delete(self, **kwargs):
        if self.is_linked:
            raise ValidationError(self.IS_LINKED)
        return super().delete(**kwargs)


class NoticeQuerySet(models.QuerySet):
    def current(self):
        """Notices to show now, by the database's clock, newest first."""
        ended = models.Q(ends_at__isnull=False, ends_at__lte=Now())
        return self.filter(starts_at__lte=Now()).exclude(ended).order_by("-starts_at", "-id")

    def current_or_upcoming(self):
        """Those that are not over, the next one first."""
        return self.filter(models.Q(ends_at=None) | models.Q(ends_at__gt=Now())).order_by("starts_at", "id")

    def with_state(self):
        """Annotates `state`, the current Notice.State by the database's clock."""
        state = models.Case(
            models.When(ends_at__lte=Now(), then=models.Value(Notice.State.ENDED)),
            models.When(starts_at__gt=Now(), then=models.Value(Notice.State.UPCOMING)),
            default=models.Value(Notice.State.CURRENT),
        )
        return self.annotate(state=state)

    def end(self) -> int:
        """Ends the current notices; returns how many."""
        return self.filter(pk__in=self.current().order_by().values("pk")).update(ends_at=Now())


class Notice(models.Model):
    """An announcement on the home page, or in an emergency a banner on every page."""

    class Kind(models.TextChoices):
        ANNOUNCEMENT = "announcement", "Pengumuman (di beranda)"
        EMERGENCY = "emergency", "Darurat (di atas setiap halaman)"

    class State(models.TextChoices):
        UPCOMING = "upcoming", "Akan tampil"
        CURRENT = "current", "Tampil"
        ENDED = "ended", "Selesai"

    kind = models.CharField("jenis", max_length=12, choices=Kind, default=Kind.ANNOUNCEMENT)
    title = models.CharField("judul", max_length=120)
    text = models.CharField("keterangan", max_length=400, blank=True)
    link = models.CharField("tautan", max_length=500, blank=True, validators=[_LINK])
    starts_at = models.DateTimeField("mulai tampil", default=timezone.now)
    ends_at = models.DateTimeField(
        "selesai tampil", null=True, blank=True, help_text="Kosongkan bila belum tahu; isi bila sudah lewat."
    )

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "pengumuman"
        verbose_name_plural = "pengumuman"
        ordering = ["-starts_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True) | models.Q(ends_at__gt=models.F("starts_at")),
                name="notice_ends_after_it_starts",
                violation_error_message="Waktu selesai harus sesudah waktu mulai.",
            ),
        ]

    def __str__(self):
        return self.title

    def clean(self):
        self.title, self.text = one_line(self.title), one_line(self.text)
        if not self.title:
            raise ValidationError({"title": "Isi judulnya."})


def text_with(photo) -> Article | Page | None:
    """An article or page whose text contains the photo, by its file name: the files must then be kept."""
    with_pictures = Article.objects.filter(body__contains="<img")  # has a partial index
    return (
        with_pictures.filter(body__contains=photo.name).first()
        or Page.objects.filter(body__contains=photo.name).first()
    )
