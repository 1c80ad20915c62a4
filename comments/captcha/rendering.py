"""The picture and the sound of a captcha, made when they are asked for and kept for a while."""

import hmac
import random
from functools import lru_cache
from threading import BoundedSemaphore

from django.conf import settings

from comments.captcha import picture, speech
from comments.captcha.issuing import SENDER_DIGITS, waiting
from news.web.throttle import AtMost


def drawn(key: str) -> bytes | None:
    """The picture of this captcha: a PNG, the same at each call; None if it waits no more."""
    row = waiting(key).first()
    return row and _drawn(row.hashkey, row.challenge, row.response)


@lru_cache(maxsize=128)  # who fetches one picture for ever costs a query, but no drawing
def _drawn(key: str, challenge: str, answer: str) -> bytes:
    task, shown = challenge.split()
    return picture.draw(task, shown, answer, _noise(key.encode()))


class Busy(Exception):
    """Another sound is being made, or this sender's last one was just now: each takes 30 to 100 ms of this process,
    which pages wait for too."""


SOUNDS_KEPT = 100  # 7.5 MB; a player fetches its file in two or three parts
one_sender = AtMost(1, seconds=2)  # or one machine would silence all others
_turn = BoundedSemaphore(1)
_sounds: dict[str, bytes] = {}  # by key, the oldest first


def sound(key: str) -> bytes | None:
    """The answer that this captcha waits for, spoken: a WAV file, the same at each call; None if it waits no more.

    Raises Busy while this process makes another."""
    row = waiting(key).first()
    if row is None:
        return None
    if key in _sounds:
        return _sounds[key]
    if not _turn.acquire(blocking=False):
        raise Busy
    try:
        if not one_sender.take(key[:SENDER_DIGITS]):
            raise Busy
        _sounds[key] = wav = speech.speak(row.response, _noise(key.encode()))
        if len(_sounds) > SOUNDS_KEPT:
            del _sounds[next(iter(_sounds))]
        return wav
    finally:
        _turn.release()


def _noise(about: bytes) -> random.Random:
    """A random generator, so that one picture or sound always has the same noise (averaging several would remove it);
    its seed depends on a key that only this portal knows."""
    return random.Random(hmac.digest(settings.SECRET_KEY.encode(), about, "sha256"))
