"""The monthly figures of /transparansi, stored since counting years of decisions would make the page too slow."""

from django.db import models


class MonthFigures(models.Model):
    month = models.DateField("bulan", unique=True)  # its first day
    figures = models.JSONField("angka")
    computed_at = models.DateTimeField("dihitung", auto_now=True)

    class Meta:
        verbose_name = "angka bulanan"
        verbose_name_plural = "angka bulanan"
        ordering = ["-month"]

    def __str__(self):
        return f"{self.month:%Y-%m}"
