"""The secret links of people who have no account, and the e-mails that carry them: they prove who wrote a comment.

Every link is a keyed hash or signed, so nothing of it is stored; with another SECRET_KEY old ones die.
"""

import re
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import Max, Min
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from comments.mail import outbox
from comments.models import Comment, Email
from news.web import dates, locks

DATA_LINK_LIVES = timedelta(hours=24)
UNCONFIRMED_KEPT = timedelta(days=7)  # and so long their links work
# The salts are as old as the links that were mailed.
_OWN, _EMAIL = "comments.links", "comments.links.email"
_TOKEN = re.compile(r"([1-9][0-9]{0,17})-([0-9a-f]{32})")
_DATA_SUBJECT = f"Data komentar Anda di {settings.SITE_NAME}"
_DATA_BODY = f"""\
Halo,

seseorang, semoga Anda sendiri, meminta data komentar yang tersimpan di {settings.SITE_NAME} dengan alamat email ini.
Tautan berikut menampilkannya; di sana Anda juga dapat mengunduh atau menghapus semuanya:

{settings.SITE_URL}{{path}}

Tautan ini berlaku 24 jam. Siapa pun yang memilikinya dapat melihat dan menghapus data itu, jadi jangan teruskan surat
ini. Bila bukan Anda yang meminta, abaikan saja: tidak ada yang berubah.

Salam,
{settings.SITE_NAME}
{settings.CONTACT_EMAIL}
"""
_CONFIRM_SUBJECT = "Konfirmasi komentar nomor "  # and the number: by it the e-mails of a comment are found
# Without a word of the comment: else anybody could have the city send words of theirs to anyone.
_CONFIRM_BODY = f"""\
Halo,

pada {{sent}}, sebuah komentar dengan alamat email ini dikirim ke {settings.SITE_NAME}
di bawah berita "{{title}}".

Bila Anda yang menulisnya, buka tautan berikut, lalu tekan tombol "Ya, ini komentar saya". Setelah itu moderator
membacanya:

{settings.SITE_URL}{{path}}

Bila bukan Anda, abaikan surat ini. Tanpa konfirmasi, komentar itu tidak tampil dan terhapus sendiri setelah
{{days}} hari.

Salam,
{settings.SITE_NAME}
{settings.CONTACT_EMAIL}
"""
# How many e-mails an address gets in a time: nobody is to flood another's mailbox through the portal.
EMAILS_OF_A_COMMENT = 3  # and in a minute one, since buttons are pressed twice
_DATA_LIMIT = (_DATA_SUBJECT, 1, timedelta(minutes=10))
_CONFIRM_LIMIT = (_CONFIRM_SUBJECT, 5, timedelta(hours=1))


def token(comment) -> str:
    return f"{comment.pk}-{_proof(_OWN, comment.pk)}"


def own_url(comment) -> str:
    """The path of the page where the author sees what became of the comment, and takes it back."""
    return reverse("own-comment", args=[token(comment)])


def comment_of(token: str) -> Comment | None:
    """The comment that a token belongs to, erased ones too; None for a wrong token, whatever is in it."""
    match = _TOKEN.fullmatch(token)
    if not match or not constant_time_compare(match[2], _proof(_OWN, int(match[1]))):
        return None
    return Comment.objects.for_author().filter(pk=int(match[1])).first()


def confirmation_url(comment) -> str:
    """The path where the owner of the comment's e-mail address confirms it. Only the e-mail tells it: the browser
    that sent the comment sees own_url, which must not do for this."""
    proof = _proof(_EMAIL, comment.pk, comment.email)
    return reverse("own-comment-confirmation", args=[f"{comment.pk}-{proof}"])


def comment_to_confirm(token: str) -> Comment | None:
    """The comment that a token out of an e-mail belongs to, confirmed ones too; None for a wrong one."""
    if not (match := _TOKEN.fullmatch(token)):
        return None
    comment = Comment.objects.for_author().filter(pk=int(match[1])).first()
    if comment is None or not constant_time_compare(match[2], _proof(_EMAIL, comment.pk, comment.email)):
        return None
    return comment


def ask_confirmation(comment) -> None:
    """Writes to the comment's address, so that its owner says whether the comment is theirs; nothing where enough
    e-mails were written already."""
    body = _CONFIRM_BODY.format(
        sent=dates.date_and_time(comment.created_at),
        title=comment.article.title,
        path=confirmation_url(comment),
        days=UNCONFIRMED_KEPT.days,
    )
    subject = _subject(comment)
    of_comment = ((subject, EMAILS_OF_A_COMMENT, UNCONFIRMED_KEPT), (subject, 1, timedelta(minutes=1)))
    _write(comment.email, f"{subject}{settings.SITE_NAME}", body, _CONFIRM_LIMIT, *of_comment)


def confirmation_emails(comment) -> list[Email]:
    """The e-mails that ask for the comment's confirmation, the newest first."""
    return list(Email.objects.filter(to=comment.email, subject__startswith=_subject(comment)).order_by("-pk"))


def data_url(address: str) -> str:
    """The path where the owner of an e-mail address sees and erases all comments sent with it.

    It names the oldest and the newest of them, not the address, which would stand in logs and histories. Two, so that
    it still works when one of them is erased."""
    ends = Comment.objects.filter(email=address).aggregate(oldest=Min("pk"), newest=Max("pk"))
    return reverse("own-data", args=[_signer().sign_object(list(ends.values()))])


def address_of(signed: str) -> str:
    """The address that data_url was made for; "" where the comments that it names are erased, or their address is.
    Raises signing.SignatureExpired, else signing.BadSignature."""
    ends = Comment.objects.filter(pk__in=_signer().unsign_object(signed, max_age=DATA_LINK_LIVES))
    return ends.filter(email__gt="").values_list("email", flat=True).first() or ""


def offer_data(address: str) -> None:
    """Writes to an address how to get at its data; not to one without any, where nobody waits for an e-mail."""
    if Comment.objects.filter(email=address).exists():
        _write(address, _DATA_SUBJECT, _DATA_BODY.format(path=data_url(address)), _DATA_LIMIT)


def _write(to: str, subject: str, body: str, *limits: tuple[str, int, timedelta]) -> None:
    """Nothing where one of the limits is reached: how a subject begins, how many such e-mails, within which time."""
    now = timezone.now()
    with transaction.atomic():
        locks.take(f"e-mails to {to}")
        written = Email.objects.filter(to=to)
        if all(
            written.filter(subject__startswith=beginning, created_at__gt=now - within).count() < most
            for beginning, most, within in limits
        ):
            outbox.write(to, subject, body)


def _subject(comment) -> str:
    return f"{_CONFIRM_SUBJECT}{comment.pk} di "


def _proof(salt: str, *about) -> str:
    return salted_hmac(salt, " ".join(map(str, about)), algorithm="sha256").hexdigest()[:32]


def _signer() -> signing.TimestampSigner:
    return signing.TimestampSigner(salt="comments.links.ends", sep="~")  # programs for mail leave a : out of links
