"""What stands on the home page, and until when."""

from datetime import timedelta

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils import timezone

from news.admin import pieces
from news.models import Article, Notice, Pin
from news.web.admin import CheckedAgain, only_chosen

PINNED_FOR = timedelta(days=1)


class PinForm(forms.ModelForm):
    class Meta:
        error_messages = {"article": {"unique": "Berita ini sudah disematkan: ubahlah yang sudah ada."}}

    def clean_until(self):
        until = self.cleaned_data["until"]
        if until <= timezone.now() and "until" in self.changed_data:
            raise ValidationError("Waktu ini sudah lewat.")
        return until

    def clean_article(self):
        article = self.cleaned_data["article"]
        if article.status == Article.Status.WITHDRAWN:
            raise ValidationError("Berita ini sudah dicabut.")
        return article


class PinInListForm(PinForm):
    """A row of the list, where the heading of the column is no label."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:  # Django also makes one without a pin, for its media
            for name, label in (("position", "Urutan"), ("until", "Sampai")):
                self.fields[name].widget.attrs["aria-label"] = f"{label}: {self.instance}"


@admin.register(Pin)
class PinAdmin(CheckedAgain):
    """The list of pins, and above it the headline and the banners of emergencies."""

    form = PinForm
    list_display = ["article", "shown", "position", "until"]
    list_editable = ["position", "until"]
    list_select_related = ["article"]
    autocomplete_fields = ["article"]
    change_list_template = "admin/news/front_page.html"
    fields = ["article", "position", "until"]

    def get_queryset(self, request):
        return super().get_queryset(request).defer("article__body", "article__search")

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "article":
            only_chosen(field)
        return field

    def get_changeform_initial_data(self, request):
        until = timezone.localtime(timezone.now() + PINNED_FOR).replace(second=0, microsecond=0)
        return {"until": until} | super().get_changeform_initial_data(request)

    def get_changelist_form(self, request, **kwargs):
        return super().get_changelist_form(request, form=PinInListForm, **kwargs)

    @admin.display(description="keadaan")
    def shown(self, pin):
        return pieces.status(*pin.state)

    def changelist_view(self, request, extra_context=None):
        context = {
            "title": "Beranda",
            "headline": Article.objects.published().for_list().headline(),
            "banners": Notice.objects.current_or_upcoming().filter(kind=Notice.Kind.EMERGENCY),
        }
        return super().changelist_view(request, context | (extra_context or {}))
