"""The query strings of public pages."""

from django import forms


class SearchForm(forms.Form):
    q = forms.CharField(
        label="Cari berita",
        max_length=200,
        required=False,
        error_messages={"max_length": "Kata pencarian terlalu panjang: paling banyak %(limit_value)d huruf."},
    )


class PageForm(forms.Form):
    """Where a list goes on; CharField refuses NUL bytes, news.paging the rest."""

    sebelum = forms.CharField(max_length=60, required=False)
