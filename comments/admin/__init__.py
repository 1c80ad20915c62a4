"""The newsroom's side of comments, by subject; Django's autodiscover imports this."""

from comments.admin import comments, offices, read_only

__all__ = ["comments", "offices", "read_only"]
