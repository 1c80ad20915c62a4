"""E-mail that waits to be sent: pages only write a row, the worker sends, so a broken mail server delays nobody."""

from datetime import timedelta

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone


class EmailQuerySet(models.QuerySet):
    def due(self):
        return self.filter(sent_at=None, next_try_at__lte=Now())

    def stuck(self):
        """What shows that something is wrong with the mail: e-mails that have waited for an hour, and e-mails to the
        newsroom that were refused since yesterday. An address that a citizen mistyped shows nothing."""
        now = timezone.now()
        waiting = models.Q(refused_at=None, created_at__lt=now - timedelta(hours=1))
        refused = models.Q(refused_at__gt=now - timedelta(days=1)) & ~models.Q(kind="")
        return self.filter(waiting | refused, sent_at=None)


class Email(models.Model):
    to = models.EmailField("kepada")
    subject = models.CharField("perihal", max_length=200)
    body = models.TextField("isi")
    # Of e-mails to the newsroom what they tell (comments/digest.py); empty for a citizen's.
    kind = models.CharField("jenis", max_length=12, blank=True, default="", db_default="", editable=False)
    created_at = models.DateTimeField("dibuat", default=timezone.now)
    # Empty when the mail server has refused the address for good
    next_try_at = models.DateTimeField("dikirim lagi pada", null=True, blank=True, default=timezone.now)
    attempts = models.PositiveIntegerField("percobaan", default=0)
    error = models.CharField("kesalahan terakhir", max_length=300, blank=True)
    refused_at = models.DateTimeField("alamat ditolak", null=True, blank=True, editable=False)
    sent_at = models.DateTimeField("terkirim", null=True, blank=True)

    objects = EmailQuerySet.as_manager()

    class Meta:
        verbose_name = "surat keluar"
        verbose_name_plural = "surat keluar"
        db_table = "comments_letter"
        indexes = [
            models.Index("next_try_at", condition=models.Q(sent_at=None), name="letter_to_send"),
            models.Index("to", "created_at", name="letter_to"),
            models.Index("kind", "created_at", condition=~models.Q(kind=""), name="letter_to_newsroom"),
        ]

    def __str__(self):
        return f"{self.subject} → {self.to}"
