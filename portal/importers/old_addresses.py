"""Addresses of imported articles on the old site."""

from collections.abc import Iterable

from news.models import Article, MissingPath
from news.models.missing_paths import tidy_path


def remember(article: Article, paths: Iterable[str]) -> None:
    """Redirects these addresses of the old site to the article."""
    target = article.get_absolute_url()
    for path in {tidy_path(address) for address in paths} - {"", "/", tidy_path(target)}:
        if MissingPath.objects.target_of(path) != target:
            MissingPath.objects.update_or_create(path=path, defaults={"target": target})
