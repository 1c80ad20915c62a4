"""Choices and limits that several models of comments share."""

from datetime import timedelta

from django.db import models

TIME_TO_DECIDE = timedelta(hours=48)  # Pedoman Pemberitaan Media Siber, 3f: 2 x 24 hours


class Status(models.TextChoices):
    UNCONFIRMED = "unconfirmed", "Menunggu konfirmasi email"
    WAITING = "waiting", "Menunggu"
    APPROVED = "approved", "Disetujui"
    REJECTED = "rejected", "Ditolak"
    DELETED = "deleted", "Dihapus penulis"


class Reason(models.TextChoices):
    """Why a comment is not shown, or is reported."""

    SPAM = "spam", "Spam atau judi online"
    HATE = "sara", "SARA"
    RUDE = "kasar", "Kasar atau menghina"
    SLANDER = "fitnah", "Fitnah"
    PRIVACY = "data_pribadi", "Memuat data pribadi"
    ADVERT = "iklan", "Iklan"
    OFF_TOPIC = "luar_topik", "Di luar topik"
    OTHER = "lain", "Alasan lain"


# The reasons that teach the spam score, and that confirm its signals.
SPAM_REASONS = (Reason.SPAM, Reason.ADVERT)
