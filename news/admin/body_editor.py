"""The rich text editor for the bodies of articles and pages."""

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.urls import reverse_lazy
from django.utils.text import format_lazy
from django_prose_editor.fields import ProseEditorFormField
from django_prose_editor.widgets import AdminProseEditorWidget

from news import markup
from news.models import Article, Photo


def body_field(max_length: int) -> ProseEditorFormField:
    return ProseEditorFormField(
        label="Isi",
        config={"extensions": markup.EDITOR_EXTENSIONS},
        widget=AdminProseEditorWidget,
        max_length=max_length,
        sanitize=markup.sanitise,
        error_messages={"required": "Isinya masih kosong."},
    )


class PhotoPicker(AutocompleteSelect):
    """Selects a photo that admin.js inserts into the body; it gets the HTML from the address in `data-figures`. The
    value is not submitted with the form."""

    def __init__(self):
        super().__init__(Article._meta.get_field("photo"), admin.site)

    def build_attrs(self, base_attrs, extra_attrs=None):
        return {**super().build_attrs(base_attrs, extra_attrs), "data-figures": reverse_lazy("admin:news_figure")}


def photo_field() -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        Photo.objects.all(),
        required=False,
        label="Foto di dalam isi",
        widget=PhotoPicker,
        help_text=format_lazy(
            "Letakkan kursor di paragraf yang mendahului foto itu, pilih fotonya, lalu tekan “Sisipkan”. Foto baru: "
            '<a href="{}" target="_blank">unggah dahulu di tab lain</a>.',
            reverse_lazy("admin:news_photo_add"),
        ),
    )
