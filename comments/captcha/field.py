"""The form field for a captcha's answer. It fixes a weakness of django-simple-captcha: of several simultaneous posts
with the same answer, more than one could pass."""

import unicodedata
from datetime import timedelta

from captcha.fields import CaptchaField
from captcha.models import CaptchaStore
from django.core.exceptions import ValidationError
from django.utils import timezone

from comments.captcha.issuing import lifetime, waiting

FASTEST = timedelta(seconds=2)  # from issue to answer: no person reads and types faster
# A character that pictures never contain stands for the one it looks like.
_LOOKALIKES = str.maketrans("szgqv", "5269y")


class OnceCaptchaField(CaptchaField):
    """Accepts each captcha once: of several simultaneous posts, the one whose DELETE removes the row wins.

    Validation uses the captcha up whether the answer is right or wrong, but not if the answer is empty or too early:
    neither reveals anything about the right one. A transaction around this must not be rolled back because of a wrong
    answer (comments/submission.py commits it).
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
        age = timezone.now() - (row.expiration - lifetime())
        if timedelta() <= age < FASTEST:  # one issued in the future is older than that: the clock was set back since
            raise self._error("early")
        if CaptchaStore.objects.filter(pk=row.pk).delete()[0] != 1:
            raise self._error("expired")
        if _plain(answer) != _plain(row.response):
            raise self._error("invalid")
        return key

    def _error(self, code: str) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code)


def _plain(answer: str) -> str:
    """The answer in lower case, without spaces and punctuation, with the digits of any script as ASCII."""
    typed = [str(unicodedata.digit(each, each)) for each in unicodedata.normalize("NFKC", answer[:50])]
    return "".join(filter(str.isalnum, typed)).lower().translate(_LOOKALIKES)
