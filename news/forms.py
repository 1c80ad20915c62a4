"""Forms for the query strings of public pages."""

from datetime import date
from typing import NamedTuple

from django import forms
from django.core.cache import cache
from django.core.exceptions import BadRequest
from django.utils.safestring import SafeString

from news.models import Category, District, MonthCount
from news.pieces import select
from news.search.places import Narrowing
from news.web import dates

_CHOICES_KEPT = 15  # seconds, per process


class Choices(NamedTuple):
    """What the search page offers."""

    categories: list[tuple[str, str, int]]  # slug, name, id; districts likewise
    districts: list[tuple[str, str, int]]
    years: list[str]


def _choices() -> Choices:
    """As they were some seconds ago: they hardly ever change."""
    return cache.get_or_set("search-choices", _read_choices, _CHOICES_KEPT)  # type: ignore[return-value]


def _read_choices() -> Choices:
    columns = ("slug", "name", "pk")
    years = MonthCount.objects.order_by("-month__year").values_list("month__year", flat=True).distinct()
    categories, districts = (list(model.objects.values_list(*columns)) for model in (Category, District))
    return Choices(categories, districts, list(map(str, years)))


class SearchForm(forms.Form):
    """The search page: query, filters, order and page number, all optional."""

    LAST_PAGE = 6  # news.search ranks no more candidates than fit on these
    NARROWING = ("kategori", "kecamatan", "tahun")
    ORDERS = (("", "Paling sesuai"), ("terbaru", "Terbaru"))
    LONGEST = 200  # characters

    q = forms.CharField(
        label="Cari berita",
        max_length=LONGEST,
        required=False,
        error_messages={"max_length": "Kata pencarian terlalu panjang: paling banyak %(limit_value)d huruf."},
    )
    kategori = forms.ChoiceField(required=False, error_messages={"invalid_choice": "Kategori itu tidak ada."})
    kecamatan = forms.ChoiceField(required=False, error_messages={"invalid_choice": "Kecamatan itu tidak ada."})
    tahun = forms.IntegerField(
        min_value=1900,
        max_value=2100,
        required=False,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), "Tahun itu tidak ada."),
    )
    urut = forms.ChoiceField(
        choices=ORDERS,
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
        self.offered = _choices()
        self._options = {
            "kategori": (("", "Semua kategori"), *((slug, name) for slug, name, _ in self.offered.categories)),
            "kecamatan": (("", "Semua kecamatan"), *((slug, name) for slug, name, _ in self.offered.districts)),
        }
        for name, options in self._options.items():
            self.fields[name].choices = options

    @property
    def choices(self) -> list[SafeString]:
        """The select fields that have something to choose from."""
        chosen = {name: str(self.cleaned_data[name] or "") for name in (*self.NARROWING, "urut")}
        years = self.offered.years
        years = years if chosen["tahun"] in ("", *years) else [*years, chosen["tahun"]]
        fields = {
            "Kategori": ("kategori", self._options["kategori"]),
            "Kecamatan": ("kecamatan", self._options["kecamatan"]),
            "Tahun": ("tahun", (("", "Semua tahun"), *((year, year) for year in years))),
            "Urutan": ("urut", self.ORDERS),
        }
        return [
            select(label, name, options, chosen[name]) for label, (name, options) in fields.items() if len(options) > 1
        ]

    @property
    def is_narrowed(self) -> bool:
        return any(self.cleaned_data[name] for name in self.NARROWING)

    @property
    def narrowing(self) -> Narrowing:
        """The articles that the chosen filters leave."""
        wanted = self.cleaned_data
        categories = {slug: pk for slug, _, pk in self.offered.categories}
        districts = {slug: pk for slug, _, pk in self.offered.districts}
        first = after = None
        if wanted["tahun"]:
            first, after = (dates.midnight(date(year, 1, 1)) for year in (wanted["tahun"], wanted["tahun"] + 1))
        return Narrowing(categories.get(wanted["kategori"]), districts.get(wanted["kecamatan"]), first, after)


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
