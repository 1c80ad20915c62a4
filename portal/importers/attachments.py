"""What a WordPress export says about pictures and other files, by their numbers; kept on disk, since there may be very
many."""

import sqlite3
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import unquote


class Attachment(NamedTuple):
    number: int
    parent: int  # the number of the text for which it was uploaded; 0: none
    address: str
    alt: str = ""
    caption: str = ""
    link: str = ""  # of the page that WordPress shows it on


class Attachments:
    def __init__(self, found: Iterable[Attachment | int]) -> None:
        """Also of the numbers of public texts."""
        self._rows = sqlite3.connect("")  # a file of its own, which goes with the process
        self._rows.execute(
            "CREATE TABLE attachments (number INTEGER PRIMARY KEY, parent INTEGER, address, alt, caption, link, name)"
        )
        self._rows.execute("CREATE TABLE texts (number INTEGER PRIMARY KEY)")
        for each in found:
            if isinstance(each, Attachment):
                row = (*each, _name(each.address))
                self._rows.execute("INSERT OR IGNORE INTO attachments VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            else:
                self._rows.execute("INSERT OR IGNORE INTO texts VALUES (?)", [each])
        self._rows.execute("CREATE INDEX of_parent ON attachments (parent)")
        self._rows.execute("CREATE INDEX of_name ON attachments (name)")

    def get(self, number: int) -> Attachment | None:
        return _first(self._rows.execute("SELECT * FROM attachments WHERE number = ?", [number]))

    def at(self, address: str) -> Attachment | None:
        """By the address of its file, of whatever host."""
        return _first(self._rows.execute("SELECT * FROM attachments WHERE name = ? LIMIT 1", [_name(address)]))

    def below(self, parent: int) -> list[Attachment]:
        rows = self._rows.execute("SELECT * FROM attachments WHERE parent = ? ORDER BY number", [parent])
        return [Attachment(*row[:-1]) for row in rows]

    def has_no_text(self, attachment: Attachment) -> bool:
        """Whether it was uploaded for no text that readers saw."""
        rows = self._rows.execute("SELECT 1 FROM texts WHERE number = ?", [attachment.parent])
        return rows.fetchone() is None


def _first(rows: sqlite3.Cursor) -> Attachment | None:
    row = rows.fetchone()
    return Attachment(*row[:-1]) if row else None


def _name(address: str) -> str:
    """The end of the address, from the folder of uploads on."""
    return unquote(address.rpartition("/uploads/")[2])
