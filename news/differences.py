"""What changed between two texts, word by word."""

import re
from collections.abc import Iterator

from diff_match_patch import diff_match_patch

_PIECE = re.compile(r"\w+|\s|[^\w\s]")
_SECONDS = 0.5  # after which the difference may be coarser than need be
_FIRST_SURROGATE, _SURROGATES = 0xD800, 0x800


def words(former: str, later: str) -> Iterator[tuple[int, str]]:
    """(-1 for what went, 1 for what came and 0 for what stayed, the text) in reading order. Each word is one character
    for the library, which compares characters."""
    numbers: dict[str, int] = {}
    coded = ["".join([_character(numbers.setdefault(piece, len(numbers))) for piece in _PIECE.findall(text)])
             for text in (former, later)]  # fmt: skip
    pieces = list(numbers)
    comparison = diff_match_patch()
    comparison.Diff_Timeout = _SECONDS
    found = comparison.diff_main(*coded, False)
    comparison.diff_cleanupSemantic(found)
    for kind, characters in found:
        yield kind, "".join([pieces[_number(character)] for character in characters])


def _character(number: int) -> str:
    code = number + 1
    return chr(code if code < _FIRST_SURROGATE else code + _SURROGATES)


def _number(character: str) -> int:
    code = ord(character)
    return (code if code < _FIRST_SURROGATE else code - _SURROGATES) - 1
