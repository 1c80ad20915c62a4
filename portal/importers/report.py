"""What an import tells its operator: each kind of trouble once, with its number and the first places."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_SHOWN = 3  # places of one sentence, and sentences of one kind
_KEPT = 10_000  # places of one kind in the report file
_VARIES = re.compile(r"“[^”]*”|[0-9]+")  # what differs between sentences of one kind


@dataclass(slots=True)
class _Kind:
    number: int = 0
    told: dict[str, list[str]] = field(default_factory=dict)  # sentence -> first places
    kept: list[tuple[str, str]] = field(default_factory=list)  # (place, sentence)


class Report:
    """Collects sentences about records, by their kind: what they say apart from names and numbers."""

    def __init__(self) -> None:
        self._kinds: dict[str, _Kind] = {}

    def add(self, place: str, sentence: str) -> None:
        kind = self._kinds.setdefault(kind_of(sentence), _Kind())
        kind.number += 1
        if sentence in kind.told or len(kind.told) < _SHOWN:
            places = kind.told.setdefault(sentence, [])
            if len(places) < _SHOWN:
                places.append(place)
        if len(kind.kept) < _KEPT:
            kind.kept.append((place, sentence))

    def lines(self) -> Iterator[str]:
        """For the screen: `berita.csv:3, berita.csv:9 dan 12 lagi: judul kosong`."""
        for kind in self._kinds.values():
            more = kind.number - sum(map(len, kind.told.values()))
            for sentence, places in kind.told.items():
                last = f" dan {_thousands(more)} lagi" if more and len(kind.told) == 1 else ""
                yield f"{', '.join(places)}{last}: {sentence}"
            if more and len(kind.told) > 1:
                yield f"… dan {_thousands(more)} lagi yang serupa"

    def all(self) -> Iterator[str]:
        """For a file: every place with its sentence, kind by kind."""
        for kind in self._kinds.values():
            yield from (f"{place}: {sentence}" for place, sentence in kind.kept)
            if kind.number > len(kind.kept):
                yield f"… dan {_thousands(kind.number - len(kind.kept))} lagi yang serupa"


def kind_of(sentence: str) -> str:
    return _VARIES.sub("…", sentence)


def _thousands(number: int) -> str:
    return f"{number:,}".replace(",", ".")
