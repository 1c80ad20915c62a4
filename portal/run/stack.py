"""Room for the frames of a request. CPython 3.11 to 3.13 keep frames in pieces of 16 KiB; at the depth where one ends,
each call takes another piece from the system and gives it back: 9 us and a page fault a call. At which functions that
is depends on how deep the web server, the middleware and the templates are, so that one more middleware once made an
article page cost 8 ms instead of 4.7. A frame that needs more gets one large piece, in which all frames below it fit.
"""

from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")
SLOTS = 16_000  # of 8 bytes; as a piece is a power of two, half of its 256 KiB are left: some 800 calls deep


def in_one_piece(function: Callable[..., Answer], *arguments: object) -> Answer:
    return function(*arguments)


in_one_piece.__code__ = in_one_piece.__code__.replace(co_stacksize=SLOTS)
