"""A captcha's answer as Indonesian speech with noise, for people who cannot see the picture.

Joins recordings of letters, digits and a spelling word for each letter (recordings/README.md) in plain Python. This
stops scripts without speech recognition; a speech recogniser will understand it, as people must.
"""

import io
import json
import random
import wave
from array import array
from functools import cache
from itertools import accumulate, islice
from pathlib import Path

RATE = 8000  # samples a second
PEAK = 0.78  # of full scale; no recording exceeds it, so that speech and noise together never overflow
SPEED = (0.93, 1.06)  # relative to the recording; the pitch changes with it
VOLUME = (0.8, 1.0)
PAUSE_BEFORE_WORD = (0.12, 0.22)  # seconds
PAUSE_AFTER = (0.45, 0.7)  # seconds; time to type
BABBLE = (0.14, 0.2)  # volume of the background, other recordings played backwards, relative to the speech
HISS = 0.03  # of full scale
_RECORDINGS = Path(__file__).resolve().parent / "recordings"

# The recordings are coded like IMA ADPCM, in half a byte a sample at telephone quality: each code is one of sixteen
# differences to the previous sample, and the step width grows and shrinks with the signal.
START = (0, 0)  # decoder state: the previous sample, and the index of the step width
_WIDTHS = [7 * 1.1**i for i in range(89)]
_WIDENING = [-1, -1, -1, -1, 2, 4, 6, 8]


def step(state: tuple[int, int], code: int) -> tuple[int, int]:
    """The decoder state after one more code (0 to 15); its first part is the sample."""
    sample, width = state
    size = code & 7
    change = _WIDTHS[width] * (size + 0.5) / 4
    sample = int(sample - change if code & 8 else sample + change)
    return max(-32768, min(32767, sample)), max(0, min(88, width + _WIDENING[size]))


def unpacked(packed: bytes) -> array:
    """The decoded samples, 16 bits each."""
    codes = [code for byte in packed for code in (byte & 15, byte >> 4)]
    states = accumulate(codes, step, initial=START)
    return array("h", [sample for sample, _ in islice(states, 1, None)])


def word_of(letter: str) -> str:
    """The name of the recording of a letter's spelling word, as in "B, Bandung"."""
    return f"kata {letter}"


@cache
def _index() -> dict[str, dict[str, list[int]]]:
    """Offset and length of each recording in speech.bin, in bytes, by voice and name."""
    return json.loads((_RECORDINGS / "speech.json").read_text())


@cache
def _packed() -> bytes:
    return (_RECORDINGS / "speech.bin").read_bytes()


@cache
def recording(voice: str, name: str) -> array:
    """The samples of a letter (A to Z), a digit, a letter's spelling word, "angka" or "ketik"."""
    start, length = _index()[voice][name]
    return unpacked(_packed()[start : start + length])


def speech(text: str, rng: random.Random) -> array:
    """Spells `text` (letters A to Z of either case, and digits) without noise, with a pause for typing after each.

    Raises KeyError for any other character.
    """
    samples = _silence(0.3) + _spoken(rng, "ketik") + _silence(rng.uniform(*PAUSE_AFTER))
    for character in text.upper():
        names = ("angka", character) if character.isdigit() else (character, word_of(character))
        samples += _spoken(rng, *names) + _silence(rng.uniform(*PAUSE_AFTER))
    return samples


def _spoken(rng: random.Random, *names: str) -> array:
    """Recordings of one voice at one speed and volume, with short pauses between them."""
    voice = rng.choice(list(_index()))
    speed, volume = rng.uniform(*SPEED), rng.uniform(*VOLUME)
    samples = array("h")
    for name in names:
        if samples:
            samples += _silence(rng.uniform(*PAUSE_BEFORE_WORD))
        samples += _changed(recording(voice, name), speed, volume)
    return samples


def _changed(samples: array, speed: float, volume: float) -> array:
    """The samples at another speed and volume, interpolated linearly."""
    places = [i * speed for i in range(int((len(samples) - 1) / speed))]
    before = [int(place) for place in places]
    return array(
        "h",
        [
            int((samples[i] + (samples[i + 1] - samples[i]) * (place - i)) * volume)
            for i, place in zip(before, places, strict=True)
        ],
    )


def _silence(seconds: float) -> array:
    return array("h", bytes(2 * int(seconds * RATE)))


def speak(text: str, rng: random.Random) -> bytes:
    """`text` spelled as by `speech`, over a background of reversed recordings and hiss, as an 8-bit mono WAV file.

    Equal states of `rng` produce equal files.
    """
    spoken = speech(text, rng)
    babble = array("h")
    while len(babble) < len(spoken):
        voice = rng.choice(list(_index()))
        babble += recording(voice, rng.choice(list(_index()[voice])))[::-1]
    level = int(rng.uniform(*BABBLE) * 256)
    # From 16 bits to unsigned 8 bits, where 128 is silence; PEAK leaves room, so nothing is clipped.
    hiss = [32768 + int((grain - 127.5) * HISS * 256) for grain in range(256)]
    noise = rng.randbytes(len(spoken))
    mixed = bytes(
        [
            (sample + (other * level >> 8) + hiss[grain]) >> 8
            for sample, other, grain in zip(spoken, babble, noise, strict=False)
        ]
    )
    file = io.BytesIO()
    with wave.open(file, "wb") as wav:
        wav.setparams((1, 1, RATE, 0, "NONE", ""))
        wav.writeframes(mixed)
    return file.getvalue()
