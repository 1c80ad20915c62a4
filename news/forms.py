"""The query strings of public pages."""

from django import forms


class SearchForm(forms.Form):
    LAST_PAGE = 15  # the candidates that news.search ranks fill no more

    q = forms.CharField(
        label="Cari berita",
        max_length=200,
        required=False,
        error_messages={"max_length": "Kata pencarian terlalu panjang: paling banyak %(limit_value)d huruf."},
    )
    hal = forms.IntegerField(
        min_value=1,
        max_value=LAST_PAGE,
        required=False,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), "Halaman hasil itu tidak ada."),
    )


class PageForm(forms.Form):
    """Where a list goes on; CharField refuses NUL bytes, news.paging the rest."""

    sebelum = forms.CharField(max_length=60, required=False)
    kecamatan = forms.SlugField(max_length=60, required=False)
