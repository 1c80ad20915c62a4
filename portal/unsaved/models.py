"""Copies of what stands in the newsroom's forms, who has which of them open, and forms that arrived when nobody was
logged in any more."""

import json
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models.functions import Now

from news.web.admin import person_name

MAX_BYTES = 2 * 1024 * 1024  # of one text with its names
LONGEST_PAGE = 2000  # characters of an address
COPIES_KEPT = timedelta(days=30)
COPIES_OF_A_USER = 50  # the newest
OPEN_FOR = timedelta(seconds=90)  # after a tab was last heard of; browsers let hidden ones speak once a minute
RETURNS_KEPT = timedelta(hours=1)
RETURNS_OF_A_SENDER = 5  # the newest
RETURNS_OF_STRANGERS = 50  # from browsers that have never logged in, of all senders together

Fields = dict[str, list[str]]


class CopyQuerySet(models.QuerySet):
    def keep(self, user, form: str, name: str, content: str):
        """Stores the newest state of one copy; the user's oldest make room."""
        copy, _ = self.update_or_create(
            user=user, name=name, defaults={"form": form, "content": content, "saved_at": Now()}
        )
        old = self.filter(user=user).order_by("-saved_at").values("pk")[COPIES_OF_A_USER:]
        self.filter(pk__in=[row["pk"] for row in old]).delete()
        copy.refresh_from_db(fields=["saved_at"])
        return copy

    def prune(self) -> int:
        """Deletes copies that nobody touched for COPIES_KEPT; returns how many."""
        return self.filter(saved_at__lt=Now() - COPIES_KEPT).delete()[0]


class Copy(models.Model):
    """What a form contains in one tab. The browser names the copy at random, and writes it every few seconds."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="pengguna")
    name = models.CharField("nama", max_length=32)
    form = models.CharField("formulir", max_length=300)  # the path of its page, "#" and the form's id
    content = models.TextField("isi")  # JSON, as unsaved.js made it
    saved_at = models.DateTimeField("disimpan", db_index=True)

    objects = CopyQuerySet.as_manager()

    class Meta:
        verbose_name = "tulisan yang belum disimpan"
        verbose_name_plural = "tulisan yang belum disimpan"
        default_permissions = ()  # only their own writer sees them
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="a_copy_has_one_row")]

    def __str__(self):
        return self.form


class OpenFormQuerySet(models.QuerySet):
    def opened(self, user, form: str, name: str) -> None:
        """Notes that the tab `name` shows this form now."""
        self.update_or_create(user=user, name=name, defaults={"form": form, "seen_at": Now()})

    def others(self, user, form: str) -> list:
        """Other people who have this form open, by their names."""
        opened = self.filter(form=form, seen_at__gte=Now() - OPEN_FOR).exclude(user=user).values("user")
        return sorted(get_user_model().objects.filter(pk__in=opened, is_active=True), key=person_name)

    def prune(self) -> int:
        """Deletes those that are no longer open; returns how many."""
        return self.filter(seen_at__lt=Now() - OPEN_FOR).delete()[0]


class OpenForm(models.Model):
    """A form that somebody has open in a tab, which says so every few seconds."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="pengguna")
    name = models.CharField("nama", max_length=32)
    form = models.CharField("formulir", max_length=300, db_index=True)  # as in Copy
    seen_at = models.DateTimeField("terakhir terbuka")

    objects = OpenFormQuerySet.as_manager()

    class Meta:
        verbose_name = "formulir yang terbuka"
        verbose_name_plural = "formulir yang terbuka"
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="an_open_form_has_one_row")]

    def __str__(self):
        return self.form


class ReturnQuerySet(models.QuerySet):
    def current(self):
        return self.filter(sent_at__gte=Now() - RETURNS_KEPT)

    def prune(self) -> int:
        """Deletes those older than RETURNS_KEPT; returns how many."""
        return self.filter(sent_at__lt=Now() - RETURNS_KEPT).delete()[0]


class Return(models.Model):
    """A form that was sent without a living session or token, kept for the browser that sent it."""

    key = models.CharField("kunci", primary_key=True, max_length=43)
    browser = models.CharField("peramban", max_length=43)  # the name in its cookie
    is_stranger = models.BooleanField("belum pernah masuk")
    sender_key = models.CharField("pengirim", max_length=64, db_index=True)
    user = models.ForeignKey(  # whose session was alive; None: nobody's
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+", verbose_name="pengguna"
    )
    page = models.CharField("halaman", max_length=LONGEST_PAGE)  # path and query of the page with the form
    content = models.TextField("isi")  # JSON of Fields: NUL, which Postgres refuses, is escaped in it
    sent_at = models.DateTimeField("dikirim", db_default=Now(), db_index=True)

    objects = ReturnQuerySet.as_manager()

    class Meta:
        verbose_name = "kiriman yang kembali"
        verbose_name_plural = "kiriman yang kembali"
        default_permissions = ()

    def __str__(self):
        return self.page

    @property
    def fields(self) -> Fields:
        return json.loads(self.content)
