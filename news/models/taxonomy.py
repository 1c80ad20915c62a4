"""Categories, tags, districts and photos of articles."""

import re

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models.functions import Lower, Replace, Upper

from news import alt_texts, markup, photos, pieces
from news.paths import category_path, tag_path
from news.web.alphabet import by_letter, by_letter_indexed

NAVIGATION_CATEGORIES = 8


# What the newsroom searches of a photo, in capitals. As NAMES of news.models.articles: literals, in this order.
PHOTO_WORDS = models.Func(
    "caption",
    "alt_text",
    "credit",
    arg_joiner=" || ' / ' || ",
    function="upper",
    output_field=models.TextField(),
)

_BIDI_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")


def one_line(text: str) -> str:
    """The text without line breaks, control characters (invalid in feeds) and marks that change text direction."""
    return " ".join(_BIDI_CONTROLS.sub("", markup.without_controls(text)).split())


class Named(models.Model):
    """Base of what articles are filed under; its name is a single tidy line."""

    class Meta:
        abstract = True

    def clean(self):
        self.name = one_line(self.name)  # before the check that the name is unique
        if not self.name:
            raise ValidationError({"name": "Isi nama dengan huruf atau angka."})

    def save(self, **kwargs):
        self.name = one_line(self.name)
        super().save(**kwargs)


class CategoryQuerySet(models.QuerySet):
    def in_navigation(self):
        """The first categories by position, as many as the navigation has room for; /kategori lists all."""
        return self.all()[:NAVIGATION_CATEGORIES]


class Category(Named):
    name = models.CharField("nama", max_length=60)
    slug = models.SlugField("alamat", max_length=60, unique=True, help_text=f"Bagian alamat: {category_path('…')}")
    description = models.CharField("keterangan", max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(
        "urutan",
        default=100,
        help_text="Angka kecil lebih dulu. Delapan yang pertama tampil di beranda dan di atas setiap halaman.",
    )

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = "kategori"
        verbose_name_plural = "kategori"
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="category_name_is_unique_whatever_its_case",
                violation_error_message="Kategori dengan nama itu sudah ada.",
            ),
        ]
        ordering = ["position", by_letter("name")]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return category_path(self.slug)


class Tag(Named):
    name = models.CharField("nama", max_length=80)
    slug = models.SlugField("alamat", max_length=80, unique=True, help_text=f"Bagian alamat: {tag_path('…')}")

    class Meta:
        verbose_name = "tag"
        verbose_name_plural = "tag"
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="tag_name_is_unique_whatever_its_case",
                violation_error_message="Tag dengan nama itu sudah ada.",
            ),
        ]
        # By its words, and by these in one, for other spellings of a search (news.search.vocabulary)
        indexes = [
            GinIndex(
                models.Func(models.F("slug"), models.Value("-"), function="string_to_array"), name="tag_slug_words"
            ),
            models.Index(Replace(models.F("slug"), models.Value("-")), name="tag_slug_in_one"),
            models.Index(by_letter_indexed("name"), name="tag_by_letter"),
            GinIndex(OpClass(Upper("name"), "gin_trgm_ops"), name="tag_name_trigrams"),
        ]
        ordering = [by_letter("name")]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return tag_path(self.slug)

    def is_public(self) -> bool:
        """Whether readers may know the tag: an article with it is published."""
        return self.articles.published().exists()


class District(Named):
    """A kecamatan, the part of the city that an article is about."""

    name = models.CharField("nama", max_length=60)
    slug = models.SlugField("alamat", max_length=60, unique=True, help_text="Dipakai pada penyaring: ?kecamatan=…")

    class Meta:
        verbose_name = "kecamatan"
        verbose_name_plural = "kecamatan"
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="district_name_is_unique_whatever_its_case",
                violation_error_message="Kecamatan dengan nama itu sudah ada.",
            ),
        ]
        ordering = [by_letter("name")]

    def __str__(self):
        return self.name


class PhotoQuerySet(models.QuerySet["Photo"]):
    def followed(self, body: str) -> str:
        """The sanitised body with the present files of photos that got another one since it was written: a former
        version that is put back, or what an editor had open meanwhile."""
        if names := markup.names_in(body):
            for photo in self.filter(former_names__overlap=[*names]):
                for name in names & {*photo.former_names}:
                    body = markup.replaced(body, name, photo.figure_html())
        return body


class Photo(photos.PhotoColumns, models.Model):
    """A picture stored in several renditions (news.photos), with its alternative text, caption, credit and focal
    point."""

    name = models.CharField("berkas", max_length=120, unique=True, editable=False)
    width = models.PositiveIntegerField("lebar", editable=False)
    height = models.PositiveIntegerField("tinggi", editable=False)
    alt_text = models.CharField(
        "teks alternatif",
        max_length=250,
        blank=True,
        help_text="Apa yang tampak pada foto, untuk pembaca yang tidak melihatnya. Wajib, kecuali foto hiasan.",
    )
    decorative = models.BooleanField(
        "hiasan", default=False, help_text="Centang bila foto tidak menambah keterangan apa pun."
    )
    caption = models.CharField("keterangan foto", max_length=300, blank=True)
    credit = models.CharField(
        "kredit", max_length=120, blank=True, help_text="Nama fotografer atau lembaganya. Contoh: Foto: Humas Pemkot"
    )
    # Which set of files exists (news.photos.EDITION); the worker upgrades older ones. 0: the files are missing.
    edition = models.PositiveSmallIntegerField(editable=False, default=1, db_default=1)
    # The point that no crop may lose, in hundredths of width and height; null: nobody has chosen one.
    focus_x = models.PositiveSmallIntegerField(
        "titik fokus dari kiri",
        null=True,
        blank=True,
        validators=[MaxValueValidator(100)],
        help_text=(
            "Dalam persen, juga dari atas. Atau klik bagian terpenting pada foto di atas: bagian itu tetap tampak di "
            "mana pun foto ini dipotong. Kosong: portal yang memilih."
        ),
    )
    focus_y = models.PositiveSmallIntegerField(
        "titik fokus dari atas", null=True, blank=True, validators=[MaxValueValidator(100)]
    )
    # What its files were called before they were replaced; see PhotoQuerySet.followed().
    former_names = ArrayField(models.CharField(max_length=120), editable=False, default=list, db_default=[])
    # SHA-256 of the file that an import made it of, by which the next run knows it, whatever the newsroom changed
    imported_from = models.CharField(max_length=64, blank=True, editable=False, default="", db_default="")
    created_at = models.DateTimeField("diunggah", auto_now_add=True)

    objects = PhotoQuerySet.as_manager()

    class Meta:
        verbose_name = "foto"
        verbose_name_plural = "foto"
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["-id"],
                condition=models.Q(edition__gte=1, edition__lt=photos.EDITION),
                name="photo_of_an_older_edition",
            ),
            GinIndex(fields=["former_names"], name="photo_former_names"),
            GinIndex(OpClass(PHOTO_WORDS, "gin_trgm_ops"), name="photo_words"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["imported_from"], condition=~models.Q(imported_from=""), name="photo_is_imported_once"
            ),
            models.CheckConstraint(
                condition=models.Q(decorative=True) | ~models.Q(alt_text=""),
                name="photo_has_alt_text_or_is_decorative",
                violation_error_message="Isi teks alternatif, atau centang “hiasan”.",
                violation_error_code="alt_text",  # the form field that shows the message
            ),
            models.CheckConstraint(
                condition=models.Q(focus_x=None, focus_y=None)
                | models.Q(focus_x__isnull=False, focus_y__isnull=False, focus_x__lte=100, focus_y__lte=100),
                name="photo_focal_point_is_whole_and_in_the_picture",
                violation_error_message="Isi kedua angka titik fokus, dari 0 sampai 100, atau kosongkan keduanya.",
                violation_error_code="focus_x",
            ),
        ]

    def __str__(self):
        return f"{self.caption or self.alt_text or 'Foto'} (no. {self.pk})"

    def clean(self):
        """Refuses an alternative text that says nothing. Photos that are stored with one stay as they are until
        somebody edits them."""
        super().clean()
        if self.alt_text and not self.decorative and alt_texts.says_nothing(self.alt_text):
            raise ValidationError({"alt_text": alt_texts.hint(self.alt_text)})

    def figure_html(self) -> str:
        """This photo as HTML for a body; `markup.sanitise()` keeps it unchanged, `markup.shown()` renders it."""
        src = photos.url(self.name, photos.fallback(self.width), "jpg")
        caption = " · ".join(filter(None, [self.caption, self.credit]))
        return markup.sanitise(pieces.figure(src, self.alt, self.width, self.height, caption))
