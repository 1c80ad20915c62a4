"""A captcha's answer as Indonesian speech with noise, for people who do not see the picture.

Recordings of letters, digits and a helping word for each letter (recordings/README.md) are joined here, in plain
Python. What this stops is a script that knows no speech; a recogniser of speech will understand it, as people have to.
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
PEAK = 0.78  # of full scale: no recording goes above it, so that speech and noise together never overflow
SPEED = (0.93, 1.06)  # times that of the recording; the pitch goes with it
VOLUME = (0.8, 1.0)
PAUSE_BEFORE_WORD = (0.12, 0.22)  # seconds
PAUSE_AFTER = (0.45, 0.7)  # seconds: time to type
BABBLE = (0.14, 0.2)  # times the speech: other recordings, backwards
HISS = 0.03  # of full scale
_RECORDINGS = Path(__file__).resolve().parent / "recordings"

# Sixteen differences to the sample before, that widen and narrow with the signal, as in IMA's ADPCM: half a byte a
# sample, at a quality that telephones have.
START = (0, 0)  # the sample before, the width's number
_WIDTHS = [7 * 1.1**i for i in range(89)]
_WIDENING = [-1, -1, -1, -1, 2, 4, 6, 8]


def step(state: tuple[int, int], code: int) -> tuple[int, int]:
    """The state after one more code, 0 to 15: its first part is the sample."""
    sample, width = state
    size = code & 7
    change = _WIDTHS[width] * (size + 0.5) / 4
    sample = int(sample - change if code & 8 else sample + change)
    return max(-32768, min(32767, sample)), max(0, min(88, width + _WIDENING[size]))


def unpacked(packed: bytes) -> array:
    """The samples, 16 bits each."""
    codes = [code for byte in packed for code in (byte & 15, byte >> 4)]
    states = accumulate(codes, step, initial=START)
    return array("h", [sample for sample, _ in islice(states, 1, None)])


def word_of(letter: str) -> str:
    """The name of the recording of the word that helps to understand a letter: "B, Bandung"."""
    return f"kata {letter}"


@cache
def _index() -> dict[str, dict[str, list[int]]]:
    """Of each voice and name, where the recording begins in speech.bin and how long it is, in bytes."""
    return json.loads((_RECORDINGS / "speech.json").read_text())


@cache
def _packed() -> bytes:
    return (_RECORDINGS / "speech.bin").read_bytes()


@cache
def recording(voice: str, name: str) -> array:
    """The samples of a letter (A to Z), a digit, a letter's helping word, "angka" or "ketik"."""
    start, length = _index()[voice][name]
    return unpacked(_packed()[start : start + length])


def speech(text: str, chance: random.Random) -> array:
    """The letters A to Z and digits of `text`, large or small, spelled without noise, each with a pause to type in.

    Raises KeyError where `text` holds anything else.
    """
    samples = _silence(0.3) + _spoken(chance, "ketik") + _silence(chance.uniform(*PAUSE_AFTER))
    for character in text.upper():
        names = ("angka", character) if character.isdigit() else (character, word_of(character))
        samples += _spoken(chance, *names) + _silence(chance.uniform(*PAUSE_AFTER))
    return samples


def _spoken(chance: random.Random, *names: str) -> array:
    """Recordings of one voice at one speed and volume, with short pauses between them."""
    voice = chance.choice(list(_index()))
    speed, volume = chance.uniform(*SPEED), chance.uniform(*VOLUME)
    samples = array("h")
    for name in names:
        if samples:
            samples += _silence(chance.uniform(*PAUSE_BEFORE_WORD))
        samples += _changed(recording(voice, name), speed, volume)
    return samples


def _changed(samples: array, speed: float, volume: float) -> array:
    """Faster or slower, louder or softer; between two samples lies a straight line."""
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


def speak(text: str, chance: random.Random) -> bytes:
    """A WAV file, 8 bits, mono: `text` as in `speech`, with other recordings backwards and hiss behind it.

    The same `chance` makes the same file.
    """
    spoken = speech(text, chance)
    babble = array("h")
    while len(babble) < len(spoken):
        voice = chance.choice(list(_index()))
        babble += recording(voice, chance.choice(list(_index()[voice])))[::-1]
    level = int(chance.uniform(*BABBLE) * 256)
    # From 16 bits to 8, of which 128 is silence; the levels leave room, so nothing is cut off.
    hiss = [32768 + int((grain - 127.5) * HISS * 256) for grain in range(256)]
    noise = chance.randbytes(len(spoken))
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
