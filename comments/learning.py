"""What moderators' decisions teach the spam score."""

from collections.abc import Iterable


def learn(texts: Iterable[str], *, is_spam: bool, times: int = 1) -> None:
    """Takes texts that moderators decided about into account; `times=-1` takes an earlier call back.

    Called in the transaction of the decision."""
