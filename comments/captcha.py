"""The letters that a commenter reads or hears, on django-simple-captcha, with three holes of the library closed: one
answer sent several times at once was accepted several times; challenges came from the generator that its image view
seeds with the public key; and whoever knows that seed can compute the noise and take it away again.
"""

import hmac
import math
import random
import re
import secrets
from functools import lru_cache
from threading import BoundedSemaphore

from captcha.conf import settings as captcha_settings
from captcha.fields import CaptchaField
from captcha.models import CaptchaStore
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from PIL import Image, ImageDraw, ImageFilter

from comments import audio

ALPHABET = "ACDHKMNPRTUWXY369"  # no two that people take for each other, bent and crossed: O 0, 4 A, 7 T, U V, E F
CURVES = 2
STROKE = 2  # px; the letters are 3: people tell them apart, who reads by colour alone does not
_KEY = re.compile(r"[0-9a-f]{40}")


def challenge() -> tuple[str, str]:
    """What is drawn, and the answer as it is compared: in small letters."""
    text = "".join(secrets.choice(ALPHABET) for _ in range(captcha_settings.CAPTCHA_LENGTH))
    return text, text.lower()


def curves(draw: ImageDraw.ImageDraw, image: Image.Image) -> ImageDraw.ImageDraw:
    """Sine curves through the letters, of their own colour."""
    noise = _noise(image.tobytes())
    width, height = image.size
    for band in range(CURVES):
        middle = height * (band + noise.uniform(0.7, 1.3)) / (CURVES + 1)
        amplitude, period, phase = noise.uniform(6, 12), noise.uniform(70, 140), noise.uniform(0, math.tau)
        points = [(x, middle + amplitude * math.sin(x * math.tau / period + phase)) for x in range(-4, width + 4, 3)]
        draw.line(points, fill=captcha_settings.CAPTCHA_FOREGROUND_COLOR, width=STROKE, joint="curve")
    return draw


def wave(image: Image.Image) -> Image.Image:
    """The picture with its columns and rows pushed to and fro, softened."""
    noise = _noise(image.tobytes())
    for axis in (0, 1):
        amplitude, period, phase = noise.uniform(1.5, 2.5), noise.uniform(45, 80), noise.uniform(0, math.tau)
        bent = Image.new("RGB", image.size, captcha_settings.CAPTCHA_BACKGROUND_COLOR)
        for i in range(image.size[axis]):
            shift = round(amplitude * math.sin(i * math.tau / period + phase))
            strip = image.crop((i, 0, i + 1, image.height) if axis == 0 else (0, i, image.width, i + 1))
            bent.paste(strip, (i, shift) if axis == 0 else (shift, i))
        image = bent
    return image.filter(ImageFilter.SMOOTH)


class Busy(Exception):
    """Another sound is being made: it takes 30 to 100 ms of this process, which pages wait for too."""


_turn = BoundedSemaphore(1)


def sound(key: str) -> bytes | None:
    """The answer that this captcha waits for, spoken: a WAV file, the same at each call; None if it waits no more.

    Raises Busy while this process makes another."""
    row = _open(key).first()
    if row is None:
        return None
    if not _turn.acquire(blocking=False):
        raise Busy
    try:
        return _spoken(key, row.response)
    finally:
        _turn.release()


@lru_cache(maxsize=16)  # a player fetches its file in two or three parts
def _spoken(key: str, answer: str) -> bytes:
    return audio.speak(answer, _noise(key.encode()))


def _noise(about: bytes) -> random.Random:
    """A generator that gives one picture or sound always the same noise (or averaging several would remove it), by a
    key that only this portal knows."""
    return random.Random(hmac.digest(settings.SECRET_KEY.encode(), about, "sha256"))  # noqa: S311


def key_to_show(posted: str = "") -> str:
    """`posted` while that captcha waits unused for its answer, else the key of a new one."""
    return posted if _open(posted).exists() else CaptchaStore.generate_key()


def _open(key: str):
    """The captcha of this key, if it is neither used nor expired; any text may be asked for."""
    if not _KEY.fullmatch(key):
        return CaptchaStore.objects.none()
    return CaptchaStore.objects.filter(hashkey=key, expiration__gt=timezone.now())


class OnceCaptchaField(CaptchaField):
    """Of several posts with the same answer sent at once, the library lets all through; here the delete decides.

    Checking uses the captcha up, be the answer right or wrong. Not for a transaction that may roll back.
    """

    def __init__(self, **kwargs):
        super().__init__(
            error_messages={
                "expired": "Kode tadi sudah tidak berlaku. Ketik huruf dan angka dari gambar atau suara baru ini.",
                "invalid": "Isian tadi belum cocok dengan kodenya. Silakan coba gambar atau suara yang baru ini.",
            },
            **kwargs,
        )

    def clean(self, value):
        key, answer = (part or "" for part in value)
        row = _open(key).first()
        if row is None or CaptchaStore.objects.filter(pk=row.pk).delete()[0] != 1:
            raise ValidationError(self.error_messages["expired"], code="expired")
        if "".join(answer.split()).lower() != row.response:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return key
