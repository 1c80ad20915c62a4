"""The rich text editor for the bodies of articles and pages."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, JsonResponse
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.views.decorators.http import require_POST
from django_prose_editor.fields import ProseEditorFormField
from django_prose_editor.widgets import AdminProseEditorWidget
from js_asset import Media

from news import markup
from news.admin import library


class BodyField(ProseEditorFormField):
    """Cleans what was typed or pasted, and only then measures it. `cleaned` tells what was left out."""

    cleaned = markup.Cleaned()

    def clean(self, value):
        value = self.to_python(value)
        self.validate(value)
        self.cleaned = markup.typed(value)
        self.run_validators(self.cleaned.html)
        return self.cleaned.html

    def has_changed(self, initial, data):
        """Browsers send each line break as two characters."""
        return super().has_changed(initial, (data or "").replace("\r\n", "\n"))


class BodyWidget(AdminProseEditorWidget):
    """The editor with our extensions, which keep everything that a stored body may contain, and the photo library."""

    @property
    def media(self):
        return super().media + Media(css={"all": ["portal/library.css"]}, js=["portal/library.js"])

    def get_config(self):
        config = super().get_config()
        extensions = {**config["extensions"], "Kept": True}
        return {**config, "extensions": extensions, "js_modules": [static("portal/editor.js")]}


def body_field(max_length: int) -> BodyField:
    return BodyField(
        label="Isi",
        config={"extensions": markup.EDITOR_EXTENSIONS},
        widget=BodyWidget(attrs={"data-pasted": reverse_lazy("admin:news_pasted"), **library.attributes()}),
        max_length=max_length,
        help_text=(
            "Foto: tombol “Foto”, atau tempel dan seret ke dalam isi. Alamat video YouTube, kiriman Instagram atau X "
            "di baris tersendiri tampil sebagai kartu."
        ),
        error_messages={"required": "Isinya masih kosong."},
    )


class BodyForm(forms.ModelForm):
    """The form of something with a body. One that nobody changed stays as it is stored."""

    def clean_body(self):
        stored = self.initial.get("body")
        unchanged = stored and not self.fields["body"].has_changed(stored, self["body"].data)
        return stored if unchanged else self.cleaned_data["body"]


def warn_about_left_out(request, form: forms.ModelForm) -> None:
    """Tells the editor what of the text was not stored."""
    field = form.fields.get("body")
    if isinstance(field, BodyField) and "body" in form.changed_data:
        for sentence in _left_out(field.cleaned):
            messages.warning(request, sentence)


@require_POST
def pasted(request: HttpRequest) -> JsonResponse:
    """The posted `html`, or plain `text`, as the editor may insert it, and sentences about what was left out."""
    html = request.POST.get("html")
    try:
        cleaned = markup.cleaned(html, imported=True) if html else markup.message(request.POST.get("text", ""))
    except ValidationError as error:
        return JsonResponse({"html": "", "left_out": error.messages})
    return JsonResponse({"html": cleaned.html, "left_out": _left_out(cleaned)})


def _left_out(cleaned: markup.Cleaned) -> list[str]:
    sentences = []
    if cleaned.hidden:
        texts = ", ".join(f"“{text}”" for text in cleaned.hidden[:3])
        sentences.append(
            f"Isi memuat teks tersembunyi yang tidak terlihat pembaca; teks itu dibuang: {texts}. Periksalah dari "
            "mana isi itu disalin."
        )
    if cleaned.pictures:
        sentences.append(
            f"{cleaned.pictures} gambar dari luar portal tidak ikut disimpan. Simpanlah gambar itu di komputer, lalu "
            "sisipkan dengan tombol “Foto”."
        )
    if cleaned.frames:
        sentences.append(
            f"{cleaned.frames} video, peta atau halaman lain di dalam isi tidak ikut disimpan. Pasanglah tautannya."
        )
    if cleaned.comments:
        sentences.append(f"{cleaned.comments} komentar tepi dari Word tidak ikut.")
    if cleaned.notes:
        sentences.append(
            f"{cleaned.notes} catatan kaki menjadi paragraf biasa, tanpa nomornya di dalam teks. Pindahkan isinya ke "
            "tempat yang tepat, atau hapus."
        )
    if cleaned.senders:
        sentences.append(f"Jam dan nama pengirim {cleaned.senders} pesan tidak ikut.")
    return sentences
