"""Forms for citizens. The templates contain the fields as static HTML, so these classes only parse and validate."""

import re
import unicodedata

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property

from comments.captcha.field import OnceCaptchaField
from comments.models import NOTE_MAX_CHARS, TEXT_MAX_CHARS, Comment, Reason
from comments.spam.folding import fold
from comments.triage import complaints

NAME_MAX_CHARS = 60
TRAP = "isian_q7"  # a name that means nothing to those who fill in forms for people
_FORMER_TRAP = "website"  # on pages cached before 0.3.0, where password managers know it
LINES_MAX = 60  # a text with one letter per line would fill forty phone screens
# Invisible characters: controls except tab and line feed, surrogates, tag characters, and those that change the
# direction of writing, which can make a name or a text look like another one.
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")
_BLANK = "\u115f\u1160\u3164\uffa0\u2800"  # letters and symbols by category, but blank
# Joiners are part of emoji and Persian words, so texts keep them; names need none.
_ZERO_WIDTH = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u2060-\u2064\ufeff]")


class PlainField(forms.CharField):
    """Text as people see it: one character per line end, nothing invisible, and "" if the text would look blank.

    It is cleaned before its length is checked, so that the limit applies to what is stored.
    """

    def to_python(self, value):
        text = _HIDDEN.sub("", str(value or "").replace("\r\n", "\n").replace("\r", "\n")).strip()
        return text if any(_is_visible(character) for character in text) else ""


class LineField(PlainField):
    """One line, without zero-width characters, with single spaces."""

    def to_python(self, value):
        return " ".join(_ZERO_WIDTH.sub("", super().to_python(value)).split())


class AddressField(LineField, forms.EmailField):
    """An e-mail address in lower case, so that a person's comments are found however the address was typed."""

    def to_python(self, value):
        return super().to_python(value).lower()


class TextField(PlainField):
    """Paragraphs, with at most one blank line between them."""

    def to_python(self, value):
        return re.sub(r"\n(?:[^\S\n]*\n){2,}", "\n\n", super().to_python(value))


def _is_visible(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNPS" and character not in _BLANK


class ReplyForm(forms.Form):
    """The comment of an article that is replied to, if any."""

    balas = forms.ModelChoiceField(
        Comment.objects.none(),
        required=False,
        error_messages={
            "invalid_choice": "Komentar yang ingin Anda balas sudah tidak ditampilkan. "
            "Tulisan Anda dapat dikirim sebagai komentar baru."
        },
    )

    def __init__(self, data, *, article):
        super().__init__(data)
        self.article = article
        self.fields["balas"].queryset = self._open_to_replies()

    def _open_to_replies(self):
        return Comment.objects.visible().filter(article=self.article)

    @property
    def answered(self) -> Comment | None:
        """The comment that is replied to; None if there is none or readers do not see it any more."""
        self.is_valid()
        return self.cleaned_data.get("balas")


class CommentForm(ReplyForm):
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
            "required": "Isi alamat email Anda. Tautan konfirmasi dikirim ke sana; alamatnya tidak ditampilkan.",
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
    tetap_kirim = forms.BooleanField(required=False)  # the complaint channel has been offered already

    def __init__(self, data, *, article):
        super().__init__(data, article=article)
        email = self.fields["email"]
        email.required = settings.COMMENTS_CONFIRM_EMAIL
        email.error_messages["invalid"] = "Alamat email ini belum lengkap. Contoh yang benar: nama@contoh.id." + (
            "" if email.required else " Boleh juga dikosongkan."
        )

    def clean_nama(self):
        name = self.cleaned_data["nama"]
        if not any(character.isalnum() for character in name):
            raise ValidationError("Nama perlu berisi huruf.", code="invalid")
        if "jawaban resmi" in fold(name).text:
            raise ValidationError("“Jawaban resmi” hanya untuk dinas. Isi nama Anda sendiri.", code="invalid")
        return name

    def clean_komentar(self):
        text = self.cleaned_data["komentar"]
        if (lines := text.count("\n") + 1) > LINES_MAX:
            raise ValidationError(
                f"Komentar paling banyak {LINES_MAX} baris; komentar Anda {lines} baris. Gabungkan beberapa baris.",
                code="invalid",
            )
        return text

    @property
    def filled_trap(self) -> bool:
        """Whether the honeypot field, which people do not see, was filled in: by a program, or by a password manager
        for a person. So the comment is accepted and marked for the moderator."""
        return any(self.data.get(name) for name in (TRAP, _FORMER_TRAP))

    @cached_property
    def offers_channel(self) -> bool:
        """Whether the text is a complaint for which the city's complaint channel has not been offered yet."""
        if settings.COMPLAINT_CHANNEL is None or self.data.get("tetap_kirim"):
            return False
        self.is_valid()
        return complaints.is_complaint(self.cleaned_data.get("komentar", ""))

    def lock_parent(self) -> bool:
        """Locks the parent comment, so that nobody hides it before the end of the transaction. Returns False and adds
        a form error if it is hidden already."""
        if self.answered is None:
            return True
        Comment.objects.select_for_update(no_key=True).filter(pk=self._parent_id or 0).first()
        if self._open_to_replies().filter(pk=self.answered.pk).exists():
            return True
        self.add_error("balas", self.fields["balas"].error_messages["invalid_choice"])
        return False

    @property
    def content(self) -> dict:
        """The submitted values as fields of Comment."""
        typed = self.cleaned_data
        return {
            "article": self.article,
            "parent_id": self._parent_id,
            "name": typed["nama"],
            "email": typed["email"],
            "text": typed["komentar"],
        }

    @property
    def _parent_id(self) -> int | None:
        """Replies are one level deep: a reply to a reply gets the same parent."""
        return (self.answered.parent_id or self.answered.pk) if self.answered else None


class CaptchaForm(forms.Form):
    """Separate from the comment form, since validating uses the captcha up: it is validated when all else is valid."""

    captcha = OnceCaptchaField()


class ReportForm(forms.Form):
    """Why a comment should not be shown. The reasons are the moderators', worded for readers."""

    REASONS = (
        (Reason.SPAM, "Spam atau promosi judi online"),
        (Reason.HATE, "Kebencian terhadap suku, agama, ras, atau golongan (SARA)"),
        (Reason.RUDE, "Kata-kata kasar, hinaan, atau ancaman"),
        (Reason.SLANDER, "Tuduhan tanpa dasar terhadap seseorang (fitnah)"),
        (Reason.PRIVACY, "Membuka data pribadi, misalnya nomor telepon atau alamat rumah"),
        (Reason.ADVERT, "Iklan atau jualan"),
        (Reason.OFF_TOPIC, "Tidak ada hubungannya dengan berita"),
        (Reason.OTHER, "Alasan lain"),
    )

    alasan = forms.ChoiceField(
        choices=REASONS,
        error_messages={
            "required": "Pilih salah satu alasan.",
            "invalid_choice": "Pilih salah satu alasan yang tersedia.",
        },
    )
    keterangan = TextField(
        required=False,
        max_length=NOTE_MAX_CHARS,
        error_messages={
            "max_length": "Keterangan paling panjang %(limit_value)d karakter; "
            "keterangan Anda %(show_value)d karakter."
        },
    )


class DataForm(forms.Form):
    """The e-mail address whose data is requested."""

    email = AddressField(
        max_length=254,
        error_messages={
            "required": "Isi alamat email yang Anda pakai saat berkomentar.",
            "invalid": "Alamat email ini belum lengkap. Contoh yang benar: nama@contoh.id.",
            "max_length": "Alamat email paling panjang %(limit_value)d karakter.",
        },
    )
