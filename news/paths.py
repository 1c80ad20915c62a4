"""Addresses of the news that stand in loops or on every page, formatted by hand: `reverse()` costs 10 to 20 us each,
which is up to a tenth of an article page. Everything else uses `reverse()` or `{% url %}`. tests/test_routes.py
compares each function with `reverse()`.

Templates load them from the library `news`: {% month_path 2024 11 %}.
"""

HOME = "/"
ARTICLE = "/berita/detail/"  # what stands below is an article's page, whatever its slug and its query string
SHORT = "/b/"


def article_path(pk: int, slug: str) -> str:
    return f"{ARTICLE}{pk}/{slug}"


def short_path(pk: int | str) -> str:
    """The article's short address, which stays when its title changes."""
    return f"{SHORT}{pk}"


def qr_path(pk: int | str) -> str:
    """The picture of the short address."""
    return f"{SHORT}{pk}/qr.svg"


def category_path(slug: str) -> str:
    return f"/kategori/{slug}"


def tag_path(slug: str) -> str:
    return f"/tag/{slug}"


def page_path(slug: str) -> str:
    """A page of the office."""
    return f"/{slug}"


def month_path(year: int, month: int) -> str:
    return f"/arsip/{year}/{month}"


def day_path(year: int, month: int, day: int) -> str:
    return f"/arsip/{year}/{month}/{day}"
