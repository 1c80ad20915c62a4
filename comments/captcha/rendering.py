"""The picture and the sound of a captcha, made on request and cached in this process."""

import hmac
import random
from functools import lru_cache
from threading import BoundedSemaphore

from django.conf import settings

from comments.captcha import picture, speech
from comments.captcha.issuing import SENDER_DIGITS, waiting
from news.web.throttle import AtMost


def drawn(key: str) -> bytes | None:
    """The captcha's picture as a PNG, the same on every call; None if the captcha is used or expired."""
    row = waiting(key).first()
    return row and _drawn(row.hashkey, row.challenge, row.response)


@lru_cache(maxsize=128)  # fetching the same picture again costs a query, but no drawing
def _drawn(key: str, challenge: str, answer: str) -> bytes:
    task, shown = challenge.split()
    return picture.draw(task, shown, answer, _generator(key.encode()))


class Busy(Exception):
    """Another sound is being made, or this sender's last one was a moment ago: making one takes 30 to 100 ms of this
    process, during which pages wait."""


SOUNDS_KEPT = 100  # 7.5 MB; players fetch a file in two or three parts
sounds_of_one_sender = AtMost(1, seconds=2)  # else one machine could keep all others from getting a sound
_turn = BoundedSemaphore(1)
_sounds: dict[str, bytes] = {}  # by key, the oldest first


def sound(key: str) -> bytes | None:
    """The captcha's answer spoken, as a WAV file, the same on every call; None if the captcha is used or expired.

    Raises Busy if the sound is not cached and cannot be made now."""
    row = waiting(key).first()
    if row is None:
        return None
    if key in _sounds:
        return _sounds[key]
    if not _turn.acquire(blocking=False):
        raise Busy
    try:
        if not sounds_of_one_sender.take(key[:SENDER_DIGITS]):
            raise Busy
        _sounds[key] = wav = speech.speak(row.response, _generator(key.encode()))
        if len(_sounds) > SOUNDS_KEPT:
            del _sounds[next(iter(_sounds))]
        return wav
    finally:
        _turn.release()


def _generator(about: bytes) -> random.Random:
    """A random generator seeded with `about` and the secret key: a picture or sound has the same noise each time it is
    made (averaging different ones would remove it), and nobody outside can reproduce the noise."""
    return random.Random(hmac.digest(settings.SECRET_KEY.encode(), about, "sha256"))
