"""Old addresses of imported texts, which redirect to their new ones."""

from collections.abc import Iterable

from news.models import Article, MissingPath, Page
from news.models.missing_paths import tidy_path


def remember(target: Article | Page, paths: Iterable[str]) -> None:
    """Redirects these addresses of the old site (path and query, without the host) to the text. What an editor has
    decided stays; an address with a query names no page of its own here."""
    address = target.get_absolute_url()
    for path in {tidy_path(path) for path in paths if "?" not in path} - {"", "/", address}:
        row, is_new = MissingPath.objects.get_or_create(path=path, defaults={"target": address})
        if not is_new and not row.target:
            MissingPath.objects.move(path, address)
