"""Every route has a name, and addresses formatted by hand for speed equal those of `reverse()`."""

from collections import Counter

import pytest
from django.conf import settings
from django.urls import URLPattern, get_resolver, resolve, reverse

from comments import paths as comment_paths
from news import paths as news_paths

# The functions of news/paths.py and comments/paths.py: route and arguments.
FORMATTED = {
    news_paths.article_path: ("article", [70123, "jalan-baru-2"]),
    news_paths.short_path: ("article-short", [70123]),
    news_paths.qr_path: ("article-qr", [70123]),
    news_paths.changes_path: ("article-changes", [70123]),
    news_paths.change_path: ("article-change", [70123, 9]),
    news_paths.sitemap_part_path: ("sitemap-part", [3]),
    news_paths.category_path: ("category", ["layanan-publik"]),
    news_paths.tag_path: ("tag", ["kota_tangerang-2"]),
    news_paths.page_path: ("page", ["pedoman-komentar"]),
    news_paths.document_path: ("document", ["0123456789abcdef" * 2, "surat-edaran-12"]),
    news_paths.cover_path: ("document-cover", ["0123456789abcdef" * 2]),
    news_paths.month_path: ("month", [2024, 1]),
    news_paths.day_path: ("day", [2024, 11, 3]),
    comment_paths.comments_path: ("comments", [70123]),
    comment_paths.captcha_path: ("comments-captcha", [70123]),
    comment_paths.thread_path: ("thread", [70123]),
    comment_paths.report_path: ("report-comment", [70123]),
}


def routes(patterns=None):
    """Our own URL patterns, without those of the admin."""
    for each in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(each, URLPattern):
            yield each
        elif each.namespace is None:
            yield from routes(each.url_patterns)


def test_every_route_has_a_name_of_its_own():
    names = Counter(route.name for route in routes())
    assert None not in names
    assert [name for name, times in names.items() if times > 1] == []


def test_every_route_without_arguments_resolves_to_its_own_view():
    for route in routes():
        if not route.pattern.converters and not getattr(route.pattern, "regex", None).groups:
            assert resolve(reverse(route.name)).url_name == route.name


@pytest.mark.parametrize("path", FORMATTED, ids=lambda path: path.__name__)
def test_a_formatted_address_equals_that_of_its_route(path):
    route, arguments = FORMATTED[path]
    assert path(*arguments) == reverse(route, args=arguments)
    assert resolve(path(*arguments)).url_name == route


@pytest.mark.parametrize("paths", [news_paths, comment_paths], ids=lambda paths: paths.__name__)
def test_every_function_of_paths_is_compared_with_its_route(paths):
    functions = {each for each in vars(paths).values() if callable(each) and each.__module__ == paths.__name__}
    assert functions <= FORMATTED.keys()


def test_address_prefixes_equal_those_of_their_routes():
    assert reverse("home") == news_paths.HOME
    assert reverse("article", args=[1, "x"]).startswith(news_paths.ARTICLE)
    assert reverse("article-short", args=[1]).startswith(news_paths.SHORT)
    assert reverse("admin:index") == settings.ADMIN_PATH
