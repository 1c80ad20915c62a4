"""The newsroom in Django's admin, a module per desk."""

from news.admin import articles, filing, findings, photos, site

__all__ = ["articles", "filing", "findings", "photos", "site"]
