"""The photo library as the newsroom's forms use it: what static/portal/library.js asks for, and the field that holds
a chosen photo."""

from django import forms
from django.urls import reverse, reverse_lazy

from news import photos
from news.models import Photo

SHOWN = 24  # photos at a time
OFFERED = 30  # newest photos in the list of a browser without JavaScript


class LibraryForm(forms.Form):
    """What the dialog asks for: photos with these words, older than one of them, or a single one."""

    q = forms.CharField(required=False, max_length=200)
    before = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    id = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)


def page(found, before: int | None) -> dict:
    """A page of photos, newest first, and the id that the next one begins after; None at the end."""
    found = found.order_by("-id")
    rows = list((found.filter(pk__lt=before) if before else found)[: SHOWN + 1])
    return {
        "photos": [described(photo) for photo in rows[:SHOWN]],
        "next": rows[SHOWN - 1].pk if len(rows) > SHOWN else None,
    }


def described(photo: Photo) -> dict:
    """A photo for library.js; `figure` is its HTML for a body."""
    return {
        "id": photo.pk,
        "name": str(photo),
        "address": reverse("admin:news_photo_change", args=[photo.pk]),
        "src": thumbnail(photo),
        "alt": photo.alt,
        "caption": photo.caption,
        "credit": photo.credit,
        "figure": photo.figure_html(),
    }


def thumbnail(photo: Photo) -> str:
    return photos.url(photo.name, photos.widths(photo.width)[0], "jpg")


def attributes() -> dict:
    """What library.js must know, as attributes of an element."""
    return {
        "data-library": reverse_lazy("admin:news_photo_library"),
        "data-upload": reverse_lazy("admin:news_photo_upload"),
        "data-accept": photos.ACCEPTED,
        "data-most-bytes": photos.MAX_BYTES,
        "data-too-large": photos.TOO_MANY_BYTES,
        "data-unknown-kind": photos.UNKNOWN_KIND,
    }


class PhotoChoice(forms.Select):
    """Shows the chosen photo as a picture; library.js puts the dialog in the place of the list. Without JavaScript the
    list has the newest photos only: all would be thousands."""

    template_name = "admin/widgets/photo_choice.html"

    class Media:
        css = {"all": ["portal/library.css"]}
        js = ["portal/library.js"]

    def optgroups(self, name, value, attrs=None):
        chosen = [int(each) for each in value if str(each).isdecimal()]
        rows = {photo.pk: photo for photo in Photo.objects.filter(pk__in=chosen)}
        rows |= {photo.pk: photo for photo in Photo.objects.order_by("-id")[:OFFERED]}
        options = [("", "---------"), *((pk, str(photo)) for pk, photo in rows.items())]
        selected = {*map(str, chosen)} or {""}
        return [
            (None, [self.create_option(name, pk, label, str(pk) in selected, index)], index)
            for index, (pk, label) in enumerate(options)
        ]

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        photo = Photo.objects.filter(pk=value).first() if str(value or "").isdecimal() else None
        context["chosen"] = {"src": thumbnail(photo), "alt": photo.alt, "name": str(photo)} if photo else None
        context["library"] = attributes()
        return context
