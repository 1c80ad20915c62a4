"""The admin of comments, one module per subject; Django's autodiscover imports this package."""

from comments.admin import comments, offices, read_only

__all__ = ["comments", "offices", "read_only"]
