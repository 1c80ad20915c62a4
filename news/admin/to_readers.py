"""What readers are told when a published text changes: asked for in the article's form and before a former text is put
back. The database refuses such a change without it (migration 0022)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget
from django.utils.text import Truncator

from news.models import Article, Change, Correction
from news.models.changes import changes_because
from news.models.corrections import TEXT_MAX_CHARS
from news.web import dates

FIELDS = ["told_kind", "told_text", "told_reason", "told_corrects"]
SPELLING = Change.Reason.SPELLING


def _kind_field(none: str) -> forms.ChoiceField:
    """`none`: what it means to choose nothing."""
    return forms.ChoiceField(
        label="Jenis perubahan",
        required=False,
        choices=[
            ("", none),
            *Correction.WRITTEN,
            (SPELLING, "Perbaikan ejaan: makna tidak berubah, tanpa catatan di atas berita"),
        ],
    )


class RecordField(forms.ModelChoiceField):
    def label_from_instance(self, record):
        return f"{dates.short_date(record.at)}: {Truncator(record).chars(60)}"


class ToReadersForm(forms.Form):
    """Fields that the form of a published article has; without a change of its text they may all stay empty."""

    told_kind = _kind_field("Judul, ringkasan, foto utama, dan isi tidak berubah")
    told_text = forms.CharField(
        label="Apa yang keliru dan apa yang benar",
        required=False,
        max_length=TEXT_MAX_CHARS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Atau isi hak jawab. Tampil di atas berita dan di halaman Ralat, dan tidak dapat diubah atau "
        "dihapus lagi: jangan mengulang data pribadi di sini.",
    )
    told_reason = forms.CharField(
        label="Dasar",
        required=False,
        max_length=200,
        widget=AdminTextInputWidget,
        help_text="Boleh kosong. Siapa yang meminta, atau bagaimana kekeliruan itu diketahui. Pembaca melihatnya.",
    )
    told_corrects = RecordField(
        Correction.objects.none(),
        label="Membetulkan catatan",
        required=False,
        empty_label="Tidak ada",
        help_text="Bila catatan sebelumnya yang keliru, pilih catatan itu: keduanya tetap tampil, dengan tautan.",
    )

    def allow_correcting(self, article: Article) -> None:
        """Offers the records of this article as those in which there was a mistake."""
        cast(forms.ModelChoiceField, self.fields["told_corrects"]).queryset = Correction.objects.filter(
            article=article.pk
        )

    def ask(self, *, text_changes: bool) -> None:
        """Adds an error where something is missing."""
        kind, text = self.cleaned_data.get("told_kind"), self.cleaned_data.get("told_text")
        if {"told_kind", "told_text"} & self.errors.keys():
            return
        if not kind and text_changes:
            self.add_error(
                "told_kind",
                "Yang Anda ubah sudah dibaca orang: judul, ringkasan, foto utama, atau isi. Pilih ralat, koreksi, "
                "atau hak jawab dan tuliskan catatannya, atau pilih perbaikan ejaan.",
            )
        if kind in Correction.Kind and not text:
            sentence = "Tuliskan apa yang keliru dan apa yang benar: pembaca melihatnya di atas berita."
            self.add_error("told_text", sentence)
        if text and kind not in Correction.Kind:
            self.add_error("told_kind", "Pilih ralat, koreksi, atau hak jawab untuk catatan yang Anda tulis.")

    @contextmanager
    def telling(self, article: Article, by) -> Iterator[None]:
        """Within it the article's text may change as the form says."""
        told = self.cleaned_data
        kind = told.get("told_kind")
        if kind == SPELLING:
            with changes_because(SPELLING):
                yield
            return
        if kind:
            article.tell(
                kind, told["told_text"], by, reason=told.get("told_reason", ""), corrects=told.get("told_corrects")
            )
        yield


class RestoreForm(ToReadersForm):
    """Before a former text is put back, which is a change in any case."""

    told_kind = _kind_field("Pilih jenis perubahan")

    def __init__(self, article: Article, data=None):
        super().__init__(data)
        self.allow_correcting(article)
        if not article.corrections.exists():
            del self.fields["told_corrects"]

    def clean(self):
        super().clean()
        self.ask(text_changes=True)
