"""Numbers as Indonesian writes them. No Django: commands need them before it is set up."""


def decimal(value: float, places: int = 1) -> str:
    """`1,5`: with a comma, and this many digits after it."""
    return f"{value:.{places}f}".replace(".", ",")
