"""/sehat: health check for monitoring, one check per part of the portal."""

import logging
import shutil

from django.conf import settings
from django.db import connection
from django.http import JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from comments.models import Comment, Email
from news.models import Finding, Scan
from news.models.findings import OVERDUE
from news.web import dates
from portal.run import worker

logger = logging.getLogger("portal")

FREE_BYTES = 200 * 1024 * 1024
WORKER_SILENCE = 60  # seconds without a heartbeat


@never_cache
@require_safe
def health(request):
    """200 with {"sehat": true}, or 503 with the names of the failing parts; the reasons only go to the log."""
    failing = []
    for name, check in _CHECKS.items():
        try:
            check()
        except Exception as error:
            failing.append(name)
            logger.warning("Tidak sehat: %s: %s", name, str(error).strip().partition("\n")[0])
    return JsonResponse({"sehat": not failing, "rusak": failing}, status=503 if failing else 200)


def _database():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM news_article LIMIT 1")


def _disk():
    free = shutil.disk_usage(settings.DATA_DIR).free
    if free < FREE_BYTES:
        raise OSError(f"Ruang cakram tersisa {free // 2**20} MB.")


def _worker():
    silence = worker.seconds_since_last_round()
    if silence is None or silence > WORKER_SILENCE:
        raise RuntimeError("Pekerja latar tidak berjalan.")


def _moderation():
    """Fails if any comment is past its deadline, even one ranked last as suspected spam: suspicion can be wrong.

    Two index lookups, however many comments wait."""
    overdue = Comment.objects.in_queue().overdue()
    if overdue.filter(ranked_last=False).exists():
        raise RuntimeError("Ada komentar yang melewati batas 48 jam.")
    if overdue.filter(ranked_last=True).exists():
        raise RuntimeError("Ada komentar yang diduga spam, di akhir antrean, yang melewati batas 48 jam.")


def _mail():
    if settings.MAIL_IS_ON and (email := Email.objects.stuck().order_by("created_at").first()):
        raise RuntimeError(f"Surat nomor {email.pk} belum terkirim. Galat terakhir: {email.error or 'tidak ada'}.")


def _sentinel():
    if number := Finding.objects.open().count():
        address = reverse("admin:news_finding_changelist")
        raise RuntimeError(f"Penjaga situs punya {number} temuan yang perlu dilihat: {address}")
    last = Scan.objects.finished().first()
    if last and last.finished_at < timezone.now() - OVERDUE:
        raise RuntimeError(
            f"Penjaga situs tidak memeriksa apa pun sejak {dates.short_date(last.finished_at)}, lebih dari 3 hari."
        )


_CHECKS = {
    "basis_data": _database,
    "cakram": _disk,
    "pekerja": _worker,
    "moderasi": _moderation,
    "surat": _mail,
    "penjaga": _sentinel,
}
