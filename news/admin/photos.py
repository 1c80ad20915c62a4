"""Photos: uploads, alternative texts, captions and focal points, and the library for the newsroom's other forms."""

from functools import partial

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied
from django.db import transaction
from django.http import JsonResponse
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_POST

from news import alt_texts, photos
from news.admin import library, pieces
from news.admin.base import DeletedOnlyWhenUnused
from news.admin.history import HistoryAdmin
from news.models import PHOTO_WORDS, Photo, photo_use, text_with
from news.web import dates
from news.web.admin import BoundedListAdmin, containing

PLACES = 20  # that the form of a photo names


class PhotoForm(forms.ModelForm):
    upload = forms.FileField(
        label="Berkas foto",
        widget=forms.FileInput(attrs={"accept": photos.ACCEPTED, **library.attributes()}),
        help_text=(
            f"JPEG, PNG, WebP, AVIF, GIF atau HEIC dari iPhone, paling besar {photos.MAX_BYTES >> 20} MB. Foto "
            "diperkecil, dan data tersembunyi di dalamnya (lokasi, kamera) dibuang. GIF bergerak menjadi gambar diam."
        ),
    )
    picture = None  # the decoded upload
    file_is_kept = False  # by library.js, if something else is wrong

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk and "upload" in self.fields:
            self.fields["upload"].required = False
            self.fields["upload"].label = "Ganti berkas foto"
            self.fields["upload"].help_text += " Foto yang baru langsung menggantikan yang lama di semua tempatnya."

    def clean_upload(self):
        upload = self.cleaned_data["upload"]
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
        if self.errors and self.picture and not self.file_is_kept:  # a browser does not send it again by itself
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
        css = {"all": ["portal/library.css"]}
        js = ["portal/admin.js", "portal/library.js"]

    def get_fieldsets(self, request, obj=None):
        texts = ["alt_text", "decorative", "caption", "credit", ("focus_x", "focus_y")]
        if obj is None:
            return [(None, {"fields": ["upload", *texts]})]
        picture = ["preview", "upload"] if self.has_change_permission(request, obj) else ["preview"]
        return [(None, {"fields": [*picture, *texts]}), ("Catatan", {"fields": ["size", "uploaded", "use"]})]

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"library": library.attributes(), **(extra_context or {})})

    def get_search_results(self, request, queryset, search_term):
        return (containing(queryset, PHOTO_WORDS, search_term) if search_term else queryset), False

    @admin.display(description="foto")
    def thumbnail(self, photo):
        return pieces.thumbnail(library.thumbnail(photo), str(photo))

    @admin.display(description="keterangan")
    def words(self, photo):
        return str(photo)

    @admin.display(description="foto")
    def preview(self, photo):
        return pieces.preview(library.thumbnail(photo), photo.alt)

    @admin.display(description="ukuran")
    def size(self, photo):
        return f"{photo.width} × {photo.height}"

    @admin.display(description="diunggah")
    def uploaded(self, photo):
        return dates.short_date(photo.created_at)

    @admin.display(description="dipakai")
    def use(self, photo):
        found = photo_use.first_places(photo, PLACES + 1)
        if not found:
            return "Belum dipakai berita atau halaman."
        rows = [(reverse(f"admin:news_{each._meta.model_name}_change", args=[each.pk]), str(each)) for each in found]
        more = f"Dan tempat lain: hanya {PLACES} yang ditampilkan." if len(rows) > PLACES else ""
        return pieces.places("Karena dipakai, foto ini tidak dapat dihapus:", rows[:PLACES], more)

    def has_change_permission(self, request, obj=None):
        """Photos that readers have seen may be changed only by users who may publish."""
        may = super().has_change_permission(request, obj)
        return may and (obj is None or photo_use.may_be_changed(obj, by=request.user))

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and (obj is None or not text_with(obj))

    # ---- Saving

    def save_model(self, request, photo, form, change):
        save = partial(super().save_model, request, photo, form, change)
        if form.picture and change:
            followed = photo_use.save_with_new_file(photo, photos.write(form.picture, photo.focus), save)
            if followed:
                self.message_user(request, f"Foto itu diganti juga di dalam {followed} isi berita atau halaman.")
        elif form.picture:
            photo.name, photo.width, photo.height, photo.edition = photos.write(form.picture, photo.focus)
            save()
        elif change and {"focus_x", "focus_y"} & {*form.changed_data}:
            photo_use.save_with_new_focus(photo, save)
        else:
            save()
        if form.picture and (note := self._note(photo)):
            self.message_user(request, note, messages.WARNING)

    def _note(self, photo) -> str:
        if photo.width >= photos.WIDTHS[1]:
            return ""
        return f"Foto ini hanya {photo.width} × {photo.height} piksel: sebagai foto utama akan tampak kabur."

    def delete_model(self, request, photo):
        files = photo.name, photo.width, photo.focus
        super().delete_model(request, photo)
        transaction.on_commit(lambda: photos.delete(*files))

    # ---- The library

    def get_urls(self):
        return [
            path("pustaka/", self.admin_site.admin_view(require_GET(self.library)), name="news_photo_library"),
            path("unggah/", self.admin_site.admin_view(require_POST(self.upload)), name="news_photo_upload"),
            *super().get_urls(),
        ]

    def library(self, request):
        """Photos as JSON for the dialog: newest first, `?q=` words, `?before=` an id, or one `?id=`."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked = library.LibraryForm(request.GET)
        if not asked.is_valid():
            return JsonResponse({"photos": [], "next": None}, status=400)
        found, _ = self.get_search_results(request, Photo.objects.all(), asked.cleaned_data["q"])
        if pk := asked.cleaned_data["id"]:
            found = found.filter(pk=pk)
        may_add = self.has_add_permission(request)
        return JsonResponse({**library.page(found, asked.cleaned_data["before"]), "may_add": may_add})

    def upload(self, request):
        """Takes one file with its texts, as the form for a new photo does, and answers with JSON."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = self.get_form(request)(request.POST, request.FILES)
        form.file_is_kept = True
        if not form.is_valid():
            return JsonResponse({"errors": form.errors}, status=400)
        photo = form.save(commit=False)
        photo.name, photo.width, photo.height, photo.edition = photos.write(form.picture, photo.focus)
        photo.save()
        self.log_addition(request, photo, [{"added": {}}])
        return JsonResponse({"photo": library.described(photo), "note": self._note(photo)}, status=201)
