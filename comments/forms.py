"""What a citizen fills in. The templates hold the fields as static HTML, so the forms here only read and judge."""

import re
import unicodedata

from django import forms
from django.core.exceptions import ValidationError

from comments.captcha import OnceCaptchaField
from comments.models import TEXT_MAX_CHARS, Comment

NAME_MAX_CHARS = Comment._meta.get_field("name").max_length
# Characters that a reader cannot see: controls but tab and line feed, halves of a pair, and those that turn the
# direction of writing, with which a name or a text can pretend to be another one.
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
# Joiners build emoji and Persian words, so a text keeps them; a name needs none.
_ZERO_WIDTH = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u2060-\u2064\ufeff]")


class PlainField(forms.CharField):
    """Text as people see it: line ends are one character, nothing hidden, and "" where nothing is to be seen.

    Cleaned before it is measured, so that what counts is what is kept. A file or a NUL byte is no error here.
    """

    def to_python(self, value):
        text = _HIDDEN.sub("", str(value or "").replace("\r\n", "\n").replace("\r", "\n")).strip()
        return text if any(_can_be_seen(character) for character in text) else ""


class LineField(PlainField):
    """One line, without zero-width characters, with single spaces."""

    def to_python(self, value):
        return " ".join(_ZERO_WIDTH.sub("", super().to_python(value)).split())


class AddressField(LineField, forms.EmailField):
    """An e-mail address."""


class TextField(PlainField):
    """Paragraphs, with at most one blank line between them."""

    def to_python(self, value):
        return re.sub(r"\n(?:[^\S\n]*\n){2,}", "\n\n", super().to_python(value))


def _can_be_seen(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNPS"


class CommentForm(forms.Form):
    nama = LineField(
        max_length=NAME_MAX_CHARS,
        error_messages={
            "required": "Isi nama Anda. Nama panggilan juga boleh.",
            "max_length": "Nama paling panjang %(limit_value)d karakter; nama Anda %(show_value)d karakter.",
        },
    )
    email = AddressField(
        required=False,
        max_length=254,
        error_messages={
            "invalid": "Alamat email ini belum lengkap. Contoh yang benar: nama@contoh.id. Boleh juga dikosongkan.",
            "max_length": "Alamat email paling panjang %(limit_value)d karakter.",
        },
    )
    komentar = TextField(
        max_length=TEXT_MAX_CHARS,
        error_messages={
            "required": "Tulis komentar Anda.",
            "max_length": "Komentar paling panjang %(limit_value)d karakter; komentar Anda %(show_value)d karakter.",
        },
    )
    setuju = forms.BooleanField(
        error_messages={"required": "Centang persetujuan atas pedoman komentar agar komentar dapat dikirim."}
    )

    def clean_nama(self):
        name = self.cleaned_data["nama"]
        if not any(character.isalnum() for character in name):
            raise ValidationError("Nama perlu berisi huruf.", code="invalid")
        return name

    @property
    def is_from_a_program(self) -> bool:
        """Whether the field that people do not see was filled in."""
        return bool(self.data.get("website"))

    def save(self, article, sender_key: str) -> Comment:
        """The comment, waiting for a moderator."""
        return Comment.objects.create(
            article=article,
            name=self.cleaned_data["nama"],
            email=self.cleaned_data["email"],
            text=self.cleaned_data["komentar"],
            sender_key=sender_key,
        )


class CaptchaForm(forms.Form):
    """Apart from the comment's form, since judging it uses it up: it is asked only when all else is right."""

    captcha = OnceCaptchaField()
