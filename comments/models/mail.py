"""Outgoing e-mail: pages only write a row and the worker sends it, so that a broken mail server delays nobody."""

from datetime import timedelta

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone


class EmailQuerySet(models.QuerySet):
    def due(self):
        return self.filter(sent_at=None, next_try_at__lte=Now())

    def stuck(self):
        """E-mails that show a problem with mail: those that have waited for an hour, and those to the staff that
        were refused in the last 24 hours. Refused addresses of citizens do not count: they may be mistyped."""
        now = timezone.now()
        waiting = models.Q(refused_at=None, created_at__lt=now - timedelta(hours=1))
        refused = models.Q(refused_at__gt=now - timedelta(days=1)) & ~models.Q(kind="")
        return self.filter(waiting | refused, sent_at=None)


class Email(models.Model):
    to = models.EmailField("kepada")
    subject = models.CharField("perihal", max_length=200)
    body = models.TextField("isi")
    # The kind of an e-mail to the staff, as comments/mail/digest.py sends; empty for e-mails to citizens.
    kind = models.CharField("jenis", max_length=12, blank=True, default="", db_default="", editable=False)
    created_at = models.DateTimeField("dibuat", default=timezone.now)
    # Empty if the mail server has refused the address for good
    next_try_at = models.DateTimeField("dikirim lagi pada", null=True, blank=True, default=timezone.now)
    attempts = models.PositiveIntegerField("percobaan", default=0)
    error = models.CharField("kesalahan terakhir", max_length=300, blank=True)
    refused_at = models.DateTimeField("alamat ditolak", null=True, blank=True, editable=False)
    sent_at = models.DateTimeField("terkirim", null=True, blank=True)

    objects = EmailQuerySet.as_manager()

    class Meta:
        verbose_name = "surat keluar"
        verbose_name_plural = "surat keluar"
        db_table = "comments_letter"  # this name and those of the indexes are from release 0.1
        indexes = [
            models.Index("next_try_at", condition=models.Q(sent_at=None), name="letter_to_send"),
            models.Index("to", "created_at", name="letter_to"),
            models.Index("kind", "created_at", condition=~models.Q(kind=""), name="letter_to_newsroom"),
        ]

    def __str__(self):
        return f"{self.subject} → {self.to}"
