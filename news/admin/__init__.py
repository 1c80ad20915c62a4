"""The newsroom in Django's admin, a module per desk."""

from news.admin import articles, failed_searches, findings, missing_paths, pages, photos, taxonomy

__all__ = ["articles", "failed_searches", "findings", "missing_paths", "pages", "photos", "taxonomy"]
