"""Undoes the disguises of words: the text of `fold("M4in di 𝐒 𝐋 𝐎 𝐓")` is "main di slot".

Spam hides its words from filters but keeps them readable for people: with Unicode's mathematical letters, look-alikes
from other scripts, combining marks, invisible characters, digits in place of letters, or spaces between letters.
Folding finds the letters that a person reads, maps each to its position in the original text, and reports which
disguises it undid; ordinary comments have almost none.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from news.words import is_invisible

MAX_CHARS = 2_000  # the longest comment; the rest of a longer text is ignored


@dataclass(frozen=True, slots=True)
class Folded:
    """`text` is what a person reads, in lower case; its character i comes from `positions[i]` of the original. `cased`
    is the same with capitals. `disguises` maps each kind of disguise that was undone to its positions in the original:
    "styled", "lookalike", "mark", "invisible", "accent", "leet", "spaced", "stretched"."""

    text: str
    cased: str
    positions: list[int]
    disguises: dict[str, list[int]]


def fold(text: str) -> Folded:
    """Undoes the disguises in a text. Never raises, even for lone surrogates. Reads only the first MAX_CHARS."""
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
    for pattern in (_SPACED, _CUT_BY_SYMBOLS, _CUT_BY_DASHES):
        read.keep("spaced", pattern, lambda run: [i for i in range(*run.span()) if run.string[i].isalnum()])
    read.write("leet", _LEET, lambda run: run[0].translate(_LEET_LETTERS))
    read.keep("stretched", _STRETCHED, lambda run: [run.start()])
    return Folded(_lower(read.text), read.text, read.positions, disguises)


class _Reading:
    """A partly folded text, with the position of each of its characters in the original."""

    def __init__(self, text: str, positions: list[int], disguises: dict[str, list[int]]):
        self.text, self.positions, self.disguises = text, positions, disguises

    def keep(self, disguise: str, pattern: re.Pattern, kept: Callable[[re.Match], list[int]]) -> None:
        """Reduces each match that contains a letter to the characters at the indices `kept(match)`."""
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
        """Replaces each match by `written(match)`, which has the same length."""
        for run in pattern.finditer(self.text):
            self._note(disguise, run)
        if disguise in self.disguises:
            self.text = pattern.sub(written, self.text)

    def _note(self, disguise: str, run: re.Match) -> None:
        self.disguises.setdefault(disguise, []).append(self.positions[run.start()])


def _lower(text: str) -> str:
    """Lower case, of the same length (str.lower() makes two characters of İ)."""
    return text.lower() if text.isascii() else "".join([c.lower() if len(c.lower()) == 1 else c for c in text])


# "s l o t", "g.a.c.o.r", "P-U-L-A-U-7-7-7": at least three single letters or digits with separators between them
_SPACED = re.compile(r"(?<![^\W_])[^\W_](?:[ \t._*~|/\\,'`+-]{1,3}[^\W_]){2,}(?![^\W_])")
_SYMBOL = r"[^\w\s\x00-\x7f]"
# "g🔥a🔥c🔥o🔥r", "G 🔥 A 🔥 C", "GA🚀COR": groups of up to three letters with emoji between them; a space only beside
# single letters, since people also write an emoji between two short words
_CUT_BY_SYMBOLS = re.compile(
    rf"(?<![^\W_])[^\W_](?: ?{_SYMBOL}{{1,3}} ?[^\W_]){{2,}}(?![^\W_])"
    rf"|(?<![^\W_])[^\W_]{{1,3}}(?:{_SYMBOL}{{1,3}}[^\W_]{{1,3}})+(?![^\W_])"
)
# "ma-xw-in": at least three groups of two letters, the last of one or two
_CUT_BY_DASHES = re.compile(r"(?<![^\W_])(?:[^\W\d_]{2}[-_*~|]){2,}[^\W_]{1,2}(?![^\W_])")
# One or two digits or symbols between letters: "m4xw1n", "g@cor"
_LEET = re.compile(r"(?<=[A-Za-z])[0134568@$!|](?:[0134568@$!|](?=[A-Za-z]))?(?=[A-Za-z])")
_LEET_LETTERS = str.maketrans("0134568@$!|", "oieasgbasil")
_STRETCHED = re.compile(r"([A-Za-z])\1{2,}", re.IGNORECASE)

# Letters of other scripts, upper and lower case, by the Latin letter that they resemble
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
# Unicode names of variants of Latin letters: 🅰, 🇦, ᴀ, ɡ, ı, ⱥ
_VARIANT = re.compile(
    r"(?P<prefix>.*)\bLETTER (?:(?:SMALL CAPITAL|SCRIPT|DOTLESS|OPEN|TURNED|REVERSED|INVERTED|BARRED|LONG) )*"
    r"(?P<letter>[A-Z])(?P<mark> WITH .*)?$"
)
_EMOJI_JOINERS = "\ufe0e\ufe0f\u200d"  # normal in emoji, so no disguise
# Mathematical letters (U+1D400 to U+1D7FF) that a program cut to 16 bits, which makes them Hangul
_TRUNCATED = re.compile("[\ud400-\ud7ff]{3,}")


def _restored(text: str) -> str:
    if text.isascii():
        return text
    return _TRUNCATED.sub(lambda run: "".join([chr(0x10000 + ord(letter)) for letter in run[0]]), text)


@lru_cache(maxsize=4096)
def _plain(character: str) -> tuple[str, str]:
    """The characters that a person reads in this one (none, one or more), and the kind of disguise or ""."""
    if character.isascii():
        return (character if character.isprintable() else " "), ""
    if character in _EMOJI_JOINERS:
        return "", ""
    if "\U000e0020" <= character <= "\U000e007e":  # tag characters: invisible ASCII
        return chr(ord(character) - 0xE0000), "invisible"
    return _without_letter(character) or _as_letters(character)


def _without_letter(character: str) -> tuple[str, str] | None:
    """What is read of a mark, an invisible character or a space; None for the others."""
    category = unicodedata.category(character)
    if category in ("Mn", "Me"):
        return "", "styled" if character == "\u20e3" else "mark"  # U+20E3: keycap
    if category == "Cc" or is_invisible(character):
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
    if variant := _VARIANT.match(unicodedata.name(character, "")):
        return _base_letter(variant, character)
    return character, ""


def _base_letter(variant: re.Match, character: str) -> tuple[str, str]:
    prefix, letter = variant["prefix"], variant["letter"]
    if prefix.startswith("REGIONAL INDICATOR"):
        return letter, ""  # two of them are a flag
    if "LATIN" not in prefix:
        return character, ""
    return (letter.lower() if "SMALL" in prefix else letter), ("accent" if variant["mark"] else "styled")
