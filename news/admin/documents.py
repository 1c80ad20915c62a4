"""Documents: on the form of their article, and a list of their own."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from news import documents
from news.admin import pieces
from news.admin.history import HistoryAdmin
from news.models import Article, Document
from news.web import dates
from news.web.admin import BoundedListAdmin, WithoutBulkDelete

_UNREAD_OF_ARTICLES = ("article__body", "article__title_stems", "article__body_stems", "article__search")
_STATES = {
    Document.State.WAITING: "Sedang dibaca: halaman, teks dan sampulnya menyusul. Muat ulang sebentar lagi.",
    Document.State.READ: "Teksnya dapat dicari dan dibacakan.",
    Document.State.WITHOUT_TEXT: (
        "Tanpa teks: halamannya berupa gambar (pindaian). Warga dapat mengunduhnya, tetapi pencarian dan pembaca "
        "layar tidak dapat membacanya. Bila ada, unggahlah PDF yang dibuat langsung dari dokumen aslinya."
    ),
    Document.State.FAILED: (
        "Tidak terbaca: berkas ini rusak atau terlalu rumit, jadi teks dan sampulnya tidak ada. Bukalah berkasnya; "
        "bila tidak terbuka, unggahlah yang utuh."
    ),
}


class DocumentForm(forms.ModelForm):
    upload = forms.FileField(
        label="Berkas PDF",
        required=False,
        widget=forms.FileInput(attrs={"accept": documents.ACCEPTED}),
        help_text=f"Paling besar {documents.MAX_BYTES >> 20} MB. Warga dapat mengunduhnya sesudah beritanya terbit.",
    )
    kept = forms.CharField(required=False, widget=forms.HiddenInput)  # an upload that was good while something was not
    stored: documents.Stored | None = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk and "upload" in self.fields:
            self.fields["upload"].label = "Ganti berkas PDF"

    def clean_upload(self):
        upload = self.cleaned_data["upload"]
        if upload:
            documents.check(upload)
            self._keep(documents.store(upload))
        return upload

    def clean_kept(self):
        token = self.cleaned_data["kept"]
        if token and self.stored is None and "upload" not in self.errors:
            stored = documents.Stored.from_token(token)
            if stored is None or Document.objects.filter(file=stored.file).exists():
                raise ValidationError("Pilih berkas PDF sekali lagi.")
            self._keep(stored)
        return token

    def _keep(self, stored: documents.Stored) -> None:
        """If the form comes back, the file is there already."""
        self.stored = stored
        self.data = dict(self.data.items()) | {self.add_prefix("kept"): stored.token}
        self["upload"].help_text = (
            f"“{stored.called}” ({documents.size_in_words(stored.size)}) sudah diterima dan tidak perlu dipilih lagi. "
            "Memilih berkas lain menggantinya."
        )

    def clean(self):
        cleaned = super().clean()
        if errors := self._errors.pop("kept", None):
            self.add_error("upload", errors)
        elif not self.instance.pk and self.stored is None and "upload" not in self.errors:
            self.add_error("upload", "Pilih berkas PDF.")
        return cleaned

    def save(self, commit=True):
        if self.stored is not None:
            self.instance.put(self.stored)
        return super().save(commit)


class _Shown:
    """What both forms tell about a stored document."""

    @admin.display(description="berkas")
    def file_link(self, document):
        if not document.pk:
            return ""
        return pieces.link(reverse("admin:news_document_file", args=[document.pk]), f"Unduh ({document.kind})")

    @admin.display(description="keadaan")
    def condition(self, document):
        return _STATES[Document.State(document.state)] if document.pk else ""

    @admin.display(description="tertulis di dalam berkas")
    def inside(self, document):
        """Names that may not be meant for the public."""
        if not document.pk or document.state == Document.State.WAITING:
            return ""
        found = {
            "Judul (usul)": document.own_title,
            "Penulis": document.own_author,
            "Dibuat dengan": document.software,
        }
        said = "; ".join(f"{label}: {value}" for label, value in found.items() if value)
        if not said:
            return "Tidak ada judul, nama penulis atau nama program."
        if not document.own_author:
            return said
        return f"{said}. Setiap pengunduh dapat membaca nama itu: bila nama pribadi, hapus dahulu dari berkasnya."


class DocumentInline(_Shown, admin.StackedInline):
    model = Document
    form = DocumentForm
    extra = 1
    view_on_site = False  # it may not be there yet; the newsroom has a link of its own
    verbose_name = "lampiran (PDF)"
    verbose_name_plural = "lampiran (PDF)"
    readonly_fields = ["file_link", "condition", "inside"]

    def get_queryset(self, request):
        return super().get_queryset(request).defer("text", "title_stems", "body_stems", "search").order_by("pk")

    def get_fields(self, request, article=None):
        fields = ["title", "upload", "kept"]
        if article is None or not article.documents.exists():
            return fields
        return [*(fields if self.has_change_permission(request, article) else fields[:1]), *self.readonly_fields]


@admin.register(Document)
class DocumentAdmin(_Shown, HistoryAdmin, WithoutBulkDelete, BoundedListAdmin):
    form = DocumentForm
    list_display = ["title", "of_article", "kind", "state_badge", "uploaded"]
    list_filter = ["state"]
    search_fields = ["title", "own_author", "article__title"]
    search_help_text = "Cari kata di judul dokumen, judul berita, atau nama penulis di dalam berkas"
    autocomplete_fields = ["article"]
    readonly_fields = ["file_link", "condition", "inside", "uploaded"]

    def get_queryset(self, request):
        plan = super().get_queryset(request).select_related("article")
        return plan.defer("text", "title_stems", "body_stems", "search", *_UNREAD_OF_ARTICLES)

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return [(None, {"fields": ["article", "title", "upload", "kept"]})]
        changed = ["upload", "kept"] if self.has_change_permission(request, obj) else []
        return [(None, {"fields": ["article", "title", "file_link", *changed, "condition", "inside", "uploaded"]})]

    @admin.display(description="berita")
    def of_article(self, document):
        return str(document.article)

    @admin.display(description="berkas")
    def kind(self, document):
        return document.kind

    @admin.display(description="keadaan")
    def state_badge(self, document):
        return pieces.status(document.state, document.get_state_display())

    @admin.display(description="diunggah")
    def uploaded(self, document):
        return dates.short_date_and_time(document.uploaded_at)

    def get_view_on_site_url(self, obj=None):
        return obj.path if obj is not None and obj.article.is_public else None

    def has_change_permission(self, request, obj=None):
        """Those of released articles only by who may publish."""
        return super().has_change_permission(request, obj) and self._may_touch(request, obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and self._may_touch(request, obj)

    def _may_touch(self, request, document) -> bool:
        released = document is not None and document.article.status in Article.ONCE_PUBLISHED
        return not released or request.user.has_perm("news.publish_article")

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """A writer attaches to unpublished articles only, as on the article's form."""
        if db_field.name == "article":
            articles = Article.objects.for_list()
            if not request.user.has_perm("news.publish_article"):
                articles = articles.exclude(status__in=Article.ONCE_PUBLISHED)
            kwargs["queryset"] = articles
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request, document, form, change):
        super().save_model(request, document, form, change)
        document.tell_readers(formerly_of=form.initial.get("article") if change else None)

    def delete_model(self, request, document):
        super().delete_model(request, document)
        document.tell_readers()

    def get_urls(self):
        file = self.admin_site.admin_view(require_GET(self.file))
        return [path("<int:pk>/berkas/", file, name="news_document_file"), *super().get_urls()]

    def file(self, request, pk):
        """The file, for the newsroom: before its article is published, too."""
        document = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_view_permission(request, document):
            raise PermissionDenied
        response = documents.response(request, f"{document.file}.pdf", "application/pdf")
        response["Content-Disposition"] = content_disposition_header(True, f"{document.slug}.pdf")
        return response
