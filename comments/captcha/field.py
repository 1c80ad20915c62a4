"""The field of a captcha's answer. On django-simple-captcha, with a hole of the library closed: of posts with one
answer that came at once it let several through."""

import unicodedata
from datetime import timedelta

from captcha.fields import CaptchaField
from captcha.models import CaptchaStore
from django.core.exceptions import ValidationError
from django.utils import timezone

from comments.captcha.issuing import lifetime, waiting

FASTEST = timedelta(seconds=2)  # from the issue to the answer: nobody reads and types in less
# Who types what the picture never holds means what it looks like.
_MEANT = str.maketrans("szgqv", "5269y")


class OnceCaptchaField(CaptchaField):
    """Of several posts with the same answer sent at once, the library lets all through; here the delete decides.

    Checking uses the captcha up, be the answer right or wrong, but not where there is none, or one too early: neither
    tells anything about the right one. Not for a transaction that may roll back.
    """

    def __init__(self, **kwargs):
        super().__init__(
            error_messages={
                "required": "Isi kode dari gambar atau suara.",
                "early": "Anda sangat cepat. Tunggu dua detik, lalu kirim sekali lagi; isian Anda tetap ada.",
                "expired": "Kode tadi sudah tidak berlaku. Ikuti petunjuk untuk gambar atau suara yang baru ini.",
                "invalid": "Isian tadi belum cocok dengan petunjuknya. Silakan coba gambar atau suara yang baru ini.",
            },
            **kwargs,
        )

    def clean(self, value):
        key, answer = (part or "" for part in value)
        row = waiting(key).first()
        if row is None:
            raise self._error("expired")
        if not _plain(answer):
            raise self._error("required")
        if timezone.now() < row.expiration - lifetime() + FASTEST:
            raise self._error("early")
        if CaptchaStore.objects.filter(pk=row.pk).delete()[0] != 1:
            raise self._error("expired")
        if _plain(answer) != _plain(row.response):
            raise self._error("invalid")
        return key

    def _error(self, code: str) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code)


def _plain(answer: str) -> str:
    """The answer without spaces and signs, in small letters, whichever keyboard it was typed on."""
    typed = [str(unicodedata.digit(each, each)) for each in unicodedata.normalize("NFKC", answer[:50])]
    return "".join(filter(str.isalnum, typed)).lower().translate(_MEANT)
