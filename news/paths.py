"""Addresses used in loops or on every page, formatted by hand: `reverse()` takes 10 to 20 us per call, up to a tenth
of an article page. Everything else uses `reverse()` or `{% url %}`. tests/test_routes.py compares each function with
`reverse()`.

Some are template tags in the library `news`: {% month_path 2024 11 %}.
"""

HOME = "/"
ARTICLE = "/berita/detail/"  # everything below is an article's page, whatever the slug and query string
SHORT = "/b/"
PREVIEW = "/pratinjau/"  # behind it comes what only those may know whom a writer has sent it


def article_path(pk: int, slug: str) -> str:
    return f"{ARTICLE}{pk}/{slug}"


def short_path(pk: int | str) -> str:
    """The article's short address, which does not change with its title."""
    return f"{SHORT}{pk}"


def qr_path(pk: int | str) -> str:
    """The QR code of the short address."""
    return f"{SHORT}{pk}/qr.svg"


def changes_path(pk: int | str) -> str:
    """The list of an article's changes that readers were told of."""
    return f"/berita/{pk}/perubahan"


def change_path(pk: int | str, number: int) -> str:
    """One of them, with the difference."""
    return f"/berita/{pk}/perubahan/{number}"


def sitemap_part_path(number: int) -> str:
    return f"/sitemap-{number}.xml"


def category_path(slug: str) -> str:
    return f"/kategori/{slug}"


def tag_path(slug: str) -> str:
    return f"/tag/{slug}"


def page_path(slug: str) -> str:
    """A static page of the office."""
    return f"/{slug}"


def document_path(name: str, slug: str) -> str:
    """The PDF itself."""
    return f"/dokumen/{name}/{slug}.pdf"


def cover_path(name: str) -> str:
    """The picture of a document's first page."""
    return f"/dokumen/{name}/sampul.jpg"


def month_path(year: int, month: int) -> str:
    return f"/arsip/{year}/{month}"


def day_path(year: int, month: int, day: int) -> str:
    return f"/arsip/{year}/{month}/{day}"
