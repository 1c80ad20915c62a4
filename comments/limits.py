"""How many comments are taken within an hour: of one sender, whose reports count as well, and of all together."""

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
warnings = AtMost(1, seconds=60)  # a flood is not to fill the log as well

logger = logging.getLogger(__name__)


def reached(sender_key: str) -> str:
    """The limit, SENDER or SITE, that forbids one more comment now; "" where none does.

    Exact for a sender whose turn it is (`locks.take`); of all together, as many as threads may be too many.
    """
    of_sender = [model.objects.sent_within_the_hour(sender_key) for model in (Comment, Report)]
    of_all = [Comment.objects.filter(created_at__gt=timezone.now() - timedelta(hours=1))]
    limits = [(SENDER, settings.COMMENTS_PER_HOUR, of_sender), (SITE, settings.COMMENTS_PER_HOUR_TOTAL, of_all)]
    for name, limit, sent in limits:
        if limit > 0 and sum(each[:limit].count() for each in sent) >= limit:  # counted no further, in an index
            if warnings.take(name):
                logger.warning(_WARNINGS[name], limit)
            return name
    return ""
