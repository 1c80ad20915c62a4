"""Limits per hour: comments and reports of one sender, and comments of all senders together.

Comments beyond the limit of their sender are refused. Those beyond the limit of all are accepted and read last, since
a few senders can reach it on purpose. Only OVERLOAD times as many, more than any city writes, are refused, to protect
the database.
"""

import logging
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from comments.models import Comment, Report
from news.web.throttle import AtMost

SENDER, BUSY, SITE = "sender", "busy", "site"
_WARNINGS = {
    SENDER: "Batas COMMENTS_PER_HOUR (%d) tercapai oleh satu pengirim; komentar berikutnya darinya ditolak sementara.",
    BUSY: "Batas COMMENTS_PER_HOUR_TOTAL (%d) tercapai; komentar berikutnya masuk di akhir antrean.",
    SITE: "Sudah %d komentar dalam sejam, jauh di atas COMMENTS_PER_HOUR_TOTAL; berikutnya ditolak sementara.",
}
OVERLOAD = 20  # times COMMENTS_PER_HOUR_TOTAL
SKEW = timedelta(minutes=1)  # between the clocks of several hosts
warnings = AtMost(1, seconds=60)  # so that a flood does not fill the log as well

logger = logging.getLogger(__name__)


def reached(sender_key: str) -> str:
    """The limit that is reached: SENDER or SITE, which forbid one more comment now, or BUSY, with which it is read
    last; "" if none is.

    Exact for one sender if the caller has the sender's lock (`locks.take`). The limits for all senders can be exceeded
    by as many comments as there are threads.
    """
    of_sender = [model.objects.sent_within_the_hour(sender_key) for model in (Comment, Report)]
    if _is_reached(SENDER, settings.COMMENTS_PER_HOUR, *of_sender):
        return SENDER
    in_all = settings.COMMENTS_PER_HOUR_TOTAL
    of_all = Comment.objects.filter(created_at__gt=timezone.now() - timedelta(hours=1))
    if not _is_reached(BUSY, in_all, of_all):
        return ""
    return SITE if _is_reached(SITE, in_all * OVERLOAD, of_all) else BUSY


def _is_reached(name: str, limit: int, *sent) -> bool:
    if limit <= 0 or sum(_counted(rows, limit) for rows in sent) < limit:
        return False
    if warnings.take(name):
        logger.warning(_WARNINGS[name], limit)
    return True


def _counted(rows, limit: int) -> int:
    """How many there are, at most `limit`, reading no more index entries. What a clock that was set back since dates
    into the future does not count: else it would be in the last hour for as long as the clock needs to catch up."""
    return rows.filter(created_at__lte=timezone.now() + SKEW)[:limit].count()
