"""Two people's changes of the same text together, paragraph by paragraph."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import pairwise
from typing import NamedTuple

_TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)(?:[^>"]|"[^"]*")*>')
_VOID = frozenset({"br", "hr", "img"})


class Conflict(NamedTuple):
    """Paragraphs that both changed, each in another way."""

    base: tuple[str, ...]
    mine: tuple[str, ...]
    theirs: tuple[str, ...]


def paragraphs(body: str) -> list[str]:
    """The outermost elements of a sanitised body, with the texts between them; joined, they are the body."""
    parts, depth, start = [], 0, 0
    for tag in _TAG.finditer(body):
        closing, name = tag.groups()
        if depth == 0 and tag.start() > start:
            parts.append(body[start : tag.start()])
            start = tag.start()
        if name not in _VOID:
            depth += -1 if closing else 1
        if depth == 0:
            parts.append(body[start : tag.end()])
            start = tag.end()
    return [*parts, body[start:]] if start < len(body) else parts


def three_way(base: list[str], mine: list[str], theirs: list[str]) -> Iterator[str | Conflict]:
    """What both made of `base`: paragraphs, and conflicts where only a person can decide."""
    for parts in _parts(base, mine, theirs):
        old, own, other = parts
        if own == other or other == old:
            yield from own
        elif own == old:
            yield from other
        elif len(old) == len(own) == len(other) > 1:  # neighbours, each changed by one of the two
            for at in range(len(old)):
                yield from three_way(old[at : at + 1], own[at : at + 1], other[at : at + 1])
        else:
            yield Conflict(*map(tuple, parts))


def _parts(base: list[str], mine: list[str], theirs: list[str]) -> Iterator[tuple[list[str], list[str], list[str]]]:
    """Slices of all three in turn: what changed in one of them, then what all have in common."""
    places = [_places(base, mine), _places(base, theirs)]
    common = [(-1, -1, -1)]  # a paragraph that all have: its places in the three
    common += [(at, places[0][at], places[1][at]) for at in range(len(base)) if all(at in each for each in places)]
    common.append((len(base), len(mine), len(theirs)))
    for before, after in pairwise(common):
        changed = [text[start + 1 : end] for text, start, end in zip((base, mine, theirs), before, after, strict=True)]
        yield changed[0], changed[1], changed[2]
        if after[0] < len(base):
            yield ([base[after[0]]],) * 3


def _places(base: list[str], changed: list[str]) -> dict[int, int]:
    """Where the paragraphs of `base` that stayed are in `changed`."""
    same = SequenceMatcher(None, base, changed, autojunk=False).get_matching_blocks()
    return {at + step: place + step for at, place, length in same for step in range(length)}
