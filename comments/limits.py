"""Limits per hour: comments and reports of one sender, and comments of all senders together."""

import logging
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from comments.models import Comment, Report
from news.web.throttle import AtMost

SENDER, SITE = "sender", "site"
_WARNINGS = {
    SENDER: "Batas COMMENTS_PER_HOUR (%d) tercapai oleh satu pengirim; komentar berikutnya darinya ditolak sementara.",
    SITE: "Batas COMMENTS_PER_HOUR_TOTAL (%d) tercapai; semua komentar berikutnya ditolak sementara.",
}
warnings = AtMost(1, seconds=60)  # so that a flood does not fill the log as well

logger = logging.getLogger(__name__)


def reached(sender_key: str) -> str:
    """The limit, SENDER or SITE, that forbids one more comment now; "" if none does.

    Exact for one sender if the caller has the sender's lock (`locks.take`). The limit for all senders can be exceeded
    by as many comments as there are threads.
    """
    by_sender = [model.objects.sent_within_the_hour(sender_key) for model in (Comment, Report)]
    by_all = [Comment.objects.filter(created_at__gt=timezone.now() - timedelta(hours=1))]
    limits = [(SENDER, settings.COMMENTS_PER_HOUR, by_sender), (SITE, settings.COMMENTS_PER_HOUR_TOTAL, by_all)]
    for name, limit, sent in limits:
        if limit > 0 and sum(rows[:limit].count() for rows in sent) >= limit:  # reads at most `limit` index entries
            if warnings.take(name):
                logger.warning(_WARNINGS[name], limit)
            return name
    return ""
