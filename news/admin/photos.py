"""Photos: uploads, alternative texts and captions."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import NON_FIELD_ERRORS
from django.db import transaction

from news import alt_texts, photos
from news.admin import pieces
from news.admin.base import DeletedOnlyWhenUnused
from news.admin.history import HistoryAdmin
from news.models import Article, Photo, text_with
from news.web import dates
from news.web.admin import BoundedListAdmin


class PhotoForm(forms.ModelForm):
    upload = forms.FileField(
        label="Berkas foto",
        widget=forms.FileInput(attrs={"accept": photos.ACCEPTED}),
        help_text=(
            "JPEG, PNG, WebP, AVIF atau GIF, paling besar 25 MB. Foto diperkecil, dan data tersembunyi di dalamnya "
            "(lokasi, kamera) dibuang. GIF bergerak menjadi gambar diam."
        ),
    )
    picture = None  # the decoded upload

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk and "upload" in self.fields:
            self.fields["upload"].required = False
            self.fields["upload"].label = "Ganti berkas foto"

    def clean_upload(self):
        upload = self.cleaned_data["upload"]
        if upload and self.instance.pk and (text := text_with(self.instance)):
            raise forms.ValidationError(
                f"Foto ini ada di dalam isi “{text}”. Unggahlah foto baru, lalu ganti fotonya di dalam isi itu."
            )
        if upload:
            self.picture = photos.read(upload)
        return upload

    def clean(self):
        """A text that is the name of the file; Photo.clean() refuses others that say nothing."""
        cleaned, upload = super().clean(), self.cleaned_data.get("upload")
        text = cleaned.get("alt_text", "")
        if upload and not cleaned.get("decorative") and text and alt_texts.says_nothing(text, upload.name):
            self.add_error("alt_text", alt_texts.hint(text))
        return cleaned

    def _post_clean(self):
        super()._post_clean()
        if self.errors and self.picture:  # a browser does not send it again by itself
            self.add_error("upload", "Pilih juga berkas fotonya sekali lagi.")

    def add_error(self, field, error):
        """Shows a constraint's message at the field that the constraint's error code names."""
        of_constraints = getattr(error, "error_dict", {}).pop(NON_FIELD_ERRORS, [])
        for each in of_constraints:
            super().add_error(each.code if each.code in self.fields else None, each)
        if not of_constraints or error.error_dict:
            super().add_error(field, error)


@admin.register(Photo)
class PhotoAdmin(HistoryAdmin, DeletedOnlyWhenUnused, BoundedListAdmin):
    form = PhotoForm
    list_display = ["thumbnail", "words", "credit", "size", "uploaded"]
    list_display_links = ["thumbnail", "words"]
    list_per_page = 40
    list_max_show_all = 200
    search_fields = ["caption", "alt_text", "credit"]
    search_help_text = "Cari kata di keterangan, teks alternatif dan kredit"
    readonly_fields = ["preview", "size", "uploaded", "use"]

    class Media:
        js = ["portal/admin.js"]

    def get_fieldsets(self, request, obj=None):
        texts = ["alt_text", "decorative", "caption", "credit"]
        if obj is None:
            return [(None, {"fields": ["upload", *texts]})]
        picture = ["preview", "upload"] if self.has_change_permission(request, obj) else ["preview"]
        return [(None, {"fields": [*picture, *texts]}), ("Catatan", {"fields": ["size", "uploaded", "use"]})]

    @admin.display(description="foto")
    def thumbnail(self, photo):
        return pieces.thumbnail(self._smallest(photo), str(photo))

    @admin.display(description="keterangan")
    def words(self, photo):
        return str(photo)

    @admin.display(description="foto")
    def preview(self, photo):
        return pieces.preview(self._smallest(photo), photo.alt)

    def _smallest(self, photo):
        return photos.url(photo.name, photos.widths(photo.width)[0], "jpg")

    @admin.display(description="ukuran")
    def size(self, photo):
        return f"{photo.width} × {photo.height}"

    @admin.display(description="diunggah")
    def uploaded(self, photo):
        return dates.short_date(photo.created_at)

    @admin.display(description="dipakai")
    def use(self, photo):
        if photo.articles.exists():
            return "Dipakai berita, karena itu tidak dapat dihapus. Mengganti berkasnya mengganti foto di berita itu."
        if text := text_with(photo):
            return (
                f"Ada di dalam isi “{text}”, karena itu berkasnya tidak dapat diganti dan fotonya tidak dapat dihapus."
            )
        return "Belum dipakai berita."

    def has_change_permission(self, request, obj=None):
        """Photos of published articles may be changed only by users who may publish."""
        return super().has_change_permission(request, obj) and (
            obj is None
            or request.user.has_perm("news.publish_article")
            or not obj.articles.filter(status__in=Article.ONCE_PUBLISHED).exists()
        )

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and (obj is None or not text_with(obj))

    def save_model(self, request, photo, form, change):
        replaced = (photo.name, photo.width) if change else None
        if form.picture:
            photo.name, photo.width, photo.height, photo.edition = photos.write(form.picture)
        super().save_model(request, photo, form, change)
        if form.picture and photo.width < photos.WIDTHS[1]:
            text = f"Foto ini hanya {photo.width} × {photo.height} piksel: sebagai foto utama akan tampak kabur."
            self.message_user(request, text, messages.WARNING)
        if form.picture and replaced:
            transaction.on_commit(lambda: photos.delete(*replaced))

    def delete_model(self, request, photo):
        name, width = photo.name, photo.width
        super().delete_model(request, photo)
        transaction.on_commit(lambda: photos.delete(name, width))
