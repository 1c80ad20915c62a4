"""E-mail that waits to be sent: pages only write a row, the worker sends, so a broken mail server delays nobody."""

from django.db import models
from django.utils import timezone


class Letter(models.Model):
    to = models.EmailField("kepada")
    subject = models.CharField("perihal", max_length=200)
    body = models.TextField("isi")
    created_at = models.DateTimeField("dibuat", default=timezone.now)
    next_try_at = models.DateTimeField("dikirim lagi pada", default=timezone.now)
    attempts = models.PositiveIntegerField("percobaan", default=0)
    error = models.CharField("kesalahan terakhir", max_length=300, blank=True)
    sent_at = models.DateTimeField("terkirim", null=True, blank=True)

    class Meta:
        verbose_name = "surat keluar"
        verbose_name_plural = "surat keluar"
        indexes = [models.Index("next_try_at", condition=models.Q(sent_at=None), name="letter_to_send")]

    def __str__(self):
        return f"{self.subject} → {self.to}"
