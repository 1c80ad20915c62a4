"""What a web process would load at its first requests, loaded before it is forked: it is then there once, in memory
that all share, and no reader waits for it. Most of it comes with rendering pages: templates, parts of SQL, modules.

Views are called without the middleware: nothing is journalled, counted or kept as a page."""

from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from io import BytesIO

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.db import connections
from django.template.loader import get_template
from django.urls import get_resolver, resolve, reverse

from comments.paths import comments_path
from news.models import Article
from news.search.stemming import stem
from news.web.database import deadline

PATIENCE = 5  # seconds for the database
ROUTES = ("home", "articles", "popular", "archive", "search", "feed", "sitemap-news", "transparency")
ADMIN_TEMPLATES = ("index", "change_list", "change_form", "login")


@cache
def warm_up() -> None:
    """Once in a process and those forked from it. Never fails: what is wrong with a page its readers will meet, and
    the log will tell."""
    get_resolver().reverse_dict  # noqa: B018 (all views)
    stem("memuat")  # the dictionary
    for name in ADMIN_TEMPLATES:
        get_template(f"admin/{name}.html")
    with suppress(Exception), deadline(PATIENCE):
        for path in _paths():
            _render(path)
    connections.close_all()  # or child processes would share them


def _paths() -> Iterator[str]:
    yield from map(reverse, ROUTES)
    article = Article.objects.published().select_related("category").latest("published_at")
    yield article.get_absolute_url()
    yield comments_path(article.pk)
    yield article.category.get_absolute_url()


def _render(path: str) -> None:
    meta = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": settings.ALLOWED_HOSTS[0],
        "SERVER_PORT": str(settings.PORT),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "https" if settings.HTTPS else "http",
        "wsgi.input": BytesIO(),
    }
    view, arguments, named = resolve(path)
    b"".join(view(WSGIRequest(meta), *arguments, **named))
