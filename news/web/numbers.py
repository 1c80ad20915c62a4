"""Numbers as Indonesian writes them. No Django: commands need them before it is set up."""

_AS_WRITTEN_HERE = str.maketrans(",.", ".,")


def grouped(number: int) -> str:
    """A count with the Indonesian thousands separator: 4.212."""
    return f"{number:,}".replace(",", ".")


def decimal(value: float, places: int = 1) -> str:
    """`1.234,5`: with a comma, and this many digits after it."""
    return f"{value:,.{places}f}".translate(_AS_WRITTEN_HERE)
