"""What a WordPress export says about pictures, by their numbers; kept on disk, since there may be very many."""

import sqlite3
from collections.abc import Iterable
from typing import NamedTuple


class Attachment(NamedTuple):
    number: int
    parent: int  # the number of the text for which it was uploaded; 0: none
    address: str
    alt: str = ""
    caption: str = ""
    link: str = ""  # of the page that WordPress shows it on


class Attachments:
    def __init__(self, found: Iterable[Attachment]) -> None:
        self._rows = sqlite3.connect("")  # a file of its own, which goes with the process
        self._rows.execute(
            "CREATE TABLE attachments (number INTEGER PRIMARY KEY, parent INTEGER, address, alt, caption, link)"
        )
        self._rows.executemany("INSERT OR IGNORE INTO attachments VALUES (?, ?, ?, ?, ?, ?)", found)
        self._rows.execute("CREATE INDEX of_parent ON attachments (parent)")

    def get(self, number: int) -> Attachment | None:
        row = self._rows.execute("SELECT * FROM attachments WHERE number = ?", [number]).fetchone()
        return Attachment(*row) if row else None

    def below(self, parent: int) -> list[Attachment]:
        rows = self._rows.execute("SELECT * FROM attachments WHERE parent = ? ORDER BY number", [parent])
        return [Attachment(*row) for row in rows]
