"""How many comments are taken within an hour: of one sender, whose reports count as well, and of all together."""

import logging
import time
from datetime import timedelta
from threading import Lock

from django.conf import settings
from django.utils import timezone

from comments.models import Comment, Report

SENDER, SITE = "sender", "site"
WARN_EVERY = 60  # seconds: a flood is not to fill the log as well
_WARNINGS = {
    SENDER: "Batas COMMENTS_PER_HOUR (%d) tercapai oleh satu pengirim; komentar berikutnya darinya ditolak sementara.",
    SITE: "Batas COMMENTS_PER_HOUR_TOTAL (%d) tercapai; semua komentar berikutnya ditolak sementara.",
}
_log = logging.getLogger(__name__)
_warned_at: dict[str, float] = {}
_one = Lock()


def reached(sender_key: str) -> str:
    """The limit, SENDER or SITE, that forbids one more comment now; "" where none does.

    Exact for a sender whose turn it is (senders.take_turn); of all together, as many as threads may be too many.
    """
    of_sender = [model.objects.sent_within_the_hour(sender_key) for model in (Comment, Report)]
    of_all = [Comment.objects.filter(created_at__gt=timezone.now() - timedelta(hours=1))]
    limits = [(SENDER, settings.COMMENTS_PER_HOUR, of_sender), (SITE, settings.COMMENTS_PER_HOUR_TOTAL, of_all)]
    for name, limit, sent in limits:
        if limit > 0 and sum(each[:limit].count() for each in sent) >= limit:  # counted no further, in an index
            _warn(name, limit)
            return name
    return ""


def _warn(name: str, limit: int) -> None:
    now = time.monotonic()
    with _one:
        if now - _warned_at.get(name, -WARN_EVERY) < WARN_EVERY:
            return
        _warned_at[name] = now
    _log.warning(_WARNINGS[name], limit)
