"""The parts that are the same on every page: start of <head>, navigation, emergency notices, footer. Each process asks
for their contents twice a second, with one query, and makes new HTML when they have changed."""

from django.core.cache import cache
from django.db.models import F, QuerySet, Value
from django.template.loader import render_to_string

from news.models import Category, Notice, Page
from news.paths import category_path, page_path
from news.web.alphabet import letters
from news.web.prepared import Statement

LOOK_SECONDS = 0.5  # emergency notices appear so late; nginx adds up to two seconds
KEEP_SECONDS = 15  # the HTML, while nothing changes
EMERGENCIES = 3  # more would push the news off a phone's screen
OFFICE_PAGES = 20
PARTS = ("head", "navigation", "emergency", "footer")  # templates/news/_head.html and so on


def layout(context: dict) -> dict[str, str]:
    """The HTML of each of PARTS, for the template tag. The request is only passed to the context processors: the parts
    must not depend on it, since other pages get the same HTML from the cache."""
    parts = cache.get("layout")
    if parts is None:
        rows = _rows()
        shown, parts = cache.get("layout.shown", (None, None))
        if shown != rows:
            parts = _rendered(rows, context["request"])
            cache.set("layout.shown", (rows, parts), KEEP_SECONDS)
        cache.set("layout", parts, LOOK_SECONDS)
    return parts


def _rendered(rows: list[tuple], request) -> dict[str, str]:
    categories, pages, notices = [], [], []
    for kind, _, name, address, text in sorted(rows, key=lambda row: (row[0], row[1], letters(row[2]))):
        if kind == "category":
            categories.append((category_path(address), name))
        elif kind == "page":
            pages.append((page_path(address), name))
        else:
            notices.append({"title": name, "link": address, "text": text})
    context = {"categories": categories, "pages": pages, "notices": notices}
    return {part: render_to_string(f"news/_{part}.html", context, request) for part in PARTS}


def _shown() -> QuerySet:
    """Rows (kind, position within its kind, title, slug or link, text)."""
    categories = Category.objects.in_navigation()
    pages = Page.objects.filter(in_footer=True)
    emergencies = Notice.objects.current().filter(kind=Notice.Kind.EMERGENCY)
    return categories.values_list(Value("category"), "position", "name", "slug", Value("")).union(
        pages.values_list(Value("page"), "position", "title", "slug", Value(""))[:OFFICE_PAGES],
        emergencies.values_list(Value("notice"), F("id") * -1, "title", "link", "text")[:EMERGENCIES],
        all=True,
    )


_rows = Statement(_shown)
