"""What a check raises, and how times are told in it."""

from typing import NamedTuple


class Problem(Exception):
    """A part does not work: the cause, and what to do about it, in Indonesian."""

    def __init__(self, cause: str, advice: str):
        super().__init__(cause)
        self.advice = advice


class Failure(NamedTuple):
    part: str
    cause: str
    advice: str


def duration(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} detik"
    return f"{seconds / 60:.0f} menit" if seconds < 7200 else f"{seconds / 3600:.0f} jam"
