"""Undoes what disguises words: `fold("M4in di 𝐒 𝐋 𝐎 𝐓")` reads "main di slot".

Spam hides its words from filters and keeps them readable for people: with letters that Unicode has for mathematics,
with look-alikes of other scripts, with marks and characters that nobody sees, with digits for letters, with spaces
between them. Folding finds the letters that a person reads, knows for each where it stood in the original text, and
tells what it had to undo: ordinary comments need next to none of it.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

MAX_CHARS = 2_000  # as much as a comment may have; of a longer text only the beginning is read


@dataclass(frozen=True, slots=True)
class Folded:
    """`text` is what a person reads, in small letters; its character i stood at `positions[i]` of the original.
    `cased` is the same with its capitals. `disguises` tells what was undone and where in the original, by kind:
    "styled", "lookalike", "mark", "invisible", "accent", "leet", "spaced", "stretched"."""

    text: str
    cased: str
    positions: list[int]
    disguises: dict[str, list[int]]


def fold(text: str) -> Folded:
    """Never raises, whatever the characters, lone surrogates included. Of a long text only MAX_CHARS are read."""
    text = text[:MAX_CHARS]
    characters: list[str] = []
    positions: list[int] = []
    disguises: dict[str, list[int]] = {}
    for index, character in enumerate(_restored(text)):
        plain, disguise = _plain(character)
        if disguise:
            disguises.setdefault(disguise, []).append(index)
        characters += plain
        positions += [index] * len(plain)
    read = _Reading("".join(characters), positions, disguises)
    read.keep("spaced", _SPACED, lambda run: [i for i in range(*run.span()) if run.string[i].isalnum()])
    read.write("leet", _LEET, lambda run: run[0].translate(_LEET_LETTERS))
    read.keep("stretched", _STRETCHED, lambda run: [run.start()])
    return Folded(_lower(read.text), read.text, read.positions, disguises)


class _Reading:
    """A text on its way to be folded, with the position of each of its characters in the original."""

    def __init__(self, text: str, positions: list[int], disguises: dict[str, list[int]]):
        self.text, self.positions, self.disguises = text, positions, disguises

    def keep(self, disguise: str, pattern: re.Pattern, kept: Callable[[re.Match], list[int]]) -> None:
        """Of each match that has a letter only the characters at the indices `kept(match)` stay."""
        indices, end = [], 0
        for run in pattern.finditer(self.text):
            if any(map(str.isalpha, run[0])):
                indices += [*range(end, run.start()), *kept(run)]
                end = run.end()
                self._note(disguise, run)
        if end:
            indices += range(end, len(self.text))
            self.text = "".join([self.text[index] for index in indices])
            self.positions = [self.positions[index] for index in indices]

    def write(self, disguise: str, pattern: re.Pattern, written: Callable[[re.Match], str]) -> None:
        """Each match becomes `written(match)`, which is as long."""
        for run in pattern.finditer(self.text):
            self._note(disguise, run)
        if disguise in self.disguises:
            self.text = pattern.sub(written, self.text)

    def _note(self, disguise: str, run: re.Match) -> None:
        self.disguises.setdefault(disguise, []).append(self.positions[run.start()])


def _lower(text: str) -> str:
    """In small letters and as long as before (İ would become two characters)."""
    return text.lower() if text.isascii() else "".join([c.lower() if len(c.lower()) == 1 else c for c in text])


# "s l o t", "g.a.c.o.r", "P-U-L-A-U-7-7-7": at least three single letters with the like between them
_SPACED = re.compile(r"(?<![^\W_])[^\W_](?:[ \t._*~|/\\,'`+-]{1,3}[^\W_]){2,}(?![^\W_])")
# One or two digits or signs between letters: "m4xw1n", "g@cor"
_LEET = re.compile(r"(?<=[A-Za-z])[0134568@$!|](?:[0134568@$!|](?=[A-Za-z]))?(?=[A-Za-z])")
_LEET_LETTERS = str.maketrans("0134568@$!|", "oieasgbasil")
_STRETCHED = re.compile(r"([A-Za-z])\1{2,}", re.IGNORECASE)

# Letters of other scripts that look like Latin ones, large and small, by what they are taken for
_LOOKALIKES = {
    "a": "АаΑαΛλДдᎪ∆ΔᗩᴧӐӑꓮⲀⲁ",
    "b": "ВвЬьБбΒβᏴᏏᗷßꓐⲂ฿",
    "c": "СсϹϲᏟⅭϾꓚⲤⲥ¢",
    "d": "ԀԁᎠժᗪꓓ",
    "e": "ЕеЁёЄєΕεЭэᎬեꓰԐԑ€Σξ",
    "f": "Ғғϝքꓝ",
    "g": "ԌԍᏀցɡգꓖᏳ",
    "h": "НнΗҺһᎻհꓧҢңⲎ",
    "i": "ІіΙιЇїᎥӀӏւꓲⲒ¡",
    "j": "ЈјᎫյꓙ",
    "k": "КкΚκᏦҚқӃӄꓗⲔ",
    "l": "ᏞլԼꓡʟ£ℓⅬᒪ",
    "m": "МмΜᎷӍӎꓟⲘ",
    "n": "ΝηПпИиЙйղոռꓠⲚՈ",
    "o": "ОоΟοσΘθФфѲѳӨөՕօꓳⲞⲟᎾ๐०٥øØ",
    "p": "РрΡρᏢքꓑⲢⲣ",
    "q": "ԚԛգႳզ",
    "r": "ЯяГгᎡᏒꓣʀ®ℝ𐒴",
    "s": "ЅѕᏚՏꓢʂ§",
    "t": "ТтΤτᎢեꓔⲦ𐊗†Ҭҭ",
    "u": "υμՍսᑌꓴບ",
    "v": "ѴѵνᏙꓦ∨",
    "w": "ԜԝωШшЩщᏔᎳฬᗯꓪ",
    "x": "ХхΧχ×ҲҳꓫⲬ✕✖",
    "y": "УуΥγҮүЎўႸꓬⲨ¥ყ",
    "z": "ΖᏃζꓜȤ",
}
_LOOKALIKE_OF = {other: letter for letter, others in reversed(_LOOKALIKES.items()) for other in others}
# The names of the letters that are a Latin letter in another dress: 🅰, 🇦, ᴀ, ɡ, ı, ⱥ
_DRESSED = re.compile(
    r"(?P<dress>.*)\bLETTER (?:(?:SMALL CAPITAL|SCRIPT|DOTLESS|OPEN|TURNED|REVERSED|INVERTED|BARRED|LONG) )*"
    r"(?P<letter>[A-Z])(?P<mark> WITH .*)?$"
)
_BLANKS = "\u115f\u1160\u3164\uffa0\u2800"  # letters that print as nothing
_EMOJI_JOINERS = "\ufe0e\ufe0f\u200d"  # ordinary in emoji
# Mathematical letters (U+1D400 to U+1D7FF) out of which a program with room for 16 bits has made Hangul
_CUT_OFF = re.compile("[\ud400-\ud7ff]{3,}")


def _restored(text: str) -> str:
    if text.isascii():
        return text
    return _CUT_OFF.sub(lambda run: "".join([chr(0x10000 + ord(letter)) for letter in run[0]]), text)


@lru_cache(maxsize=4096)
def _plain(character: str) -> tuple[str, str]:
    """The characters that a person reads in this one (none, one or more), and the disguise that it is, if any."""
    if character.isascii():
        return (character if character.isprintable() else " "), ""
    if character in _EMOJI_JOINERS:
        return "", ""
    if "\U000e0020" <= character <= "\U000e007e":  # tags: an ASCII character that nobody sees
        return chr(ord(character) - 0xE0000), "invisible"
    return _without_letter(character) or _as_letters(character)


def _without_letter(character: str) -> tuple[str, str] | None:
    """What is read of a mark, an invisible character or a space; None for the others."""
    category = unicodedata.category(character)
    if category in ("Mn", "Me"):
        return "", "styled" if character == "\u20e3" else "mark"  # U+20E3 makes a digit a key
    if category in ("Cf", "Cc") or character in _BLANKS:
        return "", "invisible"
    if category[0] == "Z":
        return " ", ""
    return None


def _as_letters(character: str) -> tuple[str, str]:
    if letter := _LOOKALIKE_OF.get(character):
        return (letter.upper() if character.isupper() else letter), "lookalike"
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit), "styled"
    bare = "".join([part for part in unicodedata.normalize("NFKD", character) if not unicodedata.combining(part)])
    if bare and bare.isascii() and bare.isprintable():
        accented = unicodedata.decomposition(character)[:1] != "<" and bare.isalpha()
        return bare, ("accent" if accented else "styled" if bare.isalnum() and len(bare) == 1 else "")
    if len(bare) == 1 and (letter := _LOOKALIKE_OF.get(bare)):
        return (letter.upper() if bare.isupper() else letter), "styled"
    if dressed := _DRESSED.match(unicodedata.name(character, "")):
        return _undressed(dressed, character)
    return character, ""


def _undressed(dressed: re.Match, character: str) -> tuple[str, str]:
    dress, letter = dressed["dress"], dressed["letter"]
    if dress.startswith("REGIONAL INDICATOR"):
        return letter, ""  # two of them are a flag
    if "LATIN" not in dress:
        return character, ""
    return (letter.lower() if "SMALL" in dress else letter), ("accent" if dressed["mark"] else "styled")
