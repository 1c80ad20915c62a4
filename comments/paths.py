"""URLs of comments that occur on every article page, formatted by hand as in news/paths.py. tests/test_routes.py
compares each function with `reverse()`.

Templates use them as tags of the library `comments`: {% comments_path article.pk %}.
"""

OWN_PAGES = r"/komentar/(?:data-)?saya/"  # a pattern: behind it comes what only one person may know


def comments_path(article_pk: int) -> str:
    """The page of an article's comments, where its form is posted to as well."""
    return f"/berita/{article_pk}/komentar"


def captcha_path(article_pk: int) -> str:
    """The captcha part of an article's comment form, for portal.js."""
    return f"/berita/{article_pk}/komentar/captcha"


def thread_path(pk: int) -> str:
    """A comment with all its replies."""
    return f"/komentar/{pk}"


def report_path(pk: int) -> str:
    """The form to report a comment."""
    return f"/komentar/{pk}/laporkan"
