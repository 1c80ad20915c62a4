"""E-mails to the moderators: a digest of the queue each morning, and an alert when a comment passes its deadline.

When the last ones were written is read from the stored e-mails, so it survives restarts, and workers on several hosts
agree. The e-mails contain no data of citizens.
"""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from comments.mail import outbox
from comments.models import Comment, Email
from news.web import dates, locks

MORNING = range(7, 9)  # hours of local time; comments that arrive later are in the next day's digest
ALERTS_APART = timedelta(hours=1)
DAILY, OVERDUE = "ringkasan", "lewat"  # Email.kind

_EMAIL = """\
{opening}

Menunggu keputusan: {total}
Melewati batas 48 jam: {overdue}
Dilaporkan pembaca: {reported}
Diduga spam, di akhir antrean: {ranked_last}
Batas waktu terdekat berikutnya: {next_due}

Buka antrean: {address}

Terima kasih telah menjaga ruang komentar kota kita.

--
Surat otomatis dari {site}. Anda menerimanya karena akun Anda boleh memutuskan komentar.
Untuk berhenti menerimanya, kosongkan alamat email pada akun itu atau mintalah kepada administrator.
"""
_MORNING = "Selamat pagi. Inilah antrean komentar pagi ini."
_LATE = "Ada komentar yang belum diputuskan dalam 2 x 24 jam, batas menurut Pedoman Pemberitaan Media Siber."


def write_due() -> None:
    """Writes the digest or the alert to every moderator if one is due. The worker calls this often."""
    if not settings.MAIL_IS_ON:
        return
    with transaction.atomic():
        if not locks.try_take(locks.Lock.DIGEST):
            return  # another worker is doing this
        if _digest_is_due():
            _write(DAILY, "{total} komentar menunggu keputusan", _MORNING)
        elif _alert_is_due():
            _write(OVERDUE, "{overdue} komentar melewati batas 48 jam", _LATE)


def _digest_is_due() -> bool:
    now = timezone.localtime()
    today = now.replace(hour=MORNING.start, minute=0, second=0, microsecond=0)
    return now.hour in MORNING and not Email.objects.filter(kind=DAILY, created_at__range=(today, now)).exists()


def _alert_is_due() -> bool:
    """Whether a comment has become overdue since the last digest or alert, and the last alert is over an hour old."""
    now = timezone.now()
    written = Email.objects.filter(created_at__lte=now)  # not by a clock that was set back since
    if written.filter(kind=OVERDUE, created_at__gt=now - ALERTS_APART).exists():
        return False
    overdue = Comment.objects.in_queue().overdue()
    last = written.filter(kind__in=(DAILY, OVERDUE)).order_by("-created_at").first()
    return (overdue.filter(due_at__gte=last.created_at) if last else overdue).exists()


def _write(kind: str, subject: str, opening: str) -> None:
    """Writes to every moderator with an e-mail address; does nothing if the queue is empty."""
    queue = Comment.objects.queue_counts()
    if not queue["total"]:
        return
    queue["next_due"] = dates.date_and_time(queue["next_due"]) if queue["next_due"] else "tidak ada"
    address = settings.SITE_URL + reverse("admin:comments_queue")
    body = _EMAIL.format(opening=opening, address=address, site=settings.SITE_NAME, **queue)
    outbox.write_to_staff("comments.moderate_comment", f"{settings.SITE_NAME}: {subject.format(**queue)}", body, kind)
