"""Chooses the captcha that a form shows. Each open captcha is a row of django-simple-captcha's table; no single sender
can fill that table or push other people's captchas out of it."""

import re
import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from captcha.conf import settings as captcha_settings
from captcha.models import CaptchaStore
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from comments.captcha import picture
from news.web import senders
from news.web.prepared import Statement

# Many people share an address: an office, a district of a mobile network. Far more than COMMENTS_PER_HOUR allows.
OPEN_PER_SENDER = 100  # issued within the last half of CAPTCHA_TIMEOUT; concurrent requests may exceed it slightly
OPEN_IN_ALL = 50_000  # rows; 15 MB with their indexes
COUNT_EVERY = 500  # issued captchas between two checks of OPEN_IN_ALL
SENDER_DIGITS = 8  # hex digits of its sender's key, with which a captcha's key begins; the other 32 are random
_KEY = re.compile(r"[0-9a-f]{40}")
_ANOTHER = "gambar_lain"  # the button of the forms that asks for another picture


def shown(request: HttpRequest) -> dict[str, str]:
    """The context of comments/_captcha.html: the captcha of the posted form, with the answer typed so far, if it is
    still open; a new one otherwise, or if the user asked for another picture."""
    posted = "" if is_another_wanted(request) else request.POST.get("captcha_0", "")
    row = waiting(posted).first()
    typed = request.POST.get("captcha_1", "") if row else ""
    row = row or _issued(senders.key(request))
    task, _ = row.challenge.split()
    return {"captcha_key": row.hashkey, "captcha_task": picture.TASKS[task], "captcha_answer": typed}


def is_another_wanted(request: HttpRequest) -> bool:
    """Whether the form was sent only to get another picture."""
    return _ANOTHER in request.POST


class _Open(NamedTuple):
    """The columns of a CaptchaStore that a form shows."""

    hashkey: str
    challenge: str


def _issued(sender_key: str) -> CaptchaStore | _Open:
    """Returns a new captcha, or one of this sender's open captchas once there are OPEN_PER_SENDER of them.

    So a flood from one address writes nothing and displaces no other captcha; a flood from thousands of addresses
    displaces the oldest captchas."""
    prefix = sender_key[:SENDER_DIGITS]
    recent = _recent(prefix, f"{prefix}g", timezone.now() + lifetime() / 2)
    if len(recent) >= OPEN_PER_SENDER:
        return _Open._make(secrets.choice(recent))
    challenge, response = picture.challenge()
    row = CaptchaStore.objects.create(hashkey=prefix + secrets.token_hex(16), challenge=challenge, response=response)
    if row.pk % COUNT_EVERY == 0:
        surplus = CaptchaStore.objects.order_by("-pk").values("pk")[OPEN_IN_ALL:]
        CaptchaStore.objects.filter(pk__in=surplus).delete()
    return row


def _of_sender(first: str, after: str, expire_after: datetime, limit: int = OPEN_PER_SENDER) -> QuerySet:
    """A range instead of LIKE: a generic plan, made without the values, can use the index on hashkey."""
    found = CaptchaStore.objects.filter(hashkey__gte=first, hashkey__lt=after, expiration__gt=expire_after)
    return found.values_list(*_Open._fields)[:limit]


_recent = Statement(_of_sender, str, str, datetime)


def lifetime() -> timedelta:
    """How long a captcha can be answered."""
    return timedelta(minutes=captcha_settings.CAPTCHA_TIMEOUT)


def waiting(key: str) -> QuerySet[CaptchaStore]:
    """The captcha with this key, if it is neither used nor expired. `key` may be any text."""
    if not _KEY.fullmatch(key):
        return CaptchaStore.objects.none()
    return CaptchaStore.objects.filter(hashkey=key, expiration__gt=timezone.now())
