"""What is kept of people who comment, for how long, and how one of them gets it all."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from comments.mail.secret_links import UNCONFIRMED_KEPT
from comments.models import Comment, Email, Lesson, Report
from news.web import dates

EMAILS_KEPT = timedelta(days=7)
UNSENT_KEPT = timedelta(days=30)  # a citizen's: its link died long ago
EXPORTED_AT_MOST = ERASED_AT_MOST = 5_000  # more than one person writes
_BATCH = 1_000  # of each kind in one run, since the worker's other jobs wait meanwhile


def purge() -> None:
    """Empties what is older than the privacy page allows; nothing about which a moderator has yet to decide.

    Of decided comments it is the sender's key and e-mail address, of rejected ones the name and the words, too, of
    reports their sender and note. Decisions and their notes stay. What single comments taught the spam score becomes
    part of a sum. A run takes a second at most, however much there is to do; the next one goes on.
    """
    now = timezone.now()
    before = now - timedelta(days=settings.COMMENT_DATA_DAYS)
    settled = Comment.objects.settled_before(before)
    _change(Comment.objects.unconfirmed().filter(created_at__lt=now - UNCONFIRMED_KEPT), _delete)
    _change(settled.rejected().order_by("created_at"), lambda rows: rows.update(**Comment.ERASED, erased_at=Now()))
    _change(settled.filter(sender_key__gt="").order_by("sender_key"), lambda rows: rows.update(sender_key=""))
    _change(settled.filter(email__gt="").order_by("email"), lambda rows: rows.update(email=""))
    reports = Report.objects.filter(created_at__lt=before, comment__due_at=None, sender_key__gt="")
    _change(reports.order_by("sender_key"), lambda rows: rows.update(sender_key="", note=""))
    _change(Email.objects.filter(sent_at__lt=now - EMAILS_KEPT), _delete)
    _change(Email.objects.filter(created_at__lt=now - UNSENT_KEPT, kind=""), _delete)
    if Lesson.objects.count() > 1:
        Lesson.objects.merge()


def erase_all_of(address: str) -> None:
    """Takes back the comments sent with an e-mail address, ERASED_AT_MOST of them at once, and the e-mails to it."""
    comments = Comment.objects.filter(email=address)
    # The newest last: while any is left, so is one that the link to them names
    comments.filter(pk__in=comments.order_by("pk").values("pk")[:ERASED_AT_MOST]).erase()
    Email.objects.filter(to=address, kind="").delete()


def export(comments) -> dict:
    """All that is stored about these comments and their author, the newest EXPORTED_AT_MOST of them, as JSON takes
    it. Moderators are not named: the decision is the city's."""
    rows = comments.for_author().prefetch_related("decisions", "reports").order_by("-created_at", "-pk")
    return {
        "portal": settings.SITE_NAME,
        "pengelola": f"{settings.PUBLISHER}, {settings.CONTACT_EMAIL}",
        "dibuat": dates.iso(timezone.now()),
        "komentar": [_exported(row) for row in rows[:EXPORTED_AT_MOST]],
    }


def _exported(comment) -> dict:
    return {
        "nomor": comment.pk,
        "berita": {
            "judul": comment.article.title,
            "alamat": f"{settings.SITE_URL}{comment.article.get_absolute_url()}",
        },
        "membalas_komentar_nomor": comment.parent_id,
        "nama": comment.name,
        "email": comment.email,
        "isi": comment.text,
        "dikirim": dates.iso(comment.created_at),
        "persetujuan_pedoman": {
            "diberikan": dates.iso(comment.consent_at),
            "nomor_versi": comment.rules_id,
            "versi_dipakai_sejak": _time(comment.rules and comment.rules.since),
        },
        "kode_alamat_internet": comment.sender_key,
        "keadaan": comment.get_status_display(),
        "alasan": comment.get_reason_display(),
        "batas_waktu_moderator": _time(comment.due_at),
        "diputuskan": _time(comment.decided_at),
        "diteruskan": {
            "waktu": _time(comment.forwarded_at),
            "kepada": comment.forwarded_to and comment.forwarded_to.name,
            "catatan": comment.forwarded_note,
        },
        "perkiraan_komputer": {
            "kemungkinan_spam": round(comment.spam_probability, 4),
            "di_akhir_antrean": comment.ranked_last,
            "tanda": comment.signals,
        },
        "isi_dihapus": _time(comment.erased_at),
        "keputusan": [
            {
                "keputusan": decision.get_verb_display(),
                "alasan": decision.get_reason_display(),
                "catatan": decision.note,
                "waktu": dates.iso(decision.at),
                "dibatalkan": _time(decision.undone_at),
            }
            for decision in sorted(comment.decisions.all(), key=lambda decision: decision.pk)
        ],
        "jumlah_laporan_pembaca": len(comment.reports.all()),
    }


def _time(moment) -> str | None:
    return dates.iso(moment) if moment else None


def _delete(rows) -> None:
    """Locked first: Django looks for what hangs on the rows, and meanwhile one of them may have been confirmed."""
    with transaction.atomic():
        locked = list(rows.select_for_update().values_list("pk", flat=True))
        rows.model.objects.filter(pk__in=locked).delete()


def _change(rows, change) -> None:
    """`change` takes the first _BATCH of the rows.

    Rows in the order of an index that holds only what is not yet empty: else Postgres reads the whole table each time.
    """
    change(rows.filter(pk__in=rows.values("pk")[:_BATCH]))
