"""What a word is. The one place where texts are cut into words: for the search index, searches, excerpts, suggestions,
Artikel Terkait and comments alike.

Folding removes what readers cannot see or do not mean: soft hyphens and zero-width characters, ligatures, styled and
full-width letters, the kind of apostrophe. It is done here and not by Postgres, whose parser follows the locale of the
server: it takes “ and – for letters in some (docs/decisions.md, 5). Uses neither Django nor the database.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

# Raise this number when a rule here or in news.search.stemming changes: the worker then renews the search index of all
# articles (news.reindexing).
RULES = 3

_JOINED_MAX, _JOINED_CHARS = 3, 40  # words, and characters in all, that may also be written in one
_ABBREVIATED = range(3, 11)  # letters of an abbreviation: s.d. is no SD, a school
MAX_CHARS = 200  # of a word; Postgres indexes no words over 2 KB
_APOSTROPHES = "'`´ʹʻʼʽʾʿˈ‘’‛′＇Ꞌꞌ՚׳"  # ʾ and ʿ: how scholars write hamza and ain
_HYPHENS = "-‐‑⁃﹣－"  # hyphens; dashes separate words
_FILLERS = "\u115f\u1160\u3164\uffa0\u2800"  # letters and symbols that are displayed as nothing
_ABBREVIATION = r"(?<![^\W_])[^\W\d_](?:\.[^\W\d_]{1,3})+(?![^\W_])"  # d.p.r.d, s.pd; they begin with one letter
_TOKEN = re.compile(rf"{_ABBREVIATION}|[^\W_]+(?:['-][^\W_]+)*")
_WORD = re.compile(r"[^\W\d_]+|\d+")
_PIECE = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+")  # a word of a token, still with its apostrophes
_THOUSANDS = re.compile(r"(?<=\d)\.(?=\d{3}(?!\d))")  # between the digits of one number
_NOT_IN_SLUGS = re.compile("[^a-z0-9-]")
_CHUNK = re.compile(r"\S+|\s+")
_STYLED = re.compile(r".*\b(?:SQUARED|CIRCLED|PARENTHESIZED) LATIN (?:CAPITAL|SMALL) LETTER ([A-Z])")
_SMALL_CAPITAL = re.compile(r"LATIN LETTER SMALL CAPITAL ([A-Z])")
# Letters that Unicode does not take apart, though readers type the plain ones: ø, ł, đ, ı, æ, œ
_VARIANT = re.compile(r"LATIN SMALL (?:LETTER|LIGATURE) (?:DOTLESS )?([A-Z]{1,2})(?: WITH .+)?")
_TYPED_AS = {"ß": "ss", "þ": "th", "ð": "d"}


def is_invisible(character: str) -> bool:
    """Whether a character is displayed as nothing. Spaces and combining marks are not."""
    return character in _FILLERS or unicodedata.category(character) == "Cf"


class _Cache(dict[int, str]):
    """A table for str.translate() that computes each entry at its first use."""

    MAX_ENTRIES = 5_000  # a hostile text may contain a million different characters

    def __init__(self, compute: Callable[[str], str]) -> None:
        super().__init__()
        self.compute = compute

    def __missing__(self, code: int) -> str:
        value = self.compute(chr(code))
        if len(self) < self.MAX_ENTRIES:
            self[code] = value
        return value


def _read_as(character: str) -> str:
    if character in _APOSTROPHES:
        return "'"
    if character in _HYPHENS:
        return "-"
    if is_invisible(character):
        return ""
    if unicodedata.category(character) == "So":
        styled = _STYLED.match(unicodedata.name(character, ""))
        return styled[1] if styled else character
    if small_capital := _SMALL_CAPITAL.fullmatch(unicodedata.name(character, "")):
        return small_capital[1]
    if character == "…":
        return " "  # one character, so that most texts keep their length (see located)
    return character


def _without_mark(character: str) -> str:
    return "" if unicodedata.category(character)[0] == "M" else character


def _plain(character: str) -> str:
    variant = _VARIANT.fullmatch(unicodedata.name(character, ""))
    return variant[1].lower() if variant else _TYPED_AS.get(character, _without_mark(character))


_READ_AS, _WITHOUT_MARKS, _PLAIN = _Cache(_read_as), _Cache(_without_mark), _Cache(_plain)


def fold(text: str) -> str:
    """The text in lower case, as a reader sees it. Accents that are part of a letter (é) stay, other marks go, also
    those that are vowels: what is left of a word stays together. Its characters have no fixed relation to those of the
    text."""
    if text.isascii():
        return text.lower().replace("`", "'")
    read = unicodedata.normalize("NFKC", text.translate(_READ_AS)).lower()
    return read if read.isascii() else unicodedata.normalize("NFC", read).translate(_WITHOUT_MARKS)


def bare(word: str) -> str:
    """A folded word in the letters that people type without looking for others: cafe for café, lodz for łódź."""
    return word if word.isascii() else unicodedata.normalize("NFKD", word).translate(_PLAIN)


def tokens(text: str) -> list[str]:
    """The folded text cut at blanks, quotation marks, dashes and other signs, but neither at hyphens and apostrophes
    inside nor at the stops of an abbreviation: e-ktp, jum'at, s.pd."""
    return _TOKEN.findall(fold(text))


def slug(text: str) -> str:
    """The words of a text as a part of an address, in plain letters: rp1-5-juta, 4334-warga, spd, lodz. "" if it has
    none."""
    plain = "-".join([_NOT_IN_SLUGS.sub("", bare(token)) for token in tokens(_THOUSANDS.sub("", text))])
    return re.sub("-{2,}", "-", plain).strip("-")


@lru_cache(maxsize=20_000)
def split(token: str) -> tuple[str, ...]:
    """The words of a token: it is cut at hyphens, stops and between letters and digits, and apostrophes are dropped. A
    text with "rt05" or "Jum'at" has the words of one with "RT 05" or "Jumat"."""
    return tuple([word for word in _WORD.findall(token.replace("'", "")) if len(word) <= MAX_CHARS])


def joined(token: str) -> str:
    """The words of a token in one, as others may write them: ektp for e-ktp, antikorupsi for anti-korupsi, covid19 for
    covid-19, dprd for d.p.r.d. "" if it is one word, repeats a word (anak-anak, sayur-mayur) or is longer than such
    words are."""
    parts = split(token)
    whole = "".join(parts)
    if "." in token:
        return whole if len(whole) in _ABBREVIATED else ""
    if not 2 <= len(parts) <= _JOINED_MAX or len(whole) > _JOINED_CHARS or whole.isdigit():
        return ""
    return "" if _repeats(*parts[:2]) else whole


def _repeats(one: str, other: str) -> bool:
    return one[:3] == other[:3] or (len(one) > 3 and one[-3:] == other[-3:])


def words(text: str) -> list[str]:
    """The folded words of a plain text, in order."""
    return words_of(tokens(text))


def words_of(tokens: Iterable[str]) -> list[str]:
    found: list[str] = []
    for token in tokens:
        if token.isalpha() and len(token) <= MAX_CHARS:
            found.append(token)
        else:
            found += split(token)
    return found


class Located(NamedTuple):
    """A word of a text, with the folded token that it is part of, and where it begins and ends in the text."""

    word: str
    token: str
    start: int
    end: int


def located_tokens(text: str) -> Iterator[tuple[str, int, int]]:
    """The folded tokens of a plain text, in order, and where each begins and ends in the text. Folds a line when its
    turn comes: readers of a long text often stop soon."""
    before = 0
    for line in text.splitlines(keepends=True):
        folded, starts, ends = _folded_with_places(line)
        for found in _TOKEN.finditer(folded):
            start, end = found.span()
            yield found[0], before + starts[start], before + ends[end - 1]
        before += len(line)


def located(text: str) -> Iterator[Located]:
    """The words of a plain text, in order, with their places. Words of one character (ﷺ) have the same place."""
    folded, starts, ends = _folded_with_places(text)
    for found in _TOKEN.finditer(folded):
        token, (start, end) = found[0], found.span()
        if token.isalpha():
            yield Located(token, token, starts[start], ends[end - 1])
            continue
        for piece in _PIECE.finditer(folded, start, end):
            word = piece[0].replace("'", "")
            yield Located(word, token, starts[piece.start()], ends[piece.end() - 1])


def _folded_with_places(text: str) -> tuple[str, Sequence[int], Sequence[int]]:
    """The folded text, and for each of its characters where its source in the text begins and ends."""
    if all(len(fold(character)) == 1 for character in set(text) if character > "\x7f"):
        return fold(text), range(len(text)), range(1, len(text) + 1)
    folded: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for chunk in _CHUNK.finditer(text):
        if chunk[0].isascii():
            folded.append(fold(chunk[0]))
            starts += range(*chunk.span())
            ends += range(chunk.start() + 1, chunk.end() + 1)
            continue
        for start, cluster in _clusters(chunk[0]):
            read = fold(cluster)
            folded.append(read)
            starts += [chunk.start() + start] * len(read)
            ends += [chunk.start() + start + len(cluster)] * len(read)
    return "".join(folded), starts, ends


def _clusters(text: str) -> list[tuple[int, str]]:
    """The characters of a text, each with the combining marks that follow it, and their indices."""
    found: list[tuple[int, str]] = []
    for index, character in enumerate(text):
        if found and unicodedata.category(character)[0] == "M":
            start, cluster = found[-1]
            found[-1] = start, cluster + character
        else:
            found.append((index, character))
    return found
