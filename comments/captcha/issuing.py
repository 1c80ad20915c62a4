"""Which captcha a form shows. A row of django-simple-captcha's table waits for its answer; nobody can fill that table
or push another's captcha out of it."""

import re
import secrets
from datetime import timedelta

from captcha.conf import settings as captcha_settings
from captcha.models import CaptchaStore
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from comments.captcha import picture
from news.web import senders

# Many people share an address: an office, a district of a mobile network. Far more than COMMENTS_PER_HOUR can send.
OPEN_PER_SENDER = 100  # issued in the last half of CAPTCHA_TIMEOUT; some more when many ask at once
OPEN_IN_ALL = 50_000  # 15 MB with their indexes
COUNT_EVERY = 500  # issues
SENDER_DIGITS = 8  # that a key begins with, of the sender's; the other 32 are chance
_KEY = re.compile(r"[0-9a-f]{40}")


def shown(request: HttpRequest) -> dict[str, str]:
    """What comments/_captcha.html needs: the captcha of the posted form, with what was typed, while it waits for its
    answer; else, or where the form asks for another picture, a new one."""
    posted = "" if "gambar_lain" in request.POST else request.POST.get("captcha_0", "")
    row = waiting(posted).first()
    typed = request.POST.get("captcha_1", "") if row else ""
    row = row or _issued(senders.key(request))
    task, _ = row.challenge.split()
    return {"captcha_key": row.hashkey, "captcha_task": picture.TASKS[task], "captcha_answer": typed}


def _issued(sender_key: str) -> CaptchaStore:
    """A new captcha for this sender, or one of theirs that waits when there are enough of those: so a flood from one
    address writes nothing and pushes nobody's captcha out. A flood from thousands pushes out the oldest of all."""
    mine = sender_key[:SENDER_DIGITS]
    # Two bounds and no LIKE: a kept plan, which knows no values, finds them in the index of hashkey too.
    open_ = CaptchaStore.objects.filter(hashkey__gte=mine, hashkey__lt=f"{mine}g")
    young = list(open_.filter(expiration__gt=timezone.now() + lifetime() / 2)[:OPEN_PER_SENDER])
    if len(young) == OPEN_PER_SENDER:
        return secrets.choice(young)
    challenge, response = picture.challenge()
    row = CaptchaStore.objects.create(hashkey=mine + secrets.token_hex(16), challenge=challenge, response=response)
    if row.pk % COUNT_EVERY == 0:
        surplus = CaptchaStore.objects.order_by("-pk").values("pk")[OPEN_IN_ALL:]
        CaptchaStore.objects.filter(pk__in=surplus).delete()
    return row


def lifetime() -> timedelta:
    """How long a captcha waits for its answer."""
    return timedelta(minutes=captcha_settings.CAPTCHA_TIMEOUT)


def waiting(key: str) -> QuerySet[CaptchaStore]:
    """The captcha of this key, if it is neither used nor expired; any text may be asked for."""
    if not _KEY.fullmatch(key):
        return CaptchaStore.objects.none()
    return CaptchaStore.objects.filter(hashkey=key, expiration__gt=timezone.now())
