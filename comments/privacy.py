"""Personal data of people who comment: how long it is kept, and how they erase or export it."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from comments.mail.secret_links import UNCONFIRMED_KEPT
from comments.models import Comment, Email, Lesson, Report
from news.web import dates

EMAILS_KEPT = timedelta(days=7)
UNSENT_KEPT = timedelta(days=30)  # e-mails to citizens; their links have long expired
EXPORTED_AT_MOST = ERASED_AT_MOST = 5_000  # comments; more than one person writes
_BATCH = 1_000  # rows of each kind per run, since the worker's other jobs wait meanwhile


def purge() -> None:
    """Removes personal data older than the privacy page allows, except where a moderator has yet to decide.

    Decided comments lose the sender's key and e-mail address, rejected ones also the name and text, reports their
    sender and note. Decisions and their notes stay. Unconfirmed comments and old e-mails are deleted, and what single
    comments taught the spam score is merged into one sum. A run takes at most a second; the next one continues.
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
    """Erases the comments sent with an e-mail address, at most ERASED_AT_MOST, and deletes the e-mails to it."""
    comments = Comment.objects.filter(email=address)
    # The newest last: the link works as long as the oldest or the newest is left.
    comments.filter(pk__in=comments.order_by("pk").values("pk")[:ERASED_AT_MOST]).erase()
    Email.objects.filter(to=address, kind="").delete()


def export(comments) -> dict:
    """All that is stored about the newest EXPORTED_AT_MOST of these comments and their author, ready for JSON.
    Moderators are not named: the decision is the city's."""
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
    """Locks the rows first, since one could be confirmed while Django collects the rows that depend on them."""
    with transaction.atomic():
        locked = list(rows.select_for_update().values_list("pk", flat=True))
        rows.model.objects.filter(pk__in=locked).delete()


def _change(rows, change) -> None:
    """Applies `change` to the first _BATCH of the rows.

    Order large tables by an index that finds what is not yet empty, or Postgres reads the whole table each time.
    """
    change(rows.filter(pk__in=rows.values("pk")[:_BATCH]))
