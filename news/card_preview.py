"""How an article looks where its address is shared: as far as each place shows its title and description.

The limits are what the places showed on phones in 2026; none of them promises any.
"""

from typing import NamedTuple


class Card(NamedTuple):
    kind: str
    place: str
    title: str
    description: str
    faults: list[str]


class _Place(NamedTuple):
    kind: str
    name: str
    title: int  # letters that are shown
    description: int


_PLACES = (
    _Place("whatsapp", "WhatsApp", 80, 80),
    _Place("facebook", "Facebook", 90, 110),
    _Place("search", "Hasil pencarian", 65, 160),
)


def cards(title: str, description: str) -> list[Card]:
    return [_card(place, title, description) for place in _PLACES]


def _card(place: _Place, title: str, description: str) -> Card:
    shown, told = _cut(title, place.title), _cut(description, place.description)
    faults = []
    if not title:
        faults.append("Belum ada judul.")
    elif shown != title:
        faults.append(f"Judul terpotong: hanya {place.title} dari {len(title)} huruf tampil.")
    if not description:
        faults.append("Belum ada keterangan: isi ringkasan atau isi berita.")
    return Card(place.kind, place.name, shown, told, faults)


def _cut(text: str, limit: int) -> str:
    """As the places do it: at a space, with an ellipsis."""
    if len(text) <= limit:
        return text
    cut = text[:limit]
    return f"{cut.rsplit(' ', 1)[0] if ' ' in cut else cut}…"
