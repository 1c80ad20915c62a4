"""The rules that commenters consent to, with the exact text of each version."""

from hashlib import sha256

from django.db import models

from news.models import Page

PAGE = "pedoman-komentar"


class RulesManager(models.Manager["Rules"]):
    def current(self) -> "Rules":
        """The version in force: the present text of the rules page; creates a new row if it was edited."""
        page = Page.objects.filter(slug=PAGE).first()
        text = page.text if page else ""
        digest = sha256(text.encode()).hexdigest()
        return self.get_or_create(digest=digest, defaults={"text": text})[0]


class Rules(models.Model):
    """`id` is the version's number. Rows never change: they prove what was consented to."""

    digest = models.CharField(max_length=64, unique=True, editable=False)
    text = models.TextField("isi")
    since = models.DateTimeField("dipakai sejak", auto_now_add=True)

    objects = RulesManager()

    class Meta:
        verbose_name = "versi pedoman komentar"
        verbose_name_plural = "versi pedoman komentar"

    def __str__(self):
        return f"versi {self.pk}"
