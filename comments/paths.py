"""Addresses of comments that stand on every article, formatted by hand as in news/paths.py. tests/test_routes.py
compares each function with `reverse()`.

Templates load them from the library `comments`: {% comments_path article.pk %}.
"""


def comments_path(article_pk: int) -> str:
    """An article's comments, and where its form is sent."""
    return f"/berita/{article_pk}/komentar"


def captcha_path(article_pk: int) -> str:
    """The captcha's part of an article's comment form, for portal.js."""
    return f"/berita/{article_pk}/komentar/captcha"


def thread_path(pk: int) -> str:
    """A comment with all its replies."""
    return f"/komentar/{pk}"


def report_path(pk: int) -> str:
    """The form that reports a comment."""
    return f"/komentar/{pk}/laporkan"
