"""The task that a commenter reads or hears, on django-simple-captcha, with four holes of the library closed: of posts
with one answer that came at once it let several through; it drew challenges from the generator that its image view
seeds with the public key; whoever knows that seed can take the noise away; and each page asked for added a row.
"""

import hmac
import random
import re
import secrets
import unicodedata
from datetime import timedelta
from functools import lru_cache
from threading import BoundedSemaphore
from time import monotonic

from captcha.conf import settings as captcha_settings
from captcha.fields import CaptchaField
from captcha.models import CaptchaStore
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone

from comments import audio, picture, senders

FASTEST = timedelta(seconds=2)  # from the issue to the answer: nobody reads and types in less
# Many people share an address: an office, a district of a mobile network. Far more than COMMENTS_PER_HOUR can send.
OPEN_PER_SENDER = 100  # issued in the last half of CAPTCHA_TIMEOUT; some more when many ask at once
OPEN_IN_ALL = 50_000  # 15 MB with their indexes
COUNT_EVERY = 500  # issues
_SENDER_DIGITS = 8  # that a key begins with, of the sender's; the other 32 are chance
_KEY = re.compile(r"[0-9a-f]{40}")
# Who types what the picture never holds means what it looks like.
_MEANT = str.maketrans("szgqv", "5269y")


def shown(request) -> dict[str, str]:
    """What comments/_captcha.html needs: the captcha of the posted form, with what was typed, while it waits for its
    answer; else, or where the form asks for another picture, a new one."""
    posted = "" if "gambar_lain" in request.POST else request.POST.get("captcha_0", "")
    row = _open(posted).first()
    typed = request.POST.get("captcha_1", "") if row else ""
    row = row or _issued(senders.key(request))
    task, _ = row.challenge.split()
    return {"captcha_key": row.hashkey, "captcha_task": picture.TASKS[task], "captcha_answer": typed}


def _issued(sender_key: str) -> CaptchaStore:
    """A new captcha for this sender, or one of theirs that waits when there are enough of those: so a flood from one
    address writes nothing and pushes nobody's captcha out. A flood from thousands pushes out the oldest of all."""
    mine = sender_key[:_SENDER_DIGITS]
    # Two bounds and no LIKE: a kept plan, which knows no values, finds them in the index of hashkey too.
    waiting = CaptchaStore.objects.filter(hashkey__gte=mine, hashkey__lt=f"{mine}g")
    young = list(waiting.filter(expiration__gt=timezone.now() + _life() / 2)[:OPEN_PER_SENDER])
    if len(young) == OPEN_PER_SENDER:
        return secrets.choice(young)
    challenge, response = picture.challenge()
    row = CaptchaStore.objects.create(hashkey=mine + secrets.token_hex(16), challenge=challenge, response=response)
    if row.pk % COUNT_EVERY == 0:
        surplus = CaptchaStore.objects.order_by("-pk").values("pk")[OPEN_IN_ALL:]
        CaptchaStore.objects.filter(pk__in=surplus).delete()
    return row


def _life() -> timedelta:
    return timedelta(minutes=captcha_settings.CAPTCHA_TIMEOUT)


def drawn(key: str) -> bytes | None:
    """The picture of this captcha: a PNG, the same at each call; None if it waits no more."""
    row = _open(key).first()
    return row and _drawn(row.hashkey, row.challenge, row.response)


@lru_cache(maxsize=128)  # who fetches one picture for ever costs a query, but no drawing
def _drawn(key: str, challenge: str, answer: str) -> bytes:
    return picture.draw(*challenge.split(), answer, _noise(key.encode()))


class Busy(Exception):
    """Another sound is being made, or this sender's last one was just now: each takes 30 to 100 ms of this process,
    which pages wait for too."""


SOUNDS_KEPT = 100  # 7.5 MB; a player fetches its file in two or three parts
SOUND_PAUSE = 2  # seconds between two new sounds of one sender, or one machine silences all others
_turn = BoundedSemaphore(1)
_sounds: dict[str, bytes] = {}  # by key, the oldest first
_spoken_at: dict[str, float] = {}  # by the sender's digits, the last SOUNDS_KEPT of them


def sound(key: str) -> bytes | None:
    """The answer that this captcha waits for, spoken: a WAV file, the same at each call; None if it waits no more.

    Raises Busy while this process makes another."""
    row = _open(key).first()
    if row is None:
        return None
    if key in _sounds:
        return _sounds[key]
    sender = key[:_SENDER_DIGITS]
    if monotonic() - _spoken_at.get(sender, -SOUND_PAUSE) < SOUND_PAUSE or not _turn.acquire(blocking=False):
        raise Busy
    try:
        wav = audio.speak(row.response, _noise(key.encode()))
        _sounds[key], _spoken_at[sender] = wav, monotonic()
        for kept in (_sounds, _spoken_at):
            if len(kept) > SOUNDS_KEPT:
                del kept[next(iter(kept))]
        return wav
    finally:
        _turn.release()


def _noise(about: bytes) -> random.Random:
    """A generator that gives one picture or sound always the same noise (or averaging several would remove it), by a
    key that only this portal knows."""
    return random.Random(hmac.digest(settings.SECRET_KEY.encode(), about, "sha256"))  # noqa: S311


def _open(key: str):
    """The captcha of this key, if it is neither used nor expired; any text may be asked for."""
    if not _KEY.fullmatch(key):
        return CaptchaStore.objects.none()
    return CaptchaStore.objects.filter(hashkey=key, expiration__gt=timezone.now())


class OnceCaptchaField(CaptchaField):
    """Of several posts with the same answer sent at once, the library lets all through; here the delete decides.

    Checking uses the captcha up, be the answer right or wrong, but not where there is none, or one too early: neither
    tells anything about the right one. Not for a transaction that may roll back.
    """

    def __init__(self, **kwargs):
        super().__init__(
            error_messages={
                "required": "Isi kode dari gambar atau suara.",
                "early": "Anda sangat cepat. Tunggu dua detik, lalu kirim sekali lagi; isian Anda tetap ada.",
                "expired": "Kode tadi sudah tidak berlaku. Ikuti petunjuk untuk gambar atau suara yang baru ini.",
                "invalid": "Isian tadi belum cocok dengan petunjuknya. Silakan coba gambar atau suara yang baru ini.",
            },
            **kwargs,
        )

    def clean(self, value):
        key, answer = (part or "" for part in value)
        row = _open(key).first()
        if row is None:
            raise self._error("expired")
        if not _plain(answer):
            raise self._error("required")
        if timezone.now() < row.expiration - _life() + FASTEST:
            raise self._error("early")
        if CaptchaStore.objects.filter(pk=row.pk).delete()[0] != 1:
            raise self._error("expired")
        if _plain(answer) != _plain(row.response):
            raise self._error("invalid")
        return key

    def _error(self, code: str) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code)


def _plain(answer: str) -> str:
    """The answer without spaces and signs, in small letters, whichever keyboard it was typed on."""
    typed = [str(unicodedata.digit(each, each)) for each in unicodedata.normalize("NFKC", answer[:50])]
    return "".join(filter(str.isalnum, typed)).lower().translate(_MEANT)
