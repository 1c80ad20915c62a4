"""Forms for the query strings of public pages."""

from datetime import date

from django import forms
from django.core.exceptions import BadRequest
from django.core.validators import slug_re

from news.models import Category, District, MonthCount
from news.web import dates


class SlugChoiceField(forms.ModelChoiceField):
    """Selects a row by its slug."""

    def __init__(self, queryset, **kwargs):
        super().__init__(queryset, to_field_name="slug", required=False, **kwargs)

    def to_python(self, value):
        if value and not slug_re.fullmatch(value):  # NUL bytes, for example, must not reach the database
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class SearchForm(forms.Form):
    """The search page: query, filters, order and page number, all optional."""

    LAST_PAGE = 6  # news.search ranks no more candidates than fit on these
    NARROWING = ("kategori", "kecamatan", "tahun")

    q = forms.CharField(
        label="Cari berita",
        max_length=200,
        required=False,
        error_messages={"max_length": "Kata pencarian terlalu panjang: paling banyak %(limit_value)d huruf."},
    )
    kategori = SlugChoiceField(
        Category.objects.all(),
        empty_label="Semua kategori",
        error_messages=dict.fromkeys(("invalid", "invalid_choice"), "Kategori itu tidak ada."),
    )
    kecamatan = SlugChoiceField(
        District.objects.all(),
        empty_label="Semua kecamatan",
        error_messages=dict.fromkeys(("invalid", "invalid_choice"), "Kecamatan itu tidak ada."),
    )
    tahun = forms.IntegerField(
        min_value=1900,
        max_value=2100,
        required=False,
        widget=forms.Select,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), "Tahun itu tidak ada."),
    )
    urut = forms.ChoiceField(
        label="Urutan",
        choices=[("", "Paling sesuai"), ("terbaru", "Terbaru")],
        required=False,
        error_messages={"invalid_choice": "Urutan itu tidak ada."},
    )
    hal = forms.IntegerField(
        min_value=1,
        max_value=LAST_PAGE,
        required=False,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), "Halaman hasil itu tidak ada."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        years = MonthCount.objects.order_by("-month__year").values_list("month__year", flat=True).distinct()
        requested = self.data.get("tahun", "")
        known = [str(year) for year in years]
        extra = [requested] if requested.isdigit() and len(requested) == 4 and requested not in known else []
        self.fields["tahun"].widget.choices = [("", "Semua tahun"), *((year, year) for year in [*known, *extra])]

    @property
    def choices(self) -> list:
        """The select fields that have something to choose from."""
        return [self[name] for name in (*self.NARROWING, "urut") if len(self.fields[name].widget.choices) > 1]

    @property
    def is_narrowed(self) -> bool:
        return any(self.cleaned_data[name] for name in self.NARROWING)

    def narrow(self, articles):
        """The articles that match the chosen filters."""
        wanted = self.cleaned_data
        if wanted["kategori"]:
            articles = articles.filter(category=wanted["kategori"])
        if wanted["kecamatan"]:
            articles = articles.filter(district=wanted["kecamatan"])
        if wanted["tahun"]:
            first, after = (dates.midnight(date(year, 1, 1)) for year in (wanted["tahun"], wanted["tahun"] + 1))
            articles = articles.filter(published_at__gte=first, published_at__lt=after)
        return articles


class ListForm(forms.Form):
    """Cursor and filter of a list. CharField rejects NUL bytes; news.web.paging rejects other invalid cursors."""

    sebelum = forms.CharField(max_length=60, required=False)
    kecamatan = forms.SlugField(max_length=60, required=False)


class DocumentsForm(forms.Form):
    """The list of documents: words to look for, and the cursor."""

    q = forms.CharField(
        label="Cari dokumen",
        max_length=200,
        required=False,
        error_messages={"max_length": "Kata pencarian terlalu panjang: paling banyak %(limit_value)d huruf."},
    )
    sebelum = forms.CharField(max_length=60, required=False)


def list_query(request) -> dict[str, str]:
    """The query string of a list, as ListForm. Raises BadRequest, which names the invalid parameters."""
    if not request.GET:  # as most requests
        return dict.fromkeys(ListForm.base_fields, "")
    form = ListForm(request.GET)
    if not form.is_valid():
        raise BadRequest(", ".join(form.errors))
    return form.cleaned_data


def cursor_of(request) -> str:
    """`?sebelum=`, the cursor of the wanted page (news.web.paging); "" for the first one. Raises BadRequest."""
    return list_query(request)["sebelum"]


class CsvForm(forms.Form):
    """The query string of a CSV file: what stands between its columns."""

    SEPARATORS = {"koma": ",", "titik-koma": ";"}
    pemisah = forms.ChoiceField(choices=[(name, name) for name in SEPARATORS], required=False)


def separator_of(request) -> str:
    """`?pemisah=`, the separator of a CSV file; a comma without it. Raises BadRequest."""
    form = CsvForm(request.GET)
    if not form.is_valid():
        raise BadRequest(", ".join(form.errors))
    return CsvForm.SEPARATORS[form.cleaned_data["pemisah"] or "koma"]
