"""Secret links for people without an account, by which they prove who wrote a comment, and the e-mails with the links.

Links contain a keyed hash or a signature, so none is stored; a new SECRET_KEY invalidates them.
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
UNCONFIRMED_KEPT = timedelta(days=7)  # unconfirmed comments are deleted then, and their links end
# Another salt would invalidate the links that were already mailed.
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
_CONFIRM_SUBJECT = "Konfirmasi komentar nomor "  # followed by the number, by which confirmation_emails() finds them
# Does not quote the comment, or anyone could make the city send their text to any address.
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
# Limits of e-mails to one address, so that nobody can flood a mailbox through the portal.
EMAILS_OF_A_COMMENT = 3  # and at most one a minute, since people press buttons twice
# (beginning of the subject, number of e-mails, period)
_DATA_LIMIT = (_DATA_SUBJECT, 1, timedelta(minutes=10))
_CONFIRM_LIMIT = (_CONFIRM_SUBJECT, 5, timedelta(hours=1))


def token(comment) -> str:
    return f"{comment.pk}-{_proof(_OWN, comment.pk)}"


def own_url(comment) -> str:
    """The path of the page where the author sees the comment's state and can delete it."""
    return reverse("own-comment", args=[token(comment)])


def comment_of(token: str) -> Comment | None:
    """The comment that a token belongs to, even if erased; None for a wrong or malformed token."""
    match = _TOKEN.fullmatch(token)
    if not match or not constant_time_compare(match[2], _proof(_OWN, int(match[1]))):
        return None
    return Comment.objects.for_author().filter(pk=int(match[1])).first()


def confirmation_url(comment) -> str:
    """The path where the owner of the comment's e-mail address confirms it. Only sent by e-mail: the browser that sent
    the comment gets own_url, which must not be enough to confirm."""
    proof = _proof(_EMAIL, comment.pk, comment.email)
    return reverse("own-comment-confirmation", args=[f"{comment.pk}-{proof}"])


def comment_to_confirm(token: str) -> Comment | None:
    """The comment that a token from an e-mail belongs to, even if already confirmed; None for a wrong token."""
    if not (match := _TOKEN.fullmatch(token)):
        return None
    comment = Comment.objects.for_author().filter(pk=int(match[1])).first()
    if comment is None or not constant_time_compare(match[2], _proof(_EMAIL, comment.pk, comment.email)):
        return None
    return comment


def ask_confirmation(comment) -> None:
    """E-mails the comment's address and asks its owner to confirm the comment; does nothing if a limit is reached."""
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

    It identifies the oldest and the newest of them instead of the address, which would end up in logs and browser
    histories. Two, so that the link still works when one of them is erased."""
    ends = Comment.objects.filter(email=address).aggregate(oldest=Min("pk"), newest=Max("pk"))
    return reverse("own-data", args=[_signer().sign_object(list(ends.values()))])


def address_of(signed: str) -> str:
    """The address that data_url was made for; "" if the comments that it identifies, or their address, were erased.
    Raises signing.BadSignature, or its subclass SignatureExpired after DATA_LINK_LIVES."""
    ends = Comment.objects.filter(pk__in=_signer().unsign_object(signed, max_age=DATA_LINK_LIVES))
    return ends.filter(email__gt="").values_list("email", flat=True).first() or ""


def offer_data(address: str) -> None:
    """E-mails an address the link to its data; nothing if it has no comments, since its owner expects no e-mail."""
    if Comment.objects.filter(email=address).exists():
        _write(address, _DATA_SUBJECT, _DATA_BODY.format(path=data_url(address)), _DATA_LIMIT)


def _write(to: str, subject: str, body: str, *limits: tuple[str, int, timedelta]) -> None:
    """Queues an e-mail unless a limit (beginning of the subject, number of e-mails, period) is reached."""
    now = timezone.now()
    with transaction.atomic():
        locks.take(locks.Lock.EMAILS_TO, to)
        written = Email.objects.filter(to=to)
        if all(
            written.filter(subject__startswith=beginning, created_at__range=(now - period, now)).count() < most
            for beginning, most, period in limits
        ):
            outbox.write(to, subject, body)


def _subject(comment) -> str:
    return f"{_CONFIRM_SUBJECT}{comment.pk} di "


def _proof(salt: str, *about) -> str:
    return salted_hmac(salt, " ".join(map(str, about)), algorithm="sha256").hexdigest()[:32]


def _signer() -> signing.TimestampSigner:
    return signing.TimestampSigner(salt="comments.links.ends", sep="~")  # some mail programs cut links at a colon
