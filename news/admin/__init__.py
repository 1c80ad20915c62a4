"""The editors' part of Django's admin, one module per subject."""

from news.admin import (
    articles,
    documents,
    failed_searches,
    findings,
    front_page,
    missing_paths,
    pages,
    photos,
    published_alone,
    taxonomy,
)

__all__ = [
    "articles",
    "documents",
    "failed_searches",
    "findings",
    "front_page",
    "missing_paths",
    "pages",
    "photos",
    "published_alone",
    "taxonomy",
]
