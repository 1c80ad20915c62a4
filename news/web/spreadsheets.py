"""CSV files as spreadsheets open them."""

import csv
import io
from collections.abc import Iterable

BYTE_ORDER_MARK = "\ufeff"  # at the beginning of the file: Excel recognises UTF-8 by it


def lines(rows: Iterable[Iterable], separator: str) -> str:
    """These rows as RFC 4180 has them, but for the separator."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator).writerows([cell(value) for value in row] for row in rows)
    return text.getvalue()


def cell(value) -> str:
    """The value as a cell that no spreadsheet runs as a formula (owasp.org/www-community/attacks/CSV_Injection)."""
    text = str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
