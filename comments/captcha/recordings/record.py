"""Makes speech.bin and speech.json (see README.md). Needs espeak-ng 1.51 and nothing else."""

import io
import json
import math
import operator
import subprocess
import sys
import wave
from array import array
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent.parent))

from comments.captcha import speech  # noqa: E402 - the decoder, found through the line above

VOICES = {  # espeak-ng's voice, pitch, and speed in words a minute for letters and digits, and for words
    "perempuan": ("id+f2", 55, 160, 185),
    "laki-laki": ("id+m3", 40, 125, 175),
}
# How espeak-ng must read each letter, and its spelling word, which tells ce from te and em from en: a well-known place
# where there is one.
LETTERS = {
    "A": ("a", "Ambon"),
    "B": ("be", "Bandung"),
    "C": ("ce", "Cirebon"),
    "D": ("de", "Denpasar"),
    "E": ("e", "Ende"),
    "F": ("ef", "Fakfak"),
    "G": ("ge", "Gorontalo"),
    "H": ("ha", "Halmahera"),
    "I": ("i", "Indramayu"),
    "J": ("je", "Jakarta"),
    "K": ("ka", "Kupang"),
    "L": ("el", "Lombok"),
    "M": ("em", "Medan"),
    "N": ("en", "Nias"),
    "O": ("o", "orang"),
    "P": ("pe", "Padang"),
    "Q": ("ki", "Qatar"),
    "R": ("er", "Riau"),
    "S": ("es", "Surabaya"),
    "T": ("te", "Ternate"),
    "U": ("u", "Ubud"),
    "V": ("ve", "video"),
    "W": ("we", "Wonosobo"),
    "X": ("eks", "silang"),
    "Y": ("ye", "Yogya"),
    "Z": ("zet", "zebra"),
}
DIGITS = ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan")
NAMES = {name for name, _ in LETTERS.values()} | set(DIGITS)
PHRASES = {
    "angka": "angka",
    "ketik": "Ketik huruf dan angka ini.",
}
HEADER_BYTES = 44  # skipped by hand, because espeak-ng leaves the number of samples in the header unset
LOUDNESS = 0.13  # root mean square of every recording, relative to full scale
HALF_WIDTH = 24  # reach of the low-pass filter to either side, in samples of the result


def spoken(text: str, voice: str) -> list[float]:
    """espeak-ng's speech at speech.RATE, -1 to 1, trimmed of silence and levelled to LOUDNESS."""
    name, pitch, slow, fast = VOICES[voice]
    speed = slow if text in NAMES else fast
    command = ["espeak-ng", "-v", name, "-s", str(speed), "-p", str(pitch), "--stdout", text]
    made = subprocess.run(command, check=True, capture_output=True).stdout  # noqa: S603 - fixed texts of this file
    with wave.open(io.BytesIO(made)) as file:
        rate = file.getframerate()
    samples = _resampled([sample / 32768 for sample in array("h", made[HEADER_BYTES:])], rate)
    peak = max(map(abs, samples))
    loud = [i for i, sample in enumerate(samples) if abs(sample) > 0.02 * peak]
    margin = speech.RATE // 100
    cut = samples[max(0, loud[0] - margin) : loud[-1] + margin]
    gain = min(LOUDNESS / math.sqrt(sum(sample**2 for sample in cut) / len(cut)), 0.85 * speech.PEAK / peak)
    fade = [min(1, i / margin, (len(cut) - 1 - i) / margin) for i in range(len(cut))]
    return [sample * gain * edge for sample, edge in zip(cut, fade, strict=True)]


def _resampled(samples: list[float], rate: int) -> list[float]:
    """Resampled to speech.RATE through a windowed-sinc (Hann) low-pass filter at half of it."""
    divisor = math.gcd(rate, speech.RATE)
    up, down = speech.RATE // divisor, rate // divisor
    reach = HALF_WIDTH * down // up
    kernels = [_kernel([(j - phase / up) * up / down for j in range(-reach, reach + 1)]) for phase in range(up)]
    padded = [0.0] * reach + samples + [0.0] * reach
    result = []
    for i in range(len(samples) * up // down):
        start, phase = divmod(i * down, up)
        result.append(sum(map(operator.mul, padded[start : start + 2 * reach + 1], kernels[phase])))
    return result


def _kernel(places: list[float]) -> list[float]:
    values = [
        (math.sin(math.pi * x) / (math.pi * x) if x else 1.0) * math.cos(math.pi * x / 2 / (HALF_WIDTH + 1)) ** 2
        for x in places
    ]
    return [value / sum(values) for value in values]


def packed(samples: list[float]) -> bytes:
    """Encodes for speech.unpacked(), two samples a byte: each code is the one of sixteen that comes nearest."""
    state, codes = speech.START, []
    for sample in samples:
        wanted = round(sample * 32768)
        code = min(range(16), key=lambda code: abs(speech.step(state, code)[0] - wanted))
        state = speech.step(state, code)
        codes.append(code)
    codes += [0] * (len(codes) % 2)
    return bytes(low | high << 4 for low, high in zip(codes[::2], codes[1::2], strict=True))


def main() -> None:
    texts = PHRASES | {str(digit): name for digit, name in enumerate(DIGITS)}
    for letter, (name, word) in LETTERS.items():
        texts |= {letter: name, speech.word_of(letter): word}
    index: dict[str, dict[str, list[int]]] = {}
    packed_all = b""
    for voice in VOICES:
        index[voice] = {}
        for name, text in texts.items():
            sound = packed(spoken(text, voice))
            if max(map(abs, speech.unpacked(sound))) > speech.PEAK * 32768:
                raise ValueError(f"{voice}, {name}: too loud, the mix with noise could overflow")
            index[voice][name] = [len(packed_all), len(sound)]
            packed_all += sound
    (HERE / "speech.bin").write_bytes(packed_all)
    (HERE / "speech.json").write_text(json.dumps(index, indent=0) + "\n")


if __name__ == "__main__":
    main()
